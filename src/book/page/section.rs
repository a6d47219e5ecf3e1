//! A section of a body, cut out so that another page can show it.

use super::body::{Body, Hole, Piece, Target, split, token};
use super::{html, slide};
use crate::text::markup::escaped;
use regex::Regex;
use std::sync::LazyLock;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

static OPEN: LazyLock<Regex> = LazyLock::new(|| pattern(r#"<h[1-6] id="[^"]*"[^>]*>"#));
static CLOSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r##" <a class="anchor" href="[^"]*" aria-label="[^"]*">#</a></h[1-6]>"##)
});
static ID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(<[a-z][a-z0-9]*(?: [^<>]*?)?) id="[^"]*""#));
/// Where a paragraph or an item ends.
static BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"<(/)?(p|li|ul|ol|div|blockquote|pre|table|tr|dl|dt|dd)(?: [^>]*)?>")
});
static TAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"<[^>]*>"));
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| pattern(slide::BETWEEN));

impl Body {
    /// The questions below a top-level heading as plain text: the items of its lists, and
    /// paragraphs that ask something. An entry is named by its ID.
    pub fn questions(&self, anchor: &str) -> Vec<String> {
        let html: String = self
            .section(anchor)
            .unwrap_or_default()
            .iter()
            .map(|piece| match piece {
                Piece::Html(html) => html.to_string(),
                Piece::Hole(hole) => self.said(*hole),
            })
            .collect();
        let mut out = Vec::new();
        let mut from = 0;
        let mut listed = 0usize;
        for tag in BLOCK.captures_iter(&html) {
            let (Some(whole), closes) = (tag.get(0), tag.get(1).is_some()) else { continue };
            let text = plain(&html[from..whole.start()]);
            if !text.is_empty() && (listed > 0 || text.contains('?')) {
                out.push(text);
            }
            from = whole.end();
            match (&tag[2], closes) {
                ("ul" | "ol", false) => listed += 1,
                ("ul" | "ol", true) => listed = listed.saturating_sub(1),
                _ => {}
            }
        }
        out
    }

    /// What a hole says in plain text, as HTML.
    fn said(&self, hole: Hole) -> String {
        match hole {
            Hole::Entry(at) => match self.links.get(at).map(|link| &link.target) {
                Some(Target::Id { text: Some(text), .. }) => escaped(text),
                Some(Target::Id { id, .. }) => escaped(id),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    /// What stands below a top-level heading, up to the next one that is not below it.
    /// Headings in it are paragraphs, and nothing has an ID, since the page that shows
    /// it has headings and IDs of its own. `None` when there is no such heading.
    pub fn section(&self, anchor: &str) -> Option<Vec<Piece>> {
        let at = self.headings.iter().position(|h| h.top && h.id == anchor)?;
        let level = self.headings[at].level;
        let next = self.headings[at + 1..].iter().find(|h| h.top && h.level <= level);
        let text: String = self
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Html(html) => html.to_string(),
                Piece::Hole(hole) => token(*hole),
            })
            .collect();
        let open = |level: u8, id: &str| format!("<h{level} id=\"{}\"", escaped(id));
        let from = text.find(&open(level, anchor))?;
        let close = format!("</h{level}>");
        let from = from + text[from..].find(&close)? + close.len();
        let end = next.and_then(|next| text[from..].find(&open(next.level, &next.id)));
        let end = end.or_else(|| text[from..].find("<section class=\"footnotes\""));
        let cut = text[from..end.map_or(text.len(), |end| from + end)].trim();
        let cut = BETWEEN.replace_all(cut, "");
        let cut = OPEN.replace_all(&cut, "<p class=\"fragment-heading\">");
        let cut = CLOSE.replace_all(&cut, "</p>");
        let cut = ID.replace_all(&cut, "$1");
        // An element of raw HTML may have been cut in two.
        match self.raw {
            true => Some(split(&html::clean(&cut, true))),
            false => Some(split(&cut)),
        }
    }
}

/// The text of HTML on one line.
fn plain(html: &str) -> String {
    let text = html::decode(&TAG.replace_all(html, "")).into_owned();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
