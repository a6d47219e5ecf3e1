//! What a name in `on:` means in a diagram.

use super::model::{Diagram, End, Flow};

/// The thing that a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An element, by its index.
    Element(usize),
    /// A trust boundary, by its index.
    Boundary(usize),
    /// One or more flows, by their indices.
    Flows(Vec<usize>),
}

/// Finds what a name means.
///
/// A name is, in this order: the id of an element or boundary or Mermaid's id of
/// an arrow; a label; `a -> b` (every flow from `a` to `b`) or `a <-> b` (every
/// flow between them) where the sides are ids or labels and a boundary stands for
/// all that is inside it; the number of a flow (`3`, `flow 3`); the label of a
/// flow. Letters may differ in case where no other name is meant.
pub fn resolve(diagram: &Diagram, name: &str) -> Option<Target> {
    let name = name.trim();
    if name.is_empty() {
        return None;
    }
    by_id(diagram, name)
        .or_else(|| edge(diagram, |f| f.id.as_deref() == Some(name)))
        .or_else(|| by_label(diagram, name))
        .or_else(|| {
            let (from, to, both) = arrow(name)?;
            between(diagram, side(diagram, from)?, side(diagram, to)?, both)
        })
        .or_else(|| {
            let number = flow_number(name)?;
            edge(diagram, |f| f.number == number)
        })
        .or_else(|| edge(diagram, |f| f.data() == one_line(name)))
        .or_else(|| {
            let lower = one_line(name).to_lowercase();
            edge(diagram, |f| {
                let data = f.data().to_lowercase();
                data == lower || format!("{}. {data}", f.number) == lower
            })
        })
}

/// The names nearest to one that means nothing, the best first.
pub fn nearest(diagram: &Diagram, name: &str) -> Vec<String> {
    let name = name.trim();
    if let Some((from, to, both)) = arrow(name) {
        return nearest_flows(diagram, from, to, both);
    }
    let lower = name.to_lowercase();
    let limit = (lower.chars().count() / 3).clamp(1, 4);
    let mut found: Vec<(usize, usize, String)> = Vec::new();
    for (order, (key, shown)) in names(diagram).into_iter().enumerate() {
        let key = key.to_lowercase();
        // A word of the label is a likely memory of it.
        let word = lower.chars().count() > 2 && key.split_whitespace().any(|w| w == lower);
        let distance = match word {
            true => 1,
            false if key.chars().count().abs_diff(lower.chars().count()) > limit => continue,
            false => strsim::damerau_levenshtein(&lower, &key),
        };
        if distance <= limit && !found.iter().any(|f| f.2 == shown) {
            found.push((distance, order, shown));
        }
    }
    found.sort();
    found.into_iter().take(3).map(|(_, _, shown)| shown).collect()
}

/// Every key that [`resolve`] knows, with the form to suggest for it.
fn names(diagram: &Diagram) -> Vec<(String, String)> {
    let mut names = Vec::new();
    let elements = diagram.elements.iter().map(|e| (&e.id, e.name()));
    let boundaries = diagram.boundaries.iter().map(|b| (&b.id, b.name()));
    for (id, label) in elements.chain(boundaries) {
        names.push((id.clone(), id.clone()));
        names.push((label, id.clone()));
    }
    for flow in diagram.flows.iter().filter(|f| !f.label.is_empty()) {
        names.push((flow.data(), arrow_text(diagram, flow)));
    }
    names
}

fn nearest_flows(diagram: &Diagram, from: &str, to: &str, both: bool) -> Vec<String> {
    let correct = |name: &str| match side(diagram, name) {
        Some(end) => Some(end),
        None => nearest(diagram, name).iter().find_map(|n| side(diagram, n)),
    };
    let (from, to) = (correct(from), correct(to));
    if let (Some(from), Some(to)) = (from, to) {
        let ids = (diagram.end_id(from), diagram.end_id(to));
        if between(diagram, from, to, both).is_some() {
            let sign = if both { "<->" } else { "->" };
            return vec![format!("{} {sign} {}", ids.0, ids.1)];
        }
        if between(diagram, to, from, false).is_some() {
            return vec![format!("{} -> {}", ids.1, ids.0)];
        }
    }
    let mut found: Vec<String> = Vec::new();
    for flow in &diagram.flows {
        let touches = from.is_some_and(|e| stands_for(diagram, e, flow.from))
            || to.is_some_and(|e| stands_for(diagram, e, flow.to));
        let text = arrow_text(diagram, flow);
        if touches && !found.contains(&text) {
            found.push(text);
        }
    }
    found.truncate(3);
    found
}

