//! Building the index and reading its postings.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use tantivy::directory::RamDirectory;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::{InvertedIndexReader, SegmentReader};
use tantivy::postings::Postings as _;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::store::Compressor;
use tantivy::tokenizer::{PreTokenizedString, RawTokenizer, TextAnalyzer, Token, TokenizerManager};
use tantivy::{DocSet, IndexSettings, SingleSegmentIndexWriter, TERMINATED, TantivyDocument};

use super::dictionary::{Dictionary, Entry};
use super::elsewhere::Elsewhere;
use super::facet::Columns;
use super::lexicon::{Shared, language};
use super::synonym::{Meaning, Phrase, Synonyms};
use super::words::{fold, words};
use super::{Document, SearchError};

/// Sizes tantivy's tables; memory grows beyond it if need be.
const BUDGET: usize = 50_000_000;

/// The search index of a site.
pub struct Index {
    pub(super) documents: Vec<Document>,
    /// Everything that a document says, once more in the fields below.
    body: Arc<InvertedIndexReader>,
    title: Arc<InvertedIndexReader>,
    names: Arc<InvertedIndexReader>,
    lead: Arc<InvertedIndexReader>,
    heading: Arc<InvertedIndexReader>,
    id: Arc<InvertedIndexReader>,
    body_norms: FieldNormReader,
    title_norms: FieldNormReader,
    /// Every term in order; its place is its number.
    pub(super) terms: Vec<Box<str>>,
    pub(super) dictionary: Dictionary,
    reversed: OnceLock<Dictionary>,
    /// Stop words, in order.
    pub(super) stop: Vec<String>,
    pub(super) columns: Columns,
    pub(super) sets: Vec<SynonymSet>,
    pub(super) elsewhere: &'static Elsewhere,
}

/// Words and phrases by which others are found, in terms of the index.
#[derive(Debug)]
pub(super) struct SynonymSet {
    /// The term that every text with one of the phrases has.
    pub term: u32,
    /// The phrases that ask for it, word by word: the forms of each.
    pub asked: Vec<Vec<Vec<String>>>,
    /// The phrases that are marked in a text.
    pub found: Vec<Vec<Vec<String>>>,
}

/// A document that has a term. Counts end at what the export has bits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posting {
    pub document: u32,
    /// How often the term is in the document.
    pub body: u32,
    /// How often it is in the title, at most 3.
    pub title: u32,
    /// How often it is in what the document is also called, at most 3.
    pub names: u32,
    /// Whether it is in the sentence that says what the document is about.
    pub lead: bool,
    /// How often it is in headings, tags and references, at most 3.
    pub heading: u32,
    /// Whether it is the document's ID.
    pub id: bool,
}

/// Titles, names and headings have two bits in the export.
const MOST: u32 = 3;

/// The fields of the schema, in this order.
struct Fields {
    body: Field,
    title: Field,
    names: Field,
    lead: Field,
    heading: Field,
    id: Field,
}

