//! Headings, and the entries that they open.

use super::Writer;
use crate::book::config::HtmlPolicy;
use crate::book::page::body::{self, Heading, Hole, Label, Piece, token};
use crate::book::page::draft::{Draft, own_anchor};
use crate::book::page::meta::Word;
use crate::book::page::{Title, html};
use crate::text::address::encode_fragment;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::markup::escaped;
use crate::text::span::{Place, Span};
use pulldown_cmark::HeadingLevel;

impl Writer<'_> {
    /// A heading outside all containers may end the entry that is being written.
    pub(super) fn switch_article(&mut self, level: u8) {
        if self.depth == 0 && self.current > 0 && level <= self.drafts[self.current].level {
            self.current = 0;
        }
    }

    pub(super) fn end_heading(&mut self, _level: HeadingLevel) {
        let Some(open) = self.heading.take() else { return };
        let inner = self.draft().out.split_off(open.start);
        let text = open.text.trim().to_string();
        // A title is shown where its links could not be filled in.
        let title_html = match self.draft().raw && self.config.html == HtmlPolicy::Sanitize {
            true => body::split(&html::clean(&inner, self.config.remote_images)),
            false => body::split(&inner),
        };
        let top = self.depth == 0;
        // `{#step-2}` has the form of an ID, and is one only with the prefix of a kind.
        let entry = |id: &&String| {
            let kind = self.config.kinds.of_id(id);
            self.form.catalogue
                && top
                && self.config.kinds.is_id(id)
                && kind.is_some_and(|kind| kind.catalogue)
        };
        if let Some(id) = open.id.as_ref().filter(entry) {
            let place = self.source.place(open.span.clone());
            let id_place = self.id_place(&open.span, id);
            // The links of the heading are those of the article around the entry.
            let html = match title_html.iter().any(|piece| matches!(piece, Piece::Hole(_))) {
                true => body::split(&escaped(&text)),
                false => title_html,
            };
            let mut draft = Draft::new(place, open.level);
            draft.meta.id = Some(Word { text: id.clone(), place: id_place });
            draft.title = Some(Title { text, html, anchor: None });
            self.drafts.push(draft);
            self.current = self.drafts.len() - 1;
            return;
        }
        let place = self.source.place(open.span);
        let slides = self.form.slides;
        let draft = self.draft();
        let anchor = match open.id {
            Some(id) => {
                let id = own_anchor(&id).into_owned();
                if !draft.claim(&id) {
                    let message = format!("two headings claim the ID `{id}`");
                    let diagnostic = Diagnostic::new(Code::DuplicateAnchor, place, message)
                        .label("links reach only the first one")
                        .help("change one of the two IDs");
                    self.report(diagnostic);
                }
                id
            }
            // Slides are called by their numbers.
            None if slides && text.bytes().all(|b| b.is_ascii_digit()) => {
                draft.slug(&format!("section {text}"))
            }
            None => draft.slug(&text),
        };
        let draft = self.draft();
        if open.level == 1
            && top
            && draft.level == 0
            && draft.title.is_none()
            && draft.out.trim().is_empty()
        {
            draft.title = Some(Title { text, html: title_html, anchor: Some(anchor) });
            return;
        }
        // Inside an entry headings move up, as the entry is a page of its own.
        let level = open.level.saturating_sub(draft.level.saturating_sub(1)).clamp(1, 6);
        let class = match open.classes.is_empty() {
            true => String::new(),
            false => format!(" class=\"{}\"", escaped(&open.classes.join(" "))),
        };
        let id = escaped(&anchor);
        let link = encode_fragment(&anchor);
        draft.out.push_str(&format!(
            "<h{level} id=\"{id}\"{class}>{inner} <a class=\"anchor\" href=\"#{}\" \
             aria-label=\"{}\">#</a></h{level}>\n",
            escaped(&link),
            token(Hole::Label(Label::LinkToSection)),
        ));
        draft.headings.push(Heading { level, id: anchor, text, top });
    }

    pub(super) fn id_place(&self, span: &Span, id: &str) -> Place {
        let text = self.source.text.get(span.clone()).unwrap_or("");
        match text.rfind(id) {
            Some(at) => self.source.place(span.start + at..span.start + at + id.len()),
            None => self.source.place(span.clone()),
        }
    }
}
