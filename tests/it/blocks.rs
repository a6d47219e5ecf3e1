//! Structured blocks on the page: views that a theme can change, and links that say what
//! they lead to wherever they stand.

use crate::support::{page, site};

const MODEL: &str = "---\nid: M-001\ntitle: Shop\ndate: 2026-01-05\n---\n\
    Text says [[T-002]].\n\n\
    ```threats\n- use: T-002\n  why: It's cheap; see \"the plan\".\n- id: M-001-1\n  title: Own <b>\n  tests: [a, b]\n```\n\n\
    ```assumptions\n- use: A-001\n  status: confirmed\n```\n\n\
    ```reviews\n- date: 2026-02-03\n  by: Lead\n  outcome: approved\n```\n";

/// A small book with more files.
fn book(more: &[(&str, &str)]) -> casebook::site::Site {
    let mut files = vec![
        ("content/index.md", "# Home\n"),
        ("content/models/shop.md", MODEL),
        (
            "content/threats/T-001.md",
            "---\nid: T-001\ntitle: New\nrelated: [T-002]\n---\nSee [[T-002]] and [[T-002|the old one]].\n",
        ),
        (
            "content/threats/T-002.md",
            "---\nid: T-002\ntitle: Old\nstatus: deprecated\nreplaced-by: [T-001]\n---\nText.\n",
        ),
        ("content/assumptions/A-001.md", "---\nid: A-001\ntitle: Calm\n---\nText.\n"),
    ];
    files.extend(more);
    site(&files).0
}

/// The links to an entry on a page, each with what marks it.
fn links<'p>(page: &'p str, id: &str) -> Vec<&'p str> {
    let mark = format!("data-entry=\"{id}\"");
    let starts = page.match_indices("<a class=\"entry-link").map(|(at, _)| at);
    let tags = starts.filter_map(|at| {
        let tag = &page[at..];
        tag[..tag.find('>')?].contains(&mark).then_some(tag)
    });
    tags.map(|tag| &tag[..tag.find('\n').unwrap_or(tag.len())]).collect()
}

#[test]
fn a_theme_changes_what_a_row_shows() {
    let template = "{% if block.name == 'threats' %}<ul class=\"mine\">{% for row in block.rows %}\
        <li>{{ row.cells[0].values[0].title }}{% if row.fold %}{% for note in row.fold.notes %}\
        [{{ note.key }}]{% endfor %}{% endif %}</li>{% endfor %}</ul>{% endif %}";
    let site = book(&[("theme/templates/block.html", template)]);
    let shown = page(&site, "models/shop.html");
    assert!(shown.contains("<ul class=\"mine\">"), "{shown}");
    assert!(shown.contains("<li>Own &lt;b&gt;[tests]</li>"), "{shown}");
    assert!(!shown.contains("<caption>"), "{shown}");
}

#[test]
fn a_block_template_that_fails_is_told_for_each_page_that_has_one() {
    let site = book(&[("theme/templates/block.html", "{{ block.nothing.there }}")]);
    let error = site.render("models/shop.html").unwrap_err();
    assert_eq!(error.template, "block.html", "{error}");
    assert!(site.render("threats/t-001.html").is_ok());
}

#[test]
fn what_an_author_writes_in_a_block_is_text() {
    let shown = page(&book(&[]), "models/shop.html");
    assert!(shown.contains("It&#39;s cheap; see &quot;the plan&quot;."), "{shown}");
    assert!(shown.contains("Own &lt;b&gt;"), "{shown}");
}

#[test]
fn a_deprecated_entry_is_marked_wherever_it_is_named() {
    let site = book(&[]);
    let entry = page(&site, "threats/t-001.html");
    let all = links(&entry, "T-002");
    assert!(all.len() >= 3, "{all:?}");
    let model = page(&site, "models/shop.html");
    let there = links(&model, "T-002");
    assert!(there.len() >= 2, "{there:?}");
    for link in all.into_iter().chain(there) {
        assert!(link.starts_with("<a class=\"entry-link deprecated\""), "{link}");
        let tag = &link[..link.find('>').unwrap()];
        assert!(tag.contains("Deprecated\""), "{link}");
    }
}

#[test]
fn text_and_templates_write_one_link() {
    let shown = page(&book(&[]), "threats/t-001.html");
    let whole = |link: &&str| link.contains("entry-id");
    let mut links: Vec<&str> = links(&shown, "T-002").into_iter().filter(whole).collect();
    for link in &mut links {
        *link = &link[..link.find("</a>").unwrap()];
    }
    assert!(links.len() >= 2, "{links:?}");
    assert!(links.iter().all(|link| link == &links[0]), "{links:#?}");
}

#[test]
fn a_part_of_a_model_leads_to_its_row() {
    let part = "# Part\n\n```from\npage: M-001\nassumptions: A-001\n```\n";
    let site = book(&[("content/part.md", part)]);
    let shown = page(&site, "part.html");
    assert!(shown.contains("href=\"models/shop.html#a-001\""), "{shown}");
}

/// A column for each of many models would be a table that nobody reads, and that grows with their
/// product with the threats.
#[test]
fn more_models_than_columns_are_named_in_the_row() {
    let book = |count: usize| {
        let mut files = vec![
            ("content/index.md".to_string(), "# Home\n".to_string()),
            ("content/threats/T-A-001.md".into(), "---\nid: T-A-001\ntitle: A\n---\n".into()),
        ];
        files.extend((1..=count).map(|number| {
            let text = format!(
                "---\nid: M-M{number}-001\ntitle: Model {number}\n---\n\n```threats\n- use: T-A-001\n  \
                 status: open\n```\n"
            );
            (format!("content/models/m{number}/index.md"), text)
        }));
        let files: Vec<(&str, &str)> =
            files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        page(&site(&files).0, "coverage/threats.html")
    };
    let few = book(60);
    assert_eq!(few.matches("<th scope=\"col\" class=\"model\">").count(), 60);
    let many = book(61);
    assert!(!many.contains("class=\"model\""));
    for number in 1..=61 {
        let link = format!("models/m{number}/index.html#t-a-001\">M-M{number}-001</a>");
        assert!(many.contains(&link), "{link}");
    }
}
