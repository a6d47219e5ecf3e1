//! From a query to ranked documents. `search.js` does the same in the same order, in
//! numbers of the same width, so that both come to the same scores.

use std::collections::BTreeMap;

use super::facet::{Count, Facet};
use super::index::{Index, Posting};
use super::plan::{Group, Plan};
use super::query::{Filter, Query};
use super::snippet::Matcher;
use super::{Results, SearchError};

/// BM25: how soon further occurrences count less.
const K1: f64 = 1.2;
/// BM25: how much the length of a document matters.
const B: f64 = 0.75;
const TITLE: f64 = 4.0;
const HEADING: f64 = 2.0;
/// Above everything that words can reach.
const ID: f64 = 1000.0;
/// What is left of the score of an earlier revision.
const PAST: f64 = 0.5;
/// Where fewer documents have all words, those with most words follow.
const ENOUGH: usize = 5;

/// What of each document matches a plan.
struct Matches {
    scores: Vec<f64>,
    /// How many words it has.
    words: Vec<usize>,
    /// Whether it has all phrases and words in quotes, and none that is ruled out.
    fits: Vec<bool>,
}

/// Documents in order.
struct Ranked {
    list: Vec<(usize, f64)>,
    /// How many of them have all words.
    complete: usize,
    /// How many words each has at least.
    least: usize,
}

impl Index {
    /// The best `limit` documents for a query.
    pub fn search(&self, query: &Query, limit: usize) -> Result<Results, SearchError> {
        let plan = self.plan(query);
        let nothing = plan.groups.is_empty() && query.filters.is_empty() && plan.phrases.is_empty();
        if plan.impossible || nothing {
            return Ok(Results {
                total: 0,
                complete: 0,
                corrected: plan.corrected,
                hits: Vec::new(),
                facets: BTreeMap::new(),
            });
        }
        let matches = self.matches(&plan)?;
        let pass = self.columns.pass(&query.filters, self.documents.len());
        let ranked = self.rank(&matches, &pass, plan.groups.len());
        let matcher = Matcher::new(&plan.groups);
        let hits = ranked.list.iter().take(limit);
        Ok(Results {
            total: ranked.list.len(),
            complete: ranked.complete,
            hits: hits.map(|(at, score)| matcher.hit(&self.documents[*at], *score)).collect(),
            corrected: plan.corrected,
            facets: self.count(query, &matches, ranked.least),
        })
    }

    fn matches(&self, plan: &Plan) -> Result<Matches, SearchError> {
        let documents = self.documents.len();
        let mut fits = vec![true; documents];
        for phrase in &plan.phrases {
            for (fits, has) in fits.iter_mut().zip(self.having(&phrase.words)?) {
                *fits &= has != phrase.negative;
            }
        }
        let mut scores = vec![0.0; documents];
        let mut words = vec![0; documents];
        for group in &plan.groups {
            for (at, score) in self.scores(group)?.into_iter().enumerate() {
                scores[at] += score;
                words[at] += usize::from(score > 0.0);
                fits[at] &= score > 0.0 || !group.fixed;
            }
        }
        for stem in &plan.extra {
            let group = Group { stems: vec![(*stem, 1.0)], ..Group::default() };
            for (at, score) in self.scores(&group)?.into_iter().enumerate() {
                scores[at] += score;
            }
        }
        for (score, document) in scores.iter_mut().zip(&self.documents) {
            if document.past.is_some() {
                *score *= PAST;
            }
        }
        Ok(Matches { scores, words, fits })
    }

    /// The documents that match and pass, best first.
    fn rank(&self, matches: &Matches, pass: &[bool], groups: usize) -> Ranked {
        let Matches { scores, words, fits } = matches;
        let ranked = |least: usize, most: usize| {
            let mut ranked: Vec<(usize, f64)> = (0..self.documents.len())
                .filter(|at| pass[*at] && fits[*at] && (least..=most).contains(&words[*at]))
                .map(|at| (at, scores[at] * words[at].max(1) as f64 / most.max(1) as f64))
                .collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            ranked
        };
        let mut list = ranked(groups, groups);
        let complete = list.len();
        let mut least = groups;
        if complete < ENOUGH && groups > 1 {
            least = groups.div_ceil(2);
            let mut rest = ranked(least, groups - 1);
            if rest.is_empty() && list.is_empty() {
                least = 1;
                rest = ranked(1, groups - 1);
            }
            list.append(&mut rest);
        }
        Ranked { list, complete, least }
    }

