//! The page that explains a framework to the people who use it, as Markdown.
//! It has no first-level heading: the page's title is the framework's.

use std::fmt::Write;

use super::cvss::{Group, Version};
use super::factor::{Answer, Factor, Input};
use super::owasp;
use super::score::{Step, number};
use super::{Framework, Rule};

/// What is known about a framework built in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Notes {
    pub when: &'static [&'static str],
    pub when_not: &'static [&'static str],
    pub limits: &'static [&'static str],
    /// Titles and addresses.
    pub sources: &'static [(&'static str, &'static str)],
}

pub(crate) const CVSS_31: &str = "The Common Vulnerability Scoring System measures how severe a vulnerability is, from 0 to 10. A vector string lists what was judged; the score follows from it.";

pub(crate) const CVSS_31_NOTES: Notes = Notes {
    when: &[
        "The threat is a concrete vulnerability, and others who speak CVSS read the model.",
        "A policy asks for a CVSS 3.1 vector.",
    ],
    when_not: &[
        "The threat is an idea about a design that is not built: most metrics would be guesses.",
        "You want risk. CVSS measures severity; likelihood and business impact are not in it.",
    ],
    limits: &[
        "The base score is the same for everybody. Environmental metrics fit it to your system.",
        "Scope is hard to judge, and raises scores much. Version 4.0 dropped it.",
        "There are only 101 scores, and many different vectors share one. Keep the vector.",
    ],
    sources: &[
        (
            "CVSS v3.1: Specification Document",
            "https://www.first.org/cvss/v3.1/specification-document",
        ),
        ("CVSS v3.1: Examples", "https://www.first.org/cvss/v3.1/examples"),
        ("CVSS is owned and managed by FIRST.Org, Inc.", "https://www.first.org/cvss/"),
    ],
};

pub(crate) const CVSS_40: &str = "The Common Vulnerability Scoring System measures how severe a vulnerability is, from 0 to 10. Version 4.0 keeps the vulnerable system apart from other systems, and names with each score which metrics it rests on.";

pub(crate) const CVSS_40_NOTES: Notes = Notes {
    when: &[
        "The threat is a concrete vulnerability, and others who speak CVSS read the model.",
        "Harm to other systems, or to people, must be told apart from harm to the system itself.",
    ],
    when_not: &[
        "The threat is an idea about a design that is not built: most metrics would be guesses.",
        "You want risk. CVSS measures severity; likelihood and business impact are not in it.",
    ],
    limits: &[
        "The scores of the 270 MacroVectors come from experts' comparisons, not from a formula.",
        "CVSS-B without threat and environmental metrics takes the worst case for both.",
        "Supplemental metrics do not change the score.",
        "Numbers do not compare with those of 3.1.",
    ],
    sources: &[
        (
            "CVSS v4.0: Specification Document",
            "https://www.first.org/cvss/v4.0/specification-document",
        ),
        ("CVSS v4.0: Examples", "https://www.first.org/cvss/v4.0/examples"),
        ("CVSS is owned and managed by FIRST.Org, Inc.", "https://www.first.org/cvss/"),
    ],
};

impl Framework {
    /// The framework's page. Worked examples from models follow it; [`table`]
    /// prints their steps.
    pub fn reference(&self) -> String {
        let mut page = String::new();
        section(&mut page, "", &self.description);
        section(&mut page, "What is asked", &self.asked());
        section(&mut page, "How the score comes about", &self.formula());
        section(&mut page, "Bands", &self.band_table());
        if let Some(input) = self.example()
            && let Ok((score, steps)) = self.rate(&input)
        {
            let text = format!(
                "{}\n\nThe result: **{}**.\n\n{}",
                written(&self.factors, &input),
                score.text,
                table(&steps)
            );
            section(&mut page, "An example", &text);
        }
        section(&mut page, "When to use it", &list(self.notes.when));
        section(&mut page, "When not to use it", &list(self.notes.when_not));
        section(&mut page, "Limits", &list(self.notes.limits));
        let sources =
            self.notes.sources.iter().map(|(title, address)| format!("- {title}: <{address}>\n"));
        section(&mut page, "Sources", &sources.collect::<String>());
        page
    }

    fn asked(&self) -> String {
        if let Some(version) = self.cvss() {
            return metrics(version);
        }
        let mut text = String::new();
        let mut group = "";
        for factor in &self.factors {
            if factor.group != group {
                group = &factor.group;
                let _ = writeln!(text, "### {group}\n");
            }
            text.push_str(&asked(factor));
        }
        text
    }

