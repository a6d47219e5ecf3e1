//! From a query to ranked documents. `search.js` does the same in the same order, in
//! numbers of the same width, so that both come to the same scores.
//!
//! Any word of the query counts. The score of a word is BM25 (Robertson and Zaragoza,
//! "The Probabilistic Relevance Framework: BM25 and Beyond", 2009), field by field with
//! one rarity for the word; a document that holds more of the query's weight stands higher.

use std::collections::{BTreeMap, BTreeSet};

use super::facet::{Count, Facet};
use super::index::{Index, Posting};
use super::plan::{Group, Plan};
use super::query::{Filter, Query};
use super::snippet::Matcher;
use super::{Document, Hit, Like, Results, SearchError, tokens};

/// BM25: how soon further occurrences count less.
const K1: f64 = 1.2;
/// BM25: how much the length of a document matters.
const B: f64 = 0.75;
/// What the whole text weighs beside the fields. The words of a description stand by chance
/// in many a text.
const TEXT: f64 = 2.0;
const TEXT_DESCRIBED: f64 = 1.0;
const TITLE: f64 = 4.0;
const NAMES: f64 = 3.0;
const LEAD: f64 = 1.5;
const HEADING: f64 = 1.0;
/// Above everything that words can reach.
const ID: f64 = 1000.0;
/// What is left of the score of a document with next to nothing of the query's weight.
const LEAST: f64 = 0.3;
/// In books of at least so many documents there are everyday words.
const LARGE: usize = 40;

/// Among so many of the first results those that say nearly the same are one.
const FOLDED: usize = 50;
/// Titles say nearly the same that share so many words, and three fifths of all.
const SHARED: usize = 3;

/// A result, and those behind it that say nearly the same.
struct Head {
    document: usize,
    score: f64,
    title: BTreeSet<String>,
    like: Vec<Like>,
}

/// The first `limit` results, those that say nearly the same folded into the first of them.
fn fold(documents: &[Document], ranked: &[(usize, f64)], limit: usize, most: usize) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    for (at, score) in ranked {
        if heads.len() >= limit {
            break;
        }
        let document = &documents[*at];
        let title: BTreeSet<String> = tokens(&document.title).collect();
        let same = heads.iter_mut().take(most).find(|head| {
            documents[head.document].kind == document.kind && alike(&head.title, &title)
        });
        match same {
            Some(head) => head.like.push(Like {
                id: document.id.clone(),
                title: document.title.clone(),
                url: document.url.clone(),
            }),
            None => heads.push(Head { document: *at, score: *score, title, like: Vec::new() }),
        }
    }
    heads
}

fn alike(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let shared = one.intersection(other).count();
    shared >= SHARED && shared * 5 >= (one.len() + other.len() - shared) * 3
}

/// What of each document matches a plan.
struct Matches {
    scores: Vec<f64>,
    /// A bit for each word that it has.
    words: Vec<u32>,
    /// Whether it has all phrases and words in quotes, and none that is ruled out.
    fits: Vec<bool>,
    /// A bit for each word of the query.
    all: u32,
    /// A bit for each word that makes a document a result: not an everyday word.
    rare: u32,
    /// For each word what it matches in each document, a bit for each of `FIELDS`.
    fields: Vec<Vec<u8>>,
}

/// The places where a word is found, in the order of their bits.
const FIELDS: [&str; 6] = ["id", "title", "also", "statement", "heading", "text"];

impl Matches {
    fn is_result(&self, at: usize) -> bool {
        self.fits[at] && (self.all == 0 || self.words[at] & self.rare != 0)
    }

    fn is_complete(&self, at: usize) -> bool {
        self.fits[at] && self.words[at] == self.all
    }
}

