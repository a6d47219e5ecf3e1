//! Boxes of other programs, read as their authors meant them: admonitions of MkDocs,
//! containers of Docusaurus and VitePress, directives of MyST.
//!
//! The lines of such a box become those of a quotation with a mark, and the Markdown parser
//! reads that. A box whose form is not clear stays text, and is told.

use super::expanded::Expanded;
use super::markdown::{boxed, events, is_alert};
use super::raw::Placed;
use crate::text::span::Span;
use pulldown_cmark::{Event, Options, Tag};
use regex::{Captures, Regex};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How deep boxes may stand in boxes.
const ROUNDS: usize = 8;

/// What a quotation puts before each of its lines.
const QUOTE: &str = "> ";

/// So far an admonition indents its text.
const INDENT: usize = 4;

static ADMONITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = "[A-Za-z][\\w-]*(?: +[A-Za-z][\\w-]*)*";
    Regex::new(&format!("^(!!!|\\?\\?\\?\\+?) *(?P<word>{words})(?: +\"(?P<title>[^\"]*)\")? *$"))
        .ok()
});

static CONTAINER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let attributes = r"(?: *\{[^{}]*\})?";
    Regex::new(&format!(
        r"^(:{{3,}}) *(?:\{{\.?)?(?:callout-)?(?P<word>[A-Za-z]+)\}}?(?:\[(?P<title>[^\]]*)\]| +(?P<rest>[^{{}}]*?))?{attributes} *:* *$"
    ))
    .ok()
});

static DIRECTIVE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(`{3,}|~{3,})\{(?P<word>[A-Za-z]+)\} *(?P<title>.*?) *$").ok());

/// A line of a page.
#[derive(Clone, Copy)]
struct Line<'t> {
    start: usize,
    /// What marks lists and quotations around its content.
    prefix: &'t str,
    /// Its content, without the line break.
    content: &'t str,
}

impl<'t> Line<'t> {
    /// First byte of the content.
    fn at(&self) -> usize {
        self.start + self.prefix.len()
    }

    fn end(&self) -> usize {
        self.at() + self.content.len()
    }

    fn quotes(&self) -> usize {
        self.prefix.bytes().filter(|b| *b == b'>').count()
    }

    /// Whether something begins in this line, before its content or with it.
    fn has(&self, at: usize) -> bool {
        (self.start..=self.at()).contains(&at)
    }
}

/// What is put in the place of a part of the text.
type Edit = (Span, String);

/// The text from byte `from` on with its boxes as quotations.
pub(super) fn adopt(source: &Expanded, from: usize, options: Options) -> Option<Expanded> {
    let mut adopted: Option<Expanded> = None;
    for _ in 0..ROUNDS {
        let now = adopted.as_ref().unwrap_or(source);
        let text = &now.text[from..];
        if !["!!!", "???", ":::", "`{", "~{"].iter().any(|mark| text.contains(mark)) {
            break;
        }
        let edits = edits(&now.text, from, &events(&now.text, from, options));
        if edits.is_empty() {
            break;
        }
        adopted = Some(now.rewritten(&edits));
    }
    adopted
}

/// One round: boxes that stand in no other.
fn edits(text: &str, from: usize, events: &[Placed<'_>]) -> Vec<Edit> {
    let lines = lines(text, from);
    let literal = literal(events);
    let inside: Vec<bool> = lines.iter().map(|line| is_literal(&literal, line)).collect();
    let closes = closes(&lines, &inside);
    let mut out = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let found = match inside[at] {
            true => None,
            false => admonition(text, &lines, at)
                .or_else(|| container(text, &lines, at, closes[at]?))
                .or_else(|| directive(text, &lines, at, &literal)),
        };
        match found {
            Some((edits, next)) => {
                out.extend(edits);
                at = next;
            }
            None => at += 1,
        }
    }
    out
}

/// The code or HTML that begins or goes on where a line has its content.
fn at_line<'s>(literal: &'s [Span], line: &Line<'_>) -> Option<&'s Span> {
    literal.get(literal.partition_point(|span| span.end <= line.at()))
}

fn is_literal(literal: &[Span], line: &Line<'_>) -> bool {
    at_line(literal, line).is_some_and(|span| span.start <= line.at() && !is_opening(span, line))
}

/// Whether a line opens the code that is at this place; then the code is looked at.
fn is_opening(code: &Span, line: &Line<'_>) -> bool {
    line.has(code.start) && line.content.starts_with(['`', '~'])
}

