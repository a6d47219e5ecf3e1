//! STRIDE per element: which threats of a model cover which category where.
//!
//! Which categories are asked of which kind of element follows the table of Shawn
//! Hernan, Scott Lambert, Tomasz Ostwald and Adam Shostack, "Uncover Security Design
//! Flaws Using The STRIDE Approach", MSDN Magazine, November 2006. There repudiation
//! concerns a data store only when it holds a log.

use super::{Hit, Suggestion};
use crate::book::entry::STRIDE;
use crate::book::graph::Graph;
use crate::book::page::Key;
use crate::dfd::{Diagram, End, Kind, Target};
use crate::model::{Model, Threat};
use std::collections::BTreeSet;

/// An element or a flow of a diagram, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// An element.
    Element(usize),
    /// A flow.
    Flow(usize),
}

impl Place {
    /// What kind of thing it is.
    pub fn hit(self, diagram: &Diagram) -> Hit {
        match self {
            Place::Element(i) => Hit::Element(diagram.elements[i].kind),
            Place::Flow(_) => Hit::Flow,
        }
    }

    /// Its name for readers.
    pub fn name(self, diagram: &Diagram) -> String {
        match self {
            Place::Element(i) => diagram.elements[i].name(),
            Place::Flow(i) => {
                let flow = &diagram.flows[i];
                let arrow = if flow.both_ways { '\u{2194}' } else { '\u{2192}' };
                let (from, to) = (diagram.end_name(flow.from), diagram.end_name(flow.to));
                format!("{from} {arrow} {to}")
            }
        }
    }

    /// The words that the author wrote on it.
    pub fn label(self, diagram: &Diagram) -> String {
        match self {
            Place::Element(i) => diagram.elements[i].name(),
            Place::Flow(i) => diagram.flows[i].data(),
        }
    }
}

/// Whether a category is asked of a kind of element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is.
    Yes,
    /// Only when the data store holds a log.
    OfLogs,
    /// It is not.
    No,
}

/// Whether a category, by its place in the acronym, is asked of a kind of element.
pub fn asked(hit: Hit, category: usize) -> Asked {
    //  S T R I D E
    let row = match hit {
        Hit::Element(Kind::External) => b"x-x---",
        Hit::Element(Kind::Process) => b"xxxxxx",
        Hit::Element(Kind::Store) => b"-xlxx-",
        Hit::Flow => b"-x-xx-",
    };
    match row.get(category) {
        Some(b'x') => Asked::Yes,
        Some(b'l') => Asked::OfLogs,
        _ => Asked::No,
    }
}

/// What a model says about one category at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Whether it is asked at all.
    pub asked: Asked,
    /// The threats that answer it, as places in [`Model::threats`].
    pub threats: Vec<usize>,
    /// Threats of the catalogue that would.
    pub suggestions: Vec<Suggestion>,
}

impl Cell {
    /// Whether it is asked and nothing answers.
    pub fn is_gap(&self) -> bool {
        self.asked == Asked::Yes && self.threats.is_empty()
    }
}

/// An element, or a flow that crosses a boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub place: Place,
    /// A cell for each category, in the order of the acronym.
    pub cells: [Cell; 6],
    /// Threats there that have no category.
    pub others: Vec<usize>,
}

/// STRIDE per element of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The elements, then the flows that cross a boundary.
    pub rows: Vec<Row>,
}

impl Coverage {
    /// The gaps: the place and the category.
    pub fn gaps(&self) -> Vec<(Place, usize)> {
        let of_row = |row: &Row| {
            let gaps = row.cells.iter().enumerate().filter(|(_, cell)| cell.is_gap());
            gaps.map(|(category, _)| (row.place, category)).collect::<Vec<_>>()
        };
        self.rows.iter().flat_map(of_row).collect()
    }

    /// How many questions there are.
    pub fn asked(&self) -> usize {
        let cells = self.rows.iter().flat_map(|row| &row.cells);
        cells.filter(|cell| cell.asked == Asked::Yes).count()
    }
}

/// Whether a threat has each category: its entry's, and those of the item itself.
fn categories(graph: &Graph, threat: &Threat) -> [bool; 6] {
    let entry = threat.entry.map_or(&[][..], |node| &graph.article(node).meta.stride);
    STRIDE.map(|category| {
        entry.iter().any(|name| name == category.name)
            || threat.said(Key::Stride).iter().any(|word| word.text == category.name)
    })
}

/// Whether a model's threats have STRIDE categories. A team that writes plain threats
/// never sees the word.
pub fn uses_stride(graph: &Graph, model: &Model) -> bool {
    model.threats.iter().any(|threat| categories(graph, threat).contains(&true))
}

/// STRIDE per element of a model with a diagram; `None` where no threat has a category.
pub fn coverage(graph: &Graph, model: &Model) -> Option<Coverage> {
    let diagram = &graph.article(model.node).body.charts.first()?.diagram;
    if !uses_stride(graph, model) {
        return None;
    }
    let elements = (0..diagram.elements.len()).map(Place::Element);
    let crossing = diagram.flows.iter().enumerate().filter(|(_, f)| !diagram.crossed(f).is_empty());
    let places = elements.chain(crossing.map(|(i, _)| Place::Flow(i)));
    let known: Vec<([bool; 6], BTreeSet<Place>)> = model
        .threats
        .iter()
        .map(|threat| (categories(graph, threat), covers(diagram, threat)))
        .collect();
    let rows = places.map(|place| {
        let here = |wanted: &dyn Fn(&[bool; 6]) -> bool| -> Vec<usize> {
            let hit = known.iter().enumerate();
            hit.filter(|(_, (has, at))| wanted(has) && at.contains(&place))
                .map(|(number, _)| number)
                .collect()
        };
        let hit = place.hit(diagram);
        Row {
            place,
            cells: std::array::from_fn(|category| Cell {
                asked: asked(hit, category),
                threats: here(&|has| has[category]),
                suggestions: Vec::new(),
            }),
            others: here(&|has| !has.contains(&true)),
        }
    });
    Some(Coverage { rows: rows.collect() })
}

/// The elements and flows that a threat concerns. A boundary stands for the elements
/// inside it and the flows across it.
fn covers(diagram: &Diagram, threat: &Threat) -> BTreeSet<Place> {
    let mut places = BTreeSet::new();
    for target in threat.targets() {
        match target {
            Target::Element(i) => {
                places.insert(Place::Element(*i));
            }
            Target::Flows(flows) => places.extend(flows.iter().map(|i| Place::Flow(*i))),
            Target::Boundary(boundary) => {
                let inside = |i: &usize| diagram.around(End::Element(*i)).contains(boundary);
                let across = |i: &usize| diagram.crossed(&diagram.flows[*i]).contains(boundary);
                places.extend((0..diagram.elements.len()).filter(inside).map(Place::Element));
                places.extend((0..diagram.flows.len()).filter(across).map(Place::Flow));
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_the_article() {
        let letters = |hit: Hit| -> String {
            let asked = (0..6).filter(|category| asked(hit, *category) == Asked::Yes);
            asked.map(|category| STRIDE[category].letter).collect()
        };
        assert_eq!(letters(Hit::Element(Kind::External)), "SR");
        assert_eq!(letters(Hit::Element(Kind::Process)), "STRIDE");
        assert_eq!(letters(Hit::Element(Kind::Store)), "TID");
        assert_eq!(letters(Hit::Flow), "TID");
        assert_eq!(asked(Hit::Element(Kind::Store), 2), Asked::OfLogs);
    }
}
