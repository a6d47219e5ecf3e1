//! What a model may have missed: threats of the catalogue that fit it, and the gaps of
//! STRIDE per element.
//!
//! A suggestion always says why it came up: the elements that the threat hits, and the
//! technologies that its entry and the model share.

mod near;
mod stride;
mod words;

pub use stride::{Asked, Cell, Coverage, Place, Row, coverage, uses_stride};

use crate::book::entry::{BuiltInKind, STRIDE, severity_rank};
use crate::book::graph::{Graph, NodeId};
use crate::book::language::Text;
use crate::dfd::{Diagram, Kind};
use crate::model::{Model, Models};
use near::Near;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use words::Vocabulary;

/// The threats of a book, made ready to be compared with models.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    threats: Vec<Known>,
    /// The threats that each word leads to, by the word as [`words::key`] writes it.
    by_word: BTreeMap<String, Vec<Lead>>,
    near: Near,
}

/// A threat of the catalogue.
#[derive(Debug, Clone)]
struct Known {
    node: NodeId,
    severity: usize,
    /// Whether it has each STRIDE category, in the order of the acronym.
    categories: [bool; 6],
    /// The kinds of elements that it hits; all when the entry does not say.
    hits: Vec<Hit>,
}

/// A kind of element, or a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hit {
    /// An element of this kind.
    Element(Kind),
    /// A flow.
    Flow,
}

impl Hit {
    fn parse(word: &str) -> Option<Hit> {
        Some(match word {
            "external-entity" => Hit::Element(Kind::External),
            "process" => Hit::Element(Kind::Process),
            "data-store" => Hit::Element(Kind::Store),
            "flow" => Hit::Flow,
            _ => return None,
        })
    }

    /// The words for readers, as they stand within a sentence.
    pub fn say(self, text: &Text) -> String {
        let name = match self {
            Hit::Element(kind) => kind.name(),
            Hit::Flow => "data flow",
        };
        text.word_within(name)
    }
}

/// A word of an entry, and what it says there.
#[derive(Debug, Clone)]
struct Lead {
    threat: usize,
    word: String,
    applies: bool,
}

/// A threat that a model might take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The entry.
    pub node: NodeId,
    /// Why it came up, the strongest reason first; never empty.
    pub reasons: Vec<Reason>,
    /// How well it fits; only good for comparing.
    pub score: usize,
}

/// Why a threat came up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It hits a kind of element that the diagram has: the kind, and some of them.
    Hits(Hit, Vec<String>),
    /// Its entry applies to a technology of the model.
    AppliesTo(String, Source),
    /// Its entry and the model share a tag or a word.
    Tagged(String, Source),
    /// Its entry and the model have these words in common.
    Words(Vec<String>),
    /// It is related to threats that the model has.
    Related(Vec<String>),
    /// It stands in a starter set with so many threats that the model has.
    Set(String, usize),
    /// It is in another model, which shares so many threats with this one.
    Like(String, usize),
    /// No threat of this STRIDE category, as front matter has it, is noted at these elements or flows.
    Fills(&'static str, Vec<String>),
}

/// Where a model says a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A label of the diagram.
    Diagram,
    /// The tags of the model.
    Tags,
    /// Its title or description.
    Title,
}

impl Source {
    fn key(self) -> &'static str {
        match self {
            Source::Diagram => "from_diagram",
            Source::Tags => "from_tags",
            Source::Title => "from_title",
        }
    }
}

