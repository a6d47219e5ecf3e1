//! Bare addresses in text become links, by the rules of GitHub Flavored Markdown's
//! "Autolinks (extension)".

use super::markdown::MAX_WIKI_LINK;
use super::raw::Placed;
use crate::text::span::Span;
use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

/// An address in text.
#[derive(Debug, PartialEq)]
struct Found {
    span: Span,
    /// What stands before the text to make an address of it.
    scheme: &'static str,
}

/// Makes links of the bare addresses in all text that stands in no link, image or code.
pub fn link<'t>(events: Vec<Placed<'t>>, text: &'t str) -> Vec<Placed<'t>> {
    let mut out = Vec::with_capacity(events.len());
    let mut closed = 0usize;
    let mut at = 0;
    while at < events.len() {
        let (event, span) = &events[at];
        match event {
            // Blanks that a tab leaves stand nowhere.
            Event::Text(_) if closed == 0 && !is_tag(event) && !span.is_empty() => {
                at = text_run(&events, at, text, &mut out);
                continue;
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => closed += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => {
                closed = closed.saturating_sub(1);
            }
            Event::InlineHtml(tag) if opens_link(tag) => closed += 1,
            Event::InlineHtml(tag) if tag.to_ascii_lowercase().starts_with("</a") => {
                closed = closed.saturating_sub(1);
            }
            _ => {}
        }
        out.push((event.clone(), span.clone()));
        at += 1;
    }
    out
}

fn opens_link(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    tag.strip_prefix("<a").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_whitespace()))
        && !tag.ends_with("</a>")
}

/// Whether a text is a tag of raw HTML that has no partner.
fn is_tag(event: &Event<'_>) -> bool {
    matches!(event, Event::Text(text) if text.len() > 2 && text.starts_with('<') && text.ends_with('>'))
}

/// Copies the texts that follow each other from `first` on, with links in them. Gives the
/// number of the event after them.
fn text_run<'t>(
    events: &[Placed<'t>],
    first: usize,
    text: &'t str,
    out: &mut Vec<Placed<'t>>,
) -> usize {
    let start = events[first].1.start;
    let mut next = first;
    let mut end = start;
    while let Some((event @ Event::Text(_), span)) = events.get(next)
        && !(is_tag(event) || span.is_empty())
        && follows(text, end, span.start)
    {
        end = span.end;
        next += 1;
    }
    let mut copied = first;
    let mut from = start;
    while let Some(mut found) = find(text, from, end) {
        // Emphasis within the address is part of it.
        let reach = reach(events, next, text, end, found.span.end);
        if found.span.end > reach.1 {
            let Some(shorter) = address(&text[found.span.start..reach.1], found.scheme) else {
                from = found.span.start + 1;
                continue;
            };
            found.span.end = found.span.start + shorter;
        }
        if found.span.end > end {
            (next, end) = reach;
        }
        copied =
            copy(&events[..next], copied, text, from.min(found.span.start)..found.span.start, out);
        write(text, &found, out);
        from = found.span.end;
        while copied < next && events[copied].1.end <= from {
            copied += 1;
        }
    }
    copy(&events[..next], copied, text, from..end, out);
    next
}

/// Whether a text at `next` goes on with one that ends at `end`.
fn follows(text: &str, end: usize, next: usize) -> bool {
    end <= next && matches!(&text[end..next], "" | "\\")
}

