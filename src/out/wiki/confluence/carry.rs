//! Doing what is planned. After each step the manifest is saved, so that a run that stops
//! half way goes on where it stopped; a page that the wiki refuses does not stop the others.

use super::Item;
use super::client::{Client, Draft, Remote};
use super::plan::{Plan, Step, edition, text_hash};
use super::state::{State, message};
use crate::out::wiki::Manifest;
use crate::out::wiki::net::ClientError;
use std::collections::BTreeSet;

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Pages that were made.
    pub created: usize,
    /// Pages that were written.
    pub updated: usize,
    /// Files that were attached.
    pub attached: usize,
    /// Pages that the wiki refused, with its words.
    pub refused: Vec<(String, String)>,
}

/// Why a step was not taken.
enum Stop {
    /// Others can be.
    Page(ClientError),
    /// Nothing more can be done.
    All(String),
}

impl From<ClientError> for Stop {
    fn from(error: ClientError) -> Stop {
        match error.is_of_page() {
            true => Stop::Page(error),
            false => Stop::All(error.to_string()),
        }
    }
}

impl From<String> for Stop {
    fn from(reason: String) -> Stop {
        Stop::All(reason)
    }
}

/// How files are read, the manifest is kept, and progress is told.
pub struct Hands<'h> {
    /// Gives a file of the export.
    pub read: &'h dyn Fn(&str) -> Result<Vec<u8>, String>,
    /// Keeps the manifest.
    pub save: &'h mut dyn FnMut(&Manifest) -> Result<(), String>,
    /// Told after each page: how many are done, and of how many.
    pub progress: &'h dyn Fn(usize, usize),
}

/// Does what is planned.
///
/// # Errors
/// When the wiki does not answer; what was done until then is saved.
pub fn carry_out(
    client: &Client<'_>,
    plan: &mut Plan,
    manifest: &mut Manifest,
    hands: &mut Hands<'_>,
) -> Result<Done, String> {
    let mut done = Done::default();
    make_room(client, plan).map_err(|error| error.to_string())?;
    let total = plan.steps.iter().filter(|(_, step)| writes(step)).count();
    let mut blocked: BTreeSet<String> = BTreeSet::new();
    let mut at = 0;
    for (item, step) in &plan.steps {
        if item.parent.as_ref().is_some_and(|above| blocked.contains(above))
            && State::of(manifest, &item.identity).is_none()
        {
            blocked.insert(item.identity.clone());
            if writes(step) {
                done.refused.push((item.title.clone(), "the page above it is missing".into()));
            }
            continue;
        }
        let mut work = Work { client, plan, manifest, hands, done: &mut done };
        match work.page(item, step) {
            Ok(()) => {}
            Err(Stop::Page(error)) => {
                if State::of(manifest, &item.identity).is_none() {
                    blocked.insert(item.identity.clone());
                }
                done.refused.push((item.title.clone(), error.to_string()));
            }
            Err(Stop::All(reason)) => return Err(format!("{}: {reason}", item.title)),
        }
        if writes(step) {
            at += 1;
            (hands.progress)(at, total);
        }
    }
    Ok(done)
}

fn writes(step: &Step) -> bool {
    matches!(step, Step::Create | Step::Update { .. } | Step::Resume(_))
}

/// Gives another title to pages of ours whose title another page of ours now takes: so two
/// pages can swap theirs.
fn make_room(client: &Client<'_>, plan: &mut Plan) -> Result<(), ClientError> {
    let taken = |item: &Item, step: &Step| {
        let id = plan.titles.get(&item.title.to_lowercase())?;
        let own = matches!(step, Step::Update { page, .. } if page.id == *id);
        (writes(step) && !own).then(|| id.clone())
    };
    let wanted: BTreeSet<String> =
        plan.steps.iter().filter_map(|(item, step)| taken(item, step)).collect();
    for (item, step) in &mut plan.steps {
        let Step::Update { page, .. } = step else { continue };
        if !wanted.contains(&page.id) || page.title == item.title {
            continue;
        }
        let title = format!("{} ({})", page.title, item.identity);
        let draft =
            Draft { title: &title, body: &page.body, parent: None, message: "Casebook moves" };
        let body = page.body.clone();
        *page = Remote { body, ..client.update(page, &draft)? };
    }
    Ok(())
}

