//! Reads the words of each language: embedded files, and those of the book over them.

use super::{Entry, Plural, Text, gaps};
use crate::book::config::{Config, Language};
use crate::book::source::{CONFIG_FILE, Sources};
use crate::text::data::{Node, Value, parse_toml};
use crate::text::diagnostic::{Code, Diagnostic, Words};
use crate::text::span::Place;
use include_dir::{Dir, include_dir};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

static EMBEDDED: Dir = include_dir!("$CARGO_MANIFEST_DIR/themes/default/text");

/// The language that every key has, and that stands in where another lacks one.
const FALLBACK: &str = "en";

/// So many missing keys are named in one message.
const NAMED: usize = 8;

/// The words of every language of a book.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    all: BTreeMap<String, Arc<Text>>,
    first: Arc<Text>,
}

impl Texts {
    /// The words of a language; of the book's own, where it does not have this one.
    pub fn of(&self, language: &str) -> &Arc<Text> {
        self.all.get(language).unwrap_or(&self.first)
    }

    /// The words of every language.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Text>> {
        self.all.values()
    }

    /// The embedded words of a language alone.
    pub fn embedded(language: &str) -> Text {
        let mut entries = embedded(FALLBACK);
        entries.extend(embedded(language));
        Text { language: language.into(), entries }
    }

    /// Reads the words of the languages of a book.
    pub fn load(config: &Config, sources: &Sources) -> (Texts, Vec<Diagnostic>) {
        let mut loader = Loader { config, sources, found: Vec::new() };
        loader.check_embedded();
        let mut english = embedded(FALLBACK);
        let own = loader.own(FALLBACK, None);
        english.extend(own.into_iter().flatten());
        let mut texts = BTreeMap::new();
        for language in &config.languages {
            let entries = loader.language(language, &english);
            let text = Text { language: language.code.clone(), entries };
            texts.insert(language.code.clone(), Arc::new(text));
        }
        let first = config.languages.first().and_then(|first| texts.get(&first.code));
        let first = first.cloned().unwrap_or_else(|| Arc::new(Texts::embedded(FALLBACK)));
        (Texts { all: texts, first }, loader.found)
    }
}

type Entries = BTreeMap<String, Entry>;

/// A tag and what it is a variant of: `de-AT` and `de`, the general one first.
fn tags(code: &str) -> Vec<String> {
    let base = code.split('-').next().unwrap_or(code).to_ascii_lowercase();
    let mut tags = vec![base];
    if !tags[0].eq_ignore_ascii_case(code) {
        tags.push(code.to_string());
    }
    tags
}

fn embedded(tag: &str) -> Entries {
    let file = EMBEDDED.get_file(format!("{tag}.toml"));
    let Some(text) = file.and_then(|file| file.contents_utf8()) else { return Entries::new() };
    let Ok(root) = parse_toml(text, 0) else { return Entries::new() };
    let Value::Map(keys) = &root.value else { return Entries::new() };
    let entry = |node: &Node| decode(node).ok();
    keys.iter().filter_map(|(key, node)| Some((key.name.clone(), entry(node)?))).collect()
}

/// A text or a table of forms; else what is wrong and where.
fn decode(node: &Node) -> Result<Entry, (String, crate::text::span::Span)> {
    let Value::Map(forms) = &node.value else {
        let text = node.text().map(str::to_string);
        let message = format!("a text is wanted, not {}", node.type_name());
        return text.map(Entry::Plain).ok_or((message, node.span.clone()));
    };
    let mut out = BTreeMap::new();
    for (key, node) in forms {
        let known = Plural::ALL.into_iter().find(|form| form.name() == key.name);
        let names = Plural::ALL.map(Plural::name).join(", ");
        let form = known.ok_or((format!("the forms are {names}"), key.span.clone()))?;
        let text = node.text().ok_or(("a text is wanted".to_string(), node.span.clone()))?;
        out.insert(form, text.to_string());
    }
    match out.contains_key(&Plural::Other) {
        true => Ok(Entry::Forms(out)),
        false => Err(("the form `other` is missing".into(), node.span.clone())),
    }
}

struct Loader<'a> {
    config: &'a Config,
    sources: &'a Sources,
    found: Vec<Diagnostic>,
}

