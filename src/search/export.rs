//! The index as small files for the browser.
//!
//! Each file is a script, since scripts are all that a page may load from a folder:
//! a call of `casebookShard` with the file's name and its bytes, deflated, in base64.
//!
//! | file | holds |
//! | --- | --- |
//! | `meta` | sizes, stop words, the first word of each `d`, the first term of each `p`, how many documents have the most frequent values of each facet; after it a byte per document for the length of its text, one for its title, one for its weight |
//! | `d/N` | a block of the dictionary |
//! | `s/N` | the words and phrases by which others are found, that begin with a word of `d/N` |
//! | `e/N` | which words exist though the book does not have them |
//! | `f/N` | the values of a facet, and those of each document |
//! | `p/N` | the postings of a range of terms |
//! | `x/N` | the positions of the same terms, for phrases |
//! | `c/N` | the cards of some documents: what a list of results shows |
//! | `t/N` | the text of some documents, for extracts |
//! | `r/N`, `reverse` | the dictionary of reversed words and its first words, for typing errors |
//!
//! A query costs few steps, each of which may ask for several files at once: `meta`;
//! the blocks `d` and `p` of its words, since `meta` tells both; `c`. What is shown
//! later (`t`, `f`) is asked for when the list stands. Blocks are about as large as the list
//! of a common word, so that a word costs little more than what it says.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::ops::Range;

use serde::Serialize;

use super::dictionary::{Dictionary, Entry, shared};
use super::facet::{Column, Facet};
use super::index::Index;
use super::{Document, SearchError};

/// The folder of the files.
pub const FOLDER: &str = "search/";
/// A block of postings is closed once tantivy takes about this many bytes for it: three for
/// two documents, which is what a common word takes, within limits.
const POSTINGS: Range<usize> = 1500..8000;
/// How many cards a file has. The ten of a list mostly stand in as many files.
const CARDS: usize = 12;
/// A file of text is closed once it has about this many bytes.
const TEXT: usize = 8000;
/// How many values of a facet `meta` has.
const VALUES: usize = 12;
/// How hard to deflate.
const LEVEL: u8 = 4;

/// The files of an index, made when asked for.
pub struct Export {
    index: Index,
    version: String,
    /// The first term of each block of postings.
    postings: Vec<u32>,
    /// The first document of each file of text.
    texts: Vec<usize>,
    /// For each block of the dictionary the sets that a word of it can begin.
    sets: Vec<BTreeSet<usize>>,
}

/// A value of a facet: the word, how it is shown, how many documents have it.
type FacetValue = (String, String, usize);

#[derive(Serialize)]
struct Meta<'a> {
    version: &'a str,
    documents: usize,
    words: (u64, u64),
    cards: usize,
    stop: &'a [String],
    /// How many files of words that exist elsewhere.
    elsewhere: usize,
    kinds: BTreeMap<&'a str, &'a str>,
    dictionary: Vec<&'a str>,
    /// Each the distance from the one before.
    postings: Vec<u32>,
    /// The text of the same terms.
    terms: Vec<&'a str>,
    /// Of each facet the name, the number of values, and the most frequent ones in order.
    facets: Vec<(&'static str, usize, Vec<FacetValue>)>,
}

impl Export {
    /// Decides where to cut.
    pub fn new(index: Index) -> Result<Export, SearchError> {
        let most = (index.len() * 3 / 2).clamp(POSTINGS.start, POSTINGS.end);
        let mut postings = Vec::new();
        let mut size = most;
        for term in 0..index.terms.len() as u32 {
            let weight = index.weight(term)?;
            // A large list has a file of its own.
            if size >= most || (weight >= most && size > 0) {
                postings.push(term);
                size = 0;
            }
            size += weight;
        }
        let mut texts = Vec::new();
        let mut size = TEXT;
        for (at, document) in index.documents.iter().enumerate() {
            if size >= TEXT {
                texts.push(at);
                size = 0;
            }
            size += document.sections.iter().map(|section| section.text.len()).sum::<usize>() + 100;
        }
        let version = version(&index.documents);
        let sets = beginnings(&index);
        Ok(Export { index, version, postings, texts, sets })
    }

