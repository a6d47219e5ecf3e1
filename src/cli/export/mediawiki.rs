//! `casebook export mediawiki`

use super::super::Failure;
use super::wiki::{Common, Look, export, read};
use crate::out::wiki::{MediaWiki, mediawiki};
use std::path::PathBuf;
use std::process::ExitCode;

/// A dump and pictures for MediaWiki's own import scripts
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes dump.xml for importDump.php and a folder of pictures for \
                  importImages.php. `casebook publish mediawiki` needs no shell on the wiki's server.",
    after_help = "Load it, in the folder of the wiki:\n  \
                  php maintenance/importImages.php EXPORT/images\n  php maintenance/importDump.php EXPORT/dump.xml\n  \
                  php maintenance/rebuildrecentchanges.php\n  \
                  php maintenance/initSiteStats.php --update\n  php maintenance/runJobs.php\n  \
                  php maintenance/purgeParserCache.php --age 0\n\n\
                  From the second time on, say what the wiki holds now, so that edits there stay:\n  \
                  php maintenance/dumpBackup.php --current --pagelist EXPORT/pages.txt > now.xml\n  \
                  casebook export mediawiki --against now.xml"
)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    options: Options,
    /// What the wiki holds now, as dumpBackup.php --current writes it; edits there stay
    #[arg(long, value_name = "DUMP")]
    against: Option<PathBuf>,
}

/// What can be chosen for MediaWiki.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Options {
    /// What stands before each title: `Casebook:` for a namespace of its own, empty for a
    /// wiki of its own [default: the book's title and a slash]
    #[arg(long, value_name = "TEXT")]
    prefix: Option<String>,
    /// Diagrams as SVG: the wiki must allow its upload ($wgFileExtensions) and show it
    #[arg(long)]
    svg: bool,
    /// Colour code: the wiki must have the extension SyntaxHighlight
    #[arg(long)]
    highlight: bool,
    /// Let an ID alone lead to its page too, so that the wiki's search jumps to it
    #[arg(long)]
    id_redirects: bool,
}

impl Options {
    /// The target.
    pub(in crate::cli) fn target(&self, title: &str) -> MediaWiki {
        MediaWiki::new(mediawiki::Options {
            prefix: self.prefix.clone().unwrap_or_else(|| mediawiki::prefix(title)),
            svg: self.svg,
            highlight: self.highlight,
            id_redirects: self.id_redirects,
        })
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let make = |site: &crate::site::Site| args.options.target(&site.config.title);
    let look = |_: &[String]| {
        let Some(path) = &args.against else {
            return Ok(Look::Blind(
                "Say what the wiki holds now, as `casebook export mediawiki --help` shows: with \
                 dumpBackup.php and --against.",
            ));
        };
        let dump = read(path)?.ok_or_else(|| format!("there is no file `{}`", path.display()))?;
        mediawiki::read_dump(&dump)
            .map(|texts| {
                Look::At(texts.into_iter().map(|(name, text)| (name, text.into())).collect())
            })
            .map_err(|reason| format!("`{}` is no dump of MediaWiki: {reason}", path.display()))
    };
    let (done, _) = export(&args.common, make, look)?;
    Ok(done.exit())
}
