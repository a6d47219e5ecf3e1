//! Pages and data for browsing: all entries, a selection of them, two pages side by side,
//! and the scripts from which the browser reads what it needs.

use super::{Plan, Route};
use crate::book::config::Config;
use crate::book::entry::{BuiltInKind, id_anchor};
use crate::book::graph::{Graph, Node, NodeId};
use crate::model::Models;
use crate::model::compare;
use std::collections::BTreeMap;

/// The folder of the data. Each file is a script, since scripts are all that a page may
/// load from a folder: a call of `casebookBrowse` with the file's name and its content.
pub const BROWSE: &str = "browse/";

/// The page that lists the entries of all kinds.
pub const ENTRIES: &str = "entries.html";
/// The page that shows a selection of entries.
pub const PICKED: &str = "picked.html";
/// The page that compares two pages.
pub const COMPARE: &str = "compare.html";

/// A file of data for the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Script {
    /// What previews show of some entries; see [`card_file`].
    Cards(Vec<NodeId>),
    /// The names of the files with previews: an ID that came with an address may be of
    /// another book.
    Index(Vec<String>),
    /// What a page names, for comparisons.
    Entries(NodeId),
    /// What a new model is made from.
    Skeleton,
    /// What there is to ask.
    Ask,
}

/// Whether there is a preview of a node.
pub fn has_card(node: &Node) -> bool {
    node.id.is_some() && (node.entry || BuiltInKind::Model.is(node.kind.as_deref()))
}

/// The file that holds the preview of an ID and of up to three neighbours: those that
/// differ in the last digit alone, in quarters of ten.
pub fn card_file(id: &str) -> String {
    let mut name = id_anchor(id);
    let quarter = name.pop().and_then(|c| c.to_digit(10)).unwrap_or(0) / 4;
    format!("{BROWSE}cards/{name}.{quarter}.js")
}

/// The file that tells what a page names.
pub fn entries_file(url: &str) -> String {
    format!("{BROWSE}entries/{url}.js")
}

impl Plan {
    /// Adds what is there for browsing, in a book that has entries.
    pub fn add_browse(&mut self, config: &Config, graph: &Graph, models: &Models) {
        if !graph.nodes.iter().any(|node| node.entry) {
            return;
        }
        let mut cards: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
        for (number, node) in graph.nodes.iter().enumerate() {
            if let Some(id) = node.id.as_ref().filter(|_| has_card(node)) {
                cards.entry(card_file(id)).or_default().push(number);
            }
        }
        let folder = format!("{BROWSE}cards/");
        let names = cards.keys().filter_map(|file| file.strip_prefix(&folder)?.strip_suffix(".js"));
        let index = Script::Index(names.map(str::to_string).collect());
        let mut take = |url: String, route: Route| self.take(config, graph, url, route);
        take(format!("{folder}index.js"), Route::Script(index));
        for (file, nodes) in cards {
            take(file, Route::Script(Script::Cards(nodes)));
        }
        take(format!("{BROWSE}skeleton.js"), Route::Script(Script::Skeleton));
        take(ENTRIES.into(), Route::Entries);
        take(PICKED.into(), Route::Picked);
        let pages = compare::pages(graph, models);
        if pages.len() < 2 {
            return;
        }
        take(COMPARE.into(), Route::Compare);
        for node in pages {
            let file = entries_file(&graph.nodes[node].url);
            take(file, Route::Script(Script::Entries(node)));
        }
    }

    /// The address of a page for browsing, unless a page of the book stands there.
    pub fn browse(&self, url: &'static str, route: &Route) -> Option<&'static str> {
        (self.routes.get(url) == Some(route)).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::card_file;

    #[test]
    fn neighbours_share_a_file() {
        assert_eq!(card_file("T-AUTH-001"), "browse/cards/t-auth-00.0.js");
        assert_eq!(card_file("t-auth-003"), card_file("T-AUTH-001"));
        assert_ne!(card_file("T-AUTH-004"), card_file("T-AUTH-001"));
        assert_ne!(card_file("T-AUTH-011"), card_file("T-AUTH-001"));
        assert_eq!(card_file("X-9"), "browse/cards/x-.2.js");
        assert_eq!(card_file("CR 1.1"), "browse/cards/cr-1..0.js");
        assert_eq!(card_file("MASVS-AUTH"), "browse/cards/masvs-aut.0.js");
    }
}
