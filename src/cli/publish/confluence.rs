//! `casebook publish confluence`

use super::super::{Failure, export};
use super::{MAX_BYTES, Reach, pause, progress};
use crate::book::source::read_named;
use crate::out::wiki::confluence::carry::{Hands, carry_out};
use crate::out::wiki::confluence::client::{Client, Kind, Remote};
use crate::out::wiki::confluence::plan::{self, Options, Plan, Step};
use crate::out::wiki::confluence::{Item, PAGES_FILE, readable};
use crate::out::wiki::net::Address;
use crate::out::wiki::{Decisions, MANIFEST_FILE, Manifest, patch, spoken};
use export::wiki::{Decide, HELD};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where the token is.
const TOKEN: &str = "CASEBOOK_CONFLUENCE_TOKEN";

/// To a space of Confluence Cloud or Data Center
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Uploads what changed since the last time, by the number of each page. What somebody \
                  edited on the wiki stays; where the book changed the same lines, the page is held. \
                  Comments at words stay where the words are unchanged; if one would be lost, nothing \
                  is written. Nothing is ever deleted.\n\n\
                  A run that stops half way goes on where it stopped when it is started again.",
    after_help = "The token stands in the environment variable CASEBOOK_CONFLUENCE_TOKEN: for Cloud an API token,\n\
                  with --user and the e-mail address of its owner; for Data Center a personal access token.\n\
                  A token with scopes needs the address https://api.atlassian.com/ex/confluence/CLOUD-ID/wiki.\n\n\
                  Exit codes: 0 all is published, 1 the wiki refused pages or comments would be lost, 2 wrong usage\n\
                  or no answer, 3 pages were held back.\n\n\
                  Examples:\n  casebook export confluence\n  \
                  casebook publish confluence --url https://example.atlassian.net/wiki --space SEC --user me@example.com --dry-run"
)]
pub(super) struct Args {
    /// The folder of the export
    #[arg(value_name = "EXPORT", default_value = "export/confluence")]
    export: PathBuf,
    #[command(flatten)]
    reach: Reach,
    /// The key of the space
    #[arg(long, value_name = "KEY")]
    space: String,
    /// The number of the page below which all pages stand [default: the first page of the space]
    #[arg(long, value_name = "ID")]
    parent: Option<String>,
    /// Which Confluence it is [default: by the address]
    #[arg(long, value_enum)]
    edition: Option<Edition>,
    #[command(flatten)]
    decide: Decide,
    /// Publish even if comments at words are lost, since the words are gone
    #[arg(long)]
    lose_comments: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Edition {
    Cloud,
    DataCenter,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let token = Reach::token(TOKEN)?;
    let kind = match args.edition {
        Some(Edition::Cloud) => Kind::Cloud,
        Some(Edition::DataCenter) => Kind::DataCenter,
        None if Address::parse(&args.reach.url)?.is_cloud() => Kind::Cloud,
        None => Kind::DataCenter,
    };
    if kind == Kind::Cloud && args.reach.user.is_none() {
        return Err("Confluence Cloud needs --user, the e-mail address of the token's owner".into());
    }
    let items: Vec<Item> = serde_json::from_str(&text(&args.export, PAGES_FILE)?)
        .map_err(|error| format!("`{PAGES_FILE}` is not of an export: {error}"))?;
    let mut manifest = Manifest::parse(&text(&args.export, MANIFEST_FILE)?, "confluence")
        .map_err(|error| format!("cannot use `{MANIFEST_FILE}`: {error}"))?;
    let authority = args.reach.authority()?;
    let access = args.reach.access(&token, authority.as_deref());
    let client = Client::new(&access, kind, &args.space, &pause)?;
    let decisions = args.decide.decisions()?;
    known(&items, &decisions)?;
    let options = Options { parent: args.parent.as_deref(), decisions: &decisions };
    let read = |path: &str| text(&args.export, path);
    let mut plan = plan::plan(&client, &items, &manifest, &options, &read)?;
    let held = show(&plan, args)?;
    if args.reach.dry_run {
        say!("nothing was written: this was a dry run");
        return Ok(ExitCode::from(if held > 0 { HELD } else { 0 }));
    }
    if lost(&plan) > 0 && !args.lose_comments {
        say!(
            "nothing was written: answer or resolve these comments on the wiki first, or add \
             --lose-comments"
        );
        return Ok(ExitCode::from(1));
    }
    let bytes = |path: &str| file(&args.export, path);
    let path = args.export.join(MANIFEST_FILE);
    let mut save = |manifest: &Manifest| export::write(&path, manifest.json().as_bytes());
    let mut hands = Hands { read: &bytes, save: &mut save, progress: &progress };
    let done = carry_out(&client, &mut plan, &mut manifest, &mut hands).map_err(|error| {
        format!("{error}\nWhat was published until then is noted; run this again to go on.")
    })?;
    for (title, words) in &done.refused {
        say!("  refused  {title}: {words}");
    }
    say!(
        "published: {} pages made, {} written, {} files attached; {held} held back, {} refused",
        done.created,
        done.updated,
        done.attached,
        done.refused.len()
    );
    if !done.refused.is_empty() {
        say!(
            "Put right what the wiki says of the refused pages, then run this again: only they are \
             missing."
        );
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::from(if held > 0 { HELD } else { 0 }))
}

/// Refuses decisions about pages that are not in the export.
fn known(items: &[Item], decisions: &Decisions) -> Result<(), Failure> {
    let has = |name: &&String| items.iter().any(|i| i.title == **name || i.identity == **name);
    match decisions.pages.keys().find(|name| !has(name)) {
        Some(name) => Err(format!("there is no page `{name}`; name its title, its ID or its path")),
        None => Ok(()),
    }
}

fn file(folder: &Path, name: &str) -> Result<Vec<u8>, Failure> {
    // The names come from a file that others may have written.
    let inside = crate::book::source::join("", name).is_some_and(|path| path == name);
    if !inside {
        return Err(format!("`{name}` is outside the export"));
    }
    let path = folder.join(name);
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if path.exists() && !real(&path).starts_with(real(folder)) {
        return Err(format!("`{}` is a link that leads out of the export", path.display()));
    }
    read_named(&path, MAX_BYTES).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "\n`casebook export confluence` makes an export",
            _ => "",
        };
        format!("cannot read `{}`: {error}{hint}", path.display())
    })
}

