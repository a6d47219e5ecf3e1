//! How near a threat is to a model: words in common, and what stands beside the threats
//! that the model has already.

use super::words::{Vocabulary, tokens};
use super::{Reason, Source};
use crate::book::graph::{Graph, NodeId};
use crate::book::page::Meta;
use crate::model::{Model, Models};
use std::collections::{BTreeMap, BTreeSet};

/// The tag of a starter set.
const STARTER: &str = "starter";
/// A starter set names at least so many threats.
const SMALLEST: usize = 3;

/// What a word weighs in an entry, by where it stands.
const TITLE: f64 = 3.0;
const APPLIES: f64 = 3.0;
const NAMES: f64 = 2.0;
const STATEMENT: f64 = 1.0;
/// What words in common count, ...
const WORDS: f64 = 2.0;
/// ... when a threat is related to one that the model has, ...
const RELATED: f64 = 1.0;
/// ... shares a requirement with one, ...
const REQUIREMENT: f64 = 0.5;
/// ... applies where many of them do, ...
const PROPERTY: f64 = 0.5;
/// ... stands in a starter set of which the model has all, ...
const SET: f64 = 8.0;
/// ... or is in another model that has the same threats.
const LIKE: f64 = 8.0;
/// So many other models are asked.
const LIKEST: usize = 10;
/// So many words are shown as a reason.
const SHOWN: usize = 3;

/// What the threats of a catalogue have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Near {
    profiles: Vec<Profile>,
    /// How rare a word is; nothing for everyday words.
    rarity: BTreeMap<String, f64>,
    /// How rare a property is.
    properties: BTreeMap<String, f64>,
    sets: Vec<Set>,
    models: Vec<Other>,
}

/// A model with the threats that it has.
#[derive(Debug, Clone)]
struct Other {
    node: NodeId,
    title: String,
    threats: BTreeSet<usize>,
}

#[derive(Debug, Clone, Default)]
struct Profile {
    id: String,
    words: BTreeMap<String, f64>,
    length: f64,
    related: BTreeSet<usize>,
    requirements: BTreeSet<NodeId>,
    applies: Vec<String>,
}

/// A starter set.
#[derive(Debug, Clone)]
struct Set {
    title: String,
    threats: BTreeSet<usize>,
}

/// How near each threat is, and why.
pub(super) type Nearness = Vec<(f64, Vec<Reason>)>;

impl Near {
    /// Reads what threats have in common; they are called by their places.
    pub fn new(graph: &Graph, models: &Models, threats: &[NodeId]) -> Near {
        let places: BTreeMap<NodeId, usize> =
            threats.iter().enumerate().map(|(place, node)| (*node, place)).collect();
        let profiles = threats.iter().map(|node| profile(graph, *node, &places));
        let mut near = Near { profiles: profiles.collect(), ..Near::default() };
        for place in 0..near.profiles.len() {
            for other in near.profiles[place].related.clone() {
                near.profiles[other].related.insert(place);
            }
        }
        let all = near.profiles.len();
        let words = near.profiles.iter().flat_map(|profile| profile.words.keys());
        near.rarity = rarity(words, all);
        near.rarity.retain(|_, rarity| *rarity > 5f64.ln());
        near.properties = rarity(near.profiles.iter().flat_map(|profile| &profile.applies), all);
        for profile in &mut near.profiles {
            let weights = profile.words.iter();
            let squares =
                weights.map(|(w, weight)| near.rarity.get(w).map_or(0.0, |r| (r * weight).powi(2)));
            profile.length = squares.sum::<f64>().sqrt().max(1.0);
        }
        near.sets = sets(graph, &places);
        near.models = others(graph, models, &places);
        near
    }

    /// How near each threat is to a model that names these words and has these threats.
    pub fn of(&self, model: NodeId, vocabulary: &Vocabulary, has: &BTreeSet<usize>) -> Nearness {
        let company = Company::new(self, model, has);
        let of = |(place, profile): (usize, &Profile)| {
            let mut reasons = Vec::new();
            let mut near = self.by_words(profile, vocabulary, &mut reasons);
            near += company.related(profile, has, &mut reasons);
            near += company.sets(place, &mut reasons);
            near += company.like(place, &mut reasons);
            (near, reasons)
        };
        self.profiles.iter().enumerate().map(of).collect()
    }

