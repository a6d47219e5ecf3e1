//! Entries: links to them, what is told of them in a few words, and their pages.

use super::{DatedView, KindView, Link, UsageGroup};
use serde::Serialize;

/// A link to an entry or a page, with what a list needs to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EntryLink {
    /// The name of its kind: `threat`; `page` for a page without a kind, `local` for a row of a
    /// model.
    pub kind: String,
    /// Its ID, where it has one.
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// Its target.
    pub href: String,
    /// What is to be said of the link here, such as the state of the threat in that model.
    pub note: Option<String>,
    /// The author's words, which stand in place of ID and title.
    pub text: Option<String>,
    /// What is told beside it: ID and title, where other words stand in their place, and that
    /// the entry is deprecated.
    pub hint: Option<String>,
    /// Whether the target is deprecated.
    pub deprecated: bool,
    /// Whether there is a preview of it: then the theme marks the link with the ID.
    pub preview: bool,
}

impl EntryLink {
    /// The link under other words, where there are some.
    pub fn saying(self, words: Option<&str>) -> EntryLink {
        let Some(words) = words else { return self };
        let id = self.id.as_deref().unwrap_or_default();
        let name = format!("{id} {}", self.title).trim().to_string();
        let hint =
            std::iter::once(name).chain(self.hint.clone()).collect::<Vec<_>>().join(" \u{b7} ");
        EntryLink { text: Some(words.into()), hint: Some(hint), ..self }
    }
}

/// A short word in a frame: a severity, a state, a STRIDE category, a tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Chip {
    /// What it tells: `severity`, `status`, `stride`, `tag`, `applies-to`, `elements`, ...
    pub group: String,
    /// The word in front matter: `high`. Style sheets see it in a class.
    pub value: String,
    /// The words for readers: `High`.
    pub label: String,
    /// The page about it.
    pub href: Option<String>,
}

/// A row of facts: a name and its values.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Field {
    /// The key, such as `applies-to` or `requirements`.
    pub name: String,
    /// The words for readers.
    pub label: String,
    /// Its values; never empty.
    pub values: Vec<FieldValue>,
}

/// One value of a field. In templates `value.type` tells which: `text`, `entry`, `link`,
/// `external`, `day` or `chip`; the other fields stand beside it.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FieldValue {
    /// Plain words.
    Text {
        /// The words.
        text: String,
    },
    /// A day after which something is overdue.
    Day {
        /// The words for readers.
        text: String,
        /// The day, such as `2026-05-01`.
        date: String,
    },
    /// An entry or a page of this site.
    Entry(EntryLink),
    /// Another page of this site.
    Link(Link),
    /// A page of another site, such as a weakness in CWE.
    External {
        /// The short name: `CWE-307`.
        label: String,
        /// Its target.
        href: String,
        /// The full title; `none` where it is not known.
        title: Option<String>,
    },
    /// A word in a frame.
    Chip(Chip),
}

/// An entry of a catalogue. Its text is `page.body`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EntryView {
    /// Its kind.
    pub kind: KindView,
    /// Its ID.
    pub id: String,
    /// Former IDs.
    pub aliases: Vec<String>,
    /// The state of its life; `none` when it is simply active.
    pub status: Option<Chip>,
    /// Whether it should not be used in new models.
    pub deprecated: bool,
    /// What to use in its place, when it is deprecated.
    pub replaced_by: Vec<EntryLink>,
    /// The threat as one sentence, in pieces that make it when joined. Empty when there
    /// is none.
    pub statement: Vec<Phrase>,
    /// The chips shown above the title: STRIDE, severity.
    pub chips: Vec<Chip>,
    /// What is told of it beside the text: applies to, elements, owner, dates.
    pub facts: Vec<Field>,
    /// What is told below the text: what it is linked to and the text does not name, references,
    /// other names.
    pub more: Vec<Field>,
    /// What changed in it, newest first, as its author declared.
    pub changes: Vec<DatedView>,
    /// The models that were reviewed before it changed. The note tells when.
    pub outdated: Vec<EntryLink>,
    /// The models, entries and pages that name it, by role, each with the place.
    pub used_by: Vec<UsageGroup>,
}

/// A piece of the sentence that states a threat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Phrase {
    /// The words, with the spaces around them.
    pub text: String,
    /// The key that they come from: `source`, `prerequisites`, `action`, `impact`, `goal`
    /// or `assets`; `none` for the words in between.
    pub part: Option<String>,
}
