//! A tree as DokuWiki's text.

use super::escape::{link_words, one_line, picture_words, section, shielded, text, url};
use crate::out::wiki::{Block, Context, Inline, Item, Page, Row, Table, To, plain};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The widest that a picture is shown, in pixels.
const WIDEST: u32 = 900;

/// The end of a line inside a paragraph, cell or item.
const BREAK: &str = "\\\\ ";

pub(super) struct Writer<'w> {
    pub context: &'w Context<'w>,
    pub out: String,
}

impl Writer<'_> {
    pub fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn fresh(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push_str(if self.out.ends_with('\n') { "\n" } else { "\n\n" });
        }
    }

    fn block(&mut self, block: &Block) {
        self.fresh();
        match block {
            Block::Heading { level, text, .. } => self.heading(*level, &plain(text)),
            // There are no places but headings.
            Block::Anchor(_) => {}
            Block::Paragraph(line) | Block::Banner(line) => {
                self.line(line);
                self.out.push('\n');
            }
            Block::List { start, items } => self.list(*start, items, 1),
            Block::Facts(facts) => {
                for fact in facts {
                    self.out.push_str("^ ");
                    text(&fact.name, &mut self.out);
                    self.out.push_str(" | ");
                    for (at, value) in fact.values.iter().enumerate() {
                        let chips = matches!(value.as_slice(), [Inline::Chip { .. }]);
                        self.out.push_str(match (at, chips) {
                            (0, _) => "",
                            (_, true) => ", ",
                            (_, false) => BREAK,
                        });
                        self.line(value);
                    }
                    self.out.push_str(" |\n");
                }
            }
            Block::Table(table) => self.table(table),
            Block::Code { language, title, text } => self.code(language, title.as_deref(), text),
            Block::Alert { title, blocks, .. } => {
                let mut lines = Vec::new();
                if !title.is_empty() {
                    lines.push(self.part(|writer| writer.strong(title)));
                }
                self.quoted(blocks, lines);
            }
            Block::Quote(blocks) => self.quoted(blocks, Vec::new()),
            Block::Details { summary, blocks } => {
                self.strong(summary);
                self.out.push('\n');
                self.blocks(blocks);
            }
            Block::Figure { blocks, caption } => {
                self.blocks(blocks);
                self.caption(caption);
            }
            Block::Diagram(diagram) => {
                if let Some(name) = self.context.names.diagrams.get(&diagram.name) {
                    let width = diagram.size.0.min(WIDEST);
                    let words = picture_words(&diagram.alt);
                    let _ = writeln!(self.out, "{{{{{name}?{width}|{words}}}}}");
                }
                self.caption(&diagram.caption);
            }
            Block::Definitions(list) => {
                for definition in list {
                    for term in &definition.terms {
                        self.out.push_str("  * ");
                        self.strong(term);
                        self.out.push('\n');
                    }
                    for meaning in &definition.meanings {
                        let words = self.part(|writer| writer.flat(meaning));
                        let _ = writeln!(self.out, "    * {words}");
                    }
                }
            }
            Block::Rule => self.out.push_str("----\n"),
        }
    }

    pub fn heading(&mut self, level: u8, words: &str) {
        let marks = "=".repeat(7 - usize::from(level.clamp(1, 5)));
        let words = one_line(words);
        // Signs at the ends would belong to the marks.
        let words = words.trim().trim_matches('=').trim();
        let _ =
            writeln!(self.out, "{marks} {} {marks}", if words.is_empty() { "-" } else { words });
    }

    /// Text that another writer makes.
    fn part(&self, write: impl FnOnce(&mut Writer<'_>)) -> String {
        let mut inner = Writer { context: self.context, out: String::new() };
        write(&mut inner);
        inner.out
    }

    fn strong(&mut self, line: &[Inline]) {
        let words = self.part(|writer| writer.line(line));
        if !words.is_empty() {
            let _ = write!(self.out, "**{}**", words.replace("**", ""));
        }
    }

    fn caption(&mut self, line: &[Inline]) {
        if !line.is_empty() {
            self.fresh();
            self.out.push_str("<sub>");
            self.line(line);
            self.out.push_str("</sub>\n");
        }
    }

    /// Lines after `>`, which hold no blocks.
    fn quoted(&mut self, blocks: &[Block], mut lines: Vec<String>) {
        for block in blocks {
            let words = self.part(|writer| writer.flat(std::slice::from_ref(block)));
            if !words.is_empty() {
                lines.push(words);
            }
        }
        for line in lines {
            let _ = writeln!(self.out, "> {line}");
        }
    }

    /// Blocks in a place that holds lines only: a cell, an item, a quotation.
    fn flat(&mut self, blocks: &[Block]) {
        for block in blocks {
            if matches!(block, Block::Anchor(_)) {
                continue;
            }
            let before = self.out.len();
            if before > 0 && !self.out.ends_with(BREAK) {
                self.out.push_str(BREAK);
            }
            let start = self.out.len();
            match block {
                Block::Heading { text, .. } => self.strong(text),
                Block::Paragraph(line) | Block::Banner(line) => self.line(line),
                Block::List { start, items } => {
                    for (at, item) in items.iter().enumerate() {
                        self.out.push_str(if at > 0 { BREAK } else { "" });
                        match start {
                            Some(start) => {
                                let _ = write!(self.out, "{}. ", start + at as u64);
                            }
                            None => self.out.push_str("\u{2022} "),
                        }
                        self.tick(item);
                        let words = self.part(|writer| writer.flat(&item.blocks));
                        self.out.push_str(&words);
                    }
                }
                Block::Facts(facts) => {
                    for (at, fact) in facts.iter().enumerate() {
                        self.out.push_str(if at > 0 { BREAK } else { "" });
                        text(&fact.name, &mut self.out);
                        self.out.push_str(": ");
                        for (at, value) in fact.values.iter().enumerate() {
                            self.out.push_str(if at > 0 { ", " } else { "" });
                            self.line(value);
                        }
                    }
                }
                Block::Table(table) => {
                    let rows: Vec<&Row> = table.head.iter().chain(&table.rows).collect();
                    for (at, row) in rows.iter().enumerate() {
                        self.out.push_str(if at > 0 { BREAK } else { "" });
                        for (at, cell) in row.cells.iter().enumerate() {
                            self.out.push_str(if at > 0 { "; " } else { "" });
                            let words = self.part(|writer| writer.flat(&cell.blocks));
                            self.out.push_str(&words);
                        }
                    }
                }
                Block::Code { text, .. } => {
                    for (at, line) in text.lines().enumerate() {
                        self.out.push_str(if at > 0 { BREAK } else { "" });
                        self.typed(line);
                    }
                }
                Block::Alert { title, blocks, .. } => {
                    self.strong(title);
                    self.flat(blocks);
                }
                Block::Details { summary, blocks } => {
                    self.strong(summary);
                    self.flat(blocks);
                }
                Block::Figure { blocks, caption } => {
                    self.flat(blocks);
                    self.line(caption);
                }
                Block::Quote(blocks) => self.flat(blocks),
                Block::Definitions(list) => {
                    for definition in list {
                        for term in &definition.terms {
                            self.strong(term);
                            self.out.push(' ');
                        }
                        definition.meanings.iter().for_each(|meaning| self.flat(meaning));
                    }
                }
                Block::Diagram(_) | Block::Anchor(_) | Block::Rule => {}
            }
            if self.out.len() == start {
                self.out.truncate(before);
            }
        }
    }

    fn tick(&mut self, item: &Item) {
        match item.done {
            Some(true) => self.out.push_str("\u{2611} "),
            Some(false) => self.out.push_str("\u{2610} "),
            None => {}
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Item], depth: usize) {
        let indent = "  ".repeat(depth);
        for (at, item) in items.iter().enumerate() {
            // A list there begins with 1.
            let numbered = start.is_some_and(|start| start == 1);
            let _ = write!(self.out, "{indent}{} ", if numbered { '-' } else { '*' });
            if let Some(start) = start.filter(|start| *start != 1) {
                let _ = write!(self.out, "{}. ", start + at as u64);
            }
            self.tick(item);
            let nested = |block: &&Block| matches!(block, Block::List { .. });
            let is_code = |block: &Block| matches!(block, Block::Code { .. });
            let own: Vec<&Block> = item.blocks.iter().filter(|b| !nested(b)).collect();
            // Code stays a block when it begins in the line of the item.
            for part in own.chunk_by(|a, b| !is_code(a) && !is_code(b)) {
                match part {
                    [Block::Code { language, title, text }] => {
                        if let Some(title) = title {
                            self.typed(title);
                        }
                        self.out.push(' ');
                        self.code(language, None, text);
                        self.out.truncate(self.out.trim_end().len());
                        self.out.push(' ');
                    }
                    part => {
                        let part: Vec<Block> = part.iter().map(|block| (*block).clone()).collect();
                        let words = self.part(|writer| writer.flat(&part));
                        self.out.push_str(&words);
                    }
                }
            }
            self.out.truncate(self.out.trim_end_matches(' ').len());
            self.out.push('\n');
            for block in item.blocks.iter().filter(nested) {
                if let Block::List { start, items } = block {
                    self.list(*start, items, depth + 1);
                }
            }
        }
    }

    fn table(&mut self, table: &Table) {
        if !table.caption.is_empty() {
            self.strong(&table.caption);
            self.out.push_str("\n\n");
        }
        for row in table.head.iter().chain(&table.rows) {
            let mut end = '|';
            for cell in &row.cells {
                end = if cell.header { '^' } else { '|' };
                let words = self.part(|writer| writer.flat(&cell.blocks));
                let _ = write!(self.out, "{end} {words} ");
                // A cell that spans columns is followed by cells without blanks.
                for _ in 1..cell.columns {
                    self.out.push(end);
                }
            }
            self.out.push(end);
            self.out.push('\n');
        }
    }

    fn code(&mut self, language: &str, title: Option<&str>, code: &str) {
        if let Some(title) = title {
            self.out.push_str("**");
            shielded(&one_line(title), &mut self.out);
            self.out.push_str("**\n\n");
        }
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let language = match !language.is_empty() && language.bytes().all(good) {
            true => format!(" {language}"),
            false => String::new(),
        };
        let code: String =
            code.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
        let tag = if code.contains("</code>") { "file" } else { "code" };
        // Both ends in one text is what only somebody writes who wants to break out.
        let code = code.replace(&format!("</{tag}>"), &format!("</{tag}\u{200b}>"));
        let _ = writeln!(self.out, "<{tag}{language}>\n{code}\n</{tag}>");
    }

    /// Text as it is typed.
    fn typed(&mut self, words: &str) {
        if !words.is_empty() {
            self.out.push_str("''");
            shielded(&one_line(words), &mut self.out);
            self.out.push_str("''");
        }
    }

    pub fn line(&mut self, line: &[Inline]) {
        for inline in line {
            self.inline(inline);
        }
    }

    fn wrapped(&mut self, open: &str, close: &str, inner: &[Inline]) {
        let words = self.part(|writer| writer.line(inner));
        // The same mark inside would end it.
        let words = words.replace(open, "").replace(close, "");
        if !words.trim().is_empty() {
            let _ = write!(self.out, "{open}{words}{close}");
        }
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text(words) => {
                // Blanks at the ends stay outside, so that most words need no shield.
                let inner = words.trim_matches(' ');
                self.out.push_str(if words.starts_with(' ') { " " } else { "" });
                if !inner.is_empty() {
                    text(inner, &mut self.out);
                    self.out.push_str(if words.ends_with(' ') { " " } else { "" });
                }
            }
            Inline::Strong(inner) => self.wrapped("**", "**", inner),
            // Slashes inside an address would end it.
            Inline::Emphasis(inner) => match inner.iter().all(|i| matches!(i, Inline::Text(_))) {
                true => {
                    let mut words = String::new();
                    shielded(&one_line(&plain(inner)), &mut words);
                    let _ = write!(self.out, "//{words}//");
                }
                false => self.line(inner),
            },
            Inline::Deleted(inner) => self.wrapped("<del>", "</del>", inner),
            Inline::Inserted(inner) => self.wrapped("__", "__", inner),
            Inline::Superscript(inner) => self.wrapped("<sup>", "</sup>", inner),
            Inline::Subscript(inner) => self.wrapped("<sub>", "</sub>", inner),
            Inline::Code(words) => self.typed(words),
            Inline::Link { to, text } => self.link(to, text),
            Inline::Image { from, alt } => match self.context.to(from) {
                To::File(name) => {
                    let _ = write!(self.out, "{{{{{name}|{}}}}}", picture_words(alt));
                }
                To::Url(address) => {
                    let picture = || self.context.book.text.get("picture");
                    let words = if alt.is_empty() { picture() } else { alt };
                    self.external(&address, words);
                }
                _ => text(alt, &mut self.out),
            },
            Inline::Break => self.out.push_str(BREAK),
            Inline::Chip { text: words, .. } | Inline::Short { text: words, .. } => {
                text(words, &mut self.out);
            }
            Inline::Anchor(_) => {}
        }
    }

    fn link(&mut self, to: &crate::out::wiki::Link, words: &[Inline]) {
        match self.context.to(to) {
            To::Page { name, page, anchor } => {
                let place = anchor.and_then(|anchor| sections(page).remove(anchor));
                let place = place.map(|place| format!("#{place}")).unwrap_or_default();
                let _ = write!(self.out, "[[{name}{place}|{}]]", link_words(&plain(words)));
            }
            To::File(name) => {
                let words = picture_words(&plain(words));
                let _ = write!(self.out, "{{{{{name}?linkonly|{words}}}}}");
            }
            To::Url(address) => self.external(&address, &plain(words)),
            To::Nowhere => self.line(words),
        }
    }

    fn external(&mut self, address: &str, words: &str) {
        match url(address) {
            Some(address) => {
                let _ = write!(self.out, "[[{address}|{}]]", link_words(words));
            }
            None => text(words, &mut self.out),
        }
    }
}

