//! Building the index and reading its postings.

use std::io;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use tantivy::directory::RamDirectory;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::{InvertedIndexReader, SegmentReader};
use tantivy::postings::Postings as _;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::store::Compressor;
use tantivy::tokenizer::{RawTokenizer, TextAnalyzer, TokenizerManager};
use tantivy::{DocSet, IndexSettings, SingleSegmentIndexWriter, TERMINATED, TantivyDocument};

use super::dictionary::{Dictionary, Entry};
use super::facet::Columns;
use super::lexicon::{Shared, language};
use super::synonym::{Phrase, Synonyms};
use super::words::{fold, words};
use super::{Document, SearchError};

/// Sizes tantivy's tables; memory grows beyond it if need be.
const BUDGET: usize = 50_000_000;

/// Further occurrences in a title are not counted; the export has three bits for it.
const MOST_IN_TITLE: u32 = 7;

/// The search index of a site.
pub struct Index {
    pub(super) documents: Vec<Document>,
    /// Everything that a document says, once more in the fields below.
    body: Arc<InvertedIndexReader>,
    title: Arc<InvertedIndexReader>,
    heading: Arc<InvertedIndexReader>,
    id: Arc<InvertedIndexReader>,
    body_norms: FieldNormReader,
    title_norms: FieldNormReader,
    /// Every stem in order; its place is its number.
    pub(super) stems: Vec<Box<str>>,
    pub(super) dictionary: Dictionary,
    reversed: OnceLock<Dictionary>,
    /// Stop words, in order.
    pub(super) stop: Vec<String>,
    pub(super) columns: Columns,
    pub(super) sets: Vec<SynonymSet>,
}

/// Words and phrases that mean the same, in terms of the index.
#[derive(Debug)]
pub(super) struct SynonymSet {
    /// The stem that every text with one of them has.
    pub stem: u32,
    /// The phrases, word by word.
    pub phrases: Vec<Vec<SynonymWord>>,
}

/// A word of a synonym.
#[derive(Debug)]
pub(super) struct SynonymWord {
    /// The stem; a stop word has none, nor has a word that is in no document.
    pub stem: Option<u32>,
    /// The word as declared, then its other forms in the documents.
    pub forms: Vec<String>,
}

/// A document that has a stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posting {
    pub document: u32,
    /// How often the stem is in the document.
    pub body: u32,
    /// How often it is in the title.
    pub title: u32,
    /// How often it is in headings, tags and other names.
    pub heading: u32,
    /// Whether it is the document's ID.
    pub id: bool,
}

/// The fields of the schema, in this order.
struct Fields {
    body: Field,
    title: Field,
    heading: Field,
    id: Field,
}

