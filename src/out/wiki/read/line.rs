//! What stands in a line: words, links, code, chips.

use super::{DEPTH, State, anchor_of, has_class, is_left_out, text_of};
use crate::out::wiki::document::{Block, Inline, signed};
use scraper::{ElementRef, Node};

impl State<'_> {
    /// What an element holds, as parts of a line.
    pub(super) fn inlines(&mut self, element: ElementRef<'_>, line: &mut Vec<Inline>) {
        if self.depth >= DEPTH {
            add_text(&text_of(element), line);
            return;
        }
        self.depth += 1;
        for node in element.children() {
            match (node.value(), ElementRef::wrap(node)) {
                (Node::Text(text), _) => add_text(text, line),
                (_, Some(child)) if !is_left_out(child) => self.inline(child, line),
                _ => {}
            }
        }
        self.depth -= 1;
    }

    pub(super) fn inline(&mut self, element: ElementRef<'_>, line: &mut Vec<Inline>) {
        let value = element.value();
        let name = value.name();
        // The mark beside a heading, and the way back from a footnote.
        if name == "a" && (has_class(element, "anchor") || has_class(element, "footnote-back")) {
            return;
        }
        line.extend(anchor_of(element).map(Inline::Anchor));
        let mut wrapped = |state: &mut Self, wrap: fn(Vec<Inline>) -> Inline| {
            let mut inner = Vec::new();
            state.inlines(element, &mut inner);
            if !inner.is_empty() {
                line.push(wrap(inner));
            }
        };
        match name {
            "strong" | "b" => wrapped(self, Inline::Strong),
            "em" | "i" | "cite" | "dfn" | "var" => wrapped(self, Inline::Emphasis),
            "del" | "s" | "strike" => wrapped(self, Inline::Deleted),
            "ins" => wrapped(self, Inline::Inserted),
            "sup" => wrapped(self, Inline::Superscript),
            "sub" => wrapped(self, Inline::Subscript),
            "code" | "kbd" | "samp" | "tt" => {
                // A word of code in a line has no line ends.
                let text = text_of(element).replace(['\n', '\r', '\t'], " ");
                if !text.is_empty() {
                    line.push(Inline::Code(text));
                }
            }
            "br" => line.push(Inline::Break),
            "wbr" | "input" | "rp" => {}
            "img" => {
                let alt = value.attr("alt").unwrap_or("").replace('\n', " ");
                match value.attr("src") {
                    Some(src) => {
                        line.push(Inline::Image { from: (self.reader.resolve)(src), alt });
                    }
                    None => add_text(&alt, line),
                }
            }
            "a" => self.link(element, line),
            "abbr" | "acronym" => {
                let (text, long) = (text_of(element), value.attr("title").unwrap_or(""));
                if long.is_empty() {
                    return add_text(&text, line);
                }
                if matches!(line.last(), Some(Inline::Short { .. })) {
                    line.push(Inline::Text(" ".into()));
                }
                line.push(Inline::Short { text: text.trim().into(), long: long.into() });
            }
            "q" => {
                add_text("\u{201c}", line);
                self.inlines(element, line);
                add_text("\u{201d}", line);
            }
            "span" if has_class(element, "chip") => line.push(chip(element)),
            "span" if has_class(element, "kind") => line.push(kind(element)),
            "span" if has_class(element, "step-number") => {
                self.inlines(element, line);
                add_text(". ", line);
            }
            // The theme shows it in another colour.
            "span" if has_class(element, "count") => {
                add_text("(", line);
                self.inlines(element, line);
                add_text(")", line);
            }
            // The theme shows it on a line of its own.
            "span" if has_class(element, "where") => {
                if !line.is_empty() {
                    line.push(Inline::Break);
                }
                self.inlines(element, line);
            }
            _ => self.inlines(element, line),
        }
    }

    fn link(&mut self, element: ElementRef<'_>, line: &mut Vec<Inline>) {
        let mut text = Vec::new();
        if has_class(element, "chip") {
            text.push(chip(element));
        } else {
            self.inlines(element, &mut text);
        }
        let Some(href) = element.value().attr("href") else {
            line.extend(text);
            return;
        };
        // Blanks belong around a link, not in it.
        let (before, after) = (starts_blank(&text), ends_blank(&text));
        trim(&mut text);
        if text.is_empty() {
            return;
        }
        if before {
            add_text(" ", line);
        }
        // Two buttons are no sentence.
        if has_class(element, "button")
            && let [.., Inline::Link { .. }, Inline::Text(blank)] = line.as_mut_slice()
            && blank == " "
        {
            *blank = " · ".into();
        }
        line.push(Inline::Link { to: (self.reader.resolve)(href), text });
        if after {
            add_text(" ", line);
        }
    }
}

