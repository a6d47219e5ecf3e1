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

/// Entries whose successors do not fit: of one that is still in use, or successors that are
/// retired themselves.
pub(super) fn successors(graph: &Graph) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for node in (0..graph.nodes.len()).filter(|node| graph.nodes[*node].entry) {
        let meta = &graph.article(node).meta;
        let id = graph.nodes[node].id.as_deref().unwrap_or_default();
        let Some(first) = meta.successors().next() else { continue };
        if !meta.is_deprecated() {
            let message = format!("`{id}` has a successor, and is still in use");
            let told = Diagnostic::new(Code::RetiredEntry, first.place.clone(), message);
            found.push(told.help("add `status: deprecated`, or take the successor out"));
            continue;
        }
        for word in meta.successors() {
            let heir = graph.find(&word.text).map(|heir| &graph.article(heir).meta);
            let Some(heir) = heir.filter(|heir| heir.is_deprecated()) else { continue };
            let message = format!("`{}` stands for `{id}`, and is retired itself", word.text);
            let next = heir.successors().map(|word| format!("`{}`", word.text));
            let help = match next.collect::<Vec<_>>().join(", ") {
                next if next.is_empty() => "name what is used now, or take it out".to_string(),
                next => format!("name what stands for it: {next}"),
            };
            let told = Diagnostic::new(Code::RetiredEntry, word.place.clone(), message);
            found.push(told.help(help));
        }
    }
    found
}
