//! A diagram back to Mermaid text.

use std::fmt::Write;

use super::model::{Diagram, Element, Kind};
use super::parse::encode;

/// Writes a diagram as Mermaid text. Parsing the text gives the same diagram.
pub fn print(diagram: &Diagram) -> String {
    let mut out = format!("flowchart {}\n", diagram.direction.word());
    if let Some(title) = &diagram.title {
        let _ = writeln!(out, "  accTitle: {title}");
    }
    if let Some(description) = &diagram.description {
        let _ = writeln!(out, "  accDescr: {description}");
    }
    level(&mut out, diagram, None, 1);
    for flow in &diagram.flows {
        let label = match (flow.numbered, flow.label.as_str()) {
            (true, "") => format!("{}.", flow.number),
            (true, label) => format!("{}. {label}", flow.number),
            (false, label) => label.to_string(),
        };
        let id = flow.id.as_ref().map(|id| format!("{id}@")).unwrap_or_default();
        let arrow = match (flow.headless, flow.both_ways) {
            (true, _) => "---",
            (false, true) => "<-->",
            (false, false) => "-->",
        };
        let label = match label.as_str() {
            "" => String::new(),
            label => format!("|\"{}\"|", encode(label)),
        };
        let (from, to) = (diagram.end_id(flow.from), diagram.end_id(flow.to));
        let _ = writeln!(out, "  {from} {id}{arrow}{label} {to}");
    }
    out
}

/// What stands directly inside a boundary, or outside every one.
fn level(out: &mut String, diagram: &Diagram, boundary: Option<usize>, depth: usize) {
    let indent = "  ".repeat(depth);
    for element in diagram.elements.iter().filter(|e| e.boundary == boundary) {
        let _ = writeln!(out, "{indent}{}", node(element));
    }
    for (i, inner) in diagram.boundaries.iter().enumerate() {
        if inner.parent == boundary {
            let _ = writeln!(out, "{indent}subgraph {}[\"{}\"]", inner.id, encode(&inner.label));
            level(out, diagram, Some(i), depth + 1);
            let _ = writeln!(out, "{indent}end");
        }
    }
}

fn node(element: &Element) -> String {
    let Element { id, kind, .. } = element;
    let label = encode(&element.label);
    if element.kind_guessed {
        return format!("{id}[\"{label}\"]");
    }
    let class = kind.class();
    match kind {
        Kind::External => format!("{id}[\"{label}\"]:::{class}"),
        Kind::Process => format!("{id}(\"{label}\"):::{class}"),
        Kind::Store => format!("{id}[(\"{label}\")]:::{class}"),
    }
}
