//! Where everything in the picture stands.

mod check;
#[cfg_attr(not(feature = "elk"), path = "no_elk.rs")]
mod elk;
mod fit;

use super::model::{Diagram, Direction, End, Kind};
use super::text::{width, wrap};
pub use check::{Finding, findings};
pub use fit::Labels;

/// The most elements and boundaries that are laid out.
pub const MAX_NODES: usize = 300;
/// The most flows that are laid out.
pub const MAX_FLOWS: usize = 600;

/// Font sizes of elements, flows and boundaries. The style rules say the same.
pub(super) const NODE_FONT: f64 = 13.0;
pub(super) const FLOW_FONT: f64 = 12.0;
pub(super) const TITLE_FONT: f64 = 12.0;
pub(super) const NODE_LINE: f64 = 17.0;
pub(super) const FLOW_LINE: f64 = 15.0;
/// Diameter of the disc with a flow's number.
pub(super) const DISC: f64 = 18.0;
/// Room between a flow's number and its text.
pub(super) const DISC_GAP: f64 = 5.0;
/// Room around the whole picture.
pub(super) const MARGIN: f64 = 12.0;

const NODE_WRAP: f64 = 120.0;
const FLOW_WRAP: f64 = 112.0;

/// A point.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// A box, by its upper left corner and its size.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub fn center(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    /// The box grown by `by` on each side.
    pub fn grown(&self, by: f64) -> Rect {
        Rect {
            x: self.x - by,
            y: self.y - by,
            width: self.width + 2.0 * by,
            height: self.height + 2.0 * by,
        }
    }

    /// Whether the insides of two boxes meet.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    /// Whether the other box lies within this one.
    pub fn contains(&self, other: &Rect) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }

    /// The box around both ends of a straight line.
    pub fn of_line(a: Point, b: Point) -> Rect {
        let (x, y) = (a.x.min(b.x), a.y.min(b.y));
        Rect { x, y, width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
    }
}

/// Text in a place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    pub rect: Rect,
    pub lines: Vec<String>,
}

/// The way of a flow, and its label.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Route {
    /// From the source to the target, with a corner at each point between.
    pub points: Vec<Point>,
    /// The number and the text. Without lines, the number alone.
    pub label: Text,
}

/// A laid out diagram. Lists are parallel to those of the [`Diagram`].
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Size of the picture, margins included.
    pub width: f64,
    pub height: f64,
    /// The direction chosen.
    pub direction: Direction,
    /// Whether flows carry their text or their number alone.
    pub labels: Labels,
    pub elements: Vec<Text>,
    pub flows: Vec<Route>,
    /// The boxes of boundaries.
    pub boundaries: Vec<Rect>,
    /// The titles of boundaries, inside their boxes.
    pub titles: Vec<Text>,
}

/// Which layout to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// The most legible one in a page.
    #[default]
    Auto,
    /// Side to side.
    Horizontal,
    /// Up and down.
    Vertical,
    /// The most legible one on a slide, which is wide and shows all of it.
    Stage,
}

/// Why there is no picture. The reader gets the table instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutError {
    /// Nothing to draw.
    Empty,
    /// More elements, boundaries or flows than are laid out.
    TooLarge { nodes: usize, flows: usize },
    /// The layout algorithm gave up.
    Failed(String),
    /// The result would be a wrong or unreadable picture.
    Unsound(String),
}

impl std::fmt::Display for LayoutError {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            LayoutError::Empty => write!(f, "the diagram has no elements"),
            LayoutError::TooLarge { nodes, flows } => write!(
                f,
                "{nodes} elements and boundaries and {flows} flows are more than fit into a \
                 picture (at most {MAX_NODES} and {MAX_FLOWS})"
            ),
            LayoutError::Failed(why) => write!(f, "no layout was found: {why}"),
            LayoutError::Unsound(why) => write!(f, "no clean layout was found: {why}"),
        }
    }
}

impl std::error::Error for LayoutError {}

/// Lays a diagram out.
pub fn layout(diagram: &Diagram, choice: Choice) -> Result<Layout, LayoutError> {
    let nodes = diagram.elements.len() + diagram.boundaries.len();
    if nodes == 0 {
        return Err(LayoutError::Empty);
    }
    if nodes > MAX_NODES || diagram.flows.len() > MAX_FLOWS {
        return Err(LayoutError::TooLarge { nodes, flows: diagram.flows.len() });
    }
    fit::choose(diagram, choice)
}

/// Lines and size of an element's box. The sides that flows reach are long
/// enough for their arrowheads to stand apart.
fn element_text(diagram: &Diagram, index: usize, direction: Direction) -> Text {
    let element = &diagram.elements[index];
    let lines = wrap(&element.label, NODE_FONT, NODE_WRAP, 6);
    let widest = lines.iter().map(|l| width(l, NODE_FONT)).fold(0.0, f64::max);
    let side = match element.kind {
        Kind::External => 14.0,
        Kind::Process => 18.0,
        Kind::Store => 16.0,
    };
    let end = End::Element(index);
    let coming = diagram.flows.iter().filter(|f| f.to == end).count();
    let going = diagram.flows.iter().filter(|f| f.from == end).count();
    let reach = 12.0 * (coming.max(going) + 1) as f64;
    let (wide, high) = if direction.is_horizontal() { (92.0, reach) } else { (reach, 48.0) };
    let rect = Rect {
        width: (widest + 2.0 * side).max(92.0).max(wide).ceil(),
        height: (lines.len() as f64 * NODE_LINE + 24.0).max(48.0).max(high),
        ..Rect::default()
    };
    Text { rect, lines }
}

/// Lines and size of a flow's label.
fn flow_text(diagram: &Diagram, index: usize, labels: Labels) -> Text {
    let flow = &diagram.flows[index];
    let number = disc_width(flow.number);
    if labels == Labels::Numbers || flow.label.is_empty() {
        let rect = Rect { width: number, height: DISC, ..Rect::default() };
        return Text { rect, lines: Vec::new() };
    }
    let lines = wrap(&flow.label, FLOW_FONT, FLOW_WRAP, 5);
    let widest = lines.iter().map(|l| width(l, FLOW_FONT)).fold(0.0, f64::max);
    let rect = Rect {
        width: (number + DISC_GAP + widest + 2.0).ceil(),
        height: (lines.len() as f64 * FLOW_LINE + 2.0).max(DISC),
        ..Rect::default()
    };
    Text { rect, lines }
}

/// Width of the disc around a number.
pub(super) fn disc_width(number: u32) -> f64 {
    match number {
        0..=99 => DISC,
        _ => DISC + 7.0,
    }
}

/// Lines and size of a boundary's title.
fn title_text(diagram: &Diagram, index: usize) -> Text {
    let name = diagram.boundaries[index].name();
    let lines = wrap(&name, TITLE_FONT, 260.0, 1);
    // Bold is wider.
    let wide = lines.iter().map(|l| width(l, TITLE_FONT)).fold(0.0, f64::max) * 1.08;
    Text { rect: Rect { width: wide.ceil(), height: 16.0, ..Rect::default() }, lines }
}

/// The node that a flow ends at, whatever kind it is.
fn end_rect(layout: &Layout, end: End) -> Rect {
    match end {
        End::Element(i) => layout.elements[i].rect,
        End::Boundary(i) => layout.boundaries[i],
    }
}