impl Index {
    /// Indexes documents. Where two match equally well, the earlier one comes first.
    ///
    /// `language_code` is the language of the site, such as `en`; without a stemmer
    /// for it words are compared as they are written. `synonyms` are sets of words and
    /// phrases that mean the same. `word` says how a word of the vocabulary, such as
    /// `data-store`, is shown.
    pub fn build(
        documents: Vec<Document>,
        language_code: &str,
        synonyms: &[Vec<String>],
        word: &dyn Fn(&str) -> String,
    ) -> Result<Index, SearchError> {
        let lexicon = Shared::new(language(language_code), synonyms);
        let (schema, fields) = schema();
        let tokenizers = TokenizerManager::new();
        tokenizers.register("stems", TextAnalyzer::builder(lexicon.clone()).build());
        tokenizers.register("raw", TextAnalyzer::builder(RawTokenizer::default()).build());
        // One thread and one segment: document numbers are those of `documents`.
        let mut writer: SingleSegmentIndexWriter = tantivy::Index::builder()
            .schema(schema)
            .tokenizers(tokenizers)
            .settings(IndexSettings {
                docstore_compression: Compressor::None,
                docstore_compress_dedicated_thread: false,
                ..IndexSettings::default()
            })
            .single_segment_index_writer(RamDirectory::create(), BUDGET)?;
        for document in &documents {
            writer.add_document(fields.fill(document))?;
        }
        let index = writer.finalize()?;
        let segment = match index.searchable_segments()?.first() {
            Some(segment) if !documents.is_empty() => Some(SegmentReader::open(segment)?),
            _ => None,
        };
        let inverted = |field| match &segment {
            Some(segment) => segment.inverted_index(field),
            None => Ok(Arc::new(InvertedIndexReader::empty(IndexRecordOption::Basic))),
        };
        let norms = |field| match &segment {
            Some(segment) => segment.get_fieldnorms_reader(field),
            None => Ok(FieldNormReader::constant(0, 1)),
        };
        let body = inverted(fields.body)?;
        let (stems, dictionary, stop) = read_dictionary(&body, &lexicon)?;
        let sets = synonym_sets(lexicon.synonyms(), &stems, &dictionary);
        Ok(Index {
            sets,
            columns: Columns::of(&documents, word),
            documents,
            title: inverted(fields.title)?,
            heading: inverted(fields.heading)?,
            id: inverted(fields.id)?,
            body_norms: norms(fields.body)?,
            title_norms: norms(fields.title)?,
            body,
            stems,
            dictionary,
            reversed: OnceLock::new(),
            stop,
        })
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The dictionary of reversed words; only typing errors need it.
    pub(super) fn reversed(&self) -> &Dictionary {
        self.reversed.get_or_init(|| self.dictionary.reversed())
    }

    /// The number of words in all documents and in all titles.
    pub(super) fn words(&self) -> (u64, u64) {
        (self.body.total_num_tokens(), self.title.total_num_tokens())
    }

    /// The codes of the lengths of a document and of its title.
    pub(super) fn norms(&self, document: u32) -> (u8, u8) {
        (self.body_norms.fieldnorm_id(document), self.title_norms.fieldnorm_id(document))
    }

    /// The documents that have a stem, in order.
    pub(super) fn postings(&self, stem: u32) -> io::Result<Vec<Posting>> {
        let Some(text) = self.stems.get(stem as usize) else { return Ok(Vec::new()) };
        let mut postings = Vec::new();
        for_each(&self.body, text, |document, body| {
            postings.push(Posting { document, body, title: 0, heading: 0, id: false });
        })?;
        // Every document of the other fields is among those of the body.
        let mut add = |reader: &InvertedIndexReader, set: fn(&mut Posting, u32)| {
            let mut at = 0;
            for_each(reader, text, |document, count| {
                at += postings[at..].partition_point(|p: &Posting| p.document < document);
                if let Some(posting) = postings.get_mut(at).filter(|p| p.document == document) {
                    set(posting, count);
                }
            })
        };
        add(&self.title, |posting, count| posting.title = count.min(MOST_IN_TITLE))?;
        add(&self.heading, |posting, count| posting.heading = count)?;
        add(&self.id, |posting, _| posting.id = true)?;
        Ok(postings)
    }

    /// How many bytes tantivy takes for a stem's postings; tells where to cut blocks.
    pub(super) fn weight(&self, stem: u32) -> io::Result<usize> {
        let info = self.body.terms().get(self.stems[stem as usize].as_bytes())?;
        Ok(info.map_or(0, |info| info.postings_range.len()))
    }

    /// Calls with each document that has a stem, and the positions of the stem in it.
    pub(super) fn positions(
        &self,
        stem: u32,
        mut found: impl FnMut(u32, &[u32]),
    ) -> io::Result<()> {
        let Some(text) = self.stems.get(stem as usize) else { return Ok(()) };
        let Some(info) = self.body.terms().get(text.as_bytes())? else { return Ok(()) };
        let option = IndexRecordOption::WithFreqsAndPositions;
        let mut postings = self.body.read_postings_from_terminfo(&info, option)?;
        let mut positions = Vec::new();
        while postings.doc() != TERMINATED {
            postings.positions(&mut positions);
            found(postings.doc(), &positions);
            postings.advance();
        }
        Ok(())
    }
}

/// Calls with each document that has a term, and how often it has it.
fn for_each(
    reader: &InvertedIndexReader,
    term: &str,
    mut found: impl FnMut(u32, u32),
) -> io::Result<()> {
    let Some(info) = reader.terms().get(term.as_bytes())? else { return Ok(()) };
    let mut postings =
        reader.read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
    while postings.block_len() > 0 {
        for at in 0..postings.block_len() {
            found(postings.doc(at), postings.freq(at));
        }
        postings.advance();
    }
    Ok(())
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let mut field = |name: &str, tokenizer: &str, option, norms| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(option)
            .set_fieldnorms(norms);
        schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    };
    let fields = Fields {
        body: field("body", "stems", IndexRecordOption::WithFreqsAndPositions, true),
        title: field("title", "stems", IndexRecordOption::WithFreqs, true),
        heading: field("heading", "stems", IndexRecordOption::WithFreqs, false),
        id: field("id", "raw", IndexRecordOption::Basic, false),
    };
    (schema.build(), fields)
}

