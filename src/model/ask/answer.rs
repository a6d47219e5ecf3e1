//! What a reader answers, and what comes of it.

use crate::book::graph::{Graph, NodeId};
use crate::book::language::Text;
use crate::text::markup::markdown;
use std::fmt::Write as _;

/// An answer to a question of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It may happen here.
    Yes,
    /// It has to be found out.
    Unknown,
    /// It cannot happen here.
    No,
    /// Somebody else answers for it.
    Foreign,
}

impl Answer {
    /// All, in the order of a ticket.
    pub const ALL: [Answer; 4] = [Answer::Yes, Answer::Unknown, Answer::No, Answer::Foreign];

    /// The word in addresses and data, which is the end of the keys of its texts too.
    pub fn word(self) -> &'static str {
        match self {
            Answer::Yes => "yes",
            Answer::Unknown => "unknown",
            Answer::No => "no",
            Answer::Foreign => "foreign",
        }
    }

    /// Whether the threat becomes part of a model that has to treat it.
    pub fn applies(self) -> bool {
        matches!(self, Answer::Yes | Answer::Unknown)
    }
}

/// A threat with the answer to its question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The entry.
    pub threat: NodeId,
    /// What was asked.
    pub question: String,
    /// The answer.
    pub answer: Answer,
    /// What was found, or why; may be empty.
    pub said: String,
}

impl Answered {
    /// Question and answer as one text.
    pub fn record(&self, text: &Text) -> String {
        let answer = text.get(match self.answer {
            Answer::Yes => "script_ask_answer_yes",
            Answer::Unknown => "script_ask_answer_unknown",
            Answer::No => "script_ask_answer_no",
            Answer::Foreign => "script_ask_answer_foreign",
        });
        let values =
            [("question", self.question.as_str()), ("answer", answer), ("said", &self.said)];
        text.fill("script_ask_record", &values).trim().to_string()
    }
}

/// The answers in Markdown, for a ticket.
pub fn ticket(graph: &Graph, text: &Text, answers: &[Answered]) -> String {
    let mut out = format!("## {}\n", text.get("script_ask_ticket"));
    for answer in Answer::ALL {
        let mine: Vec<&Answered> =
            answers.iter().filter(|answered| answered.answer == answer).collect();
        if mine.is_empty() {
            continue;
        }
        let heading = text.get(match answer {
            Answer::Yes => "script_ask_group_yes",
            Answer::Unknown => "script_ask_group_unknown",
            Answer::No => "script_ask_group_no",
            Answer::Foreign => "script_ask_group_foreign",
        });
        let _ = write!(out, "\n### {heading}\n\n");
        for answered in mine {
            let entry = &graph.nodes[answered.threat];
            let box_ = if answer.applies() { "[ ] " } else { "" };
            let id = entry.id.as_deref().unwrap_or_default();
            let _ = writeln!(out, "- {box_}**{id}** {}", markdown(&entry.title));
            let _ = writeln!(out, "  - {}", markdown(&answered.record(text)));
        }
    }
    out
}