    fn by_words(
        &self,
        profile: &Profile,
        vocabulary: &Vocabulary,
        reasons: &mut Vec<Reason>,
    ) -> f64 {
        let mut found: Vec<(f64, &str)> = Vec::new();
        for (word, weight) in &profile.words {
            if let (Some(rarity), Some(source)) = (self.rarity.get(word), vocabulary.source(word)) {
                let said = if source == Source::Title { 1.0 } else { 2.0 };
                found.push((rarity * weight * said, word));
            }
        }
        let sum: f64 = found.iter().map(|(part, _)| part).sum();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        if !found.is_empty() {
            let words = found.iter().take(SHOWN).map(|(_, word)| word.to_string());
            reasons.push(Reason::Words(words.collect()));
        }
        WORDS * sum / profile.length
    }
}

/// The threats that a model has, as company for others.
struct Company<'n> {
    near: &'n Near,
    requirements: BTreeSet<NodeId>,
    /// For each property the share of the model's threats that have it.
    properties: BTreeMap<&'n str, f64>,
    /// The sets with threats of the model: which, how many, and their share of the set.
    sets: Vec<(&'n Set, usize, f64)>,
    /// The models with most of the same threats: which, how many, and how like they are.
    models: Vec<(&'n Other, usize, f64)>,
}

impl<'n> Company<'n> {
    fn new(near: &'n Near, model: NodeId, has: &BTreeSet<usize>) -> Company<'n> {
        let own = || has.iter().map(|place| &near.profiles[*place]);
        let mut properties: BTreeMap<&str, f64> = BTreeMap::new();
        for word in own().flat_map(|profile| &profile.applies) {
            *properties.entry(word).or_default() += 1.0 / has.len() as f64;
        }
        let sets = near.sets.iter().filter_map(|set| {
            let count = set.threats.intersection(has).count();
            (count > 0).then(|| (set, count, count as f64 / set.threats.len() as f64))
        });
        Company {
            near,
            requirements: own().flat_map(|profile| profile.requirements.iter().copied()).collect(),
            properties,
            sets: sets.collect(),
            models: likest(near, model, has),
        }
    }

    fn related(&self, profile: &Profile, has: &BTreeSet<usize>, reasons: &mut Vec<Reason>) -> f64 {
        let own: Vec<usize> = profile.related.intersection(has).copied().collect();
        if !own.is_empty() {
            let ids = own.iter().map(|place| self.near.profiles[*place].id.clone());
            reasons.push(Reason::Related(ids.collect()));
        }
        let shared = profile.requirements.intersection(&self.requirements).count();
        let rare = |word: &String| self.near.properties.get(word).copied().unwrap_or(0.0);
        let fits = profile
            .applies
            .iter()
            .map(|word| self.properties.get(word.as_str()).copied().unwrap_or(0.0) * rare(word));
        RELATED * own.len() as f64 + REQUIREMENT * shared as f64 + PROPERTY * fits.sum::<f64>()
    }

    fn like(&self, place: usize, reasons: &mut Vec<Reason>) -> f64 {
        let mine: Vec<&(&Other, usize, f64)> =
            self.models.iter().filter(|(other, ..)| other.threats.contains(&place)).collect();
        // The likest comes first.
        if let Some((other, count, _)) = mine.first() {
            reasons.push(Reason::Like(other.title.clone(), *count));
        }
        LIKE * mine.iter().map(|(.., like)| like).sum::<f64>()
    }

    fn sets(&self, place: usize, reasons: &mut Vec<Reason>) -> f64 {
        let mine = self.sets.iter().filter(|(set, ..)| set.threats.contains(&place));
        let mine: Vec<&(&Set, usize, f64)> = mine.collect();
        if let Some((set, count, _)) = mine.iter().max_by(|a, b| a.2.total_cmp(&b.2)) {
            reasons.push(Reason::Set(set.title.clone(), *count));
        }
        SET * mine.iter().map(|(.., share)| share).sum::<f64>()
    }
}

/// The models that have most in common with one that has some threats: the cosine of both
/// sets, a threat that many models have counting less.
fn likest<'n>(
    near: &'n Near,
    model: NodeId,
    has: &BTreeSet<usize>,
) -> Vec<(&'n Other, usize, f64)> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    let others = || near.models.iter().filter(|other| other.node != model);
    for threat in others().flat_map(|other| &other.threats) {
        *counts.entry(*threat).or_default() += 1;
    }
    let all = near.models.len() as f64;
    let rare = |threat: &usize| {
        let count = counts.get(threat).copied().unwrap_or(0) as f64;
        (1.0 + all / (1.0 + count)).ln().powi(2)
    };
    let length = |threats: &BTreeSet<usize>| threats.iter().map(rare).sum::<f64>().sqrt();
    let mut found: Vec<(&Other, usize, f64)> = others()
        .filter_map(|other| {
            let shared = || other.threats.intersection(has);
            let both = shared().map(rare).sum::<f64>();
            let like = both / (length(&other.threats) * length(has)).max(f64::MIN_POSITIVE);
            (both > 0.0).then(|| (other, shared().count(), like))
        })
        .collect();
    found.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.node.cmp(&b.0.node)));
    found.truncate(LIKEST);
    found
}

