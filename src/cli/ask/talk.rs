//! The walk of questions on a terminal.

use super::super::Failure;
use crate::book::graph::{Graph, NodeId};
use crate::model::ask::{Answer, Answered, Description, Step, Walk};
use crate::text::markup::plain;
use anstyle::Style;
use std::collections::BTreeMap;
use std::io::{BufRead, Write};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// So much is shown of what a description finds.
const SHOWN: usize = 5;

/// A conversation about one design.
pub(super) struct Talk<'t> {
    pub walk: &'t Walk,
    pub graph: &'t Graph,
    pub input: &'t mut dyn BufRead,
    pub output: &'t mut dyn Write,
}

/// What somebody typed.
enum Line {
    Answer(Answer, String),
    Back,
    More,
    Stop,
    Unclear,
}

impl Line {
    fn parse(text: &str) -> Line {
        let (word, said) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let answer = match word.to_lowercase().as_str() {
            "y" | "yes" => Answer::Yes,
            "n" | "no" => Answer::No,
            "d" | "?" => Answer::Unknown,
            "o" => Answer::Foreign,
            "b" | "back" => return Line::Back,
            "m" | "more" => return Line::More,
            "s" | "stop" | "q" => return Line::Stop,
            _ => return Line::Unclear,
        };
        Line::Answer(answer, said.trim().to_string())
    }
}

type Describe<'d> = dyn Fn(&str) -> Result<Description, Failure> + 'd;

