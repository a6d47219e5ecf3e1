//! The tokenizer that the index is built with. A term is a word as it is written; the
//! lexicon remembers the stem of each, so that no reader of the index needs a stemmer to
//! know which words are forms of one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::tokenizer::{
    Language, RawTokenizer, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenStream, Tokenizer,
};

use super::synonym::{Meaning, Recent, Synonyms};
use super::words::{Word, Words, fold, fold_part, humps, words};

/// The language of a code such as `en` or `de-AT`, if there is a stemmer for it.
pub fn language(code: &str) -> Option<Language> {
    let code = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    Some(match code.as_str() {
        "ar" => Language::Arabic,
        "da" => Language::Danish,
        "de" => Language::German,
        "el" => Language::Greek,
        "en" => Language::English,
        "es" => Language::Spanish,
        "fi" => Language::Finnish,
        "fr" => Language::French,
        "hu" => Language::Hungarian,
        "it" => Language::Italian,
        "nb" | "nn" | "no" => Language::Norwegian,
        "nl" => Language::Dutch,
        "pt" => Language::Portuguese,
        "ro" => Language::Romanian,
        "ru" => Language::Russian,
        "sv" => Language::Swedish,
        "ta" => Language::Tamil,
        "tr" => Language::Turkish,
        _ => return None,
    })
}

/// Every surface form met so far with its stem; `None` for a stop word.
pub struct Lexicon {
    stems: FxHashMap<Box<str>, Option<Box<str>>>,
    stemmer: TextAnalyzer,
    english: bool,
}

impl Lexicon {
    fn new(language: Option<Language>) -> Lexicon {
        let mut stemmer = TextAnalyzer::builder(RawTokenizer::default()).dynamic();
        if let Some(stop) = language.and_then(StopWordFilter::new) {
            stemmer = stemmer.filter_dynamic(stop);
        }
        if let Some(language) = language {
            stemmer = stemmer.filter_dynamic(Stemmer::new(language));
        }
        let english = language == Some(Language::English);
        Lexicon { stems: FxHashMap::default(), stemmer: stemmer.build(), english }
    }

    /// The stem of a folded form; nothing for a stop word. The stem is made of the form
    /// before folding, since stemmers know accents; the first one met counts.
    fn stem(&mut self, folded: &str, raw: &str) -> Option<&str> {
        if !self.stems.contains_key(folded) {
            let stem = self.find_stem(folded, raw);
            self.stems.insert(folded.into(), stem);
        }
        self.stems.get(folded)?.as_deref()
    }

    fn find_stem(&mut self, folded: &str, raw: &str) -> Option<Box<str>> {
        if folded.starts_with(TITLE_MARK) || folded.bytes().any(|b| b.is_ascii_digit()) {
            return Some(folded.into());
        }
        let lower = raw.to_lowercase();
        let mut stream = self.stemmer.token_stream(&lower);
        if !stream.advance() {
            return None;
        }
        let stem = Some(fold(&stream.token().text)).filter(|stem| !stem.is_empty())?;
        Some(if self.english { one_spelling(folded, stem) } else { stem }.into())
    }

    /// Every surface form with its stem, in no order.
    pub fn surfaces(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.stems.iter().map(|(surface, stem)| (&**surface, stem.as_deref()))
    }
}

/// What stands before the term of a title that is all stop words.
pub const TITLE_MARK: char = '\'';

/// British and American writing have one stem, and `authorization` has another one than
/// `author`: Porter's algorithm cuts `-ization` off.
fn one_spelling(folded: &str, stem: String) -> String {
    let tail = folded.strip_prefix(stem.as_str()).unwrap_or_default();
    if tail.starts_with("iz") || (tail.starts_with("is") && tail.len() > 5) {
        return stem + "iz";
    }
    for (british, american) in
        [("is", "iz"), ("our", "or"), ("enc", "ens"), ("ogu", "og"), ("yse", "yz"), ("ys", "yz")]
    {
        match stem.strip_suffix(british) {
            Some(head) if head.len() > 2 => return format!("{head}{american}"),
            _ => {}
        }
    }
    stem
}

/// A lexicon that the tokenizers of several fields fill together.
#[derive(Clone)]
pub struct Shared {
    lexicon: Arc<Mutex<Lexicon>>,
    synonyms: Arc<Synonyms>,
}

impl Shared {
    /// A lexicon of a language that knows only the words of the synonyms.
    pub fn new(language: Option<Language>, meanings: &[Meaning]) -> Shared {
        let mut lexicon = Lexicon::new(language);
        let synonyms = Synonyms::new(meanings, |word| lexicon.stem(word, word).map(str::to_string));
        Shared { lexicon: Arc::new(Mutex::new(lexicon)), synonyms: Arc::new(synonyms) }
    }

    /// The lexicon itself.
    pub fn lock(&self) -> MutexGuard<'_, Lexicon> {
        self.lexicon.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The term of a title that is all stop words, such as `If` or `It`.
    pub fn title_term(&self, title: &str) -> Option<String> {
        let parts: Vec<String> = words(title)
            .flat_map(|word| word.parts(title).collect::<Vec<_>>())
            .filter_map(|part| part.1)
            .collect();
        let mut lexicon = self.lock();
        let all = parts.iter().all(|part| lexicon.stem(part, part).is_none());
        let term = format!("{TITLE_MARK}{}", parts.join("-"));
        (all && !parts.is_empty()).then(|| lexicon.stem(&term, &term).map(str::to_string)).flatten()
    }

