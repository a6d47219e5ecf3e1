//! The diagram in words, for those who cannot or do not want to see it.

use super::model::{Diagram, Kind};

/// Rows for a table of elements and one of flows, parallel to the lists of the
/// diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub elements: Vec<ElementRow>,
    pub flows: Vec<FlowRow>,
    pub boundaries: Vec<BoundaryRow>,
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementRow {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    /// The boundaries around it, the outermost first.
    pub boundaries: Vec<String>,
}

/// A flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowRow {
    pub number: u32,
    pub from: String,
    pub to: String,
    /// What flows; empty if the author does not say.
    pub data: String,
    pub both_ways: bool,
    /// The boundaries crossed on the way, in order.
    pub crosses: Vec<String>,
}

/// A trust boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundaryRow {
    pub id: String,
    pub name: String,
    /// The boundaries around it, the outermost first.
    pub inside: Vec<String>,
    /// How many flows cross it.
    pub crossings: usize,
}

/// Puts a diagram into rows.
pub fn table(diagram: &Diagram) -> Table {
    use super::model::End;
    let name = |b: &usize| diagram.boundaries[*b].name();
    let crossed: Vec<Vec<usize>> = diagram.flows.iter().map(|f| diagram.crossed(f)).collect();
    let elements = diagram.elements.iter().enumerate().map(|(i, e)| ElementRow {
        id: e.id.clone(),
        name: e.name(),
        kind: e.kind,
        boundaries: diagram.around(End::Element(i)).iter().rev().map(name).collect(),
    });
    let flows = diagram.flows.iter().zip(&crossed).map(|(f, crossed)| FlowRow {
        number: f.number,
        from: diagram.end_name(f.from),
        to: diagram.end_name(f.to),
        data: f.data(),
        both_ways: f.both_ways,
        crosses: crossed.iter().map(name).collect(),
    });
    let boundaries = diagram.boundaries.iter().enumerate().map(|(i, b)| BoundaryRow {
        id: b.id.clone(),
        name: b.name(),
        inside: diagram.around(End::Boundary(i)).iter().skip(1).rev().map(name).collect(),
        crossings: crossed.iter().filter(|c| c.contains(&i)).count(),
    });
    Table { elements: elements.collect(), flows: flows.collect(), boundaries: boundaries.collect() }
}
