//! From pages to models.

use super::{
    Assumption, Belief, How, Location, Mitigation, Model, Models, Progress, Requirement, Response,
    Review, Row, Said, Spot, Status, Threat, Treatment, Verdict,
};
use crate::book::config::Config;
use crate::book::entry::BuiltInKind;
use crate::book::graph::{Graph, NodeId};
use crate::book::page::{Article, BlockKind, Item, Key};
use crate::dfd;
use crate::risk::{Answer, Framework, Input, Severity};
use crate::text::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::text::span::Place;
use std::collections::HashSet;
use std::sync::Arc;

pub(super) fn models(config: &Config, graph: &Graph) -> (Models, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut models = Models::default();
    for node in (0..graph.nodes.len()).filter(|node| graph.nodes[*node].language.is_none()) {
        known_framework(config, graph.article(node), &mut found);
    }
    for node in graph.of_kind(BuiltInKind::Model.word()) {
        if graph.nodes[node].url.ends_with("models/index.html") && graph.nodes[node].id.is_none() {
            continue;
        }
        models.by_node.insert(node, model(config, graph, node, &mut found));
    }
    let has_rows = |node: &NodeId| {
        let blocks = &graph.article(*node).body.blocks;
        blocks.iter().any(|block| block.kind != BlockKind::List)
    };
    for node in (0..graph.nodes.len()).filter(has_rows) {
        if !models.by_node.contains_key(&node) {
            models.elsewhere.insert(node, rows(config, graph, node));
        }
    }
    (models, found)
}

/// A model, with what is wrong in it.
fn model(config: &Config, graph: &Graph, node: NodeId, found: &mut Vec<Diagnostic>) -> Model {
    let mut model = rows(config, graph, node);
    let mut threats = std::mem::take(&mut model.threats);
    for threat in &mut threats {
        rate(config, &model, threat, found);
        locate(graph, node, threat, found);
    }
    model.threats = threats;
    model
}

/// What the blocks of a page say, read word by word.
fn rows(config: &Config, graph: &Graph, node: NodeId) -> Model {
    let article = graph.article(node);
    let mut model = Model {
        node,
        example: graph.is_example(node),
        framework: framework_of(article).or_else(|| config.risk.clone()),
        threats: Vec::new(),
        assumptions: Vec::new(),
        requirements: Vec::new(),
        reviews: Vec::new(),
        supersedes: graph.revisions.before.get(&node).and_then(|list| list.first()).copied(),
        superseded_by: graph.revisions.after.get(&node).and_then(|list| list.last()).copied(),
    };
    let headings = article.body.headings.iter().map(|heading| heading.id.clone());
    let mut anchors: HashSet<String> = headings.collect();
    for (number, block) in article.body.blocks.iter().enumerate() {
        for (place, item) in block.items.iter().enumerate() {
            let row = row(graph, (number, place), item, &mut anchors);
            match block.kind {
                BlockKind::Threats => model.threats.push(threat(graph, row)),
                BlockKind::Assumptions => model.assumptions.push(assumption(row)),
                BlockKind::Requirements => model.requirements.push(requirement(row)),
                BlockKind::Reviews => model.reviews.push(review(row)),
                BlockKind::List => {}
            }
        }
    }
    model
}

/// The framework that the front matter names.
fn framework_of(article: &Article) -> Option<String> {
    article.meta.risk.as_ref().map(|word| word.text.trim().to_string())
}

/// Whether the framework that the front matter names exists.
fn known_framework(config: &Config, article: &Article, found: &mut Vec<Diagnostic>) {
    let Some(word) = article.meta.risk.as_ref() else { return };
    let name = word.text.trim();
    if !config.frameworks.contains_key(name) {
        let known = config.frameworks.keys().map(String::as_str);
        let help = did_you_mean(name, known.clone())
            .unwrap_or_else(|| format!("there are: {}", known.collect::<Vec<_>>().join(", ")));
        let message = format!("there is no risk framework `{name}`");
        found.push(Diagnostic::new(Code::UnknownValue, word.place.clone(), message).help(help));
    }
}

/// An item with what it is about. `anchors` are those that the page has so far.
fn row(graph: &Graph, spot: Spot, item: &Arc<Item>, anchors: &mut HashSet<String>) -> Row {
    let entry = item.uses.as_ref().and_then(|word| graph.find(&word.text));
    let id = match (entry.and_then(|node| graph.nodes[node].id.clone()), &item.uses, &item.id) {
        (Some(id), ..) => id,
        (None, Some(word), _) | (None, None, Some(word)) => word.text.to_ascii_uppercase(),
        (None, None, None) => String::new(),
    };
    let title = item.title.clone().or_else(|| entry.map(|node| graph.nodes[node].title.clone()));
    let anchor = graph.item_anchor(item).unwrap_or_default();
    let is_anchored = !anchor.is_empty() && anchors.insert(anchor.clone());
    let title = title.unwrap_or_default();
    Row { spot, id, title, entry, anchor, is_anchored, item: item.clone() }
}

fn assumption(row: Row) -> Assumption {
    Assumption { status: row.first(Key::Status).and_then(Belief::parse), row }
}

fn requirement(row: Row) -> Requirement {
    let status = row.first(Key::Status).and_then(Progress::parse).unwrap_or(Progress::Taken);
    Requirement { status, row }
}

