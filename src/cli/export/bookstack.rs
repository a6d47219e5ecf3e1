//! `casebook export bookstack`

use super::super::Failure;
use super::wiki::{Common, Look, export};
use crate::out::wiki::{GitWiki, Host, bookstack};
use std::process::ExitCode;

/// A portable ZIP that BookStack imports: one book, with a chapter for each section
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Import book.zip in BookStack (24.12 or later) at Books > Import. Each import makes a new book: \
                  for\nwhat comes after, use `casebook publish bookstack`, which changes pages where they are."
)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let make = |_: &_| GitWiki::new(Host::BookStack, None);
    let (done, made) = export(&args.common, make, |_| Ok(Look::Later))?;
    if made.contains_key(bookstack::ARCHIVE) {
        warn!("import {} in BookStack", bookstack::ARCHIVE);
    }
    Ok(done.exit())
}
