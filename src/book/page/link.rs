//! Addresses as authors write them.

use super::body::Target;
use super::html::{SCHEMES, scheme};
use std::fmt::Write as _;

/// What an address is.
pub fn classify(address: &str) -> Target {
    let address = address.trim();
    if let Some(scheme) = scheme(address) {
        return match SCHEMES.contains(&scheme.as_str()) {
            true => Target::External(address.to_string()),
            false => Target::Unsafe(address.to_string()),
        };
    }
    if address.starts_with("//") {
        return Target::External(address.to_string());
    }
    let (rest, anchor) = match address.split_once('#') {
        Some((rest, anchor)) => (rest, Some(decode(anchor))),
        None => (address, None),
    };
    let (path, query) = match rest.find('?') {
        Some(at) => (&rest[..at], rest[at..].to_string()),
        None => (rest, String::new()),
    };
    Target::Relative { path: decode(path), anchor, query }
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

/// Percent-encodes what may not stand in an address, and leaves escapes alone.
pub fn encode(address: &str) -> String {
    // Only an IPv6 host has brackets.
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find(['/', '?', '#']).map_or(address.len(), |at| host + at);
    let (host, rest) = address.split_at(end);
    encode_except(host, b"-._~:/[]@!$&'()*+,;=%") + &encode_except(rest, b"-._~:/?#@!$&'()*+,;=%")
}

/// Percent-encodes a path.
pub fn encode_path(path: &str) -> String {
    encode_except(path, b"-._~/!$&'()*+,;=@:")
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
    fn addresses_are_classified() {
        let relative = |path: &str, anchor: Option<&str>| Target::Relative {
            path: path.into(),
            anchor: anchor.map(str::to_string),
            query: String::new(),
        };
        assert_eq!(classify("a%20b.md#x"), relative("a b.md", Some("x")));
        assert_eq!(classify("#x"), relative("", Some("x")));
        assert_eq!(classify("../a:b/c.md"), relative("../a:b/c.md", None));
        assert!(matches!(classify("HTTPS://x"), Target::External(_)));
        assert!(matches!(classify("java\tscript:x"), Target::Unsafe(_)));
        assert!(matches!(classify("data:text/html,x"), Target::Unsafe(_)));
    }

    #[test]
    fn escapes_round_trip() {
        assert_eq!(decode("%C3%BC%zz%"), "ü%zz%");
        assert_eq!(encode("/a b?x=ü&y#z"), "/a%20b?x=%C3%BC&y#z");
        assert_eq!(encode("http://[::1]:80/a[b]"), "http://[::1]:80/a%5Bb%5D");
        assert_eq!(decode(&encode_path("a b/ü#?.md")), "a b/ü#?.md");
    }
}
