//! All pages of a section on one page, for paper: each with its contents, and links that
//! lead to their places on this page.

use super::{Made, Renderer};
use crate::book::graph::NodeId;
use crate::site::plan::{Route, Section, print_url};
use crate::site::theme::ThemeError;
use crate::site::view::{Content, Heading, Html, PrintPart, PrintView};
use std::collections::BTreeMap;

/// Attributes that name an element of the page, or several.
const NAMES: [&str; 5] = ["id", "aria-labelledby", "aria-describedby", "headers", "for"];

impl Renderer<'_> {
    /// The page of a whole section.
    pub(super) fn print(&self, url: &str, number: usize) -> Made {
        let section = &self.plan.sections[number];
        let mut page = self.page(url, &self.section_label(section));
        page.noindex = true;
        page.sections = self.sections(url, Some(number));
        let nodes = pages(section, self);
        let anchors: BTreeMap<String, String> = nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (self.node_href(url, *node), format!("p{}", at + 1)))
            .collect();
        let parts = nodes.iter().enumerate().map(|(at, node)| {
            let view = self.node_page(url, *node)?;
            let anchor = format!("p{}", at + 1);
            let names = Names { own: &anchor, pages: &anchors };
            Ok(PrintPart {
                title: view.title,
                heading: view.heading.map(|heading| names.html(&heading)),
                body: names.html(&view.body),
                toc: view.toc.into_iter().map(|heading| names.heading(heading)).collect(),
                href: self.node_href(url, *node),
                id: self.graph.nodes[*node].id.clone(),
                anchor: anchor.clone(),
            })
        });
        let view = PrintView { parts: parts.collect::<Result<_, ThemeError>>()? };
        Ok((page, Content::Print(view)))
    }

    /// The page that shows a whole section on one page.
    pub(super) fn print_href(&self, url: &str, number: usize) -> Option<String> {
        let target = print_url(self.plan.sections.get(number)?);
        let there = self.plan.routes.get(&target) == Some(&Route::Print(number));
        there.then(|| self.href(url, &target))
    }
}

/// The introduction and what follows, as it is read.
fn pages(section: &Section, renderer: &Renderer<'_>) -> Vec<NodeId> {
    let intro = section.index.as_deref().and_then(|index| renderer.graph.by_url.get(index));
    let rest = section.reading.iter().filter(|node| intro != Some(*node));
    let whole = |node: &NodeId| !renderer.plan.faults.contains_key(node);
    intro.into_iter().chain(rest).copied().filter(whole).collect()
}

/// The names of a page's elements, which begin with that of the page.
struct Names<'a> {
    own: &'a str,
    /// The pages that stand here too, by their addresses.
    pages: &'a BTreeMap<String, String>,
}

impl Names<'_> {
    fn heading(&self, heading: Heading) -> Heading {
        Heading {
            id: format!("{}-{}", self.own, heading.id),
            children: heading.children.into_iter().map(|child| self.heading(child)).collect(),
            ..heading
        }
    }

    /// HTML of ours with names and links changed. Attributes stand in double quotes.
    fn html(&self, html: &Html) -> Html {
        let mut out = String::with_capacity(html.0.len() + 256);
        let mut rest: &str = &html.0;
        while let Some(start) = rest.find('<') {
            let end = tag_end(&rest[start..]).map_or(rest.len(), |end| start + end);
            out.push_str(&rest[..start]);
            self.tag(&rest[start..end], &mut out);
            rest = &rest[end..];
        }
        out.push_str(rest);
        out.into()
    }

    fn tag(&self, tag: &str, out: &mut String) {
        let mut rest = tag;
        while let Some(at) = rest.find("=\"") {
            let (before, after) = (&rest[..at], &rest[at + 2..]);
            let Some(end) = after.find('"') else { break };
            let name = before.rsplit([' ', '\n']).next().unwrap_or("");
            out.push_str(&rest[..at + 2]);
            let value = &after[..end];
            match name {
                "href" | "xlink:href" => out.push_str(&self.href(value)),
                name if NAMES.contains(&name) && !value.is_empty() => {
                    let names: Vec<String> =
                        value.split(' ').map(|name| format!("{}-{name}", self.own)).collect();
                    out.push_str(&names.join(" "));
                }
                _ => out.push_str(value),
            }
            rest = &after[end..];
        }
        out.push_str(rest);
    }

    fn href(&self, href: &str) -> String {
        let (path, anchor) = href.split_once('#').unwrap_or((href, ""));
        let page = match path {
            "" => Some(self.own),
            path => self.pages.get(path).map(String::as_str),
        };
        match (page, anchor) {
            (Some(page), "") => format!("#{page}"),
            (Some(page), anchor) => format!("#{page}-{anchor}"),
            (None, _) => href.to_string(),
        }
    }
}

/// Where the tag at the start ends: at the first `>` outside of quotes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.bytes()
        .position(|byte| {
            quoted ^= byte == b'"';
            byte == b'>' && !quoted
        })
        .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(html: &str) -> String {
        let pages = BTreeMap::from([("02-b.html".to_string(), "p2".to_string())]);
        let names = Names { own: "p1", pages: &pages };
        names.html(&Html::new(html)).0.to_string()
    }

    #[test]
    fn names_and_links_stay_within_the_page() {
        for (before, after) in [
            ("<h2 id=\"x\">", "<h2 id=\"p1-x\">"),
            ("<a href=\"#x\">a</a>", "<a href=\"#p1-x\">a</a>"),
            ("<a href=\"02-b.html\">", "<a href=\"#p2\">"),
            (
                "<a class=\"c\" href=\"02-b.html#y\" title=\"a > b\">",
                "<a class=\"c\" href=\"#p2-y\" title=\"a > b\">",
            ),
            ("<a href=\"../t/t-1.html#z\">", "<a href=\"../t/t-1.html#z\">"),
            ("<svg aria-labelledby=\"a b\">", "<svg aria-labelledby=\"p1-a p1-b\">"),
            ("plain", "plain"),
            ("<img alt=\"\" id=\"\">", "<img alt=\"\" id=\"\">"),
        ] {
            assert_eq!(rewritten(before), after);
        }
    }
}
