//! Publishing: what is to be done with each page. Nothing is written here.

use super::client::{Client, Kind, Listed, Remote};
use super::lines::lines;
use super::state::{State, message};
use super::{Item, comments, mark_in_text, storage};
use crate::out::wiki::merge::merge;
use crate::out::wiki::net::ClientError;
use crate::out::wiki::{Decisions, Manifest, Side, hash};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be done with a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Leave,
    /// Make it.
    Create,
    /// Write it over this version. The text has the comments of the version on the wiki.
    Update {
        /// The page there.
        page: Remote,
        /// The text.
        text: String,
        /// The words whose comments are lost.
        lost: Vec<String>,
        /// Whether the text holds what somebody changed on the wiki.
        edited: bool,
    },
    /// An earlier run wrote it and could not note it down: only the rest is missing.
    Resume(Remote),
    /// What the wiki has stays and is noted; with the text before, where somebody edited it.
    Keep(Remote, Option<String>),
    /// It was deleted on the wiki, and that is right.
    Forget,
    /// Held: the wiki and the book changed the same lines. The text before the edit.
    Edited(Remote, String),
    /// Held: it was deleted on the wiki.
    Deleted,
    /// Held: the wiki has a page of this title that Casebook did not make.
    Taken(Remote),
    /// Held: an archived page has this title.
    Archived(String),
    /// Held: the page above it is held, and it stands nowhere else.
    Waits,
}

impl Step {
    /// Whether nothing is written until somebody decides.
    pub fn is_held(&self) -> bool {
        matches!(
            self,
            Step::Edited(..) | Step::Deleted | Step::Taken(_) | Step::Archived(_) | Step::Waits
        )
    }
}

/// What is to be done with all pages, those above first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The number of the space.
    pub space: String,
    /// The page below which all stand.
    pub root: Option<String>,
    /// The pages.
    pub steps: Vec<(Item, Step)>,
    /// Pages on the wiki that the book no longer has: title and number.
    pub orphans: Vec<(String, String)>,
    /// The numbers of all pages of the space, by their title in small letters.
    pub titles: BTreeMap<String, String>,
    /// The numbers of pages by identity, where the wiki had to tell them.
    pub found: BTreeMap<String, String>,
}

/// What can be chosen.
#[derive(Debug, Clone, Copy)]
pub struct Options<'o> {
    /// The number of the page below which all stand; else the first page of the space.
    pub parent: Option<&'o str>,
    /// What was decided about pages that were edited or deleted on the wiki.
    pub decisions: &'o Decisions,
}

/// Whether we wrote what a page holds. One that was just made says nothing of itself.
fn is_ours(page: &Remote, state: &State) -> bool {
    let made = state.version == 0 && page.version == 1;
    page.version == state.version || made || page.message.starts_with("Casebook ")
}

/// What a plan is made from.
struct Planner<'p> {
    client: &'p Client<'p>,
    manifest: &'p Manifest,
    options: &'p Options<'p>,
    read: &'p dyn Fn(&str) -> Result<String, String>,
    pages: BTreeMap<String, Listed>,
    plan: Plan,
}

