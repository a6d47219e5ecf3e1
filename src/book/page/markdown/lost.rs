//! What Markdown leaves out without a word: cells that have no column, and lines that define
//! a link which nothing refers to.

use crate::book::page::expanded::Expanded;
use crate::book::page::raw::Placed;
use crate::text::diagnostic::{Code, Diagnostic};
use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A line that may define a link, behind marks of lists, quotations, definitions and notes.
static DEFINITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let marks = r"[ \t>]*(?:(?:[-*+:]|\d+[.)]|\[\^[^\]\n]+\]:)[ \t]+[ \t>]*)*";
    let label = r"\[(?P<label>(?:[^\[\]\\\n]|\\.)+)\]:";
    Regex::new(&format!(r"(?m)^{marks}(?P<all>{label}[ \t]*(?P<rest>[^\n]*))")).ok()
});

/// Tells of what is left out of a text from byte `from` on.
pub(super) fn tell(source: &Expanded, from: usize, events: &[Placed<'_>]) -> Vec<Diagnostic> {
    let mut found = cells(source, events);
    if source.text[from..].contains("]:") {
        found.extend(definitions(source, from, events));
    }
    found
}

/// Rows with more cells than their table has columns.
fn cells(source: &Expanded, events: &[Placed<'_>]) -> Vec<Diagnostic> {
    let mut last = 0;
    let mut found = Vec::new();
    for (event, span) in events {
        match event {
            Event::Start(Tag::TableRow) => last = span.start,
            Event::End(TagEnd::TableCell) => last = span.end,
            Event::End(TagEnd::TableRow) => {
                let rest = source.text.get(last..span.end).unwrap_or_default();
                let lost = rest.trim_matches(['|', ' ', '\t', '\r', '\n']);
                if !lost.is_empty() {
                    let start = last + rest.find(lost).unwrap_or(0);
                    let place = source.place(start..start + lost.len());
                    let message = "this row has more cells than the table has columns";
                    found.push(
                        Diagnostic::new(Code::LostText, place, message)
                            .label("in no column, so it is not shown")
                            .help(
                                "add a column to the heading, or write `\\|` for a sign in a cell",
                            ),
                    );
                }
            }
            _ => {}
        }
    }
    found
}

/// Definitions of links that are no address and that nothing refers to, and second ones.
fn definitions(source: &Expanded, from: usize, events: &[Placed<'_>]) -> Vec<Diagnostic> {
    let Some(pattern) = DEFINITION.as_ref() else { return Vec::new() };
    let used: BTreeSet<String> = events.iter().filter_map(|(event, _)| label_of(event)).collect();
    let shown = shown(events);
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for line in pattern.captures_iter(&source.text[from..]) {
        let (Some(all), Some(label), Some(rest)) =
            (line.name("all"), line.name("label"), line.name("rest"))
        else {
            continue;
        };
        let start = from + all.start();
        if is_shown(&shown, start) || label.as_str().starts_with('^') {
            continue;
        }
        let (label, rest) = (label.as_str(), rest.as_str().trim());
        let place = || source.place(start..from + all.end());
        let name = normal(label);
        match first.get(&name) {
            Some(before) if *before != rest => {
                let message = format!("the link definition `[{label}]` stands twice");
                found.push(
                    Diagnostic::new(Code::LostText, place(), message)
                        .label("only the first one counts")
                        .help("give one of them another name"),
                );
            }
            Some(_) => {}
            None if used.contains(&name) || is_address(rest) => {}
            None => {
                let message = format!("nothing refers to the link definition `[{label}]`");
                found.push(
                    Diagnostic::new(Code::LostText, place(), message)
                        .label("so it is not shown")
                        .help(format!("write `\\[{label}]:` if it is text")),
                );
            }
        }
        first.entry(name).or_insert(rest);
    }
    found
}

/// The name that a link or an image refers to.
fn label_of(event: &Event<'_>) -> Option<String> {
    use LinkType::{Collapsed, Reference, Shortcut};
    match event {
        Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. }) => {
            matches!(link_type, Reference | Collapsed | Shortcut).then(|| normal(id))
        }
        _ => None,
    }
}

/// A name as names are compared.
fn normal(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Where what is shown begins, in order, and how far it reaches from there on or from before.
fn shown(events: &[Placed<'_>]) -> Vec<(usize, usize)> {
    let shown = events.iter().filter(|(event, _)| match event {
        Event::End(_) | Event::SoftBreak | Event::HardBreak => false,
        Event::Start(tag) => {
            matches!(tag, Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Link { .. } | Tag::Image { .. })
        }
        _ => true,
    });
    let mut spans: Vec<(usize, usize)> = shown.map(|(_, span)| (span.start, span.end)).collect();
    spans.sort_unstable();
    let mut reach = 0;
    for (_, end) in &mut spans {
        reach = reach.max(*end);
        *end = reach;
    }
    spans
}

fn is_shown(shown: &[(usize, usize)], at: usize) -> bool {
    let before = shown.partition_point(|(start, _)| *start <= at);
    before > 0 && at < shown[before - 1].1
}

/// Whether what a definition names can be an address: then nothing of the text is lost with
/// it. `<>` and `#` are how comments are written.
fn is_address(rest: &str) -> bool {
    let word = match rest.strip_prefix('<') {
        Some(inner) => inner.split('>').next().unwrap_or_default(),
        None => rest.split_whitespace().next().unwrap_or_default(),
    };
    let dotted = word.trim_end_matches('.').contains('.');
    word.is_empty() || dotted || (word.contains(['/', ':', '#', '@']) && !word.contains(' '))
}
