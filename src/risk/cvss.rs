//! The Common Vulnerability Scoring System: vector strings of version 3.1 and
//! 4.0, read with precise problems, and scored in [`v3`] and [`v4`].

mod scores;
pub(crate) mod v3;
pub(crate) mod v4;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use super::problem::{Problem, all_of, clip, suggest};

/// A version of CVSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// <https://www.first.org/cvss/v3.1/specification-document>
    V31,
    /// <https://www.first.org/cvss/v4.0/specification-document>
    V40,
}

/// A group of metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Must be given.
    Base,
    /// Changes over time; version 3.1.
    Temporal,
    /// Changes over time; version 4.0.
    Threat,
    /// Depends on where the system runs.
    Environmental,
    /// Says more, and does not change the score; version 4.0.
    Supplemental,
}

/// A metric: one letter or a few, and the values it takes.
#[derive(Debug)]
pub struct Metric {
    /// The letters used in a vector string.
    pub key: &'static str,
    /// The name in the specification.
    pub name: &'static str,
    /// The group it belongs to.
    pub group: Group,
    /// The question it answers.
    pub question: &'static str,
    /// Its values. All but base metrics also take `X`, not defined.
    pub values: &'static [Value],
}

/// A value of a metric.
#[derive(Debug)]
pub struct Value {
    /// The letters used in a vector string.
    pub key: &'static str,
    /// The name in the specification.
    pub name: &'static str,
    /// The weight in 3.1; in 4.0 the distance from the most severe value.
    pub weight: f64,
}

const fn value(key: &'static str, name: &'static str, weight: f64) -> Value {
    Value { key, name, weight }
}

const fn metric(
    key: &'static str,
    name: &'static str,
    group: Group,
    question: &'static str,
    values: &'static [Value],
) -> Metric {
    Metric { key, name, group, question, values }
}

/// Not defined: the metric is left out.
const UNDEFINED: &str = "X";

/// The longest vector string that is read; a full 4.0 one has about 200 bytes.
const MAX_LENGTH: usize = 500;

impl Metric {
    /// The letters of all values, with `X` where it is accepted.
    fn accepts(&self) -> Vec<&'static str> {
        let undefined = (self.group != Group::Base).then_some(UNDEFINED);
        self.values.iter().map(|value| value.key).chain(undefined).collect()
    }

    /// "`N` (Network), `A` (Adjacent)".
    fn explain(&self) -> String {
        let mut values: Vec<String> =
            self.values.iter().map(|value| format!("`{}` ({})", value.key, value.name)).collect();
        if self.group != Group::Base {
            values.push(format!("`{UNDEFINED}` (Not Defined)"));
        }
        values.join(", ")
    }
}

impl Version {
    /// The start of every vector string.
    pub fn prefix(self) -> &'static str {
        match self {
            Version::V31 => "CVSS:3.1",
            Version::V40 => "CVSS:4.0",
        }
    }

    /// The name of the framework.
    pub fn framework(self) -> &'static str {
        match self {
            Version::V31 => "cvss-3.1",
            Version::V40 => "cvss-4.0",
        }
    }

    /// All metrics in the order of the specification.
    pub fn metrics(self) -> &'static [Metric] {
        match self {
            Version::V31 => v3::METRICS,
            Version::V40 => v4::METRICS,
        }
    }

    fn metric(self, key: &str) -> Option<&'static Metric> {
        self.metrics().iter().find(|metric| metric.key == key)
    }
}

/// A vector string that was read without a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vector {
    version: Version,
    values: BTreeMap<&'static str, &'static str>,
}

impl Vector {
    /// Reads a vector string. Every problem carries its place in `text`.
    ///
    /// Metrics may come in any order, as the 3.1 specification says; for 4.0
    /// its calculators accept that too.
    pub fn parse(version: Version, text: &str) -> Result<Vector, Vec<Problem>> {
        let start = text.len() - text.trim_start().len();
        let vector = text.trim();
        let whole = start..start + vector.len();
        if vector.len() > MAX_LENGTH {
            let message = format!("a vector string of {} bytes is too long", vector.len());
            return Err(vec![Problem::error("", message).at(whole)]);
        }
        let mut parts = parts(vector, start);
        let prefix = parts.next().unwrap_or_default();
        check_prefix(version, &prefix).map_err(|problem| vec![problem])?;
        let mut problems = Vec::new();
        let mut values = BTreeMap::new();
        // A metric with a wrong value is not reported as missing as well.
        let mut seen: Vec<&str> = Vec::new();
        for part in parts {
            match read(version, &part, &mut seen) {
                Ok((metric, value)) => _ = values.insert(metric, value),
                Err(problem) => problems.push(problem),
            }
        }
        let missing: Vec<&Metric> = version
            .metrics()
            .iter()
            .filter(|m| m.group == Group::Base && !seen.contains(&m.key))
            .collect();
        if !missing.is_empty() {
            let keys: Vec<&str> = missing.iter().map(|metric| metric.key).collect();
            let help: Vec<String> = missing
                .iter()
                .map(|m| format!("{} ({}): {}", m.key, m.name, m.explain()))
                .collect();
            let message = format!("the vector lacks {}", all_of(&keys));
            problems.push(Problem::error("", message).help(help.join("; ")).at(whole));
        }
        if problems.is_empty() { Ok(Vector { version, values }) } else { Err(problems) }
    }

