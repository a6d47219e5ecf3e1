//! Places in source text: byte ranges, and lines and columns made from them.

use std::ops::Range;
use std::sync::Arc;

/// A range of bytes in one source file.
pub type Span = Range<usize>;

/// A span together with the file it lies in.
///
/// The file is named by its path relative to the book's root, with `/` between
/// the parts on every system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Path of the file, relative to the book's root.
    pub file: Arc<str>,
    /// First byte of the range.
    pub start: usize,
    /// One past the last byte of the range.
    pub end: usize,
}

impl Place {
    /// A place in `file`.
    pub fn new(file: &Arc<str>, span: Span) -> Place {
        Place { file: file.clone(), start: span.start, end: span.end.max(span.start) }
    }

    /// The byte range alone.
    pub fn span(&self) -> Span {
        self.start..self.end
    }
}

/// Line and column of a byte offset, both counted from 1; the column counts
/// characters, as editors do.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Moves a span onto character boundaries inside `text`.
pub fn clamp(text: &str, span: Span) -> Span {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_column("a\nüber x", 2), (2, 1));
        assert_eq!(line_column("a\nüber x", 8), (2, 6));
        assert_eq!(line_column("", 9), (1, 1));
    }

    #[test]
    fn clamp_never_splits_a_character() {
        assert_eq!(clamp("aü", 2..2), 1..3);
        assert_eq!(clamp("a", 5..9), 1..1);
    }
}
