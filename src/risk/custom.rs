//! Frameworks that a book declares: factors, and a formula or a matrix.

use super::factor::Factor;
use super::formula::{FUNCTIONS, Formula};
use super::problem::{Problem, clip, one_of, suggest};
use super::reference::Notes;
use super::score::{Band, number};
use super::{BUILT_IN, Framework, Rule};

/// The most factors, levels of a factor, or bands.
const MOST: usize = 50;

/// How many combinations of answers are tried out to know a formula's range.
const MOST_TRIED: usize = 20_000;

/// A framework as it stands in the book's configuration.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Declaration {
    /// The name used in data.
    pub name: String,
    /// The name that readers see; the name itself where it is empty.
    pub title: String,
    /// What it is for, in Markdown.
    pub description: String,
    /// What is asked.
    pub factors: Vec<Factor>,
    /// The score as a formula over the factors' names ...
    pub formula: Option<String>,
    /// ... or the band as a matrix of two factors.
    pub matrix: Option<Matrix>,
    /// The results, in any order.
    pub bands: Vec<Band>,
}

/// The band for each pair of levels of two factors.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matrix {
    /// The factor whose levels are the rows.
    pub rows: String,
    /// The factor whose levels are the columns.
    pub columns: String,
    /// Names of bands: a row per level of `rows`, in the order of its levels.
    pub cells: Vec<Vec<String>>,
}

impl Declaration {
    /// Checks the declaration. There is a framework when no problem is an error.
    pub fn check(&self) -> (Option<Framework>, Vec<Problem>) {
        let mut problems = Vec::new();
        self.check_names(&mut problems);
        for (place, factor) in self.factors.iter().enumerate() {
            check_factor(&format!("factors.{place}"), factor, &mut problems);
        }
        let bands = self.check_bands(&mut problems);
        let rule = self.check_rule(&bands, &mut problems);
        let framework = Framework {
            name: self.name.clone(),
            title: if self.title.is_empty() { self.name.clone() } else { self.title.clone() },
            description: self.description.clone(),
            factors: self.factors.iter().map(titled).collect(),
            bands,
            rule: rule.unwrap_or(Rule::Nothing),
            notes: Notes::default(),
        };
        if problems.iter().all(|problem| problem.warning) {
            framework.check_range(&mut problems);
        }
        let sound = problems.iter().all(|problem| problem.warning);
        (sound.then_some(framework), problems)
    }

    fn check_names(&self, problems: &mut Vec<Problem>) {
        if !is_name(&self.name) {
            problems.push(bad_name("name", &self.name));
        } else if BUILT_IN.contains(&self.name.as_str()) {
            let message = format!("`{}` is the name of a framework built in", self.name);
            problems.push(Problem::error("name", message).help("give yours another name"));
        }
        if self.description.trim().is_empty() {
            let message = format!("framework `{}` has no description", clip(&self.name));
            let help = "say in a sentence what it measures and when to use it";
            problems.push(Problem::warning("description", message).help(help));
        }
        if self.factors.is_empty() {
            let help = "ask at least one question, with its answers as levels";
            problems.push(Problem::error("factors", "the framework has no factors").help(help));
        }
        too_many("factors", self.factors.len(), problems);
        too_many("bands", self.bands.len(), problems);
        for (place, factor) in self.factors.iter().enumerate() {
            let key = format!("factors.{place}.name");
            if !is_name(&factor.name) {
                problems.push(bad_name(&key, &factor.name));
            } else if FUNCTIONS.contains(&factor.name.as_str()) {
                let message = format!("`{}` is a function of formulas", factor.name);
                problems.push(Problem::error(&key, message).help("give the factor another name"));
            }
            if self.factors[..place].iter().any(|other| other.name == factor.name) {
                let message = format!("factor `{}` is declared twice", clip(&factor.name));
                problems.push(Problem::error(&key, message).help("rename or remove one"));
            }
        }
    }

