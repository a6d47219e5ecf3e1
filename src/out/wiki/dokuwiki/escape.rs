//! DokuWiki's text in which an author's words stay words.

/// Words that DokuWiki shows as pictures.
const PICTURES: [&str; 3] = ["LOL", "FIXME", "DELETEME"];

/// Appends words so that DokuWiki shows them as they are.
pub(super) fn text(words: &str, out: &mut String) {
    let words = one_line(words);
    match is_plain(&words) {
        true => out.push_str(&words),
        false => shielded(&words, out),
    }
}

/// Words in the form that nothing is read in.
pub(super) fn shielded(words: &str, out: &mut String) {
    const CLOSE: &str = "</nowiki>";
    let mut rest = words;
    while let Some(at) = rest.find(CLOSE) {
        // Cut inside the word that would end the form too early.
        let cut = at + 2;
        out.push_str(&format!("<nowiki>{}{CLOSE}", &rest[..cut]));
        rest = &rest[cut..];
    }
    out.push_str(&format!("<nowiki>{rest}{CLOSE}"));
}

/// Without line ends and control characters.
pub(super) fn one_line(words: &str) -> String {
    let blank = |c: char| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
    words.chars().map(blank).filter(|c| !c.is_control()).collect()
}

/// Whether nothing in these words could be markup, an address, a smiley or a character
/// that DokuWiki replaces.
fn is_plain(words: &str) -> bool {
    let chars: Vec<char> = words.chars().collect();
    let at = |i: usize| chars.get(i).copied();
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let good = |i: usize| {
        let (before, after) = (i.checked_sub(1).and_then(at), at(i + 1));
        match chars[i] {
            'x' | 'X' => !before.is_some_and(|c| c.is_ascii_digit()),
            c if c.is_alphanumeric() => true,
            ' ' => before != Some(' ') && i > 0,
            c if !c.is_ascii() => !c.is_whitespace(),
            '.' | ',' if before.is_some_and(|c| c.is_ascii_digit()) => {
                after.is_none_or(|c| c == ' ' || c.is_ascii_digit())
            }
            '.' | ',' | ';' | '?' | '!' => after.is_none_or(|c| matches!(c, ' ' | ')')),
            '(' => before.is_none_or(|c| c == ' ') && word(after),
            ')' => word(before) && after.is_none_or(|c| matches!(c, ' ' | '.' | ',' | ';')),
            '-' | '\'' | '/' => word(before) && word(after),
            ':' => word(before) && after.is_none_or(|c| c == ' '),
            _ => false,
        }
    };
    (0..chars.len()).all(good)
        && !words.ends_with(' ')
        && !PICTURES.iter().any(|picture| words.contains(picture))
        // DokuWiki writes (c), (r) and (tm) as signs.
        && !["(c)", "(C)", "(r)", "(R)", "(tm)", "(TM)"].iter().any(|sign| words.contains(sign))
}

/// The words of a link. DokuWiki reads nothing in them but their end.
pub(super) fn link_words(words: &str) -> String {
    let mut out = one_line(words);
    while out.contains("]]") {
        out = out.replace("]]", "]\u{200b}]");
    }
    if out.starts_with("{{") {
        out.insert(1, '\u{200b}');
    }
    if out.trim().is_empty() { "link".into() } else { out.trim().to_string() }
}

/// The words of a picture.
pub(super) fn picture_words(words: &str) -> String {
    let mut out = one_line(words).replace('|', "/");
    while out.contains("}}") {
        out = out.replace("}}", "}\u{200b}}");
    }
    out.trim().trim_end_matches('}').to_string()
}

