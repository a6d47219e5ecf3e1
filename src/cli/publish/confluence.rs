//! `casebook publish confluence`

use super::super::{Failure, export};
use super::{MAX_BYTES, Reach, pause};
use crate::book::source::read_named;
use crate::out::wiki::confluence::client::{Client, Kind};
use crate::out::wiki::confluence::plan::{self, Options, Plan, Step};
use crate::out::wiki::confluence::{Item, PAGES_FILE};
use crate::out::wiki::net::Address;
use crate::out::wiki::{MANIFEST_FILE, Manifest, spoken};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where the token is.
const TOKEN: &str = "CASEBOOK_CONFLUENCE_TOKEN";

/// To a space of Confluence Cloud or Data Center
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Uploads what changed since the last time, by the number of each page. A page that was \
                  edited on the wiki is shown and left as it is. Comments at words stay where the words \
                  are unchanged; if one would be lost, nothing is written. Nothing is ever deleted.\n\n\
                  A run that stops half way goes on where it stopped when it is started again.",
    after_help = "The token stands in the environment variable CASEBOOK_CONFLUENCE_TOKEN: for Cloud an API token,\n\
                  with --user and the e-mail address of its owner; for Data Center a personal access token.\n\n\
                  Exit codes: 0 all is published, 1 pages were held back, 2 wrong usage or the wiki refuses.\n\n\
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
    /// Write pages even if they were edited or deleted on the wiki
    #[arg(long)]
    overwrite_edits: bool,
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
    let options = Options { parent: args.parent.as_deref(), overwrite_edits: args.overwrite_edits };
    let read = |path: &str| text(&args.export, path);
    let plan = plan::plan(&client, &items, &manifest, &options, &read)?;
    let held = show(&plan, args)?;
    if args.reach.dry_run {
        say!("nothing was written: this was a dry run");
        return Ok(ExitCode::from(u8::from(held > 0)));
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
    let done =
        plan::carry_out(&client, &plan, &mut manifest, &bytes, &mut save).map_err(|error| {
            format!("{error}\nWhat was published until then is noted; run this again to go on.")
        })?;
    say!(
        "published: {} pages made, {} written, {} files attached; {held} held back",
        done.created,
        done.updated,
        done.attached
    );
    Ok(ExitCode::from(u8::from(held > 0)))
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
    let mut held = 0;
    let mut unchanged = 0;
    for (item, step) in &plan.steps {
        let title = &item.title;
        match step {
            Step::Leave => unchanged += 1,
            Step::Create => say!("  make     {title}"),
            Step::Update { lost, .. } => {
                say!("  write    {title}");
                for words in lost {
                    say!(
                        "           the comment at \u{201c}{words}\u{201d} has no place in the new text"
                    );
                }
            }
            Step::Resume(_) => say!("  finish   {title}"),
            Step::Edited(page) => {
                held += 1;
                say!("  held     {title}: edited on the wiki (version {})", page.version);
                let ours = text(&args.export, &item.file).unwrap_or_default();
                for line in spoken(&ours, &page.body) {
                    say!("           {line}");
                }
            }
            Step::Deleted => {
                held += 1;
                say!("  held     {title}: deleted on the wiki");
            }
            Step::Taken(page) => {
                held += 1;
                say!(
                    "  held     {title}: the wiki has a page of this title that Casebook did not \
                     make (number {})",
                    page.id
                );
            }
        }
    }
    for (title, id) in &plan.orphans {
        say!("  orphan   {title}: on the wiki (number {id}) and no longer in the book");
    }
    say!("{} pages, {unchanged} unchanged", plan.steps.len());
    Ok(held)
}