/// The lines from byte `from` on.
fn lines(text: &str, from: usize) -> Vec<Line<'_>> {
    let mut start = from;
    let parts = text[from..].split_inclusive('\n').map(|line| {
        let bare = line.trim_end_matches(['\n', '\r']);
        let content = bare.trim_start_matches([' ', '\t', '>']);
        let mut head = bare.len() - content.len();
        head += marker(&bare[head..]);
        let (prefix, content) = bare.split_at(head);
        let found = Line { start, prefix, content };
        start += line.len();
        found
    });
    parts.collect()
}

/// The length of marks of list items at the head of a line.
fn marker(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    let signs: &[char] = if digits > 0 { &['.', ')'] } else { &['-', '*', '+'] };
    let Some(after) = rest.strip_prefix(signs).filter(|after| after.starts_with(' ')) else {
        return 0;
    };
    let length = line.len() - after.trim_start_matches(' ').len();
    length + marker(&line[length..])
}

/// What the parser takes for code or HTML.
fn literal(events: &[Placed<'_>]) -> Vec<Span> {
    let held = |event: &Event<'_>| {
        matches!(
            event,
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock)
                | Event::Code(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
        )
    };
    events.iter().filter(|(event, _)| held(event)).map(|(_, span)| span.clone()).collect()
}

/// How much of a line belongs to what is around a box whose first line has this prefix;
/// `None` where the line is not in it.
fn around(line: &str, prefix: &str) -> Option<usize> {
    let mut at = 0;
    for mark in prefix.bytes() {
        match (mark, line.as_bytes().get(at)) {
            (b'>', Some(b'>')) => at += 1,
            (b'>', _) => return None,
            (_, Some(b' ' | b'\t')) => at += 1,
            // A blank line.
            (_, None) => {}
            (b' ' | b'\t', Some(_)) if line[..at].ends_with('>') => {}
            (_, Some(_)) => return None,
        }
    }
    Some(at)
}

/// What begins the lines below one with this prefix.
fn continued(prefix: &str) -> String {
    prefix.chars().map(|c| if matches!(c, '>' | '\t') { c } else { ' ' }).collect()
}

/// A line of a box as one of a quotation, without `indent` of its own.
fn quoted(text: &str, line: &Line<'_>, prefix: &str, indent: usize) -> Option<Edit> {
    let whole = &text[line.start..line.end()];
    let head = around(whole, prefix)?;
    let start = line.start + head;
    Some(match whole[head..].trim().is_empty() {
        true => (start..line.end(), continued(prefix).get(head..).unwrap_or("").to_string() + ">"),
        false => (start..start + indent, QUOTE.into()),
    })
}

/// The mark of a quotation.
fn mark(word: &str, fold: &str, title: &str) -> String {
    let (word, own) = boxed(word);
    let title = match title.trim() {
        "" => own,
        title => title.to_string(),
    };
    format!("> [!{word}]{fold} {title}").trim_end().to_string()
}

