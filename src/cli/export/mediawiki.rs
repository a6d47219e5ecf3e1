//! `casebook export mediawiki`

use super::super::Failure;
use super::wiki::{Common, export, read};
use crate::out::wiki::{MediaWiki, Target, mediawiki};
use crate::site::Site;
use std::path::PathBuf;
use std::process::ExitCode;

/// A dump and pictures for MediaWiki's own import scripts
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes dump.xml for importDump.php and a folder of pictures for \
                  importImages.php.",
    after_help = "Load it, in the folder of the wiki:\n  \
                  php maintenance/importImages.php --overwrite EXPORT/images\n  php maintenance/importDump.php EXPORT/dump.xml\n  \
                  php maintenance/rebuildrecentchanges.php\n  \
                  php maintenance/initSiteStats.php --update\n  php maintenance/runJobs.php\n\n\
                  Find out what was edited on the wiki since the last export:\n  \
                  php maintenance/dumpBackup.php --current > now.xml\n  \
                  casebook export mediawiki --against now.xml"
)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// What stands before each title; empty for a wiki of its own [default: the book's title and a slash]
    #[arg(long, value_name = "TEXT")]
    prefix: Option<String>,
    /// Diagrams as SVG: the wiki must allow its upload ($wgFileExtensions) and show it
    #[arg(long)]
    svg: bool,
    /// Colour code: the wiki must have the extension SyntaxHighlight
    #[arg(long)]
    highlight: bool,
    /// What the wiki holds now, as dumpBackup.php --current writes it; pages edited there are held back
    #[arg(long, value_name = "DUMP")]
    against: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let current = args.against.as_deref().map(|path| {
        let dump = read(path)?;
        mediawiki::read_dump(&dump)
            .map_err(|reason| format!("`{}` is no dump of MediaWiki: {reason}", path.display()))
    });
    let current = current.transpose()?;
    let make = |site: &Site| MediaWiki {
        options: mediawiki::Options {
            prefix: args.prefix.clone().unwrap_or_else(|| format!("{}/", site.config.title)),
            svg: args.svg,
            highlight: args.highlight,
        },
    };
    let find = |_: &dyn Target, _: &[String]| Ok(current);
    let (done, _) = export(&args.common, make, find)?;
    done.exit()
}
