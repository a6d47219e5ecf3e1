//! `casebook export dokuwiki`

use super::super::Failure;
use super::wiki::{Common, export};
use crate::book::source::read_named;
use crate::out::wiki::{DokuWiki, MANIFEST_FILE, Target, dokuwiki};
use crate::site::Site;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Pages and media for DokuWiki's data folder
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes pages/ and media/ as they are in the data folder of DokuWiki.",
    after_help = "Load it:\n  cp -r EXPORT/pages EXPORT/media DATA/\nor let Casebook do it, so that \
                  only what changed is written and what was edited on the wiki stays:\n  \
                  casebook export dokuwiki --into DATA\nDATA is the wiki's data folder, such as \
                  /var/lib/dokuwiki/data. Run it as the user of the web server."
)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// Namespace of all pages; empty for a wiki of its own [default: made from the book's title]
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// Data folder of the wiki: what changed is written there; pages edited there are held back
    #[arg(long, value_name = "DATA")]
    into: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let into = args.into.as_deref();
    if let Some(folder) = into.filter(|folder| !folder.join("pages").is_dir()) {
        return Err(format!(
            "`{}` is no data folder of DokuWiki: it has no folder `pages`",
            folder.display()
        ));
    }
    let make = |site: &Site| DokuWiki {
        namespace: args
            .namespace
            .clone()
            .unwrap_or_else(|| dokuwiki::namespace(&site.config.title)),
    };
    let find = |_: &dyn Target, names: &[String]| {
        let Some(folder) = into else { return Ok(None) };
        let mut texts = BTreeMap::new();
        for name in names {
            let path = folder.join("pages").join(dokuwiki::page_file(name));
            match read_named(&path, super::MAX_BYTES) {
                Ok(bytes) => {
                    texts.insert(name.clone(), String::from_utf8_lossy(&bytes).into_owned());
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(format!("cannot read `{}`: {error}", path.display())),
            }
        }
        Ok(Some(texts))
    };
    let (done, files) = export(&args.common, make, find)?;
    if let Some(folder) = into {
        let mut written = 0;
        for (path, bytes) in files.iter().filter(|(path, _)| *path != MANIFEST_FILE) {
            let path = folder.join(path);
            if read_named(&path, super::MAX_BYTES).is_ok_and(|there| there == *bytes) {
                continue;
            }
            super::write(&path, bytes)?;
            written += 1;
        }
        say!("wrote {written} files into {}", folder.display());
    }
    done.exit()
}
