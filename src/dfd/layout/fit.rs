//! Tries several layouts and takes the one that reads best in a page.

use super::check::{self, Finding};
use super::elk;
use super::{Choice, Layout, LayoutError, MARGIN, Point, Rect, Route, Text};
use crate::dfd::model::{Diagram, Direction};

/// What the algorithm found, relative to the whole picture.
pub(super) struct Placed {
    pub size: (f64, f64),
    pub elements: Vec<Text>,
    pub flows: Vec<Route>,
    pub boundaries: Vec<Rect>,
    pub titles: Vec<Text>,
}

/// What flows carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// Number and text.
    Full,
    /// The number; the text is in the table.
    Numbers,
}

/// How nodes are lined up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placement {
    /// With few bends.
    Straight,
    /// In little room.
    Compact,
}

/// Where a boundary keeps room for its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TitleRoom {
    Top,
    /// Also below its contents.
    Bottom,
    /// Also beside its contents.
    Side,
}

/// One layout to try.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub direction: Direction,
    pub labels: Labels,
    pub placement: Placement,
    pub dense: bool,
    pub titles: Vec<TitleRoom>,
}

/// Widths of the text column and of a wide figure in a page.
const COLUMN: f64 = 720.0;
const WIDE: f64 = 1100.0;
/// Room for a picture below the heading of a slide.
const STAGE: (f64, f64) = (1260.0, 590.0);
/// Elements and flows from which a picture is drawn closely.
const DENSE: usize = 60;
/// Elements and flows up to which more than one layout per direction is tried.
const SMALL: usize = 60;

pub(super) fn choose(diagram: &Diagram, choice: Choice) -> Result<Layout, LayoutError> {
    let horizontal = match diagram.direction {
        Direction::RightLeft => Direction::RightLeft,
        _ => Direction::LeftRight,
    };
    let vertical = match diagram.direction {
        Direction::BottomUp => Direction::BottomUp,
        _ => Direction::TopDown,
    };
    let directions: &[Direction] = match choice {
        Choice::Horizontal => &[horizontal],
        Choice::Vertical => &[vertical],
        Choice::Auto | Choice::Stage => &[horizontal, vertical],
    };
    let size = diagram.elements.len() + diagram.flows.len();
    let placements: &[Placement] = match size {
        0..=SMALL => &[Placement::Straight, Placement::Compact],
        _ => &[Placement::Straight],
    };
    let mut failure = LayoutError::Empty;
    for labels in [Labels::Full, Labels::Numbers] {
        let mut best: Option<(f64, Plan, Layout)> = None;
        for &direction in directions {
            for &placement in placements {
                let titles = vec![TitleRoom::Top; diagram.boundaries.len()];
                let dense = size > DENSE;
                let plan = Plan { direction, labels, placement, dense, titles };
                match attempt(diagram, &plan) {
                    Ok(layout) => {
                        let score = score(diagram, &layout, choice);
                        if best.as_ref().is_none_or(|(b, ..)| score > *b) {
                            best = Some((score, plan, layout));
                        }
                    }
                    Err(error) => failure = error,
                }
            }
        }
        if let Some((_, plan, layout)) = best {
            return Ok(free_titles(diagram, plan, layout));
        }
    }
    Err(failure)
}

fn attempt(diagram: &Diagram, plan: &Plan) -> Result<Layout, LayoutError> {
    let placed = elk::place(diagram, plan)?;
    let mut layout = assemble(placed, plan);
    check::settle_titles(diagram, &mut layout);
    match check::findings(diagram, &layout).into_iter().find(Finding::is_grave) {
        Some(finding) => Err(LayoutError::Unsound(finding.describe(diagram))),
        None => Ok(layout),
    }
}

/// Makes room in boundaries whose title has a line through it.
fn free_titles(diagram: &Diagram, mut plan: Plan, mut layout: Layout) -> Layout {
    for room in [TitleRoom::Bottom, TitleRoom::Side, TitleRoom::Side] {
        let cramped = check::cramped_titles(diagram, &layout);
        if cramped.is_empty() {
            break;
        }
        for b in cramped {
            plan.titles[b] = room;
        }
        if let Ok(better) = attempt(diagram, &plan) {
            layout = better;
        }
    }
    layout
}

/// Moves everything so that the picture has even margins.
fn assemble(placed: Placed, plan: &Plan) -> Layout {
    let Placed { elements, flows, boundaries, titles, .. } = placed;
    let mut layout = Layout {
        width: 0.0,
        height: 0.0,
        direction: plan.direction,
        labels: plan.labels,
        elements,
        flows,
        boundaries,
        titles,
    };
    let mut low = Point { x: f64::MAX, y: f64::MAX };
    let mut high = Point { x: f64::MIN, y: f64::MIN };
    let mut include = |rect: &Rect| {
        low = Point { x: low.x.min(rect.x), y: low.y.min(rect.y) };
        high = Point { x: high.x.max(rect.right()), y: high.y.max(rect.bottom()) };
    };
    layout.elements.iter().for_each(|e| include(&e.rect));
    layout.boundaries.iter().for_each(&mut include);
    for flow in &layout.flows {
        include(&flow.label.rect);
        flow.points.iter().for_each(|p| include(&Rect { x: p.x, y: p.y, ..Rect::default() }));
    }
    let (dx, dy) = (MARGIN - low.x, MARGIN - low.y);
    let shift = |rect: &mut Rect| {
        rect.x += dx;
        rect.y += dy;
    };
    layout.elements.iter_mut().for_each(|e| shift(&mut e.rect));
    layout.boundaries.iter_mut().for_each(shift);
    for Route { points, label } in &mut layout.flows {
        shift(&mut label.rect);
        for point in points {
            point.x += dx;
            point.y += dy;
        }
    }
    layout.width = (high.x - low.x + 2.0 * MARGIN).ceil();
    layout.height = (high.y - low.y + 2.0 * MARGIN).ceil();
    layout
}

/// At which share of its size a layout is shown in `room`.
fn scale(layout: &Layout, room: f64) -> f64 {
    (room / layout.width).min(1.0)
}

/// How well a layout reads; higher is better.
fn score(diagram: &Diagram, layout: &Layout, choice: Choice) -> f64 {
    let (size, screens) = match choice {
        Choice::Stage => ((STAGE.0 / layout.width).min(STAGE.1 / layout.height), 1.0),
        // More than a screen high means scrolling.
        _ => (
            0.6 * scale(layout, WIDE) + 0.4 * scale(layout, COLUMN),
            layout.height * scale(layout, WIDE) / 900.0,
        ),
    };
    let flaws = check::findings(diagram, layout).len() as f64;
    let bends: usize = layout.flows.iter().map(|f| f.points.len()).sum();
    let bends = bends as f64 / layout.flows.len().max(1) as f64;
    let meant = if layout.direction == diagram.direction { 0.04 } else { 0.0 };
    size - 0.12 * (screens - 1.0).max(0.0) - 0.02 * flaws - 0.02 * bends + meant
}
