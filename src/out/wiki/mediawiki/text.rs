//! A tree as wikitext.

use super::MediaWiki;
use super::escape::{self, anchor, attribute, is_linked, plain, text, url};
use super::places::Places;
use crate::out::wiki::{Block, Cell, Context, Fact, Inline, Item, Page, Role, Row, Table, To};
use std::fmt::Write;

/// The widest that a picture is shown, in pixels.
const WIDEST: u32 = 900;

pub(super) struct Writer<'w> {
    pub context: &'w Context<'w>,
    pub wiki: &'w MediaWiki,
    pub places: &'w Places,
    /// The address of the page that is written.
    pub url: &'w str,
    pub out: String,
}

/// How a table is sorted by a severity.
fn weight(severity: &str) -> usize {
    1 + ["low", "medium", "high", "critical"].iter().position(|s| *s == severity).unwrap_or(0)
}

impl<'w> Writer<'w> {
    /// A writer of a part of the same page.
    fn part(&self, write: impl FnOnce(&mut Writer<'w>)) -> String {
        let mut part = Writer { out: String::new(), ..*self };
        write(&mut part);
        part.out
    }

    /// A template with parameters that are wikitext.
    fn template(&self, word: &str, parameters: &[&str]) -> String {
        let mut out = format!("{{{{{}", self.wiki.template(word));
        for (at, words) in parameters.iter().enumerate() {
            // A sign of equality would make the words before it a name.
            let number = if words.contains('=') { format!("{}=", at + 1) } else { String::new() };
            let _ = write!(out, "|{number}{words}");
        }
        out + "}}"
    }

    /// A page: what is known of it in a box at the side, then its text.
    pub fn page(&mut self, page: &'w Page) {
        self.url = &page.url;
        let own = page.role == Role::Own && page.id.is_some();
        let mut blocks: Vec<&Block> = page.blocks.iter().collect();
        if own {
            let facts = blocks.iter().position(|block| matches!(block, Block::Facts(_)));
            let facts = facts.map(|at| blocks.remove(at));
            blocks.retain(|block| !matches!(block, Block::Banner(_)));
            let facts = match facts {
                Some(Block::Facts(facts)) => facts.as_slice(),
                _ => &[],
            };
            self.facts(page.about(&self.context.book.text).iter().chain(facts), &page.title);
        }
        for block in blocks {
            self.block(block);
        }
    }

    /// Facts as a box at the side.
    fn facts<'f>(&mut self, facts: impl Iterator<Item = &'f Fact>, title: &str) {
        self.fresh();
        let title = escape::param(title);
        let open = self.template("facts", &[&title]);
        let _ = writeln!(self.out, "{open}");
        for fact in facts {
            self.out.push_str("|-\n! scope=\"row\" | ");
            text(&fact.name, true, &mut self.out);
            self.out.push_str("\n| ");
            for (at, value) in fact.values.iter().enumerate() {
                if at > 0 {
                    let chips = matches!(value.as_slice(), [Inline::Chip { .. }]);
                    self.out.push_str(if chips { " " } else { "<br />" });
                }
                self.line(value, at == 0);
            }
            self.out.push('\n');
        }
        self.out.push_str("|}\n");
    }

