//! Words and phrases that mean the same. Wherever a text has one of a set, the index
//! has a term for the set as well, so that a query for one of them finds all: by the
//! postings of one term, which both readers know how to read.

use std::collections::HashMap;

use super::words::words;

/// Longer phrases are not looked for.
const MOST_WORDS: usize = 6;

/// A phrase: its folded words with their stems. A stop word has no stem.
pub type Phrase = Vec<(String, Option<String>)>;

/// The sets of a book.
#[derive(Debug, Default)]
pub struct Synonyms {
    /// For each set its phrases.
    pub sets: Vec<Vec<Phrase>>,
    /// By the last step of a phrase: its set, and the steps before, the last one first.
    ends: HashMap<String, Vec<(usize, Vec<String>)>>,
}

/// The folded words of a phrase.
fn parts(phrase: &str) -> Vec<String> {
    let parts = words(phrase).flat_map(|word| word.parts(phrase).collect::<Vec<_>>());
    parts.filter_map(|(_, part)| part).collect()
}

/// Whether a phrase has words, and not too many.
fn is_phrase(text: &str) -> bool {
    (1..=MOST_WORDS).contains(&parts(text).len())
}

impl Synonyms {
    /// Reads the sets. Phrases without words and sets of less than two are left out.
    pub fn new(sets: &[Vec<String>], mut stem: impl FnMut(&str) -> Option<String>) -> Synonyms {
        let mut synonyms = Synonyms::default();
        for set in sets {
            let phrases: Vec<Vec<(String, Option<String>)>> = set
                .iter()
                .filter(|phrase| is_phrase(phrase))
                .map(|phrase| parts(phrase).into_iter().map(|w| (w.clone(), stem(&w))).collect())
                .collect();
            if phrases.len() < 2 {
                continue;
            }
            let number = synonyms.sets.len();
            for phrase in &phrases {
                let step = |(word, stem): &(String, Option<String>)| {
                    stem.clone().unwrap_or_else(|| word.clone())
                };
                let mut steps = phrase.iter().rev().map(step);
                if let Some(last) = steps.next() {
                    synonyms.ends.entry(last).or_default().push((number, steps.collect()));
                }
            }
            synonyms.sets.push(phrases);
        }
        synonyms
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
        let sets = vec![
            vec!["log in".to_string(), "login".into(), "sign-in".into()],
            vec!["?!".to_string(), "alone".into()],
            vec!["a b c d e f g".to_string(), "x".into(), "in".into()],
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
