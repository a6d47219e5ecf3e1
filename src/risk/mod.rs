//! Risk: frameworks that turn what is known of a threat into a score, and that
//! show how the score came about.
//!
//! A framework is built in ([`Framework::built_in`]) or declared by a book
//! ([`Declaration`]). It takes an [`Input`] and gives a [`Score`] together with
//! the [`Step`]s to it. [`Framework::reference`] is its page for readers.

mod custom;
mod cvss;
mod dread;
mod factor;
mod formula;
mod grid;
mod levels;
mod owasp;
mod problem;
mod reference;
mod score;

pub use custom::{Declaration, Matrix};
pub use cvss::{Group, Metric, Value, Vector, Version};
pub use factor::{Answer, Factor, Input, Level};
pub use formula::Formula;
pub use grid::Grid;
pub use problem::Problem;
pub use reference::table;
pub use score::{Band, Score, Severity, Step};

use problem::clip;
use reference::Notes;
use score::number;

/// The names of the frameworks built in.
pub const BUILT_IN: [&str; 7] =
    ["none", "levels", "likelihood-impact", "dread", "cvss-3.1", "cvss-4.0", "owasp"];

/// A way to rate threats.
#[derive(Debug, Clone)]
pub struct Framework {
    name: String,
    title: String,
    description: String,
    factors: Vec<Factor>,
    bands: Vec<Band>,
    rule: Rule,
    notes: Notes,
}

/// How answers become a score.
#[derive(Debug, Clone)]
enum Rule {
    /// Nothing is rated.
    Nothing,
    /// The level of the only factor is the band.
    Choice,
    Formula(Formula),
    /// Two factors, by their places, and the band of each pair of levels.
    Matrix {
        rows: usize,
        columns: usize,
        cells: Vec<Vec<usize>>,
    },
    Cvss(Version),
    Owasp,
}

impl Framework {
    /// The framework built in under a name; see [`BUILT_IN`].
    pub fn built_in(name: &str) -> Option<Framework> {
        Some(match name {
            "none" => nothing(),
            "levels" => levels::levels(),
            "likelihood-impact" => levels::likelihood_impact(),
            "dread" => dread::dread(),
            "cvss-3.1" => cvss_framework(Version::V31),
            "cvss-4.0" => cvss_framework(Version::V40),
            "owasp" => owasp::owasp(),
            _ => return None,
        })
    }

    /// Whether threats are rated at all.
    pub fn rates(&self) -> bool {
        !matches!(self.rule, Rule::Nothing)
    }

    /// The score of a threat. Problems are errors, all that were found.
    pub fn score(&self, input: &Input) -> Result<Score, Vec<Problem>> {
        self.rate(input).map(|(score, _)| score)
    }

    /// How the score of a threat comes about.
    pub fn explain(&self, input: &Input) -> Result<Vec<Step>, Vec<Problem>> {
        self.rate(input).map(|(_, steps)| steps)
    }

    /// The score and the way to it.
    pub fn rate(&self, input: &Input) -> Result<(Score, Vec<Step>), Vec<Problem>> {
        match &self.rule {
            Rule::Nothing => self.rate_nothing(input),
            Rule::Cvss(version) => rate_vector(*version, input),
            Rule::Owasp => owasp::rate(self, &factor::resolve(&self.factors, input)?),
            rule => {
                let values = factor::resolve(&self.factors, input)?;
                let values = factor::complete(&self.factors, &values)?;
                self.rate_factors(rule, &values)
            }
        }
    }

    fn rate_nothing(&self, input: &Input) -> Result<(Score, Vec<Step>), Vec<Problem>> {
        let empty = match input {
            Input::Text(text) => text.trim().is_empty(),
            Input::Factors(answers) => answers.is_empty(),
        };
        if empty {
            return Ok((Score::new(None, "", Severity::None, String::new()), Vec::new()));
        }
        let help =
            format!("leave the risk out, or choose a framework: {}", BUILT_IN[1..].join(", "));
        Err(vec![Problem::error("", "threats are not rated in this book").help(help)])
    }

