//! What a book says more of the entry of a library, put into the entry's text: fields in place
//! of fields, sections in place of sections, new ones after them.

use super::expanded::Expanded;
use super::markdown::options;
use super::meta::{Front, find_front, parse_data, syntax_diagnostic};
use super::splice::Splicer;
use crate::text::data::{Key, Node, Value};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::{Place, Span};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::sync::Arc;

/// What of a page an overlay says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlaid {
    /// The file of the overlay.
    pub file: Arc<str>,
    /// The fields that it replaces, extends or adds.
    pub fields: Vec<String>,
    /// The headings of the sections that it replaces or adds.
    pub sections: Vec<String>,
}

/// A text as far as an overlay sees it.
struct Layout {
    /// The fields of the front matter, each with the lines that it takes.
    fields: Vec<(Key, Node, Span)>,
    /// Where the text begins.
    body: usize,
    /// The second-level sections: heading and extent.
    sections: Vec<(String, Span)>,
}

/// The text of an entry with what an overlay says of it.
pub fn overlay(entry: &Expanded, own: &Expanded) -> (Expanded, Overlaid, Vec<Diagnostic>) {
    let file = own.segments.first().map_or_else(|| "".into(), |segment| segment.file.clone());
    let mut done = Overlaid { file, fields: Vec::new(), sections: Vec::new() };
    let (base, over) = match (layout(entry), layout(own)) {
        (Ok(base), Ok(over)) => (base, over),
        (base, over) => {
            let found = over.err().into_iter().chain(base.err()).map(|told| *told).collect();
            return (entry.clone(), done, found);
        }
    };
    let mut out = Splicer::default();
    let mut found = Vec::new();
    let head = own.place(0..0);
    out.own("---\n", &head);
    for (key, node, lines) in &base.fields {
        match over.fields.iter().find(|(other, ..)| other.name == key.name) {
            Some((_, more, own_lines)) => match merged(entry, node, own, more) {
                Ok(Some(list)) => {
                    out.own(&format!("{}: [{list}]\n", key.name), &own.place(more.span.clone()))
                }
                Ok(None) => out.copy(own, own_lines.clone()),
                Err(diagnostic) => {
                    found.push(*diagnostic);
                    out.copy(entry, lines.clone());
                }
            },
            None => out.copy(entry, lines.clone()),
        }
        out.end_line(&head);
    }
    for (key, node, lines) in &over.fields {
        done.fields.push(key.name.clone());
        if !base.fields.iter().any(|(other, ..)| other.name == key.name) {
            match merged(entry, &Node { value: Value::Null, span: 0..0 }, own, node) {
                Ok(Some(list)) => {
                    out.own(&format!("{}: [{list}]\n", key.name), &own.place(node.span.clone()))
                }
                Ok(None) => out.copy(own, lines.clone()),
                Err(diagnostic) => found.push(*diagnostic),
            }
            out.end_line(&head);
        }
    }
    out.own("---\n", &head);
    body(entry, &base, own, &over, &mut out);
    done.sections = over.sections.iter().map(|(heading, _)| heading.clone()).collect();
    (out.finish(entry), done, found)
}

/// Puts the texts together, section by section.
fn body(entry: &Expanded, base: &Layout, own: &Expanded, over: &Layout, out: &mut Splicer) {
    let lead = |layout: &Layout, text: &Expanded| {
        layout.body..layout.sections.first().map_or(text.text.len(), |(_, span)| span.start)
    };
    let gap = own.place(own.text.len()..own.text.len());
    let mut add = |text: &Expanded, span: Span| {
        out.copy(text, span);
        out.end_line(&gap);
        out.own("\n", &gap);
    };
    add(entry, lead(base, entry));
    add(own, lead(over, own));
    let same = |a: &str, b: &str| a.trim().eq_ignore_ascii_case(b.trim());
    for (heading, span) in &base.sections {
        match over.sections.iter().find(|(other, _)| same(other, heading)) {
            Some((_, span)) => add(own, span.clone()),
            None => add(entry, span.clone()),
        }
    }
    for (heading, span) in &over.sections {
        if !base.sections.iter().any(|(other, _)| same(other, heading)) {
            add(own, span.clone());
        }
    }
}

