//! Fills the holes of a body.

use super::Renderer;
use super::{block, chart, fragment, picture};
use crate::book::graph::{NodeId, Resolved};
use crate::book::page::{Hole, Link, Piece, Target};
use crate::site::plan::Route;
use crate::site::theme::ThemeError;
use crate::text::address::encode_fragment;
use crate::text::markup::{escape, escaped};

impl Renderer<'_> {
    /// The HTML of a node's body as it stands on the page `url`.
    ///
    /// # Errors
    /// When the template of a block fails.
    pub(super) fn body(&self, url: &str, node: NodeId) -> Result<String, ThemeError> {
        let body = self.pieces(url, node, &self.graph.article(node).body.pieces)?;
        Ok(body + &self.transcript(url, node))
    }

    /// Pieces of a node, its title's or its body's, as they stand on the page `url`.
    pub(super) fn pieces(
        &self,
        url: &str,
        node: NodeId,
        pieces: &[Piece],
    ) -> Result<String, ThemeError> {
        let length = pieces.iter().map(|piece| match piece {
            Piece::Html(html) => html.len(),
            Piece::Hole(_) => 80,
        });
        let mut out = String::with_capacity(length.sum());
        for piece in pieces {
            match piece {
                Piece::Html(html) => out.push_str(html),
                Piece::Hole(hole) => self.fill(url, node, *hole, &mut out)?,
            }
        }
        Ok(out)
    }

    pub(super) fn fill(
        &self,
        url: &str,
        node: NodeId,
        hole: Hole,
        out: &mut String,
    ) -> Result<(), ThemeError> {
        let links = &self.graph.links[node];
        match hole {
            Hole::Open(i) => match links.get(i) {
                Some(Resolved::Broken(reason)) => {
                    out.push_str("<span class=\"broken\" title=\"");
                    escape(reason, out);
                    out.push_str("\">");
                }
                Some(Resolved::Absent) => self.open_absent(out),
                Some(resolved) => {
                    out.push_str("<a href=\"");
                    escape(&self.resolved_href(url, resolved), out);
                    if let Some(title) = &self.graph.article(node).body.links[i].title {
                        out.push_str("\" title=\"");
                        escape(title, out);
                    }
                    out.push_str("\">");
                }
                None => {}
            },
            Hole::Close(i) => match links.get(i) {
                Some(Resolved::Broken(_) | Resolved::Absent) => out.push_str("</span>"),
                Some(_) => out.push_str("</a>"),
                None => {}
            },
            Hole::Url(i) => match links.get(i) {
                Some(Resolved::Broken(reason)) => without_address(out, reason),
                Some(Resolved::Absent) => without_address(out, self.text.get("not_in_this_book")),
                Some(resolved) => escape(&self.resolved_href(url, resolved), out),
                None => {}
            },
            Hole::Entry(i) => {
                let link = self.graph.article(node).body.links.get(i);
                let (text, bare) = match link.map(|link| &link.target) {
                    Some(Target::Id { id, text, .. }) => (text.as_deref(), id),
                    Some(Target::Titled { text, written, .. }) => (text.as_deref(), written),
                    _ => return Ok(()),
                };
                match links.get(i) {
                    Some(Resolved::Node(to, anchor)) => {
                        self.write_entry(url, *to, anchor.as_deref(), text, out);
                    }
                    Some(Resolved::Local(id)) => {
                        self.write_link(&self.local_link(url, id).saying(text), out);
                    }
                    Some(Resolved::Absent) => {
                        self.open_absent(out);
                        escape(self.instead_of(bare, text), out);
                        out.push_str("</span>");
                    }
                    // What was no link of ours is what it was.
                    Some(Resolved::Broken(reason)) if reason == bare => escape(bare, out),
                    Some(Resolved::Broken(reason)) => {
                        out.push_str("<span class=\"broken\" title=\"");
                        escape(reason, out);
                        out.push_str("\">");
                        escape(text.unwrap_or(bare), out);
                        out.push_str("</span>");
                    }
                    _ => escape(text.unwrap_or(bare), out),
                }
            }
            Hole::Picture(i) => {
                if let (Some(to), Some(link)) =
                    (links.get(i), self.graph.article(node).body.links.get(i))
                {
                    self.picture(url, to, link, out);
                }
            }
            Hole::Block(i) => block::render(self, url, node, i, out)?,
            Hole::Chart(i) => chart::render(self, node, i, "", out),
            Hole::Fragment(i) => fragment::render(self, url, node, i, out)?,
            Hole::Listing(i) => {
                if let Some(listing) = self.graph.article(node).body.listings.get(i) {
                    match self.highlight {
                        true => out.push_str(listing.highlighted()),
                        false => out.push_str(&listing.plain()),
                    }
                }
            }
            Hole::Label(label) => escape(self.text.get(label.key()), out),
        }
        Ok(())
    }

    /// A picture of Markdown; what it says where there is none.
    fn picture(&self, url: &str, to: &Resolved, link: &Link, out: &mut String) {
        let alt = escaped(&link.alt);
        if *to == Resolved::Absent {
            self.open_absent(out);
            out.push_str(&format!("{alt}</span>"));
            return;
        }
        if let Resolved::Broken(reason) = to {
            let reason = escaped(reason);
            out.push_str(&format!("<span class=\"broken\" title=\"{reason}\">{alt}</span>"));
            return;
        }
        let src = escaped(&self.resolved_href(url, to));
        out.push_str(&format!("<img src=\"{src}\""));
        if let Some((width, height)) = self.picture_size(to) {
            out.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
        }
        out.push_str(&format!(" alt=\"{alt}\""));
        if let Some(title) = &link.title {
            out.push_str(&format!(" title=\"{}\"", escaped(title)));
        }
        out.push_str(" loading=\"lazy\" />");
    }

    /// How large a picture of the book is.
    fn picture_size(&self, picture: &Resolved) -> Option<(u32, u32)> {
        let Resolved::Url(url, _) = picture else { return None };
        let Some(Route::File(path)) = self.plan.routes.get(url) else { return None };
        picture::size(self.sources.source(path)?.1.bytes())
    }

    pub(super) fn resolved_href(&self, url: &str, resolved: &Resolved) -> String {
        match resolved {
            Resolved::Node(to, anchor) => {
                let fragment =
                    anchor.as_ref().map(|anchor| format!("#{}", encode_fragment(anchor)));
                let same = self.graph.nodes[*to].url == url;
                match (same, fragment) {
                    (true, Some(fragment)) => fragment,
                    (_, fragment) => self.node_href(url, *to) + fragment.as_deref().unwrap_or(""),
                }
            }
            Resolved::Url(target, rest) => {
                let rest = match rest.split_once('#') {
                    Some((query, anchor)) => format!("{query}#{}", encode_fragment(anchor)),
                    None => rest.clone(),
                };
                self.href(url, target) + &rest
            }
            Resolved::Local(id) => self.graph.local_on(url, id).map_or_else(String::new, |local| {
                let page = &self.graph.nodes[local.node].url;
                let path = if page == url { String::new() } else { self.href(url, page) };
                format!("{path}#{}", encode_fragment(&local.anchor))
            }),
            Resolved::Broken(_) | Resolved::Absent => String::new(),
        }
    }

    /// The words for an entry that is not in the book: the author's, if they do not name it.
    pub(super) fn instead_of<'t>(&'t self, id: &str, text: Option<&'t str>) -> &'t str {
        let words = text.filter(|words| !words.trim().eq_ignore_ascii_case(id));
        words.unwrap_or(self.text.get("an_entry_not_here"))
    }

    /// Opens the words of a link to what is not in the book.
    fn open_absent(&self, out: &mut String) {
        out.push_str("<span class=\"absent\" title=\"");
        escape(self.text.get("not_in_this_book"), out);
        out.push_str("\">");
    }

    /// The ID of a node that has a preview and can be picked, if it is an entry.
    pub(super) fn card_id(&self, node: NodeId) -> Option<&str> {
        let page = &self.graph.nodes[node];
        page.id.as_deref().filter(|_| crate::site::plan::has_card(page))
    }
}

/// Takes back an attribute of raw HTML that has begun with the name of an address, since
/// what the author wrote leads nowhere; an attribute that means nothing says why.
fn without_address(out: &mut String, reason: &str) {
    let name = ["href=\"", "src=\"", "poster=\""].iter().find(|name| out.ends_with(**name));
    if let Some(name) = name {
        out.truncate(out.len() - name.len());
        out.push_str("data-missing=\"");
    }
    escape(reason, out);
}
