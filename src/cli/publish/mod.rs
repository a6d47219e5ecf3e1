//! `casebook publish`

mod confluence;
mod wiki;

use super::Failure;
use crate::book::source::read_named;
use crate::out::wiki::net::Access;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Bring the book to a wiki over its network interface.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    target: Target,
}

#[derive(Debug, clap::Subcommand)]
enum Target {
    /// An export to a space of Confluence Cloud or Data Center
    Confluence(confluence::Args),
    /// The book to MediaWiki, as the owner of a bot password
    Mediawiki(wiki::MediaWikiArgs),
    /// The book to DokuWiki, as a user of its remote interface
    Dokuwiki(wiki::DokuWikiArgs),
    /// The book to BookStack: one book, with a chapter for each section
    Bookstack(wiki::BookStackArgs),
    /// The book to Outline: one collection, with documents below documents
    Outline(wiki::OutlineArgs),
    /// The book to XWiki: one space, with pages below pages
    Xwiki(wiki::XWikiArgs),
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.target {
        Target::Confluence(args) => confluence::run(args),
        Target::Mediawiki(args) => wiki::mediawiki(args),
        Target::Dokuwiki(args) => wiki::dokuwiki(args),
        Target::Bookstack(args) => wiki::bookstack(args),
        Target::Outline(args) => wiki::outline(args),
        Target::Xwiki(args) => wiki::xwiki(args),
    }
}

/// No page or picture of a wiki is larger.
const MAX_BYTES: u64 = 1 << 28;

/// How to reach a wiki.
#[derive(Debug, clap::Args)]
struct Reach {
    /// The address of the wiki
    #[arg(long, value_name = "URL")]
    url: String,
    /// Whom the wiki knows you as
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// A PEM file with the certificate of your company's authority, where it vouches for the wiki
    #[arg(long, value_name = "FILE")]
    ca_certificate: Option<PathBuf>,
    /// Give up when all together takes longer than so many seconds
    #[arg(long, value_name = "SECONDS", default_value = "3600")]
    timeout: u64,
    /// Say what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Reach {
    /// The token or password in a variable of the environment.
    fn token(variable: &str) -> Result<String, Failure> {
        let token = std::env::var(variable).ok().map(|token| token.trim().to_string());
        token.filter(|token| !token.is_empty()).ok_or_else(|| {
            format!("set the environment variable {variable} to a token or password")
        })
    }

    /// The certificate of an authority, where one is named.
    fn authority(&self) -> Result<Option<Vec<u8>>, Failure> {
        let read = |path: &PathBuf| {
            read_named(path, MAX_BYTES)
                .map_err(|error| format!("cannot read `{}`: {error}", path.display()))
        };
        self.ca_certificate.as_ref().map(read).transpose()
    }

    fn access<'a>(&'a self, token: &'a str, authority: Option<&'a [u8]>) -> Access<'a> {
        Access {
            url: &self.url,
            user: self.user.as_deref(),
            token,
            ca_certificate: authority,
            patience: Some(Duration::from_secs(self.timeout)),
        }
    }
}

/// Waits, and says so.
fn pause(wait: Duration) {
    warn!("the wiki is busy or does not answer; waiting {} s", wait.as_secs());
    std::thread::sleep(wait);
}

/// Says how far it is, now and then.
fn progress(done: usize, total: usize) {
    if done.is_multiple_of(25) || done == total {
        warn!("{done} of {total} pages");
    }
}