impl Reason {
    /// The reason for readers.
    pub fn say(&self, text: &Text) -> String {
        let shared = |key: &str, word: &String, source: &Source| {
            text.fill(key, &[("word", word), ("source", text.get(source.key()))])
        };
        match self {
            Reason::Hits(hit, names) if names.is_empty() => {
                text.fill("hits_kind", &[("kind", &hit.say(text))])
            }
            Reason::Hits(hit, names) => {
                let (kind, names) = (hit.say(text), listed(names, text));
                text.fill("hits_kind_of", &[("kind", &kind), ("names", &names)])
            }
            Reason::AppliesTo(word, source) => shared("applies_to_word", word, source),
            Reason::Tagged(word, source) => shared("tagged_with_word", word, source),
            Reason::Words(words) => text.fill("shares_words", &[("words", &words.join(", "))]),
            Reason::Related(ids) => {
                text.fill("related_to_threats", &[("names", &listed(ids, text))])
            }
            Reason::Set(title, count) => text.count_of("in_starter_set", *count, &[("set", title)]),
            Reason::Like(model, count) => {
                text.count_of("in_like_model", *count, &[("model", model)])
            }
            Reason::Fills(category, names) => {
                let (category, names) = (text.word(category), listed(names, text));
                text.fill("category_not_looked_at", &[("category", &category), ("names", &names)])
            }
        }
    }
}

fn listed(names: &[String], text: &Text) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => text.fill("two_names", &[("first", one), ("second", two)]),
        [one, two, rest @ ..] => {
            text.count_of("more_names", rest.len(), &[("first", one), ("second", two)])
        }
    }
}

/// So many threats are suggested for a gap where none shares a word with the model.
const GENERAL: usize = 2;

impl Catalogue {
    /// Reads the threats of a book. Deprecated ones are left out.
    pub fn new(graph: &Graph, models: &Models) -> Catalogue {
        let mut catalogue = Catalogue::default();
        for node in graph.of_kind(BuiltInKind::Threat.word()) {
            let meta = &graph.article(node).meta;
            if !graph.nodes[node].entry || meta.is_deprecated() {
                continue;
            }
            let threat = catalogue.threats.len();
            let mut hits: Vec<Hit> = meta.elements.iter().filter_map(|w| Hit::parse(w)).collect();
            hits.sort_unstable();
            hits.dedup();
            catalogue.threats.push(Known {
                node,
                severity: meta.severity.as_deref().map_or(0, severity_rank),
                categories: STRIDE.map(|category| meta.stride.iter().any(|s| s == category.name)),
                hits,
            });
            let mut seen = BTreeSet::new();
            let applies = meta.applies_to.iter().map(|word| (word, true));
            for (word, applies) in applies.chain(meta.tags.iter().map(|word| (word, false))) {
                let key = words::key(word);
                if !key.is_empty() && seen.insert(key.clone()) {
                    let lead = Lead { threat, word: word.clone(), applies };
                    catalogue.by_word.entry(key).or_default().push(lead);
                }
            }
        }
        let nodes: Vec<NodeId> = catalogue.threats.iter().map(|known| known.node).collect();
        catalogue.near = Near::new(graph, models, &nodes);
        catalogue
    }

    /// The words that each threat shares with a model, by the threat's place here.
    fn shared(&self, vocabulary: &Vocabulary) -> BTreeMap<usize, Vec<Reason>> {
        let mut shared: BTreeMap<usize, Vec<Reason>> = BTreeMap::new();
        for (key, source) in vocabulary.keys() {
            for lead in self.by_word.get(key).into_iter().flatten() {
                let word = lead.word.clone();
                let reason = match lead.applies {
                    true => Reason::AppliesTo(word, source),
                    false => Reason::Tagged(word, source),
                };
                shared.entry(lead.threat).or_default().push(reason);
            }
        }
        for reasons in shared.values_mut() {
            reasons.sort_by_key(|reason| Reverse(weight(reason)));
        }
        shared
    }

