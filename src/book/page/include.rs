//! Expands mdBook's directives: `{{#include}}`, `{{#rustdoc_include}}`,
//! `{{#playground}}` and `{{#title}}`.
//!
//! The result remembers where each piece of text came from, so that what is found in
//! it later points at the file that was included.

use crate::book::source::{IncludeError, Sources};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::{Place, Span};
use std::sync::Arc;

/// How many files deep an include may go.
const MAX_DEPTH: usize = 10;

/// How large a page may become by including.
const MAX_LENGTH: usize = 16 << 20;

/// A page's text with everything included.
#[derive(Debug, Clone, PartialEq)]
pub struct Expanded {
    /// The text.
    pub text: Arc<str>,
    /// Where its parts came from, in order and without gaps.
    pub segments: Vec<Segment>,
    /// The title that `{{#title}}` gave.
    pub title: Option<String>,
}

/// A part of an expanded text that stands as it is in one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// First byte in the expanded text.
    pub start: usize,
    /// The file.
    pub file: Arc<str>,
    /// First byte in that file.
    pub origin: usize,
}

impl Expanded {
    /// A text that includes nothing.
    pub fn plain(file: &Arc<str>, text: Arc<str>) -> Expanded {
        let segments = vec![Segment { start: 0, file: file.clone(), origin: 0 }];
        Expanded { text, segments, title: None }
    }

    /// The place in a file of a span of the expanded text.
    pub fn place(&self, span: Span) -> Place {
        let at = self.segments.partition_point(|s| s.start <= span.start).saturating_sub(1);
        let segment = &self.segments[at];
        let limit = self.segments.get(at + 1).map_or(self.text.len(), |next| next.start);
        let end = span.end.min(limit).max(span.start);
        let shift = |offset: usize| offset - segment.start + segment.origin;
        Place::new(&segment.file, shift(span.start)..shift(end))
    }

    /// The files that were included.
    pub fn included(&self) -> impl Iterator<Item = &Arc<str>> {
        let own = self.segments.first().map(|s| s.file.clone());
        self.segments.iter().map(|s| &s.file).filter(move |file| Some(*file) != own.as_ref())
    }
}

/// Expands the directives of one file.
pub fn expand(file: &Arc<str>, text: &Arc<str>, sources: &Sources) -> (Expanded, Vec<Diagnostic>) {
    if !text.contains("{{#") {
        return (Expanded::plain(file, text.clone()), Vec::new());
    }
    let mut expander = Expander {
        sources,
        out: String::with_capacity(text.len()),
        segments: Vec::new(),
        title: None,
        found: Vec::new(),
    };
    expander.run(file, text, std::slice::from_ref(&(0..text.len())), 0);
    let segments = match expander.segments.is_empty() {
        true => vec![Segment { start: 0, file: file.clone(), origin: 0 }],
        false => expander.segments,
    };
    let expanded = Expanded { text: expander.out.into(), segments, title: expander.title };
    (expanded, expander.found)
}

struct Expander<'s> {
    sources: &'s Sources,
    out: String,
    segments: Vec<Segment>,
    title: Option<String>,
    found: Vec<Diagnostic>,
}

/// A directive in its text.
struct Directive<'t> {
    /// From the braces to the braces.
    span: Span,
    name: &'t str,
    argument: &'t str,
}

