//! A text put together from parts of others, each of which keeps its place.

use super::expanded::{Expanded, Segment};
use crate::text::span::{Place, Span};

/// A text while it is put together.
#[derive(Default)]
pub(super) struct Splicer {
    text: String,
    segments: Vec<Segment>,
}

impl Splicer {
    /// Copies a part of a text.
    pub fn copy(&mut self, from: &Expanded, span: Span) {
        let ends = from.segments.iter().skip(1).map(|segment| segment.start);
        let ends = ends.chain([from.text.len()]);
        for (segment, end) in from.segments.iter().zip(ends) {
            let part = span.start.max(segment.start)..span.end.min(end);
            if part.start < part.end {
                let origin = segment.origin + part.start - segment.start;
                self.segments.push(Segment {
                    start: self.text.len(),
                    file: segment.file.clone(),
                    origin,
                });
                self.text.push_str(&from.text[part]);
            }
        }
    }

    /// Adds what stands in no file; what is found in it is told at a place.
    pub fn own(&mut self, text: &str, at: &Place) {
        let (file, origin) = (at.file.clone(), at.start);
        self.segments.push(Segment { start: self.text.len(), file, origin });
        self.text.push_str(text);
    }

    /// Whether what is there ends with a line.
    pub fn end_line(&mut self, at: &Place) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.own("\n", at);
        }
    }

    /// The whole text. `like` gives what is not text, and the file where nothing is left.
    pub fn finish(mut self, like: &Expanded) -> Expanded {
        if self.segments.is_empty() {
            self.segments.extend(like.segments.first().cloned());
        }
        let title = like.title.clone();
        Expanded { text: self.text.into(), segments: self.segments, title }
    }
}

impl Expanded {
    /// A part of the text.
    pub(super) fn part(&self, span: Span) -> Expanded {
        let mut out = Splicer::default();
        out.copy(self, span);
        out.finish(self)
    }

    /// The text without some of its parts, which are in order.
    pub(super) fn without(&self, parts: &[Span]) -> Expanded {
        let mut out = Splicer::default();
        let mut at = 0;
        for part in parts {
            out.copy(self, at..part.start);
            at = part.end;
        }
        out.copy(self, at..self.text.len());
        out.finish(self)
    }
}
