//! Raw HTML.

use super::Writer;
use super::link::{remote_image, unsafe_link};
use crate::book::config::HtmlPolicy;
use crate::book::page::body::{self, Hole, Link, Target, token};
use crate::book::page::{html, link};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::markup::escape;
use crate::text::span::Span;

impl Writer<'_> {
    pub(super) fn raw_html(&mut self, text: &str, span: Span) {
        let text = body::without_tokens(text);
        if !html::keeps(self.config.html) {
            return escape(&text, &mut self.draft().out);
        }
        if text.trim().is_empty() {
            return self.push(&text);
        }
        let place = self.source.place(span);
        if self.config.html == HtmlPolicy::Sanitize && html::loses_attributes(&text) {
            let diagnostic =
                Diagnostic::new(Code::RemovedHtml, place.clone(), "an attribute is left out")
                    .help("event handlers and inline styles are not published");
            self.report(diagnostic);
        }
        let text = html::without_references(&text);
        let anchors = html::anchors(&text);
        let (config, found) = (self.config, &mut self.found);
        let draft = &mut self.drafts[self.current];
        draft.anchors.extend(anchors);
        let html = html::map_addresses(&text, |image, address| {
            // Names of characters that are not known here are left to the cleaner.
            let Some(decoded) = html::decode(address) else { return address.to_string() };
            match link::classify(&decoded) {
                Target::External(url) if image && !config.remote_images => {
                    found.push(remote_image(&url, place.clone()));
                    String::new()
                }
                Target::External(_) => address.to_string(),
                Target::Unsafe(url) => {
                    found.push(unsafe_link(&url, place.clone()));
                    String::new()
                }
                target => {
                    let number =
                        draft.link(Link { target, title: None, image, place: place.clone() });
                    token(Hole::Url(number))
                }
            }
        });
        draft.out.push_str(&html);
        draft.raw = true;
    }
}
