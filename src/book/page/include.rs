//! Expands mdBook's directives: `{{#include}}`, `{{#rustdoc_include}}`,
//! `{{#playground}}` and `{{#title}}`.
//!
//! The result remembers where each piece of text came from, so that what is found in
//! it later points at the file that was included.

use super::expanded::{Expanded, Segment};
use super::meta::{Front, find_front, says_audience, says_draft};
use crate::book::entry::Audience;
use crate::book::source::{IncludeError, Sources, is_draft};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::{Place, Span};
use std::sync::Arc;

/// How many files deep an include may go.
const MAX_DEPTH: usize = 10;

/// How many bytes a page may include.
const MAX_LENGTH: usize = 4 << 20;

/// How many directives a page may have, those in included files counted each time.
const MAX_DIRECTIVES: usize = 4096;

/// A longer beginning of a line is not repeated before what is included.
const MAX_INDENT: usize = 100;

/// Expands the directives of one file.
pub fn expand(file: &Arc<str>, text: &Arc<str>, sources: &Sources) -> (Expanded, Vec<Diagnostic>) {
    if !text.contains("{{") {
        return (Expanded::plain(file, text.clone()), Vec::new());
    }
    let mut expander = Expander {
        sources,
        out: String::with_capacity(text.len()),
        segments: Vec::new(),
        title: None,
        found: Vec::new(),
        chain: Vec::new(),
        indent: String::new(),
        limit: text.len() + MAX_LENGTH,
        directives: 0,
    };
    expander.run(file, text, std::slice::from_ref(&(0..text.len())));
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
    /// What is being included, from the outside in: the file and the part of it.
    chain: Vec<String>,
    /// What stands before a directive in its line: it also begins the lines it includes.
    indent: String,
    /// How long the text may become.
    limit: usize,
    directives: usize,
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
    fn run(&mut self, file: &Arc<str>, text: &str, parts: &[Span]) {
        for part in parts {
            let mut at = part.start;
            while let Some(directive) = self.next_directive(file, text, at, part.end) {
                let escaped = text[at..directive.span.start].ends_with('\\');
                let before = directive.span.start - usize::from(escaped);
                self.copy(file, text, at..before);
                if escaped {
                    self.copy(file, text, directive.span.clone());
                } else {
                    self.directive(file, text, &directive);
                }
                at = directive.span.end;
            }
            self.copy(file, text, at..part.end);
        }
    }

    /// The next directive; one that does not end is told.
    fn next_directive<'t>(
        &mut self,
        file: &Arc<str>,
        text: &'t str,
        from: usize,
        to: usize,
    ) -> Option<Directive<'t>> {
        let mut at = from;
        while let Some(open) = text[at..to].find("{{") {
            let start = at + open;
            match directive_at(&text[..to], start) {
                Found::Directive(directive) => return Some(directive),
                Found::Unclosed(end) => {
                    let place = Place::new(file, start..end);
                    let message = "this directive does not end in its line and is shown as text";
                    self.report(
                        Diagnostic::new(Code::IncludeMissing, place, message)
                            .help("end it with `}}`, or write `\\{{` where it is meant as text"),
                    );
                    at = end;
                }
                Found::Text => at = start + 2,
            }
        }
        None
    }

    /// Says something once, however often its place is included.
    fn report(&mut self, diagnostic: Diagnostic) {
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    fn copy(&mut self, file: &Arc<str>, text: &str, span: Span) {
        if self.chain.is_empty() || self.indent.is_empty() {
            return self.append(file, text, span);
        }
        let mut at = span.start;
        for line in text[span].split_inclusive('\n') {
            let blank = line.trim().is_empty();
            if self.out.ends_with('\n') && !(blank && self.indent.trim().is_empty()) {
                let indent = self.indent.clone();
                self.own(file, at, &indent);
            }
            self.append(file, text, at..at + line.len());
            at += line.len();
        }
    }

    fn append(&mut self, file: &Arc<str>, text: &str, span: Span) {
        let full = !self.chain.is_empty() && self.out.len() + span.len() > self.limit;
        if span.is_empty() || full {
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

    fn directive(&mut self, file: &Arc<str>, text: &str, directive: &Directive<'_>) {
        match directive.name {
            "include" => self.include(file, text, directive),
            "rustdoc_include" => self.include(file, text, directive),
            "playground" | "playpen" => {
                let at = directive.span.start;
                self.own(file, at, "```rust\n");
                self.include(file, text, directive);
                let fence = if self.out.ends_with('\n') { "```" } else { "\n```" };
                self.own(file, at, fence);
            }
            "title" => self.title = Some(directive.argument.trim().to_string()),
            // Another preprocessor's directive stays as it is.
            _ => self.copy(file, text, directive.span.clone()),
        }
    }

    /// Text that stands in no file; it is placed at the directive.
    fn own(&mut self, file: &Arc<str>, origin: usize, text: &str) {
        let start = self.out.len();
        if start + text.len() > self.limit {
            return;
        }
        self.segments.push(Segment { start, file: file.clone(), origin });
        self.out.push_str(text);
    }

    /// Why nothing more can be included here, if so.
    fn refusal(&self, path: &str, step: &str) -> Option<(String, &'static str)> {
        if self.chain.iter().any(|earlier| earlier == step) {
            let help = "remove the include, or include only a part of the file";
            return Some((format!("`{path}` includes itself"), help));
        }
        if self.chain.len() >= MAX_DEPTH {
            let help = "check whether the files include each other in a circle";
            return Some((format!("`{path}` is included more than {MAX_DEPTH} files deep"), help));
        }
        if self.directives > MAX_DIRECTIVES || self.out.len() >= self.limit {
            let help = "include less, or link to a page of its own";
            let most = MAX_LENGTH >> 20;
            let message = format!("a page includes at most {MAX_DIRECTIVES} parts and {most} MB");
            return Some((message, help));
        }
        None
    }

    fn include(&mut self, file: &Arc<str>, text: &str, directive: &Directive<'_>) {
        // `{{#playground file.rs editable}}`: only the first word is the file.
        let argument = match directive.name {
            "include" => directive.argument.trim(),
            _ => directive.argument.split_whitespace().next().unwrap_or(""),
        };
        let (path, rest) = argument.split_once(':').map_or((argument, None), |(p, r)| (p, Some(r)));
        let place = Place::new(file, directive.span.clone());
        self.directives += 1;
        let step = format!("{file} {argument}");
        if let Some((message, help)) = self.refusal(path, &step) {
            let diagnostic = Diagnostic::new(Code::IncludeDepth, place, message);
            return self.report(diagnostic.label("nothing more is included here").help(help));
        }
        let (target, included) = match self.sources.include(file, path) {
            Ok(found) => found,
            Err(error) => {
                self.copy(file, text, directive.span.clone());
                let (code, message, help) = match error {
                    IncludeError::Outside => (
                        Code::IncludeOutside,
                        format!("`{path}` lies outside the book and is not included"),
                        "copy the file into the book's folder".into(),
                    ),
                    IncludeError::Hidden => (
                        Code::HiddenFile,
                        format!("`{path}` is hidden or left out, and is not included"),
                        "put what readers may see into a file without a dot before its name".into(),
                    ),
                    IncludeError::Unreadable => (
                        Code::UnreadableFile,
                        format!("`{path}` may not be read, and is not included"),
                        "give whoever builds the book the right to read it".into(),
                    ),
                    IncludeError::Missing => (
                        Code::IncludeMissing,
                        format!("there is no text file `{path}` to include"),
                        match self.sources.in_other_case(file, path) {
                            Some(near) => format!("capital letters differ: it is `{near}`"),
                            None => "the path is relative to the file that includes".into(),
                        },
                    ),
                };
                let diagnostic = Diagnostic::new(code, place, message).label("included here");
                return self.report(diagnostic.help(help));
            }
        };
        let front = match target.ends_with(".md") {
            true => find_front(&included),
            false => Front::None,
        };
        let readers = audience_of_front(&included, &front);
        if readers.is_some_and(|readers| readers > self.sources.audience()) {
            // Nothing is said of it: what is for others is nowhere.
            return;
        }
        if is_draft(&target) || is_draft_front(&included, &front) {
            self.copy(file, text, directive.span.clone());
            let message = format!("`{path}` is a draft, and is not included");
            let help = "publish it, or take the include out";
            let diagnostic = Diagnostic::new(Code::HiddenFile, place, message);
            return self.report(diagnostic.label("included here").help(help));
        }
        // rustdoc_include hides the rest of the file; a reader needs only the part.
        match rest.map_or_else(|| Ok(whole(&included, &front)), |rest| select(&included, rest)) {
            Ok(parts) => {
                let length: usize = parts.iter().map(|part| part.len()).sum();
                if self.out.len() + length > self.limit {
                    self.directives = MAX_DIRECTIVES + 1;
                    return self.include(file, text, directive);
                }
                let indent = indent_of(text, directive.span.start);
                let outer = self.indent.len();
                self.indent.push_str(indent);
                self.chain.push(step);
                self.run(&target, &included, &parts);
                self.chain.pop();
                self.indent.truncate(outer);
                // The line break after the directive ends the last line.
                if self.out.ends_with('\n') && text[directive.span.end..].starts_with(['\n', '\r'])
                {
                    self.out.pop();
                    if self.out.ends_with('\r') {
                        self.out.pop();
                    }
                }
            }
            Err(reason) => {
                self.copy(file, text, directive.span.clone());
                self.report(
                    Diagnostic::new(Code::IncludeMissing, place, format!("`{path}` {reason}"))
                        .label("included here")
                        .help(
                            "write lines as `file.rs:2:10`, or put `ANCHOR: name` and `ANCHOR_END: \
                         name` around a part",
                        ),
                )
            }
        }
    }
}

/// What stands at two braces.
enum Found<'t> {
    Directive(Directive<'t>),
    /// A directive that does not end in its line, and where the line ends.
    Unclosed(usize),
    Text,
}

/// The names that are known here.
const NAMES: [&str; 5] = ["include", "rustdoc_include", "playground", "playpen", "title"];

/// Whether a directive of this name means something here.
pub(super) fn is_directive(name: &str) -> bool {
    NAMES.contains(&name)
}

fn directive_at(text: &str, start: usize) -> Found<'_> {
    let inner = &text[start + 2..];
    let Some(body) = inner.trim_start_matches([' ', '\t']).strip_prefix('#') else {
        return Found::Text;
    };
    let at = text.len() - body.len();
    let line = &body[..body.find('\n').unwrap_or(body.len())];
    let close = line.find("}}");
    let body = &line[..close.unwrap_or(line.len())];
    let word = |c: char| !c.is_ascii_alphabetic() && c != '_';
    let (name, argument) = body.split_at(body.find(word).unwrap_or(body.len()));
    // Without an argument it is a mention of the directive.
    if name.is_empty() || !argument.starts_with(char::is_whitespace) || argument.trim().is_empty() {
        return Found::Text;
    }
    match close {
        Some(close) => Found::Directive(Directive { span: start..at + close + 2, name, argument }),
        None if is_directive(name) && !argument.contains('`') => {
            Found::Unclosed(at + line.trim_end().len())
        }
        None => Found::Text,
    }
}

/// What stands before a directive in its line, where it is blank or marks a quotation.
fn indent_of(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[start..at];
    let repeats = indent.len() <= MAX_INDENT && indent.bytes().all(|b| b" \t>".contains(&b));
    if repeats { indent } else { "" }
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

/// All of a file but its anchor lines and its front matter, which speaks of that file alone.
fn whole(text: &str, front: &Front<'_>) -> Vec<Span> {
    let from = if let Front::Found { body, .. } = front { *body } else { 0 };
    let lines = lines(text).filter(|(span, line)| span.start >= from && !is_anchor(line));
    join_spans(lines.map(|(span, _)| span))
}

/// Whether front matter says that its page is a draft.
fn is_draft_front(text: &str, front: &Front<'_>) -> bool {
    matches!(front, Front::Found { data, mark, .. } if says_draft(&text[data.clone()], mark))
}

/// Who may read the page, where its front matter says it.
fn audience_of_front(text: &str, front: &Front<'_>) -> Option<Audience> {
    let Front::Found { data, mark, .. } = front else { return None };
    says_audience(&text[data.clone()], mark)
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
        if from == 0 || to < from {
            return Err(format!(
                "has no lines `{what}`: lines count from 1, the first before the last"
            ));
        }
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
    fn blanks_and_indentation() {
        let code = "a\n\nb\n";
        for (page, expected) in [
            ("{{ #include c.rs:1 }}", "a\n"),
            ("{{\t#include c.rs:3}}", "b\n"),
            ("- x\n\n  ```\n  {{#include c.rs}}\n  ```\n", "- x\n\n  ```\n  a\n\n  b\n  ```\n"),
            ("> {{#include c.rs}}\n> c", "> a\n> \n> b\n> c"),
            ("{{ x }} {{# include c.rs}} {{#each}}", "{{ x }} {{# include c.rs}} {{#each}}"),
        ] {
            let (expanded, found) = book(&[("content/p.md", page), ("content/c.rs", code)]);
            assert_eq!((&*expanded.text, found), (expected, vec![]), "{page}");
        }
    }

    #[test]
    fn what_repeats_is_bounded_and_said_once() {
        let lines = "{{#include a.md}}\n".repeat(10);
        let (expanded, found) = book(&[("content/a.md", &lines)]);
        assert_eq!(found.len(), 10, "{found:?}");
        assert!(expanded.text.len() < 1_000);
        let missing = format!("{}{{{{#include none.md}}}}\n", "{{#include b.md:x}}\n".repeat(10));
        let mut files = vec![("content/a.md".to_string(), missing.replace("b.md:x", "b0.md"))];
        for n in 0..9 {
            let text = missing.replace("b.md:x", &format!("b{}.md", n + 1));
            files.push((format!("content/b{n}.md"), text));
        }
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let (_, found) = book(&files);
        assert!(found.iter().any(|d| d.message.contains("at most")), "{found:?}");
        assert!(found.len() < 300, "{}", found.len());
        let large = "x".repeat(3 << 20);
        let page = "{{#include c.txt}}\n".repeat(9);
        let (expanded, found) = book(&[("content/a.md", &page), ("content/c.txt", &large)]);
        assert_eq!(found.len(), 8);
        assert!(expanded.text.len() < 2 * large.len());
    }

    #[test]
    fn what_cannot_be_included_is_said() {
        for (page, code) in [
            ("{{#include ../../x.md}}", Code::IncludeOutside),
            ("{{#include /etc/passwd}}", Code::IncludeOutside),
            ("{{#include none.md}}", Code::IncludeMissing),
            ("{{#include p.md:nowhere}}", Code::IncludeMissing),
            ("{{#include p.md}}", Code::IncludeDepth),
            ("{{#include p.md:5:3}}", Code::IncludeMissing),
            ("{{#include p.md:0}}", Code::IncludeMissing),
            ("{{#include p.md\nx", Code::IncludeMissing),
            ("{{ #title x", Code::IncludeMissing),
        ] {
            let (_, found) = book(&[("content/p.md", page)]);
            assert_eq!(found.first().map(|d| d.code), Some(code), "{page}");
        }
    }
}
