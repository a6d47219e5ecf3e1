//! The rules of `casebook gate`, the next step on the status page, and the pages and
//! files over all models.

use crate::support;

use assert_cmd::Command;
use casebook::book::config::Policy;
use casebook::model::gate::{self, Rule};
use casebook::risk::Severity;
use casebook::site::{Memo, Site};
use casebook::text::date::date;
use casebook::text::diagnostic::Code;
use support::{page, put, site, site_of};

const THREAT: &str = "---\nid: T-A-001\ntitle: Somebody guesses\nseverity: high\n\
                      requirements: [R-A-001]\n---\n";
const REQUIREMENT: &str = "---\nid: R-A-001\ntitle: Guesses are counted\n---\n";

/// A model of 1 May 2026 with threats, and reviews where there are any.
fn model(threats: &str, reviews: &str) -> String {
    let reviews = match reviews.is_empty() {
        true => String::new(),
        false => format!("```reviews\n{reviews}```\n"),
    };
    format!(
        "---\nid: M-A-001\ntitle: Sign-in\nsize: small\ndate: 2026-05-01\n---\n\n\
         ```threats\n{threats}```\n\n{reviews}"
    )
}

fn book(model: &str) -> Site {
    site(&[
        ("content/models/a.md", model),
        ("content/threats/T-A-001.md", THREAT),
        ("content/requirements/R-A-001.md", REQUIREMENT),
    ])
    .0
}

/// The rules that a model fails on 1 June 2026, and the next step.
fn judged(model: &str, policy: &Policy) -> (Vec<Rule>, String) {
    let site = book(model);
    let model = site.models.by_node.values().next().unwrap();
    let reasons = gate::reasons(&site.graph, model, policy, date("2026-06-01"));
    let next = gate::next(&site.graph, model, policy, site.words());
    (reasons.iter().map(|reason| reason.rule).collect(), next.text)
}

/// Fails these rules under the default policy.
#[track_caller]
fn fails(threats: &str, reviews: &str, rules: &[Rule], next: &str) {
    let (found, step) = judged(&model(threats, reviews), &Policy::default());
    assert_eq!((found.as_slice(), step.as_str()), (rules, next), "{threats}{reviews}");
}

const APPROVED: &str = "- date: 2026-05-02\n  by: Lead\n  outcome: approved\n";
const DONE: &str = "- use: T-A-001\n  status: mitigated\n";

#[test]
fn a_model_needs_an_approval_that_is_not_older_than_it() {
    let review =
        |date: &str, outcome: &str| format!("- {{date: {date}, by: L, outcome: {outcome}}}\n");
    let no = &[Rule::Review];
    fails(DONE, APPROVED, &[], "Nothing to do");
    fails(DONE, "", no, "Review it");
    fails(DONE, "- {date: 2026-05-02, by: Lead, notes: Read it}\n", no, "Review it");
    fails(DONE, &review("2026-05-01", "approved"), &[], "Nothing to do");
    let again = "Review it again: it changed since";
    fails(DONE, &review("2026-04-30", "approved"), no, again);
    let changes = "Make the changes that the last review asked for";
    fails(DONE, &review("2026-05-02", "changes-requested"), no, changes);
    fails(DONE, &review("2026-04-02", "changes-requested"), no, again);
    fails(DONE, &review("2026-05-02", "rejected"), no, "Rework it: the last review rejected it");
    // A word that nobody knows approves nothing.
    fails(DONE, &review("2026-05-02", "Approved"), no, changes);
}

#[test]
fn a_later_objection_voids_an_approval() {
    let reviews = |list: &[(&str, &str)]| -> String {
        let line = |(date, outcome): &(&str, &str)| {
            format!("- {{date: {date}, by: L, outcome: {outcome}}}\n")
        };
        list.iter().map(line).collect()
    };
    let no = &[Rule::Review];
    let changes = "Make the changes that the last review asked for";
    let rejected = "Rework it: the last review rejected it";
    let (yes, may) = ("approved", "changes-requested");
    fails(DONE, &reviews(&[("2026-05-02", yes), ("2026-05-03", may)]), no, changes);
    // The order on the page does not matter, but on one day.
    fails(DONE, &reviews(&[("2026-05-03", may), ("2026-05-02", yes)]), no, changes);
    fails(DONE, &reviews(&[("2026-05-03", "rejected"), ("2026-05-02", yes)]), no, rejected);
    fails(DONE, &reviews(&[("2026-05-03", yes), ("2026-05-02", may)]), &[], "Nothing to do");
    fails(DONE, &reviews(&[("2026-05-02", may), ("2026-05-02", yes)]), &[], "Nothing to do");
    fails(DONE, &reviews(&[("2026-05-02", yes), ("2026-05-02", may)]), no, changes);
}

