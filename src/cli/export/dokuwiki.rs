//! `casebook export dokuwiki`

use super::super::Failure;
use super::wiki::{Common, Look, export, files, into};
use crate::out::wiki::{DokuWiki, dokuwiki};
use std::path::PathBuf;
use std::process::ExitCode;

/// Pages and media for DokuWiki's data folder
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes pages/ and media/ as they are in the data folder of DokuWiki. \
                  `casebook publish dokuwiki` brings them there through the wiki itself, which keeps \
                  the history of each page and tells subscribers.",
    after_help = "Load it for the first time:\n  cp -r EXPORT/pages EXPORT/media DATA/\nDATA is the wiki's \
                  data folder, such as /var/lib/dokuwiki/data. Later,\n  casebook export dokuwiki \
                  --into DATA\nwrites only what changed, and keeps what was edited on the wiki. Run it \
                  as the user of the web server."
)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    options: Options,
    /// Data folder of the wiki: what changed is written there, and edits there stay
    #[arg(long, value_name = "DATA")]
    into: Option<PathBuf>,
}

/// What can be chosen for DokuWiki.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Options {
    /// Namespace of all pages; empty for a wiki of its own [default: made from the book's title]
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
}

impl Options {
    /// The target.
    pub(in crate::cli) fn target(&self, title: &str) -> DokuWiki {
        let namespace = self.namespace.clone();
        DokuWiki { namespace: namespace.unwrap_or_else(|| dokuwiki::namespace(title)) }
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let folder = args.into.as_deref();
    if let Some(folder) = folder.filter(|folder| !folder.join("pages").is_dir()) {
        return Err(format!(
            "`{}` is no data folder of DokuWiki: it has no folder `pages`",
            folder.display()
        ));
    }
    let make = |site: &crate::site::Site| args.options.target(&site.config.title);
    let look = |names: &[String]| match folder {
        Some(folder) => files(&folder.join("pages"), names, dokuwiki::page_file),
        None => Ok(Look::Blind("Name the wiki's data folder with --into DATA.")),
    };
    let (done, made) = export(&args.common, make, look)?;
    if let Some(folder) = folder {
        let written = into(folder, &made, "")?;
        warn!("wrote {written} files into {}", folder.display());
    }
    Ok(done.exit())
}
