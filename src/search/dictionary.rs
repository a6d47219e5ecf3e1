//! The dictionary: every word as it is written, which of them are forms of one stem, in
//! blocks as they are exported. Both readers see whole blocks only, so they agree even where
//! a limit on the number of blocks cuts a look-up short.

use std::cmp::Ordering;
use std::ops::Range;

/// A block is closed once it holds about this many bytes.
const BLOCK: usize = 1500;
/// A look-up reads at most this many blocks.
const MOST_BLOCKS: usize = 16;
/// A word that is not written out stands for at most this many words.
const MOST_FORMS: usize = 12;
/// From so many letters on, two slips of the keyboard are forgiven.
const LONG: usize = 8;

/// One word as it is written, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The word.
    pub surface: Box<str>,
    /// Its number among the terms of the index.
    pub term: u32,
    /// A number that it shares with the other forms of its stem.
    pub stem: u32,
    /// How many documents have it.
    pub documents: u32,
    /// Whether a synonym begins with it.
    pub begins: bool,
}

/// Surface forms in order, cut into blocks.
#[derive(Debug)]
pub struct Dictionary {
    entries: Vec<Entry>,
    /// Where each block begins.
    blocks: Vec<usize>,
}

/// The order of strings in JavaScript.
fn order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// The characters of a word from last to first.
pub fn reverse(word: &str) -> String {
    word.chars().rev().collect()
}

impl Dictionary {
    /// Sorts the entries and cuts them into blocks.
    pub fn new(mut entries: Vec<Entry>) -> Dictionary {
        entries.sort_unstable_by(|a, b| order(&a.surface, &b.surface));
        let mut blocks = Vec::new();
        let (mut size, mut last, mut stem) = (BLOCK, "", None);
        for (at, entry) in entries.iter().enumerate() {
            // Forms of one word stay together.
            if size >= BLOCK && stem != Some(entry.stem) {
                blocks.push(at);
                (size, last) = (0, "");
            }
            size += entry.surface.len() - shared(last, &entry.surface) + 4;
            (last, stem) = (&entry.surface, Some(entry.stem));
        }
        Dictionary { entries, blocks }
    }

    /// The same words written backwards.
    pub fn reversed(&self) -> Dictionary {
        let turned = |entry: &Entry| Entry { surface: reverse(&entry.surface).into(), ..*entry };
        Dictionary::new(self.entries.iter().map(turned).collect())
    }

    /// The blocks in order.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = &[Entry]> {
        (0..self.blocks.len()).map(|at| &self.entries[self.range(at, at + 1)])
    }

    /// The entries of a range of blocks.
    fn range(&self, from: usize, to: usize) -> Range<usize> {
        let start = |block: usize| self.blocks.get(block).copied().unwrap_or(self.entries.len());
        start(from)..start(to)
    }

    /// The block that holds a word, if any does.
    pub fn block_of(&self, word: &str) -> usize {
        let after =
            self.blocks.partition_point(|at| order(&self.entries[*at].surface, word).is_le());
        after.saturating_sub(1)
    }

    /// The entry of a word.
    pub fn get(&self, word: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| order(&entry.surface, word)).ok()?;
        self.entries.get(at)
    }

    /// All forms of an entry's stem in its block, itself among them.
    pub fn forms(&self, entry: &Entry) -> impl Iterator<Item = &Entry> {
        let block = self.block_of(&entry.surface);
        let stem = entry.stem;
        self.entries[self.range(block, block + 1)].iter().filter(move |e| e.stem == stem)
    }

    /// Notes that a synonym begins with these words.
    pub fn mark_beginnings<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        for word in words {
            let at = self.entries.binary_search_by(|entry| order(&entry.surface, word));
            if let Some(entry) = at.ok().and_then(|at| self.entries.get_mut(at)) {
                entry.begins = true;
            }
        }
    }

    /// The entries that begin with a prefix, from the first few blocks that can hold
    /// them.
    pub fn with_prefix(&self, prefix: &str) -> &[Entry] {
        let block = self.block_of(prefix);
        let entries = &self.entries[self.range(block, block + MOST_BLOCKS)];
        let start = entries.partition_point(|entry| order(&entry.surface, prefix).is_lt());
        let found = &entries[start..];
        let len = found.iter().take_while(|entry| entry.surface.starts_with(prefix)).count();
        &found[..len]
    }

    /// The words that begin with a prefix and are not longer than `longest`.
    pub fn beginning(&self, prefix: &str, longest: usize) -> Vec<Entry> {
        let short = |entry: &&Entry| entry.surface.chars().count() <= longest;
        most_frequent(self.with_prefix(prefix).iter().filter(short).cloned())
    }

    /// The words that a slip of the keyboard makes of a word: a letter missing, too much,
    /// wrong, or swapped with its neighbour; two slips in a long word. The first letter is
    /// right, and so is the beginning or the end.
    pub fn near(&self, reversed: &Dictionary, word: &str) -> Vec<Entry> {
        let letters: Vec<char> = word.chars().collect();
        let most = if letters.len() < LONG { 1 } else { 2 };
        let part = letters.len().saturating_sub(1) / (most + 1);
        let head: String = letters[..part].iter().collect();
        let tail: String = letters[letters.len() - part..].iter().rev().collect();
        let turned = reversed.with_prefix(&tail).iter();
        let turned =
            turned.map(|entry| Entry { surface: reverse(&entry.surface).into(), ..entry.clone() });
        let found: Vec<(usize, Entry)> = self
            .with_prefix(&head)
            .iter()
            .cloned()
            .chain(turned)
            .filter(|entry| entry.surface.chars().next() == letters.first().copied())
            .map(|entry| (slips(&entry.surface.chars().collect::<Vec<_>>(), &letters), entry))
            .filter(|(slips, _)| *slips <= most)
            .collect();
        let least = found.iter().map(|(slips, _)| *slips).min();
        let nearest = found.into_iter().filter(|(slips, _)| Some(*slips) == least);
        most_frequent(nearest.map(|(_, entry)| entry))
    }
}