impl Index {
    /// The best `limit` documents for a query.
    pub fn search(&self, query: &Query, limit: usize) -> Result<Results, SearchError> {
        let plan = self.plan(query);
        let nothing = plan.groups.is_empty() && query.filters.is_empty() && plan.phrases.is_empty();
        if plan.impossible || nothing || (plan.groups.is_empty() && !plan.unknown.is_empty()) {
            let Plan { corrected, unknown, .. } = plan;
            return Ok(Results { corrected, unknown, ..Results::default() });
        }
        let matches = self.matches(&plan)?;
        let pass = self.columns.pass(&query.filters, self.documents.len());
        let ranked = self.rank(&matches, &pass);
        let matcher = Matcher::new(&plan.groups);
        let hit = |at: usize, score: f64| {
            let mut hit = matcher.hit(&self.documents[at], score);
            let words = plan.groups.iter().enumerate();
            let lacking = words.filter(|(bit, _)| matches.words[at] & (1 << bit) == 0);
            hit.lacks = lacking.map(|(_, group)| group.word.clone()).collect();
            hit.why = why(&plan.groups, &matches, at);
            hit
        };
        let folds = if query.described { 0 } else { FOLDED };
        let heads = fold(&self.documents, &ranked, limit, folds);
        Ok(Results {
            total: ranked.len(),
            complete: ranked.iter().filter(|(at, _)| matches.is_complete(*at)).count(),
            hits: heads
                .into_iter()
                .map(|head| Hit { like: head.like, ..hit(head.document, head.score) })
                .collect(),
            facets: self.count(query, &matches),
            corrected: plan.corrected,
            unknown: plan.unknown,
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
        let mut held = vec![0.0; documents];
        let mut words = vec![0; documents];
        let (mut whole, mut all, mut rare) = (0.0, 0, 0);
        let mut fields: Vec<Vec<u8>> = Vec::new();
        for (bit, group) in plan.groups.iter().enumerate() {
            let found = self.scores(group, if plan.described { TEXT_DESCRIBED } else { TEXT })?;
            for (at, score) in found.scores.iter().enumerate() {
                scores[at] += score;
                if *score > 0.0 {
                    words[at] |= 1 << bit;
                    held[at] += found.rarity;
                }
                fits[at] &= *score > 0.0 || !group.fixed;
            }
            whole += found.rarity;
            all |= 1 << bit;
            if documents < LARGE || found.documents * 4 <= documents {
                rare |= 1 << bit;
            }
            fields.push(found.fields);
        }
        for (at, document) in self.documents.iter().enumerate() {
            let share = if whole > 0.0 { held[at] / whole } else { 1.0 };
            scores[at] *= LEAST + (1.0 - LEAST) * share;
            scores[at] *= f64::from(document.weight.unwrap_or(100)) / 100.0;
        }
        for found in &fields {
            for (score, bits) in scores.iter_mut().zip(found) {
                *score += if bits & 1 != 0 { ID } else { 0.0 };
            }
        }
        for term in &plan.extra {
            for posting in self.postings(*term)?.iter().filter(|posting| posting.id) {
                scores[posting.document as usize] += ID;
            }
        }
        let rare = if rare == 0 { all } else { rare };
        Ok(Matches { scores, words, fits, all, rare, fields })
    }

    /// The documents that match and pass, best first.
    fn rank(&self, matches: &Matches, pass: &[bool]) -> Vec<(usize, f64)> {
        let mut ranked: Vec<(usize, f64)> = (0..self.documents.len())
            .filter(|at| pass[*at] && matches.is_result(*at))
            .map(|at| (at, matches.scores[at]))
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked
    }

    /// For each facet, how many documents each of its values would leave if it were the
    /// only one asked for. Documents with all words are counted, where there are any.
    fn count(&self, query: &Query, matches: &Matches) -> BTreeMap<&'static str, Vec<Count>> {
        let documents = 0..self.documents.len();
        let strict = documents.clone().any(|at| matches.is_complete(at));
        let counted =
            |at: &usize| if strict { matches.is_complete(*at) } else { matches.is_result(*at) };
        let count = |(facet, column): (Facet, &super::facet::Column)| {
            let others = query.filters.iter().filter(|f| f.facet != facet || f.negative);
            let others: Vec<Filter> = others.cloned().collect();
            let pass = self.columns.pass(&others, self.documents.len());
            let found = documents.clone().filter(|at| pass[*at] && counted(at));
            (facet.name(), column.counts(found))
        };
        self.columns.iter().map(count).collect()
    }

    /// The score of each document for a word: that of the best of its terms.
    fn scores(&self, group: &Group, text: f64) -> Result<Found, SearchError> {
        let mut found = Found {
            scores: vec![0.0; self.documents.len()],
            fields: vec![0; self.documents.len()],
            rarity: 0.0,
            documents: 0,
        };
        for class in &group.classes {
            let lists: Vec<(Vec<Posting>, f64)> = class
                .iter()
                .map(|(term, weight)| Ok((self.postings(*term)?, *weight)))
                .collect::<Result<_, SearchError>>()?;
            let documents = lists.iter().flat_map(|(list, _)| list).map(|p| p.document);
            let documents = documents.collect::<BTreeSet<u32>>().len();
            let bm25 = Bm25::new(self, documents, text);
            // A word is as rare as its own forms; what is found besides does not change that.
            if found.documents == 0 {
                (found.rarity, found.documents) = (bm25.rarity, documents);
            }
            for (postings, weight) in &lists {
                for posting in postings {
                    let at = posting.document as usize;
                    let score = weight * bm25.score(self, posting);
                    found.scores[at] = f64::max(found.scores[at], score);
                    found.fields[at] |= fields_of(posting);
                }
            }
        }
        Ok(found)
    }

    /// For each document, whether it has words at these distances from each other.
    fn having(&self, words: &[(Vec<u32>, u32)]) -> Result<Vec<bool>, SearchError> {
        let mut starts: Vec<Option<BTreeSet<u32>>> = vec![None; self.documents.len()];
        for (at, (terms, distance)) in words.iter().enumerate() {
            let mut next: Vec<Option<BTreeSet<u32>>> = vec![None; self.documents.len()];
            for term in terms {
                self.positions(*term, |document, positions| {
                    let begins = positions.iter().filter_map(|p| p.checked_sub(*distance));
                    let before = starts[document as usize].as_ref();
                    let kept = begins
                        .filter(|p| at == 0 || before.is_some_and(|starts| starts.contains(p)));
                    next[document as usize].get_or_insert_default().extend(kept);
                })?;
            }
            starts = next;
        }
        Ok(starts.iter().map(|starts| starts.as_ref().is_some_and(|s| !s.is_empty())).collect())
    }
}

/// What one word of a query finds.
struct Found {
    scores: Vec<f64>,
    fields: Vec<u8>,
    /// The weight that the word has in the query.
    rarity: f64,
    /// How many documents have it.
    documents: usize,
}

fn fields_of(posting: &Posting) -> u8 {
    let here =
        [posting.id, posting.title > 0, posting.names > 0, posting.lead, posting.heading > 0, true];
    here.iter().enumerate().fold(0, |all, (bit, here)| all | u8::from(*here) << bit)
}

/// Which words of the query match, and where.
fn why(groups: &[Group], matches: &Matches, at: usize) -> BTreeMap<String, Vec<&'static str>> {
    let fields = |bits: u8| {
        let named = FIELDS.iter().enumerate().filter(move |(bit, _)| bits & (1 << bit) != 0);
        named.map(|(_, name)| *name).collect()
    };
    let words = groups.iter().zip(&matches.fields).filter(|(_, found)| found[at] != 0);
    words.map(|(group, found)| (group.word.clone(), fields(found[at]))).collect()
}

