//! From the text of a label to what a reader sees.

/// Tags that Mermaid renders as formatting; other angle brackets are text.
const TAGS: &[&str] = &[
    "a", "b", "big", "center", "code", "del", "div", "em", "font", "hr", "i", "img", "ins", "li",
    "mark", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "tt", "u", "ul",
];

const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("num", "#"),
    ("semi", ";"),
    ("colon", ":"),
    ("lpar", "("),
    ("rpar", ")"),
    ("lsqb", "["),
    ("rsqb", "]"),
    ("lbrace", "{"),
    ("rbrace", "}"),
    ("vert", "|"),
    ("bsol", "\\"),
    ("sol", "/"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("rarr", "→"),
    ("larr", "←"),
    ("harr", "↔"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("euro", "€"),
    ("times", "×"),
    ("infin", "∞"),
    ("lowbar", "_"),
    ("ast", "*"),
    ("grave", "`"),
    ("commat", "@"),
    ("percnt", "%"),
];

/// Decodes a label: breaks become `\n`; entities become characters; formatting
/// tags, icons and, if `markdown`, emphasis go away; white space is folded.
pub(super) fn decode(raw: &str, markdown: bool) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let before = out.chars().next_back();
        let taken = match c {
            '<' => tag(rest).map(|(length, is_break)| {
                if is_break {
                    out.push('\n');
                }
                length
            }),
            '&' | '#' => entity(rest).map(|(length, text)| {
                // A decoded character is text: never white space to fold away at
                // the edge of a tag, never emphasis.
                out.push_str(&text);
                length
            }),
            '\\' if rest.starts_with("\\n") => {
                out.push('\n');
                Some(2)
            }
            'f' if before.is_none_or(char::is_whitespace) => icon(rest),
            '*' if markdown => Some(if rest.starts_with("**") { 2 } else { 1 }),
            '_' if markdown => emphasis(rest, before),
            _ => None,
        };
        let taken = taken.unwrap_or_else(|| {
            out.push(c);
            c.len_utf8()
        });
        rest = &rest[taken..];
    }
    fold(&out)
}

/// Folds white space within lines, drops empty lines at the ends and characters
/// that have no place in a picture.
fn fold(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            let clean: String = line
                .chars()
                .filter(|&c| !is_invisible(c))
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            clean.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect();
    lines.join("\n").trim_matches('\n').to_string()
}

/// A text on one line, as [`fold`] leaves it.
pub(super) fn one_line(text: &str) -> String {
    fold(&text.replace('\n', " ")).replace('\n', " ")
}

/// Characters that turn the reading order around or that XML forbids.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Length of a formatting tag, and whether it breaks the line.
fn tag(text: &str) -> Option<(usize, bool)> {
    let name_start = if text.starts_with("</") { 2 } else { 1 };
    let name: String = text[name_start..]
        .chars()
        .take(8)
        .take_while(|c| c.is_ascii_alphanumeric())
        .collect::<String>()
        .to_ascii_lowercase();
    let after = &text[name_start + name.len()..];
    if !after.starts_with(|c: char| c.is_whitespace() || c == '/' || c == '>') {
        return None;
    }
    let end = after.find('>')?;
    let length = name_start + name.len() + end + 1;
    match name.as_str() {
        "br" => Some((length, true)),
        name if TAGS.contains(&name) => Some((length, false)),
        _ => None,
    }
}

/// Length and meaning of `&name;`, `#name;`, `&#39;`, `#39;`, `&#x27;`.
fn entity(text: &str) -> Option<(usize, String)> {
    let start = if text.starts_with("&#") { 2 } else { 1 };
    let end = start + text[start..].bytes().take(9).position(|b| b == b';')?;
    let name = &text[start..end];
    if start == 1
        && let Some((_, meaning)) = ENTITIES.iter().find(|(n, _)| *n == name)
    {
        return Some((end + 1, meaning.to_string()));
    }
    if start == 1 && text.starts_with('&') {
        return None;
    }
    let code = match name.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None if name.bytes().all(|b| b.is_ascii_digit()) => name.parse().ok()?,
        None => return None,
    };
    let c = char::from_u32(code).filter(|c| !c.is_control())?;
    Some((end + 1, c.to_string()))
}

/// Length of an icon name such as `fa:fa-user`.
fn icon(text: &str) -> Option<usize> {
    let colon = text.bytes().take(4).position(|b| b == b':')?;
    if !matches!(&text[..colon], "fa" | "fab" | "far" | "fas" | "fal" | "fad" | "fak") {
        return None;
    }
    let name =
        text[colon + 1..].bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
    (text[colon + 1..].starts_with("fa-")).then_some(colon + 1 + name)
}

/// Length of an underscore that is emphasis and not part of a word.
fn emphasis(text: &str, before: Option<char>) -> Option<usize> {
    let length = if text.starts_with("__") { 2 } else { 1 };
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let after = text[length..].chars().next();
    (!(before.is_some_and(word) && after.is_some_and(word))).then_some(length)
}

/// Writes a label so that [`decode`] gives it back and Mermaid shows it.
pub(crate) fn encode(label: &str) -> String {
    let plain: String = label
        .chars()
        .map(|c| match c {
            '\n' => "<br/>".to_string(),
            '"' => "#quot;".to_string(),
            '<' => "#lt;".to_string(),
            '>' => "#gt;".to_string(),
            '#' => "#35;".to_string(),
            '&' => "#amp;".to_string(),
            '\\' => "#92;".to_string(),
            '`' => "#96;".to_string(),
            '%' => "#37;".to_string(),
            c => c.to_string(),
        })
        .collect();
    if decode(&plain, false) == label {
        return plain;
    }
    // Something in it reads as an icon.
    plain.replace(':', "#colon;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_mermaid_renders() {
        assert_eq!(decode("Web app<br/>(Python)", false), "Web app\n(Python)");
        assert_eq!(decode("a #quot;b#quot; &amp; #35;1 #9829;", false), "a \"b\" & #1 ♥");
        assert_eq!(decode("fa:fa-user  User", false), "User");
        assert_eq!(decode("<b>bold</b> <customer>", false), "bold <customer>");
        assert_eq!(decode("**Web** _app_ snake_case", true), "Web app snake_case");
        assert_eq!(decode("a & b # c", false), "a & b # c");
        assert_eq!(decode("#38;lt;", false), "&lt;");
    }

    #[test]
    fn encoding_is_undone_by_decoding() {
        for label in ["a \"b\" <i>", "fa:fa-user x", "#35; &amp; \\n", "one\ntwo", "`x` %% 50 %"] {
            assert_eq!(decode(&encode(label), false), label);
        }
    }
}
