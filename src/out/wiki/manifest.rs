//! What was exported, so that the next export knows what changed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Its name in the folder of an export.
pub const MANIFEST_FILE: &str = "manifest.json";

/// What an export wrote.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Manifest {
    /// The target's word: `mediawiki`.
    pub target: String,
    /// The pages, by identity: the ID, else the path of the source, else the address.
    pub pages: BTreeMap<String, Entry>,
    /// The pages that only lead on, by their name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redirects: BTreeMap<String, Entry>,
    /// Pages of earlier exports that the book no longer has. They are never deleted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub orphans: BTreeMap<String, Entry>,
    /// Files that the wiki has, by name, with the address that it gave them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

/// A page that was exported.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// Its name in the target.
    pub name: String,
    /// The hash of its text in the book.
    pub hash: String,
    /// The hash of the text that stands on the wiki, where it is another one, since
    /// somebody edited the page there; [`GONE`] where somebody deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there: Option<String>,
    /// The hash of its text as the wiki gives it back, where that writes it in its own way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    /// The hashes of texts that it had before, newest first: the wiki may hold one of them
    /// where an export was not loaded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<String>,
    /// When this text was first exported.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub since: String,
    /// The identity of the page that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What else the target needs to know, such as the number of the page there.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

/// Why a manifest cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManifestError {
    /// It is no manifest.
    Syntax(String),
    /// It is of another target.
    Target {
        /// The target that it is of.
        found: String,
        /// The target that was asked for.
        wanted: String,
    },
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ManifestError::Syntax(reason) => write!(f, "it is no manifest of an export: {reason}"),
            ManifestError::Target { found, wanted } => {
                write!(f, "it is of an export to `{found}`, not to `{wanted}`")
            }
        }
    }
}

/// In place of a hash: the page was deleted on the wiki, and that is right.
pub const GONE: &str = "gone";

/// So many earlier texts are remembered.
const REMEMBERED: usize = 5;

impl Entry {
    /// Whether an export wrote a text.
    pub fn wrote(&self, text: &str) -> bool {
        let hash = hash(text);
        self.hash == hash || self.past.contains(&hash)
    }

    /// The hashes of all texts that it names.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        self.past.iter().chain(&self.there).chain(&self.shown).chain([&self.hash])
    }

    /// What the next text of the page must remember.
    pub(super) fn remembered(&self, next: &str) -> Vec<String> {
        let mut past = self.past.clone();
        if self.hash != next {
            past.insert(0, self.hash.clone());
        }
        past.retain(|hash| hash != next);
        past.truncate(REMEMBERED);
        past
    }
}

impl Manifest {
    /// Reads a manifest of a target.
    ///
    /// # Errors
    /// When the text is no manifest, or one of another target.
    pub fn parse(text: &str, target: &str) -> Result<Manifest, ManifestError> {
        let manifest: Manifest =
            serde_json::from_str(text).map_err(|error| ManifestError::Syntax(error.to_string()))?;
        if manifest.target != target {
            let found = manifest.target;
            return Err(ManifestError::Target { found, wanted: target.to_string() });
        }
        Ok(manifest)
    }

    /// The manifest as text.
    pub fn json(&self) -> String {
        // Maps have text keys, so nothing here can fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// The hash of a text.
pub fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_string()
}