impl Expander<'_> {
    /// Copies the given parts of a file and what they include.
    fn run(&mut self, file: &Arc<str>, text: &str, parts: &[Span], depth: usize) {
        for part in parts {
            let mut at = part.start;
            while let Some(directive) = next_directive(text, at, part.end) {
                let escaped = text[at..directive.span.start].ends_with('\\');
                let before = directive.span.start - usize::from(escaped);
                self.copy(file, text, at..before);
                if escaped {
                    self.copy(file, text, directive.span.clone());
                } else {
                    self.directive(file, text, &directive, depth);
                }
                at = directive.span.end;
            }
            self.copy(file, text, at..part.end);
        }
    }

    fn copy(&mut self, file: &Arc<str>, text: &str, span: Span) {
        if span.is_empty() {
            return;
        }
        let start = self.out.len();
        let continues = self
            .segments
            .last()
            .is_some_and(|s| s.file == *file && start - s.start + s.origin == span.start);
        if !continues {
            self.segments.push(Segment { start, file: file.clone(), origin: span.start });
        }
        self.out.push_str(&text[span]);
    }

    fn directive(&mut self, file: &Arc<str>, text: &str, directive: &Directive<'_>, depth: usize) {
        match directive.name {
            "include" => self.include(file, text, directive, depth),
            "rustdoc_include" => self.include(file, text, directive, depth),
            "playground" | "playpen" => {
                self.own(file, directive, "```rust\n");
                self.include(file, text, directive, depth);
                let fence = if self.out.ends_with('\n') { "```" } else { "\n```" };
                self.own(file, directive, fence);
            }
            "title" => self.title = Some(directive.argument.trim().to_string()),
            // Another preprocessor's directive stays as it is.
            _ => self.copy(file, text, directive.span.clone()),
        }
    }

    /// Text that stands in no file; it is placed at the directive.
    fn own(&mut self, file: &Arc<str>, directive: &Directive<'_>, text: &str) {
        let start = self.out.len();
        self.segments.push(Segment { start, file: file.clone(), origin: directive.span.start });
        self.out.push_str(text);
    }

    fn include(&mut self, file: &Arc<str>, text: &str, directive: &Directive<'_>, depth: usize) {
        // `{{#playground file.rs editable}}`: only the first word is the file.
        let argument = match directive.name {
            "include" => directive.argument.trim(),
            _ => directive.argument.split_whitespace().next().unwrap_or(""),
        };
        let (path, rest) = argument.split_once(':').map_or((argument, None), |(p, r)| (p, Some(r)));
        let place = Place::new(file, directive.span.clone());
        if depth >= MAX_DEPTH || self.out.len() > MAX_LENGTH {
            let message = format!("`{path}` is included more than {MAX_DEPTH} files deep");
            let diagnostic = Diagnostic::new(Code::IncludeDepth, place, message)
                .label("the chain ends here")
                .help("check whether the files include each other in a circle");
            return self.found.push(diagnostic);
        }
        let (target, included) = match self.sources.include(file, path) {
            Ok(found) => found,
            Err(error) => {
                self.copy(file, text, directive.span.clone());
                let (code, message, help) = match error {
                    IncludeError::Outside => (
                        Code::IncludeOutside,
                        format!("`{path}` lies outside the book and is not included"),
                        "copy the file into the book's folder",
                    ),
                    IncludeError::Hidden => (
                        Code::HiddenFile,
                        format!("`{path}` is hidden or left out, and is not included"),
                        "put what readers may see into a file without a dot before its name",
                    ),
                    IncludeError::Missing => (
                        Code::IncludeMissing,
                        format!("there is no text file `{path}` to include"),
                        "the path is relative to the file that includes",
                    ),
                };
                let diagnostic = Diagnostic::new(code, place, message).label("included here");
                return self.found.push(diagnostic.help(help));
            }
        };
        // rustdoc_include hides the rest of the file; a reader needs only the part.
        match rest.map_or_else(|| Ok(whole(&included)), |rest| select(&included, rest)) {
            Ok(parts) => {
                self.run(&target, &included, &parts, depth + 1);
                // The line break after the directive ends the last line.
                if self.out.ends_with('\n') && text[directive.span.end..].starts_with(['\n', '\r'])
                {
                    self.out.pop();
                }
            }
            Err(reason) => self.found.push(
                Diagnostic::new(Code::IncludeMissing, place, format!("`{path}` {reason}"))
                    .label("included here")
                    .help(
                        "write lines as `file.rs:2:10`, or put `ANCHOR: name` and `ANCHOR_END: \
                         name` around a part",
                    ),
            ),
        }
    }
}

fn next_directive(text: &str, from: usize, to: usize) -> Option<Directive<'_>> {
    let mut at = from;
    while let Some(open) = text[at..to].find("{{#") {
        let start = at + open;
        let inner = start + 3;
        let close = text[inner..to].find("}}")?;
        let body = &text[inner..inner + close];
        let name_len =
            body.find(|c: char| !c.is_ascii_alphabetic() && c != '_').unwrap_or(body.len());
        // Without an argument it is a mention of the directive.
        let argument = body[name_len..].starts_with(char::is_whitespace)
            && !body[name_len..].trim().is_empty();
        if !body.contains('\n') && name_len > 0 && argument {
            let span = start..inner + close + 2;
            return Some(Directive { span, name: &body[..name_len], argument: &body[name_len..] });
        }
        at = inner;
    }
    None
}

/// Byte ranges of the lines, line breaks included.
fn lines(text: &str) -> impl Iterator<Item = (Span, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start..at, line)
    })
}

fn is_anchor(line: &str) -> bool {
    line.contains("ANCHOR: ") || line.contains("ANCHOR_END: ")
}

