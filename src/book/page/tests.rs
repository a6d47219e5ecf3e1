use super::*;
mod raw;

fn page_at(path: &str, text: &str) -> Page {
    let file: Arc<str> = format!("content/{path}").into();
    parse(&file, path, &Expanded::plain(&file, text.into()), &Config::default())
}

fn page(text: &str) -> Page {
    page_at("a.md", text)
}

fn html(text: &str) -> String {
    let page = page(text);
    let mut out = String::new();
    for piece in &page.articles[0].body.pieces {
        match piece {
            Piece::Html(html) => out.push_str(html),
            Piece::Hole(hole) => out.push_str(&format!("{{{hole:?}}}")),
        }
    }
    out
}

#[test]
fn the_first_heading_is_the_title() {
    let page = page("# A *title*\n\nText\n\n# Another\n");
    let article = &page.articles[0];
    assert_eq!(article.title.as_ref().unwrap().text, "A title");
    assert_eq!(article.body.headings.len(), 1);
}

#[test]
fn ids_in_brackets_become_holes() {
    assert_eq!(html("See [[T-1]]."), "<p>See {Entry(0)}.</p>\n");
    assert_eq!(html("`[[T-1]]` \\[[T-1]] [[1]](x.md) [[ -f x ]]").matches("Entry").count(), 0);
    let page = page("| a |\n|---|\n| [[T-0012\\|the *text*]] [[T-2#x\\|t]] |\n");
    let links = &page.articles[0].body.links;
    assert_eq!(links.len(), 1, "{links:?}");
    assert_eq!(
        links[0].target,
        Target::Id { id: "T-2".into(), anchor: Some("x".into()), text: Some("t".into()) }
    );
    assert_eq!(links[0].place.span(), 39..42);
}

#[test]
fn links_images_and_schemes() {
    let text =
        "[a](b.md#c) ![i](p.png) [e](https://x.example) [j](javascript:1) ![r](https://x/y.png)";
    let page = page(text);
    assert_eq!(page.articles[0].body.links.len(), 2);
    let codes: Vec<Code> = page.found.iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::UnsafeLink, Code::RemoteImage]);
    let out = html(text);
    assert!(out.contains("{Open(0)}a{Close(0)}"), "{out}");
    assert!(out.contains("{Picture(1)}"), "{out}");
    assert!(!out.contains("javascript"), "{out}");
    assert!(out.contains("class=\"remote-image\" href=\"https://x/y.png\""), "{out}");
}

