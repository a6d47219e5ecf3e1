//! `casebook check`

use super::junit::Junit;
use super::{Book, Failure, report, stream};
use crate::site::Readers;
use crate::text::diagnostic::{Format, Summary, render};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

/// Report everything that is wrong with the content.
#[derive(Debug, clap::Args)]
#[command(after_help = "Levels are set per code under [levels] in book.toml: allow, warn, deny.\n\
                        `casebook explain CODE` tells more about a code.")]
pub(super) struct Args {
    #[command(flatten)]
    book: Book,
    #[command(flatten)]
    junit: Junit,
    /// How to print the findings
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Show every finding; otherwise the text shows ten of each kind
    #[arg(long)]
    all: bool,
    /// Folder that paths in the report begin at; by default that of the git repository,
    /// and for text the current folder
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// The day on which what holds `until` a date is judged, such as 2026-05-01; by default today
    #[arg(long, value_name = "DATE", value_parser = super::day)]
    today: Option<jiff::civil::Date>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (site, mut found) = report::open_tested(&args.book, &args.junit, Readers::default())?;
    found.extend(site.expired(args.today.unwrap_or_else(super::today)));
    report::sort(&mut found);
    if args.strict {
        report::strict(&mut found);
    }
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = args.format == Format::Text;
    let before = report::prefix(&args.book.dir, args.root.as_deref(), text)?;
    let (summary, stops) = (Summary::of(&found), report::stops(&found));
    let hidden = if text && !args.all { report::first(&mut found) } else { BTreeMap::new() };
    report::below(&before, &mut found);
    let texts = |file: &str| site.text(file.strip_prefix(before.as_str()).unwrap_or(file));
    let mut out = render(&found, &texts, args.format, colour);
    if text {
        out += &report::by_code(&found, &hidden);
        let pages = site.graph.nodes.len();
        let _ = match summary {
            Summary { errors: 0, warnings: 0 } => writeln!(out, "{pages} pages, nothing to report"),
            summary => writeln!(out, "{pages} pages, {summary}"),
        };
    }
    stream::print(&out)?;
    Ok(if stops { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
