//! A tree as wikitext.

use super::Options;
use super::escape::{anchor, attribute, is_linked, plain, text, url};
use crate::out::wiki::{Block, Cell, Context, Inline, Item, Row, Table, To, plain as words_of};
use std::fmt::Write;

/// The widest that a picture is shown, in pixels.
const WIDEST: u32 = 900;

const CHIP: &str = "border:1px solid #a2a9b1;border-radius:3px;padding:0 .35em;white-space:nowrap";

pub(super) struct Writer<'w> {
    pub context: &'w Context<'w>,
    pub options: &'w Options,
    pub out: String,
}

impl Writer<'_> {
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
            Block::Facts(facts) => {
                self.out.push_str("{| class=\"wikitable\"\n");
                for fact in facts {
                    self.out.push_str("|-\n! scope=\"row\" style=\"text-align:start\" | ");
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
            Block::Table(table) => self.table(table),
            Block::Code { language, title, text } => self.code(language, title.as_deref(), text),
            Block::Alert { kind, title, blocks } => {
                let colour = match kind.as_str() {
                    "warning" | "caution" => "#b32424",
                    "important" => "#6b4ba1",
                    "tip" => "#14866d",
                    _ => "#3366cc",
                };
                let _ = writeln!(
                    self.out,
                    "<div style=\"border-inline-start:4px solid {colour};padding:0 1em;margin:1em 0\">"
                );
                self.strong(title);
                self.blocks(blocks);
                self.close("</div>");
            }
            Block::Details { summary, blocks } => {
                self.out.push_str(
                    "<div class=\"mw-collapsible mw-collapsed\" style=\"margin:1em 0\">\n",
                );
                self.strong(summary);
                self.out.push_str("<div class=\"mw-collapsible-content\">\n");
                self.blocks(blocks);
                self.close("</div>");
                self.out.push_str("</div>\n");
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
                    let _ = write!(
                        self.out,
                        "[[File:{name}|{}px|alt={}]]",
                        diagram.size.0.min(WIDEST),
                        attribute(&diagram.alt)
                    );
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
                self.close("</blockquote>");
            }
            Block::Rule => self.out.push_str("----\n"),
        }
    }

    fn close(&mut self, tag: &str) {
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str(tag);
        self.out.push('\n');
    }

    fn strong(&mut self, line: &[Inline]) {
        if !line.is_empty() {
            self.out.push_str("<div><strong>");
            self.line(line, false);
            self.out.push_str("</strong></div>\n");
        }
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
        // MediaWiki makes a place from the words; ours comes before where it differs.
        let own = words_of(line).replace(' ', "_");
        if let Some(name) = name.filter(|name| *name != own) {
            self.place(name);
            self.out.push('\n');
        }
        let marks = "=".repeat(usize::from(level.clamp(2, 6)));
        let mut inner = Writer { context: self.context, options: self.options, out: String::new() };
        inner.line(line, false);
        let inner = inner.out.replace('=', "&#61;");
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
            let mut writer =
                Writer { context: self.context, options: self.options, out: String::new() };
            writer.item_head(item);
            writer.line(line, writer.out.is_empty());
            let _ = writeln!(out, "{marks} {}", writer.out.trim_end());
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
        let _ = writeln!(self.out, "<div style=\"overflow-x:auto\">\n{{| class=\"{class}\"");
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
        self.out.push_str("|}\n</div>\n");
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
        if cell.header || cell.columns > 1 {
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
        if self.options.highlight && safe {
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
            Inline::Chip { text: words, .. } => {
                let _ = write!(self.out, "<span style=\"{CHIP}\">");
                text(words, false, &mut self.out);
                self.out.push_str("</span>");
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
            To::Page { name, anchor: place, .. } => {
                let is_id = matches!(words, [Inline::Text(id)] if crate::book::entry::is_id(id));
                if is_id {
                    self.out.push_str("<span style=\"white-space:nowrap\">");
                }
                let _ = write!(self.out, "[[:{name}");
                if let Some(place) = place {
                    let _ = write!(self.out, "#{}", anchor(place));
                }
                self.out.push('|');
                self.line(words, false);
                self.out.push_str(if is_id { "]]</span>" } else { "]]" });
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
