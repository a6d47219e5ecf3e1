//! The keys of blocks: what an item of each kind can say, what is accepted, and where
//! readers find it. A new key is one line here.

use super::BlockKind;
use super::word::{Belief, How, Mitigation, Progress, Response, Status, Verdict};
use crate::book::entry::{STATUSES, STRIDE};
use crate::text::vocabulary::vocabulary;

vocabulary! {
    /// A key of an item besides `use`, `id`, `title` and `risk`.
    Key {
        /// The elements, boundaries and flows that a threat concerns.
        On = "on",
        /// STRIDE categories.
        Stride = "stride",
        /// How likely.
        Likelihood = "likelihood",
        /// How bad.
        Impact = "impact",
        /// What is done about a threat.
        Response = "response",
        /// What mitigates it.
        Mitigation = "mitigation",
        /// Where the work stands.
        Status = "status",
        /// What treats a threat.
        Requirements = "requirements",
        /// The tests that show it.
        Tests = "tests",
        /// The reason.
        Why = "why",
        /// Who decided, or reviewed.
        By = "by",
        /// The day until which it holds.
        Until = "until",
        /// Who sees to it.
        Owner = "owner",
        /// The ticket.
        Ticket = "ticket",
        /// A remark.
        Note = "note",
        /// The day of a review.
        Date = "date",
        /// How a review was held.
        How = "how",
        /// What came of it.
        Outcome = "outcome",
        /// What was said.
        Notes = "notes",
        /// A kind of entries.
        Kind = "kind",
        /// The hint of an entry.
        Severity = "severity",
        /// A tag of entries.
        Tag = "tag",
        /// A technology or situation of entries.
        AppliesTo = "applies-to",
    }
}

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// One text.
    One,
    /// One text or several.
    Some,
    /// One ISO date.
    Day,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Some of these words.
    SomeOf(&'static [&'static str]),
}

/// Where readers find what is said under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// In a column of its own.
    Column,
    /// With another key: the places of a threat with its name, the impact with the risk.
    Beside,
    /// In prose below the row, as few items have it and its texts are long.
    Below,
}

/// A key as a kind of block has it.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The key.
    pub key: Key,
    /// The words over the column, in English.
    pub title: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Where readers find it.
    pub stands: Stands,
}

impl Column {
    /// The words that are accepted; any when empty.
    pub fn words(&self) -> &'static [&'static str] {
        match self.takes {
            Takes::OneOf(words) | Takes::SomeOf(words) => words,
            Takes::One | Takes::Some | Takes::Day => &[],
        }
    }

    /// Whether it takes no list.
    pub fn is_single(&self) -> bool {
        matches!(self.takes, Takes::One | Takes::OneOf(_) | Takes::Day)
    }
}

/// The categories of a threat that only one model knows.
const CATEGORIES: &[&str] = &[
    STRIDE[0].name,
    STRIDE[1].name,
    STRIDE[2].name,
    STRIDE[3].name,
    STRIDE[4].name,
    STRIDE[5].name,
];

const fn column(key: Key, title: &'static str, takes: Takes, stands: Stands) -> Column {
    Column { key, title, takes, stands }
}

const THREATS: &[Column] = &[
    column(Key::On, "Where", Takes::Some, Stands::Beside),
    column(Key::Stride, "STRIDE", Takes::SomeOf(CATEGORIES), Stands::Beside),
    column(Key::Likelihood, "Likelihood", Takes::One, Stands::Column),
    column(Key::Impact, "Impact", Takes::One, Stands::Beside),
    column(Key::Response, "Response", Takes::OneOf(Response::WORDS), Stands::Below),
    column(Key::Mitigation, "By", Takes::SomeOf(Mitigation::WORDS), Stands::Beside),
    column(Key::Status, "Status", Takes::OneOf(Status::WORDS), Stands::Column),
    column(Key::Requirements, "Requirements", Takes::Some, Stands::Column),
    column(Key::Tests, "Tests", Takes::Some, Stands::Below),
    column(Key::Why, "Why", Takes::Some, Stands::Below),
    column(Key::By, "Decided by", Takes::Some, Stands::Below),
    column(Key::Until, "Until", Takes::Day, Stands::Below),
    column(Key::Owner, "Owner", Takes::Some, Stands::Below),
    column(Key::Ticket, "Ticket", Takes::Some, Stands::Below),
    column(Key::Note, "Note", Takes::Some, Stands::Below),
];

const ASSUMPTIONS: &[Column] = &[
    column(Key::Status, "Status", Takes::OneOf(Belief::WORDS), Stands::Column),
    column(Key::Until, "Until", Takes::Day, Stands::Below),
    column(Key::Owner, "Owner", Takes::Some, Stands::Below),
    column(Key::Note, "Note", Takes::Some, Stands::Below),
];

const REQUIREMENTS: &[Column] = &[
    column(Key::Status, "Status", Takes::OneOf(&Progress::WRITTEN), Stands::Column),
    column(Key::Tests, "Tests", Takes::Some, Stands::Below),
    column(Key::Why, "Why", Takes::Some, Stands::Below),
    column(Key::Until, "Until", Takes::Day, Stands::Below),
    column(Key::Owner, "Owner", Takes::Some, Stands::Below),
    column(Key::Ticket, "Ticket", Takes::Some, Stands::Below),
    column(Key::Note, "Note", Takes::Some, Stands::Below),
];

const REVIEWS: &[Column] = &[
    column(Key::Date, "Date", Takes::Day, Stands::Column),
    column(Key::By, "By", Takes::Some, Stands::Column),
    column(Key::How, "How", Takes::OneOf(How::WORDS), Stands::Column),
    column(Key::Outcome, "Outcome", Takes::OneOf(Verdict::WORDS), Stands::Column),
    column(Key::Notes, "Notes", Takes::Some, Stands::Below),
];

const LIST: &[Column] = &[
    column(Key::Kind, "Kind", Takes::Some, Stands::Column),
    column(Key::Stride, "STRIDE", Takes::Some, Stands::Column),
    column(Key::Severity, "Severity", Takes::Some, Stands::Column),
    column(Key::Tag, "Tag", Takes::Some, Stands::Column),
    column(Key::AppliesTo, "Applies to", Takes::Some, Stands::Column),
    column(Key::Status, "Status", Takes::SomeOf(&STATUSES), Stands::Column),
];

impl BlockKind {
    /// The keys of an item besides `use`, `id`, `title` and `risk`, in the order of the
    /// table's columns.
    pub fn columns(self) -> &'static [Column] {
        match self {
            BlockKind::Threats => THREATS,
            BlockKind::Assumptions => ASSUMPTIONS,
            BlockKind::Requirements => REQUIREMENTS,
            BlockKind::Reviews => REVIEWS,
            BlockKind::List => LIST,
        }
    }
}
