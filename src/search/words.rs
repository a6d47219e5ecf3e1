//! Cutting text into words, and the form under which words are compared.
//!
//! `search-words.js` does the same to queries and to the text of snippets, so a change
//! here is a change there: `themes/default/assets/search-words.js`, function `words`.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words are data, not language: they are not indexed.
const LONGEST: usize = 64;

/// A run of letters and digits. Runs joined by a single `-` or `.` are one word,
/// so that `T-AUTH-004` and `T1110.004` stay whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands in the text.
    pub range: Range<usize>,
    /// Whether it has parts joined by `-` or `.`.
    joined: bool,
}

impl Word {
    /// Whether it is looked up whole as well as by its parts: one with parts and a
    /// digit, such as an ID or a version.
    pub fn is_compound(&self, text: &str) -> bool {
        let raw = &text[self.range.clone()];
        self.joined && !too_long(raw) && raw.bytes().any(|b| b.is_ascii_digit())
    }

    /// The folded form of a compound.
    pub fn whole(&self, text: &str) -> Option<String> {
        self.is_compound(text).then(|| fold(&text[self.range.clone()]))
    }

    /// The form of a compound under which every way of writing it is one: the parts
    /// joined by `-`, without leading zeros; `None` where that is the whole itself.
    pub fn key(&self, text: &str) -> Option<String> {
        let whole = self.whole(text)?;
        let parts: Vec<String> = self.parts(text).filter_map(|(_, part)| part).collect();
        Some(parts.join("-")).filter(|key| *key != whole)
    }

    /// The parts, folded, each with its place; parts that are too long are left out
    /// but counted.
    pub fn parts(&self, text: &str) -> impl Iterator<Item = (Range<usize>, Option<String>)> {
        let mut at = self.range.start;
        text[self.range.clone()].split(['-', '.']).map(move |part| {
            let range = at..at + part.len();
            at = range.end + 1;
            (range, fold_part(part))
        })
    }
}

/// The words of a text, in order.
pub fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

/// Iterator over the words of a text.
pub struct Words<'t> {
    text: &'t str,
    at: usize,
}

impl Words<'_> {
    /// The character at a place, if it is part of a word.
    fn letter(&self, at: usize) -> Option<char> {
        let byte = *self.text.as_bytes().get(at)?;
        if byte < 128 {
            return byte.is_ascii_alphanumeric().then_some(byte as char);
        }
        let c = self.text[at..].chars().next()?;
        (c.is_alphanumeric() || is_combining_mark(c) || is_invisible(c)).then_some(c)
    }
}

/// Characters within words that nobody sees: a soft hyphen, joiners, blanks of no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// The words of which a name in camel case is made, such as `TokenValidator`, each with
/// its place; nothing for what has only one, and no piece of less than three letters.
pub fn humps(word: &str) -> Vec<Range<usize>> {
    let bytes = word.as_bytes();
    if !word.is_ascii() || bytes.len() < 6 {
        return Vec::new();
    }
    let starts = |at: &usize| {
        let (before, here) = (bytes[at - 1], bytes[*at]);
        let after = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        here.is_ascii_uppercase() && (before.is_ascii_lowercase() || after)
    };
    let mut cuts: Vec<usize> = (1..bytes.len()).filter(starts).collect();
    if cuts.is_empty() {
        return Vec::new();
    }
    cuts.insert(0, 0);
    cuts.push(bytes.len());
    cuts.windows(2).map(|ends| ends[0]..ends[1]).filter(|piece| piece.len() > 2).collect()
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let bytes = self.text.as_bytes();
        let mut start = self.at;
        let first = loop {
            if start >= bytes.len() {
                self.at = start;
                return None;
            }
            if let Some(c) = self.letter(start) {
                break c;
            }
            start += 1;
            while !self.text.is_char_boundary(start) {
                start += 1;
            }
        };
        let mut end = start + first.len_utf8();
        let mut joined = false;
        if !ideograph(first) {
            loop {
                match self.letter(end) {
                    Some(c) if !ideograph(c) => end += c.len_utf8(),
                    Some(_) => break,
                    None => {
                        let joint = matches!(bytes.get(end), Some(b'-' | b'.'));
                        match joint
                            .then(|| self.letter(end + 1))
                            .flatten()
                            .filter(|c| !ideograph(*c))
                        {
                            Some(c) => {
                                end += 1 + c.len_utf8();
                                joined = true;
                            }
                            None => break,
                        }
                    }
                }
            }
        }
        self.at = end;
        Some(Word { range: start..end, joined })
    }
}