/// An address, for a link; `None` where DokuWiki makes no link of it.
pub(super) fn url(address: &str) -> Option<String> {
    if let Some(mail) = address.strip_prefix("mailto:") {
        let simple = mail.contains('@')
            && mail.chars().all(|c| c.is_ascii_alphanumeric() || "@.-_+".contains(c));
        return simple.then(|| mail.to_string());
    }
    let address = match address.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => address.to_string(),
    };
    let known = ["https://", "http://", "ftp://"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|a| a.eq_ignore_ascii_case(scheme)));
    let mut out = String::new();
    for byte in address.bytes() {
        match byte {
            b'|'
            | b'['
            | b']'
            | b'<'
            | b'>'
            | b'{'
            | b'}'
            | b'"'
            | b'\\'
            | b'^'
            | b'`'
            | 0..=32
            | 127 => out.push_str(&format!("%{byte:02X}")),
            byte if byte.is_ascii() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    known.then_some(out)
}

/// The name of a section, as DokuWiki makes it from a heading.
pub(super) fn section(heading: &str) -> String {
    let mut out = String::new();
    for c in heading.trim().to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' | '-' => out.push(c),
            ':' | ';' | '.' => {}
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                out.push_str(&deunicode::deunicode_char(c).unwrap_or("").to_lowercase());
            }
            c if c.is_alphanumeric() => out.push(c),
            _ => out.push('_'),
        }
    }
    while out.contains("__") {
        out = out.replace("__", "_");
    }
    let out = out.trim_matches(['_', '-']);
    let new = out.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '-');
    match new.is_empty() {
        true => format!("section{}", out.replace(|c: char| !c.is_ascii_digit(), "")),
        false => new.to_string(),
    }
}

/// A part of a page's name as DokuWiki stores it.
pub(super) fn part(name: &str) -> String {
    let mut out = String::new();
    for c in deunicode::deunicode(name).to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' | '-' | '.' => out.push(c),
            _ => out.push('_'),
        }
    }
    while out.contains("__") {
        out = out.replace("__", "_");
    }
    out.trim_matches(['_', '-', '.']).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(words: &str) -> String {
        let mut out = String::new();
        text(words, &mut out);
        out
    }

    #[test]
    fn ordinary_words_stay_readable() {
        for words in ["It isn't done, is it?", "A plan: e-mail (soon).", "T-AUTH-004 one"] {
            assert_eq!(escaped(words), words);
        }
    }

    #[test]
    fn markup_is_shielded() {
        for words in ["**a**", "a -> b", "www.example.org", "640x480", "LOL", "((n))", "\"a\""] {
            assert_eq!(escaped(words), format!("<nowiki>{words}</nowiki>"));
        }
        assert_eq!(escaped("a</nowiki>**b**"), "<nowiki>a</</nowiki><nowiki>nowiki>**b**</nowiki>");
    }

    #[test]
    fn names_are_those_that_dokuwiki_makes() {
        assert_eq!(section("What can go wrong?"), "what_can_go_wrong");
        assert_eq!(section("2. Größe: x/y"), "grosse_x_y");
        assert_eq!(section("1"), "section1");
        assert_eq!(part("Über uns.PNG"), "uber_uns.png");
        assert_eq!(link_words("a]]]b"), "a]\u{200b}]\u{200b}]b");
        assert_eq!(url("https://a/b|c]]").as_deref(), Some("https://a/b%7Cc%5D%5D"));
        assert_eq!(url("tel:1"), None);
    }

    /// What a reader sees of escaped words: DokuWiki ends the form at the first end.
    fn decoded(words: &str) -> String {
        let mut out = String::new();
        let mut rest = words;
        while let Some(at) = rest.find("<nowiki>") {
            out.push_str(&rest[..at]);
            let inner = &rest[at + 8..];
            let end = inner.find("</nowiki>").unwrap();
            out.push_str(&inner[..end]);
            rest = &inner[end + 9..];
        }
        out + rest
    }

    proptest::proptest! {
        #[test]
        fn no_words_escape(
            words in "([-{}\\[\\]<>%|'~_=*^#;:!+/ a-cx0-9\u{e9}]|</nowiki>|<nowiki>|FIXME|www\\.){0,20}"
        ) {
            let out = escaped(&words);
            proptest::prop_assert_eq!(decoded(&out), words.clone());
            // What stands outside the form holds no sign that begins markup.
            if !out.starts_with("<nowiki>") {
                let bare = out.chars().find(|c| "{}[]<>%|~_=*^#+\"\\".contains(*c));
                proptest::prop_assert_eq!(bare, None, "{}", out);
                for markup in ["//", "\'\'", "--", "  ", "((", "FIXME"] {
                    proptest::prop_assert!(!out.contains(markup), "{} in {}", markup, out);
                }
                let host = out.split("www.").skip(1).any(|rest| rest.starts_with(char::is_alphanumeric));
                proptest::prop_assert!(!host, "an address in {}", out);
            }
        }
    }
}
