//! What can be wrong with a model as a model.

use super::{Model, Status, Taken, Threat};
use crate::book::graph::Graph;
use crate::book::page::{BlockKind, Item, Word};
use crate::dfd;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use std::collections::BTreeSet;

pub(super) fn model(graph: &Graph, model: &Model) -> Vec<Diagnostic> {
    // An earlier revision is kept as it was.
    if model.superseded_by.is_some() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for threat in &model.threats {
        decision(threat, model.item(graph, threat.spot), &mut found);
        response(threat, model.item(graph, threat.spot), &mut found);
        treatment(graph, model, threat, &mut found);
    }
    reviews(graph, model, &mut found);
    diagrams(graph, model, &mut found);
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

/// What a threat is treated by must stand, and where nothing is left to do, be done.
fn treatment(graph: &Graph, model: &Model, threat: &Threat, found: &mut Vec<Diagnostic>) {
    if !matches!(threat.status, Status::Open | Status::Mitigated) {
        return;
    }
    let words = model.item(graph, threat.spot).get("requirements");
    for word in words {
        if let Some(taken) = named(graph, model, word) {
            let contradiction = contradiction(threat, taken);
            found.extend(contradiction.map(|told| told.at(graph, model, taken, &word.place)));
        }
    }
    let response = model.item(graph, threat.spot).first("response");
    if words.is_empty() && response.is_none_or(|response| response == "mitigate") {
        by_catalogue(graph, model, threat, found);
    }
}

/// The requirement of the model that a word names.
fn named<'m>(graph: &Graph, model: &'m Model, word: &Word) -> Option<&'m Taken> {
    let entry = graph.find(&word.text);
    model.requirements.iter().find(|taken| match entry {
        Some(_) => taken.entry == entry,
        None => taken.id.eq_ignore_ascii_case(word.text.trim()),
    })
}

/// A threat that names no requirement is treated by those of its catalogue entry that the
/// model takes. One that is rejected leaves the others.
fn by_catalogue(graph: &Graph, model: &Model, threat: &Threat, found: &mut Vec<Diagnostic>) {
    let Some(entry) = threat.entry else { return };
    let edges = graph.out[entry].iter().filter(|edge| edge.role == "requirements");
    let taken: Vec<&Taken> = edges
        .filter_map(|edge| model.requirements.iter().find(|taken| taken.entry == Some(edge.to)))
        .collect();
    let rejected = |taken: &&&Taken| taken.status.as_deref() == Some("rejected");
    let all_rejected = !taken.is_empty() && taken.iter().filter(rejected).count() == taken.len();
    let item = model.item(graph, threat.spot);
    let place = item.uses.as_ref().map_or(&item.place, |word| &word.place);
    for own in taken.iter().filter(|own| all_rejected || !rejected(own)) {
        let contradiction = contradiction(threat, own);
        found.extend(contradiction.map(|told| told.at(graph, model, own, place)));
    }
}

/// What cannot be true of a threat and a requirement that treats it.
struct Contradiction {
    code: Code,
    message: String,
    help: &'static str,
}

fn contradiction(threat: &Threat, taken: &Taken) -> Option<Contradiction> {
    let id = &taken.id;
    let (code, message, help) = match (taken.status.as_deref(), threat.status) {
        (Some("rejected"), _) => (
            Code::RejectedTreatment,
            format!("the model rejects `{id}`, which is to treat this threat"),
            "name what treats it instead, or say that nothing does",
        ),
        (Some(status @ ("planned" | "in-progress")), Status::Mitigated) => (
            Code::UnfinishedTreatment,
            format!("the threat is mitigated, and `{id}` is {status}"),
            "leave the threat open until the requirement is done",
        ),
        (None, Status::Mitigated) => (
            Code::MissingStatus,
            format!("the threat is mitigated by `{id}`, which has no status"),
            "add `status: done`, or leave the threat open",
        ),
        _ => return None,
    };
    Some(Contradiction { code, message, help })
}

impl Contradiction {
    fn at(self, graph: &Graph, model: &Model, taken: &Taken, place: &Place) -> Diagnostic {
        let own = model.item(graph, taken.spot).place.clone();
        let diagnostic = Diagnostic::new(self.code, place.clone(), self.message);
        diagnostic.also(own, "what the model says of it").help(self.help)
    }
}

/// The responses that contradict a status.
const CONTRADICTED: [(Status, &[&str]); 3] = [
    (Status::Mitigated, &["accept"]),
    (Status::Accepted, &["mitigate", "avoid"]),
    (Status::NotApplicable, &["accept"]),
];

/// A status says what became of the response.
fn response(threat: &Threat, item: &Item, found: &mut Vec<Diagnostic>) {
    let Some(word) = item.get("response").first() else { return };
    let against = CONTRADICTED.iter().find(|(status, _)| *status == threat.status);
    if against.is_some_and(|(_, words)| words.contains(&word.text.trim())) {
        let (status, response) = (threat.status.word(), word.text.trim());
        let message = format!("`{}` is {status}, and its response is `{response}`", threat.id);
        found.push(
            Diagnostic::new(Code::ContradictedStatus, word.place.clone(), message)
                .help("correct the one that is wrong"),
        );
    }
}

/// A review without a day: nobody knows what it has seen.
fn reviews(graph: &Graph, model: &Model, found: &mut Vec<Diagnostic>) {
    let blocks = graph.article(model.node).body.blocks.iter();
    let reviews = blocks.filter(|block| block.kind == BlockKind::Reviews);
    for item in reviews.flat_map(|block| &block.items).filter(|item| item.get("date").is_empty()) {
        let message = "this review does not say when it was";
        found.push(
            Diagnostic::new(Code::ReviewDate, item.place.clone(), message)
                .help("add `date:`, such as `2026-05-01`"),
        );
    }
}

/// `on:` names what the first diagram shows; a later one may show no more.
fn diagrams(graph: &Graph, model: &Model, found: &mut Vec<Diagnostic>) {
    let charts = &graph.article(model.node).body.charts;
    let Some((first, later)) = charts.split_first() else { return };
    for chart in later {
        let strange = |element: &&dfd::Element| {
            let known = [element.id.as_str(), &element.name()];
            !known.iter().any(|name| dfd::resolve(&first.diagram, name).is_some())
        };
        let Some(element) = chart.diagram.elements.iter().find(strange) else { continue };
        let message = format!(
            "no threat can name `{}`: `on:` looks into the first diagram of the page",
            element.id
        );
        found.push(
            Diagnostic::new(Code::SecondDiagram, chart.place.clone(), message)
                .label("a second diagram")
                .also(first.place.clone(), "the first")
                .help("put both into one diagram, or give this one a model of its own"),
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
