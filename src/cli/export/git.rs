//! `casebook export github-wiki` and `casebook export gitlab-wiki`

use super::super::Failure;
use super::wiki::{Common, Look, export, files, into};
use crate::out::wiki::{GitWiki, Host};
use std::path::PathBuf;
use std::process::ExitCode;

/// Pages as Markdown, for the wiki of a repository or for other programs
#[derive(Debug, clap::Args)]
#[command(after_help = "Bring it to the wiki, which is a Git repository:\n  \
                        git clone ADDRESS-OF-THE-WIKI wiki\n  \
                        casebook export TARGET --into wiki\n  \
                        git -C wiki add -A && git -C wiki commit -m \"Casebook\" && git -C wiki push\n\
                        TARGET is the word after `export`. GitHub wants a first page before its wiki can\n\
                        be cloned: make it with any text, and take the book's with --take-book Home.\n\n\
                        `markdown` writes docs/, mkdocs.yml and catalog-info.yaml below wiki/ in the export: `mkdocs build`\n\
                        there makes a site with the package mkdocs-techdocs-core.\n\n\
                        Nothing is deleted: pages that the book no longer has are named, and stay.")]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// Address of the wiki, such as https://github.com/OWNER/REPOSITORY/wiki: links are whole
    /// addresses then, which work on every page whatever its address
    #[arg(long, value_name = "URL")]
    wiki_url: Option<String>,
    /// A clone of the wiki as it is now: what changed is written there, and edits there stay
    #[arg(long, value_name = "CLONE")]
    into: Option<PathBuf>,
}

pub(super) fn run(args: &Args, host: Host) -> Result<ExitCode, Failure> {
    let folder = args.into.as_deref();
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(format!("there is no folder `{}`", folder.display()));
    }
    let make = |_: &_| GitWiki::new(host, args.wiki_url.as_deref());
    let below = if host == Host::Plain { "docs/" } else { "" };
    let look = |names: &[String]| match folder {
        Some(folder) => files(folder, names, |name| format!("{below}{name}.md")),
        None => Ok(Look::Blind("Name a fresh clone of the wiki with --into CLONE.")),
    };
    let (done, made) = export(&args.common, make, look)?;
    if let Some(folder) = folder {
        let written = into(folder, &made, "wiki/")?;
        warn!("wrote {written} files into {}", folder.display());
    }
    Ok(done.exit())
}
