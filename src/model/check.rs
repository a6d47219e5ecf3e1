//! What can be wrong with a model as a model.

use super::{Model, Progress, Requirement, Response, Status, Threat, Treatment};
use crate::book::entry::BuiltInRole;
use crate::book::graph::Graph;
use crate::book::page::Key;
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
        decision(threat, &mut found);
        response(threat, &mut found);
        treatment(graph, model, threat, &mut found);
    }
    reviews(model, &mut found);
    diagrams(graph, model, &mut found);
    untreated(graph, model, &mut found);
    for requirement in &model.requirements {
        if requirement.status == Progress::Rejected && requirement.said(Key::Why).is_empty() {
            let message = format!("`{}` is rejected without a reason", requirement.id);
            found.push(
                Diagnostic::new(Code::MissingReason, requirement.place().clone(), message)
                    .help("add `why:` in a sentence that a reviewer can judge"),
            );
        }
    }
    found
}

/// A decision not to act needs a reason, and somebody who took it.
fn decision(threat: &Threat, found: &mut Vec<Diagnostic>) {
    let missing = |key: Key| threat.said(key).is_empty();
    let lacks = match threat.status {
        Status::Accepted if missing(Key::Why) => Some(("accepted", "a reason", Key::Why)),
        Status::Accepted if missing(Key::By) => Some(("accepted", "who decided", Key::By)),
        Status::NotApplicable if missing(Key::Why) => {
            Some(("not applicable", "a reason", Key::Why))
        }
        _ => None,
    };
    if let Some((status, what, key)) = lacks {
        let message = format!("`{}` is {status} and does not say {what}", threat.id);
        found.push(
            Diagnostic::new(Code::MissingReason, threat.place().clone(), message)
                .help(format!("add `{}:`", key.word())),
        );
    }
}

/// What a threat is treated by must stand, and where nothing is left to do, be done.
fn treatment(graph: &Graph, model: &Model, threat: &Threat, found: &mut Vec<Diagnostic>) {
    if !threat.wants_treatment() {
        return;
    }
    for treatment in &threat.treatments {
        if let Some(requirement) = named(model, treatment) {
            let place = &treatment.word.place;
            let contradiction = contradiction(threat, requirement);
            found.extend(contradiction.map(|told| told.at(requirement, place)));
        }
    }
    let mitigates = |response: &Response| *response == Response::Mitigate;
    let response = threat.response.as_ref().map(|response| response.value);
    let is_by_catalogue = response.is_none_or(|value| value.as_ref().is_some_and(mitigates));
    if threat.treatments.is_empty() && is_by_catalogue {
        by_catalogue(graph, model, threat, found);
    }
}

/// The requirement of the model that a threat names.
fn named<'m>(model: &'m Model, treatment: &Treatment) -> Option<&'m Requirement> {
    model.requirements.iter().find(|requirement| match treatment.entry {
        Some(_) => requirement.entry == treatment.entry,
        None => requirement.id.eq_ignore_ascii_case(treatment.word.text.trim()),
    })
}

/// A threat that names no requirement is treated by those of its catalogue entry that the
/// model takes. One that is rejected leaves the others.
fn by_catalogue(graph: &Graph, model: &Model, threat: &Threat, found: &mut Vec<Diagnostic>) {
    let Some(entry) = threat.entry else { return };
    let edges = graph.out[entry].iter().filter(|edge| BuiltInRole::Requirements.is(&edge.role));
    let taken: Vec<&Requirement> = edges
        .filter_map(|edge| model.requirements.iter().find(|own| own.entry == Some(edge.to)))
        .collect();
    let rejected = |own: &Requirement| own.status == Progress::Rejected;
    let all_rejected = taken.iter().all(|own| rejected(own));
    for own in taken.iter().filter(|own| all_rejected || !rejected(own)) {
        let contradiction = contradiction(threat, own);
        found.extend(contradiction.map(|told| told.at(own, threat.named_at())));
    }
}

