//! A text as an overlay sees it: fields, and sections under headings.
#![allow(clippy::single_range_in_vec_init, reason = "a lead is a list of places, often of one")]

use crate::book::entry::Kinds;
use crate::book::page::expanded::Expanded;
use crate::book::page::markdown::options;
use crate::book::page::meta::{Front, find_front, parse_data, syntax_diagnostic};
use crate::text::data::{Key, Node, Value};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Span;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

/// The level of the headings that part the text of a file.
const OF_A_FILE: u8 = 2;

/// The levels of headings in Markdown.
const LEVELS: u8 = HeadingLevel::H6 as u8;

/// A text as far as an overlay sees it.
pub(super) struct Layout {
    /// The heading that opens an entry; nothing in a file.
    pub head: Span,
    /// The fields, each with the lines that it takes.
    pub fields: Vec<(Key, Node, Span)>,
    /// The text before the first section.
    pub lead: Vec<Span>,
    /// The sections: heading and extent.
    pub sections: Vec<(String, Span)>,
}

/// An entry under a heading of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headed {
    /// Its ID.
    pub id: String,
    /// The level of its heading.
    pub level: u8,
    /// Where it begins and ends.
    pub span: Span,
}

/// The entries under headings of a page, in order.
pub fn headed(text: &str, kinds: &Kinds) -> Vec<Headed> {
    let body = body(text);
    let mut out: Vec<Headed> = Vec::new();
    let mut open = false;
    for (level, id, span) in headings(text, body) {
        let id = id.filter(|id| kinds.is_id(id) && kinds.of_id(id).is_some_and(|k| k.catalogue));
        if let Some(last) = out.last_mut()
            && open
            && (id.is_some() || level <= last.level)
        {
            last.span.end = span.start;
            open = false;
        }
        if let Some(id) = id {
            out.push(Headed { id, level, span: span.start..text.len() });
            open = true;
        }
    }
    out
}

/// Where the text of an entry stands before its first section, and its sections: their headings
/// and where they are. `level` is that of the heading that opens it, 0 in a file of its own.
pub fn outline(text: &str, level: u8) -> (Vec<Span>, Vec<(String, Span)>) {
    if level > 0 {
        let layout = of_part(&Expanded::plain(&"".into(), text.into()), level);
        return layout.map_or((Vec::new(), Vec::new()), |layout| (layout.lead, layout.sections));
    }
    let body = body(text);
    let sections = sections(text, body, OF_A_FILE);
    (vec![body..first(&sections, text)], sections)
}

fn body(text: &str) -> usize {
    match find_front(text) {
        Front::Found { body, .. } => body,
        Front::None | Front::Unclosed => 0,
    }
}

fn first(sections: &[(String, Span)], text: &str) -> usize {
    sections.first().map_or(text.len(), |(_, span)| span.start)
}

/// The layout of a file, whose text is parted by headings of a level.
pub(super) fn of_file(source: &Expanded, level: u8) -> Result<Layout, Box<Diagnostic>> {
    let text = &source.text;
    let (data, body) = match find_front(text) {
        Front::Found { data, body, mark: "---" } => (data, body),
        Front::Found { data, .. } => {
            let message = "an overlay needs front matter in YAML on both sides";
            return Err(bad(source, message, data));
        }
        Front::Unclosed => return Err(bad(source, "the front matter is never closed", 0..3)),
        Front::None => (0..0, 0),
    };
    let sections = sections(text, body, level);
    let lead = vec![body..first(&sections, text)];
    Ok(Layout { head: 0..0, fields: fields(source, data, "front matter")?, lead, sections })
}

/// The layout of an entry under a heading of a level.
pub(super) fn of_part(source: &Expanded, level: u8) -> Result<Layout, Box<Diagnostic>> {
    let text = &source.text;
    let head = headings(text, 0).next().map_or(0..0, |(.., span)| span);
    let sections = sections(text, head.end, level + 1);
    let (start, end) = (head.end, first(&sections, text));
    let Some((fence, data)) = fence(text, start..end) else {
        return Ok(Layout { head, fields: Vec::new(), lead: vec![start..end], sections });
    };
    let fields = fields(source, data, "`entry` block")?;
    Ok(Layout { head, fields, lead: vec![start..fence.start, fence.end..end], sections })
}

fn bad(source: &Expanded, message: &str, span: Span) -> Box<Diagnostic> {
    let told = Diagnostic::new(Code::OverlayText, source.place(span), message);
    Box::new(told.help("begin with `---`, then keys such as `severity: high`, then `---`"))
}

/// The first `entry` block of a part of a text, and its data.
fn fence(text: &str, part: Span) -> Option<(Span, Span)> {
    let is_entry = |event: &Event<'_>| {
        matches!(event, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
            if info.trim() == "entry")
    };
    let mut events = Parser::new_ext(&text[part.clone()], options()).into_offset_iter();
    let span = events.find(|(event, _)| is_entry(event))?.1;
    let span = span.start + part.start..span.end + part.start;
    let data = text[span.clone()].find('\n').map_or(span.end, |at| span.start + at + 1);
    let close = text[data..span.end].trim_end().rfind('\n').map(|at| data + at + 1);
    let close = close.filter(|at| text[*at..span.end].trim_start().starts_with(['`', '~']));
    // An empty block is closed in the line after it was opened.
    let empty = text[data..span.end].trim_start().starts_with("```");
    let end = if empty { data } else { close.unwrap_or(span.end) };
    Some((span.start..span.end, data..end))
}

