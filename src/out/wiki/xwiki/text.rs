//! A tree in the syntax XWiki 2.1.

use crate::out::wiki::{Block, Context, Inline, Item, Link, Row, Table, To, plain};
use std::fmt::Write;

/// The widest that a picture is shown, in pixels.
const WIDEST: u32 = 900;

pub(super) struct Writer<'w> {
    pub context: &'w Context<'w>,
    /// The reference of the page that files are attached to.
    pub home: &'w str,
}

impl Writer<'_> {
    /// Blocks with a blank line between them.
    pub fn blocks(&self, blocks: &[Block]) -> String {
        let parts: Vec<String> = blocks.iter().map(|block| self.block(block)).collect();
        let parts: Vec<&str> = parts.iter().map(|part| part.trim()).collect();
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Heading { level, anchor, text } => {
                let marks = "=".repeat(usize::from((*level).clamp(1, 6)));
                let place = anchor.as_deref().map(place).unwrap_or_default();
                format!("{marks} {place}{} {marks}", self.line(text))
            }
            Block::Anchor(name) => place(name),
            Block::Paragraph(line) | Block::Banner(line) => self.begun(line),
            Block::List { start, items } => self.list(*start, items, ""),
            Block::Facts(facts) => {
                let row = |fact: &crate::out::wiki::Fact| {
                    let values: Vec<String> = fact.values.iter().map(|v| self.line(v)).collect();
                    format!("|={}|{}\n", escaped(&fact.name), values.join(", "))
                };
                facts.iter().map(row).collect()
            }
            Block::Table(table) => self.table(table),
            Block::Code { language, title, text } => {
                let title = title.as_ref().map(|title| format!("**{}**\n\n", escaped(title)));
                format!("{}{}", title.unwrap_or_default(), code(language, text))
            }
            Block::Alert { kind, title, blocks } => {
                let word = match kind.as_str() {
                    "tip" => "success",
                    "warning" | "important" => "warning",
                    "caution" => "error",
                    _ => "info",
                };
                let title = self.line(title);
                let title = if title.is_empty() { title } else { format!("**{title}**\n\n") };
                format!("{{{{{word}}}}}\n{title}{}\n{{{{/{word}}}}}", self.blocks(blocks))
            }
            Block::Details { summary, blocks } => {
                format!("**{}**\n\n(((\n{}\n)))", self.line(summary), self.blocks(blocks))
            }
            Block::Figure { blocks, caption } => {
                format!("{}{}", self.blocks(blocks), self.caption(caption))
            }
            Block::Diagram(diagram) => {
                let places: String = diagram.anchors.iter().map(|name| place(name)).collect();
                let name = self.context.names.diagrams.get(&diagram.name);
                let picture = name
                    .map(|name| self.picture(name, &diagram.alt, Some(diagram.size.0.min(WIDEST))));
                let picture = picture.unwrap_or_else(|| escaped(&diagram.alt));
                format!("{places}{picture}{}", self.caption(&diagram.caption))
            }
            Block::Definitions(list) => {
                let mut out = String::new();
                for definition in list {
                    for term in &definition.terms {
                        let _ = writeln!(out, "; {}", self.line(term));
                    }
                    for meaning in &definition.meanings {
                        let _ = writeln!(out, ": {}", self.cell(meaning));
                    }
                }
                out
            }
            Block::Quote(blocks) => {
                let inner = self.cell(blocks);
                format!("> {inner}")
            }
            Block::Rule => "----".into(),
        }
    }

    fn caption(&self, line: &[Inline]) -> String {
        if line.is_empty() { String::new() } else { format!("\n\n//{}//", self.line(line)) }
    }

    fn list(&self, start: Option<u64>, items: &[Item], above: &str) -> String {
        let mark = if start.is_some() { "1" } else { "*" };
        let marks = format!("{above}{mark}");
        let dot = if start.is_some() { "." } else { "" };
        let mut out = String::new();
        for item in items {
            let place = item.anchor.as_deref().map(place).unwrap_or_default();
            let done = match item.done {
                Some(true) => "\u{2611} ",
                Some(false) => "\u{2610} ",
                None => "",
            };
            let (words, nested) = match item.blocks.as_slice() {
                [Block::Paragraph(line), Block::List { start, items }] => {
                    (self.line(line), self.list(*start, items, &marks))
                }
                blocks => (self.cell(blocks), String::new()),
            };
            let _ = writeln!(out, "{marks}{dot} {place}{done}{words}");
            out.push_str(&nested);
        }
        out
    }

    fn table(&self, table: &Table) -> String {
        let width = table.head.iter().chain(&table.rows).map(columns).max().unwrap_or(0);
        let mut out = String::new();
        if !table.caption.is_empty() {
            let _ = writeln!(out, "**{}**\n", self.line(&table.caption));
        }
        for (row, head) in table
            .head
            .iter()
            .map(|row| (row, true))
            .chain(table.rows.iter().map(|row| (row, false)))
        {
            let mut taken = 0;
            for (at, cell) in row.cells.iter().enumerate() {
                let place = row.anchor.as_deref().filter(|_| at == 0).map(place);
                let span = match cell.columns {
                    0 | 1 => String::new(),
                    columns => format!("(% colspan=\"{columns}\" %)"),
                };
                taken += cell.columns.max(1);
                let mark = if head || cell.header { "|=" } else { "|" };
                let words = format!("{}{}", place.unwrap_or_default(), self.cell(&cell.blocks));
                // An empty cell would be the beginning of the next.
                let words = if words.is_empty() { " ".into() } else { words };
                let _ = write!(out, "{mark}{span}{words}");
            }
            for _ in taken..width {
                out.push_str("| ");
            }
            out.push('\n');
        }
        out
    }

    /// Blocks in one cell or item: a line where that does, else a group.
    fn cell(&self, blocks: &[Block]) -> String {
        match blocks {
            [] => String::new(),
            [Block::Paragraph(line) | Block::Banner(line)] => self.line(line),
            blocks => format!("(((\n{}\n)))", self.blocks(blocks)),
        }
    }

    /// Words at the beginning of a line.
    fn begun(&self, line: &[Inline]) -> String {
        let out = self.line(line);
        let digits = out.chars().take_while(char::is_ascii_digit).count();
        let marks = |c: char| "*=>;:|!-(".contains(c);
        // A group of signs that begins a line would make it another thing.
        let other = out.starts_with(marks) && !out.starts_with("**");
        match other || (digits > 0 && out[digits..].starts_with('.')) {
            true => format!("{{{{{{}}}}}}{out}"),
            false => out,
        }
    }

    /// Words within a line.
    pub fn line(&self, line: &[Inline]) -> String {
        let mut out = String::new();
        self.inlines(line, &mut out);
        out.trim().to_string()
    }

    fn inlines(&self, line: &[Inline], out: &mut String) {
        for inline in line {
            let marked = |mark: &str, inner: &[Inline], out: &mut String| {
                let inner = self.line(inner);
                if !inner.is_empty() {
                    let _ = write!(out, "{mark}{inner}{mark}");
                }
            };
            match inline {
                Inline::Text(words)
                | Inline::Chip { text: words, .. }
                | Inline::Short { text: words, .. } => out.push_str(&escaped(words)),
                Inline::Strong(inner) => marked("**", inner, out),
                Inline::Emphasis(inner) => marked("//", inner, out),
                Inline::Deleted(inner) => marked("--", inner, out),
                Inline::Inserted(inner) => marked("__", inner, out),
                Inline::Superscript(inner) => marked("^^", inner, out),
                Inline::Subscript(inner) => marked(",,", inner, out),
                Inline::Code(words) if words.trim().is_empty() => {}
                Inline::Code(words) => {
                    let _ = write!(out, "##{}##", escaped(words));
                }
                Inline::Link { to, text } => self.link(to, text, out),
                Inline::Image { from, alt } => match self.context.to(from) {
                    To::File(name) => out.push_str(&self.picture(name, alt, None)),
                    To::Url(url) => {
                        let _ = write!(out, "[[{}>>url:{}]]", label(alt), reference(&url));
                    }
                    _ => out.push_str(&escaped(alt)),
                },
                Inline::Break => out.push_str("\\\\"),
                Inline::Anchor(name) => out.push_str(&place(name)),
            }
        }
    }

    fn link(&self, to: &Link, words: &[Inline], out: &mut String) {
        let words = label(&plain(words));
        let _ = match self.context.to(to) {
            To::Page { name, anchor, .. } => {
                let anchor = anchor.map(|name| format!("||anchor=\"{}\"", quoted(name)));
                write!(out, "[[{words}>>doc:{name}{}]]", anchor.unwrap_or_default())
            }
            To::File(name) => write!(out, "[[{words}>>attach:{}@{name}]]", self.home),
            To::Url(url) => write!(out, "[[{words}>>url:{}]]", reference(&url)),
            To::Nowhere => write!(out, "{words}"),
        };
    }

    fn picture(&self, name: &str, alt: &str, width: Option<u32>) -> String {
        let width = width.map(|width| format!(" width=\"{width}\"")).unwrap_or_default();
        format!("[[image:{}@{name}||alt=\"{}\"{width}]]", self.home, quoted(alt))
    }
}

