//! Titles of pages and sections that have no `title:` and no heading at their head.

use crate::support;

use support::{page, site};

const BOOK: &[(&str, &str)] = &[
    ("content/index.md", "![logo](p.svg)\n\n# Real title\n\nText of the home page.\n"),
    ("content/02-foundations/index.md", "Text only.\n"),
    ("content/02-foundations/01-security-basics.md", "Text only.\n"),
    ("content/04-more/README.md", "Text only.\n"),
    ("content/html.md", "<h1 align=\"center\">An <em>old</em> heading\n&amp; more</h1>\n\nText.\n"),
];

#[test]
fn names_of_files_and_folders_stand_in() {
    let (site, found) = site(BOOK);
    let titles: Vec<(&str, &str)> =
        site.graph.nodes.iter().map(|node| (node.url.as_str(), node.title.as_str())).collect();
    for (url, title) in [
        ("index.html", "Real title"),
        ("02-foundations/index.html", "Foundations"),
        ("02-foundations/01-security-basics.html", "Security basics"),
        ("04-more/index.html", "More"),
        ("html.html", "An old heading & more"),
    ] {
        assert!(titles.contains(&(url, title)), "{url}: {titles:?}");
    }
    let told: Vec<_> = found.iter().filter(|(_, d)| d.code.name() == "missing-title").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let html = page(&site, "html.html");
    assert_eq!(html.matches("<h1").count(), 1, "{html}");
}

#[test]
fn a_home_page_says_nothing_twice() {
    let (site, _) = site(BOOK);
    let html = page(&site, "index.html");
    let body = html.split_once("<body").map_or("", |(_, body)| body);
    assert_eq!(body.matches("<h1").count(), 1, "{body}");
    assert_eq!(body.matches("Text of the home page.").count(), 1, "{body}");
}
