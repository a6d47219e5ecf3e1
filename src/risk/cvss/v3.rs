//! Scores of CVSS 3.1, by section 7 and appendix A of its specification.
//! <https://www.first.org/cvss/v3.1/specification-document>

use super::Group::{Base, Environmental, Temporal};
use super::{Metric, Value, Vector, Version, metric, value};
use crate::risk::score::{Score, Severity, Step, number};

const AV: &[Value] = &[
    value("N", "Network", 0.85),
    value("A", "Adjacent", 0.62),
    value("L", "Local", 0.55),
    value("P", "Physical", 0.2),
];
const AC: &[Value] = &[value("L", "Low", 0.77), value("H", "High", 0.44)];
/// For an unchanged scope; [`privileges`] has the others.
const PR: &[Value] = &[value("N", "None", 0.85), value("L", "Low", 0.62), value("H", "High", 0.27)];
const UI: &[Value] = &[value("N", "None", 0.85), value("R", "Required", 0.62)];
/// Scope has no weight: it chooses between formulas.
const SCOPE: &[Value] = &[value("U", "Unchanged", 0.0), value("C", "Changed", 0.0)];
const IMPACT: &[Value] =
    &[value("H", "High", 0.56), value("L", "Low", 0.22), value("N", "None", 0.0)];
const REQUIREMENT: &[Value] =
    &[value("H", "High", 1.5), value("M", "Medium", 1.0), value("L", "Low", 0.5)];
const E: &[Value] = &[
    value("H", "High", 1.0),
    value("F", "Functional", 0.97),
    value("P", "Proof-of-Concept", 0.94),
    value("U", "Unproven", 0.91),
];
const RL: &[Value] = &[
    value("U", "Unavailable", 1.0),
    value("W", "Workaround", 0.97),
    value("T", "Temporary Fix", 0.96),
    value("O", "Official Fix", 0.95),
];
const RC: &[Value] =
    &[value("C", "Confirmed", 1.0), value("R", "Reasonable", 0.96), value("U", "Unknown", 0.92)];

/// The metrics in the order of the specification's table of vector strings.
#[rustfmt::skip]
pub(crate) const METRICS: &[Metric] = &[
    metric("AV", "Attack Vector", Base, "From how far away can the attack be made?", AV),
    metric("AC", "Attack Complexity", Base, "Does the attack need conditions that the attacker cannot control?", AC),
    metric("PR", "Privileges Required", Base, "Which rights must the attacker have before the attack?", PR),
    metric("UI", "User Interaction", Base, "Must somebody else do something for the attack to work?", UI),
    metric("S", "Scope", Base, "Does the harm reach beyond what the vulnerable component's own authority controls?", SCOPE),
    metric("C", "Confidentiality", Base, "How much information reaches people who must not have it?", IMPACT),
    metric("I", "Integrity", Base, "How much can the attacker change what others rely on?", IMPACT),
    metric("A", "Availability", Base, "How much does the attack keep the component from doing its work?", IMPACT),
    metric("E", "Exploit Code Maturity", Temporal, "How far have attacks been worked out in public?", E),
    metric("RL", "Remediation Level", Temporal, "Is there a fix?", RL),
    metric("RC", "Report Confidence", Temporal, "How sure is it that the vulnerability exists?", RC),
    metric("CR", "Confidentiality Requirement", Environmental, "How much does confidentiality matter here?", REQUIREMENT),
    metric("IR", "Integrity Requirement", Environmental, "How much does integrity matter here?", REQUIREMENT),
    metric("AR", "Availability Requirement", Environmental, "How much does availability matter here?", REQUIREMENT),
    metric("MAV", "Modified Attack Vector", Environmental, "Attack Vector, as it is here", AV),
    metric("MAC", "Modified Attack Complexity", Environmental, "Attack Complexity, as it is here", AC),
    metric("MPR", "Modified Privileges Required", Environmental, "Privileges Required, as they are here", PR),
    metric("MUI", "Modified User Interaction", Environmental, "User Interaction, as it is here", UI),
    metric("MS", "Modified Scope", Environmental, "Scope, as it is here", SCOPE),
    metric("MC", "Modified Confidentiality", Environmental, "Confidentiality, as it is here", IMPACT),
    metric("MI", "Modified Integrity", Environmental, "Integrity, as it is here", IMPACT),
    metric("MA", "Modified Availability", Environmental, "Availability, as it is here", IMPACT),
];

/// The weight of a metric's value; 1 where the metric is not defined, which
/// happens to temporal metrics and requirements alone.
fn weight(key: &str, value: Option<&str>) -> f64 {
    let metric = Version::V31.metric(key);
    let found = metric.and_then(|m| m.values.iter().find(|v| Some(v.key) == value));
    found.map_or(1.0, |value| value.weight)
}

/// Privileges weigh more where the scope changes.
fn privileges(value: Option<&str>, changed: bool) -> f64 {
    match (value, changed) {
        (Some("L"), true) => 0.68,
        (Some("H"), true) => 0.5,
        _ => weight("PR", value),
    }
}

