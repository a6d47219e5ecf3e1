//! Wikis that are written page by page: the whole round on each, first time, unchanged,
//! edited there, renamed, deleted, half way, and again.

use crate::support::{self, rest};

use casebook::out::wiki::net::Access;
use casebook::out::wiki::remote::{Brought, Journey, Remote, known, look, places};
use casebook::out::wiki::{
    self, Bases, Became, Book, Decisions, Edit, GitWiki, Host, Manifest, Order, Side, Target,
    XWiki, bookstack, outline, picture, xwiki,
};
use casebook::site::Site;
use rest::{Server, Wiki};
use std::collections::BTreeMap;
use std::time::Duration;
use support::{project, site};

const LONG: &str = "First line of a long text.\n\n- one\n- two\n\nMiddle words stand here.\n\n\
    Another paragraph that nobody touches.\n\nAnd one more of them.\n\nLast line of the text.\n";

/// A small book; the threat with another title and text.
fn book(title: &str, text: &str, folder: &str) -> Site {
    let threat = format!(
        "---\nid: T-PAY-001\ntitle: {title}\nseverity: high\n---\n\n## How it goes\n\n{text}\n\n\
         ```rust\nlet a = \"{{{{/code}}}} ]]>\";\n```\n\n> [!NOTE]\n> Mind.\n"
    );
    let model = "---\nid: M-PAY-001\ntitle: Pay & go\n---\n\n```mermaid dfd\nflowchart LR\n\
                 a[Customer] -->|card| b(Shop)\n```\n\n```threats\n- use: T-PAY-001\n  on: b\n  \
                 status: open\n```\n\n![P](p.png) [notes](n.txt) [[T-PAY-001#how-it-goes]]\n";
    let (site, found) = site(&[
        ("book.toml", "[book]\ntitle = \"Sec\"\n"),
        ("content/index.md", "# Sec\n\n[[M-PAY-001]]\n"),
        (
            "content/guide/about.md",
            "# About us\n\n## A place\n\nWords, [[M-PAY-001]] and [here](#a-place).\n",
        ),
        ("content/threats/T-PAY-001.md", &threat),
        (&format!("{folder}/pay.md"), model),
        (&format!("{folder}/p.png"), "not really"),
        (&format!("{folder}/n.txt"), "notes"),
    ]);
    let deny = casebook::text::diagnostic::Level::Deny;
    assert!(found.iter().all(|(level, _)| *level != deny), "{found:?}");
    site
}

const FOLDER: &str = "content/models";

fn first() -> Site {
    book("Card < number", LONG, FOLDER)
}

/// What a publication leaves for the next one.
#[derive(Default, Clone)]
struct State {
    manifest: Manifest,
    bases: Bases,
}

/// A wiki and the way to it.
trait Case {
    type Fake: Wiki + Default;
    fn target(&self) -> Box<dyn Target>;
    fn remote<'a>(
        &self,
        url: &'a str,
        book: &Book,
        names: &wiki::Names,
        previous: &Manifest,
    ) -> Result<Box<dyn Remote + 'a>, String>;
    /// Whether an entry is another page when its path changes.
    fn moves(&self) -> bool {
        false
    }
}

fn still(_: Duration) {}

fn access<'a>(url: &'a str, user: Option<&'static str>) -> Access<'a> {
    Access { url, user, token: "s3cret", ca_certificate: None, patience: None }
}

struct OfOutline;

impl Case for OfOutline {
    type Fake = rest::Outline;

    fn target(&self) -> Box<dyn Target> {
        Box::new(GitWiki::new(Host::Outline, None))
    }

    fn remote<'a>(
        &self,
        url: &'a str,
        book: &Book,
        names: &wiki::Names,
        previous: &Manifest,
    ) -> Result<Box<dyn Remote + 'a>, String> {
        let (places, files) = (places(book, names), previous.files.clone());
        Ok(Box::new(outline::Api::new(access(url, None), "Sec", places, files, &still)?))
    }
}

struct OfBookStack;

impl Case for OfBookStack {
    type Fake = rest::BookStack;

