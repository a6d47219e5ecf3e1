//! `casebook publish` to wikis whose pages are written one by one.

use super::super::{Failure, export, leak, report};
use super::{Reach, pause, progress};
use crate::out::disk;
use crate::out::wiki::remote::{Brought, Journey, Remote, known, look, places};
use crate::out::wiki::{
    GitWiki, Host, Publication, Target, XWiki, bookstack, dokuwiki, mediawiki, outline, picture,
    xwiki,
};
use export::tell;
use export::wiki::{Common, HELD, Ready, ready};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::process::ExitCode;

/// The book to MediaWiki, as the owner of a bot password
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes pages that changed over api.php, moves pages that were renamed, and uploads \
                  pictures. What somebody edited on the wiki stays. Nothing is ever deleted.",
    after_help = "Make a bot password at Special:BotPasswords of the wiki, with the rights: high-volume editing,\n\
                  edit existing pages, create, edit and move pages, upload new files. Put it into the environment\n\
                  variable CASEBOOK_MEDIAWIKI_PASSWORD.\n\n\
                  Exit codes: 0 all is published, 1 the content has errors or the wiki refused pages, 2 wrong\n\
                  usage or no answer, 3 pages were held back.\n\n\
                  Example:\n  casebook publish mediawiki --url https://wiki.example.com/w/api.php --user Bot@casebook"
)]
pub(super) struct MediaWikiArgs {
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    options: export::mediawiki::Options,
    /// Mark each change with this tag, which the wiki must know (Special:Tags)
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
}

/// The book to DokuWiki, as a user of its remote interface
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes pages that changed over lib/exe/xmlrpc.php and uploads pictures, so that history, \
                  recent changes and subscriptions of the wiki know. What somebody edited on the wiki \
                  stays. Nothing is ever deleted.",
    after_help = "Switch on `remote` in the wiki's settings and name the user in `remoteuser`. Put the password into\n\
                  the environment variable CASEBOOK_DOKUWIKI_PASSWORD.\n\n\
                  Exit codes: 0 all is published, 1 the content has errors or the wiki refused pages, 2 wrong\n\
                  usage or no answer, 3 pages were held back.\n\n\
                  Example:\n  casebook publish dokuwiki --url https://wiki.example.com/dokuwiki --user bot"
)]
pub(super) struct DokuWikiArgs {
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    options: export::dokuwiki::Options,
}

/// The book to BookStack: one book, with a chapter for each section
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes pages that changed over BookStack's REST interface. A page is known by its tag \
                  `casebook`, so it keeps its address, history and comments, whatever it is called. What \
                  somebody edited on the wiki stays. Nothing is ever deleted.",
    after_help = "Make a token in the profile of an account whose role may use the API, and create and change \
                  books, chapters,\npages and images. Its ID is the user; put its secret into the environment \
                  variable\nCASEBOOK_BOOKSTACK_SECRET.\n\n\
                  Exit codes: 0 all is published, 1 the content has errors or the wiki refused pages, 2 wrong\n\
                  usage or no answer, 3 pages were held back.\n\n\
                  Example:\n  casebook publish bookstack --url https://wiki.example.com --user TOKEN-ID"
)]
pub(super) struct BookStackArgs {
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    common: Common,
    /// Name of the book in BookStack [default: the book's title]
    #[arg(long, value_name = "NAME")]
    book: Option<String>,
}

/// The book to Outline: one collection, with documents below documents
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes documents that changed over Outline's interface. What somebody edited on the wiki \
                  stays. Nothing is ever deleted.",
    after_help = "Make an API key under Settings, as an account of its own, and put it into the environment \
                  variable\nCASEBOOK_OUTLINE_TOKEN. A collection that is not there yet is made, and only its maker \
                  can read it\nuntil you share it.\n\n\
                  Exit codes: 0 all is published, 1 the content has errors or the wiki refused pages, 2 wrong\n\
                  usage or no answer, 3 pages were held back.\n\n\
                  Example:\n  casebook publish outline --url https://wiki.example.com"
)]
pub(super) struct OutlineArgs {
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    common: Common,
    /// Name of the collection [default: the book's title]
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
}

