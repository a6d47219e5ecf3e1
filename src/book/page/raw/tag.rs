//! The tags in a piece of raw HTML, found as a browser finds them.

use super::element;
use crate::text::span::Span;

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Opens an element.
    Open,
    /// Opens an element and is written as if it closed it too: `<br/>`.
    Both,
    /// Closes an element.
    Close,
    /// A comment.
    Comment,
    /// A declaration or a processing instruction.
    Other,
    /// What begins like a tag, comment or the like and never ends.
    Cut,
}

/// A tag in raw HTML.
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    /// What it does.
    pub kind: Kind,
    /// The element's name in lower case; empty for what opens and closes nothing.
    pub name: String,
    /// Where it stands in the piece.
    pub span: Span,
    /// Whether anything stands beside the name.
    pub attributes: bool,
}

/// All tags of a piece. What an element such as `script` holds is no tag when the element
/// is closed; when it is not, its tag opens nothing and the rest is read on.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut scanner = Scanner { html, lower: html.to_ascii_lowercase(), missing: Vec::new() };
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = html[at..].find('<') {
        let start = at + found;
        let Some(tag) = scanner.tag(start) else {
            at = start + 1;
            continue;
        };
        at = tag.span.end;
        if tag.kind == Kind::Open && element::is_raw_text(&tag.name) {
            at = scanner.end_of(at, &tag.name).unwrap_or(at);
        }
        out.push(tag);
    }
    out
}

struct Scanner<'h> {
    html: &'h str,
    lower: String,
    /// What is nowhere in the rest, so that it is looked for once.
    missing: Vec<String>,
}

impl Scanner<'_> {
    fn find(&mut self, from: usize, mark: &str, fits: impl Fn(usize) -> bool) -> Option<usize> {
        if self.missing.iter().any(|missing| missing == mark) {
            return None;
        }
        let mut places = self.lower[from..].match_indices(mark).map(|(at, _)| from + at);
        let found = places.find(|at| fits(at + mark.len()));
        if found.is_none() {
            self.missing.push(mark.to_string());
        }
        found
    }

    /// Where the end tag of this element begins.
    fn end_of(&mut self, from: usize, name: &str) -> Option<usize> {
        let bytes = self.html.as_bytes();
        let ends =
            |at: usize| bytes.get(at).is_some_and(|b| b.is_ascii_whitespace() || b"/>".contains(b));
        self.find(from, &format!("</{name}"), ends)
    }

    /// A comment or the like, up to its mark; without the mark its beginning alone.
    fn other(&mut self, start: usize, opens: &str, mark: &str, kind: Kind) -> Tag {
        let end = self.find(start + opens.len(), mark, |_| true);
        let (kind, end) = match end {
            Some(end) => (kind, end + mark.len()),
            None => (Kind::Cut, start + opens.len()),
        };
        Tag { kind, name: String::new(), span: start..end, attributes: false }
    }

    /// The tag at a `<`; `None` where it is a mere character.
    fn tag(&mut self, start: usize) -> Option<Tag> {
        let rest = &self.html[start..];
        if let Some(short) = ["<!-->", "<!--->"].into_iter().find(|s| rest.starts_with(s)) {
            let span = start..start + short.len();
            return Some(Tag { kind: Kind::Comment, name: String::new(), span, attributes: false });
        }
        for (opens, mark, kind) in [
            ("<!--", "-->", Kind::Comment),
            ("<![CDATA[", "]]>", Kind::Other),
            ("<?", "?>", Kind::Other),
            ("<!", ">", Kind::Other),
        ] {
            if rest.starts_with(opens) {
                return Some(self.other(start, opens, mark, kind));
            }
        }
        let closes = rest.starts_with("</");
        let name_at = 1 + usize::from(closes);
        let name_end = |c: char| c.is_ascii_whitespace() || c == '>' || c == '/';
        let length = rest[name_at..].find(name_end).unwrap_or(rest.len() - name_at);
        let name = &rest[name_at..name_at + length];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return closes.then(|| self.other(start, "</", ">", Kind::Other));
        }
        let Some(end) = tag_end(rest, name_at + length) else {
            // A tag that is cut off takes all the rest for its attributes.
            let span = start..self.html.len();
            return Some(Tag { kind: Kind::Cut, name: String::new(), span, attributes: false });
        };
        let inner = rest[name_at + length..end - 1].trim();
        let kind = match (closes, inner.ends_with('/')) {
            (true, _) => Kind::Close,
            (false, true) => Kind::Both,
            (false, false) => Kind::Open,
        };
        let attributes = !inner.trim_end_matches('/').trim().is_empty();
        let name = name.to_ascii_lowercase();
        Some(Tag { kind, name, span: start..start + end, attributes })
    }
}

/// The end of a tag whose name ends at `from`, the bracket included.
fn tag_end(rest: &str, from: usize) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = from;
    let mut value = false;
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return Some(at + 1),
            quote @ (b'"' | b'\'') if value => {
                at += 1 + bytes[at + 1..].iter().position(|b| *b == quote)?;
                value = false;
            }
            b'=' => value = true,
            b if b.is_ascii_whitespace() => {}
            _ => value = false,
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(html: &str) -> String {
        let show = |tag: &Tag| format!("{:?} {}", tag.kind, &html[tag.span.clone()]);
        tags(html).iter().map(show).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn tags_are_found_as_browsers_find_them() {
        for (html, expected) in [
            ("a < b <3 <b>x</B >", "Open <b> | Close </B >"),
            ("<a b='>' c=\">\">x", "Open <a b='>' c=\">\">"),
            ("<a b=x'y>z'>", "Open <a b=x'y>"),
            ("<br/><a id=x />", "Both <br/> | Both <a id=x />"),
            ("<!-- <b> --><!--><b>", "Comment <!-- <b> --> | Comment <!--> | Open <b>"),
            ("<!-- <b>", "Cut <!-- | Open <b>"),
            (
                "<?php a > b ?><!DOCTYPE html></3>",
                "Other <?php a > b ?> | Other <!DOCTYPE html> | Other </3>",
            ),
            ("<b><div class=\"x\n<b>", "Open <b> | Cut <div class=\"x\n<b>"),
            ("<script>a<b></script ><i>", "Open <script> | Close </script > | Open <i>"),
            ("<title> <b> </titles>", "Open <title> | Open <b> | Close </titles>"),
            ("<é> <1> <", ""),
        ] {
            assert_eq!(seen(html), expected, "{html}");
        }
    }

    #[test]
    fn unclosed_elements_are_looked_for_once() {
        for (piece, count) in [("<script>", 200_000), ("<!--", 200_000), ("<div a=\"", 1)] {
            assert_eq!(tags(&piece.repeat(200_000)).len(), count, "{piece}");
        }
    }
}
