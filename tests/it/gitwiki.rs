//! The wikis at GitHub and GitLab: every link of an export leads to something in it.

use crate::support;

use casebook::out::wiki::{self, Book, GitWiki, Host};
use casebook::site::{Memo, Site};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::{BTreeMap, BTreeSet};
use support::wikis::{self, How};
use support::{own, project, site};

type Files = BTreeMap<String, Vec<u8>>;

fn export(site: &Site, wiki: &GitWiki) -> Files {
    let made = wikis::export(wiki, site, &How::default());
    let below = if wiki.host == Host::Plain { "wiki/docs/" } else { "wiki/" };
    let inside =
        |(name, bytes): (String, Vec<u8>)| Some((name.strip_prefix(below)?.to_string(), bytes));
    made.files.into_iter().filter_map(inside).collect()
}

fn text<'f>(files: &'f Files, name: &str) -> &'f str {
    let bytes = files.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", files.keys()));
    std::str::from_utf8(bytes).unwrap()
}

/// What a reader of a page finds: links, and places that links can lead to.
#[derive(Default)]
struct Seen {
    links: Vec<String>,
    places: BTreeSet<String>,
}

/// A page as the host reads it.
fn see(markdown: &str, host: Host) -> Seen {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_GFM;
    let body = match markdown.strip_prefix("---\ntitle: ") {
        Some(rest) => rest.split_once("\n---\n").map_or("", |(_, body)| body),
        None => markdown,
    };
    let mut seen = Seen::default();
    let mut heading: Option<String> = None;
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for event in Parser::new_ext(body, options) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                seen.links.push(dest_url.to_string());
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                // What both hosts make of a heading's words.
                let words = heading.take().unwrap_or_default().trim().to_lowercase();
                let slug: String = words
                    .chars()
                    .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                    .map(|c| if c == ' ' { '-' } else { c })
                    .collect();
                let slug = match host {
                    Host::Plain => {
                        slug.split('-').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-")
                    }
                    _ => slug,
                };
                let number = taken.entry(slug.clone()).and_modify(|n| *n += 1).or_insert(0);
                seen.places.insert(match number {
                    0 => slug,
                    number if host == Host::Plain => format!("{slug}_{number}"),
                    number => format!("{slug}-{number}"),
                });
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let names = html.split("<a name=\"").skip(1).chain(html.split("<a id=\"").skip(1));
                seen.places.extend(names.filter_map(|rest| Some(rest.split_once('"')?.0.into())));
            }
            _ => {}
        }
    }
    // The form of links that GitHub's sidebar has.
    for part in markdown.split("[[").skip(1) {
        if let Some((_, name)) = part.split_once("]]").and_then(|(link, _)| link.split_once('|')) {
            seen.links.push(name.to_string());
        }
    }
    seen
}