#[test]
fn dates_that_mean_nothing_count_against_the_model() {
    let no = &[Rule::Review];
    let undated = "- {date: soon, by: L, outcome: approved}\n";
    fails(DONE, undated, no, "Mend the date of the review");
    fails(DONE, &format!("{undated}{APPROVED}"), &[], "Nothing to do");
    let objection = "- {date: soon, by: L, outcome: rejected}\n";
    fails(DONE, &format!("{APPROVED}{objection}"), no, "Rework it: the last review rejected it");
    // An approval in the future has not happened; one before it has.
    let future = "- {date: 2026-06-02, by: L, outcome: approved}\n";
    let (found, _) = judged(&model(DONE, future), &Policy::default());
    assert_eq!(found, no);
    let (found, _) = judged(&model(DONE, &format!("{APPROVED}{future}")), &Policy::default());
    assert_eq!(found, []);
    let spring = model(DONE, APPROVED).replace("date: 2026-05-01", "date: spring");
    assert_eq!(judged(&spring, &Policy::default()), (no.to_vec(), "Mend its date".into()));
    let none = model(DONE, APPROVED).replace("date: 2026-05-01\n", "");
    assert_eq!(judged(&none, &Policy::default()).0, []);
}

#[test]
fn open_threats_are_held_to_the_level_of_the_policy() {
    let open = "- use: T-A-001\n";
    fails(open, APPROVED, &[Rule::Open], "Decide on 1 high threat");
    let misspelt = "- use: T-A-001\n  status: mitigatd\n";
    fails(misspelt, APPROVED, &[Rule::Open], "Decide on 1 high threat");
    let low = "- use: T-A-001\n  likelihood: 1\n  impact: 2\n";
    fails(low, APPROVED, &[], "Treat 1 threat still open");
    let two = "- use: T-A-001\n- id: A-1\n  title: Own\n  likelihood: 5\n  impact: 5\n";
    fails(two, APPROVED, &[Rule::Open, Rule::Open], "Decide on 1 critical, 1 high threats");
    // What cannot be rated may be anything.
    let unclear = "- use: T-A-001\n  likelihood: 9\n  impact: 9\n";
    fails(unclear, APPROVED, &[Rule::Rating], "Mend the risk or date of 1 threat");
    let unrated = "- id: A-1\n  title: Own\n";
    fails(unrated, APPROVED, &[], "Treat 1 threat still open");
    let strict = Policy { max_open: Severity::None, ..Policy::default() };
    assert_eq!(judged(&model(low, APPROVED), &strict).0, [Rule::Open]);
    let loose = Policy { max_open: Severity::High, review: false, tests: false };
    assert_eq!(judged(&model(open, ""), &loose), (vec![], "Treat 1 threat still open".into()));
}

#[test]
fn an_accepted_threat_has_a_reason_somebody_who_decided_and_a_day_to_come() {
    let accepted = |rest: &str| format!("- use: T-A-001\n  status: accepted\n{rest}");
    let good = "  why: Rare\n  by: Head\n";
    let say = "Say why 1 threat is accepted, and who decided";
    fails(&accepted(good), APPROVED, &[], "Nothing to do");
    fails(&accepted("  by: Head\n"), APPROVED, &[Rule::Reason], say);
    fails(&accepted("  why: Rare\n"), APPROVED, &[Rule::Reason], say);
    fails(&accepted("  why: ' '\n  by: ''\n"), APPROVED, &[Rule::Reason, Rule::Reason], say);
    let until = |date: &str| accepted(&format!("{good}  until: {date}\n"));
    fails(&until("2026-06-02"), APPROVED, &[], "Look again by 2 June 2026");
    // The last day belongs to it.
    fails(&until("2026-06-01"), APPROVED, &[], "Look again by 1 June 2026");
    fails(&until("2026-05-31"), APPROVED, &[Rule::Expiry], "Look again by 31 May 2026");
    fails(&until("later"), APPROVED, &[Rule::Expiry], "Mend the risk or date of 1 threat");
}