    /// The value of a metric, unless it is not defined.
    pub fn get(&self, key: &str) -> Option<&'static str> {
        self.values.get(key).copied().filter(|value| *value != UNDEFINED)
    }

    /// Whether any metric of a group is defined.
    pub fn has(&self, group: Group) -> bool {
        let metrics = self.version.metrics().iter();
        metrics.filter(|m| m.group == group).any(|m| self.get(m.key).is_some())
    }

    /// The value of a base metric after the environment's change to it.
    fn modified(&self, key: &str) -> Option<&'static str> {
        self.get(&format!("M{key}")).or_else(|| self.get(key))
    }
}

/// The vector string in the order of the specification, without `X`.
impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version.prefix())?;
        for metric in self.version.metrics() {
            if let Some(value) = self.get(metric.key) {
                write!(f, "/{}:{value}", metric.key)?;
            }
        }
        Ok(())
    }
}

/// A piece between slashes, and where it stands.
#[derive(Default)]
struct Part<'a> {
    text: &'a str,
    /// Counted from 1, in characters.
    column: usize,
    span: Range<usize>,
}

fn parts(vector: &str, start: usize) -> impl Iterator<Item = Part<'_>> {
    let mut at = 0;
    vector.split('/').map(move |text| {
        let from = at;
        at += text.len() + 1;
        let column = vector[..from].chars().count() + 1;
        Part { text, column, span: start + from..start + from + text.len() }
    })
}

fn check_prefix(version: Version, prefix: &Part) -> Result<(), Problem> {
    let wanted = version.prefix();
    if prefix.text == wanted {
        return Ok(());
    }
    let found = clip(prefix.text);
    let help = match prefix.text {
        "CVSS:3.1" | "CVSS:4.0" => {
            format!("choose the framework `cvss-{}`, or rate again with {wanted}", &found[5..])
        }
        "CVSS:3.0" => format!("the metrics of 3.0 are those of 3.1: write `{wanted}`"),
        _ => format!("write `{wanted}/` and then the metrics, such as `{wanted}/AV:N`"),
    };
    let message = match prefix.text {
        "" => "the vector string is empty".into(),
        _ => format!("the vector string starts with `{found}`, not with `{wanted}`"),
    };
    Err(Problem::error("", message).help(help).at(prefix.span.clone()))
}

