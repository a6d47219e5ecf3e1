//! Places where the Markdown parser takes a line for what its author cannot have meant.
//!
//! A few bytes before the line, which stand in no file, make it text: a backslash, or as
//! many blanks as let nothing but a paragraph go on; a brace is written as a reference. So the parser itself reads the page
//! again, and all else is as it was.

use super::expanded::Expanded;
use super::markdown::{Form, events};
use super::raw::{self, FalseBlock, Placed, Raw};
use crate::book::config::{Config, HtmlPolicy};
use crate::text::diagnostic::Diagnostic;
use crate::text::span::Span;
use pulldown_cmark::{Event, Options, Tag, TagEnd};
use std::collections::BTreeMap;

/// How often a page is read again, since a line that was hidden may need the same.
const ROUNDS: usize = 8;

/// In a paragraph, a line with so many blanks goes on with it.
const CONTINUES: &str = "    ";

const ESCAPES: &str = "\\";

/// A closing brace that ends no list of attributes.
const BRACE: &str = "&#125;";

/// The text from byte `from` on as its author meant it, and what is to be said of it.
pub(super) fn mend(
    source: &Expanded,
    from: usize,
    config: &Config,
    form: Form,
    options: Options,
) -> (Expanded, Vec<Diagnostic>) {
    let mut source = source.clone();
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        if !is_suspect(&source.text[from..]) {
            break;
        }
        let events = events(&source.text, from, options);
        let mut places = false_definitions(&events, &source.text, config);
        let mut edits: Vec<(Span, &str)> = false_attributes(&events, &source.text);
        let starts = block_starts(&events);
        let raw = Raw::read(&events, config.html, |event| form.cuts(event));
        for FalseBlock { at, written, unlikely } in raw.false_blocks() {
            if unlikely && !continues(&starts, &source.text, at) {
                continue;
            }
            let insert = if continues(&starts, &source.text, at) { CONTINUES } else { ESCAPES };
            // A tag in a paragraph is told where it is read as one.
            if insert == ESCAPES && config.html != HtmlPolicy::Escape {
                let place = source.place(at..at + written.len());
                found.push(raw::as_text(&written, place));
            }
            places.push((at, insert));
        }
        edits.extend(places.into_iter().map(|(at, put)| (at..at, put)));
        if edits.is_empty() {
            break;
        }
        edits.sort_unstable_by_key(|(at, _)| at.start);
        edits.dedup_by_key(|(at, _)| at.start);
        source = source.rewritten(&edits);
    }
    (source, found)
}

/// Whether a line begins, behind marks of lists and quotations, as one of those that are
/// looked at.
fn is_suspect(text: &str) -> bool {
    let mark = |b: &u8| b.is_ascii_digit() || b" \t>-*+.)".contains(b);
    let head = |line: &str| line.bytes().find(|b| !mark(b));
    text.lines().any(|line| {
        matches!(head(line), Some(b':' | b'<')) || line.trim_end_matches(FILL).ends_with('}')
    })
}

/// What may follow the text of a heading: marks, and the line below it.
const FILL: &[char] = &[' ', '\t', '\r', '\n', '#', '=', '-', '>'];

