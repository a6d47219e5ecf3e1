//! From a query to terms: what each word of it stands for in the index.

use std::collections::BTreeSet;

use super::dictionary::Entry;
use super::index::{Index, SynonymSet};
use super::lexicon::TITLE_MARK;
use super::query::{Query, Term};

/// Another form of the word that was asked for.
const FORM: f64 = 0.8;
/// A text that says it in other words.
const SYNONYM: f64 = 0.75;
/// A word that was not asked for in full, or by a slip.
const SIMILAR: f64 = 0.5;
/// How many words an ID may be written as: `t auth 4`.
const MOST_IN_ID: usize = 4;
/// Further words of a query are ignored: a document has a bit for each.
const MOST_GROUPS: usize = 30;
/// The same of a description, whose words are many.
const MOST_TELLING: usize = 24;
/// Endings of English words. A word that is not in the book is a form of one that is
/// where both differ only in these.
const ENDINGS: [&str; 14] =
    ["", "s", "es", "e", "ed", "er", "ers", "ing", "ion", "ions", "or", "ors", "ly", "al"];

/// A word of the query and the terms that it stands for.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// The word, folded.
    pub word: String,
    /// Terms with weights. Those of one class are as rare as all of them together.
    pub classes: Vec<Vec<(u32, f64)>>,
    /// The surface forms that are marked.
    pub forms: BTreeSet<String>,
    /// Phrases that are marked: for each word its forms.
    pub phrases: Vec<Vec<Vec<String>>>,
    /// Part of a phrase: never given up.
    pub fixed: bool,
    /// How many documents have the most frequent of its own forms.
    pub documents: u32,
}

/// A phrase: for each word its terms and its distance from the first.
pub(super) struct Phrase {
    pub words: Vec<(Vec<u32>, u32)>,
    pub negative: bool,
}

/// A query in terms of the index.
#[derive(Default)]
pub(super) struct Plan {
    pub groups: Vec<Group>,
    pub phrases: Vec<Phrase>,
    /// What words that occur nowhere were taken for.
    pub corrected: Vec<String>,
    /// Words that occur nowhere, nor anything like them.
    pub unknown: Vec<String>,
    /// Terms that add to the score of what matches: IDs written as several words.
    pub extra: Vec<u32>,
    /// A phrase has a word that occurs nowhere.
    pub impossible: bool,
    /// Words that occur nowhere are what they are: a description has many.
    pub described: bool,
}

/// A word among others without quotes.
#[derive(Clone, Copy)]
struct Plain<'q> {
    word: &'q str,
    prefix: bool,
    /// Searched for although it is a stop word: it may be the beginning of another.
    kept: bool,
}

impl Group {
    fn new(word: &str) -> Group {
        Group { word: word.to_string(), ..Group::default() }
    }

