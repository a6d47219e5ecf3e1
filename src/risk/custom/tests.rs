use super::*;
use crate::risk::factor::{Input, Level};
use crate::risk::score::Severity;
use proptest::prelude::*;

fn factor(name: &str, values: &[(f64, &str)]) -> Factor {
    Factor {
        name: name.into(),
        title: name.to_uppercase(),
        question: "How much?".into(),
        levels: values
            .iter()
            .map(|(value, label)| Level::new(*value, *label, "When so."))
            .collect(),
        ..Factor::default()
    }
}

fn house() -> Declaration {
    Declaration {
        name: "house".into(),
        title: "House rules".into(),
        description: "What we use.".into(),
        factors: vec![
            factor("reach", &[(1.0, "One"), (3.0, "Many")]),
            factor("data-value", &[(0.0, "Public"), (2.0, "Secret")]),
        ],
        formula: Some("reach * (data-value + 1)".into()),
        matrix: None,
        bands: vec![
            Band::new("Worry", Some(5.0), Severity::High),
            Band::new("Calm", Some(1.0), Severity::Low),
        ],
    }
}

fn grid() -> Declaration {
    let cells = [["Calm", "Calm"], ["Calm", "Worry"]];
    Declaration {
        formula: None,
        matrix: Some(Matrix {
            rows: "reach".into(),
            columns: "data-value".into(),
            cells: cells.map(|row| row.map(String::from).to_vec()).to_vec(),
        }),
        bands: vec![
            Band::new("Worry", None, Severity::High),
            Band::new("Calm", None, Severity::Low),
        ],
        ..house()
    }
}

/// Key and message of each problem, with `?` before a warning.
fn found(declaration: &Declaration) -> Vec<String> {
    let (framework, problems) = declaration.check();
    assert_eq!(framework.is_some(), problems.iter().all(|problem| problem.warning));
    let mark = |warning| if warning { "?" } else { "" };
    problems.iter().map(|p| format!("{}{}: {}", mark(p.warning), p.key, p.message)).collect()
}

#[test]
fn a_formula_gives_number_and_band() {
    let (framework, problems) = house().check();
    assert_eq!(problems, []);
    let (score, steps) =
        framework.unwrap().rate(&[("reach", 3.0), ("data-value", 2.0)].into()).unwrap();
    assert_eq!((score.text.as_str(), score.severity), ("9 Worry", Severity::High));
    assert_eq!(steps[2].working, "REACH * (DATA-VALUE + 1) = 3 * (2 + 1)");
    assert_eq!(steps[3].working, "from 5");
}

#[test]
fn a_matrix_gives_a_band() {
    let (framework, problems) = grid().check();
    assert_eq!(problems, []);
    let framework = framework.unwrap();
    let score =
        |reach, data| framework.score(&[("reach", reach), ("data-value", data)].into()).unwrap();
    assert_eq!(score(3.0, 2.0).text, "Worry");
    assert_eq!(score(3.0, 0.0).text, "Calm");
    assert!(score(3.0, 2.0) > score(1.0, 2.0));
}

#[test]
fn the_page_shows_a_matrix() {
    let page = grid().check().0.unwrap().reference();
    assert!(page.starts_with("What we use.\n\n## What is asked\n\n**REACH** (`reach`). How much?"));
    assert!(page.contains("| REACH ↓ DATA-VALUE → | Public | Secret |\n| --- | --- | --- |\n"));
    assert!(page.contains("| Many | Calm | Worry |\n"));
    assert!(page.ends_with(
        "## Bands\n\n| Band | Severity |\n| --- | --- |\n| Calm | Low |\n| Worry | High |\n"
    ));
}

#[test]
fn documentation_is_asked_for() {
    let mut declaration = house();
    declaration.description.clear();
    declaration.factors[0].question.clear();
    declaration.factors[1].levels[1].explanation.clear();
    assert_eq!(
        found(&declaration),
        [
            "?description: framework `house` has no description",
            "?factors.0.question: factor `reach` is not documented",
            "?factors.1.levels.1.explanation: levels of factor `data-value` are not documented: Secret",
        ]
    );
}

