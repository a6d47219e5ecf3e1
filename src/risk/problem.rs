//! What is wrong with a rating or with a declared framework.

use std::ops::Range;

/// One finding, with a place inside the text or the data that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// How to put it right.
    pub help: Option<String>,
    /// Where: a factor's name for a rating; a dotted path with indexes, such as
    /// `factors.2.levels.0.label`, for a declaration; empty for the whole.
    pub key: String,
    /// Bytes inside the vector string or the formula, where there is one.
    pub span: Option<Range<usize>>,
    /// True when the framework works all the same.
    pub warning: bool,
}

impl Problem {
    /// A finding that stops the rating or the framework.
    pub fn error(key: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { message: message.into(), help: None, key: key.into(), span: None, warning: false }
    }

    /// A finding that does not stop anything.
    pub fn warning(key: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { warning: true, ..Problem::error(key, message) }
    }

    /// Adds the fix.
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    /// Adds the place inside the text.
    pub fn at(mut self, span: Range<usize>) -> Problem {
        self.span = Some(span);
        self
    }
}

/// The fix for an unknown word: the nearest known one, or all of them.
pub(crate) fn suggest(word: &str, known: &[&str]) -> String {
    let lower = word.to_lowercase();
    let limit = (lower.chars().count() / 3).clamp(1, 4);
    known
        .iter()
        .filter(|known| known.chars().count().abs_diff(lower.chars().count()) <= limit)
        .map(|known| (strsim::damerau_levenshtein(&lower, &known.to_lowercase()), known))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map_or_else(|| format!("use {}", one_of(known)), |(_, w)| format!("did you mean `{w}`?"))
}

/// "`a`, `b` or `c`".
pub(crate) fn one_of(words: &[&str]) -> String {
    join(words, "or")
}

/// "`a`, `b` and `c`".
pub(crate) fn all_of(words: &[&str]) -> String {
    join(words, "and")
}

fn join(words: &[&str], last: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => "nothing".into(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// The text, cut where it is too long to repeat in a message.
pub(crate) fn clip(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.into(),
    }
}