    /// Threats that a model does not use, the best first.
    ///
    /// The word STRIDE and its categories come up only where the model's threats have
    /// categories.
    pub fn suggest(&self, graph: &Graph, model: &Model) -> Vec<Suggestion> {
        let diagram = diagram(graph, model);
        let vocabulary = Vocabulary::new(graph, model);
        let shared = self.shared(&vocabulary);
        let gaps = coverage(graph, model).map(|coverage| coverage.gaps()).unwrap_or_default();
        let used = used(model);
        let places = self.threats.iter().enumerate();
        let has =
            places.filter(|(_, known)| used.contains(&known.node)).map(|(at, _)| at).collect();
        let mut near = self.near.of(model.node, &vocabulary, &has);
        let mut out: Vec<(Suggestion, usize)> = Vec::new();
        for (number, known) in self.threats.iter().enumerate() {
            if used.contains(&known.node) {
                continue;
            }
            let (nearness, beside) = std::mem::take(&mut near[number]);
            let mut reasons = shared.get(&number).cloned().unwrap_or_default();
            let named = !reasons.is_empty();
            // Words in common are told where nothing says it better.
            reasons.extend(beside.into_iter().filter(|r| !named || !matches!(r, Reason::Words(_))));
            if let Some(diagram) = diagram {
                reasons.extend(known.fills(&gaps, diagram));
                reasons.extend(known.hits_of(diagram, &vocabulary));
            }
            let score = (nearness * NEAR).round() as usize + beside_diagram(&reasons);
            if !reasons.is_empty() {
                out.push((Suggestion { node: known.node, reasons, score }, known.severity));
            }
        }
        let best = out.iter().map(|(suggestion, _)| suggestion.score).max().unwrap_or(0);
        out.retain(|(suggestion, _)| suggestion.score * FAINT >= best);
        // Nodes are in the order of their IDs.
        out.sort_by_key(|(s, severity)| (Reverse(s.score), Reverse(*severity), s.node));
        out.into_iter().map(|(suggestion, _)| suggestion).collect()
    }

    /// For each cell of a coverage that is a gap, at most `limit` threats that would
    /// fill it, the best first.
    pub fn fill(&self, graph: &Graph, model: &Model, coverage: &mut Coverage, limit: usize) {
        let Some(diagram) = diagram(graph, model) else { return };
        let vocabulary = Vocabulary::new(graph, model);
        let shared = self.shared(&vocabulary);
        let used = used(model);
        for row in &mut coverage.rows {
            let own = words::keys_of(&row.place.label(diagram));
            let hit = row.place.hit(diagram);
            for (category, cell) in row.cells.iter_mut().enumerate() {
                if !cell.is_gap() {
                    continue;
                }
                let fitting = self.threats.iter().enumerate().filter(|(_, known)| {
                    known.categories[category]
                        && (known.hits.is_empty() || known.hits.contains(&hit))
                        && !used.contains(&known.node)
                });
                let mut found: Vec<(usize, usize, Suggestion)> = fitting
                    .filter_map(|(number, known)| {
                        let mut reasons = shared.get(&number).cloned().unwrap_or_default();
                        // What the element's own label says counts twice.
                        let here: usize = reasons
                            .iter()
                            .filter(|reason| own.contains(&words::key(reason.word())))
                            .map(weight)
                            .sum();
                        let score = here + reasons.iter().map(weight).sum::<usize>();
                        if known.hits.contains(&hit) {
                            reasons.push(Reason::Hits(hit, Vec::new()));
                        }
                        let suggestion = Suggestion { node: known.node, reasons, score };
                        let reasoned = !suggestion.reasons.is_empty();
                        reasoned.then_some((score, known.severity, suggestion))
                    })
                    .collect();
                found.sort_by_key(|(score, severity, s)| {
                    (Reverse(*score), Reverse(*severity), s.node)
                });
                // Threats that only hit the right kind of element stand in for better ones.
                let telling = found.iter().filter(|(score, ..)| *score > 0).count();
                let count = if telling > 0 { telling.min(limit) } else { limit.min(GENERAL) };
                cell.suggestions = found.into_iter().take(count).map(|(_, _, s)| s).collect();
            }
        }
    }
}

