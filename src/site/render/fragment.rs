//! A part of another page, shown where a page asks for it.

use super::Renderer;
use super::{block, chart};
use crate::book::graph::{Fragment, NodeId, Shown};
use crate::book::page::{Hole, Piece};
use crate::site::theme::ThemeError;
use crate::text::address::encode_fragment;
use crate::text::markup::{escape, escaped};

/// Writes fragment `index` of a node as it stands on the page `url`.
pub(super) fn render(
    renderer: &Renderer<'_>,
    url: &str,
    node: NodeId,
    index: usize,
    out: &mut String,
) -> Result<(), ThemeError> {
    let own = renderer.graph.article(node).body.fragments.get(index);
    let found = renderer.graph.fragments[node].get(index).and_then(Option::as_ref);
    let (Some(own), Some(found)) = (own, found) else { return Ok(()) };
    let page = &renderer.graph.nodes[found.node];
    let from = renderer.text.fill("from_page", &[("page", &page.title)]);
    let label = own.title.as_ref().unwrap_or(&from);
    out.push_str(&format!(
        "<div class=\"fragment\" role=\"group\" aria-label=\"{}\">\n",
        escaped(label)
    ));
    if let Some(title) = &own.title {
        out.push_str(&format!("<p class=\"fragment-title\">{}</p>\n", escaped(title)));
    }
    // IDs of diagrams stay apart from those of the page and of other parts.
    let part = format!("from{index}-");
    for shown in &found.shown {
        match shown {
            Shown::Chart(chart) => {
                let mut drawn = String::new();
                chart::render(renderer, found.node, *chart, &part, &mut drawn);
                // The rows that its counts lead to are on its own page.
                let page = escaped(&renderer.node_href(url, found.node));
                out.push_str(&drawn.replace("href=\"#", &format!("href=\"{page}#")));
            }
            Shown::Rows(block, rows) => {
                block::rows(renderer, url, found.node, *block, rows, out)?;
            }
            Shown::Section(anchor) => section(renderer, url, found, anchor, &part, out)?,
        }
    }
    source(renderer, url, "from_page", found, out);
    out.push_str("</div>\n");
    Ok(())
}

fn section(
    renderer: &Renderer<'_>,
    url: &str,
    found: &Fragment,
    anchor: &str,
    part: &str,
    out: &mut String,
) -> Result<(), ThemeError> {
    let body = &renderer.graph.article(found.node).body;
    for piece in body.section(anchor).unwrap_or_default() {
        match piece {
            Piece::Html(html) => {
                // Footnotes stay on their page.
                let page = escaped(&renderer.node_href(url, found.node));
                out.push_str(
                    &html.replace("href=\"#Casebook-fn-", &format!("href=\"{page}#Casebook-fn-")),
                );
            }
            // A section that shows a third page could lead in a circle.
            Piece::Hole(Hole::Fragment(index)) => {
                let inner = renderer.graph.fragments[found.node].get(index);
                if let Some(Some(inner)) = inner {
                    source(renderer, url, "see_page", inner, out);
                }
            }
            Piece::Hole(Hole::Chart(chart)) => {
                chart::render(renderer, found.node, chart, part, out);
            }
            Piece::Hole(hole) => renderer.fill(url, found.node, hole, out)?,
        }
    }
    Ok(())
}

/// The way to what is shown, on its own page. `key` is that of the words around it.
fn source(renderer: &Renderer<'_>, url: &str, key: &str, found: &Fragment, out: &mut String) {
    let page = &renderer.graph.nodes[found.node];
    let anchor = found.shown.iter().find_map(|shown| match shown {
        Shown::Section(anchor) => Some(anchor.clone()),
        Shown::Rows(block, rows) => {
            let row = renderer.models.rows(found.node)?.row((*block, *rows.first()?))?;
            Some(row.anchor.clone()).filter(|anchor| !anchor.is_empty())
        }
        Shown::Chart(_) => None,
    });
    let anchor = anchor.map(|anchor| format!("#{}", encode_fragment(&anchor))).unwrap_or_default();
    let href = renderer.node_href(url, found.node);
    let (before, after) = renderer.text.get(key).split_once("{page}").unwrap_or_default();
    out.push_str(&format!(
        "<p class=\"fragment-source\">{}<a href=\"{}{anchor}\">",
        escaped(before),
        escaped(&href)
    ));
    if let Some(id) = &page.id {
        out.push_str(&format!("<span class=\"entry-id\">{}</span> ", escaped(id)));
    }
    escape(&page.title, out);
    out.push_str(&format!("</a>{}</p>\n", escaped(after)));
}
