//! Official titles of what references name, from tables that come with the program.
//!
//! Each file in `titles/` says at its head which version of which catalogue it holds,
//! where it comes from, and whose terms apply. Lines are `number TAB standing TAB title`.

use crate::text::diagnostic::nearest;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One catalogue as a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// The release that the table was made from, in words.
    version: String,
    /// By number, in the form of [`loose`].
    lines: BTreeMap<String, Line>,
    /// The last number of each series: `T1110.` ends at 4. A higher one may be newer.
    last: BTreeMap<String, u32>,
}

/// What a table says about one number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The number as its publisher writes it.
    pub(super) number: String,
    /// `deprecated`, the kind of the line, or its public page.
    pub(super) standing: String,
    pub(super) title: String,
}

/// What the tables say about a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It exists; its title.
    Listed(String),
    /// It exists, and its catalogue has withdrawn it; its title.
    Deprecated(String),
    /// It does not exist in the version that is named: `version 3.9`.
    Unknown(String),
    /// It is not in the version that is named, and follows its last: it may be newer.
    Newer(String),
    /// No table covers it.
    NotCovered,
    /// It has the form of no catalogue.
    Stranger,
}

impl Table {
    fn read(text: &str) -> Table {
        let version = text.lines().find_map(|line| line.strip_prefix("# version: ")).unwrap_or("");
        let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let mut cells = line.splitn(3, '\t').map(str::to_string);
            Some(Line { number: cells.next()?, standing: cells.next()?, title: cells.next()? })
        });
        Table::new(format!("version {version}"), lines)
    }

    /// A table of lines, and what they come from in words.
    pub(super) fn new(version: String, lines: impl Iterator<Item = Line>) -> Table {
        let mut table = Table { version, ..Table::default() };
        for line in lines {
            // Views and categories are numbered among the weaknesses, above the last.
            let grouping = ["view", "category"].iter().any(|kind| line.standing.starts_with(kind));
            if let Some((series, n)) = series(&line.number).filter(|_| !grouping) {
                let last = table.last.entry(series.to_string()).or_default();
                *last = n.max(*last);
            }
            table.lines.insert(loose(&line.number), line);
        }
        table
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The line of a number. `A7:2021` is `A07:2021`, and what has one year needs none.
    pub(super) fn line(&self, number: &str) -> Option<&Line> {
        let key = loose(number);
        self.lines.get(&key).or_else(|| {
            let mut years = self.years(&key);
            years.next().filter(|_| years.next().is_none())
        })
    }

    /// The lines of a number without its year.
    fn years(&self, key: &str) -> impl DoubleEndedIterator<Item = &Line> {
        let years = self.lines.range(format!("{key}:")..format!("{key};"));
        years.map(|(_, line)| line)
    }

    /// What is said of a number; `grows` where later releases number on.
    pub(super) fn standing(&self, number: &str, grows: bool) -> Standing {
        match self.line(number) {
            Some(line) if line.standing.contains("deprecated") => {
                Standing::Deprecated(line.title.clone())
            }
            Some(line) => Standing::Listed(self.title(line)),
            None if grows && self.follows(number) => Standing::Newer(self.version.clone()),
            None => Standing::Unknown(self.version.clone()),
        }
    }

    /// Whether a number may have come after the table. Sub-numbers come in small steps, and
    /// what has no number has no order.
    fn follows(&self, number: &str) -> bool {
        let Some((series, n)) = series(number) else { return true };
        let last = self.last.get(series).copied();
        match series.strip_suffix(['.', '(']) {
            Some(whole) => {
                let last = last.unwrap_or(0);
                let known = self.line(whole).is_some();
                (known && n > last && n <= last + SUB_STEPS) || (!known && self.follows(whole))
            }
            None => last.is_some_and(|last| n > last),
        }
    }

    /// A requirement of ASVS has no title of its own: chapter, section and level say what
    /// it is about.
    fn title(&self, line: &Line) -> String {
        let level = line.standing.starts_with("level").then(|| format!(", {}", line.standing));
        if level.is_none() && line.standing != "section" {
            return line.title.clone();
        }
        let above = line.number.match_indices('.').map(|(end, _)| &line.number[..end]);
        let mut titles: Vec<&str> =
            above.filter_map(|number| Some(self.line(number)?.title.as_str())).collect();
        titles.extend(Some(line.title.as_str()).filter(|title| !title.is_empty()));
        titles.join(": ") + &level.unwrap_or_default()
    }

    /// The line that was meant by a number that is not here: its newest year, what it
    /// would be part of, or a slip of a key.
    pub(super) fn near(&self, number: &str) -> Option<&Line> {
        let whole = |(end, _)| self.line(&number[..end]);
        self.years(&loose(number))
            .next_back()
            .or_else(|| number.match_indices(['.', '(']).next_back().and_then(whole))
            .or_else(|| {
                let current = self.lines.values().filter(|l| !l.standing.contains("deprecated"));
                self.line(nearest(number, current.map(|line| line.number.as_str()))?)
            })
    }
}

