//! `casebook serve`

use super::report;
use super::{Book, Failure};
use crate::out::serve::{self, Event, Options};
use crate::text::diagnostic::Summary;
use std::process::ExitCode;

/// Show the site in the browser while you write.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    book: Book,
    /// Open the browser
    #[arg(long)]
    open: bool,
    /// Port to listen at [default: 3000, or the next that is free]
    #[arg(long, short, value_name = "PORT", value_parser = port)]
    port: Option<u16>,
}

fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "a port is a number from 0 to 65535".to_string())
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let options = Options { port: args.port, open: args.open };
    // Nobody may be looking; the site is still served.
    let mut tell = |event: Event<'_>| drop(tell(event));
    serve::run(&args.book.dir, options, &mut tell).map_err(|error| error.to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn tell(event: Event<'_>) -> Result<(), Failure> {
    match event {
        Event::Ready(address) => say!("serving {address} (stop with Ctrl+C)"),
        Event::Loaded { edition, shown, took } => {
            report::show(&edition.site, &edition.found);
            say!(
                "{} pages in {} ms; {}{}",
                edition.site.graph.nodes.len(),
                took.as_millis(),
                Summary::of(&edition.found),
                if shown { "" } else { "; the last version without errors is shown" },
            );
        }
        Event::Trouble(text) => warn!("warning: {text}"),
    }
    Ok(())
}