    fn target(&self) -> Box<dyn Target> {
        Box::new(GitWiki::new(Host::BookStack, None))
    }

    fn remote<'a>(
        &self,
        url: &'a str,
        book: &Book,
        names: &wiki::Names,
        _: &Manifest,
    ) -> Result<Box<dyn Remote + 'a>, String> {
        let sections = book.sections.iter().map(|section| section.title.clone()).collect();
        let (access, places) = (access(url, Some("me")), places(book, names));
        Ok(Box::new(bookstack::Api::new(&access, "Sec", places, sections, &still)?))
    }
}

struct OfXWiki;

impl Case for OfXWiki {
    type Fake = rest::XWiki;

    fn moves(&self) -> bool {
        true
    }

    fn target(&self) -> Box<dyn Target> {
        Box::new(XWiki { space: xwiki::space("Sec") })
    }

    fn remote<'a>(
        &self,
        url: &'a str,
        _: &Book,
        _: &wiki::Names,
        _: &Manifest,
    ) -> Result<Box<dyn Remote + 'a>, String> {
        let target = XWiki { space: xwiki::space("Sec") };
        Ok(Box::new(xwiki::Api::new(&access(url, Some("me")), "xwiki", &target, &still)?))
    }
}

/// One publication, as the command makes it.
fn publish<C: Case>(
    case: &C,
    server: &Server<C::Fake>,
    site: &Site,
    state: &mut State,
    decisions: &Decisions,
) -> Result<(Brought, Vec<Edit>), String> {
    let book = Book::read(site, None).unwrap();
    let target = case.target();
    let (names, _) = wiki::name(&book, &*target, &site.config);
    let remote = case.remote(&server.url, &book, &names, &state.manifest)?;
    let context = wiki::Context { book: &book, names: &names };
    let mut wanted: Vec<String> = names.pages.values().cloned().collect();
    wanted.extend(names.others.values().flatten().cloned());
    wanted.extend(state.manifest.pages.values().map(|entry| entry.name.clone()));
    wanted.extend(state.manifest.redirects.keys().cloned());
    wanted.extend(target.extras(&context).into_iter().map(|extra| extra.name));
    wanted.sort();
    wanted.dedup();
    let known = known(&state.manifest, &state.bases);
    let current = look(&*remote, &wanted, &known).map_err(|error| error.to_string())?;
    let order = Order {
        book: &book,
        names: &names,
        previous: &state.manifest,
        bases: &state.bases,
        now: "2026-01-01T00:00:00Z",
        current: Some(&current),
        arrived: true,
        decisions,
    };
    let mut publication = wiki::publish(&*target, &order);
    let sources = picture::all(&book, &names, false).unwrap();
    let draw = |name: &str| {
        let source = sources.iter().find(|source| source.name == name).unwrap();
        source.draw().map_err(|error| error.to_string())
    };
    let pictures: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let journey = Journey {
        remote: &*remote,
        current: &current,
        previous: &state.manifest,
        dry: false,
        progress: &|_, _| {},
    };
    let brought = journey.bring(&mut publication, &pictures, &draw);
    let edits = publication.edits.clone();
    let next = State { manifest: publication.manifest, bases: publication.bases };
    *state = next;
    brought.map(|brought| (brought, edits))
}

fn decided(name: &str, side: Side) -> Decisions {
    Decisions { overwrite: false, pages: BTreeMap::from([(name.to_string(), side)]) }
}

fn pages<C: Case>(server: &Server<C::Fake>) -> BTreeMap<String, (String, String)> {
    server.inner.lock().unwrap().wiki.pages()
}

fn one<C: Case>(server: &Server<C::Fake>, title: &str) -> (String, String) {
    let all = pages::<C>(server);
    let found: Vec<_> = all.iter().filter(|(_, page)| page.0 == title).collect();
    assert_eq!(found.len(), 1, "`{title}` in {:?}", all.values().map(|p| &p.0).collect::<Vec<_>>());
    (found[0].0.clone(), found[0].1.1.clone())
}

