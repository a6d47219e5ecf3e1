//! Questions that ask nearly the same are asked once.

use super::property::words;
use std::collections::{BTreeMap, BTreeSet};

/// So many words must two questions share, stop words left out, to be compared at all.
const SHARED: usize = 3;

/// Words that say nothing of what is asked.
const STOP: &str = "a an the of and or to in is are be by for from it its that this with which \
                    who what how doe do can at on as if not no we our you your they their there \
                    than then when where any all each every one could would must may has ha have \
                    was were will only also so but into out about after before between";

/// The questions of all threats, each once, and for each threat where its own are.
pub(super) fn merged<'t>(
    lists: impl Iterator<Item = &'t Vec<String>>,
) -> (Vec<String>, Vec<Vec<usize>>) {
    let stop: BTreeSet<&str> = STOP.split_whitespace().collect();
    let mut merger = Merger::default();
    let of_threat = lists.map(|list| {
        let mut places: Vec<usize> = Vec::new();
        // Two questions of one threat are two.
        let fresh = merger.questions.len();
        for text in list {
            let bag: BTreeSet<String> =
                words(text).into_iter().filter(|word| !stop.contains(word.as_str())).collect();
            let place = merger.near(&bag, fresh).filter(|place| !places.contains(place));
            places.push(place.unwrap_or_else(|| merger.add(text, bag)));
        }
        places
    });
    let of_threat = of_threat.collect();
    (merger.questions, of_threat)
}

#[derive(Default)]
struct Merger {
    questions: Vec<String>,
    bags: Vec<BTreeSet<String>>,
    by_word: BTreeMap<String, Vec<usize>>,
}

impl Merger {
    /// The question before `limit` that shares most: at least half of all words of both.
    fn near(&self, bag: &BTreeSet<String>, limit: usize) -> Option<usize> {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for place in bag.iter().filter_map(|word| self.by_word.get(word)).flatten() {
            *shared.entry(*place).or_default() += 1;
        }
        let same = |(place, count): &(usize, usize)| {
            let all = bag.len() + self.bags[*place].len() - count;
            // A short question is the same only where it is the same word by word.
            *place < limit && (count * 2 >= all && *count >= SHARED || *count == all)
        };
        let best = shared
            .into_iter()
            .filter(same)
            .max_by_key(|(place, count)| (*count, std::cmp::Reverse(*place)));
        best.map(|(place, _)| place)
    }

    fn add(&mut self, text: &str, bag: BTreeSet<String>) -> usize {
        let place = self.questions.len();
        for word in &bag {
            self.by_word.entry(word.clone()).or_default().push(place);
        }
        self.questions.push(text.to_string());
        self.bags.push(bag);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_equal_questions_of_two_threats_are_one() {
        let lists: Vec<Vec<String>> = [
            &["Where does the tenant come from: the session, or the request?", "Who pays?"][..],
            &["From where does the tenant come: session or request?", "Who can end it?"],
            &["Who ends it?", "Who pays?", "Who pays!"],
        ]
        .map(|list| list.iter().map(|text| text.to_string()).collect())
        .into();
        let (questions, of_threat) = merged(lists.iter());
        assert_eq!(of_threat, [vec![0, 1], vec![0, 2], vec![2, 1, 3]]);
        assert_eq!(questions.len(), 4);
    }
}
