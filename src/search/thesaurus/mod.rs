//! The words of the field that mean the same, and names of products with what they are.
//! They come with the program; a book switches them off or adds its own.

use super::Meaning;

const ENGLISH: &str = include_str!("en.txt");

/// The sets of a language, such as `en`; none where there is no list for it.
pub fn sets(language_code: &str) -> Vec<Meaning> {
    match language_code.split(['-', '_']).next() {
        Some("en") => ENGLISH.lines().filter_map(set).collect(),
        _ => Vec::new(),
    }
}

/// `a, b, c` mean the same; `a, b > c, d` says that who asks for the first finds the others.
fn set(line: &str) -> Option<Meaning> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let list = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_string).collect()
    };
    match line.split_once('>') {
        _ if line.is_empty() => None,
        Some((asked, found)) => Some(Meaning::leads(list(asked), list(found))),
        None => Some(Meaning::same(&list(line))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_is_a_set_and_no_word_stands_twice_in_one() {
        let sets = sets("en");
        assert!(sets.len() > 200, "{} sets", sets.len());
        for Meaning { asked, found, .. } in &sets {
            let words: BTreeSet<&String> = asked.iter().chain(found).collect();
            let all = if asked == found { asked.len() } else { asked.len() + found.len() };
            assert!(words.len() == all && all > 1, "{asked:?} {found:?}");
        }
        assert!(super::sets("de").is_empty());
    }
}
