//! The OWASP Risk Rating Methodology: likelihood and impact are means of
//! factors from 0 to 9, and a matrix of their levels gives the severity.
//! <https://owasp.org/www-community/OWASP_Risk_Rating_Methodology>

use super::factor::{Factor, Level, complete};
use super::problem::Problem;
use super::reference::Notes;
use super::score::{Band, Score, Severity, Step, number};
use super::{Framework, Rule};

/// The factors of likelihood, of technical impact and of business impact.
const LIKELIHOOD: std::ops::Range<usize> = 0..8;
const TECHNICAL: std::ops::Range<usize> = 8..12;
const BUSINESS: std::ops::Range<usize> = 12..16;

/// Upper-case, as the methodology writes levels; bands are in small letters.
pub(crate) const LEVELS: [&str; 3] = ["LOW", "MEDIUM", "HIGH"];

/// Bands by level of impact, then by level of likelihood.
pub(crate) const MATRIX: [[usize; 3]; 3] = [[0, 1, 2], [1, 2, 3], [2, 3, 4]];

/// The numbers of the methodology's worked example, in the order of the factors.
pub(crate) const EXAMPLE: [f64; 16] =
    [5.0, 2.0, 7.0, 1.0, 3.0, 6.0, 9.0, 2.0, 9.0, 7.0, 5.0, 8.0, 1.0, 2.0, 1.0, 5.0];

