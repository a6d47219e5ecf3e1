//! The difference of two snapshots.

use super::snapshot::{Fact, Risk, Snapshot, Subject, Thing};
use crate::dfd::{Change, Mark, Marks};
use crate::risk::Severity;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What changed from one revision to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// The difference for each kind of thing, in the order of [`Subject::ALL`].
    pub parts: Vec<Part>,
    /// Threats of both revisions whose rating changed, in the order of the new one.
    pub moves: Vec<Move>,
    /// Open threats by severity, worst first; severities that neither has are left out.
    pub open: Vec<Open>,
}

/// What changed among the things of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// The kind.
    #[serde(skip)]
    pub subject: Subject,
    /// What only the new revision has, in its order.
    pub added: Vec<Thing>,
    /// What only the old revision has, in its order.
    pub removed: Vec<Thing>,
    /// What both have and describe differently, in the order of the new one.
    pub changed: Vec<Changed>,
}

/// A thing that both revisions have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// As it is now.
    #[serde(flatten)]
    pub now: Identity,
    /// What is different; never empty.
    pub details: Vec<Detail>,
    /// As it was.
    #[serde(skip)]
    pub old: Thing,
    /// As it is.
    #[serde(skip)]
    pub new: Thing,
}

/// How readers call a thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Identity {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub title: String,
}

/// A fact that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detail {
    /// The word in data: `status`.
    pub name: &'static str,
    /// The word for readers: `Status`.
    #[serde(skip)]
    pub label: &'static str,
    /// The values before; empty when nothing was said.
    pub from: Vec<String>,
    /// The values now.
    pub to: Vec<String>,
}

/// Which way a risk moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    Up,
    Down,
    /// From or to no rating at all, or between results that are equally bad.
    Level,
}

/// A risk that moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Move {
    /// The threat's ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// The rating before.
    pub from: Option<Risk>,
    /// The rating now.
    pub to: Option<Risk>,
    /// Which way.
    pub way: Way,
    /// The threat as it is.
    #[serde(skip)]
    pub thing: Thing,
}

/// How many open threats of a severity there were and are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The severity: `high`; `none` for what is not rated.
    pub severity: &'static str,
    /// Before.
    pub from: usize,
    /// Now.
    pub to: usize,
}

/// Compares two states of a model.
pub fn diff(old: &Snapshot, new: &Snapshot) -> Diff {
    let none = Vec::new();
    let things = |snapshot: &'_ Snapshot, subject| -> Vec<Thing> {
        snapshot.things.get(&subject).unwrap_or(&none).clone()
    };
    let mut moves = Vec::new();
    let parts = Subject::ALL
        .into_iter()
        .map(|subject| {
            let (old, new) = (things(old, subject), things(new, subject));
            let pairs = pairs(&old, &new);
            let lost = |index: &usize| !pairs.values().any(|old| old == index);
            let changed = pairs.iter().filter_map(|(now, was)| changed(&old[*was], &new[*now]));
            moves.extend(pairs.iter().filter_map(|(now, was)| moved(&old[*was], &new[*now])));
            Part {
                subject,
                added: (0..new.len())
                    .filter(|index| !pairs.contains_key(index))
                    .map(|index| new[index].clone())
                    .collect(),
                removed: (0..old.len()).filter(lost).map(|index| old[index].clone()).collect(),
                changed: changed.collect(),
            }
        })
        .collect();
    let severities: BTreeSet<Severity> = old.open.keys().chain(new.open.keys()).copied().collect();
    let open = severities.into_iter().rev().map(|severity| Open {
        severity: severity.word(),
        from: old.open.get(&severity).copied().unwrap_or(0),
        to: new.open.get(&severity).copied().unwrap_or(0),
    });
    Diff { parts, moves, open: open.collect() }
}

/// Which old thing each new one was. First by key; then what is left by the loose key,
/// in order.
fn pairs(old: &[Thing], new: &[Thing]) -> BTreeMap<usize, usize> {
    let keys: BTreeMap<&str, usize> =
        old.iter().enumerate().map(|(index, thing)| (thing.key.as_str(), index)).collect();
    let mut pairs = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (index, thing) in new.iter().enumerate() {
        if let Some(was) = keys.get(thing.key.as_str()) {
            pairs.insert(index, *was);
            taken.insert(*was);
        }
    }
    let mut left: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, thing) in old.iter().enumerate().rev().filter(|(index, _)| !taken.contains(index)) {
        if let Some(loose) = &thing.loose {
            left.entry(loose).or_default().push(index);
        }
    }
    for (index, thing) in new.iter().enumerate() {
        if let (false, Some(loose)) = (pairs.contains_key(&index), &thing.loose)
            && let Some(was) = left.get_mut(loose.as_str()).and_then(Vec::pop)
        {
            pairs.insert(index, was);
        }
    }
    pairs
}