/// `!!! note "Title"`, and the indented lines below it.
fn admonition(text: &str, lines: &[Line<'_>], at: usize) -> Option<(Vec<Edit>, usize)> {
    let line = lines[at];
    let captures = ADMONITION.as_ref()?.captures(line.content)?;
    let group = |name: &str| captures.name(name).map_or("", |found| found.as_str());
    let fold = match &captures[1] {
        "!!!" => "",
        "???" => "-",
        _ => "+",
    };
    let word = group("word").split(' ').next().unwrap_or_default();
    let mut edits = vec![(line.at()..line.end(), mark(word, fold, group("title")))];
    let mut next = at + 1;
    let mut blanks = Vec::new();
    while let Some(below) = lines.get(next) {
        let whole = &text[below.start..below.end()];
        let Some(rest) = around(whole, line.prefix).map(|head| &whole[head..]) else { break };
        let indent = match rest.trim().is_empty() {
            true => Some(0),
            false => indent(rest),
        };
        let Some(edit) = indent.and_then(|indent| quoted(text, below, line.prefix, indent)) else {
            break;
        };
        blanks.push(edit);
        if indent > Some(0) {
            edits.append(&mut blanks);
        }
        next += 1;
    }
    let next = next - blanks.len();
    if edits.len() == 1 && captures.name("title").is_none() {
        return None;
    }
    // Without an empty line the quotation would take the paragraph below it.
    if let Some(below) = lines.get(next)
        && !text[below.start..below.end()].trim().is_empty()
    {
        let empty = format!("{}\n", continued(line.prefix).trim_end());
        edits.push((below.start..below.start, empty));
    }
    Some((edits, next))
}

/// The length of the indentation of a box's text.
fn indent(line: &str) -> Option<usize> {
    if line.starts_with('\t') {
        return Some(1);
    }
    let blanks = line.bytes().take_while(|b| *b == b' ').count();
    (blanks >= INDENT).then_some(INDENT)
}

/// The words behind the word of a box: its title.
fn title<'c>(captures: &'c Captures<'_>) -> &'c str {
    let group = |name| captures.name(name).map(|found| found.as_str());
    group("title").or_else(|| group("rest")).unwrap_or("")
}

/// `:::note`, and all lines down to its `:::`.
fn container(
    text: &str,
    lines: &[Line<'_>],
    at: usize,
    close: usize,
) -> Option<(Vec<Edit>, usize)> {
    let line = lines[at];
    let captures = CONTAINER.as_ref()?.captures(line.content)?;
    let word = captures.name("word")?.as_str();
    if !is_box(word) {
        return None;
    }
    let fold = if word.eq_ignore_ascii_case("details") { "-" } else { "" };
    let mut edits = vec![(line.at()..line.end(), mark(word, fold, title(&captures)))];
    for below in &lines[at + 1..close] {
        edits.push(quoted(text, below, line.prefix, 0)?);
    }
    edits.push((lines[close].at()..lines[close].end(), String::new()));
    Some((edits, close + 1))
}

/// So deep containers may stand in containers.
const DEPTH: usize = 16;

/// The line that closes each container; those within it close first.
fn closes(lines: &[Line<'_>], inside: &[bool]) -> Vec<Option<usize>> {
    let mut out = vec![None; lines.len()];
    let mut open: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (number, line) in lines.iter().enumerate() {
        if inside[number] || !line.content.starts_with(":::") {
            continue;
        }
        let open = open.entry(line.quotes()).or_default();
        let name = line.content.trim_start_matches(':');
        let colons = line.content.len() - name.len();
        if !name.trim().is_empty() {
            open.push((number, colons));
            continue;
        }
        let near = open.len().saturating_sub(DEPTH);
        if let Some(at) = open[near..].iter().rposition(|(_, own)| *own <= colons) {
            out[open[near + at].0] = Some(number);
            open.truncate(near + at);
        }
    }
    out
}

/// The words that open a box of text; others open tabs, columns and the like.
fn is_box(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    is_alert(&word)
        || ["details", "secondary", "seealso", "admonition", "warn"].contains(&word.as_str())
}

/// A fence whose word names a box, with text in it.
fn directive(
    text: &str,
    lines: &[Line<'_>],
    at: usize,
    literal: &[Span],
) -> Option<(Vec<Edit>, usize)> {
    let line = lines[at];
    let captures = DIRECTIVE.as_ref()?.captures(line.content)?;
    let word = captures.name("word")?.as_str();
    let code = at_line(literal, &line).filter(|code| line.has(code.start))?;
    let last = lines.partition_point(|below| below.start < code.end).checked_sub(1)?;
    let fence = lines[last].content.trim_end();
    let own = fence.chars().all(|c| captures[1].starts_with(c));
    if !is_box(word) || last == at || !own || fence.len() < captures[1].len() {
        return None;
    }
    let body = &lines[at + 1..last];
    let settings = body.iter().take_while(|line| is_setting(line.content)).count();
    let folded = body[..settings].iter().any(|line| line.content.contains("dropdown"));
    let fold = if folded { "-" } else { "" };
    let mut edits = vec![(line.at()..line.end(), mark(word, fold, title(&captures)))];
    for (number, below) in body.iter().enumerate() {
        let (span, quote) = quoted(text, below, line.prefix, 0)?;
        edits.push(match number < settings {
            true => (span.start..below.end(), ">".into()),
            false => (span, quote),
        });
    }
    edits.push((lines[last].at()..lines[last].end(), String::new()));
    Some((edits, last + 1))
}

/// `:class: dropdown`.
fn is_setting(line: &str) -> bool {
    let name = line.strip_prefix(':').and_then(|rest| rest.split_once(':')).map(|(name, _)| name);
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase()))
}