fn edit<C: Case>(server: &Server<C::Fake>, title: &str, from: &str, to: &str) {
    let change = |text: &str| {
        assert!(text.contains(from), "no `{from}` in {text}");
        text.replace(from, to)
    };
    server.inner.lock().unwrap().wiki.edit(title, &change);
}

const TITLE: &str = "T-PAY-001 Card < number";

fn the_whole_round<C: Case>(case: &C) {
    let server = Server::start(C::Fake::default());
    let (mut state, nobody) = (State::default(), Decisions::default());
    let run = |site: &Site, state: &mut State, decisions: &Decisions| {
        publish(case, &server, site, state, decisions).unwrap()
    };

    // The first time, all comes, and no name of ours is left in a text.
    let (brought, edits) = run(&first(), &mut state, &nobody);
    let all = pages::<C>(&server);
    assert!(brought.refused.is_empty() && edits.is_empty(), "{brought:?} {edits:?}");
    assert_eq!(brought.pages, all.len());
    assert!(brought.pages > 8 && brought.pictures == 3, "{brought:?}");
    assert_eq!(server.inner.lock().unwrap().wiki.files(), 3);
    for (title, text) in all.values() {
        assert!(!text.contains("casebook:") && text != "…", "{title}: {text}");
    }
    let (id, text) = one::<C>(&server, TITLE);
    assert!(text.contains("Middle words stand here."), "{text}");

    // Nothing changed: nothing is written, and few questions are asked.
    server.taken();
    let (brought, _) = run(&first(), &mut state, &nobody);
    let (writes, asked) = server.taken();
    assert!(brought.pages + brought.pictures == 0 && writes.is_empty(), "{writes:?}");
    assert!(asked < 20, "{asked} questions");

    // Somebody edits; it stays, and is told once.
    edit::<C>(&server, TITLE, "Last line of the text.", "Last line, says Ada.");
    let (_, edits) = run(&first(), &mut state, &nobody);
    assert_eq!(edits.iter().map(|e| e.became).collect::<Vec<_>>(), [Became::Kept], "{edits:?}");
    assert!(edits[0].theirs.contains("says Ada"));
    assert!(edits[0].before.as_ref().is_some_and(|text| !text.contains("says Ada")));
    let (_, edits) = run(&first(), &mut state, &nobody);
    assert!(edits.is_empty() && server.taken().0.is_empty());

    // The book changes another line: both stand.
    let changed = LONG.replace("Middle words", "Better words");
    run(&book("Card < number", &changed, FOLDER), &mut state, &nobody);
    let text = one::<C>(&server, TITLE).1;
    assert!(text.contains("says Ada") && text.contains("Better words"), "{text}");
    server.taken();
    run(&book("Card < number", &changed, FOLDER), &mut state, &nobody);
    assert!(server.taken().0.is_empty());

    // The same line: it is held until somebody decides.
    let clash = changed.replace("Last line of the text.", "The last line, by the book.");
    let clash = book("Card < number", &clash, FOLDER);
    for _ in 0..2 {
        let (_, edits) = run(&clash, &mut state, &nobody);
        assert_eq!(edits.iter().map(|e| e.became).collect::<Vec<_>>(), [Became::Overlaps]);
        assert!(server.taken().0.is_empty());
    }
    run(&clash, &mut state, &decided("T-PAY-001", Side::Book));
    let text = one::<C>(&server, TITLE).1;
    assert!(text.contains("by the book") && !text.contains("Ada"), "{text}");

    // Another title: the same page, and those that show the title.
    server.taken();
    let renamed = book("Number of a card", &changed, FOLDER);
    run(&renamed, &mut state, &nobody);
    assert_eq!(one::<C>(&server, "T-PAY-001 Number of a card").0, id);
    assert_eq!(pages::<C>(&server).len(), all.len());

    // Another path: where names are paths, the old one says where it is now.
    let before = one::<C>(&server, "M-PAY-001 Pay & go").0;
    let moved = book("Number of a card", &changed, "content/models/cards");
    run(&moved, &mut state, &nobody);
    let now = one::<C>(&server, "M-PAY-001 Pay & go").0;
    assert_eq!(now == before, !case.moves());
    if case.moves() {
        assert_eq!(pages::<C>(&server)[&before].0, "Moved");
    }
    server.taken();
    run(&moved, &mut state, &nobody);
    assert!(server.taken().0.is_empty());

    // What is lost here does no harm: nothing is made twice.
    let count = pages::<C>(&server).len();
    let mut fresh = State::default();
    let (_, edits) = run(&moved, &mut fresh, &nobody);
    assert!(edits.is_empty(), "{edits:?}");
    assert_eq!(pages::<C>(&server).len(), count);
    state = fresh;

    // Deleted there: it is held, and comes back when somebody says so.
    server.inner.lock().unwrap().wiki.delete("T-PAY-001 Number of a card");
    let (_, edits) = run(&moved, &mut state, &nobody);
    assert_eq!(edits.iter().map(|e| e.became).collect::<Vec<_>>(), [Became::Deleted]);
    run(&moved, &mut state, &decided("T-PAY-001", Side::Book));
    one::<C>(&server, "T-PAY-001 Number of a card");
}

