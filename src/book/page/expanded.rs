//! A page's text that remembers where each piece of it came from, so that what is found in it
//! points at the file that somebody wrote.

use crate::text::span::{Place, Span};
use std::sync::Arc;

/// A page's text with everything included.
#[derive(Debug, Clone, PartialEq)]
pub struct Expanded {
    /// The text.
    pub text: Arc<str>,
    /// Where its parts came from, in order and without gaps.
    pub segments: Vec<Segment>,
    /// The title that `{{#title}}` gave.
    pub title: Option<String>,
}

/// A part of an expanded text that stands as it is in one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// First byte in the expanded text.
    pub start: usize,
    /// The file.
    pub file: Arc<str>,
    /// First byte in that file.
    pub origin: usize,
}

impl Expanded {
    /// A text that includes nothing.
    pub fn plain(file: &Arc<str>, text: Arc<str>) -> Expanded {
        let segments = vec![Segment { start: 0, file: file.clone(), origin: 0 }];
        Expanded { text, segments, title: None }
    }

    /// The place in a file of a span of the expanded text.
    pub fn place(&self, span: Span) -> Place {
        let at = self.segments.partition_point(|s| s.start <= span.start).saturating_sub(1);
        let segment = &self.segments[at];
        let limit = self.segments.get(at + 1).map_or(self.text.len(), |next| next.start);
        // Escapes in the source shift what was reckoned from the text; whole characters stay.
        let whole = |at: &usize| self.text.is_char_boundary(*at);
        let first = (0..=span.start.min(self.text.len())).rev().find(whole).unwrap_or(0);
        let last = (span.end..self.text.len()).find(whole).unwrap_or(self.text.len());
        let span = first..last;
        let end = span.end.min(limit).max(span.start);
        let shift = |offset: usize| offset - segment.start + segment.origin;
        Place::new(&segment.file, shift(span.start)..shift(end))
    }

    /// The text with parts of it replaced, in order. What is put in stands in no file; it is
    /// placed where it was put.
    pub fn rewritten(&self, edits: &[(Span, impl AsRef<str>)]) -> Expanded {
        let added: usize = edits.iter().map(|(_, put)| put.as_ref().len()).sum();
        let mut text = String::with_capacity(self.text.len() + added);
        let mut segments = Vec::with_capacity(self.segments.len() + 2 * edits.len());
        let mut from = 0;
        for (span, put) in edits {
            self.copy_to(from..span.start, &mut text, &mut segments);
            if !put.as_ref().is_empty() {
                let Place { file, start, .. } = self.place(span.start..span.start);
                segments.push(Segment { start: text.len(), file, origin: start });
                text.push_str(put.as_ref());
            }
            from = span.end;
        }
        self.copy_to(from..self.text.len(), &mut text, &mut segments);
        Expanded { text: text.into(), segments, title: self.title.clone() }
    }

    /// Appends a part with the places that it comes from.
    fn copy_to(&self, part: Span, text: &mut String, segments: &mut Vec<Segment>) {
        if part.is_empty() {
            return;
        }
        let Place { file, start, .. } = self.place(part.start..part.start);
        segments.push(Segment { start: text.len(), file, origin: start });
        let later =
            self.segments.iter().skip(self.segments.partition_point(|s| s.start <= part.start));
        for segment in later.take_while(|segment| segment.start < part.end) {
            let start = text.len() + segment.start - part.start;
            segments.push(Segment { start, ..segment.clone() });
        }
        text.push_str(&self.text[part]);
    }

    /// The files that were included.
    pub fn included(&self) -> impl Iterator<Item = &Arc<str>> {
        let own = self.segments.first().map(|s| s.file.clone());
        self.segments.iter().map(|s| &s.file).filter(move |file| Some(*file) != own.as_ref())
    }
}