#[test]
fn what_holds_until_a_day_that_has_passed_fails() {
    let with = |kind: &str, rest: &str| {
        let block = format!("```{kind}\n- id: X-1\n  title: X\n  until: 2026-05-31\n{rest}```\n");
        let text = model(DONE, APPROVED) + "\n" + &block;
        judged(&text, &Policy::default()).0
    };
    assert_eq!(with("threats", ""), [Rule::Expiry]);
    assert_eq!(with("threats", "  status: mitigated\n"), []);
    assert_eq!(with("threats", "  status: not-applicable\n  why: No\n"), []);
    assert_eq!(with("assumptions", "  status: confirmed\n"), [Rule::Expiry]);
    assert_eq!(with("requirements", "  status: planned\n"), [Rule::Expiry]);
    assert_eq!(with("requirements", "  status: done\n"), []);
}

/// Runs the program on a book.
fn program(book: &std::path::Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::cargo_bin("casebook").unwrap();
    let output = command.current_dir(book).args(args).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_passed_day_is_told_wherever_days_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        model("- id: X-1\n  title: Left open\n  owner: Shop\n  until: 2026-11-15\n", APPROVED);
    put(&folder.path().join("content/models/a.md"), text);
    put(&folder.path().join("content/index.md"), "# Home\n");
    let book = folder.path();
    let (code, out) = program(book, &["check", "--strict", "--today", "2026-11-16"]);
    assert!(code == Some(1) && out.contains("expired"), "{out}");
    let (code, out) = program(book, &["check", "--strict", "--today", "2026-11-15"]);
    assert_eq!(code, Some(0), "{out}");
    let (_, out) = program(book, &["list", "overdue", "--today", "2026-11-16", "--format", "csv"]);
    assert!(out.contains("2026-11-15,X-1,Left open,Shop,content/models/a.md"), "{out}");
    let (site, _) = Site::open(book, &mut Memo::default()).unwrap();
    let due = page(&site, "due.html");
    assert!(due.contains("data-due=\"2026-11-15\"") && due.contains("a.html#x-1"), "{due}");
    assert!(page(&site, "status.html").contains("data-due=\"2026-11-15\""));
}

#[test]
fn mitigated_threats_have_tests_where_the_policy_wants_them() {
    let strict = Policy { tests: true, ..Policy::default() };
    let found = judged(&model(DONE, APPROVED), &strict);
    assert_eq!(found, (vec![Rule::Test], "Test what mitigates 1 threat".into()));
    let tested = format!("{DONE}  tests: [guess::is_counted]\n");
    assert_eq!(judged(&model(&tested, APPROVED), &strict).0, []);
    let blank = format!("{DONE}  tests: [' ']\n");
    assert_eq!(judged(&model(&blank, APPROVED), &strict).0, [Rule::Test]);
}

#[test]
fn a_block_that_cannot_be_read_is_no_empty_block() {
    let broken = model("- use: [T-A-001\n", APPROVED);
    assert_eq!(judged(&broken, &Policy::default()).0, [Rule::Readable]);
    // Whatever level the book gives it.
    let (site, _) = site(&[
        ("book.toml", "[levels]\nmalformed-fence = \"allow\"\n"),
        ("content/models/a.md", &broken),
    ]);
    let model = site.models.by_node.values().next().unwrap();
    let reasons = gate::reasons(&site.graph, model, &Policy::default(), None);
    assert_eq!(reasons.iter().map(|r| r.rule).collect::<Vec<_>>(), [Rule::Readable]);
}

/// Models of these IDs, each with what it supersedes.
fn chain(models: &[(&str, &str)]) -> Site {
    let files: Vec<(String, String)> = models
        .iter()
        .map(|(id, old)| {
            let old = if old.is_empty() { String::new() } else { format!("supersedes: [{old}]\n") };
            let text = format!("---\nid: {id}\ntitle: {id}\n{old}---\n");
            (format!("content/models/{}.md", id.to_lowercase()), text)
        })
        .collect();
    site_of(&files, &mut Memo::default()).0
}

