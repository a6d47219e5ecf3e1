//! `casebook search`

use super::{Book, Failure, report, stream};
use crate::search::{Hit, Query, Results, Snippet};
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
        let _ = writeln!(out, "searched for {} instead\n", results.corrected.join(", "));
    }
    if !results.unknown.is_empty() {
        let _ = writeln!(out, "not in this book: {}\n", results.unknown.join(", "));
    }
    if results.hits.is_empty() {
        return out + "nothing found\n";
    }
    let mut whole = true;
    for hit in &results.hits {
        // The first that lacks a word says so; those behind it mostly do as well.
        let lacks = if whole { hit.lacks.join(", ") } else { String::new() };
        whole &= hit.lacks.is_empty();
        entry(hit, &lacks, &mut out);
    }
    let some = results.total - results.complete;
    let _ = match (results.complete, some) {
        (all, 0) => writeln!(out, "{} of {all} results", results.hits.len()),
        (all, some) => writeln!(out, "{all} with all words, {some} with some of them"),
    };
    out
}

fn entry(hit: &Hit, lacks: &str, out: &mut String) {
    let id = hit.id.as_ref().map(|id| format!("{BOLD}{id}{BOLD:#} ")).unwrap_or_default();
    let past = hit.past.as_ref().map(|past| format!(", {past}").to_lowercase());
    let kind = format!("{}{}", hit.kind_title, past.unwrap_or_default());
    let _ = writeln!(out, "{id}{}  {DIM}{kind}{DIM:#}", marked(&hit.title));
    let before = match (hit.field, hit.place.section.as_str()) {
        (Some(field), _) => format!("{field}: "),
        (None, "") => String::new(),
        (None, section) => format!("{section}: "),
    };
    let _ = writeln!(out, "    {before}{}", marked(&hit.place.snippet));
    let _ = writeln!(out, "    {DIM}{}{DIM:#}", hit.place.url);
    if !lacks.is_empty() {
        let _ = writeln!(out, "    {DIM}without {lacks}{DIM:#}");
    }
    for place in &hit.places {
        let _ = writeln!(out, "    also {}: {DIM}{}{DIM:#}", place.section, place.url);
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
        let _ = write!(out, "{before}{MARK}{inside}{MARK:#}");
        at = range.end;
    }
    out.push_str(snippet.text.get(at..).unwrap_or(""));
    out
}
