//! `casebook build`

use super::junit::Junit;
use super::report::{self, Found};
use super::timings::Timings;
use super::{Book, Failure, leak};
use crate::book::entry::Audience;
use crate::out::disk::{self, Order, OutputError};
use crate::out::leak::{Leak, Leaks};
use crate::search::{Export, SearchError};
use crate::site::theme::ThemeError;
use crate::site::{Readers, Site, theme_diagnostic};
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
    /// Who reads the site: public, internal or restricted [default: `audience` under [build] in
    /// book.toml, or restricted]. What only a smaller circle may read is left out, and the site is
    /// searched for it
    #[arg(long, value_name = "WHO")]
    audience: Option<Audience>,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Also build into a folder that holds something and was never built into; what is there
    /// stays
    #[arg(long)]
    force: bool,
    /// Leave out pages that have errors: what is wrong stands in their place, and the exit code
    /// is 1
    #[arg(long)]
    keep_going: bool,
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
    let readers = Readers { drafts: args.drafts, audience: args.audience };
    let open = || report::open_tested(&args.book, &args.junit, readers);
    let (mut site, mut found) = timings.stage("read, parsed, linked, checked", open)?;
    if args.strict {
        report::strict(&mut found);
    }
    let summary = Summary::of(&found);
    if !args.quiet || summary.errors > 0 {
        report::show(&site, &found);
    }
    if summary.errors > 0 {
        let rest = if args.keep_going { site.leave_out(&found) } else { summary.errors };
        if rest > 0 {
            let whole = if args.keep_going { "not all of it in pages; " } else { "" };
            warn!("{summary}; {whole}nothing was written");
            return Ok(ExitCode::from(1));
        }
        warn!("{summary}; {} pages are left out", site.plan.faults.len());
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
            Ok(if summary.errors > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
        }
        Err(OutputError::Render { path, error: Unrendered::Theme(error) }) => {
            let diagnostic = theme_diagnostic(&site.config, &error);
            let found: Found = vec![(Level::Deny, diagnostic)];
            report::show(&site, &found);
            warn!("the page `{path}` cannot be rendered; nothing was written");
            Ok(ExitCode::from(1))
        }
        Err(OutputError::Render { error: Unrendered::Leak(first), .. }) => {
            tell_leaks(&site, first)?;
            Ok(ExitCode::from(1))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Tells every place that has what is not for the readers of the site, in order.
fn tell_leaks(site: &Site, first: Leak) -> Result<(), Failure> {
    let Some(leaks) = Leaks::of(site) else { return Ok(()) };
    let mut found: Vec<Leak> = Vec::new();
    for url in site.addresses() {
        let bytes = site.render(&url).map_err(|error| error.to_string())?;
        found.extend(bytes.and_then(|bytes| leaks.find(&url, &bytes)));
    }
    if found.is_empty() {
        found.push(first);
    }
    leak::tell(site, &found);
    Ok(())
}

/// Why a file could not be made.
#[derive(Debug)]
pub(super) enum Unrendered {
    Theme(ThemeError),
    Search(SearchError),
    Leak(Leak),
}

impl fmt::Display for Unrendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unrendered::Theme(error) => write!(f, "{error}"),
            Unrendered::Search(error) => write!(f, "{error}"),
            Unrendered::Leak(leak) => write!(f, "{leak}"),
        }
    }
}

/// Renders and writes everything. The index is made beside the pages, since one core
/// makes it and the others would wait.
pub(super) fn write(
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
    let leaks = Leaks::of(site);
    let made = |path: &str| {
        let bytes = match site.render(path).map_err(Unrendered::Theme)? {
            Some(bytes) => bytes,
            None => {
                let export = export.get().map(|export| export.get(path));
                let bytes = export.transpose().map_err(Unrendered::Search)?.flatten();
                Cow::Owned(bytes.unwrap_or_default())
            }
        };
        match leaks.as_ref().and_then(|leaks| leaks.find(path, &bytes)) {
            Some(leak) => Err(Unrendered::Leak(leak)),
            None => Ok(bytes),
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