/// The parts of BM25 that depend on the word alone.
struct Bm25 {
    text: f64,
    rarity: f64,
    body_average: f64,
    title_average: f64,
}

impl Bm25 {
    fn new(index: &Index, documents: usize, text: f64) -> Bm25 {
        let (all, with) = (index.len() as f64, documents as f64);
        let (body_words, title_words) = index.words();
        Bm25 {
            text,
            // Rounded, since the last bits of a logarithm depend on the machine.
            rarity: f64::from((1.0 + (all - with + 0.5) / (with + 0.5)).ln() as f32),
            body_average: body_words as f64 / all,
            title_average: title_words as f64 / all,
        }
    }

    fn score(&self, index: &Index, posting: &Posting) -> f64 {
        let (body_norm, title_norm) = index.norms(posting.document);
        let length = |norm| f64::from(tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(norm));
        let mut score = self.text
            * term(posting.body, K1 * (1.0 - B + B * length(body_norm) / self.body_average));
        if posting.title > 0 {
            let norm = K1 * (1.0 - B + B * length(title_norm) / self.title_average);
            score += TITLE * term(posting.title, norm);
        }
        score += NAMES * term(posting.names, K1);
        score += LEAD * term(u32::from(posting.lead), K1);
        score += HEADING * term(posting.heading, K1);
        score * self.rarity
    }
}

fn term(count: u32, norm: f64) -> f64 {
    let count = f64::from(count);
    (1.0 + K1) * count / (count + norm)
}