/// The section of each place on a page: that of the heading at or before it.
fn sections(page: &Page) -> BTreeMap<String, String> {
    fn walk(
        blocks: &[Block],
        top: bool,
        taken: &mut Vec<String>,
        now: &mut String,
        out: &mut BTreeMap<String, String>,
    ) {
        let mut add = |anchor: &Option<String>, now: &str| {
            if let Some(anchor) = anchor {
                out.insert(anchor.clone(), now.to_string());
            }
        };
        // A place right before a heading is that heading's.
        let mut waiting: Vec<String> = Vec::new();
        for block in blocks {
            if let Block::Anchor(anchor) = block {
                waiting.push(anchor.clone());
                add(&Some(anchor.clone()), now);
                continue;
            }
            if let (true, Block::Heading { anchor, text, .. }) = (top, block) {
                let base = section(plain(text).trim().trim_matches('=').trim());
                let mut name = base.clone();
                let mut number = 0;
                while taken.contains(&name) {
                    number += 1;
                    name = format!("{base}{number}");
                }
                taken.push(name.clone());
                *now = name;
                add(anchor, now);
                for anchor in waiting.drain(..) {
                    add(&Some(anchor), now);
                }
                continue;
            }
            waiting.clear();
            match block {
                Block::List { items, .. } => {
                    items.iter().for_each(|item| add(&item.anchor, now));
                }
                Block::Table(table) => {
                    table.head.iter().chain(&table.rows).for_each(|row| add(&row.anchor, now));
                }
                Block::Diagram(diagram) => {
                    diagram.anchors.iter().for_each(|anchor| add(&Some(anchor.clone()), now));
                }
                _ => {}
            }
        }
        for block in blocks {
            // Headings inside details are headings there too.
            if let Block::Details { blocks, .. } | Block::Figure { blocks, .. } = block {
                walk(blocks, true, taken, now, out);
            }
        }
    }
    let mut out = BTreeMap::new();
    let mut now = section(&page.title);
    let mut taken = vec![now.clone()];
    walk(&page.blocks, true, &mut taken, &mut now, &mut out);
    out
}