/// The book to XWiki: one space, with pages below pages
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Writes pages that changed over XWiki's REST interface, in the syntax XWiki 2.1, and attaches \
                  pictures to the first one. What somebody edited on the wiki stays. Nothing is ever deleted.",
    after_help = "Put the password of an account that may edit the space into the environment variable\n\
                  CASEBOOK_XWIKI_PASSWORD. The account needs no right to write scripts, and should have none.\n\n\
                  Exit codes: 0 all is published, 1 the content has errors or the wiki refused pages, 2 wrong\n\
                  usage or no answer, 3 pages were held back.\n\n\
                  Example:\n  casebook publish xwiki --url https://wiki.example.com/xwiki --user Casebook"
)]
pub(super) struct XWikiArgs {
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    common: Common,
    /// Space of all pages [default: made from the book's title]
    #[arg(long, value_name = "NAME")]
    space: Option<String>,
    /// Which wiki, in a farm of several
    #[arg(long, value_name = "NAME", default_value = "xwiki")]
    wiki: String,
}

pub(super) fn bookstack(args: &BookStackArgs) -> Result<ExitCode, Failure> {
    let make = |_: &_| GitWiki::new(Host::BookStack, None);
    let Some(ready) = ready(&args.common, Some("bookstack-published"), make)? else {
        return Ok(ExitCode::from(1));
    };
    if args.reach.user.is_none() {
        return Err("name the ID of the token with --user".into());
    }
    let token = Reach::token("CASEBOOK_BOOKSTACK_SECRET")?;
    let authority = args.reach.authority()?;
    let access = args.reach.access(&token, authority.as_deref());
    let title = args.book.as_ref().unwrap_or(&ready.book.title);
    let sections = ready.book.sections.iter().map(|section| section.title.clone()).collect();
    let remote =
        bookstack::Api::new(&access, title, places(&ready.book, &ready.names), sections, &pause)?;
    publish(&ready, &args.common, &remote, false, args.reach.dry_run)
}

pub(super) fn outline(args: &OutlineArgs) -> Result<ExitCode, Failure> {
    let make = |_: &_| GitWiki::new(Host::Outline, None);
    let Some(ready) = ready(&args.common, Some("outline-published"), make)? else {
        return Ok(ExitCode::from(1));
    };
    let token = Reach::token("CASEBOOK_OUTLINE_TOKEN")?;
    let authority = args.reach.authority()?;
    let access = args.reach.access(&token, authority.as_deref());
    let title = args.collection.as_ref().unwrap_or(&ready.book.title);
    let places = places(&ready.book, &ready.names);
    let files = ready.previous.files.clone();
    let remote = outline::Api::new(access, title, places, files, &pause)?;
    publish(&ready, &args.common, &remote, false, args.reach.dry_run)
}

pub(super) fn xwiki(args: &XWikiArgs) -> Result<ExitCode, Failure> {
    let make = |site: &crate::site::Site| {
        let space = args.space.clone();
        XWiki { space: space.unwrap_or_else(|| xwiki::space(&site.config.title)) }
    };
    let Some(ready) = ready(&args.common, Some("xwiki-published"), make)? else {
        return Ok(ExitCode::from(1));
    };
    if args.reach.user.is_none() {
        return Err("name the account with --user".into());
    }
    let token = Reach::token("CASEBOOK_XWIKI_PASSWORD")?;
    let authority = args.reach.authority()?;
    let access = args.reach.access(&token, authority.as_deref());
    let remote = xwiki::Api::new(&access, &args.wiki, &ready.target, &pause)?;
    publish(&ready, &args.common, &remote, false, args.reach.dry_run)
}