/// How far an address that ends at `wanted` may reach beyond a run of texts: the number of
/// the next event, and the end in the source.
fn reach(
    events: &[Placed<'_>],
    mut next: usize,
    text: &str,
    mut end: usize,
    wanted: usize,
) -> (usize, usize) {
    while end < wanted {
        let Some((event, span)) =
            events.get(next).filter(|(_, span)| follows(text, end, span.start))
        else {
            break;
        };
        match event {
            Event::Text(_) if !is_tag(event) => next += 1,
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
                if span.end <= wanted =>
            {
                let inside = events[next..].iter().take_while(|(_, inner)| inner.start < span.end);
                next += inside.count();
            }
            _ => break,
        }
        end = span.end;
    }
    (next, end)
}

/// Copies the part of the texts that lies in `span`.
fn copy<'t>(
    events: &[Placed<'t>],
    from: usize,
    text: &'t str,
    span: Span,
    out: &mut Vec<Placed<'t>>,
) -> usize {
    let mut at = from;
    while let Some((event, own)) = events.get(at).filter(|(_, own)| own.start < span.end) {
        if own.start >= span.start && own.end <= span.end {
            out.push((event.clone(), own.clone()));
        } else {
            // Texts in which an address begins or ends stand in the source as they are.
            let part = own.start.max(span.start)..own.end.min(span.end);
            if !part.is_empty() {
                out.push((Event::Text(CowStr::Borrowed(&text[part.clone()])), part));
            }
        }
        if own.end > span.end {
            break;
        }
        at += 1;
    }
    at
}

fn write<'t>(text: &'t str, found: &Found, out: &mut Vec<Placed<'t>>) {
    let span = found.span.clone();
    let shown = plain(&text[span.clone()]);
    let address: CowStr<'t> = format!("{}{shown}", found.scheme).into();
    let link = Tag::Link {
        link_type: LinkType::Autolink,
        dest_url: address,
        title: "".into(),
        id: "".into(),
    };
    out.push((Event::Start(link), span.clone()));
    out.push((Event::Text(shown.into()), span.clone()));
    out.push((Event::End(TagEnd::Link), span));
}

/// An address without the backslashes and references of Markdown.
fn plain(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut chars = written.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' || !chars.peek().is_some_and(char::is_ascii_punctuation) {
            out.push(c);
        }
    }
    out.replace("&amp;", "&")
}

const SCHEMES: [&str; 4] = ["http://", "https://", "ftp://", "mailto:"];

/// The first address that begins in `from..to`; it may end later.
fn find(text: &str, from: usize, to: usize) -> Option<Found> {
    let mut at = from;
    let bytes = text.as_bytes();
    while at < to {
        let step = bytes[at..to].iter().position(|b| b":@wW".contains(b))?;
        let mark = at + step;
        at = mark + 1;
        let found = match bytes[mark] {
            b':' => url(text, from, mark),
            b'@' => mail(text, from, mark),
            _ => www(text, from, mark),
        };
        if let Some(found) = found
            && !in_brackets(&text[from..to], found.span.start - from)
        {
            return Some(found);
        }
    }
    None
}

/// Whether a link in double brackets is around this place.
fn in_brackets(text: &str, at: usize) -> bool {
    let near = |from: usize, to: usize| &text.as_bytes()[from..to];
    let before = near(at.saturating_sub(MAX_WIKI_LINK), at);
    let after = near(at, text.len().min(at + MAX_WIKI_LINK));
    let last = before.windows(2).rev().find(|pair| matches!(*pair, b"[[" | b"]]"));
    last == Some(b"[[") && after.windows(2).any(|pair| pair == b"]]")
}

fn url(text: &str, from: usize, colon: usize) -> Option<Found> {
    let head = text[from..colon].bytes().rev().take(6).take_while(u8::is_ascii_alphabetic).count();
    let start = colon - head;
    let before = text[..start].chars().next_back();
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let rest = &text[start..];
    let scheme = SCHEMES.into_iter().find(|scheme| {
        rest.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    })?;
    if scheme == "mailto:" {
        let at = rest.find('@')?;
        let mail = mail(text, start + scheme.len(), start + at)?;
        return (mail.span.start == start + scheme.len())
            .then_some(Found { span: start..mail.span.end, scheme: "" });
    }
    let length = address(rest, "")?;
    Some(Found { span: start..start + length, scheme: "" })
}

