//! Scores of CVSS 4.0, by section 8 of its specification.
//! <https://www.first.org/cvss/v4.0/specification-document>
//!
//! A vector falls into one of 270 MacroVectors. Each has a score, which experts
//! gave to its most severe vectors. The score of any other vector lies below it,
//! by how far the vector is on its way to the next MacroVector down.
//!
//! The 270 scores stand in `scores`. All else is worked out from the
//! definitions of the six equivalence classes, so that every step can be shown.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Group::{Base, Environmental, Supplemental, Threat};
use super::scores::SCORES;
use super::{Metric, Value, Vector, metric, value};
use crate::risk::score::{Score, Severity, Step, number};

const AV: &[Value] = &[
    value("N", "Network", 0.0),
    value("A", "Adjacent", 1.0),
    value("L", "Local", 2.0),
    value("P", "Physical", 3.0),
];
const AC: &[Value] = &[value("L", "Low", 0.0), value("H", "High", 1.0)];
const AT: &[Value] = &[value("N", "None", 0.0), value("P", "Present", 1.0)];
const PR: &[Value] = &[value("N", "None", 0.0), value("L", "Low", 1.0), value("H", "High", 2.0)];
const UI: &[Value] =
    &[value("N", "None", 0.0), value("P", "Passive", 1.0), value("A", "Active", 2.0)];
const VULNERABLE: &[Value] =
    &[value("H", "High", 0.0), value("L", "Low", 1.0), value("N", "None", 2.0)];
const SUBSEQUENT: &[Value] =
    &[value("H", "High", 1.0), value("L", "Low", 2.0), value("N", "None", 3.0)];
const MODIFIED_SUBSEQUENT: &[Value] =
    &[value("H", "High", 1.0), value("L", "Low", 2.0), value("N", "Negligible", 3.0)];
const SAFETY: &[Value] = &[
    value("S", "Safety", 0.0),
    value("H", "High", 1.0),
    value("L", "Low", 2.0),
    value("N", "Negligible", 3.0),
];
const E: &[Value] = &[
    value("A", "Attacked", 0.0),
    value("P", "Proof-of-Concept", 1.0),
    value("U", "Unreported", 2.0),
];
const REQUIREMENT: &[Value] =
    &[value("H", "High", 0.0), value("M", "Medium", 1.0), value("L", "Low", 2.0)];