/// Follows every link of an export and gives their number.
fn follow(files: &Files, host: Host) -> usize {
    let pages: BTreeMap<&str, Seen> = files
        .keys()
        .filter_map(|name| Some((name.strip_suffix(".md")?, see(text(files, name), host))))
        .collect();
    let mut broken = Vec::new();
    let mut count = 0;
    for (name, seen) in &pages {
        for link in &seen.links {
            if link.starts_with("https://")
                || link.starts_with("http://")
                || link.starts_with("mailto:")
            {
                continue;
            }
            count += 1;
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            let path = casebook::text::address::decode(path);
            let to = match host {
                _ if path.is_empty() => Some(*name),
                Host::GitHub if *name == "Home" => path.strip_prefix("wiki/"),
                Host::GitHub | Host::Gitea => Some(path.as_str()),
                Host::GitLab | Host::Azure => path.strip_prefix('/'),
                Host::Plain | Host::BookStack | Host::Outline => None,
            };
            // A file beside the others, as every program finds it.
            let beside = casebook::book::source::join(name, &path);
            let to = match &beside {
                Some(path) if host == Host::Plain && to.is_none() => {
                    Some(path.strip_suffix(".md").unwrap_or(path))
                }
                _ => to,
            };
            let fragment = casebook::text::address::decode(fragment);
            let found = to.is_some_and(|to| match pages.get(to) {
                Some(page) => fragment.is_empty() || page.places.contains(&fragment),
                None => files.contains_key(to) && fragment.is_empty(),
            });
            if !found {
                broken.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "{} broken:\n{}",
        broken.len(),
        broken[..broken.len().min(20)].join("\n")
    );
    count
}

#[test]
fn every_link_of_the_knowledge_base_leads_somewhere() {
    let site = own();
    for host in [Host::GitHub, Host::GitLab] {
        let files = export(site, &GitWiki::new(host, None));
        let count = follow(&files, host);
        assert!(count > 5000, "{count} links");
        let (home, bar) = match host {
            Host::GitHub => ("Home.md", "_Sidebar.md"),
            _ => ("home.md", "_sidebar.md"),
        };
        assert!(text(&files, home).contains("Threats") && text(&files, bar).contains("Models"));
        if host == Host::GitHub {
            assert!(files.contains_key("_Footer.md"));
            let model = text(&files, "M-PWRESET-001.md");
            assert!(model.contains("](pictures/m-pwreset-001-diagram.svg)"), "no diagram");
            assert!(model.contains("\n| --- |"), "no table");
        }
    }
}

#[test]
fn every_link_of_a_book_with_everything_leads_somewhere() {
    let (site, _) = Site::open(&project("tests/browser/features"), &mut Memo::default()).unwrap();
    for host in [Host::GitHub, Host::GitLab, Host::Gitea, Host::Azure, Host::Plain] {
        follow(&export(&site, &GitWiki::new(host, None)), host);
    }
    let made = wikis::export(&GitWiki::new(Host::Plain, None), &site, &How::default());
    let settings = made.text("wiki/mkdocs.yml");
    let line = "\"T-FEAT-001 Attacker reads the backup of the shop\": \"threats/t-feat-001.md\"";
    assert!(settings.contains(line), "{settings}");
    assert!(made.text("wiki/catalog-info.yaml").contains("backstage.io/techdocs-ref: dir:."));
    let page = made.text("wiki/docs/threats/t-feat-001.md");
    let head = "---\ntitle: \"Attacker reads the backup of the shop\"\nid: \"T-FEAT-001\"\ntags: [";
    assert!(page.starts_with(head), "{page}");
    let made = wikis::export(&GitWiki::new(Host::Azure, None), &site, &How::default());
    assert!(made.text("wiki/.order").starts_with("Home\n"));
    assert!(made.text("wiki/threats/.order").contains("t-feat-001"));
}

const PAGE: &str = "# The `page`\n\n## A & B\n\nOne | two, *so*.\n\n| A | B |\n| --- | --- |\n\
    | x \\| y | `a \\| b` |\n\n```rust title=\"a.rs\"\nfn main() {}\n```\n\n> [!WARNING]\n> Mind.\n\n\
    - one\n  - two\n- [x] done\n\n![Pic](p.png) [up](../index.md) [here](#a--b)\n";

#[test]
fn a_page_reads_well_as_markdown() {
    let (site, _) = site(&[
        ("book.toml", ""),
        ("content/index.md", "# Home\n\n[Page](notes/page.md)\n"),
        ("content/notes/page.md", PAGE),
        ("content/notes/p.png", "x"),
    ]);
    let files = export(&site, &GitWiki::new(Host::GitHub, None));
    follow(&files, Host::GitHub);
    insta::assert_snapshot!(text(&files, "notes-page.md"));
    assert_eq!(files, export(&site, &GitWiki::new(Host::GitHub, None)));
    let files = export(&site, &GitWiki::new(Host::GitLab, Some("https://gitlab.example/w/")));
    assert!(text(&files, "notes/page.md").starts_with("---\ntitle: \"The page\"\n---\n"));
    assert!(text(&files, "home.md").contains("](https://gitlab.example/w/notes/page)"));
}

#[test]
fn names_that_are_one_on_the_wiki_are_told_apart_with_both_places() {
    let (site, _) = site(&[
        ("book.toml", ""),
        ("content/index.md", "# Home\n"),
        ("content/a/b.md", "# First\n"),
        ("content/a-b.md", "# Second\n"),
        ("content/pages/x.md", "# Third\n"),
    ]);
    let book = Book::read(&site, None).unwrap();
    let (names, found) = wiki::name(&book, &GitWiki::new(Host::GitHub, None), &site.config);
    assert_ne!(names.pages["a/b.html"], names.pages["a-b.html"]);
    let found: Vec<String> =
        found.iter().map(|(_, diagnostic)| format!("{diagnostic:?}")).collect();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].contains("content/a/b.md") && found[0].contains("content/a-b.md"),
        "{found:#?}"
    );
    let (names, found) = wiki::name(&book, &GitWiki::new(Host::GitLab, None), &site.config);
    assert_eq!(names.pages["pages/x.html"], "pages-1/x");
    assert!(format!("{found:?}").contains("`pages` is an address of GitLab itself"), "{found:?}");
}

#[test]
fn a_former_id_leads_on() {
    let threat = "---\nid: T-NEW-001\ntitle: New\naliases: [T-OLD-001]\n---\n\nText.\n";
    let (site, _) = site(&[
        ("book.toml", ""),
        ("content/index.md", "# Home\n\n[[T-NEW-001]]\n"),
        ("content/threats/T-NEW-001.md", threat),
    ]);
    let files = export(&site, &GitWiki::new(Host::GitHub, None));
    assert_eq!(text(&files, "t-old-001.md"), "It is now at [T-NEW-001](T-NEW-001).");
    let files = export(&site, &GitWiki::new(Host::GitLab, None));
    assert_eq!(
        text(&files, "threats/t-old-001.md"),
        "It is now at [threats/t-new-001](/threats/t-new-001)."
    );
}