fn www(text: &str, from: usize, start: usize) -> Option<Found> {
    let rest = &text[start..];
    if !rest.get(..4)?.eq_ignore_ascii_case("www.") {
        return None;
    }
    let before = text[..start].chars().next_back();
    let free = start == 0
        || before.is_some_and(|c| c.is_whitespace() || "*_~(\"'[".contains(c))
        || (start == from && before == Some('>'));
    if !free {
        return None;
    }
    let length = address(rest, "http://")?;
    Some(Found { span: start..start + length, scheme: "http://" })
}

/// The length of the address at the head of a text, if it has a valid domain.
fn address(text: &str, scheme: &str) -> Option<usize> {
    let domain_at = match scheme {
        "mailto:" => return mail_end(text),
        "" if text.starts_with(|c: char| "mM".contains(c)) => return Some(text.len()),
        "" => text.find("://")? + 3,
        _ => 0,
    };
    let domain = &text[domain_at..];
    let end =
        domain.find(|c: char| !c.is_alphanumeric() && !"-_.".contains(c)).unwrap_or(domain.len());
    // Marks of emphasis may stand right behind it.
    let domain = domain[..end].trim_end_matches(['.', '_']);
    let mut parts: Vec<&str> = domain.split('.').collect();
    let last_two = parts.split_off(parts.len().saturating_sub(2));
    // Behind a scheme a host of one word is one, such as `localhost`, as code hosts have it.
    let valid = (last_two.len() == 2 || (scheme.is_empty() && !domain.is_empty()))
        && !last_two.iter().any(|part| part.contains('_'))
        && last_two.iter().chain(&parts).all(|part| !part.is_empty());
    if !valid {
        return None;
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(text.len());
    let length = trimmed(&text[..end]);
    (length > domain_at).then_some(length)
}

/// The length of an address without what ends the sentence.
fn trimmed(address: &str) -> usize {
    let mut rest = address;
    let count = |text: &str, c: char| text.matches(c).count();
    // Counted once; every bracket that is cut off is a closing one.
    let (mut round, mut square) = (count(rest, ')'), count(rest, ']'));
    let (opened, opened_square) = (count(rest, '('), count(rest, '['));
    loop {
        let Some(last) = rest.chars().next_back() else { return 0 };
        let cut = match last {
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' | '"' => 1,
            ')' if round > opened => {
                round -= 1;
                1
            }
            ']' if square > opened_square => {
                square -= 1;
                1
            }
            ';' => match entity(rest) {
                Some(length) => length,
                None => return rest.len(),
            },
            _ => return rest.len(),
        };
        rest = &rest[..rest.len() - cut];
    }
}

/// The length of what looks like a character reference at the end of a text.
fn entity(text: &str) -> Option<usize> {
    let head = text.strip_suffix(';')?;
    let name = head.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
    (name > 0 && head[..head.len() - name].ends_with('&')).then_some(name + 2)
}

fn mail(text: &str, from: usize, at: usize) -> Option<Found> {
    let local = |b: &u8| b.is_ascii_alphanumeric() || b".-_+".contains(b);
    let start = at - text.as_bytes()[from..at].iter().rev().take_while(|b| local(b)).count();
    let before = text[..start].chars().next_back();
    if start == at || before.is_some_and(|c| c.is_alphanumeric() || "/@".contains(c)) {
        return None;
    }
    let end = at + 1 + mail_end(&text[at + 1..])?;
    Some(Found { span: start..end, scheme: "mailto:" })
}

/// The length of the domain of a mail address.
fn mail_end(text: &str) -> Option<usize> {
    let part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let end = text.find(|c: char| !part(c)).unwrap_or(text.len());
    let domain = text[..end].trim_end_matches('.');
    let valid = domain.contains('.')
        && domain.split('.').all(|part| !part.is_empty())
        && domain.ends_with(|c: char| c.is_ascii_alphabetic())
        && !text[end..].starts_with('@');
    valid.then_some(domain.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::page::markdown::{events, options};

    /// The text with each link in angle brackets.
    fn linked(text: &str) -> String {
        let mut out = String::new();
        for (event, _) in link(events(text, 0, options()), text) {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => out.push_str(&format!("<{dest_url}|")),
                Event::End(TagEnd::Link) => out.push('>'),
                Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                    out.push_str(&text)
                }
                Event::SoftBreak => out.push('\n'),
                _ => {}
            }
        }
        out.trim_end().to_string()
    }

    #[test]
    fn the_examples_of_the_specification() {
        for (text, expected) in [
            ("www.commonmark.org", "<http://www.commonmark.org|www.commonmark.org>"),
            (
                "Visit www.commonmark.org/help for more information.",
                "Visit <http://www.commonmark.org/help|www.commonmark.org/help> for more information.",
            ),
            ("Visit www.commonmark.org.", "Visit <http://www.commonmark.org|www.commonmark.org>."),
            (
                "Visit www.commonmark.org/a.b.",
                "Visit <http://www.commonmark.org/a.b|www.commonmark.org/a.b>.",
            ),
            (
                "www.google.com/search?q=Markup+(business)",
                "<http://www.google.com/search?q=Markup+(business)|www.google.com/search?q=Markup+(business)>",
            ),
            (
                "www.google.com/search?q=Markup+(business)))",
                "<http://www.google.com/search?q=Markup+(business)|www.google.com/search?q=Markup+(business)>))",
            ),
            (
                "(www.google.com/search?q=Markup+(business))",
                "(<http://www.google.com/search?q=Markup+(business)|www.google.com/search?q=Markup+(business)>)",
            ),
            (
                "(www.google.com/search?q=Markup+(business)",
                "(<http://www.google.com/search?q=Markup+(business)|www.google.com/search?q=Markup+(business)>",
            ),
            (
                "www.google.com/search?q=(business))+ok",
                "<http://www.google.com/search?q=(business))+ok|www.google.com/search?q=(business))+ok>",
            ),
            (
                "www.google.com/search?q=commonmark&hl=en",
                "<http://www.google.com/search?q=commonmark&hl=en|www.google.com/search?q=commonmark&hl=en>",
            ),
            (
                "www.google.com/search?q=commonmark&hl;",
                "<http://www.google.com/search?q=commonmark|www.google.com/search?q=commonmark>&hl;",
            ),
            ("www.commonmark.org/he<lp", "<http://www.commonmark.org/he|www.commonmark.org/he><lp"),
            ("http://commonmark.org", "<http://commonmark.org|http://commonmark.org>"),
            (
                "(Visit https://encrypted.google.com/search?q=Markup+(business))",
                "(Visit <https://encrypted.google.com/search?q=Markup+(business)|https://encrypted.google.com/search?q=Markup+(business)>)",
            ),
            ("foo@bar.baz", "<mailto:foo@bar.baz|foo@bar.baz>"),
            (
                "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.",
                "hello@mail+xyz.example isn't valid, but <mailto:hello+xyz@mail.example|hello+xyz@mail.example> is.",
            ),
            ("a.b-c_d@a.b", "<mailto:a.b-c_d@a.b|a.b-c_d@a.b>"),
            ("a.b-c_d@a.b.", "<mailto:a.b-c_d@a.b|a.b-c_d@a.b>."),
            ("a.b-c_d@a.b-", "a.b-c_d@a.b-"),
            ("a.b-c_d@a.b_", "a.b-c_d@a.b_"),
            ("mailto:foo@bar.baz", "<mailto:foo@bar.baz|mailto:foo@bar.baz>"),
        ] {
            assert_eq!(linked(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_among_other_markup() {
        for (text, expected) in [
            ("**https://a.example/x**", "<https://a.example/x|https://a.example/x>"),
            (
                "https://a.example/__init__.py and *b*",
                "<https://a.example/__init__.py|https://a.example/__init__.py> and b",
            ),
            ("https://a.example/*x* *y*", "<https://a.example/|https://a.example/>x y"),
            ("https://a.example/~u/~v", "<https://a.example/~u/~v|https://a.example/~u/~v>"),
            ("https://a.example/a\\_b", "<https://a.example/a_b|https://a.example/a_b>"),
            (
                "https://a.example/?a=1&amp;b=2",
                "<https://a.example/?a=1&b=2|https://a.example/?a=1&b=2>",
            ),
            (
                "`https://a.example` [https://b.example](c)",
                "https://a.example <c|https://b.example>",
            ),
            ("<https://a.example>", "<https://a.example|https://a.example>"),
            (
                "<a href=\"x\">https://a.example</a> www.b.example",
                "<a href=\"x\">https://a.example</a> <http://www.b.example|www.b.example>",
            ),
            (
                "\"https://a.example\", 'https://b.example'",
                "\"<https://a.example|https://a.example>\", '<https://b.example|https://b.example>'",
            ),
            ("[see https://a.example]", "[see <https://a.example|https://a.example>]"),
            ("[[T-1|https://a.example]]", "[[T-1|https://a.example]]"),
            (
                "http:// https://a_b.c_d xhttp://a.example www.",
                "http:// https://a_b.c_d xhttp://a.example www.",
            ),
            (
                "http://localhost:80/x http://u:pw@h.example/",
                "<http://localhost:80/x|http://localhost:80/x> \
                 <http://u:pw@h.example/|http://u:pw@h.example/>",
            ),
            ("pkg@1.2.3 git@host @user a@b@c.example", "pkg@1.2.3 git@host @user a@b@c.example"),
            (
                "| https://a.example/x| b |\n|---|---|\n",
                "<https://a.example/x|https://a.example/x>b",
            ),
            (
                "https://a.example/x\nhttps://b.example",
                "<https://a.example/x|https://a.example/x>\n<https://b.example|https://b.example>",
            ),
            (
                "HTTPS://A.example:8080/#a;",
                "<HTTPS://A.example:8080/#a;|HTTPS://A.example:8080/#a;>",
            ),
        ] {
            assert_eq!(linked(text), expected, "{text}");
        }
    }

    /// A small generator: the same numbers in every run.
    fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
        move |below| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        }
    }

    #[test]
    fn links_change_no_text() {
        let parts = [
            "https://", "http://", "www.", "a", ".example", ".", "/", "_", "*", "(", ")", "&amp;",
            "&", ";", " ", "\n", "<", ">", "<b>", "</b>", "`", "[", "](x)", "@", "mailto:", "~",
            "\\", "|", "[[", "]]", "\u{e9}", "\u{fe0f}", ":", "$", "__",
        ];
        let plain = |events: &[Placed<'_>]| -> String {
            events
                .iter()
                .filter_map(|(event, _)| match event {
                    Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                        Some(text.to_string())
                    }
                    _ => None,
                })
                .collect()
        };
        let mut number = numbers(1);
        for _ in 0..20_000 {
            let count = 2 + number(14);
            let text: String = (0..count).map(|_| parts[number(parts.len())]).collect();
            let before = events(&text, 0, options());
            let after = link(before.clone(), &text);
            // Marks within an address are part of it; nothing else comes or goes.
            let bare =
                |text: String| text.replace(['*', '_', '~', '&', ';', '\\'], "").replace("amp", "");
            assert_eq!(bare(plain(&after)), bare(plain(&before)), "{text:?}");
            let mut depth = 0i32;
            for (event, span) in &after {
                match event {
                    Event::Start(Tag::Link { dest_url, link_type: LinkType::Autolink, .. }) => {
                        depth += 1;
                        assert!(!dest_url.contains([' ', '\n', '<']), "{text:?}: {dest_url}");
                        assert!(
                            !dest_url.ends_with(['.', ',', '!', '?', ':', '*', '_', '~'])
                                || text.contains('<'),
                            "{text:?}: {dest_url}"
                        );
                    }
                    Event::Start(Tag::Link { .. }) => depth += 1,
                    Event::End(TagEnd::Link) => depth -= 1,
                    _ => {}
                }
                assert!((0..=1).contains(&depth), "a link in a link: {text:?}");
                assert!(text.get(span.clone()).is_some(), "{text:?}");
            }
        }
    }
}
