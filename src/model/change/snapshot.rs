//! A model as lists of things that can be compared.

use crate::book::graph::Graph;
use crate::book::page::{BlockKind, Key};
use crate::dfd::{Diagram, End};
use crate::model::{Model, Row, Status, Threat};
use crate::risk::{Score, Severity};
use serde::Serialize;
use std::collections::BTreeMap;

/// A kind of thing in a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    Threats,
    Requirements,
    Assumptions,
    Elements,
    Flows,
    Boundaries,
}

impl Subject {
    /// All, in the order in which they are reported.
    pub const ALL: [Subject; 6] = [
        Subject::Threats,
        Subject::Requirements,
        Subject::Assumptions,
        Subject::Elements,
        Subject::Flows,
        Subject::Boundaries,
    ];

    /// The word in data: `threats`.
    pub fn word(self) -> &'static str {
        match self {
            Subject::Threats => "threats",
            Subject::Requirements => "requirements",
            Subject::Assumptions => "assumptions",
            Subject::Elements => "elements",
            Subject::Flows => "flows",
            Subject::Boundaries => "boundaries",
        }
    }

    /// The word for readers, for a number of them.
    pub fn counted(self, number: usize) -> &'static str {
        match (self, number) {
            (Subject::Threats, 1) => "threat",
            (Subject::Requirements, 1) => "requirement",
            (Subject::Assumptions, 1) => "assumption",
            (Subject::Elements, 1) => "element",
            (Subject::Flows, 1) => "flow",
            (Subject::Boundaries, 1) => "trust boundary",
            (Subject::Boundaries, _) => "trust boundaries",
            _ => self.word(),
        }
    }

    /// The heading: `Threats`.
    pub fn title(self) -> &'static str {
        match self {
            Subject::Threats => "Threats",
            Subject::Requirements => "Requirements",
            Subject::Assumptions => "Assumptions",
            Subject::Elements => "Elements",
            Subject::Flows => "Flows",
            Subject::Boundaries => "Trust boundaries",
        }
    }
}

/// The state of a model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The things of each kind, in the order of the page.
    pub things: BTreeMap<Subject, Vec<Thing>>,
    /// The open threats by severity.
    pub open: BTreeMap<Severity, usize>,
}

/// An element, a flow, a boundary, a threat, an assumption or a requirement.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Thing {
    /// Its ID, where it has one that readers know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its title or name.
    pub title: String,
    /// What is said of it.
    pub facts: Vec<Fact>,
    /// The anchor of its row; empty for what is drawn, and for a row without one.
    #[serde(skip)]
    pub anchor: String,
    /// Whether only the model knows it, and no catalogue.
    #[serde(skip)]
    pub is_local: bool,
    /// What it is matched by.
    #[serde(skip)]
    pub key: String,
    /// What it is matched by where nothing else has its key: the ends of a flow.
    #[serde(skip)]
    pub loose: Option<String>,
    /// Its place in the diagram's list or among the items.
    #[serde(skip)]
    pub index: usize,
    /// How a threat is rated.
    #[serde(skip)]
    pub risk: Option<Risk>,
}

/// One thing that is said of a thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fact {
    /// The word in data: `status`.
    pub name: &'static str,
    /// The word for readers: `Status`.
    #[serde(skip)]
    pub label: &'static str,
    /// The values.
    pub values: Vec<String>,
    /// What counts when two are compared, where that is not the values.
    #[serde(skip)]
    pub key: Option<String>,
}

/// A rating.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Risk {
    /// The word on the shared scale: `high`.
    #[serde(serialize_with = "word")]
    pub severity: Severity,
    #[serde(skip)]
    score: Score,
    /// For readers: `15 High`.
    pub text: String,
}

fn word<S: serde::Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(severity.word())
}

impl Risk {
    /// A rating from a score.
    pub fn new(score: &Score) -> Risk {
        Risk { severity: score.severity, text: score.text.clone(), score: score.clone() }
    }
}

impl Thing {
    /// The values of a fact.
    pub fn get(&self, name: &str) -> &[String] {
        self.facts.iter().find(|fact| fact.name == name).map_or(&[], |fact| &fact.values)
    }
}

impl Snapshot {
    /// The state of a model, with the diagram that its threats refer to.
    pub fn of(graph: &Graph, model: &Model) -> Snapshot {
        let chart = graph.article(model.node).body.charts.first();
        let mut out = chart.map(|chart| Snapshot::of_diagram(&chart.diagram)).unwrap_or_default();
        out.put(Subject::Threats, model.threats.iter().map(threat).collect());
        let requirements = model.requirements.iter().map(|own| thing(BlockKind::Requirements, own));
        out.put(Subject::Requirements, requirements.collect());
        let assumptions = model.assumptions.iter().map(|own| thing(BlockKind::Assumptions, own));
        out.put(Subject::Assumptions, assumptions.collect());
        for threat in model.threats.iter().filter(|threat| threat.status == Status::Open) {
            *out.open.entry(threat.severity).or_default() += 1;
        }
        out
    }

    /// The things of a diagram alone.
    pub fn of_diagram(diagram: &Diagram) -> Snapshot {
        let mut out = Snapshot::default();
        out.put(Subject::Elements, elements(diagram));
        out.put(Subject::Flows, flows(diagram));
        out.put(Subject::Boundaries, boundaries(diagram));
        out
    }

    /// Adds things of a kind; the second of two with one key gets a key of its own.
    fn put(&mut self, subject: Subject, mut things: Vec<Thing>) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (index, thing) in things.iter_mut().enumerate() {
            thing.index = index;
            let count = seen.entry(thing.key.clone()).or_default();
            *count += 1;
            if *count > 1 {
                thing.key = format!("{}\n{count}", thing.key);
            }
        }
        self.things.insert(subject, things);
    }
}

