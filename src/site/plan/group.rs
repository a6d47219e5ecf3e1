//! The groups of the header: what belongs together stands in one menu, so that a book of
//! many sections fits in one line.

use super::Section;
use crate::book::config::Config;
use crate::book::entry::BuiltInKind;
use crate::book::graph::Graph;
use crate::model::ask::STARTER;

/// A group of sections, in the order of the header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What is read from start to end, and what stands beside it.
    Learn,
    /// Threat models, and what looks over them.
    Models,
    /// Entries, and sets of them.
    Catalogue,
    /// Whatever else a book has: each section by itself.
    #[default]
    Alone,
}

/// The kinds whose pages are read step by step.
pub const LEARNING: [&str; 2] = ["guide", "training"];

/// The group of a section.
pub(super) fn group(config: &Config, graph: &Graph, section: &Section) -> Group {
    let kind = section.kind.as_deref().and_then(|kind| config.kinds.get(kind));
    match kind {
        Some(kind) if LEARNING.contains(&kind.name.as_str()) => Group::Learn,
        Some(kind) if BuiltInKind::Model.is(Some(&kind.name)) => Group::Models,
        Some(kind) if kind.catalogue => Group::Catalogue,
        _ if holds_starters(graph, section) => Group::Catalogue,
        _ => Group::Alone,
    }
}

/// Whether most pages of a section are starter sets.
fn holds_starters(graph: &Graph, section: &Section) -> bool {
    let is_starter = |node: &&usize| graph.article(**node).meta.tags.iter().any(|t| t == STARTER);
    let starters = section.reading.iter().filter(is_starter).count();
    starters > 0 && starters * 2 >= section.reading.len()
}