    /// The rule in words and symbols.
    fn formula(&self) -> String {
        match &self.rule {
            Rule::Nothing => String::new(),
            Rule::Choice => "The answer is the band.".into(),
            Rule::Formula(formula) => {
                let names: Vec<&str> = self.factors.iter().map(|f| f.name.as_str()).collect();
                format!("```text\nscore = {}\n```", formula.with_names(&names))
            }
            Rule::Matrix { rows, columns, cells } => {
                let (rows, columns) = (&self.factors[*rows], &self.factors[*columns]);
                let labels = |factor: &Factor| -> Vec<String> {
                    factor.levels.iter().map(|level| level.label.clone()).collect()
                };
                let names = |row: &Vec<usize>| -> Vec<String> {
                    row.iter().map(|place| self.bands[*place].name.clone()).collect()
                };
                let cells: Vec<Vec<String>> = cells.iter().map(names).collect();
                matrix(&rows.title, &columns.title, &labels(rows), &labels(columns), &cells)
            }
            Rule::Cvss(Version::V31) => FORMULA_31.into(),
            Rule::Cvss(Version::V40) => FORMULA_40.into(),
            Rule::Owasp => {
                let bands =
                    |row: [usize; 3]| row.map(|place| self.bands[place].name.clone()).to_vec();
                let levels = owasp::LEVELS.map(String::from);
                let cells: Vec<Vec<String>> = owasp::MATRIX.map(bands).to_vec();
                let table = matrix("Impact", "Likelihood", &levels, &levels, &cells);
                format!("{FORMULA_OWASP}\n\n{table}")
            }
        }
    }

    fn band_table(&self) -> String {
        if self.bands.is_empty() {
            return String::new();
        }
        let numbered = self.bands.iter().any(|band| band.from.is_some());
        let mut rows = Vec::new();
        for (place, band) in self.bands.iter().enumerate() {
            let mut row = vec![band.name.clone(), band.severity.to_string()];
            if numbered {
                row.insert(1, self.range_of(place));
            }
            rows.push(row);
        }
        let head: &[&str] =
            if numbered { &["Band", "Score", "Severity"] } else { &["Band", "Severity"] };
        grid(head, &rows)
    }

    /// An input to show, for frameworks built in.
    fn example(&self) -> Option<Input> {
        let text = match self.name.as_str() {
            "levels" => "medium",
            "cvss-3.1" => "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",
            "cvss-4.0" => "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P",
            "likelihood-impact" => return Some([("likelihood", 3.0), ("impact", 4.0)].into()),
            "dread" => return Some(self.answers(&[8.0, 10.0, 7.0, 9.0, 10.0])),
            "owasp" => return Some(self.answers(&owasp::EXAMPLE)),
            _ => return None,
        };
        Some(text.into())
    }

    fn answers(&self, values: &[f64]) -> Input {
        let answers = self.factors.iter().zip(values);
        Input::Factors(answers.map(|(f, v)| (f.name.clone(), Answer::Number(*v))).collect())
    }
}

const FORMULA_31: &str = "\
The letters stand for the weights of the values in the tables above.

```text
ISS            = 1 − (1 − C) × (1 − I) × (1 − A)
Impact         = 6.42 × ISS                                       scope unchanged
               = 7.52 × (ISS − 0.029) − 3.25 × (ISS − 0.02)^15    scope changed
Exploitability = 8.22 × AV × AC × PR × UI
Base score     = 0                                                impact 0 or less
               = roundup(min(Impact + Exploitability, 10))        scope unchanged
               = roundup(min(1.08 × (Impact + Exploitability), 10))   scope changed
Temporal score = roundup(Base score × E × RL × RC)
```

With a changed scope, `PR:L` weighs 0.68 and `PR:H` 0.5. `roundup` goes up to the next number with one decimal.

The environmental score uses modified metrics where they are given:

```text
MISS  = min(1 − (1 − CR × MC) × (1 − IR × MI) × (1 − AR × MA), 0.915)
MImp  = 6.42 × MISS                                               scope unchanged
      = 7.52 × (MISS − 0.029) − 3.25 × (MISS × 0.9731 − 0.02)^13  scope changed
Score = roundup(roundup(min(MImp + MExp, 10)) × E × RL × RC)      scope unchanged
      = roundup(roundup(min(1.08 × (MImp + MExp), 10)) × E × RL × RC)
```

