//! What changed, as a page and as an Atom feed; and what has to be looked at again.

use super::Renderer;
use crate::book::graph::NodeId;
use crate::book::page::Key;
use crate::model::change::{Came, Logged, What, log};
use crate::model::due::{Due, due};
use crate::site::plan::{CHANGES, Group};
use crate::site::view::{Content, PageView, ReferenceView};
use crate::text::markup::escaped;
use std::fmt::Write as _;

/// So many changes are in the feed.
const FED: usize = 50;

impl Renderer<'_> {
    /// The page that tells what changed.
    pub(super) fn changes(&self, url: &str) -> (PageView, Content) {
        let mut page = self.page(url, self.text.get("change_log"));
        page.description = self.text.get("change_log_lead").into();
        self.belongs(url, Group::Models, &mut page);
        let mut out = String::from("<div class=\"change-log\">\n");
        let mut month = String::new();
        for change in log(self.graph, self.models, self.sources) {
            let date = change.date.to_string();
            if !date.starts_with(&month) || month.is_empty() {
                if !month.is_empty() {
                    out.push_str("</ul>\n");
                }
                month = date[..7].to_string();
                let title = escaped(&self.text.date(&month));
                let _ = writeln!(out, "<h2 id=\"{month}\">{title}</h2>\n<ul>");
            }
            let shown = escaped(&self.text.date(&date));
            let _ = write!(
                out,
                "<li data-date=\"{date}\"><time datetime=\"{date}\">{shown}</time> <span>"
            );
            self.write_entry(url, change.node, None, None, &mut out);
            let _ = writeln!(out, " {}</span></li>", escaped(&self.what(&change)));
        }
        if !month.is_empty() {
            out.push_str("</ul>\n");
        }
        let feed = escaped(self.text.get("change_log_feed"));
        let href = escaped(&self.href(url, crate::site::plan::FEED));
        let _ = write!(out, "</div>\n<p><a href=\"{href}\">{feed}</a></p>\n");
        page.body = out.into();
        (page, Content::Reference(ReferenceView { name: "changes".into() }))
    }

    /// A change in a sentence.
    fn what(&self, change: &Logged) -> String {
        match &change.what {
            What::Entry(what) => what.clone(),
            What::NewModel => self.text.get("change_new_model").into(),
            What::Revision => self.text.get("change_revision").into(),
            What::Edited => self.text.get("change_edited").into(),
            What::Library(came, library) => {
                let key = match came {
                    Came::New => "change_library_new",
                    Came::Changed => "change_library_changed",
                    Came::Retired => "change_library_retired",
                };
                self.text.fill(key, &[("library", library)])
            }
            What::Review(outcome) if outcome.is_empty() => self.text.get("change_review").into(),
            What::Review(outcome) => {
                let outcome = self.text.word_within(outcome);
                self.text.fill("change_review_outcome", &[("outcome", &outcome)])
            }
        }
    }

    /// The changes as an Atom feed. Where the site's address is not known, links are
    /// relative to the feed.
    pub(super) fn feed(&self) -> String {
        let base = self.config.url.as_deref().unwrap_or("");
        let changes = log(self.graph, self.models, self.sources);
        let time = |date: &dyn std::fmt::Display| format!("{date}T00:00:00Z");
        let newest = changes.first().map_or_else(|| "1970-01-01".into(), |c| c.date.to_string());
        let address = |url: &str| format!("{base}{}", crate::text::address::encode_path(url));
        let title = escaped(&self.config.title);
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" \
             xml:lang=\"{}\">\n<id>{}</id>\n<title>{title}</title>\n<updated>{}</updated>\n\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
            escaped(&self.config.language),
            name_of(&[base, &self.config.title]),
            time(&newest),
            escaped(&address(crate::site::plan::FEED)),
            escaped(&address(CHANGES)),
        );
        let authors = match self.config.authors.is_empty() {
            true => std::slice::from_ref(&self.config.title),
            false => self.config.authors.as_slice(),
        };
        for author in authors {
            let _ = writeln!(out, "<author><name>{}</name></author>", escaped(author));
        }
        for change in changes.iter().take(FED) {
            let page = &self.graph.nodes[change.node];
            let id = page.id.as_ref().map_or_else(String::new, |id| format!("{id} "));
            let what = self.what(change);
            let _ = writeln!(
                out,
                "<entry>\n<id>{}</id>\n<title>{}{}</title>\n<updated>{}</updated>\n\
                 <link href=\"{}\"/>\n<summary>{}</summary>\n</entry>",
                name_of(&[base, &page.url, &change.date.to_string(), &what]),
                escaped(&id),
                escaped(&page.title),
                time(&change.date),
                escaped(&address(&page.url)),
                escaped(&what),
            );
        }
        out.push_str("</feed>\n");
        out
    }

    /// The page that tells what has to be looked at again, and when.
    pub(super) fn due(&self, url: &str) -> (PageView, Content) {
        let mut page = self.page(url, self.text.get("due"));
        page.description = self.text.get("due_lead").into();
        self.belongs(url, Group::Models, &mut page);
        let heads = ["due_date", "due_page", "due_owner", "due_reviewed"];
        let heads: Vec<String> = heads.iter().map(|key| escaped(self.text.get(key))).collect();
        let mut out = String::from(
            "<div class=\"block-due\"><div class=\"table-wrap\" tabindex=\"0\"><table><thead><tr>",
        );
        for head in &heads {
            let _ = write!(out, "<th scope=\"col\">{head}</th>");
        }
        out.push_str("</tr></thead>\n");
        let all = due(self.graph, self.models);
        let month = |due: &Due| due.date.to_string()[..7].to_string();
        for group in all.chunk_by(|a, b| month(a) == month(b)) {
            let name = escaped(&self.text.date(&month(&group[0])));
            let _ = writeln!(
                out,
                "<tbody><tr class=\"month\"><th colspan=\"4\" scope=\"rowgroup\">{name} \
                 <span class=\"count\">{}</span></th></tr>",
                group.len()
            );
            for due in group {
                self.due_row(url, due, &heads, &mut out);
            }
            out.push_str("</tbody>\n");
        }
        out.push_str("</table></div></div>\n");
        page.body = out.into();
        (page, Content::Reference(ReferenceView { name: "due".into() }))
    }

    fn due_row(&self, url: &str, due: &Due, heads: &[String], out: &mut String) {
        let date = due.date;
        let shown = escaped(&self.text.date(&date.to_string()));
        let _ = write!(
            out,
            "<tr data-due=\"{date}\"><td data-label=\"{}\"><time datetime=\"{date}\">{shown}</time></td>\
             <th scope=\"row\" data-label=\"{}\">",
            heads[0], heads[1]
        );
        let mut owner = self.said(due.node, "Owner");
        if let Some(row) = due.row(self.models) {
            let label = escaped(format!("{} {}", row.id, row.title).trim());
            let anchor = crate::text::address::encode_fragment(&row.anchor);
            let href = escaped(&format!("{}#{anchor}", self.node_href(url, due.node)));
            let _ = write!(out, "<a href=\"{href}\">{label}</a><span class=\"within\">");
            self.write_entry(url, due.node, None, None, out);
            out.push_str("</span>");
            owner = row.first(Key::Owner).map_or(owner, str::to_string);
        } else {
            self.write_entry(url, due.node, None, None, out);
        }
        let reviewed = escaped(&self.text.date(&self.said(due.node, "Reviewed")));
        let _ = writeln!(
            out,
            "</th><td data-label=\"{}\">{}</td><td data-label=\"{}\">{reviewed}</td></tr>",
            heads[2],
            escaped(&owner),
            heads[3]
        );
    }

    /// A fact of a page's front matter; empty where it is not said.
    fn said(&self, node: NodeId, label: &str) -> String {
        let facts = &self.graph.article(node).meta.facts;
        facts.iter().find(|(name, _)| *name == label).map_or_else(String::new, |(_, v)| v.clone())
    }

    /// Where a reader can say what is wrong with a page.
    pub(super) fn feedback(&self, url: &str, node: NodeId) -> Option<String> {
        let template = self.config.feedback.as_ref()?;
        let page = &self.graph.nodes[node];
        let address = match &self.config.url {
            Some(base) => format!("{base}{}", crate::text::address::encode_path(url)),
            None => url.to_string(),
        };
        let values = [
            ("{title}", page.title.as_str()),
            ("{url}", &address),
            ("{path}", &self.graph.page(node).file),
            ("{id}", page.id.as_deref().unwrap_or("")),
        ];
        let fill = |text: String, (gap, value): &(&str, &str)| text.replace(gap, &encoded(value));
        Some(values.iter().fold(template.clone(), fill))
    }
}

/// A name for good, made from what it names.
fn name_of(parts: &[&str]) -> String {
    let hash = blake3::hash(parts.join("\u{0}").as_bytes()).to_hex();
    format!(
        "urn:uuid:{}-{}-8{}-8{}-{}",
        &hash[..8],
        &hash[8..12],
        &hash[13..16],
        &hash[17..20],
        &hash[20..32]
    )
}

/// Text inside an address: all but letters, digits and four marks are percent-encoded.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte as char);
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_addresses_are_encoded() {
        assert_eq!(encoded("a b&c=d/\u{e9}?#"), "a%20b%26c%3Dd%2F%C3%A9%3F%23");
        assert_eq!(name_of(&["a"]).len(), "urn:uuid:".len() + 36);
        assert_ne!(name_of(&["a", "b"]), name_of(&["ab"]));
    }
}