#[test]
fn names_are_checked() {
    let mut declaration = house();
    declaration.name = "dread".into();
    declaration.factors[0].name = "mean".into();
    declaration.factors[1].name = "Data Value".into();
    declaration.formula = Some("1".into());
    let found = found(&declaration);
    assert_eq!(
        found[..3],
        [
            "name: `dread` is the name of a framework built in",
            "factors.0.name: `mean` is a function of formulas",
            "factors.1.name: `Data Value` does not work as a name",
        ]
    );
}

#[test]
fn levels_and_bands_are_checked() {
    let mut declaration = house();
    declaration.factors[0].levels[1] = Level::new(1.0, "ONE", "");
    declaration.factors[1].levels.clear();
    declaration.bands[1] = Band::new("Worry", None, Severity::Low);
    assert_eq!(
        found(&declaration),
        [
            "factors.0.levels.1.value: two levels of `reach` have the value 1",
            "factors.0.levels.1.label: two levels of `reach` are called `ONE`",
            "factors.1.levels: factor `data-value` has no levels",
            "bands.1.name: band `Worry` is declared twice",
            "bands.1.from: band `Worry` does not say where it starts",
        ]
    );
}

#[test]
fn a_higher_score_is_a_worse_one() {
    let mut declaration = house();
    declaration.bands[0].severity = Severity::None;
    assert_eq!(
        found(&declaration),
        ["bands: band `Worry` starts higher than `Calm` and is less severe"]
    );
}

#[test]
fn formulas_are_tried_out() {
    let with = |formula: &str| found(&Declaration { formula: Some(formula.into()), ..house() });
    assert_eq!(with("reach * dat-value"), ["formula: `dat-value` is not a factor at column 9"]);
    assert_eq!(
        with("reach / data-value"),
        ["formula: the formula has no result for some answers, such as 1 / 0"]
    );
    assert_eq!(
        with("reach"),
        [
            "?factors.1: factor `data-value` is asked for, but the formula does not use it",
            "?bands: no answers lead to band `Worry`",
        ]
    );
    assert_eq!(with("reach * data-value"), ["?bands: scores go down to 0, below the lowest band"]);
}

#[test]
fn a_matrix_must_fit() {
    let mut declaration = grid();
    let matrix = declaration.matrix.as_mut().unwrap();
    matrix.cells[1] = vec!["Clam".into()];
    assert_eq!(
        found(&declaration),
        [
            "matrix.cells.1: row 2 of the matrix has 1 cells, not 2",
            "matrix.cells.1.0: `Clam` is not a band of the framework",
            "?bands.0: no cell of the matrix leads to band `Worry`",
        ]
    );
    let mut declaration = grid();
    declaration.matrix.as_mut().unwrap().columns = "value".into();
    assert_eq!(found(&declaration), ["matrix.columns: `value` is not a factor of the framework"]);
}

#[test]
fn one_rule_is_needed() {
    let none = Declaration { formula: None, ..house() };
    assert_eq!(found(&none), [": the framework has neither a formula nor a matrix"]);
    let both = Declaration { formula: house().formula, ..grid() };
    assert!(found(&both).contains(&"matrix: the framework has a formula and a matrix".into()));
    assert!(!found(&Declaration::default()).is_empty());
}

proptest! {
    #[test]
    fn never_panics(
        name in "\\PC{0,8}",
        formula in proptest::option::of("[a-c0-9+*/() -]{0,20}"),
        values in proptest::collection::vec(any::<f64>(), 0..4),
        cells in proptest::collection::vec(proptest::collection::vec("[ab]", 0..3), 0..3),
        matrix in any::<bool>(),
    ) {
        let levels: Vec<(f64, &str)> = values.iter().map(|value| (*value, "x")).collect();
        let declaration = Declaration {
            name,
            factors: vec![factor("a", &levels), factor("b", &[(0.0, "zero"), (1.0, "one")])],
            formula,
            matrix: matrix.then(|| Matrix { rows: "a".into(), columns: "b".into(), cells }),
            bands: values.iter().map(|v| Band::new("a", Some(*v), Severity::Low)).collect(),
            ..Declaration::default()
        };
        if let (Some(framework), _) = declaration.check() {
            let _ = framework.score(&Input::from([("a", 1.0), ("b", 1.0)]));
            let _ = framework.reference();
        }
    }
}
