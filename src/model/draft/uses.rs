//! What `casebook new model --use` puts into the blocks of a model.

use crate::book::entry::{BuiltInKind, BuiltInRole};
use crate::book::graph::{Graph, NodeId};
use crate::book::language::Text;
use crate::model::Status;
use crate::model::ask::{Answer, Answered};
use crate::text::diagnostic::did_you_mean;
use std::fmt::Write as _;

/// Entries for a new model, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uses {
    threats: Vec<Taken>,
    requirements: Vec<Taken>,
    assumptions: Vec<Taken>,
}

/// An entry that is used.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Taken {
    id: String,
    title: String,
    /// What the catalogue treats it by, where it is a threat.
    requirements: Vec<String>,
    /// What was answered when it was asked for.
    answer: Option<(Answer, String)>,
}

/// The blocks in the order of a model: name, heading, and the status of what is new.
pub const BLOCKS: [(&str, &str, &str); 3] = [
    ("assumptions", "What do we assume?", "unconfirmed"),
    ("threats", "What can go wrong?", "open"),
    ("requirements", "What are we going to do about it?", "planned"),
];

/// How a note begins its only sentence, which does not hold once it has threats.
pub const NO_RISK: &str = "No particular security risk, because ...\n";

impl Uses {
    /// Finds the entries. A threat brings the requirements that treat it.
    ///
    /// # Errors
    /// When an ID names nothing that a model can use.
    pub fn find(graph: &Graph, ids: &[String]) -> Result<Uses, String> {
        let mut uses = Uses::default();
        for id in ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()) {
            let node = graph.find(id).ok_or_else(|| {
                let known = graph.nodes.iter().filter(|node| node.entry);
                let help = did_you_mean(id, known.filter_map(|node| node.id.as_deref()));
                let help = help.unwrap_or_else(|| "`casebook search` finds entries".into());
                format!("there is no entry `{id}`; {help}")
            })?;
            uses.add(graph, id, node)?;
        }
        uses.add_requirements(graph);
        Ok(uses)
    }

    /// The threats that a walk of questions asked for: those that may happen with question
    /// and answer as their note, the others as not applicable, because.
    pub fn answered(graph: &Graph, text: &Text, answers: &[Answered]) -> Uses {
        let mut uses = Uses::default();
        for answered in answers {
            let mut threat = taken(graph, answered.threat);
            if !answered.answer.applies() {
                threat.requirements.clear();
            }
            threat.answer = Some((answered.answer, answered.record(text)));
            push(&mut uses.threats, threat);
        }
        uses.add_requirements(graph);
        uses
    }

    fn add_requirements(&mut self, graph: &Graph) {
        let treating: Vec<String> =
            self.threats.iter().flat_map(|threat| threat.requirements.clone()).collect();
        for node in treating.iter().filter_map(|id| graph.find(id)) {
            push(&mut self.requirements, taken(graph, node));
        }
    }

    fn add(&mut self, graph: &Graph, id: &str, node: NodeId) -> Result<(), String> {
        let meta = &graph.article(node).meta;
        if meta.is_deprecated() {
            let help =
                meta.instead().unwrap_or_else(|| "it should not be used in new models".into());
            return Err(format!("`{id}` is deprecated; {help}"));
        }
        let kind = graph.nodes[node].kind.as_deref();
        let list = match kind.and_then(BuiltInKind::parse) {
            Some(BuiltInKind::Threat) => &mut self.threats,
            Some(BuiltInKind::Requirement) => &mut self.requirements,
            Some(BuiltInKind::Assumption) => &mut self.assumptions,
            _ => {
                let kind = kind.unwrap_or("page");
                return Err(format!(
                    "`{id}` is a {kind}; a model uses threats, requirements and assumptions"
                ));
            }
        };
        push(list, taken(graph, node));
        Ok(())
    }

    /// Puts the items of a block in the place of its example; a note has no blocks and
    /// gets those that it needs.
    pub fn fill(&self, text: &str) -> String {
        let mut text = text.to_string();
        if !self.threats.is_empty() {
            text = text.replace(NO_RISK, "");
        }
        for (name, heading, status) in BLOCKS {
            let items = self.items(name, status);
            if items.is_empty() {
                continue;
            }
            let open = format!("```{name}\n");
            let inside = text.find(&open).map(|at| at + open.len());
            match inside.and_then(|from| Some((from, from + text[from..].find("```")?))) {
                Some((from, to)) => text.replace_range(from..to, &items),
                None => {
                    text.truncate(text.trim_end().len());
                    let _ = write!(text, "\n\n## {heading}\n\n{open}{items}```\n");
                }
            }
        }
        text
    }

    fn items(&self, block: &str, status: &str) -> String {
        let list = match block {
            "threats" => &self.threats,
            "requirements" => &self.requirements,
            _ => &self.assumptions,
        };
        let mut out = String::new();
        for taken in list {
            let Taken { id, title, requirements, answer } = taken;
            let concerns = answer.as_ref().is_none_or(|(answer, _)| answer.applies());
            let status = if concerns { status } else { Status::NotApplicable.word() };
            let _ = writeln!(out, "- use: {id}   # {title}\n  status: {status}");
            if !requirements.is_empty() {
                let _ = writeln!(out, "  requirements: [{}]", requirements.join(", "));
            }
            if let Some((_, record)) = answer {
                let key = if concerns { "note" } else { "why" };
                // Back quotes would end the block.
                let _ = writeln!(out, "  {key}: {}", super::quoted(&record.replace('`', "'")));
            }
        }
        out
    }
}

fn push(list: &mut Vec<Taken>, taken: Taken) {
    if !list.iter().any(|known| known.id == taken.id) {
        list.push(taken);
    }
}

fn taken(graph: &Graph, node: NodeId) -> Taken {
    let entry = &graph.nodes[node];
    let treated = graph.out[node].iter().filter(|edge| BuiltInRole::Requirements.is(&edge.role));
    let requirements = treated.filter_map(|edge| graph.nodes[edge.to].id.clone());
    let threat = BuiltInKind::Threat.is(entry.kind.as_deref());
    // Back quotes would end the block that the title stands in.
    let title = entry.title.replace(|c: char| c.is_control() || c == '`', " ");
    Taken {
        id: entry.id.clone().unwrap_or_default(),
        title,
        requirements: if threat { requirements.collect() } else { Vec::new() },
        answer: None,
    }
}
