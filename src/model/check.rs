//! What can be wrong with a model as a model.

use super::{Model, Status, Threat};
use crate::book::graph::Graph;
use crate::book::page::Item;
use crate::text::diagnostic::{Code, Diagnostic};
use std::collections::BTreeSet;

pub(super) fn model(graph: &Graph, model: &Model) -> Vec<Diagnostic> {
    // An earlier revision is kept as it was.
    if model.superseded_by.is_some() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for threat in &model.threats {
        decision(threat, model.item(graph, threat.spot), &mut found);
    }
    untreated(graph, model, &mut found);
    for taken in &model.requirements {
        let item = model.item(graph, taken.spot);
        if taken.status.as_deref() == Some("rejected") && item.get("why").is_empty() {
            let message = format!("`{}` is rejected without a reason", taken.id);
            found.push(
                Diagnostic::new(Code::MissingReason, item.place.clone(), message)
                    .help("add `why:` in a sentence that a reviewer can judge"),
            );
        }
    }
    found
}

/// A decision not to act needs a reason, and somebody who took it.
fn decision(threat: &Threat, item: &Item, found: &mut Vec<Diagnostic>) {
    let missing = |key: &str| item.get(key).is_empty();
    let lacks = match threat.status {
        Status::Accepted if missing("why") => Some(("accepted", "a reason", "why")),
        Status::Accepted if missing("by") => Some(("accepted", "who decided", "by")),
        Status::NotApplicable if missing("why") => Some(("not applicable", "a reason", "why")),
        _ => None,
    };
    if let Some((status, what, key)) = lacks {
        let message = format!("`{}` is {status} and does not say {what}", threat.id);
        found.push(
            Diagnostic::new(Code::MissingReason, item.place.clone(), message)
                .help(format!("add `{key}:`")),
        );
    }
}

/// A requirement of a used threat that the model neither takes nor rejects.
fn untreated(graph: &Graph, model: &Model, found: &mut Vec<Diagnostic>) {
    let blocks = &graph.article(model.node).body.blocks;
    let taken: BTreeSet<&str> = model.requirements.iter().map(|taken| taken.id.as_str()).collect();
    let named: BTreeSet<String> = blocks
        .iter()
        .flat_map(|block| &block.items)
        .flat_map(|item| item.get("requirements"))
        .map(|word| word.text.to_ascii_uppercase())
        .collect();
    for threat in &model.threats {
        if matches!(threat.status, Status::NotApplicable | Status::Accepted) {
            continue;
        }
        let Some(entry) = threat.entry else { continue };
        let missing: Vec<&str> = graph.out[entry]
            .iter()
            .filter(|edge| edge.role == "requirements")
            .filter_map(|edge| graph.nodes[edge.to].id.as_deref())
            .filter(|id| !taken.contains(id) && !named.contains(*id))
            .collect();
        if !missing.is_empty() {
            let item = model.item(graph, threat.spot);
            let place = item.uses.as_ref().map_or(&item.place, |word| &word.place);
            let message = format!(
                "the model neither takes nor rejects {} of `{}`",
                missing.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "),
                threat.id
            );
            found.push(
                Diagnostic::new(Code::UntreatedRequirement, place.clone(), message)
                    .label("the catalogue treats it by these")
                    .help("name them in `requirements`, or reject them there with `why:`"),
            );
        }
    }
}
