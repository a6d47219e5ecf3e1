//! Structured blocks as tables. On a phone the theme shows rows as cards, so every
//! cell carries its column's name.

mod fold;

use super::Renderer;
use super::model::block_anchor;
use crate::book::graph::NodeId;
use crate::book::language::Text;
use crate::book::page::{Block, BlockKind, Column, Item, Key, Stands};
use crate::dfd;
use crate::model::{Row, Status, Threat};
use crate::site::view::Chip;
use crate::text::markup::{escape, escaped};

/// Writes block `index` of a node.
pub(super) fn render(
    renderer: &Renderer<'_>,
    url: &str,
    node: NodeId,
    index: usize,
    out: &mut String,
) {
    let Some(block) = renderer.graph.article(node).body.blocks.get(index) else { return };
    match block.kind {
        BlockKind::List => list(renderer, url, block, out),
        _ => Table { renderer, url, node, index, block, whole: true }.write(None, out),
    }
}

/// Writes some rows of block `index` of a node, for another page.
pub(super) fn rows(
    renderer: &Renderer<'_>,
    url: &str,
    node: NodeId,
    index: usize,
    rows: &[usize],
    out: &mut String,
) {
    let Some(block) = renderer.graph.article(node).body.blocks.get(index) else { return };
    Table { renderer, url, node, index, block, whole: false }.write(Some(rows), out);
}

/// The start of a table. `id` is its anchor, empty for none.
fn open(name: &str, id: &str, caption: &str, columns: &[String], out: &mut String) {
    let id = if id.is_empty() { String::new() } else { format!(" id=\"{id}\"") };
    out.push_str(&format!(
        "<div class=\"block block-{name}\"{id}><div class=\"table-wrap\" tabindex=\"0\"><table>\
         <caption>{caption}</caption><thead><tr>"
    ));
    for column in columns {
        out.push_str(&format!("<th scope=\"col\">{column}</th>"));
    }
    out.push_str("</tr></thead><tbody>\n");
}

const CLOSE: &str = "</tbody></table></div></div>\n";

/// A block that is written as a table.
struct Table<'a> {
    renderer: &'a Renderer<'a>,
    url: &'a str,
    node: NodeId,
    index: usize,
    block: &'a Block,
    /// All of it, so that its rows have names.
    whole: bool,
}