struct Work<'w, 'h> {
    client: &'w Client<'w>,
    plan: &'w Plan,
    manifest: &'w mut Manifest,
    hands: &'w mut Hands<'h>,
    done: &'w mut Done,
}

impl Work<'_, '_> {
    fn page(&mut self, item: &Item, step: &Step) -> Result<(), Stop> {
        match step {
            Step::Keep(page, before) => return self.keep(item, page, before.is_some()),
            Step::Forget => return self.forget(item),
            step if !writes(step) => return Ok(()),
            _ => {}
        }
        let own = item.parent.as_ref().and_then(|parent| State::of(self.manifest, parent));
        let parent = own.map(|state| state.id).or_else(|| self.plan.root.clone());
        let change = message(&item.hash);
        let text = String::from_utf8((self.hands.read)(&item.file)?);
        let text = text.map_err(|error| error.to_string())?;
        let draft =
            |body| Draft { title: &item.title, body, parent: parent.as_deref(), message: &change };
        let ours = edition(self.client.kind(), text.clone());
        let (page, edited) = match step {
            Step::Create => {
                let page = self.client.create(&self.plan.space, &draft(&ours))?;
                self.done.created += 1;
                (page, false)
            }
            Step::Update { page, text, edited, .. } => {
                let page = self.client.update(page, &draft(text))?;
                self.done.updated += 1;
                (page, *edited)
            }
            Step::Resume(page) => (page.clone(), false),
            _ => return Ok(()),
        };
        let mut state = State::of(self.manifest, &item.identity).unwrap_or_default();
        if state.id != page.id {
            state = State { id: page.id.clone(), ..State::default() };
            // The page itself says which one of the book it is.
            self.client.mark(&page.id, &item.identity)?;
        }
        state.version = page.version;
        state.edited = edited;
        state.gone = false;
        state.text = text_hash(&text);
        self.note(item, &state)?;
        self.labels(item, &mut state)?;
        self.attachments(item, &mut state)?;
        // Only now is all of it there.
        state.hash = item.hash.clone();
        self.note(item, &state)
    }

    fn note(&mut self, item: &Item, state: &State) -> Result<(), Stop> {
        state.save(self.manifest, &item.identity);
        Ok((self.hands.save)(self.manifest)?)
    }

    /// What the wiki has is right, and counts as published.
    fn keep(&mut self, item: &Item, page: &Remote, edited: bool) -> Result<(), Stop> {
        let known = State::of(self.manifest, &item.identity);
        let mut state = known.unwrap_or_else(|| State { id: page.id.clone(), ..State::default() });
        state.edited |= edited;
        let text = String::from_utf8((self.hands.read)(&item.file)?);
        state.text = text_hash(&text.map_err(|error| error.to_string())?);
        state.version = page.version;
        state.hash = item.hash.clone();
        self.note(item, &state)
    }

    fn forget(&mut self, item: &Item) -> Result<(), Stop> {
        let mut state = State::of(self.manifest, &item.identity).unwrap_or_default();
        state.gone = true;
        state.hash = item.hash.clone();
        self.note(item, &state)
    }

    fn labels(&mut self, item: &Item, state: &mut State) -> Result<(), Stop> {
        let labels: BTreeSet<String> = item.labels.iter().cloned().collect();
        for label in state.labels.difference(&labels) {
            self.client.remove_label(&state.id, label)?;
        }
        if state.labels != labels {
            self.client.add_labels(&state.id, &item.labels)?;
        }
        state.labels = labels;
        Ok(())
    }

    fn attachments(&mut self, item: &Item, state: &mut State) -> Result<(), Stop> {
        for (name, hash) in &item.attachments {
            if state.attachments.get(name) != Some(hash) {
                let bytes = (self.hands.read)(&format!("attachments/{name}"))?;
                self.client.attach(&state.id, name, &bytes)?;
                self.done.attached += 1;
                state.attachments.insert(name.clone(), hash.clone());
                self.note(item, state)?;
            }
        }
        state.attachments.retain(|name, _| item.attachments.contains_key(name));
        Ok(())
    }
}
