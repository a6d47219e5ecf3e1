//! Text, and the links in double brackets that stand in it.

use super::Writer;
use crate::book::entry::Kinds;
use crate::book::page::body::{self, Hole, Link, Target, token};
use crate::text::address::Address;
use crate::text::markup::escape;
use crate::text::span::{Place, Span};

/// No link in double brackets is so long, in bytes.
pub const MAX_WIKI_LINK: usize = 2_000;

/// No title of a page is so long, in bytes.
const MAX_TITLE: usize = 200;

impl Writer<'_> {
    pub(super) fn add_text(&mut self, text: &str, span: Span) {
        self.text_map.push((self.text.len(), span.start));
        self.text.push_str(&body::without_tokens(text));
    }

    /// Whether `[[ID|some` is open: then its text goes on in the next line.
    pub(super) fn in_wiki_link(&self) -> bool {
        let open = self.text.rfind("[[").filter(|_| self.text.len() < MAX_WIKI_LINK);
        self.links.is_empty() && open.is_some_and(|at| !self.text[at..].contains("]]"))
    }

    pub(super) fn flush_text(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let map = std::mem::take(&mut self.text_map);
        if let Some(image) = &mut self.image {
            image.alt.push_str(&text);
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&text);
        }
        if !self.form.plain {
            self.missing_notes(&text, &map);
            self.foreign_text(&text, &map);
        }
        if !text.contains("[[") || !self.links.is_empty() {
            escape(&text, &mut self.drafts[self.current].out);
            return;
        }
        self.text_with_ids(&text, &map);
    }

    /// Writes text in which `[[ID]]`, `[[ID#heading]]` and `[[ID|text]]` are links.
    pub(super) fn text_with_ids(&mut self, text: &str, map: &[(usize, usize)]) {
        let mut rest = text;
        // Where the next end of a link is, so that text full of beginnings is read once.
        let mut end = 0;
        while let Some(open) = rest.find("[[") {
            let inner = &rest[open + 2..];
            let start = text.len() - inner.len();
            if end < start {
                match inner.find("]]") {
                    Some(length) => end = start + length,
                    None => break,
                }
            }
            let at = source_of(map, start - 2);
            let inner = Some(&text[start..end])
                .filter(|inner| inner.len() < MAX_WIKI_LINK && self.is_unescaped(at));
            if let Some((path, alt)) = inner.and_then(picture)
                && let Some(before) = rest[..open].strip_suffix('!')
            {
                escape(before, &mut self.draft().out);
                let place = self.source.place(at..at + end + 2 - (start - 2));
                self.embedded(path, alt, place);
                rest = &text[end + 2..];
                continue;
            }
            let embeds = text[..start - 2].ends_with('!');
            let target = inner.and_then(|inner| {
                let by_title = || titled(inner).filter(|_| !embeds);
                wiki_link(inner, &self.config.kinds).or_else(by_title)
            });
            let Some(target) = target else {
                if let Some(inner) = inner.filter(|_| embeds) {
                    self.foreign_embed(inner, at..at + end + 2 - (start - 2));
                }
                // Of three brackets the last two may be the link's.
                escape(&rest[..=open], &mut self.draft().out);
                rest = &rest[open + 1..];
                continue;
            };
            escape(&rest[..open], &mut self.draft().out);
            let length = match &target {
                Target::Id { id, .. } => id.len(),
                _ => end - start,
            };
            let place = self.source.place(at + 2..at + 2 + length);
            let draft = self.draft();
            let number =
                draft.link(Link { target, title: None, alt: String::new(), image: false, place });
            draft.out.push_str(&token(Hole::Entry(number)));
            rest = &text[end + 2..];
        }
        escape(rest, &mut self.draft().out);
    }

    /// Shows a picture that is written as in Obsidian.
    fn embedded(&mut self, path: &str, alt: &str, place: Place) {
        let address = Address::Relative { path: path.into(), anchor: None, query: String::new() };
        let link = Link {
            target: Target::Address(address),
            title: None,
            alt: alt.to_string(),
            image: true,
            place,
        };
        let draft = self.draft();
        let number = draft.link(link);
        draft.out.push_str(&token(Hole::Picture(number)));
    }

    /// Whether the source has two brackets at this place, and no backslash or character
    /// reference makes them text.
    pub(super) fn is_unescaped(&self, at: usize) -> bool {
        let text = &self.source.text;
        let backslashes = text.as_bytes()[..at.min(text.len())].iter().rev();
        let backslashes = backslashes.take_while(|b| **b == b'\\').count();
        text.get(at..).is_some_and(|text| text.starts_with("[[")) && backslashes % 2 == 0
    }
}

/// The place in the source of an offset in text that was put together from parts.
pub(super) fn source_of(map: &[(usize, usize)], offset: usize) -> usize {
    let at = map.partition_point(|(text, _)| *text <= offset).saturating_sub(1);
    map.get(at).map_or(offset, |(text, origin)| origin + offset - text)
}

/// What stands between double brackets, when it begins with something like an ID:
/// letters, a hyphen, and a number somewhere; or what a kind declares.
fn wiki_link(inner: &str, kinds: &Kinds) -> Option<Target> {
    let (id, anchor, text) = parts(inner);
    kinds.is_linked(id).then(|| Target::Id { id: id.to_string(), anchor, text })
}

/// What stands between double brackets, when it can be the title or the file name of a page.
fn titled(inner: &str) -> Option<Target> {
    let (title, anchor, text) = parts(inner);
    let good = title.starts_with(char::is_alphabetic)
        && title.len() <= MAX_TITLE
        && !title.contains(['[', ']', '\n', '"', '$', '=', '<', '>', '{']);
    let written = format!("[[{inner}]]");
    good.then(|| Target::Titled { title: title.to_string(), anchor, text, written })
}

/// What is named between double brackets, the heading there, and the author's own words.
fn parts(inner: &str) -> (&str, Option<String>, Option<String>) {
    let (target, text) = match inner.split_once('|') {
        Some((target, text)) => (target, Some(text.trim().to_string())),
        None => (inner, None),
    };
    let target = target.trim_end_matches('\\').trim();
    let (name, anchor) = match target.split_once('#') {
        Some((name, anchor)) => (name.trim(), Some(anchor.trim().to_string())),
        None => (target, None),
    };
    (name, anchor, text.filter(|text| !text.is_empty()))
}

/// The path of a picture between double brackets, and what it shows: `x.png|words`. What
/// follows the pipe may be a width, which says nothing.
fn picture(inner: &str) -> Option<(&str, &str)> {
    const KINDS: [&str; 7] = ["avif", "gif", "jpeg", "jpg", "png", "svg", "webp"];
    let (path, words) = inner.split_once('|').unwrap_or((inner, ""));
    let (path, words) = (path.trim(), words.trim());
    let (stem, kind) = path.rsplit_once('.')?;
    let known = KINDS.contains(&kind.to_ascii_lowercase().as_str());
    let name = stem.rsplit('/').next().unwrap_or(stem);
    let width = words.bytes().all(|b| b.is_ascii_digit() || b == b'x');
    let good = known && !stem.contains([':', '[', '\n']);
    good.then_some((path, if width { name } else { words }))
}
