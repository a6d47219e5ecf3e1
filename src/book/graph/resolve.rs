//! Where links lead, and which edges they make.

use super::lookup::Lookup;
use super::node::url_of_path;
use super::{Edge, Graph, NodeId};
use crate::book::config::{Config, Mount};
use crate::book::entry::{BuiltInRole, id_anchor, id_form};
use crate::book::page::{BlockKind, Key, Link, Target, Word};
use crate::book::selection::Why;
use crate::book::source::{join, mount_of_overlay};
use crate::text::address::{Address, is_disguised};
use crate::text::diagnostic::{Code, Diagnostic};
use std::collections::BTreeMap;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// A node, and an anchor on its page.
    Node(NodeId, Option<String>),
    /// An item of a structured block, by its ID.
    Local(String),
    /// An address of the site that is no node: a file or a generated page, with what
    /// follows it (`?...#...`).
    Url(String, String),
    /// Nowhere; why.
    Broken(String),
    /// To what is not in the book, on purpose: nothing is said of it.
    Absent,
}

/// Resolves the links in a node's body.
pub(super) fn links(
    lookup: &Lookup<'_>,
    graph: &Graph,
    config: &Config,
    node: NodeId,
) -> (Vec<Resolved>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let links = &graph.article(node).body.links;
    let resolved = links.iter().map(|link| resolve(lookup, graph, config, node, link, &mut found));
    (resolved.collect(), found)
}

fn resolve(
    lookup: &Lookup<'_>,
    graph: &Graph,
    config: &Config,
    node: NodeId,
    link: &Link,
    found: &mut Vec<Diagnostic>,
) -> Resolved {
    match &link.target {
        Target::Id { id, anchor, .. } => match graph.find(id) {
            Some(target) => {
                if let Some(anchor) = anchor {
                    check_anchor(lookup, graph, target, anchor, link, found);
                }
                deprecated(graph, node, target, id, link.place.clone(), found);
                Resolved::Node(target, anchor.clone())
            }
            None if graph.local(id).is_some() => Resolved::Local(id.clone()),
            None if is_silent(graph, &id_form(id)) => Resolved::Absent,
            None => {
                let diagnostic = missing_id(lookup, graph, id, link.place.clone());
                let reason = diagnostic.message.clone();
                found.push(diagnostic);
                Resolved::Broken(reason)
            }
        },
        Target::Titled { title, anchor, written, .. } => {
            let pages = lookup.titled(title);
            if let [target] = pages {
                let anchor = anchor.as_deref().map(|anchor| lookup.heading(*target, anchor));
                if let Some(anchor) = &anchor {
                    check_anchor(lookup, graph, *target, anchor, link, found);
                }
                return Resolved::Node(*target, anchor);
            }
            if pages.is_empty() && graph.absent.is_titled(title) {
                return Resolved::Absent;
            }
            // One word in double brackets may be anything.
            if title.contains(' ') {
                found.push(no_title(lookup, written, title, pages.len(), link.place.clone()));
            }
            Resolved::Broken(written.clone())
        }
        Target::Address(Address::Relative { path, anchor, query }) => {
            relative(lookup, graph, config, node, link, (path, anchor.as_deref(), query), found)
        }
        Target::Address(Address::External(url) | Address::Refused(url)) => {
            Resolved::Broken(url.clone())
        }
    }
}

/// Why a link by title is text.
fn no_title(
    lookup: &Lookup<'_>,
    written: &str,
    title: &str,
    pages: usize,
    place: crate::text::span::Place,
) -> Diagnostic {
    let message = match pages {
        0 => format!("no page has the title or file name `{title}`"),
        _ => format!("`{title}` is the title or file name of {pages} pages"),
    };
    let near = lookup.like_title(title).filter(|_| pages == 0);
    let help = near.map_or_else(
        || "write `[words](page.md)`, or an ID between the brackets".to_string(),
        |near| format!("did you mean `[[{near}]]`?"),
    );
    Diagnostic::new(Code::ForeignMarkup, place, message)
        .label(format!("`{written}` is shown as text"))
        .help(help)
}

