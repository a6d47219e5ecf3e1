//! From pages to models.

use super::{Model, Models, Review, Status, Taken, Threat};
use crate::book::config::Config;
use crate::book::graph::{Graph, NodeId};
use crate::book::page::{Article, BlockKind, Item};
use crate::dfd;
use crate::risk::{Answer, Framework, Input, Severity};
use crate::text::diagnostic::{Code, Diagnostic, did_you_mean};

pub(super) fn models(config: &Config, graph: &Graph) -> (Models, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut models = Models::default();
    for node in (0..graph.nodes.len()).filter(|node| graph.nodes[*node].language.is_none()) {
        known_framework(config, graph.article(node), &mut found);
    }
    for node in graph.of_kind("model") {
        if graph.nodes[node].url.ends_with("models/index.html") && graph.nodes[node].id.is_none() {
            continue;
        }
        models.by_node.insert(node, model(config, graph, node, &mut found));
    }
    (models, found)
}

fn model(config: &Config, graph: &Graph, node: NodeId, found: &mut Vec<Diagnostic>) -> Model {
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
    for (number, block) in article.body.blocks.iter().enumerate() {
        for (place, item) in block.items.iter().enumerate() {
            let spot = (number, place);
            match block.kind {
                BlockKind::Threats => {
                    let threat = threat(config, graph, &model, spot, item, found);
                    model.threats.push(threat);
                }
                BlockKind::Assumptions => model.assumptions.push(taken(graph, spot, item)),
                BlockKind::Requirements => model.requirements.push(taken(graph, spot, item)),
                BlockKind::Reviews => model.reviews.push(review(item)),
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

/// The ID, title and entry of an item.
pub(super) fn subject(graph: &Graph, item: &Item) -> (String, String, Option<NodeId>) {
    let entry = item.uses.as_ref().and_then(|word| graph.find(&word.text));
    let id = match (entry.and_then(|node| graph.nodes[node].id.clone()), &item.uses, &item.id) {
        (Some(id), ..) => id,
        (None, Some(word), _) | (None, None, Some(word)) => word.text.to_ascii_uppercase(),
        (None, None, None) => String::new(),
    };
    let title = item.title.clone().or_else(|| entry.map(|node| graph.nodes[node].title.clone()));
    (id, title.unwrap_or_default(), entry)
}

fn taken(graph: &Graph, spot: super::Spot, item: &Item) -> Taken {
    let (id, title, entry) = subject(graph, item);
    Taken { spot, id, title, entry, status: item.first("status").map(str::to_string) }
}

fn review(item: &Item) -> Review {
    let text = |key: &str| item.first(key).map(str::to_string);
    let outcome = text("outcome");
    Review {
        date: text("date").unwrap_or_default(),
        by: text("by").unwrap_or_default(),
        how: text("how"),
        approved: outcome.as_deref() == Some("approved"),
        outcome,
    }
}

fn threat(
    config: &Config,
    graph: &Graph,
    model: &Model,
    spot: super::Spot,
    item: &Item,
    found: &mut Vec<Diagnostic>,
) -> Threat {
    let (id, title, entry) = subject(graph, item);
    let input = input(item);
    let score = match &input {
        Some(input) => rate(config, model, item, input, found),
        None => None,
    };
    let hint = entry.and_then(|node| graph.article(node).meta.severity.as_deref());
    let severity = match &score {
        Some(score) => score.severity,
        None => hint.and_then(|word| Severity::parse(word).ok()).unwrap_or_default(),
    };
    let on = targets(graph, model.node, item, found);
    let status = Status::parse(item.first("status"));
    Threat { spot, id, title, entry, on, status, input, score, severity }
}

/// Where so much is wrong, the other proposals say enough.
const MOST_PROPOSALS: usize = 200;

/// What `on:` names, in the first diagram of the page.
fn targets(
    graph: &Graph,
    node: NodeId,
    item: &Item,
    found: &mut Vec<Diagnostic>,
) -> Vec<dfd::Target> {
    let Some(chart) = graph.article(node).body.charts.first() else { return Vec::new() };
    let mut out = Vec::new();
    for word in item.get("on") {
        match dfd::resolve(&chart.diagram, &word.text) {
            Some(target) => out.push(target),
            None => {
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
    }
    out
}

/// What an item says of its risk.
fn input(item: &Item) -> Option<Input> {
    if let [(None, word)] = item.risk.as_slice() {
        return Some(Input::Text(word.text.clone()));
    }
    let answer = |text: &str| match text.trim().parse::<f64>() {
        Ok(number) => Answer::Number(number),
        Err(_) => Answer::Text(text.to_string()),
    };
    let mut answers: std::collections::BTreeMap<String, Answer> = item
        .risk
        .iter()
        .filter_map(|(key, word)| Some((key.clone()?, answer(&word.text))))
        .collect();
    for key in ["likelihood", "impact"] {
        if let Some(text) = item.first(key) {
            answers.insert(key.to_string(), answer(text));
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

fn rate(
    config: &Config,
    model: &Model,
    item: &Item,
    input: &Input,
    found: &mut Vec<Diagnostic>,
) -> Option<crate::risk::Score> {
    let framework = framework(config, model, input)?;
    match framework.score(input) {
        Ok(score) => Some(score),
        Err(problems) => {
            for problem in problems {
                // The factor's own place where there is one.
                let own = item.risk.iter().find(|(key, _)| key.as_deref() == Some(&problem.key));
                let first = item.risk.first().map(|(_, word)| &word.place);
                let shorthand = item.get(&problem.key).first().map(|word| &word.place);
                let place = own.map(|(_, word)| &word.place).or(shorthand).or(first);
                found.push(
                    Diagnostic::new(
                        Code::BadRisk,
                        place.unwrap_or(&item.place).clone(),
                        problem.message,
                    )
                    .maybe_help(problem.help),
                );
            }
            None
        }
    }
}
