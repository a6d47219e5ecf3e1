//! Which threats, requirements and assumptions two pages share, lack and decide
//! differently.
//!
//! A model names what stands in its blocks. Any other page, such as a starter set, names
//! the entries that it links to and those that its lists show.

use crate::book::entry::id_form;
use crate::book::graph::{Graph, NodeId, Resolved};
use crate::book::page::{BlockKind, Key};
use crate::model::{Belief, Model, Models, Progress, Row};
use crate::risk::Severity;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A page with fewer entries is not worth a comparison.
pub const FEWEST: usize = 3;

/// Something that a page names, and what the page decides of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The name of its kind: `threat`.
    pub kind: String,
    /// The ID; empty for an item without one.
    pub id: String,
    /// The title.
    pub title: String,
    /// The entry of the catalogue; `None` for what one model has alone.
    #[serde(skip)]
    pub entry: Option<NodeId>,
    /// What the page decides.
    #[serde(flatten)]
    pub decision: Decision,
}

/// What a page decides of an entry. A page that is no model decides nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The anchor of the row on its page.
    #[serde(skip)]
    pub anchor: String,
    /// Where the work stands: `open`, `mitigated`, `planned`, ...
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// What is done about a threat: `mitigate`, `accept`, ...
    #[serde(skip_serializing_if = "String::is_empty")]
    pub response: String,
    /// The severity of a threat there: `high`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub severity: String,
    /// The reason, where one is given.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Where an entry is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Both pages name it and decide differently.
    Differ,
    /// Only the first.
    First,
    /// Only the second.
    Second,
    /// Both, and no decision differs.
    Same,
}

impl Side {
    /// All, in the order of reports.
    pub const ALL: [Side; 4] = [Side::Differ, Side::First, Side::Second, Side::Same];
}

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The name of its kind.
    pub kind: String,
    /// The ID; may be empty.
    pub id: String,
    /// The title.
    pub title: String,
    /// Where it is named.
    pub side: Side,
    /// What the first page decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Decision>,
    /// What the second page decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<Decision>,
}

/// The pages worth comparing: all models, and pages that name some entries.
pub fn pages(graph: &Graph, models: &Models) -> Vec<NodeId> {
    let plain = |node: &NodeId| !graph.nodes[*node].entry && models.get(*node).is_none();
    let worth =
        |node: &NodeId| models.get(*node).is_some() || entries(graph, *node).len() >= FEWEST;
    (0..graph.nodes.len())
        .filter(|node| models.get(*node).is_some() || plain(node))
        .filter(worth)
        .collect()
}

/// What a page names, by kind and ID.
pub fn named(graph: &Graph, models: &Models, node: NodeId) -> Vec<Named> {
    match models.get(node) {
        Some(model) => of_model(graph, model),
        None => entries(graph, node).into_iter().map(|entry| plain(graph, entry)).collect(),
    }
}

/// The entries that a page links to, lists or uses.
fn entries(graph: &Graph, node: NodeId) -> BTreeSet<NodeId> {
    let mut out = BTreeSet::new();
    out.extend(graph.links[node].iter().filter_map(|link| match link {
        Resolved::Node(to, _) => Some(*to),
        _ => None,
    }));
    for block in &graph.article(node).body.blocks {
        for item in &block.items {
            match block.kind {
                BlockKind::List => out.extend(graph.listed(item)),
                _ => out.extend(item.uses.iter().filter_map(|word| graph.find(&word.text))),
            }
        }
    }
    out.retain(|to| graph.nodes[*to].entry);
    out
}

fn plain(graph: &Graph, entry: NodeId) -> Named {
    let page = &graph.nodes[entry];
    Named {
        kind: page.kind.clone().unwrap_or_default(),
        id: page.id.clone().unwrap_or_default(),
        title: page.title.clone(),
        entry: Some(entry),
        decision: Decision::default(),
    }
}

