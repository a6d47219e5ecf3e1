//! What a reader sees of HTML that Casebook made: text for search and descriptions.

use crate::search::Section;

/// Tags that end a word.
const BLOCKS: &[&str] = &[
    "p",
    "li",
    "td",
    "th",
    "tr",
    "div",
    "br",
    "pre",
    "figure",
    "figcaption",
    "blockquote",
    "dt",
    "dd",
    "dl",
    "ul",
    "ol",
    "table",
    "section",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "summary",
];

enum Token<'h> {
    Text(&'h str),
    /// Name, whether it closes, and the whole tag.
    Tag(&'h str, bool, &'h str),
}

struct Tokens<'h>(&'h str);

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        if self.0.is_empty() {
            return None;
        }
        if !self.0.starts_with('<') {
            let (text, rest) = self.0.split_at(self.0.find('<').unwrap_or(self.0.len()));
            self.0 = rest;
            return Some(Token::Text(text));
        }
        let end = self.0.find('>').map_or(self.0.len(), |at| at + 1);
        let (tag, rest) = self.0.split_at(end);
        self.0 = rest;
        let inner = tag.trim_start_matches('<').trim_end_matches('>');
        let closes = inner.starts_with('/');
        let name = inner.trim_start_matches('/');
        let name = name.split([' ', '/', '\n']).next().unwrap_or("");
        Some(Token::Tag(name, closes, tag))
    }
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// Appends text without markup, blanks run together.
fn append(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            rest = rest.trim_start();
        } else if first == '&' {
            let known = [
                ("&amp;", '&'),
                ("&lt;", '<'),
                ("&gt;", '>'),
                ("&quot;", '"'),
                ("&#39;", '\''),
                ("&nbsp;", ' '),
            ];
            match known.iter().find(|(name, _)| rest.starts_with(name)) {
                Some((name, c)) => {
                    out.push(*c);
                    rest = &rest[name.len()..];
                }
                None => {
                    out.push('&');
                    rest = &rest[1..];
                }
            }
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == '&').unwrap_or(rest.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
}

/// Whether a link is a mark that is no part of the text: beside a heading, or to a
/// footnote and back.
fn is_mark(tag: &str) -> bool {
    ["class=\"anchor\"", "class=\"footnote-back\"", "href=\"#Casebook-fn-"]
        .iter()
        .any(|mark| tag.contains(mark))
}

/// Takes a body apart at its headings. Code stands behind the sentences of its section, so
/// that an extract shows these where they say as much.
pub fn sections(html: &str) -> Vec<Section> {
    let mut out = vec![Section::default()];
    let mut code = String::new();
    let mut in_heading = false;
    let mut in_code = false;
    let mut skip = false;
    for token in Tokens(html) {
        let Some(section) = out.last_mut() else { break };
        match token {
            Token::Text(text) if skip || text.is_empty() => {}
            Token::Text(text) if in_heading => append(&mut section.heading, text),
            Token::Text(text) if in_code => append(&mut code, text),
            Token::Text(text) => append(&mut section.text, text),
            Token::Tag("a", false, tag) => skip = is_mark(tag),
            Token::Tag("a", true, _) => skip = false,
            Token::Tag("pre", closes, _) => {
                in_code = !closes;
                append(&mut code, " ");
                append(&mut section.text, " ");
            }
            Token::Tag(name, closes, tag) => {
                let heading =
                    name.len() == 2 && name.starts_with('h') && name.as_bytes()[1].is_ascii_digit();
                if heading && !closes {
                    let anchor = attribute(tag, "id").unwrap_or("").to_string();
                    in_heading = true;
                    append(&mut section.text, " ");
                    section.text.push_str(&std::mem::take(&mut code));
                    out.push(Section { anchor, ..Section::default() });
                } else if heading {
                    in_heading = false;
                } else if BLOCKS.contains(&name) && !section.text.is_empty() {
                    append(&mut section.text, " ");
                }
            }
        }
    }
    if let Some(section) = out.last_mut() {
        append(&mut section.text, " ");
        section.text.push_str(&code);
    }
    for section in &mut out {
        section.text.truncate(section.text.trim_end().len());
        section.heading.truncate(section.heading.trim_end().len());
    }
    out.retain(|section| !section.text.is_empty() || !section.heading.is_empty());
    out
}

