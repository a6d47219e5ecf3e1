//! From a query to stems: what each word of it stands for in the index.

use std::collections::BTreeSet;

use super::dictionary::{Entry, MOST_STEMS};
use super::index::{Index, SynonymSet};
use super::query::{Query, Term};

/// A form that was not asked for in full.
const SIMILAR: f64 = 0.5;
/// A text that says it in other words.
const SYNONYM: f64 = 0.75;
/// How many letters of an unknown word may be cut off to find its relatives.
const MOST_CUT: usize = 4;
/// How many words an ID may be written as: `t auth 4`.
const MOST_IN_ID: usize = 4;

/// A word of the query and the stems that it stands for.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Stems with their weights.
    pub stems: Vec<(u32, f64)>,
    /// The surface forms that are marked.
    pub forms: BTreeSet<String>,
    /// Phrases that are marked: for each word its forms.
    pub phrases: Vec<Vec<Vec<String>>>,
    /// Part of a phrase: never given up.
    pub fixed: bool,
}

/// A phrase: stems, each with its distance from the first.
pub(super) struct Phrase {
    pub words: Vec<(u32, u32)>,
    pub negative: bool,
}

/// A query in terms of the index.
#[derive(Default)]
pub(super) struct Plan {
    pub groups: Vec<Group>,
    pub phrases: Vec<Phrase>,
    pub corrected: Vec<String>,
    /// Stems that add to the score of what matches: IDs written as several words.
    pub extra: Vec<u32>,
    /// A phrase has a word that occurs nowhere.
    pub impossible: bool,
}

/// A word among others without quotes.
struct Plain<'q> {
    word: &'q str,
    prefix: bool,
    /// Searched for although it is a stop word: it may be the beginning of another.
    kept: bool,
}

impl Group {
    fn add(&mut self, entry: &Entry, weight: f64) {
        if self.stems.iter().all(|(stem, _)| *stem != entry.stem) {
            if self.stems.len() >= MOST_STEMS {
                return;
            }
            self.stems.push((entry.stem, weight));
        }
        self.forms.insert(entry.surface.to_string());
    }

    fn add_set(&mut self, set: &SynonymSet, weight: f64) {
        self.stems.push((set.stem, weight));
        for phrase in &set.phrases {
            match &phrase[..] {
                [word] => self.forms.extend(word.forms.iter().cloned()),
                _ => self.phrases.push(phrase.iter().map(|word| word.forms.clone()).collect()),
            }
        }
    }
}

impl Index {
    /// What a query asks for.
    pub(super) fn plan(&self, query: &Query) -> Plan {
        let mut plan = Plan::default();
        let alone = query.terms.iter().filter(|term| !term.negative).count() == 1;
        let mut run = Vec::new();
        for term in &query.terms {
            let compound = || {
                let whole = self.known(term.whole.as_deref()?, term.prefix, None);
                whole.or_else(|| self.known(term.key.as_deref()?, false, None))
            };
            if term.phrase {
                self.plan_run(&mut run, &mut plan);
                self.plan_phrase(term, &mut plan);
            } else if let Some(group) = compound() {
                self.plan_run(&mut run, &mut plan);
                plan.groups.push(group);
            } else {
                let last = term.parts.len().saturating_sub(1);
                run.extend(term.parts.iter().enumerate().map(|(at, (word, _))| {
                    let prefix = term.prefix && at == last;
                    Plain { word, prefix, kept: prefix && alone && last == 0 }
                }));
            }
        }
        self.plan_run(&mut run, &mut plan);
        plan
    }

    /// Words that follow each other: IDs, synonyms of one or several words, and words.
    fn plan_run(&self, run: &mut Vec<Plain<'_>>, plan: &mut Plan) {
        for at in 0..run.len() {
            let longest = MOST_IN_ID.min(run.len() - at);
            let id = (2..=longest).rev().find_map(|len| {
                let words: Vec<&str> = run[at..at + len].iter().map(|plain| plain.word).collect();
                let number = words[len - 1].starts_with(|c: char| c.is_ascii_digit());
                number.then(|| self.dictionary.get(&words.join("-"))).flatten()
            });
            plan.extra.extend(id.map(|entry| entry.stem));
        }
        let mut at = 0;
        while at < run.len() {
            let synonym = self.synonym(&run[at..]);
            if let Some((set, len)) = synonym.filter(|(_, len)| *len > 1) {
                let mut group = Group::default();
                group.add_set(set, 1.0);
                plan.groups.push(group);
                at += len;
                continue;
            }
            let Plain { word, prefix, kept } = run[at];
            at += 1;
            let set = synonym.map(|(set, _)| set);
            if self.is_stop(word) && !kept && set.is_none() {
                continue;
            }
            let group = self.known(word, prefix, set).unwrap_or_else(|| {
                let entries = self.similar(word);
                plan.corrected.extend(entries.first().map(|e| e.surface.to_string()));
                let mut group = Group::default();
                entries.iter().for_each(|entry| group.add(entry, SIMILAR));
                group
            });
            plan.groups.push(group);
        }
        run.clear();
    }

    /// The longest synonym that the words begin with, and how many words it has.
    fn synonym(&self, run: &[Plain<'_>]) -> Option<(&SynonymSet, usize)> {
        let mut best: Option<(&SynonymSet, usize)> = None;
        for set in &self.sets {
            for phrase in &set.phrases {
                let longer = phrase.len() <= run.len() && best.is_none_or(|b| phrase.len() > b.1);
                let same = || {
                    phrase.iter().zip(run).all(|(word, plain)| {
                        let stem = || Some(self.dictionary.get(plain.word)?.stem);
                        word.forms.first().is_some_and(|form| form == plain.word)
                            || word.stem.is_some_and(|stem_of| stem() == Some(stem_of))
                    })
                };
                if longer && same() {
                    best = Some((set, phrase.len()));
                }
            }
        }
        best
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
            match self.known(part, false, None) {
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

    /// The stems of a word of the dictionary, of its synonyms, and of the words that it
    /// begins.
    fn known(&self, word: &str, prefix: bool, set: Option<&SynonymSet>) -> Option<Group> {
        let mut group = Group::default();
        if let Some(entry) = self.dictionary.get(word) {
            for form in self.dictionary.forms(entry) {
                group.add(form, 1.0);
            }
        }
        if let Some(set) = set {
            group.add_set(set, SYNONYM);
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
}
