//! The dictionary: every surface form with the number of its stem, in blocks as
//! they are exported. Both readers see whole blocks only, so they agree even where
//! a limit on the number of blocks cuts a look-up short.

use std::cmp::Ordering;
use std::ops::Range;

/// A block is closed once it holds about this many bytes.
const BLOCK: usize = 6000;
/// A look-up reads at most this many blocks.
const MOST_BLOCKS: usize = 6;
/// A word stands for at most this many stems.
pub const MOST_STEMS: usize = 8;

/// One surface form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The folded word.
    pub surface: Box<str>,
    /// The number of its stem among the stems of the index.
    pub stem: u32,
    /// How many documents have the stem.
    pub documents: u32,
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
        let (mut size, mut last) = (BLOCK, "");
        for (at, entry) in entries.iter().enumerate() {
            if size >= BLOCK {
                blocks.push(at);
                (size, last) = (0, "");
            }
            size += entry.surface.len() - shared(last, &entry.surface) + 4;
            last = &entry.surface;
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
    fn block_of(&self, word: &str) -> usize {
        let after =
            self.blocks.partition_point(|at| order(&self.entries[*at].surface, word).is_le());
        after.saturating_sub(1)
    }

    /// The entry of a word.
    pub fn get(&self, word: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| order(&entry.surface, word)).ok()?;
        self.entries.get(at)
    }

    /// The other forms of an entry's stem in its block.
    pub fn forms(&self, entry: &Entry) -> impl Iterator<Item = &Entry> {
        let block = self.block_of(&entry.surface);
        let stem = entry.stem;
        self.entries[self.range(block, block + 1)].iter().filter(move |e| e.stem == stem)
    }

    /// Every form of a stem.
    pub fn forms_of(&self, stem: u32) -> impl Iterator<Item = String> {
        self.entries.iter().filter(move |e| e.stem == stem).map(|e| e.surface.to_string())
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

    /// The words that one slip of the keyboard makes of a word: a letter missing, too
    /// much, wrong, or swapped with its neighbour. One half of it is intact, so such
    /// a word begins or ends as the given one does.
    pub fn near(&self, reversed: &Dictionary, word: &str) -> Vec<Entry> {
        let letters: Vec<char> = word.chars().collect();
        let half = letters.len().saturating_sub(1) / 2;
        let head: String = letters[..half].iter().collect();
        let tail: String = letters.get(half + 1..).unwrap_or_default().iter().rev().collect();
        let turned = reversed.with_prefix(&tail).iter();
        let turned =
            turned.map(|entry| Entry { surface: reverse(&entry.surface).into(), ..*entry });
        let found = self.with_prefix(&head).iter().cloned().chain(turned);
        let near = |entry: &Entry| near(&entry.surface.chars().collect::<Vec<_>>(), &letters);
        most_frequent(found.filter(near))
    }
}

/// Of some entries those with the most frequent stems, by frequency.
fn most_frequent(entries: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_by(|a, b| (b.documents, a.stem).cmp(&(a.documents, b.stem)));
    let (mut stems, mut last) = (0, None);
    let end = entries.iter().position(|entry| {
        stems += usize::from(last != Some(entry.stem));
        last = Some(entry.stem);
        stems > MOST_STEMS
    });
    entries.truncate(end.unwrap_or(entries.len()));
    entries
}

/// How many bytes two words have in common at the start, in whole characters.
pub fn shared(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    (0..=same).rev().find(|at| a.is_char_boundary(*at) && b.is_char_boundary(*at)).unwrap_or(0)
}

/// Whether one slip of the keyboard turns one word into the other.
fn near(mut a: &[char], mut b: &[char]) -> bool {
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b)
        && x == y
    {
        (a, b) = (rest_a, rest_b);
    }
    while let ([rest_a @ .., x], [rest_b @ .., y]) = (a, b)
        && x == y
    {
        (a, b) = (rest_a, rest_b);
    }
    match (a, b) {
        ([a0, a1], [b0, b1]) => a0 == b1 && a1 == b0,
        _ => a.len() <= 1 && b.len() <= 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(words: &[&str]) -> Dictionary {
        let entry = |(at, word): (usize, &&str)| Entry {
            surface: (*word).into(),
            stem: at as u32,
            documents: 1,
        };
        Dictionary::new(words.iter().enumerate().map(entry).collect())
    }

    #[test]
    fn one_slip() {
        let near = |a: &str, b: &str| {
            super::near(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        for (a, b) in [("token", "tokn"), ("token", "tokken"), ("token", "tozen"), ("ab", "ba")] {
            assert!(near(a, b) && near(b, a), "{a} {b}");
        }
        for (a, b) in [("token", "tkoen x"), ("token", "tok"), ("abc", "cba"), ("ab", "bacd")] {
            assert!(!near(a, b) && !near(b, a), "{a} {b}");
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
    fn every_slip_is_found_by_an_intact_half() {
        let dictionary = dictionary(&["authentication", "token", "session", "über1"]);
        let reversed = dictionary.reversed();
        for (stem, word) in [(0, "authentication"), (1, "token"), (2, "session"), (3, "über1")] {
            let letters: Vec<char> = word.chars().collect();
            for at in 0..letters.len() {
                let mut slips = vec![letters.clone(), letters.clone(), letters.clone()];
                slips[0].remove(at);
                slips[1].insert(at, 'q');
                slips[2][at] = 'q';
                if at > 0 {
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
    fn an_empty_dictionary_has_no_words() {
        let empty = dictionary(&[]);
        assert!(empty.get("a").is_none());
        assert!(empty.with_prefix("").is_empty());
        assert_eq!(empty.blocks().len(), 0);
    }
}