impl Table<'_> {
    fn kind(&self) -> BlockKind {
        self.block.kind
    }

    /// Whether the page is that of the block.
    fn is_home(&self) -> bool {
        self.whole && self.renderer.graph.nodes[self.node].url == self.url
    }

    /// Writes all rows, or some.
    fn write(&self, some: Option<&[usize]>, out: &mut String) {
        let all = order(self.renderer, self.node, self.index, self.block);
        let shown: Vec<usize> =
            all.into_iter().filter(|n| some.is_none_or(|some| some.contains(n))).collect();
        let items: Vec<&Item> = shown.iter().map(|number| &*self.block.items[*number]).collect();
        let main = self.main(&items);
        let noted = !self.folds() && items.iter().any(|item| self.is_noted(item));
        let heads = self.heads(&main, noted);
        let anchor = if self.is_first() { block_anchor(self.kind()) } else { String::new() };
        open(self.kind().name(), &anchor, &self.caption(items.len()), &heads, out);
        for number in shown {
            self.row(number, &main, noted, out);
        }
        out.push_str(CLOSE);
    }

    /// Whether it is the first of its kind on its page, to which counts lead.
    fn is_first(&self) -> bool {
        let blocks = &self.renderer.graph.article(self.node).body.blocks[..self.index];
        self.is_home() && !blocks.iter().any(|block| block.kind == self.kind())
    }

    /// What a row says.
    fn row_of(&self, number: usize) -> Option<&Row> {
        self.renderer.models.rows(self.node)?.row((self.index, number))
    }

    /// The threat of a row, where the page is a model.
    fn threat(&self, number: usize) -> Option<&Threat> {
        self.renderer.models.get(self.node)?.threat((self.index, number))
    }

    /// Whether its rows are threats of a model.
    fn is_of_model(&self) -> bool {
        self.kind() == BlockKind::Threats && self.renderer.models.get(self.node).is_some()
    }

    fn caption(&self, rows: usize) -> String {
        escaped(&counted(self.renderer.text, self.kind(), rows))
    }

    /// What is to be told of an item folds below its row; of a review it stands in a column.
    fn folds(&self) -> bool {
        self.kind() != BlockKind::Reviews
    }

    fn notes(&self) -> impl Iterator<Item = &'static Column> {
        self.kind().columns().iter().filter(|column| column.stands == Stands::Below)
    }

    fn is_noted(&self, item: &Item) -> bool {
        self.notes().any(|column| !item.get(column.key).is_empty())
    }

    /// The columns that at least one row fills.
    fn main(&self, items: &[&Item]) -> Vec<&'static Column> {
        let columns = self.kind().columns().iter();
        columns
            .filter(|column| column.stands == Stands::Column)
            .filter(|column| {
                let risk = column.key == Key::Likelihood;
                // A threat without a status is open.
                let open = column.key == Key::Status && self.is_of_model();
                let fills = |item: &&Item| {
                    open || !item.get(column.key).is_empty() || (risk && !item.risk.is_empty())
                };
                items.iter().any(fills)
            })
            .collect()
    }

    fn heads(&self, main: &[&Column], noted: bool) -> Vec<String> {
        let text = self.renderer.text;
        let first = match self.kind() {
            BlockKind::Threats => Some("threat"),
            BlockKind::Assumptions => Some("assumption"),
            BlockKind::Requirements => Some("requirement"),
            BlockKind::Reviews | BlockKind::List => None,
        };
        let risk = self.renderer.risk_heading(self.url, self.node, self.index);
        let titles = main.iter().map(|column| match (column.key, &risk) {
            (Key::Likelihood, Some(heading)) => heading.clone(),
            _ => title_of(text, self.kind(), column),
        });
        let first = first.map(|key| escaped(text.get(key)));
        let notes = noted.then(|| escaped(text.get("notes")));
        first.into_iter().chain(titles).chain(notes).collect()
    }

    fn row(&self, number: usize, main: &[&Column], noted: bool, out: &mut String) {
        let item = &self.block.items[number];
        let threat = self.threat(number);
        let folds = self.folds() && self.is_noted(item);
        let head = if folds && self.is_home() {
            format!("Casebook-row-{}-{number}", self.index)
        } else {
            String::new()
        };
        self.open_row(number, threat, folds, out);
        let mut columns = main.iter();
        if self.kind() != BlockKind::Reviews {
            let id = if head.is_empty() { String::new() } else { format!(" id=\"{head}\"") };
            out.push_str(&format!("<th scope=\"row\"{id} class=\"subject\">"));
            self.subject(item, out);
            out.push_str("</th>");
        } else if let Some(first) = columns.next() {
            out.push_str("<th scope=\"row\">");
            cell(self.renderer, self.url, first.key, item, out);
            out.push_str("</th>");
        }
        for column in columns {
            let title = title_of(self.renderer.text, self.kind(), column);
            out.push_str(&format!("<td data-label=\"{title}\">"));
            match (column.key, threat) {
                (Key::Likelihood, Some(threat)) => risk(threat, out),
                (Key::Status, Some(threat)) => {
                    let word = threat.status.word();
                    chip("status", word, &self.renderer.text.word(word), out);
                }
                _ => cell(self.renderer, self.url, column.key, item, out),
            }
            out.push_str("</td>");
        }
        if noted {
            let label = escaped(self.renderer.text.get("notes"));
            out.push_str(&format!("<td data-label=\"{label}\" class=\"notes\">"));
            self.write_notes(item, &|_| false, out);
            out.push_str("</td>");
        }
        out.push_str("</tr>\n");
        if folds {
            self.fold(item, threat, main.len() + 1, &head, out);
        }
    }

    /// The tag of a row, with what it can be filtered by.
    fn open_row(&self, number: usize, threat: Option<&Threat>, folds: bool, out: &mut String) {
        out.push_str("<tr");
        let mut attribute = |name: &str, value: &str| {
            out.push_str(&format!(" {name}=\"{}\"", escaped(value)));
        };
        let item = &self.block.items[number];
        if self.whole
            && let Some(row) = self.row_of(number).filter(|row| row.is_anchored)
        {
            attribute("id", &row.anchor);
        }
        if folds {
            attribute("class", "continued");
        }
        if let Some(id) = entry_of(self.renderer, item).and_then(|to| self.renderer.card_id(to)) {
            attribute("data-pick", id);
        }
        if let Some(threat) = threat.filter(|_| self.is_home()) {
            attribute("data-status", threat.status.word());
            attribute("data-severity", threat.severity.word());
            let concerns = self.concerns(threat);
            if !concerns.is_empty() {
                attribute("data-concern", &concerns);
            }
            let until = item.first(Key::Until).filter(|_| is_running(threat.status));
            if let Some(day) = until {
                attribute("data-due", day);
            }
        }
        out.push('>');
    }

    fn concerns(&self, threat: &Threat) -> String {
        let found = self.renderer.evidence.concerns(threat);
        found.into_iter().map(|concern| concern.word()).collect::<Vec<_>>().join(" ")
    }

    /// What an item is about: a catalogue entry, or its own ID and title; and where.
    fn subject(&self, item: &Item, out: &mut String) {
        let renderer = self.renderer;
        match (&item.uses, &item.title) {
            (Some(word), title) => match renderer.graph.find(&word.text) {
                Some(to) => renderer.entry_anchor(self.url, to, None, title.as_deref(), out),
                None => broken(renderer.text, &word.text, out),
            },
            (None, title) => {
                if let Some(id) = &item.id {
                    let id = escaped(&id.text);
                    out.push_str(&format!("<span class=\"entry-id\">{id}</span> "));
                }
                escape(title.as_deref().unwrap_or(""), out);
            }
        }
        let places = item.get(Key::On);
        if !places.is_empty() {
            out.push_str(" <span class=\"where\">");
            for (i, word) in places.iter().enumerate() {
                out.push_str(if i > 0 { " " } else { "" });
                self.place(&word.text, out);
            }
            out.push_str("</span>");
        }
    }

    /// An element, flow or boundary: the way to it in the picture, where there is one.
    fn place(&self, name: &str, out: &mut String) {
        let graph = self.renderer.graph;
        let chart = graph.article(self.node).body.charts.first();
        let drawn = chart.filter(|chart| chart.layout.is_some());
        let target = drawn.and_then(|chart| dfd::resolve(&chart.diagram, name));
        let prefix = self.renderer.first_marks(self.node).prefix;
        let anchors = target.map(|target| dfd::anchors(&prefix, &target)).unwrap_or_default();
        let shown = escaped(&name.replace("->", "\u{2192}"));
        let Some(first) = anchors.first() else {
            out.push_str(&format!("<code>{shown}</code>"));
            return;
        };
        let page = match graph.nodes[self.node].url == self.url {
            true => String::new(),
            false => escaped(&self.renderer.node_href(self.url, self.node)),
        };
        // A name may mean several flows.
        let all = match anchors.len() {
            1 => String::new(),
            _ => format!(" data-on=\"{}\"", anchors.join(" ")),
        };
        out.push_str(&format!("<a class=\"place\" href=\"{page}#{first}\"{all}>{shown}</a>"));
    }

    /// Writes what is to be told of an item, but for what is told elsewhere.
    fn write_notes(&self, item: &Item, told: &dyn Fn(&str) -> bool, out: &mut String) {
        for column in self.notes().filter(|column| !told(column.key)) {
            let title = title_of(self.renderer.text, self.kind(), column);
            note(self.renderer, column.key, &title, item, out);
        }
    }
}