fn review(row: Row) -> Review {
    let text = |key: Key| row.first(key).unwrap_or_default().to_string();
    let (date, by) = (text(Key::Date), text(Key::By));
    let how = row.said(Key::How).first().map(|word| Said::read(word, How::parse));
    let outcome = row.said(Key::Outcome).first().map(|word| Said::read(word, Verdict::parse));
    Review { date, by, how, outcome, row }
}

/// A threat as written: nothing is located and rated yet.
fn threat(graph: &Graph, row: Row) -> Threat {
    let on = row.said(Key::On).iter();
    let mitigation = row.said(Key::Mitigation).iter();
    let treatments = row.said(Key::Requirements).iter();
    let hint = row.entry.and_then(|node| graph.article(node).meta.severity.as_deref());
    Threat {
        on: on.map(|word| Location { word: word.clone(), target: None }).collect(),
        status: row.first(Key::Status).and_then(Status::parse).unwrap_or(Status::Open),
        response: row.said(Key::Response).first().map(|word| Said::read(word, Response::parse)),
        mitigation: mitigation.map(|word| Said::read(word, Mitigation::parse)).collect(),
        treatments: treatments
            .map(|word| Treatment { word: word.clone(), entry: graph.find(&word.text) })
            .collect(),
        input: input(&row),
        score: None,
        severity: hint.and_then(|word| Severity::parse(word).ok()).unwrap_or_default(),
        row,
    }
}

/// Where so much is wrong, the other proposals say enough.
const MOST_PROPOSALS: usize = 200;

/// What `on:` names, in the first diagram of the page.
fn locate(graph: &Graph, node: NodeId, threat: &mut Threat, found: &mut Vec<Diagnostic>) {
    let Some(chart) = graph.article(node).body.charts.first() else { return };
    for location in &mut threat.on {
        let word = &location.word;
        location.target = dfd::resolve(&chart.diagram, &word.text);
        if location.target.is_some() {
            continue;
        }
        let near = match found.len() < MOST_PROPOSALS {
            true => dfd::nearest(&chart.diagram, &word.text),
            false => Vec::new(),
        };
        let help = match near.first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name an element, a boundary, or a flow as `a -> b`".into(),
        };
        let message = format!("the diagram has no element or flow `{}`", word.text);
        found.push(
            Diagnostic::new(Code::UnknownElement, word.place.clone(), message)
                .label("not in the diagram")
                .also(chart.place.clone(), "the diagram")
                .help(help),
        );
    }
}

/// What an item says of its risk.
fn input(row: &Row) -> Option<Input> {
    if let [(None, word)] = row.risk() {
        return Some(Input::Text(word.text.clone()));
    }
    let answer = |text: &str| match text.trim().parse::<f64>() {
        Ok(number) => Answer::Number(number),
        Err(_) => Answer::Text(text.to_string()),
    };
    let mut answers: std::collections::BTreeMap<String, Answer> = row
        .risk()
        .iter()
        .filter_map(|(key, word)| Some((key.clone()?, answer(&word.text))))
        .collect();
    for key in [Key::Likelihood, Key::Impact] {
        if let Some(text) = row.first(key) {
            answers.insert(key.word().to_string(), answer(text));
        }
    }
    (!answers.is_empty()).then_some(Input::Factors(answers))
}

/// The framework for an input where neither the model nor the book names one.
fn usual(input: &Input) -> &'static str {
    match input {
        Input::Text(text) if text.starts_with("CVSS:4") => "cvss-4.0",
        Input::Text(text) if text.starts_with("CVSS:") => "cvss-3.1",
        Input::Text(_) => "levels",
        Input::Factors(answers) if answers.contains_key("damage") => "dread",
        Input::Factors(answers) if answers.contains_key("skill-level") => "owasp",
        Input::Factors(_) => "likelihood-impact",
    }
}

/// The framework that rates an input in a model.
pub(crate) fn framework<'c>(
    config: &'c Config,
    model: &Model,
    input: &Input,
) -> Option<&'c Framework> {
    let name = model.framework.as_deref().unwrap_or_else(|| usual(input));
    config.frameworks.get(name)
}

/// Rates a threat by the framework of its model.
fn rate(config: &Config, model: &Model, threat: &mut Threat, found: &mut Vec<Diagnostic>) {
    let Some(input) = &threat.input else { return };
    let Some(framework) = framework(config, model, input) else { return };
    match framework.score(input) {
        Ok(score) => {
            threat.severity = score.severity;
            threat.score = Some(score);
        }
        Err(problems) => {
            for problem in problems {
                let place = risk_place(threat, &problem.key).clone();
                let told = Diagnostic::new(Code::BadRisk, place, problem.message);
                found.push(told.maybe_help(problem.help));
            }
        }
    }
}

/// Where a threat says something of a factor of its risk.
fn risk_place<'t>(threat: &'t Threat, factor: &str) -> &'t Place {
    let own = threat.risk().iter().find(|(key, _)| key.as_deref() == Some(factor));
    let shorthand = Key::parse(factor).and_then(|key| threat.said(key).first());
    let word = own.map(|(_, word)| word).or(shorthand);
    let first = || threat.risk().first().map(|(_, word)| word);
    word.or_else(first).map_or(threat.place(), |word| &word.place)
}
