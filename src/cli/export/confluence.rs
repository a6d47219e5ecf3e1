//! `casebook export confluence`

use super::super::Failure;
use super::wiki::{Common, export};
use crate::out::wiki::{Confluence, Target};
use std::process::ExitCode;

/// Pages in Confluence's storage format, for `casebook publish confluence`
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes pages in storage format, their attachments, pages.json with the tree, \
                  titles and labels, and manifest.json, in which `casebook publish confluence` \
                  keeps the numbers of the pages.",
    after_help = "Keep the folder, or at least its manifest.json, between exports: it says which page of \
                  the\nwiki is which entry, and what was edited there.\n\n\
                  The fields of an entry are page properties. A page of yours lists them with the macro\n\
                  \"Page Properties Report\" and a label such as threat."
)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let find = |_: &dyn Target, _: &[String]| Ok(None);
    let (done, _) = export(&args.common, |_| Confluence, find)?;
    done.exit()
}
