//! Marks of other programs, and footnotes of which one half is missing: shown as text, and
//! told.

use super::Writer;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Span;

/// A mark at the head of a paragraph that another program reads.
struct Foreign {
    /// How it begins.
    head: &'static str,
    /// What it is. It names no page, so that a book is told once.
    message: &'static str,
    help: &'static str,
}

const FOREIGN: [Foreign; 5] = [
    Foreign {
        head: "!!! ",
        message: "`!!!` opens an admonition of MkDocs and is shown as text here",
        help: "write a quotation: `> [!NOTE] Title`, and its text in lines that begin with `>`",
    },
    Foreign {
        head: "???",
        message: "`???` opens a folded admonition of MkDocs and is shown as text here",
        help: "write a quotation: `> [!NOTE]- Title`, and its text in lines that begin with `>`",
    },
    Foreign {
        head: "=== \"",
        message: "`===` opens a tab of MkDocs and is shown as text here",
        help: "give code fences a tab: ```` ```sh tab=\"Linux\" ````",
    },
    Foreign {
        head: ":::",
        message: "`:::` opens a container of Docusaurus or VitePress and is shown as text here",
        help: "write a quotation: `> [!NOTE] Title`, and its text in lines that begin with `>`",
    },
    Foreign {
        head: "{%",
        message: "`{%` opens a tag of a template language and is shown as text here",
        help: "write what the tag would have made",
    },
];

/// Whether what follows the head of a mark is a word, as in `!!! note`.
fn is_marked(line: &str, foreign: &Foreign) -> bool {
    let Some(rest) = line.strip_prefix(foreign.head) else { return false };
    let rest = rest.trim_start_matches(['+', ':', ' ', '-']);
    rest.starts_with(|c: char| c.is_ascii_alphabetic()) || foreign.head.ends_with('"')
}

impl Writer<'_> {
    /// Looks at the head of a paragraph.
    pub(super) fn foreign_paragraph(&mut self, span: &Span) {
        let source = self.source;
        let line = source.text[span.clone()].lines().next().unwrap_or_default();
        let line = line.trim_start_matches('\\');
        if let Some(foreign) = FOREIGN.iter().find(|foreign| is_marked(line, foreign)) {
            let place = source.place(span.start..span.start + line.len());
            self.foreign(foreign.message, foreign.help, place);
        }
    }

    /// Looks at `[[Some Page]]` and `![[x.png]]`, which are links by ID alone here.
    pub(super) fn foreign_link(&mut self, inner: &str, embeds: bool, span: Span) {
        let name = inner.split(['|', '#']).next().unwrap_or_default();
        let letter = name.starts_with(|c: char| c.is_alphabetic());
        let page = letter && name.contains(' ') && !name.contains(['[', '=', '$', '"', '(']);
        let place = self.source.place(span);
        match embeds {
            true if letter => self.foreign(
                "`![[...]]` shows a page or another file in Obsidian and is text here",
                "write `![what it shows](picture.png)`, or `{{#include page.md}}`",
                place,
            ),
            false if page => self.foreign(
                "`[[Some Page]]` is a link of a wiki and is shown as text here",
                "write `[Some Page](some-page.md)`, or an ID between the brackets",
                place,
            ),
            _ => {}
        }
    }

    fn foreign(&mut self, message: &str, help: &str, place: crate::text::span::Place) {
        if !self.found.iter().any(|d| d.code == Code::ForeignMarkup && d.message == message) {
            self.report(Diagnostic::new(Code::ForeignMarkup, place, message).help(help));
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
        for (article, name, place) in std::mem::take(&mut self.defined) {
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
