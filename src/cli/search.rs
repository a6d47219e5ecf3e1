//! `casebook search`

use super::{Book, Failure, report};
use crate::search::{Hit, Query, Results, Snippet};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;
use std::io::Write as _;
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
    /// Words, "a phrase", -without, kind:threat, or an ID
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
    ];
    // The words come last, as they do while typing: the last one may be a beginning.
    let mut text = String::new();
    for (name, values) in filters {
        for value in values {
            let _ = write!(text, "{name}:{value} ");
        }
    }
    text.push_str(&args.query.join(" "));
    let index = site.index().map_err(|error| error.to_string())?;
    let query = Query::parse(&text);
    let results = index.search(&query, args.limit).map_err(|error| error.to_string())?;
    let mut out = anstream::stdout().lock();
    let text = match args.format {
        Format::Json => serde_json::to_string_pretty(&results).map_err(|e| e.to_string())? + "\n",
        Format::Text => print(&results),
    };
    // A closed pipe is the reader's choice.
    let _ = out.write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const MARK: Style = AnsiColor::Yellow.on_default().bold().underline();

fn print(results: &Results) -> String {
    if results.hits.is_empty() {
        return "nothing found\n".into();
    }
    let mut out = String::new();
    if !results.corrected.is_empty() {
        let _ =
            writeln!(out, "nothing matches as written; showing {}\n", results.corrected.join(" "));
    }
    for hit in &results.hits {
        entry(hit, &mut out);
    }
    let _ = writeln!(out, "{} of {} results", results.hits.len(), results.total);
    out
}

fn entry(hit: &Hit, out: &mut String) {
    let id = hit.id.as_ref().map(|id| format!("{BOLD}{id}{BOLD:#} ")).unwrap_or_default();
    let _ = writeln!(out, "{id}{}  {DIM}{}{DIM:#}", marked(&hit.title), hit.kind_title);
    let section = match hit.section.is_empty() {
        true => String::new(),
        false => format!("{}: ", hit.section),
    };
    let _ = writeln!(out, "    {section}{}", marked(&hit.snippet));
    let _ = writeln!(out, "    {DIM}{}{DIM:#}\n", hit.url);
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