/// How far the sub-numbers of a later release may run on.
const SUB_STEPS: u32 = 10;

/// A number and the series it counts in: `T1110.004` is 4 of `T1110.`.
fn series(number: &str) -> Option<(&str, u32)> {
    let number = number.strip_suffix(')').unwrap_or(number);
    let series = number.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((series, number[series.len()..].parse().ok()?))
}

/// A number in capitals, without spaces between and zeros before digits.
fn loose(number: &str) -> String {
    let mut out = String::new();
    let mut rest = number.chars().filter(|c| !c.is_whitespace()).peekable();
    while let Some(c) = rest.next() {
        let inner = out.ends_with(|last: char| last.is_ascii_digit());
        let digit = rest.peek().is_some_and(char::is_ascii_digit);
        if c != '0' || inner || !digit {
            out.extend(c.to_uppercase());
        }
    }
    out
}

macro_rules! tables {
    ($($name:ident $file:literal)*) => {
        $(pub(super) static $name: LazyLock<Table> =
            LazyLock::new(|| Table::read(include_str!(concat!("titles/", $file))));)*

        #[cfg(test)]
        const FILES: &[(&str, &LazyLock<Table>)] =
            &[$((include_str!(concat!("titles/", $file)), &$name),)*];
    };
}

tables! {
    ASVS "asvs.tsv"
    ATLAS "atlas.tsv"
    ATTACK "attack.tsv"
    CAPEC "capec.tsv"
    CWE "cwe.tsv"
    D3FEND "d3fend.tsv"
    LINDDUN "linddun.tsv"
    MASVS "masvs.tsv"
    NIST_800_53 "nist80053.tsv"
    OWASP "owasp.tsv"
    SLSA "slsa.tsv"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        for (text, table) in FILES {
            let lines = text.lines().filter(|line| !line.starts_with('#')).count();
            assert_eq!(lines, table.lines.len());
            for key in ["# version: ", "# date: ", "# source: https://", "# terms: "] {
                assert!(text.lines().take(5).any(|line| line.starts_with(key)), "{key}");
            }
            for line in table.lines.values() {
                assert!(!line.title.is_empty() || line.standing.starts_with("level"), "{line:?}");
            }
        }
    }

    #[test]
    fn forms_of_numbers() {
        for (number, form) in [
            ("A07:2021", "A7:2021"),
            ("079", "79"),
            ("100", "100"),
            ("T1110.004", "T1110.4"),
            ("AML.T0051.000", "AML.T51.0"),
            ("ac-02 (1)", "AC-2(1)"),
        ] {
            assert_eq!(loose(number), form);
        }
    }

    #[test]
    fn what_may_be_newer() {
        for (table, number, newer) in [
            (&CWE, "1435", false),
            (&CWE, "1460", true),
            (&CWE, "17000", true),
            (&CAPEC, "345", false),
            (&ATTACK, "T9998", true),
            (&ATTACK, "TA0999", true),
            (&ATTACK, "T1110.005", true),
            (&ATTACK, "T1110.999", false),
            (&ATTACK, "T1190.001", true),
            (&ATTACK, "T9998.001", true),
            (&ATTACK, "T0001.001", false),
            (&NIST_800_53, "IA-13", true),
            (&NIST_800_53, "XX-1", false),
            (&D3FEND, "D3-NONE", true),
        ] {
            assert_eq!(table.line(number).is_none() && table.follows(number), newer, "{number}");
        }
    }
}