fn identity(thing: &Thing) -> Identity {
    Identity { id: thing.id.clone(), title: thing.title.clone() }
}

fn changed(old: &Thing, new: &Thing) -> Option<Changed> {
    let mut details = Vec::new();
    for fact in &new.facts {
        let was = old.facts.iter().find(|other| other.name == fact.name);
        if was.is_none_or(|was| !same(was, fact)) {
            let from = was.map(|was| was.values.clone()).unwrap_or_default();
            let to = fact.values.clone();
            details.push(Detail { name: fact.name, label: fact.label, from, to });
        }
    }
    for fact in &old.facts {
        if !new.facts.iter().any(|other| other.name == fact.name) {
            let from = fact.values.clone();
            details.push(Detail { name: fact.name, label: fact.label, from, to: Vec::new() });
        }
    }
    (!details.is_empty()).then(|| Changed {
        now: identity(new),
        details,
        old: old.clone(),
        new: new.clone(),
    })
}

/// The order of several values tells nothing.
fn same(a: &Fact, b: &Fact) -> bool {
    if a.key.is_some() || b.key.is_some() {
        return a.key == b.key;
    }
    let sorted = |fact: &Fact| {
        let mut values = fact.values.clone();
        values.sort();
        values
    };
    sorted(a) == sorted(b)
}

fn moved(old: &Thing, new: &Thing) -> Option<Move> {
    if old.risk == new.risk {
        return None;
    }
    let way = match (&old.risk, &new.risk) {
        (Some(old), Some(new)) => match old.cmp(new) {
            Ordering::Less => Way::Up,
            Ordering::Greater => Way::Down,
            Ordering::Equal => Way::Level,
        },
        _ => Way::Level,
    };
    let Identity { id, title } = identity(new);
    Some(Move { id, title, from: old.risk.clone(), to: new.risk.clone(), way, thing: new.clone() })
}

impl Detail {
    /// Whether it is told by what came and what went, not by both lists.
    pub fn is_list(&self) -> bool {
        self.from.len() != 1 || self.to.len() != 1
    }

    /// The values that are no longer there.
    pub fn gone(&self) -> impl Iterator<Item = &String> {
        self.from.iter().filter(|value| !self.to.contains(value))
    }

    /// The values that are new.
    pub fn come(&self) -> impl Iterator<Item = &String> {
        self.to.iter().filter(|value| !self.from.contains(value))
    }
}

impl Part {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// In words: `2 added, 1 removed`.
    pub fn counts(&self) -> String {
        let counts = [
            (self.added.len(), "added"),
            (self.removed.len(), "removed"),
            (self.changed.len(), "changed"),
        ];
        let words = counts.iter().filter(|(count, _)| *count > 0);
        words.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    }
}

impl Diff {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(Part::is_empty) && self.moves.is_empty()
    }

    /// In words: `Threats: 2 added, 1 changed. Flows: 1 removed.`
    pub fn summary(&self) -> String {
        let parts = self.parts.iter().filter(|part| !part.is_empty());
        let words = parts.map(|part| format!("{}: {}.", part.subject.title(), part.counts()));
        let words: Vec<String> = words.collect();
        match words.is_empty() {
            true => "No difference in the diagram and the blocks.".into(),
            false => words.join(" "),
        }
    }

    /// The marks of the change in the old diagram, or in the new one.
    pub fn marks(&self, prefix: &str, is_new: bool) -> Marks {
        let mut marks = Marks { prefix: prefix.into(), ..Marks::default() };
        for part in &self.parts {
            let list = match part.subject {
                Subject::Elements => &mut marks.elements,
                Subject::Flows => &mut marks.flows,
                Subject::Boundaries => &mut marks.boundaries,
                _ => continue,
            };
            let mut mark = |thing: &Thing, change| {
                list.insert(thing.index, Mark { change: Some(change), ..Mark::default() });
            };
            match is_new {
                true => part.added.iter().for_each(|thing| mark(thing, Change::Added)),
                false => part.removed.iter().for_each(|thing| mark(thing, Change::Removed)),
            }
            for changed in &part.changed {
                mark(if is_new { &changed.new } else { &changed.old }, Change::Changed);
            }
        }
        marks
    }
}
