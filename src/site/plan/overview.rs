//! The pages that look over all models.

use super::{Plan, Route};

/// A page over all models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overview {
    /// What each model needs next.
    Status,
    /// Which model has which threat.
    Threats,
    /// Which model has which requirement.
    Requirements,
    /// What nothing covers.
    Gaps,
}

impl Overview {
    /// All, in the order of their links.
    pub const ALL: [Overview; 4] =
        [Overview::Status, Overview::Threats, Overview::Requirements, Overview::Gaps];

    /// Its name in classes and templates.
    pub fn name(self) -> &'static str {
        match self {
            Overview::Status => "status",
            Overview::Threats => "threats",
            Overview::Requirements => "requirements",
            Overview::Gaps => "gaps",
        }
    }

    /// Its address.
    pub fn url(self) -> String {
        self.address("html")
    }

    /// The address of its rows as comma-separated values.
    pub fn csv(self) -> String {
        self.address("csv")
    }

    fn address(self, ending: &str) -> String {
        let folder = if self == Overview::Status { "" } else { "coverage/" };
        format!("{folder}{}.{ending}", self.name())
    }
}

impl Plan {
    /// The address of a page over all models, unless the book has none or puts a page
    /// of its own there.
    pub fn overview(&self, overview: Overview) -> Option<String> {
        let url = overview.url();
        (self.routes.get(&url) == Some(&Route::Overview(overview))).then_some(url)
    }
}
