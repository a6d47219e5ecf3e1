//! What backs the claims of models: results of tests, and places in source code that
//! name a threat or a requirement.

mod concern;
mod junit;

pub use concern::Concern;
pub use junit::{JunitError, Outcome, Results};

use crate::book::config::Config;
use crate::book::entry::id_form;
use crate::book::graph::Graph;
use crate::book::language::Text;
use crate::book::page::Key;
use crate::book::source::{Marker, Sources};
use crate::model::{Model, Models, Progress, Row, Status};
use crate::text::diagnostic::{Code, Diagnostic, Words};
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

/// Results of tests and markers in source code, bound to a book.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The results of tests.
    pub results: Results,
    /// Markers by the ID that they name, in lower case and without former IDs.
    markers: BTreeMap<String, Vec<Marker>>,
}

/// How many tests had each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Neither.
    pub not_run: usize,
}

impl Tally {
    /// The number of an outcome.
    pub fn of(&self, outcome: Outcome) -> usize {
        match outcome {
            Outcome::Passed => self.passed,
            Outcome::Failed => self.failed,
            Outcome::NotRun => self.not_run,
        }
    }

    /// For readers: `1 test failed, 2 passed`; empty without a test.
    pub fn say(&self, text: &Text) -> String {
        let counted = Outcome::ALL.map(|outcome| (outcome, self.of(outcome)));
        let mut parts = Vec::new();
        for (outcome, number) in counted.into_iter().filter(|(_, number)| *number > 0) {
            parts.push(match parts.is_empty() {
                true => format!("{number} {}", outcome.tests(text, number)),
                false => format!("{number} {}", outcome.say(text)),
            });
        }
        parts.join(", ")
    }
}

impl Evidence {
    /// The places in source code that name an entry, or an item of a model.
    pub fn markers(&self, id: &str) -> &[Marker] {
        self.markers.get(&id_form(id)).map_or(&[], Vec::as_slice)
    }

    /// What came of a test; `None` when no results were given at all.
    pub fn outcome(&self, test: &str) -> Option<Outcome> {
        (!self.results.is_empty()).then(|| self.results.outcome(test))
    }

    /// What came of these tests; nothing when no results were given.
    pub fn tally<'t>(&self, tests: impl IntoIterator<Item = &'t str>) -> Tally {
        let mut tally = Tally::default();
        for outcome in tests.into_iter().filter_map(|test| self.outcome(test)) {
            match outcome {
                Outcome::Passed => tally.passed += 1,
                Outcome::Failed => tally.failed += 1,
                Outcome::NotRun => tally.not_run += 1,
            }
        }
        tally
    }

    /// What came of all tests of a model, each name counted once.
    pub fn of_model(&self, model: &Model) -> Tally {
        let words = tested(model).flat_map(|row| row.said(Key::Tests));
        let names: BTreeSet<&str> = words.map(|word| word.text.as_str()).collect();
        self.tally(names)
    }
}

/// The rows of a model that can name tests.
pub fn tested(model: &Model) -> impl Iterator<Item = &Row> {
    let threats = model.threats.iter().map(|threat| &threat.row);
    threats.chain(model.requirements.iter().map(|requirement| &requirement.row))
}

/// Binds results and markers to a book, and tells what does not fit.
pub fn collect(
    config: &Config,
    sources: &Sources,
    graph: &Graph,
    models: &Models,
    results: &Results,
) -> (Evidence, Vec<Diagnostic>) {
    let mut evidence = Evidence { results: results.clone(), markers: BTreeMap::new() };
    let mut found = Vec::new();
    let locals: Vec<String> = graph.locals.keys().map(|id| id.to_ascii_uppercase()).collect();
    let ids = graph.nodes.iter().filter_map(|node| node.id.as_deref());
    let names = LazyCell::new(|| Words::new(ids.chain(locals.iter().map(String::as_str))));
    for marker in sources.markers() {
        // A former ID counts for the entry as it is called now.
        let node = graph.find(&marker.id).and_then(|node| graph.nodes[node].id.as_deref());
        let known = node.or_else(|| graph.local(&marker.id).map(|_| marker.id.as_str()));
        match known {
            Some(id) => {
                let list = evidence.markers.entry(id_form(id)).or_default();
                // A line that names an entry twice says nothing more.
                let twice = |last: &Marker| {
                    last.place.file == marker.place.file && last.line == marker.line
                };
                if !list.last().is_some_and(twice) {
                    list.push(marker.clone());
                }
            }
            // What readers hear nothing of is no slip.
            None if graph.absent.why(&id_form(&marker.id)).is_some() => {}
            None => found.push(unknown(config, &names, marker)),
        }
    }
    for model in models.by_node.values().filter(|model| model.superseded_by.is_none()) {
        failing(model, &evidence, &mut found);
    }
    (evidence, found)
}

fn unknown(config: &Config, known: &Words<'_>, marker: &Marker) -> Diagnostic {
    let help = known.did_you_mean(&marker.id);
    let help = help.unwrap_or_else(|| match config.kinds.of_id(&marker.id) {
        Some(kind) => {
            format!("`{}/` holds the {} of the book", kind.folder, kind.plural.to_lowercase())
        }
        None => "name an entry, or an item of a model, by its ID".into(),
    });
    let message = format!("a comment names `{}`, which the book does not have", marker.id);
    Diagnostic::new(Code::UnknownMarker, marker.place.clone(), message)
        .label("no such entry")
        .help(help)
}

/// Claims that a test contradicts.
fn failing(model: &Model, evidence: &Evidence, found: &mut Vec<Diagnostic>) {
    let threats = model.threats.iter().filter(|threat| threat.status == Status::Mitigated);
    let threats = threats.map(|threat| (&threat.row, threat.status.word()));
    let done = model.requirements.iter().filter(|own| own.status == Progress::Done);
    let done = done.map(|own| (&own.row, own.status.word()));
    for (row, claim) in threats.chain(done) {
        let id = &row.id;
        for word in row.said(Key::Tests) {
            if evidence.outcome(&word.text) == Some(Outcome::Failed) {
                let message =
                    format!("`{id}` is called {claim}, and its test `{}` fails", word.text);
                found.push(
                    Diagnostic::new(Code::FailingTest, word.place.clone(), message)
                        .label("this test fails")
                        .help("mend what the test finds, or set the status back"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;
    use crate::book::language::Texts;

    #[test]
    fn the_worst_is_told_first() {
        let english = Texts::embedded("en");
        let text = |passed, failed, not_run| Tally { passed, failed, not_run }.say(&english);
        assert_eq!(text(2, 1, 0), "1 test failed, 2 passed");
        assert_eq!(text(0, 0, 3), "3 tests not run");
        assert_eq!(text(0, 0, 0), "");
    }
}
