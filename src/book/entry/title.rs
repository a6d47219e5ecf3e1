//! Official titles of what references name, from tables that come with the program.
//!
//! Each file in `titles/` says at its head which version of which catalogue it holds,
//! where it comes from, and whose terms apply. Lines are `number TAB standing TAB title`.

use super::Scheme;
use std::collections::HashMap;
use std::sync::LazyLock;

/// One catalogue as a table.
struct Table {
    /// The release that the table was made from.
    version: &'static str,
    lines: HashMap<&'static str, (&'static str, &'static str)>,
    /// The highest whole number. A higher one may be newer than the table.
    highest: u32,
}

/// What the tables say about a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It exists; its title.
    Listed(String),
    /// It exists, and its catalogue has withdrawn it; its title.
    Deprecated(String),
    /// It does not exist in the version that is named.
    Unknown(&'static str),
    /// Its number is above all in the version that is named: it may be newer.
    Newer(&'static str),
    /// No table covers it.
    NotCovered,
}

impl Table {
    fn read(text: &'static str) -> Table {
        let version = text.lines().find_map(|line| line.strip_prefix("# version: ")).unwrap_or("");
        let lines: HashMap<_, _> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let (number, rest) = line.split_once('\t')?;
                Some((number, rest.split_once('\t')?))
            })
            .collect();
        let highest = lines.keys().filter_map(|number| whole(number)).max().unwrap_or(0);
        Table { version, lines, highest }
    }

    fn standing(&self, number: &str) -> Standing {
        match self.lines.get(number) {
            Some((standing, title)) if standing.contains("deprecated") => {
                Standing::Deprecated(title.to_string())
            }
            Some((_, title)) => Standing::Listed(title.to_string()),
            None if whole(number).is_some_and(|n| n > self.highest) => {
                Standing::Newer(self.version)
            }
            None => Standing::Unknown(self.version),
        }
    }
}

/// The whole number of `307`, `T1110` and `T1110.004`. Catalogues number upwards.
fn whole(number: &str) -> Option<u32> {
    let digits = number.trim_start_matches('T');
    digits.split('.').next()?.parse().ok()
}

static CWE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("titles/cwe.tsv")));
static CAPEC: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("titles/capec.tsv")));
static ATTACK: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("titles/attack.tsv")));
static ASVS: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("titles/asvs.tsv")));
static OWASP: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("titles/owasp.tsv")));

/// The standing of what stands after the catalogue's name: `307`, `T1110.004`,
/// `v5.0.0-6.3.1`, `A07:2021`.
pub(super) fn standing(scheme: Scheme, number: &str) -> Standing {
    match scheme {
        Scheme::Cwe => CWE.standing(number.trim_start_matches('0')),
        Scheme::Capec => CAPEC.standing(number.trim_start_matches('0')),
        Scheme::Attack => ATTACK.standing(number),
        Scheme::Asvs => match number.strip_prefix("V5.0.0-") {
            Some(number) => asvs(number),
            None => Standing::NotCovered,
        },
        Scheme::Owasp => OWASP.standing(number),
        Scheme::Rfc | Scheme::Nist | Scheme::Web | Scheme::Text => Standing::NotCovered,
    }
}

/// A requirement of ASVS has no title of its own: chapter, section and level say what it
/// is about.
fn asvs(number: &str) -> Standing {
    let Some((standing, title)) = ASVS.lines.get(number) else {
        return Standing::Unknown(ASVS.version);
    };
    let part = |length: usize| {
        let end = number.match_indices('.').nth(length).map_or(number.len(), |(at, _)| at);
        ASVS.lines.get(&number[..end]).map_or("", |(_, title)| *title)
    };
    Standing::Listed(match *standing {
        "chapter" => title.to_string(),
        "section" => format!("{}: {title}", part(0)),
        level => format!("{}: {}, {level}", part(0), part(1)),
    })
}

/// The public page of a place in one of the OWASP Top 10 lists.
pub(super) fn owasp_page(code: &str) -> Option<&'static str> {
    OWASP.lines.get(code).map(|(page, _)| *page)
}

/// The name of a chapter of ASVS 5.0.0.
pub(super) fn asvs_chapter(number: usize) -> Option<&'static str> {
    ASVS.lines.get(number.to_string().as_str()).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        for (text, table) in [
            (include_str!("titles/cwe.tsv"), &CWE),
            (include_str!("titles/capec.tsv"), &CAPEC),
            (include_str!("titles/attack.tsv"), &ATTACK),
            (include_str!("titles/asvs.tsv"), &ASVS),
            (include_str!("titles/owasp.tsv"), &OWASP),
        ] {
            let lines = text.lines().filter(|line| !line.starts_with('#')).count();
            assert_eq!(lines, table.lines.len());
            assert!(!table.version.is_empty() && text.contains("# terms: "));
            for (number, (standing, title)) in &table.lines {
                assert!(!title.is_empty() || standing.starts_with("level"), "{number}");
            }
        }
    }
}