/// The place after the last tag that begins or ends a paragraph.
pub fn paragraph_start(html: &str) -> Option<usize> {
    html.rmatch_indices('<').find_map(|(at, _)| {
        let end = at + html[at..].find('>')? + 1;
        is_boundary(&html[at..end]).then_some(end)
    })
}

/// The place of the first tag that ends a paragraph.
pub fn paragraph_end(html: &str) -> Option<usize> {
    html.match_indices('<').map(|(at, _)| at).find(|at| {
        let end = html[*at..].find('>').map_or(html.len(), |length| at + length + 1);
        is_boundary(&html[*at..end])
    })
}

fn is_boundary(tag: &str) -> bool {
    let inner = tag.trim_start_matches(['<', '/']).trim_end_matches('>');
    let name = inner.split([' ', '/', '\n']).next().unwrap_or("");
    // A row of a table is read as one.
    !["br", "td", "th"].contains(&name) && BLOCKS.contains(&name)
}

/// Text without markup; blanks at its ends stay, run together.
pub fn plain(html: &str) -> String {
    // A first character keeps the blank after it.
    let mut out = String::from("-");
    for token in Tokens(html) {
        match token {
            Token::Text(text) => append(&mut out, text),
            Token::Tag(name, ..) if BLOCKS.contains(&name) => append(&mut out, " "),
            Token::Tag(..) => {}
        }
    }
    out.split_off(1)
}

/// The ID of the last heading in a piece of HTML.
pub fn last_heading(html: &str) -> Option<&str> {
    html.rmatch_indices("<h").find_map(|(at, _)| {
        let tag = &html[at..at + html[at..].find('>')? + 1];
        let level = tag.as_bytes().get(2)?;
        level.is_ascii_digit().then(|| attribute(tag, "id")).flatten()
    })
}

/// The first paragraph as plain text, cut at a word to at most `limit` characters.
pub fn lead(html: &str, limit: usize) -> String {
    let mut text = String::new();
    let start = match html.find("<p>") {
        Some(start) => start + 3,
        None => return text,
    };
    let mut skip = false;
    for token in Tokens(&html[start..]) {
        match token {
            Token::Text(piece) if !skip => append(&mut text, piece),
            Token::Text(_) => {}
            Token::Tag("a", false, tag) => skip = is_mark(tag),
            Token::Tag("a", true, _) => skip = false,
            Token::Tag("p", true, _) => break,
            Token::Tag(..) => {}
        }
    }
    cut(text.trim_end(), limit)
}

/// A text, cut at a word to at most `limit` characters.
pub fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_string();
    }
    let cut: String = text.chars().take(limit).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}\u{2026}", cut[..end].trim_end_matches([',', ';', ':', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_divide_the_text() {
        let html = "<p>A &amp; <em>b&#39;s</em>.</p>\n<h2 id=\"x\">One <a class=\"anchor\" href=\"#x\">#</a></h2>\n<ul><li>c</li><li>d</li></ul>";
        let found = sections(html);
        assert_eq!(found[0].text, "A & b's.");
        assert_eq!((found[1].anchor.as_str(), found[1].heading.as_str()), ("x", "One"));
        assert_eq!(found[1].text, "c d");
    }

    #[test]
    fn code_stands_behind_the_sentences_of_its_section() {
        let html = "<p>Run</p><pre><code>a &amp;\nb</code></pre><p>and look.</p><h2 id=\"x\">H</h2><p>c</p>";
        let found = sections(html);
        assert_eq!(found[0].text, "Run and look. a & b");
        assert_eq!(found[1].text, "c");
    }

    #[test]
    fn marks_are_no_text() {
        let html = "<p>A<sup class=\"footnote-ref\"><a href=\"#Casebook-fn-1\">1</a></sup> b. \
                    <a class=\"footnote-back\" href=\"#Casebook-fnref-1\">x</a></p>";
        assert_eq!(lead(html, 100), "A b.");
        assert_eq!(sections(html)[0].text, "A b.");
    }

    #[test]
    fn the_lead_ends_at_a_word() {
        assert_eq!(lead("<p>One two <b>three</b> four.</p>", 100), "One two three four.");
        assert_eq!(lead("<p>One two three four.</p>", 12), "One two\u{2026}");
        assert_eq!(lead("<ul></ul>", 12), "");
    }
}