/// The metrics in the order of the specification's table of vector strings.
#[rustfmt::skip]
pub(crate) const METRICS: &[Metric] = &[
    metric("AV", "Attack Vector", Base, "From how far away can the attack be made?", AV),
    metric("AC", "Attack Complexity", Base, "Must the attacker get around a built-in defence?", AC),
    metric("AT", "Attack Requirements", Base, "Does the attack need a condition of the system that is not always there?", AT),
    metric("PR", "Privileges Required", Base, "Which rights must the attacker have before the attack?", PR),
    metric("UI", "User Interaction", Base, "Must somebody else take part, and knowingly?", UI),
    metric("VC", "Vulnerable System Confidentiality", Base, "How much information does the vulnerable system lose?", VULNERABLE),
    metric("VI", "Vulnerable System Integrity", Base, "How much can the attacker change in the vulnerable system?", VULNERABLE),
    metric("VA", "Vulnerable System Availability", Base, "How much does the vulnerable system stop working?", VULNERABLE),
    metric("SC", "Subsequent System Confidentiality", Base, "How much information do other systems lose?", SUBSEQUENT),
    metric("SI", "Subsequent System Integrity", Base, "How much can the attacker change in other systems?", SUBSEQUENT),
    metric("SA", "Subsequent System Availability", Base, "How much do other systems stop working?", SUBSEQUENT),
    metric("E", "Exploit Maturity", Threat, "Is the vulnerability attacked, or is an attack published?", E),
    metric("CR", "Confidentiality Requirement", Environmental, "How much does confidentiality matter here?", REQUIREMENT),
    metric("IR", "Integrity Requirement", Environmental, "How much does integrity matter here?", REQUIREMENT),
    metric("AR", "Availability Requirement", Environmental, "How much does availability matter here?", REQUIREMENT),
    metric("MAV", "Modified Attack Vector", Environmental, "Attack Vector, as it is here", AV),
    metric("MAC", "Modified Attack Complexity", Environmental, "Attack Complexity, as it is here", AC),
    metric("MAT", "Modified Attack Requirements", Environmental, "Attack Requirements, as they are here", AT),
    metric("MPR", "Modified Privileges Required", Environmental, "Privileges Required, as they are here", PR),
    metric("MUI", "Modified User Interaction", Environmental, "User Interaction, as it is here", UI),
    metric("MVC", "Modified Vulnerable System Confidentiality", Environmental, "Vulnerable System Confidentiality, as it is here", VULNERABLE),
    metric("MVI", "Modified Vulnerable System Integrity", Environmental, "Vulnerable System Integrity, as it is here", VULNERABLE),
    metric("MVA", "Modified Vulnerable System Availability", Environmental, "Vulnerable System Availability, as it is here", VULNERABLE),
    metric("MSC", "Modified Subsequent System Confidentiality", Environmental, "Subsequent System Confidentiality, as it is here", MODIFIED_SUBSEQUENT),
    metric("MSI", "Modified Subsequent System Integrity", Environmental, "Subsequent System Integrity, as it is here; can people come to harm?", SAFETY),
    metric("MSA", "Modified Subsequent System Availability", Environmental, "Subsequent System Availability, as it is here; can people come to harm?", SAFETY),
    metric("S", "Safety", Supplemental, "Can people come to harm?", &[value("N", "Negligible", 0.0), value("P", "Present", 0.0)]),
    metric("AU", "Automatable", Supplemental, "Can the attack run by itself against many targets?", &[value("N", "No", 0.0), value("Y", "Yes", 0.0)]),
    metric("R", "Recovery", Supplemental, "Does the system come back after an attack?", &[value("A", "Automatic", 0.0), value("U", "User", 0.0), value("I", "Irrecoverable", 0.0)]),
    metric("V", "Value Density", Supplemental, "How much does one attack put into the attacker's hands?", &[value("D", "Diffuse", 0.0), value("C", "Concentrated", 0.0)]),
    metric("RE", "Vulnerability Response Effort", Supplemental, "How hard is it to respond?", &[value("L", "Low", 0.0), value("M", "Moderate", 0.0), value("H", "High", 0.0)]),
    metric("U", "Provider Urgency", Supplemental, "How urgent does the provider call it?", &[value("Clear", "Clear", 0.0), value("Green", "Green", 0.0), value("Amber", "Amber", 0.0), value("Red", "Red", 0.0)]),
];

/// The metrics that decide a score, most severe value 0. Their values here are
/// the places in [`VALUES`].
const KEYS: [&str; 15] =
    ["AV", "PR", "UI", "AC", "AT", "VC", "VI", "VA", "CR", "IR", "AR", "SC", "SI", "SA", "E"];

/// Values of each of [`KEYS`], by their distance from the most severe one. The
/// first of SC is never reached: there is no `SC:S`.
const VALUES: [&[&str]; 15] = [
    &["N", "A", "L", "P"],
    &["N", "L", "H"],
    &["N", "P", "A"],
    &["L", "H"],
    &["N", "P"],
    &["H", "L", "N"],
    &["H", "L", "N"],
    &["H", "L", "N"],
    &["H", "M", "L"],
    &["H", "M", "L"],
    &["H", "M", "L"],
    &["", "H", "L", "N"],
    &["S", "H", "L", "N"],
    &["S", "H", "L", "N"],
    &["A", "P", "U"],
];

/// A MacroVector: the level of each of the six equivalence classes.
type Macro = [usize; 6];

/// The metrics of a class and its level. Classes 3 and 6 share metrics and are
/// worked out as one, so there are five.
struct Class {
    name: &'static str,
    keys: std::ops::Range<usize>,
    level: fn(&[usize]) -> (usize, usize),
}

/// Tables 24 to 29 of the specification. Zero is the most severe level.
const CLASSES: [Class; 5] = [
    Class { name: "EQ1 (AV, PR, UI)", keys: 0..3, level: eq1 },
    Class { name: "EQ2 (AC, AT)", keys: 3..5, level: eq2 },
    Class { name: "EQ3 and EQ6 (VC, VI, VA, CR, IR, AR)", keys: 5..11, level: eq3_and_eq6 },
    Class { name: "EQ4 (SC, SI, SA)", keys: 11..14, level: eq4 },
    Class { name: "EQ5 (E)", keys: 14..15, level: |e| (e[0], 0) },
];

