//! `casebook check`

use super::junit::Junit;
use super::{Book, Failure, report, stream};
use crate::text::diagnostic::{Format, Summary, render};
use std::io::IsTerminal;
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
    let (site, mut found) = report::open_tested(&args.book, &args.junit)?;
    if args.strict {
        report::strict(&mut found);
    }
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let texts = |file: &str| site.text(file);
    stream::print(&render(&found, &texts, args.format, colour))?;
    if args.format == Format::Text {
        let pages = site.graph.nodes.len();
        match Summary::of(&found) {
            Summary { errors: 0, warnings: 0 } => say!("{pages} pages, nothing to report"),
            summary => say!("{pages} pages, {summary}"),
        }
    }
    Ok(if report::stops(&found) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
