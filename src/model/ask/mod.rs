//! What to ask of a design: the questions of the threats that concern it, in an order in
//! which the first ones matter most. All of it is read from the entries: a company's own
//! take part as soon as they are written.
//!
//! `ask-walk.js` orders in the browser as [`Walk::steps`] does here; all numbers are whole
//! ones, so that both come to the same.

mod answer;
mod describe;
mod merge;
mod property;

pub use answer::{Answer, Answered, ticket};
pub use describe::{Description, MOST_RANKED, Recognised, describe};
pub use property::{Property, vocabulary, words};

use crate::book::config::Config;
use crate::book::entry::{BuiltInKind, severity_rank};
use crate::book::graph::{Graph, NodeId};
use crate::book::language::Text;
use crate::text::diagnostic::{Code, Diagnostic};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// After so many questions a reader is offered to stop.
pub const ENOUGH: usize = 25;

/// The tag of a starter set.
pub const STARTER: &str = "starter";

/// What a threat is worth that names no property: it may concern anything.
const GENERAL: u64 = 100;
/// What a place nearer to the top of the threats that a description finds adds.
const STEP: u64 = 20;
/// By severity, from none to critical.
const HURTS: [u64; 5] = [12, 10, 12, 15, 18];

/// Everything that can be asked in a book.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    /// The properties by which a reader chooses.
    pub properties: Vec<Property>,
    /// The threats with questions, in the order of their IDs.
    pub threats: Vec<Asked>,
    /// The questions; those that ask nearly the same are one.
    pub questions: Vec<String>,
}

/// A threat and what it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The entry.
    pub node: NodeId,
    /// How bad it is, as `severity_rank` has it.
    pub severity: usize,
    /// Its properties, as places in [`Walk::properties`].
    pub applies: Vec<usize>,
    /// Its questions, as places in [`Walk::questions`].
    pub questions: Vec<usize>,
}

/// One question of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is asked, as a place in [`Walk::questions`].
    pub question: usize,
    /// The threats that it is asked for, the worst first, as places in [`Walk::threats`].
    pub threats: Vec<usize>,
    /// What else these threats ask.
    pub more: Vec<usize>,
}

/// The questions of a book as its threats have them. What is made of them is made when it
/// is first asked for: most runs only want to know whether there are any.
#[derive(Debug, Default)]
pub struct Questions {
    /// The threats that ask something, in the order of their IDs.
    threats: Vec<(NodeId, Vec<String>)>,
    walk: OnceLock<Walk>,
}

impl Questions {
    /// Reads the questions of a book, and tells of threats that have none although most
    /// others have some.
    pub fn read(config: &Config, graph: &Graph, text: &Text) -> (Questions, Vec<Diagnostic>) {
        let headings = headings(config, text);
        let live = |node: &NodeId| {
            let meta = &graph.article(*node).meta;
            graph.nodes[*node].entry && !meta.is_deprecated()
        };
        let mut threats: Vec<(NodeId, Vec<String>)> = graph
            .of_kind(BuiltInKind::Threat.word())
            .filter(live)
            .map(|node| (node, questions(graph, node, &headings)))
            .collect();
        let found = without_questions(graph, &threats, &headings);
        threats.retain(|(_, questions)| !questions.is_empty());
        (Questions { threats, walk: OnceLock::new() }, found)
    }

    /// How many threats ask something.
    pub fn threats(&self) -> usize {
        self.threats.len()
    }

    /// The walk through them, for the book that they were read from.
    pub fn walk(&self, config: &Config, graph: &Graph, text: &Text) -> &Walk {
        self.walk.get_or_init(|| Walk::new(&self.threats, config, graph, text))
    }
}

impl Walk {
    fn new(asking: &[(NodeId, Vec<String>)], config: &Config, graph: &Graph, text: &Text) -> Walk {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (node, _) in asking {
            let own: BTreeSet<&String> = graph.article(*node).meta.applies_to.iter().collect();
            own.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
        }
        let properties = property::properties(config, text, &counts, asking.len());
        let (questions, of_threat) = merge::merged(asking.iter().map(|(_, questions)| questions));
        let threats = asking.iter().zip(of_threat).map(|((node, _), questions)| {
            let meta = &graph.article(*node).meta;
            let place = |word: &String| properties.iter().position(|p| p.word == *word);
            let mut applies: Vec<usize> = meta.applies_to.iter().filter_map(place).collect();
            applies.sort_unstable();
            applies.dedup();
            let severity = meta.severity.as_deref().map_or(0, severity_rank);
            Asked { node: *node, severity, applies, questions }
        });
        Walk { threats: threats.collect(), properties, questions }
    }

