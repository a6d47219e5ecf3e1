//! Revisions of models: lists, change pages, `casebook diff`, changes of entries.

use crate::support;

use assert_cmd::Command;
use casebook::dfd;
use casebook::model::change::{Diff, Snapshot, Subject, diff};
use casebook::site::Site;
use casebook::text::diagnostic::Code;
use proptest::prelude::*;
use support::{Found, page, put, site};

const T: &str =
    "---\nid: T-001\ntitle: One\nchanges:\n  - date: 2026-05-01\n    what: Worse.\n---\n";

const OLD: &str = "---\nid: M-001\ntitle: Shop, first\ndate: 2026-01-01\n---\n\
```mermaid dfd\nflowchart LR\n  u[\"User\"]:::external\n  w(\"Web\"):::process\n  u -->|\"order\"| w\n```\n\
```threats\n- use: T-001\n  on: w\n  likelihood: 4\n  impact: 4\n  status: open\n\
- id: S-1\n  title: Own\n  status: open\n- id: S-2\n  title: Gone\n  status: open\n```\n\
See [[S-1]].\n";

const NEW: &str = "---\nid: M-002\ntitle: Shop\ndate: 2026-04-01\nsupersedes: [M-001]\n---\n\
```mermaid dfd\nflowchart LR\n  u[\"User\"]:::external\n  w(\"Web\"):::process\n  d[(\"Data\")]:::datastore\n  \
u -->|\"order, address\"| w\n  w -->|\"order\"| d\n```\n\
```threats\n- use: T-001\n  on: w\n  likelihood: 2\n  impact: 4\n  status: mitigated\n  tests: [a]\n\
- id: S-1\n  title: Own\n  status: open\n```\n\
```reviews\n- date: 2026-04-02\n  outcome: approved\n```\nSee [[S-1]].\n";

fn shop() -> (Site, Found) {
    site(&[
        ("content/threats/T-001.md", T),
        ("content/models/shop-1.md", OLD),
        ("content/models/shop-2.md", NEW),
        ("content/models/other.md", "---\nid: M-009\ntitle: Other\n---\n"),
    ])
}

fn codes(found: &Found) -> Vec<Code> {
    found.iter().map(|(_, diagnostic)| diagnostic.code).collect()
}

fn change(site: &Site, old: &str, new: &str) -> Diff {
    let snapshot = |id: &str| {
        let node = site.graph.find(id).unwrap();
        Snapshot::of(&site.graph, site.models.get(node).unwrap())
    };
    diff(&snapshot(old), &snapshot(new))
}

#[test]
fn earlier_revisions_are_kept_below_the_newest() {
    let (site, found) = shop();
    assert!(!codes(&found).contains(&Code::DuplicateId), "{found:?}");
    let old = page(&site, "models/shop-1.html");
    assert!(old.contains("Superseded by <a href=\"shop-2.html\">"), "{old}");
    // A link means the item of its own revision.
    assert!(old.contains("href=\"#s-1\""), "{old}");
    let new = page(&site, "models/shop-2.html");
    assert!(!new.contains("Superseded by"));
    assert!(new.contains("href=\"../changes/m-002.html\""));
    let (first, second) = (new.rfind("M-002</span> Shop</a>"), new.rfind("Shop, first</a>"));
    assert!(first.is_some() && first < second, "newest first: {new}");
    let section = page(&site, "models/index.html");
    assert_eq!(section.matches("<li class=\"card\">").count(), 2, "{section}");
    assert!(section.contains("Earlier: <a href=\"shop-1.html\">1 January 2026</a>"), "{section}");
    let sidebar = new.split("class=\"sidebar\"").nth(1).unwrap();
    let (item, below) = (sidebar.find("shop-2.html"), sidebar.find("shop-1.html"));
    assert!(item < below, "{sidebar}");
    // The entry counts the model once, and folds its earlier revision.
    let entry = page(&site, "threats/t-001.html");
    assert!(entry.contains("Used by models <span class=\"count\">1</span>"), "{entry}");
    let (shown, folded) = entry.split_once("<details class=\"earlier-uses\">").unwrap();
    assert!(!shown.contains("models/shop-1.html"), "{entry}");
    assert!(folded.contains("models/shop-1.html#t-001"), "{entry}");
}

#[test]
fn other_models_may_not_have_the_same_items() {
    let (_, found) = site(&[
        (
            "content/models/a.md",
            "---\nid: M-001\ntitle: A\n---\n```threats\n- id: S-1\n  title: x\n```\n",
        ),
        (
            "content/models/b.md",
            "---\nid: M-002\ntitle: B\n---\n```threats\n- id: S-1\n  title: x\n```\n",
        ),
    ]);
    assert_eq!(codes(&found), [Code::DuplicateId]);
}