fn eq1(values: &[usize]) -> (usize, usize) {
    let level = match values {
        [0, 0, 0] => 0,
        [3, ..] => 2,
        _ if values.contains(&0) => 1,
        _ => 2,
    };
    (level, 0)
}

fn eq2(values: &[usize]) -> (usize, usize) {
    (usize::from(values != [0, 0]), 0)
}

fn eq3_and_eq6(values: &[usize]) -> (usize, usize) {
    let (impacts, needs) = values.split_at(3);
    let eq3 = match impacts {
        [0, 0, _] => 0,
        _ if impacts.contains(&0) => 1,
        _ => 2,
    };
    let needed = impacts.iter().zip(needs).any(|(impact, need)| *impact == 0 && *need == 0);
    (eq3, usize::from(!needed))
}

fn eq4(values: &[usize]) -> (usize, usize) {
    let level = match values {
        [_, 0, _] | [_, _, 0] => 0,
        _ if values.contains(&1) => 1,
        _ => 2,
    };
    (level, 0)
}

/// What is known of one level of a class.
struct Reach {
    /// The sum of its distances; all most severe choices of a level share it.
    least: usize,
    /// The largest sum in the level.
    most: usize,
}

/// Every level of every class, by going through all choices of values.
static REACHES: LazyLock<[BTreeMap<(usize, usize), Reach>; 5]> = LazyLock::new(|| {
    CLASSES.each_ref().map(|class| {
        let mut levels: BTreeMap<(usize, usize), Reach> = BTreeMap::new();
        for values in choices(&VALUES[class.keys.clone()]) {
            let sum = values.iter().sum();
            let level = levels.entry((class.level)(&values));
            let level = level.or_insert(Reach { least: sum, most: sum });
            level.most = level.most.max(sum);
            level.least = level.least.min(sum);
        }
        levels
    })
});

/// All ways to choose one value of each metric.
fn choices(values: &[&[&str]]) -> Vec<Vec<usize>> {
    values.iter().fold(vec![Vec::new()], |done, values| {
        let places = (0..values.len()).filter(|place| !values[*place].is_empty());
        let places: Vec<usize> = places.collect();
        done.iter()
            .flat_map(|start| places.iter().map(move |p| [start.as_slice(), &[*p]].concat()))
            .collect()
    })
}

/// The score of a MacroVector.
fn score_of(levels: Macro) -> Option<f64> {
    let name = name_of(levels);
    let found = SCORES.binary_search_by(|(other, _)| (*other).cmp(&name));
    found.ok().map(|at| SCORES[at].1)
}

/// Its levels in a row: `000201`.
fn name_of(levels: Macro) -> String {
    levels.iter().map(usize::to_string).collect()
}

/// The distance of each of [`KEYS`] from its most severe value. What is not
/// defined counts as most severe.
fn places(vector: &Vector) -> Vec<usize> {
    let places = KEYS.iter().zip(VALUES).map(|(key, values)| {
        let value = vector.modified(key);
        values.iter().position(|v| Some(*v) == value).unwrap_or(0)
    });
    places.collect()
}

/// The MacroVectors one step down in a class: two for classes 3 and 6 together.
fn below(macro_vector: Macro, class: usize) -> Vec<Macro> {
    let down = |places: &[usize]| {
        let mut next = macro_vector;
        places.iter().for_each(|place| next[*place] += 1);
        next
    };
    match (class, macro_vector[2], macro_vector[5]) {
        (2, 0, 0) => vec![down(&[5]), down(&[2])],
        (2, 1, 0) => vec![down(&[5])],
        (2, _, _) => vec![down(&[2])],
        (class, _, _) => vec![down(&[class])],
    }
}

/// The label that says which metrics a number rests on (section 1.3).
fn nomenclature(vector: &Vector) -> &'static str {
    match (vector.has(Threat), vector.has(Environmental)) {
        (false, false) => "CVSS-B",
        (true, false) => "CVSS-BT",
        (false, true) => "CVSS-BE",
        (true, true) => "CVSS-BTE",
    }
}

/// One decimal. Halves that binary fractions miss by a hair are rounded up too,
/// as the calculator of the specification does.
fn round(score: f64) -> f64 {
    ((score.clamp(0.0, 10.0) + 1e-6) * 10.0).round() / 10.0
}

