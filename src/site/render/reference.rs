//! Pages that Casebook writes about itself, from the tables that it works with.

use crate::book::config::Config;
use crate::book::language::Text;
use crate::book::page::{Expanded, Hole, Piece, parse};
use crate::site::view::Heading;
use crate::text::diagnostic::CODES;
use crate::text::markup::{escape, escaped};
use std::fmt::Write as _;

/// The table of diagnostics, with an explanation of each.
pub(super) fn diagnostics(config: &Config, words: &Text) -> String {
    let link = escaped(words.get("link_to_section"));
    let mut out = String::from(
        "<p>Everything that <code>casebook check</code> can find. A code's level is \
         <code>allow</code>, <code>warn</code> or <code>deny</code>; it is set under \
         <code>[levels]</code> in <code>book.toml</code>.</p>\n",
    );
    for code in CODES {
        let level = config.level(*code);
        let _ = write!(
            out,
            "<h2 id=\"{code}\"><code>{code}</code> <a class=\"anchor\" href=\"#{code}\" \
             aria-label=\"{link}\">#</a></h2>\n<p><strong>{}</strong> Level: \
             <code>{}</code>{}.</p>\n{}",
            escaped(code.short()),
            level.name(),
            match level == code.default_level() {
                true => String::new(),
                false => format!(" (by default <code>{}</code>)", code.default_level().name()),
            },
            prose(words, code.explain()),
        );
    }
    out
}

pub(super) fn toc() -> Vec<Heading> {
    CODES
        .iter()
        .map(|code| Heading { id: code.to_string(), text: code.to_string(), children: Vec::new() })
        .collect()
}

/// Markdown of ours, which holds no links to pages, as HTML.
fn prose(words: &Text, markdown: &str) -> String {
    text(words, markdown).0
}

/// Markdown that holds no links to pages as HTML, with its headings.
pub(super) fn text(words: &Text, markdown: &str) -> (String, Vec<Heading>) {
    let source = Expanded::plain(&"reference.md".into(), markdown.into());
    let page = parse(&"reference.md".into(), "reference.md", &source, &Config::default());
    let mut out = String::new();
    let bodies = page.articles.iter().map(|article| &article.body);
    for (body, piece) in bodies.flat_map(|body| body.pieces.iter().map(move |p| (body, p))) {
        match piece {
            Piece::Hole(Hole::Listing(i)) => out.push_str(body.listings[*i].highlighted()),
            Piece::Html(html) => out.push_str(html),
            Piece::Hole(Hole::Open(_) | Hole::Close(_) | Hole::Url(_) | Hole::Picture(_)) => {}
            Piece::Hole(Hole::Entry(_) | Hole::Block(_) | Hole::Chart(_) | Hole::Fragment(_)) => {}
            Piece::Hole(Hole::Label(label)) => escape(words.get(label.key()), &mut out),
        }
    }
    let headings = page.articles.iter().flat_map(super::frame::contents).collect();
    (out, headings)
}
