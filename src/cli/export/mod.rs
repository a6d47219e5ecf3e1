//! `casebook export`

mod bookstack;
mod cards;
mod confluence;
pub(super) mod dokuwiki;
mod git;
mod html;
pub(super) mod mediawiki;
mod pdf;
pub(super) mod tell;
pub(super) mod wiki;

use super::{Book, Failure, junit::Junit, report};
use crate::book::entry::Audience;
use crate::out::wiki::Host;
use crate::site::{Readers, Site};
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Write the book in another form.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    target: Target,
}

#[derive(Debug, Subcommand)]
enum Target {
    /// One HTML file that needs no other: a model for a review, or a section
    Html(html::Args),
    /// The same as a PDF, printed with Chromium
    Pdf(pdf::Args),
    /// A deck of cards from threats, for paper or a screen
    Cards(cards::Args),
    /// A dump and pictures for MediaWiki's own import scripts
    Mediawiki(mediawiki::Args),
    /// Pages for the wiki of a repository at GitHub
    GithubWiki(git::Args),
    /// Pages for the wiki of a repository at GitLab
    GitlabWiki(git::Args),
    /// Pages for the wiki of a repository at Gitea or Forgejo
    GiteaWiki(git::Args),
    /// Pages for a wiki of Azure DevOps
    AzureWiki(git::Args),
    /// One Markdown file a page, for MkDocs, Backstage and whatever else reads Markdown
    Markdown(git::Args),
    /// A portable ZIP that BookStack imports: one book, with a chapter for each section
    Bookstack(bookstack::Args),
    /// Pages in Confluence's storage format, for `casebook publish confluence`
    Confluence(confluence::Args),
    /// Pages and media for DokuWiki's data folder
    Dokuwiki(dokuwiki::Args),
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.target {
        Target::Html(args) => html::run(args),
        Target::Pdf(args) => pdf::run(args),
        Target::Cards(args) => cards::run(args),
        Target::Mediawiki(args) => mediawiki::run(args),
        Target::GithubWiki(args) => git::run(args, Host::GitHub),
        Target::GitlabWiki(args) => git::run(args, Host::GitLab),
        Target::GiteaWiki(args) => git::run(args, Host::Gitea),
        Target::AzureWiki(args) => git::run(args, Host::Azure),
        Target::Markdown(args) => git::run(args, Host::Plain),
        Target::Bookstack(args) => bookstack::run(args),
        Target::Confluence(args) => confluence::run(args),
        Target::Dokuwiki(args) => dokuwiki::run(args),
    }
}

/// For whom something is written.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Circle {
    /// Who reads it: public, internal or restricted [default: `audience` under [build] in
    /// book.toml, or restricted]. What only a smaller circle may read is left out
    #[arg(long, value_name = "WHO")]
    audience: Option<Audience>,
}

/// Reads the book; `None` when its content has errors, which have been shown.
fn open(book: &Book, circle: Circle) -> Result<Option<Site>, Failure> {
    let readers = Readers { audience: circle.audience, ..Readers::default() };
    let (site, found) = report::open_tested(book, &Junit::default(), readers)?;
    if report::stops(&found) {
        report::show(&site, &found);
        warn!("{}; nothing was written", crate::text::diagnostic::Summary::of(&found));
        return Ok(None);
    }
    Ok(Some(site))
}

/// Larger files are no pages and no lists of them.
const MAX_BYTES: u64 = 1 << 30;

/// Refuses a file in the place of something that an author wrote.
fn spare(site: &Site, out: &Path) -> Result<(), Failure> {
    report::folders(site).spare(out).map_err(|problem| problem.to_string())
}

/// A temporary file that everybody may read, as far as the system's settings allow.
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".casebook");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

/// Writes a file whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let explain = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    let folder = match path.canonicalize().as_deref().unwrap_or(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    std::fs::create_dir_all(&folder).map_err(explain)?;
    // What stands there may be a device, or a link: the file goes where the link leads.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if std::fs::metadata(&target).is_ok_and(|found| !found.is_file()) {
        return Err(format!("cannot write {}: it is no regular file", path.display()));
    }
    let mut file = builder().tempfile_in(&folder).map_err(explain)?;
    std::io::Write::write_all(&mut file, bytes).map_err(explain)?;
    file.persist(&target).map_err(|error| explain(error.error))?;
    Ok(())
}
