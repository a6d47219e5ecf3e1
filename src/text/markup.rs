//! Text as HTML, as Markdown and on a terminal.

/// Escapes text for HTML, in text and in double-quoted attributes.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

/// Escaped text as a string of its own.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

/// Text on one line without control characters, so that an author's words steer no
/// terminal.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Text inside Markdown, on one line, that neither marks up nor mentions anybody: what
/// code hosts link is parted by a comment that nobody sees.
pub fn markdown(text: &str) -> String {
    let text = plain(text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' if next.is_alphanumeric() => out.push_str("@<!-- -->"),
            '#' | '!' | '$' | '%' | '~' if next.is_ascii_digit() => {
                out.push('\\');
                out.push(c);
                out.push_str("<!-- -->");
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_means_itself() {
        for (text, expected) in [
            ("a|b\n<i>*x* `y`", "a\\|b &lt;i&gt;\\*x\\* \\`y\\`"),
            ("@team and a@b.example", "@<!-- -->team and a@<!-- -->b.example"),
            ("fixes #12, !7", "fixes \\#<!-- -->12, \\!<!-- -->7"),
            ("# x", "\\# x"),
            ("![x](y)", "\\!\\[x\\]\\(y\\)"),
            ("a\u{1b}[31m\u{9b}1m", "a \\[31m 1m"),
        ] {
            assert_eq!(markdown(text), expected);
        }
        assert_eq!(plain("a\u{1b}[31m\nb\u{9b}c"), "a [31m b c");
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("<a title=\"x\">it's & b"), "&lt;a title=&quot;x&quot;&gt;it's &amp; b");
    }
}
