//! Addresses: what one is, decided once, and how one is written.
//!
//! An author's address is read by [`Address::parse`]. Whoever writes it writes what was
//! read, never what the author wrote: escapes, blanks and control characters that hide a
//! scheme or another host are gone by then.

use std::fmt::Write as _;

/// Schemes that may be published.
pub const SCHEMES: [&str; 5] = ["http", "https", "mailto", "tel", "ftp"];

/// What an address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A place of the book, relative to the file it stands in.
    Relative {
        /// The path, decoded; empty for the same page. It may look like anything, so it is
        /// written only after something was found there.
        path: String,
        /// The part after `#`, decoded.
        anchor: Option<String>,
        /// What followed `?`, with the mark, encoded.
        query: String,
    },
    /// A whole address with a scheme of [`SCHEMES`], or `//host`, encoded.
    External(String),
    /// An address whose scheme may not be published, as the author wrote it.
    Refused(String),
}

impl Address {
    /// Reads an address as a browser does.
    pub fn parse(text: &str) -> Address {
        let plain = as_browsers_read(text);
        if let Some(scheme) = scheme(text) {
            return match SCHEMES.contains(&scheme.as_str()) {
                true => Address::External(encode(&plain)),
                false => Address::Refused(text.trim().to_string()),
            };
        }
        if plain.starts_with("//") {
            return Address::External(encode(&plain));
        }
        let (rest, anchor) = match plain.split_once('#') {
            Some((rest, anchor)) => (rest, Some(decode(anchor))),
            None => (plain.as_str(), None),
        };
        let (path, query) = match rest.find('?') {
            Some(at) => (&rest[..at], encode(&rest[at..])),
            None => (rest, String::new()),
        };
        Address::Relative { path: decode(path), anchor, query }
    }

    /// A place of the book without anchor.
    pub fn page(path: &str) -> Address {
        Address::Relative { path: path.to_string(), anchor: None, query: String::new() }
    }

    /// The address of another site, encoded, if its scheme is one of `schemes`; for settings,
    /// which name nothing in the book. Gaps such as `{path}` stay.
    pub fn external(text: &str, schemes: &[&str]) -> Option<String> {
        let allowed = scheme(text).is_some_and(|scheme| schemes.contains(&scheme.as_str()));
        match Address::parse(text) {
            Address::External(address) if allowed => {
                Some(address.replace("%7B", "{").replace("%7D", "}"))
            }
            _ => None,
        }
    }
}

/// Browsers drop line breaks and tabs anywhere, blanks and control characters around.
fn as_browsers_read(text: &str) -> String {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    text.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect()
}

/// The scheme of an address, in lower case; `None` when it is relative. Blanks and
/// control characters do not hide it.
pub fn scheme(address: &str) -> Option<String> {
    let plain: String = address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let end = plain.find(|c: char| !c.is_ascii_alphanumeric() && !"+.-".contains(c))?;
    let first = plain.starts_with(|c: char| c.is_ascii_alphabetic());
    (first && plain[end..].starts_with(':')).then(|| plain[..end].to_ascii_lowercase())
}

/// Whether a decoded path would be read as more than a path if it were written bare: it has
/// a scheme, or begins like another host.
pub fn is_disguised(path: &str) -> bool {
    scheme(path).is_some() || path.replace('\\', "/").trim_start().starts_with("//")
}

/// Resolves percent escapes; what is no UTF-8 afterwards stays as it was.
pub fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_string();
    }
    let bytes = text.as_bytes();
    let hex = |i: usize| bytes.get(i).and_then(|b| (*b as char).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_string())
}

/// Percent-encodes what may not stand in a whole address, and leaves escapes alone.
fn encode(address: &str) -> String {
    // Only an IPv6 host has brackets.
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find(['/', '?', '#']).map_or(address.len(), |at| host + at);
    let (host, rest) = address.split_at(end);
    encode_except(host, b"-._~:/[]@!$&'()*+,;=%") + &encode_except(rest, b"-._~:/?#@!$&'()*+,;=%")
}

/// Percent-encodes a path, also what would begin a scheme, a query or an anchor.
pub fn encode_path(path: &str) -> String {
    encode_except(path, b"-._~/!$&'()*+,;=@")
}

/// Percent-encodes the part after `#`.
pub fn encode_fragment(fragment: &str) -> String {
    encode_except(fragment, b"-._~/?:@!$&'()*+,;=")
}

fn encode_except(text: &str, keep: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || keep.contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_what_browsers_take_them_for() {
        let relative = |path: &str, anchor: Option<&str>| Address::Relative {
            path: path.into(),
            anchor: anchor.map(str::to_string),
            query: String::new(),
        };
        assert_eq!(Address::parse("a%20b.md#x"), relative("a b.md", Some("x")));
        assert_eq!(Address::parse("#x"), relative("", Some("x")));
        assert_eq!(Address::parse("../a:b/c.md"), relative("../a:b/c.md", None));
        assert_eq!(Address::parse("a\n.md\t"), relative("a.md", None));
        for (written, read) in [
            ("HTTPS://x", "HTTPS://x"),
            ("ht\ntps://x/\ty", "https://x/y"),
            ("\u{1}https://x", "https://x"),
            ("https://x/a b\"<", "https://x/a%20b%22%3C"),
            ("//x/y", "//x/y"),
        ] {
            assert_eq!(Address::parse(written), Address::External(read.into()), "{written:?}");
        }
        for bad in ["java\tscript:x", "data:text/html,x", "\u{85}javascript:x", "\0vbscript:x"] {
            assert!(matches!(Address::parse(bad), Address::Refused(_)), "{bad:?}");
        }
    }

    #[test]
    fn schemes() {
        assert_eq!(scheme("https://x"), Some("https".into()));
        assert_eq!(scheme("java\nscript:alert(1)"), Some("javascript".into()));
        assert_eq!(scheme(" JAVASCRIPT:x"), Some("javascript".into()));
        assert_eq!(scheme("a/b:c"), None);
        assert_eq!(scheme("#a:b"), None);
        assert_eq!(scheme("a.md"), None);
    }

    #[test]
    fn disguises_are_seen_through() {
        for bad in ["javascript:x", "//host/x", "\\\\host", "/\\host", "\\/host", " //host"] {
            assert!(is_disguised(bad), "{bad}");
        }
        for good in ["a/b:c.md", "../a.md", "/a//b", "a"] {
            assert!(!is_disguised(good), "{good}");
        }
    }

    #[test]
    fn settings_take_whole_addresses_alone() {
        let web = |text| Address::external(text, &["https", "http"]);
        assert_eq!(web("https://x/y z"), Some("https://x/y%20z".into()));
        assert_eq!(web("https://x/{path}"), Some("https://x/{path}".into()));
        for bad in ["javascript:x", "mailto:x", "//x", "x", "", "java\nscript:x", "https%3a//x"] {
            assert_eq!(web(bad), None, "{bad}");
        }
    }

    #[test]
    fn escapes_round_trip() {
        assert_eq!(decode("%C3%BC%zz%"), "ü%zz%");
        assert_eq!(encode("/a b?x=ü&y#z"), "/a%20b?x=%C3%BC&y#z");
        assert_eq!(encode("http://[::1]:80/a[b]"), "http://[::1]:80/a%5Bb%5D");
        assert_eq!(encode_path("a:b/c?#%"), "a%3Ab/c%3F%23%25");
        assert_eq!(decode(&encode_path("a b/ü#?:%41.md")), "a b/ü#?:%41.md");
    }
}
