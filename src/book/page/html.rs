//! Raw HTML in Markdown: what may stay, and the links in it.

use crate::book::config::HtmlPolicy;
use ammonia::Builder;
use regex::Regex;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

/// Address schemes that may be published.
pub const SCHEMES: [&str; 5] = ["http", "https", "mailto", "tel", "ftp"];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

/// Attributes whose file the browser loads while it shows the page.
const LOADED: [&str; 2] = ["src", "poster"];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(builder);

/// As [`CLEANER`], and nothing is loaded from other sites.
static LOCAL_CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = builder();
    builder.attribute_filter(|_, attribute, value| {
        let remote = scheme(value).is_some() || value.trim_start().starts_with(['/', '\\']);
        (!LOADED.contains(&attribute) || !remote).then_some(value.into())
    });
    builder
});

fn builder() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .add_tags(["input", "section", "figure", "figcaption", "video", "audio", "source", "track"])
        .add_generic_attributes(["class", "id", "role", "tabindex", "dir", "lang", "title"])
        .add_generic_attribute_prefixes(["aria-", "data-"])
        .add_tag_attributes("input", ["checked", "disabled"])
        .add_tag_attributes("ol", ["start", "type"])
        .add_tag_attributes("img", ["loading"])
        .add_tag_attributes("a", ["name"])
        .add_tag_attributes("details", ["open"])
        .add_tag_attributes(
            "video",
            ["src", "controls", "poster", "width", "height", "loop", "muted"],
        )
        .add_tag_attributes("audio", ["src", "controls", "loop", "muted"])
        .add_tag_attributes("source", ["src", "type"])
        .add_tag_attributes("track", ["src", "kind", "srclang", "label", "default"])
        .tag_attribute_values(HashMap::from([(
            "input",
            HashMap::from([("type", HashSet::from(["checkbox"]))]),
        )]))
        .url_schemes(HashSet::from(SCHEMES))
        .link_rel(None)
        .strip_comments(true);
    builder
}

/// Removes everything that could run, and unless `remote` everything that is loaded
/// from other sites.
pub fn clean(html: &str, remote: bool) -> String {
    let cleaner = if remote { &CLEANER } else { &LOCAL_CLEANER };
    cleaner.clean(html).to_string()
}

/// Whether [`clean`] keeps elements of this name, given in lower case.
pub fn keeps_element(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| CLEANER.clone_tags());
    NAMES.contains(name)
}

/// Whether [`clean`] will take an event handler or an inline style away.
pub fn loses_attributes(html: &str) -> bool {
    attributes(html).iter().any(|attribute| {
        let name = attribute.name.to_ascii_lowercase();
        name.starts_with("on") || name == "style"
    })
}

/// Whether a tag is a place to link to and no link: `<a name="x">`.
pub fn is_anchor(tag: &str) -> bool {
    let names: Vec<String> = attributes(tag).iter().map(|a| a.name.to_ascii_lowercase()).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    (has("id") || has("name")) && !has("href")
}

/// An attribute in raw HTML.
struct Attribute<'h> {
    /// The element, as it is written.
    element: &'h str,
    name: &'h str,
    /// Where the value is, quotation marks included.
    span: Range<usize>,
    /// The value without quotation marks.
    value: &'h str,
}

/// The attributes of all tags that have a value, found as a browser finds them.
fn attributes(html: &str) -> Vec<Attribute<'_>> {
    let bytes = html.as_bytes();
    let until = |from: usize, stop: &dyn Fn(u8) -> bool| {
        bytes[from..].iter().position(|b| stop(*b)).map_or(bytes.len(), |n| from + n)
    };
    let blank = |b: u8| b.is_ascii_whitespace();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<') {
        let start = at + open + 1;
        at = start;
        if !bytes.get(start).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        at = until(start, &|b| blank(b) || b == b'>' || b == b'/');
        let element = &html[start..at];
        loop {
            at = until(at, &|b| !blank(b) && b != b'/');
            if at >= bytes.len() || bytes[at] == b'>' {
                break;
            }
            // An equals sign at the head of a name belongs to it.
            let end = until(at + 1, &|b| blank(b) || b"=>/".contains(&b));
            let name = &html[at..end];
            at = until(end, &|b| !blank(b));
            if bytes.get(at) != Some(&b'=') {
                continue;
            }
            let from = until(at + 1, &|b| !blank(b));
            let (span, inner) = match bytes.get(from) {
                Some(quote @ (b'"' | b'\'')) => {
                    let close = until(from + 1, &|b| b == *quote);
                    (from..(close + 1).min(bytes.len()), from + 1..close)
                }
                _ => {
                    let end = until(from, &|b| blank(b) || b == b'>');
                    (from..end, from..end)
                }
            };
            at = span.end;
            out.push(Attribute { element, name, span, value: &html[inner] });
        }
    }
    out
}