    fn rate_factors(
        &self,
        rule: &Rule,
        values: &[f64],
    ) -> Result<(Score, Vec<Step>), Vec<Problem>> {
        let mut steps: Vec<Step> =
            self.factors.iter().zip(values).map(|(factor, value)| factor.step(*value)).collect();
        // The place of an answer among the levels of its factor.
        let level = |factor: usize| {
            let levels = self.factors.get(factor).map(Factor::values).unwrap_or_default();
            levels.iter().position(|level| values.get(factor) == Some(level)).unwrap_or(0)
        };
        let (value, place, working) = match rule {
            Rule::Formula(formula) => {
                let shown = formula.with_numbers(values);
                let Some(value) = formula.evaluate(values) else {
                    let message = format!("the formula has no result for these answers: {shown}");
                    let help = "it divides by zero or grows without bound; change the formula";
                    return Err(vec![Problem::error("", message).help(help)]);
                };
                let titles: Vec<&str> = self.factors.iter().map(|f| f.title.as_str()).collect();
                let working = format!("{} = {shown}", formula.with_names(&titles));
                steps.push(Step::new("Score", working, number(value)));
                let place = self.band_of(value);
                (Some(value), place, self.range_of(place))
            }
            Rule::Matrix { rows, columns, cells } => {
                let (row, column) = (level(*rows), level(*columns));
                let place = cells.get(row).and_then(|cells| cells.get(column));
                let answers = [(*rows, row), (*columns, column)].map(|(factor, level)| {
                    let factor = &self.factors[factor];
                    format!("{} {}", factor.title, factor.levels[level].label)
                });
                (None, place.copied().unwrap_or(0), answers.join(", "))
            }
            _ => {
                let place = level(0);
                steps.clear();
                (None, place, self.factors[0].levels[place].explanation.clone())
            }
        };
        let band = &self.bands[place];
        steps.push(Step::new("Band", working, &band.name));
        let text = match value {
            Some(value) => format!("{} {}", number(value), band.name),
            None => band.name.clone(),
        };
        let score = Score::new(value, &band.name, band.severity, text);
        Ok((score.ranked(value.unwrap_or(place as f64)), steps))
    }

    /// The place of the band that a value falls into. The lowest band takes
    /// whatever lies below it.
    fn band_of(&self, value: f64) -> usize {
        self.bands.iter().rposition(|b| b.from.is_some_and(|from| from <= value)).unwrap_or(0)
    }

    /// "from 5 to below 10".
    fn range_of(&self, place: usize) -> String {
        let from = |place: usize| self.bands.get(place).and_then(|band| band.from).map(number);
        match (place, from(place), from(place + 1)) {
            (0, _, Some(next)) => format!("below {next}"),
            (_, Some(from), Some(next)) => format!("from {from} to below {next}"),
            (_, Some(from), None) => format!("from {from}"),
            _ => String::new(),
        }
    }

    /// The name used in data.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name that readers see.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it is for, in Markdown.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What is asked. Empty for CVSS, which has [`Version::metrics`].
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// The results, mildest first.
    pub fn bands(&self) -> &[Band] {
        &self.bands
    }

    /// The version, where the framework is CVSS.
    pub fn cvss(&self) -> Option<Version> {
        match self.rule {
            Rule::Cvss(version) => Some(version),
            _ => None,
        }
    }
}

fn nothing() -> Framework {
    Framework {
        name: "none".into(),
        title: "No risk rating".into(),
        description: "Threats are not rated. What is done about each is decided by talking.".into(),
        factors: Vec::new(),
        bands: Vec::new(),
        rule: Rule::Nothing,
        notes: Notes {
            when: &[
                "A team deals with every threat that it finds, in any order.",
                "A model is so small that a rating would say nothing new.",
            ],
            when_not: &["There is more to do than time, and the order is in dispute."],
            limits: &["Threats cannot be sorted by risk, and a gate cannot ask for a level."],
            sources: &[],
        },
    }
}

fn cvss_framework(version: Version) -> Framework {
    let (title, description, notes) = match version {
        Version::V31 => ("CVSS 3.1", reference::CVSS_31, reference::CVSS_31_NOTES),
        Version::V40 => ("CVSS 4.0", reference::CVSS_40, reference::CVSS_40_NOTES),
    };
    let from = [0.0, 0.1, 4.0, 7.0, 9.0];
    let bands = Severity::ALL.into_iter().zip(from);
    Framework {
        name: version.framework().into(),
        title: title.into(),
        description: description.into(),
        factors: Vec::new(),
        bands: bands.map(|(s, from)| Band::new(s.to_string(), Some(from), s)).collect(),
        rule: Rule::Cvss(version),
        notes,
    }
}

