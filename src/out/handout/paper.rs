//! Diagrams on paper: upright, on a page turned sideways, or one boundary at a time, so that
//! their names can be read.

use crate::book::graph::NodeId;
use crate::book::page::Chart;
use crate::dfd::{self, Choice, Layout, Marks};
use crate::site::Site;
use crate::text::markup::escaped;
use std::fmt::Write as _;

/// What a page of A4 holds, in pixels of CSS: 176 by 250 mm upright, with room for a heading.
const UPRIGHT: (f64, f64) = (665.0, 945.0);

/// The same, turned sideways: 263 by 158 mm.
const SIDEWAYS: (f64, f64) = (994.0, 597.0);

/// The least scale at which names, which are 13 px, are 7 pt.
const LEGIBLE: f64 = 7.0 / (13.0 * 0.75);

/// How a picture of a size is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Upright,
    Sideways,
    /// The names are too small on any page.
    Nowhere,
}

impl Fit {
    fn of(width: f64, height: f64) -> Fit {
        let scale = |page: (f64, f64)| (page.0 / width).min(page.1 / height);
        match (scale(UPRIGHT) >= LEGIBLE, scale(SIDEWAYS) >= LEGIBLE) {
            (true, _) => Fit::Upright,
            (false, true) => Fit::Sideways,
            (false, false) => Fit::Nowhere,
        }
    }

    fn of_layout(layout: &Layout) -> Fit {
        Fit::of(layout.width, layout.height)
    }

    fn class(self) -> &'static str {
        match self {
            Fit::Upright => "diagram-scroll",
            Fit::Sideways => "diagram-scroll handout-wide",
            Fit::Nowhere => "diagram-scroll handout-map",
        }
    }
}

/// What stands before a diagram in a page of the site.
const BEFORE: &str = "<figure class=\"diagram\"><div class=\"diagram-scroll\"><svg ";

/// A page of the site with its diagrams as they are printed. One that is too large for a page
/// is followed by its boundaries, each as a picture of its own.
pub(super) fn fitted(site: &Site, node: NodeId, page: &str) -> String {
    let charts = &site.graph.article(node).body.charts;
    let mut drawn = charts.iter().enumerate().filter(|(_, chart)| chart.layout.is_some());
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(BEFORE) {
        out.push_str(before);
        rest = after;
        let Some((index, chart)) = drawn.next() else {
            out.push_str(BEFORE);
            continue;
        };
        let marks = site.models.marks(node, index);
        let Some((own, more)) = after.split_once("</div>") else {
            out.push_str(BEFORE);
            continue;
        };
        rest = more;
        let (fit, svg) = whole(site, chart, &marks, own);
        let _ = write!(out, "<figure class=\"diagram\"><div class=\"{}\">{svg}</div>", fit.class());
        if fit == Fit::Nowhere && chart.views.is_empty() {
            boundaries(site, chart, &marks, &mut out);
        }
    }
    out + rest
}

/// The whole diagram: as it is, or as on a slide where that fits on a page and it does not.
fn whole(site: &Site, chart: &Chart, marks: &Marks, own: &str) -> (Fit, String) {
    let own = || format!("<svg {own}");
    let Some(layout) = &chart.layout else { return (Fit::Upright, own()) };
    match Fit::of_layout(layout) {
        Fit::Nowhere => match dfd::layout(&chart.diagram, Choice::Stage) {
            Ok(staged) if Fit::of_layout(&staged) != Fit::Nowhere => {
                (Fit::of_layout(&staged), dfd::svg(&chart.diagram, &staged, marks, &**site.words()))
            }
            _ => (Fit::Nowhere, own()),
        },
        fit => (fit, own()),
    }
}

/// The boundaries of a diagram, one by one, each in the layout that can be read.
fn boundaries(site: &Site, chart: &Chart, marks: &Marks, out: &mut String) {
    let summary = escaped(site.words().get("one_boundary_at_a_time"));
    let _ = writeln!(out, "<details class=\"diagram-views\" open><summary>{summary}</summary>");
    for number in 0..chart.diagram.boundaries.len() {
        let focus = dfd::focus(&chart.diagram, number);
        if focus.elements.len() < 2 || focus.elements.len() == chart.diagram.elements.len() {
            continue;
        }
        let layouts = [Choice::Auto, Choice::Stage, Choice::Vertical, Choice::Horizontal]
            .into_iter()
            .filter_map(|choice| dfd::layout(&focus.diagram, choice).ok());
        let best = layouts.min_by_key(|layout| match Fit::of_layout(layout) {
            Fit::Upright => 0,
            Fit::Sideways => 1,
            Fit::Nowhere => 2,
        });
        let Some(layout) = best else { continue };
        let part = focus.marks(marks, format!("{}w{number}", marks.prefix));
        let _ = writeln!(
            out,
            "<figure class=\"diagram-view\"><figcaption>{}</figcaption><div class=\"{}\">{}</div></figure>",
            escaped(&chart.diagram.boundaries[number].name()),
            Fit::of_layout(&layout).class(),
            dfd::svg(&focus.diagram, &layout, &part, &**site.words())
        );
    }
    out.push_str("</details>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seven_points_or_the_picture_is_parted() {
        assert_eq!(Fit::of(600.0, 900.0), Fit::Upright);
        assert_eq!(Fit::of(923.0, 1300.0), Fit::Upright);
        assert_eq!(Fit::of(1300.0, 800.0), Fit::Sideways);
        assert_eq!(Fit::of(1483.0, 1797.0), Fit::Nowhere);
    }
}
