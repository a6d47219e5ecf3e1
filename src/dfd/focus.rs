//! A part of a large diagram as a diagram of its own: one trust boundary, or what stands around
//! something.

use super::model::{Boundary, Diagram, Element, End, Flow};
use super::resolve::Target;
use super::svg::{Mark, Marks};

/// A part of a diagram. The index lists say which element, flow or boundary of
/// the whole stands at each place of the part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focus {
    pub diagram: Diagram,
    pub elements: Vec<usize>,
    pub flows: Vec<usize>,
    pub boundaries: Vec<usize>,
}

/// The part of a diagram inside a boundary, with the flows across its rim and
/// what is at their other ends. Flows keep their numbers.
pub fn focus(diagram: &Diagram, boundary: usize) -> Focus {
    let inside = |end: End| diagram.around(end).contains(&boundary);
    let flows: Vec<usize> = (0..diagram.flows.len())
        .filter(|&i| inside(diagram.flows[i].from) || inside(diagram.flows[i].to))
        .collect();
    let name = diagram.boundaries[boundary].name();
    let title = match &diagram.title {
        Some(title) => format!("{title}: {name}"),
        None => name,
    };
    part(diagram, &inside, flows, Some(title))
}

/// The part of a diagram around what is named: it, the flows that are named or that it has, and what
/// is at their other ends. Flows keep their numbers.
pub fn around(diagram: &Diagram, targets: &[Target]) -> Focus {
    let named = |end: End| {
        targets.contains(&match end {
            End::Element(i) => Target::Element(i),
            End::Boundary(i) => Target::Boundary(i),
        })
    };
    let itself =
        |i| targets.iter().any(|t| matches!(t, Target::Flows(flows) if flows.contains(&i)));
    let flows = (0..diagram.flows.len())
        .filter(|&i| itself(i) || named(diagram.flows[i].from) || named(diagram.flows[i].to));
    part(diagram, &named, flows.collect(), diagram.title.clone())
}

/// Some flows with their ends, whatever else is in, and the boundaries around all of it.
fn part(
    diagram: &Diagram,
    within: &dyn Fn(End) -> bool,
    flows: Vec<usize>,
    title: Option<String>,
) -> Focus {
    let touched = |end: End| {
        within(end)
            || flows.iter().any(|&i| [diagram.flows[i].from, diagram.flows[i].to].contains(&end))
    };
    let elements: Vec<usize> =
        (0..diagram.elements.len()).filter(|&i| touched(End::Element(i))).collect();
    let touched_boundaries =
        (0..diagram.boundaries.len()).map(End::Boundary).filter(|b| touched(*b));
    let all = elements.iter().map(|&e| End::Element(e)).chain(touched_boundaries);
    let mut boundaries: Vec<usize> = all.flat_map(|end| diagram.around(end)).collect();
    boundaries.sort_unstable();
    boundaries.dedup();
    let at = |list: &[usize], i: usize| list.iter().position(|x| *x == i).unwrap_or(0);
    let end = |end: End| match end {
        End::Element(i) => End::Element(at(&elements, i)),
        End::Boundary(i) => End::Boundary(at(&boundaries, i)),
    };
    let part = Diagram {
        direction: diagram.direction,
        title,
        description: None,
        elements: elements
            .iter()
            .map(|&i| {
                let element = diagram.elements[i].clone();
                let boundary = element.boundary.map(|b| at(&boundaries, b));
                Element { boundary, ..element }
            })
            .collect(),
        flows: flows
            .iter()
            .map(|&i| {
                let flow = diagram.flows[i].clone();
                Flow { numbered: true, from: end(flow.from), to: end(flow.to), ..flow }
            })
            .collect(),
        boundaries: boundaries
            .iter()
            .map(|&i| {
                let inner = diagram.boundaries[i].clone();
                let parent = inner.parent.map(|p| at(&boundaries, p));
                Boundary { parent, ..inner }
            })
            .collect(),
    };
    Focus { diagram: part, elements, flows, boundaries }
}

impl Focus {
    /// The marks of the whole diagram that belong to this part.
    pub fn marks(&self, whole: &Marks, prefix: impl Into<String>) -> Marks {
        let pick = |marks: &std::collections::BTreeMap<usize, Mark>, list: &[usize]| {
            let found = list.iter().enumerate();
            found.filter_map(|(at, i)| Some((at, marks.get(i)?.clone()))).collect()
        };
        Marks {
            prefix: prefix.into(),
            elements: pick(&whole.elements, &self.elements),
            flows: pick(&whole.flows, &self.flows),
            boundaries: pick(&whole.boundaries, &self.boundaries),
        }
    }
}
