//! Parts of a page for a smaller circle of readers: quotations with a mark, and rows of
//! blocks. They are taken out of the text before anything reads it.

use super::block::BlockKind;
use super::expanded::Expanded;
use super::markdown::options;
use super::meta::{Front, find_front};
use crate::book::entry::Audience;
use crate::text::data::{Node, Value, parse_yaml};
use crate::text::span::Span;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

/// The text for an audience, and the parts that are left out.
pub(super) fn cut(source: &Expanded, audience: Audience) -> Option<(Expanded, Vec<String>)> {
    let parts = parts(&source.text, audience);
    if parts.is_empty() {
        return None;
    }
    let words = parts.iter().map(|part| source.text[part.clone()].to_string()).collect();
    Some((source.without(&parts), words))
}

/// The parts that are for a smaller circle, in order and apart from each other.
fn parts(text: &str, audience: Audience) -> Vec<Span> {
    let marked = text.contains("[!") && audience < Audience::Restricted;
    if audience == Audience::Restricted || !(marked || text.contains("audience")) {
        return Vec::new();
    }
    let body = match find_front(text) {
        Front::Found { body, .. } => body,
        _ => 0,
    };
    let mut out: Vec<Span> = Vec::new();
    for (event, span) in Parser::new_ext(&text[body..], options()).into_offset_iter() {
        let span = span.start + body..span.end + body;
        if out.last().is_some_and(|last| last.end > span.start) {
            continue;
        }
        match event {
            Event::Start(Tag::BlockQuote(_)) => {
                out.extend((of_mark(&text[span.clone()]) > audience).then_some(span));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                if BlockKind::parse(info.trim()).is_some() =>
            {
                out.extend(rows(text, span, audience));
            }
            _ => {}
        }
    }
    out
}

/// Who may read a quotation: `> [!INTERNAL]`, `> [!RESTRICTED]`.
fn of_mark(text: &str) -> Audience {
    let inner = text.trim_start().strip_prefix('>').unwrap_or(text).trim_start();
    let word = inner.strip_prefix("[!").and_then(|rest| rest.split(']').next());
    let word = word.map(str::to_ascii_lowercase).unwrap_or_default();
    Audience::parse(&word).unwrap_or(Audience::Public)
}

/// The rows of a block that are for a smaller circle.
fn rows(text: &str, fence: Span, audience: Audience) -> Vec<Span> {
    let first = text[fence.clone()].find('\n').map_or(fence.end, |at| fence.start + at + 1);
    let closing = text[first..fence.end].trim_end().rfind('\n').map(|at| first + at + 1);
    let last = closing.filter(|at| text[*at..fence.end].trim().starts_with(['`', '~']));
    let inner = first..last.unwrap_or(fence.end);
    if !text[inner.clone()].contains("audience") {
        return Vec::new();
    }
    let Ok(tree) = parse_yaml(&text[inner.clone()], inner.start) else {
        // What cannot be read may hold what nobody is to see.
        return vec![fence];
    };
    let Value::List(items) = &tree.root.value else { return Vec::new() };
    let line = |node: &Node| text[..node.span.start].rfind('\n').map_or(0, |at| at + 1);
    let mut out = Vec::new();
    for (number, item) in items.iter().enumerate() {
        if of_row(item) > audience {
            let end = items.get(number + 1).map_or(inner.end, line);
            out.push(line(item)..end);
        }
    }
    out
}

/// Who may read a row. A slip must not show to all what was meant for few.
fn of_row(item: &Node) -> Audience {
    let Value::Map(entries) = &item.value else { return Audience::Public };
    let said = entries.iter().find(|(key, _)| key.name == "audience");
    said.map_or(Audience::Public, |(_, node)| {
        node.text().and_then(Audience::parse).unwrap_or(Audience::Restricted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "---\ntitle: X\n---\n# X\n\nA\n\n> [!INTERNAL]\n> one\n>\n> > [!RESTRICTED]\n> > two\n\nB\n\n\
        ```threats\n- use: T-1\n- id: S-1\n  title: three\n  audience: internal\n- use: T-2\n  audience: secret\n```\n\n\
        - item\n\n  > [!restricted] four\n  > five\n\nC\n";

    fn left(audience: Audience) -> String {
        let source = Expanded::plain(&"a.md".into(), TEXT.into());
        cut(&source, audience).map_or(TEXT.to_string(), |(text, _)| text.text.to_string())
    }

    #[test]
    fn each_circle_has_its_parts() {
        let has = |audience, words: &[&str]| {
            let text = left(audience);
            for word in ["one", "two", "T-1", "three", "T-2", "four", "five", "C"] {
                assert_eq!(
                    text.contains(word),
                    words.contains(&word),
                    "{audience:?} {word}: {text}"
                );
            }
        };
        has(Audience::Public, &["T-1", "C"]);
        has(Audience::Internal, &["one", "T-1", "three", "C"]);
        assert_eq!(left(Audience::Restricted), TEXT);
        let broken = "```threats\n- use: T-1\n audience: [\n```\nx\n";
        let source = Expanded::plain(&"a.md".into(), broken.into());
        assert_eq!(cut(&source, Audience::Public).unwrap().0.text.trim(), "x");
    }

    #[test]
    fn what_is_left_keeps_its_place() {
        let source = Expanded::plain(&"a.md".into(), TEXT.into());
        let (text, words) = cut(&source, Audience::Public).unwrap();
        assert_eq!(words.len(), 4);
        let at = text.text.find("C\n").unwrap();
        let place = text.place(at..at + 1);
        assert_eq!(&TEXT[place.span()], "C");
    }
}
