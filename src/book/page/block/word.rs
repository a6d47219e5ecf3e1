//! The closed vocabularies of blocks: each is one table, which gives the values, the words
//! in YAML, their order and the parser.

use crate::book::page::meta::Word;
use crate::text::vocabulary::vocabulary;

vocabulary! {
    /// Where the work on a threat stands, most urgent first.
    Status {
        /// Something is to be done.
        Open = "open",
        /// Somebody decided to live with it.
        Accepted = "accepted",
        /// Done.
        Mitigated = "mitigated",
        /// Does not concern this system.
        NotApplicable = "not-applicable",
    }
}

vocabulary! {
    /// What is done about a threat.
    Response {
        /// It is made less likely, or less bad.
        Mitigate = "mitigate",
        /// Nothing, and somebody lives with it.
        Accept = "accept",
        /// Somebody else bears it.
        Transfer = "transfer",
        /// What it needs is not built.
        Avoid = "avoid",
    }
}

vocabulary! {
    /// What mitigates a threat.
    Mitigation {
        /// Another design.
        DesignChange = "design change",
        /// Something that is built.
        Feature = "feature",
        /// It is noticed.
        Detection = "detection",
        /// What it breaks is mended.
        Recovery = "recovery",
    }
}

vocabulary! {
    /// How far a requirement of a model is, most urgent first.
    Progress {
        /// It will be done.
        Planned = "planned",
        /// Somebody is at it.
        InProgress = "in-progress",
        /// It is in the model, and nothing is said of it. Nobody writes this word.
        Taken = "taken",
        /// Done.
        Done = "done",
        /// It will not be done.
        Rejected = "rejected",
    }
}

impl Progress {
    /// The words that an author can write.
    pub const WRITTEN: [&'static str; 4] = [
        Progress::Planned.word(),
        Progress::InProgress.word(),
        Progress::Done.word(),
        Progress::Rejected.word(),
    ];
}

vocabulary! {
    /// What is known of an assumption.
    Belief {
        /// Somebody made sure.
        Confirmed = "confirmed",
        /// Nobody did yet.
        Unconfirmed = "unconfirmed",
        /// It does not hold.
        Wrong = "wrong",
    }
}

vocabulary! {
    /// How a review was held.
    How {
        /// People met.
        Meeting = "meeting",
        /// Each in their own time.
        Asynchronous = "asynchronous",
    }
}

vocabulary! {
    /// What came of a review.
    Verdict {
        /// The model stands.
        Approved = "approved",
        /// The model is to be changed.
        ChangesRequested = "changes-requested",
        /// The model does not stand.
        Rejected = "rejected",
    }
}

/// A word of a vocabulary as it is written and as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Said<T> {
    /// What is written, and where.
    pub word: Word,
    /// What it says; `None` for a word that the vocabulary does not have, which the check of
    /// the block reports.
    pub value: Option<T>,
}

impl<T> Said<T> {
    /// Reads a word.
    pub fn read(word: &Word, parse: impl Fn(&str) -> Option<T>) -> Said<T> {
        Said { word: word.clone(), value: parse(&word.text) }
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.word.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_values_are_one_to_one() {
        for (status, word) in Status::ALL.into_iter().zip(Status::WORDS) {
            assert_eq!((status.word(), Status::parse(word)), (*word, Some(status)));
        }
        assert_eq!(Response::parse(" avoid "), Some(Response::Avoid));
        assert_eq!(Response::parse("Avoid"), None);
        assert!(!Progress::WRITTEN.contains(&Progress::Taken.word()));
        assert_eq!(Progress::WRITTEN.len() + 1, Progress::ALL.len());
    }
}
