//! `casebook search`

use super::{Book, Failure, report, stream};
use crate::search::{Hit, Query, Results, Snippet};
use crate::text::markup::plain;
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// Search the book.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  casebook search password reset\n  \
                        casebook search '\"session token\" -cookie' --kind threat\n  \
                        casebook search T-AUTH-004")]
pub(super) struct Args {
    /// Words, "a phrase", -without, kind:threat, applies-to:sign-in, or an ID
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// Folder of the book
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Only entries of this kind: threat, requirement, assumption, model, guide...
    #[arg(long)]
    kind: Vec<String>,
    /// Only threats of this STRIDE category
    #[arg(long)]
    stride: Vec<String>,
    /// Only entries of this severity
    #[arg(long)]
    severity: Vec<String>,
    /// Only pages with this tag
    #[arg(long)]
    tag: Vec<String>,
    /// Only threats that hit this kind of element: external-entity, process, data-store, flow
    #[arg(long)]
    element: Vec<String>,
    /// Only entries for this technology or situation
    #[arg(long)]
    applies_to: Vec<String>,
    /// Only entries that a model uses (yes) or none does (no)
    #[arg(long)]
    used: Vec<String>,
    /// Only entries of this status
    #[arg(long)]
    status: Vec<String>,
    /// How many results
    #[arg(long, short = 'n', default_value_t = 10)]
    limit: usize,
    /// How to print the results
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (site, _) = report::open(&Book { dir: args.dir.clone() })?;
    let filters = [
        ("kind", &args.kind),
        ("stride", &args.stride),
        ("severity", &args.severity),
        ("tag", &args.tag),
        ("status", &args.status),
        ("element", &args.element),
        ("applies-to", &args.applies_to),
        ("used", &args.used),
    ];
    let mut query = Query::parse(&args.query.join(" "));
    for (name, values) in filters {
        query = values.iter().fold(query, |query, value| query.with_filter(name, value));
    }
    let index = site.index().map_err(|error| error.to_string())?;
    let results = index.search(&query, args.limit).map_err(|error| error.to_string())?;
    let text = match args.format {
        Format::Json => serde_json::to_string_pretty(&results).map_err(|e| e.to_string())? + "\n",
        Format::Text => print(&results),
    };
    stream::paint(&text)?;
    Ok(ExitCode::SUCCESS)
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const MARK: Style = AnsiColor::Yellow.on_default().bold().underline();

fn print(results: &Results) -> String {
    let mut out = String::new();
    if !results.corrected.is_empty() {
        let words = plain(&results.corrected.join(", "));
        let _ = writeln!(out, "searched for {words} instead\n");
    }
    if !results.unknown.is_empty() {
        let _ = writeln!(out, "not in this book: {}\n", plain(&results.unknown.join(", ")));
    }
    if results.hits.is_empty() {
        return out + "nothing found\n";
    }
    let mut whole = true;
    for hit in &results.hits {
        // The first that lacks a word says so; those behind it mostly do as well.
        let lacks = if whole { plain(&hit.lacks.join(", ")) } else { String::new() };
        whole &= hit.lacks.is_empty();
        entry(hit, &lacks, &mut out);
    }
    out + &count(results)
}

/// How many there are, and how many of them are shown.
fn count(results: &Results) -> String {
    let like: usize = results.hits.iter().map(|hit| hit.like.len()).sum();
    let shown = results.hits.len() + like;
    let number = match results.total {
        1 => "1 result".to_string(),
        all if shown < all => format!("{shown} of {all} results"),
        all => format!("{all} results"),
    };
    match (results.complete, results.total - results.complete) {
        (_, 0) => number + "\n",
        (0, _) => number + ", none with all words\n",
        (all, _) => format!("{number}, {all} with all words\n"),
    }
}

fn entry(hit: &Hit, lacks: &str, out: &mut String) {
    let id = hit.id.as_ref().map(|id| format!("{BOLD}{id}{BOLD:#} ")).unwrap_or_default();
    let past = hit.past.as_ref().map(|past| format!(", {past}").to_lowercase());
    let kind = plain(&format!("{}{}", hit.kind_title, past.unwrap_or_default()));
    let _ = writeln!(out, "{id}{}  {DIM}{kind}{DIM:#}", marked(&hit.title));
    let before = match (hit.field, hit.place.section.as_str()) {
        (Some(field), _) => format!("{field}: "),
        (None, "") => String::new(),
        (None, section) => format!("{}: ", plain(section)),
    };
    let _ = writeln!(out, "    {before}{}", marked(&hit.place.snippet));
    let _ = writeln!(out, "    {DIM}{}{DIM:#}", hit.place.url);
    if !lacks.is_empty() {
        let _ = writeln!(out, "    {DIM}without {lacks}{DIM:#}");
    }
    if !hit.like.is_empty() {
        let names = hit.like.iter().map(|like| like.id.as_ref().unwrap_or(&like.title));
        let names: Vec<String> = names.map(|name| plain(name)).collect();
        let _ =
            writeln!(out, "    {DIM}and {} more like it: {}{DIM:#}", names.len(), names.join(", "));
    }
    for place in &hit.places {
        let _ = writeln!(out, "    also {}: {DIM}{}{DIM:#}", plain(&place.section), place.url);
    }
    out.push('\n');
}

/// A text with its matches underlined.
fn marked(snippet: &Snippet) -> String {
    let mut out = String::new();
    let mut at = 0;
    for range in &snippet.marks {
        let (Some(before), Some(inside)) =
            (snippet.text.get(at..range.start), snippet.text.get(range.clone()))
        else {
            break;
        };
        let (before, inside) = (plain(before), plain(inside));
        let _ = write!(out, "{before}{MARK}{inside}{MARK:#}");
        at = range.end;
    }
    out.push_str(&plain(snippet.text.get(at..).unwrap_or("")));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_do_not_steer_the_terminal() {
        let inside = 1..4;
        let text = "a\u{9b}1mb\u{1b}c".into();
        let snippet = Snippet { text, marks: Vec::from([inside]) };
        let shown = marked(&snippet);
        assert!(!shown.contains('\u{9b}') && !shown.contains("\u{1b}c"), "{shown:?}");
    }
}