fn relative(
    lookup: &Lookup<'_>,
    graph: &Graph,
    config: &Config,
    node: NodeId,
    link: &Link,
    (path, anchor, query): (&str, Option<&str>, &str),
    found: &mut Vec<Diagnostic>,
) -> Resolved {
    let own = &graph.page(node).path;
    let shown = format!("{path}{}", anchor.map(|a| format!("#{a}")).unwrap_or_default());
    let ignored = config.ignore_links.iter().any(|pattern| pattern.is_match(&shown));
    if path.is_empty() && (link.image || (anchor.is_none() && query.is_empty())) {
        found.push(no_address(link));
        return Resolved::Broken(String::new());
    }
    if path.is_empty() {
        let (target, anchor) = spot(lookup, graph, node, anchor);
        if let Some(anchor) = anchor.filter(|_| !ignored) {
            check_anchor(lookup, graph, target, anchor, link, found);
        }
        return Resolved::Node(target, anchor.map(str::to_string));
    }
    let joined = match path.strip_prefix('/') {
        Some(absolute) => join("", absolute),
        None => join(own, path),
    };
    let mount = config.mount(own).or_else(|| mount_of_overlay(config, &link.place.file));
    let joined = joined.map(|target| at_home(graph, config, mount, target));
    let after = || format!("{query}{}", anchor.map(|a| format!("#{a}")).unwrap_or_default());
    if let Some(target) = &joined {
        let index = match target.is_empty() || path.ends_with('/') {
            true => format!("{target}{}index.html", if target.is_empty() { "" } else { "/" }),
            false => target.clone(),
        };
        let by_path = || graph.by_path.get(target).copied();
        // `x.html` may be the page of `x.md`, wherever that is published.
        let by_page =
            || graph.by_path.get(&format!("{}.md", target.strip_suffix(".html")?)).copied();
        let by_url = || graph.by_url.get(&index).copied();
        let as_url = url_of_path(target);
        if let Some(to) = by_path().or_else(by_url).or_else(by_page) {
            let (to, anchor) = spot(lookup, graph, to, anchor);
            if let Some(anchor) = anchor.filter(|_| !ignored) {
                check_anchor(lookup, graph, to, anchor, link, found);
            }
            deprecated_page(graph, node, to, link, found);
            return Resolved::Node(to, anchor.map(str::to_string));
        }
        for url in [&index, &as_url] {
            if graph.generated.contains(url) {
                return Resolved::Url(url.clone(), after());
            }
        }
        let redirect = config.redirects.iter().any(|redirect| redirect.from == *target)
            || graph.redirects.iter().any(|(from, _)| from == target);
        if graph.files.contains(target) || redirect {
            return Resolved::Url(target.clone(), after());
        }
        let folder = format!("{target}/index.html");
        if let Some(to) = graph.by_url.get(&folder) {
            return Resolved::Node(*to, anchor.map(str::to_string));
        }
        if graph.generated.contains(&folder) {
            return Resolved::Url(folder, after());
        }
    }
    // A page may be published beside other sites; what leads out of it stays as it is.
    let outside = match (&joined, path.starts_with('/')) {
        (None, false) if !path.ends_with(".md") => normal(own, path),
        (Some(target), _) if ignored => Some(target.clone()),
        _ => None,
    };
    if joined.as_ref().is_some_and(|target| is_absent(graph, target)) {
        return Resolved::Absent;
    }
    let is_draft = |target: &&String| graph.absent.why(target) == Some(Why::Draft);
    if let Some(target) = joined.as_ref().filter(is_draft) {
        let diagnostic = draft_link(target, link.place.clone());
        let reason = diagnostic.message.clone();
        found.push(diagnostic);
        return Resolved::Broken(reason);
    }
    // Nothing is there, and written bare it would be a scheme or another host.
    let disguised = is_disguised(path);
    let code = match link.image {
        _ if disguised => Code::UnsafeLink,
        true => Code::DanglingImage,
        false => Code::DanglingLink,
    };
    let what = if link.image { "image" } else { "file" };
    let reason = match &joined {
        None => format!("`{path}` leads out of the source folder"),
        Some(target) if graph.withheld.contains(target) => format!("`{target}` is not published"),
        Some(target) if graph.unnamed.contains(target) => {
            format!("`{target}` has a name that cannot be published")
        }
        Some(target) if !link.image && lookup.folder(target).is_some() => {
            format!("`{}` is a folder, and has no page of its own", target.trim_end_matches('/'))
        }
        Some(target) if target.is_empty() => "the book has no page `index.md`".to_string(),
        Some(target) => format!("there is no {what} `{target}` in the book"),
    };
    if !ignored || disguised {
        let help = match (&joined, &outside) {
            (Some(target), _) if graph.withheld.contains(target) => {
                Some("name it in `copy` under [build] in book.toml to publish it".into())
            }
            (Some(target), _) if graph.unnamed.contains(target) => Some("rename the file".into()),
            (Some(target), _) => lookup.mend(own, target, link.image),
            (None, Some(_)) => Some(
                "it is published as it is; if something is there, say so with `ignore` under \
                 [links] in book.toml"
                    .into(),
            ),
            (None, None) => None,
        };
        let diagnostic = Diagnostic::new(code, link.place.clone(), reason.clone());
        found.push(diagnostic.maybe_help(help));
    }
    match outside {
        Some(target) => Resolved::Url(target, after()),
        None => Resolved::Broken(reason),
    }
}