    /// What the files are made of.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The path of every file, relative to the root of the site.
    pub fn paths(&self) -> Vec<String> {
        let blocks = self.index.dictionary.blocks().len();
        let turned = self.index.reversed().blocks().len();
        let cards = self.index.len().div_ceil(CARDS);
        let numbered = [
            ("c", cards),
            ("d", blocks),
            ("e", self.index.elsewhere.blocks().len()),
            ("f", Facet::ALL.len()),
            ("p", self.postings.len()),
            ("r", turned),
            ("s", blocks),
            ("t", self.texts.len()),
            ("x", self.postings.len()),
        ];
        let numbered = numbered
            .into_iter()
            .flat_map(|(name, count)| (0..count).map(move |at| format!("{FOLDER}{name}/{at}.js")));
        let single = ["meta", "reverse"];
        numbered.chain(single.map(|name| format!("{FOLDER}{name}.js"))).collect()
    }

    /// The bytes of a file; `None` if there is no such file.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, SearchError> {
        let Some(name) = path.strip_prefix(FOLDER).and_then(|rest| rest.strip_suffix(".js")) else {
            return Ok(None);
        };
        Ok(self.content(name)?.map(|bytes| script(name, &bytes)))
    }

    fn content(&self, name: &str) -> Result<Option<Vec<u8>>, SearchError> {
        let index = &self.index;
        let Some((folder, number)) = name.split_once('/') else {
            return Ok(match name {
                "meta" => Some(self.meta()?),
                "reverse" => Some(json(&first_words(index.reversed()))?),
                _ => None,
            });
        };
        let Ok(at) = number.parse::<usize>() else { return Ok(None) };
        Ok(match folder {
            "d" => index.dictionary.blocks().nth(at).map(dictionary_block),
            "r" => index.reversed().blocks().nth(at).map(dictionary_block),
            "s" => self.sets.get(at).map(|sets| json(&synonyms(index, sets, at))).transpose()?,
            "e" => index.elsewhere.blocks().nth(at).map(<[u8]>::to_vec),
            "f" => {
                index.columns.iter().nth(at).map(|(_, column)| json(&facet(column))).transpose()?
            }
            "p" => self.terms(at).map(|terms| postings_block(index, terms)).transpose()?,
            "x" => self.terms(at).map(|terms| positions_block(index, terms)).transpose()?,
            "c" => {
                let range = at * CARDS..((at + 1) * CARDS).min(index.len());
                (!range.is_empty()).then(|| self.cards(range)).transpose()?
            }
            "t" => self
                .texts
                .get(at)
                .map(|start| {
                    let end = self.texts.get(at + 1).copied().unwrap_or(index.len());
                    json(&index.documents[*start..end].iter().map(text).collect::<Vec<_>>())
                })
                .transpose()?,
            _ => None,
        })
    }

    fn terms(&self, block: usize) -> Option<Range<u32>> {
        let start = *self.postings.get(block)?;
        Some(start..self.postings.get(block + 1).copied().unwrap_or(self.index.terms.len() as u32))
    }

    fn meta(&self) -> io::Result<Vec<u8>> {
        let index = &self.index;
        let before = std::iter::once(&0).chain(&self.postings);
        let kinds = index.documents.iter().map(|d| (d.kind.as_str(), d.kind_title.as_str()));
        let facet = |(facet, column): (Facet, &Column)| {
            let mut counts = column.counts(0..index.len());
            counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            counts.truncate(VALUES);
            counts.sort_by(|a, b| a.value.cmp(&b.value));
            let counts = counts.into_iter().map(|c| (c.value, c.title, c.count)).collect();
            (facet.name(), column.values.len(), counts)
        };
        let head = json(&Meta {
            version: &self.version,
            documents: index.len(),
            words: index.words(),
            cards: CARDS,
            stop: &index.stop,
            elsewhere: index.elsewhere.blocks().len(),
            kinds: kinds.collect(),
            dictionary: first_words(&index.dictionary),
            postings: self.postings.iter().zip(before).map(|(at, before)| at - before).collect(),
            terms: self.postings.iter().map(|at| &*index.terms[*at as usize]).collect(),
            facets: index.columns.iter().map(facet).collect(),
        })?;
        let mut bytes = Vec::new();
        number(&mut bytes, head.len() as u64);
        bytes.extend(head);
        let norms = (0..index.len() as u32).map(|at| index.norms(at));
        let (bodies, titles): (Vec<u8>, Vec<u8>) = norms.unzip();
        let weights = index.documents.iter().map(|document| document.weight.unwrap_or(100));
        bytes.extend(bodies.into_iter().chain(titles).chain(weights));
        Ok(bytes)
    }

    /// Address, title, ID, kind, file of text, place in it, why others come first, severity.
    fn cards(&self, range: Range<usize>) -> io::Result<Vec<u8>> {
        let card = |at: usize| {
            let document = &self.index.documents[at];
            let file = self.texts.partition_point(|start| *start <= at).saturating_sub(1);
            let place = at - self.texts[file];
            let id = document.id.as_deref().unwrap_or_default();
            let past = document.past.as_deref().unwrap_or_default();
            let severity = document.severity.as_deref().unwrap_or_default();
            (&document.url, &document.title, id, &document.kind, file, place, past, severity)
        };
        json(&range.map(card).collect::<Vec<_>>())
    }
}

fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(value)?)
}

/// Description; anchor, heading and text of each section; name and values of each field.
type Text<'d> = (&'d str, Vec<(&'d str, &'d str, &'d str)>, Vec<(&'static str, String)>);

fn text(document: &Document) -> Text<'_> {
    let sections = document.sections.iter();
    let names = document.names().into_iter().filter(|(_, values)| !values.is_empty());
    (
        &document.description,
        sections.map(|s| (s.anchor.as_str(), s.heading.as_str(), s.text.as_str())).collect(),
        names.map(|(name, values)| (name, values.join(", "))).collect(),
    )
}

/// Changes with the content, so that a browser does not mix files of two builds.
fn version(documents: &[Document]) -> String {
    let mut hash = blake3::Hasher::new();
    for document in documents {
        for part in [&document.url, &document.title, &document.description] {
            hash.update(part.as_bytes());
        }
        for section in &document.sections {
            hash.update(section.heading.as_bytes());
            hash.update(section.text.as_bytes());
        }
        for (_, values) in document.names() {
            for value in values {
                hash.update(value.as_bytes());
            }
        }
    }
    hash.finalize().to_hex()[..8].to_string()
}

/// For each block of the dictionary the sets that a word of it, or one that would stand in
/// it, can begin.
fn beginnings(index: &Index) -> Vec<BTreeSet<usize>> {
    let mut sets = vec![BTreeSet::new(); index.dictionary.blocks().len()];
    for (at, set) in index.sets.iter().enumerate() {
        for form in set.asked.iter().filter_map(|phrase| phrase.first()).flatten() {
            sets[index.dictionary.block_of(form)].insert(at);
        }
    }
    sets
}

/// A phrase: for each word its forms.
type Forms = Vec<Vec<String>>;

/// Of each set its term, the phrases that ask for it and begin in a block, and those that
/// are marked.
fn synonyms<'i>(
    index: &'i Index,
    sets: &BTreeSet<usize>,
    block: usize,
) -> Vec<(u32, Vec<&'i Forms>, &'i [Forms])> {
    let begins = |phrase: &&Forms| {
        let mut firsts = phrase.first().into_iter().flatten();
        firsts.any(|form| index.dictionary.block_of(form) == block)
    };
    let sets = sets.iter().map(|at| &index.sets[*at]);
    sets.map(|set| (set.term, set.asked.iter().filter(begins).collect(), &*set.found)).collect()
}

/// The values of a facet with their titles, and for each document the places of its
/// values: a number, or a list unless there is just one.
fn facet(column: &Column) -> impl Serialize + use<'_> {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Row<'a> {
        One(u32),
        Many(&'a [u32]),
    }
    fn row(values: &[u32]) -> Row<'_> {
        if let [one] = values[..] { Row::One(one) } else { Row::Many(values) }
    }
    (&column.values, column.rows.iter().map(|values| row(values)).collect::<Vec<_>>())
}

fn first_words(dictionary: &Dictionary) -> Vec<&str> {
    dictionary.blocks().filter_map(|block| Some(&*block.first()?.surface)).collect()
}

