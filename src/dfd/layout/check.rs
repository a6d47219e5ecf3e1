//! Looks at a layout as a reader would: nothing may lie on anything else.

use super::{Layout, Point, Rect, end_rect};
use crate::dfd::model::{Diagram, End};

/// Something wrong in a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Two elements, or an element and a foreign boundary, overlap.
    Overlap(End, End),
    /// Something lies outside its boundary.
    Outside(End),
    /// A flow has no way, or does not begin and end at its elements.
    Loose(usize),
    /// A flow runs through an element that is not one of its ends.
    Through(usize, End),
    /// The label of a flow lies on an element.
    LabelOnNode(usize, usize),
    /// Two labels overlap.
    LabelOnLabel(usize, usize),
    /// A line runs through the label of another flow.
    LineThroughLabel(usize, usize),
    /// A line runs through the title of a boundary.
    LineThroughTitle(usize, usize),
    /// A title does not fit into its boundary or lies on something.
    TitleCramped(usize),
}

impl Finding {
    /// Whether the picture would be wrong, not only less clean.
    pub fn is_grave(&self) -> bool {
        !matches!(
            self,
            Finding::LineThroughLabel(..)
                | Finding::LineThroughTitle(..)
                | Finding::TitleCramped(_)
        )
    }

    /// The finding in words.
    pub fn describe(&self, diagram: &Diagram) -> String {
        let name = |end: End| diagram.end_id(end).to_string();
        let flow = |i: usize| format!("flow {}", diagram.flows[i].number);
        match *self {
            Finding::Overlap(a, b) => format!("`{}` and `{}` overlap", name(a), name(b)),
            Finding::Outside(a) => format!("`{}` lies outside its boundary", name(a)),
            Finding::Loose(i) => format!("{} does not reach its ends", flow(i)),
            Finding::Through(i, a) => format!("{} runs through `{}`", flow(i), name(a)),
            Finding::LabelOnNode(i, e) => {
                format!("the label of {} lies on `{}`", flow(i), diagram.elements[e].id)
            }
            Finding::LabelOnLabel(i, j) => {
                format!("the labels of {} and {} overlap", flow(i), flow(j))
            }
            Finding::LineThroughLabel(i, j) => {
                format!("{} runs through the label of {}", flow(i), flow(j))
            }
            Finding::LineThroughTitle(i, b) => {
                format!("{} runs through the title of `{}`", flow(i), diagram.boundaries[b].id)
            }
            Finding::TitleCramped(b) => {
                format!("the title of `{}` has no room", diagram.boundaries[b].id)
            }
        }
    }
}

/// Everything wrong in a layout.
pub fn findings(diagram: &Diagram, layout: &Layout) -> Vec<Finding> {
    let mut found = Vec::new();
    nodes(diagram, layout, &mut found);
    routes(diagram, layout, &mut found);
    labels(layout, &mut found);
    titles(layout, &mut found);
    found
}

fn nodes(diagram: &Diagram, layout: &Layout, found: &mut Vec<Finding>) {
    let elements = (0..diagram.elements.len()).map(End::Element);
    let all: Vec<End> = elements.chain((0..diagram.boundaries.len()).map(End::Boundary)).collect();
    for (n, &a) in all.iter().enumerate() {
        let parent = match a {
            End::Element(i) => diagram.elements[i].boundary,
            End::Boundary(i) => diagram.boundaries[i].parent,
        };
        let rect = end_rect(layout, a);
        if !rect.x.is_finite() || !rect.y.is_finite() || rect.width <= 0.0 || rect.height <= 0.0 {
            found.push(Finding::Outside(a));
            continue;
        }
        if let Some(parent) = parent
            && !layout.boundaries[parent].grown(-4.0).contains(&rect)
        {
            found.push(Finding::Outside(a));
        }
        for &b in &all[n + 1..] {
            let nested = matches!(b, End::Boundary(i) if diagram.around(a).contains(&i))
                || matches!(a, End::Boundary(i) if diagram.around(b).contains(&i));
            if !nested && rect.grown(1.0).overlaps(&end_rect(layout, b)) {
                found.push(Finding::Overlap(a, b));
            }
        }
    }
}

