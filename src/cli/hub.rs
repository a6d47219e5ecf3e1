//! `casebook hub`: one site out of many books.
#![allow(clippy::disallowed_methods, reason = "a command that keeps the last good state of books")]

use super::build::{self, Unrendered};
use super::init::create;
use super::timings::Timings;
use super::{Failure, report};
use crate::book::config::Config;
use crate::book::hub::{Differs, Team, assemble, differing, is_name};
use crate::book::language::{Text, Texts};
use crate::book::namesake::Namesake;
use crate::book::source::Sources;
use crate::model::draft::quoted;
use crate::out::disk::{self, Order};
use crate::site::{Memo, Site};
use crate::text::diagnostic::{Diagnostic, Level};
use crate::text::markup::markdown;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Build one site out of the books of many teams.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each book gets a section with the name of its folder. Entries, search and status are \
                        common.\nA book that cannot be read, or has errors, is shown as it was when it had \
                        none.\n\nExample:\n  casebook hub books/* --title \"All threats\" --out site"
)]
pub(super) struct Args {
    /// Folders of books
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// Folder for the site
    #[arg(long, value_name = "DIR", default_value = "site")]
    out: PathBuf,
    /// Title of the site
    #[arg(long, default_value = "Threat models")]
    title: String,
    /// Folder that keeps the last good state of each book
    #[arg(long, value_name = "DIR", default_value = ".casebook-hub")]
    state: PathBuf,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut books = Books::read(args)?;
    let text = words();
    let mut memo = Memo::default();
    // A mistake may come to light only when a first one is gone.
    for _ in 0..=2 * args.dirs.len() {
        let (site, found) = books.site(&args.title, &text, &mut memo);
        let worst: Vec<&Diagnostic> =
            found.iter().filter(|(level, _)| *level == Level::Deny).map(|(_, d)| d).collect();
        if worst.is_empty() {
            return books.publish(args, &site);
        }
        if !books.step_back(&worst) {
            report::show(&site, &found);
            return Ok(ExitCode::from(1));
        }
    }
    Err("the books stand in each other's way".into())
}

/// The words of the interface.
fn words() -> Arc<Text> {
    let config = Config::default();
    let (texts, _) = Texts::load(&config, &Sources::in_memory(&config, &[]));
    texts.of(&config.language).clone()
}

/// The books as they are, and as they were when they had no errors.
struct Books {
    now: BTreeMap<String, Team>,
    good: BTreeMap<String, Team>,
    /// Why a book is not shown as it is.
    broken: BTreeMap<String, String>,
}

impl Books {
    fn read(args: &Args) -> Result<Books, Failure> {
        let mut books =
            Books { now: BTreeMap::new(), good: BTreeMap::new(), broken: BTreeMap::new() };
        for dir in &args.dirs {
            let name = name(dir)?;
            let kept = std::fs::read(kept(&args.state, &name)).ok();
            let good = kept.and_then(|bytes| Team::unpack(&name, &bytes));
            books.good.extend(good.map(|team| (name.clone(), team)));
            match Team::read(&name, dir) {
                Ok(team) if books.now.contains_key(&team.name) => {
                    return Err(format!("two books are called `{name}`; rename a folder"));
                }
                Ok(team) => drop(books.now.insert(name, team)),
                Err(reason) => books.fall_back(&name, reason),
            }
        }
        Ok(books)
    }

    /// Takes the last good state of a book in its place; nothing where there is none.
    fn fall_back(&mut self, name: &str, reason: String) {
        self.now.remove(name);
        self.now.extend(self.good.remove(name).map(|team| (name.to_string(), team)));
        self.broken.entry(name.to_string()).or_insert(reason);
    }

    /// Takes the books with errors back; whether there were any.
    fn step_back(&mut self, worst: &[&Diagnostic]) -> bool {
        let of = |team: &Team| {
            let own =
                worst.iter().find(|d| d.place.as_ref().is_some_and(|p| team.owns(&p.file)))?;
            let file = own.place.as_ref().map_or("", |place| &place.file);
            Some((team.name.clone(), format!("{file}: {}", own.message)))
        };
        let broken: Vec<(String, String)> = self.now.values().filter_map(of).collect();
        for (name, reason) in &broken {
            self.fall_back(name, reason.clone());
        }
        !broken.is_empty()
    }

    fn teams(&self) -> Vec<Team> {
        self.now.values().cloned().collect()
    }

    fn site(&self, title: &str, text: &Text, memo: &mut Memo) -> (Site, report::Found) {
        let teams = self.teams();
        let mut make = |namesakes: &[Namesake]| {
            let home = self.home(title, text, namesakes);
            let (config, found, sources) = assemble(title, &home, &teams);
            Site::new(config, found, Arc::new(sources), memo)
        };
        let made = make(&[]);
        match made.0.namesakes.as_slice() {
            [] => made,
            namesakes => make(namesakes),
        }
    }

    /// The first page: the books, which of them are not as they are, and what is called otherwise.
    fn home(&self, title: &str, text: &Text, namesakes: &[Namesake]) -> String {
        let mut out = format!("---\ntitle: {}\n---\n\n", quoted(title));
        for (name, team) in &self.now {
            let _ = writeln!(out, "- [{}]({name}/index.md)", markdown(&team.config().title));
        }
        for name in self.broken.keys() {
            let key = if self.now.contains_key(name) { "book_as_before" } else { "book_not_shown" };
            let _ = write!(out, "\n> [!WARNING]\n> {}\n", text.fill(key, &[("name", name)]));
        }
        if !namesakes.is_empty() {
            let _ = writeln!(out, "\n{}\n", text.get("books_share_ids"));
        }
        for Namesake { id, now } in namesakes {
            let now: Vec<String> = now.values().map(|id| format!("[[{id}]]")).collect();
            let _ = writeln!(out, "- {}: {}", markdown(id), now.join(", "));
        }
        out
    }

    /// Writes the site, then notes the state of the books that are as they are.
    fn publish(&self, args: &Args, site: &Site) -> Result<ExitCode, Failure> {
        let folders = args.dirs.iter().filter_map(|dir| dir.canonicalize().ok()).collect();
        let sources = disk::Sources { root: PathBuf::new(), folders };
        let order = Order { out: &args.out, book: &sources, force: false, fsync: false };
        let done = build::write(site, &order, args.quiet, &Timings::new());
        let done = done.map_err(|error: disk::OutputError<Unrendered>| error.to_string())?;
        for (name, team) in self.now.iter().filter(|(name, _)| !self.broken.contains_key(*name)) {
            let file = kept(&args.state, name);
            let _ = std::fs::remove_file(&file);
            let kept = create(&file, team.pack());
            kept.map_err(|error| format!("cannot write `{}`: {error}", file.display()))?;
        }
        for (name, reason) in &self.broken {
            warn!("warning: the book `{name}` is not shown as it is: {reason}");
        }
        for Differs { library, shown, other } in differing(&self.teams()) {
            warn!(
                "warning: the library `{library}` of the book `{other}` is in another state than that \
                 of `{shown}`, which is shown"
            );
        }
        for Namesake { id, now } in &site.namesakes {
            let now: Vec<String> =
                now.iter().map(|(book, id)| format!("`{id}` in `{book}`")).collect();
            warn!("note: several books give the ID `{id}`; here it is {}", now.join(", "));
        }
        if !args.quiet {
            let (books, pages) = (self.now.len(), site.graph.nodes.len());
            say!(
                "built {pages} pages of {books} books into {}: {} files written, {} unchanged, {} removed",
                args.out.display(),
                done.written,
                done.unchanged,
                done.removed
            );
        }
        Ok(if self.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// The name of a book: that of its folder.
fn name(dir: &Path) -> Result<String, Failure> {
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf());
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| is_name(name)).ok_or_else(|| {
        let dir = dir.display();
        format!("the folder `{dir}` cannot name a section; take letters and digits, and no kind")
    })
}

fn kept(state: &Path, name: &str) -> PathBuf {
    state.join(format!("{name}.pack"))
}
