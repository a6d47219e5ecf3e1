//! Pages as one HTML file: what is in it, where its links lead, what is chosen by which word.

use crate::support;

use casebook::out::handout::{Appendix, Handout, choose, make};
use casebook::site::Site;
use std::collections::BTreeSet;
use support::site;

const MODEL: &str = "---\nid: M-PAY-001\ntitle: Pay\ndate: 2026-01-02\n---\n\n## What can go wrong?\n\n\
    ```mermaid dfd\nflowchart LR\nsubgraph S\nweb[[Web]]\nend\nc[Customer] -->|card| web\n```\n\n\
    ```threats\n- use: T-PAY-001\n  on: web\n  status: open\n  requirements: [R-PAY-001]\n```\n\n\
    See [the guide](../guide/01-start.md#why), [[T-PAY-001#how-it-goes]], ![A picture](p.png) and \
    [a file](notes.txt).\n";

fn book(toml: &str) -> Site {
    let threat = "---\nid: T-PAY-001\ntitle: Card & number leak\nrequirements: [R-PAY-001]\n---\n\n\
                  ## How it goes\n\nBadly. [[R-PAY-001]], [[M-PAY-001]].\n";
    let requirement = "---\nid: R-PAY-001\ntitle: Keep no cards\n---\n\nReally.\n";
    let files = [
        ("book.toml", toml),
        ("content/index.md", "# Home\n\n[[M-PAY-001]]\n"),
        ("content/guide/01-start.md", "# Start\n\n## Why\n\nSo. [Next](02-go.md).\n"),
        ("content/guide/02-go.md", "# Go\n\n## Why\n\n[Back](01-start.md#why)\n"),
        ("content/models/pay.md", MODEL),
        ("content/models/p.png", "not really"),
        ("content/models/notes.txt", "notes"),
        ("content/threats/T-PAY-001.md", threat),
        ("content/requirements/R-PAY-001.md", requirement),
    ];
    let (site, found) = site(&files);
    assert!(found.is_empty(), "{found:?}");
    site
}

fn handout(site: &Site, word: Option<&str>, appendix: bool) -> Handout {
    let appendix = if appendix { Appendix::Full } else { Appendix::None };
    make(site, &choose(site, word).unwrap(), appendix).unwrap()
}

#[test]
fn a_short_appendix_says_what_entries_are_and_what_treats_them() {
    let site = book("[site]\nurl = \"https://wiki.example/\"\n");
    let found = make(&site, &choose(&site, Some("M-PAY-001")).unwrap(), Appendix::Short).unwrap();
    assert_eq!((found.pages, found.appendix), (1, 2));
    is_closed(&found.html);
    assert!(found.html.contains("href=\"#t-pay-001\""), "a place in an entry leads to the entry");
    let (_, appendix) = found.html.split_once("<section class=\"handout-appendix").unwrap();
    assert!(appendix.contains("Card &amp; number leak") && appendix.contains("Keep no cards"));
    assert!(!appendix.contains("How it goes"), "{appendix}");
}

