//! What the page of cards shows, and the file of cards that is made for paper.

use super::{Chip, Html};
use serde::Serialize;

/// Cards of threats, for a game and for the wall.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeckView {
    /// The cards, eight to a sheet.
    pub sheets: Vec<SheetView>,
    /// How many cards there are.
    pub cards: usize,
    /// Choices of cards: starter sets and properties.
    pub decks: Vec<DeckChoice>,
    /// The size of the paper: `a4` or `letter`.
    pub paper: String,
    /// Whether each card stands alone, for a screen.
    pub single: bool,
    /// The styles of a file that needs no other; empty on the site.
    pub style: Html,
}

/// Some of the cards under a name.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeckChoice {
    /// The words for readers.
    pub label: String,
    /// What kind of choice it is: `starter` or `applies-to`.
    pub group: String,
    /// The IDs of the cards, with commas.
    pub ids: String,
    /// How many these are.
    pub cards: usize,
}

/// One side of a sheet of paper.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SheetView {
    /// Whether it shows the backs, in the order in which they lie behind their fronts.
    pub back: bool,
    /// The cards; `none` for an empty place.
    pub cards: Vec<Option<CardView>>,
}

/// A card.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CardView {
    /// The ID of the threat.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The middle of its ID, such as `AUTH`; may be empty.
    pub area: String,
    /// A number from 0 to 11, the same for all of an area: its colour.
    pub colour: usize,
    /// Its severity.
    pub severity: Option<Chip>,
    /// Its STRIDE categories.
    pub stride: Vec<Chip>,
    /// What to ask of a design; may be empty.
    pub question: String,
    /// How it goes, in a few lines.
    pub how: Vec<String>,
    /// What to do: ID and title of what treats it.
    pub treated: Vec<(String, String)>,
    /// Its page.
    pub href: String,
    /// The same for paper, without a scheme.
    pub address: String,
}