The score of a vector is the environmental one if it has such metrics, else the temporal one, else the base score.";

const FORMULA_40: &str = "\
1. Modified metrics replace base metrics. `E`, `CR`, `IR` and `AR` count as their most severe value where they are not given. Without any impact the score is 0.
2. The metrics fall into six classes, EQ1 to EQ6. The levels of the classes make the MacroVector, six digits, 0 the most severe. A table gives each of the 270 MacroVectors a score: that of its most severe vectors.
3. In each class, the distance is the number of steps from a most severe vector to this one. The depth is the number of steps that lead out of the level. The gap is the difference to the score of the next MacroVector down. The class lowers the score by gap × distance ÷ depth. EQ3 and EQ6 count as one class.
4. The mean of these, over classes that have a MacroVector below, is taken off the score of the MacroVector. The result is rounded to one decimal.

| Class | Level 0 | Level 1 | Level 2 |
| --- | --- | --- | --- |
| EQ1 | `AV:N`, `PR:N` and `UI:N` | one or two of them, and not `AV:P` | none of them, or `AV:P` |
| EQ2 | `AC:L` and `AT:N` | all else | |
| EQ3 | `VC:H` and `VI:H` | not both, but one of `VC:H`, `VI:H`, `VA:H` | none of them |
| EQ4 | `MSI:S` or `MSA:S` | neither, but one of `SC:H`, `SI:H`, `SA:H` | none of them |
| EQ5 | `E:A` | `E:P` | `E:U` |
| EQ6 | a high impact meets a high requirement: `VC:H` and `CR:H`, `VI:H` and `IR:H`, or `VA:H` and `AR:H` | all else | |

The score is called CVSS-B, CVSS-BT, CVSS-BE or CVSS-BTE after the groups that it rests on: base, threat, environmental.";

const FORMULA_OWASP: &str = "\
- Likelihood is the mean of the eight factors of threat agent and vulnerability.
- Impact is the mean of the four business factors. Where they are not known, the four technical factors count.
- Each mean has a level: LOW below 3, MEDIUM from 3 to below 6, HIGH from 6. The levels give the severity:";

fn section(page: &mut String, title: &str, text: &str) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    if !page.is_empty() {
        page.push('\n');
    }
    if !title.is_empty() {
        let _ = writeln!(page, "## {title}\n");
    }
    let _ = writeln!(page, "{text}");
}

fn asked(factor: &Factor) -> String {
    let mut text =
        format!("**{}** (`{}`). {}", line(&factor.title), factor.name, line(&factor.question));
    if let Some((low, high)) = factor.range {
        let _ = write!(text, " Any whole number from {} to {}.", number(low), number(high));
    }
    text.push_str("\n\n");
    if factor.levels.is_empty() {
        return text;
    }
    let explained = factor.levels.iter().any(|level| !level.explanation.is_empty());
    let rows: Vec<Vec<String>> = factor
        .levels
        .iter()
        .map(|level| {
            let mut row = vec![number(level.value), level.label.clone()];
            row.extend(explained.then(|| level.explanation.clone()));
            row
        })
        .collect();
    let head: &[&str] = if explained { &["Value", "Answer", "When"] } else { &["Value", "Answer"] };
    text + &grid(head, &rows) + "\n"
}

fn metrics(version: Version) -> String {
    let mut text = format!(
        "A vector string starts with `{}`, and each metric follows after a slash. Base metrics are required. The others may be left out or set to `X`, not defined.\n\n",
        version.prefix()
    );
    let mut groups: Vec<Group> = Vec::new();
    for metric in version.metrics() {
        if !groups.contains(&metric.group) {
            groups.push(metric.group);
        }
    }
    let weighs = version == Version::V31;
    for group in groups {
        let rows: Vec<Vec<String>> = version
            .metrics()
            .iter()
            .filter(|metric| metric.group == group)
            .map(|metric| {
                let values =
                    metric.values.iter().map(|value| match weighs && !metric.key.ends_with('S') {
                        true => {
                            format!("`{}` {} ({})", value.key, value.name, number(value.weight))
                        }
                        false => format!("`{}` {}", value.key, value.name),
                    });
                vec![
                    format!("`{}`", metric.key),
                    metric.name.into(),
                    metric.question.into(),
                    values.collect::<Vec<_>>().join(", "),
                ]
            })
            .collect();
        let _ = writeln!(text, "### {group:?}\n");
        text.push_str(&grid(&["Metric", "Name", "Question", "Values"], &rows));
        text.push('\n');
    }
    text
}

