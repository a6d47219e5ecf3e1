//! The words that `stride`, `severity`, `status` and `elements` accept.

/// One of the six threat categories of STRIDE (Kohnfelder and Garg, 1999).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stride {
    /// The word in front matter.
    pub name: &'static str,
    /// Its initial.
    pub letter: &'static str,
    /// The words for readers.
    pub title: &'static str,
}

/// The categories in the order of the acronym.
pub const STRIDE: [Stride; 6] = [
    Stride { name: "spoofing", letter: "S", title: "Spoofing" },
    Stride { name: "tampering", letter: "T", title: "Tampering" },
    Stride { name: "repudiation", letter: "R", title: "Repudiation" },
    Stride { name: "information-disclosure", letter: "I", title: "Information disclosure" },
    Stride { name: "denial-of-service", letter: "D", title: "Denial of service" },
    Stride { name: "elevation-of-privilege", letter: "E", title: "Elevation of privilege" },
];

/// Severity hints, mildest first.
pub const SEVERITIES: [&str; 4] = ["low", "medium", "high", "critical"];

/// What can be said of an entry's life.
pub const STATUSES: [&str; 3] = ["draft", "active", "deprecated"];

/// The elements of a data-flow diagram.
pub const ELEMENTS: [&str; 4] = ["external-entity", "process", "data-store", "flow"];

/// 1 for `low` to 4 for `critical`; 0 for anything else.
pub fn severity_rank(word: &str) -> usize {
    SEVERITIES.iter().position(|s| *s == word).map_or(0, |i| i + 1)
}