/// Title, group and question of each factor, and its options with their ratings.
type Row = (&'static str, &'static str, &'static str, &'static [(f64, &'static str)]);

#[rustfmt::skip]
const FACTORS: [Row; 16] = [
    ("Skill level", "Threat agent", "How skilled are the attackers?",
        &[(1.0, "No technical skills"), (3.0, "Some technical skills"), (5.0, "Advanced computer user"), (6.0, "Network and programming skills"), (9.0, "Security penetration skills")]),
    ("Motive", "Threat agent", "How much does an attack gain them?",
        &[(1.0, "Low or no reward"), (4.0, "Possible reward"), (9.0, "High reward")]),
    ("Opportunity", "Threat agent", "Which access and resources must they have?",
        &[(0.0, "Full access or expensive resources"), (4.0, "Special access or resources"), (7.0, "Some access or resources"), (9.0, "No access or resources")]),
    ("Size", "Threat agent", "How large is the group of attackers?",
        &[(2.0, "Developers, system administrators"), (4.0, "Intranet users"), (5.0, "Partners"), (6.0, "Authenticated users"), (9.0, "Anonymous Internet users")]),
    ("Ease of discovery", "Vulnerability", "How easily do they find the vulnerability?",
        &[(1.0, "Practically impossible"), (3.0, "Difficult"), (7.0, "Easy"), (9.0, "Automated tools")]),
    ("Ease of exploit", "Vulnerability", "How easily do they use it?",
        &[(1.0, "Theoretical"), (3.0, "Difficult"), (5.0, "Easy"), (9.0, "Automated tools")]),
    ("Awareness", "Vulnerability", "How well do they know of it?",
        &[(1.0, "Unknown"), (4.0, "Hidden"), (6.0, "Obvious"), (9.0, "Public knowledge")]),
    ("Intrusion detection", "Vulnerability", "How likely is an attack to be noticed?",
        &[(1.0, "Active detection"), (3.0, "Logged and reviewed"), (8.0, "Logged without review"), (9.0, "Not logged")]),
    ("Loss of confidentiality", "Technical impact", "How much data gets out, and how sensitive is it?",
        &[(2.0, "Minimal, not sensitive"), (6.0, "Minimal critical, or extensive not sensitive"), (7.0, "Extensive critical"), (9.0, "All")]),
    ("Loss of integrity", "Technical impact", "How much data is corrupted, and how badly?",
        &[(1.0, "Minimal, slightly"), (3.0, "Minimal, seriously"), (5.0, "Extensive, slightly"), (7.0, "Extensive, seriously"), (9.0, "All, totally")]),
    ("Loss of availability", "Technical impact", "How much service is lost, and how vital is it?",
        &[(1.0, "Minimal secondary"), (5.0, "Minimal primary, or extensive secondary"), (7.0, "Extensive primary"), (9.0, "All")]),
    ("Loss of accountability", "Technical impact", "Can the act be traced to a person?",
        &[(1.0, "Fully traceable"), (7.0, "Possibly traceable"), (9.0, "Anonymous")]),
    ("Financial damage", "Business impact", "How much money is lost?",
        &[(1.0, "Less than the fix costs"), (3.0, "Minor effect on annual profit"), (7.0, "Significant effect on annual profit"), (9.0, "Bankruptcy")]),
    ("Reputation damage", "Business impact", "How much does the reputation suffer?",
        &[(1.0, "Minimal"), (4.0, "Loss of major accounts"), (5.0, "Loss of goodwill"), (9.0, "Brand damage")]),
    ("Non-compliance", "Business impact", "How exposed is the organisation for breaking rules?",
        &[(2.0, "Minor violation"), (5.0, "Clear violation"), (7.0, "High profile violation")]),
    ("Privacy violation", "Business impact", "Whose personal data can get out?",
        &[(3.0, "One person"), (5.0, "Hundreds of people"), (7.0, "Thousands of people"), (9.0, "Millions of people")]),
];

/// The framework.
pub(crate) fn owasp() -> Framework {
    let factors = FACTORS.iter().map(|(title, group, question, options)| Factor {
        name: title.to_lowercase().replace(' ', "-"),
        title: (*title).into(),
        group: (*group).into(),
        question: (*question).into(),
        levels: options.iter().map(|(value, label)| Level::new(*value, *label, "")).collect(),
        range: Some((0.0, 9.0)),
    });
    Framework {
        name: "owasp".into(),
        title: "OWASP Risk Rating".into(),
        description: "Eight factors of likelihood and eight of impact, each from 0 to 9. The levels of the two means give the severity.".into(),
        factors: factors.collect(),
        bands: vec![
            Band::new("Note", None, Severity::None),
            Band::new("Low", None, Severity::Low),
            Band::new("Medium", None, Severity::Medium),
            Band::new("High", None, Severity::High),
            Band::new("Critical", None, Severity::Critical),
        ],
        rule: Rule::Owasp,
        notes: Notes {
            when: &[
                "You must show which facts a rating rests on.",
                "People who know the business take part and can rate its impact.",
            ],
            when_not: &["There are many threats and little time: twelve to sixteen answers each are a lot."],
            limits: &[
                "Means hide extremes: one factor at 9 is lost among seven low ones.",
                "A higher skill of the attackers raises the likelihood. OWASP itself says that this is debated.",
                "The method expects you to adapt factors and weights. Declare a framework of your own for that.",
                "It has no overall number. Casebook orders threats of one severity by likelihood times impact.",
            ],
            sources: &[(
                "OWASP Risk Rating Methodology",
                "https://owasp.org/www-community/OWASP_Risk_Rating_Methodology",
            )],
        },
    }
}

/// 0 to below 3 is low, to below 6 medium, to 9 high.
fn level(mean: f64) -> usize {
    usize::from(mean >= 3.0) + usize::from(mean >= 6.0)
}

fn mean(label: &str, values: &[f64], steps: &mut Vec<Step>) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let list: Vec<String> = values.iter().map(|value| number(*value)).collect();
    let result = format!("{} {}", number(mean), LEVELS[level(mean)]);
    steps.push(Step::new(label, format!("mean({})", list.join(", ")), result));
    mean
}

/// The severity, from business impact where it is known and else from technical
/// impact, as step 4 of the methodology says.
pub(crate) fn rate(
    framework: &Framework,
    values: &[Option<f64>],
) -> Result<(Score, Vec<Step>), Vec<Problem>> {
    let part = |range: std::ops::Range<usize>| {
        let given = values[range.clone()].iter().any(Option::is_some);
        (given, complete(&framework.factors[range.clone()], &values[range]))
    };
    let (_, likelihood) = part(LIKELIHOOD);
    let (technical, technical_values) = part(TECHNICAL);
    let (business, business_values) = part(BUSINESS);
    let mut problems: Vec<Problem> = Vec::new();
    let mut read = |values: Result<Vec<f64>, Vec<Problem>>| {
        values.map_err(|mut found| problems.append(&mut found)).ok()
    };
    let likelihood = read(likelihood);
    let technical = technical.then(|| read(technical_values)).flatten();
    let business = business.then(|| read(business_values)).flatten();
    if problems.is_empty() && technical.is_none() && business.is_none() {
        let message = "neither technical nor business impact is rated";
        problems.push(Problem::error("", message).help(
            "rate the four `loss-of-...` factors, or financial and reputation damage, non-compliance and privacy violation",
        ));
    }
    let Some(likelihood) = likelihood.filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    let mut steps = Vec::new();
    let likelihood = mean("Likelihood", &likelihood, &mut steps);
    let technical = technical.map(|values| mean("Technical impact", &values, &mut steps));
    let business = business.map(|values| mean("Business impact", &values, &mut steps));
    let impact = business.or(technical).unwrap_or_default();
    let kind = if business.is_some() { "business" } else { "technical" };
    let band = &framework.bands[MATRIX[level(impact)][level(likelihood)]];
    let [likely, bad] = [likelihood, impact].map(|mean| LEVELS[level(mean)]);
    let working = format!("likelihood {likely}, {kind} impact {bad}");
    steps.push(Step::new("Severity", working, &band.name));
    let text = format!(
        "{} (likelihood {}, {kind} impact {})",
        band.name,
        number(likelihood),
        number(impact)
    );
    let score = Score::new(None, &band.name, band.severity, text);
    Ok((score.ranked(likelihood * impact), steps))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::factor::{Answer, Input};

    fn input(wanted: impl Fn(usize) -> bool) -> Input {
        let factors = owasp().factors.into_iter().zip(EXAMPLE).enumerate();
        let answers = factors.filter(|(place, _)| wanted(*place));
        Input::Factors(answers.map(|(_, (f, v))| (f.name, Answer::Number(v))).collect())
    }

    /// The worked example of the methodology, with its own numbers and words.
    #[test]
    fn the_example_of_the_methodology() {
        let (score, steps) = owasp().rate(&input(|_| true)).unwrap();
        let results: Vec<&str> = steps.iter().map(|step| step.result.as_str()).collect();
        assert_eq!(results, ["4.375 MEDIUM", "7.25 HIGH", "2.25 LOW", "Low"]);
        assert_eq!(score.text, "Low (likelihood 4.375, business impact 2.25)");
        assert_eq!((score.value, score.severity), (None, Severity::Low));
    }

    #[test]
    fn without_business_impact_the_technical_one_counts() {
        let score = owasp().score(&input(|place| place < 12)).unwrap();
        assert_eq!(score.text, "High (likelihood 4.375, technical impact 7.25)");
    }

    #[test]
    fn says_what_is_missing() {
        let message = |wanted: fn(usize) -> bool| {
            let problems = owasp().score(&input(wanted)).unwrap_err();
            problems.into_iter().map(|p| p.message).collect::<Vec<_>>()
        };
        assert_eq!(message(|p| p < 8), ["neither technical nor business impact is rated"]);
        assert_eq!(message(|p| p != 1 && p < 12), ["`motive` has no answer"]);
        assert_eq!(
            message(|p| p < 14),
            ["`non-compliance` and `privacy-violation` have no answer"]
        );
    }

    /// The matrix of step 4, row by row: impact low, medium, high.
    #[test]
    fn the_matrix_of_the_methodology() {
        let framework = owasp();
        let score = |likelihood: f64, impact: f64| {
            let values: Vec<Option<f64>> = (0..12)
                .map(|place| Some(if LIKELIHOOD.contains(&place) { likelihood } else { impact }))
                .chain(BUSINESS.map(|_| None))
                .collect();
            rate(&framework, &values).unwrap().0.band
        };
        let rows: Vec<[String; 3]> =
            [2.0, 3.0, 6.0].map(|impact| [2.0, 5.0, 9.0].map(|l| score(l, impact))).into();
        assert_eq!(rows[0], ["Note", "Low", "Medium"]);
        assert_eq!(rows[1], ["Low", "Medium", "High"]);
        assert_eq!(rows[2], ["Medium", "High", "Critical"]);
    }

    #[test]
    fn one_severity_is_ordered_by_likelihood_times_impact() {
        let framework = owasp();
        let score = |likelihood: f64, impact: f64| {
            let values: Vec<Option<f64>> =
                (0..16).map(|p| Some(if p < 8 { likelihood } else { impact })).collect();
            rate(&framework, &values).unwrap().0
        };
        assert!(score(5.0, 5.0) > score(5.0, 4.0));
        assert!(score(6.0, 3.0) > score(5.0, 5.0));
    }
}
