//! Confluence: what is exported is well-formed, and publishing does no damage, whatever
//! the wiki and the network do.

use crate::support;

use crate::support::confluence as fake;

use casebook::out::wiki::confluence::carry::{Done, Hands, carry_out};
use casebook::out::wiki::confluence::client::{Client, Kind};
use casebook::out::wiki::confluence::plan::{Options, Plan, Step, plan};
use casebook::out::wiki::confluence::{Confluence, Item, PAGES_FILE};
use casebook::out::wiki::net::Access;
use casebook::out::wiki::{Decisions, Manifest, Side};
use casebook::site::{Memo, Site};
use fake::{Mishap, Server};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use support::wikis::{self, Export, How};
use support::{project, site};

type Files = BTreeMap<String, Vec<u8>>;

fn export(site: &Site, previous: &Manifest) -> (Files, Manifest) {
    let before = Export { manifest: previous.clone(), ..Export::default() };
    let how = How { before: Some(&before), ..How::default() };
    let made = wikis::export(&Confluence::default(), site, &how);
    (made.files, made.manifest)
}

fn items(files: &Files) -> Vec<Item> {
    serde_json::from_slice(&files[PAGES_FILE]).unwrap()
}

/// The text is well-formed, and what it links to is in the export.
fn examine(item: &Item, xml: &str, pages: &BTreeMap<&str, &str>) -> usize {
    let names = "xmlns:ac=\"http://atlassian.com/content\" xmlns:ri=\"http://atlassian.com/resource/identifier\"";
    let whole = format!("<page {names}>{xml}</page>");
    let mut reader = Reader::from_str(&whole);
    reader.config_mut().check_end_names = true;
    let (mut depth, mut links, mut anchor) = (0_usize, 0, None);
    loop {
        let event =
            reader.read_event().unwrap_or_else(|error| panic!("{}: {error}\n{xml}", item.title));
        let start = match &event {
            Event::Start(start) => {
                depth += 1;
                start
            }
            Event::Empty(start) => start,
            Event::End(_) => {
                depth -= 1;
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let attributes: BTreeMap<String, String> = start
            .attributes()
            .map(|attribute| {
                let attribute = attribute.unwrap_or_else(|error| panic!("{}: {error}", item.title));
                let value = attribute
                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                    .unwrap()
                    .to_string();
                (attribute.key.as_ref().to_string(), value)
            })
            .collect();
        match start.name().as_ref() {
            "ac:link" => anchor = attributes.get("ac:anchor").cloned(),
            "ri:page" => {
                links += 1;
                let to = &attributes["ri:content-title"];
                let text = pages
                    .get(to.as_str())
                    .unwrap_or_else(|| panic!("{}: no page `{to}`", item.title));
                if let Some(anchor) = &anchor {
                    let place =
                        format!(">{}</ac:parameter>", casebook::text::markup::escaped(anchor));
                    assert!(text.contains(&place), "{}: no place `{anchor}` on `{to}`", item.title);
                }
            }
            "ri:attachment" => {
                let name = &attributes["ri:filename"];
                assert!(
                    item.attachments.contains_key(name),
                    "{}: `{name}` is not attached",
                    item.title
                );
            }
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    links
}

#[test]
fn the_knowledge_base_is_well_formed_and_every_link_leads_somewhere() {
    let (site, _) = Site::open(&project("tests/browser/features"), &mut Memo::default()).unwrap();
    let mut links = 0;
    for site in [&site, support::own()] {
        let (files, _) = export(site, &Manifest::default());
        let items = items(&files);
        let text = |item: &Item| std::str::from_utf8(&files[&item.file]).unwrap();
        let pages: BTreeMap<&str, &str> =
            items.iter().map(|item| (item.title.as_str(), text(item))).collect();
        assert_eq!(pages.len(), items.len(), "titles are unique");
        for item in &items {
            links += examine(item, text(item), &pages);
            assert!(item.title.encode_utf16().count() <= 255);
            assert!(item.labels.iter().all(|label| !label.contains(' ')), "{:?}", item.labels);
            for name in item.attachments.keys() {
                assert!(
                    name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
                    "{name}"
                );
                assert!(files.contains_key(&format!("attachments/{name}")));
            }
        }
    }
    assert!(links > 5000, "{links} links");
}

const TOML: &str = "[book]\ntitle = \"Sec\"\n";

fn book(text: &str) -> Site {
    let threat = format!(
        "---\nid: T-PAY-001\ntitle: Card < number\nseverity: high\ntags: [cards]\n---\n\n## How it goes\n\n{text}\n\n\
         ```rust\nlet a = \"]]>\";\n```\n\n> [!NOTE]\n> Mind.\n"
    );
    let model = "---\nid: M-PAY-001\ntitle: Pay\n---\n\n```mermaid dfd\nflowchart LR\na[Customer] -->|card| b(Shop)\n```\n\n\
                 ```threats\n- use: T-PAY-001\n  on: b\n  status: open\n```\n\n![P](p.png) [[T-PAY-001#how-it-goes]]\n";
    let (site, found) = site(&[
        ("book.toml", TOML),
        ("content/index.md", "# Sec\n\n[[M-PAY-001]]\n"),
        ("content/threats/T-PAY-001.md", &threat),
        ("content/models/pay.md", model),
        ("content/models/p.png", "not really"),
    ]);
    assert!(
        found.iter().all(|(level, _)| *level != casebook::text::diagnostic::Level::Deny),
        "{found:?}"
    );
    site
}

#[test]
fn a_page_in_storage_format() {
    let (files, _) = export(&book("Badly."), &Manifest::default());
    let items = items(&files);
    let threat = items.iter().find(|item| item.identity == "T-PAY-001").unwrap();
    assert_eq!(threat.title, "T-PAY-001 Card < number");
    assert_eq!(threat.labels, ["cards", "casebook", "severity-high", "threat"]);
    insta::assert_snapshot!("threat", std::str::from_utf8(&files[&threat.file]).unwrap());
    let model = items.iter().find(|item| item.identity == "M-PAY-001").unwrap();
    let names: Vec<&String> = model.attachments.keys().collect();
    assert_eq!(names, ["m-pay-001-diagram.png", "m-pay-001-diagram.svg", "models-p.png"]);
}

/// A desk from which a book is published.
struct Desk {
    server: Server,
    manifest: RefCell<Manifest>,
    waits: RefCell<Vec<u64>>,
    kind: Kind,
}

impl Desk {
    fn new(kind: Kind) -> Desk {
        let server = Server::start(kind == Kind::Cloud);
        Desk { server, manifest: RefCell::default(), waits: RefCell::default(), kind }
    }

    fn with<T>(&self, act: impl FnOnce(&Client<'_>) -> T) -> T {
        let pause = |wait: Duration| self.waits.borrow_mut().push(wait.as_secs());
        let access = Access {
            url: &self.server.url,
            user: (self.kind == Kind::Cloud).then_some("me@example.com"),
            token: "s3cret",
            ca_certificate: None,
            patience: None,
        };
        act(&Client::new(&access, self.kind, "SEC", &pause).unwrap())
    }

    fn plan(&self, site: &Site, decisions: &Decisions) -> Result<(Plan, Files), String> {
        let (files, manifest) = export(site, &self.manifest.borrow());
        *self.manifest.borrow_mut() = manifest;
        Ok((self.plan_files(&files, decisions)?, files))
    }

    fn plan_files(&self, files: &Files, decisions: &Decisions) -> Result<Plan, String> {
        let read = |path: &str| match files.get(path) {
            Some(bytes) => Ok(String::from_utf8(bytes.clone()).unwrap()),
            None => Err(format!("no {path}")),
        };
        let options = Options { parent: None, decisions };
        self.with(|client| plan(client, &items(files), &self.manifest.borrow(), &options, &read))
    }

    fn publish_with(&self, site: &Site, decisions: &Decisions) -> Result<Done, String> {
        let (plan, files) = self.plan(site, decisions)?;
        self.carry_out(plan, &files)
    }

    /// Publishes an export that is there already.
    fn publish_files(&self, files: &Files) -> Result<Done, String> {
        let plan = self.plan_files(files, &Decisions::default())?;
        self.carry_out(plan, files)
    }

    fn carry_out(&self, mut plan: Plan, files: &Files) -> Result<Done, String> {
        let read = |path: &str| Ok(files[path].clone());
        let mut manifest = self.manifest.borrow().clone();
        // The manifest on disk is what was saved last.
        let mut save = |manifest: &Manifest| {
            *self.manifest.borrow_mut() = Manifest::parse(&manifest.json(), "confluence").unwrap();
            Ok(())
        };
        let mut hands = Hands { read: &read, save: &mut save, progress: &|_, _| {} };
        self.with(|client| carry_out(client, &mut plan, &mut manifest, &mut hands))
    }

    fn publish(&self, site: &Site) -> Result<Done, String> {
        self.publish_with(site, &Decisions::default())
    }

    fn step(&self, site: &Site, identity: &str) -> Step {
        let (plan, _) = self.plan(site, &Decisions::default()).unwrap();
        plan.steps.into_iter().find(|(item, _)| item.identity == identity).unwrap().1
    }
}

fn both(test: impl Fn(Desk)) {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        test(Desk::new(kind));
    }
}

const THREAT: &str = "T-PAY-001 Card < number";

#[test]
fn pages_stand_in_a_tree_with_labels_and_files_and_a_second_run_does_nothing() {
    both(|desk| {
        let done = desk.publish(&book("Badly.")).unwrap();
        assert!(done.created >= 5 && done.updated == 0 && done.attached == 3, "{done:?}");
        let (home, page) = desk.server.page("Sec");
        assert_eq!(page.parent.as_deref(), Some("100"));
        let (threats, _) = desk.server.page("Threats");
        let (_, threat) = desk.server.page(THREAT);
        assert_eq!(threat.parent.as_ref(), Some(&threats));
        assert_eq!(desk.server.page("Threats").1.parent, Some(home));
        assert_eq!(threat.labels, ["cards", "casebook", "severity-high", "threat"]);
        let (_, model) = desk.server.page("M-PAY-001 Pay");
        assert_eq!(model.attachments["models-p.png"], (1, b"not really".to_vec()));
        assert!(model.attachments["m-pay-001-diagram.png"].1.starts_with(b"\x89PNG"));
        desk.server.writes();
        assert_eq!(desk.publish(&book("Badly.")).unwrap(), Done::default());
        assert_eq!(desk.server.writes(), Vec::<String>::new());
    });
}

#[test]
fn only_what_changed_is_written_by_its_number() {
    both(|desk| {
        desk.publish(&book("Badly.")).unwrap();
        let (id, _) = desk.server.page(THREAT);
        desk.server.writes();
        let done = desk.publish(&book("Worse.")).unwrap();
        assert_eq!((done.created, done.updated, done.attached), (0, 1, 0));
        let writes = desk.server.writes();
        assert!(
            writes.len() == 1 && writes[0].starts_with("PUT ") && writes[0].ends_with(&id),
            "{writes:?}"
        );
        let (_, page) = desk.server.page(THREAT);
        assert!(page.body.contains("Worse.") && page.version == 2, "{page:?}");
    });
}

fn decide(name: &str, side: Side) -> Decisions {
    Decisions { pages: [(name.to_string(), side)].into(), overwrite: false }
}

#[test]
fn an_edit_on_the_wiki_is_shown_and_not_overwritten() {
    both(|desk| {
        desk.publish(&book("Badly.")).unwrap();
        let published = desk.server.page(THREAT).1.body;
        desk.server.edit(THREAT, |page| page.body = page.body.replace("Badly.", "Mine."));
        // Both changed one line: the page waits, and what the person changed is told.
        match desk.step(&book("Worse."), "T-PAY-001") {
            Step::Edited(_, before) => assert_eq!(before, published),
            other => panic!("{other:?}"),
        }
        desk.publish(&book("Worse.")).unwrap();
        assert!(desk.server.page(THREAT).1.body.contains("Mine."));
        desk.publish_with(&book("Worse."), &decide("T-PAY-001", Side::Book)).unwrap();
        assert!(desk.server.page(THREAT).1.body.contains("Worse."));
        // Where the wiki is right, that is said once.
        desk.server.edit(THREAT, |page| page.body = page.body.replace("Worse.", "Mine."));
        desk.publish_with(&book("Bad."), &decide(THREAT, Side::Wiki)).unwrap();
        assert_eq!(desk.step(&book("Bad."), "T-PAY-001"), Step::Leave);
        assert!(desk.server.page(THREAT).1.body.contains("Mine."));
    });
}

#[test]
fn an_edit_at_another_line_stays_beside_what_the_book_changes() {
    both(|desk| {
        desk.publish(&book("Badly.")).unwrap();
        desk.server.edit(THREAT, |page| page.body += "<p>Seen in March.</p>");
        // The book did not change: the edit is told, and then counts.
        assert!(matches!(desk.step(&book("Badly."), "T-PAY-001"), Step::Keep(_, Some(_))));
        desk.publish(&book("Badly.")).unwrap();
        assert_eq!(desk.step(&book("Badly."), "T-PAY-001"), Step::Leave);
        // The texts of the book that were published before are kept with the export.
        let (mut files, manifest) = export(&book("Worse."), &desk.manifest.borrow());
        *desk.manifest.borrow_mut() = manifest;
        let (old, _) = export(&book("Badly."), &Manifest::default());
        for item in items(&old) {
            let text = old[&item.file].clone();
            let hash = casebook::out::wiki::hash(std::str::from_utf8(&text).unwrap());
            files.insert(format!("base/{hash}.txt"), text);
        }
        desk.publish_files(&files).unwrap();
        let body = desk.server.page(THREAT).1.body;
        assert!(body.contains("Worse.") && body.contains("Seen in March."), "{body}");
    });
}

#[test]
fn one_page_that_is_refused_does_not_stop_the_others() {
    both(|desk| {
        desk.publish(&book("Badly.")).unwrap();
        desk.server.mishap("PUT", Mishap::Refuse(400, None));
        let done = desk.publish(&other_book("Worse.", "Other")).unwrap();
        assert_eq!(done.refused.len(), 1, "{done:?}");
        assert!(done.updated >= 1, "{done:?}");
        let done = desk.publish(&other_book("Worse.", "Other")).unwrap();
        assert!(done.refused.is_empty() && done.updated == 1, "{done:?}");
    });
}

/// The book with another title of the model.
fn other_book(text: &str, title: &str) -> Site {
    renamed(text, "Card < number", title)
}

fn renamed(text: &str, threat: &str, model: &str) -> Site {
    let threat =
        format!("---\nid: T-PAY-001\ntitle: \"{threat}\"\n---\n\n## How it goes\n\n{text}\n");
    let model = format!("# {model}\n\n[[T-PAY-001]]\n");
    let (site, _) = site(&[
        ("book.toml", TOML),
        ("content/index.md", "# Sec\n\n[[T-PAY-001]]\n"),
        ("content/threats/T-PAY-001.md", &threat),
        ("content/notes/a.md", &model),
        ("content/notes/b.md", "# Second\n\nWords.\n"),
    ]);
    site
}

#[test]
fn two_pages_can_swap_their_titles() {
    both(|desk| {
        desk.publish(&renamed("Badly.", "Card", "First")).unwrap();
        let (first, second) = (desk.server.page("First").0, desk.server.page("Second").0);
        let (swapped, _) = site(&[
            ("book.toml", TOML),
            ("content/index.md", "# Sec\n\n[[T-PAY-001]]\n"),
            ("content/threats/T-PAY-001.md", "---\nid: T-PAY-001\ntitle: Card\n---\n\nText.\n"),
            ("content/notes/a.md", "# Second\n\n[[T-PAY-001]]\n"),
            ("content/notes/b.md", "# First\n\nWords.\n"),
        ]);
        let done = desk.publish(&swapped).unwrap();
        assert!(done.refused.is_empty(), "{done:?}");
        assert_eq!((desk.server.page("Second").0, desk.server.page("First").0), (first, second));
    });
}

#[test]
fn nothing_below_a_page_that_is_held_is_published_elsewhere() {
    both(|desk| {
        let page = fake::Page { title: "Threats".into(), version: 3, ..fake::Page::default() };
        desk.server.wiki.lock().unwrap().pages.insert("150".into(), page);
        desk.publish(&book("Badly.")).unwrap();
        assert_eq!(desk.step(&book("Badly."), "T-PAY-001"), Step::Waits);
        assert!(desk.server.wiki.lock().unwrap().pages.values().all(|page| page.title != THREAT));
        desk.publish_with(&book("Badly."), &decide("Threats", Side::Book)).unwrap();
        desk.publish(&book("Badly.")).unwrap();
        assert_eq!(desk.server.page(THREAT).1.parent.as_deref(), Some("150"));
        // A page that somebody moved comes back to its place.
        desk.server.edit(THREAT, |page| page.parent = Some("100".into()));
        desk.publish(&book("Badly.")).unwrap();
        assert_eq!(desk.server.page(THREAT).1.parent.as_deref(), Some("150"));
    });
}

#[test]
fn an_archived_page_of_the_title_is_told() {
    let desk = Desk::new(Kind::Cloud);
    let page =
        fake::Page { title: THREAT.into(), version: 1, archived: true, ..fake::Page::default() };
    desk.server.wiki.lock().unwrap().pages.insert("150".into(), page);
    assert_eq!(desk.step(&book("Badly."), "T-PAY-001"), Step::Archived("150".into()));
    assert!(desk.publish(&book("Badly.")).unwrap().refused.is_empty());
}

#[test]
fn where_the_manifest_is_lost_the_wiki_knows_its_pages() {
    both(|desk| {
        desk.publish(&renamed("Badly.", "Card", "First")).unwrap();
        let count = desk.server.wiki.lock().unwrap().pages.len();
        *desk.manifest.borrow_mut() = Manifest::default();
        // The title is another one, so it tells nothing.
        let done = desk.publish(&renamed("Badly.", "Another card", "First")).unwrap();
        assert_eq!((done.created, desk.server.wiki.lock().unwrap().pages.len()), (0, count));
        desk.server.page("T-PAY-001 Another card");
    });
}

#[test]
fn a_server_gets_no_language_of_code_that_it_does_not_know() {
    for (kind, known) in [(Kind::Cloud, true), (Kind::DataCenter, false)] {
        let desk = Desk::new(kind);
        desk.publish(&book("Badly.")).unwrap();
        let body = desk.server.page(THREAT).1.body;
        assert_eq!(body.contains(">rust</ac:parameter>"), known, "{body}");
        assert!(body.contains("let a = "), "{body}");
    }
}

#[test]
fn a_page_of_somebody_else_is_left_alone() {
    both(|desk| {
        let page = fake::Page {
            title: THREAT.into(),
            body: "<p>Other.</p>".into(),
            version: 3,
            ..fake::Page::default()
        };
        desk.server.wiki.lock().unwrap().pages.insert("150".into(), page);
        assert!(matches!(desk.step(&book("Badly."), "T-PAY-001"), Step::Taken(_)));
        desk.publish(&book("Badly.")).unwrap();
        assert_eq!(desk.server.page(THREAT).1.body, "<p>Other.</p>");
    });
}

#[test]
fn comments_stay_at_their_words_or_are_named_before_anything_is_written() {
    both(|desk| {
        desk.publish(&book("The card is read in the shop.\n\nAnd sold.")).unwrap();
        let marker =
            "<ac:inline-comment-marker ac:ref=\"c-1\">read in the shop</ac:inline-comment-marker>";
        desk.server.edit(THREAT, |page| page.body = page.body.replace("read in the shop", marker));
        // A comment is no new version of the page.
        let (id, _) = desk.server.page(THREAT);
        desk.server.wiki.lock().unwrap().pages.get_mut(&id).unwrap().version -= 1;
        desk.publish(&book("The card is read in the shop.\n\nAnd lost.")).unwrap();
        let (_, page) = desk.server.page(THREAT);
        assert!(page.body.contains(marker) && page.body.contains("And lost."), "{}", page.body);
        match desk.step(&book("Nothing of it."), "T-PAY-001") {
            Step::Update { lost, .. } => assert_eq!(lost, ["read in the shop"]),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_busy_wiki_is_asked_again_after_the_time_that_it_names() {
    both(|desk| {
        for mishap in [Mishap::Refuse(429, Some("7")), Mishap::Refuse(429, None)] {
            desk.server.mishap("POST", mishap);
        }
        desk.server.mishap("GET", Mishap::Refuse(503, Some("3")));
        desk.publish(&book("Badly.")).unwrap();
        assert_eq!(*desk.waits.borrow(), [3, 7, 4]);
        desk.server.page(THREAT);
    });
}

#[test]
fn a_lost_answer_makes_no_second_page() {
    both(|desk| {
        // Made, written, attached and labelled; each time the answer is lost.
        let pages = if desk.kind == Kind::Cloud {
            "POST /wiki/api/v2/pages"
        } else {
            "POST /rest/api/content"
        };
        desk.server.mishap(pages, Mishap::DoneBut(502));
        desk.publish(&book("Badly.")).unwrap();
        let count = desk.server.wiki.lock().unwrap().pages.len();
        desk.server.mishap("PUT", Mishap::DoneBut(504));
        let done = desk.publish(&book("Worse.")).unwrap();
        assert_eq!(done.updated, 1);
        let (_, page) = desk.server.page(THREAT);
        assert_eq!((page.version, page.body.contains("Worse.")), (2, true));
        assert_eq!(desk.server.wiki.lock().unwrap().pages.len(), count);
    });
}

#[test]
fn a_run_that_stops_anywhere_goes_on_without_duplicates() {
    let (files, manifest) = export(&book("Badly."), &Manifest::default());
    both(|desk| {
        let whole = Desk::new(desk.kind);
        *whole.manifest.borrow_mut() = manifest.clone();
        whole.publish_files(&files).unwrap();
        let writes = whole.server.writes();
        let wanted: BTreeSet<String> =
            whole.server.wiki.lock().unwrap().pages.values().map(|p| p.title.clone()).collect();
        for stop in 0..writes.len() {
            for lost in [false, true] {
                let desk = Desk::new(desk.kind);
                *desk.manifest.borrow_mut() = manifest.clone();
                // The wiki goes away at this write: before it is done, or after.
                desk.server.wiki.lock().unwrap().stop = Some((stop, lost));
                let first = desk.publish_files(&files);
                assert!(first.is_err(), "it went through at {stop}: {first:?}");
                desk.server.wiki.lock().unwrap().stop = None;
                let done = desk.publish_files(&files);
                let done = done.unwrap_or_else(|error| panic!("at {stop}, {lost}: {error}"));
                assert!(done.refused.is_empty(), "at {stop}, {lost}: {done:?}");
                let wiki = desk.server.wiki.lock().unwrap();
                let titles: Vec<String> =
                    wiki.pages.values().map(|page| page.title.clone()).collect();
                assert_eq!(titles.len(), wanted.len(), "at {stop}, {lost}: {titles:?}");
                let (_, model) =
                    wiki.pages.iter().find(|(_, p)| p.title == "M-PAY-001 Pay").unwrap();
                assert_eq!(model.attachments.len(), 3, "at {stop}, {lost}");
                assert!(model.labels.contains(&"model".to_string()), "at {stop}, {lost}");
                drop(wiki);
                desk.server.writes();
                assert_eq!(desk.publish_files(&files).unwrap(), Done::default());
                assert!(desk.server.writes().is_empty());
            }
        }
    });
}

#[test]
fn a_conflict_and_nonsense_stop_with_words() {
    both(|desk| {
        desk.publish(&book("Badly.")).unwrap();
        desk.server.mishap("PUT", Mishap::Refuse(409, None));
        let done = desk.publish(&book("Worse.")).unwrap();
        let (title, words) = &done.refused[0];
        assert!(title == THREAT && words.contains("409") && words.contains("not now"), "{words}");
        desk.publish(&book("Worse.")).unwrap();
        desk.server.mishap("GET", Mishap::Nonsense);
        let error = desk.publish(&book("Worst.")).unwrap_err();
        assert!(error.contains("makes no sense"), "{error}");
        desk.publish(&book("Worst.")).unwrap();
        assert!(desk.server.page(THREAT).1.body.contains("Worst."));
    });
}

#[test]
fn what_the_book_no_longer_has_is_told_and_stays() {
    both(|desk| {
        desk.publish(&book("Badly.")).unwrap();
        let (smaller, _) = site(&[("book.toml", TOML), ("content/index.md", "# Sec\n")]);
        let (plan, _) = desk.plan(&smaller, &Decisions::default()).unwrap();
        let titles: Vec<&str> = plan.orphans.iter().map(|(title, _)| title.as_str()).collect();
        assert!(titles.contains(&THREAT), "{titles:?}");
        desk.publish(&smaller).unwrap();
        desk.server.page(THREAT);
    });
}

#[test]
fn a_new_title_keeps_the_page_and_a_deleted_page_is_told() {
    both(|desk| {
        desk.publish(&book("Badly.")).unwrap();
        let (id, _) = desk.server.page(THREAT);
        let renamed = "---\nid: T-PAY-001\ntitle: Renamed\n---\n\nText.\n";
        let (site, _) = site(&[
            ("book.toml", TOML),
            ("content/index.md", "# Sec\n\n[[T-PAY-001]]\n"),
            ("content/threats/T-PAY-001.md", renamed),
        ]);
        desk.publish(&site).unwrap();
        assert_eq!(desk.server.page("T-PAY-001 Renamed").0, id);
        // A label that the book no longer has goes, one of somebody else would stay.
        assert_eq!(desk.server.page("T-PAY-001 Renamed").1.labels, ["casebook", "threat"]);
        desk.server.wiki.lock().unwrap().pages.remove(&id);
        assert_eq!(desk.step(&book("Back."), "T-PAY-001"), Step::Deleted);
    });
}

/// Answers each request with this status and, as its message, all that it was sent.
fn echo(status: &'static str) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { break };
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or(0);
            let said = String::from_utf8_lossy(&request[..read]).replace(['\r', '\n'], " ");
            let body = serde_json::json!({ "message": said }).to_string();
            let head = format!("HTTP/1.1 {status}\r\nRetry-After: 1\r\nConnection: close");
            let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        }
    });
    url
}

#[test]
fn a_wiki_that_says_the_token_back_does_not_get_it_shown() {
    for user in [None, Some("me@example.com")] {
        let url = echo("400 Bad Request");
        let access =
            Access { url: &url, user, token: "s3cret-token", ca_certificate: None, patience: None };
        let error = Client::new(&access, Kind::DataCenter, "SEC", &|_| {})
            .unwrap()
            .space()
            .unwrap_err()
            .to_string();
        // Basic: `me@example.com:s3cret-token`.
        assert!(error.contains("[token]"), "{error}");
        assert!(!error.contains("s3cret") && !error.contains("bWVAZXhhbXBsZ"), "{error}");
    }
}

#[test]
fn all_together_ends_when_the_time_is_over() {
    let url = echo("503 Service Unavailable");
    let waits = RefCell::new(0);
    let pause = |_: Duration| *waits.borrow_mut() += 1;
    let access = Access {
        url: &url,
        user: None,
        token: "s3cret",
        ca_certificate: None,
        patience: Some(Duration::from_millis(900)),
    };
    let error = Client::new(&access, Kind::DataCenter, "SEC", &pause)
        .unwrap()
        .space()
        .unwrap_err()
        .to_string();
    assert!(error.contains("--timeout") && *waits.borrow() == 0, "{error}");
    for token in ["", "s3crét", "a b", "a\nb", "a\u{7f}"] {
        assert!(
            Client::new(&Access { token, ..access }, Kind::DataCenter, "SEC", &pause).is_err(),
            "{token:?}"
        );
    }
}

#[test]
fn without_a_good_token_nothing_happens_and_none_goes_out_in_clear() {
    let server = Server::start(true);
    let pause = |_: Duration| {};
    let access = Access {
        url: &server.url,
        user: None,
        token: "wrong",
        ca_certificate: None,
        patience: None,
    };
    let error =
        Client::new(&access, Kind::Cloud, "SEC", &pause).unwrap().space().unwrap_err().to_string();
    assert!(error.contains("401") && error.contains("token"), "{error}");
    let clear = Access { url: "http://wiki.example.com", ..access };
    assert!(Client::new(&clear, Kind::Cloud, "SEC", &pause).is_err());
    let desk = Desk::new(Kind::Cloud);
    let access = Access {
        url: &desk.server.url,
        user: Some("me@example.com"),
        token: "s3cret",
        ca_certificate: None,
        patience: None,
    };
    let error =
        Client::new(&access, Kind::Cloud, "NO", &pause).unwrap().space().unwrap_err().to_string();
    assert!(error.contains("no space `NO`"), "{error}");
}