    /// The synonyms that are marked in the text.
    pub fn synonyms(&self) -> &Synonyms {
        &self.synonyms
    }
}

impl Tokenizer for Shared {
    type TokenStream<'a> = Stems<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stems<'a> {
        Stems {
            text,
            words: words(text),
            part: None,
            position: 0,
            token: Token::default(),
            folded: String::new(),
            more: Vec::new(),
            recent: Recent::new(&self.synonyms),
            lexicon: self.lexicon.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// The terms of a text. A compound stands at the position of its first part.
pub struct Stems<'a> {
    text: &'a str,
    words: Words<'a>,
    /// The word whose parts are under way, and where its next part begins.
    part: Option<(Word, usize)>,
    position: usize,
    token: Token,
    folded: String,
    /// Further tokens at the same position, the last one first.
    more: Vec<String>,
    recent: Recent<'a>,
    lexicon: MutexGuard<'a, Lexicon>,
}

impl Stems<'_> {
    /// Puts the token of a range into `self.token`; false if there is none.
    fn emit(&mut self, start: usize, end: usize, whole: bool) -> bool {
        let raw = &self.text[start..end];
        self.folded.clear();
        if raw.len() <= 40 && raw.is_ascii() && (whole || raw.as_bytes()[0] != b'0') {
            self.folded.push_str(raw);
            self.folded.make_ascii_lowercase();
        } else if whole {
            self.folded = fold(raw);
        } else {
            match fold_part(raw) {
                Some(folded) => self.folded = folded,
                None => return false,
            }
        }
        self.token.offset_from = start;
        self.token.offset_to = end;
        self.token.position = self.position;
        self.token.text.clear();
        self.token.text.push_str(&self.folded);
        let stem = self.lexicon.stem(&self.folded, raw);
        if !whole {
            self.recent.step(stem.unwrap_or(&self.folded), &mut self.more);
        }
        stem.is_some()
    }

    /// The words of a name in camel case stand where the name stands.
    fn add_humps(&mut self, start: usize, end: usize) {
        let raw = &self.text[start..end];
        for piece in humps(raw) {
            let folded = fold(&raw[piece]);
            if self.lexicon.stem(&folded, &folded).is_some() {
                self.more.push(folded);
            }
        }
    }
}

impl TokenStream for Stems<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if let Some(text) = self.more.pop() {
                self.token.text = text;
                return true;
            }
            if let Some((word, at)) = self.part.take() {
                let rest = &self.text[at..word.range.end];
                let end = at + rest.find(['-', '.']).unwrap_or(rest.len());
                if end < word.range.end {
                    self.part = Some((word, end + 1));
                }
                let found = self.emit(at, end, false);
                self.add_humps(at, end);
                self.position += 1;
                if found {
                    return true;
                }
                continue;
            }
            let Some(word) = self.words.next() else { return false };
            let (start, end) = (word.range.start, word.range.end);
            let compound = word.is_compound(self.text);
            let key = compound.then(|| word.key(self.text)).flatten();
            self.part = Some((word, start));
            if let Some(key) = key {
                self.lexicon.stem(&key, &key);
                // The word as a whole may be no term, and then nothing else tells where it is.
                self.token.position = self.position;
                self.more.push(key);
            }
            if compound && self.emit(start, end, true) {
                return true;
            }
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(String, usize)> {
        let mut shared = Shared::new(language("en"), &[]);
        let mut stream = shared.token_stream(text);
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().text.clone(), stream.token().position));
        }
        found
    }

    #[test]
    fn terms_keep_the_positions_of_words() {
        let want = [
            ("man", 0),
            ("middle", 3),
            ("t-auth-004", 4),
            ("t-auth-4", 4),
            ("t", 4),
            ("auth", 5),
            ("4", 6),
        ];
        let want: Vec<(String, usize)> = want.map(|(s, p)| (s.to_string(), p)).into();
        assert_eq!(tokens("Man in the middle: T-AUTH-004"), want);
    }

    fn same(language_code: &str, one: &str, other: &str) -> bool {
        let mut lexicon = Lexicon::new(language(language_code));
        let first = lexicon.stem(&fold(one), one).map(str::to_string);
        first.is_some() && lexicon.stem(&fold(other), other).map(str::to_string) == first
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        assert!(same("de", "Prüfungen", "prufungen"));
        assert!(same("en", "tokens", "token"));
        assert!(same("en", "authorisation", "authorization"));
        assert!(same("en", "authorised", "authorizations"));
        assert!(same("en", "behaviour", "behaviors"));
        assert!(same("en", "licence", "license"));
        assert!(same("en", "analyse", "analyze"));
        assert!(!same("en", "authorization", "author"));
        assert!(!same("en", "tokenization", "token"));
        assert!(!same("en", "the", "the"));
    }

    #[test]
    fn names_in_camel_case_are_there_by_their_parts() {
        let want = [("tokenvalidator", 0), ("validator", 0), ("token", 0), ("x", 1)];
        let want: Vec<(String, usize)> = want.map(|(s, p)| (s.to_string(), p)).into();
        assert_eq!(tokens("TokenValidator x"), want);
    }
}
