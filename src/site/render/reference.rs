//! Pages that Casebook writes about itself, from the tables that it works with.

use crate::book::config::Config;
use crate::book::language::Text;
use crate::book::page::{Expanded, Hole, Piece, parse};
use crate::site::view::Heading;
use crate::text::diagnostic::{CODES, Code, Level};
use crate::text::markup::{escape, escaped};
use std::fmt::Write as _;

/// What each level is called, the worst first: the anchor of its group, and the key of its words.
const GROUPS: [(Level, &str, &str); 3] = [
    (Level::Deny, "Casebook-deny", "diagnostics_deny"),
    (Level::Warn, "Casebook-warn", "diagnostics_warn"),
    (Level::Allow, "Casebook-allow", "diagnostics_allow"),
];

/// The codes of a level in this book.
fn codes(config: &Config, level: Level) -> Vec<Code> {
    CODES.iter().copied().filter(|code| config.level(*code) == level).collect()
}

/// The table of diagnostics by level, with an explanation of each.
pub(super) fn diagnostics(config: &Config, words: &Text) -> String {
    let mut out = String::from(
        "<p>Run <code>casebook check</code> and look here for the code in brackets; \
         <code>casebook explain CODE</code> says the same. The level of a code is set under \
         <code>[levels]</code> in <code>book.toml</code>.</p>\n",
    );
    for (level, anchor, key) in GROUPS {
        let codes = codes(config, level);
        if codes.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "<h2 id=\"{anchor}\">{} <span class=\"count\">{}</span></h2>\n<dl class=\"codes\">\n",
            escaped(words.get(key)),
            codes.len()
        );
        for code in &codes {
            let short = prose(words, code.short());
            let _ = writeln!(
                out,
                "<dt><a href=\"#{code}\"><code>{code}</code></a></dt><dd>{short}</dd>"
            );
        }
        out.push_str("</dl>\n");
        for code in codes {
            explain(config, words, code, &mut out);
        }
    }
    out
}

fn explain(config: &Config, words: &Text, code: Code, out: &mut String) {
    let link = escaped(words.get("link_to_section"));
    let level = config.level(code);
    let _ = write!(
        out,
        "<h3 id=\"{code}\"><code>{code}</code> <a class=\"anchor\" href=\"#{code}\" \
         aria-label=\"{link}\">#</a></h3>\n<p><strong>{}</strong> Level: \
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

/// The groups of the page.
pub(super) fn toc(config: &Config, words: &Text) -> Vec<Heading> {
    let filled = GROUPS.iter().filter(|(level, ..)| !codes(config, *level).is_empty());
    filled
        .map(|(_, anchor, key)| Heading {
            id: (*anchor).into(),
            text: words.get(key).into(),
            children: Vec::new(),
        })
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
