//! A room names only rooms on lower floors, so that each can be read, tested and changed
//! knowing only what lies below it. Within a room the same holds for its modules.

use crate::support::{files_below, project};
use std::collections::BTreeSet;

/// The rooms from the ground up. Rooms on one floor do not know each other.
const ROOMS: &[&[&str]] =
    &[&["text"], &["dfd", "risk", "search"], &["book"], &["model"], &["site"], &["out"], &["cli"]];

/// The floors within the rooms. A room's own `mod.rs` stands where its name stands.
const FLOORS: &[&[&str]] = &[
    &[
        "text::address",
        "text::base64",
        "text::csv",
        "text::date",
        "text::markup",
        "text::media",
        "text::span",
        "text::vocabulary",
    ],
    &["text::data", "text::diagnostic"],
    &["book::colour", "book::entry", "book::vtt"],
    &["book::config"],
    &["book::source"],
    &["book::hub", "book::language"],
    &["book::page"],
    &["book::library", "book::namesake", "book::overlay", "book::summary"],
    &["book::selection"],
    &["book::graph"],
    &["model"],
    &["model::evidence"],
    &["model::export"],
    &["model::ask", "model::compare", "model::suggest"],
    &["model::change", "model::draft"],
    &["site::theme", "site::view"],
    &["site::plan"],
    &["site::render"],
    &["site"],
    &["out::disk", "out::handout", "out::leak"],
    &["out::serve", "out::wiki"],
];

/// The paths that a text names after `crate::`, with groups written out.
fn named(text: &str) -> BTreeSet<String> {
    let code: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut out = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            paths(&code[at + found.len()..], "", &mut out);
        }
    }
    out
}

/// Reads one tree of paths; gives what follows it.
fn paths<'a>(text: &'a str, before: &str, out: &mut BTreeSet<String>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = paths(rest, before, out).trim_start();
            match rest.strip_prefix(',') {
                Some(next) => rest = next,
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let path = if before.is_empty() { name.to_string() } else { format!("{before}::{name}") };
    match rest.strip_prefix("::") {
        Some(rest) => paths(rest, &path, out),
        None => {
            if !name.is_empty() {
                out.insert(path);
            }
            rest
        }
    }
}

/// The module of `FLOORS` that a path leads into, or its room.
fn module(path: &str) -> &str {
    let two = path.match_indices("::").nth(1).map_or(path, |(at, _)| &path[..at]);
    let one = path.split("::").next().unwrap_or(path);
    if FLOORS.iter().any(|floor| floor.contains(&two)) { two } else { one }
}

fn room(module: &str) -> Option<usize> {
    let name = module.split("::").next().unwrap_or(module);
    ROOMS.iter().position(|floor| floor.contains(&name))
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// What is wrong with a file of module `here` that names `there`.
fn fault(here: &str, there: &str) -> Option<&'static str> {
    let same_room = here.split("::").next() == there.split("::").next();
    let known = room(there).is_some();
    if !known {
        return Some("which is no room");
    }
    let higher = match same_room {
        false => room(there) >= room(here),
        true => here != there && floor(there).is_some() && floor(there) >= floor(here),
    };
    higher.then_some("which is not on a lower floor")
}

#[test]
fn modules_name_only_lower_floors() {
    let src = project("src");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files_below(&src).into_iter().filter(|file| file.contains('/')) {
        let path = file.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        let here = module(&path);
        let text = std::fs::read_to_string(src.join(&file)).unwrap();
        // Tests at the end of a file may build a whole book.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
        if file.ends_with("/tests.rs") || file.contains("/tests/") {
            continue;
        }
        for there in named(text) {
            if let Some(why) = fault(here, module(&there)) {
                wrong.push(format!("{file} names `{there}`, {why}"));
            }
            seen.insert((here.to_string(), module(&there).to_string()));
        }
    }
    let edge = ("book::graph".to_string(), "book::config".to_string());
    assert!(seen.contains(&edge), "the reader of paths sees nothing");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A new folder gets a floor, or its arrows are not seen.
#[test]
fn every_module_of_a_layered_room_has_a_floor() {
    let src = project("src");
    for name in ["text", "book", "site", "out"] {
        for entry in std::fs::read_dir(src.join(name)).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let module = format!("{name}::{stem}");
            assert!(stem == "mod" || floor(&module).is_some(), "`{module}` has no floor");
        }
    }
}

#[test]
fn names_are_found_in_every_form() {
    let text = "use crate::a::{B, c::D};\nuse crate::{e, f::{G, h}, i::J};\n// crate::no\n\
                fn x() { crate::k::l() }\n$crate::m\n";
    let found = named(text);
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["a::B", "a::c::D", "e", "f::G", "f::h", "i::J", "k::l"]);
}

#[test]
fn a_step_up_is_a_fault() {
    assert!(fault("book::graph", "book::config").is_none());
    assert!(fault("book::config", "book::graph").is_some());
    assert!(fault("model", "site::view").is_some());
    assert!(fault("out::disk", "text::span").is_none());
}