    /// The bands, mildest first.
    fn check_bands(&self, problems: &mut Vec<Problem>) -> Vec<Band> {
        let numbered = self.formula.is_some();
        if self.bands.is_empty() {
            let help = "declare at least one, with a name and a severity";
            problems.push(Problem::error("bands", "the framework has no bands").help(help));
        }
        for (place, band) in self.bands.iter().enumerate() {
            let key = |field: &str| format!("bands.{place}.{field}");
            let earlier = &self.bands[..place];
            if band.name.trim().is_empty() {
                problems.push(Problem::error(key("name"), "a band has no name"));
            } else if earlier.iter().any(|other| other.name == band.name) {
                let message = format!("band `{}` is declared twice", clip(&band.name));
                problems.push(Problem::error(key("name"), message).help("rename or remove one"));
            }
            match band.from {
                None if numbered => {
                    let message =
                        format!("band `{}` does not say where it starts", clip(&band.name));
                    let help = "add `from`, the lowest score of the band";
                    problems.push(Problem::error(key("from"), message).help(help));
                }
                Some(from) if !from.is_finite() => {
                    problems.push(Problem::error(key("from"), "`from` is not a finite number"));
                }
                Some(_) if !numbered && self.matrix.is_some() => {
                    let message =
                        format!("band `{}` has a `from` that nothing uses", clip(&band.name));
                    let help = "a matrix names bands; remove `from`";
                    problems.push(Problem::warning(key("from"), message).help(help));
                }
                Some(from) if earlier.iter().any(|other| other.from == Some(from)) => {
                    let message = format!("two bands start at {}", number(from));
                    problems.push(Problem::error(key("from"), message).help("move one of them"));
                }
                _ => {}
            }
        }
        let mut bands = self.bands.clone();
        if numbered {
            bands.sort_by(|a, b| a.from.unwrap_or(0.0).total_cmp(&b.from.unwrap_or(0.0)));
            let falls = |pair: &&[Band]| pair[0].severity > pair[1].severity;
            if let Some([low, high]) = bands.windows(2).find(falls) {
                let message = format!(
                    "band `{}` starts higher than `{}` and is less severe",
                    clip(&high.name),
                    clip(&low.name)
                );
                let help = "a higher score must be a worse one: turn the formula round";
                problems.push(Problem::error("bands", message).help(help));
            }
        } else {
            bands.sort_by_key(|band| band.severity);
        }
        bands
    }

    fn check_rule(&self, bands: &[Band], problems: &mut Vec<Problem>) -> Option<Rule> {
        match (&self.formula, &self.matrix) {
            (Some(text), None) => self.check_formula(text, problems),
            (None, Some(matrix)) => self.check_matrix(matrix, bands, problems),
            (None, None) => {
                let help = "add `formula`, or `matrix` with rows, columns and cells";
                let message = "the framework has neither a formula nor a matrix";
                problems.push(Problem::error("", message).help(help));
                None
            }
            (Some(_), Some(_)) => {
                let message = "the framework has a formula and a matrix";
                problems.push(Problem::error("matrix", message).help("keep one of the two"));
                None
            }
        }
    }

    fn check_formula(&self, text: &str, problems: &mut Vec<Problem>) -> Option<Rule> {
        let names: Vec<&str> = self.factors.iter().map(|factor| factor.name.as_str()).collect();
        match Formula::parse(text, &names) {
            Ok(formula) => {
                self.warn_unused(|factor| formula.uses(factor), "the formula", problems);
                Some(Rule::Formula(formula))
            }
            Err(problem) => {
                problems.push(problem);
                None
            }
        }
    }

