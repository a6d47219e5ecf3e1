//! A dump in MediaWiki's export schema 0.11.

use super::escape::is_xml;
use sha1::{Digest, Sha1};
use std::fmt::Write;

/// A page of a dump.
pub(super) struct DumpPage<'p> {
    pub title: &'p str,
    /// 0 for pages, 14 for categories.
    pub namespace: u32,
    /// The title of the page that it leads to.
    pub redirect: Option<&'p str>,
    /// `2026-05-01T12:00:00Z`
    pub timestamp: &'p str,
    pub comment: &'p str,
    pub text: &'p str,
}

/// Writes a dump. There is no `siteinfo`, since it would have to name the namespaces of a
/// wiki that is not known. Numbers are those of the dump; an import gives its own.
pub(super) fn write<'p>(language: &str, pages: impl Iterator<Item = DumpPage<'p>>) -> String {
    let mut out = format!(
        "<mediawiki xmlns=\"http://www.mediawiki.org/xml/export-0.11/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"http://www.mediawiki.org/xml/export-0.11/ \
         http://www.mediawiki.org/xml/export-0.11.xsd\" version=\"0.11\" xml:lang=\"{}\">\n",
        escaped(language)
    );
    for (at, page) in pages.enumerate() {
        let number = at + 1;
        let _ = write!(
            out,
            "  <page>\n    <title>{}</title>\n    <ns>{}</ns>\n    <id>{number}</id>\n",
            escaped(page.title),
            page.namespace,
        );
        if let Some(to) = page.redirect {
            let _ = writeln!(out, "    <redirect title=\"{}\" />", escaped(to));
        }
        let _ = write!(
            out,
            "    <revision>\n      <id>{number}</id>\n      <timestamp>{}</timestamp>\n      \
             <contributor>\n        <username>Casebook</username>\n        <id>0</id>\n      \
             </contributor>\n      <comment>{}</comment>\n      <origin>{number}</origin>\n      \
             <model>wikitext</model>\n      <format>text/x-wiki</format>\n      \
             <text bytes=\"{}\" sha1=\"{sha1}\" xml:space=\"preserve\">{}</text>\n      \
             <sha1>{sha1}</sha1>\n    </revision>\n  </page>\n",
            page.timestamp,
            escaped(page.comment),
            page.text.len(),
            escaped(page.text),
            sha1 = base36(page.text),
        );
    }
    out.push_str("</mediawiki>\n");
    out
}

fn escaped(text: &str) -> String {
    let text: String = text.chars().filter(|c| is_xml(*c)).collect();
    crate::text::markup::escaped(&text)
}

/// The hash by which MediaWiki knows a text: SHA-1 as 31 digits of base 36.
fn base36(text: &str) -> String {
    let mut number = Sha1::digest(text.as_bytes()).to_vec();
    let mut digits = [0u8; 31];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0u32;
        for byte in &mut number {
            let value = rest * 256 + u32::from(*byte);
            *byte = (value / 36) as u8;
            rest = value % 36;
        }
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[rest as usize];
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_of_the_empty_text_in_dumps_of_mediawiki() {
        assert_eq!(super::base36(""), "phoiac9h4m842xq45sp7s6u21eteeq1");
    }
}