fn layout(source: &Expanded) -> Result<Layout, Box<Diagnostic>> {
    let text = &source.text;
    let bad = |message: &str, span: Span| {
        let told = Diagnostic::new(Code::OverlayText, source.place(span), message);
        Box::new(told.help("begin with `---`, then keys such as `severity: high`, then `---`"))
    };
    let (data, body) = match find_front(text) {
        Front::Found { data, body, mark: "---" } => (data, body),
        Front::Found { data, .. } => {
            return Err(bad("an overlay needs front matter in YAML on both sides", data));
        }
        Front::Unclosed => return Err(bad("the front matter is never closed", 0..3)),
        Front::None => (0..0, 0),
    };
    let tree = parse_data(&text[data.clone()], data.start, "---").map_err(|error| {
        Box::new(syntax_diagnostic(&error, "front matter", source.place(error.span.clone())))
    })?;
    let mut fields = Vec::new();
    if let Value::Map(entries) = tree.root.value {
        let start = |key: &Key| text[..key.span.start].rfind('\n').map_or(0, |at| at + 1);
        let starts: Vec<usize> = entries.iter().map(|(key, _)| start(key)).collect();
        for (number, (key, node)) in entries.into_iter().enumerate() {
            let end = starts.get(number + 1).copied().unwrap_or(data.end);
            fields.push((key, node, starts[number]..end));
        }
    }
    Ok(Layout { fields, body, sections: sections(text, body) })
}

/// The sections under second-level headings that stand in no list or quotation.
pub(super) fn sections(text: &str, body: usize) -> Vec<(String, Span)> {
    let mut out: Vec<(String, Span)> = Vec::new();
    let mut depth = 0usize;
    let mut heading: Option<String> = None;
    for (event, span) in Parser::new_ext(&text[body..], options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 && level as u8 == 2 => {
                let start = span.start + body;
                if let Some((_, last)) = out.last_mut() {
                    last.end = start;
                }
                heading = Some(String::new());
                out.push((String::new(), start..text.len()));
            }
            Event::End(TagEnd::Heading(_)) => {
                if let (Some(words), Some(last)) = (heading.take(), out.last_mut()) {
                    last.0 = words;
                }
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::Start(Tag::BlockQuote(_) | Tag::Item | Tag::FootnoteDefinition(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition) => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    out
}

/// The items of a list to which others are added with `+` and from which some are taken with
/// `-`; `None` where the overlay gives the whole value.
fn merged(
    entry: &Expanded,
    base: &Node,
    own: &Expanded,
    over: &Node,
) -> Result<Option<String>, Box<Diagnostic>> {
    let words = |node: &Node| -> Vec<String> {
        match &node.value {
            Value::List(items) => items.iter().filter_map(Node::text).map(str::to_string).collect(),
            _ => node.text().map(str::to_string).into_iter().collect(),
        }
    };
    let Value::List(items) = &over.value else { return Ok(None) };
    let sign = |node: &Node| node.text().is_some_and(|text| text.starts_with(['+', '-']));
    let signed = items.iter().filter(|item| sign(item)).count();
    if signed == 0 {
        return Ok(None);
    }
    if let Some(plain) = items.iter().find(|item| !sign(item)) {
        let place = own.place(plain.span.clone());
        let message = "some items of this list have a `+` or `-`, and this one has none";
        let help = "write `+` before what is added; without any sign the list is replaced";
        return Err(Box::new(Diagnostic::new(Code::OverlayText, place, message).help(help)));
    }
    let mut list = words(base);
    for item in items {
        let text = item.text().unwrap_or_default();
        let (sign, word) = text.split_at(1);
        let word = word.trim();
        let at = list.iter().position(|known| known.eq_ignore_ascii_case(word));
        match (sign, at) {
            ("+", None) => list.push(word.to_string()),
            ("-", Some(at)) => drop(list.remove(at)),
            ("-", None) => {
                let place = own.place(item.span.clone());
                let message = format!("the list of the entry has no `{word}`");
                let file = entry
                    .segments
                    .first()
                    .map(|segment| Place::new(&segment.file, base.span.clone()));
                let told = Diagnostic::new(Code::OverlayText, place, message);
                return Err(Box::new(match file {
                    Some(file) if base.span.end > 0 => told.also(file, "the list"),
                    _ => told,
                }));
            }
            _ => {}
        }
    }
    let quoted =
        list.iter().map(|word| format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")));
    Ok(Some(quoted.collect::<Vec<_>>().join(", ")))
}
