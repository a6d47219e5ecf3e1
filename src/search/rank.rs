//! From a query to ranked documents. `search.js` does the same in the same order, in
//! numbers of the same width, so that both come to the same scores.

use std::collections::BTreeSet;

use super::dictionary::{Entry, MOST_STEMS};
use super::index::{Index, Posting};
use super::query::{Query, Term};
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
/// A form that was not asked for in full.
const SIMILAR: f64 = 0.5;
/// How many letters of an unknown word may be cut off to find its relatives.
const MOST_CUT: usize = 4;

/// A word of the query and the stems that it stands for.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Stems with their weights.
    stems: Vec<(u32, f64)>,
    /// The surface forms that are marked.
    pub forms: BTreeSet<String>,
    /// Part of a phrase: never given up.
    fixed: bool,
}

/// A phrase: stems, each with its distance from the first.
struct Phrase {
    words: Vec<(u32, u32)>,
    negative: bool,
}

/// A query in terms of the index.
#[derive(Default)]
struct Plan {
    groups: Vec<Group>,
    phrases: Vec<Phrase>,
    corrected: Vec<String>,
    /// A phrase has a word that occurs nowhere.
    impossible: bool,
}

impl Group {
    fn add(&mut self, entry: &Entry, weight: f64) {
        if self.stems.iter().all(|(stem, _)| *stem != entry.stem) {
            if self.stems.len() == MOST_STEMS {
                return;
            }
            self.stems.push((entry.stem, weight));
        }
        self.forms.insert(entry.surface.to_string());
    }
}

impl Index {
    /// The best `limit` documents for a query.
    pub fn search(&self, query: &Query, limit: usize) -> Result<Results, SearchError> {
        let plan = self.plan(query);
        let (ranked, relaxed) = self.rank(query, &plan)?;
        let matcher = Matcher::new(&plan.groups);
        let hits = ranked.iter().take(limit);
        Ok(Results {
            total: ranked.len(),
            relaxed,
            hits: hits.map(|(at, score)| matcher.hit(&self.documents[*at], *score)).collect(),
            corrected: plan.corrected,
        })
    }

    fn plan(&self, query: &Query) -> Plan {
        let mut plan = Plan::default();
        let alone = query.terms.iter().filter(|term| !term.negative).count() == 1;
        for term in &query.terms {
            if term.phrase {
                self.plan_phrase(term, &mut plan);
                continue;
            }
            if let Some(whole) = &term.whole
                && let Some(group) = self.known(whole, term.prefix)
            {
                plan.groups.push(group);
                continue;
            }
            let last = term.parts.len().saturating_sub(1);
            for (at, (part, _)) in term.parts.iter().enumerate() {
                let prefix = term.prefix && at == last;
                if self.is_stop(part) && !(prefix && alone && last == 0) {
                    continue;
                }
                let group = self.known(part, prefix).unwrap_or_else(|| {
                    let entries = self.similar(part);
                    plan.corrected.extend(entries.first().map(|e| e.surface.to_string()));
                    let mut group = Group::default();
                    entries.iter().for_each(|entry| group.add(entry, SIMILAR));
                    group
                });
                plan.groups.push(group);
            }
        }
        plan
    }

    fn is_stop(&self, word: &str) -> bool {
        self.stop.binary_search_by(|stop| stop.as_str().cmp(word)).is_ok()
    }

    fn plan_phrase(&self, term: &Term, plan: &mut Plan) {
        let mut words = Vec::new();
        let mut groups = Vec::new();
        for (part, at) in &term.parts {
            if self.is_stop(part) {
                continue;
            }
            match self.known(part, false) {
                Some(group) => {
                    words.extend(group.stems.first().map(|(stem, _)| (*stem, *at)));
                    groups.push(Group { fixed: true, ..group });
                }
                None if term.negative => return,
                None => plan.impossible = true,
            }
        }
        if !term.negative {
            plan.groups.append(&mut groups);
        }
        if !words.is_empty() && (term.negative || words.len() > 1) {
            plan.phrases.push(Phrase { words, negative: term.negative });
        }
    }

    /// The stems of a word of the dictionary, or of the words that it begins.
    fn known(&self, word: &str, prefix: bool) -> Option<Group> {
        let mut group = Group::default();
        if let Some(entry) = self.dictionary.get(word) {
            for form in self.dictionary.forms(entry) {
                group.add(form, 1.0);
            }
        }
        if prefix && word.len() > 1 {
            for entry in self.dictionary.beginning(word, usize::MAX) {
                group.add(&entry, SIMILAR);
            }
        }
        (!group.stems.is_empty()).then_some(group)
    }

    /// The words that an unknown word may have been meant to be: those that it begins,
    /// those that one slip of the keyboard makes of it, or those that begin as it does.
    fn similar(&self, word: &str) -> Vec<Entry> {
        let letters: Vec<char> = word.chars().collect();
        let mut entries = Vec::new();
        if letters.len() > 2 {
            entries = self.dictionary.beginning(word, usize::MAX);
        }
        if letters.len() < 5 || letters.iter().any(|c| c.is_numeric()) {
            return entries;
        }
        if entries.is_empty() {
            entries = self.dictionary.near(self.reversed(), word);
        }
        for cut in 1..=MOST_CUT {
            if entries.is_empty() && letters.len() - cut >= 4 {
                let head: String = letters[..letters.len() - cut].iter().collect();
                entries = self.dictionary.beginning(&head, letters.len() + 2);
            }
        }
        entries
    }

    /// Every document that matches with its score, best first, and whether the
    /// documents have only some of the words.
    fn rank(&self, query: &Query, plan: &Plan) -> Result<(Vec<(usize, f64)>, bool), SearchError> {
        let documents = self.documents.len();
        if plan.impossible
            || (plan.groups.is_empty() && query.filters.is_empty() && plan.phrases.is_empty())
        {
            return Ok((Vec::new(), false));
        }
        let mut pass = self.columns.pass(&query.filters, documents);
        for phrase in &plan.phrases {
            for (pass, has) in pass.iter_mut().zip(self.having(&phrase.words)?) {
                *pass &= has != phrase.negative;
            }
        }
        let mut scores = vec![0.0; documents];
        let mut groups = vec![0; documents];
        let fixed = plan.groups.iter().filter(|group| group.fixed).count();
        let mut fixed_groups = vec![0; documents];
        for group in &plan.groups {
            for (at, score) in self.scores(group)?.into_iter().enumerate().filter(|(_, s)| *s > 0.0)
            {
                scores[at] += score;
                groups[at] += 1;
                fixed_groups[at] += usize::from(group.fixed);
            }
        }
        let ranked = |least: usize| {
            let mut ranked: Vec<(usize, f64)> = (0..documents)
                .filter(|at| pass[*at] && groups[*at] >= least && fixed_groups[*at] == fixed)
                .map(|at| (at, scores[at]))
                .collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            ranked
        };
        let strict = ranked(plan.groups.len());
        if !strict.is_empty() || plan.groups.len() < 2 {
            return Ok((strict, false));
        }
        Ok((ranked(1), true))
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
