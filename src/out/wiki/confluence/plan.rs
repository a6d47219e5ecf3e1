//! Publishing: what is to be done, and doing it. After each step the manifest is saved,
//! so that a run that stops half way goes on where it stopped.

use super::client::{Client, Draft, Remote};
use super::{Item, comments, mark_in_text};
use crate::out::wiki::Manifest;
use crate::out::wiki::net::ClientError;
use serde_json::{Value, json};
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
    },
    /// An earlier run wrote it and could not note it down: only the rest is missing.
    Resume(Remote),
    /// It was edited on the wiki since the last publication.
    Edited(Remote),
    /// It was deleted on the wiki.
    Deleted,
    /// The wiki has a page of this title that Casebook did not make.
    Taken(Remote),
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
}

/// What can be chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options<'o> {
    /// The number of the page below which all stand; else the first page of the space.
    pub parent: Option<&'o str>,
    /// Whether pages are written that were edited or deleted on the wiki.
    pub overwrite_edits: bool,
}

/// What the manifest knows of a published page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct State {
    id: String,
    version: u64,
    hash: String,
    labels: BTreeSet<String>,
    attachments: BTreeMap<String, String>,
}

impl State {
    fn of(manifest: &Manifest, identity: &str) -> Option<State> {
        let more = &manifest.pages.get(identity)?.more;
        let text = |key: &str| more.get(key).and_then(Value::as_str).unwrap_or("").to_string();
        let labels = more.get("labels").and_then(Value::as_array).into_iter().flatten();
        let attached = more.get("attachments").and_then(Value::as_object).into_iter().flatten();
        let state = State {
            id: text("page-id"),
            version: more.get("version").and_then(Value::as_u64).unwrap_or(0),
            hash: text("published"),
            labels: labels.filter_map(|label| label.as_str().map(str::to_string)).collect(),
            attachments: attached
                .filter_map(|(name, hash)| Some((name.clone(), hash.as_str()?.to_string())))
                .collect(),
        };
        (!state.id.is_empty()).then_some(state)
    }

    fn save(&self, manifest: &mut Manifest, identity: &str) {
        let more = &mut manifest.pages.entry(identity.to_string()).or_default().more;
        more.insert("page-id".into(), json!(self.id));
        more.insert("version".into(), json!(self.version));
        more.insert("published".into(), json!(self.hash));
        more.insert("labels".into(), json!(self.labels));
        more.insert("attachments".into(), json!(self.attachments));
    }
}

/// What a change says of itself, so that the next run knows whose it is.
fn message(hash: &str) -> String {
    format!("Casebook {hash}")
}

fn is_ours(page: &Remote) -> bool {
    page.message.starts_with("Casebook ")
}

/// Finds out what is to be done. Nothing is written.
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
    let mut plan = Plan { space, root, ..Plan::default() };
    for item in sorted(items) {
        let step = step(client, item, manifest, options, &plan, read)?;
        plan.steps.push((item.clone(), step));
    }
    for entry in manifest.orphans.values() {
        if let Some(id) = entry.more.get("page-id").and_then(Value::as_str) {
            plan.orphans.push((entry.name.clone(), id.to_string()));
        }
    }
    Ok(plan)
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

fn step(
    client: &Client<'_>,
    item: &Item,
    manifest: &Manifest,
    options: &Options<'_>,
    plan: &Plan,
    read: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Step, String> {
    let fail = |error: ClientError| format!("{}: {error}", item.title);
    let update = |page: Remote| -> Result<Step, String> {
        let kept = comments::keep(&page.body, &read(&item.file)?);
        Ok(Step::Update { page, text: kept.text, lost: kept.lost })
    };
    if let Some(state) = State::of(manifest, &item.identity) {
        if state.hash == item.hash {
            return Ok(Step::Leave);
        }
        return match client.page(&state.id).map_err(fail)? {
            None if options.overwrite_edits => Ok(Step::Create),
            None => Ok(Step::Deleted),
            Some(page) if page.message == message(&item.hash) => Ok(Step::Resume(page)),
            Some(page) if page.version == state.version || is_ours(&page) => update(page),
            Some(page) if options.overwrite_edits => update(page),
            Some(page) => Ok(Step::Edited(page)),
        };
    }
    match client.find(&plan.space, &item.title).map_err(fail)? {
        None => Ok(Step::Create),
        Some(page) if !page.body.contains(&mark_in_text(&item.identity)) => Ok(Step::Taken(page)),
        Some(page) if page.message == message(&item.hash) => Ok(Step::Resume(page)),
        Some(page) if page.version == 1 || is_ours(&page) || options.overwrite_edits => {
            update(page)
        }
        Some(page) => Ok(Step::Edited(page)),
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Pages that were made.
    pub created: usize,
    /// Pages that were written.
    pub updated: usize,
    /// Files that were attached.
    pub attached: usize,
}

/// Does what is planned. `read` gives a file of the export, `save` keeps the manifest.
///
/// # Errors
/// When the wiki refuses or does not answer; what was done until then is saved.
pub fn carry_out(
    client: &Client<'_>,
    plan: &Plan,
    manifest: &mut Manifest,
    read: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    save: &mut dyn FnMut(&Manifest) -> Result<(), String>,
) -> Result<Done, String> {
    let mut done = Done::default();
    for (item, step) in &plan.steps {
        let fail = |error: ClientError| format!("{}: {error}", item.title);
        let own = item.parent.as_ref().and_then(|parent| State::of(manifest, parent));
        let parent = own.map(|state| state.id).or_else(|| plan.root.clone());
        let change = message(&item.hash);
        let draft =
            |body| Draft { title: &item.title, body, parent: parent.as_deref(), message: &change };
        let page = match step {
            Step::Leave | Step::Edited(_) | Step::Deleted | Step::Taken(_) => continue,
            Step::Create => {
                let text =
                    String::from_utf8(read(&item.file)?).map_err(|error| error.to_string())?;
                done.created += 1;
                client.create(&plan.space, &draft(&text)).map_err(fail)?
            }
            Step::Update { page, text, .. } => {
                done.updated += 1;
                client.update(page, &draft(text)).map_err(fail)?
            }
            Step::Resume(page) => page.clone(),
        };
        let mut state = State::of(manifest, &item.identity).unwrap_or_default();
        if state.id != page.id {
            state = State { id: page.id.clone(), ..State::default() };
        }
        state.version = page.version;
        state.save(manifest, &item.identity);
        save(manifest)?;
        let labels: BTreeSet<String> = item.labels.iter().cloned().collect();
        for label in state.labels.difference(&labels) {
            client.remove_label(&page.id, label).map_err(fail)?;
        }
        if state.labels != labels {
            client.add_labels(&page.id, &item.labels).map_err(fail)?;
        }
        state.labels = labels;
        for (name, hash) in &item.attachments {
            if state.attachments.get(name) != Some(hash) {
                let bytes = read(&format!("attachments/{name}"))?;
                client.attach(&page.id, name, &bytes).map_err(fail)?;
                done.attached += 1;
                state.attachments.insert(name.clone(), hash.clone());
                state.save(manifest, &item.identity);
                save(manifest)?;
            }
        }
        // Only now is all of it there.
        state.attachments.retain(|name, _| item.attachments.contains_key(name));
        state.hash = item.hash.clone();
        state.save(manifest, &item.identity);
        save(manifest)?;
    }
    Ok(done)
}