/// A link or an image with nothing between its brackets.
fn no_address(link: &Link) -> Diagnostic {
    let (code, what, help) = match link.image {
        true => (Code::DanglingImage, "image", "write the path of a file"),
        false => (Code::DanglingLink, "link", "write where it leads, or the words alone"),
    };
    Diagnostic::new(code, link.place.clone(), format!("this {what} names no address")).help(help)
}

/// Where a path leads in a site of many books: within the book of the page, or to what all have
/// in common.
fn at_home(graph: &Graph, config: &Config, mount: Option<&Mount>, target: String) -> String {
    if config.mounts.is_empty() {
        return target;
    }
    let known = |path: &str| {
        let index = format!("{}/index.html", path.trim_end_matches('/'));
        graph.by_path.contains_key(path)
            || graph.files.contains(path)
            || [path, &index]
                .iter()
                .any(|url| graph.by_url.contains_key(*url) || graph.generated.contains(*url))
    };
    let common = config.in_its_book(&target).to_string();
    let within = mount.map_or(target.clone(), |mount| format!("{}/{target}", mount.name));
    let other = [common, within].into_iter().find(|path| known(path));
    match known(&target) {
        true => target,
        false => other.unwrap_or(target),
    }
}

/// A relative path from the source folder that may begin with `..`.
fn normal(own: &str, path: &str) -> Option<String> {
    if path.contains(['\\', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = own.split('/').collect();
    parts.pop();
    let slash = if path.ends_with('/') { "/" } else { "" };
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            (name, _) => parts.push(name),
        }
    }
    Some(parts.join("/") + slash)
}

/// Where an anchor of a file is published: entries under its headings have pages of
/// their own.
fn spot<'a>(
    lookup: &Lookup<'_>,
    graph: &Graph,
    node: NodeId,
    anchor: Option<&'a str>,
) -> (NodeId, Option<&'a str>) {
    let page = graph.nodes[node].page;
    let Some(name) = anchor.filter(|_| graph.pages[page].articles.len() > 1) else {
        return (node, anchor);
    };
    let same_file = |other: &NodeId| graph.nodes[*other].page == page && *other != node;
    if let Some(entry) = graph.find(name).filter(same_file) {
        return (entry, None);
    }
    match lookup.has_anchor(node, name) {
        true => (node, anchor),
        false => (lookup.spot(page, name).unwrap_or(node), anchor),
    }
}

fn check_anchor(
    lookup: &Lookup<'_>,
    graph: &Graph,
    node: NodeId,
    anchor: &str,
    link: &Link,
    found: &mut Vec<Diagnostic>,
) {
    let article = graph.article(node);
    let own = article.title.as_ref().and_then(|title| title.anchor.as_deref());
    let id = graph.nodes[node].id.as_deref();
    if anchor.is_empty()
        || lookup.has_anchor(node, anchor)
        || id.is_some_and(|id| id.eq_ignore_ascii_case(anchor))
        || is_silent(graph, anchor)
    {
        return;
    }
    let known = article.body.headings.iter().map(|heading| heading.id.as_str()).chain(own);
    let title = &graph.nodes[node].title;
    let message = format!("there is no heading `#{anchor}` on the page \u{201c}{title}\u{201d}");
    let now = graph.find(anchor).and_then(|entry| graph.nodes[entry].id.as_deref()).map(id_anchor);
    let help = now
        .filter(|now| lookup.has_anchor(node, now))
        .or_else(|| lookup.like_anchor(node, anchor).map(str::to_string))
        .map(|near| format!("did you mean `#{near}`?"))
        .or_else(|| {
            let list: Vec<String> = known.take(8).map(|id| format!("#{id}")).collect();
            (!list.is_empty()).then(|| format!("its headings: {}", list.join(", ")))
        });
    found.push(Diagnostic::new(Code::DanglingAnchor, link.place.clone(), message).maybe_help(help));
}

