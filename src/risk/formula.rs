//! The formula of a declared framework: a small language that can only count.
//!
//! `+ - * /`, parentheses, numbers, factor names, and `min`, `max`, `mean` of
//! one value or more. A name may hold hyphens, so a minus sign between two
//! names needs a space. Length and nesting are bounded.

use super::problem::{Problem, clip, suggest};
use super::score::number;

/// The most characters a formula may have.
pub const MAX_LENGTH: usize = 1000;
const MAX_DEPTH: usize = 32;

/// Names that a factor cannot have.
pub const FUNCTIONS: [&str; 3] = ["min", "max", "mean"];

/// A formula that was read without a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula(Expr);

#[derive(Debug, Clone, PartialEq)]
enum Expr {
    Number(f64),
    /// The place of the factor among the framework's factors.
    Factor(usize),
    Minus(Box<Expr>),
    Binary(char, Box<Expr>, Box<Expr>),
    Call(&'static str, Vec<Expr>),
}

impl Formula {
    /// Reads a formula over the named factors. Problems have the key `formula`
    /// and a span in it.
    pub fn parse(text: &str, factors: &[&str]) -> Result<Formula, Problem> {
        if text.chars().count() > MAX_LENGTH {
            return Err(Problem::error(
                "formula",
                format!("the formula is longer than {MAX_LENGTH} characters"),
            )
            .help("use fewer factors, or a matrix"));
        }
        let mut parser = Parser { text, at: 0, depth: 0, factors };
        let expr = parser.sum()?;
        match parser.peek() {
            None => Ok(Formula(expr)),
            Some(_) => Err(parser.unexpected("an operator or the end")),
        }
    }

    /// The product of all factors, for frameworks built in.
    pub(crate) fn product(count: usize) -> Formula {
        let product = (1..count).fold(Expr::Factor(0), |left, factor| {
            Expr::Binary('*', Box::new(left), Box::new(Expr::Factor(factor)))
        });
        Formula(product)
    }

    /// The mean of all factors, for frameworks built in.
    pub(crate) fn mean(count: usize) -> Formula {
        Formula(Expr::Call("mean", (0..count).map(Expr::Factor).collect()))
    }

    /// Works the formula out. `None` when it divides by zero or leaves the
    /// range of numbers.
    pub fn evaluate(&self, values: &[f64]) -> Option<f64> {
        // Sums of decimals such as 0.1 must not miss a band by their last bit.
        let value = (evaluate(&self.0, values)? * 1e9).round() / 1e9;
        value.is_finite().then_some(value)
    }

    /// The formula with names.
    pub fn with_names(&self, names: &[&str]) -> String {
        write(&self.0, 0, &|factor| names.get(factor).map_or_else(String::new, |n| n.to_string()))
    }

    /// The formula with numbers in place of names.
    pub fn with_numbers(&self, values: &[f64]) -> String {
        write(&self.0, 0, &|factor| values.get(factor).map_or_else(String::new, |v| number(*v)))
    }

    /// Whether the formula uses the factor at this place.
    pub fn uses(&self, factor: usize) -> bool {
        uses(&self.0, factor)
    }
}

fn evaluate(expr: &Expr, values: &[f64]) -> Option<f64> {
    let value = match expr {
        Expr::Number(value) => *value,
        Expr::Factor(factor) => *values.get(*factor)?,
        Expr::Minus(inner) => -evaluate(inner, values)?,
        Expr::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, values)?, evaluate(right, values)?);
            match operator {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                _ => left / right,
            }
        }
        Expr::Call(name, arguments) => {
            let arguments: Vec<f64> =
                arguments.iter().map(|a| evaluate(a, values)).collect::<Option<_>>()?;
            match *name {
                "min" => arguments.into_iter().reduce(f64::min)?,
                "max" => arguments.into_iter().reduce(f64::max)?,
                _ => arguments.iter().sum::<f64>() / arguments.len() as f64,
            }
        }
    };
    value.is_finite().then_some(value)
}

fn uses(expr: &Expr, factor: usize) -> bool {
    match expr {
        Expr::Number(_) => false,
        Expr::Factor(found) => *found == factor,
        Expr::Minus(inner) => uses(inner, factor),
        Expr::Binary(_, left, right) => uses(left, factor) || uses(right, factor),
        Expr::Call(_, arguments) => arguments.iter().any(|a| uses(a, factor)),
    }
}

