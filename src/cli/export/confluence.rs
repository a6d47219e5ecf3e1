//! `casebook export confluence`

use super::super::Failure;
use super::wiki::{Common, Look, export};
use crate::out::wiki::Confluence;
use std::process::ExitCode;

/// Pages in Confluence's storage format, for `casebook publish confluence`
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes pages in storage format, their attachments, pages.json with the tree, \
                  titles and labels, and manifest.json, in which `casebook publish confluence` \
                  keeps the numbers of the pages.",
    after_help = "Keep the folder, or at least its manifest.json, between exports: it says which page of \
                  the\nwiki is which entry.\n\n\
                  The fields of an entry are page properties. A page of yours lists them with the macro\n\
                  \"Page Properties Report\" and a label such as threat."
)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// What stands before each title, such as `SEC - `: a space has each title once
    #[arg(long, value_name = "TEXT", default_value = "")]
    title_prefix: String,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let make = |_: &_| Confluence { prefix: args.title_prefix.clone() };
    let (done, _) = export(&args.common, make, |_| Ok(Look::Later))?;
    Ok(done.exit())
}
