//! Diagnostics as text for people and as JSON, SARIF and what GitHub and GitLab read for
//! machines.

use super::{CODES, Code, Diagnostic, Level};
use crate::text::span::{Place, clamp};
use annotate_snippets::{AnnotationKind, Group, Level as Title, Renderer, Snippet};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::ops::Range;

/// How a list of diagnostics is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Source excerpts for people.
    Text,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, as code scanning services read it.
    Sarif,
    /// Workflow commands that GitHub turns into annotations of a pull request.
    Github,
    /// A code quality report, as GitLab shows it in a merge request.
    Gitlab,
}

/// How many findings there are of each level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Findings that stop a build.
    pub errors: usize,
    /// Findings that do not.
    pub warnings: usize,
}

impl Summary {
    /// Counts the findings, each with its level.
    pub fn of<'a>(found: impl IntoIterator<Item = &'a (Level, Diagnostic)>) -> Summary {
        found.into_iter().fold(Summary::default(), |mut sum, (level, _)| {
            match level {
                Level::Deny => sum.errors += 1,
                Level::Warn => sum.warnings += 1,
                Level::Allow => {}
            }
            sum
        })
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        write!(
            f,
            "{} error{}, {} warning{}",
            self.errors,
            plural(self.errors),
            self.warnings,
            plural(self.warnings)
        )
    }
}

/// Prints findings. `texts` gives the text of a file by its path; a file it does
/// not hold is shown without an excerpt. `colour` matters for text only.
pub fn render<'t>(
    found: &[(Level, Diagnostic)],
    texts: &dyn Fn(&str) -> Option<&'t str>,
    format: Format,
    colour: bool,
) -> String {
    match format {
        Format::Text => text(found, texts, colour),
        Format::Json => pretty(&json_report(found, texts)),
        Format::Sarif => pretty(&sarif(found, texts)),
        Format::Github => github(found, texts),
        Format::Gitlab => pretty(&gitlab(found, texts)),
    }
}

fn pretty(value: &Value) -> String {
    let mut out = serde_json::to_string_pretty(value).unwrap_or_default();
    out.push('\n');
    out
}

/// A place, the words below it, and whether it is the main one.
type Mark<'d> = (&'d Place, &'d str, AnnotationKind);

