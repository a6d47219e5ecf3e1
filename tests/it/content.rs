//! The project's own knowledge base: what holds for its entries as a whole.

use crate::support;

use casebook::search::Document;
use std::collections::{BTreeMap, BTreeSet};
use support::project;

/// From which likeness on two entries of a kind need a reason to be two. 1 is the same
/// words in the same numbers.
const ALIKE: f64 = 0.3;

fn documents() -> Vec<Document> {
    support::own().documents()
}

/// The words of an entry, without the words of its sections' headings, which all share.
fn words(document: &Document) -> Vec<String> {
    let mut text = format!("{} {} {}", document.title, document.title, document.description);
    for section in &document.sections {
        text.push(' ');
        text.push_str(&section.text);
    }
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2)
        .map(str::to_string)
        .collect()
}

/// How alike the entries of a kind are: the cosine of their words, each weighed by how
/// few entries have it (tf-idf, with 1 + ln tf).
fn likeness(entries: &[&Document]) -> Vec<(f64, String, String)> {
    let counts: Vec<BTreeMap<String, f64>> = entries
        .iter()
        .map(|entry| {
            let mut count = BTreeMap::new();
            for word in words(entry) {
                *count.entry(word).or_insert(0.0) += 1.0;
            }
            count
        })
        .collect();
    let mut holders: BTreeMap<&str, f64> = BTreeMap::new();
    for word in counts.iter().flat_map(BTreeMap::keys) {
        *holders.entry(word).or_insert(0.0) += 1.0;
    }
    let vectors: Vec<BTreeMap<&str, f64>> = counts
        .iter()
        .map(|count| {
            let weigh = |(word, tf): (&'_ String, &f64)| {
                (1.0 + tf.ln()) * (entries.len() as f64 / holders[word.as_str()]).ln()
            };
            let length = count.iter().map(|e| weigh(e).powi(2)).sum::<f64>().sqrt();
            count.iter().map(|e| (e.0.as_str(), weigh(e) / length)).collect()
        })
        .collect();
    let mut pairs = Vec::new();
    for (a, left) in vectors.iter().enumerate() {
        for (b, right) in vectors.iter().enumerate().skip(a + 1) {
            let alike: f64 =
                left.iter().filter_map(|(word, x)| right.get(word).map(|y| x * y)).sum();
            let id = |at: usize| entries[at].id.clone().unwrap();
            pairs.push((alike, id(a), id(b)));
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    pairs
}

/// Two entries that say the same are one entry. Pairs that are near each other are listed
/// with the reason why they are two, in `tests/content/near-duplicates.txt`.
#[test]
fn no_entry_says_what_another_says() {
    let text = std::fs::read_to_string(project("tests/content/near-duplicates.txt")).unwrap();
    let justified: BTreeSet<(&str, &str)> = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let mut parts = line.splitn(3, ' ');
            let (a, b) = (parts.next().unwrap(), parts.next().unwrap());
            let reason = parts.next().unwrap_or("");
            assert!(reason.len() > 20, "`{line}` gives no reason");
            (a, b)
        })
        .collect();
    let documents = documents();
    let mut near = Vec::new();
    for kind in ["threat", "requirement", "assumption"] {
        let entries: Vec<&Document> =
            documents.iter().filter(|d| d.kind == kind && d.id.is_some()).collect();
        assert!(entries.len() > 50);
        near.extend(likeness(&entries).into_iter().filter(|(alike, ..)| *alike >= ALIKE));
    }
    let unexplained: Vec<_> = near
        .iter()
        .filter(|(_, a, b)| !justified.contains(&(a.as_str(), b.as_str())))
        .map(|(alike, a, b)| format!("{a} {b} ({alike:.2})"))
        .collect();
    assert!(
        unexplained.is_empty(),
        "near each other, without a reason:\n{}",
        unexplained.join("\n")
    );
    let is_near = |(a, b): &(&str, &str)| near.iter().any(|(_, x, y)| x == a && y == b);
    let apart: Vec<_> = justified.into_iter().filter(|pair| !is_near(pair)).collect();
    assert!(apart.is_empty(), "no longer near: {apart:?}");
}

