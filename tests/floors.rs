//! A module names only modules on lower floors, so that each can be read, tested and
//! changed knowing only what lies below it.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use support::{files_below, project};

/// The floors from the ground up. Modules on one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["markup"],
    &["base64", "colour", "dfd", "risk", "span"],
    &["data", "diagnostic", "entry", "vtt"],
    &["config"],
    &["source"],
    &["language"],
    &["page", "search", "theme", "view"],
    &["summary"],
    &["graph"],
    &["model"],
    &["evidence"],
    &["export"],
    &["compare", "suggest"],
    &["change", "draft", "plan"],
    &["render"],
    &["site"],
    &["handout", "output", "serve", "wiki"],
    &["cli"],
];

/// The top-level modules that a file names, as `use crate::{a, b::c}` or in a path.
fn named(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.map(|line| format!("{line}\n")).collect();
    for (at, found) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + found.len()..];
        let group = rest.strip_prefix('{').map(|rest| &rest[..rest.find("};").unwrap_or(0)]);
        let mut depth = 0;
        let mut fresh = true;
        for word in
            group.unwrap_or(rest).split_inclusive(|c: char| !c.is_alphanumeric() && c != '_')
        {
            let name = word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
            if fresh && depth == 0 && !name.is_empty() {
                out.insert(name.to_string());
                fresh = false;
            }
            match word.chars().last() {
                Some('{') => depth += 1,
                Some('}') => depth -= 1,
                Some(',') => fresh = true,
                _ => {}
            }
            if group.is_none() {
                break;
            }
        }
    }
    out
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

#[test]
fn modules_name_only_lower_floors() {
    let src = project("src");
    let mut wrong = Vec::new();
    let mut modules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files_below(&src) {
        let module = file.split(['/', '.']).next().unwrap_or("").to_string();
        if module == "lib" || module == "main" {
            continue;
        }
        let text = std::fs::read_to_string(src.join(&file)).unwrap();
        // Tests at the end of a file may build a whole book.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
        if !file.ends_with("/tests.rs") {
            for other in named(text) {
                if floor(&other).is_none() && src.join(format!("{other}.rs")).exists() {
                    wrong.push(format!("{file} names `{other}`, which has no floor"));
                }
                let known = floor(&other).is_some() && other != module;
                if known && floor(&other) >= floor(&module) {
                    wrong.push(format!("{file} names `{other}`, which is not on a lower floor"));
                }
                modules.entry(module.clone()).or_default().insert(other);
            }
        }
        modules.entry(module).or_default();
    }
    for module in modules.keys().filter(|module| floor(module).is_none()) {
        wrong.push(format!("`{module}` has no floor"));
    }
    assert!(modules["graph"].contains("config"), "the reader of `use` lines sees nothing");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn names_are_found_in_every_form() {
    let text = "use crate::a::{B, c::D};\nuse crate::{e, f::{G, h}, i::J};\n// crate::no\n\
                fn x() { crate::k::l() }\n$crate::m\n";
    let found = named(text);
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["a", "e", "f", "i", "k"]);
}
