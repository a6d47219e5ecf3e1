//! "Did you mean": the nearest of the words that would have been right.

/// The candidate nearest to `word`, if one is near enough to be a likely slip.
///
/// Nearness is the Damerau-Levenshtein distance (insertions, deletions,
/// substitutions, transpositions), at most a third of the word's length.
/// Of equally near candidates the first in order wins, so the answer is stable.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let limit = (lower.chars().count() / 3).clamp(1, 4);
    let length = lower.chars().count();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.chars().count().abs_diff(length) > limit {
            continue;
        }
        // Letters that only one of the two has tell most strangers apart at little cost.
        let ascii = lower.is_ascii() && candidate.is_ascii();
        if ascii && strangers(&lower, candidate) > 2 * limit {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        if distance <= limit && best.is_none_or(|b| (distance, candidate) < b) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many letters are in one word and not in the other; one edit changes at most two.
fn strangers(word: &str, other: &str) -> usize {
    let mut counts = [0i32; 64];
    for byte in word.bytes() {
        counts[usize::from(byte.to_ascii_lowercase() & 63)] += 1;
    }
    for byte in other.bytes() {
        counts[usize::from(byte.to_ascii_lowercase() & 63)] -= 1;
    }
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
    }
}
