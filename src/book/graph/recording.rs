//! The recordings that pages show: their files, and what is said in them.

use super::{Graph, NodeId};
use crate::book::page::Word;
use crate::book::source::{Sources, join};
use crate::book::vtt::{self, Cue};
use crate::text::diagnostic::{Code, Diagnostic, Words};
use crate::text::span::Place;
use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::ops::Deref;

/// A recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Its file, by its path in the source folder.
    pub media: String,
    /// Whether there is something to see.
    pub video: bool,
    /// The file of its captions.
    pub captions: Option<String>,
    /// What is said, in order.
    pub cues: Vec<Cue>,
    /// The chapters, in order.
    pub chapters: Vec<Cue>,
}

/// Endings of files that can only be heard.
const AUDIO: [&str; 8] = ["mp3", "ogg", "oga", "opus", "wav", "m4a", "aac", "flac"];

/// Endings of files that can be seen.
const VIDEO: [&str; 5] = ["mp4", "webm", "ogv", "mov", "m4v"];

/// Finds the recording of each page that has one.
pub(super) fn collect(
    graph: &Graph,
    sources: &Sources,
) -> (BTreeMap<NodeId, Recording>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut recordings = BTreeMap::new();
    // One file of chapters may serve several pages, and is reported once.
    let mut read: BTreeMap<String, Vec<Cue>> = BTreeMap::new();
    let known = LazyCell::new(|| Words::new(graph.files.iter().map(String::as_str)));
    for node in 0..graph.nodes.len() {
        let meta = &graph.article(node).meta;
        let own = &graph.page(node).path;
        let Some(word) = &meta.media else {
            for word in [&meta.captions, &meta.chapters].into_iter().flatten() {
                let message = "there is no `media` to which this belongs";
                found.push(
                    Diagnostic::new(Code::MalformedCaptions, word.place.clone(), message)
                        .help("add `media:` with the file of the recording"),
                );
            }
            continue;
        };
        let Some(media) = file(graph, &known, own, word, &mut found) else { continue };
        let ending = media.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        if !AUDIO.contains(&ending.as_str()) && !VIDEO.contains(&ending.as_str()) {
            let message = format!("`{}` is no recording that browsers play", word.text);
            let help = format!("accepted: {}, {}", VIDEO.join(", "), AUDIO.join(", "));
            found.push(Diagnostic::new(Code::UnknownValue, word.place.clone(), message).help(help));
            continue;
        }
        let mut cues = |word: &Option<Word>, found: &mut Vec<Diagnostic>| {
            let path = file(graph, &known, own, word.as_ref()?, found)?;
            let known = read.entry(path.clone()).or_insert_with(|| cues(sources, &path, found));
            Some((path, known.clone()))
        };
        let captions = cues(&meta.captions, &mut found);
        let chapters = cues(&meta.chapters, &mut found).map(|(_, cues)| cues);
        let (captions, cues) =
            captions.map_or((None, Vec::new()), |(path, cues)| (Some(path), cues));
        let recording = Recording {
            media,
            video: VIDEO.contains(&ending.as_str()),
            captions,
            cues,
            chapters: chapters.unwrap_or_default(),
        };
        recordings.insert(node, recording);
    }
    (recordings, found)
}

/// The published file that a page names.
fn file(
    graph: &Graph,
    known: &dyn Deref<Target = Words<'_>>,
    own: &str,
    word: &Word,
    found: &mut Vec<Diagnostic>,
) -> Option<String> {
    let path = join(own, word.text.trim());
    if let Some(path) = path.as_ref().filter(|path| graph.files.contains(*path)) {
        return Some(path.clone());
    }
    let message = format!("there is no file `{}` beside this page", word.text);
    let near = known.nearest(path.as_deref().unwrap_or(""));
    let help = near.map(|near| format!("did you mean `{}`?", super::relative_url(own, near)));
    found.push(Diagnostic::new(Code::DanglingLink, word.place.clone(), message).maybe_help(help));
    None
}

fn cues(sources: &Sources, path: &str, found: &mut Vec<Diagnostic>) -> Vec<Cue> {
    let Some((file, read)) = sources.source(path) else { return Vec::new() };
    let Some(text) = read.text() else {
        let message = format!("`{path}` cannot be read as text");
        let place = Place::new(&file, 0..0);
        found.push(Diagnostic::new(Code::MalformedCaptions, place, message));
        return Vec::new();
    };
    let (cues, problems) = vtt::parse(text);
    found.extend(problems.into_iter().map(|problem| {
        Diagnostic::new(Code::MalformedCaptions, Place::new(&file, problem.span), problem.message)
            .maybe_help(problem.help.map(str::to_string))
    }));
    cues
}
