//! What makes a page good to read: tabs, captions, sizes of pictures, whole sections.

use crate::support;

use support::site;

fn render(files: &[(&str, &str)], url: &str) -> String {
    let (site, found) = site(files);
    let serious: Vec<_> = found.iter().map(|(_, found)| &found.message).collect();
    assert!(serious.is_empty(), "{serious:?}");
    String::from_utf8(site.render(url).unwrap().expect(url).into_owned()).unwrap()
}

#[test]
fn neighbouring_fences_with_tabs_are_one_group() {
    let text = "# A\n\n```sh tab=\"Unix\"\nls\n```\n\n```bat tab=\"Windows\"\ndir\n```\n\nThen\n\n```sh \
                tab=\"Unix\"\npwd\n```\n";
    let html =
        render(&[("content/index.md", "# H\n\n[a](a.md)\n"), ("content/a.md", text)], "a.html");
    assert_eq!(html.matches("<div class=\"tabs\">").count(), 2, "{html}");
    assert_eq!(html.matches("<p class=\"tab-label\">Unix</p>").count(), 2);
    let group = html.split("<div class=\"tabs\">").nth(1).unwrap();
    assert!(group.split("Then").next().unwrap().contains("Windows"));
    assert_eq!(html.matches("<div").count(), html.matches("</div>").count());
}

#[test]
fn a_picture_alone_with_a_title_has_a_caption_and_each_its_size() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 30 20\"></svg>";
    let text = "# A\n\n![Alt](p.svg \"The *caption*\")\n\nText ![Alt](p.svg \"title\") around.\n\n![Plain](p.svg)\n";
    for html in ["sanitize", "allow"] {
        let config = format!("[markdown]\nhtml = \"{html}\"\n");
        let raw = format!("{text}\n<p>raw</p>\n");
        let files = [
            ("book.toml", config.as_str()),
            ("content/index.md", raw.as_str()),
            ("content/p.svg", svg),
        ];
        let page = render(&files, "index.html");
        assert!(page.contains("<figcaption>The *caption*</figcaption>"), "{page}");
        assert_eq!(page.matches("<figure").count(), 1);
        assert_eq!(page.matches("width=\"30\" height=\"20\"").count(), 3, "{page}");
        assert!(page.contains("title=\"title\""));
    }
}

#[test]
fn a_section_stands_on_one_page_with_links_of_its_own() {
    let files = [
        ("content/index.md", "# Home\n"),
        ("content/guide/index.md", "# Guide\n\nStart with [one](01-a.md#part).\n"),
        ("content/guide/01-a.md", "# One\n\n## Part\n\n[two](02-b.md), [out](../index.md).\n"),
        ("content/guide/02-b.md", "# Two\n\n## Part\n\n[own](#part)\n"),
    ];
    let html = render(&files, "guide/print.html");
    assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"));
    for part in [
        "id=\"p1\"",
        "id=\"p2-part\"",
        "id=\"p3-part\"",
        "href=\"#p2-part\"",
        "href=\"#p3\"",
        "href=\"#p3-part\"",
        "href=\"../index.html\"",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(render(&files, "guide/01-a.html").contains("href=\"print.html\""));
    let (site, _) = site(&files);
    assert!(site.render("threats/print.html").unwrap().is_none());
}

#[test]
fn a_large_diagram_is_also_shown_in_parts() {
    let mut text = String::from("# M\n\n```mermaid dfd\nflowchart LR\n");
    for group in 0..4 {
        text += &format!("subgraph g{group} [Group {group}]\n");
        for item in 0..11 {
            text += &format!("p{group}x{item}(Process {group} {item})\n");
        }
        text += "end\n";
    }
    for group in 0..3 {
        text += &format!("p{group}x0 -->|calls| p{}x0\n", group + 1);
    }
    text += "```\n";
    let html = render(
        &[
            ("content/index.md", "# H\n\n[m](models/m.md)\n"),
            ("content/models/m.md", text.as_str()),
            ("book.toml", "[levels]\nidle-element = \"allow\"\n"),
        ],
        "models/m.html",
    );
    assert_eq!(html.matches("class=\"diagram-view\"").count(), 4);
    let ids: Vec<&str> =
        html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "names stand once");
}
