//! Which model has which threat and requirement, and what nothing covers.

use super::{Model, Models, Progress, Status, Threat, Treatment};
use crate::book::entry::{BuiltInKind, BuiltInRole, id_form};
use crate::book::graph::{Graph, NodeId};
use crate::risk::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// A threat or requirement and what the models say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The ID; empty for a local item without one.
    pub id: String,
    /// The title.
    pub title: String,
    /// The catalogue entry.
    pub entry: Option<NodeId>,
    /// The model that it is local to, and its anchor there.
    pub local: Option<(NodeId, String)>,
    /// The worst estimate of a model, else the hint of the catalogue.
    pub severity: Severity,
    /// What each model says.
    pub cells: BTreeMap<NodeId, Cell>,
}

/// What one model says of a threat or requirement; where it does so twice, the more
/// urgent word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The status.
    pub state: State,
    /// The anchor on the model's page; empty for none.
    pub anchor: String,
}

/// What a model says of a threat or a requirement, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Of a threat.
    Threat(Status),
    /// Of a requirement.
    Requirement(Progress),
}

impl State {
    /// The word for filters and in the language files.
    pub fn word(self) -> &'static str {
        match self {
            State::Threat(status) => status.word(),
            State::Requirement(progress) => progress.word(),
        }
    }

    /// Its sign in a matrix.
    pub fn letter(self) -> char {
        self.word().chars().next().unwrap_or_default().to_ascii_uppercase()
    }
}

/// What is missing around an entry or a local item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// No model uses the entry.
    Unused,
    /// No requirement treats the threat.
    NoRequirement,
    /// The requirement treats no threat.
    NoThreat,
}

/// Entries come before local items; each in the order of its IDs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Entry(NodeId),
    Local(String),
}

impl Key {
    /// What a threat names as its treatment.
    fn of(treatment: &Treatment) -> Key {
        match treatment.entry {
            Some(node) => Key::Entry(node),
            None => Key::Local(id_form(&treatment.word.text)),
        }
    }
}

type Rows = BTreeMap<Key, Row>;

/// The threats of the catalogue and of the latest models.
pub fn threats(graph: &Graph, models: &Models) -> Vec<Row> {
    let mut rows = entries(graph, BuiltInKind::Threat.word());
    for model in latest(models) {
        for threat in &model.threats {
            let key = key(threat.entry, &threat.id, model, threat.spot);
            let anchor = threat.anchor.clone();
            let row = rows.entry(key).or_insert_with(|| {
                local(graph, &threat.id, &threat.title, threat.entry, model, &anchor)
            });
            // An estimate beats the hint, and of several estimates the worst counts.
            let known = row.cells.values().next().is_some();
            row.severity = match known {
                true => row.severity.max(threat.severity),
                false => threat.severity,
            };
            mark(row, model.node, State::Threat(threat.status), anchor);
        }
    }
    finish(graph, rows)
}

/// The requirements of the catalogue and of the latest models.
pub fn requirements(graph: &Graph, models: &Models) -> Vec<Row> {
    let mut rows = entries(graph, BuiltInKind::Requirement.word());
    for model in latest(models) {
        for taken in &model.requirements {
            let key = key(taken.entry, &taken.id, model, taken.spot);
            let anchor = taken.anchor.clone();
            let row = rows.entry(key).or_insert_with(|| {
                local(graph, &taken.id, &taken.title, taken.entry, model, &anchor)
            });
            mark(row, model.node, State::Requirement(taken.status), anchor);
        }
    }
    // What only a threat names has no status of its own.
    for model in latest(models) {
        for threat in &model.threats {
            for treatment in &threat.treatments {
                let Some(row) = rows.get_mut(&Key::of(treatment)) else { continue };
                if !row.cells.contains_key(&model.node) {
                    let state = State::Requirement(Progress::Taken);
                    mark(row, model.node, state, threat.anchor.clone());
                }
            }
        }
    }
    finish(graph, rows)
}