fn fact(name: &'static str, label: &'static str, value: impl Into<String>) -> Fact {
    Fact { name, label, values: vec![value.into()], key: None }
}

/// The boundaries around something; renaming one does not move what is inside.
fn inside(diagram: &Diagram, boundary: Option<usize>) -> Option<Fact> {
    let boundary = &diagram.boundaries[boundary?];
    let fact = fact("inside", "Inside", boundary.name());
    Some(Fact { key: Some(boundary.id.clone()), ..fact })
}

fn elements(diagram: &Diagram) -> Vec<Thing> {
    let thing = |element: &crate::dfd::Element| Thing {
        title: element.name(),
        key: element.id.clone(),
        facts: [
            Some(fact("name", "Name", element.name())),
            Some(fact("kind", "Kind", element.kind.name())),
            inside(diagram, element.boundary),
        ]
        .into_iter()
        .flatten()
        .collect(),
        ..Thing::default()
    };
    diagram.elements.iter().map(thing).collect()
}

fn boundaries(diagram: &Diagram) -> Vec<Thing> {
    let thing = |boundary: &crate::dfd::Boundary| Thing {
        title: boundary.name(),
        key: boundary.id.clone(),
        facts: std::iter::once(fact("name", "Name", boundary.name()))
            .chain(inside(diagram, boundary.parent))
            .collect(),
        ..Thing::default()
    };
    diagram.boundaries.iter().map(thing).collect()
}

/// Flows are known by their ends and their data; the number only tells the order.
fn flows(diagram: &Diagram) -> Vec<Thing> {
    let end = |end: End| match end {
        End::Element(_) => format!("e {}", diagram.end_id(end)),
        End::Boundary(_) => format!("b {}", diagram.end_id(end)),
    };
    let thing = |flow: &crate::dfd::Flow| {
        let arrow = if flow.both_ways { "\u{2194}" } else { "\u{2192}" };
        let (from, to) = (diagram.end_name(flow.from), diagram.end_name(flow.to));
        let data = flow.data();
        let ends = format!("{}\n{}", end(flow.from), end(flow.to));
        let mut facts = Vec::new();
        if !data.is_empty() {
            facts.push(fact("data", "Data", data.clone()));
        }
        facts.push(fact(
            "direction",
            "Direction",
            match flow.both_ways {
                true => "both ways",
                false => "one way",
            },
        ));
        let crossed = diagram.crossed(flow);
        if !crossed.is_empty() {
            let ids: Vec<&str> =
                crossed.iter().map(|i| diagram.boundaries[*i].id.as_str()).collect();
            facts.push(Fact {
                name: "crosses",
                label: "Crosses",
                values: crossed.iter().map(|i| diagram.boundaries[*i].name()).collect(),
                key: Some(ids.join("\n")),
            });
        }
        let tail = if data.is_empty() { String::new() } else { format!(": {data}") };
        Thing {
            title: format!("{from} {arrow} {to}{tail}"),
            key: format!("{ends}\n{data}"),
            loose: Some(ends),
            facts,
            ..Thing::default()
        }
    };
    diagram.flows.iter().map(thing).collect()
}

fn threat(threat: &Threat) -> Thing {
    let plain = thing(BlockKind::Threats, threat);
    let mut facts = plain.facts;
    let mut own = Vec::new();
    if let Some(score) = &threat.score {
        own.push(fact("risk", "Risk", score.text.clone()));
    }
    // A word that is the result itself need not be told twice.
    let rating = rating(threat);
    let told = threat.score.as_ref().is_some_and(|s| rating.eq_ignore_ascii_case(&s.text));
    if !rating.is_empty() && !told {
        own.push(fact("rating", "Rating", rating));
    }
    let at = facts.iter().position(|fact| fact.name != "title" && fact.name != Key::On.word());
    let at = at.unwrap_or(facts.len());
    facts.splice(at..at, own);
    Thing { risk: threat.score.as_ref().map(Risk::new), facts, ..plain }
}

/// A row as a thing, without its risk.
fn thing(kind: BlockKind, row: &Row) -> Thing {
    let id = Some(row.id.clone()).filter(|id| !id.is_empty());
    let key = id.clone().unwrap_or_else(|| format!("\n{}", row.title.to_lowercase()));
    Thing {
        id,
        title: row.title.clone(),
        facts: facts(kind, row),
        is_local: row.entry.is_none(),
        anchor: row.anchor.clone(),
        key,
        ..Thing::default()
    }
}

/// What a row says, but for its risk.
fn facts(kind: BlockKind, row: &Row) -> Vec<Fact> {
    let title = row.own_title().map(|title| fact("title", "Title", title));
    let columns = kind.columns().iter().filter(|column| !RATING.contains(&column.key));
    let values = columns.filter_map(|column| {
        let words = row.said(column.key).iter();
        let values: Vec<String> = words.map(|word| word.text.trim().to_string()).collect();
        let (name, label) = (column.key.word(), column.title);
        (!values.is_empty()).then_some(Fact { name, label, values, key: None })
    });
    title.into_iter().chain(values).collect()
}

/// The keys that answer about the risk.
const RATING: [Key; 2] = [Key::Likelihood, Key::Impact];

/// The author's answers about the risk: `likelihood 3, impact 5`, or a vector.
fn rating(row: &Row) -> String {
    let short = |key: Key| Some(format!("{} {}", key.word(), row.first(key)?));
    let long = row.risk().iter().map(|(key, word)| match key {
        Some(key) => format!("{key} {}", word.text),
        None => word.text.clone(),
    });
    long.chain(RATING.into_iter().filter_map(short)).collect::<Vec<_>>().join(", ")
}
