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
