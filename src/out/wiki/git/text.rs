//! A tree as Markdown.

use super::escape::{address, code, fence, is_simple};
use super::{Anchors, GitWiki, Host};
use crate::out::wiki::{Block, Cell, Context, Diagram, Inline, Item, Link, Row, Table, To, plain};
use crate::text::address::encode_fragment;
use std::fmt::Write;

pub(super) struct Writer<'w> {
    pub wiki: &'w GitWiki,
    pub context: &'w Context<'w>,
    pub anchors: &'w Anchors,
    /// The name of the page that is written.
    pub name: &'w str,
}

impl Writer<'_> {
    /// Blocks with a blank line between them.
    pub fn blocks(&self, blocks: &[Block]) -> String {
        let parts: Vec<String> = blocks.iter().map(|block| self.block(block)).collect();
        let parts: Vec<&str> = parts.iter().map(|part| part.trim_end()).collect();
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Heading { level, text, anchor } => {
                let marks = "#".repeat(usize::from((*level).clamp(1, 6)));
                // BookStack makes names of its own of words.
                let own = anchor.as_ref().filter(|_| self.wiki.host == Host::BookStack);
                let place = own.map(|name| self.place(name)).unwrap_or_default();
                format!("{marks} {place}{}", self.line(text))
            }
            Block::Anchor(name) => self.place(name),
            Block::Paragraph(line) | Block::Banner(line) => self.line(line),
            Block::List { start, items } => self.list(*start, items),
            Block::Facts(facts) => facts
                .iter()
                .map(|fact| {
                    let values: Vec<String> =
                        fact.values.iter().map(|value| self.inner(value)).collect();
                    let mut name = String::new();
                    self.words(&fact.name, false, &mut name);
                    format!("- {}: {}\n", self.strong(&name), values.join(", "))
                })
                .collect(),
            Block::Table(table) => self.table(table),
            Block::Code { language, title, text } => {
                let title = title.as_ref().map(|title| {
                    let mut out = String::new();
                    self.words(title, true, &mut out);
                    format!("{}\n\n", self.strong(&out))
                });
                title.unwrap_or_default() + &fence(language, text)
            }
            Block::Alert { kind, title, blocks } => {
                let word = match kind.as_str() {
                    word @ ("tip" | "important" | "warning" | "caution") => word,
                    _ => "note",
                };
                if self.wiki.host == Host::Outline {
                    return self.notice(kind, title, blocks);
                }
                let own = plain(title);
                let framed = self.wiki.host.has_alerts();
                let title = match framed && own.eq_ignore_ascii_case(word) {
                    true => String::new(),
                    false => format!("{}\n\n", self.strong(&self.line(title))),
                };
                let inner = prefix(&(title + &self.blocks(blocks)), "> ", "> ");
                match framed {
                    true => format!("> [!{}]\n{inner}", word.to_uppercase()),
                    false => inner,
                }
            }
            Block::Details { summary, blocks } => {
                self.folded(&plain(summary), &self.blocks(blocks))
            }
            Block::Figure { blocks, caption } => self.blocks(blocks) + &self.caption(caption),
            Block::Diagram(diagram) => self.diagram(diagram),
            Block::Definitions(list) => {
                let mut out = String::new();
                for definition in list {
                    let terms: Vec<String> = definition
                        .terms
                        .iter()
                        .map(|term| self.strong(&self.inner(term)))
                        .collect();
                    let meanings: Vec<String> =
                        definition.meanings.iter().map(|meaning| self.blocks(meaning)).collect();
                    let all = format!("{}\n\n{}", terms.join(", "), meanings.join("\n\n"));
                    let indent = " ".repeat(self.wiki.host.indent(2));
                    let _ = writeln!(out, "{}\n", prefix(&all, "- ", &indent));
                }
                out
            }
            Block::Quote(blocks) => prefix(&self.blocks(blocks), "> ", "> "),
            Block::Rule => "---".into(),
        }
    }

    /// Text in a frame, as Outline writes it.
    fn notice(&self, kind: &str, title: &[Inline], blocks: &[Block]) -> String {
        let word = match kind {
            "tip" => "tip",
            "warning" | "caution" | "important" => "warning",
            _ => "info",
        };
        let title = self.strong(&self.line(title));
        let inner = self.blocks(blocks);
        let parts: Vec<&str> =
            [title.as_str(), &inner].into_iter().filter(|part| !part.is_empty()).collect();
        format!(":::{word}\n{}\n\n:::", parts.join("\n\n"))
    }

    /// Text that a reader opens.
    fn folded(&self, summary: &str, inner: &str) -> String {
        if !self.wiki.host.has_html() {
            let mut words = String::new();
            self.words(summary, false, &mut words);
            return format!("+++ {words}\n{inner}\n\n+++");
        }
        // Python's Markdown reads nothing in a tag that does not say so.
        let read = if self.wiki.host == Host::Plain { " markdown=\"1\"" } else { "" };
        format!("<details{read}>\n<summary>{}</summary>\n\n{inner}\n\n</details>", html(summary))
    }

    fn caption(&self, line: &[Inline]) -> String {
        match (line.is_empty(), self.wiki.host.has_html()) {
            (true, _) => String::new(),
            (false, true) => format!("\n\n<sub>{}</sub>", self.inner(line)),
            (false, false) => format!("\n\n*{}*", self.inner(line)),
        }
    }

    fn diagram(&self, diagram: &Diagram) -> String {
        let mut out: String = diagram.anchors.iter().map(|name| self.place(name)).collect();
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        let mut alt = String::new();
        self.words(&diagram.alt, false, &mut alt);
        match self.context.names.diagrams.get(&diagram.name) {
            Some(name) => {
                let _ = write!(out, "![{alt}]({})", address(&self.wiki.file(name, self.name)));
            }
            None => out.push_str(&alt),
        }
        out.push_str(&self.caption(&diagram.caption));
        if let Some(source) = &diagram.mermaid {
            let words = self.context.book.text.get("picture_as_text");
            let _ = write!(out, "\n\n{}", self.folded(words, &fence("text", source)));
        }
        out
    }

    fn list(&self, start: Option<u64>, items: &[Item]) -> String {
        let mut out = String::new();
        let mut loose = false;
        for (at, item) in items.iter().enumerate() {
            let mark = match start {
                Some(start) => format!("{}. ", start.saturating_add(at as u64)),
                None => "- ".into(),
            };
            let place = item.anchor.as_ref().map(|name| self.place(name)).unwrap_or_default();
            let task = match item.done {
                Some(true) => "[x] ",
                Some(false) => "[ ] ",
                None => "",
            };
            // A line and a list in it belong together without a blank line.
            let inner = match item.blocks.as_slice() {
                [Block::Paragraph(line), nested @ Block::List { .. }] => {
                    format!("{}\n{}", self.line(line), self.block(nested))
                }
                blocks => {
                    loose |= blocks.len() > 1;
                    self.blocks(blocks)
                }
            };
            let all = format!("{task}{place}{inner}");
            let indent = " ".repeat(self.wiki.host.indent(mark.len()));
            let _ = writeln!(out, "{}", prefix(all.trim_end(), &mark, &indent));
            if loose && at + 1 < items.len() {
                out.push('\n');
            }
        }
        out
    }

    fn table(&self, table: &Table) -> String {
        let width = table.head.iter().chain(&table.rows).map(columns).max().unwrap_or(0);
        if width == 0 {
            return String::new();
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut head = table.head.iter().map(|row| self.cells(row, width));
        rows.push(head.next().unwrap_or_else(|| vec![String::new(); width]));
        rows.extend(head);
        for row in &table.rows {
            let cells = self.cells(row, width);
            // What stands across all columns belongs to the row above.
            let across = matches!(&row.cells[..], [cell] if cell.columns >= width && width > 1);
            match rows.last_mut().filter(|_| across).and_then(|last| last.first_mut()) {
                Some(first) if !self.wiki.host.has_html() => {
                    let _ = write!(first, "<br>{}", cells[0]);
                }
                Some(first) => {
                    let words = html(self.context.book.text.get("details"));
                    let _ =
                        write!(first, "<details><summary>{words}</summary>{}</details>", cells[0]);
                }
                None => rows.push(cells),
            }
        }
        let mut out = String::new();
        if !table.caption.is_empty() {
            let _ = writeln!(out, "{}\n", self.strong(&self.line(&table.caption)));
        }
        for (at, row) in rows.iter().enumerate() {
            let _ = writeln!(out, "| {} |", row.join(" | "));
            if at == 0 {
                let _ = writeln!(out, "|{}", " --- |".repeat(width));
            }
        }
        out
    }

    fn cells(&self, row: &Row, width: usize) -> Vec<String> {
        let mut out = Vec::with_capacity(width);
        for cell in &row.cells {
            out.push(self.cell(cell));
            out.resize(out.len() + cell.columns.saturating_sub(1), String::new());
        }
        out.resize(width, String::new());
        if let (Some(name), Some(first)) = (&row.anchor, out.first_mut()) {
            first.insert_str(0, &self.place(name));
        }
        out
    }

    fn cell(&self, cell: &Cell) -> String {
        let mut lines = Vec::new();
        self.flat(&cell.blocks, "", &mut lines);
        lines.join("<br>")
    }

    /// Blocks as lines, for a cell.
    fn flat(&self, blocks: &[Block], mark: &str, lines: &mut Vec<String>) {
        for block in blocks {
            match block {
                Block::Paragraph(line) | Block::Banner(line) => {
                    lines.push(format!("{mark}{}", self.inner(line)));
                }
                Block::Heading { text, .. } => lines.push(self.strong(&self.inner(text))),
                Block::List { start, items } => {
                    for (at, item) in items.iter().enumerate() {
                        let own = match (start, item.done) {
                            (Some(start), _) => format!("{}. ", start.saturating_add(at as u64)),
                            (None, Some(true)) => "\u{2611} ".into(),
                            (None, Some(false)) => "\u{2610} ".into(),
                            (None, None) => "\u{2022} ".into(),
                        };
                        let place = item.anchor.as_ref().map(|a| self.place(a)).unwrap_or_default();
                        self.flat(&item.blocks, &format!("{place}{own}"), lines);
                    }
                }
                Block::Code { text, .. } => lines.extend(text.lines().map(|line| {
                    let mut out = String::new();
                    self.code(line, &mut out);
                    out
                })),
                Block::Facts(facts) => lines.extend(facts.iter().map(|fact| {
                    let values: Vec<String> = fact.values.iter().map(|v| self.inner(v)).collect();
                    let mut name = String::new();
                    self.words(&fact.name, false, &mut name);
                    format!("{}: {}", self.strong(&name), values.join(", "))
                })),
                Block::Alert { blocks, .. }
                | Block::Details { blocks, .. }
                | Block::Figure { blocks, .. }
                | Block::Quote(blocks) => self.flat(blocks, mark, lines),
                Block::Definitions(list) => {
                    for definition in list {
                        lines.extend(definition.terms.iter().map(|t| self.strong(&self.inner(t))));
                        definition.meanings.iter().for_each(|m| self.flat(m, mark, lines));
                    }
                }
                Block::Table(table) => {
                    for row in &table.rows {
                        row.cells.iter().for_each(|cell| self.flat(&cell.blocks, mark, lines));
                    }
                }
                Block::Anchor(name) => lines.push(self.place(name)),
                Block::Diagram(diagram) => {
                    let mut out = String::new();
                    self.words(&diagram.alt, false, &mut out);
                    lines.push(out);
                }
                Block::Rule => {}
            }
        }
    }

    /// An author's words.
    fn words(&self, words: &str, start: bool, out: &mut String) {
        super::escape::text(words, start, self.wiki.host.has_references(), out);
    }

    fn code(&self, words: &str, out: &mut String) {
        let short = self.wiki.host.has_html() || is_simple(words);
        if short { code(words, out) } else { self.words(words, false, out) }
    }

    /// Strong words.
    fn strong(&self, inner: &str) -> String {
        self.marked("**", "strong", inner)
    }

    fn marked(&self, mark: &str, tag: &str, inner: &str) -> String {
        match self.wiki.host.has_html() || inner.trim().is_empty() {
            true => marked(mark, tag, inner),
            false => format!("{mark}{}{mark}", inner.trim()),
        }
    }

    /// A place that links lead to. Most hosts take it out, and links there lead to the heading.
    fn place(&self, name: &str) -> String {
        match self.wiki.host {
            Host::GitHub => format!("<a name=\"{}\"></a>", html(name)),
            Host::Plain => format!("<a id=\"{}\"></a>", html(name)),
            Host::BookStack => format!("<a id=\"{}\"></a>", html(&bookstack_place(name))),
            _ => String::new(),
        }
    }

    /// Words at the beginning of a line.
    pub fn line(&self, line: &[Inline]) -> String {
        let mut out = String::new();
        self.inlines(line, true, &mut out);
        out.trim().to_string()
    }

    /// Words within a line.
    fn inner(&self, line: &[Inline]) -> String {
        let mut out = String::new();
        self.inlines(line, false, &mut out);
        out.trim().to_string()
    }

    fn inlines(&self, line: &[Inline], start: bool, out: &mut String) {
        for inline in line {
            let first = start && out.is_empty();
            let tagged = |tag: &str, inner: &[Inline], out: &mut String| {
                if !self.wiki.host.has_html() {
                    return self.inlines(inner, false, out);
                }
                let _ = write!(out, "<{tag}>");
                self.inlines(inner, false, out);
                let _ = write!(out, "</{tag}>");
            };
            match inline {
                Inline::Text(words) => self.words(words, first, out),
                Inline::Strong(inner) => out.push_str(&self.strong(&self.inner(inner))),
                Inline::Emphasis(inner) => {
                    out.push_str(&self.marked("*", "em", &self.inner(inner)))
                }
                Inline::Deleted(inner) if !self.wiki.host.has_html() => {
                    let _ = write!(out, "~~{}~~", self.inner(inner));
                }
                Inline::Deleted(inner) => tagged("del", inner, out),
                Inline::Inserted(inner) => tagged("ins", inner, out),
                Inline::Superscript(inner) => tagged("sup", inner, out),
                Inline::Subscript(inner) => tagged("sub", inner, out),
                Inline::Code(words) => self.code(words, out),
                Inline::Link { to, text } => self.link(to, text, out),
                Inline::Image { from, alt } => {
                    let source = match self.context.to(from) {
                        To::File(name) => Some(self.wiki.file(name, self.name)),
                        To::Url(url) => Some(url),
                        _ => None,
                    };
                    match source {
                        Some(source) => {
                            out.push_str("![");
                            self.words(alt, false, out);
                            let _ = write!(out, "]({})", address(&source));
                        }
                        None => self.words(alt, first, out),
                    }
                }
                // Outline knows ends of lines in cells alone.
                Inline::Break if self.wiki.host == Host::Outline => out.push(' '),
                Inline::Break => out.push_str("<br>"),
                Inline::Chip { text: words, .. } => self.words(words, first, out),
                Inline::Short { text: words, .. } if !self.wiki.host.has_html() => {
                    self.words(words, first, out);
                }
                Inline::Short { text: words, long } => {
                    let _ = write!(out, "<abbr title=\"{}\">", html(long));
                    self.words(words, false, out);
                    out.push_str("</abbr>");
                }
                Inline::Anchor(name) => out.push_str(&self.place(name)),
            }
        }
    }

    fn link(&self, to: &Link, words: &[Inline], out: &mut String) {
        let address = match self.context.to(to) {
            To::Page { name, page, anchor } => {
                let fragment = anchor.and_then(|anchor| self.anchors.find(&page.url, anchor));
                let fragment = fragment.map(|f| format!("#{}", encode_fragment(&f)));
                let fragment = fragment.unwrap_or_default();
                match name == self.name && !fragment.is_empty() {
                    true => fragment,
                    false => self.wiki.page(name, self.name) + &fragment,
                }
            }
            To::File(name) => self.wiki.file(name, self.name),
            To::Url(url) => url,
            To::Nowhere => return out.push_str(&self.inner(words)),
        };
        let _ = write!(out, "[{}]({})", self.inner(words), self::address(&address));
    }
}

