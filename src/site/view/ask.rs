//! What the page shows that asks what is built.

use serde::Serialize;

/// The description, the properties to tick, the walk of questions.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AskView {
    /// How many threats ask something.
    pub threats: usize,
    /// How many questions there are.
    pub questions: usize,
    /// The properties that can be ticked.
    pub groups: Vec<AskGroup>,
    /// The catalogue of threats, for readers without scripts.
    pub catalogue: Option<String>,
}

/// Properties that belong together.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AskGroup {
    /// The words for readers; empty for what no group names.
    pub label: String,
    /// The properties; never empty.
    pub properties: Vec<AskProperty>,
}

/// A property of what is built.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AskProperty {
    /// The word of `applies-to:`.
    pub word: String,
    /// What readers see.
    pub label: String,
    /// What it means; may be empty.
    pub about: String,
    /// How many threats have it.
    pub threats: usize,
}
