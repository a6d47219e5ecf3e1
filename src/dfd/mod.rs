//! Data-flow diagrams: Mermaid flowchart text, read as elements, flows and trust
//! boundaries, laid out and drawn at build time.
//!
//! ```text
//! parse(text) -> Diagram -> layout(diagram, choice) -> svg(diagram, layout, marks, words)
//!                        -> table(diagram)
//!                        -> resolve(diagram, name)
//! ```

mod focus;
mod layout;
mod model;
mod parse;
mod path;
mod print;
mod resolve;
mod svg;
mod table;
mod text;

pub use focus::{Focus, around, focus};
pub use layout::{
    Choice, Finding, Labels, Layout, LayoutError, MAX_FLOWS, MAX_NODES, Point, Rect, Route, Text,
    findings, layout,
};
pub use model::{Boundary, Diagram, Direction, Element, End, Flow, Kind, Level, Problem, Span};
pub use parse::{MAX_DEPTH, MAX_PARTS, MAX_TEXT, parse};
pub use print::print;
pub use resolve::{Target, nearest, resolve};
pub use svg::{
    Change, Mark, Marks, OWN, Words, anchors, boundary_anchor, element_anchor, flow_anchor, svg,
};
pub use table::{BoundaryRow, ElementRow, FlowRow, Table, table};

#[cfg(test)]
mod tests;
