//! The parts of `book.toml` about risk, policies and tests.

use super::decode::Decoder;
use super::{Config, Policy};
use crate::risk::{Band, Declaration, Factor, Level, Matrix, Severity};
use crate::text::data::{Fields, Node, Value};
use crate::text::diagnostic::{Code, did_you_mean};
use crate::text::span::Span;

/// Reads `[risk]`, `[frameworks]`, `[policies]` and `[tests]`.
pub(super) fn decode(decoder: &mut Decoder, fields: &mut Fields<'_>, config: &mut Config) {
    for (key, node) in fields.table("frameworks") {
        framework(decoder, &key.name, &key.span, node, config);
    }
    if let Some(node) = fields.node("risk")
        && let Some(mut risk) = decoder.table(node, "risk")
    {
        if let Some((name, span)) = risk.text("framework") {
            if config.frameworks.contains_key(&name) {
                config.risk = Some(name);
            } else {
                let known = config.frameworks.keys().map(String::as_str);
                let help = did_you_mean(&name, known.clone())
                    .unwrap_or_else(|| format!("known: {}", known.collect::<Vec<_>>().join(", ")));
                let message = format!("there is no risk framework `{name}`");
                decoder.bad(Code::BadConfig, span, message, Some(help));
            }
        }
        decoder.finish(risk, "risk");
    }
    for (key, node) in fields.table("policies") {
        let table = format!("policies.{}", key.name);
        let Some(mut policy) = decoder.table(node, &table) else { continue };
        let mut read = Policy::default();
        if let Some((word, span)) = policy.text("max-open") {
            match Severity::parse(&word) {
                Ok(severity) => read.max_open = severity,
                Err(problem) => decoder.bad(Code::BadConfig, span, problem.message, problem.help),
            }
        }
        read.review = policy.bool("review").unwrap_or(read.review);
        read.tests = policy.bool("tests").unwrap_or(read.tests);
        decoder.finish(policy, &table);
        config.policies.insert(key.name.clone(), read);
    }
    if let Some(node) = fields.node("tests")
        && let Some(mut tests) = decoder.table(node, "tests")
    {
        for (folder, span) in tests.list("folders") {
            config.test_folders.extend(decoder.folder(folder, span, "folders"));
        }
        decoder.finish(tests, "tests");
    }
}

fn framework(decoder: &mut Decoder, name: &str, span: &Span, node: &Node, config: &mut Config) {
    let table = format!("frameworks.{name}");
    let Some(mut fields) = decoder.table(node, &table) else { return };
    let text = |pair: Option<(String, Span)>| pair.map(|(text, _)| text).unwrap_or_default();
    let mut declaration = Declaration {
        name: name.to_string(),
        title: text(fields.text("title")),
        description: text(fields.text("description")),
        formula: fields.text("formula").map(|(text, _)| text),
        ..Declaration::default()
    };
    let factors = fields.items("factors");
    for node in factors {
        declaration.factors.extend(factor(decoder, node, &format!("{table}.factors")));
    }
    let bands = fields.items("bands");
    for node in bands {
        let Some(mut band) = decoder.table(node, &format!("{table}.bands")) else { continue };
        let from = band.number("from");
        let severity = text(band.text("severity"));
        let severity = match Severity::parse(&severity) {
            Ok(severity) => severity,
            Err(problem) => {
                decoder.bad(Code::BadFramework, node.span.clone(), problem.message, problem.help);
                Severity::None
            }
        };
        declaration.bands.push(Band::new(text(band.text("name")), from, severity));
        decoder.finish(band, &format!("{table}.bands"));
    }
    if let Some(node) = fields.node("matrix")
        && let Some(mut matrix) = decoder.table(node, &format!("{table}.matrix"))
    {
        declaration.matrix = Some(Matrix {
            rows: text(matrix.text("rows")),
            columns: text(matrix.text("columns")),
            cells: matrix.items("cells").iter().map(words).collect(),
        });
        decoder.finish(matrix, &format!("{table}.matrix"));
    }
    decoder.finish(fields, &table);
    let (framework, problems) = declaration.check();
    for problem in problems {
        let code = match problem.warning {
            true => Code::UndocumentedFramework,
            false => Code::BadFramework,
        };
        let place = place_of(&problem.key, factors, bands).unwrap_or_else(|| span.clone());
        decoder.bad(code, place, problem.message, problem.help);
    }
    if let Some(framework) = framework {
        config.frameworks.insert(name.to_string(), framework);
    }
}

/// Where the part stands that a problem names: `factors.2.levels.0`.
fn place_of(key: &str, factors: &[Node], bands: &[Node]) -> Option<Span> {
    let mut parts = key.split('.');
    let list = match parts.next()? {
        "factors" => factors,
        "bands" => bands,
        _ => return None,
    };
    let index: usize = parts.next()?.parse().ok()?;
    list.get(index).map(|node| node.span.clone())
}

fn factor(decoder: &mut Decoder, node: &Node, table: &str) -> Option<Factor> {
    let mut fields = decoder.table(node, table)?;
    let text = |pair: Option<(String, Span)>| pair.map(|(text, _)| text).unwrap_or_default();
    let range = match fields.items("range") {
        [] => None,
        [low, high] => number(low).zip(number(high)),
        _ => {
            let message = "`range` takes two numbers: the lowest and the highest".into();
            decoder.bad(Code::BadFramework, node.span.clone(), message, None);
            None
        }
    };
    let mut factor = Factor {
        name: text(fields.text("name")),
        title: text(fields.text("title")),
        question: text(fields.text("question")),
        group: text(fields.text("group")),
        levels: Vec::new(),
        range,
    };
    for node in fields.items("levels") {
        let Some(mut level) = decoder.table(node, table) else { continue };
        let value = level.number("value").unwrap_or_default();
        let label = text(level.text("label"));
        factor.levels.push(Level::new(value, label, text(level.text("explanation"))));
        decoder.finish(level, table);
    }
    decoder.finish(fields, table);
    Some(factor)
}

fn number(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Scalar(scalar) => scalar.number,
        _ => None,
    }
}

fn words(node: &Node) -> Vec<String> {
    match &node.value {
        Value::List(items) => {
            items.iter().map(|item| item.text().unwrap_or_default().to_string()).collect()
        }
        _ => Vec::new(),
    }
}