/// The name of a place that BookStack leaves as it is.
pub(super) fn bookstack_place(name: &str) -> String {
    format!("bkmrk-{name}")
}

fn columns(row: &Row) -> usize {
    row.cells.iter().map(|cell| cell.columns.max(1)).sum()
}

/// Strong words, in marks where these are sure to work.
pub(super) fn strong(inner: &str) -> String {
    marked("**", "strong", inner)
}

fn marked(mark: &str, tag: &str, inner: &str) -> String {
    let ends = [inner.chars().next(), inner.chars().last()];
    let plain = ends.iter().all(|c| c.is_some_and(char::is_alphanumeric));
    match inner.is_empty() {
        true => String::new(),
        false if plain => format!("{mark}{inner}{mark}"),
        false => format!("<{tag}>{inner}</{tag}>"),
    }
}

/// Lines with something in front: `first` before the first, `rest` before the others.
fn prefix(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        let before = if at == 0 { first } else { rest };
        if at > 0 {
            out.push('\n');
        }
        out.push_str(if line.is_empty() { before.trim_end() } else { before });
        out.push_str(line);
    }
    if out.is_empty() { first.trim_end().to_string() } else { out }
}

/// Words inside a tag or an attribute, where Markdown is not read.
fn html(words: &str) -> String {
    crate::text::markup::escaped(words).replace('\n', " ")
}