fn join_spans(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        match out.last_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => out.push(span),
        }
    }
    out
}

/// All of a file but its anchor lines.
fn whole(text: &str) -> Vec<Span> {
    join_spans(lines(text).filter(|(_, line)| !is_anchor(line)).map(|(span, _)| span))
}

/// The part of a file that `2`, `2:10`, `:10`, `2:` or an anchor's name selects.
fn select(text: &str, what: &str) -> Result<Vec<Span>, String> {
    let number = |s: &str| s.trim().parse::<usize>().ok();
    let (first, last) = match what.split_once(':') {
        Some((a, b)) => (a.trim(), Some(b.trim())),
        None => (what.trim(), None),
    };
    let range = match (number(first), last) {
        (Some(line), None) => Some((line, line)),
        (Some(line), Some("")) => Some((line, usize::MAX)),
        (Some(a), Some(b)) => number(b).map(|b| (a, b)),
        (None, Some(b)) if first.is_empty() => number(b).map(|b| (1, b)),
        _ => None,
    };
    if let Some((from, to)) = range {
        let count = text.lines().count();
        if from > count {
            return Err(format!("ends at line {count}"));
        }
        let chosen = lines(text).enumerate().filter(|(i, _)| (from..=to).contains(&(i + 1)));
        return Ok(join_spans(chosen.map(|(_, (span, _))| span)));
    }
    let word_is = |line: &str, mark: &str| {
        line.split_once(mark).is_some_and(|(_, rest)| {
            let end = rest.find(|c: char| !c.is_alphanumeric() && !"_-.".contains(c));
            &rest[..end.unwrap_or(rest.len())] == first
        })
    };
    let mut inside = false;
    let mut seen = false;
    let mut chosen = Vec::new();
    for (span, line) in lines(text) {
        if word_is(line, "ANCHOR: ") {
            (inside, seen) = (true, true);
        } else if word_is(line, "ANCHOR_END: ") {
            inside = false;
        } else if inside && !is_anchor(line) {
            chosen.push(span);
        }
    }
    match seen {
        true => Ok(join_spans(chosen.into_iter())),
        false => Err(format!("has no anchor `{first}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::config::Config;

    fn book(files: &[(&str, &str)]) -> (Expanded, Vec<Diagnostic>) {
        let files: Vec<(String, String)> =
            files.iter().map(|(p, t)| (p.to_string(), t.to_string())).collect();
        let sources = Sources::in_memory(&Config::default(), &files);
        let file: Arc<str> = files[0].0.as_str().into();
        expand(&file, &files[0].1.as_str().into(), &sources)
    }

    #[test]
    fn lines_anchors_and_escapes() {
        let code = "a\n// ANCHOR: x\nb\nc\n// ANCHOR_END: x\nd\n";
        let page = "1 {{#include c.rs:x}}\n2 {{#include c.rs:1}}\n3 \\{{#include c.rs}}\n\
                    4 {{#include c.rs:6:}}\n5 {{#other x}}{{#title A title}}";
        let (expanded, found) = book(&[("content/p.md", page), ("content/c.rs", code)]);
        assert_eq!(found, []);
        assert_eq!(&*expanded.text, "1 b\nc\n2 a\n3 {{#include c.rs}}\n4 d\n5 {{#other x}}");
        assert_eq!(expanded.title.as_deref(), Some("A title"));
    }

    #[test]
    fn places_point_into_the_included_file() {
        let (expanded, _) =
            book(&[("content/p.md", "x {{#include q.md}} y"), ("content/q.md", "hello")]);
        let at = expanded.text.find("ell").unwrap();
        assert_eq!(expanded.place(at..at + 3), Place::new(&"content/q.md".into(), 1..4));
        let y = expanded.text.find('y').unwrap();
        assert_eq!(expanded.place(y..y + 1), Place::new(&"content/p.md".into(), 20..21));
        assert_eq!(expanded.included().count(), 1);
    }

    #[test]
    fn what_cannot_be_included_is_said() {
        for (page, code) in [
            ("{{#include ../../x.md}}", Code::IncludeOutside),
            ("{{#include /etc/passwd}}", Code::IncludeOutside),
            ("{{#include none.md}}", Code::IncludeMissing),
            ("{{#include p.md:nowhere}}", Code::IncludeMissing),
            ("{{#include p.md}}", Code::IncludeDepth),
        ] {
            let (_, found) = book(&[("content/p.md", page)]);
            assert_eq!(found.first().map(|d| d.code), Some(code), "{page}");
        }
    }
}
