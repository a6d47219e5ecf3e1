//! What can only be seen of a book as a whole.

use super::{Graph, NOT_FOUND, NodeId, head};
use crate::text::diagnostic::{Code, Diagnostic, Words};
use std::cell::LazyCell;
use std::collections::BTreeSet;

/// Pages to which no list and no link leads. A book without SUMMARY.md lists every
/// page in its sections, so there are none.
pub(super) fn orphans(graph: &Graph) -> Vec<Diagnostic> {
    let Some(summary) = &graph.summary else { return Vec::new() };
    let listed: BTreeSet<&str> =
        summary.chapters().into_iter().filter_map(|chapter| chapter.path.as_deref()).collect();
    let is_orphan = |node: &NodeId| {
        let entry = &graph.nodes[*node];
        !listed.contains(graph.page(*node).path.as_str())
            && !entry.entry
            && entry.article == 0
            && entry.language.is_none()
            && entry.url != "index.html"
            && entry.url != NOT_FOUND
            && graph.back[*node].is_empty()
    };
    (0..graph.nodes.len())
        .filter(is_orphan)
        .map(|node| {
            let page = graph.page(node);
            let message = format!("no list and no link leads to `{}`", page.path);
            Diagnostic::new(Code::OrphanPage, head(page), message)
                .label("readers find this page only by search")
                .help("add it to SUMMARY.md, or link to it from another page")
        })
        .collect()
}

/// Chapters of SUMMARY.md whose file does not exist.
pub(super) fn summary(graph: &Graph) -> Vec<Diagnostic> {
    let Some(summary) = &graph.summary else { return Vec::new() };
    let mut found = Vec::new();
    let known = LazyCell::new(|| Words::new(graph.by_path.keys().map(String::as_str)));
    for chapter in summary.chapters() {
        let Some(path) = &chapter.path else { continue };
        if !graph.by_path.contains_key(path) && graph.absent.why(path).is_none() {
            let help = match known.nearest(path) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "create the file, or leave the address empty for a draft".into(),
            };
            let message = format!("there is no file `{path}` in the book");
            found.push(
                Diagnostic::new(Code::DanglingLink, chapter.place.clone(), message).help(help),
            );
        }
    }
    found
}