/// How an author writes the input.
fn written(factors: &[Factor], input: &Input) -> String {
    match input {
        Input::Text(text) => format!("```yaml\nrisk: {text}\n```"),
        Input::Factors(answers) => {
            let lines = factors.iter().filter_map(|factor| {
                Some(match answers.get(&factor.name)? {
                    Answer::Number(value) => format!("  {}: {}\n", factor.name, number(*value)),
                    Answer::Text(text) => format!("  {}: {text}\n", factor.name),
                })
            });
            format!("```yaml\nrisk:\n{}```", lines.collect::<String>())
        }
    }
}

/// Steps as a table.
pub fn table(steps: &[Step]) -> String {
    let rows: Vec<Vec<String>> = steps
        .iter()
        .map(|step| vec![step.label.clone(), step.working.clone(), step.result.clone()])
        .collect();
    // Formulas hold `*` and names may hold `_`: neither must turn into emphasis.
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.into_iter().map(|cell| escape(&cell)).collect()).collect();
    grid(&["Step", "Working", "Result"], &rows)
}

fn matrix(
    rows: &str,
    columns: &str,
    row_labels: &[String],
    column_labels: &[String],
    cells: &[Vec<String>],
) -> String {
    let corner = format!("{rows} ↓ {columns} →");
    let head: Vec<&str> =
        std::iter::once(corner.as_str()).chain(column_labels.iter().map(String::as_str)).collect();
    let body: Vec<Vec<String>> = row_labels
        .iter()
        .zip(cells)
        .map(|(label, cells)| std::iter::once(label).chain(cells).cloned().collect())
        .collect();
    grid(&head, &body)
}

/// A Markdown table.
fn grid(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    let mut push = |cells: Vec<String>| {
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    push(head.iter().map(|cell| line(cell)).collect());
    push(vec!["---".into(); head.len()]);
    for row in rows {
        push(row.iter().map(|cell| line(cell)).collect());
    }
    text
}

fn list(items: &[&str]) -> String {
    items.iter().map(|item| format!("- {item}\n")).collect()
}

/// Text that stays on its line and in its cell.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// Text that is not Markdown.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' | '&' | '~' | '^') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::BUILT_IN;
    use super::*;

    #[test]
    fn every_framework_explains_itself() {
        for name in BUILT_IN {
            let framework = Framework::built_in(name).unwrap();
            let page = framework.reference();
            assert!(page.starts_with(framework.description()), "{name}");
            assert!(page.contains("\n## When not to use it\n\n- "), "{name}");
            assert!(page.contains("\n## Limits\n\n- "), "{name}");
            assert_eq!(page.contains("\n## An example\n\n"), framework.rates(), "{name}");
            assert!(!page.contains("\n\n\n") && page.ends_with('\n'), "{name}");
            assert_eq!(page, framework.reference());
            // Rows of a table have the cells of its head.
            let pipes = |line: &str| line.replace("\\|", "").matches('|').count();
            let lines: Vec<&str> = page.lines().collect();
            for pair in lines.windows(2).filter(|pair| pair.iter().all(|l| l.starts_with('|'))) {
                assert_eq!(pipes(pair[0]), pipes(pair[1]), "{name}: {}", pair[1]);
            }
        }
    }

    #[test]
    fn the_page_shows_factors_formula_and_bands() {
        let page = Framework::built_in("likelihood-impact").unwrap().reference();
        for part in [
            "**Likelihood** (`likelihood`). How likely",
            "| 4 | Likely | Attackers do this to systems like ours. |",
            "score = likelihood * impact",
            "| High | from 10 to below 20 | High |",
            "| Score | Likelihood \\* Impact = 3 \\* 4 | 12 |",
            "The result: **12 High**.",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }

    #[test]
    fn cells_hold_any_text() {
        assert_eq!(line("a | b\nc"), "a \\| b c");
        let steps = [Step::new("a", "x * y_z", "<b>")];
        assert!(table(&steps).ends_with("| a | x \\* y\\_z | \\<b\\> |\n"));
    }
}