impl Index {
    /// Indexes documents. Where two match equally well, the earlier one comes first.
    ///
    /// `language_code` is the language of the site, such as `en`; without a stemmer
    /// for it words are compared as they are written. `meanings` are the words by which
    /// others are found. `word` says how a word of the vocabulary, such as `data-store`,
    /// is shown.
    pub fn build(
        documents: Vec<Document>,
        language_code: &str,
        meanings: &[Meaning],
        word: &dyn Fn(&str) -> String,
    ) -> Result<Index, SearchError> {
        let lexicon = Shared::new(language(language_code), meanings);
        let (schema, fields) = schema();
        let tokenizers = TokenizerManager::new();
        tokenizers.register("words", TextAnalyzer::builder(lexicon.clone()).build());
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
            writer.add_document(fields.fill(document, &lexicon))?;
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
        let (terms, mut dictionary, stop) = read_dictionary(&body, &lexicon)?;
        let sets = synonym_sets(&lexicon, &terms, &dictionary);
        let firsts = sets.iter().flat_map(|set| &set.asked).filter_map(|phrase| phrase.first());
        dictionary.mark_beginnings(firsts.flatten().map(String::as_str));
        Ok(Index {
            elsewhere: Elsewhere::of(language_code),
            sets,
            columns: Columns::of(&documents, word),
            documents,
            title: inverted(fields.title)?,
            names: inverted(fields.names)?,
            lead: inverted(fields.lead)?,
            heading: inverted(fields.heading)?,
            id: inverted(fields.id)?,
            body_norms: norms(fields.body)?,
            title_norms: norms(fields.title)?,
            body,
            terms,
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

    /// The documents that have a term, in order.
    pub(super) fn postings(&self, term: u32) -> io::Result<Vec<Posting>> {
        let Some(text) = self.terms.get(term as usize) else { return Ok(Vec::new()) };
        let mut postings = Vec::new();
        let none = Posting {
            document: 0,
            body: 0,
            title: 0,
            names: 0,
            lead: false,
            heading: 0,
            id: false,
        };
        for_each(&self.body, text, |document, body| {
            postings.push(Posting { document, body, ..none });
        })?;
        // Every document of the other fields is among those of the body.
        let mut add = |reader: &InvertedIndexReader, set: fn(&mut Posting, u32)| {
            let mut at = 0;
            for_each(reader, text, |document, count| {
                at += postings[at..].partition_point(|p: &Posting| p.document < document);
                if let Some(posting) = postings.get_mut(at).filter(|p| p.document == document) {
                    set(posting, count.min(MOST));
                }
            })
        };
        add(&self.title, |posting, count| posting.title = count)?;
        add(&self.names, |posting, count| posting.names = count)?;
        add(&self.lead, |posting, _| posting.lead = true)?;
        add(&self.heading, |posting, count| posting.heading = count)?;
        add(&self.id, |posting, _| posting.id = true)?;
        Ok(postings)
    }

    /// How many bytes tantivy takes for a term's postings; tells where to cut blocks.
    pub(super) fn weight(&self, term: u32) -> io::Result<usize> {
        let info = self.body.terms().get(self.terms[term as usize].as_bytes())?;
        Ok(info.map_or(0, |info| info.postings_range.len()))
    }

    /// Calls with each document that has a term, and the positions of the term in it.
    pub(super) fn positions(
        &self,
        term: u32,
        mut found: impl FnMut(u32, &[u32]),
    ) -> io::Result<()> {
        let Some(text) = self.terms.get(term as usize) else { return Ok(()) };
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
        body: field("body", "words", IndexRecordOption::WithFreqsAndPositions, true),
        title: field("title", "words", IndexRecordOption::WithFreqs, true),
        names: field("names", "words", IndexRecordOption::WithFreqs, false),
        lead: field("lead", "words", IndexRecordOption::WithFreqs, false),
        heading: field("heading", "words", IndexRecordOption::WithFreqs, false),
        id: field("id", "raw", IndexRecordOption::Basic, false),
    };
    (schema.build(), fields)
}

impl Fields {
    fn fill(&self, document: &Document, lexicon: &Shared) -> TantivyDocument {
        let mut filled = TantivyDocument::new();
        let mut add = |field, text: &str| {
            if !text.is_empty() {
                filled.add_text(field, text);
            }
        };
        let title_term = lexicon.title_term(&document.title);
        if let Some(term) = &title_term {
            add(self.id, term);
        }
        add(self.title, &document.title);
        add(self.body, &document.title);
        add(self.lead, &document.description);
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
        for (name, values) in document.names() {
            for value in values {
                add(if name == "also" { self.names } else { self.heading }, value);
                add(self.body, value);
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
        for term in document.applies_to.iter().filter_map(|word| lexicon.synonyms().property(word))
        {
            for field in [self.lead, self.heading, self.body] {
                filled.add_pre_tokenized_text(field, as_it_is(&term));
            }
        }
        // The words of it would be stop words.
        if let Some(term) = title_term {
            filled.add_pre_tokenized_text(self.body, as_it_is(&term));
        }
        filled
    }
}

/// A term that is no word of a text.
fn as_it_is(term: &str) -> PreTokenizedString {
    // The default position is the largest number, which the next text would overflow.
    let token = Token { text: term.to_string(), position: 0, ..Token::default() };
    PreTokenizedString { text: term.to_string(), tokens: vec![token] }
}

/// The terms in order, the dictionary of all words, and the stop words.
fn read_dictionary(
    body: &InvertedIndexReader,
    lexicon: &Shared,
) -> io::Result<(Vec<Box<str>>, Dictionary, Vec<String>)> {
    let mut terms: Vec<Box<str>> = Vec::new();
    let mut numbers: FxHashMap<Box<str>, (u32, u32)> = FxHashMap::default();
    let mut stream = body.terms().stream()?;
    while let Some((term, info)) = stream.next() {
        let term: Box<str> = String::from_utf8_lossy(term).into();
        numbers.insert(term.clone(), (terms.len() as u32, info.doc_freq));
        terms.push(term);
    }
    let mut entries = Vec::new();
    let mut stop = Vec::new();
    let lexicon = lexicon.lock();
    let mut stems: FxHashMap<&str, u32> = FxHashMap::default();
    for (surface, stem) in lexicon.surfaces() {
        let Some(stem) = stem else {
            stop.push(surface.to_string());
            continue;
        };
        let Some((term, documents)) = numbers.get(surface).copied() else { continue };
        // Any form can give its number to the stem: it only has to be the same for all.
        let number = stems.entry(stem).or_insert(term);
        let entry =
            Entry { surface: surface.into(), term, stem: *number, documents, begins: false };
        entries.push(entry);
    }
    stop.sort_unstable();
    Ok((terms, Dictionary::new(entries), stop))
}

/// The sets of which a document has a phrase.
fn synonym_sets(lexicon: &Shared, terms: &[Box<str>], dictionary: &Dictionary) -> Vec<SynonymSet> {
    let synonyms = lexicon.synonyms();
    let lexicon = lexicon.lock();
    let words = synonyms.sets.iter().flat_map(|(asked, found)| asked.iter().chain(found)).flatten();
    let mut by_stem: FxHashMap<&str, Vec<&str>> =
        words.filter_map(|(_, stem)| Some((stem.as_deref()?, Vec::new()))).collect();
    for (surface, stem) in
        lexicon.surfaces().filter(|(surface, _)| dictionary.get(surface).is_some())
    {
        if let Some(forms) = stem.and_then(|stem| by_stem.get_mut(stem)) {
            forms.push(surface);
        }
    }
    let forms = |(word, stem): &(String, Option<String>)| {
        let known = stem.as_deref().and_then(|stem| by_stem.get(stem)).into_iter().flatten();
        let known: BTreeSet<&str> = known.copied().filter(|form| form != word).collect();
        std::iter::once(word.as_str()).chain(known).map(str::to_string).collect()
    };
    let phrases = |phrases: &[Phrase]| {
        phrases.iter().map(|phrase| phrase.iter().map(forms).collect()).collect()
    };
    let set = |(at, (asked, found)): (usize, &(Vec<Phrase>, Vec<Phrase>))| {
        let term = Synonyms::term(at);
        let term = terms.binary_search_by(|s| (**s).cmp(&term)).ok()? as u32;
        Some(SynonymSet { term, asked: phrases(asked), found: phrases(found) })
    };
    synonyms.sets.iter().enumerate().filter_map(set).collect()
}