    fn check_matrix(
        &self,
        matrix: &Matrix,
        bands: &[Band],
        problems: &mut Vec<Problem>,
    ) -> Option<Rule> {
        let before = problems.len();
        let names: Vec<&str> = self.factors.iter().map(|factor| factor.name.as_str()).collect();
        let mut find = |key: &str, name: &str| {
            let place = names.iter().position(|known| *known == name);
            if place.is_none() {
                let message = format!("`{}` is not a factor of the framework", clip(name));
                problems.push(Problem::error(key, message).help(suggest(name, &names)));
            }
            place
        };
        let rows = find("matrix.rows", &matrix.rows);
        let columns = find("matrix.columns", &matrix.columns);
        let (rows, columns) = (rows?, columns?);
        if rows == columns {
            let message = format!("rows and columns are both `{}`", matrix.rows);
            problems.push(Problem::error("matrix.columns", message).help("use two factors"));
        }
        for factor in [rows, columns] {
            if self.factors[factor].range.is_some() {
                let message = format!("factor `{}` has a range, not levels", names[factor]);
                let help = "a matrix needs levels; remove the range";
                problems
                    .push(Problem::error(format!("factors.{factor}.range"), message).help(help));
            }
        }
        let (height, width) = (self.factors[rows].levels.len(), self.factors[columns].levels.len());
        if matrix.cells.len() != height {
            let message = format!("the matrix has {} rows, not {height}", matrix.cells.len());
            let help = format!("write one row for each level of `{}`", names[rows]);
            problems.push(Problem::error("matrix.cells", message).help(help));
        }
        let known: Vec<&str> = bands.iter().map(|band| band.name.as_str()).collect();
        let mut cells = Vec::new();
        for (y, row) in matrix.cells.iter().enumerate() {
            if row.len() != width {
                let message =
                    format!("row {} of the matrix has {} cells, not {width}", y + 1, row.len());
                let help = format!("write one cell for each level of `{}`", names[columns]);
                problems.push(Problem::error(format!("matrix.cells.{y}"), message).help(help));
            }
            let mut places = Vec::new();
            for (x, name) in row.iter().enumerate() {
                match known.iter().position(|band| band == name) {
                    Some(place) => places.push(place),
                    None => {
                        let message = format!("`{}` is not a band of the framework", clip(name));
                        let key = format!("matrix.cells.{y}.{x}");
                        problems.push(Problem::error(key, message).help(suggest(name, &known)));
                    }
                }
            }
            cells.push(places);
        }
        for (place, band) in self.bands.iter().enumerate() {
            if !matrix.cells.iter().flatten().any(|cell| *cell == band.name) {
                let message = format!("no cell of the matrix leads to band `{}`", clip(&band.name));
                problems.push(Problem::warning(format!("bands.{place}"), message));
            }
        }
        self.warn_unused(|factor| factor == rows || factor == columns, "the matrix", problems);
        let sound = problems[before..].iter().all(|problem| problem.warning);
        sound.then_some(Rule::Matrix { rows, columns, cells })
    }

    fn warn_unused(&self, used: impl Fn(usize) -> bool, by: &str, problems: &mut Vec<Problem>) {
        for (place, factor) in self.factors.iter().enumerate().filter(|(place, _)| !used(*place)) {
            let message =
                format!("factor `{}` is asked for, but {by} does not use it", clip(&factor.name));
            let help = "use it or remove it";
            problems.push(Problem::warning(format!("factors.{place}"), message).help(help));
        }
    }
}

impl Framework {
    /// Tries answers out: does the formula always have a result, and does it
    /// reach every band?
    fn check_range(&self, problems: &mut Vec<Problem>) {
        let Rule::Formula(formula) = &self.rule else { return };
        let Some(combinations) = combinations(&self.factors) else { return };
        let mut reached = vec![false; self.bands.len()];
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for values in combinations {
            let Some(value) = formula.evaluate(&values) else {
                let message = format!(
                    "the formula has no result for some answers, such as {}",
                    formula.with_numbers(&values)
                );
                let help = "see that it never divides by zero";
                problems.push(Problem::error("formula", message).help(help));
                return;
            };
            (low, high) = (low.min(value), high.max(value));
            reached[self.band_of(value)] = true;
        }
        for (band, _) in self.bands.iter().zip(reached).filter(|(_, reached)| !reached) {
            let message = format!("no answers lead to band `{}`", clip(&band.name));
            let help = format!("scores go from {} to {}", number(low), number(high));
            problems.push(Problem::warning("bands", message).help(help));
        }
        if let Some(band) = self.bands.first().filter(|b| b.from.is_some_and(|from| low < from)) {
            let message = format!("scores go down to {}, below the lowest band", number(low));
            let help = format!("they count as `{}`; let it start there", clip(&band.name));
            problems.push(Problem::warning("bands", message).help(help));
        }
    }
}