    /// Blocks at the top of a page or in a division, with a blank line between them.
    pub fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn fresh(&mut self) {
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push_str(if self.out.ends_with('\n') { "\n" } else { "\n\n" });
        }
    }

    fn block(&mut self, block: &Block) {
        self.fresh();
        match block {
            Block::Heading { level, anchor, text } => self.heading(*level, anchor.as_deref(), text),
            // The place belongs to what follows.
            Block::Anchor(name) => {
                self.place(name);
                self.out.push('\n');
            }
            Block::Paragraph(line) => {
                self.line(line, true);
                self.out.push('\n');
            }
            Block::List { start, items } => self.list(*start, items),
            Block::Banner(line) => {
                self.line(line, true);
                self.out.push('\n');
            }
            Block::Facts(facts) => self.facts(facts.iter(), ""),
            Block::Table(table) => self.table(table),
            Block::Code { language, title, text } => self.code(language, title.as_deref(), text),
            Block::Alert { kind, title, blocks } => {
                let title = self.part(|part| part.line(title, false));
                let open = self.template("box", &[kind, &title]);
                let _ = writeln!(self.out, "{open}");
                self.blocks(blocks);
                self.close("end");
            }
            Block::Details { summary, blocks } => {
                let summary = self.part(|part| part.line(summary, false));
                let open = self.template("fold", &[&summary]);
                let _ = writeln!(self.out, "{open}");
                self.blocks(blocks);
                self.close("fold end");
            }
            Block::Figure { blocks, caption } => {
                self.blocks(blocks);
                self.caption(caption);
            }
            Block::Diagram(diagram) => {
                for name in &diagram.anchors {
                    self.place(name);
                }
                if let Some(name) = self.context.names.diagrams.get(&diagram.name) {
                    let wide = self.template("wide", &[]);
                    let width = diagram.size.0.min(WIDEST);
                    let alt = attribute(&diagram.alt);
                    let _ = write!(self.out, "{wide}[[File:{name}|{width}px|alt={alt}]]");
                    self.out.push_str(&self.template("end", &[]));
                }
                self.out.push('\n');
                self.caption(&diagram.caption);
            }
            Block::Definitions(list) => {
                self.out.push_str("<dl>\n");
                for definition in list {
                    for term in &definition.terms {
                        self.out.push_str("<dt>");
                        self.line(term, false);
                        self.out.push_str("</dt>\n");
                    }
                    for meaning in &definition.meanings {
                        self.out.push_str("<dd>");
                        self.contained(meaning);
                        self.out.push_str("</dd>\n");
                    }
                }
                self.out.push_str("</dl>\n");
            }
            Block::Quote(blocks) => {
                self.out.push_str("<blockquote>\n");
                self.blocks(blocks);
                self.fresh_line();
                self.out.push_str("</blockquote>\n");
            }
            Block::Rule => self.out.push_str("----\n"),
        }
    }

    fn fresh_line(&mut self) {
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// The template that ends what another one began.
    fn close(&mut self, word: &str) {
        self.fresh_line();
        let end = self.template(word, &[]);
        let _ = writeln!(self.out, "{end}");
    }

    fn caption(&mut self, line: &[Inline]) {
        if !line.is_empty() {
            self.fresh();
            self.out.push_str("<small>");
            self.line(line, false);
            self.out.push_str("</small>\n");
        }
    }

    fn place(&mut self, name: &str) {
        let _ = write!(self.out, "<span id=\"{}\"></span>", anchor(name));
    }

    fn heading(&mut self, level: u8, name: Option<&str>, line: &[Inline]) {
        // Ours comes before where MediaWiki makes another place from the words.
        if let Some(name) = name.filter(|name| !self.places.has(self.url, name)) {
            self.place(name);
            self.out.push('\n');
        }
        let marks = "=".repeat(usize::from(level.clamp(2, 6)));
        let inner = self.part(|part| part.line(line, false)).replace('=', "&#61;");
        // Our own markup has attributes, which need their equals signs.
        let inner = restore_attributes(&inner);
        let _ = writeln!(self.out, "{marks} {} {marks}", inner.trim());
    }

    /// What a cell or an item holds: one line, or blocks with tags of their own.
    fn contained(&mut self, blocks: &[Block]) {
        match blocks {
            [Block::Paragraph(line)] => self.line(line, true),
            blocks => {
                for block in blocks {
                    match block {
                        Block::Paragraph(line) => {
                            self.out.push_str("<p>");
                            self.line(line, false);
                            self.out.push_str("</p>\n");
                        }
                        block => {
                            self.block(block);
                        }
                    }
                }
                while self.out.ends_with('\n') {
                    self.out.pop();
                }
            }
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Item]) {
        let mut simple = String::new();
        if start.is_none_or(|start| start == 1) && self.simple_list(start, items, "", &mut simple) {
            self.out.push_str(&simple);
            return;
        }
        let tag = if start.is_some() { "ol" } else { "ul" };
        match start {
            Some(start) if start != 1 => {
                let _ = writeln!(self.out, "<ol start=\"{start}\">");
            }
            _ => {
                let _ = writeln!(self.out, "<{tag}>");
            }
        }
        for item in items {
            self.out.push_str("<li>");
            self.item_head(item);
            self.contained(&item.blocks);
            self.out.push_str("</li>\n");
        }
        let _ = writeln!(self.out, "</{tag}>");
    }

    fn item_head(&mut self, item: &Item) {
        if let Some(name) = &item.anchor {
            self.place(name);
        }
        match item.done {
            Some(true) => self.out.push_str("\u{2611} "),
            Some(false) => self.out.push_str("\u{2610} "),
            None => {}
        }
    }

    /// A list whose items are single lines, in wikitext's own form.
    fn simple_list(
        &self,
        start: Option<u64>,
        items: &[Item],
        marks: &str,
        out: &mut String,
    ) -> bool {
        let marks = format!("{marks}{}", if start.is_some() { '#' } else { '*' });
        items.iter().all(|item| {
            let Some((Block::Paragraph(line), rest)) = item.blocks.split_first() else {
                return false;
            };
            let words = self.part(|part| {
                part.item_head(item);
                part.line(line, part.out.is_empty());
            });
            let _ = writeln!(out, "{marks} {}", words.trim_end());
            rest.iter().all(|block| match block {
                Block::List { start, items } if start.is_none_or(|start| start == 1) => {
                    self.simple_list(*start, items, &marks, out)
                }
                _ => false,
            })
        })
    }

    fn table(&mut self, table: &Table) {
        let spans = table.rows.iter().flat_map(|row| &row.cells).any(|cell| cell.columns > 1);
        let sortable = !spans && table.catalogue;
        let class = if sortable { "wikitable sortable" } else { "wikitable" };
        let wide = self.template("wide", &[]);
        let _ = writeln!(self.out, "{wide}\n{{| class=\"{class}\"");
        if !table.caption.is_empty() {
            self.out.push_str("|+ ");
            self.line(&table.caption, true);
            self.out.push('\n');
        }
        for row in &table.head {
            self.row(row, true);
        }
        for row in &table.rows {
            self.row(row, false);
        }
        self.out.push_str("|}\n");
        self.close("end");
    }

    fn row(&mut self, row: &Row, head: bool) {
        match &row.anchor {
            Some(name) => {
                let _ = writeln!(self.out, "|- id=\"{}\"", anchor(name));
            }
            None => self.out.push_str("|-\n"),
        }
        for cell in &row.cells {
            self.cell(cell, head);
        }
    }

    fn cell(&mut self, cell: &Cell, head: bool) {
        self.out.push(if cell.header { '!' } else { '|' });
        if cell.header {
            self.out.push_str(if head { " scope=\"col\"" } else { " scope=\"row\"" });
        }
        if cell.columns > 1 {
            let _ = write!(self.out, " colspan=\"{}\"", cell.columns);
        }
        let severity = match cell.blocks.as_slice() {
            [Block::Paragraph(line)] => match line.as_slice() {
                [Inline::Chip { group, value, .. }] if group == "severity" => Some(value),
                _ => None,
            },
            _ => None,
        };
        if let Some(severity) = severity {
            let _ = write!(self.out, " data-sort-value=\"{}\"", weight(severity));
        }
        if cell.header || cell.columns > 1 || severity.is_some() {
            self.out.push_str(" |");
        }
        match cell.blocks.as_slice() {
            [] => {}
            [Block::Paragraph(line)] => {
                self.out.push(' ');
                self.line(line, true);
            }
            blocks => {
                self.out.push('\n');
                self.contained(blocks);
            }
        }
        self.out.push('\n');
    }

    fn code(&mut self, language: &str, title: Option<&str>, code: &str) {
        if let Some(title) = title {
            self.out.push_str("<strong>");
            text(title, false, &mut self.out);
            self.out.push_str("</strong>\n\n");
        }
        let safe = !code.to_ascii_lowercase().contains("</syntaxhighlight")
            && !language.is_empty()
            && language.bytes().all(|b| b.is_ascii_alphanumeric() || b"+#-".contains(&b))
            && code.chars().all(super::escape::is_xml);
        if self.wiki.options.highlight && safe {
            let _ = writeln!(
                self.out,
                "<syntaxhighlight lang=\"{language}\">\n{code}\n</syntaxhighlight>"
            );
            return;
        }
        self.out.push_str("<pre>\n");
        plain(code, &mut self.out);
        self.out.push_str("\n</pre>\n");
    }

    /// Parts of a line.
    pub fn line(&mut self, line: &[Inline], line_start: bool) {
        for (at, inline) in line.iter().enumerate() {
            self.inline(inline, line_start && at == 0);
        }
    }

    fn wrapped(&mut self, tag: &str, inner: &[Inline]) {
        let _ = write!(self.out, "<{tag}>");
        self.line(inner, false);
        let _ = write!(self.out, "</{tag}>");
    }

    fn inline(&mut self, inline: &Inline, line_start: bool) {
        match inline {
            Inline::Text(words) => text(words, line_start, &mut self.out),
            Inline::Strong(inner) => self.wrapped("strong", inner),
            Inline::Emphasis(inner) => self.wrapped("em", inner),
            Inline::Deleted(inner) => self.wrapped("del", inner),
            Inline::Inserted(inner) => self.wrapped("ins", inner),
            Inline::Superscript(inner) => self.wrapped("sup", inner),
            Inline::Subscript(inner) => self.wrapped("sub", inner),
            Inline::Code(words) => {
                self.out.push_str("<code>");
                text(words, false, &mut self.out);
                self.out.push_str("</code>");
            }
            Inline::Link { to, text } => self.link(to, text),
            Inline::Image { from, alt } => match self.context.to(from) {
                To::File(name) => {
                    let _ = write!(
                        self.out,
                        "[[File:{name}|frameless|{WIDEST}px|alt={}]]",
                        attribute(alt)
                    );
                }
                To::Url(address) if is_linked(&address) => {
                    let picture = || self.context.book.text.get("picture");
                    let alt = if alt.is_empty() { picture() } else { alt };
                    self.external(&address, &[Inline::Text(alt.to_string())]);
                }
                _ => text(alt, line_start, &mut self.out),
            },
            Inline::Break => self.out.push_str("<br />"),
            Inline::Chip { group, value, text: words } => {
                let parameters = [group, value, words].map(|word| escape::param(word));
                let chip = self.template("chip", &parameters.each_ref().map(String::as_str));
                self.out.push_str(&chip);
            }
            Inline::Short { text: words, long } => {
                let _ = write!(self.out, "<abbr title=\"{}\">", attribute(long));
                text(words, false, &mut self.out);
                self.out.push_str("</abbr>");
            }
            Inline::Anchor(name) => self.place(name),
        }
    }

    fn link(&mut self, to: &crate::out::wiki::Link, words: &[Inline]) {
        match self.context.to(to) {
            To::Page { name, page, anchor: place } => {
                let words = self.part(|part| part.line(words, false));
                let place = place.map(|place| self.places.find(&page.url, place));
                let name = match place {
                    Some(place) => format!("{name}#{place}"),
                    None => name.to_string(),
                };
                self.out.push_str(&escape::link(&name, &words));
            }
            To::File(name) => {
                let _ = write!(self.out, "[[Media:{name}|");
                self.line(words, false);
                self.out.push_str("]]");
            }
            To::Url(address) if is_linked(&address) => self.external(&address, words),
            To::Url(_) | To::Nowhere => self.line(words, false),
        }
    }

    fn external(&mut self, address: &str, words: &[Inline]) {
        let _ = write!(self.out, "[{} ", url(address));
        self.line(words, false);
        self.out.push(']');
    }
}

/// Puts back the equals signs of tags that this module wrote; authors' signs stay
/// references, since authors' tags are references too.
fn restore_attributes(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(open) = rest.find('<') {
        let close = rest[open..].find('>').map_or(rest.len(), |at| open + at + 1);
        out.push_str(&rest[..open]);
        out.push_str(&rest[open..close].replace("&#61;", "="));
        rest = &rest[close..];
    }
    out.push_str(rest);
    out
}