fn arrow_text(diagram: &Diagram, flow: &Flow) -> String {
    let sign = if flow.both_ways { "<->" } else { "->" };
    format!("{} {sign} {}", diagram.end_id(flow.from), diagram.end_id(flow.to))
}

fn by_id(diagram: &Diagram, name: &str) -> Option<Target> {
    let element = diagram.elements.iter().position(|e| e.id == name).map(Target::Element);
    element.or_else(|| diagram.boundaries.iter().position(|b| b.id == name).map(Target::Boundary))
}

/// By label or, letters of any case, by id; only if one thing alone is meant.
fn by_label(diagram: &Diagram, name: &str) -> Option<Target> {
    let name = one_line(name);
    let lower = name.to_lowercase();
    let find = |same: &dyn Fn(&str, &str) -> bool| {
        let elements = diagram.elements.iter().enumerate();
        let boundaries = diagram.boundaries.iter().enumerate();
        let elements =
            elements.filter(|(_, e)| same(&e.id, &e.name())).map(|(i, _)| Target::Element(i));
        let boundaries =
            boundaries.filter(|(_, b)| same(&b.id, &b.name())).map(|(i, _)| Target::Boundary(i));
        let mut all = elements.chain(boundaries);
        all.next().filter(|_| all.next().is_none())
    };
    find(&|_, label| label == name)
        .or_else(|| find(&|id, label| id.to_lowercase() == lower || label.to_lowercase() == lower))
}

fn side(diagram: &Diagram, name: &str) -> Option<End> {
    match by_id(diagram, name).or_else(|| by_label(diagram, name))? {
        Target::Element(i) => Some(End::Element(i)),
        Target::Boundary(i) => Some(End::Boundary(i)),
        Target::Flows(_) => None,
    }
}

/// Splits `a -> b`, `a --> b`, `a → b`, `a <-> b`.
fn arrow(name: &str) -> Option<(&str, &str, bool)> {
    for (sign, both) in
        [("<-->", true), ("<->", true), ("↔", true), ("-->", false), ("->", false), ("→", false)]
    {
        if let Some((from, to)) = name.split_once(sign) {
            let (from, to) = (from.trim(), to.trim());
            return (!from.is_empty() && !to.is_empty()).then_some((from, to, both));
        }
    }
    None
}

fn between(diagram: &Diagram, from: End, to: End, both: bool) -> Option<Target> {
    edge(diagram, |f| {
        let forth = stands_for(diagram, from, f.from) && stands_for(diagram, to, f.to);
        let back = stands_for(diagram, from, f.to) && stands_for(diagram, to, f.from);
        forth || ((both || f.both_ways) && back)
    })
}

/// Whether `named` is `end` or a boundary around it.
fn stands_for(diagram: &Diagram, named: End, end: End) -> bool {
    named == end || matches!(named, End::Boundary(b) if diagram.around(end).contains(&b))
}

fn edge(diagram: &Diagram, wanted: impl Fn(&Flow) -> bool) -> Option<Target> {
    let flows = diagram.flows.iter().enumerate();
    let found: Vec<usize> = flows.filter(|(_, f)| wanted(f)).map(|(i, _)| i).collect();
    (!found.is_empty()).then_some(Target::Flows(found))
}

fn flow_number(name: &str) -> Option<u32> {
    let lower = name.to_lowercase();
    let digits = lower.strip_prefix("flow").unwrap_or(&lower).trim().trim_start_matches('#');
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