fn routes(diagram: &Diagram, layout: &Layout, found: &mut Vec<Finding>) {
    for (i, flow) in diagram.flows.iter().enumerate() {
        let points = &layout.flows[i].points;
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            found.push(Finding::Loose(i));
            continue;
        };
        let touches = |end: End, p: &Point| {
            let at = Rect { x: p.x, y: p.y, ..Rect::default() };
            end_rect(layout, end).grown(1.0).contains(&at)
        };
        if points.len() < 2 || !touches(flow.from, first) || !touches(flow.to, last) {
            found.push(Finding::Loose(i));
        }
        for e in 0..diagram.elements.len() {
            // Its own elements it may touch at the rim, so they are shrunk.
            let rect = layout.elements[e].rect.grown(-0.5);
            if crosses(points, &rect) {
                found.push(Finding::Through(i, End::Element(e)));
            }
        }
        for b in 0..diagram.boundaries.len() {
            let (b_end, rect) = (End::Boundary(b), layout.boundaries[b].grown(-0.5));
            let inside = |end| diagram.around(end).contains(&b);
            if !inside(flow.from) && !inside(flow.to) && crosses(points, &rect) {
                found.push(Finding::Through(i, b_end));
            }
        }
    }
}

fn labels(layout: &Layout, found: &mut Vec<Finding>) {
    for (i, route) in layout.flows.iter().enumerate() {
        let label = &route.label.rect;
        for (e, element) in layout.elements.iter().enumerate() {
            if label.overlaps(&element.rect) {
                found.push(Finding::LabelOnNode(i, e));
            }
        }
        for (j, other) in layout.flows.iter().enumerate() {
            if j > i && label.overlaps(&other.label.rect) {
                found.push(Finding::LabelOnLabel(i, j));
            }
            if j != i && crosses(&other.points, label) {
                found.push(Finding::LineThroughLabel(j, i));
            }
        }
    }
}

fn titles(layout: &Layout, found: &mut Vec<Finding>) {
    for (b, title) in layout.titles.iter().enumerate() {
        if !title_is_free(layout, b, &title.rect) {
            found.push(Finding::TitleCramped(b));
        }
        for (i, route) in layout.flows.iter().enumerate() {
            if crosses(&route.points, &title.rect) {
                found.push(Finding::LineThroughTitle(i, b));
            }
        }
    }
}

/// Boundaries whose title could not be put in a free place.
pub(super) fn cramped_titles(diagram: &Diagram, layout: &Layout) -> Vec<usize> {
    let mut cramped: Vec<usize> = findings(diagram, layout)
        .into_iter()
        .filter_map(|finding| match finding {
            Finding::LineThroughTitle(_, b) | Finding::TitleCramped(b) => Some(b),
            _ => None,
        })
        .collect();
    cramped.sort_unstable();
    cramped.dedup();
    cramped
}

fn title_is_free(layout: &Layout, b: usize, rect: &Rect) -> bool {
    layout.boundaries[b].contains(rect)
        && !layout.elements.iter().any(|e| e.rect.overlaps(rect))
        && !layout.flows.iter().any(|f| f.label.rect.overlaps(rect))
        && !layout.boundaries.iter().enumerate().any(|(o, other)| {
            o != b && other.overlaps(rect) && !other.contains(&layout.boundaries[b])
        })
}

/// Puts each title into the upper left corner of its boundary, or to the next
/// place along the upper or lower rim where no line runs through it.
pub(super) fn settle_titles(diagram: &Diagram, layout: &mut Layout) {
    for b in 0..diagram.boundaries.len() {
        let boundary = layout.boundaries[b];
        let size = layout.titles[b].rect;
        let room = boundary.width - size.width - 24.0;
        let mut best: Option<Rect> = None;
        'search: for y in [boundary.y + 9.0, boundary.bottom() - size.height - 3.0] {
            let steps = (room / 6.0).max(0.0) as usize;
            for step in 0..=steps {
                let rect = Rect { x: boundary.x + 12.0 + step as f64 * 6.0, y, ..size };
                let clear = Rect { x: rect.x - 7.0, width: rect.width + 14.0, ..rect };
                let free = title_is_free(layout, b, &rect)
                    && !layout.flows.iter().any(|f| crosses(&f.points, &clear));
                if free {
                    best = Some(rect);
                    break 'search;
                }
            }
        }
        layout.titles[b].rect =
            best.unwrap_or(Rect { x: boundary.x + 12.0, y: boundary.y + 9.0, ..size });
    }
}

/// Whether a line of straight pieces enters a box.
pub(super) fn crosses(points: &[Point], rect: &Rect) -> bool {
    points.windows(2).any(|pair| Rect::of_line(pair[0], pair[1]).overlaps(rect))
}