/// The values of an attribute, in order.
fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    let from = format!(" {attribute}=\"");
    html.split(from.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Every link within leads to one element.
fn is_closed(html: &str) {
    let ids = values(html, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an anchor stands twice: {ids:?}");
    for href in values(html, "href") {
        match href.strip_prefix('#') {
            Some(anchor) => assert!(unique.contains(anchor), "#{anchor} leads nowhere"),
            None => assert!(href.starts_with("https://"), "{href} leaves the file"),
        }
    }
    for ids in values(html, "aria-labelledby") {
        assert!(ids.split(' ').all(|id| unique.contains(id)), "{ids}");
    }
}

#[test]
fn a_model_with_the_entries_that_it_uses() {
    let site = book("");
    let found = handout(&site, Some("M-PAY-001"), true);
    assert_eq!((found.name.as_str(), found.pages, found.appendix), ("m-pay-001", 1, 2));
    let html = &found.html;
    is_closed(html);
    for text in [
        "<title>Pay</title>",
        "Casebook · 2 January 2026",
        "Appendix: Threats",
        "Appendix: Requirements",
        "Card &amp; number leak",
        " href=\"#t-pay-001.how-it-goes\"",
        "src=\"data:image/png;base64,bm90IHJlYWxseQ==\"",
        // What the file does not hold is no link.
        "<span>the guide</span>",
        "<span>a file</span>",
        "class=\"dfd\"",
        "@top-left { content: \"Pay\"; }",
    ] {
        assert!(html.contains(text), "no {text} in\n{html}");
    }
    for text in ["<script", "<button", " style=", "<link", "search.css"] {
        assert!(!html.contains(text), "{text}");
    }
    assert!(html.find("Contents</h2>") < html.find("What can go wrong?</"));
}

#[test]
fn links_to_the_rest_lead_to_the_site_where_that_is_known() {
    let site = book("[site]\nurl = \"https://wiki.example.com/x/\"\n");
    let html = handout(&site, Some("M-PAY-001"), false).html;
    is_closed(&html);
    for text in [
        "<a href=\"https://wiki.example.com/x/guide/01-start.html#why\">the guide</a>",
        "<a href=\"https://wiki.example.com/x/models/notes.txt\">a file</a>",
        "href=\"https://wiki.example.com/x/threats/t-pay-001.html#how-it-goes\"",
    ] {
        assert!(html.contains(text), "no {text} in\n{html}");
    }
}

#[test]
fn a_section_and_a_whole_book() {
    let site = book("");
    let guide = handout(&site, Some("guide"), true);
    assert_eq!((guide.title.as_str(), guide.pages, guide.appendix), ("Guide", 2, 0));
    is_closed(&guide.html);
    assert!(guide.html.contains("<a href=\"#guide-01-start.why\">Back</a>"), "{}", guide.html);
    assert!(guide.html.contains("<h2>Start") || guide.html.contains("<h2 id=\"guide-01-start."));
    let all = handout(&site, None, true);
    assert_eq!((all.pages, all.appendix), (6, 0));
    is_closed(&all.html);
}

#[test]
fn words_name_pages() {
    let site = book("");
    let count = |word: &str| choose(&site, Some(word)).map(|choice| choice.pages.len());
    for word in
        ["m-pay-001", "content/models/pay.md", "./models/pay.md", "models/pay", "models/pay.html"]
    {
        assert_eq!(count(word), Ok(1), "{word}");
    }
    for word in ["guide", "Guide", "content/guide", "guide/"] {
        assert_eq!(count(word), Ok(2), "{word}");
    }
    assert_eq!(count("threats"), Ok(1));
    let error = choose(&site, Some("M-PAY-002")).unwrap_err().to_string();
    assert!(error.contains("there is no page or section `M-PAY-002`"), "{error}");
    assert!(error.contains("M-PAY-001"), "{error}");
}

#[test]
fn the_title_cannot_leave_its_place() {
    let hostile = "---\ntitle: \"a</style><script>x</script>\\\\\\\" }\"\n---\n\nText.\n";
    let (site, _) = site(&[("content/index.md", "# Home\n"), ("content/x.md", hostile)]);
    let html = handout(&site, Some("x.md"), true).html;
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(html.matches("<style>").count(), html.matches("</style>").count());
    assert!(html.contains("content: \"a\\3c /style\\3e "), "{html}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(handout(&book(""), None, true).html, handout(&book(""), None, true).html);
}

/// SharePoint shows a file in a frame that lets nothing in from elsewhere, and says nothing
/// where something is missing.
#[test]
fn a_file_needs_nothing_that_a_closed_frame_forbids() {
    let html = handout(&book("[site]\nurl = \"https://wiki.example/\"\n"), None, true).html;
    assert!(html.contains("<meta charset=\"utf-8\">"));
    let sources = values(&html, "src");
    assert!(!sources.is_empty() && sources.iter().all(|source| source.starts_with("data:")));
    for text in ["url(http", "url(\"http", "@import", "<form", "<base", "<iframe", "<object"] {
        assert!(!html.contains(text), "{text}");
    }
}
