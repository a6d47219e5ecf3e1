//! Catalogue entries that changed after a model was reviewed, and revisions that do not
//! follow each other.

use crate::book::entry::BuiltInRole;
use crate::book::graph::{Graph, NodeId};
use crate::book::page::Change;
use crate::model::{Model, Models, Spot};
use crate::text::date::date;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use std::collections::BTreeMap;

/// An entry that changed after the last review of a model that uses it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outdated {
    /// The entry.
    pub entry: NodeId,
    /// When the model was last reviewed.
    pub reviewed: String,
    /// The changes since then, newest first.
    pub changes: Vec<Change>,
    /// Where the model uses the entry.
    pub place: Place,
}

/// The entries of a model that changed after its last review, by ID. Empty for an
/// earlier revision and for a model that nobody reviewed yet.
pub fn outdated(graph: &Graph, model: &Model) -> Vec<Outdated> {
    let reviews = model.reviews.iter().filter_map(|review| date(&review.date));
    let Some(reviewed) = reviews.max().filter(|_| !graph.is_superseded(model.node)) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for (entry, place) in used(model) {
        let changes = graph.article(entry).meta.changes.iter();
        let mut changes: Vec<Change> = changes
            .filter(|change| date(&change.date).is_some_and(|date| date > reviewed))
            .cloned()
            .collect();
        changes.sort_by_key(|change| std::cmp::Reverse(date(&change.date)));
        if !changes.is_empty() {
            out.push(Outdated { entry, reviewed: reviewed.to_string(), changes, place });
        }
    }
    out
}

/// The catalogue entries that a model's rows name, with the first place of each.
fn used(model: &Model) -> BTreeMap<NodeId, Place> {
    let rows = model.rows().into_iter().map(|row| (row.spot, row.entry, row.named_at()));
    let treatments = model.threats.iter().flat_map(|threat| {
        let named = threat.treatments.iter();
        named.map(move |own| (threat.spot, own.entry, &own.word.place))
    });
    let mut places: Vec<(Spot, Option<NodeId>, &Place)> = rows.chain(treatments).collect();
    places.sort_by_key(|(spot, ..)| *spot);
    let places = places.into_iter().filter_map(|(_, entry, place)| Some((entry?, place)));
    let mut out = BTreeMap::new();
    for (entry, place) in places {
        out.entry(entry).or_insert_with(|| place.clone());
    }
    out
}

/// What is to be said of all models.
pub fn check(graph: &Graph, models: &Models) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for model in models.by_node.values() {
        for outdated in outdated(graph, model).into_iter().filter(|_| !model.example) {
            let id = graph.nodes[outdated.entry].id.clone().unwrap_or_default();
            let change = &outdated.changes[0];
            let message = format!(
                "`{id}` changed on {}, after the last review of this model on {}",
                change.date, outdated.reviewed
            );
            found.push(
                Diagnostic::new(Code::ChangedSinceReview, outdated.place, message)
                    .label(change.what.trim_end_matches('.').to_string())
                    .help("look at it again, and add an entry to `reviews`"),
            );
        }
        if graph.is_circular(model.node) {
            let article = graph.article(model.node);
            let mut roles =
                article.meta.roles.iter().filter(|(role, _)| BuiltInRole::Supersedes.is(role));
            let word = roles.find_map(|(_, words)| words.first());
            let place = word.map_or(&article.place, |word| &word.place);
            let message = "this revision supersedes itself, through the ones that it names";
            found.push(
                Diagnostic::new(Code::RevisionCircle, place.clone(), message)
                    .help("a revision names only the one before it"),
            );
        }
    }
    found
}
