//! From a few sentences about what is built to what may concern it. `ask-walk.js` does the
//! same in the browser.

use super::property::words;
use super::{STARTER, Walk};
use crate::book::graph::{Graph, NodeId};
use crate::search::{Hit, Index, Query, SearchError, tokens};

/// So many threats are ranked.
pub const MOST_RANKED: usize = 30;
/// So many starter sets and models are shown.
const STARTERS: usize = 3;
const MODELS: usize = 2;
/// Properties are guessed from so many of the first threats.
const VOTERS: usize = 10;
/// So many of them must have a property, and so many times more often than threats do.
const VOTES: usize = 3;
const LIFT: usize = 3;
/// So many properties are guessed.
const GUESSED: usize = 5;
/// Further results are not looked through for models.
const LOOKED_AT: usize = 12;

/// What a description leads to.
#[derive(Debug, Clone, Default)]
pub struct Description {
    /// The threats, the nearest first.
    pub threats: Vec<Hit>,
    /// The properties that it names, with the words that name each.
    pub properties: Vec<Recognised>,
    /// Properties that it does not name and that many of the nearest threats have.
    pub guessed: Vec<usize>,
    /// Starter sets, the nearest first.
    pub starters: Vec<Hit>,
    /// The nearest worked models.
    pub models: Vec<Hit>,
}

/// A property that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// Its place in [`Walk::properties`].
    pub property: usize,
    /// The words of the text that name it.
    pub words: String,
}

impl Description {
    /// The nodes of the threats, the nearest first.
    pub fn ranked(&self, graph: &Graph) -> Vec<NodeId> {
        self.threats.iter().filter_map(|hit| graph.find(hit.id.as_deref()?)).collect()
    }
}

/// Reads a description.
///
/// # Errors
/// When the index cannot be read.
pub fn describe(
    walk: &Walk,
    graph: &Graph,
    index: &Index,
    text: &str,
) -> Result<Description, SearchError> {
    let find = |facet, value, most| {
        index.search(&Query::describe(text).with_filter(facet, value), most).map(|r| r.hits)
    };
    let threats = find("kind", "threat", MOST_RANKED)?;
    let mut starters = find("tag", STARTER, STARTERS)?;
    let best = starters.first().map_or(0.0, |hit| hit.score);
    starters.retain(|hit| hit.score * 2.0 >= best);
    let mut models = find("kind", "model", LOOKED_AT)?;
    models.retain(|hit| hit.id.is_some() && hit.past.is_none());
    models.truncate(MODELS);
    let properties = walk.recognise(text);
    let mut description =
        Description { threats, properties, guessed: Vec::new(), starters, models };
    description.guessed = walk.guess(&description, graph);
    Ok(description)
}

impl Walk {
    /// The properties that a text names, in their order. Words within a longer phrase name
    /// nothing by themselves: a web app is no app on a phone.
    fn recognise(&self, text: &str) -> Vec<Recognised> {
        let said: Vec<String> = tokens(text).collect();
        let compared = words(text);
        let mut named: Vec<(usize, usize, usize)> = Vec::new();
        for (property, known) in self.properties.iter().enumerate() {
            for at in 0..compared.len() {
                let here = known.phrases.iter().filter(|phrase| compared[at..].starts_with(phrase));
                named.extend(here.map(|phrase| (property, at, phrase.len())));
            }
        }
        let within = |(_, at, length): &(usize, usize, usize)| {
            named
                .iter()
                .any(|(_, from, all)| all > length && from <= at && from + all >= at + length)
        };
        let mut out: Vec<Recognised> = Vec::new();
        for found in named.iter().filter(|found| !within(found)) {
            let (property, at, length) = *found;
            if out.last().is_none_or(|last| last.property != property) {
                out.push(Recognised { property, words: said[at..at + length].join(" ") });
            }
        }
        out
    }

    fn guess(&self, description: &Description, graph: &Graph) -> Vec<usize> {
        let first: Vec<NodeId> = description.ranked(graph).into_iter().take(VOTERS).collect();
        let voters = self.threats.iter().filter(|threat| first.contains(&threat.node));
        let mut votes = vec![0; self.properties.len()];
        voters.flat_map(|threat| &threat.applies).for_each(|at| votes[*at] += 1);
        let named = |at: usize| description.properties.iter().any(|known| known.property == at);
        let all = self.threats.len();
        let lifted = |at: usize| votes[at] * all >= LIFT * VOTERS * self.properties[at].threats;
        let mut guessed: Vec<usize> = (0..votes.len())
            .filter(|at| votes[*at] >= VOTES && lifted(*at) && !named(*at))
            .collect();
        guessed.sort_by_key(|at| std::cmp::Reverse(votes[*at]));
        guessed.truncate(GUESSED);
        guessed
    }
}
