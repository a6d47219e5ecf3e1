//! What the manifest knows of published pages.

use crate::out::wiki::Manifest;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A published page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct State {
    /// Its number.
    pub id: String,
    /// The version that we know.
    pub version: u64,
    /// The hash of what was published.
    pub hash: String,
    /// The hash of the book's text in it.
    pub text: String,
    /// Whether the page holds what somebody changed on the wiki.
    pub edited: bool,
    /// Whether somebody deleted it, and that is right.
    pub gone: bool,
    /// Its labels.
    pub labels: BTreeSet<String>,
    /// Its attachments and their hashes.
    pub attachments: BTreeMap<String, String>,
}

impl State {
    pub fn of(manifest: &Manifest, identity: &str) -> Option<State> {
        let more = &manifest.pages.get(identity)?.more;
        let text = |key: &str| more.get(key).and_then(Value::as_str).unwrap_or("").to_string();
        let yes = |key: &str| more.get(key).and_then(Value::as_bool).unwrap_or(false);
        let labels = more.get("labels").and_then(Value::as_array).into_iter().flatten();
        let attached = more.get("attachments").and_then(Value::as_object).into_iter().flatten();
        let state = State {
            id: text("page-id"),
            version: more.get("version").and_then(Value::as_u64).unwrap_or(0),
            hash: text("published"),
            text: text("text"),
            edited: yes("edited"),
            gone: yes("gone"),
            labels: labels.filter_map(|label| label.as_str().map(str::to_string)).collect(),
            attachments: attached
                .filter_map(|(name, hash)| Some((name.clone(), hash.as_str()?.to_string())))
                .collect(),
        };
        (!state.id.is_empty()).then_some(state)
    }

    pub fn save(&self, manifest: &mut Manifest, identity: &str) {
        let more = &mut manifest.pages.entry(identity.to_string()).or_default().more;
        more.insert("page-id".into(), json!(self.id));
        more.insert("version".into(), json!(self.version));
        more.insert("published".into(), json!(self.hash));
        more.insert("text".into(), json!(self.text));
        more.insert("labels".into(), json!(self.labels));
        more.insert("attachments".into(), json!(self.attachments));
        for (key, yes) in [("edited", self.edited), ("gone", self.gone)] {
            match yes {
                true => drop(more.insert(key.into(), json!(true))),
                false => drop(more.remove(key)),
            }
        }
    }
}

/// What a change says of itself, so that the next run knows whose it is.
pub(super) fn message(hash: &str) -> String {
    format!("Casebook {hash}")
}