#[test]
fn a_change_page_tells_what_changed() {
    let (site, _) = shop();
    let html = page(&site, "changes/m-002.html");
    for part in [
        "<h2 id=\"threats\">",
        "<h2 id=\"flows\">",
        "dfd-added",
        "dfd-changed",
        "<del>Open</del>",
        "<ins>Mitigated</ins>",
        "class=\"moved-down\"",
        "models/shop-1.html#s-2",
    ] {
        assert!(html.contains(part), "`{part}` is not in {html}");
    }
    let diff = change(&site, "M-001", "M-002");
    let part = |subject| diff.parts.iter().find(|part| part.subject == subject).unwrap();
    assert_eq!(part(Subject::Threats).counts(), "1 removed, 1 changed");
    assert_eq!(part(Subject::Elements).counts(), "1 added");
    // A flow between the same ends that carries something else has changed.
    assert_eq!(part(Subject::Flows).counts(), "1 added, 1 changed");
    let (from, to) = (&diff.moves[0].from, &diff.moves[0].to);
    assert_eq!((from.as_ref().unwrap().text.as_str(), diff.moves.len()), ("16 High", 1));
    assert!(to < from);
}

#[test]
fn revisions_in_a_circle_are_an_error() {
    let model = |id: &str, old: &str| format!("---\nid: {id}\ntitle: X\nsupersedes: {old}\n---\n");
    let (a, b, c) = (model("M-001", "M-002"), model("M-002", "M-001"), model("M-003", "M-003"));
    let (site, found) = site(&[
        ("content/models/a.md", &a),
        ("content/models/b.md", &b),
        ("content/models/c.md", &c),
    ]);
    assert_eq!(codes(&found), [Code::RevisionCircle, Code::RevisionCircle]);
    for url in site.addresses() {
        site.render(&url).unwrap();
    }
}

#[test]
fn a_change_of_an_entry_reaches_models_reviewed_before() {
    let (site, found) = shop();
    let found: Vec<_> = found.iter().filter(|(_, d)| d.code == Code::ChangedSinceReview).collect();
    assert_eq!(found.len(), 1, "the earlier revision is left alone");
    assert_eq!(&*found[0].1.place.as_ref().unwrap().file, "content/models/shop-2.md");
    let model = page(&site, "models/shop-2.html");
    assert!(model.contains("Changed since the last review"));
    let entry = page(&site, "threats/t-001.html");
    assert!(entry.contains("<h2 id=\"Casebook-changes\">Changes</h2>") && entry.contains("Worse."));
    assert!(entry.contains("last reviewed on 2 April 2026"), "{entry}");
}

#[test]
fn a_later_review_settles_a_change() {
    let later = NEW.replace("2026-04-02", "2026-05-01");
    let (site, found) = site(&[
        ("content/threats/T-001.md", T),
        ("content/models/shop-1.md", OLD),
        ("content/models/shop-2.md", &later),
    ]);
    assert!(!codes(&found).contains(&Code::ChangedSinceReview));
    assert!(!page(&site, "threats/t-001.html").contains("last reviewed on"));
}

#[test]
fn a_change_needs_a_date() {
    let (_, found) = site(&[("content/threats/T-001.md", &T.replace("2026-05-01", "in May"))]);
    assert_eq!(codes(&found), [Code::UnknownValue]);
}

