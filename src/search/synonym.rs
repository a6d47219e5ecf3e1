//! Words and phrases that mean the same. Wherever a text has one of a set, the index
//! has a term for the set as well, so that a query for one of them finds all: by the
//! postings of one term, which both readers know how to read.

use rustc_hash::FxHashMap;

use super::words::words;

/// Longer phrases are not looked for.
const MOST_WORDS: usize = 6;

/// A phrase: its folded words with their stems. A stop word has no stem.
pub type Phrase = Vec<(String, Option<String>)>;

/// Words and phrases of which a query for one finds the texts that have another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// What is asked for.
    pub asked: Vec<String>,
    /// What is found.
    pub found: Vec<String>,
    /// A word of `applies-to:`; every document that has it is found.
    pub applies_to: Option<String>,
}

impl Meaning {
    /// Words that mean the same: each finds all.
    pub fn same(words: &[String]) -> Meaning {
        Meaning { asked: words.to_vec(), found: words.to_vec(), applies_to: None }
    }

    /// What is asked for by the first is found by the second, and not the other way round.
    pub fn leads(asked: Vec<String>, found: Vec<String>) -> Meaning {
        Meaning { asked, found, applies_to: None }
    }

    /// Words for what a document applies to: they find each that names it so.
    pub fn property(word: &str, asked: Vec<String>) -> Meaning {
        Meaning { asked, found: Vec::new(), applies_to: Some(word.to_string()) }
    }
}

/// The sets of a book.
#[derive(Debug, Default)]
pub struct Synonyms {
    /// For each set the phrases that ask for it, and all its phrases.
    pub sets: Vec<(Vec<Phrase>, Vec<Phrase>)>,
    /// By the last step of a phrase: its set, and the steps before, the last one first.
    ends: FxHashMap<String, Vec<(usize, Vec<String>)>>,
    /// The sets of the words of `applies-to:`.
    properties: FxHashMap<String, usize>,
}

/// The folded words of a phrase.
fn parts(phrase: &str) -> Vec<String> {
    let parts = words(phrase).flat_map(|word| word.parts(phrase).collect::<Vec<_>>());
    parts.filter_map(|(_, part)| part).collect()
}

impl Synonyms {
    /// Reads the sets. Phrases without words, or of too many, are left out.
    pub fn new(meanings: &[Meaning], mut stem: impl FnMut(&str) -> Option<String>) -> Synonyms {
        let mut synonyms = Synonyms::default();
        for meaning in meanings {
            let mut phrases = |texts: &[String]| -> Vec<Phrase> {
                let split = texts.iter().map(|text| parts(text));
                let short = split.filter(|parts| (1..=MOST_WORDS).contains(&parts.len()));
                short
                    .map(|parts| parts.into_iter().map(|w| (w.clone(), stem(&w))).collect())
                    .collect()
            };
            let (asked, found) = (phrases(&meaning.asked), phrases(&meaning.found));
            let nothing = found.is_empty() && meaning.applies_to.is_none();
            if asked.is_empty() || nothing || (asked == found && asked.len() < 2) {
                continue;
            }
            if let Some(word) = &meaning.applies_to {
                synonyms.properties.insert(word.clone(), synonyms.sets.len());
            }
            for phrase in &found {
                synonyms.add_end(phrase);
            }
            synonyms.sets.push((asked, found));
        }
        synonyms
    }

    fn add_end(&mut self, phrase: &Phrase) {
        let number = self.sets.len();
        let step =
            |(word, stem): &(String, Option<String>)| stem.clone().unwrap_or_else(|| word.clone());
        let mut steps = phrase.iter().rev().map(step);
        if let Some(last) = steps.next() {
            self.ends.entry(last).or_default().push((number, steps.collect()));
        }
    }

    /// The term of what a document applies to, if anybody asks for it.
    pub fn property(&self, word: &str) -> Option<String> {
        self.properties.get(word).map(|set| Synonyms::term(*set))
    }

    /// The term of a set in the index. No word has such a stem.
    pub fn term(set: usize) -> String {
        format!("={set}")
    }
}

/// The last steps of a text: stems, and stop words as they are.
pub struct Recent<'s> {
    synonyms: &'s Synonyms,
    steps: [String; MOST_WORDS],
    at: usize,
}

impl<'s> Recent<'s> {
    /// Nothing read yet.
    pub fn new(synonyms: &'s Synonyms) -> Recent<'s> {
        Recent { synonyms, steps: Default::default(), at: 0 }
    }

    /// Takes the next step, and adds the terms of the sets that have a phrase ending here.
    pub fn step(&mut self, step: &str, terms: &mut Vec<String>) {
        if self.synonyms.ends.is_empty() {
            return;
        }
        let before = |back: usize| &self.steps[(self.at + MOST_WORDS - back) % MOST_WORDS];
        for (set, rest) in self.synonyms.ends.get(step).into_iter().flatten() {
            if rest.iter().enumerate().all(|(back, word)| before(back + 1) == word) {
                let term = Synonyms::term(*set);
                if !terms.contains(&term) {
                    terms.push(term);
                }
            }
        }
        let slot = &mut self.steps[self.at];
        slot.clear();
        slot.push_str(step);
        self.at = (self.at + 1) % MOST_WORDS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_end_where_their_last_word_is() {
        let strings =
            |texts: &[&str]| texts.iter().map(|text| text.to_string()).collect::<Vec<_>>();
        let sets = [
            Meaning::same(&strings(&["log in", "login", "sign-in"])),
            Meaning::same(&strings(&["?!", "alone"])),
            Meaning::leads(strings(&["okta"]), strings(&["a b c d e f g", "x", "in"])),
        ];
        let synonyms = Synonyms::new(&sets, |word| (word != "in").then(|| word.into()));
        assert_eq!(synonyms.sets.len(), 2);
        let mut recent = Recent::new(&synonyms);
        let mut found = Vec::new();
        for word in ["in", "log", "out", "log", "in", "sign", "in", "login", "alone", "x"] {
            let mut terms = Vec::new();
            recent.step(word, &mut terms);
            found.push(terms.join(""));
        }
        assert_eq!(found, ["=1", "", "", "", "=0=1", "", "=0=1", "=0", "", "=1"]);
    }
}