impl Known {
    /// The elements of the diagram that it hits, by kind.
    fn hits_of(&self, diagram: &Diagram, vocabulary: &Vocabulary) -> Vec<Reason> {
        let mut reasons = Vec::new();
        for hit in &self.hits {
            let Hit::Element(kind) = hit else { continue };
            let mut names: Vec<(bool, String)> = diagram
                .elements
                .iter()
                .filter(|element| element.kind == *kind)
                .map(|element| (!vocabulary.is_telling(&element.label), element.name()))
                .collect();
            names.sort_by_key(|(plain, _)| *plain);
            let names: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
            if !names.is_empty() {
                reasons.push(Reason::Hits(*hit, names));
            }
        }
        // One kind is enough of a reason; the rarest in the diagram says most.
        reasons.sort_by_key(|reason| match reason {
            Reason::Hits(_, names) => names.len(),
            _ => usize::MAX,
        });
        reasons.truncate(1);
        reasons
    }

    /// The gaps that it would fill, by category; the category with most gaps.
    fn fills(&self, gaps: &[(Place, usize)], diagram: &Diagram) -> Option<Reason> {
        let mut best: Option<(usize, Vec<String>)> = None;
        for category in (0..STRIDE.len()).filter(|category| self.categories[*category]) {
            let names: Vec<String> = gaps
                .iter()
                .filter(|(place, gap)| *gap == category && self.hits.contains(&place.hit(diagram)))
                .map(|(place, _)| place.name(diagram))
                .collect();
            if names.len() > best.as_ref().map_or(0, |(_, names)| names.len()) {
                best = Some((category, names));
            }
        }
        best.map(|(category, names)| Reason::Fills(STRIDE[category].name, names))
    }
}

impl Reason {
    fn word(&self) -> &str {
        match self {
            Reason::AppliesTo(word, _) | Reason::Tagged(word, _) => word,
            _ => "",
        }
    }
}

/// How much a reason says. A technology in common says more than a kind of element,
/// which every diagram has.
fn weight(reason: &Reason) -> usize {
    let place = |source: &Source| match source {
        Source::Diagram => 2,
        Source::Tags => 1,
        Source::Title => 0,
    };
    match reason {
        Reason::AppliesTo(_, source) => 6 + place(source),
        Reason::Tagged(_, source) => 3 + place(source),
        Reason::Fills(_, names) => 1 + names.len().min(2),
        Reason::Hits(..) => 1,
        Reason::Words(_) | Reason::Related(_) | Reason::Set(..) | Reason::Like(..) => 0,
    }
}

/// What the diagram says for a threat: a little, since every diagram has such elements.
fn beside_diagram(reasons: &[Reason]) -> usize {
    let of_diagram = |r: &&Reason| matches!(r, Reason::Fills(..) | Reason::Hits(..));
    reasons.iter().filter(of_diagram).map(|reason| 5 * weight(reason)).sum()
}

/// What nearness weighs beside the reasons that the diagram gives.
const NEAR: f64 = 100.0;
/// What is left of a proposal with less than this share of the best one says too little.
const FAINT: usize = 4;

fn used(model: &Model) -> BTreeSet<NodeId> {
    model.threats.iter().filter_map(|threat| threat.entry).collect()
}

fn diagram<'g>(graph: &'g Graph, model: &Model) -> Option<&'g Diagram> {
    graph.article(model.node).body.charts.first().map(|chart| &chart.diagram)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::language::Texts;

    #[test]
    fn reasons_are_sentences() {
        let names = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<Vec<_>>();
        let store = Hit::Element(Kind::Store);
        let three = Reason::Hits(Hit::Element(Kind::External), names(&["A", "B", "C"]));
        let applies = Reason::AppliesTo("e-mail".into(), Source::Diagram);
        let fills = Reason::Fills("tampering", names(&["A", "B"]));
        for (reason, language, expected) in [
            (Reason::Hits(store, names(&["Files"])), "en", "hits: data store (Files)"),
            (Reason::Hits(Hit::Flow, Vec::new()), "en", "hits: data flow"),
            (three.clone(), "en", "hits: external entity (A, B and 1 more)"),
            (three, "de", "trifft: Externe Entität (A, B und 1 weiteren)"),
            (applies, "en", "applies to e-mail, which the diagram names"),
            (fills, "en", "Tampering is not looked at for A and B"),
        ] {
            assert_eq!(reason.say(&Texts::embedded(language)), expected);
        }
    }
}
