//! Structured blocks as tables. On a phone the theme shows rows as cards, so every
//! cell carries its column's name.

use super::Renderer;
use crate::book::graph::NodeId;
use crate::book::language::Text;
use crate::book::page::{Block, BlockKind, Column, Item};
use crate::model::{Spot, Threat};
use crate::site::view::Chip;
use crate::text::markup::{escape, escaped};

/// Keys that are told in prose, as few items have them and their texts are long.
const NOTES: [&str; 8] = ["tests", "why", "by", "until", "owner", "ticket", "note", "notes"];

/// Keys that stand in the cell of another one.
const MERGED: [&str; 4] = ["on", "stride", "impact", "mitigation"];

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
        _ => table(renderer, url, node, index, None, out),
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
    table(renderer, url, node, index, Some(rows), out);
}

fn open(name: &str, columns: &[String], out: &mut String) {
    out.push_str(&format!(
        "<div class=\"block block-{name}\"><div class=\"table-wrap\" tabindex=\"0\"><table><thead><tr>"
    ));
    for column in columns {
        out.push_str(&format!("<th scope=\"col\">{column}</th>"));
    }
    out.push_str("</tr></thead><tbody>\n");
}

const CLOSE: &str = "</tbody></table></div></div>\n";

/// A table of all rows or, without IDs of their own, of some.
fn table(
    renderer: &Renderer<'_>,
    url: &str,
    node: NodeId,
    index: usize,
    some: Option<&[usize]>,
    out: &mut String,
) {
    let Some(block) = renderer.graph.article(node).body.blocks.get(index) else { return };
    let kind = block.kind;
    let is_shown = |number: &usize| some.is_none_or(|some| some.contains(number));
    let shown = || (0..block.items.len()).filter(is_shown).map(|number| &block.items[number]);
    // Who held a review stands in a column of its own.
    let is_note = |key: &str| NOTES.contains(&key) && !(kind == BlockKind::Reviews && key == "by");
    let main: Vec<&Column> = kind
        .columns()
        .iter()
        .filter(|column| !is_note(column.key) && !MERGED.contains(&column.key))
        .filter(|column| {
            let risk = column.key == "likelihood";
            shown().any(|item| !item.get(column.key).is_empty() || (risk && !item.risk.is_empty()))
        })
        .collect();
    let noted =
        |item: &Item| kind.columns().iter().any(|c| is_note(c.key) && !item.get(c.key).is_empty());
    // Threats and requirements have much to tell: a row of its own below the facts.
    let wide = matches!(kind, BlockKind::Threats | BlockKind::Requirements);
    let narrow = !wide && shown().any(noted);
    let text = renderer.text;
    let first = match kind {
        BlockKind::Threats => Some(text.get("threat")),
        BlockKind::Assumptions => Some(text.get("assumption")),
        BlockKind::Requirements => Some(text.get("requirement")),
        BlockKind::Reviews | BlockKind::List => None,
    };
    let risk_heading = renderer.risk_heading(url, node, index);
    let titles = main.iter().map(|column| match (column.key, &risk_heading) {
        ("likelihood", Some(heading)) => heading.clone(),
        _ => title_of(text, kind, column),
    });
    let first_title = first.map(str::to_string);
    let notes_title = narrow.then(|| text.get("notes").to_string());
    let columns: Vec<String> = first_title.into_iter().chain(titles).chain(notes_title).collect();
    open(kind.name(), &columns, out);
    for number in order(renderer, node, index, block).into_iter().filter(is_shown) {
        let item = &block.items[number];
        let threat = renderer.models.threat(node, (index, number));
        let id = anchor(renderer, node, (index, number)).filter(|_| some.is_none());
        let id = id.map(|id| format!(" id=\"{}\"", escaped(&id))).unwrap_or_default();
        let pick = entry_of(renderer, item).and_then(|to| renderer.card_id(to));
        let pick = pick.map(|id| format!(" data-pick=\"{}\"", escaped(id))).unwrap_or_default();
        let more = wide && noted(item);
        let class = if more { " class=\"continued\"" } else { "" };
        out.push_str(&format!("<tr{id}{class}{pick}>"));
        if let Some(first) = first {
            out.push_str(&format!("<td data-label=\"{first}\" class=\"subject\">"));
            subject(renderer, url, item, out);
            out.push_str("</td>");
        }
        for column in &main {
            out.push_str(&format!("<td data-label=\"{}\">", title_of(text, kind, column)));
            match (column.key, threat) {
                ("likelihood", Some(threat)) => risk(threat, out),
                _ => cell(renderer, url, column.key, item, out),
            }
            out.push_str("</td>");
        }
        let notes = |out: &mut String| {
            for column in kind.columns().iter().filter(|column| is_note(column.key)) {
                note(renderer, column.key, &title_of(text, kind, column), item, out);
            }
        };
        if narrow {
            let label = escaped(text.get("notes"));
            out.push_str(&format!("<td data-label=\"{label}\" class=\"notes\">"));
            notes(out);
            out.push_str("</td>");
        }
        if more {
            let span = columns.len();
            out.push_str(&format!(
                "</tr>\n<tr class=\"more\"><td colspan=\"{span}\" class=\"notes\">"
            ));
            notes(out);
            out.push_str("</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str(CLOSE);
}

/// The catalogue entry that an item uses.
fn entry_of(renderer: &Renderer<'_>, item: &Item) -> Option<NodeId> {
    item.uses.as_ref().and_then(|word| renderer.graph.find(&word.text))
}

/// The anchor of an item's row: the ID of its entry, or its own. What stands twice on a
/// page is found where it stands first.
pub(super) fn anchor(renderer: &Renderer<'_>, node: NodeId, spot: Spot) -> Option<String> {
    let body = &renderer.graph.article(node).body;
    let id = |item: &Item| renderer.graph.item_anchor(item);
    let wanted = id(body.blocks.get(spot.0)?.items.get(spot.1)?)?;
    let before = body.blocks.iter().take(spot.0).flat_map(|block| &block.items);
    let mut before = before.chain(body.blocks[spot.0].items.iter().take(spot.1));
    let taken = before.any(|item| id(item).as_ref() == Some(&wanted))
        || body.headings.iter().any(|heading| heading.id == wanted);
    (!taken).then_some(wanted)
}

/// The words over a column; likelihood and impact share one.
fn title_of(text: &Text, kind: BlockKind, column: &Column) -> String {
    let key = match (kind, column.key) {
        (_, "likelihood") => "risk",
        (_, "stride") => "stride",
        (_, "status") => "status",
        (BlockKind::Reviews, "by") => "column_reviewer",
        (_, key) => return escaped(text.get(&format!("column_{key}"))),
    };
    escaped(text.get(key))
}

/// What an item is about: a catalogue entry, or its own ID and title.
fn subject(renderer: &Renderer<'_>, url: &str, item: &Item, out: &mut String) {
    match (&item.uses, &item.title) {
        (Some(word), title) => match renderer.graph.find(&word.text) {
            Some(to) => renderer.entry_anchor(url, to, None, title.as_deref(), out),
            None => broken(renderer.text, &word.text, out),
        },
        (None, title) => {
            if let Some(id) = &item.id {
                out.push_str(&format!("<span class=\"entry-id\">{}</span> ", escaped(&id.text)));
            }
            escape(title.as_deref().unwrap_or(""), out);
        }
    }
    let places = item.get("on");
    if !places.is_empty() {
        out.push_str("<span class=\"where\">");
        for (i, word) in places.iter().enumerate() {
            out.push_str(if i > 0 { " " } else { "" });
            out.push_str(&format!(
                "<code>{}</code>",
                escaped(&word.text.replace("->", "\u{2192}"))
            ));
        }
        out.push_str("</span>");
    }
}

fn broken(text: &Text, id: &str, out: &mut String) {
    let why = escaped(&text.fill("no_such_entry", &[("id", id)]));
    let id = escaped(id);
    out.push_str(&format!("<span class=\"broken\" title=\"{why}\">{id}</span>"));
}

fn cell(renderer: &Renderer<'_>, url: &str, key: &str, item: &Item, out: &mut String) {
    let words = item.get(key);
    if key == "response" {
        let word = |word: &str| renderer.text.word_within(word.trim());
        let by: Vec<String> = item.get("mitigation").iter().map(|w| word(&w.text)).collect();
        escape(&item.first(key).map(word).unwrap_or_default(), out);
        if !by.is_empty() {
            let by = renderer.text.fill("mitigated_by", &[("how", &by.join(", "))]);
            out.push_str(&format!("<br><small>{}</small>", escaped(&by)));
        }
        return;
    }
    for (i, word) in words.iter().enumerate() {
        if i > 0 {
            out.push_str(if key == "requirements" || key == "status" { " " } else { ", " });
        }
        match key {
            "status" | "outcome" => {
                chip("status", &word.text, &renderer.text.word(&word.text), out)
            }
            "requirements" => match renderer.graph.find(&word.text) {
                Some(to) => renderer.entry_anchor(url, to, None, Some(&word.text), out),
                None if renderer.graph.local(&word.text).is_some() => {
                    renderer.local_anchor(url, &word.text, Some(&word.text), out);
                }
                None => broken(renderer.text, &word.text, out),
            },
            _ => escape(&word.text, out),
        }
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
            renderer.models.threat(node, (index, *number)).map(Threat::rank)
        });
    }
    items
}

fn note(renderer: &Renderer<'_>, key: &str, title: &str, item: &Item, out: &mut String) {
    let words = item.get(key);
    if words.is_empty() {
        return;
    }
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let prose = text.join(", ");
    match key {
        "tests" => {
            let names: Vec<String> = text.iter().map(|name| test(renderer, name)).collect();
            out.push_str(&format!("<p><b>{title}:</b> {}</p>", names.join(" ")));
        }
        "note" | "notes" => out.push_str(&format!("<p>{}</p>", escaped(&prose))),
        "ticket" => {
            let links: Vec<String> = text.iter().map(|ticket| link(ticket)).collect();
            out.push_str(&format!("<p><b>{title}:</b> {}</p>", links.join(", ")));
        }
        _ => out.push_str(&format!("<p><b>{title}:</b> {}</p>", escaped(&prose))),
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
        open("list", &columns, out);
        for (node, (letters, level)) in matches.iter().zip(&chips) {
            let pick = renderer.card_id(*node).map(|id| format!(" data-pick=\"{}\"", escaped(id)));
            out.push_str(&format!("<tr{}>", pick.unwrap_or_default()));
            out.push_str(&format!("<td data-label=\"{entry}\" class=\"subject\">"));
            renderer.entry_anchor(url, *node, None, None, out);
            out.push_str("</td>");
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