fn read(
    version: Version,
    part: &Part,
    seen: &mut Vec<&'static str>,
) -> Result<(&'static str, &'static str), Problem> {
    let problem = |message: String, help: String| {
        Problem::error("", format!("{message} at column {}", part.column))
            .help(help)
            .at(part.span.clone())
    };
    let shown = clip(part.text);
    let Some((key, value)) = part.text.split_once(':') else {
        let message = match part.text {
            "" => "no metric between two slashes, or after the last one,".into(),
            _ => format!("`{shown}` is not a metric with a value"),
        };
        return Err(problem(message, "write a metric, a colon and a value, such as `AV:N`".into()));
    };
    let Some(metric) = version.metric(key) else {
        let keys: Vec<&str> = version.metrics().iter().map(|metric| metric.key).collect();
        let help = match version.metric(&key.to_uppercase()) {
            Some(metric) => format!("write it in capitals: `{}`", metric.key),
            None => suggest(key, &keys),
        };
        let message = format!("`{}` is not a metric of {}", clip(key), version.prefix());
        return Err(problem(message, help));
    };
    if seen.contains(&metric.key) {
        let message = format!("`{}` ({}) is given twice, again", metric.key, metric.name);
        return Err(problem(message, "keep one of the two".into()));
    }
    seen.push(metric.key);
    match metric.accepts().into_iter().find(|accepted| *accepted == value) {
        Some(value) => Ok((metric.key, value)),
        None => {
            let message = format!("`{shown}`: {} does not take `{}`", metric.name, clip(value));
            let help = format!("use one of {}", metric.explain());
            Err(problem(message, help))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problems(version: Version, text: &str) -> Vec<(String, Option<Range<usize>>)> {
        let problems = Vector::parse(version, text).unwrap_err();
        problems.into_iter().map(|p| (p.message, p.span)).collect()
    }

    #[test]
    fn names_place_metric_and_values() {
        let text = "CVSS:3.1/AV:N/AC:M/PR:N/UI:N/S:U/C:H/I:H/A:H";
        let problem = Vector::parse(Version::V31, text).unwrap_err().remove(0);
        assert_eq!(problem.message, "`AC:M`: Attack Complexity does not take `M` at column 15");
        assert_eq!(problem.help.as_deref(), Some("use one of `L` (Low), `H` (High)"));
        assert_eq!(&text[problem.span.unwrap()], "AC:M");
    }

    #[test]
    fn says_all_that_is_wrong() {
        let found = problems(Version::V31, " CVSS:3.1/AV:N/av:N/AV:L/XX:1/PR/ ");
        let messages: Vec<&str> = found.iter().map(|(message, _)| message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`av` is not a metric of CVSS:3.1 at column 15",
                "`AV` (Attack Vector) is given twice, again at column 20",
                "`XX` is not a metric of CVSS:3.1 at column 25",
                "`PR` is not a metric with a value at column 30",
                "no metric between two slashes, or after the last one, at column 33",
                "the vector lacks `AC`, `PR`, `UI`, `S`, `C`, `I` and `A`",
            ]
        );
        assert_eq!(found[0].1, Some(15..19));
    }

    #[test]
    fn tells_versions_apart() {
        let help = |version, text| Vector::parse(version, text).unwrap_err()[0].help.clone();
        let found = help(Version::V31, "CVSS:4.0/AV:N").unwrap();
        assert_eq!(found, "choose the framework `cvss-4.0`, or rate again with CVSS:3.1");
        let found = help(Version::V31, "CVSS:3.0/AV:N").unwrap();
        assert_eq!(found, "the metrics of 3.0 are those of 3.1: write `CVSS:3.1`");
        assert_eq!(problems(Version::V40, "")[0].0, "the vector string is empty");
        assert!(problems(Version::V40, &"x".repeat(9999))[0].0.contains("too long"));
        let lowered = problems(Version::V40, "cvss:4.0/AV:N");
        assert!(lowered[0].0.starts_with("the vector string starts with `cvss:4.0`"));
    }

    #[test]
    fn only_optional_metrics_take_x() {
        let base = "AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
        let with = |rest: &str| Vector::parse(Version::V40, &format!("CVSS:4.0/{base}{rest}"));
        assert!(with("/E:X/MAV:X/MSI:S/U:Amber").is_ok());
        assert!(with("/MSC:S").is_err());
        assert!(with("/SI:S").is_err());
        assert!(
            Vector::parse(Version::V40, &format!("CVSS:4.0/{base}").replace("AV:N", "AV:X"))
                .is_err()
        );
    }

    /// Any vector string that is right, with metrics in any order.
    pub(crate) fn vectors(version: Version) -> impl Strategy<Value = String> {
        let metrics = version.metrics();
        (proptest::collection::vec(any::<proptest::sample::Index>(), metrics.len()), any::<bool>())
            .prop_map(move |(choices, backwards)| {
                let mut parts: Vec<String> = metrics
                    .iter()
                    .zip(choices)
                    .map(|(m, choice)| format!("/{}:{}", m.key, choice.get(&m.accepts())))
                    .collect();
                if backwards {
                    parts.reverse();
                }
                version.prefix().to_string() + &parts.concat()
            })
    }

    fn versions() -> impl Strategy<Value = Version> {
        prop_oneof![Just(Version::V31), Just(Version::V40)]
    }

    proptest! {
        #[test]
        fn never_panics(version in versions(), text in "\\PC{0,80}") {
            let _ = Vector::parse(version, &text);
            let _ = Vector::parse(version, &format!("{}/{text}", version.prefix()));
        }

        #[test]
        fn spans_lie_in_the_text(version in versions(), text in "[ A-Zé:/]{0,60}") {
            let text = format!("{}/{text}", version.prefix());
            for problem in Vector::parse(version, &text).err().into_iter().flatten() {
                prop_assert!(problem.span.is_some_and(|span| text.get(span).is_some()));
            }
        }

        #[test]
        fn prints_what_it_reads((version, text) in versions()
            .prop_flat_map(|v| (Just(v), vectors(v))))
        {
            let vector = Vector::parse(version, &text).unwrap();
            let again = Vector::parse(version, &vector.to_string()).unwrap();
            prop_assert_eq!(vector.to_string(), again.to_string());
        }
    }
}
