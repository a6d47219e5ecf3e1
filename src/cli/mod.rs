//! The command line.
//!
//! Exit codes: 0 fine, 1 the content has errors, 2 wrong usage or environment.
#![allow(
    rustdoc::broken_intra_doc_links,
    rustdoc::bare_urls,
    reason = "comments of arguments are what `--help` prints"
)]

/// Writes a line for people to standard output, or fails.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::cli::stream::line(format_args!($($words)*))?
    };
}

/// Writes a line for people to standard error.
macro_rules! warn {
    ($($words:tt)*) => {
        $crate::cli::stream::warn(format_args!($($words)*))
    };
}

mod ask;
mod build;
mod check;
mod compare;
mod diff;
mod explain;
mod export;
mod find;
mod gate;
mod hub;
pub mod init;
mod junit;
mod leak;
mod library;
mod list;
mod new;
mod publish;
mod report;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod stream;
mod suggest;
mod timings;

use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

/// A static site generator and knowledge base for threat modeling.
#[derive(Debug, Parser)]
#[command(
    name = "casebook",
    version,
    about = "Builds a searchable site for threat modeling from a folder of Markdown",
    after_help = "Start with `casebook init my-wiki`, then `casebook serve my-wiki --open`.\n\
                  Exit codes: 0 fine, 1 the content has errors, 2 wrong usage or environment."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a new book, ready to be built
    Init(init::Args),
    /// Write the next entry, model or page, ready to be filled in
    New(new::Args),
    /// Build the site into a folder
    Build(build::Args),
    /// Show the site in the browser while you write
    #[cfg(feature = "serve")]
    Serve(serve::Args),
    /// Report everything that is wrong with the content
    Check(check::Args),
    /// Tell whether models are good enough to ship
    Gate(gate::Args),
    /// Ask what concerns the thing you build
    Ask(ask::Args),
    /// Search the book
    Search(search::Args),
    /// List threats, requirements, assumptions or models
    List(list::Args),
    /// List threats of the catalogue that a model does not have yet
    Suggest(suggest::Args),
    /// Tell what changed between two models
    Diff(diff::Args),
    /// Tell which threats two pages share, lack and decide differently
    Compare(compare::Args),
    /// Write the book in another form: for a wiki, as one file, as a PDF
    Export(export::Args),
    /// Bring an export to a wiki over its network interface
    Publish(publish::Args),
    /// Build one site out of the books of many teams
    Hub(hub::Args),
    /// Tell what lies below the book, and what changed in it
    Library(library::Args),
    /// Explain a diagnostic
    Explain(explain::Args),
}

/// The folder of a book.
#[derive(Debug, clap::Args)]
struct Book {
    /// Folder that holds book.toml or a content folder
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
}

/// A day on the command line.
fn day(text: &str) -> Result<jiff::civil::Date, String> {
    crate::text::date::date(text)
        .ok_or_else(|| "this is no date; write it as in 2026-05-01".to_string())
}

/// The day of the clock, in universal time.
fn today() -> jiff::civil::Date {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let days = since.map_or(0, |since| since.as_secs() / 86_400);
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.saturating_add(jiff::Span::new().days(i64::try_from(days).unwrap_or(0)))
}

/// What stops a command; the content's own errors are findings instead.
type Failure = String;

/// Runs the program.
pub fn main() -> ExitCode {
    let result = match Cli::try_parse() {
        Ok(cli) => live_with_limits().and_then(|()| run(cli.command)),
        Err(said) => usage(&said),
    };
    result.unwrap_or_else(|failure| {
        let text = format!("{}error:{} {failure}\n", report::RED, report::RESET);
        // It may be closed or full.
        let _ = anstream::stderr().write_all(text.as_bytes());
        ExitCode::from(2)
    })
}

/// Tells what is wrong with the words of the command, or gives the help that they ask for.
fn usage(said: &clap::Error) -> Result<ExitCode, Failure> {
    if said.exit_code() == 0 {
        return stream::paint(&said.render().ansi().to_string()).map(|()| ExitCode::SUCCESS);
    }
    // Standard error may be closed or full.
    let _ = said.print();
    Ok(ExitCode::from(2))
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Init(args) => init::command(&args),
        Command::New(args) => new::command(&args),
        Command::Build(args) => build::run(&args),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Gate(args) => gate::run(&args),
        Command::Ask(args) => ask::run(&args),
        Command::Search(args) => search::run(&args),
        Command::List(args) => list::run(&args),
        Command::Suggest(args) => suggest::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Publish(args) => publish::run(&args),
        Command::Hub(args) => hub::run(&args),
        Command::Library(args) => library::run(&args),
        Command::Explain(args) => explain::run(&args),
    }
}

/// Limits of the system are told as errors, not met as a panic or a signal.
fn live_with_limits() -> Result<(), Failure> {
    rayon::ThreadPoolBuilder::new().build_global().map_err(|error| {
        format!(
            "the system gives no more threads: {error}; raise the limit of processes (`ulimit -u`), \
             or ask for fewer with RAYON_NUM_THREADS=1"
        )
    })?;
    // A file that grows too large sends a signal that ends the process. Once somebody
    // listens to it, writing fails instead, and that is told with the file.
    #[cfg(unix)]
    drop(signal_hook::flag::register(rustix::process::Signal::XFSZ.as_raw(), Arc::default()));
    Ok(())
}
