//! The kinds and roles that the program knows itself, as values. A book adds others, which
//! have names alone.

use crate::text::vocabulary::vocabulary;

vocabulary! {
    /// A kind of pages that each book has, unless it says otherwise.
    BuiltInKind {
        /// A guide.
        Guide = "guide",
        /// A course.
        Training = "training",
        /// A threat model.
        Model = "model",
        /// A threat.
        Threat = "threat",
        /// A requirement.
        Requirement = "requirement",
        /// An assumption.
        Assumption = "assumption",
    }
}

impl BuiltInKind {
    /// Whether a page or a section has this kind.
    pub fn is(self, kind: Option<&str>) -> bool {
        kind == Some(self.word())
    }
}

vocabulary! {
    /// A role of links that each book has.
    BuiltInRole {
        /// An entry treats another.
        Requirements = "requirements",
        /// An entry rests on another.
        Assumptions = "assumptions",
        /// Entries belong together.
        Related = "related",
        /// An entry stands in the place of another.
        ReplacedBy = "replaced-by",
        /// A revision follows another.
        Supersedes = "supersedes",
        /// A row of a model names an entry.
        Uses = "uses",
        /// Text names an entry.
        Mentions = "mentions",
    }
}

impl BuiltInRole {
    /// Whether a role is this one.
    pub fn is(self, role: &str) -> bool {
        role == self.word()
    }
}
