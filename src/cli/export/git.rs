//! `casebook export github-wiki` and `casebook export gitlab-wiki`

use super::super::Failure;
use super::wiki::{Common, Current, export};
use crate::book::source::read_named_text;
use crate::out::wiki::{GitWiki, Host, Target};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Pages for the wiki of a repository
#[derive(Debug, clap::Args)]
#[command(after_help = "Bring it to the wiki, which is a Git repository:\n  \
                        git clone ADDRESS-OF-THE-WIKI wiki\n  \
                        casebook export github-wiki --against wiki\n  \
                        cp -R export/github-wiki/. wiki/ && rm -f wiki/manifest.json\n  \
                        git -C wiki add -A && git -C wiki commit -m \"Casebook\" && git -C wiki push\n\n\
                        Diagrams are Mermaid, which both hosts draw. Nothing is deleted: pages that the book no\n\
                        longer has are named, and stay.")]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// Address of the wiki, such as https://github.com/OWNER/REPOSITORY/wiki: links are whole
    /// addresses then, which work on every page whatever its address
    #[arg(long, value_name = "URL")]
    wiki_url: Option<String>,
    /// A clone of the wiki as it is now; pages edited there are held back
    #[arg(long, value_name = "CLONE")]
    against: Option<PathBuf>,
}

pub(super) fn run(args: &Args, host: Host) -> Result<ExitCode, Failure> {
    let make = |_: &_| GitWiki::new(host, args.wiki_url.as_deref());
    let find = |_: &dyn Target, names: &[String]| current(args.against.as_deref(), names);
    let (done, _) = export(&args.common, make, find)?;
    done.exit()
}

/// The pages of these names in a clone of the wiki.
fn current(clone: Option<&Path>, names: &[String]) -> Result<Current, Failure> {
    let Some(clone) = clone else { return Ok(None) };
    if !clone.is_dir() {
        return Err(format!("there is no folder `{}`", clone.display()));
    }
    let mut out = BTreeMap::new();
    for name in names {
        let path = clone.join(format!("{name}.md"));
        match read_named_text(&path, super::MAX_BYTES) {
            // Git may have written the line ends of another system.
            Ok(text) => drop(out.insert(name.clone(), text.replace("\r\n", "\n"))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("cannot read `{}`: {error}", path.display())),
        }
    }
    Ok(Some(out))
}