/// Appendix A: the smallest number with one decimal that is not below the
/// input, worked out in whole numbers so that every machine agrees.
pub(crate) fn roundup(input: f64) -> f64 {
    let scaled = (input * 100_000.0).round() as i64;
    match scaled % 10_000 {
        0 => scaled as f64 / 100_000.0,
        _ => (scaled.div_euclid(10_000) + 1) as f64 / 10.0,
    }
}

fn decimal(score: f64) -> String {
    format!("{score:.1}")
}

/// Exploitability: the same formula for base and for modified metrics.
fn exploitability(
    label: &str,
    value: impl Fn(&str) -> Option<&'static str>,
    changed: bool,
    steps: &mut Vec<Step>,
) -> f64 {
    let weights = [
        weight("AV", value("AV")),
        weight("AC", value("AC")),
        privileges(value("PR"), changed),
        weight("UI", value("UI")),
    ];
    let result = weights.iter().fold(8.22, |product, weight| product * weight);
    let [av, ac, pr, ui] = weights.map(number);
    steps.push(Step::new(label, format!("8.22 × {av} × {ac} × {pr} × {ui}"), number(result)));
    result
}

/// Impact and exploitability together, before rounding, and how it was written.
fn combine(impact: f64, exploitability: f64, changed: bool) -> (f64, String) {
    let (i, e) = (number(impact), number(exploitability));
    match changed {
        true => {
            ((1.08 * (impact + exploitability)).min(10.0), format!("min(1.08 × ({i} + {e}), 10)"))
        }
        false => ((impact + exploitability).min(10.0), format!("min({i} + {e}, 10)")),
    }
}

fn base(vector: &Vector, steps: &mut Vec<Step>) -> f64 {
    let changed = vector.get("S") == Some("C");
    let [c, i, a] = ["C", "I", "A"].map(|key| weight(key, vector.get(key)));
    let iss = 1.0 - (1.0 - c) * (1.0 - i) * (1.0 - a);
    let working = format!("1 − (1 − {}) × (1 − {}) × (1 − {})", number(c), number(i), number(a));
    steps.push(Step::new("Impact sub-score (ISS)", working, number(iss)));
    let n = number(iss);
    let (impact, working) = match changed {
        true => (
            7.52 * (iss - 0.029) - 3.25 * (iss - 0.02).powi(15),
            format!("scope changed: 7.52 × ({n} − 0.029) − 3.25 × ({n} − 0.02)^15"),
        ),
        false => (6.42 * iss, format!("scope unchanged: 6.42 × {n}")),
    };
    steps.push(Step::new("Impact", working, number(impact)));
    let exploit = exploitability("Exploitability", |key| vector.get(key), changed, steps);
    let (score, working) = match impact <= 0.0 {
        true => (0.0, "no impact".into()),
        false => {
            let (sum, working) = combine(impact, exploit, changed);
            (roundup(sum), format!("roundup({working})"))
        }
    };
    steps.push(Step::new("Base score", working, decimal(score)));
    score
}

/// The three temporal weights, and how they are written after a product.
fn temporal(vector: &Vector) -> (f64, String) {
    let weights = ["E", "RL", "RC"].map(|key| weight(key, vector.get(key)));
    let [e, rl, rc] = weights.map(number);
    (weights.iter().product(), format!("{e} × {rl} × {rc}"))
}

fn environmental(vector: &Vector, steps: &mut Vec<Step>) -> f64 {
    let changed = vector.modified("S") == Some("C");
    let impacts = ["C", "I", "A"].map(|key| {
        let requirement = format!("{key}R");
        (weight(&requirement, vector.get(&requirement)), weight(key, vector.modified(key)))
    });
    let safe: f64 = impacts.iter().map(|(need, impact)| 1.0 - need * impact).product();
    let miss = (1.0 - safe).min(0.915);
    let terms = impacts.map(|(need, i)| format!("(1 − {} × {})", number(need), number(i)));
    let working = format!("min(1 − {}, 0.915)", terms.join(" × "));
    steps.push(Step::new("Modified impact sub-score (MISS)", working, number(miss)));
    let n = number(miss);
    let (impact, working) = match changed {
        true => (
            7.52 * (miss - 0.029) - 3.25 * (miss * 0.9731 - 0.02).powi(13),
            format!("scope changed: 7.52 × ({n} − 0.029) − 3.25 × ({n} × 0.9731 − 0.02)^13"),
        ),
        false => (6.42 * miss, format!("scope unchanged: 6.42 × {n}")),
    };
    steps.push(Step::new("Modified impact", working, number(impact)));
    let exploit =
        exploitability("Modified exploitability", |key| vector.modified(key), changed, steps);
    let (score, working) = match impact <= 0.0 {
        true => (0.0, "no impact".into()),
        false => {
            let (sum, sum_working) = combine(impact, exploit, changed);
            let (factor, factors) = temporal(vector);
            let working = format!("roundup(roundup({sum_working}) × {factors})");
            (roundup(roundup(sum) * factor), working)
        }
    };
    steps.push(Step::new("Environmental score", working, decimal(score)));
    score
}