/// The score of the vector with all metrics it has, and the way to it.
pub(crate) fn rate(vector: &Vector) -> (Score, Vec<Step>) {
    let mut steps = Vec::new();
    let value = work_out(vector, &mut steps);
    let severity = Severity::of_cvss(value);
    steps.push(Step::new("Severity", format!("{value:.1}"), severity.to_string()));
    let text = format!("{value:.1} {severity} ({})", nomenclature(vector));
    (Score::new(Some(value), &severity.to_string(), severity, text), steps)
}

fn work_out(vector: &Vector, steps: &mut Vec<Step>) -> f64 {
    if ["VC", "VI", "VA", "SC", "SI", "SA"].iter().all(|key| vector.modified(key) == Some("N")) {
        steps.push(Step::new("Score", "no impact on any system", "0.0"));
        return 0.0;
    }
    let places = places(vector);
    let levels = CLASSES.each_ref().map(|class| (class.level)(&places[class.keys.clone()]));
    let [(eq1, _), (eq2, _), (eq3, eq6), (eq4, _), (eq5, _)] = levels;
    let macro_vector = [eq1, eq2, eq3, eq4, eq5, eq6];
    let name = name_of(macro_vector);
    let top = score_of(macro_vector).unwrap_or(0.0);
    steps.push(Step::new("MacroVector", "levels of EQ1 to EQ6, 0 the most severe", &name));
    steps.push(Step::new("Score of the MacroVector", format!("table, {name}"), number(top)));

    let mut falls = Vec::new();
    for (index, class) in CLASSES.iter().enumerate() {
        let next = below(macro_vector, index);
        let next = next.iter().filter_map(|levels| score_of(*levels)).reduce(f64::max);
        let (Some(next), Some(reach)) = (next, REACHES[index].get(&levels[index])) else {
            steps.push(Step::new(class.name, "no MacroVector below", "not counted"));
            continue;
        };
        let gap = top - next;
        // Exploit maturity has one value per level, so no way to go in it.
        let sum: usize = places[class.keys.clone()].iter().sum();
        let (distance, depth) = (sum - reach.least, reach.most - reach.least + 1);
        let fall = gap * distance as f64 / depth as f64;
        falls.push(fall);
        let working = format!("({} − {}) × {distance}/{depth}", number(top), number(next));
        steps.push(Step::new(class.name, working, number(fall)));
    }
    let mean = falls.iter().sum::<f64>() / falls.len().max(1) as f64;
    let list: Vec<String> = falls.iter().map(|fall| number(*fall)).collect();
    steps.push(Step::new("Mean", format!("mean({})", list.join(", ")), number(mean)));
    let score = round(top - mean);
    let working = format!("{} − {}", number(top), number(mean));
    steps.push(Step::new("Score", working, format!("{score:.1}")));
    score
}

#[cfg(test)]
mod tests {
    use super::super::Version;
    use super::super::tests::vectors;
    use super::*;
    use proptest::prelude::*;

    fn score(text: &str) -> f64 {
        let vector = Vector::parse(Version::V40, &format!("CVSS:4.0/{text}")).unwrap();
        rate(&vector).0.value.unwrap()
    }

    /// The crate has a table of its own, and a method of its own.
    fn other(text: &str) -> f64 {
        text.parse::<cvss::v4::Vector>().unwrap().score().value()
    }

    #[test]
    fn the_table_is_in_order_and_whole() {
        assert!(SCORES.is_sorted_by(|(a, _), (b, _)| a < b));
        let levels: usize = REACHES.iter().map(BTreeMap::len).product();
        assert_eq!(levels, SCORES.len());
        for (name, _) in SCORES {
            let at: Vec<usize> = name.bytes().map(|digit| usize::from(digit - b'0')).collect();
            for (reaches, level) in
                REACHES.iter().zip([(at[0], 0), (at[1], 0), (at[2], at[5]), (at[3], 0), (at[4], 0)])
            {
                assert!(reaches.contains_key(&level), "{name}");
            }
        }
    }

    /// The depths that the specification's tables of classes come to.
    #[test]
    fn classes_have_their_depth() {
        let depths: Vec<Vec<usize>> = REACHES
            .iter()
            .map(|levels| levels.values().map(|r| r.most - r.least + 1).collect())
            .collect();
        let expected: [&[usize]; 5] =
            [&[1, 4, 5], &[1, 2], &[7, 6, 8, 8, 10], &[6, 5, 4], &[1, 1, 1]];
        assert_eq!(depths, expected);
    }

