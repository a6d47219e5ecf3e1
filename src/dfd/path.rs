//! Lines of flows: rounded corners, a gap for the label, arrowheads.

use std::fmt::Write;

use super::layout::{Layout, Point, Rect};
use super::svg::n;

/// Radius of a corner.
const RADIUS: f64 = 6.0;
/// Length and half width of an arrowhead.
const HEAD: f64 = 9.0;
const HALF: f64 = 4.0;
/// Room between a line and its label.
const GAP: f64 = 3.0;

/// Path data of a flow.
pub(super) struct Drawn {
    pub line: String,
    pub heads: String,
}

/// Where a flow has arrowheads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Heads {
    None,
    End,
    Both,
}

pub(super) fn draw(points: &[Point], label: &Rect, heads: Heads) -> Drawn {
    let mut points = simplified(points);
    let mut drawn = Drawn { line: String::new(), heads: String::new() };
    if points.len() < 2 {
        return drawn;
    }
    let last = points.len() - 1;
    if heads != Heads::None {
        head(&mut drawn.heads, points[last - 1], points[last]);
        points[last] = towards(points[last], points[last - 1], HEAD - 1.0);
    }
    if heads == Heads::Both {
        head(&mut drawn.heads, points[1], points[0]);
        points[0] = towards(points[0], points[1], HEAD - 1.0);
    }
    for piece in outside(&points, &label.grown(GAP)) {
        rounded(&mut drawn.line, &piece);
    }
    drawn
}

/// Without points in the middle of a straight line.
fn simplified(points: &[Point]) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::new();
    for &p in points {
        if out.last().is_some_and(|l| (l.x - p.x).abs() < 0.05 && (l.y - p.y).abs() < 0.05) {
            continue;
        }
        if let [.., a, b] = out[..] {
            let straight = (b.x - a.x) * (p.y - b.y) - (b.y - a.y) * (p.x - b.x);
            if straight.abs() < 0.05 {
                out.pop();
            }
        }
        out.push(p);
    }
    out
}

/// The point `by` away from `a` on the way to `b`, but no further than half of it.
fn towards(a: Point, b: Point, by: f64) -> Point {
    let length = (b.x - a.x).hypot(b.y - a.y);
    let share = if length > 0.0 { (by / length).min(0.5) } else { 0.0 };
    Point { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
}

fn head(out: &mut String, from: Point, tip: Point) {
    let length = (tip.x - from.x).hypot(tip.y - from.y).max(1e-6);
    let (dx, dy) = ((tip.x - from.x) / length, (tip.y - from.y) / length);
    let base = Point { x: tip.x - dx * HEAD, y: tip.y - dy * HEAD };
    let _ = write!(
        out,
        "M{} {}L{} {}L{} {}Z",
        n(tip.x),
        n(tip.y),
        n(base.x - dy * HALF),
        n(base.y + dx * HALF),
        n(base.x + dy * HALF),
        n(base.y - dx * HALF)
    );
}

/// The pieces of a line that lie outside a box.
fn outside(points: &[Point], hole: &Rect) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut piece = vec![points[0]];
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        match cut(a, b, hole) {
            None => piece.push(b),
            Some((enter, leave)) => {
                let at = |share: f64| Point {
                    x: a.x + (b.x - a.x) * share,
                    y: a.y + (b.y - a.y) * share,
                };
                if enter > 0.0 {
                    piece.push(at(enter));
                }
                pieces.push(std::mem::take(&mut piece));
                if leave < 1.0 {
                    piece = vec![at(leave), b];
                } else {
                    piece = vec![b];
                }
            }
        }
    }
    pieces.push(piece);
    pieces.retain(|p| p.len() > 1);
    pieces
}

/// Where a straight line enters and leaves a box, as shares of its length.
fn cut(a: Point, b: Point, hole: &Rect) -> Option<(f64, f64)> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (from, to, low, high) in
        [(a.x, b.x, hole.x, hole.right()), (a.y, b.y, hole.y, hole.bottom())]
    {
        let step = to - from;
        if step.abs() < 1e-9 {
            if from <= low || from >= high {
                return None;
            }
            continue;
        }
        let (one, two) = ((low - from) / step, (high - from) / step);
        enter = enter.max(one.min(two));
        leave = leave.min(one.max(two));
    }
    (enter < leave).then_some((enter, leave))
}

fn rounded(out: &mut String, points: &[Point]) {
    let _ = write!(out, "M{} {}", n(points[0].x), n(points[0].y));
    for three in points.windows(3) {
        let (a, corner, b) = (three[0], three[1], three[2]);
        let (before, after) = (towards(corner, a, RADIUS), towards(corner, b, RADIUS));
        let _ = write!(
            out,
            "L{} {}Q{} {} {} {}",
            n(before.x),
            n(before.y),
            n(corner.x),
            n(corner.y),
            n(after.x),
            n(after.y)
        );
    }
    let last = points[points.len() - 1];
    let _ = write!(out, "L{} {}", n(last.x), n(last.y));
}

/// Places for marks at the corners of a box, those without a line or label first.
pub(super) fn corners(rect: &Rect, layout: &Layout) -> Vec<Point> {
    let (left, right) = (rect.x + 5.0, rect.right() - 5.0);
    let (top, bottom) = (rect.y + 1.0, rect.bottom() - 1.0);
    let mut corners = vec![
        Point { x: right, y: top },
        Point { x: left, y: top },
        Point { x: right, y: bottom },
        Point { x: left, y: bottom },
    ];
    let busy = |p: &Point| {
        let room = Rect { x: p.x - 15.0, y: p.y - 11.0, width: 30.0, height: 22.0 };
        layout.flows.iter().any(|f| {
            f.label.rect.overlaps(&room)
                || f.points.windows(2).any(|l| Rect::of_line(l[0], l[1]).overlaps(&room))
        })
    };
    corners.sort_by_key(busy);
    corners
}