fn casebook(args: &[&str], folder: &std::path::Path) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("casebook").unwrap();
    let output = command.arg("diff").args(args).arg("--dir").arg(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_tells_the_same_in_three_formats() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [("threats/T-001", T), ("models/shop-1", OLD), ("models/shop-2", NEW)] {
        put(&folder.path().join(format!("content/{path}.md")), text);
    }
    let run = |args: &[&str]| casebook(args, folder.path());
    let (code, text, _) = run(&["M-001", "M-002"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("Threats: 1 removed, 1 changed\n  - S-2 Gone\n"), "{text}");
    assert!(text.contains("status: open -> mitigated"), "{text}");
    assert!(text.contains("tests: + a"), "{text}");
    // By file, and alone: the revision before.
    assert_eq!(run(&["models/shop-1.md", "content/models/shop-2.md"]).1, text);
    assert_eq!(run(&["m-002"]).1, text);
    let (_, markdown, _) = run(&["M-002", "--format", "markdown"]);
    assert!(markdown.contains("- **removed** S-2 Gone\n"), "{markdown}");
    let (_, json, _) = run(&["M-002", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["threats"]["removed"][0]["id"], "S-2");
    assert_eq!(json["risk_moved"][0]["way"], "down");
    assert_eq!(run(&["M-002", "--exit-code"]).0, Some(1));
    assert_eq!(run(&["M-002", "M-002", "--exit-code"]).0, Some(0));
    let (code, _, error) = run(&["M-001", "M-003"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("there is no model `M-003`; did you mean"), "{error}");
    assert!(run(&["T-001", "M-001"]).2.contains("is no model"));
    assert!(run(&["M-001"]).2.contains("has no revision before it"));
}

/// The text of a diagram of few names, so that two of them have much in common.
fn diagram() -> impl Strategy<Value = String> {
    let nodes = proptest::collection::vec((0..6usize, 0..3usize, 0..3usize), 0..8);
    let flows = proptest::collection::vec((0..6usize, 0..6usize, 0..3usize, any::<bool>()), 0..8);
    (nodes, flows).prop_map(|(nodes, flows)| {
        let mut text = String::from("flowchart LR\n");
        for (id, label, boundary) in nodes {
            let node = format!("n{id}[\"Name {label}\"]");
            match boundary {
                0 => text += &format!("  {node}\n"),
                b => text += &format!("  subgraph b{b}[\"B {label}\"]\n    {node}\n  end\n"),
            }
        }
        for (from, to, label, both) in flows {
            let arrow = if both { "<-->" } else { "-->" };
            text += &format!("  n{from} {arrow}|\"data {label}\"| n{to}\n");
        }
        text
    })
}

/// A model with that diagram and a few threats.
fn snapshot(text: &str) -> Snapshot {
    dfd::parse(text).0.map(|diagram| Snapshot::of_diagram(&diagram)).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_model_does_not_differ_from_itself(text in diagram()) {
        let one = snapshot(&text);
        prop_assert!(diff(&one, &one).is_empty(), "{text}");
    }

    #[test]
    fn the_way_back_swaps_added_and_removed(a in diagram(), b in diagram()) {
        let (a, b) = (snapshot(&a), snapshot(&b));
        let (there, back) = (diff(&a, &b), diff(&b, &a));
        for (there, back) in there.parts.iter().zip(&back.parts) {
            prop_assert_eq!(&there.added, &back.removed);
            prop_assert_eq!(&there.removed, &back.added);
            let mut forth: Vec<_> =
                there.changed.iter().map(|c| (c.old.key.clone(), c.new.key.clone())).collect();
            let mut again: Vec<_> =
                back.changed.iter().map(|c| (c.new.key.clone(), c.old.key.clone())).collect();
            forth.sort();
            again.sort();
            prop_assert_eq!(forth, again);
        }
    }
}

/// Threats with few IDs and values, some of them twice.
fn threats() -> impl Strategy<Value = String> {
    proptest::collection::vec((1..5usize, 0..3usize, 1..6usize, 0..3usize), 0..6).prop_map(|list| {
        let mut text = String::from("```threats\n");
        for (id, status, level, tests) in list {
            let status = ["open", "mitigated", "not-applicable"][status];
            let tests = &["[]", "[a]", "[b, a]"][tests];
            text += &format!(
                "- use: T-00{id}\n  status: {status}\n  likelihood: {level}\n  impact: 3\n  tests: {tests}\n"
            );
        }
        text + "```\n"
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn threats_swap_too(a in threats(), b in threats()) {
        let model = |id: usize, block: &str| format!("---\nid: M-00{id}\ntitle: X\n---\n{block}");
        let (first, second) = (model(1, &a), model(2, &b));
        let (site, _) = site(&[("content/models/a.md", &first), ("content/models/b.md", &second)]);
        prop_assert!(change(&site, "M-001", "M-001").is_empty());
        let (there, back) = (change(&site, "M-001", "M-002"), change(&site, "M-002", "M-001"));
        prop_assert_eq!(&there.parts[0].added, &back.parts[0].removed);
        prop_assert_eq!(&there.parts[0].removed, &back.parts[0].added);
        prop_assert_eq!(there.parts[0].changed.len(), back.parts[0].changed.len());
        prop_assert_eq!(there.moves.len(), back.moves.len());
        prop_assert_eq!(&there.open.iter().map(|o| (o.from, o.to)).collect::<Vec<_>>(),
            &back.open.iter().map(|o| (o.to, o.from)).collect::<Vec<_>>());
    }
}