/// The server stops at each write once; the next run goes on and makes nothing twice.
fn half_way<C: Case>(case: &C) {
    let whole = {
        let server = Server::start(C::Fake::default());
        publish(case, &server, &first(), &mut State::default(), &Decisions::default()).unwrap();
        let titles: Vec<String> = pages::<C>(&server).into_values().map(|page| page.0).collect();
        (server.taken().0.len(), titles.len())
    };
    for stop in (0..whole.0).step_by(5) {
        let server = Server::start(C::Fake::default());
        let mut state = State::default();
        server.inner.lock().unwrap().stop = Some((stop, stop % 2 == 0));
        let error = publish(case, &server, &first(), &mut state, &Decisions::default());
        assert!(error.is_err(), "at {stop}");
        server.inner.lock().unwrap().stop = None;
        let again = publish(case, &server, &first(), &mut state, &Decisions::default());
        let (brought, edits) = again.unwrap();
        assert!(brought.refused.is_empty() && edits.is_empty(), "at {stop}: {brought:?} {edits:?}");
        let all = pages::<C>(&server);
        assert_eq!(all.len(), whole.1, "at {stop}");
        assert!(all.values().all(|(_, text)| text != "…" && !text.contains("casebook:")));
        server.taken();
        publish(case, &server, &first(), &mut state, &Decisions::default()).unwrap();
        assert!(server.taken().0.is_empty(), "at {stop}");
    }
}

#[test]
fn outline_the_whole_round() {
    the_whole_round(&OfOutline);
}

#[test]
fn outline_half_way() {
    half_way(&OfOutline);
}

#[test]
fn bookstack_the_whole_round() {
    the_whole_round(&OfBookStack);
}

#[test]
fn bookstack_half_way() {
    half_way(&OfBookStack);
}

#[test]
fn bookstack_a_page_of_another_name_is_the_same_page() {
    let server = Server::start(rest::BookStack::default());
    let (mut state, nobody) = (State::default(), Decisions::default());
    publish(&OfBookStack, &server, &first(), &mut state, &nobody).unwrap();
    let about = one::<OfBookStack>(&server, "About us").0;
    // As if it had been called otherwise until now.
    server.inner.lock().unwrap().wiki.retag("guide/about", "guide/us");
    let entry = state.manifest.pages.values_mut().find(|entry| entry.name == "guide/about");
    entry.unwrap().name = "guide/us".into();
    let (brought, edits) = publish(&OfBookStack, &server, &first(), &mut state, &nobody).unwrap();
    assert!(brought.pages == 1 && edits.is_empty(), "{brought:?} {edits:?}");
    assert_eq!(one::<OfBookStack>(&server, "About us").0, about);
    assert!(server.inner.lock().unwrap().wiki.has_tag(&about, "guide/about"));
}

#[test]
fn xwiki_the_whole_round() {
    the_whole_round(&OfXWiki);
}

#[test]
fn xwiki_half_way() {
    half_way(&OfXWiki);
}

