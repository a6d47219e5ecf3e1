//! `casebook build`

use super::junit::Junit;
use super::report::{self, Found};
use super::timings::Timings;
use super::{Book, Failure};
use crate::out::disk::{self, Order, OutputError};
use crate::search::{Export, SearchError};
use crate::site::theme::ThemeError;
use crate::site::{Site, theme_diagnostic};
use crate::text::diagnostic::{Level, Summary};
use indicatif::{ProgressBar, ProgressStyle};
use std::borrow::Cow;
use std::fmt;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

/// Build the site into a folder.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    book: Book,
    #[command(flatten)]
    junit: Junit,
    /// Folder for the site [default: `build-dir` of book.toml, or site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Publish drafts too, with a mark
    #[arg(long)]
    drafts: bool,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Also build into a folder that holds something and was never built into; what is there
    /// stays
    #[arg(long)]
    force: bool,
    /// Wait until the disk has the site, so that it outlives a loss of power
    #[arg(long)]
    fsync: bool,
    /// Say where time and memory went, on standard error
    #[arg(long)]
    timings: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let timings = Timings::new();
    let open = || report::open_tested(&args.book, &args.junit, args.drafts);
    let (site, mut found) = timings.stage("read, parsed, linked, checked", open)?;
    if args.strict {
        report::strict(&mut found);
    }
    let summary = Summary::of(&found);
    if !args.quiet || summary.errors > 0 {
        report::show(&site, &found);
    }
    if summary.errors > 0 {
        warn!("{summary}; nothing was written");
        return Ok(ExitCode::from(1));
    }
    let out = args.out.clone().unwrap_or_else(|| args.book.dir.join(&site.config.out));
    let sources = report::folders(&site);
    let order = Order { out: &out, book: &sources, force: args.force, fsync: args.fsync };
    match write(&site, &order, args.quiet, &timings) {
        Ok(done) => {
            if args.timings {
                warn!("{}", timings.to_string().trim_end());
            }
            if !args.quiet {
                let warnings = match summary.warnings {
                    0 => String::new(),
                    _ => format!("; {summary}"),
                };
                say!(
                    "built {} pages into {}: {} files written, {} unchanged, {} removed, in {:.2} s{warnings}",
                    site.graph.nodes.len(),
                    out.display(),
                    done.written,
                    done.unchanged,
                    done.removed,
                    timings.elapsed().as_secs_f64(),
                );
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(OutputError::Render { path, error: Unrendered::Theme(error) }) => {
            let diagnostic = theme_diagnostic(&site.config, &error);
            let found: Found = vec![(Level::Deny, diagnostic)];
            report::show(&site, &found);
            warn!("the page `{path}` cannot be rendered; nothing was written");
            Ok(ExitCode::from(1))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Why a file could not be made.
#[derive(Debug)]
enum Unrendered {
    Theme(ThemeError),
    Search(SearchError),
}

impl fmt::Display for Unrendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unrendered::Theme(error) => write!(f, "{error}"),
            Unrendered::Search(error) => write!(f, "{error}"),
        }
    }
}

/// Renders and writes everything. The index is made beside the pages, since one core
/// makes it and the others would wait.
fn write(
    site: &Site,
    order: &Order<'_>,
    quiet: bool,
    timings: &Timings,
) -> Result<disk::Report, OutputError<Unrendered>> {
    let export: OnceLock<Export> = OnceLock::new();
    let pages = site.addresses();
    let bar = progress(pages.len() as u64, quiet);
    let search_files = || {
        let index = || site.index().and_then(Export::new).map_err(Unrendered::Search);
        let made = timings.stage("search index, beside the pages", index)?;
        let paths = export.get_or_init(|| made).paths();
        bar.inc_length(paths.len() as u64);
        Ok(paths)
    };
    let made = |path: &str| match site.render(path).map_err(Unrendered::Theme)? {
        Some(bytes) => Ok(bytes),
        None => {
            let export = export.get().map(|export| export.get(path));
            let bytes = export.transpose().map_err(Unrendered::Search)?.flatten();
            Ok(Cow::Owned(bytes.unwrap_or_default()))
        }
    };
    let render = |path: &str| timings.file(path, || made(path));
    let write = || disk::write(order, &pages, search_files, render, || bar.inc(1));
    let report = timings.stage("rendered and written", write);
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