/// The score of the widest group that the vector has, and the way to it.
pub(crate) fn rate(vector: &Vector) -> (Score, Vec<Step>) {
    let mut steps = Vec::new();
    let mut score = base(vector, &mut steps);
    let mut kind = "base";
    if vector.has(Temporal) {
        let (factor, factors) = temporal(vector);
        let working = format!("roundup({} × {factors})", decimal(score));
        score = roundup(score * factor);
        kind = "temporal";
        steps.push(Step::new("Temporal score", working, decimal(score)));
    }
    if vector.has(Environmental) {
        score = environmental(vector, &mut steps);
        kind = "environmental";
    }
    let severity = Severity::of_cvss(score);
    let text = format!("{} {severity} ({kind})", decimal(score));
    steps.push(Step::new("Severity", decimal(score), severity.to_string()));
    (Score::new(Some(score), &severity.to_string(), severity, text), steps)
}

#[cfg(test)]
mod tests {
    use super::super::tests::vectors;
    use super::*;
    use proptest::prelude::*;

    fn score(text: &str) -> f64 {
        let vector = Vector::parse(Version::V31, &format!("CVSS:3.1/{text}")).unwrap();
        rate(&vector).0.value.unwrap()
    }

    /// From "Common Vulnerability Scoring System v3.1: Examples",
    /// <https://www.first.org/cvss/v3.1/examples>.
    #[test]
    fn the_examples_of_the_specification() {
        let examples = [
            ("CVE-2013-1937", "AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
            ("CVE-2013-0375", "AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
            ("CVE-2014-3566", "AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
            ("CVE-2012-1516", "AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),
            ("CVE-2009-0783", "AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2),
            ("CVE-2012-0384", "AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 8.8),
            ("CVE-2015-1098", "AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8),
            ("CVE-2014-0160", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5),
            ("CVE-2014-6271", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
            ("CVE-2008-1447", "AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N", 6.8),
            ("CVE-2014-2005", "AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8),
            ("CVE-2010-0467", "AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:N/A:N", 5.8),
            ("CVE-2012-1342", "AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:L/A:N", 5.8),
            ("CVE-2013-6014", "AV:A/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:H", 9.3),
            ("CVE-2014-9253", "AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N", 5.4),
            ("CVE-2011-1265", "AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 8.8),
            ("CVE-2014-2019", "AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N", 4.6),
            ("CVE-2014-0224", "AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N", 7.4),
            ("CVE-2012-5376", "AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", 9.6),
        ];
        for (name, vector, expected) in examples {
            assert_eq!(score(vector), expected, "{name} {vector}");
        }
    }

    #[test]
    fn the_widest_group_decides() {
        let base = "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        assert_eq!(score(&format!("{base}/E:U/RL:O/RC:U")), 7.8);
        assert_eq!(score(&format!("{base}/MAV:P")), 6.8);
        assert_eq!(score(&format!("{base}/MC:N/MI:N/MA:N")), 0.0);
        assert_eq!(score(&format!("{base}/E:X/CR:X/MS:X")), 9.8);
    }

    #[test]
    fn rounds_up_as_appendix_a() {
        let cases = [(4.0, 4.0), (4.02, 4.1), (4.000_000_1, 4.0), (8.6 - 0.0, 8.6), (0.0, 0.0)];
        for (input, expected) in cases {
            assert_eq!(roundup(input), expected, "{input}");
        }
        // The specification's reason for whole numbers: 0.1 + 0.2 is no 0.4.
        assert_eq!(roundup(0.1 + 0.2), 0.3);
    }

    #[test]
    fn shows_its_working() {
        let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N";
        let (score, steps) = rate(&Vector::parse(Version::V31, vector).unwrap());
        assert_eq!(score.text, "6.1 Medium (base)");
        let shown: Vec<String> =
            steps.iter().map(|s| format!("{} = {} = {}", s.label, s.working, s.result)).collect();
        assert_eq!(
            shown,
            [
                "Impact sub-score (ISS) = 1 − (1 − 0.22) × (1 − 0.22) × (1 − 0) = 0.392",
                "Impact = scope changed: 7.52 × (0.392 − 0.029) − 3.25 × (0.392 − 0.02)^15 = 2.727",
                "Exploitability = 8.22 × 0.85 × 0.77 × 0.85 × 0.62 = 2.835",
                "Base score = roundup(min(1.08 × (2.727 + 2.835), 10)) = 6.1",
                "Severity = 6.1 = Medium",
            ]
        );
    }

    proptest! {
        #[test]
        fn stays_on_the_scale(text in vectors(Version::V31)) {
            let (score, _) = rate(&Vector::parse(Version::V31, &text).unwrap());
            let value = score.value.unwrap();
            prop_assert!((0.0..=10.0).contains(&value));
            prop_assert_eq!(value, (value * 10.0).round() / 10.0);
        }

        #[test]
        fn roundup_never_falls(input in 0.0..10.0f64) {
            let up = roundup(input);
            prop_assert!(up >= input - 0.000_01 && up < input + 0.100_01);
            prop_assert_eq!(roundup(up), up);
        }
    }
}