/// Headings that end with words in braces, such as `GET /users/{id}`: where the parser would
/// take them for attributes.
fn false_attributes(events: &[Placed<'_>], text: &str) -> Vec<(Span, &'static str)> {
    let headings =
        events.iter().filter(|(event, _)| matches!(event, Event::Start(Tag::Heading { .. })));
    let braces = headings.filter_map(|(_, span)| {
        let heading = text[span.clone()].trim_end_matches(FILL);
        let inside = heading.strip_suffix('}')?;
        let (_, words) = inside.rsplit_once('{')?;
        let end = span.start + inside.len();
        (!is_attributes(words)).then_some((end..end + 1, BRACE))
    });
    braces.collect()
}

/// Whether words in braces are attributes of a heading: `#id`, `.class`, and what other
/// programs write beside them.
fn is_attributes(words: &str) -> bool {
    let words = words.strip_prefix(':').unwrap_or(words);
    let mark = |word: &str| word.len() > 1 && word.starts_with(['#', '.']);
    let value = |word: &str| {
        let key = word.split_once('=').map(|(key, _)| key);
        key.is_some_and(|key| {
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    };
    let mut split = words.split_whitespace();
    words.trim() == "-" || (split.clone().any(mark) && split.all(|word| mark(word) || value(word)))
}

/// Definitions that are none: without a blank after the colon, below an empty line unless
/// the book allows it, or in a code span over two lines.
fn false_definitions(
    events: &[Placed<'_>],
    text: &str,
    config: &Config,
) -> Vec<(usize, &'static str)> {
    let mut out = Vec::new();
    let mut term = 0..0;
    for (event, span) in events {
        match event {
            Event::Start(Tag::DefinitionListTitle) => term = span.clone(),
            Event::Start(Tag::DefinitionListDefinition) => {
                let colon = span.start + text[span.start..].find(':').unwrap_or(0);
                let blank = text[colon + 1..].starts_with([' ', '\t']);
                let in_code = open_code(&text[term.clone()])
                    .is_some_and(|ticks| has_ticks(&text[span.clone()], ticks));
                if is_below_empty(text, colon) && !(blank && config.loose_definitions) {
                    out.push((colon, ESCAPES));
                } else if !blank || in_code {
                    out.push((colon, CONTINUES));
                }
            }
            _ => {}
        }
    }
    out
}

/// Whether the line above the one at `at` holds nothing but marks of quotations.
fn is_below_empty(text: &str, at: usize) -> bool {
    let before = text[..at].rfind('\n').unwrap_or(0);
    let above = text[..before].rfind('\n').map_or(0, |at| at + 1);
    text[above..before].trim_matches([' ', '\t', '\r', '>']).is_empty()
}

/// How many backticks open a code span that does not end in the text.
fn open_code(text: &str) -> Option<usize> {
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let ticks = rest[at..].bytes().take_while(|b| *b == b'`').count();
        rest = &rest[at + ticks..];
        match tick_runs(rest).find(|(_, length)| *length == ticks) {
            Some((at, _)) => rest = &rest[at + ticks..],
            None => return Some(ticks),
        }
    }
    None
}

fn has_ticks(text: &str, ticks: usize) -> bool {
    tick_runs(text).any(|(_, length)| length == ticks)
}

/// Where runs of backticks begin, and their lengths.
fn tick_runs(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find('`')?;
        let length = text[start..].bytes().take_while(|b| *b == b'`').count();
        at = start + length;
        Some((start, length))
    })
}

/// Where blocks of HTML begin, and whether each cuts a paragraph in two.
fn block_starts(events: &[Placed<'_>]) -> BTreeMap<usize, bool> {
    let pairs = events.iter().zip(events.iter().skip(1));
    let starts = pairs.filter(|(_, (next, _))| matches!(next, Event::Start(Tag::HtmlBlock)));
    starts.map(|((before, _), (_, span))| (span.start, ends_text(before))).collect()
}

/// Whether an event is the end of a paragraph's text.
fn ends_text(event: &Event<'_>) -> bool {
    use TagEnd::{Emphasis, Image, Link, Paragraph, Strikethrough, Strong};
    match event {
        Event::End(end) => {
            matches!(end, Paragraph | Emphasis | Strong | Link | Image | Strikethrough)
        }
        Event::Text(_) | Event::Code(_) | Event::InlineHtml(_) => true,
        _ => false,
    }
}

/// Whether the line at `at` follows a line of a paragraph.
fn continues(starts: &BTreeMap<usize, bool>, text: &str, at: usize) -> bool {
    let block = starts.range(..=at).next_back();
    let block = block.filter(|(start, _)| text[**start..at].trim().is_empty());
    // Not at its block's head, it follows a line that is text by now.
    !is_below_empty(text, at) && block.is_none_or(|(_, cuts)| *cuts)
}
