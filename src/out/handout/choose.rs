//! Which pages a document holds, in the words of the command line.

use super::Choice;
use crate::book::graph::NodeId;
use crate::site::Site;
use crate::site::plan::Section;
use crate::text::diagnostic::did_you_mean;
use std::fmt;

/// A word that names no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    word: String,
    hint: String,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no page or section `{}`; {}", self.word, self.hint)
    }
}

/// The pages that a word means: an ID, the path of a file or folder, or the name of a
/// section. Without a word, all pages.
///
/// # Errors
/// When the word means nothing.
pub fn choose(site: &Site, word: Option<&str>) -> Result<Choice, Unknown> {
    let Some(word) = word else { return Ok(everything(site)) };
    if let Some(node) = site.graph.find(word).or_else(|| page(site, word)) {
        return Ok(Choice { title: None, pages: vec![node], whole: false });
    }
    section(site, word).map(|section| of_section(site, section)).ok_or_else(|| {
        let graph = &site.graph;
        let ids = graph.nodes.iter().filter_map(|node| node.id.as_deref());
        let files = (0..graph.nodes.len()).map(|node| &*graph.page(node).file);
        let labels = site.plan.sections.iter().map(|section| section.label.as_str());
        let hint = did_you_mean(word, ids.chain(files).chain(labels)).unwrap_or_else(|| {
            "name an ID, the path of a Markdown file, or a section; `casebook search` finds pages"
                .into()
        });
        Unknown { word: word.to_string(), hint }
    })
}

/// The page of a path: of its file, its folder or its address.
fn page(site: &Site, word: &str) -> Option<NodeId> {
    let graph = &site.graph;
    let path = word.replace('\\', "/");
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let below = path.strip_prefix(&site.config.src).and_then(|rest| rest.strip_prefix('/'));
    let path = below.unwrap_or(path);
    let file = |name: String| graph.by_path.get(&name).copied();
    let is_section = || {
        let index = format!("{path}/index.html");
        site.plan.sections.iter().any(|section| section.index.as_ref() == Some(&index))
    };
    file(path.to_string())
        .or_else(|| graph.by_url.get(path).copied())
        .or_else(|| file(format!("{path}.md")))
        .or_else(|| file(format!("{path}/index.md")).filter(|_| !is_section()))
        .or_else(|| file(format!("{path}/README.md")).filter(|_| !is_section()))
}

/// The section of a name, a folder or a kind.
fn section<'s>(site: &'s Site, word: &str) -> Option<&'s Section> {
    let word = word.trim_end_matches('/');
    let folder = word.rsplit('/').next().unwrap_or(word);
    site.plan.sections.iter().find(|section| {
        let index = section.index.as_deref().and_then(|index| index.split_once('/'));
        section.label.eq_ignore_ascii_case(word)
            || section.kind.as_deref() == Some(word)
            || index.is_some_and(|(own, _)| own == folder)
    })
}

fn of_section(site: &Site, section: &Section) -> Choice {
    let index = section.index.as_ref().and_then(|url| site.graph.by_url.get(url)).copied();
    let rest = section.reading.iter().copied().filter(|node| Some(*node) != index);
    let pages = index.into_iter().chain(rest).collect();
    Choice { title: Some(section.label.clone()), pages, whole: false }
}

/// All pages: the first one, then each section.
fn everything(site: &Site) -> Choice {
    let home = site.graph.by_url.get("index.html").copied();
    let mut seen = vec![false; site.graph.nodes.len()];
    let sections = site.plan.sections.iter().flat_map(|section| of_section(site, section).pages);
    let mut pages: Vec<NodeId> = home.into_iter().chain(sections).collect();
    pages.retain(|node| !std::mem::replace(&mut seen[*node], true));
    Choice { title: Some(site.config.title.clone()), pages, whole: true }
}
