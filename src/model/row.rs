//! What stands in the blocks of a page, linked: each word is read once, here.
//!
//! A row keeps what its author wrote, so that a reader of a key that is text alone
//! ([`Row::said`]) needs no field of its own. What has a meaning is a field with a type.

use super::Spot;
use crate::book::graph::NodeId;
use crate::book::page::word::{Belief, How, Mitigation, Progress, Response, Said, Verdict};
use crate::book::page::{Item, Key, Word};
use crate::dfd::Target;
use crate::risk::{Input, Score, Severity};
use crate::text::span::Place;
use std::ops::Deref;
use std::sync::Arc;

pub use crate::book::page::word::Status;

/// What all items of blocks have.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where it stands: the block and its place in it.
    pub spot: Spot,
    /// The ID: of the catalogue entry, or its own; empty where it has none.
    pub id: String,
    /// The title.
    pub title: String,
    /// The catalogue entry.
    pub entry: Option<NodeId>,
    /// The anchor on its page; empty where it has none.
    pub anchor: String,
    /// Whether the anchor leads here. What stands twice is found where it stands first.
    pub is_anchored: bool,
    pub(super) item: Arc<Item>,
}

impl Row {
    /// Where it stands in its file.
    pub fn place(&self) -> &Place {
        &self.item.place
    }

    /// The ID of the entry that it uses, as written.
    pub fn uses(&self) -> Option<&Word> {
        self.item.uses.as_ref()
    }

    /// Its own ID as written, where it uses no entry.
    pub fn own_id(&self) -> Option<&Word> {
        self.item.id.as_ref()
    }

    /// The title that the author gave to it.
    pub fn own_title(&self) -> Option<&str> {
        self.item.title.as_deref()
    }

    /// Where it names the entry that it uses, else where it stands.
    pub fn named_at(&self) -> &Place {
        self.uses().map_or(self.place(), |word| &word.place)
    }

    /// What is said of the risk: a single value without a key, or answers by factor.
    pub fn risk(&self) -> &[(Option<String>, Word)] {
        &self.item.risk
    }

    /// What is written under a key.
    pub fn said(&self, key: Key) -> &[Word] {
        self.item.get(key)
    }

    /// The first text under a key.
    pub fn first(&self, key: Key) -> Option<&str> {
        self.item.first(key)
    }

    /// Whether something is written under a key.
    pub fn has(&self, key: Key) -> bool {
        self.said(key).iter().any(|word| !word.text.trim().is_empty())
    }

    /// All that is written under a key as one text; `None` where nothing is.
    pub fn text(&self, key: Key) -> Option<String> {
        let words: Vec<&str> = self.said(key).iter().map(|word| word.text.as_str()).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// How a message names it: its ID or, where it has none, its title.
    pub fn name(&self) -> String {
        match self.id.is_empty() {
            true => format!("\u{201c}{}\u{201d}", self.title),
            false => format!("`{}`", self.id),
        }
    }
}

/// A place in a diagram that a threat names.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// The name as written.
    pub word: Word,
    /// What it is; `None` where the diagram has nothing of that name.
    pub target: Option<Target>,
}

/// A requirement that a threat names.
#[derive(Debug, Clone, PartialEq)]
pub struct Treatment {
    /// The name as written.
    pub word: Word,
    /// The entry of that ID.
    pub entry: Option<NodeId>,
}

/// A threat of a model.
#[derive(Debug, Clone)]
pub struct Threat {
    /// What all rows have.
    pub row: Row,
    /// What of the diagram it concerns.
    pub on: Vec<Location>,
    /// Whether something is still to be done, and if not, why. What is missing or unknown is
    /// open.
    pub status: Status,
    /// What is done about it.
    pub response: Option<Said<Response>>,
    /// What mitigates it.
    pub mitigation: Vec<Said<Mitigation>>,
    /// The requirements that it names.
    pub treatments: Vec<Treatment>,
    /// What was written of the risk.
    pub input: Option<Input>,
    /// The score, where it is rated.
    pub score: Option<Score>,
    /// The rating, else the hint of the catalogue entry.
    pub severity: Severity,
}

impl Threat {
    /// Sorts threats worst first.
    pub fn rank(&self) -> impl Ord + use<> {
        let rated = self.score.clone();
        (self.status, std::cmp::Reverse(self.severity), std::cmp::Reverse(rated), self.spot)
    }

    /// What of the diagram it concerns, where the diagram has it.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.on.iter().filter_map(|location| location.target.as_ref())
    }

    /// Whether its status holds until a day.
    pub fn is_running(&self) -> bool {
        matches!(self.status, Status::Open | Status::Accepted)
    }

    /// Whether something treats it, or is to, and a test should show that.
    pub fn wants_treatment(&self) -> bool {
        matches!(self.status, Status::Open | Status::Mitigated)
    }
}

/// A requirement of a model.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// What all rows have.
    pub row: Row,
    /// How far it is. What is missing or unknown is [`Progress::Taken`].
    pub status: Progress,
}

impl Requirement {
    /// The status, where one is written.
    pub fn written(&self) -> Option<Progress> {
        Some(self.status).filter(|status| *status != Progress::Taken)
    }
}

/// An assumption of a model.
#[derive(Debug, Clone)]
pub struct Assumption {
    /// What all rows have.
    pub row: Row,
    /// What is known of it.
    pub status: Option<Belief>,
}

/// A review of a model.
#[derive(Debug, Clone)]
pub struct Review {
    /// What all rows have.
    pub row: Row,
    /// When, as written: an ISO date; empty where nothing is.
    pub date: String,
    /// Who, by role or name; empty where nothing is said.
    pub by: String,
    /// In a meeting or asynchronously.
    pub how: Option<Said<How>>,
    /// What came of it.
    pub outcome: Option<Said<Verdict>>,
}

impl Review {
    /// Whether the model was approved.
    pub fn approved(&self) -> bool {
        self.verdict() == Some(Verdict::Approved)
    }

    /// What came of it, as written.
    pub fn outcome_word(&self) -> Option<&str> {
        self.outcome.as_ref().map(Said::text)
    }

    /// What came of it, where it can be read.
    pub fn verdict(&self) -> Option<Verdict> {
        self.outcome.as_ref().and_then(|outcome| outcome.value)
    }
}

/// What is said of a row is said of what it is.
macro_rules! is_row {
    ($($name:ident)+) => {
        $(impl Deref for $name {
            type Target = Row;

            fn deref(&self) -> &Row {
                &self.row
            }
        })+
    };
}

is_row! { Threat Requirement Assumption Review }