fn rarity<'w>(words: impl Iterator<Item = &'w String>, all: usize) -> BTreeMap<String, f64> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    words.for_each(|word| *counts.entry(word.clone()).or_default() += 1);
    let rare = |count: usize| (1.0 + all as f64 / count as f64).ln();
    counts.into_iter().map(|(word, count)| (word, rare(count))).collect()
}

fn profile(graph: &Graph, node: NodeId, places: &BTreeMap<NodeId, usize>) -> Profile {
    let meta = &graph.article(node).meta;
    let to = |role: &'static str| {
        graph.out[node].iter().filter(move |edge| edge.role == role).map(|edge| edge.to)
    };
    let mut applies = meta.applies_to.clone();
    applies.sort_unstable();
    applies.dedup();
    Profile {
        id: graph.nodes[node].id.clone().unwrap_or_default(),
        words: bag(&graph.nodes[node].title, meta),
        related: to("related").filter_map(|node| places.get(&node).copied()).collect(),
        requirements: to("requirements").collect(),
        applies,
        length: 0.0,
    }
}

/// The words of an entry, each with the most that it weighs.
fn bag(title: &str, meta: &Meta) -> BTreeMap<String, f64> {
    let mut words: BTreeMap<String, f64> = BTreeMap::new();
    let mut add = |text: &str, weight: f64| {
        for word in tokens(text).into_iter().filter(|word| word.len() > 1) {
            let known = words.entry(word).or_default();
            *known = known.max(weight);
        }
    };
    add(title, TITLE);
    meta.applies_to.iter().for_each(|word| add(word, APPLIES));
    meta.tags.iter().chain(&meta.also).for_each(|word| add(word, NAMES));
    add(&meta.statement.sentence().unwrap_or_default(), STATEMENT);
    words
}

/// The models that count: not those that a later one stands in for.
fn others(graph: &Graph, models: &Models, places: &BTreeMap<NodeId, usize>) -> Vec<Other> {
    let living = models.by_node.values().filter(|model| model.superseded_by.is_none());
    let other = |model: &Model| Other {
        node: model.node,
        title: graph.nodes[model.node].title.clone(),
        threats: model
            .threats
            .iter()
            .filter_map(|threat| places.get(&threat.entry?).copied())
            .collect(),
    };
    living.map(other).filter(|other| other.threats.len() >= SMALLEST).collect()
}

fn sets(graph: &Graph, places: &BTreeMap<NodeId, usize>) -> Vec<Set> {
    let is_set = |node: &NodeId| graph.article(*node).meta.tags.iter().any(|tag| tag == STARTER);
    let set = |node: NodeId| Set {
        title: graph.nodes[node].title.clone(),
        threats: graph.out[node].iter().filter_map(|edge| places.get(&edge.to).copied()).collect(),
    };
    (0..graph.nodes.len())
        .filter(is_set)
        .map(set)
        .filter(|set| set.threats.len() >= SMALLEST)
        .collect()
}
