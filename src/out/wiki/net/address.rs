//! Where a wiki is.

use http::Uri;
use http::uri::Scheme;

/// The address of a wiki, read once. What is sent goes there and nowhere else: it is
/// written from its parts, never from what somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `https`, or `http` on this machine.
    scheme: &'static str,
    host: String,
    port: Option<u16>,
    /// Without `/` at its end.
    path: String,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is none, others could read the token on the way, or it holds more than
    /// a host, a port and a path.
    pub fn parse(text: &str) -> Result<Address, String> {
        let wrong = |reason: &str| Err(format!("`{}` {reason}", text.escape_debug()));
        let Ok(uri) = text.trim().parse::<Uri>() else {
            return wrong("is no address such as https://example.atlassian.net/wiki");
        };
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return wrong("is no address such as https://example.atlassian.net/wiki");
        };
        if authority.as_str().contains('@') {
            return wrong(
                "holds a name or a password before `@`; the name goes to --user, and the token to \
                 the environment",
            );
        }
        let host = authority.host().to_ascii_lowercase();
        let after = authority.as_str().get(host.len()..).unwrap_or("");
        let port = authority.port_u16().filter(|port| *port > 0);
        if host.is_empty() || (!after.is_empty() && port.is_none()) {
            return wrong("has no host, or no port from 1 to 65535 after `:`");
        }
        if uri.query().is_some() || text.contains('#') {
            return wrong("has more than a path; give the address up to `?` or `#`");
        }
        let local = matches!(host.as_str(), "127.0.0.1" | "localhost" | "[::1]");
        let scheme = match scheme {
            scheme if *scheme == Scheme::HTTPS => "https",
            scheme if *scheme == Scheme::HTTP && local => "http",
            _ => return wrong("does not begin with https://, so others could read the token"),
        };
        let path = uri.path().trim_end_matches('/').to_string();
        Ok(Address { scheme, host, port, path })
    }

    /// Whether it is one of Confluence Cloud.
    pub fn is_cloud(&self) -> bool {
        // Scoped tokens go to the second one.
        self.host.ends_with(".atlassian.net") || self.host == "api.atlassian.com"
    }

    /// The address as text, without `/` at its end.
    pub fn text(&self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}{}", self.scheme, self.host, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_it_looks_like() {
        for (text, written) in [
            ("https://example.atlassian.net/wiki/", "https://example.atlassian.net/wiki"),
            ("https://Wiki.Example:8443", "https://wiki.example:8443"),
            ("http://127.0.0.1:8090/x", "http://127.0.0.1:8090/x"),
            ("http://localhost", "http://localhost"),
            ("http://[::1]:80/", "http://[::1]:80"),
        ] {
            assert_eq!(Address::parse(text).unwrap().text(), written);
        }
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        for text in [
            "http://127.0.0.1:x@other.example",
            "http://127.0.0.1:80@other.example:80/",
            "https://me@wiki.example",
            "https://me:token@wiki.example",
            "http://localhost@other",
            "http://localhost.example",
            "http://127.0.0.1.example:80",
            "http://127.0.0.2:80",
            "http://wiki.example",
            "ftp://wiki.example",
            "wiki.example",
            "//wiki.example",
            "https://",
            "https://:80",
            "https://wiki.example:99999",
            "https://wiki.example:0",
            "https://wiki:x",
            "https://wiki.example/?a=b",
            "https://wiki.example/#a",
            "https://wiki.exämple",
            "https://wiki.example/a b",
            "https://wiki.example\\@other",
            "http://127.0.0.1:\t80",
            "",
            "javascript:x",
            "https:/wiki.example",
            "http://[::1]:80@other.example",
            "https://a\u{0}b",
        ] {
            assert!(Address::parse(text).is_err(), "{text:?} {:?}", Address::parse(text));
        }
    }

    #[test]
    fn cloud_is_told_by_the_host() {
        let is_cloud = |text: &str| Address::parse(text).unwrap().is_cloud();
        assert!(is_cloud("https://example.atlassian.net/wiki"));
        assert!(!is_cloud("https://wiki.example/.atlassian.net/x"));
        assert!(!is_cloud("https://example.atlassian.net.wiki.example"));
    }
}
