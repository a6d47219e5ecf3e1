//! The data of a book from the terminal: lists, and results of tests.

use crate::support;

use std::path::Path;
use support::put;

const MODEL: &str = "---\ntitle: Shop\nid: M-001\n---\n```threats\n- use: T-001\n  status: mitigated\n  \
                     tests: [locks]\n- id: SHOP-1\n  title: \"=1+1 | <b>\"\n  likelihood: 5\n  \
                     impact: 5\n```\n\n```reviews\n- date: 2026-01-02\n  by: Lead\n  outcome: approved\n```\n";

fn book() -> tempfile::TempDir {
    let book = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| put(&book.path().join(path), text);
    put("content/index.md", "# Home\n");
    put("content/threats/T-001.md", "---\nid: T-001\ntitle: One\nseverity: high\n---\n");
    put("content/threats/T-002.md", "---\nid: T-002\ntitle: Two\nstatus: draft\n---\n");
    put("content/models/shop/old.md", "---\ntitle: Old shop\nid: M-002\n---\nText.\n");
    put("content/models/shop/index.md", &MODEL.replace("id: M-001", "supersedes: [M-002]"));
    book
}

fn run(book: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = assert_cmd::Command::cargo_bin("casebook").unwrap();
    let output = command.current_dir(book).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn listed(book: &Path, arguments: &str) -> String {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let (code, out, error) = run(book, &arguments);
    assert_eq!(code, Some(0), "{error}");
    out
}

#[test]
fn lists_come_in_four_formats() {
    let book = book();
    let list = |arguments: &str| listed(book.path(), arguments);
    assert_eq!(
        list("list threats"),
        "ID     TITLE  SEVERITY  STATUS\nT-001  One    high      active\nT-002  Two              draft\n"
    );
    assert_eq!(
        list("list threats --status draft --format csv"),
        "id,title,severity,stride,status\r\nT-002,Two,,,draft\r\n"
    );
    assert_eq!(
        list("list threats --model shop --status open --format csv"),
        "model,id,title,status,severity,score,owner,tests\r\n\
         shop,SHOP-1,\"'=1+1 | <b>\",open,critical,25 Critical,,\r\n"
    );
    let markdown = list("list threats --status open --format markdown");
    assert!(
        markdown.ends_with(
            "| shop | SHOP-1 | =1+1 \\| &lt;b&gt; | open | critical | 25 Critical |  |  |\n"
        ),
        "{markdown}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&list("list threats --model models/shop --format json")).unwrap();
    assert_eq!(json[0]["id"], "SHOP-1");
    assert_eq!(json[1]["tests"][0]["name"], "locks");
    assert_eq!(json[1]["model"], "models/shop/index.html");
    let models = list("list models --format csv");
    assert_eq!(models.lines().count(), 2, "only the latest revision: {models}");
    assert!(models.contains("shop,Shop,2,1,critical,2026-01-02,approved"), "{models}");
    assert_eq!(list("list requirements --status done"), "nothing to list\n");
}

#[test]
fn a_list_refuses_what_cannot_match() {
    let book = book();
    for (arguments, reason) in [
        (["list", "threats", "--model", "shpo"], "did you mean `shop`?"),
        (["list", "threats", "--status", "opne"], "did you mean `open`?"),
        (["list", "models", "--severity", "high"], "does not apply to models"),
        (["list", "threats", "--status", "open,draft"], "cannot be mixed"),
    ] {
        let (code, _, error) = run(book.path(), &arguments);
        assert!(code == Some(2) && error.contains(reason), "{error}");
    }
}

#[test]
fn results_decide_whether_a_claim_stands() {
    let book = book();
    let report = |failure: &str| {
        let text = format!(
            "<testsuite name='shop'>\n<testcase name='locks'>{failure}</testcase>\n</testsuite>"
        );
        put(&book.path().join("results.xml"), text);
    };
    report("");
    assert_eq!(run(book.path(), &["check", "--junit", "results.xml"]).0, Some(0));
    report("<failure/>");
    let (code, out, _) = run(book.path(), &["check", ".", "--junit", "results.xml"]);
    assert!(code == Some(1) && out.contains("failing-test"), "{out}");
    let (code, _, error) = run(book.path(), &["build", "--junit", "results.xml"]);
    assert!(code == Some(1) && error.contains("its test `locks` fails"), "{error}");
    assert!(!book.path().join("site").exists());
    report("<failure>");
    let (code, _, error) = run(book.path(), &["build", "--junit", "results.xml"]);
    assert!(code == Some(2) && error.contains("results.xml:2: bad XML"), "{error}");
    let (code, _, error) = run(book.path(), &["build", "--junit", "none.xml"]);
    assert!(code == Some(2) && error.contains("`none.xml`"), "{error}");
}
