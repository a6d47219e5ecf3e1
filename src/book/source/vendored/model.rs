//! Models of the data, as somebody would write them.

use super::{Book, field, list};
use crate::book::source::Packed;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Model {
    pub id: Option<String>,
    title: String,
    pub url: String,
    facts: BTreeMap<String, String>,
    diagrams: Vec<Diagram>,
    threats: Vec<Row>,
    requirements: Vec<Row>,
    assumptions: Vec<Row>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Diagram {
    title: Option<String>,
    description: Option<String>,
    elements: Vec<Element>,
    boundaries: Vec<Boundary>,
    flows: Vec<Flow>,
}

#[derive(Deserialize)]
struct Element {
    id: String,
    name: String,
    kind: String,
    boundary: Option<String>,
}

#[derive(Deserialize)]
struct Boundary {
    id: String,
    name: String,
    parent: Option<String>,
}

#[derive(Deserialize)]
struct Flow {
    number: u32,
    from: String,
    to: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    both_ways: bool,
}

/// A row of a block; each kind of block has some of the fields.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    id: String,
    title: String,
    entry: Option<String>,
    status: Option<String>,
    on: Vec<String>,
    response: Option<String>,
    mitigation: Vec<String>,
    requirements: Vec<String>,
    why: Option<String>,
    by: Option<String>,
    until: Option<String>,
    owner: Option<String>,
    ticket: Option<String>,
    note: Option<String>,
}

/// The facts of a model that are keys of front matter.
const FACTS: [&str; 5] = ["size", "team", "owner", "date", "reviewed"];

impl Book<'_> {
    /// The file of a model.
    pub(super) fn model(&self, model: &Model) -> Option<Packed> {
        let page = self.lacking(&model.url)?;
        let mut out = String::from("---\n");
        field(&mut out, "id", model.id.as_deref().unwrap_or_default());
        field(&mut out, "title", &model.title);
        field(&mut out, "kind", "model");
        field(&mut out, "description", page.description.as_deref().unwrap_or_default());
        for (key, value) in model.facts.iter().filter(|(key, _)| FACTS.contains(&key.as_str())) {
            field(&mut out, key, value);
        }
        for (role, ids) in self.roles(&model.url) {
            list(&mut out, role, &ids);
        }
        list(&mut out, "tags", &page.tags);
        out += "---\n\n";
        out += &self.more(page);
        for diagram in &model.diagrams {
            let _ = write!(out, "\n```mermaid dfd\n{}```\n", text(diagram));
        }
        let lists = [&model.threats, &model.requirements, &model.assumptions];
        let own: BTreeSet<&str> = lists.into_iter().flatten().map(|row| row.id.as_str()).collect();
        for (name, rows) in ["threats", "requirements", "assumptions"].into_iter().zip(lists) {
            if !rows.is_empty() {
                let rows: String = rows.iter().map(|row| self.row(row, &own)).collect();
                let _ = write!(out, "\n```{name}\n{rows}```\n");
            }
        }
        let name = model.url.strip_suffix(".html").unwrap_or(&model.url);
        Some((self.path(&format!("{name}.md")), out.into_bytes()))
    }

    fn row(&self, row: &Row, own: &BTreeSet<&str>) -> String {
        let known = row.entry.as_deref().and_then(|url| self.ids.get(url));
        let mut lines = String::new();
        match (known, &row.entry) {
            (Some(id), _) => field(&mut lines, "use", id),
            // It is of a library of that book, which may not be here.
            (None, Some(_)) => field(&mut lines, "title", &format!("{} ({})", row.title, row.id)),
            (None, None) => {
                field(&mut lines, "id", &row.id);
                field(&mut lines, "title", &row.title);
            }
        }
        let treats = |id: &&String| self.is_known(id) || own.contains(id.as_str());
        let requirements: Vec<&String> = row.requirements.iter().filter(treats).collect();
        list(&mut lines, "on", &row.on);
        list(&mut lines, "mitigation", &row.mitigation);
        list(&mut lines, "requirements", &requirements);
        for (key, value) in [
            ("status", &row.status),
            ("response", &row.response),
            ("why", &row.why),
            ("by", &row.by),
            ("until", &row.until),
            ("owner", &row.owner),
            ("ticket", &row.ticket),
            ("note", &row.note),
        ] {
            field(&mut lines, key, value.as_deref().unwrap_or_default());
        }
        let indented = lines.lines().enumerate().map(|(number, line)| match number {
            0 => format!("- {line}\n"),
            _ => format!("  {line}\n"),
        });
        indented.collect()
    }
}

/// A diagram as Mermaid text.
fn text(diagram: &Diagram) -> String {
    let mut out = String::from("flowchart LR\n");
    for (key, value) in [("accTitle", &diagram.title), ("accDescr", &diagram.description)] {
        let line = |value: &String| value.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = value.as_ref().map(|value| writeln!(out, "  {key}: {}", line(value)));
    }
    level(&mut out, diagram, None, 1);
    for Flow { number, from, to, label, both_ways } in &diagram.flows {
        let arrow = if *both_ways { "<-->" } else { "-->" };
        let label = quoted_label(&format!("{number}. {label}"));
        let _ = writeln!(out, "  {from} {arrow}|{label}| {to}");
    }
    out
}

/// What stands directly inside a boundary, or outside every one. Boundaries that hold each other
/// are in none, so that this ends.
fn level(out: &mut String, diagram: &Diagram, boundary: Option<&str>, depth: usize) {
    let indent = "  ".repeat(depth);
    for element in diagram.elements.iter().filter(|e| e.boundary.as_deref() == boundary) {
        let (id, name) = (&element.id, quoted_label(&element.name));
        let _ = match element.kind.as_str() {
            "process" => writeln!(out, "{indent}{id}({name}):::process"),
            "datastore" => writeln!(out, "{indent}{id}[({name})]:::datastore"),
            _ => writeln!(out, "{indent}{id}[{name}]:::external"),
        };
    }
    for inner in diagram.boundaries.iter().filter(|b| b.parent.as_deref() == boundary) {
        let _ = writeln!(out, "{indent}subgraph {}[{}]", inner.id, quoted_label(&inner.name));
        level(out, diagram, Some(&inner.id), depth + 1);
        let _ = writeln!(out, "{indent}end");
    }
}

fn quoted_label(label: &str) -> String {
    let sign = |c: char| match c {
        '\n' => "<br/>".to_string(),
        '"' => "#quot;".into(),
        '#' => "#35;".into(),
        '<' => "#lt;".into(),
        '>' => "#gt;".into(),
        '&' => "#amp;".into(),
        '\\' => "#92;".into(),
        '`' => "#96;".into(),
        '%' => "#37;".into(),
        c => c.into(),
    };
    format!("\"{}\"", label.chars().map(sign).collect::<String>())
}
