//! From words to stems: the tokenizer that the index is built with. It remembers the
//! stem of every surface form, so that no reader of the index needs a stemmer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::tokenizer::{
    Language, RawTokenizer, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenStream, Tokenizer,
};

use super::synonym::{Recent, Synonyms};
use super::words::{Word, Words, fold, fold_part, words};

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
        Lexicon { stems: FxHashMap::default(), stemmer: stemmer.build() }
    }

    /// Writes the stem of a folded form; false for a stop word. The stem is made of
    /// the form before folding, since stemmers know accents; the first one met counts.
    fn stem(&mut self, folded: &str, raw: &str, into: &mut String) -> bool {
        if !self.stems.contains_key(folded) {
            let lower = raw.to_lowercase();
            let plain = folded.bytes().any(|b| b.is_ascii_digit());
            let mut stream = self.stemmer.token_stream(if plain { folded } else { &lower });
            let stem = match stream.advance() {
                true if plain => Some(folded.into()),
                true => Some(fold(&stream.token().text)).filter(|s| !s.is_empty()).map(Into::into),
                false => None,
            };
            drop(stream);
            self.stems.insert(folded.into(), stem);
        }
        into.clear();
        match self.stems.get(folded) {
            Some(Some(stem)) => {
                into.push_str(stem);
                true
            }
            _ => false,
        }
    }

    /// Every surface form with its stem, in no order.
    pub fn surfaces(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.stems.iter().map(|(surface, stem)| (&**surface, stem.as_deref()))
    }
}

/// A lexicon that the tokenizers of several fields fill together.
#[derive(Clone)]
pub struct Shared {
    lexicon: Arc<Mutex<Lexicon>>,
    synonyms: Arc<Synonyms>,
}

impl Shared {
    /// A lexicon of a language that knows only the words of the synonyms.
    pub fn new(language: Option<Language>, synonyms: &[Vec<String>]) -> Shared {
        let mut lexicon = Lexicon::new(language);
        let synonyms = Synonyms::new(synonyms, |word| {
            let mut stem = String::new();
            lexicon.stem(word, word, &mut stem).then_some(stem)
        });
        Shared { lexicon: Arc::new(Mutex::new(lexicon)), synonyms: Arc::new(synonyms) }
    }

    /// The lexicon itself.
    pub fn lock(&self) -> MutexGuard<'_, Lexicon> {
        self.lexicon.lock().unwrap_or_else(PoisonError::into_inner)
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

/// The stems of a text. A compound stands at the position of its first part.
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
        self.lexicon.stem(&self.folded, raw, &mut self.token.text)
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
                self.position += 1;
                let step = if found { &self.token.text } else { &self.folded };
                self.recent.step(step, &mut self.more);
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
                let mut stem = String::new();
                if self.lexicon.stem(&key, &key, &mut stem) {
                    self.more.push(stem);
                }
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
    fn stems_keep_the_positions_of_words() {
        let want = [
            ("man", 0),
            ("middl", 3),
            ("t-auth-004", 4),
            ("t-auth-4", 4),
            ("t", 4),
            ("auth", 5),
            ("4", 6),
        ];
        let want: Vec<(String, usize)> = want.map(|(s, p)| (s.to_string(), p)).into();
        assert_eq!(tokens("Man in the middle: T-AUTH-004"), want);
    }

    #[test]
    fn one_surface_has_one_stem() {
        let shared = Shared::new(language("de"), &[]);
        let mut text = shared.clone();
        let mut stream = text.token_stream("Prüfungen prufungen");
        assert!(stream.advance());
        let first = stream.token().text.clone();
        assert!(stream.advance());
        assert_eq!(stream.token().text, first);
    }
}