/// Whether a status holds until a day.
fn is_running(status: Status) -> bool {
    matches!(status, Status::Open | Status::Accepted)
}

/// How many rows of a kind there are, in words.
fn counted(text: &Text, kind: BlockKind, rows: usize) -> String {
    let key = match kind {
        BlockKind::Threats => "count_threats",
        BlockKind::Assumptions => "count_assumptions",
        BlockKind::Requirements => "count_requirements",
        BlockKind::Reviews => "count_reviews",
        BlockKind::List => "count_entries",
    };
    let things = text.form(key, rows);
    text.fill("number_of_things", &[("n", &rows.to_string()), ("things", things)])
}

/// The catalogue entry that an item uses.
fn entry_of(renderer: &Renderer<'_>, item: &Item) -> Option<NodeId> {
    item.uses.as_ref().and_then(|word| renderer.graph.find(&word.text))
}

/// The words over a column; likelihood and impact share one.
fn title_of(text: &Text, kind: BlockKind, column: &Column) -> String {
    let key = match (kind, column.key) {
        (_, Key::Likelihood) => "risk",
        (_, Key::Stride) => "stride",
        (_, Key::Status) => "status",
        (BlockKind::Reviews, Key::By) => "column_reviewer",
        (_, key) => return escaped(text.get(&format!("column_{}", key.word()))),
    };
    escaped(text.get(key))
}