#[test]
fn a_wrong_password_is_told_before_anything_is_done() {
    let server = Server::start(rest::Outline::default());
    let wrong = Access { token: "wr0ng", ..access(&server.url, None) };
    let made = outline::Api::new(wrong, "Sec", BTreeMap::new(), BTreeMap::new(), &still);
    let error = made.err().unwrap();
    assert!(error.contains("401") && !error.contains("wr0ng"), "{error}");
}

/// Follows every link of the knowledge base in what is sent; gives their number.
fn follow(target: &dyn Target, site: &Site, marks: [&str; 2]) -> usize {
    let made = support::wikis::export(target, site, &Default::default());
    let book = support::wikis::read(site);
    let (names, _) = wiki::name(&book, target, &site.config);
    let files: Vec<&String> = names.files.values().chain(names.diagrams.values()).collect();
    let mut count = 0;
    for (name, text) in &made.texts {
        for (mark, is_page) in marks.iter().zip([true, false]) {
            for rest in text.split(mark).skip(1) {
                let end = rest.find([')', '#', ']', '|', ' ', '"']).unwrap_or(rest.len());
                let to = rest[..end].to_string();
                let found = match is_page {
                    true => made.texts.contains_key(&to),
                    false => files.contains(&&to),
                };
                assert!(found, "{name}: {mark}{to}");
                count += 1;
            }
        }
    }
    count
}

#[test]
fn every_link_of_the_knowledge_base_leads_somewhere() {
    for host in [Host::Outline, Host::BookStack] {
        let wiki = GitWiki::new(host, None);
        let count = follow(&wiki, support::own(), ["](casebook:page/", "](casebook:file/"]);
        assert!(count > 5000, "{host:?}: {count} links");
    }
    let wiki = XWiki { space: "Book".into() };
    let count = follow(&wiki, support::own(), [">>doc:", "[[image:Book.WebHome@"]);
    assert!(count > 5000, "{count} links");
}

#[test]
fn an_archive_for_bookstack_is_as_its_format_wants() {
    let (site, _) =
        Site::open(&project("tests/browser/features"), &mut Default::default()).unwrap();
    let wiki = GitWiki::new(Host::BookStack, None);
    let made = support::wikis::export(&wiki, &site, &Default::default());
    assert_eq!(made.files.keys().collect::<Vec<_>>(), ["book.zip"]);
    let bytes = std::io::Cursor::new(made.files["book.zip"].clone());
    let mut zip = zip::ZipArchive::new(bytes).unwrap();
    let files: Vec<String> = zip.file_names().map(|name| name.unwrap().to_string()).collect();
    let data: serde_json::Value =
        serde_json::from_reader(zip.by_name("data.json").unwrap()).unwrap();
    let book = &data["book"];
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let mut pages = list(&book["pages"]);
    for chapter in list(&book["chapters"]) {
        assert!(chapter["name"].is_string() && chapter["priority"].is_number());
        pages.extend(list(&chapter["pages"]));
    }
    assert_eq!(pages.len(), made.texts.len());
    let ids: std::collections::BTreeSet<u64> =
        pages.iter().map(|page| page["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), pages.len(), "numbers are unique");
    let mut links = 0;
    for page in &pages {
        let text = page["markdown"].as_str().unwrap();
        assert!(!page["name"].as_str().unwrap().is_empty() && !text.contains("casebook:"));
        let images = list(&page["images"]);
        for image in &images {
            assert_eq!(image["type"], "gallery");
            assert!(files.contains(&format!("files/{}", image["file"].as_str().unwrap())));
        }
        for rest in text.split("[[bsexport:").skip(1) {
            let (kind, rest) = rest.split_once(':').unwrap();
            let id: u64 = rest.split_once("]]").unwrap().0.parse().unwrap();
            let own = |list: &[serde_json::Value]| list.iter().any(|one| one["id"] == id);
            assert!(match kind {
                "page" => ids.contains(&id),
                "image" => own(&images),
                _ => own(&list(&page["attachments"])),
            });
            links += 1;
        }
    }
    assert!(links > 100, "{links}");
    let again = support::wikis::export(&wiki, &site, &Default::default());
    assert!(again.files == made.files, "the same bytes");
}
