//! Raw HTML in Markdown: what may stay, and the links in it.

use crate::config::HtmlPolicy;
use ammonia::Builder;
use regex::{Captures, Regex};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Address schemes that may be published.
pub const SCHEMES: [&str; 5] = ["http", "https", "mailto", "tel", "ftp"];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_tags(["input", "section", "figure", "figcaption", "video", "audio", "source", "track"])
        .add_generic_attributes(["class", "id", "role", "tabindex", "dir", "lang", "title"])
        .add_generic_attribute_prefixes(["aria-", "data-"])
        .add_tag_attributes("input", ["checked", "disabled"])
        .add_tag_attributes("ol", ["start", "type"])
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
});

/// Removes from a body everything that could run or load from elsewhere.
pub fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

static RUNS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)<\s*/?(script|iframe|style|object|embed|form|svg|link|meta|base|button)\b|\s(on[a-z]+|style)\s*="#,
    )
});

/// Whether [`clean`] will take something away from this raw HTML.
pub fn loses(html: &str) -> bool {
    RUNS.is_match(html)
}

static COMMENTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)<!--.*?-->"));

/// Raw HTML without its comments.
pub fn without_comments(html: &str) -> std::borrow::Cow<'_, str> {
    COMMENTS.replace_all(html, "")
}

static ANCHORS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"<[^<>]*?\s(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)')"#));

/// The anchors that raw HTML defines.
pub fn anchors(html: &str) -> impl Iterator<Item = &str> {
    ANCHORS
        .captures_iter(html)
        .filter_map(|found| found.get(1).or(found.get(2)))
        .map(|m| m.as_str())
}

static ADDRESSES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(<(?:a|img|source|video|audio|track)\b[^<>]*?\s(href|src|poster)\s*=\s*)("[^"]*"|'[^']*')"#,
    )
});

/// Replaces each address in raw HTML by what `replace` makes of it: given whether
/// the file is shown in the page (an image), and the address.
pub fn map_addresses(html: &str, mut replace: impl FnMut(bool, &str) -> String) -> String {
    ADDRESSES
        .replace_all(html, |found: &Captures<'_>| {
            let quoted = &found[3];
            let address = &quoted[1..quoted.len() - 1];
            format!("{}\"{}\"", &found[1], replace(!found[2].eq_ignore_ascii_case("href"), address))
        })
        .into_owned()
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
            let out = clean(bad).to_ascii_lowercase();
            for word in
                ["alert(1)</s", "onerror", "onload", "javascript:", "iframe", "style", "form"]
            {
                assert!(!out.contains(word), "{bad} became {out}");
            }
        }
        let kept = "<details open=\"\"><summary>x</summary><p class=\"a\" id=\"b\">y</p></details>";
        assert_eq!(clean(kept), kept);
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
        assert_eq!(anchors(html).collect::<Vec<_>>(), ["k"]);
    }
}
