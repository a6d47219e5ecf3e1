//! What backs a claim, as readers see it: results of tests and places in source code.

use super::Renderer;
use crate::book::graph::NodeId;
use crate::book::page::Key;
use crate::book::source::Marker;
use crate::model::evidence::{Outcome, tested};
use crate::model::export::{self, Document};
use crate::site::view::{Count, FieldValue};
use crate::text::address::encode_path;

impl Renderer<'_> {
    /// The whole book as data.
    pub(super) fn data(&self) -> Document {
        export::document(self.config, self.graph, self.models, self.evidence)
    }

    /// How many tests of a model passed, failed and did not run; nothing without results.
    pub(super) fn test_counts(&self, node: NodeId) -> Vec<Count> {
        let Some(model) = self.models.get(node) else { return Vec::new() };
        let tally = self.evidence.of_model(model);
        let count = |outcome: Outcome| {
            let value = tally.of(outcome);
            let label = outcome.tests(self.text, value).to_string();
            let name = format!("tests-{}", outcome.word());
            (value > 0).then_some(Count { name, label, value, href: None })
        };
        Outcome::ALL.into_iter().filter_map(count).collect()
    }

    /// A note on the use of an entry in a model, and what came of the tests there.
    pub(super) fn with_tests(
        &self,
        note: Option<String>,
        model: NodeId,
        entry: NodeId,
    ) -> Option<String> {
        let Some(model) = self.models.get(model) else { return note };
        let rows = tested(model).filter(|row| row.entry == Some(entry));
        let names = rows.flat_map(|row| row.said(Key::Tests)).map(|word| word.text.as_str());
        let text = self.evidence.tally(names).say(self.text);
        match note {
            _ if text.is_empty() => note,
            Some(note) => Some(format!("{note}, {text}")),
            None => Some(text),
        }
    }

    /// The places in source code that name an entry.
    pub(super) fn code_links(&self, id: &str) -> Vec<FieldValue> {
        let link = |marker: &Marker| {
            let label = format!("{}:{}", marker.place.file, marker.line);
            match self.code_href(marker) {
                Some(href) => FieldValue::External { label, href, title: None },
                None => FieldValue::Text { text: label },
            }
        };
        self.evidence.markers(id).iter().map(link).collect()
    }

    /// Where a line of source code is shown: beside the pages that can be edited, else in
    /// the repository, as code hosts address a file.
    fn code_href(&self, marker: &Marker) -> Option<String> {
        let path = encode_path(&marker.place.file);
        let file = match (&self.config.edit_url, &self.config.repository) {
            (Some(edit), _) => edit.replace("/edit/", "/blob/").replace("{path}", &path),
            (None, Some(repository)) => {
                format!("{}/blob/HEAD/{path}", repository.trim_end_matches('/'))
            }
            (None, None) => return None,
        };
        Some(format!("{file}#L{}", marker.line))
    }
}
