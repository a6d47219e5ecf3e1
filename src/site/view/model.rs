//! The pages of a model: its own, STRIDE per element, the sheet for a meeting.

use super::{Chip, Count, EntryLink, Field, HistoryView, KindView, Link, LinkGroup};
use serde::Serialize;

/// A threat model. Its text is `page.body`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ModelView {
    /// The model's kind.
    pub kind: KindView,
    /// Its ID, where it has one.
    pub id: Option<String>,
    /// The last review, the next look, the next step; then size, date, team and other
    /// facts.
    pub facts: Vec<Field>,
    /// What is open by severity, the other states, what wants attention, requirements,
    /// assumptions, tests. Each leads to what it counts.
    pub counts: Vec<Count>,
    /// STRIDE per element, where threats have categories and there is a diagram.
    pub stride: Option<Link>,
    /// The open threats on a sheet for a meeting.
    pub meeting: Option<String>,
    /// The page with the status of all models.
    pub status: Option<Link>,
    /// The page that compares this model with another.
    pub compare: Option<String>,
    /// Its revisions, and what changed around it.
    pub history: HistoryView,
    /// The pages that link to it, by role.
    pub used_by: Vec<LinkGroup>,
}

/// The open threats of a model on a sheet of paper, with room for what is decided.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MeetingView {
    /// The model.
    pub model: EntryLink,
    /// Its date; may be empty.
    pub date: String,
    /// The open threats, worst first.
    pub threats: Vec<MeetingRow>,
    /// What can be decided: the names of the responses.
    pub responses: Vec<String>,
}

/// An open threat in [`MeetingView`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct MeetingRow {
    /// Its ID; may be empty.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its row in the model.
    pub href: String,
    /// The rating, else the severity.
    pub risk: Option<Chip>,
    /// The elements, flows and boundaries that it concerns.
    pub places: Vec<String>,
    /// The requirements that would treat it.
    pub requirements: Vec<String>,
    /// What is planned, who is to do it until when, and notes.
    pub facts: Vec<Field>,
}

/// STRIDE per element: which threats of a model answer which category where.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StrideView {
    /// The model.
    pub model: EntryLink,
    /// How many questions have no answer.
    pub gaps: usize,
    /// How many questions there are.
    pub asked: usize,
    /// The categories: letter and title, in the order of the acronym.
    pub letters: Vec<(String, String)>,
    /// The elements, then the flows that cross a boundary.
    pub rows: Vec<StrideRow>,
    /// Where the table of questions comes from.
    pub source: Link,
}

/// An element or a flow in [`StrideView`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct StrideRow {
    /// Its name.
    pub name: String,
    /// What flows; empty for an element.
    pub label: String,
    /// `external entity`, `process`, `data store` or `data flow`.
    pub kind: String,
    /// Its place in the picture, where there is one.
    pub href: Option<String>,
    /// A cell for each category, in the order of the acronym.
    pub cells: Vec<StrideCell>,
    /// Threats there that have no category.
    pub others: Vec<Link>,
    /// The cells that are gaps, with what would fill them.
    pub gaps: Vec<StrideGap>,
}

/// A category at an element or flow.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StrideCell {
    /// The title of the category.
    pub category: String,
    /// `covered`, `gap`, `not-asked`, or `of-logs` where it is asked of logs only.
    pub state: String,
    /// The threats that answer.
    pub threats: Vec<Link>,
}

/// A question without an answer.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StrideGap {
    /// The title of the category.
    pub category: String,
    /// Threats of the catalogue that would answer; `note` tells why each came up.
    pub suggestions: Vec<EntryLink>,
}
