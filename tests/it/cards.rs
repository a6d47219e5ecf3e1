//! The file of cards: what is on it, for which paper, and that it needs and runs nothing.

use crate::support::site;
use casebook::site::Paper;
use scraper::{Html, Selector};

fn file(count: usize, paper: Paper) -> String {
    let mut files = vec![
        ("book.toml".to_string(), "[site]\nurl = \"https://wiki.example.org/t/\"\n".to_string()),
        ("content/index.md".into(), "# Home\n".into()),
        (
            "content/requirements/R-1.md".into(),
            "---\nid: R-1\ntitle: Lock it\n---\n\nText.\n".into(),
        ),
    ];
    for number in 1..=count {
        files.push((
            format!("content/threats/T-A-{number}.md"),
            format!(
                "---\nid: T-A-{number}\ntitle: '<script>alert(1)</script> {number}'\nseverity: high\n\
                 requirements: [R-1]\n---\n\n## How it goes\n\n1. First <b>x</b>.\n2. Second.\n3. Third.\n4. Fourth.\n\n\
                 ## How to see it in your design\n\n- Who has it?\n"
            ),
        ));
    }
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (site, found) = site(&files);
    assert_eq!(found, []);
    site.card_file(&site.carded(), paper).unwrap()
}

fn texts(html: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let selector = Selector::parse(selector).unwrap();
    let text = |element: scraper::ElementRef<'_>| element.text().collect::<String>();
    page.select(&selector)
        .map(|e| text(e).split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn eight_to_a_sheet_with_backs_behind_their_fronts() {
    let html = file(9, Paper { size: "a4", single: false });
    assert_eq!(texts(&html, ".deck-sheet").len(), 4);
    let ids = |sheet: usize| {
        let selector = format!(".deck-sheet:nth-of-type({sheet}) .deck-id");
        texts(&html, &selector)
    };
    assert_eq!(ids(1), (1..=8).map(|n| format!("T-A-{n}")).collect::<Vec<_>>());
    assert_eq!(ids(2)[..4], ["T-A-2", "T-A-1", "T-A-4", "T-A-3"]);
    assert_eq!((ids(3), ids(4)), (vec!["T-A-9".to_string()], vec!["T-A-9".to_string()]));
    let last = ".deck-sheet:nth-of-type(4)";
    assert_eq!(texts(&html, &format!("{last} li")), ["First x.", "Second.", "Third."]);
    assert_eq!(texts(&html, &format!("{last} .deck-do span")), ["R-1 Lock it"]);
    assert_eq!(
        texts(&html, &format!("{last} .deck-address")),
        ["wiki.example.org/t/threats/t-a-9.html"]
    );
    assert_eq!(texts(&html, ".deck-question")[0], "Who has it?");
}

#[test]
fn the_file_needs_nothing_and_runs_nothing() {
    let html = file(1, Paper { size: "letter", single: true });
    assert!(!html.contains("<script") && !html.contains("<link") && !html.contains("src="));
    assert!(html.contains("size: letter") && html.contains("deck-singles"));
    assert_eq!(texts(&html, ".deck-title"), ["<script>alert(1)</script> 1"]);
    assert_eq!(texts(&html, ".deck-empty").len(), 0);
}