#[test]
fn the_latest_revision_stands_for_the_others() {
    let heads = |site: &Site, word: &str| -> Vec<String> {
        let node = site.models.find(&site.graph, word).unwrap();
        let id = |node: usize| site.graph.nodes[node].id.clone().unwrap();
        site.models.heads(node).into_iter().map(id).collect()
    };
    let site = chain(&[("M-1", ""), ("M-2", "M-1"), ("M-3", "M-2"), ("M-9", "")]);
    assert_eq!(heads(&site, "m-1"), ["M-3"]);
    assert_eq!(heads(&site, "M-3"), ["M-3"]);
    assert_eq!(site.models.latest().len(), 2);
    // Two that follow one, and a circle: nobody escapes.
    let fork = chain(&[("M-1", ""), ("M-2", "M-1"), ("M-3", "M-1")]);
    assert_eq!(heads(&fork, "M-1"), ["M-2", "M-3"]);
    let circle = chain(&[("M-1", "M-2"), ("M-2", "M-1")]);
    assert_eq!(circle.models.latest().len(), 2);
}

#[test]
fn models_are_found_by_id_and_by_path() {
    let model = model(DONE, "");
    let (site, _) = site(&[
        ("content/models/index.md", "# Models\n"),
        ("content/models/pay/index.md", &model),
        ("content/threats/T-A-001.md", THREAT),
    ]);
    for word in [
        "M-A-001",
        "m-a-001",
        "content/models/pay/index.md",
        "./content/models/pay/",
        "models/pay/index.md",
        "models/pay",
        "models\\pay\\index",
        "models/pay/index.html",
    ] {
        assert!(site.models.find(&site.graph, word).is_some(), "{word}");
    }
    for word in ["T-A-001", "pay", "models", "models/index.md", "content/models", ""] {
        assert_eq!(site.models.find(&site.graph, word), None, "{word}");
    }
}

#[test]
fn the_command_tells_by_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(&root.join("book.toml"), "[policies.release]\ntests = true\n");
    put(&root.join("content/models/a.md"), model(DONE, APPROVED));
    put(&root.join("content/threats/T-A-001.md"), THREAT);
    put(&root.join("content/requirements/R-A-001.md"), REQUIREMENT);
    let gate = |args: &[&str]| {
        let mut command = Command::cargo_bin("casebook").unwrap();
        let dir = root.to_str().unwrap();
        let output = command.arg("gate").args(args).args(["--dir", dir]).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let day = "--today=2026-06-01";
    let (code, out, _) = gate(&[day]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("1 of 1 model passes the policy `default` on 2026-06-01"), "{out}");
    let (code, out, _) = gate(&["M-A-001", "models/a.md", "--policy", "release", day]);
    assert_eq!(code, Some(1), "{out}");
    let reason =
        "- `T-A-001` is mitigated and has no test (`tests:`)\n        content/models/a.md:9:3";
    assert!(out.contains(reason), "{out}");
    assert_eq!(out.matches("fail").count(), 1, "{out}");
    let (code, out, _) = gate(&["--format", "json", "--policy", "release", day]);
    assert_eq!(code, Some(1));
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["passed"], false);
    assert_eq!(json["models"][0]["reasons"][0]["rule"], "test");
    assert_eq!(json["models"][0]["reasons"][0]["threat"], "T-A-001");
    for (args, hint) in [
        (&["M-A-01"][..], "there is no model `M-A-01`; did you mean `M-A-001`?"),
        (&["content/models/b.md"], "did you mean `content/models/a.md`?"),
        (&["--policy", "relaese"], "there is no policy `relaese`; did you mean `release`?"),
        (&["--policy", "x"], "book.toml declares: default, release"),
        (&["--today", "tomorrow"], "this is no date; write it as in 2026-05-01"),
    ] {
        let (code, _, error) = gate(args);
        assert_eq!(code, Some(2), "{args:?}");
        assert!(error.contains(hint), "{error}");
    }
    // A use of what is not there is an error of the book, and stops the gate.
    put(
        &root.join("content/models/a.md"),
        model("- use: T-A-009\n  status: mitigated\n", APPROVED),
    );
    let (code, out, _) = gate(&[day]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("(dangling-id)"), "{out}");
}

