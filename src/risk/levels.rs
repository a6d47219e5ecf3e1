//! The two simplest frameworks: one word, and likelihood times impact.

use super::factor::{Factor, Level};
use super::formula::Formula;
use super::reference::Notes;
use super::score::{Band, Severity};
use super::{Framework, Rule};

/// Low, medium or high, by judgement.
pub(crate) fn levels() -> Framework {
    Framework {
        name: "levels".into(),
        title: "Low, medium, high".into(),
        description: "One word per threat: how much would it matter, and how soon?".into(),
        factors: vec![Factor {
            name: "level".into(),
            title: "Level".into(),
            question: "When do you want to hear of this threat again?".into(),
            levels: vec![
                Level::new(1.0, "Low", "It can wait; a note in the backlog is enough."),
                Level::new(2.0, "Medium", "It needs a date, or a reason why it is accepted."),
                Level::new(3.0, "High", "The change does not ship before it is dealt with."),
            ],
            ..Factor::default()
        }],
        bands: vec![
            Band::new("Low", None, Severity::Low),
            Band::new("Medium", None, Severity::Medium),
            Band::new("High", None, Severity::High),
        ],
        rule: Rule::Choice,
        notes: Notes {
            when: &[
                "A small team talks about each threat and agrees in a sentence.",
                "The order of work matters, and a number would add nothing to it.",
            ],
            when_not: &[
                "Several teams compare their threats: each has its own idea of \"high\".",
                "Somebody has to follow the decision years later. Then name what it rests on.",
            ],
            limits: &["The word holds a judgement. It does not say which facts it came from."],
            sources: &[],
        },
    }
}

/// Likelihood times impact, each from 1 to 5.
pub(crate) fn likelihood_impact() -> Framework {
    Framework {
        name: "likelihood-impact".into(),
        title: "Likelihood × impact".into(),
        description: "How likely is it, and how bad would it be? The product gives the band."
            .into(),
        factors: vec![
            Factor {
                name: "likelihood".into(),
                title: "Likelihood".into(),
                question: "How likely is it that somebody tries and succeeds, as things stand?"
                    .into(),
                levels: vec![
                    Level::new(1.0, "Rare", "Needs means or luck that hardly anybody has."),
                    Level::new(2.0, "Unlikely", "Possible, with little reason to try."),
                    Level::new(3.0, "Possible", "A motivated attacker can do it."),
                    Level::new(4.0, "Likely", "Attackers do this to systems like ours."),
                    Level::new(5.0, "Almost certain", "It happens already, or a script does it."),
                ],
                ..Factor::default()
            },
            Factor {
                name: "impact".into(),
                title: "Impact".into(),
                question: "How bad is it for users and for the organisation if it happens?".into(),
                levels: vec![
                    Level::new(1.0, "Negligible", "Nobody outside the team notices."),
                    Level::new(2.0, "Minor", "A few users are bothered; nothing is lost."),
                    Level::new(3.0, "Moderate", "Some data or some hours of service are lost."),
                    Level::new(4.0, "Major", "Sensitive data, money or trust is lost."),
                    Level::new(5.0, "Severe", "People come to harm, or the organisation may fail."),
                ],
                ..Factor::default()
            },
        ],
        bands: vec![
            Band::new("Low", Some(1.0), Severity::Low),
            Band::new("Medium", Some(5.0), Severity::Medium),
            Band::new("High", Some(10.0), Severity::High),
            Band::new("Critical", Some(20.0), Severity::Critical),
        ],
        rule: Rule::Formula(Formula::product(2)),
        notes: Notes {
            when: &[
                "Threats of one kind of system are ranked against each other.",
                "You want to see whether a mitigation lowers the likelihood or the impact.",
            ],
            when_not: &["Nobody knows the likelihood even roughly. Rate the impact alone then."],
            limits: &[
                "The numbers are ranks, so the product is one as well: 12 is not twice as bad as 6.",
                "A rare disaster (1 × 5) and a daily nuisance (5 × 1) get the same number.",
                "The bands are a convention of Casebook. Declare your own where they do not fit.",
            ],
            sources: &[(
                "NIST SP 800-30 Rev. 1, Guide for Conducting Risk Assessments, on levels of likelihood and impact",
                "https://csrc.nist.gov/pubs/sp/800/30/r1/final",
            )],
        },
    }
}
