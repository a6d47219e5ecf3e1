//! `casebook publish mediawiki` and `casebook publish dokuwiki`

use super::super::{Failure, export, leak, report};
use super::{Reach, pause, progress};
use crate::out::disk;
use crate::out::wiki::remote::{Brought, Journey, Remote, known, look};
use crate::out::wiki::{Publication, Target, dokuwiki, mediawiki, picture};
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