fn text<'t>(
    found: &[(Level, Diagnostic)],
    texts: &dyn Fn(&str) -> Option<&'t str>,
    colour: bool,
) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let lines = Lines::default();
    let mut out = String::new();
    for (level, d) in found {
        let title = match level {
            Level::Deny => Title::ERROR,
            _ => Title::WARNING,
        };
        // One snippet per file: the places of a file share an excerpt.
        let mut files: Vec<(&str, Vec<Mark<'_>>)> = Vec::new();
        let first = d.place.iter().map(|p| (p, d.label.as_str(), AnnotationKind::Primary));
        let rest = d.also.iter().map(|(p, l)| (p, l.as_str(), AnnotationKind::Context));
        for (place, label, kind) in first.chain(rest) {
            match files.iter_mut().find(|(file, _)| **file == *place.file) {
                Some((_, places)) => places.push((place, label, kind)),
                None => files.push((&place.file, vec![(place, label, kind)])),
            }
        }
        let mut group = title.primary_title(d.message.as_str()).id(d.code.name()).elements(
            files.iter().map(|(file, places)| {
                let source = texts(file).unwrap_or("");
                let spans: Vec<Range<usize>> = places
                    .iter()
                    .map(|(place, ..)| visible(source, clamp(source, place.span())))
                    .collect();
                // No more of the file is looked at than what is shown.
                let first = spans.iter().map(|span| span.start).min().unwrap_or(0);
                let last = spans.iter().map(|span| span.end).max().unwrap_or(0);
                let start = source[..first].rfind('\n').map_or(0, |newline| newline + 1);
                let end =
                    source[last..].find('\n').map_or(source.len(), |newline| last + newline + 1);
                let mut snippet = Snippet::source(&source[start..end])
                    .line_start(lines.number(file, source, start))
                    .path(*file)
                    .fold(true);
                for ((_, label, kind), span) in places.iter().zip(spans) {
                    let annotation = kind.span(span.start - start..span.end - start);
                    snippet = snippet.annotation(match label.is_empty() {
                        true => annotation,
                        false => annotation.label(*label),
                    });
                }
                snippet
            }),
        );
        if let Some(help) = &d.help {
            group = group.element(Title::HELP.message(help.as_str()));
        }
        let report: &[Group<'_>] = &[group];
        out.push_str(&renderer.render(report));
        out.push_str("\n\n");
    }
    out
}

/// A span of many lines is shown by its first, so that an excerpt stays short.
fn visible(source: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    match source[span.clone()].find('\n') {
        Some(newline) if newline > 0 => span.start..span.start + newline,
        _ => span,
    }
}

struct Located {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    excerpt: String,
}

/// Where the lines of files begin, found once for all that is said of a file.
#[derive(Default)]
struct Lines(RefCell<HashMap<String, Vec<usize>>>);

impl Lines {
    /// The number of the line that holds a byte, from 1.
    fn number(&self, file: &str, source: &str, at: usize) -> usize {
        let mut known = self.0.borrow_mut();
        if !known.contains_key(file) {
            let starts = source.match_indices('\n').map(|(newline, _)| newline + 1);
            known.insert(file.to_string(), std::iter::once(0).chain(starts).collect());
        }
        known.get(file).map_or(1, |starts| starts.partition_point(|start| *start <= at))
    }

    /// Line and column as [`line_column`](crate::text::span::line_column) counts them.
    fn line_column(&self, file: &str, source: &str, at: usize) -> (usize, usize) {
        let line = self.number(file, source, at);
        let start = source[..at].rfind('\n').map_or(0, |newline| newline + 1);
        (line, source[start..at].chars().count() + 1)
    }

    fn locate<'t>(&self, place: &Place, texts: &dyn Fn(&str) -> Option<&'t str>) -> Located {
        let source = texts(&place.file).unwrap_or("");
        let span = clamp(source, place.span());
        let (line, column) = self.line_column(&place.file, source, span.start);
        let (end_line, end_column) = self.line_column(&place.file, source, span.end);
        let start = source[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let excerpt = source[start..].lines().next().unwrap_or("").trim_end().to_string();
        Located { line, column, end_line, end_column, excerpt }
    }
}

fn json_report<'t>(
    found: &[(Level, Diagnostic)],
    texts: &dyn Fn(&str) -> Option<&'t str>,
) -> Value {
    let lines = Lines::default();
    let list: Vec<Value> = found
        .iter()
        .map(|(level, d)| {
            let mut item = json!({
                "code": d.code.name(),
                "level": if *level == Level::Deny { "error" } else { "warning" },
                "message": d.message,
                "label": d.label,
                "help": d.help,
            });
            if let Some(place) = &d.place {
                let at = lines.locate(place, texts);
                item["file"] = json!(&*place.file);
                item["line"] = json!(at.line);
                item["column"] = json!(at.column);
                item["endLine"] = json!(at.end_line);
                item["endColumn"] = json!(at.end_column);
                item["excerpt"] = json!(at.excerpt);
            }
            item["related"] = d
                .also
                .iter()
                .map(|(place, label)| {
                    let at = lines.locate(place, texts);
                    json!({"file": &*place.file, "line": at.line, "column": at.column,
                           "message": label})
                })
                .collect();
            item
        })
        .collect();
    let sum = Summary::of(found);
    json!({"errors": sum.errors, "warnings": sum.warnings, "diagnostics": list})
}

