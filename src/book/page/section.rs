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
        let html = self.below(anchor);
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

    /// What stands below a top-level heading, up to the next one of its level or above.
    fn below(&self, anchor: &str) -> String {
        let Some(at) = self.headings.iter().position(|h| h.top && h.id == anchor) else {
            return String::new();
        };
        let level = self.headings[at].level;
        let next = self.headings[at + 1..].iter().find(|h| h.top && h.level <= level);
        let open = |heading: &super::Heading| {
            format!("<h{} id=\"{}\"", heading.level, escaped(&heading.id))
        };
        let (from, to) = (open(&self.headings[at]), next.map(open));
        let close = format!("</h{level}>");
        let mut out: Option<String> = None;
        for piece in &self.pieces {
            let text = match piece {
                Piece::Html(html) => html.to_string(),
                Piece::Hole(hole) => self.said(*hole),
            };
            match (&mut out, text.find(&from)) {
                (Some(out), _) => out.push_str(&text),
                (None, Some(at)) => out = Some(text[at..].to_string()),
                (None, None) => continue,
            }
            let Some(all) = &mut out else { continue };
            if let Some(end) = to.as_ref().and_then(|to| all.find(to.as_str())) {
                all.truncate(end);
                break;
            }
        }
        // The heading itself may hold holes, so its end may lie in a later piece.
        let out = out.unwrap_or_default();
        let start = out.find(&close).map_or(out.len(), |at| at + close.len());
        let end = out.find("<section class=\"footnotes\"").unwrap_or(out.len());
        out[start.min(end)..end].to_string()
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