    /// The property of a word, whatever its case.
    pub fn property(&self, word: &str) -> Option<usize> {
        let word = word.trim().to_lowercase().replace([' ', '_'], "-");
        self.properties.iter().position(|property| property.word == word)
    }

    /// The questions for what has some properties. `ranked` are the threats that a
    /// description finds, the best first.
    pub fn steps(&self, chosen: &[usize], ranked: &[NodeId]) -> Vec<Step> {
        let worth: Vec<u64> =
            self.threats.iter().map(|threat| self.worth(threat, chosen, ranked)).collect();
        let mut order: Vec<usize> = (0..worth.len()).filter(|at| worth[*at] > 0).collect();
        order.sort_by_key(|at| Reverse(worth[*at]));
        let mut askers: Vec<Vec<usize>> = vec![Vec::new(); self.questions.len()];
        for at in &order {
            for question in &self.threats[*at].questions {
                askers[*question].push(*at);
            }
        }
        let mut asked = vec![false; self.threats.len()];
        let mut steps: Vec<(u64, Step)> = Vec::new();
        for at in &order {
            if asked[*at] {
                continue;
            }
            let waiting = |q: &usize| askers[*q].iter().filter(|at| !asked[**at]).count();
            let questions = &self.threats[*at].questions;
            // The first of those that most others ask as well.
            let Some(question) = questions.iter().rev().max_by_key(|q| waiting(q)) else {
                continue;
            };
            let threats: Vec<usize> =
                askers[*question].iter().copied().filter(|at| !asked[*at]).collect();
            threats.iter().for_each(|at| asked[*at] = true);
            let mut more: Vec<usize> =
                threats.iter().flat_map(|at| self.threats[*at].questions.clone()).collect();
            more.retain(|other| other != question);
            let sum = threats.iter().map(|at| worth[*at]).sum();
            steps.push((sum, Step { question: *question, threats, more }));
        }
        steps.sort_by_key(|(worth, _)| Reverse(*worth));
        steps.into_iter().map(|(_, step)| step).collect()
    }

    /// How much a threat matters to what has some properties; nothing for what does not
    /// concern it.
    fn worth(&self, threat: &Asked, chosen: &[usize], ranked: &[NodeId]) -> u64 {
        let weight = |at: &usize| u64::from(self.properties[*at].weight);
        let shared = threat.applies.iter().filter(|at| chosen.contains(at));
        let mut fit: u64 = shared.map(weight).sum();
        if threat.applies.is_empty() {
            fit += GENERAL;
        }
        let place = ranked.iter().take(MOST_RANKED).position(|node| *node == threat.node);
        fit += place.map_or(0, |place| (MOST_RANKED - place) as u64 * STEP);
        fit * HURTS.get(threat.severity).copied().unwrap_or(HURTS[0])
    }
}

/// What the heading over the questions may say.
fn headings(config: &Config, text: &Text) -> Vec<String> {
    let own = config.question_headings.iter().map(String::as_str);
    let usual = [text.get("questions_heading"), "How to see it in your design"];
    let all = own.chain(usual.into_iter().filter(|_| config.question_headings.is_empty()));
    all.map(|heading| heading.trim().to_string()).collect()
}

fn questions(graph: &Graph, node: NodeId, headings: &[String]) -> Vec<String> {
    let body = &graph.article(node).body;
    let form = |text: &str| text.trim().to_lowercase();
    let is_it = |text: &str| headings.iter().any(|heading| form(heading) == form(text));
    let heading = body.headings.iter().find(|heading| heading.top && is_it(&heading.text));
    heading.map(|heading| body.questions(&heading.id)).unwrap_or_default()
}

fn without_questions(
    graph: &Graph,
    threats: &[(NodeId, Vec<String>)],
    headings: &[String],
) -> Vec<Diagnostic> {
    let with = threats.iter().filter(|(_, questions)| !questions.is_empty()).count();
    if with * 2 <= threats.len() {
        return Vec::new();
    }
    let finished = |node: NodeId| graph.article(node).meta.status.as_deref() != Some("draft");
    let silent = threats.iter().filter(|(node, list)| list.is_empty() && finished(*node));
    let tell = |(node, _): &(NodeId, Vec<String>)| {
        let name = graph.nodes[*node].id.as_deref().unwrap_or(&graph.nodes[*node].title);
        let message = format!("`{name}` has no questions");
        let heading = headings.first().map_or("", String::as_str);
        Diagnostic::new(Code::NoQuestions, graph.article(*node).place.clone(), message).help(
            format!("list them below a heading \"{heading}\", so that `casebook ask` asks them"),
        )
    };
    silent.map(tell).collect()
}

#[cfg(test)]
mod tests;
