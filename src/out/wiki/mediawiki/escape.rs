//! Wikitext in which an author's words stay words.

/// Words after which MediaWiki reads a number as a link.
const MAGIC_LINKS: [&str; 3] = ["RFC", "PMID", "ISBN"];

/// Appends words so that MediaWiki shows them as they are. `line_start` tells whether
/// they stand at the beginning of a line.
///
/// Everything that could begin markup becomes a reference to the character, which
/// MediaWiki decodes after it has looked for markup.
pub(super) fn text(words: &str, line_start: bool, out: &mut String) {
    let mut before: Option<char> = out.chars().next_back();
    let mut rest = words.chars().peekable();
    let mut first = line_start;
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let double = before == Some(c) || next == Some(c);
        let begins = std::mem::take(&mut first);
        let special = match c {
            '<' | '>' | '&' | '[' | ']' | '{' | '}' | '|' => true,
            // Bold words, signatures, switches, cells of a heading.
            '\'' | '~' | '_' | '!' => double || (begins && c == '!'),
            '=' => begins || next.is_none() || double,
            '*' | '#' | ';' | '-' | '+' => begins,
            ':' => {
                begins
                    || (before.is_some_and(|b| b.is_ascii_alphabetic())
                        && next.is_some_and(|n| !n.is_whitespace()))
            }
            ' ' => begins || MAGIC_LINKS.iter().any(|word| out.ends_with(word)),
            '/' => before == Some('/') || next == Some('/'),
            _ => false,
        };
        match c {
            _ if special => reference(c, out),
            '\n' | '\r' | '\t' => out.push(' '),
            // MediaWiki keeps the first for itself; XML has no place for the others.
            '\u{7f}' => {}
            c if !is_xml(c) => {}
            c => out.push(c),
        }
        before = Some(c);
    }
}

fn reference(c: char, out: &mut String) {
    match c {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        c => out.push_str(&format!("&#{};", u32::from(c))),
    }
}

/// Whether XML 1.0 can hold a character.
pub(super) fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
}

/// Text inside `pre` or in the value of an attribute, where markup is not looked for.
/// Braces could still begin a template in an attribute.
pub(super) fn plain(words: &str, out: &mut String) {
    for c in words.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' | '[' | ']' | '{' | '}' | '|' | '~' | '_' => {
                reference(c, out);
            }
            '\u{7f}' => {}
            c if !is_xml(c) => {}
            c => out.push(c),
        }
    }
}

/// The value of an attribute: one line.
pub(super) fn attribute(words: &str) -> String {
    let mut out = String::new();
    plain(&words.replace(['\n', '\r', '\t'], " "), &mut out);
    // An address in a value is no link, and a colon does no harm.
    out
}

/// Words as a parameter of a template.
pub(super) fn param(words: &str) -> String {
    let mut out = String::new();
    text(words, false, &mut out);
    out
}

/// A link to a page. A colon keeps a name with one from being read as a command.
pub(super) fn link(name: &str, words: &str) -> String {
    let colon = if name.contains(':') { ":" } else { "" };
    match words == name {
        true => format!("[[{colon}{name}]]"),
        false => format!("[[{colon}{name}|{words}]]"),
    }
}

/// Whether MediaWiki makes a place from the words of a heading that a link can name.
pub(super) fn is_plain_heading(words: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || " -.,()?!:/;".contains(c);
    !words.is_empty() && words.chars().all(good) && param(words) == words
}

/// A name of a place, for `id` and after `#`. Only characters that MediaWiki leaves alone.
pub(super) fn anchor(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' => out.push(c),
            '_' => out.push('_'),
            c if c.is_alphanumeric() => out.push(c),
            c => out.push_str(&format!(".{:X}", u32::from(c))),
        }
    }
    // A run of underscores is one there.
    while out.contains("__") {
        out = out.replace("__", "_.5F");
    }
    out
}

/// An address, for a link in single brackets.
pub(super) fn url(address: &str) -> String {
    let mut out = String::new();
    for byte in address.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'#' | b'@' | b'!' | b'$' | b'('
            | b')' | b'*' | b'+' | b',' | b';' | b'=' | b'%' => out.push(char::from(byte)),
            b'&' => out.push_str("&amp;"),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    // What would be a switch or a signature.
    out.replace("__", "_%5F").replace("~~", "~%7E")
}

/// Whether MediaWiki links to addresses with this scheme.
pub(super) fn is_linked(address: &str) -> bool {
    ["https://", "http://", "mailto:", "tel:", "ftp://", "//"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|a| a.eq_ignore_ascii_case(scheme)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(words: &str) -> String {
        let mut out = String::new();
        text(words, true, &mut out);
        out
    }

    #[test]
    fn ordinary_words_stay_readable() {
        for words in ["It's a plan: 12:30, 5 - 3 = 2.", "a_b, c/d (e) \"f\" #1 *", "R&D"] {
            let expected = words.replace('&', "&amp;");
            assert_eq!(escaped(words), expected);
        }
    }

    #[test]
    fn markup_is_no_markup() {
        for (words, expected) in [
            ("{{x}}", "&#123;&#123;x&#125;&#125;"),
            ("''a''", "&#39;&#39;a&#39;&#39;"),
            ("~~~~", "&#126;&#126;&#126;&#126;"),
            ("__TOC__", "&#95;&#95;TOC&#95;&#95;"),
            ("# a", "&#35; a"),
            ("https://a", "https&#58;&#47;&#47;a"),
            ("RFC 1", "RFC&#32;1"),
            ("\u{7f}a\u{0}", "a"),
        ] {
            assert_eq!(escaped(words), expected);
        }
        assert_eq!(anchor("a b__c"), "a.20b_.5Fc");
        assert_eq!(url("https://a/[b]?c=d&e"), "https://a/%5Bb%5D?c=d&amp;e");
    }

    /// What a reader sees of escaped words.
    fn decoded(words: &str) -> String {
        let mut out = String::new();
        let mut rest = words;
        while let Some(at) = rest.find('&') {
            out.push_str(&rest[..at]);
            let end = rest[at..].find(';').map_or(rest.len(), |end| at + end);
            match &rest[at + 1..end] {
                "amp" => out.push('&'),
                "lt" => out.push('<'),
                "gt" => out.push('>'),
                number => out.extend(number[1..].parse().ok().and_then(char::from_u32)),
            }
            rest = &rest[end + 1..];
        }
        out + rest
    }

    proptest::proptest! {
        #[test]
        fn no_words_escape(words in "[-{}\\[\\]<>&|'~_=*#;:!+/ a-cRFC0-9\u{e9}\u{4e2d}]{0,40}") {
            let out = escaped(&words);
            proptest::prop_assert_eq!(decoded(&out), words);
            for markup in ["[", "]", "{", "}", "<", ">", "|", "\'\'", "~~", "__", "!!", "==", "://", "RFC "] {
                proptest::prop_assert!(!out.contains(markup), "{} in {}", markup, out);
            }
            let first = out.chars().next().unwrap_or('a');
            proptest::prop_assert!(!"*#;:=-+! ".contains(first), "{}", out);
        }
    }
}
