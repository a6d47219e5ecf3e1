//! Links to entries and to rows of models: one maker of the view, and the way in which
//! running text writes it, which is that of `entry_link` in `macros.html`.

use super::Renderer;
use crate::book::graph::{NodeId, Resolved};
use crate::site::view::EntryLink;
use crate::text::address::encode_fragment;
use crate::text::markup::escape;

impl Renderer<'_> {
    /// A link to a node as it stands on the page `url`.
    pub(super) fn entry_link(&self, url: &str, node: NodeId) -> EntryLink {
        let page = &self.graph.nodes[node];
        let deprecated = self.graph.article(node).meta.is_deprecated();
        EntryLink {
            kind: page.kind.clone().unwrap_or_else(|| "page".into()),
            id: page.id.clone(),
            title: self.title(node),
            href: self.node_href(url, node),
            deprecated,
            hint: deprecated.then(|| self.text.get("deprecated").into()),
            preview: self.card_id(node).is_some(),
            ..EntryLink::default()
        }
    }

    /// A link to an item of a structured block.
    pub(super) fn local_link(&self, url: &str, id: &str) -> EntryLink {
        let local = self.graph.local_on(url, id);
        EntryLink {
            kind: "local".into(),
            id: Some(id.to_ascii_uppercase()),
            title: local.map_or_else(String::new, |local| local.title.clone()),
            href: self.resolved_href(url, &Resolved::Local(id.to_string())),
            ..EntryLink::default()
        }
    }

    /// Writes a link to a node into running text: its ID and title, or the author's words.
    pub(super) fn write_entry(
        &self,
        url: &str,
        to: NodeId,
        anchor: Option<&str>,
        text: Option<&str>,
        out: &mut String,
    ) {
        let mut link = self.entry_link(url, to).saying(text);
        if let Some(anchor) = anchor {
            link.href.push('#');
            link.href.push_str(&encode_fragment(anchor));
        }
        self.write_link(&link, out);
    }

    /// Writes a link into running text.
    pub(super) fn write_link(&self, link: &EntryLink, out: &mut String) {
        let attribute = |name: &str, value: &str, out: &mut String| {
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        };
        let id = link.id.as_deref().unwrap_or_default();
        let marked = if link.deprecated { "entry-link deprecated" } else { "entry-link" };
        attribute("<a class", marked, out);
        attribute(" data-kind", &link.kind, out);
        if link.preview {
            attribute(" data-entry", id, out);
        }
        attribute(" href", &link.href, out);
        if let Some(hint) = &link.hint {
            attribute(" title", hint, out);
        }
        out.push('>');
        match &link.text {
            Some(text) => escape(text, out),
            None => {
                if !id.is_empty() {
                    out.push_str("<span class=\"entry-id\">");
                    escape(id, out);
                    out.push_str("</span> ");
                }
                escape(&link.title, out);
            }
        }
        out.push_str("</a>");
    }
}