fn sarif<'t>(found: &[(Level, Diagnostic)], texts: &dyn Fn(&str) -> Option<&'t str>) -> Value {
    let level_name = |level: Level| match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "none",
    };
    let index: BTreeMap<Code, usize> = CODES.iter().enumerate().map(|(i, c)| (*c, i)).collect();
    let rules: Vec<Value> = CODES
        .iter()
        .map(|code| {
            json!({
                "id": code.name(),
                "shortDescription": {"text": code.short()},
                "fullDescription": {"text": code.explain()},
                "defaultConfiguration": {"level": level_name(code.default_level())},
            })
        })
        .collect();
    let lines = Lines::default();
    let location = |place: &Place| {
        let at = lines.locate(place, texts);
        json!({"physicalLocation": {
            "artifactLocation": {"uri": uri(&place.file)},
            "region": {"startLine": at.line, "startColumn": at.column,
                       "endLine": at.end_line, "endColumn": at.end_column},
        }})
    };
    let results: Vec<Value> = found
        .iter()
        .map(|(level, d)| {
            let text = match &d.help {
                Some(help) => format!("{}\n{help}", d.message),
                None => d.message.clone(),
            };
            json!({
                "ruleId": d.code.name(),
                "ruleIndex": index[&d.code],
                "level": level_name(*level),
                "message": {"text": text},
                "locations": d.place.iter().map(location).collect::<Vec<_>>(),
                "relatedLocations": d.also.iter().map(|(place, label)| {
                    let mut at = location(place);
                    at["message"] = json!({"text": label});
                    at
                }).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "casebook", "version": env!("CARGO_PKG_VERSION"),
                                "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// A path as a relative URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte as char)
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn github<'t>(found: &[(Level, Diagnostic)], texts: &dyn Fn(&str) -> Option<&'t str>) -> String {
    let data = |s: &str| s.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |s: &str| data(s).replace(':', "%3A").replace(',', "%2C");
    let lines = Lines::default();
    let mut out = String::new();
    for (level, d) in found {
        let command = if *level == Level::Deny { "error" } else { "warning" };
        let mut fields = Vec::new();
        if let Some(place) = &d.place {
            let at = lines.locate(place, texts);
            fields.push(format!("file={}", property(&place.file)));
            fields.push(format!("line={}", at.line));
            fields.push(format!("col={}", at.column));
            fields.push(format!("endLine={}", at.end_line));
        }
        fields.push(format!("title={}", property(d.code.name())));
        let message = match &d.help {
            Some(help) => format!("{}\n{help}", d.message),
            None => d.message.clone(),
        };
        let _ = writeln!(out, "::{command} {}::{}", fields.join(","), data(&message));
    }
    out
}

/// The fields that GitLab names in "Code Quality report format". What has no place is said
/// of the settings.
fn gitlab<'t>(found: &[(Level, Diagnostic)], texts: &dyn Fn(&str) -> Option<&'t str>) -> Value {
    let lines = Lines::default();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let list = found.iter().map(|(level, d)| {
        let path = d.place.as_ref().map_or("book.toml", |place| &*place.file);
        let line = d.place.as_ref().map_or(1, |place| lines.locate(place, texts).line);
        // What stays when lines above it come or go; two findings of one kind differ by number.
        let what = format!("{} {path} {}", d.code.name(), d.message);
        let number = seen.entry(what.clone()).and_modify(|number| *number += 1).or_insert(0);
        let print = blake3::hash(format!("{what} {number}").as_bytes()).to_hex();
        let text = match &d.help {
            Some(help) => format!("{} ({help})", d.message),
            None => d.message.clone(),
        };
        json!({
            "description": text,
            "check_name": d.code.name(),
            "fingerprint": &print[..32],
            "severity": if *level == Level::Deny { "major" } else { "minor" },
            "location": {"path": path, "lines": {"begin": line}},
        })
    });
    list.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<(Level, Diagnostic)> {
        let file = "content/a b.md".into();
        let d = Diagnostic::new(Code::UnknownKey, Place::new(&file, 4..9), "unknown key `tilte`")
            .label("not known here")
            .also(Place::new(&file, 0..3), "in this block")
            .help("did you mean `title`?");
        vec![(Level::Warn, d)]
    }

    #[test]
    fn text_has_place_excerpt_and_fix() {
        let out = render(&sample(), &|_| Some("---\ntilte: x\n---\n"), Format::Text, false);
        for part in ["unknown-key", "content/a b.md:2:1", "tilte: x", "not known here", "did you"] {
            assert!(out.contains(part), "{part} missing in\n{out}");
        }
    }

    #[test]
    fn machine_formats_have_line_and_column() {
        let texts = |_: &str| Some("---\ntilte: x\n---\n");
        let json: Value =
            serde_json::from_str(&render(&sample(), &texts, Format::Json, false)).unwrap();
        assert_eq!(json["diagnostics"][0]["line"], 2);
        assert_eq!(json["diagnostics"][0]["excerpt"], "tilte: x");
        let sarif: Value =
            serde_json::from_str(&render(&sample(), &texts, Format::Sarif, false)).unwrap();
        let at = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(at["artifactLocation"]["uri"], "content/a%20b.md");
        assert_eq!(at["region"]["startLine"], 2);
        let github = render(&sample(), &texts, Format::Github, false);
        assert!(github.starts_with("::warning file=content/a b.md,line=2,col=1"), "{github}");
        assert_eq!(github.lines().count(), 1);
        let twice = [sample(), sample()].concat();
        let gitlab: Value =
            serde_json::from_str(&render(&twice, &texts, Format::Gitlab, false)).unwrap();
        assert_eq!(gitlab[0]["location"], json!({"path": "content/a b.md", "lines": {"begin": 2}}));
        assert_eq!(gitlab[0]["severity"], "minor");
        assert_ne!(gitlab[0]["fingerprint"], gitlab[1]["fingerprint"]);
        // A line above it makes it no other finding.
        let moved = |_: &str| Some("---\n\ntilte: x\n---\n");
        let moved: Value =
            serde_json::from_str(&render(&sample(), &moved, Format::Gitlab, false)).unwrap();
        assert_eq!(moved[0]["fingerprint"], gitlab[0]["fingerprint"]);
    }
}