/// What cannot be true of a threat and a requirement that treats it.
struct Contradiction {
    code: Code,
    message: String,
    help: &'static str,
}

fn contradiction(threat: &Threat, requirement: &Requirement) -> Option<Contradiction> {
    let id = &requirement.id;
    let status = requirement.status.word();
    let (code, message, help) = match (requirement.status, threat.status) {
        (Progress::Rejected, _) => (
            Code::RejectedTreatment,
            format!("the model rejects `{id}`, which is to treat this threat"),
            "name what treats it instead, or say that nothing does",
        ),
        (Progress::Planned | Progress::InProgress, Status::Mitigated) => (
            Code::UnfinishedTreatment,
            format!("the threat is mitigated, and `{id}` is {status}"),
            "leave the threat open until the requirement is done",
        ),
        // What is said and cannot be read is told as that.
        (Progress::Taken, Status::Mitigated) if requirement.said(Key::Status).is_empty() => (
            Code::MissingStatus,
            format!("the threat is mitigated by `{id}`, which has no status"),
            "add `status: done`, or leave the threat open",
        ),
        _ => return None,
    };
    Some(Contradiction { code, message, help })
}

impl Contradiction {
    fn at(self, requirement: &Requirement, place: &Place) -> Diagnostic {
        let own = requirement.place().clone();
        let diagnostic = Diagnostic::new(self.code, place.clone(), self.message);
        diagnostic.also(own, "what the model says of it").help(self.help)
    }
}

/// The responses that contradict a status.
const CONTRADICTED: [(Status, &[Response]); 3] = [
    (Status::Mitigated, &[Response::Accept]),
    (Status::Accepted, &[Response::Mitigate, Response::Avoid]),
    (Status::NotApplicable, &[Response::Accept]),
];

/// A status says what became of the response.
fn response(threat: &Threat, found: &mut Vec<Diagnostic>) {
    let Some(said) = &threat.response else { return };
    let against = CONTRADICTED.iter().find(|(status, _)| *status == threat.status);
    let contradicts = |value| against.is_some_and(|(_, values)| values.contains(&value));
    if said.value.is_some_and(contradicts) {
        let (status, response) = (threat.status.word(), said.text().trim());
        let message = format!("`{}` is {status}, and its response is `{response}`", threat.id);
        found.push(
            Diagnostic::new(Code::ContradictedStatus, said.word.place.clone(), message)
                .help("correct the one that is wrong"),
        );
    }
}

/// A review without a day: nobody knows what it has seen.
fn reviews(model: &Model, found: &mut Vec<Diagnostic>) {
    for review in model.reviews.iter().filter(|review| review.said(Key::Date).is_empty()) {
        let message = "this review does not say when it was";
        found.push(
            Diagnostic::new(Code::ReviewDate, review.place().clone(), message)
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
    let taken: BTreeSet<&str> = model.requirements.iter().map(|taken| taken.id.as_str()).collect();
    let treatments = model.threats.iter().flat_map(|threat| &threat.treatments);
    let named: BTreeSet<String> =
        treatments.map(|treatment| treatment.word.text.to_ascii_uppercase()).collect();
    for threat in model.threats.iter().filter(|threat| threat.wants_treatment()) {
        let Some(entry) = threat.entry else { continue };
        let missing: Vec<&str> = graph.out[entry]
            .iter()
            .filter(|edge| BuiltInRole::Requirements.is(&edge.role))
            .filter_map(|edge| graph.nodes[edge.to].id.as_deref())
            .filter(|id| !taken.contains(id) && !named.contains(*id))
            .collect();
        if !missing.is_empty() {
            let message = format!(
                "the model neither takes nor rejects {} of `{}`",
                missing.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "),
                threat.id
            );
            found.push(
                Diagnostic::new(Code::UntreatedRequirement, threat.named_at().clone(), message)
                    .label("the catalogue treats it by these")
                    .help("name them in `requirements`, or reject them there with `why:`"),
            );
        }
    }
}