/// A book with every kind of gap, an old revision and text that spreadsheets run.
fn wide() -> Site {
    let old = model("- use: T-A-002\n", "").replace("M-A-001", "M-A-000");
    let new = model(
        "- use: T-A-001\n  status: accepted\n- use: T-A-001\n- id: A-1\n  title: '=1+1'\n\
         - id: A-2\n  title: Lived with\n  status: accepted\n",
        "```\n```requirements\n- use: R-A-001\n  status: done\n- id: A-R-1\n  title: Own\n",
    );
    let new = new.replace("title: Sign-in", "title: Sign-in\nsupersedes: [M-A-000]");
    site(&[
        ("content/models/a0.md", &old),
        ("content/models/a1.md", &new),
        ("content/threats/T-A-001.md", THREAT),
        ("content/threats/T-A-002.md", "---\nid: T-A-002\ntitle: Lost\n---\n"),
        ("content/threats/T-A-003.md", "---\nid: T-A-003\ntitle: Old\nstatus: deprecated\n---\n"),
        ("content/requirements/R-A-001.md", REQUIREMENT),
        ("content/requirements/R-A-002.md", "---\nid: R-A-002\ntitle: Lonely\n---\n"),
        ("content/assumptions/A-A-001.md", "---\nid: A-A-001\ntitle: Nobody's\n---\n"),
    ])
    .0
}

#[test]
fn coverage_is_of_the_latest_revisions() {
    let site = wide();
    assert_eq!(
        page(&site, "coverage/threats.csv"),
        "ID,Title,Severity,Open,Models,M-A-001\r\n\
         T-A-001,Somebody guesses,High,1,1,Open\r\n\
         T-A-002,Lost,,0,0,\r\n\
         A-1,\"'=1+1\",,1,1,Open\r\n\
         A-2,Lived with,,0,1,Accepted\r\n"
    );
    assert_eq!(
        page(&site, "coverage/requirements.csv"),
        "ID,Title,Models,M-A-001\r\n\
         R-A-001,Guesses are counted,1,Done\r\n\
         R-A-002,Lonely,0,\r\n\
         A-R-1,Own,1,Taken\r\n"
    );
    assert_eq!(
        page(&site, "coverage/gaps.csv"),
        "ID,Title,Kind,Gap,From\r\n\
         T-A-002,Lost,Threat,\"Unused, No requirement\",Catalogue\r\n\
         A-1,\"'=1+1\",Threat,No requirement,Sign-in\r\n\
         R-A-002,Lonely,Requirement,\"Unused, No threat\",Catalogue\r\n\
         A-R-1,Own,Requirement,No threat,Sign-in\r\n\
         A-A-001,\"Nobody's\",Assumption,Unused,Catalogue\r\n"
    );
    assert_eq!(
        page(&site, "status.csv"),
        "ID,Model,Next,Open threats,Tested threats,Last review,Next end,Date,Size\r\n\
         M-A-001,Sign-in,Decide on 1 high threat,\"1 high, 1 not rated\",0 of 2,none,no end set,\
         2026-05-01,Small\r\n"
    );
}

#[test]
fn pages_over_all_models_lead_to_what_they_list() {
    let site = wide();
    let threats = page(&site, "coverage/threats.html");
    for part in [
        "<td data-label=\"M-A-001\" class=\"model\"><a class=\"state state-open\" \
         href=\"../models/a1.html#t-a-001\" aria-label=\"Open\">O</a></td>",
        "href=\"../threats/t-a-001.html\" class=\"entry-id\">T-A-001</a>",
        "href=\"../models/a1.html#a-1\" class=\"entry-id\">A-1</a>",
        "data-model=\"m-a-001\"",
        "href=\"threats.csv\"",
    ] {
        assert!(threats.contains(part), "`{part}` is not in\n{threats}");
    }
    assert!(page(&site, "status.html").contains("Decide on 1 high threat"));
    assert!(page(&site, "models/index.html").contains("href=\"../status.html\""));
    assert!(page(&site, "models/a1.html").contains("href=\"../status.html\""));
}

#[test]
fn a_book_without_models_has_no_pages_over_them() {
    let (site, _) = site(&[("content/index.md", "# Home\n"), ("content/models/index.md", "# M\n")]);
    let pages = ["status.html", "coverage/gaps.html", "status.csv"];
    assert!(pages.iter().all(|url| !site.plan.routes.contains_key(*url)));
}

#[test]
fn a_page_of_the_book_at_the_same_address_is_told() {
    let (site, found) = site(&[
        ("content/models/a.md", &model("", "")),
        ("content/status.md", "# Opening hours\n"),
    ]);
    let clash = found.iter().find(|(_, found)| found.code == Code::UrlClash);
    assert_eq!(clash.map(|(_, f)| &*f.place.as_ref().unwrap().file), Some("content/status.md"));
    assert!(!page(&site, "status.html").contains(">Opening hours</h1>"));
    assert!(page(&site, "models/a.html").contains("Status of all models"));
}
