use super::*;
use crate::site::{Memo, Site};

/// The walk of threats, each with ID, severity, properties and text.
fn walk(threats: &[(&str, &str, &str, &str)]) -> (Walk, Graph, Vec<Diagnostic>) {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let file = folder.path().join("content").join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    put("index.md", "# Home\n");
    for (id, severity, applies, text) in threats {
        let head =
            format!("id: {id}\ntitle: Threat {id}\nseverity: {severity}\napplies-to: [{applies}]");
        put(&format!("threats/{id}.md"), &format!("---\n{head}\n---\n\n{text}\n"));
    }
    let (site, found) = Site::open(folder.path(), &mut Memo::default()).unwrap();
    let found = found.into_iter().map(|(_, found)| found);
    let found = found.filter(|found| found.code == Code::NoQuestions).collect();
    (site.walk().clone(), site.graph, found)
}

const HEAD: &str = "## How to see it in your design\n\n";

fn asked(walk: &Walk, graph: &Graph, words: &[&str]) -> Vec<(String, Vec<String>)> {
    let chosen: Vec<usize> = words.iter().map(|word| walk.property(word).unwrap()).collect();
    let id = |at: &usize| graph.nodes[walk.threats[*at].node].id.clone().unwrap();
    let steps = walk.steps(&chosen, &[]);
    let said = |step: &Step| {
        (walk.questions[step.question].clone(), step.threats.iter().map(id).collect())
    };
    steps.iter().map(said).collect()
}

#[test]
fn questions_are_items_and_sentences_that_ask() {
    let text = format!(
        "{HEAD}Draw it first. Which flow *carries* `keys` & [[T-2]]?\n\nThis is no question.\n\n\
         1. Who may call it?\n   - Also at night?\n2. List the\n   [routes](x.md).\n\n## What to do\n\n- Not this?"
    );
    let (walk, _, _) = walk(&[("T-1", "high", "", &text)]);
    assert_eq!(
        walk.questions,
        [
            "Draw it first. Which flow carries keys & T-2?",
            "Who may call it?",
            "Also at night?",
            "List the routes.",
        ]
    );
}

#[test]
fn what_hurts_fits_and_is_asked_by_many_comes_first() {
    let same = format!("{HEAD}- Where does the tenant come from: session or request?");
    let near = format!("{HEAD}- Own one?\n- From where does the tenant come, session or request?");
    let other = format!("{HEAD}- Who signs it?");
    let (walk, graph, found) = walk(&[
        ("T-1", "low", "web", &same),
        ("T-2", "low", "web", &near),
        ("T-3", "critical", "web", &other),
        ("T-4", "medium", "mail", &format!("{HEAD}- Who reads mail?")),
        ("T-5", "medium", "", &format!("{HEAD}- Who cleans up?")),
    ]);
    assert!(found.is_empty());
    let tenant = "Where does the tenant come from: session or request?".to_string();
    assert_eq!(
        asked(&walk, &graph, &["Web"]),
        [
            (tenant, vec!["T-1".to_string(), "T-2".into()]),
            ("Who signs it?".into(), vec!["T-3".into()]),
            ("Who cleans up?".into(), vec!["T-5".into()]),
        ]
    );
    let ranked = [graph.find("T-4").unwrap()];
    let first = &walk.steps(&[], &ranked)[0];
    assert_eq!(walk.questions[first.question], "Who reads mail?");
}

#[test]
fn a_threat_without_questions_is_told_where_others_have_some() {
    let with = format!("{HEAD}- Who?");
    let empty = "## What to do\n\nNothing.";
    let (_, _, found) =
        walk(&[("T-1", "low", "", &with), ("T-2", "low", "", &with), ("T-3", "low", "", empty)]);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("`T-3`"), "{}", found[0].message);
    let (_, _, found) = walk(&[("T-1", "low", "", &with), ("T-2", "low", "", empty)]);
    assert_eq!(found.len(), 0, "a book that does not want it");
}