/// What holds the catalogues together: nothing is named that helps nobody, and nothing
/// lacks what a reader comes for.
#[test]
fn entries_hold_together() {
    let sources = |folder: &str| -> Vec<(String, String)> {
        support::files_below(&project("content").join(folder))
            .into_iter()
            .filter(|file| file.ends_with(".md") && !file.ends_with("index.md"))
            .map(|file| {
                let path = project("content").join(folder).join(&file);
                (file.trim_end_matches(".md").to_string(), std::fs::read_to_string(path).unwrap())
            })
            .collect()
    };
    let threats = sources("threats");
    let requirements = sources("requirements");
    let mut found = Vec::new();
    let mut treating = BTreeSet::new();
    for (id, text) in &threats {
        let head = text.split("\n---").next().unwrap_or("");
        let named = head.lines().find_map(|line| line.strip_prefix("requirements: ["));
        match named {
            Some(list) => treating
                .extend(list.trim_end_matches(']').split(',').map(|name| name.trim().to_string())),
            None => found.push(format!("{id} names no requirement")),
        }
        for section in [
            "## How it goes",
            "## What must be true",
            "## What it costs",
            "## How to see it in your design",
            "## What to do",
            "## How to test it",
        ] {
            if !text.contains(&format!("\n{section}\n")) {
                found.push(format!("{id} lacks the section `{section}`"));
            }
        }
    }
    for (id, text) in &requirements {
        if !treating.contains(id) {
            found.push(format!("{id} treats no threat"));
        }
        for section in ["## Why", "## How to verify"] {
            if !text.contains(&format!("\n{section}\n")) {
                found.push(format!("{id} lacks the section `{section}`"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(threats.len() >= 200 && requirements.len() >= 180);
}

/// Casebook's own model names the tests that it relies on. Each is there.
#[test]
fn our_own_model_names_tests_that_exist() {
    let data = support::own().render("casebook.json").unwrap().unwrap();
    let data: serde_json::Value = serde_json::from_slice(&data).unwrap();
    let models = data["models"].as_array().unwrap();
    let own = models.iter().find(|model| model["id"] == "M-CASEBOOK-001").unwrap();
    let mut named = BTreeSet::new();
    collect_tests(own, &mut named);
    assert!(named.len() > 40, "only {} tests are named", named.len());

    let mut there = BTreeSet::new();
    for folder in ["src", "tests"] {
        for file in support::files_below(&project(folder)) {
            let text = || std::fs::read_to_string(project(folder).join(&file)).unwrap();
            if file.ends_with(".rs") {
                let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
                let module = path.strip_prefix("it/").unwrap_or(path).replace('/', "::");
                // A file `x/tests.rs` is the module that others keep in their own file.
                let module = match module.strip_suffix("::tests") {
                    Some(outer) => format!("{outer}::tests"),
                    None if folder == "src" && !module.contains("::tests::") => {
                        format!("{module}::tests")
                    }
                    None => module,
                };
                there.extend(text().lines().filter_map(|line| {
                    let name = line.trim_start().strip_prefix("fn ")?.split('(').next()?;
                    Some(format!("{module}::{name}"))
                }));
            } else if file.ends_with(".test.mjs") {
                there.extend(text().split("test(").skip(1).filter_map(|rest| {
                    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
                    Some(rest[1..].split(quote).next()?.to_string())
                }));
            }
        }
    }
    let missing: Vec<_> = named.iter().filter(|name| !there.contains(*name)).collect();
    assert!(missing.is_empty(), "named, but not there: {missing:#?}");
}

/// Every text below a key `tests`.
fn collect_tests(value: &serde_json::Value, out: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                match value.as_array().filter(|_| key == "tests") {
                    Some(tests) => out.extend(tests.iter().filter_map(|test| {
                        test.as_str().or_else(|| test["name"].as_str()).map(str::to_string)
                    })),
                    None => collect_tests(value, out),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect_tests(item, out)),
        _ => {}
    }
}