fn of_model(graph: &Graph, model: &Model) -> Vec<Named> {
    let threats = model.threats.iter().map(|threat| {
        let severity = Some(threat.severity).filter(|severity| *severity > Severity::None);
        let decision = Decision {
            response: threat.first(Key::Response).unwrap_or_default().into(),
            severity: severity.map_or("", Severity::word).into(),
            ..decided(threat, threat.status.word())
        };
        row_named("threat", threat, decision)
    });
    // A requirement in a model is taken, whatever else is said of it.
    let requirements = model
        .requirements
        .iter()
        .map(|own| row_named("requirement", own, decided(own, own.status.word())));
    let assumptions = model.assumptions.iter().map(|own| {
        let status = own.status.map_or("", Belief::word);
        row_named("assumption", own, decided(own, status))
    });
    let mut out: Vec<Named> = threats.chain(requirements).chain(assumptions).collect();
    // What only a threat names has no row of its own.
    let known: BTreeSet<NodeId> = out.iter().filter_map(|named| named.entry).collect();
    let mut added = BTreeSet::new();
    for threat in &model.threats {
        let entries = threat.treatments.iter().filter_map(|treatment| treatment.entry);
        for entry in entries.filter(|node| graph.nodes[*node].entry) {
            if !known.contains(&entry) && added.insert(entry) {
                let status = Progress::Taken.word().into();
                let anchor = threat.anchor.clone();
                let decision = Decision { anchor, status, ..Decision::default() };
                out.push(Named { decision, ..plain(graph, entry) });
            }
        }
    }
    out
}

fn decided(row: &Row, status: &str) -> Decision {
    Decision {
        anchor: row.anchor.clone(),
        status: status.into(),
        why: row.first(Key::Why).unwrap_or_default().into(),
        ..Decision::default()
    }
}

fn row_named(kind: &str, row: &Row, decision: Decision) -> Named {
    let (id, title) = (row.id.clone(), row.title.clone());
    Named { kind: kind.into(), id, title, entry: row.entry, decision }
}

/// What of the same kind and ID is one thing; without an ID the title stands for it.
fn key(named: &Named) -> (usize, String) {
    let kinds = ["threat", "requirement", "assumption"];
    let rank = kinds.iter().position(|kind| *kind == named.kind).unwrap_or(kinds.len());
    let name = match named.id.is_empty() {
        false => id_form(&named.id),
        true => format!("~{}", named.title),
    };
    (rank, name)
}

/// Compares what two pages name: by kind, then by side, then by ID.
pub fn compare(first: &[Named], second: &[Named]) -> Vec<Line> {
    let mut lines: BTreeMap<(usize, String), Line> = BTreeMap::new();
    for (number, list) in [first, second].into_iter().enumerate() {
        for named in list {
            let line = lines.entry(key(named)).or_insert_with(|| Line {
                kind: named.kind.clone(),
                id: named.id.clone(),
                title: named.title.clone(),
                side: Side::Same,
                first: None,
                second: None,
            });
            let decision = if number == 0 { &mut line.first } else { &mut line.second };
            // Of a thing that stands twice on a page the first place counts.
            decision.get_or_insert_with(|| named.decision.clone());
        }
    }
    for line in lines.values_mut() {
        line.side = match (&line.first, &line.second) {
            (Some(_), None) => Side::First,
            (None, _) => Side::Second,
            (Some(a), Some(b)) if a.differs(b) => Side::Differ,
            _ => Side::Same,
        };
    }
    let mut out: Vec<((usize, Side, String), Line)> =
        lines.into_iter().map(|((rank, name), line)| ((rank, line.side, name), line)).collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out.into_iter().map(|(_, line)| line).collect()
}

impl Decision {
    /// Whether both say something and not the same.
    fn differs(&self, other: &Decision) -> bool {
        let differ = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b;
        differ(&self.status, &other.status) || differ(&self.response, &other.response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(kind: &str, id: &str, status: &str, response: &str) -> Named {
        let decision =
            Decision { status: status.into(), response: response.into(), ..Decision::default() };
        Named { kind: kind.into(), id: id.into(), title: id.into(), entry: None, decision }
    }

    #[test]
    fn sides() {
        let first = [
            named("threat", "T-1", "open", ""),
            named("threat", "T-2", "mitigated", "mitigate"),
            named("threat", "T-3", "open", "accept"),
            named("requirement", "R-1", "done", ""),
            named("threat", "T-4", "open", ""),
            named("threat", "T-4", "mitigated", ""),
        ];
        let second = [
            named("requirement", "r-1", "", ""),
            named("threat", "T-2", "accepted", ""),
            named("threat", "T-3", "open", "mitigate"),
            named("threat", "T-9", "", ""),
            named("threat", "T-4", "open", ""),
        ];
        let lines = compare(&first, &second);
        let shown: Vec<String> =
            lines.iter().map(|line| format!("{} {:?}", line.id, line.side)).collect();
        assert_eq!(
            shown,
            ["T-2 Differ", "T-3 Differ", "T-1 First", "T-9 Second", "T-4 Same", "R-1 Same"]
        );
        assert_eq!(compare(&[], &[]), []);
    }
}