fn broken(text: &Text, id: &str, out: &mut String) {
    let why = escaped(&text.fill("no_such_entry", &[("id", id)]));
    let id = escaped(id);
    out.push_str(&format!("<span class=\"broken\" title=\"{why}\">{id}</span>"));
}

fn cell(renderer: &Renderer<'_>, url: &str, key: Key, item: &Item, out: &mut String) {
    for (i, word) in item.get(key).iter().enumerate() {
        if i > 0 {
            out.push_str(if key == Key::Requirements || key == Key::Status { " " } else { ", " });
        }
        match key {
            Key::Status | Key::Outcome => {
                chip("status", &word.text, &renderer.text.word(&word.text), out)
            }
            Key::Requirements => requirement(renderer, url, &word.text, out),
            Key::Date => time(renderer.text, &word.text, out),
            _ => escape(&word.text, out),
        }
    }
}

/// A requirement by its ID alone: a preview tells its title.
fn requirement(renderer: &Renderer<'_>, url: &str, id: &str, out: &mut String) {
    match renderer.graph.find(id) {
        Some(to) => match renderer.card_id(to) {
            Some(card) => out.push_str(&format!(
                "<a class=\"entry-link\" data-kind=\"requirement\" data-entry=\"{}\" href=\"{}\">{}</a>",
                escaped(card),
                escaped(&renderer.node_href(url, to)),
                escaped(id),
            )),
            None => renderer.entry_anchor(url, to, None, Some(id), out),
        },
        None if renderer.graph.local(id).is_some() => {
            renderer.local_anchor(url, id, Some(id), out);
        }
        None => broken(renderer.text, id, out),
    }
}

/// A day in the form of the language.
fn time(text: &Text, day: &str, out: &mut String) {
    let shown = escaped(&text.date(day));
    match crate::text::date::date(day) {
        Some(date) => out.push_str(&format!("<time datetime=\"{date}\">{shown}</time>")),
        None => out.push_str(&shown),
    }
}

/// What the framework makes of a threat's risk.
fn risk(threat: &Threat, out: &mut String) {
    if let Some(score) = &threat.score {
        let severity = score.severity.word();
        out.push_str(&format!(
            "<span class=\"chip severity-{severity} risk\">{}</span>",
            escaped(&score.text)
        ));
    }
}

/// The items of a block: threats worst first, others as the author ordered them.
fn order(renderer: &Renderer<'_>, node: NodeId, index: usize, block: &Block) -> Vec<usize> {
    let mut items: Vec<usize> = (0..block.items.len()).collect();
    if block.kind == BlockKind::Threats {
        items.sort_by_cached_key(|number| {
            renderer.models.get(node)?.threat((index, *number)).map(Threat::rank)
        });
    }
    items
}

fn note(renderer: &Renderer<'_>, key: Key, title: &str, item: &Item, out: &mut String) {
    let words = item.get(key);
    if words.is_empty() {
        return;
    }
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let prose = match key {
        Key::Response => response(renderer.text, item),
        Key::Until => renderer.text.date(text[0]),
        _ => text.join(", "),
    };
    match key {
        Key::Tests => {
            let names: Vec<String> = text.iter().map(|name| test(renderer, name)).collect();
            out.push_str(&format!("<p><b>{title}:</b> {}</p>", names.join(" ")));
        }
        Key::Note | Key::Notes => out.push_str(&format!("<p>{}</p>", escaped(&prose))),
        Key::Ticket => {
            let links: Vec<String> = text.iter().map(|ticket| link(ticket)).collect();
            out.push_str(&format!("<p><b>{title}:</b> {}</p>", links.join(", ")));
        }
        _ => out.push_str(&format!("<p><b>{title}:</b> {}</p>", escaped(&prose))),
    }
}