/// Finds out what is to be done. Nothing is written. `read` gives a file of the export.
///
/// # Errors
/// When the wiki does not answer, or a text cannot be read.
pub fn plan(
    client: &Client<'_>,
    items: &[Item],
    manifest: &Manifest,
    options: &Options<'_>,
    read: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Plan, String> {
    let fail = |error: ClientError| error.to_string();
    let (space, first) = client.space().map_err(fail)?;
    let root = options.parent.map(str::to_string).or(first);
    let listed = client.list(&space).map_err(fail)?;
    let titles = listed.iter().map(|page| (page.title.to_lowercase(), page.id.clone())).collect();
    let lost = !items.iter().any(|item| State::of(manifest, &item.identity).is_some());
    // The wiki itself knows its pages where nobody noted them down.
    let found = match lost && listed.len() > 1 {
        true => client.ours().map_err(fail)?,
        false => BTreeMap::new(),
    };
    let pages = listed.into_iter().map(|page| (page.id.clone(), page)).collect();
    let plan = Plan { space, root, titles, found, ..Plan::default() };
    let mut planner = Planner { client, manifest, options, read, pages, plan };
    let mut nowhere: BTreeSet<String> = BTreeSet::new();
    for item in sorted(items) {
        let above = item.parent.as_ref().is_some_and(|above| nowhere.contains(above));
        let known = planner.state(item).is_some();
        let step = match above && !known {
            true => Step::Waits,
            false => planner.step(item).map_err(|error| format!("{}: {error}", item.title))?,
        };
        if step.is_held() && !matches!(step, Step::Edited(..)) {
            nowhere.insert(item.identity.clone());
        }
        planner.plan.steps.push((item.clone(), step));
    }
    for entry in manifest.orphans.values() {
        if let Some(id) = entry.more.get("page-id").and_then(Value::as_str) {
            planner.plan.orphans.push((entry.name.clone(), id.to_string()));
        }
    }
    Ok(planner.plan)
}

/// Pages after those above them.
fn sorted(items: &[Item]) -> Vec<&Item> {
    let by_identity: BTreeMap<&str, &Item> =
        items.iter().map(|item| (item.identity.as_str(), item)).collect();
    let depth = |item: &Item| {
        let mut depth = 0;
        let mut at = item.parent.as_deref();
        while let Some(above) = at.and_then(|identity| by_identity.get(identity)) {
            depth += 1;
            if depth > items.len() {
                break;
            }
            at = above.parent.as_deref();
        }
        depth
    };
    let mut out: Vec<&Item> = items.iter().collect();
    out.sort_by_key(|item| depth(item));
    out
}

impl Planner<'_> {
    /// What is known of a page that was published.
    fn state(&self, item: &Item) -> Option<State> {
        let noted = State::of(self.manifest, &item.identity);
        noted.or_else(|| {
            let id = self.plan.found.get(&item.identity)?.clone();
            Some(State { id, ..State::default() })
        })
    }

    /// Where a page should stand, as far as that is known yet.
    fn parent(&self, item: &Item) -> Option<String> {
        match &item.parent {
            None => self.plan.root.clone(),
            Some(above) => {
                let noted = State::of(self.manifest, above).map(|state| state.id);
                noted.or_else(|| self.plan.found.get(above).cloned())
            }
        }
    }

    fn text(&self, item: &Item) -> Result<String, String> {
        Ok(edition(self.client.kind(), (self.read)(&item.file)?))
    }

    fn update(&self, item: &Item, page: Remote) -> Result<Step, String> {
        let kept = comments::keep(&page.body, &self.text(item)?);
        Ok(Step::Update { page, text: kept.text, lost: kept.lost, edited: false })
    }

    fn page(&self, id: &str) -> Result<Option<Remote>, String> {
        self.client.page(id).map_err(|error| error.to_string())
    }

    fn step(&self, item: &Item) -> Result<Step, String> {
        let Some(state) = self.state(item) else { return self.first(item) };
        let choice = self.options.decisions.on(&[&item.title, &item.identity]);
        let gone = state.gone;
        let listed = self.pages.get(&state.id).filter(|page| !page.archived);
        let deleted = || match choice {
            Some(Side::Book) => Step::Create,
            Some(Side::Wiki) => Step::Forget,
            None if gone => Step::Leave,
            None => Step::Deleted,
        };
        let Some(listed) = listed else { return Ok(deleted()) };
        let same = state.hash == item.hash && choice != Some(Side::Book);
        let moved = self.parent(item).is_some_and(|parent| listed.parent.as_ref() != Some(&parent));
        if same && !moved && listed.version == state.version {
            return Ok(Step::Leave);
        }
        let Some(page) = self.page(&state.id)? else { return Ok(deleted()) };
        if page.message == message(&item.hash) && !moved {
            return Ok(Step::Resume(page));
        }
        if same {
            let step = self.same(&state, page, moved)?;
            return Ok(step);
        }
        if choice == Some(Side::Book) {
            return self.update(item, page);
        }
        let ours = is_ours(&page, &state);
        if choice == Some(Side::Wiki) && !ours {
            let before = self.version(&state.id, state.version)?;
            return Ok(Step::Keep(page, Some(before.unwrap_or_default())));
        }
        match ours && !state.edited {
            true => self.update(item, page),
            false => self.merged(item, &state, page),
        }
    }

    /// A page that the book did not change, but somebody on the wiki did.
    fn same(&self, state: &State, page: Remote, moved: bool) -> Result<Step, String> {
        let ours = is_ours(&page, state);
        if !moved {
            let before = self.version(&state.id, state.version)?;
            return Ok(Step::Keep(page, before.filter(|_| !ours)));
        }
        // Only its place is put right; the words stay.
        let text = page.body.clone();
        Ok(Step::Update { page, text, lost: Vec::new(), edited: state.edited || !ours })
    }

    fn version(&self, id: &str, number: u64) -> Result<Option<String>, String> {
        self.client.version(id, number).map_err(|error| error.to_string())
    }

    /// Both changes, where they are at different lines.
    fn merged(&self, item: &Item, state: &State, page: Remote) -> Result<Step, String> {
        let ours = self.text(item)?;
        let base = match state.edited {
            true => {
                let text = (self.read)(&format!("base/{}.txt", state.text)).ok();
                text.map(|text| edition(self.client.kind(), text))
            }
            false => self.version(&state.id, state.version)?,
        };
        let before = base.clone().unwrap_or_default();
        let both = base.and_then(|base| merge(&lines(&base), &lines(&ours), &lines(&page.body)));
        Ok(match both {
            Some(text) => Step::Update { page, text, lost: Vec::new(), edited: true },
            None => Step::Edited(page, before),
        })
    }

    /// A page that nobody noted down.
    fn first(&self, item: &Item) -> Result<Step, String> {
        let Some(id) = self.plan.titles.get(&item.title.to_lowercase()) else {
            return Ok(Step::Create);
        };
        if self.pages.get(id).is_some_and(|page| page.archived) {
            return Ok(Step::Archived(id.clone()));
        }
        let Some(page) = self.page(id)? else { return Ok(Step::Create) };
        let choice = self.options.decisions.on(&[&item.title, &item.identity]);
        // Another page of ours has the title, and will leave it.
        let other = self.manifest.pages.keys().any(|identity| {
            *identity != item.identity
                && State::of(self.manifest, identity).is_some_and(|state| state.id == *id)
        });
        if other {
            return Ok(Step::Create);
        }
        let marked = page.body.contains(&mark_in_text(&item.identity));
        match choice {
            Some(Side::Book) => self.update(item, page),
            Some(Side::Wiki) => Ok(Step::Keep(page, Some(String::new()))),
            None if !marked => Ok(Step::Taken(page)),
            None if page.message == message(&item.hash) => Ok(Step::Resume(page)),
            None if is_ours(&page, &State::default()) => self.update(item, page),
            None => Ok(Step::Edited(page, String::new())),
        }
    }
}

/// A text as an edition takes it: a server does not know the languages of code that came
/// later, and would show an error in place of the code.
pub(super) fn edition(kind: Kind, text: String) -> String {
    if kind == Kind::Cloud {
        return text;
    }
    const OPEN: &str = "<ac:parameter ac:name=\"language\">";
    const CLOSE: &str = "</ac:parameter>";
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(OPEN) {
        let after = &rest[at + OPEN.len()..];
        let end = after.find(CLOSE).unwrap_or(0);
        out.push_str(&rest[..at]);
        if storage::ON_SERVERS.contains(&&after[..end]) {
            out.push_str(&rest[at..at + OPEN.len() + end + CLOSE.len()]);
        }
        rest = after.get(end + CLOSE.len()..).unwrap_or("");
    }
    out + rest
}

/// The hash by which a text of the book is found again.
pub(super) fn text_hash(text: &str) -> String {
    hash(text)
}
