//! What changed in the book, by date: declared changes of entries, reviews and revisions
//! of models.

use crate::book::graph::{Graph, NodeId};
use crate::book::library;
use crate::book::page::Key;
use crate::book::source::Sources;
use crate::model::Models;
use jiff::civil::Date;

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// When.
    pub date: Date,
    /// The page.
    pub node: NodeId,
    /// What.
    pub what: What,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// An entry, as its author says.
    Entry(String),
    /// A model came to be.
    NewModel,
    /// A model has a new revision.
    Revision,
    /// A model was reviewed, with this outcome.
    Review(String),
    /// The file of a page was changed, as git tells.
    Edited,
    /// It came, changed or was retired with an update of a library.
    Library(Came, String),
}

/// What an update of a library brought to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Came {
    /// It is new.
    New,
    /// It says something else.
    Changed,
    /// It is gone or out of use.
    Retired,
}

/// Everything that changed, newest first.
pub fn log(graph: &Graph, models: &Models, sources: &Sources) -> Vec<Logged> {
    let mut out = Vec::new();
    let mut add = |date: &str, node: NodeId, what: What| {
        if let Some(date) = crate::text::date::date(date) {
            out.push(Logged { date, node, what });
        }
    };
    for node in 0..graph.nodes.len() {
        for change in &graph.article(node).meta.changes {
            add(&change.date, node, What::Entry(change.what.clone()));
        }
    }
    for model in models.by_node.values().filter(|model| !model.example) {
        let what = match graph.revisions.before.contains_key(&model.node) {
            true => What::Revision,
            false => What::NewModel,
        };
        add(graph.date(model.node), model.node, what);
        for review in &model.reviews {
            let outcome = review.first(Key::Outcome).unwrap_or_default();
            add(&review.date, model.node, What::Review(outcome.into()));
        }
    }
    let (lock, _) = library::lock(sources);
    for (name, pin) in lock.iter().flat_map(|lock| &lock.pins) {
        for (day, came) in &pin.moves {
            let library =
                came.version.iter().fold(name.clone(), |name, version| format!("{name} {version}"));
            let lists = [
                (Came::New, &came.new),
                (Came::Changed, &came.changed),
                (Came::Retired, &came.retired),
            ];
            for (what, ids) in lists {
                for node in ids.iter().filter_map(|id| graph.find(id)) {
                    add(day, node, What::Library(what, library.clone()));
                }
            }
        }
    }
    // What git tells matters where nobody has said more about that day.
    for node in (0..graph.nodes.len()).filter(|node| graph.nodes[*node].article == 0) {
        let day = sources.changed(&graph.page(node).file);
        let Some(date) = day.and_then(crate::text::date::date) else { continue };
        if !out.iter().any(|known| known.node == node && known.date == date) {
            out.push(Logged { date, node, what: What::Edited });
        }
    }
    out.sort_by(|a, b| {
        let title = |l: &Logged| graph.nodes[l.node].title.clone();
        b.date
            .cmp(&a.date)
            .then_with(|| (title(a), a.node, &a.what).cmp(&(title(b), b.node, &b.what)))
    });
    out.dedup();
    out
}