pub(super) fn mediawiki(args: &MediaWikiArgs) -> Result<ExitCode, Failure> {
    let make = |site: &crate::site::Site| args.options.target(&site.config.title);
    let Some(ready) = ready(&args.common, Some("mediawiki-published"), make)? else {
        return Ok(ExitCode::from(1));
    };
    if args.reach.user.is_none() {
        return Err("name the owner of the bot password with --user, such as Bot@casebook".into());
    }
    let token = Reach::token("CASEBOOK_MEDIAWIKI_PASSWORD")?;
    let authority = args.reach.authority()?;
    let access = args.reach.access(&token, authority.as_deref());
    let remote = mediawiki::Api::new(&access, args.tag.as_deref(), &pause)?;
    publish(&ready, &args.common, &remote, ready.target.options.svg, args.reach.dry_run)
}

pub(super) fn dokuwiki(args: &DokuWikiArgs) -> Result<ExitCode, Failure> {
    let make = |site: &crate::site::Site| args.options.target(&site.config.title);
    let Some(ready) = ready(&args.common, Some("dokuwiki-published"), make)? else {
        return Ok(ExitCode::from(1));
    };
    let token = Reach::token("CASEBOOK_DOKUWIKI_PASSWORD")?;
    let authority = args.reach.authority()?;
    let access = args.reach.access(&token, authority.as_deref());
    let remote = dokuwiki::Api::new(&access, &ready.target.namespace, &pause)?;
    publish(&ready, &args.common, &remote, false, args.reach.dry_run)
}

fn publish<T: Target>(
    ready: &Ready<T>,
    common: &Common,
    remote: &dyn Remote,
    svg: bool,
    dry: bool,
) -> Result<ExitCode, Failure> {
    let decisions = common.decide.decisions()?;
    ready.known(&decisions)?;
    let told = known(&ready.previous, &ready.bases);
    let current = look(remote, &ready.wanted(), &told).map_err(|error| error.to_string())?;
    let mut publication = ready.publish(Some(&current), true, &decisions);
    let sheets = publication.sheets.iter();
    let leaving = sheets.map(|sheet| (sheet.name.as_str(), sheet.text.as_bytes()));
    if leak::found(&ready.site, leaving) {
        return Ok(ExitCode::from(1));
    }
    let sources =
        picture::all(&ready.book, &ready.names, svg).map_err(|error| error.to_string())?;
    let by_name: BTreeMap<String, _> =
        sources.iter().map(|source| (source.name.clone(), source)).collect();
    let draw = |name: &str| match by_name.get(name) {
        Some(source) => source.draw().map_err(|error| error.to_string()),
        None => Err(format!("there is no picture `{name}`")),
    };
    let pictures: Vec<String> = by_name.keys().cloned().collect();
    let journey =
        Journey { remote, current: &current, previous: &ready.previous, dry, progress: &progress };
    let brought = journey.bring(&mut publication, &pictures, &draw);
    if !dry {
        save(ready, common, &publication)?;
    }
    let brought = brought.map_err(|error| {
        format!("{error}\nWhat was published until then is noted; run this again to go on.")
    })?;
    let written = [brought.pages, brought.pictures];
    tell::published(common.format, &ready.target, &ready.out, &publication, written, dry)?;
    Ok(ExitCode::from(refused(&brought).unwrap_or(match publication.held() {
        0 => 0,
        _ => HELD,
    })))
}

/// Tells what the wiki refused; the exit code, where it did.
fn refused(brought: &Brought) -> Option<u8> {
    for (name, words) in &brought.refused {
        warn!("refused: `{name}`: {words}");
    }
    (!brought.refused.is_empty()).then_some(1)
}

/// Keeps what the next publication needs.
fn save<T: Target>(
    ready: &Ready<T>,
    common: &Common,
    publication: &Publication<'_>,
) -> Result<(), Failure> {
    let files = Ready::<T>::state(publication);
    let paths: Vec<String> = files.keys().cloned().collect();
    let render = |path: &str| Ok::<_, Infallible>(files.get(path).map_or(&[][..], Vec::as_slice));
    let sources = report::folders(&ready.site);
    let out: &PathBuf = &ready.out;
    let order = disk::Order { out, book: &sources, force: common.force, fsync: false };
    let written = disk::write(&order, &paths, || Ok(Vec::new()), render, || {});
    written.map(drop).map_err(|error: disk::OutputError<Infallible>| error.to_string())
}