/// Binding strength: a sum 1, a product 2, a sign 3.
fn strength(operator: char) -> u8 {
    if matches!(operator, '+' | '-') { 1 } else { 2 }
}

fn write(expr: &Expr, outer: u8, name: &dyn Fn(usize) -> String) -> String {
    let (inner, text) = match expr {
        Expr::Number(value) => (4, value.to_string()),
        Expr::Factor(factor) => (4, name(*factor)),
        Expr::Minus(inner) => (3, format!("-{}", write(inner, 4, name))),
        Expr::Binary(operator, left, right) => {
            let own = strength(*operator);
            let (left, right) = (write(left, own, name), write(right, own + 1, name));
            (own, format!("{left} {operator} {right}"))
        }
        Expr::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(|a| write(a, 0, name)).collect();
            (4, format!("{function}({})", arguments.join(", ")))
        }
    };
    if inner < outer { format!("({text})") } else { text }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    factors: &'a [&'a str],
}

impl<'a> Parser<'a> {
    /// The next character that is not a space.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn accept(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn error(&self, start: usize, message: impl std::fmt::Display) -> Problem {
        let column = self.text[..start].chars().count() + 1;
        let end = self.at.max(start);
        Problem::error("formula", format!("{message} at column {column}")).at(start..end)
    }

    fn unexpected(&mut self, wanted: &str) -> Problem {
        match self.peek() {
            Some(found) => {
                let start = self.at;
                self.at += found.len_utf8();
                self.error(start, format!("`{found}` stands where {wanted} is expected"))
                    .help("a formula is made of factor names, numbers, + - * /, parentheses, min, max and mean")
            }
            None => {
                let end = self.text.trim_end().len();
                self.at = end;
                self.error(end, format!("the formula ends where {wanted} is expected"))
            }
        }
    }

    fn sum(&mut self) -> Result<Expr, Problem> {
        self.chain(&['+', '-'], Parser::product)
    }

    fn product(&mut self) -> Result<Expr, Problem> {
        self.chain(&['*', '/'], Parser::value)
    }

    fn chain(
        &mut self,
        operators: &[char],
        part: fn(&mut Self) -> Result<Expr, Problem>,
    ) -> Result<Expr, Problem> {
        let mut left = part(self)?;
        while let Some(operator) = self.peek().filter(|c| operators.contains(c)) {
            self.at += 1;
            left = Expr::Binary(operator, Box::new(left), Box::new(part(self)?));
        }
        Ok(left)
    }

    fn value(&mut self) -> Result<Expr, Problem> {
        self.depth += 1;
        let start = self.at;
        if self.depth > MAX_DEPTH {
            return Err(self.error(start, format!("the formula nests deeper than {MAX_DEPTH}")));
        }
        let expr = match self.peek() {
            Some('-') => {
                self.at += 1;
                Expr::Minus(Box::new(self.value()?))
            }
            Some('(') => {
                self.at += 1;
                let inner = self.sum()?;
                self.close()?;
                inner
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.literal()?,
            Some(c) if c.is_ascii_alphabetic() => self.name()?,
            _ => return Err(self.unexpected("a factor, a number or `(`")),
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn close(&mut self) -> Result<(), Problem> {
        if self.accept(')') { Ok(()) } else { Err(self.unexpected("an operator or `)`")) }
    }

    fn literal(&mut self) -> Result<Expr, Problem> {
        let start = self.at;
        let text = self.take(|c| c.is_ascii_digit() || c == '.');
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Expr::Number(value)),
            _ => Err(self.error(start, format!("`{}` is not a number", clip(text)))),
        }
    }

    fn name(&mut self) -> Result<Expr, Problem> {
        let start = self.at;
        let text = self.take(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let function = FUNCTIONS.into_iter().find(|function| *function == text);
        if let Some(factor) = self.factors.iter().position(|factor| *factor == text) {
            return Ok(Expr::Factor(factor));
        }
        let end = self.at;
        let called = self.accept('(');
        match function {
            Some(function) if called => {
                let mut arguments = vec![self.sum()?];
                while self.accept(',') {
                    arguments.push(self.sum()?);
                }
                if !self.accept(')') {
                    return Err(self.unexpected("`,` or `)`"));
                }
                Ok(Expr::Call(function, arguments))
            }
            Some(function) => {
                self.at = end;
                Err(self
                    .error(start, format!("`{function}` has no values"))
                    .help(format!("write `{function}(a, b)`")))
            }
            None => {
                self.at = end;
                let kind = if called { "function" } else { "factor" };
                let known = if called { &FUNCTIONS } else { self.factors };
                let help = match text.contains('-') {
                    true => {
                        format!("{}; a minus sign needs a space before it", suggest(text, known))
                    }
                    false => suggest(text, known),
                };
                Err(self.error(start, format!("`{}` is not a {kind}", clip(text))).help(help))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 3] = ["reach", "data-value", "c"];

    fn value(text: &str) -> Option<f64> {
        Formula::parse(text, &NAMES).unwrap().evaluate(&[2.0, 3.0, 0.0])
    }

    #[test]
    fn counts() {
        assert_eq!(value("reach * data-value + 1"), Some(7.0));
        assert_eq!(value("1 + reach * data-value"), Some(7.0));
        assert_eq!(value("(1 + reach) * data-value"), Some(9.0));
        assert_eq!(value("10 - 3 - 2"), Some(5.0));
        assert_eq!(value("12 / 3 / 2"), Some(2.0));
        assert_eq!(value("-reach + 5 -reach"), Some(1.0));
        assert_eq!(value("mean(reach, data-value, 4)"), Some(3.0));
        assert_eq!(value("max(1, min(reach, 9)) * .5"), Some(1.0));
        assert_eq!(value("0.1 + 0.2"), Some(0.3));
        assert_eq!(value("reach / c"), None);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let cases = [
            ("", "the formula ends where a factor, a number or `(` is expected at column 1"),
            ("reach *", "the formula ends where a factor, a number or `(` is expected at column 8"),
            ("reach data-value", "`d` stands where an operator or the end is expected at column 7"),
            ("reach ^ 2", "`^` stands where an operator or the end is expected at column 7"),
            ("(reach + 2", "the formula ends where an operator or `)` is expected at column 11"),
            ("é", "`é` stands where a factor, a number or `(` is expected at column 1"),
            ("1 + raech", "`raech` is not a factor at column 5"),
            ("reach-c", "`reach-c` is not a factor at column 1"),
            ("sqrt(reach)", "`sqrt` is not a function at column 1"),
            ("mean", "`mean` has no values at column 1"),
            ("mean()", "`)` stands where a factor, a number or `(` is expected at column 6"),
            ("1.2.3", "`1.2.3` is not a number at column 1"),
        ];
        for (text, message) in cases {
            assert_eq!(Formula::parse(text, &NAMES).unwrap_err().message, message, "{text}");
        }
        let help = |text| Formula::parse(text, &NAMES).unwrap_err().help.unwrap();
        assert_eq!(help("1 + raech"), "did you mean `reach`?");
        assert!(help("reach-c").ends_with("a minus sign needs a space before it"));
    }

    #[test]
    fn is_bounded() {
        let deep = format!("{}1{}", "(".repeat(400), ")".repeat(400));
        let message = Formula::parse(&deep, &NAMES).unwrap_err().message;
        assert!(message.starts_with("the formula nests deeper than 32"), "{message}");
        assert!(Formula::parse(&"1+".repeat(600), &NAMES).is_err());
        let long = format!("1{}", "+1".repeat(499));
        assert_eq!(value(&long), Some(500.0));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = Formula::parse(&text, &NAMES);
        }

        #[test]
        fn never_panics_on_likely_text(text in "[a-c0-9.+*/(),minax -]{0,40}") {
            let _ = Formula::parse(&text, &["a", "b", "c"]).map(|f| f.evaluate(&[1.0, 2.0, 0.0]));
        }

        #[test]
        fn prints_what_it_reads(text in "[a-c0-9.+*/(),minax -]{0,40}") {
            let names = ["a", "b", "c"];
            if let Ok(formula) = Formula::parse(&text, &names) {
                let again = Formula::parse(&formula.with_names(&names), &names);
                prop_assert_eq!(Ok(formula), again);
            }
        }
    }
}