#[test]
fn raw_html_is_cleaned_and_its_links_kept() {
    let out = html(
        "<a href=\"b.md\" onclick=\"x()\">t</a> <script>alert(1)</script>\n\n<div id=\"k\">\n\n*x*\n\n</div>\n",
    );
    assert!(out.contains("<a href=\"{Url(0)}\">t</a>"), "{out}");
    assert!(!out.contains("onclick") && !out.contains("<script"), "{out}");
    assert!(out.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{out}");
    assert!(out.contains("<em>x</em>"), "{out}");
    let page = page("<div id=\"k\"></div>");
    assert!(page.articles[0].body.anchors.iter().any(|anchor| anchor == "k"));
}

#[test]
fn entries_under_headings() {
    let text = "---\ntitle: Identity\n---\nIntro.\n\n## It *holds* {#A-ID-001}\n\n```entry\napplies-to: [sign-in]\n```\n\nText.\n\n### Why {#why}\n\nMore.\n\n## Second {#A-ID-002}\n\nX.\n\n## Not an entry\n\nTail.\n";
    let page = page_at("assumptions/identity.md", text);
    assert_eq!(page.found, []);
    assert_eq!(page.articles.len(), 3);
    let first = &page.articles[1];
    assert_eq!(first.title.as_ref().unwrap().text, "It holds");
    assert_eq!(first.meta.applies_to, ["sign-in"]);
    assert_eq!(first.body.headings[0].level, 2);
    assert_eq!(&text[first.meta.id.as_ref().unwrap().place.span()], "A-ID-001");
    assert_eq!(page.articles[0].body.headings[0].text, "Not an entry");
    assert_eq!(page_at("guide/x.md", text).articles.len(), 1);
}

#[test]
fn blocks_point_into_the_page() {
    let text = "- item\n\n  ```threats\n  - use: T-1\n    statsu: open\n  ```\n";
    let page = page(text);
    assert_eq!(page.articles[0].body.blocks.len(), 1);
    assert_eq!(page.found.len(), 1);
    assert_eq!(&text[page.found[0].place.as_ref().unwrap().span()], "statsu");
}

#[test]
fn footnotes_tasks_alerts_and_definitions() {
    let out = html(
        "A[^n] and again[^n].\n\n[^n]: The note.\n\n- [ ] one\n- [x] two\n\n> [!WARNING]\n> Mind.\n\nTerm\n: Meaning\n\n$x^2$\n",
    );
    for part in [
        "<ul class=\"tasks\">",
        "<li class=\"task\"><input type=\"checkbox\" disabled checked",
        "alert-warning",
        "<dt>Term</dt>",
        "id=\"Casebook-fnref-1-2\"",
        "The note. <a class=\"footnote-back\"",
        "<code class=\"math\">x^2</code>",
    ] {
        assert!(out.contains(part), "{part} missing in {out}");
    }
}

#[test]
fn an_open_fence_is_reported() {
    for (text, count) in [
        ("```rust\nlet x;\n", 1),
        ("```\nx\n```\n", 0),
        ("> ```\n> x\n> ```\n", 0),
        ("~~~~\n~~~\n", 1),
    ] {
        let found = page(text).found;
        assert_eq!(found.len(), count, "{text:?} {found:?}");
    }
}

#[test]
fn deep_nesting_is_harmless() {
    for text in ["> ".repeat(50_000), "[".repeat(50_000), "*a ".repeat(50_000), "- ".repeat(20_000)]
    {
        page(&text);
    }
}

#[test]
fn definitions_need_a_blank_and_no_empty_line() {
    let list = |term: &str, text: &str| format!("<dl>\n<dt>{term}</dt>\n<dd>{text}</dd>\n</dl>\n");
    for (text, expected) in [
        ("Term\n: Text", list("Term", "Text")),
        ("Form.\n\n:warning: x", "<p>Form.</p>\n<p>:warning: x</p>\n".into()),
        ("Form.\n:8080 x", "<p>Form.\n:8080 x</p>\n".into()),
        ("Text\n:::columns\nx\n:::", "<p>Text\n:::columns\nx\n:::</p>\n".into()),
        ("Term\n\n: Text", "<p>Term</p>\n<p>: Text</p>\n".into()),
        ("a `b\n: c` d", "<p>a <code>b : c</code> d</p>\n".into()),
        ("> Form.\n>\n> :x: y", "<blockquote>\n<p>Form.</p>\n<p>:x: y</p>\n</blockquote>\n".into()),
        ("- a\n  :b c\n- d", "<ul>\n<li>a\n:b c</li>\n<li>d</li>\n</ul>\n".into()),
        ("```\na\n:b\n```", html("```\na\n:b\n```")),
    ] {
        assert_eq!(html(text), expected, "{text}");
    }
    let file: Arc<str> = "content/a.md".into();
    let config = Config { loose_definitions: true, ..Config::default() };
    let loose = parse(&file, "a.md", &Expanded::plain(&file, "Term\n\n: Text".into()), &config);
    assert!(format!("{:?}", loose.articles[0].body.pieces).contains("<dt>Term</dt>"));
}

#[test]
fn a_directive_without_an_end_is_code() {
    for text in [
        "```{note}\nx",
        "```{note}\n\u{fffd}",
        "```{note}\n~~~",
        "```{note}",
        "> ```{note}\nx\n```",
    ] {
        assert!(!html(text).contains("alert"), "{text}");
    }
}

#[test]
fn callouts_of_others_are_alerts() {
    for (text, expected) in [
        (
            "> [!TIP] Own *title*\n> x",
            "alert-tip\" role=\"note\"><p class=\"alert-title\">Own *title*</p>",
        ),
        (
            "> [!faq]- Why?\n> x",
            "<details class=\"alert alert-note\"><summary class=\"alert-title\">Why?<",
        ),
        (
            "> [!NOTE]+\n> x",
            "<details class=\"alert alert-note\" open><summary class=\"alert-title\">{Label(Note)}<",
        ),
        ("> [!DANGER]\n> x", "alert-caution\" role=\"note\"><p class=\"alert-title\">Danger</p>"),
        ("> [!ODD] x\n> y", "<blockquote>\n<p>[!ODD] x\ny</p>"),
        ("![[a b.png]] ![[p.svg|200]] ![[x.md]]", "<p>{Picture(0)} {Picture(1)} ![[x.md]]</p>"),
    ] {
        assert!(html(text).contains(expected), "{text}: {}", html(text));
    }
}
