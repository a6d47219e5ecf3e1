//! Links of wikis that give addresses themselves. A text names pages and files by names of
//! ours, `casebook:page/NAME`, until it is sent, and again when it comes back, so that texts
//! can be compared.

/// Before the name of a page.
pub(super) const PAGE: &str = "casebook:page/";

/// Before the name of a file.
pub(super) const FILE: &str = "casebook:file/";

/// The address of a page in a text.
pub(super) fn page(name: &str) -> String {
    format!("{PAGE}{name}")
}

/// The address of a file in a text.
pub(super) fn file(name: &str) -> String {
    format!("{FILE}{name}")
}

/// A Markdown text with other addresses in its links and pictures, where `other` knows one.
/// The part after `#` stays.
pub(super) fn readdressed(text: &str, other: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        out.push_str(before);
        out.push_str("](");
        let end = after.find([')', '#', ' ', '\n']).unwrap_or(after.len());
        let (address, more) = after.split_at(end);
        match other(address) {
            Some(found) => out.push_str(&found),
            None => out.push_str(address),
        }
        rest = more;
    }
    out + rest
}

/// The title in the first line of a text, and the rest.
pub(super) fn head(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    (first.trim_start_matches("# ").trim(), rest.trim())
}

/// A title and a text as one.
pub(super) fn joined(title: &str, text: &str) -> String {
    format!("# {}\n\n{}\n", title.trim(), text.replace("\r\n", "\n").trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_change_and_nothing_else() {
        let text = "# T\n\n[a](casebook:page/x#y) ![p](casebook:file/p.png) [o](https://a/b)\n";
        let sent = readdressed(text, |address| {
            address.strip_prefix("casebook:").map(|rest| format!("https://w/{rest}"))
        });
        let wanted = "# T\n\n[a](https://w/page/x#y) ![p](https://w/file/p.png) [o](https://a/b)\n";
        assert_eq!(sent, wanted);
        let back = readdressed(&sent, |address| {
            address.strip_prefix("https://w/").map(|rest| format!("casebook:{rest}"))
        });
        assert_eq!(back, text);
        assert_eq!(head(text).0, "T");
        assert_eq!(joined("T ", "\r\nx\r\ny\n\n"), "# T\n\nx\ny\n");
        assert_eq!(readdressed("a](b", |_| None), "a](b");
    }
}
