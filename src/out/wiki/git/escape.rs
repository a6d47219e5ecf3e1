//! An author's words as Markdown that says them and nothing else.

use std::fmt::Write;

/// Escapes words. `start` tells whether they begin a line, `references` whether the host
/// knows people and the like by a sign before their name.
pub(super) fn text(words: &str, start: bool, references: bool, out: &mut String) {
    let chars: Vec<char> = words.chars().collect();
    let after = |at: usize| chars.get(at + 1).copied().unwrap_or(' ');
    let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    for (at, c) in chars.iter().enumerate() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Not every reader knows these behind a backslash.
            '~' | '$' | '^' => {
                let _ = write!(out, "&#{};", u32::from(*c));
            }
            c if c.is_control() => out.push(' '),
            c => {
                let marks = match c {
                    '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '|' | '#' => true,
                    // References to people, milestones and the like, where the host knows them.
                    '@' | '%' | '!' => {
                        references && (after(at).is_alphanumeric() || after(at) == '"')
                    }
                    ':' => references && is_emoji(&chars[at + 1..]),
                    '-' | '+' | '=' => start && at == 0,
                    '.' | ')' => start && digits > 0 && at == digits,
                    _ => false,
                };
                if marks {
                    out.push('\\');
                }
                out.push(*c);
            }
        }
    }
}

/// Whether a colon before these begins the name of a picture, `:name:`.
fn is_emoji(rest: &[char]) -> bool {
    let name = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || "_+-".contains(**c)).count();
    name > 0 && rest.get(name) == Some(&':')
}

/// Whether code within a line needs nothing but marks around it.
pub(super) fn is_simple(words: &str) -> bool {
    let plain = !words.contains(['`', '|', '\n', '\\']) && !words.contains("[[");
    plain && words.trim() == words && !words.is_empty()
}

/// Code within a line.
pub(super) fn code(words: &str, out: &mut String) {
    if is_simple(words) {
        let _ = write!(out, "`{words}`");
    } else {
        out.push_str("<code>");
        text(words, false, true, out);
        out.push_str("</code>");
    }
}

/// A block of code.
pub(super) fn fence(language: &str, code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let marks = "`".repeat(longest.max(2) + 1);
    let known = |c: char| c.is_ascii_alphanumeric() || "+#-.".contains(c);
    let language: String = language.chars().filter(|c| known(*c)).collect();
    format!("{marks}{language}\n{}\n{marks}", code.trim_end_matches('\n'))
}

/// An address as a link's destination.
pub(super) fn address(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '(' | ')' | '<' | '>' | '\\' | '"' | '\'' | '|' | '`' | '*' | '[' | ']' | ' ' => {
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.replace('&', "&amp;").replace('_', "\\_")
}

/// The anchor that the host makes of a heading's words.
pub(super) fn slug(words: &str) -> String {
    words
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    fn shown(markdown: &str) -> String {
        let mut out = String::new();
        for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
            match event {
                Event::Text(words) => out.push_str(&words),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                Event::Code(words) => out.push_str(&words),
                Event::InlineHtml(html) if matches!(&*html, "<code>" | "</code>") => {}
                other => panic!("{other:?} in {markdown}"),
            }
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn words_stay_words(words in r#"[a-c0-2 \\`*_{}\[\]<>()#+.!|&~$^:@%="'/-]{1,24}"#) {
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assume!(!words.is_empty());
            let mut out = String::new();
            text(&words, true, true, &mut out);
            let shown = shown(&out);
            prop_assert_eq!(shown.trim(), words.as_str());
        }

        #[test]
        fn code_stays_code(words in r#"[a-c \\`*_\[\]<>|&$-]{1,16}"#) {
            prop_assume!(words.trim() == words && !words.is_empty() && !words.contains("  "));
            let mut out = String::from("x ");
            code(&words, &mut out);
            prop_assert_eq!(shown(&out), format!("x {words}"));
        }
    }

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        assert_eq!(fence("js x", "a"), "```jsx\na\n```");
        assert_eq!(fence("", "````\nb\n"), "`````\n````\nb\n`````");
    }

    #[test]
    fn anchors_are_those_of_the_hosts() {
        assert_eq!(slug("What can go wrong?"), "what-can-go-wrong");
        assert_eq!(slug("A & B – `c_d`"), "a--b--c_d");
    }
}