/// The anchors that raw HTML defines.
pub fn anchors(html: &str) -> Vec<String> {
    attributes(html)
        .iter()
        .filter(|a| {
            let name = a.name.to_ascii_lowercase();
            name == "id" || (name == "name" && a.element.eq_ignore_ascii_case("a"))
        })
        .map(|a| a.value.to_string())
        .collect()
}

/// Elements whose addresses are looked at.
const LINKING: [&str; 6] = ["a", "img", "source", "video", "audio", "track"];

/// Replaces each address in raw HTML by what `replace` makes of it: given whether
/// the file is shown in the page (an image), and the address.
pub fn map_addresses(html: &str, mut replace: impl FnMut(bool, &str) -> String) -> String {
    let mut out = String::with_capacity(html.len());
    let mut at = 0;
    for attribute in attributes(html) {
        let name = attribute.name.to_ascii_lowercase();
        let shown = LOADED.contains(&name.as_str());
        let element = attribute.element.to_ascii_lowercase();
        if !LINKING.contains(&element.as_str()) || !(shown || name == "href") {
            continue;
        }
        out.push_str(&html[at..attribute.span.start]);
        let address = replace(shown, attribute.value).replace('"', "&quot;");
        out.push_str(&format!("\"{address}\""));
        at = attribute.span.end;
    }
    out.push_str(&html[at..]);
    out
}

/// The characters of an attribute's value; `None` when it holds a name of a character
/// that is not known here.
pub fn decode(value: &str) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
        let name = &after[..end.unwrap_or(after.len())];
        rest = after[name.len()..].strip_prefix(';').unwrap_or(&after[name.len()..]);
        let hex = name.strip_prefix("#x").or(name.strip_prefix("#X"));
        let number = match (hex, name.strip_prefix('#')) {
            (Some(hex), _) => u32::from_str_radix(hex, 16).ok(),
            (None, Some(digits)) => digits.parse().ok(),
            (None, None) => None,
        };
        match (name, number.and_then(char::from_u32)) {
            (_, Some(c)) => out.push(c),
            ("amp", _) => out.push('&'),
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            // `?a=1&b=2` is written without `&amp;` more often than not.
            _ if !after[name.len()..].starts_with(';') => {
                out.push('&');
                rest = after;
            }
            _ => return None,
        }
    }
    out.push_str(rest);
    Some(out)
}

/// Elements that have no content, or whose end tag may be left out.
const FLAT: [&str; 27] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
    "optgroup", "rp", "rt",
];

/// Deeper nesting is never meant.
const MAX_DEPTH: usize = 500;

/// Whether elements are nested absurdly.
pub fn is_deep(html: &str) -> bool {
    let mut depth = 0usize;
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let closes = rest.starts_with('/');
        let name = &rest[usize::from(closes)..];
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = &name[..end];
        let flat = || FLAT.iter().any(|flat| name.eq_ignore_ascii_case(flat));
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || flat() {
            continue;
        }
        depth = if closes { depth.saturating_sub(1) } else { depth + 1 };
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

static ENTITIES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"&#(?:[xX]0*[eE]00[01]|0*5734[45]);?"));

/// Raw HTML without character references to the two characters that make a hole.
pub fn without_references(html: &str) -> Cow<'_, str> {
    ENTITIES.replace_all(html, "\u{FFFD}")
}

/// The scheme of an address, in lower case; `None` when it is relative. Blanks and
/// control characters that browsers drop are dropped.
pub fn scheme(address: &str) -> Option<String> {
    let plain: String =
        address.chars().filter(|c| !c.is_ascii_control() && !c.is_ascii_whitespace()).collect();
    let end = plain.find(|c: char| !c.is_ascii_alphanumeric() && !"+.-".contains(c))?;
    let first = plain.starts_with(|c: char| c.is_ascii_alphabetic());
    (first && plain[end..].starts_with(':')).then(|| plain[..end].to_ascii_lowercase())
}

