//! What Casebook has to say about a book: typed findings with a place, a reason
//! and a fix.

mod code;
mod report;
mod suggest;

pub use code::{CODES, Code, Level};
pub use report::{Format, Summary, render};
pub use suggest::{Words, did_you_mean, nearest};

use crate::text::span::Place;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding; see [`CODES`].
    pub code: Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where it is wrong. `None` only when no file can be named.
    pub place: Option<Place>,
    /// What to say at the place itself.
    pub label: String,
    /// Other places that matter, such as the first definition of a doubled ID.
    pub also: Vec<(Place, String)>,
    /// How to put it right.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding at a place.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            message: message.into(),
            place: Some(place),
            label: String::new(),
            also: Vec::new(),
            help: None,
        }
    }

    /// A finding about the book as a whole.
    pub fn global(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic { place: None, ..Diagnostic::new(code, Place::new(&"".into(), 0..0), message) }
    }

    /// Adds the words shown under the marked source.
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// Adds a second place.
    pub fn also(mut self, place: Place, label: impl Into<String>) -> Diagnostic {
        self.also.push((place, label.into()));
        self
    }

    /// Adds the fix.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Adds the fix where there is one to give.
    pub fn maybe_help(mut self, help: Option<String>) -> Diagnostic {
        self.help = help.or(self.help);
        self
    }
}
