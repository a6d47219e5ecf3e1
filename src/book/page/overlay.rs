//! What a book says more of the entry of a library, put into the entry's text: fields in place
//! of fields, sections in place of sections, new ones after them.

mod layout;

pub use layout::{Headed, headed, outline};

use super::expanded::Expanded;
use super::splice::Splicer;
use crate::text::data::{Node, Value};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::markup::markdown;
use crate::text::span::Span;
use layout::{Layout, deeper, of_file, of_part};
use std::sync::Arc;

/// What of an entry an overlay says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlaid {
    /// The ID of the entry, where it stands under a heading of a page.
    pub part: Option<String>,
    /// The file of the overlay.
    pub file: Arc<str>,
    /// The fields that it replaces, extends or adds.
    pub fields: Vec<String>,
    /// The headings of the sections that it replaces or adds.
    pub sections: Vec<String>,
}

/// The text of a file with what an overlay says of its entry.
pub fn overlay(entry: &Expanded, own: &Expanded) -> (Expanded, Overlaid, Vec<Diagnostic>) {
    put(entry, own, of_file(entry, 2), of_file(own, 2), ["---\n", "---\n"])
}

/// The text of a page with what an overlay says of an entry under one of its headings.
pub fn overlay_headed(
    page: &Expanded,
    part: &Headed,
    own: &Expanded,
) -> (Expanded, Overlaid, Vec<Diagnostic>) {
    let entry = page.part(part.span.clone());
    let own = deeper(own, part.level - 1);
    let (base, over) = (of_part(&entry, part.level), of_file(&own, part.level + 1));
    let (text, done, found) = put(&entry, &own, base, over, ["\n``````entry\n", "``````\n\n"]);
    let mut out = Splicer::default();
    out.copy(page, 0..part.span.start);
    out.copy(&text, 0..text.text.len());
    out.copy(page, part.span.end..page.text.len());
    (out.finish(page), Overlaid { part: Some(part.id.clone()), ..done }, found)
}

/// What the overlay of one of many teams says, as a section of its own: its fields are told, and
/// change nothing.
pub fn section_of(own: &Expanded, title: &str) -> (Expanded, Vec<Diagnostic>) {
    let layout = match of_file(own, 2) {
        Ok(layout) => layout,
        Err(problem) => return (Expanded { text: "".into(), ..own.clone() }, vec![*problem]),
    };
    let head = own.place(0..0);
    let mut out = Splicer::default();
    out.own(&format!("## {}\n\n", markdown(title)), &head);
    for (key, node, _) in &layout.fields {
        let value = markdown(&words(node).join(", "));
        out.own(&format!("- {}: {value}\n", markdown(&key.name)), &own.place(node.span.clone()));
    }
    out.own("\n", &head);
    let start = layout.lead.first().map_or(0, |lead| lead.start);
    let text = deeper(&own.part(start..own.text.len()), 1);
    out.copy(&text, 0..text.text.len());
    (out.finish(own), Vec::new())
}

type Laid = Result<Layout, Box<Diagnostic>>;

/// Puts an entry and its overlay together; `marks` stand around the fields.
fn put(
    entry: &Expanded,
    own: &Expanded,
    base: Laid,
    over: Laid,
    marks: [&str; 2],
) -> (Expanded, Overlaid, Vec<Diagnostic>) {
    let file = own.segments.first().map_or_else(|| "".into(), |segment| segment.file.clone());
    let mut done = Overlaid { part: None, file, fields: Vec::new(), sections: Vec::new() };
    let (base, over) = match (base, over) {
        (Ok(base), Ok(over)) => (base, over),
        (base, over) => {
            let found = over.err().into_iter().chain(base.err()).map(|told| *told).collect();
            return (entry.clone(), done, found);
        }
    };
    let mut out = Splicer::default();
    let head = own.place(0..0);
    out.copy(entry, base.head.clone());
    out.end_line(&head);
    out.own(marks[0], &head);
    let found = fields(entry, &base, own, &over, &mut out);
    out.own(marks[1], &head);
    body(entry, &base, own, &over, &mut out);
    done.fields = over.fields.iter().map(|(key, ..)| key.name.clone()).collect();
    done.sections = over.sections.iter().map(|(heading, _)| heading.clone()).collect();
    (out.finish(entry), done, found)
}

/// Puts the fields together: those of the entry in their order, then new ones.
fn fields(
    entry: &Expanded,
    base: &Layout,
    own: &Expanded,
    over: &Layout,
    out: &mut Splicer,
) -> Vec<Diagnostic> {
    let head = own.place(0..0);
    let mut found = Vec::new();
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
    let known = |name: &str| base.fields.iter().any(|(other, ..)| other.name == name);
    for (key, node, lines) in over.fields.iter().filter(|(key, ..)| !known(&key.name)) {
        match merged(entry, &Node { value: Value::Null, span: 0..0 }, own, node) {
            Ok(Some(list)) => {
                out.own(&format!("{}: [{list}]\n", key.name), &own.place(node.span.clone()))
            }
            Ok(None) => out.copy(own, lines.clone()),
            Err(diagnostic) => found.push(*diagnostic),
        }
        out.end_line(&head);
    }
    found
}

/// Puts the texts together, section by section.
fn body(entry: &Expanded, base: &Layout, own: &Expanded, over: &Layout, out: &mut Splicer) {
    let gap = own.place(own.text.len()..own.text.len());
    let mut add = |text: &Expanded, span: Span| {
        out.copy(text, span);
        out.end_line(&gap);
        out.own("\n", &gap);
    };
    for (layout, text) in [(base, entry), (over, own)] {
        layout.lead.iter().for_each(|span| add(text, span.clone()));
    }
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

/// The words of a list, or a single one.
fn words(node: &Node) -> Vec<String> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(Node::text).map(str::to_string).collect(),
        _ => node.text().map(str::to_string).into_iter().collect(),
    }
}

/// The items of a list to which others are added with `+` and from which some are taken with
/// `-`; `None` where the overlay gives the whole value.
fn merged(
    entry: &Expanded,
    base: &Node,
    own: &Expanded,
    over: &Node,
) -> Result<Option<String>, Box<Diagnostic>> {
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
                let told = Diagnostic::new(Code::OverlayText, place, message);
                return Err(Box::new(match base.span.end {
                    0 => told,
                    _ => told.also(entry.place(base.span.clone()), "the list"),
                }));
            }
            _ => {}
        }
    }
    let quoted =
        list.iter().map(|word| format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")));
    Ok(Some(quoted.collect::<Vec<_>>().join(", ")))
}