/// Whether a character is a word by itself, because its language writes no spaces.
fn ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn too_long(text: &str) -> bool {
    text.len() > LONGEST && text.chars().count() > LONGEST
}

/// The form under which words are compared: without accents and invisible characters, in
/// lower case, letters that are written as two in plain ASCII as two.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c));
    // A sigma at the end of a word needs the whole word.
    let lower = plain.collect::<String>().to_lowercase();
    let mut out = String::with_capacity(lower.len());
    for c in lower.chars() {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            c => out.push(c),
        }
    }
    out
}

/// As [`fold`], and numbers lose leading zeros so that `auth 4` finds `AUTH-004`.
/// `None` for what is too long or has nothing left.
pub fn fold_part(part: &str) -> Option<String> {
    if too_long(part) {
        return None;
    }
    let mut folded = fold(part);
    if folded.len() > 1 && folded.starts_with('0') && folded.bytes().all(|b| b.is_ascii_digit()) {
        let zeros = folded.bytes().take(folded.len() - 1).take_while(|b| *b == b'0').count();
        folded.drain(..zeros);
    }
    (!folded.is_empty()).then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        words(text)
            .flat_map(|word| {
                let parts: Vec<String> = word.parts(text).filter_map(|p| p.1).collect();
                word.whole(text).into_iter().chain(parts)
            })
            .collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(all("A sign-in, again."), ["a", "sign", "in", "again"]);
        assert_eq!(all("user_id -x- y."), ["user", "id", "x", "y"]);
        assert_eq!(all("  ... "), Vec::<String>::new());
    }

    #[test]
    fn compounds_with_a_digit_stay_whole_beside_their_parts() {
        assert_eq!(all("T-AUTH-004"), ["t-auth-004", "t", "auth", "4"]);
        let key = |text: &str| words(text).next().and_then(|word| word.key(text));
        assert_eq!(key("T-AUTH-004").as_deref(), Some("t-auth-4"));
        assert_eq!(key("T1110.004").as_deref(), Some("t1110-4"));
        assert_eq!(key("CWE-307"), None);
        assert_eq!(all("(T1110.004)"), ["t1110.004", "t1110", "4"]);
        assert_eq!(all("v5.0.0-6.3.1"), ["v5.0.0-6.3.1", "v5", "0", "0", "6", "3", "1"]);
    }

    #[test]
    fn accents_and_ideographs() {
        assert_eq!(all("Über Ｆｕｌｌ İ"), ["uber", "full", "i"]);
        assert_eq!(all("脅威model分析"), ["脅", "威", "model", "分", "析"]);
    }

    #[test]
    fn one_word_in_several_writings() {
        assert_eq!(
            all("Straße STRASSE pass\u{ad}word zero\u{200b}width"),
            ["strasse", "strasse", "password", "zerowidth"]
        );
    }

    #[test]
    fn names_in_camel_case_have_humps() {
        let pieces =
            |word: &'static str| humps(word).into_iter().map(|at| &word[at]).collect::<Vec<_>>();
        assert_eq!(pieces("TokenValidator"), ["Token", "Validator"]);
        assert_eq!(pieces("parseXMLFile"), ["parse", "XML", "File"]);
        assert_eq!(pieces("OAuth"), [] as [&str; 0]);
        assert_eq!(pieces("Validator"), [] as [&str; 0]);
        assert_eq!(pieces("ABCDEFG"), [] as [&str; 0]);
    }

    #[test]
    fn ranges_lie_in_the_text() {
        let text = "é-1 日本 x.y";
        let ranges: Vec<&str> = words(text).map(|w| &text[w.range]).collect();
        assert_eq!(ranges, ["é-1", "日", "本", "x.y"]);
        let parts: Vec<&str> = words(text)
            .flat_map(|w| w.parts(text).map(|p| &text[p.0]).collect::<Vec<_>>())
            .collect();
        assert_eq!(parts, ["é", "1", "日", "本", "x", "y"]);
    }
}