fn starts_blank(line: &[Inline]) -> bool {
    matches!(line.first(), Some(Inline::Text(text)) if text.starts_with(' '))
}

fn ends_blank(line: &[Inline]) -> bool {
    matches!(line.last(), Some(Inline::Text(text)) if text.ends_with(' '))
}

fn chip(element: ElementRef<'_>) -> Inline {
    const GROUPS: [&str; 5] = ["severity", "status", "change", "applies-to", "tag"];
    let found = element.value().classes().find_map(|class| {
        let class = class.strip_prefix("chip-").unwrap_or(class);
        GROUPS.iter().find_map(|group| {
            let value = class.strip_prefix(group)?.strip_prefix('-')?;
            Some((group.to_string(), value.to_string()))
        })
    });
    let (group, value) = found.unwrap_or_default();
    let text = text_of(element).split_whitespace().collect::<Vec<_>>().join(" ");
    Inline::Chip { group, value, text }
}

/// The kind of an entry with its sign.
fn kind(element: ElementRef<'_>) -> Inline {
    let value = element.attr("data-kind").unwrap_or_default();
    let words = text_of(element).split_whitespace().collect::<Vec<_>>().join(" ");
    Inline::Chip { group: "kind".into(), value: value.into(), text: signed(value, &words) }
}

/// Adds words to a line, with runs of blanks as one.
pub(super) fn add_text(text: &str, line: &mut Vec<Inline>) {
    if !matches!(line.last(), Some(Inline::Text(_))) {
        line.push(Inline::Text(String::new()));
    }
    let Some(Inline::Text(out)) = line.last_mut() else { return };
    for c in text.chars() {
        match c {
            ' ' | '\t' | '\n' | '\r' | '\u{c}' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    if out.is_empty() {
        line.pop();
    }
}

/// Takes the blanks off both ends of a line.
pub(super) fn trim(line: &mut Vec<Inline>) {
    while let Some(Inline::Text(text)) = line.first_mut() {
        let rest = text.trim_start_matches(' ').to_string();
        if !rest.is_empty() {
            *text = rest;
            break;
        }
        line.remove(0);
    }
    loop {
        match line.last_mut() {
            Some(Inline::Text(text)) => {
                text.truncate(text.trim_end_matches(' ').len());
                if !text.is_empty() {
                    return;
                }
            }
            Some(Inline::Break) => {}
            _ => return,
        }
        line.pop();
    }
}

/// Ends a line of loose words as a paragraph.
pub(super) fn end_line(line: &mut Vec<Inline>, blocks: &mut Vec<Block>) {
    trim(line);
    let mut line = std::mem::take(line);
    // Places alone are no paragraph.
    if line.iter().all(|inline| matches!(inline, Inline::Anchor(_))) {
        blocks.extend(line.drain(..).filter_map(|inline| match inline {
            Inline::Anchor(anchor) => Some(Block::Anchor(anchor)),
            _ => None,
        }));
        return;
    }
    blocks.push(Block::Paragraph(parted(line)));
}

/// A row of links, which the site shows apart from each other: with a dot between them.
fn parted(line: Vec<Inline>) -> Vec<Inline> {
    let is_link = |inline: &Inline| matches!(inline, Inline::Link { .. });
    let is_blank = |inline: &Inline| matches!(inline, Inline::Text(text) if text.trim().is_empty());
    let links = line.iter().filter(|inline| is_link(inline)).count();
    if links < 2 || !line.iter().all(|inline| is_link(inline) || is_blank(inline)) {
        return line;
    }
    let links: Vec<Inline> = line.into_iter().filter(is_link).collect();
    let mut out = Vec::with_capacity(links.len() * 2);
    for link in links {
        if !out.is_empty() {
            out.push(Inline::Text(" · ".into()));
        }
        out.push(link);
    }
    out
}