/// What nothing covers: entries and local items, each with what it lacks.
pub fn gaps(graph: &Graph, models: &Models) -> Vec<(Row, &'static str, Vec<Gap>)> {
    let threats = threats(graph, models);
    let requirements = requirements(graph, models);
    let named = named(models);
    let links =
        |node: NodeId| graph.out[node].iter().any(|edge| BuiltInRole::Requirements.is(&edge.role));
    let linked = |node: NodeId| {
        let from = |edge: &crate::book::graph::Edge| {
            BuiltInRole::Requirements.is(&edge.role)
                && !BuiltInKind::Model.is(graph.nodes[edge.from].kind.as_deref())
        };
        graph.back[node].iter().any(from)
    };
    let mut out = Vec::new();
    for row in threats {
        let mut gaps = Vec::new();
        if row.cells.is_empty() {
            gaps.push(Gap::Unused);
        }
        let treated = row.entry.is_some_and(links) || own_requirements(models, &row);
        // A decision not to act needs no requirement.
        let idle = [Status::Accepted, Status::NotApplicable].map(State::Threat);
        let decided = !row.cells.is_empty() && row.cells.values().all(|c| idle.contains(&c.state));
        if !treated && !decided {
            gaps.push(Gap::NoRequirement);
        }
        out.push((row, "threat", gaps));
    }
    for row in requirements {
        let mut gaps = Vec::new();
        if row.cells.is_empty() {
            gaps.push(Gap::Unused);
        }
        let by_name = match row.entry {
            Some(node) => named.contains(&Key::Entry(node)),
            None => named.contains(&Key::Local(id_form(&row.id))),
        };
        let no = State::Requirement(Progress::Rejected);
        let rejected = row.local.is_some() && row.cells.values().all(|c| c.state == no);
        if !by_name && !row.entry.is_some_and(linked) && !rejected {
            gaps.push(Gap::NoThreat);
        }
        out.push((row, "requirement", gaps));
    }
    let assumed: BTreeSet<NodeId> =
        latest(models).flat_map(|m| &m.assumptions).filter_map(|taken| taken.entry).collect();
    for (key, row) in entries(graph, BuiltInKind::Assumption.word()) {
        let unused = matches!(key, Key::Entry(node) if !assumed.contains(&node));
        if unused && !retired(graph, &row) {
            out.push((row, "assumption", vec![Gap::Unused]));
        }
    }
    out.retain(|(_, _, gaps)| !gaps.is_empty());
    out
}

/// Whether a model names requirements for a threat.
fn own_requirements(models: &Models, row: &Row) -> bool {
    row.cells.keys().filter_map(|node| models.get(*node)).any(|model| {
        model.threats.iter().any(|threat| row.is(threat) && !threat.treatments.is_empty())
    })
}

/// The requirements that a threat of a model names.
fn named(models: &Models) -> BTreeSet<Key> {
    let threats = latest(models).flat_map(|model| &model.threats);
    threats.flat_map(|threat| &threat.treatments).map(Key::of).collect()
}

fn latest(models: &Models) -> impl Iterator<Item = &Model> {
    models.latest().into_iter().filter_map(|node| models.get(node))
}

/// The entries of a kind without anything from the models.
fn entries(graph: &Graph, kind: &str) -> Rows {
    let entries = graph.of_kind(kind).filter(|node| graph.nodes[*node].entry);
    entries.map(|node| (Key::Entry(node), entry_row(graph, node))).collect()
}

fn entry_row(graph: &Graph, node: NodeId) -> Row {
    let page = &graph.nodes[node];
    let hint = graph.article(node).meta.severity.as_deref();
    Row {
        id: page.id.clone().unwrap_or_default(),
        title: page.title.clone(),
        entry: Some(node),
        local: None,
        severity: hint.and_then(|word| Severity::parse(word).ok()).unwrap_or_default(),
        cells: BTreeMap::new(),
    }
}

/// A row for something that is no entry of the kind: local, or used in its place.
fn local(
    graph: &Graph,
    id: &str,
    title: &str,
    entry: Option<NodeId>,
    model: &Model,
    anchor: &str,
) -> Row {
    match entry {
        Some(node) => entry_row(graph, node),
        None => Row {
            id: id.to_string(),
            title: title.to_string(),
            entry: None,
            local: Some((model.node, anchor.to_string())),
            severity: Severity::None,
            cells: BTreeMap::new(),
        },
    }
}

fn key(entry: Option<NodeId>, id: &str, model: &Model, spot: super::Spot) -> Key {
    match (entry, id) {
        (Some(node), _) => Key::Entry(node),
        (None, "") => Key::Local(format!("~{:06} {spot:?}", model.node)),
        (None, id) => Key::Local(id_form(id)),
    }
}

fn mark(row: &mut Row, model: NodeId, state: State, anchor: String) {
    let cell = Cell { state, anchor };
    match row.cells.get_mut(&model) {
        Some(known) if known.state <= state => {}
        Some(known) => *known = cell,
        None => {
            row.cells.insert(model, cell);
        }
    }
}

/// Whether a row is a deprecated entry, which nobody should use.
fn retired(graph: &Graph, row: &Row) -> bool {
    row.entry.is_some_and(|node| graph.article(node).meta.is_deprecated())
}

/// The rows in order, without deprecated entries that no model uses.
fn finish(graph: &Graph, rows: Rows) -> Vec<Row> {
    rows.into_values().filter(|row| !row.cells.is_empty() || !retired(graph, row)).collect()
}

impl Row {
    /// Whether it is the row of a model's threat.
    pub fn is(&self, threat: &Threat) -> bool {
        match self.entry {
            Some(entry) => threat.entry == Some(entry),
            None => threat.entry.is_none() && threat.id == self.id && threat.title == self.title,
        }
    }

    /// How many models have it open.
    pub fn open(&self) -> usize {
        self.cells.values().filter(|cell| cell.state == State::Threat(Status::Open)).count()
    }
}
