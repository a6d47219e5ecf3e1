//! The page that a name on the command line means.

use super::Failure;
use crate::book::graph::NodeId;
use crate::site::Site;
use crate::text::diagnostic::did_you_mean;
use std::path::Path;

/// A page by its ID, or by the path of its file from here, from the book's folder or from
/// its sources.
pub(super) fn node(site: &Site, dir: &Path, name: &str) -> Option<NodeId> {
    let graph = &site.graph;
    let src = site.sources.src().trim_end_matches('/');
    let here = Path::new(name).canonicalize().ok();
    let below = here.zip(dir.canonicalize().ok()).and_then(|(path, dir)| {
        let path = path.strip_prefix(dir).ok()?.to_str()?.replace('\\', "/");
        Some(path)
    });
    let paths = below.into_iter().chain([name.trim_start_matches("./").to_string()]);
    let by_path = || {
        paths.into_iter().find_map(|path| {
            let inner = path.strip_prefix(src).and_then(|rest| rest.strip_prefix('/'));
            let inner = inner.unwrap_or(&path);
            let inner = inner.trim_end_matches('/');
            let names = [inner.to_string(), format!("{inner}.md"), format!("{inner}/index.md")];
            names.iter().find_map(|path| graph.by_path.get(path)).copied()
        })
    };
    graph.find(name).or_else(by_path)
}

/// As [`node`]; with a hint where there is none.
pub(super) fn page(site: &Site, dir: &Path, name: &str) -> Result<NodeId, Failure> {
    node(site, dir, name).ok_or_else(|| {
        let models = site.models.by_node.keys();
        let ids = models.filter_map(|node| site.graph.nodes[*node].id.as_deref());
        let files = site.graph.by_path.keys().map(String::as_str);
        let hint = did_you_mean(name, ids.chain(files))
            .unwrap_or_else(|| "name a page by its ID or by the path of its file".into());
        format!("there is no page `{name}`; {hint}")
    })
}