/// Why there is no entry of an ID.
fn missing_id(
    lookup: &Lookup<'_>,
    graph: &Graph,
    id: &str,
    place: crate::text::span::Place,
) -> Diagnostic {
    match graph.absent.why(&id_form(id)) {
        Some(_) => draft_link(id, place),
        None => dangling_id(lookup, id, place),
    }
}

/// Whether something is absent for a reason of which readers hear nothing.
fn is_silent(graph: &Graph, name: &str) -> bool {
    graph.absent.why(name).is_some_and(|why| why != Why::Draft)
}

impl Graph {
    /// Whether an address leads to what is absent and of which readers hear nothing.
    pub fn leads_to_absent(&self, to: &Address) -> bool {
        matches!(to, Address::Relative { path, .. } if is_absent(self, path))
    }
}

/// The same for a path, in each form in which a page can be named.
fn is_absent(graph: &Graph, path: &str) -> bool {
    let page = path.strip_suffix(".html").map(|stem| format!("{stem}.md"));
    let index = format!("{}/index.md", path.trim_end_matches('/'));
    is_silent(graph, path)
        || is_silent(graph, &index)
        || page.is_some_and(|page| is_silent(graph, &page))
}

/// An entry that is used and not in the book.
fn hidden(graph: &Graph, id: &str, place: crate::text::span::Place) -> Diagnostic {
    let (message, help) = match graph.absent.why(&id_form(id)) {
        Some(Why::Audience) => (
            format!("`{id}` is used here, and not for the readers of this site"),
            "give this page the same `audience`, or take the row out",
        ),
        _ => (
            format!("`{id}` is used here, and hidden in book.toml"),
            "take it out of `hide` under [[library]], or use another entry",
        ),
    };
    Diagnostic::new(Code::HiddenEntry, place, message).label("not in the book").help(help)
}

fn draft_link(what: &str, place: crate::text::span::Place) -> Diagnostic {
    let message = format!("`{what}` is a draft and is not published");
    Diagnostic::new(Code::DraftLink, place, message)
        .label("shown as text")
        .help("publish the page, or take the link out")
}

fn dangling_id(lookup: &Lookup<'_>, id: &str, place: crate::text::span::Place) -> Diagnostic {
    Diagnostic::new(Code::DanglingId, place, format!("there is no entry `{id}`"))
        .label("not found")
        .help(lookup.like_id(id).unwrap_or_else(|| {
            "`casebook new` adds an entry; write brackets in backticks to show them as text".into()
        }))
}

fn deprecated(
    graph: &Graph,
    from: NodeId,
    target: NodeId,
    id: &str,
    place: crate::text::span::Place,
    found: &mut Vec<Diagnostic>,
) {
    let meta = &graph.article(target).meta;
    // Entries that are out of use themselves, replacements and revisions of the past may
    // name it.
    if !meta.is_deprecated()
        || graph.is_superseded(from)
        || graph.article(from).meta.is_deprecated()
        || from == target
    {
        return;
    }
    let help = meta.instead().unwrap_or_else(|| "it has no replacement; see its page".into());
    found.push(
        Diagnostic::new(Code::DeprecatedEntry, place, format!("`{id}` is deprecated")).help(help),
    );
}

fn deprecated_page(
    graph: &Graph,
    from: NodeId,
    target: NodeId,
    link: &Link,
    found: &mut Vec<Diagnostic>,
) {
    if let Some(id) = &graph.nodes[target].id {
        deprecated(graph, from, target, id, link.place.clone(), found);
    }
}