fn fields(
    source: &Expanded,
    data: Span,
    what: &str,
) -> Result<Vec<(Key, Node, Span)>, Box<Diagnostic>> {
    let text = &source.text;
    let tree = parse_data(&text[data.clone()], data.start, "---").map_err(|error| {
        Box::new(syntax_diagnostic(&error, what, source.place(error.span.clone())))
    })?;
    let Value::Map(entries) = tree.root.value else { return Ok(Vec::new()) };
    let start = |key: &Key| text[..key.span.start].rfind('\n').map_or(0, |at| at + 1);
    let starts: Vec<usize> = entries.iter().map(|(key, _)| start(key)).collect();
    let end = |number: usize| starts.get(number + 1).copied().unwrap_or(data.end);
    let rows = entries.into_iter().enumerate();
    Ok(rows.map(|(number, (key, node))| (key, node, starts[number]..end(number))).collect())
}

/// The sections under headings of a level that stand in no list or quotation.
fn sections(text: &str, body: usize, level: u8) -> Vec<(String, Span)> {
    let mut out: Vec<(String, Span)> = Vec::new();
    for (_, _, span) in headings(text, body).filter(|(own, ..)| *own == level) {
        if let Some((_, last)) = out.last_mut() {
            last.end = span.start;
        }
        out.push((words(&text[span.clone()]), span.start..text.len()));
    }
    out
}

/// What a heading says, without marks.
fn words(heading: &str) -> String {
    let words = Parser::new_ext(heading, options()).filter_map(|event| match event {
        Event::Text(words) | Event::Code(words) => Some(words),
        _ => None,
    });
    words.map(|words| words.to_string()).collect()
}

/// The headings that stand in no list or quotation: level, ID and where they are.
fn headings(text: &str, body: usize) -> impl Iterator<Item = (u8, Option<String>, Span)> {
    let mut depth = 0usize;
    let parser = Parser::new_ext(&text[body..], options()).into_offset_iter();
    parser.filter_map(move |(event, span)| {
        match event {
            Event::Start(Tag::Heading { level, id, .. }) if depth == 0 => {
                let span = span.start + body..span.end + body;
                return Some((level as u8, id.map(|id| id.to_string()), span));
            }
            Event::Start(Tag::BlockQuote(_) | Tag::Item | Tag::FootnoteDefinition(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition) => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        None
    })
}

/// The text with all of its headings so many levels deeper.
pub(super) fn deeper(source: &Expanded, by: u8) -> Expanded {
    let text = &source.text;
    let from = body(text);
    let parser = Parser::new_ext(&text[from..], options()).into_offset_iter();
    let heading = |(event, span): (Event<'_>, Span)| match event {
        Event::Start(Tag::Heading { level, .. }) => {
            let span = span.start + from..span.end + from;
            Some(marked(text, span, (level as u8, (level as u8 + by).min(LEVELS))))
        }
        _ => None,
    };
    let edits: Vec<(Span, String)> = parser.filter_map(heading).flatten().collect();
    source.rewritten(&edits)
}

/// The edits that give a heading another level. One that is underlined gets signs before it.
fn marked(text: &str, span: Span, (old, new): (u8, u8)) -> Vec<(Span, String)> {
    let more = |count: u8| "#".repeat(usize::from(count));
    if text[span.clone()].starts_with('#') {
        return vec![(span.start..span.start, more(new - old))];
    }
    let end = span.start + text[span.clone()].trim_end().len();
    let line = text[span.start..end].rfind('\n').map_or(end, |at| span.start + at);
    let breaks = text[span.start..line].match_indices('\n');
    let joined = breaks.map(|(at, _)| (span.start + at..span.start + at + 1, " ".to_string()));
    let mut out = vec![(span.start..span.start, more(new) + " ")];
    out.extend(joined);
    out.push((line..end, String::new()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_end_where_the_next_begins() {
        let text = "# All\n\n## A {#T-A-001}\n\nx\n\n### More\n\n## B {#T-B-001}\n\n- # no\n\n## Rest\n\ny\n";
        let parts = headed(text, &Kinds::default());
        let found: Vec<(&str, &str)> =
            parts.iter().map(|part| (part.id.as_str(), &text[part.span.clone()])).collect();
        assert_eq!(
            found,
            [
                ("T-A-001", "## A {#T-A-001}\n\nx\n\n### More\n\n"),
                ("T-B-001", "## B {#T-B-001}\n\n- # no\n\n"),
            ]
        );
    }

    #[test]
    fn the_block_is_no_text() {
        let text = "## A {#T-A-001}\n\n```entry\ntags: [x]\n```\n\nLead.\n\n### One\n\ntext\n";
        let layout = of_part(&Expanded::plain(&"a".into(), text.into()), 2).unwrap();
        let lead: String = layout.lead.iter().map(|span| &text[span.clone()]).collect();
        assert_eq!(lead.trim(), "Lead.");
        assert_eq!(layout.fields.len(), 1);
        assert_eq!(layout.sections[0].0, "One");
        for none in ["## A {#T-A-001}\n\n```entry\n```\n\nLead.\n", "## A {#T-A-001}\n\nLead.\n"] {
            let layout = of_part(&Expanded::plain(&"a".into(), none.into()), 2).unwrap();
            let lead: String = layout.lead.iter().map(|span| &none[span.clone()]).collect();
            assert_eq!((lead.trim(), layout.fields.len()), ("Lead.", 0));
        }
    }

    #[test]
    fn headings_go_deeper() {
        let text = "---\na: 1\n---\n## One\n\nTwo\nlines\n---\n\n> ###### Six\n";
        let deep = deeper(&Expanded::plain(&"a".into(), text.into()), 2);
        assert_eq!(&*deep.text, "---\na: 1\n---\n#### One\n\n#### Two lines\n\n> ###### Six\n");
        let at = deep.text.find("lines").unwrap();
        assert_eq!(&text[deep.place(at..at + 5).span()], "lines");
    }
}
