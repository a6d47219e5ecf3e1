//! Models that stand for each other in time: one supersedes another.

use super::{Graph, NodeId};
use std::collections::{BTreeMap, BTreeSet};

/// Which model supersedes which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revisions {
    /// The models before each model, in the author's order.
    pub before: BTreeMap<NodeId, Vec<NodeId>>,
    /// The models after each model.
    pub after: BTreeMap<NodeId, Vec<NodeId>>,
}

/// Reads `supersedes` of all models. What is no model is no revision.
pub(super) fn collect(graph: &Graph) -> Revisions {
    let is_model = |node: NodeId| graph.nodes[node].kind.as_deref() == Some("model");
    let mut out = Revisions::default();
    for node in (0..graph.nodes.len()).filter(|node| is_model(*node)) {
        let roles = graph.article(node).meta.roles.iter();
        let words = roles.filter(|(role, _)| role == "supersedes").flat_map(|(_, words)| words);
        for old in words.filter_map(|word| graph.find(&word.text)) {
            let before = out.before.entry(node).or_default();
            if old != node && is_model(old) && !before.contains(&old) {
                before.push(old);
                out.after.entry(old).or_default().push(node);
            }
        }
    }
    out.before.retain(|_, list| !list.is_empty());
    out
}

impl Graph {
    /// The date in a page's front matter; empty where there is none.
    pub fn date(&self, node: NodeId) -> &str {
        let facts = &self.article(node).meta.facts;
        facts.iter().find(|(label, _)| *label == "Date").map_or("", |(_, date)| date.as_str())
    }

    /// Whether a later revision of the model exists.
    pub fn is_superseded(&self, node: NodeId) -> bool {
        self.revisions.after.contains_key(&node)
    }

    /// The revision that stands for the model now.
    pub fn newest(&self, node: NodeId) -> NodeId {
        let mut at = node;
        let mut seen = BTreeSet::from([node]);
        while let Some(next) = self
            .revisions
            .after
            .get(&at)
            .and_then(|list| list.iter().copied().max_by_key(|next| (self.date(*next), *next)))
        {
            if !seen.insert(next) {
                break;
            }
            at = next;
        }
        at
    }

    /// Every revision of a model, the newest first. A model without others is alone.
    pub fn revisions_of(&self, node: NodeId) -> Vec<NodeId> {
        let (before, after) = (&self.revisions.before, &self.revisions.after);
        let none = Vec::new();
        let mut all = BTreeSet::new();
        let mut ahead = vec![node];
        while let Some(next) = ahead.pop() {
            if all.insert(next) {
                ahead.extend(before.get(&next).unwrap_or(&none));
                ahead.extend(after.get(&next).unwrap_or(&none));
            }
        }
        // A revision comes after all that supersede it, else by date.
        let mut out = Vec::new();
        while !all.is_empty() {
            let is_free = |node: &&NodeId| {
                after.get(node).unwrap_or(&none).iter().all(|newer| !all.contains(newer))
            };
            let by_date = |node: &&NodeId| (self.date(**node), **node);
            // In a circle nothing is free.
            let next = all.iter().filter(is_free).max_by_key(by_date);
            let Some(next) = next.or(all.iter().max_by_key(by_date)).copied() else { break };
            all.remove(&next);
            out.push(next);
        }
        out
    }

    /// Whether a revision comes before itself, through `supersedes` in a circle.
    pub fn is_circular(&self, node: NodeId) -> bool {
        let mut seen = BTreeSet::new();
        let mut ahead = self.revisions.before.get(&node).cloned().unwrap_or_default();
        while let Some(next) = ahead.pop() {
            if next == node {
                return true;
            }
            if seen.insert(next) {
                ahead.extend(self.revisions.before.get(&next).into_iter().flatten());
            }
        }
        false
    }
}
