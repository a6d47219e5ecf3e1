//! The result of every framework, in one type that can be sorted.

use std::cmp::Ordering;
use std::fmt;

use super::problem::{Problem, clip, one_of};

/// How bad, on the one scale that all frameworks share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Severity {
    /// Nothing to act on.
    #[default]
    None,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// All, mildest first.
    pub const ALL: [Severity; 5] =
        [Severity::None, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The word used in data: `none`, `low`, `medium`, `high` or `critical`.
    pub fn word(self) -> &'static str {
        ["none", "low", "medium", "high", "critical"][self as usize]
    }

    /// Reads the word used in data.
    pub fn parse(word: &str) -> Result<Severity, Problem> {
        Severity::ALL.into_iter().find(|severity| severity.word() == word).ok_or_else(|| {
            Problem::error("", format!("`{}` is not a severity", clip(word)))
                .help(format!("use {}", one_of(&Severity::ALL.map(Severity::word))))
        })
    }

    /// The rating scale that CVSS 3.1 and 4.0 share.
    pub(crate) fn of_cvss(score: f64) -> Severity {
        match score {
            s if s < 0.1 => Severity::None,
            s if s < 4.0 => Severity::Low,
            s if s < 7.0 => Severity::Medium,
            s if s < 9.0 => Severity::High,
            _ => Severity::Critical,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(["None", "Low", "Medium", "High", "Critical"][*self as usize])
    }
}

/// A named range of scores, or a name used in a matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The name that readers see.
    pub name: String,
    /// The lowest score of the band; `None` where a matrix names the band.
    pub from: Option<f64>,
    /// Its place on the shared scale.
    pub severity: Severity,
}

impl Band {
    /// A band.
    pub fn new(name: impl Into<String>, from: Option<f64>, severity: Severity) -> Band {
        Band { name: name.into(), from, severity }
    }
}

/// What a framework says about one threat. A greater score is a worse one, so
/// `scores.sort_by(|a, b| b.cmp(a))` puts the worst first.
///
/// Order goes by severity, then by the number inside it. Numbers of different
/// frameworks do not compare; severities do.
#[derive(Debug, Clone)]
pub struct Score {
    /// The number, where the framework yields one.
    pub value: Option<f64>,
    /// The framework's own name for the result.
    pub band: String,
    /// The result on the shared scale.
    pub severity: Severity,
    /// The result for readers, such as `6.1 Medium`.
    pub text: String,
    /// Orders results inside a severity; never shown.
    rank: f64,
}

impl Score {
    /// A score that is ordered by its value.
    pub fn new(value: Option<f64>, band: &str, severity: Severity, text: String) -> Score {
        Score { value, band: band.into(), severity, text, rank: value.unwrap_or(0.0) }
    }

    /// Orders a score that has no number of its own.
    pub(crate) fn ranked(mut self, rank: f64) -> Score {
        self.rank = rank;
        self
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Score) -> Ordering {
        let numbers = |a: f64, b: f64| a.total_cmp(&b);
        self.severity
            .cmp(&other.severity)
            .then_with(|| numbers(self.rank, other.rank))
            .then_with(|| numbers(self.value.unwrap_or(-1.0), other.value.unwrap_or(-1.0)))
            .then_with(|| self.band.cmp(&other.band))
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Score) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Score {
    fn eq(&self, other: &Score) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Score {}

/// One step on the way to a score: what, from what, and the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is worked out.
    pub label: String,
    /// The working, with the numbers put in.
    pub working: String,
    /// What comes out.
    pub result: String,
}

impl Step {
    pub(crate) fn new(
        label: impl Into<String>,
        working: impl Into<String>,
        result: impl Into<String>,
    ) -> Step {
        Step { label: label.into(), working: working.into(), result: result.into() }
    }
}

/// A number for readers: at most three decimals, no zeros at the end.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [4.375, 12.0, 0.1 + 0.2, -0.0001, 1e9].map(number),
            ["4.375", "12", "0.3", "0", "1000000000"]
        );
    }

    #[test]
    fn the_worst_comes_first() {
        let score = |value, severity| Score::new(value, "", severity, String::new());
        let mut scores = [
            None,
            Some(score(Some(4.0), Severity::Medium)),
            Some(score(None, Severity::Critical)),
            Some(score(Some(6.9), Severity::Medium)),
            Some(score(Some(0.0), Severity::None)),
        ];
        scores.sort_by(|a, b| b.cmp(a));
        let order: Vec<_> =
            scores.iter().map(|s| s.as_ref().map(|s| (s.severity, s.value))).collect();
        assert_eq!(
            order,
            [
                Some((Severity::Critical, None)),
                Some((Severity::Medium, Some(6.9))),
                Some((Severity::Medium, Some(4.0))),
                Some((Severity::None, Some(0.0))),
                None,
            ]
        );
    }

    #[test]
    fn severities_read_back() {
        for severity in Severity::ALL {
            assert_eq!(Severity::parse(severity.word()), Ok(severity));
        }
        assert!(Severity::parse("High").is_err());
    }
}