    /// Every choice of a level lies below a most severe one, and all of those
    /// are equally far from the top. This is what makes a sum a distance.
    #[test]
    fn most_severe_choices_share_their_sum() {
        for (class, reaches) in CLASSES.iter().zip(&*REACHES) {
            let all = choices(&VALUES[class.keys.clone()]);
            for values in &all {
                let level = (class.level)(values);
                let best = |other: &&Vec<usize>| {
                    (class.level)(other) == level
                        && other.iter().zip(values).all(|(o, v)| o <= v)
                        && other.iter().sum::<usize>() == reaches[&level].least
                };
                assert!(all.iter().any(|other| best(&other)), "{} {values:?}", class.name);
            }
        }
    }

    /// From "Common Vulnerability Scoring System v4.0: Examples", version 1.7.1,
    /// <https://www.first.org/cvss/v4.0/examples>. One of its numbers is left
    /// out: it gives 8.2 for the base vector of CVE-2021-44228 in immutable
    /// containers, which is the score with `E:P`; its calculator says 9.2.
    #[test]
    #[rustfmt::skip]
    fn the_examples_of_the_specification() {
        let examples = [
            ("CVE-2022-41741", "AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3),
            ("CVE-2020-3549", "AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7),
            ("CVE-2020-3549", "AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", 5.2),
            ("CVE-2023-3089", "AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3),
            ("CVE-2023-3089", "AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/CR:H/IR:L/AR:L/MAV:N/MAC:H/MVC:H/MVI:L/MVA:L", 8.1),
            ("CVE-2021-44714", "AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", 4.6),
            ("CVE-2022-21830", "AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 5.1),
            ("CVE-2022-22186", "AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 6.9),
            ("CVE-2023-21989", "AV:L/AC:L/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:H/SI:N/SA:N", 5.9),
            ("CVE-2020-3947", "AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 9.4),
            ("CVE-2023-48228", "AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:H/VA:N/SC:H/SI:H/SA:H", 9.3),
            ("CVE-2023-30560", "AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:H/SA:N/S:P/V:D", 8.3),
            ("CVE-2014-0160", "AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A", 8.7),
            ("CVE-2021-44228", "AV:N/AC:H/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P/MAC:L/MAT:N/MVC:N/MVI:N/MVA:L", 5.5),
            ("CVE-2013-6014", "AV:A/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:H/SI:N/SA:H", 6.4),
            ("CVE-2016-5729", "AV:L/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/R:I", 8.4),
        ];
        for (name, vector, expected) in examples {
            assert_eq!(score(vector), expected, "{name} {vector}");
        }
    }

    #[test]
    fn the_ends_of_the_scale() {
        assert_eq!(score("AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N"), 0.0);
        let base = "AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H";
        assert_eq!(score(&format!("{base}/MVC:N/MVI:N/MVA:N/MSC:N/MSI:N/MSA:N")), 0.0);
        let mild = "AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N/E:U/CR:L";
        assert_eq!(score(mild), other(&format!("CVSS:4.0/{mild}")));
    }

    #[test]
    fn names_the_groups_it_rests_on() {
        let base = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
        let text =
            |rest| rate(&Vector::parse(Version::V40, &format!("{base}{rest}")).unwrap()).0.text;
        assert_eq!(text(""), "9.3 Critical (CVSS-B)");
        assert_eq!(text("/S:P/E:X"), "9.3 Critical (CVSS-B)");
        assert!(text("/E:U").ends_with("(CVSS-BT)"));
        assert!(text("/MAV:A").ends_with("(CVSS-BE)"));
        assert!(text("/E:P/CR:L").ends_with("(CVSS-BTE)"));
    }

    #[test]
    fn shows_its_working() {
        let vector = "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
        let (_, steps) = rate(&Vector::parse(Version::V40, vector).unwrap());
        let shown: Vec<String> =
            steps.iter().map(|s| format!("{}: {} = {}", s.label, s.working, s.result)).collect();
        assert_eq!(shown[0], "MacroVector: levels of EQ1 to EQ6, 0 the most severe = 110200");
        assert_eq!(shown.last().unwrap(), "Severity: 7.3 = High");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn agrees_with_another_implementation(text in vectors(Version::V40)) {
            let (score, _) = rate(&Vector::parse(Version::V40, &text).unwrap());
            let value = score.value.unwrap();
            prop_assert!((0.0..=10.0).contains(&value));
            prop_assert_eq!(value, other(&text));
        }
    }
}