    /// Adds words as a class of their own, those left out that an earlier class has.
    fn add<'e>(&mut self, entries: impl IntoIterator<Item = (&'e Entry, f64)>) {
        let mut class = Vec::new();
        let first = self.classes.is_empty();
        for (entry, weight) in entries {
            if first {
                self.documents = self.documents.max(entry.documents);
            }
            if self.classes.iter().flatten().all(|(term, _)| *term != entry.term) {
                class.push((entry.term, weight));
            }
            self.forms.insert(entry.surface.to_string());
        }
        if !class.is_empty() {
            self.classes.push(class);
        }
    }

    fn add_set(&mut self, set: &SynonymSet, weight: f64) {
        self.classes.push(vec![(set.term, weight)]);
        for phrase in &set.found {
            match &phrase[..] {
                [word] => self.forms.extend(word.iter().cloned()),
                _ => self.phrases.push(phrase.clone()),
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }
}

impl Index {
    /// What a query asks for.
    pub(super) fn plan(&self, query: &Query) -> Plan {
        let mut plan = Plan { described: query.described, ..Plan::default() };
        let alone = query.terms.iter().filter(|term| !term.negative).count() == 1;
        let mut run = Vec::new();
        for term in &query.terms {
            let compound = || {
                let known = |word: &Option<String>, prefix| {
                    Some(self.known(word.as_deref()?, prefix)).filter(|group| !group.is_empty())
                };
                known(&term.whole, term.prefix).or_else(|| known(&term.key, false))
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
        if query.described {
            self.keep_telling(&mut plan);
        }
        plan.groups.truncate(MOST_GROUPS);
        plan
    }

    /// Leaves of a description the words that tell most, each once.
    fn keep_telling(&self, plan: &mut Plan) {
        let mut groups: Vec<Group> = Vec::new();
        for group in plan.groups.drain(..) {
            match groups.iter_mut().find(|known| known.word == group.word) {
                // A phrase of the thesaurus brings more than its words alone.
                Some(known) if known.classes.len() < group.classes.len() => *known = group,
                Some(_) => {}
                None => groups.push(group),
            }
        }
        let everyday = |group: &Group| group.documents as usize * 4 > self.len();
        if groups.iter().any(|group| !everyday(group)) {
            groups.retain(|group| !everyday(group));
        }
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|at| groups[*at].documents);
        order.truncate(MOST_TELLING);
        let mut at = 0;
        groups.retain(|_| {
            at += 1;
            order.contains(&(at - 1))
        });
        plan.groups = groups;
    }

    /// Words that follow each other: IDs, synonyms of one or several words, and words.
    fn plan_run(&self, run: &mut Vec<Plain<'_>>, plan: &mut Plan) {
        let words =
            |run: &[Plain<'_>]| run.iter().map(|plain| plain.word.to_string()).collect::<Vec<_>>();
        for at in 0..run.len() {
            let longest = MOST_IN_ID.min(run.len() - at);
            let id = (2..=longest).rev().find_map(|len| {
                let words = words(&run[at..at + len]);
                let number = words[len - 1].starts_with(|c: char| c.is_ascii_digit());
                number.then(|| self.dictionary.get(&words.join("-"))).flatten()
            });
            plan.extra.extend(id.map(|entry| entry.term));
        }
        // A title that is all stop words is found by these words.
        if !run.is_empty() && run.iter().all(|plain| self.is_stop(plain.word)) {
            let title = format!("{TITLE_MARK}{}", words(run).join("-"));
            let mut group = Group::new(&words(run).join(" "));
            group.add(self.dictionary.get(&title).map(|entry| (entry, 1.0)));
            plan.groups.extend(Some(group).filter(|group| !group.is_empty()));
        }
        let mut at = 0;
        while at < run.len() {
            let (sets, len) = self.synonyms(&run[at..]);
            // Each word of a phrase is found by the others of its set too, so that the
            // phrase itself comes first.
            let end = at + len.max(1);
            for plain in &run[at..end] {
                if len < 2 || !self.is_stop(plain.word) {
                    self.plan_word(*plain, &sets, plan);
                }
            }
            at = end;
        }
        run.clear();
    }

    fn plan_word(&self, plain: Plain<'_>, sets: &[&SynonymSet], plan: &mut Plan) {
        let Plain { word, prefix, kept } = plain;
        if self.is_stop(word) && !kept && sets.is_empty() {
            return;
        }
        let mut group = self.known(word, false);
        sets.iter().for_each(|set| group.add_set(set, SYNONYM));
        if prefix && word.len() > 1 && (!group.is_empty() || !self.is_foreign(word)) {
            let more = self.dictionary.beginning(word, usize::MAX);
            group.add(more.iter().map(|entry| (entry, SIMILAR)));
        }
        if group.is_empty() {
            let key = split_number(word).map(|(letters, digits)| format!("{letters}-{digits}"));
            let named = key.and_then(|key| self.dictionary.get(&key));
            let forms = self.relatives(word);
            group.add(named.into_iter().chain(&forms).map(|entry| (entry, FORM)));
        }
        if !group.is_empty() {
            plan.groups.push(group);
        } else if let Some((letters, digits)) = split_number(word) {
            for part in [letters, digits] {
                self.plan_word(Plain { word: part, prefix: false, kept: false }, &[], plan);
            }
        } else if !plan.described {
            let entries = self.similar(word);
            match entries.first() {
                Some(first) => plan.corrected.push(first.surface.to_string()),
                None => plan.unknown.push(word.to_string()),
            }
            group.add(entries.iter().map(|entry| (entry, SIMILAR)));
            plan.groups.extend(Some(group).filter(|group| !group.is_empty()));
        }
    }

    /// The longest phrase that the words begin with: the sets that it asks for, and how
    /// many words it has.
    fn synonyms(&self, run: &[Plain<'_>]) -> (Vec<&SynonymSet>, usize) {
        let mut best = 0;
        let mut sets = Vec::new();
        let first = self.dictionary.get(run[0].word);
        if self.is_stop(run[0].word) || first.is_some_and(|entry| !entry.begins) {
            return (sets, best);
        }
        for set in &self.sets {
            let same = |phrase: &&Vec<Vec<String>>| {
                phrase.len() <= run.len()
                    && phrase
                        .iter()
                        .zip(run)
                        .all(|(forms, plain)| forms.iter().any(|form| form == plain.word))
            };
            let len = set.asked.iter().filter(same).map(Vec::len).max().unwrap_or(0);
            if len > best {
                sets.clear();
                best = len;
            }
            if len == best && len > 0 {
                sets.push(set);
            }
        }
        (sets, best)
    }

    pub(super) fn is_stop(&self, word: &str) -> bool {
        self.stop.binary_search_by(|stop| stop.as_str().cmp(word)).is_ok()
    }

    fn plan_phrase(&self, term: &Term, plan: &mut Plan) {
        let mut words = Vec::new();
        let mut groups = Vec::new();
        for (part, at) in &term.parts {
            if self.is_stop(part) {
                continue;
            }
            let group = self.known(part, false);
            match group.classes.first() {
                Some(class) => {
                    words.push((class.iter().map(|(term, _)| *term).collect(), *at));
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

    /// The forms of a word of the dictionary, and the words that it begins.
    fn known(&self, word: &str, prefix: bool) -> Group {
        let mut group = Group::new(word);
        if let Some(entry) = self.dictionary.get(word) {
            let weight = |form: &Entry| if form.term == entry.term { 1.0 } else { FORM };
            group.add(self.dictionary.forms(entry).map(|form| (form, weight(form))));
        }
        if prefix {
            let more = self.dictionary.beginning(word, usize::MAX);
            group.add(more.iter().map(|entry| (entry, SIMILAR)));
        }
        group
    }

    /// Whether a word is a word elsewhere, so that nothing else was meant.
    fn is_foreign(&self, word: &str) -> bool {
        self.elsewhere.contains(word)
    }

    /// The words that an unknown word may have been meant to be: those that it begins, or
    /// those from which a slip of the keyboard leads to it. A word that is one elsewhere
    /// was meant.
    fn similar(&self, word: &str) -> Vec<Entry> {
        let letters = word.chars().count();
        if letters < 4 || word.chars().any(char::is_numeric) || self.is_foreign(word) {
            return Vec::new();
        }
        let entries = self.dictionary.beginning(word, usize::MAX);
        if entries.is_empty() && letters > 4 {
            return self.dictionary.near(self.reversed(), word);
        }
        entries
    }

    /// Words of the dictionary that differ in their endings only.
    fn relatives(&self, word: &str) -> Vec<Entry> {
        let heads = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending));
        let mut heads: Vec<&str> = heads.filter(|head| head.len() > 3).collect();
        heads.sort_by_key(|head| std::cmp::Reverse(head.len()));
        for head in heads {
            let found: Vec<Entry> = ENDINGS
                .iter()
                .filter_map(|ending| self.dictionary.get(&format!("{head}{ending}")).cloned())
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }
}

/// `cwe307` and `rfc9700`: the letters and the number behind them.
fn split_number(word: &str) -> Option<(&str, &str)> {
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = word.split_at(at);
    let plain = at > 1 && letters.bytes().all(|b| b.is_ascii_lowercase());
    (plain && digits.bytes().all(|b| b.is_ascii_digit())).then_some((letters, digits))
}