/// Of each word what it does not share with the one before, the step to its term, how far
/// back another form of its stem is, and its documents with a flag for synonyms.
fn dictionary_block(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut word, mut term) = ("", 0i64);
    let mut last: HashMap<u32, usize> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        let same = shared(word, &entry.surface);
        word = &entry.surface;
        let rest = &word.as_bytes()[same..];
        number(&mut bytes, same as u64);
        number(&mut bytes, rest.len() as u64);
        bytes.extend(rest);
        let step = i64::from(entry.term) - term;
        term = i64::from(entry.term);
        number(&mut bytes, if step < 0 { (-step * 2 - 1) as u64 } else { (step * 2) as u64 });
        let before = last.insert(entry.stem, at);
        number(&mut bytes, before.map_or(0, |before| (at - before) as u64));
        number(&mut bytes, u64::from(entry.documents) << 1 | u64::from(entry.begins));
    }
    bytes
}

/// For each term the number of bytes, then for each document its distance from the
/// one before with two flags, and what the flags announce.
fn postings_block(index: &Index, terms: Range<u32>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    for term in terms {
        list.clear();
        let mut next = 0;
        for posting in index.postings(term)? {
            let fields = u64::from(posting.id)
                | u64::from(posting.title) << 1
                | u64::from(posting.names) << 3
                | u64::from(posting.lead) << 5
                | u64::from(posting.heading) << 6;
            let step = u64::from(posting.document - next);
            next = posting.document + 1;
            let flags = u64::from(posting.body > 1) << 1 | u64::from(fields > 0);
            number(&mut list, step << 2 | flags);
            if posting.body > 1 {
                number(&mut list, u64::from(posting.body - 2));
            }
            if fields > 0 {
                number(&mut list, fields);
            }
        }
        number(&mut bytes, list.len() as u64);
        bytes.extend(&list);
    }
    Ok(bytes)
}

/// For each term the number of bytes, then for each of its documents the positions,
/// each as its distance from the one before.
fn positions_block(index: &Index, terms: Range<u32>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    for term in terms {
        list.clear();
        index.positions(term, |_, positions| {
            let mut last = 0;
            for position in positions {
                number(&mut list, u64::from(position - last));
                last = *position;
            }
        })?;
        number(&mut bytes, list.len() as u64);
        bytes.extend(&list);
    }
    Ok(bytes)
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn number(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 127 {
        bytes.push(value as u8 | 128);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn script(name: &str, bytes: &[u8]) -> Vec<u8> {
    let deflated = miniz_oxide::deflate::compress_to_vec(bytes, LEVEL);
    let mut script = Vec::with_capacity(deflated.len() * 4 / 3 + name.len() + 32);
    script.extend(format!("casebookShard(\"{name}\",\"").bytes());
    crate::text::base64::encode_into(&deflated, &mut script);
    script.extend(b"\")\n");
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_a_file_and_no_other_has() {
        let documents = (0..50).map(|at| Document {
            url: format!("p/{at}.html"),
            title: format!("Page {at}"),
            kind: "guide".into(),
            ..Document::default()
        });
        let index = Index::build(documents.collect(), "en", &[], &str::to_string).expect("builds");
        let export = Export::new(index).expect("exports");
        let paths = export.paths();
        assert!(paths.contains(&"search/c/1.js".to_string()));
        for path in &paths {
            let bytes = export.get(path).expect("reads").expect("exists");
            assert!(bytes.starts_with(b"casebookShard(\""), "{path}");
            assert_eq!(Some(bytes), export.get(path).expect("reads"));
        }
        for path in ["search/c/5.js", "search/c/-1.js", "search/q/0.js", "search/meta", "meta.js"] {
            assert_eq!(export.get(path).expect("reads"), None, "{path}");
        }
    }

    #[test]
    fn an_empty_index_has_files_too() {
        let index = Index::build(Vec::new(), "en", &[], &str::to_string).expect("builds");
        let export = Export::new(index).expect("exports");
        let single = 2 + Facet::ALL.len() + export.index.elsewhere.blocks().len();
        assert_eq!(export.paths().len(), single);
        for path in export.paths() {
            assert!(export.get(&path).expect("reads").is_some());
        }
    }
}
