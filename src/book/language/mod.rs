//! What the interface says, in the language of the reader.
//!
//! The words are in one file per language, `text/CODE.toml`: those of the default theme
//! are embedded, and a book adds or replaces keys in `theme/text/CODE.toml`. A key is a
//! text, or a table of plural forms (`one`, `few`, `many`, `other`, ...). `{name}` in a
//! text is a gap that is filled. A key that a language lacks is said in English.
//!
//! Templates see it as `text`: `{{ text.next }}`, `{{ text.count("results", n) }}`,
//! `{{ text.fill("step_of", number=1, total=3) }}`, `{{ text.date(date) }}`. Rust says
//! `text.get("next")`, `text.count("results", n)`, `text.fill(..)`. Keys that begin with
//! `script_` are also at hand in scripts: `casebookText("copied")`.

mod load;
mod plural;
mod script;
mod template;

pub use load::Texts;
pub use plural::{Plural, plural};

use std::collections::BTreeMap;

/// What a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Plain(String),
    Forms(BTreeMap<Plural, String>),
}

/// The words of one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    language: String,
    entries: BTreeMap<String, Entry>,
}

impl Text {
    /// The BCP 47 tag of the language.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// What a key says. A key that there is not says itself, so that nothing gets lost;
    /// a test holds that there is no such key in our code.
    pub fn get<'t>(&'t self, key: &'t str) -> &'t str {
        self.find(key).unwrap_or(key)
    }

    fn find(&self, key: &str) -> Option<&str> {
        match self.entries.get(key)? {
            Entry::Plain(text) => Some(text),
            Entry::Forms(forms) => forms.get(&Plural::Other).map(String::as_str),
        }
    }

    /// The form of a key that stands with a number; `{n}` in it is not filled.
    pub fn form<'t>(&'t self, key: &'t str, n: usize) -> &'t str {
        match self.entries.get(key) {
            Some(Entry::Forms(forms)) => forms
                .get(&plural(&self.language, n))
                .or_else(|| forms.get(&Plural::Other))
                .map_or(key, String::as_str),
            _ => self.get(key),
        }
    }

    /// The form of a key that stands with a number, with the number in it.
    pub fn count(&self, key: &str, n: usize) -> String {
        fill(self.form(key, n), &[("n", &n.to_string())])
    }

    /// As [`Text::count`], with other gaps filled too.
    pub fn count_of(&self, key: &str, n: usize, values: &[(&str, &str)]) -> String {
        let number = n.to_string();
        let values: Vec<(&str, &str)> =
            std::iter::once(("n", number.as_str())).chain(values.iter().copied()).collect();
        fill(self.form(key, n), &values)
    }

    /// A text with its gaps filled.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.get(key), values)
    }

    /// A word of front matter as readers see it: `not-applicable` is "Not applicable".
    pub fn word(&self, word: &str) -> String {
        let key = format!("word_{}", word.replace(['-', ' '], "_"));
        match self.find(&key) {
            Some(text) => text.to_string(),
            None => capital(&word.replace('-', " ")),
        }
    }

    /// The same as it stands within a sentence.
    pub fn word_within(&self, word: &str) -> String {
        self.within(&self.word(word))
    }

    /// The name of a kind or role, as the language has it, unless the book chose another
    /// than `usual`, the English one.
    pub fn name<'t>(&'t self, key: &str, usual: Option<&str>, chosen: &'t str) -> &'t str {
        match self.find(key) {
            Some(text) if usual == Some(chosen) => text,
            _ => chosen,
        }
    }

    /// Words as they stand within a sentence: most languages begin them small.
    pub fn within(&self, words: &str) -> String {
        match self.get("within_sentence") {
            "as it is" => words.to_string(),
            _ => words.to_lowercase(),
        }
    }

    /// A day (`2026-05-01`) or month (`2026-05`) in the form of the language. Anything
    /// else stays as it is.
    pub fn date(&self, date: &str) -> String {
        let parts: Vec<&str> = date.split('-').collect();
        let digits = |text: &str, count: usize| {
            let proper = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
            proper.then(|| text.parse::<usize>().ok()).flatten()
        };
        let day = parts.get(2).map(|day| digits(day, 2));
        let (Some(year), Some(month)) = (
            parts.first().and_then(|year| digits(year, 4)),
            parts.get(1).and_then(|month| digits(month, 2)),
        ) else {
            return date.to_string();
        };
        let key = format!("month_{month}");
        let Some(month) = self.find(&key) else { return date.to_string() };
        let year = year.to_string();
        match (day, parts.len()) {
            (None, 2) => self.fill("date_month", &[("month", month), ("year", &year)]),
            (Some(Some(day @ 1..=31)), 3) => {
                let key = if day == 1 { "date_first" } else { "date_day" };
                let day = day.to_string();
                self.fill(key, &[("day", &day), ("month", month), ("year", &year)])
            }
            _ => date.to_string(),
        }
    }
}

/// Fills the gaps of a text: `{name}`. A gap without a value stays.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let named = after.find('}').map(|end| (&after[..end], &after[end + 1..]));
        let value = |name: &str| values.iter().find(|(known, _)| *known == name);
        match named.and_then(|(name, next)| Some((value(name)?, next))) {
            Some(((_, value), next)) => {
                out.push_str(value);
                rest = next;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The names of the gaps in a text.
fn gaps(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(language: &str) -> Text {
        Texts::embedded(language)
    }

    #[test]
    fn gaps_are_filled_once() {
        assert_eq!(fill("{a} of {b}, {c}", &[("a", "{b}"), ("b", "2")]), "{b} of 2, {c}");
        assert_eq!(fill("{", &[]), "{");
        assert_eq!(fill("{a", &[("a", "x")]), "{a");
    }

    #[test]
    fn dates_have_the_form_of_the_language() {
        assert_eq!(text("en").date("2026-05-01"), "1 May 2026");
        assert_eq!(text("de").date("2026-05-01"), "1. Mai 2026");
        assert_eq!(text("fr").date("2026-05-01"), "1er mai 2026");
        assert_eq!(text("fr").date("2026-05-02"), "2 mai 2026");
        assert_eq!(text("en").date("2026-05"), "May 2026");
        for odd in ["", "soon", "2026", "2026-13-01", "2026-05-41", "26-05-01", "2026-05-01-1"] {
            assert_eq!(text("en").date(odd), odd);
        }
    }

    #[test]
    fn numbers_choose_the_form() {
        assert_eq!(text("en").count("results", 1), "1 result");
        assert_eq!(text("en").count("results", 0), "0 results");
        assert_eq!(text("fr").count("results", 0), "0 résultat");
        assert_eq!(text("de").count("results", 2), "2 Ergebnisse");
    }

    #[test]
    fn words_without_a_text_are_shown_as_they_are() {
        assert_eq!(text("de").word("not-applicable"), "Nicht anwendbar");
        assert_eq!(text("de").word("very-odd"), "Very odd");
        assert_eq!(text("en").get("there_is_no_such_key"), "there_is_no_such_key");
    }
}
