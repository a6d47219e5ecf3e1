//! `casebook build`

use super::report::{self, Found};
use super::{Book, Failure};
use crate::diagnostic::{Level, Summary};
use crate::output::{self, OutputError};
use crate::search::Export;
use crate::site::{Site, theme_diagnostic};
use indicatif::{ProgressBar, ProgressStyle};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Build the site into a folder.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    book: Book,
    /// Folder for the site [default: `build-dir` of book.toml, or site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let (site, mut found) = report::open(&args.book)?;
    if args.strict {
        report::strict(&mut found);
    }
    let summary = Summary::of(&found);
    if !args.quiet || summary.errors > 0 {
        report::show(&site, &found);
    }
    if summary.errors > 0 {
        eprintln!("{summary}; nothing was written");
        return Ok(ExitCode::from(1));
    }
    let out = args.out.clone().unwrap_or_else(|| args.book.dir.join(&site.config.out));
    match write(&site, &out, args.quiet) {
        Ok(done) => {
            if !args.quiet {
                let warnings = match summary.warnings {
                    0 => String::new(),
                    _ => format!("; {summary}"),
                };
                println!(
                    "built {} pages into {}: {} files written, {} unchanged, {} removed, in {:.2} s{warnings}",
                    site.graph.nodes.len(),
                    out.display(),
                    done.written,
                    done.unchanged,
                    done.removed,
                    start.elapsed().as_secs_f64(),
                );
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(OutputError::Render { path, error }) => {
            let diagnostic = theme_diagnostic(&site.config, &error);
            let found: Found = vec![(Level::Deny, diagnostic)];
            report::show(&site, &found);
            eprintln!("the page `{path}` cannot be rendered; nothing was written");
            Ok(ExitCode::from(1))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Renders and writes everything. The index is built beside the first pages.
fn write(
    site: &Site,
    out: &std::path::Path,
    quiet: bool,
) -> Result<output::Report, OutputError<crate::theme::ThemeError>> {
    let files: BTreeMap<String, Vec<u8>> = match site.index() {
        Ok(index) => Export::new(&index).files().into_iter().collect(),
        Err(error) => {
            eprintln!("warning: {error}; the site is built without search");
            BTreeMap::new()
        }
    };
    let mut paths = site.addresses();
    paths.extend(files.keys().cloned());
    paths.sort();
    paths.dedup();
    let bar = progress(paths.len() as u64, quiet);
    let render = |path: &str| match files.get(path) {
        Some(bytes) => Ok(Cow::Borrowed(bytes.as_slice())),
        None => site.render(path).map(|bytes| bytes.unwrap_or_default()),
    };
    let report = output::write(out, &paths, render, || bar.inc(1));
    bar.finish_and_clear();
    report
}

/// A bar on a terminal, nothing in a pipe.
fn progress(length: u64, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} files") {
        bar.set_style(style);
    }
    bar
}
