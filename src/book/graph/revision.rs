//! Models that stand for each other in time: one supersedes another.

use super::{Graph, NodeId};
use crate::book::entry::{BuiltInKind, BuiltInRole};
use std::collections::{BTreeMap, BTreeSet};

/// Which model supersedes which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revisions {
    /// The models before each model, in the author's order.
    pub before: BTreeMap<NodeId, Vec<NodeId>>,
    /// The models after each model.
    pub after: BTreeMap<NodeId, Vec<NodeId>>,
    /// The models that are revisions of one, the newest first.
    chains: Vec<Vec<NodeId>>,
    /// The chain of each model that has revisions.
    chain: BTreeMap<NodeId, usize>,
    /// The models that come before themselves.
    circular: BTreeSet<NodeId>,
    /// The revision that stands now for each model that has a later one.
    newest: BTreeMap<NodeId, NodeId>,
}

/// Reads `supersedes` of all models. What is no model is no revision.
pub(super) fn collect(graph: &Graph) -> Revisions {
    let is_model = |node: NodeId| BuiltInKind::Model.is(graph.nodes[node].kind.as_deref());
    let mut out = Revisions::default();
    for node in (0..graph.nodes.len()).filter(|node| is_model(*node)) {
        let roles = graph.article(node).meta.roles.iter();
        let words =
            roles.filter(|(role, _)| BuiltInRole::Supersedes.is(role)).flat_map(|(_, words)| words);
        for old in words.filter_map(|word| graph.find(&word.text)) {
            let before = out.before.entry(node).or_default();
            if old != node && is_model(old) && !before.contains(&old) {
                before.push(old);
                out.after.entry(old).or_default().push(node);
            }
        }
    }
    out.before.retain(|_, list| !list.is_empty());
    out.chains(graph);
    out.circles();
    out.find_newest(graph);
    out
}

impl Revisions {
    fn before(&self, node: NodeId) -> &[NodeId] {
        self.before.get(&node).map_or(&[], Vec::as_slice)
    }

    fn after(&self, node: NodeId) -> &[NodeId] {
        self.after.get(&node).map_or(&[], Vec::as_slice)
    }

    /// Puts together what is connected. Each step takes one model or one link, so that a
    /// long chain costs no more than as many short ones.
    fn chains(&mut self, graph: &Graph) {
        let all: BTreeSet<NodeId> = self.before.keys().chain(self.after.keys()).copied().collect();
        for start in all {
            if self.chain.contains_key(&start) {
                continue;
            }
            let mut ahead = vec![start];
            let mut found = BTreeSet::new();
            while let Some(node) = ahead.pop() {
                if found.insert(node) {
                    ahead.extend(self.before(node).iter().chain(self.after(node)));
                }
            }
            self.chain.extend(found.iter().map(|node| (*node, self.chains.len())));
            let ordered = self.ordered(graph, &found);
            self.chains.push(ordered);
        }
    }

    /// A revision comes after all that supersede it, else by date.
    fn ordered(&self, graph: &Graph, all: &BTreeSet<NodeId>) -> Vec<NodeId> {
        let key = |node: NodeId| (graph.date(node), node);
        let mut newer: BTreeMap<NodeId, usize> =
            all.iter().map(|node| (*node, self.after(*node).len())).collect();
        let mut left: BTreeSet<(&str, NodeId)> = all.iter().map(|node| key(*node)).collect();
        let mut free: BTreeSet<(&str, NodeId)> =
            left.iter().filter(|(_, node)| newer[node] == 0).copied().collect();
        let mut out = Vec::new();
        // In a circle nothing is free.
        while let Some(next) = free.pop_last().or_else(|| left.last().copied()) {
            left.remove(&next);
            out.push(next.1);
            for old in self.before(next.1) {
                let count = newer.entry(*old).or_default();
                *count = count.saturating_sub(1);
                if *count == 0 && left.contains(&key(*old)) {
                    free.insert(key(*old));
                }
            }
        }
        out
    }

    /// Follows each revision to the newest one; what is passed on the way leads there too.
    fn find_newest(&mut self, graph: &Graph) {
        for start in self.after.keys().copied().collect::<Vec<_>>() {
            let mut way = vec![start];
            let mut seen = BTreeSet::from([start]);
            let mut at = start;
            let mut circle = false;
            while let Some(next) = self.next(graph, at) {
                if let Some(known) =
                    self.newest.get(&next).filter(|_| !self.circular.contains(&next))
                {
                    at = *known;
                    break;
                }
                if !seen.insert(next) {
                    circle = true;
                    break;
                }
                at = next;
                way.push(next);
            }
            // In a circle each way ends where it began.
            way.truncate(if circle { 1 } else { way.len() });
            self.newest.extend(way.into_iter().filter(|node| *node != at).map(|node| (node, at)));
        }
    }

    /// The revision after one, the latest where there are several.
    fn next(&self, graph: &Graph, node: NodeId) -> Option<NodeId> {
        self.after(node).iter().copied().max_by_key(|next| (graph.date(*next), *next))
    }

    /// Finds what comes before itself: what reaches and is reached by another (Kosaraju,
    /// 1978).
    fn circles(&mut self) {
        let nodes: Vec<NodeId> = self.chain.keys().copied().collect();
        let mut seen = BTreeSet::new();
        let mut finished = Vec::new();
        for start in nodes {
            let mut ahead = vec![(start, 0)];
            while let Some((node, next)) = ahead.pop() {
                if next == 0 && !seen.insert(node) {
                    continue;
                }
                match self.before(node).get(next) {
                    Some(old) => ahead.extend([(node, next + 1), (*old, 0)]),
                    None => finished.push(node),
                }
            }
        }
        let mut seen = BTreeSet::new();
        for start in finished.into_iter().rev() {
            let mut group = Vec::new();
            let mut ahead = vec![start];
            while let Some(node) = ahead.pop() {
                if seen.insert(node) {
                    group.push(node);
                    ahead.extend(self.after(node));
                }
            }
            if group.len() > 1 {
                self.circular.extend(group);
            }
        }
    }
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
        self.revisions.newest.get(&node).copied().unwrap_or(node)
    }

    /// Every revision of a model, the newest first. A model without others is alone.
    pub fn revisions_of(&self, node: NodeId) -> Vec<NodeId> {
        let chain = self.revisions.chain.get(&node);
        chain.map_or_else(|| vec![node], |chain| self.revisions.chains[*chain].clone())
    }

    /// Whether two models are revisions of one.
    pub fn same_model(&self, one: NodeId, other: NodeId) -> bool {
        let chain = |node| self.revisions.chain.get(&node);
        one == other || (chain(one).is_some() && chain(one) == chain(other))
    }

    /// All models with revisions, chain by chain, the newest of each first.
    pub fn chains(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.revisions.chains.iter().flatten().copied()
    }

    /// Whether a revision comes before itself, through `supersedes` in a circle.
    pub fn is_circular(&self, node: NodeId) -> bool {
        self.revisions.circular.contains(&node)
    }
}