/// Whether raw HTML is kept as HTML under a policy.
pub fn keeps(policy: HtmlPolicy) -> bool {
    policy != HtmlPolicy::Escape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_removed() {
        for bad in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<iframe src=\"https://example.org\"></iframe>",
            "<p style=\"position:fixed\">x</p>",
            "<svg onload=alert(1)>",
            "<form action=x><input type=text></form>",
        ] {
            let out = clean(bad, false).to_ascii_lowercase();
            for word in
                ["alert(1)</s", "onerror", "onload", "javascript:", "iframe", "style", "form"]
            {
                assert!(!out.contains(word), "{bad} became {out}");
            }
        }
        let kept = "<details open=\"\"><summary>x</summary><p class=\"a\" id=\"b\">y</p></details>";
        assert_eq!(clean(kept, false), kept);
    }

    #[test]
    fn schemes() {
        assert_eq!(scheme("https://x"), Some("https".into()));
        assert_eq!(scheme("java\nscript:alert(1)"), Some("javascript".into()));
        assert_eq!(scheme(" JAVASCRIPT:x"), Some("javascript".into()));
        for relative in ["a/b.md", "../x:y", "#a", "?q=a:b", "", "1:2"] {
            assert_eq!(scheme(relative), None, "{relative}");
        }
    }

    #[test]
    fn addresses_and_anchors() {
        let html = "<a class='x' href='a.md'>t</a><img alt=\"\" src=\"b.png\"><p id=\"k\">";
        let out = map_addresses(html, |image, address| format!("[{image} {address}]"));
        assert!(out.contains("href=\"[false a.md]\""), "{out}");
        assert!(out.contains("src=\"[true b.png]\""), "{out}");
        assert_eq!(anchors(html), ["k"]);
        let html = "<a name=x href = a.md>t</a><video poster='p.png' controls src=v.mp4></video>\
                    <img/alt=\"a > b\"/src=\"c.png\"><p id='q' name=n>";
        let out = map_addresses(html, |image, address| format!("[{image} {address}]"));
        for part in ["[false a.md]", "[true p.png]", "[true v.mp4]", "[true c.png]"] {
            assert!(out.contains(part), "{part} missing in {out}");
        }
        assert_eq!(anchors(html), ["x", "q"]);
        for odd in
            ["<", "<a", "<a ", "<a =", "<a b=", "<a b=\"", "<a b='x", "<é é=é>", "<a\u{0}b=c"]
        {
            assert_eq!(map_addresses(odd, |_, _| String::new()), odd);
        }
    }

    #[test]
    fn nothing_is_loaded_from_other_sites() {
        for bad in [
            "<img src=https://example.org/a.png>",
            "<img/src='//example.org/a.png'>",
            "<img src=\"/\\example.org/a.png\">",
            "<video poster=\"https://example.org/a.png\" src=\"a.mp4\"></video>",
            "<img srcset=\"https://example.org/a.png 2x\">",
        ] {
            assert!(!clean(bad, false).contains("example"), "{bad}");
        }
        assert!(clean("<img src=https://example.org/a.png>", true).contains("example"));
    }

    #[test]
    fn character_references_in_addresses() {
        assert_eq!(decode("a?x=1&amp;y=2&z&#x20;&#33;").as_deref(), Some("a?x=1&y=2&z !"));
        assert_eq!(decode("java&#x09;script:x").as_deref(), Some("java\tscript:x"));
        assert_eq!(decode("java&Tab;script:x"), None);
        let html = map_addresses("<a href='x\" b=\"'>", |_, address| address.to_string());
        assert_eq!(html, "<a href=\"x&quot; b=&quot;\">");
    }

    #[test]
    fn depth_is_told_from_length() {
        assert!(!is_deep(&"<div><p>a<br><li>b</div>".repeat(1_000)));
        assert!(!is_deep(&"a < b </ <3 ".repeat(1_000)));
        assert!(is_deep(&"<div>".repeat(1_000)));
    }

    #[test]
    fn holes_cannot_be_written_as_entities() {
        for text in ["&#xE000;", "&#x0e001", "&#57344;", "&#0057345;"] {
            assert_eq!(without_references(text), "\u{FFFD}", "{text}");
        }
        assert_eq!(without_references("&#xE1000;&amp;"), "&#xE1000;&amp;");
    }
}