/// What is done about a threat, and by what.
fn response(text: &Text, item: &Item) -> String {
    let word = |word: &str| text.word_within(word.trim());
    let what = item.first(Key::Response).map(word).unwrap_or_default();
    let by: Vec<String> = item.get(Key::Mitigation).iter().map(|w| word(&w.text)).collect();
    match by.is_empty() {
        true => what,
        false => format!("{what} {}", text.fill("mitigated_by", &[("how", &by.join(", "))])),
    }
}

/// A ticket that is an address is a link.
fn link(text: &str) -> String {
    let shown = escaped(text);
    match text.starts_with("https://") || text.starts_with("http://") {
        true => format!("<a href=\"{shown}\">{shown}</a>"),
        false => shown,
    }
}

/// The name of a test, and what came of it where results are known.
fn test(renderer: &Renderer<'_>, name: &str) -> String {
    let mut out = format!("<code>{}</code>", escaped(name));
    if let Some(outcome) = renderer.evidence.outcome(name) {
        out.push(' ');
        chip("status", outcome.word(), &outcome.say(renderer.text), &mut out);
    }
    out
}

fn chip(group: &str, value: &str, label: &str, out: &mut String) {
    let class = match group {
        "status" => format!("chip-status-{}", escaped(value)),
        _ => format!("{group}-{}", escaped(value)),
    };
    out.push_str(&format!("<span class=\"chip {class}\">{}</span>", escaped(label)));
}

/// A query of the catalogues as a table of links.
fn list(renderer: &Renderer<'_>, url: &str, block: &Block, out: &mut String) {
    for query in &block.items {
        let matches = renderer.graph.listed(query);
        if matches.is_empty() {
            let none = escaped(renderer.text.get("no_entry_matches"));
            out.push_str(&format!("<p class=\"empty\">{none}</p>\n"));
            continue;
        }
        let chips: Vec<(Vec<Chip>, Option<Chip>)> = matches
            .iter()
            .map(|node| (renderer.stride_chips(*node), renderer.severity_chip(*node)))
            .collect();
        let stride = chips.iter().any(|(stride, _)| !stride.is_empty());
        let severity = chips.iter().any(|(_, severity)| severity.is_some());
        let [entry, letters_title, level_title] =
            ["entry", "stride", "severity"].map(|key| escaped(renderer.text.get(key)));
        let mut columns = vec![entry.clone()];
        columns.extend(stride.then(|| letters_title.clone()));
        columns.extend(severity.then(|| level_title.clone()));
        let caption = escaped(&counted(renderer.text, BlockKind::List, matches.len()));
        open("list", "", &caption, &columns, out);
        for (node, (letters, level)) in matches.iter().zip(&chips) {
            let pick = renderer.card_id(*node).map(|id| format!(" data-pick=\"{}\"", escaped(id)));
            out.push_str(&format!("<tr{}>", pick.unwrap_or_default()));
            out.push_str("<th scope=\"row\" class=\"subject\">");
            renderer.entry_anchor(url, *node, None, None, out);
            out.push_str("</th>");
            if stride {
                out.push_str(&format!("<td data-label=\"{letters_title}\">"));
                for chip in letters {
                    let letter = chip.value.chars().next().unwrap_or('-');
                    out.push_str(&format!(
                        "<abbr class=\"stride stride-{letter}\" title=\"{}\">{}</abbr>",
                        escaped(&chip.label),
                        letter.to_ascii_uppercase()
                    ));
                }
                out.push_str("</td>");
            }
            if severity {
                out.push_str(&format!("<td data-label=\"{level_title}\">"));
                if let Some(chip) = level {
                    self::chip("severity", &chip.value, &chip.label, out);
                }
                out.push_str("</td>");
            }
            out.push_str("</tr>\n");
        }
        out.push_str(CLOSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(link("PLAT-412"), "PLAT-412");
        assert_eq!(
            link("https://t.example/1?a=\"b"),
            "<a href=\"https://t.example/1?a=&quot;b\">https://t.example/1?a=&quot;b</a>"
        );
        assert!(!link("javascript:alert(1)").contains("href"));
    }
}
