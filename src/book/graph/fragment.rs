//! Parts of other pages that pages show: where they are.

use super::{Graph, NodeId, Resolved};
use crate::book::page::{BlockKind, Item, Key, Part, Word, slug};
use crate::text::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::text::span::Place;

/// A part of another page, found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The page.
    pub node: NodeId,
    /// What is shown of it.
    pub shown: Vec<Shown>,
}

/// What is shown of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A diagram, by its number in the body.
    Chart(usize),
    /// What stands below a heading, by its anchor.
    Section(String),
    /// Rows of a block: its number in the body, and those of the rows.
    Rows(usize, Vec<usize>),
}

/// Finds what the fragments of a node show. `None` stands for a page that does not
/// exist, which the check of links reports.
pub(super) fn find(graph: &Graph, node: NodeId) -> (Vec<Option<Fragment>>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let fragments = &graph.article(node).body.fragments;
    let fragments = fragments.iter().map(|fragment| {
        let target = match graph.links[node].get(fragment.link)? {
            Resolved::Node(to, _) => *to,
            Resolved::Local(id) => graph.local(id)?.node,
            Resolved::Url(..) | Resolved::Broken(_) | Resolved::Absent => return None,
        };
        let mut shown = Vec::new();
        for (part, place) in &fragment.parts {
            match part {
                Part::Diagram(number) => {
                    shown.extend(chart(graph, target, *number, place, &mut found))
                }
                Part::Section(word) => shown.extend(section(graph, target, word, &mut found)),
                Part::Rows(kind, words) => {
                    shown.extend(rows(graph, target, *kind, words, place, &mut found));
                }
            }
        }
        Some(Fragment { node: target, shown })
    });
    let fragments = fragments.collect();
    (fragments, found)
}

fn missing(place: &Place, message: String, help: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::MissingFragment, place.clone(), message)
        .label("not found")
        .maybe_help(help)
}

fn chart(
    graph: &Graph,
    target: NodeId,
    number: usize,
    place: &Place,
    found: &mut Vec<Diagnostic>,
) -> Option<Shown> {
    let charts = graph.article(target).body.charts.len();
    if number <= charts {
        return Some(Shown::Chart(number - 1));
    }
    let title = &graph.nodes[target].title;
    let message = match charts {
        0 => format!("there is no diagram on \u{201c}{title}\u{201d}"),
        _ => format!("there is no diagram {number} on \u{201c}{title}\u{201d}"),
    };
    let help = (charts > 0).then(|| match charts {
        1 => "it has one: write `diagram: true`".to_string(),
        _ => format!("it has {charts}"),
    });
    found.push(missing(place, message, help));
    None
}

fn section(
    graph: &Graph,
    target: NodeId,
    word: &Word,
    found: &mut Vec<Diagnostic>,
) -> Option<Shown> {
    let headings = &graph.article(target).body.headings;
    let wanted = word.text.trim().trim_start_matches('#').trim();
    let heading = headings.iter().find(|h| h.id == wanted).or_else(|| {
        headings.iter().find(|h| h.text.eq_ignore_ascii_case(wanted) || h.id == slug(wanted))
    });
    let title = &graph.nodes[target].title;
    match heading {
        Some(heading) if heading.top => return Some(Shown::Section(heading.id.clone())),
        Some(heading) => {
            let message = format!(
                "the heading `{}` on \u{201c}{title}\u{201d} stands inside a list or quotation",
                heading.text
            );
            let help = "only a section under a heading of its own can be shown".to_string();
            found.push(missing(&word.place, message, Some(help)));
        }
        None => {
            let message = format!("there is no heading `{wanted}` on \u{201c}{title}\u{201d}");
            let known = || headings.iter().filter(|h| h.top);
            let help = did_you_mean(wanted, known().flat_map(|h| [h.id.as_str(), h.text.as_str()]));
            let help = help.or_else(|| {
                let list: Vec<String> = known().take(8).map(|h| format!("`{}`", h.id)).collect();
                (!list.is_empty()).then(|| format!("its headings: {}", list.join(", ")))
            });
            found.push(missing(&word.place, message, help));
        }
    }
    None
}

/// The rows that words name, block by block, in the order of the blocks.
fn rows(
    graph: &Graph,
    target: NodeId,
    kind: BlockKind,
    words: &[Word],
    place: &Place,
    found: &mut Vec<Diagnostic>,
) -> Vec<Shown> {
    let blocks = &graph.article(target).body.blocks;
    let all = || blocks.iter().enumerate().filter(|(_, block)| block.kind == kind);
    let title = &graph.nodes[target].title;
    let name = kind.name();
    if all().next().is_none() {
        let message = format!("there is no `{name}` block on \u{201c}{title}\u{201d}");
        found.push(missing(place, message, None));
        return Vec::new();
    }
    for word in words {
        let exists = all().any(|(_, block)| block.items.iter().any(|i| is_named(graph, i, word)));
        if !exists {
            let known =
                || all().flat_map(|(_, block)| &block.items).filter_map(|item| name_of(item));
            let help = did_you_mean(&word.text, known()).or_else(|| {
                let list: Vec<String> = known().take(8).map(|id| format!("`{id}`")).collect();
                (!list.is_empty()).then(|| format!("its rows: {}", list.join(", ")))
            });
            let message =
                format!("no row of `{name}` on \u{201c}{title}\u{201d} is about `{}`", word.text);
            found.push(missing(&word.place, message, help));
        }
    }
    let shown = all().filter_map(|(index, block)| {
        let items = block.items.iter().enumerate();
        let rows: Vec<usize> = items
            .filter(|(_, i)| words.is_empty() || words.iter().any(|w| is_named(graph, i, w)))
            .map(|(row, _)| row)
            .collect();
        (!rows.is_empty()).then_some(Shown::Rows(index, rows))
    });
    shown.collect()
}

/// What a row is known by: the entry that it uses, its own ID, or its date.
fn name_of(item: &Item) -> Option<&str> {
    let word = item.uses.as_ref().or(item.id.as_ref());
    word.map(|word| word.text.as_str()).or_else(|| item.first(Key::Date))
}

fn is_named(graph: &Graph, item: &Item, word: &Word) -> bool {
    let own = [&item.uses, &item.id].into_iter().flatten();
    let same = |other: &Word| {
        other.text.eq_ignore_ascii_case(&word.text)
            || graph.find(&other.text).is_some_and(|node| graph.find(&word.text) == Some(node))
    };
    own.into_iter().any(same) || item.first(Key::Date) == Some(word.text.as_str())
}
