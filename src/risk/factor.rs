//! Factors, and the answers that a threat gives to them.

use std::collections::BTreeMap;

use super::problem::{Problem, all_of, clip, suggest};
use super::score::{Step, number};

/// One question that the person who rates a threat answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Factor {
    /// The key in data: lower-case words joined by hyphens.
    pub name: String,
    /// The name that readers see.
    pub title: String,
    /// The question to answer.
    pub question: String,
    /// Heading that several factors share; may be empty.
    pub group: String,
    /// The answers, mildest first. With a range they are examples on it.
    pub levels: Vec<Level>,
    /// Lowest and highest number, where every whole number between is an answer.
    pub range: Option<(f64, f64)>,
}

/// One answer to a factor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Level {
    /// The number that the formula sees.
    pub value: f64,
    /// A short name, which works as the answer too.
    pub label: String,
    /// When to choose it.
    pub explanation: String,
}

impl Level {
    /// A level.
    pub fn new(value: f64, label: impl Into<String>, explanation: impl Into<String>) -> Level {
        Level { value, label: label.into(), explanation: explanation.into() }
    }
}

/// What an author wrote as the risk of a threat.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A word, a number or a vector string.
    Text(String),
    /// An answer to each factor, by the factor's name.
    Factors(BTreeMap<String, Answer>),
}

/// An answer to one factor.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A number.
    Number(f64),
    /// The label of a level.
    Text(String),
}

impl From<&str> for Input {
    fn from(text: &str) -> Input {
        Input::Text(text.into())
    }
}

impl<const N: usize> From<[(&str, f64); N]> for Input {
    fn from(answers: [(&str, f64); N]) -> Input {
        Input::Factors(answers.map(|(name, value)| (name.into(), Answer::Number(value))).into())
    }
}

impl Factor {
    /// What is accepted, for a help line.
    fn accepts(&self) -> String {
        if let Some((low, high)) = self.range {
            return format!("use a whole number from {} to {}", number(low), number(high));
        }
        let levels = self.levels.iter().map(|l| format!("`{}` ({})", number(l.value), l.label));
        format!("use {}", levels.collect::<Vec<_>>().join(", "))
    }

    /// The number that an answer stands for.
    pub(crate) fn value(&self, answer: &Answer) -> Result<f64, Problem> {
        let found = match answer {
            Answer::Number(value) => self.number(*value),
            Answer::Text(text) => self
                .levels
                .iter()
                .find(|level| plain(&level.label) == plain(text))
                .map(|level| level.value)
                .or_else(|| self.number(text.trim().parse().ok()?)),
        };
        found.ok_or_else(|| {
            let shown = match answer {
                Answer::Number(value) => number(*value),
                Answer::Text(text) => clip(text.trim()),
            };
            Problem::error(&self.name, format!("`{shown}` is no answer to `{}`", self.name))
                .help(self.accepts())
        })
    }

    fn number(&self, value: f64) -> Option<f64> {
        let fits = match self.range {
            Some((low, high)) => value >= low && value <= high && value.fract() == 0.0,
            None => self.levels.iter().any(|level| level.value == value),
        };
        fits.then_some(value)
    }

    /// All numbers that can be answered.
    pub(crate) fn values(&self) -> Vec<f64> {
        match self.range {
            Some((low, high)) => {
                (0..=(high - low).clamp(0.0, 1000.0) as u32).map(|n| low + f64::from(n)).collect()
            }
            None => self.levels.iter().map(|level| level.value).collect(),
        }
    }

    /// The answer as a step.
    pub(crate) fn step(&self, value: f64) -> Step {
        let label = self.levels.iter().find(|level| level.value == value);
        Step::new(&self.title, label.map_or("", |level| &level.label), number(value))
    }
}

/// A label without regard to case and to what joins its words.
fn plain(text: &str) -> String {
    text.trim().to_lowercase().replace(['-', '_'], " ")
}

/// The number for each factor, in their order; `None` where nothing was said.
pub(crate) fn resolve(factors: &[Factor], input: &Input) -> Result<Vec<Option<f64>>, Vec<Problem>> {
    let answers = match (input, factors) {
        (Input::Factors(answers), _) => answers,
        (Input::Text(text), [only]) => {
            return only.value(&Answer::Text(text.clone())).map(|v| vec![Some(v)]).map_err(
                |mut p| {
                    p.key.clear();
                    vec![p]
                },
            );
        }
        (Input::Text(text), _) => {
            let names: Vec<&str> = factors.iter().map(|factor| factor.name.as_str()).collect();
            let message = format!("`{}` does not answer the factors one by one", clip(text.trim()));
            let help = format!("write a value for each of {}", all_of(&names));
            return Err(vec![Problem::error("", message).help(help)]);
        }
    };
    let names: Vec<&str> = factors.iter().map(|factor| factor.name.as_str()).collect();
    let mut problems: Vec<Problem> = answers
        .keys()
        .filter(|name| !names.contains(&name.as_str()))
        .map(|name| {
            Problem::error(name, format!("`{}` is not a factor of this framework", clip(name)))
                .help(suggest(name, &names))
        })
        .collect();
    let mut values = Vec::new();
    for factor in factors {
        match answers.get(&factor.name).map(|answer| factor.value(answer)).transpose() {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// All the numbers, or the factors that lack an answer.
pub(crate) fn complete(
    factors: &[Factor],
    values: &[Option<f64>],
) -> Result<Vec<f64>, Vec<Problem>> {
    let missing: Vec<&Factor> =
        factors.iter().zip(values).filter(|(_, value)| value.is_none()).map(|(f, _)| f).collect();
    if missing.is_empty() {
        return Ok(values.iter().flatten().copied().collect());
    }
    let names: Vec<&str> = missing.iter().map(|factor| factor.name.as_str()).collect();
    let help = missing.iter().map(|f| format!("{}: {}", f.name, f.accepts()));
    Err(vec![
        Problem::error("", format!("{} {} no answer", all_of(&names), has(&names)))
            .help(help.take(4).collect::<Vec<_>>().join("; ")),
    ])
}

fn has(names: &[&str]) -> &'static str {
    if names.len() == 1 { "has" } else { "have" }
}
