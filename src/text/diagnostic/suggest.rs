//! "Did you mean": the nearest of the words that would have been right.

/// The candidate nearest to `word`, if one is near enough to be a likely slip.
///
/// Nearness is the number of insertions, deletions, substitutions and transpositions
/// of neighbours, at most a third of the word's length; case does not count. Of equally
/// near candidates the first in order wins, so the answer is stable.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let mut limit = (word.len() / 3).min(4);
    let mut best: Option<(usize, &str)> = None;
    let mut letters = Vec::new();
    let mut rows = Rows::default();
    for candidate in candidates {
        // A book has thousands of candidates, and may have thousands of slips.
        if candidate.len() + limit < word.len() || candidate.len() > 4 * (word.len() + limit) {
            continue;
        }
        letters.clear();
        letters.extend(candidate.chars().flat_map(char::to_lowercase));
        let Some(distance) = rows.distance(&word, &letters, limit) else { continue };
        if best.is_none_or(|b| (distance, candidate) < b) {
            best = Some((distance, candidate));
            limit = distance;
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// So many candidates are compared with a word; of more, those that begin or end like it.
const MOST: usize = 512;

/// Of a longer list so many are taken on each side of where the word would stand.
const AROUND: usize = 32;

/// Candidates that are asked for often. A book has thousands of them and may have
/// thousands of slips, so no slip is compared with more than [`MOST`].
#[derive(Debug)]
pub struct Words<'a> {
    /// In the order that they were given.
    all: Vec<&'a str>,
    /// In small letters, in order, and where each stands in `all`.
    forwards: Vec<(String, usize)>,
    /// The same read from behind; empty where all are compared anyway.
    backwards: Vec<(String, usize)>,
}

impl<'a> Words<'a> {
    /// Makes an index.
    pub fn new(candidates: impl IntoIterator<Item = &'a str>) -> Words<'a> {
        let all: Vec<&str> = candidates.into_iter().collect();
        let (mut forwards, mut backwards) = (Vec::new(), Vec::new());
        if all.len() > MOST {
            forwards = all.iter().map(|word| word.to_lowercase()).zip(0..).collect();
            backwards =
                forwards.iter().map(|(word, at)| (word.chars().rev().collect(), *at)).collect();
            forwards.sort();
            backwards.sort();
        }
        Words { all, forwards, backwards }
    }

    /// As [`nearest`].
    pub fn nearest(&self, word: &str) -> Option<&'a str> {
        nearest(word, self.like(word))
    }

    /// As [`did_you_mean`].
    pub fn did_you_mean(&self, word: &str) -> Option<String> {
        did_you_mean(word, self.like(word))
    }

    /// The candidates to compare a word with, in the order that they were given.
    fn like(&self, word: &str) -> Vec<&'a str> {
        if self.all.len() <= MOST {
            return self.all.clone();
        }
        let lower = word.to_lowercase();
        let turned: String = lower.chars().rev().collect();
        let mut near: Vec<usize> = Vec::with_capacity(4 * AROUND);
        for (list, key) in [(&self.forwards, &lower), (&self.backwards, &turned)] {
            let at = list.partition_point(|(known, _)| known < key);
            let around = at.saturating_sub(AROUND)..(at + AROUND).min(list.len());
            near.extend(list[around].iter().map(|(_, at)| *at));
        }
        near.sort_unstable();
        near.dedup();
        near.into_iter().map(|at| self.all[at]).collect()
    }
}

/// Room for the calculation, kept from one candidate to the next.
#[derive(Default)]
struct Rows([Vec<usize>; 3]);

impl Rows {
    /// The distance of two words (optimal string alignment), unless it is above `limit`.
    fn distance(&mut self, a: &[char], b: &[char], limit: usize) -> Option<usize> {
        if a.len().abs_diff(b.len()) > limit {
            return None;
        }
        // What both begin and end with does not count, and is most of what there is.
        let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let (a, b) = (&a[same..], &b[same..]);
        let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
        let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
        if a.is_empty() || b.is_empty() {
            return Some(a.len().max(b.len()));
        }
        if a.len() > 2 * limit && strangers(a, b) > 2 * limit {
            return None;
        }
        let [before, above, row] = &mut self.0;
        above.clear();
        above.extend(0..=b.len());
        for i in 0..a.len() {
            row.clear();
            row.push(i + 1);
            for j in 0..b.len() {
                let mut least =
                    (above[j] + usize::from(a[i] != b[j])).min(above[j + 1] + 1).min(row[j] + 1);
                if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                    least = least.min(before[j - 1] + 1);
                }
                row.push(least);
            }
            if row.iter().min() > Some(&limit) {
                return None;
            }
            std::mem::swap(before, above);
            std::mem::swap(above, row);
        }
        above.last().copied().filter(|distance| *distance <= limit)
    }
}

/// How many letters are in one word and not in the other, at least; an edit changes two
/// at most.
fn strangers(a: &[char], b: &[char]) -> usize {
    let mut counts = [0i32; 64];
    a.iter().for_each(|c| counts[*c as usize % 64] += 1);
    b.iter().for_each(|c| counts[*c as usize % 64] -= 1);
    counts.iter().map(|count| count.unsigned_abs() as usize).sum()
}

/// The nearest candidate as a help line.
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(word, candidates).map(|found| format!("did you mean `{found}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_leaves_strangers() {
        let keys = ["title", "stride", "severity"];
        assert_eq!(nearest("tilte", keys), Some("title"));
        assert_eq!(nearest("Severty", keys), Some("severity"));
        assert_eq!(nearest("owner", keys), None);
        assert_eq!(nearest("7", ["1", "2"]), None);
        assert_eq!(nearest("\u{dc}BER", ["\u{fc}ber", "uber"]), Some("\u{fc}ber"));
        assert_eq!(nearest("abcdef", ["abcxef", "abcdxf"]), Some("abcdxf"));
    }

    #[test]
    fn no_slip_is_compared_with_everything() {
        let words: Vec<String> = (0..20_000).map(|n| format!("folder/file{n:05}.md")).collect();
        let index = Words::new(words.iter().map(String::as_str));
        for (slip, found) in [
            ("folder/file01234.md", "folder/file01234.md"),
            ("FOLDER/file01234.md", "folder/file01234.md"),
            ("folder/file012345.md", "folder/file01234.md"),
            ("fodler/file19999.md", "folder/file19999.md"),
            ("folder/fiel00007.md", "folder/file00007.md"),
        ] {
            assert_eq!(index.nearest(slip), Some(found), "{slip}");
            assert!(index.like(slip).len() <= MOST);
        }
        assert_eq!(index.nearest("something else"), None);
        let few = Words::new(["title", "stride"]);
        assert_eq!(few.nearest("tilte"), Some("title"));
    }

    #[test]
    fn distances() {
        let distance = |a: &str, b: &str, limit| {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            Rows::default().distance(&a, &b, limit)
        };
        for (a, b, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("abc", "acb", 1),
            ("kitten", "sitting", 3),
            ("T-AUTH-004", "T-AUHT-04", 2),
            ("aab", "ab", 1),
        ] {
            assert_eq!(distance(a, b, 4), Some(expected), "{a} {b}");
            assert_eq!(distance(b, a, 4), Some(expected), "{b} {a}");
        }
        assert_eq!(distance("kitten", "sitting", 2), None);
    }
}
