//! DREAD, as Michael Howard and David LeBlanc describe it in "Writing Secure
//! Code", second edition, Microsoft Press 2003, chapter 4: five ratings from 1
//! to 10, ten the worst, and their mean. The bands are ours.

use super::factor::{Factor, Level};
use super::formula::Formula;
use super::reference::Notes;
use super::score::{Band, Severity};
use super::{Framework, Rule};

/// A factor with marks at 1, 5 and 10.
fn factor(name: &str, title: &str, question: &str, marks: [(&str, &str); 3]) -> Factor {
    let levels = [1.0, 5.0, 10.0].into_iter().zip(marks);
    Factor {
        name: name.into(),
        title: title.into(),
        question: question.into(),
        levels: levels.map(|(value, (label, text))| Level::new(value, label, text)).collect(),
        range: Some((1.0, 10.0)),
        ..Factor::default()
    }
}

/// The framework.
pub(crate) fn dread() -> Framework {
    Framework {
        name: "dread".into(),
        title: "DREAD".into(),
        description: "Five ratings from 1 to 10: damage, reproducibility, exploitability, affected users, discoverability. Their mean is the score.".into(),
        factors: vec![
            factor(
                "damage",
                "Damage potential",
                "How bad is it if the attack succeeds?",
                [
                    ("Trivial", "Nothing of value is lost."),
                    ("Serious", "The data of single users is lost or changed."),
                    ("Total", "The attacker controls the system or its data."),
                ],
            ),
            factor(
                "reproducibility",
                "Reproducibility",
                "How often does the attack work when it is tried?",
                [
                    ("Hardly ever", "Even with the flaw known, it fails nearly always."),
                    ("Sometimes", "It needs good timing or a certain state."),
                    ("Always", "It works every time."),
                ],
            ),
            factor(
                "exploitability",
                "Exploitability",
                "How little effort and skill does the attack take?",
                [
                    ("Expert", "Rare skill, much time or inside access."),
                    ("Skilled", "A programmer with some days."),
                    ("Anyone", "A browser or a ready-made tool is enough."),
                ],
            ),
            factor(
                "affected-users",
                "Affected users",
                "How many users does it reach?",
                [
                    ("Few", "Nearly nobody, or a rare configuration."),
                    ("Some", "A group, or users of one feature."),
                    ("All", "Everybody, with the default configuration."),
                ],
            ),
            factor(
                "discoverability",
                "Discoverability",
                "How easy is the flaw to find?",
                [
                    ("Hidden", "It takes the source code and luck."),
                    ("Findable", "A tester finds it with time."),
                    ("Obvious", "It is public, or seen in plain use."),
                ],
            ),
        ],
        bands: vec![
            Band::new("Low", Some(1.0), Severity::Low),
            Band::new("Medium", Some(4.0), Severity::Medium),
            Band::new("High", Some(7.0), Severity::High),
            Band::new("Critical", Some(9.0), Severity::Critical),
        ],
        rule: Rule::Formula(Formula::mean(5)),
        notes: Notes {
            when: &[
                "You keep older models comparable that use it.",
                "The five questions help a team to talk about one threat.",
            ],
            when_not: &[
                "You start afresh: two people seldom reach the same five numbers.",
                "The number goes to people outside the team. Use a framework with set answers.",
            ],
            limits: &[
                "The mean hides extremes: total damage that is hard to find looks ordinary.",
                "Discoverability rewards hiding a flaw. Some teams set it to 10 throughout.",
                "One of its authors wrote later that it was made without academic rigour.",
                "The bands and the marks at 1, 5 and 10 are conventions of Casebook. Other texts rate from 0 to 10, or from 1 to 3 with a sum.",
            ],
            sources: &[
                (
                    "Michael Howard, David LeBlanc: Writing Secure Code, 2nd edition, Microsoft Press 2003, chapter 4",
                    "https://www.oreilly.com/library/view/writing-secure-code/0735617228/ch04.html",
                ),
                (
                    "Improving Web Application Security, Microsoft 2003, chapter 3, which rates from 1 to 3",
                    "https://learn.microsoft.com/en-us/previous-versions/msp-n-p/ff648644(v=pandp.10)",
                ),
                (
                    "David LeBlanc: DREADful, 2007",
                    "http://blogs.msdn.com/b/david_leblanc/archive/2007/08/13/dreadful.aspx",
                ),
            ],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::Input;

    #[test]
    fn the_mean_decides() {
        let ratings = |d, r, e, a, i| {
            dread().score(&Input::from([
                ("damage", d),
                ("reproducibility", r),
                ("exploitability", e),
                ("affected-users", a),
                ("discoverability", i),
            ]))
        };
        let score = ratings(8.0, 10.0, 7.0, 10.0, 10.0).unwrap();
        assert_eq!(score.text, "9 Critical");
        assert_eq!(ratings(1.0, 1.0, 1.0, 1.0, 1.0).unwrap().severity, Severity::Low);
        assert_eq!(ratings(3.0, 5.0, 4.0, 4.0, 4.0).unwrap().text, "4 Medium");
        let problems = ratings(0.0, 11.0, 2.5, 1.0, 1.0).unwrap_err();
        assert_eq!(problems.len(), 3);
        assert_eq!(problems[0].message, "`0` is no answer to `damage`");
        assert_eq!(problems[0].help.as_deref(), Some("use a whole number from 1 to 10"));
    }
}
