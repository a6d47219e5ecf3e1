//! `casebook check`

use super::junit::Junit;
use super::{Book, Failure, report};
use crate::text::diagnostic::{Format, Summary, render};
use std::io::{IsTerminal, Write};
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
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (site, mut found) = report::open_tested(&args.book, &args.junit, false)?;
    if args.strict {
        report::strict(&mut found);
    }
    let mut out = std::io::stdout().lock();
    let colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let texts = |file: &str| site.text(file);
    // A closed pipe is the reader's choice.
    let _ = out.write_all(render(&found, &texts, args.format, colour).as_bytes());
    if args.format == Format::Text {
        let pages = site.graph.nodes.len();
        let _ = match Summary::of(&found) {
            Summary { errors: 0, warnings: 0 } => writeln!(out, "{pages} pages, nothing to report"),
            summary => writeln!(out, "{pages} pages, {summary}"),
        };
    }
    Ok(if report::stops(&found) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
