//! Revisions of models: which there are, and what changed from one to the next.

use super::{Chip, EntryLink, Html, KindView, Link};
use serde::Serialize;

/// The revisions of a model, and what changed around it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct HistoryView {
    /// The revisions around this one, newest first. Empty when there is only this one.
    pub revisions: Vec<RevisionView>,
    /// The number of the first of them, counted from the oldest of all.
    pub start: usize,
    /// Where all are listed, when these are not all.
    pub all: Option<Link>,
    /// The revision that stands for the model now, when it is not this one.
    pub newest: Option<RevisionView>,
    /// The page that tells what this revision changed.
    pub change: Option<String>,
    /// Entries that changed after the model's last review.
    pub outdated: Vec<OutdatedView>,
}

/// A revision of a model.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RevisionView {
    /// Its ID, where it has one.
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Its date; may be empty.
    pub date: String,
    /// Whether it is this page.
    pub current: bool,
    /// Whether it stands for the model now.
    pub newest: bool,
    /// The outcome of its last review.
    pub outcome: Option<Chip>,
    /// The page that tells what it changed.
    pub change: Option<String>,
}

/// An entry that changed after a model was reviewed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OutdatedView {
    /// The entry.
    pub entry: EntryLink,
    /// When the model was last reviewed.
    pub reviewed: String,
    /// What changed since then, newest first.
    pub changes: Vec<DatedView>,
}

/// Something that happened on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DatedView {
    /// The day, such as `2026-05-01`; may be empty.
    pub date: String,
    /// What happened, in a sentence.
    pub what: String,
}

/// What changed from one revision of a model to the next.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChangeView {
    /// The model's kind.
    pub kind: KindView,
    /// The revision before.
    pub old: RevisionView,
    /// The revision after.
    pub new: RevisionView,
    /// What is open now, by severity, worst first.
    pub still: Vec<Chip>,
    /// What changed, by kind of thing; kinds without a change are left out.
    pub parts: Vec<ChangePart>,
    /// Threats whose rating moved.
    pub moves: Vec<MoveView>,
    /// Open threats by severity, before and after; empty where there are none.
    pub open: Vec<OpenView>,
    /// The diagrams before and after; either may be missing.
    pub diagrams: Vec<ChangeDiagram>,
}

/// What changed among the things of one kind.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChangePart {
    /// The kind: `threats`; usable as an ID in the page.
    pub name: String,
    /// The heading: `Threats`.
    pub label: String,
    /// In words: `2 added, 1 removed`.
    pub counts: String,
    /// The worst first; of equals what was added, then changed, then removed.
    pub rows: Vec<ChangeRow>,
}

/// A thing that changed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChangeRow {
    /// `added`, `removed` or `changed`.
    pub change: String,
    /// The words for readers: `Added`.
    pub label: String,
    /// Its ID, where it has one.
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// How bad a threat is.
    pub severity: Option<Chip>,
    /// Where it stands.
    pub href: Option<String>,
    /// What is said of it when it is new; what is different when it changed.
    pub details: Vec<ChangeDetail>,
}

/// A fact before and after. Of something new there is no before.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChangeDetail {
    /// The words for readers: `Status`.
    pub label: String,
    /// What is no longer said.
    pub from: Vec<String>,
    /// What is said now.
    pub to: Vec<String>,
    /// Whether it is a list, of which only the difference is shown.
    pub list: bool,
}

/// A threat whose rating moved.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MoveView {
    /// Its ID, where it has one.
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// Where it stands now.
    pub href: Option<String>,
    /// The rating before; `none` where there was none.
    pub from: Option<Chip>,
    /// The rating now.
    pub to: Option<Chip>,
    /// `up`, `down` or `level`.
    pub way: String,
    /// The words for readers: `Higher`.
    pub label: String,
}

/// How many open threats of a severity there were and are.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OpenView {
    /// The severity.
    pub severity: Chip,
    /// Before.
    pub from: usize,
    /// Now.
    pub to: usize,
}

/// A diagram with its changes marked.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChangeDiagram {
    /// The words below it.
    pub caption: String,
    /// The picture.
    pub svg: Html,
}
