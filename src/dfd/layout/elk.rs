//! The layered layout, by the crate elkrs.
//!
//! elkrs is a rewrite of the Eclipse Layout Kernel, so it is treated as under
//! EPL-2.0 (see NOTICE). No other file knows of it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use serde_json::{Map, Value, json};

use super::fit::{Placed, Placement, Plan, TitleRoom};
use super::{LayoutError, Point, Rect, Route, element_text, flow_text, title_text};
use crate::dfd::model::{Diagram, Direction, End};

/// Room above the contents of a boundary, for its title, and around them.
const TOP: f64 = 34.0;
const SIDE: f64 = 16.0;

pub(super) fn place(diagram: &Diagram, plan: &Plan) -> Result<Placed, LayoutError> {
    let mut placed = Placed {
        size: (0.0, 0.0),
        elements: (0..diagram.elements.len())
            .map(|i| element_text(diagram, i, plan.direction))
            .collect(),
        flows: (0..diagram.flows.len())
            .map(|i| Route { points: Vec::new(), label: flow_text(diagram, i, plan.labels) })
            .collect(),
        boundaries: vec![Rect::default(); diagram.boundaries.len()],
        titles: (0..diagram.boundaries.len()).map(|i| title_text(diagram, i)).collect(),
    };
    let input = graph(diagram, plan, &placed).to_string();
    let result = quietly(|| elkrs::create_elk().layout_json(&input));
    let output = match result {
        Ok(Ok(output)) => output,
        Ok(Err(why)) => return Err(LayoutError::Failed(why)),
        Err(_) => return Err(LayoutError::Failed("the layout algorithm stopped".into())),
    };
    placed.size = (number(&output, "width"), number(&output, "height"));
    read(&output, Point::default(), &mut placed);
    Ok(placed)
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs the crate, which panics where the original throws, and keeps such a
/// panic from the terminal: the caller reports it.
fn quietly<T>(run: impl FnOnce() -> T) -> std::thread::Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |info| {
            if !QUIET.get() {
                loud(info);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    QUIET.set(false);
    result
}

fn graph(diagram: &Diagram, plan: &Plan, placed: &Placed) -> Value {
    let direction = match plan.direction {
        Direction::LeftRight => "RIGHT",
        Direction::RightLeft => "LEFT",
        Direction::TopDown => "DOWN",
        Direction::BottomUp => "UP",
    };
    // Large pictures stand closer together.
    let gap = |wide: f64| if plan.dense { (wide * 0.75).round() } else { wide };
    let (placement, alignment) = match plan.placement {
        Placement::Straight => ("BRANDES_KOEPF", "NONE"),
        Placement::Compact => ("NETWORK_SIMPLEX", "NONE"),
    };
    let mut root = Map::new();
    root.insert("id".into(), json!("root"));
    root.insert(
        "layoutOptions".into(),
        json!({
            "elk.algorithm": "layered",
            "elk.direction": direction,
            "elk.hierarchyHandling": "INCLUDE_CHILDREN",
            "elk.edgeRouting": "ORTHOGONAL",
            "elk.randomSeed": 1,
            "elk.padding": "[top=0,left=0,bottom=0,right=0]",
            "elk.layered.cycleBreaking.strategy": "GREEDY_MODEL_ORDER",
            "elk.layered.nodePlacement.strategy": placement,
            "elk.layered.nodePlacement.bk.fixedAlignment": alignment,
            "elk.layered.spacing.nodeNodeBetweenLayers": gap(32.0),
            "elk.layered.spacing.edgeNodeBetweenLayers": gap(22.0),
            "elk.layered.spacing.edgeEdgeBetweenLayers": gap(13.0),
            "elk.spacing.nodeNode": gap(28.0),
            "elk.spacing.edgeNode": gap(18.0),
            "elk.spacing.edgeEdge": gap(14.0),
            "elk.spacing.nodeSelfLoop": 18,
            "elk.spacing.edgeLabel": 4,
            "elk.spacing.labelNode": 8,
            "elk.spacing.componentComponent": gap(36.0),
        }),
    );
    fill(&mut root, diagram, plan, placed, None);
    Value::Object(root)
}

/// Adds what stands directly inside a boundary, or outside every one.
fn fill(
    parent: &mut Map<String, Value>,
    diagram: &Diagram,
    plan: &Plan,
    placed: &Placed,
    boundary: Option<usize>,
) {
    // The algorithm takes the order of the story into account: what the first
    // flow names comes first.
    let mut children: Vec<(usize, Value)> = Vec::new();
    for (i, element) in diagram.elements.iter().enumerate() {
        if element.boundary == boundary {
            let Rect { width, height, .. } = placed.elements[i].rect;
            let at = End::Element(i);
            let loops = diagram.flows.iter().filter(|f| f.from == at && f.to == at).count();
            // Several loops on one side run through each other's labels.
            let sides = if loops > 1 { "EQUALLY" } else { "NORTH" };
            let node = json!({
                "id": format!("n{i}"),
                "width": width,
                "height": height,
                "layoutOptions": { "elk.layered.edgeRouting.selfLoopDistribution": sides },
            });
            children.push((first_flow(diagram, End::Element(i)), node));
        }
    }
    for (i, inner) in diagram.boundaries.iter().enumerate() {
        if inner.parent != boundary {
            continue;
        }
        let mut child = Map::new();
        child.insert("id".into(), json!(format!("b{i}")));
        fill(&mut child, diagram, plan, placed, Some(i));
        let title = placed.titles[i].rect.width + 2.0 * SIDE;
        if child.contains_key("children") {
            let (bottom, right) = match plan.titles[i] {
                TitleRoom::Top => (SIDE, SIDE),
                TitleRoom::Bottom => (24.0, SIDE),
                TitleRoom::Side => (SIDE, title),
            };
            // The algorithm turns the picture but not this size.
            let minimum = match plan.direction.is_horizontal() {
                true => format!("({title},{})", TOP + SIDE),
                false => format!("({},{title})", TOP + SIDE),
            };
            child.insert(
                "layoutOptions".into(),
                json!({
                    "elk.padding": format!("[top={TOP},left={SIDE},bottom={bottom},right={right}]"),
                    "elk.nodeSize.constraints": "MINIMUM_SIZE",
                    "elk.nodeSize.minimum": minimum,
                }),
            );
        } else {
            child.insert("width".into(), json!(title.max(92.0)));
            child.insert("height".into(), json!(TOP + SIDE));
        }
        children.push((first_flow(diagram, End::Boundary(i)), Value::Object(child)));
    }
    children.sort_by_key(|(first, _)| *first);
    let children: Vec<Value> = children.into_iter().map(|(_, child)| child).collect();
    let mut edges = Vec::new();
    for (i, flow) in diagram.flows.iter().enumerate() {
        if common(diagram, flow.from, flow.to) != boundary {
            continue;
        }
        let Rect { width, height, .. } = placed.flows[i].label.rect;
        edges.push(json!({
            "id": format!("e{i}"),
            "sources": [node_id(flow.from)],
            "targets": [node_id(flow.to)],
            "labels": [{
                "id": format!("l{i}"),
                "text": "label",
                "width": width + 4.0,
                "height": height + 4.0,
                "layoutOptions": {
                    "elk.edgeLabels.inline": "true",
                    "elk.edgeLabels.placement": "CENTER",
                },
            }],
        }));
    }
    if !children.is_empty() {
        parent.insert("children".into(), Value::Array(children));
    }
    if !edges.is_empty() {
        parent.insert("edges".into(), Value::Array(edges));
    }
}

/// The first flow that begins or ends at a node or inside it.
fn first_flow(diagram: &Diagram, end: End) -> usize {
    let holds =
        |at: End| at == end || matches!(end, End::Boundary(b) if diagram.around(at).contains(&b));
    let first = diagram.flows.iter().position(|f| holds(f.from) || holds(f.to));
    first.unwrap_or(usize::MAX)
}

fn node_id(end: End) -> String {
    match end {
        End::Element(i) => format!("n{i}"),
        End::Boundary(i) => format!("b{i}"),
    }
}

/// The innermost boundary with both ends in it.
fn common(diagram: &Diagram, from: End, to: End) -> Option<usize> {
    let around = |end: End| {
        let mut around = diagram.around(end);
        // A boundary holds a flow to something inside it, but not one to itself.
        if matches!(end, End::Boundary(_)) && (from == to || !holds(diagram, end, from, to)) {
            around.remove(0);
        }
        around
    };
    let (from, to) = (around(from), around(to));
    from.into_iter().find(|b| to.contains(b))
}

fn holds(diagram: &Diagram, end: End, from: End, to: End) -> bool {
    let End::Boundary(b) = end else { return false };
    [from, to].iter().all(|e| *e == end || diagram.around(*e).contains(&b))
}

fn read(node: &Value, origin: Point, placed: &mut Placed) {
    for child in list(node, "children") {
        let rect = rect(child, origin);
        match key(child) {
            Some(('n', i)) if i < placed.elements.len() => placed.elements[i].rect = rect,
            Some(('b', i)) if i < placed.boundaries.len() => placed.boundaries[i] = rect,
            _ => {}
        }
        read(child, Point { x: rect.x, y: rect.y }, placed);
    }
    for edge in list(node, "edges") {
        let Some(('e', i)) = key(edge) else { continue };
        let Some(route) = placed.flows.get_mut(i) else { continue };
        for section in list(edge, "sections") {
            let bends = list(section, "bendPoints").iter();
            for at in
                section.get("startPoint").into_iter().chain(bends).chain(section.get("endPoint"))
            {
                route
                    .points
                    .push(Point { x: origin.x + number(at, "x"), y: origin.y + number(at, "y") });
            }
        }
        for label in list(edge, "labels") {
            route.label.rect = rect_of(rect(label, origin), &route.label.rect);
        }
    }
}

/// The label was reserved with some room around it.
fn rect_of(room: Rect, label: &Rect) -> Rect {
    Rect {
        x: room.x + (room.width - label.width) / 2.0,
        y: room.y + (room.height - label.height) / 2.0,
        ..*label
    }
}

fn rect(node: &Value, origin: Point) -> Rect {
    Rect {
        x: origin.x + number(node, "x"),
        y: origin.y + number(node, "y"),
        width: number(node, "width"),
        height: number(node, "height"),
    }
}

fn list<'a>(node: &'a Value, key: &str) -> &'a [Value] {
    node.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn number(node: &Value, key: &str) -> f64 {
    node.get(key).and_then(Value::as_f64).unwrap_or(0.0)
}

fn key(node: &Value) -> Option<(char, usize)> {
    let id = node.get("id")?.as_str()?;
    Some((id.chars().next()?, id.get(1..)?.parse().ok()?))
}