fn columns(row: &Row) -> usize {
    row.cells.iter().map(|cell| cell.columns.max(1)).sum()
}

/// A place that links lead to.
fn place(name: &str) -> String {
    format!("{{{{id name=\"{}\"/}}}}", quoted(name))
}

/// A block of code. What would end the macro is escaped as the macro wants it.
fn code(language: &str, text: &str) -> String {
    let known = |c: char| c.is_ascii_alphanumeric() || "+#-.".contains(c);
    let language: String = language.chars().filter(|c| known(*c)).collect();
    let language = if language.is_empty() { "none" } else { &language };
    let text = text.replace("{{/code", "{{/code~");
    format!("{{{{code language=\"{language}\"}}}}\n{}\n{{{{/code}}}}", text.trim_end_matches('\n'))
}

/// A value of a parameter.
fn quoted(words: &str) -> String {
    let plain: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.replace('~', "~~").replace('"', "~\"").replace(']', "~]").replace('|', "~|")
}

/// An address in a link.
fn reference(url: &str) -> String {
    let mut out = String::new();
    for c in url.chars() {
        match c {
            '[' | ']' | '|' | '~' | '<' | '>' | '"' | '{' | '}' | ' ' => {
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The words of a link.
fn label(words: &str) -> String {
    let out = escaped(words);
    if out.trim().is_empty() { "-".into() } else { out }
}

/// An author's words. Only what would mean something is escaped: signs that stand twice, and
/// those that do alone.
pub(super) fn escaped(words: &str) -> String {
    const TWICE: &str = "*/_-^,#[]()>\\%!=:";
    const ALWAYS: &str = "~{}|";
    let chars: Vec<char> = words.chars().collect();
    let mut out = String::with_capacity(words.len());
    for (at, c) in chars.iter().enumerate() {
        if c.is_control() {
            out.push(' ');
            continue;
        }
        let same = |other: Option<&char>| other == Some(c);
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let twice = TWICE.contains(*c) && (same(chars.get(at + 1)) || same(before));
        // `(%` begins parameters; `image:name` is a picture.
        let begins = *c == '(' && chars.get(at + 1) == Some(&'%');
        let scheme = *c == ':' && chars.get(at + 1).is_some_and(|c| !c.is_whitespace());
        if ALWAYS.contains(*c) || twice || begins || scheme {
            out.push('~');
        }
        out.push(*c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_themselves_and_nothing_else() {
        for (words, written) in [
            ("a * b, c - d", "a * b, c - d"),
            ("**a** //b//", "~*~*a~*~* ~/~/b~/~/"),
            ("{{velocity}}$x{{/velocity}}", "~{~{velocity~}~}$x~{~{/velocity~}~}"),
            ("image:x.png", "image~:x.png"),
            ("a | b ~ c", "a ~| b ~~ c"),
            ("[[x>>doc:Main]]", "~[~[x~>~>doc~:Main~]~]"),
            ("(% style %)", "~(% style %)"),
        ] {
            assert_eq!(escaped(words), written);
        }
        assert!(code("rust", "a{{/code}}b").contains("a{{/code~}}b"));
        assert_eq!(quoted("a\"]]|b"), "a~\"~]~]~|b");
        assert_eq!(reference("https://a/b c]]"), "https://a/b%20c%5D%5D");
    }
}