/// The edges that leave a node: roles in front matter, structured blocks, links in text.
pub(super) fn edges(
    lookup: &Lookup<'_>,
    graph: &Graph,
    config: &Config,
    node: NodeId,
) -> (Vec<Edge>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    // A translation says nothing that its original does not say.
    if graph.nodes[node].language.is_some() {
        return (Vec::new(), found);
    }
    let mut best: BTreeMap<NodeId, (usize, Edge)> = BTreeMap::new();
    let mut add = |to: NodeId, role: &str, note: Option<String>| {
        if to == node {
            return;
        }
        let rank = config.roles.rank(role);
        let edge = Edge { from: node, to, role: role.to_string(), note };
        match best.get(&to) {
            Some((old, _)) if *old <= rank => {}
            _ => {
                best.insert(to, (rank, edge));
            }
        }
    };
    let mut named = |word: &Word, role: &str, note: Option<String>| match graph.find(&word.text) {
        Some(to) => {
            if !BuiltInRole::ReplacedBy.is(role) && !BuiltInRole::Supersedes.is(role) {
                deprecated(graph, node, to, &word.text, word.place.clone(), &mut found);
            }
            add(to, role, note);
        }
        None if graph.local(&word.text).is_some() => {}
        None if is_silent(graph, &id_form(&word.text)) => {
            // What is only named is text; what is built on must be there.
            if BuiltInRole::Uses.is(role) {
                found.push(hidden(graph, &word.text, word.place.clone()));
            }
        }
        None => found.push(missing_id(lookup, graph, &word.text, word.place.clone())),
    };
    let article = graph.article(node);
    for (role, words) in &article.meta.roles {
        words.iter().for_each(|word| named(word, role, None));
    }
    for block in article.body.blocks.iter().filter(|block| block.kind.uses_entries()) {
        for item in &block.items {
            if let Some(word) = &item.uses {
                named(word, "uses", item.first(Key::Status).map(str::to_string));
            }
            if block.kind == BlockKind::Threats {
                item.get(Key::Requirements).iter().for_each(|word| named(word, "uses", None));
            }
        }
    }
    for target in &graph.links[node] {
        if let Resolved::Node(to, _) = target {
            add(*to, "mentions", None);
        }
    }
    let mut edges: Vec<(usize, Edge)> = best.into_values().collect();
    edges.sort_by_key(|(rank, edge)| (*rank, edge.to));
    (edges.into_iter().map(|(_, edge)| edge).collect(), found)
}

/// The relative address of `to` on the page `from`; both relative to the same root.
pub fn relative_url(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    // An empty part at the front would name a host.
    let last = to.rfind('/').map_or(0, |at| at + 1);
    let folders = to[..last].split('/').filter(|part| !part.is_empty());
    let target: Vec<&str> = folders.chain([&to[last..]]).collect();
    let common = from[..from.len() - 1]
        .iter()
        .zip(&target[..target.len() - 1])
        .take_while(|(a, b)| a == b)
        .count();
    let mut parts = vec![".."; from.len() - 1 - common];
    parts.extend(&target[common..]);
    let out = parts.join("/");
    // A first part with a colon would be read as a scheme.
    match out.split('/').next() {
        Some(first) if first.contains(':') => format!("./{out}"),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_out_of_the_book_are_made_simple() {
        for (own, path, expected) in [
            ("a.md", "../std/x.html", "../std/x.html"),
            ("a/b.md", "../../x/./y/", "../x/y/"),
            ("a/b.md", "../../../c", "../../c"),
            ("a.md", "x//../..///host/", "../host/"),
        ] {
            assert_eq!(normal(own, path).as_deref(), Some(expected), "{own} {path}");
        }
        assert_eq!(relative_url("threats/t-1.html", "../std/x.html"), "../../std/x.html");
    }

    #[test]
    fn relative_addresses() {
        for (from, to, expected) in [
            ("a.html", "b.html", "b.html"),
            ("x/a.html", "b.html", "../b.html"),
            ("x/a.html", "x/b.html", "b.html"),
            ("x/y/a.html", "x/z/b.html", "../z/b.html"),
            ("a.html", "x/b.html", "x/b.html"),
            ("a.html", "c:d.html", "./c:d.html"),
            ("a.html", "//host/d.html", "host/d.html"),
            ("x/a.html", "../y/", "../../y/"),
        ] {
            assert_eq!(relative_url(from, to), expected, "{from} -> {to}");
        }
    }
}