impl Talk<'_> {
    /// Asks all: what is built where that is not known, then the questions.
    pub fn all(
        &mut self,
        mut chosen: Vec<usize>,
        mut described: Option<Description>,
        limit: usize,
        describe: &Describe<'_>,
    ) -> Result<Vec<Answered>, Failure> {
        if described.is_none() && chosen.is_empty() {
            self.say("What do you build? A sentence or two, or nothing to choose from a list.")?;
            described = match self.line()?.filter(|text| !text.is_empty()) {
                Some(text) => Some(describe(&text)?),
                None => None,
            };
        }
        if chosen.is_empty() {
            chosen = self.properties(described.as_ref())?;
        }
        let ranked = described.map(|found| found.ranked(self.graph)).unwrap_or_default();
        let steps = self.walk.steps(&chosen, &ranked);
        self.questions(&steps, limit)
    }

    /// The properties of what is built: those that the description names, or others.
    fn properties(&mut self, described: Option<&Description>) -> Result<Vec<usize>, Failure> {
        let known = described.map(|found| found.properties.as_slice()).unwrap_or_default();
        let mut chosen: Vec<usize> = known.iter().map(|known| known.property).collect();
        if let Some(found) = described {
            self.found(found)?;
        }
        if chosen.is_empty() && described.is_none() {
            let list = super::listed(self.walk);
            self.say(&list)?;
        }
        if self.walk.properties.is_empty() {
            return Ok(chosen);
        }
        loop {
            let words = self.words(&chosen);
            let now = if words.is_empty() { "none".to_string() } else { words };
            self.say(&format!(
                "Properties: {BOLD}{now}{BOLD:#}\nEnter takes them. Write others with commas, \
                 `+word` adds, `-word` takes out, `?` lists all."
            ))?;
            match self.line()?.as_deref() {
                None | Some("") => return Ok(chosen),
                Some("?") => self.say(&super::listed(self.walk))?,
                Some(text) => self.change(text, &mut chosen)?,
            }
        }
    }

    fn found(&mut self, found: &Description) -> Result<(), Failure> {
        for hit in found.threats.iter().take(SHOWN) {
            let id = hit.id.as_deref().unwrap_or_default();
            self.say(&format!("  {id} {}", plain(&hit.title.text)))?;
        }
        let read = found.starters.iter().chain(&found.models);
        let read: Vec<String> = read.map(|hit| plain(&hit.title.text)).collect();
        match &read[..] {
            [] => Ok(()),
            read => self.say(&format!("{DIM}To read: {}{DIM:#}", read.join("; "))),
        }
    }

    fn words(&self, chosen: &[usize]) -> String {
        let words: Vec<&str> =
            chosen.iter().map(|at| self.walk.properties[*at].word.as_str()).collect();
        words.join(", ")
    }

    fn change(&mut self, text: &str, chosen: &mut Vec<usize>) -> Result<(), Failure> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        if parts.iter().all(|part| !part.starts_with(['+', '-'])) {
            chosen.clear();
        }
        for part in parts {
            let word = part.trim_start_matches(['+', '-']).to_string();
            match super::chosen(self.walk, &[word]) {
                Ok(found) => {
                    chosen.retain(|at| !found.contains(at));
                    if !part.starts_with('-') {
                        chosen.extend(found);
                    }
                }
                Err(reason) => self.say(&reason)?,
            }
        }
        Ok(())
    }

    fn questions(&mut self, steps: &[Step], limit: usize) -> Result<Vec<Answered>, Failure> {
        if steps.is_empty() {
            self.say("Nothing to ask: no threat applies to this.")?;
            return Ok(Vec::new());
        }
        self.say(&format!(
            "\n{} questions, the heaviest first. y it may happen here, n it cannot, d I don't \
             know, o others answer for it;\na sentence may follow: `n nothing is stored`. m more \
             to look at, b back, s stop.",
            steps.len()
        ))?;
        let mut answers: BTreeMap<usize, (Answer, String)> = BTreeMap::new();
        let (mut at, mut enough) = (0, limit.max(1));
        while let Some(step) = steps.get(at) {
            if at == enough && !self.goes_on(at, steps.len())? {
                break;
            }
            enough = if at == enough { enough + limit.max(1) } else { enough };
            self.show(step, at, steps.len())?;
            match self.line()?.as_deref().map(Line::parse) {
                None | Some(Line::Stop) => break,
                Some(Line::Back) => at = at.saturating_sub(1),
                Some(Line::More) => self.more(step)?,
                Some(Line::Unclear) => self.say("y, n, d, o, m, b or s")?,
                Some(Line::Answer(answer, said)) => {
                    answers.insert(at, (answer, said));
                    at += 1;
                }
            }
        }
        let answered = answers.into_iter().flat_map(|(at, (answer, said))| {
            let question = self.walk.questions[steps[at].question].clone();
            let threats: Vec<NodeId> =
                steps[at].threats.iter().map(|threat| self.walk.threats[*threat].node).collect();
            threats.into_iter().map(move |threat| Answered {
                threat,
                question: question.clone(),
                answer,
                said: said.clone(),
            })
        });
        Ok(answered.collect())
    }

    fn goes_on(&mut self, asked: usize, all: usize) -> Result<bool, Failure> {
        self.say(&format!(
            "\n{asked} asked: the list is sound. {} more weigh less. Go on? y or n",
            all - asked
        ))?;
        Ok(self.line()?.is_some_and(|line| line.to_lowercase().starts_with('y')))
    }

    fn show(&mut self, step: &Step, at: usize, all: usize) -> Result<(), Failure> {
        let question = plain(&self.walk.questions[step.question]);
        self.say(&format!("\n{DIM}{} of {all}{DIM:#}  {BOLD}{question}{BOLD:#}", at + 1))?;
        for threat in &step.threats {
            let entry = &self.graph.nodes[self.walk.threats[*threat].node];
            let id = entry.id.as_deref().unwrap_or_default();
            self.say(&format!("  {id} {}", plain(&entry.title)))?;
        }
        Ok(())
    }

    fn more(&mut self, step: &Step) -> Result<(), Failure> {
        for question in &step.more {
            let question = plain(&self.walk.questions[*question]);
            self.say(&format!("  - {question}"))?;
        }
        Ok(())
    }

    fn say(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.output, "{text}").map_err(|error| format!("cannot write: {error}"))
    }

    /// What is typed; nothing at the end.
    fn line(&mut self) -> Result<Option<String>, Failure> {
        let mut text = String::new();
        let read = write!(self.output, "> ")
            .and_then(|()| self.output.flush())
            .and_then(|()| self.input.read_line(&mut text));
        match read {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(text.trim().to_string())),
            Err(error) => Err(format!("cannot read what is typed: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{Memo, Site};

    fn book() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        let threat = |id: &str, severity: &str, applies: &str, questions: &str| {
            put(
                &format!("content/threats/{id}.md"),
                &format!(
                    "---\nid: {id}\ntitle: Threat {id}\nseverity: {severity}\napplies-to: [{applies}]\n---\n\n\
                     ## How to see it in your design\n\n{questions}\n"
                ),
            );
        };
        put("content/index.md", "# Home\n");
        threat("T-1", "low", "badge", "- Who has a badge?\n- Who takes it back?");
        threat("T-2", "high", "badge", "- Which doors open?");
        threat("T-3", "high", "", "- Who may come in at night?");
        folder
    }

    fn talk(typed: &str) -> (Vec<Answered>, String) {
        let folder = book();
        let (site, found) = Site::open(folder.path(), &mut Memo::default()).unwrap();
        assert_eq!(found, []);
        let mut output = Vec::new();
        let mut talk = Talk {
            walk: site.walk(),
            graph: &site.graph,
            input: &mut typed.as_bytes(),
            output: &mut output,
        };
        let describe = |text: &str| super::super::describe(&site, text);
        let answers = talk.all(Vec::new(), None, 2, &describe).unwrap();
        (answers, String::from_utf8(output).unwrap())
    }

    #[test]
    fn a_description_leads_to_questions_and_answers() {
        let typed = "A badge opens doors\n\nm\ny all of them\nhm\nb\nn only one\nd\ny\no\n";
        let (answers, said) = talk(typed);
        let found: Vec<(Answer, &str, &str)> =
            answers.iter().map(|a| (a.answer, a.question.as_str(), a.said.as_str())).collect();
        assert_eq!(
            found,
            [
                (Answer::No, "Which doors open?", "only one"),
                (Answer::Unknown, "Who may come in at night?", ""),
                (Answer::Foreign, "Who has a badge?", ""),
            ],
            "{said}"
        );
        assert!(said.contains("Properties: ") && said.contains("Go on?"), "{said}");
    }

    #[test]
    fn the_end_of_the_input_and_unknown_words_stop_nothing() {
        let (answers, said) = talk("\nbadje\n+badge, -badge\nbadge\n\ny");
        assert_eq!(answers.len(), 1, "{said}");
        assert!(said.contains("did you mean `badge`?"), "{said}");
        assert!(talk("").0.is_empty());
        assert!(talk("\n\ns\n").0.is_empty());
    }
}