impl Fields {
    fn fill(&self, document: &Document) -> TantivyDocument {
        let mut filled = TantivyDocument::new();
        let mut add = |field, text: &str| {
            if !text.is_empty() {
                filled.add_text(field, text);
            }
        };
        add(self.title, &document.title);
        add(self.body, &document.title);
        if let Some(id) = &document.id {
            add(self.title, id);
            add(self.body, id);
        }
        for id in document.id.iter().chain(&document.aliases) {
            add(self.id, &fold(id));
            if let Some(key) = words(id).next().and_then(|word| word.key(id)) {
                add(self.id, &key);
            }
        }
        for (_, values) in document.names() {
            for name in values {
                add(self.heading, name);
                add(self.body, name);
            }
        }
        let opening = document.sections.first().map_or("", |section| section.text.as_str());
        if !opening.starts_with(document.description.trim_end_matches(['…', '.'])) {
            add(self.body, &document.description);
        }
        for section in &document.sections {
            add(self.heading, &section.heading);
            add(self.body, &section.heading);
            add(self.body, &section.text);
        }
        filled
    }
}

/// The stems in order, the dictionary of surface forms, and the stop words.
fn read_dictionary(
    body: &InvertedIndexReader,
    lexicon: &Shared,
) -> io::Result<(Vec<Box<str>>, Dictionary, Vec<String>)> {
    let mut stems: Vec<Box<str>> = Vec::new();
    let mut numbers: FxHashMap<Box<str>, (u32, u32)> = FxHashMap::default();
    let mut stream = body.terms().stream()?;
    while let Some((term, info)) = stream.next() {
        let stem: Box<str> = String::from_utf8_lossy(term).into();
        numbers.insert(stem.clone(), (stems.len() as u32, info.doc_freq));
        stems.push(stem);
    }
    let mut entries = Vec::new();
    let mut stop = Vec::new();
    for (surface, stem) in lexicon.lock().surfaces() {
        match stem {
            Some(stem) => entries.extend(numbers.get(stem).map(|(number, documents)| Entry {
                surface: surface.into(),
                stem: *number,
                documents: *documents,
            })),
            None => stop.push(surface.to_string()),
        }
    }
    stop.sort_unstable();
    Ok((stems, Dictionary::new(entries), stop))
}

/// The sets of which a document has a phrase.
fn synonym_sets(
    synonyms: &Synonyms,
    stems: &[Box<str>],
    dictionary: &Dictionary,
) -> Vec<SynonymSet> {
    let number = |stem: &str| stems.binary_search_by(|s| (**s).cmp(stem)).ok().map(|n| n as u32);
    let word = |(word, stem): &(String, Option<String>)| {
        let stem = stem.as_deref().and_then(number);
        let mut forms = vec![word.clone()];
        forms.extend(stem.into_iter().flat_map(|stem| dictionary.forms_of(stem)));
        forms[1..].sort();
        forms.dedup();
        if let Some(again) = forms.iter().skip(1).position(|form| form == word) {
            forms.remove(again + 1);
        }
        SynonymWord { stem, forms }
    };
    let set = |(at, phrases): (usize, &Vec<Phrase>)| {
        let stem = number(&Synonyms::term(at))?;
        let phrases = phrases.iter().map(|phrase| phrase.iter().map(word).collect());
        Some(SynonymSet { stem, phrases: phrases.collect() })
    };
    synonyms.sets.iter().enumerate().filter_map(set).collect()
}