impl Loader<'_> {
    /// A slip in our own files would leave every page without words.
    fn check_embedded(&mut self) {
        for file in EMBEDDED.files() {
            let name = file.path().display();
            if let Some(Err(error)) = file.contents_utf8().map(|text| parse_toml(text, 0)) {
                let message = format!("the embedded text/{name} is not valid: {}", error.message);
                self.found.push(Diagnostic::global(Code::BadText, message));
            }
        }
    }

    fn language(&mut self, language: &Language, english: &Entries) -> Entries {
        let mut entries = Entries::new();
        let mut file: Option<Arc<str>> = None;
        for tag in tags(&language.code) {
            entries.extend(embedded(&tag));
            if tag != FALLBACK
                && let Some(own) = self.own(&tag, Some(english))
            {
                entries.extend(own);
                file = Some(self.path(&tag).into());
            }
        }
        let is_english = tags(&language.code)[0] == FALLBACK;
        let missing: BTreeSet<&str> =
            english.keys().map(String::as_str).filter(|key| !entries.contains_key(*key)).collect();
        if !missing.is_empty() && !is_english {
            self.missing(language, &missing, entries.is_empty(), file);
        }
        for (key, entry) in english {
            entries.entry(key.clone()).or_insert_with(|| entry.clone());
        }
        entries
    }

    fn missing(
        &mut self,
        language: &Language,
        keys: &BTreeSet<&str>,
        all: bool,
        file: Option<Arc<str>>,
    ) {
        let code = &language.code;
        let place = match file {
            Some(file) => Place::new(&file, 0..0),
            None => Place::new(&CONFIG_FILE.into(), language.span.clone()),
        };
        let path = self.path(code);
        let diagnostic = if all {
            let message = format!("the interface has no texts in `{code}` and speaks English");
            Diagnostic::new(Code::MissingText, place, message)
                .help(format!("write `{path}`: the keys are those of the embedded `text/en.toml`"))
        } else {
            let mut named: Vec<&str> = keys.iter().copied().take(NAMED).collect();
            if keys.len() > NAMED {
                named.push("...");
            }
            let what = if keys.len() == 1 { "text is" } else { "texts are" };
            let message =
                format!("{} {what} missing in `{code}`: {}", keys.len(), named.join(", "));
            Diagnostic::new(Code::MissingText, place, message)
                .help(format!("add them to `{path}`; until then English stands in"))
        };
        self.found.push(diagnostic);
    }

    fn path(&self, tag: &str) -> String {
        format!("{}/text/{tag}.toml", self.config.theme)
    }

    /// The book's own words. Those of other languages must say what English says.
    fn own(&mut self, tag: &str, english: Option<&Entries>) -> Option<Entries> {
        let path = self.path(tag);
        let text = self.sources.text(&path)?;
        let file: Arc<str> = path.as_str().into();
        let mut bad = |code, span, message: String, help: Option<String>| {
            self.found
                .push(Diagnostic::new(code, Place::new(&file, span), message).maybe_help(help));
        };
        let root = match parse_toml(text, 0) {
            Ok(root) => root,
            Err(error) => {
                let message = format!("the texts are not valid TOML: {}", error.message);
                bad(Code::BadText, error.span, message, None);
                return Some(Entries::new());
            }
        };
        let Value::Map(keys) = &root.value else { return Some(Entries::new()) };
        let mut out = Entries::new();
        let fallback = english.is_none().then(|| embedded(FALLBACK));
        let near = english.map(|english| Words::new(english.keys().map(String::as_str)));
        for (key, node) in keys {
            let name = &key.name;
            let known = english.or(fallback.as_ref()).and_then(|texts| texts.get(name)).cloned();
            if let (Some(_), None) = (english, &known) {
                let near = near.as_ref().and_then(|words| words.did_you_mean(name));
                let help = near.or_else(|| {
                    Some(format!("a key of your own is first said in `{}`", self_path(self.config)))
                });
                bad(Code::UnknownKey, key.span.clone(), format!("there is no text `{name}`"), help);
                continue;
            }
            let entry = match decode(node) {
                Ok(entry) => entry,
                Err((message, span)) => {
                    bad(Code::BadText, span, format!("`{name}`: {message}"), None);
                    continue;
                }
            };
            if let Some(known) = known {
                let filled: BTreeSet<&str> = texts_of(&known).flat_map(gaps).collect();
                let odd = texts_of(&entry).flat_map(gaps).find(|gap| !filled.contains(gap));
                if let Some(gap) = odd {
                    let names: Vec<String> =
                        filled.iter().map(|name| format!("`{{{name}}}`")).collect();
                    let help = match names.is_empty() {
                        true => "this text has no gaps".to_string(),
                        false => format!("the gaps of this text: {}", names.join(", ")),
                    };
                    let message = format!("nothing fills the gap `{{{gap}}}` in `{name}`");
                    bad(Code::BadText, node.span.clone(), message, Some(help));
                }
            }
            out.insert(name.clone(), entry);
        }
        Some(out)
    }
}

fn self_path(config: &Config) -> String {
    format!("{}/text/{FALLBACK}.toml", config.theme)
}

fn texts_of(entry: &Entry) -> impl Iterator<Item = &str> {
    let (plain, forms) = match entry {
        Entry::Plain(text) => (Some(text), None),
        Entry::Forms(forms) => (None, Some(forms)),
    };
    plain.into_iter().chain(forms.into_iter().flat_map(|forms| forms.values())).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_languages_say_the_same_things() {
        let english = embedded(FALLBACK);
        assert!(english.len() > 100);
        for tag in ["de", "fr"] {
            let other = embedded(tag);
            let keys = |entries: &Entries| entries.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&english), keys(&other), "{tag}");
            for (key, entry) in &other {
                let gaps = |entry| texts_of(entry).flat_map(gaps).collect::<BTreeSet<_>>();
                assert_eq!(gaps(&english[key]), gaps(entry), "{tag}: {key}");
                let forms = |entry: &Entry| matches!(entry, Entry::Forms(_));
                assert_eq!(forms(&english[key]), forms(entry), "{tag}: {key}");
            }
        }
    }

    #[test]
    fn a_variant_of_a_language_takes_its_words() {
        assert_eq!(tags("de-AT"), ["de", "de-AT"]);
        assert_eq!(tags("DE"), ["de"]);
    }
}