fn text(folder: &Path, name: &str) -> Result<String, Failure> {
    String::from_utf8(file(folder, name)?).map_err(|_| format!("`{name}` is not UTF-8"))
}

fn lost(plan: &Plan) -> usize {
    let lost = plan.steps.iter().map(|(_, step)| match step {
        Step::Update { lost, .. } => lost.len(),
        _ => 0,
    });
    lost.sum()
}

/// Tells what is to be done; gives the number of pages that are held back.
fn show(plan: &Plan, args: &Args) -> Result<usize, Failure> {
    let mut unchanged = 0;
    for (item, step) in &plan.steps {
        let title = &item.title;
        match step {
            Step::Leave => unchanged += 1,
            Step::Create => say!("  make     {title}"),
            Step::Update { lost, edited, .. } => {
                let more = if *edited { " (with what was edited on the wiki)" } else { "" };
                say!("  write    {title}{more}");
                for words in lost {
                    say!(
                        "           the comment at \u{201c}{words}\u{201d} has no place in the new text"
                    );
                }
            }
            Step::Resume(_) => say!("  finish   {title}"),
            Step::Keep(_, None) => unchanged += 1,
            Step::Keep(page, Some(before)) => {
                say!("  keep     {title}: edited on the wiki (version {})", page.version);
                change(args, item, before, page)?;
            }
            Step::Forget => say!("  leave    {title}: deleted on the wiki"),
            Step::Edited(page, before) => {
                say!(
                    "  held     {title}: the wiki (version {}) and the book changed the same lines",
                    page.version
                );
                change(args, item, before, page)?;
            }
            Step::Deleted => say!("  held     {title}: deleted on the wiki"),
            Step::Taken(page) => say!(
                "  held     {title}: the wiki has a page of this title that Casebook did not make \
                 (number {}); export with --title-prefix",
                page.id
            ),
            Step::Archived(id) => say!(
                "  held     {title}: an archived page has this title (number {id}); give that page \
                 another title, or export with --title-prefix"
            ),
            Step::Waits => say!("  held     {title}: the page above it is held"),
        }
    }
    for (title, id) in &plan.orphans {
        say!("  orphan   {title}: on the wiki (number {id}) and no longer in the book");
    }
    say!("{} pages, {unchanged} unchanged", plan.steps.len());
    let held = plan.steps.iter().filter(|(_, step)| step.is_held()).count();
    if held > 0 {
        say!(
            "Take what is right into the book and run this again; or put the book's text back with \
             --take-book NAME; or keep what the wiki has with --keep-wiki NAME."
        );
    }
    Ok(held)
}

/// Shows what somebody changed on the wiki, and files it whole.
fn change(args: &Args, item: &Item, before: &str, page: &Remote) -> Result<(), Failure> {
    let (before, now) = (readable(before), readable(&page.body));
    for line in spoken(&before, &now) {
        say!("           {line}");
    }
    let path = args.export.join(export::tell::conflict_file(&item.title));
    let text = patch(["published", "on the wiki"], &before, &now);
    export::write(&path, text.as_bytes())?;
    say!("           whole: {}", path.display());
    Ok(())
}