/// The most frequent of some entries, each once.
fn most_frequent(entries: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_by(|a, b| (b.documents, a.term).cmp(&(a.documents, b.term)));
    entries.dedup_by_key(|entry| entry.term);
    entries.truncate(MOST_FORMS);
    entries
}

/// How many bytes two words have in common at the start, in whole characters.
pub fn shared(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    (0..=same).rev().find(|at| a.is_char_boundary(*at) && b.is_char_boundary(*at)).unwrap_or(0)
}

/// How many slips of the keyboard lie between two words: the distance of Damerau and
/// Levenshtein in which no stretch changes twice ("optimal string alignment").
fn slips(a: &[char], b: &[char]) -> usize {
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (row[j + 1] + 1).min(next[j] + 1).min(row[j] + usize::from(x != y));
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(words: &[&str]) -> Dictionary {
        let entry = |(at, word): (usize, &&str)| Entry {
            surface: (*word).into(),
            term: at as u32,
            stem: at as u32,
            documents: 1,
            begins: false,
        };
        Dictionary::new(words.iter().enumerate().map(entry).collect())
    }

    #[test]
    fn slips_are_counted() {
        let slips = |a: &str, b: &str| {
            super::slips(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        let cases = [
            ("token", "token", 0),
            ("token", "tokn", 1),
            ("token", "tokken", 1),
            ("token", "tozen", 1),
            ("token", "tkoen", 1),
            ("token", "tkon", 2),
            ("abc", "cba", 2),
            ("", "ab", 2),
        ];
        for (a, b, count) in cases {
            assert_eq!((slips(a, b), slips(b, a)), (count, count), "{a} {b}");
        }
    }

    #[test]
    fn forms_of_a_stem_stay_in_one_block() {
        let words: Vec<String> = (0..3000).map(|n| format!("word{n:05}")).collect();
        let entry = |(at, word): (usize, &String)| Entry {
            surface: word.as_str().into(),
            term: at as u32,
            stem: at as u32 / 3,
            documents: 1,
            begins: false,
        };
        let dictionary = Dictionary::new(words.iter().enumerate().map(entry).collect());
        assert!(dictionary.blocks().len() > 1);
        for word in &words {
            let entry = dictionary.get(word).expect("is there");
            assert_eq!(dictionary.forms(entry).count(), 3, "{word}");
        }
    }

    #[test]
    fn look_ups_cross_blocks() {
        let words: Vec<String> = (0..5000).map(|n| format!("w{n:05}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let dictionary = dictionary(&words);
        assert!(dictionary.blocks().len() > 3);
        assert_eq!(dictionary.blocks().map(<[Entry]>::len).sum::<usize>(), 5000);
        assert_eq!(dictionary.with_prefix("w012").len(), 100);
        assert_eq!(dictionary.with_prefix("x").len(), 0);
        assert_eq!(dictionary.with_prefix("a").len(), 0);
        assert!(dictionary.get("w04999").is_some());
        assert!(dictionary.get("w05000").is_none());
    }

    #[test]
    fn every_slip_behind_the_first_letter_is_found() {
        let dictionary = dictionary(&["webhook", "token", "session", "über1"]);
        let reversed = dictionary.reversed();
        for (stem, word) in [(0, "webhook"), (1, "token"), (2, "session"), (3, "über1")] {
            let letters: Vec<char> = word.chars().collect();
            for at in 1..letters.len() {
                let mut slips = vec![letters.clone(), letters.clone(), letters.clone()];
                slips[0].remove(at);
                slips[1].insert(at, 'q');
                slips[2][at] = 'q';
                if at > 1 {
                    let mut swapped = letters.clone();
                    swapped.swap(at - 1, at);
                    slips.push(swapped);
                }
                for slip in slips {
                    let slip: String = slip.into_iter().collect();
                    let found = dictionary.near(&reversed, &slip);
                    assert!(found.iter().all(|e| e.stem == stem) && !found.is_empty(), "{slip}");
                }
            }
        }
    }

    #[test]
    fn two_slips_in_long_words_only_and_never_in_the_first_letter() {
        let dictionary = dictionary(&["authentication", "stride", "webchat"]);
        let reversed = dictionary.reversed();
        let near = |word: &str| {
            let found = dictionary.near(&reversed, word);
            found.first().map(|entry| entry.surface.to_string())
        };
        assert_eq!(near("autentcation").as_deref(), Some("authentication"));
        assert_eq!(near("authentcatoin").as_deref(), Some("authentication"));
        assert_eq!(near("webcam"), None);
        assert_eq!(near("tride"), None);
        assert_eq!(near("xtride"), None);
    }

    #[test]
    fn an_empty_dictionary_has_no_words() {
        let empty = dictionary(&[]);
        assert!(empty.get("a").is_none());
        assert!(empty.with_prefix("").is_empty());
        assert_eq!(empty.blocks().len(), 0);
    }
}
