//! Structured blocks of a page as tables: threats, requirements, assumptions, reviews, and
//! lists of entries.

use super::{Chip, EntryLink};
use serde::Serialize;

/// A block as a table, for `block.html`, which is rendered into the text of the page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BlockView {
    /// The name of its fence: `threats`, `requirements`, `assumptions`, `reviews`, `list`.
    pub name: String,
    /// The anchor to which counts lead; none where another block of the page has it.
    pub anchor: Option<String>,
    /// How many rows there are, in words.
    pub caption: String,
    /// What is said in place of a table without rows.
    pub empty: Option<String>,
    /// The columns that at least one row fills, the subject first.
    pub columns: Vec<BlockColumn>,
    /// The rows.
    pub rows: Vec<BlockRow>,
}

/// A column of a block.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BlockColumn {
    /// The key in the block: `status`; `subject` and `notes` are no keys.
    pub key: String,
    /// The words over it.
    pub label: String,
    /// The page that explains it.
    pub href: Option<String>,
    /// What that page explains.
    pub about: Option<String>,
}

/// A row of a block.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BlockRow {
    /// Its anchor.
    pub id: Option<String>,
    /// The ID that the picker takes.
    pub pick: Option<String>,
    /// Where the work on a threat stands, on the page of its model.
    pub status: Option<&'static str>,
    /// How bad the threat is there.
    pub severity: Option<&'static str>,
    /// What wants attention about it: words of filters.
    pub concerns: Vec<&'static str>,
    /// The day until which a decision holds, as written.
    pub due: Option<String>,
    /// What fills the columns, in their order. The first names the row.
    pub cells: Vec<BlockCell>,
    /// What is told below the row, where something is.
    pub fold: Option<BlockFold>,
}

/// A cell of a block.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BlockCell {
    /// The key of its column.
    pub key: String,
    /// The words over its column, for a narrow screen.
    pub label: String,
    /// Its values.
    pub values: Vec<BlockValue>,
    /// The places in a diagram that the row names.
    pub places: Vec<PlaceLink>,
    /// What is told in prose, in a cell of notes.
    pub notes: Vec<BlockNote>,
}

/// A value in a block. In templates `value.type` tells which: `text`, `chip`, `entry`,
/// `own`, `risk`, `letter`, `day`, `link`, `test` or `broken`.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum BlockValue {
    /// Plain words.
    Text {
        /// The words.
        text: String,
    },
    /// A word on a scale, such as a status.
    Chip(Chip),
    /// A link to an entry, or to a row of another model.
    Entry(EntryLink),
    /// What only this page has, under its own ID and title.
    Own {
        /// Its ID.
        id: Option<String>,
        /// Its title.
        title: String,
    },
    /// What a framework makes of a risk.
    Risk(Chip),
    /// A category by its first letter.
    Letter(Chip),
    /// A day.
    Day {
        /// The ISO date, where it is one.
        date: Option<String>,
        /// The day in the form of the language.
        text: String,
    },
    /// An address.
    Link {
        /// The address.
        href: String,
    },
    /// A test.
    Test {
        /// Its name.
        name: String,
        /// What came of it.
        outcome: Option<Chip>,
    },
    /// An ID that the book does not have.
    Broken {
        /// The ID as written.
        id: String,
        /// What is wrong.
        why: String,
    },
}

/// An element, flow or boundary that a row names, and the way to it in the picture.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PlaceLink {
    /// Its name.
    pub text: String,
    /// Where it is drawn.
    pub href: Option<String>,
    /// The anchors of all that the name means, where it means several flows.
    pub all: Vec<String>,
}

/// What is told below a row.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BlockFold {
    /// The `id` of the cell that names the row, which this belongs to.
    pub head: Option<String>,
    /// What is said in one line.
    pub brief: Vec<BriefPart>,
    /// What the line does not tell, in prose.
    pub notes: Vec<BlockNote>,
}

/// A part of the line below a row.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BriefPart {
    /// The words.
    pub text: String,
    /// What wants attention about it: `lacking` or `failed`.
    pub mark: Option<&'static str>,
}

/// What is said of a row under one key.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BlockNote {
    /// The key in the block: `why`.
    pub key: String,
    /// Its name for readers; empty for what speaks for itself.
    pub label: String,
    /// What is said.
    pub values: Vec<BlockValue>,
}
