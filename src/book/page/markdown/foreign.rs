//! Forms of other programs, and footnotes of which one half is missing: shown as text, and
//! told.

use super::Writer;
use crate::book::page::foreign::{self, EMBED, Form};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::{Place, Span};
use std::collections::BTreeSet;

impl Writer<'_> {
    /// Looks at the head of a paragraph.
    pub(super) fn foreign_paragraph(&mut self, span: &Span) {
        let source = self.source;
        let line = source.text[span.clone()].lines().next().unwrap_or_default();
        // A mark in the middle of what became a definition was mended by a backslash.
        let bare = line.strip_prefix('\\').filter(|rest| rest.starts_with(':')).unwrap_or(line);
        if let Some(form) = foreign::at_head(bare.trim_end()) {
            let place = source.place(span.start..span.start + line.len());
            self.foreign(form, place);
        }
    }

    /// Looks through text that is no code.
    pub(super) fn foreign_text(&mut self, text: &str, map: &[(usize, usize)]) {
        for (form, span) in foreign::in_text(text) {
            let at = super::text::source_of(map, span.start);
            let before = self.source.text.get(..at).unwrap_or_default();
            let after = self.source.text.get(at + span.len()..).unwrap_or_default();
            // Behind a backslash it is meant as text, and before code it is a role.
            if !before.ends_with('\\') && !after.starts_with('`') {
                let place = self.source.place(at..at + span.len());
                self.foreign(form, place);
            }
        }
        for (at, _) in text.match_indices("{{#") {
            let name = text[at + 3..].split(|c: char| !c.is_alphanumeric() && c != '_').next();
            let strange = name.is_some_and(|name| !name.is_empty() && !super::is_directive(name));
            if let Some(form) = foreign::preprocessor().filter(|_| strange) {
                let start = super::text::source_of(map, at);
                let place = self.source.place(start..start + 3 + name.map_or(0, str::len));
                self.foreign(form, place);
            }
        }
    }

    /// Looks at what stands before a code span.
    pub(super) fn foreign_role(&mut self, span: &Span) {
        let line = self.source.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        if let Some((form, length)) = foreign::before_code(&self.source.text[line..span.start]) {
            let place = self.source.place(span.start - length..span.end);
            self.foreign(form, place);
        }
    }

    /// Looks at `![[Some Page]]`.
    pub(super) fn foreign_embed(&mut self, inner: &str, span: Span) {
        if inner.starts_with(char::is_alphabetic) {
            let place = self.source.place(span);
            self.foreign(&EMBED, place);
        }
    }

    /// Tells a form once; a book with many pages is told once too, as the message names none.
    pub(super) fn foreign(&mut self, form: &Form, place: Place) {
        if self.told.insert(form.looks.to_string()) {
            let message = form.message();
            self.report(Diagnostic::new(Code::ForeignMarkup, place, message).help(form.help()));
        }
    }

    /// Looks for `[^name]` in text: a reference that has no footnote.
    pub(super) fn missing_notes(&mut self, text: &str, map: &[(usize, usize)]) {
        for (at, _) in text.match_indices("[^") {
            let inner = &text[at + 2..];
            let word = |c: char| !(c.is_alphanumeric() || "-_.".contains(c));
            let length = inner.find(word).unwrap_or(inner.len());
            let after = &inner[length..];
            let closed =
                after.starts_with(']') && !after[1..].starts_with(['*', '+', '{', '?', '(']);
            let from = super::text::source_of(map, at);
            let written = format!("[^{}]", &inner[..length]);
            let here = self.source.text.get(from..).unwrap_or_default();
            if length == 0 || !closed || !here.starts_with(&written) {
                continue;
            }
            let place = self.source.place(from..from + written.len());
            let message = format!("there is no footnote `{written}`");
            self.report(
                Diagnostic::new(Code::LoneFootnote, place, message)
                    .label("shown as text")
                    .help(format!("add a line `{written}: text`, or write it in backticks")),
            );
        }
    }

    /// Says which footnotes nothing refers to, when the page is read.
    pub(super) fn lone_notes(&mut self) {
        let mut seen = BTreeSet::new();
        for (article, name, place) in std::mem::take(&mut self.defined) {
            if !seen.insert((article, name.clone())) {
                let message = format!("the footnote `[^{name}]` stands twice");
                self.report(
                    Diagnostic::new(Code::LoneFootnote, place, message)
                        .label("only the first one is shown")
                        .help("give one of them another name"),
                );
                continue;
            }
            if self.drafts[article].footnotes.is_referred_to(&name) {
                continue;
            }
            let message = format!("nothing refers to the footnote `[^{name}]`");
            self.report(
                Diagnostic::new(Code::LoneFootnote, place, message)
                    .label("so it is not shown")
                    .help(format!("write `[^{name}]` in the text of the same entry, or remove it")),
            );
        }
    }
}
