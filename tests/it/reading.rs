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

/// The boxes of a page: the class of each, and its words.
fn boxes(text: &str) -> Vec<String> {
    let html = render(&[("content/index.md", &format!("# H\n\n{text}"))], "index.html");
    let prose = html.split("<div class=\"prose\">").nth(1).unwrap();
    let prose = prose.split("</article>").next().unwrap().replace("alert-title", "title");
    let inner = prose.split(" class=\"alert alert-").skip(1);
    let plain = |html: &str| {
        let mut words = String::new();
        for part in html.split('<').skip(1) {
            words.push_str(part.split_once('>').map_or("", |(_, text)| text));
            words.push(' ');
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    inner.map(|part| format!("{}: {}", part.split('"').next().unwrap(), plain(part))).collect()
}

#[test]
fn boxes_of_other_programs_are_notes() {
    for (text, expected) in [
        ("!!! note\n    One.\n\n    Two.\n\nAfter.\n", "note: Note One. Two. After."),
        ("!!! danger \"A title\"\n\tOne.\n", "caution: A title One."),
        ("??? tip\n    One.\nAfter.\n", "tip: Tip One. After."),
        ("Before\n!!! wholly-own\n    One.\n", "note: Wholly own One."),
        (":::warning[A title]\n- One\n- Two\n:::\nAfter.\n", "warning: A title One Two After."),
        ("::: {.callout-tip}\n```\n:::\n```\n:::\n", "tip: Tip :::"),
        ("- a\n\n  :::info\n  One.\n\n  Two.\n  :::\n- b\n", "note: Info One. Two. b"),
        ("> !!! note\n>     One.\n> Two.\n", "note: Note One. Two."),
        ("```{note} A title\n:class: dropdown\nOne.\n```\n", "note: A title One."),
        ("> [!FAQ]- A title\n> One.\n", "note: A title One."),
    ] {
        assert_eq!(boxes(text), [expected], "{text}");
    }
    let nested =
        "::::note\n:::tip\nInner.\n:::\nOuter.\n::::\n\n!!! bug\n    !!! info\n        Deep.\n";
    assert_eq!(boxes(nested).len(), 4, "{:?}", boxes(nested));
    assert_eq!(boxes("`a`\n\n    !!! note\n        x\n\n```\n:::note\nx\n:::\n```\n").len(), 0);
}

#[test]
fn a_title_in_double_brackets_is_a_link_to_its_page() {
    let files = [
        (
            "content/index.md",
            "# Home\n\n[[A page]], [[the-file|words]], [[A Page#Its part]], [[x]]\n",
        ),
        ("content/the-file.md", "# A page\n\n## Its part\n\n[[home]]\n"),
    ];
    let html = render(&files, "index.html");
    for link in
        ["href=\"the-file.html\">A page</a>", ">words</a>", "href=\"the-file.html#its-part\""]
    {
        assert!(html.contains(link), "{link}: {html}");
    }
    assert!(html.contains("[[x]]"), "{html}");
    assert!(render(&files, "the-file.html").contains("href=\"index.html\">Home</a>"));
}

#[test]
fn areas_are_told_in_words_beside_their_letters() {
    let entry =
        |id: &str| format!("---\nid: {id}\ntitle: Somebody does {id}\n---\n# {id}\n\nText.\n");
    let (auth, file) = (entry("T-AUTH-001"), entry("T-FILE-001"));
    let files = [
        ("book.toml", "[areas]\nAUTH = \"Sign-in\"\n[levels]\nmissing-text = \"allow\"\n"),
        ("content/index.md", "# H\n\n[[T-AUTH-001]] [[T-FILE-001]]\n"),
        ("content/threats/a.md", auth.as_str()),
        ("content/threats/b.md", file.as_str()),
    ];
    let page = render(&files, "threats/t-auth-001.html");
    let sidebar = page.split("<nav class=\"sidebar\"").nth(1).unwrap();
    assert!(sidebar.contains("<span class=\"number\">AUTH</span> Sign-in"), "{sidebar}");
    assert!(sidebar.contains("<span class=\"number\">001</span> Somebody does T-AUTH-001"));
    // An area without words is its letters.
    assert!(sidebar.contains(">FILE <span class=\"count\">1</span>"), "{sidebar}");
    let list = render(&files, "threats/index.html");
    assert!(list.contains("<span>Sign-in (AUTH)</span>") && list.contains("<span>FILE</span>"));
}

#[test]
fn a_picture_speaks_the_language_of_its_page() {
    let chart = "# M\n\n```mermaid dfd\nflowchart LR\nu[Kundin]:::external -->|Bestellung| w(Laden):::process\n```\n";
    let files = [
        ("book.toml", "[book]\nlanguage = \"de\"\n"),
        ("content/index.md", "# H\n\n[m](m.md)\n"),
        ("content/m.md", chart),
    ];
    let page = render(&files, "m.html");
    assert!(page.contains("1 Bestellung, Fluss von Kundin nach Laden"), "{page}");
    assert!(page.contains("Kundin, Externe Entität") && !page.contains("flow from"), "{page}");
}