/// All combinations of answers; where they are too many, the extremes of each
/// factor; `None` where those are too many as well.
fn combinations(factors: &[Factor]) -> Option<Vec<Vec<f64>>> {
    let all: Vec<Vec<f64>> = factors.iter().map(Factor::values).collect();
    let extremes = all.iter().map(|values| {
        let ends =
            [values.iter().copied().reduce(f64::min), values.iter().copied().reduce(f64::max)];
        ends.into_iter().flatten().collect::<Vec<f64>>()
    });
    let few = |sets: &[Vec<f64>]| {
        let count = sets.iter().try_fold(1usize, |n, set| n.checked_mul(set.len()));
        count.is_some_and(|count| count <= MOST_TRIED)
    };
    let sets = if few(&all) { all } else { extremes.collect() };
    few(&sets).then(|| {
        sets.iter().fold(vec![Vec::new()], |done, set| {
            done.iter()
                .flat_map(|start| set.iter().map(move |v| [start.as_slice(), &[*v]].concat()))
                .collect()
        })
    })
}

fn titled(factor: &Factor) -> Factor {
    let mut factor = factor.clone();
    if factor.title.is_empty() {
        factor.title.clone_from(&factor.name);
    }
    factor
}

fn check_factor(key: &str, factor: &Factor, problems: &mut Vec<Problem>) {
    let name = clip(&factor.name);
    if factor.question.trim().is_empty() {
        let message = format!("factor `{name}` is not documented");
        let help = "add `question`: what must somebody ask to answer it?";
        problems.push(Problem::warning(format!("{key}.question"), message).help(help));
    }
    too_many(&format!("{key}.levels"), factor.levels.len(), problems);
    match factor.range {
        Some((low, high)) => {
            let sound = low.fract() == 0.0 && high.fract() == 0.0 && low < high;
            if !sound || high - low > 1000.0 {
                let message = format!("the range of factor `{name}` does not work");
                let help = "use two whole numbers, the lower one first, at most 1000 apart";
                problems.push(Problem::error(format!("{key}.range"), message).help(help));
            }
        }
        None if factor.levels.is_empty() => {
            let help = "add `levels`, each with a value, a label and an explanation";
            let message = format!("factor `{name}` has no levels");
            problems.push(Problem::error(format!("{key}.levels"), message).help(help));
        }
        None => {}
    }
    let mut undocumented = Vec::new();
    for (place, level) in factor.levels.iter().enumerate() {
        let key = |field: &str| format!("{key}.levels.{place}.{field}");
        let earlier = &factor.levels[..place];
        if !level.value.is_finite() {
            problems.push(Problem::error(key("value"), "a level's value is not a finite number"));
        } else if earlier.iter().any(|other| other.value == level.value) {
            let message = format!("two levels of `{name}` have the value {}", number(level.value));
            problems.push(Problem::error(key("value"), message).help("give each its own value"));
        }
        if factor.range.is_some_and(|(low, high)| level.value < low || level.value > high) {
            let message = format!("level {} of `{name}` is out of its range", number(level.value));
            problems.push(Problem::error(key("value"), message));
        }
        if level.label.trim().is_empty() {
            let message = format!("level {} of `{name}` has no label", number(level.value));
            problems.push(Problem::error(key("label"), message).help("name it in a word or two"));
        } else if earlier.iter().any(|o| o.label.to_lowercase() == level.label.to_lowercase()) {
            let message = format!("two levels of `{name}` are called `{}`", clip(&level.label));
            problems.push(Problem::error(key("label"), message).help("give each its own label"));
        } else if level.explanation.trim().is_empty() {
            undocumented.push((place, level.label.as_str()));
        }
    }
    if let Some((first, _)) = undocumented.first() {
        let labels: Vec<&str> = undocumented.iter().map(|(_, label)| *label).collect();
        let message =
            format!("levels of factor `{name}` are not documented: {}", labels.join(", "));
        let help = "add `explanation`: when is this the answer?";
        let key = format!("{key}.levels.{first}.explanation");
        problems.push(Problem::warning(key, message).help(help));
    }
}

fn too_many(key: &str, count: usize, problems: &mut Vec<Problem>) {
    if count > MOST {
        let message = format!("{count} are too many; at most {MOST} work");
        problems.push(Problem::error(key, message));
    }
}

fn is_name(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    starts && rest && !name.ends_with('-') && name.len() <= 40
}

fn bad_name(key: &str, name: &str) -> Problem {
    let help =
        format!("use small letters, digits and hyphens, such as {}", one_of(&["data-value"]));
    Problem::error(key, format!("`{}` does not work as a name", clip(name))).help(help)
}

#[cfg(test)]
mod tests;