    /// For each facet, how many documents each of its values would leave if it were the
    /// only one asked for.
    fn count(
        &self,
        query: &Query,
        matches: &Matches,
        least: usize,
    ) -> BTreeMap<&'static str, Vec<Count>> {
        let count = |(facet, column): (Facet, &super::facet::Column)| {
            let others = query.filters.iter().filter(|f| f.facet != facet || f.negative);
            let others: Vec<Filter> = others.cloned().collect();
            let pass = self.columns.pass(&others, self.documents.len());
            let found = (0..self.documents.len())
                .filter(|at| pass[*at] && matches.fits[*at] && matches.words[*at] >= least);
            (facet.name(), column.counts(found))
        };
        self.columns.iter().map(count).collect()
    }

    /// The score of each document for a word: that of the best of its stems.
    fn scores(&self, group: &Group) -> Result<Vec<f64>, SearchError> {
        let mut best = vec![0.0; self.documents.len()];
        for (stem, weight) in &group.stems {
            let postings = self.postings(*stem)?;
            let bm25 = Bm25::new(self, &postings);
            for posting in &postings {
                let score = weight * bm25.score(self, posting);
                let best: &mut f64 = &mut best[posting.document as usize];
                *best = best.max(score);
            }
        }
        Ok(best)
    }

    /// For each document, whether it has words at these distances from each other.
    fn having(&self, words: &[(u32, u32)]) -> Result<Vec<bool>, SearchError> {
        let mut starts: Vec<Option<Vec<u32>>> = vec![None; self.documents.len()];
        for (at, (stem, distance)) in words.iter().enumerate() {
            let mut next: Vec<Option<Vec<u32>>> = vec![None; self.documents.len()];
            self.positions(*stem, |document, positions| {
                let begins = positions.iter().filter_map(|p| p.checked_sub(*distance));
                let kept: Vec<u32> = match &starts[document as usize] {
                    _ if at == 0 => begins.collect(),
                    Some(starts) => begins.filter(|p| starts.binary_search(p).is_ok()).collect(),
                    None => return,
                };
                next[document as usize] = Some(kept).filter(|kept| !kept.is_empty());
            })?;
            starts = next;
        }
        Ok(starts.iter().map(Option::is_some).collect())
    }
}

/// The parts of BM25 that depend on the stem alone.
struct Bm25 {
    body: f64,
    title: f64,
    heading: f64,
    body_average: f64,
    title_average: f64,
}

impl Bm25 {
    fn new(index: &Index, postings: &[Posting]) -> Bm25 {
        let all = index.len() as f64;
        // Rounded, since the last bits of a logarithm depend on the machine.
        let rarity = |has: fn(&Posting) -> bool| {
            let with = postings.iter().filter(|posting| has(posting)).count() as f64;
            f64::from((1.0 + (all - with + 0.5) / (with + 0.5)).ln() as f32)
        };
        let (body_words, title_words) = index.words();
        Bm25 {
            body: rarity(|_| true),
            title: rarity(|posting| posting.title > 0),
            heading: rarity(|posting| posting.heading > 0),
            body_average: body_words as f64 / all,
            title_average: title_words as f64 / all,
        }
    }

    fn score(&self, index: &Index, posting: &Posting) -> f64 {
        let (body_norm, title_norm) = index.norms(posting.document);
        let length = |norm| f64::from(tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(norm));
        let mut score = term(
            self.body,
            posting.body,
            K1 * (1.0 - B + B * length(body_norm) / self.body_average),
        );
        if posting.title > 0 {
            let norm = K1 * (1.0 - B + B * length(title_norm) / self.title_average);
            score += TITLE * term(self.title, posting.title, norm);
        }
        if posting.heading > 0 {
            score += HEADING * term(self.heading, posting.heading, K1);
        }
        if posting.id {
            score += ID;
        }
        score
    }
}

fn term(rarity: f64, count: u32, norm: f64) -> f64 {
    let count = f64::from(count);
    rarity * (1.0 + K1) * count / (count + norm)
}