fn rate_vector(version: Version, input: &Input) -> Result<(Score, Vec<Step>), Vec<Problem>> {
    match input {
        Input::Text(text) => {
            let vector = Vector::parse(version, text)?;
            Ok(match version {
                Version::V31 => cvss::v3::rate(&vector),
                Version::V40 => cvss::v4::rate(&vector),
            })
        }
        Input::Factors(answers) => {
            let first = answers.keys().next().map_or("", String::as_str);
            let message =
                format!("{} takes a vector string, not answers to factors", version.prefix());
            let help = format!("write `{}/AV:N/...`", version.prefix());
            Err(vec![Problem::error(clip(first), message).help(help)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn built_in(name: &str) -> Framework {
        Framework::built_in(name).unwrap()
    }

    #[test]
    fn all_names_are_built_in() {
        for name in BUILT_IN {
            assert_eq!(built_in(name).name(), name);
        }
        assert!(Framework::built_in("magic").is_none());
    }

    #[test]
    fn a_word_is_enough() {
        let score = built_in("levels").score(&"high".into()).unwrap();
        assert_eq!(
            (score.text.as_str(), score.severity, score.value),
            ("High", Severity::High, None)
        );
        let problem = built_in("levels").score(&"extreme".into()).unwrap_err().remove(0);
        assert_eq!(problem.message, "`extreme` is no answer to `level`");
        assert_eq!(problem.help.as_deref(), Some("use `1` (Low), `2` (Medium), `3` (High)"));
        let score = |word: &str| built_in("levels").score(&word.into()).unwrap();
        assert!(score("Low") < score("MEDIUM") && score("medium") < score("3"));
    }

    #[test]
    fn numbers_and_labels_mix() {
        let answers = [
            ("likelihood".into(), Answer::Text("almost-certain".into())),
            ("impact".into(), Answer::Number(4.0)),
        ];
        let (score, steps) =
            built_in("likelihood-impact").rate(&Input::Factors(answers.into())).unwrap();
        assert_eq!(score.text, "20 Critical");
        let shown: Vec<String> =
            steps.iter().map(|s| format!("{}: {} = {}", s.label, s.working, s.result)).collect();
        assert_eq!(
            shown,
            [
                "Likelihood: Almost certain = 5",
                "Impact: Major = 4",
                "Score: Likelihood * Impact = 5 * 4 = 20",
                "Band: from 20 = Critical",
            ]
        );
    }

    #[test]
    fn every_wrong_answer_is_named() {
        let input = [("likelyhood", 3.0), ("impact", 6.0)].into();
        let problems = built_in("likelihood-impact").score(&input).unwrap_err();
        let found: Vec<_> =
            problems.iter().map(|p| (p.key.as_str(), p.help.as_deref().unwrap())).collect();
        assert_eq!(found[0], ("likelyhood", "did you mean `likelihood`?"));
        assert_eq!(found[1].0, "impact");
        let problem = built_in("likelihood-impact").score(&"high".into()).unwrap_err().remove(0);
        assert_eq!(problem.message, "`high` does not answer the factors one by one");
    }

    #[test]
    fn nothing_asks_for_nothing() {
        let none = built_in("none");
        assert!(!none.rates());
        assert_eq!(none.score(&"".into()).unwrap().severity, Severity::None);
        assert_eq!(
            none.score(&"high".into()).unwrap_err()[0].message,
            "threats are not rated in this book"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}", value in any::<f64>(), key in "[a-z-]{0,12}") {
            for name in BUILT_IN {
                let framework = built_in(name);
                let _ = framework.score(&Input::Text(text.clone()));
                let answers = [(key.clone(), Answer::Number(value)), (text.clone(), Answer::Text(text.clone()))];
                let _ = framework.score(&Input::Factors(answers.into()));
                let all = framework.factors().iter().map(|f| (f.name.clone(), Answer::Number(value)));
                let _ = framework.score(&Input::Factors(all.collect()));
            }
        }

        #[test]
        fn scores_stay_in_their_range(seed in proptest::collection::vec(0usize..1000, 16)) {
            for (name, most) in [("likelihood-impact", 25.0), ("dread", 10.0), ("owasp", 0.0)] {
                let framework = built_in(name);
                let answers = framework.factors().iter().zip(&seed).map(|(factor, seed)| {
                    let values = factor.values();
                    (factor.name.clone(), Answer::Number(values[seed % values.len()]))
                });
                let score = framework.score(&Input::Factors(answers.collect())).unwrap();
                prop_assert!((0.0..=most).contains(&score.value.unwrap_or(0.0)));
                prop_assert!(framework.bands().iter().any(|band| band.name == score.band));
            }
        }
    }
}
