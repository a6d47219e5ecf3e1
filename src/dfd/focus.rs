//! One trust boundary of a large diagram as a diagram of its own.

use super::model::{Boundary, Diagram, Element, End, Flow};
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
    let touched = |end: End| {
        inside(end)
            || flows.iter().any(|&i| [diagram.flows[i].from, diagram.flows[i].to].contains(&end))
    };
    let elements: Vec<usize> =
        (0..diagram.elements.len()).filter(|&i| touched(End::Element(i))).collect();
    let boundaries: Vec<usize> = (0..diagram.boundaries.len())
        .filter(|&b| {
            touched(End::Boundary(b))
                || diagram.around(End::Boundary(boundary)).contains(&b)
                || elements.iter().any(|&e| diagram.around(End::Element(e)).contains(&b))
                || (0..diagram.boundaries.len()).any(|o| {
                    touched(End::Boundary(o)) && diagram.around(End::Boundary(o)).contains(&b)
                })
        })
        .collect();
    let at = |list: &[usize], i: usize| list.iter().position(|x| *x == i).unwrap_or(0);
    let end = |end: End| match end {
        End::Element(i) => End::Element(at(&elements, i)),
        End::Boundary(i) => End::Boundary(at(&boundaries, i)),
    };
    let name = diagram.boundaries[boundary].name();
    let part = Diagram {
        direction: diagram.direction,
        title: Some(match &diagram.title {
            Some(title) => format!("{title}: {name}"),
            None => name,
        }),
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
