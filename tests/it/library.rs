//! Libraries below a book: what is in, what is hidden, what an overlay says, what an update
//! changes, and what is for others than the readers.

use crate::support::{Found, everything, page, put, site};
use casebook::book::config::Config;
use casebook::site::{Memo, Site};
use casebook::text::diagnostic::{Code, Level};
use std::path::Path;
use std::process::Command;

/// A small library of two areas, with an example that uses both.
const LIBRARY: &[(&str, &str)] = &[
    (
        "lib/book.toml",
        "[book]\nversion = \"1.0\"\nlicense = \"CC-BY-4.0\"\n[kinds.control]\nprefix = \"C\"\n\
         [frameworks.own]\ntitle = \"Own\"\ndescription = \"x\"\nformula = \"f\"\n\
         bands = [{ name = \"low\", from = 1, severity = \"low\" }]\n\
         [[frameworks.own.factors]]\nname = \"f\"\ntitle = \"F\"\nquestion = \"How?\"\n\
         levels = [{ value = 1, label = \"a\", explanation = \"b\" }, { value = 2, label = \"c\", explanation = \"d\" }]\n",
    ),
    ("lib/content/index.md", "# The library\n"),
    ("lib/content/LICENSE", "licence of the library"),
    (
        "lib/content/threats/index.md",
        "# Threats\n\nBegin with [[T-WEB-001]], then [[T-IOT-001]], [a lock](T-IOT-001.md) and \
         [the same](../threats/t-iot-001.html).\n\n![lock](lock.png)\n",
    ),
    ("lib/content/threats/lock.png", "not looked at"),
    (
        "lib/content/threats/T-WEB-001.md",
        "---\nid: T-WEB-001\ntitle: Thief reads the page\nseverity: low\ntags: [web]\n\
         requirements: [R-WEB-001]\nrelated: [T-IOT-001]\n---\n\nLead of the entry.\n\n\
         ## How it goes\n\nUpstream steps.\n\n## What to do\n\nUpstream advice.\n",
    ),
    (
        "lib/content/threats/T-IOT-001.md",
        "---\nid: T-IOT-001\ntitle: Burglar opens the frobnicator\naliases: [T-IOT-900]\n\
         requirements: [R-IOT-001]\napplies-to: [lock]\n---\n\n![drill](drill.png) Zanzibar.\n",
    ),
    ("lib/content/threats/drill.png", "a drill"),
    ("lib/content/requirements/R-WEB-001.md", "---\nid: R-WEB-001\ntitle: Hide it\n---\n"),
    (
        "lib/content/requirements/many.md",
        "# Many\n\n## Lock the frobnicator {#R-IOT-001}\n\nZanzibar.\n\n## Stay {#R-WEB-002}\n\nText.\n",
    ),
    (
        "lib/content/models/shop/index.md",
        "---\nid: M-SHOP-001\ntitle: A shop of the library\nrisk: own\ndate: 2020-01-01\ndue: 2020-02-01\n---\n\n\
         ```threats\n- use: T-WEB-001\n  status: open\n  until: 2020-03-01\n  requirements: [R-WEB-001, R-IOT-001]\n\
         - use: T-IOT-001\n  status: open\n  requirements: [R-IOT-001]\n\
         - id: SHOP-1\n  title: Falls like T-IOT-001\n  note: Compare (T-IOT-001, T-WEB-001).\n```\n\n```requirements\n- use: R-WEB-001\n  status: done\n```\n",
    ),
];

const OWN: &str = "---\nid: M-OWN-001\ntitle: Our shop\n---\n\n\
    ```threats\n- use: T-WEB-001\n  status: open\n  requirements: [R-WEB-001]\n```\n\n\
    ```requirements\n- use: R-WEB-001\n  status: done\n```\n";

/// A book over the library, with what `[[library]]` says besides its name and source.
fn book(more: &str, own: &[(&str, &str)]) -> (Site, Found) {
    let toml = format!("[[library]]\nname = \"lib\"\nsource = \"lib\"\n{more}\n");
    let mut files = vec![("book.toml", toml.as_str()), ("content/models/own/index.md", OWN)];
    files.extend(own);
    files.extend(LIBRARY);
    site(&files)
}

fn told(found: &Found) -> Vec<String> {
    let line = |(level, d): &(Level, casebook::text::diagnostic::Diagnostic)| {
        let file = d.place.as_ref().map_or("", |place| &place.file).to_string();
        format!("{} {file}: {}: {}", level.name(), d.code, d.message)
    };
    found.iter().map(line).collect()
}

/// The places of a site that hold one of the words, in upper or lower case.
fn traces(site: &Site, words: &[&str]) -> Vec<String> {
    let export = casebook::search::Export::new(site.index().unwrap()).unwrap();
    // The English words of the program, the same in each book, are bits there.
    let of_book = |path: &String| !path.starts_with("search/e/");
    let search = export.paths().into_iter().filter(of_book).map(|path| {
        let bytes = export.get(&path).unwrap().unwrap();
        (path, bytes)
    });
    let mut out = Vec::new();
    let own = everything(site).into_iter().filter(|(url, _)| !url.starts_with("assets/"));
    for (url, bytes) in own.chain(search) {
        let text = format!("{url} {}", String::from_utf8_lossy(&bytes)).to_lowercase();
        let hits = words.iter().filter(|word| text.contains(&word.to_lowercase()));
        out.extend(hits.map(|word| format!("{url}: {word}")));
    }
    out
}

#[test]
fn a_library_lies_below_the_book() {
    let (site, found) = book("", &[]);
    assert_eq!(told(&found), [""; 0]);
    let threat = page(&site, "threats/t-web-001.html");
    assert!(threat.contains("From the library lib 1.0") && threat.contains("CC-BY-4.0"));
    // Linked both ways: the own model first, the example apart.
    let (own, example) = (threat.find("Our shop"), threat.find("A shop of the library"));
    assert!(own < example && threat.contains("Used by examples"), "{threat}");
    assert!(page(&site, "models/own/index.html").contains("t-web-001.html"));
    assert!(!page(&site, "models/own/index.html").contains("From the library"));
    // Its licence does not speak of this site, and its home page is here as none is ours.
    assert!(site.render("LICENSE").unwrap().is_none());
    assert!(page(&site, "index.html").contains("The library"));
    assert_eq!(&*site.render("threats/drill.png").unwrap().unwrap(), b"a drill");
    // Kinds and frameworks come with it.
    assert!(
        site.config.kinds.get("control").is_some() && site.config.frameworks.contains_key("own")
    );
    // Own files cover those of the same path.
    let (site, found) =
        book("", &[("content/threats/T-WEB-001.md", "---\nid: T-WEB-001\ntitle: Ours\n---\n")]);
    assert_eq!(told(&found), [""; 0]);
    let threat = page(&site, "threats/t-web-001.html");
    assert!(threat.contains("Ours") && !threat.contains("From the library"));
    let data = page(&site, "casebook.json");
    assert!(data.contains("\"library\": \"lib\"") || data.contains("\"library\":\"lib\""));
}

#[test]
fn two_layers_do_not_share_a_name() {
    let (_, found) =
        book("", &[("content/threats/other.md", "---\nid: T-WEB-001\ntitle: Ours\n---\n")]);
    let twice: Vec<_> = found.iter().filter(|(_, d)| d.code == Code::DuplicateId).collect();
    assert_eq!(twice.len(), 1, "{found:?}");
    let places = [&twice[0].1.place.as_ref().unwrap().file, &twice[0].1.also[0].0.file];
    assert!(
        places.contains(&&"content/threats/other.md".into())
            && places.contains(&&"lib/content/threats/T-WEB-001.md".into())
    );
    let second = "[[library]]\nname = \"two\"\nsource = \"two\"";
    let (_, found) = book(
        second,
        &[
            ("two/index.md", "# Two\n"),
            ("two/threats/T-WEB-001.md", "---\nid: T-WEB-001\ntitle: Two\n---\n"),
        ],
    );
    assert_eq!(
        told(&found),
        [
            "deny two/threats/T-WEB-001.md: library-clash: two libraries have a page `threats/T-WEB-001.md`; the first one is taken"
        ]
    );
    assert_eq!(&*found[0].1.also[0].0.file, "lib/content/threats/T-WEB-001.md");
}

#[test]
fn what_is_hidden_is_nowhere() {
    let hide = "hide = { id = [\"t-iot-*\", \"R-IOT-*\"] }";
    let own = "---\ntitle: Page\n---\n\nSee [[T-IOT-001]], [[T-IOT-900|the lock]] and [a burglar](../threats/T-IOT-001.md).\n";
    let (site, found) = book(hide, &[("content/guide/page.md", own)]);
    assert_eq!(told(&found), [""; 0]);
    let words = ["T-IOT", "R-IOT", "frobnicator", "Zanzibar", "drill.png"];
    assert_eq!(traces(&site, &words), [""; 0]);
    let guide = page(&site, "guide/page.html");
    assert!(guide.contains(">the lock</span>") && guide.contains(">a burglar</span>"), "{guide}");
    assert!(guide.contains("not part of this book"));
    // What both name stays.
    assert!(site.render("threats/lock.png").unwrap().is_some());
    assert!(site.graph.find("R-WEB-002").is_some());
    // By other ways of choosing.
    for (more, there, gone) in [
        ("hide = { kind = \"model\" }", "T-IOT-001", "M-SHOP-001"),
        ("hide = { section = \"models\" }", "T-IOT-001", "M-SHOP-001"),
        ("hide = { applies-to = \"Lock\" }", "T-WEB-001", "T-IOT-001"),
        ("hide = { tag = [\"web\"] }", "T-IOT-001", "T-WEB-001"),
        ("include = { id = \"T-WEB-*\" }", "T-WEB-001", "T-IOT-001"),
        (
            "include = { kind = [\"threat\", \"requirement\"] }\nhide = { tag = \"web\" }",
            "T-IOT-001",
            "T-WEB-001",
        ),
    ] {
        let (site, _) = book(more, &[]);
        assert!(site.graph.find(there).is_some() && site.graph.find(gone).is_none(), "{more}");
    }
}

#[test]
fn what_is_used_cannot_be_hidden() {
    let (_, found) = book("hide = { id = [\"*-WEB-001\", \"T-WEEB-*\"] }", &[]);
    assert_eq!(
        told(&found),
        [
            "warn book.toml: library-choice: the library `lib` has nothing that `T-WEEB-*` names",
            "deny content/models/own/index.md: hidden-entry: `T-WEB-001` is used here, and hidden in book.toml",
            "deny content/models/own/index.md: hidden-entry: `R-WEB-001` is used here, and hidden in book.toml",
            "deny content/models/own/index.md: hidden-entry: `R-WEB-001` is used here, and hidden in book.toml",
        ]
    );
}

#[test]
fn examples_count_for_nothing() {
    let own = (
        "content/models/try/index.md",
        "---\nid: M-TRY-001\ntitle: Tried out\nexample: true\n---\n\n```threats\n- use: T-WEB-001\n  status: open\n```\n",
    );
    let (site, _) = book("", &[own]);
    let status = page(&site, "status.html");
    assert!(
        status.contains("Our shop")
            && !status.contains("A shop of")
            && !status.contains("Tried out"),
        "{status}"
    );
    assert!(!page(&site, "coverage/threats.html").contains("M-SHOP-001"));
    // What is due in a library is due for its authors.
    assert!(site.render("due.html").unwrap().is_none());
    assert_eq!(site.expired(casebook::text::date::date("2026-12-01").unwrap()), []);
    let section = page(&site, "models/index.html");
    let section = &section[section.find("<h1>").unwrap()..];
    let order = ["Our shop", ">Examples", "A shop of", "Tried out"];
    let at: Vec<Option<usize>> = order.iter().map(|words| section.find(words)).collect();
    assert!(at[0].is_some() && at.is_sorted(), "{at:?}");
    // Without models of ours there is no status.
    let (site, _) = site_without_own();
    assert!(site.render("status.html").unwrap().is_none());
    assert!(page(&site, "models/shop/index.html").contains("A shop"));
}

fn site_without_own() -> (Site, Found) {
    let mut files = vec![
        ("book.toml", "[[library]]\nname = \"lib\"\nsource = \"lib\"\n"),
        ("content/index.md", "# Home\n"),
    ];
    files.extend(LIBRARY);
    site(&files)
}

#[test]
fn an_overlay_says_more() {
    let overlay = "---\nseverity: critical\nowner: Platform team\nrequirements: [+R-IOT-001, -R-WEB-001]\n---\n\nOur lead.\n\n\
        ## what to do\n\nOur advice.\n\n## With us\n\nUse the vault. [[T-NOT-001]]\n";
    let (site, found) = book("", &[("overlay/T-WEB-001.md", overlay)]);
    // What is wrong in it is told where it stands.
    let of_overlay = found.iter().filter_map(|(_, d)| d.place.clone());
    let place = of_overlay.into_iter().find(|place| place.file.starts_with("overlay/")).unwrap();
    assert_eq!((&*place.file, &overlay[place.span()]), ("overlay/T-WEB-001.md", "T-NOT-001"));
    let threat = page(&site, "threats/t-web-001.html");
    let order = [
        "Critical",
        "Platform team",
        "Lead of the entry",
        "Our lead",
        "Upstream steps",
        "Our advice",
        "Use the vault",
    ];
    let at: Vec<usize> = order
        .iter()
        .map(|words| threat.find(words).unwrap_or_else(|| panic!("{words}: {threat}")))
        .collect();
    assert!(at[2..].is_sorted(), "{at:?}");
    assert!(!threat.contains("Upstream advice") && !threat.contains("Low"));
    assert!(
        threat.contains("said here: severity, owner, requirements, what to do, With us"),
        "{threat}"
    );
    let node = site.graph.find("T-WEB-001").unwrap();
    let roles = &site.graph.article(node).meta.roles;
    let words: Vec<&str> = roles
        .iter()
        .find(|(role, _)| role == "requirements")
        .unwrap()
        .1
        .iter()
        .map(|w| w.text.as_str())
        .collect();
    assert_eq!(words, ["R-IOT-001"]);
}

/// A page with three entries, with and without a block of fields.
const MANY: &str = "# Many\n\n## First {#A-WEB-001}\n\n```entry\ntags: [web, old]\nowner: them\n```\n\n\
    Lead one.\n\n### What breaks\n\nUpstream break.\n\n### When to look\n\nUpstream look.\n\n\
    ## Second {#A-WEB-002}\n\nLead two.\n\n## Third {#A-WEB-003}\n\nLead three.\n";

#[test]
fn an_entry_under_a_heading_takes_an_overlay() {
    let one = "---\nowner: us\ntags: [+new, -old]\n---\n\nOur lead.\n\n## What breaks\n\nOur break.\n\n\
        ### Deeper\n\nx\n\nWith us\n-------\n\nOurs. [[T-NOT-001]]\n";
    let two = "---\ntitle: Other words\nseverity: high\n---\n\n## With us\n\nMore.\n";
    let (site, found) = book(
        "",
        &[
            ("lib/content/assumptions/many.md", MANY),
            ("overlay/A-WEB-001.md", one),
            ("overlay/a-web-002.md", two),
        ],
    );
    assert_eq!(found.len(), 1, "{:?}", told(&found));
    let place = found[0].1.place.clone().unwrap();
    assert_eq!((&*place.file, &one[place.span()]), ("overlay/A-WEB-001.md", "T-NOT-001"));
    let first = page(&site, "assumptions/a-web-001.html");
    let first = &first[first.find("<main").unwrap()..];
    let order = ["Lead one", "Our lead", "Our break", "Deeper", "Upstream look", "Ours."];
    let at: Vec<Option<usize>> = order.iter().map(|words| first.find(words)).collect();
    assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{at:?} {first}");
    for gone in ["Upstream break", ">them<", "Lead two"] {
        assert!(!first.contains(gone), "{gone}: {first}");
    }
    let meta = |id: &str| site.graph.article(site.graph.find(id).unwrap()).meta.clone();
    assert_eq!(meta("A-WEB-001").tags, ["web", "new"]);
    assert!(first.contains("said here: owner, tags, What breaks, With us"), "{first}");
    // The others of the page are as they were, each with its own.
    let second = page(&site, "assumptions/a-web-002.html");
    assert!(second.contains("Lead two") && second.contains("<h1>Other words</h1>"), "{second}");
    assert!(second.contains("said here: title, severity, With us") && second.contains("More."));
    assert_eq!(meta("A-WEB-002").severity.as_deref(), Some("high"));
    let third = page(&site, "assumptions/a-web-003.html");
    assert!(third.contains("Lead three") && !third.contains("said here"), "{third}");
}

#[test]
fn an_overlay_without_entry_is_told() {
    let text = "---\nseverity: high\n---\n";
    for (more, path, text, expected) in [
        ("", "overlay/T-WEB-010.md", text, "overlay-target: no library has an entry `T-WEB-010`"),
        ("", "overlay/M-OWN-001.md", text, "overlay-target: `M-OWN-001` is an entry of this book"),
        (
            "hide = { id = \"T-IOT-*\" }",
            "overlay/T-IOT-001.md",
            text,
            "overlay-target: its entry is hidden in book.toml",
        ),
        (
            "hide = { id = [\"T-IOT-*\", \"R-IOT-*\"] }",
            "overlay/R-IOT-001.md",
            "---\nowner: us\n---\n",
            "overlay-target: its entry is hidden in book.toml",
        ),
        (
            "",
            "overlay/R-IOT-001.md",
            "---\ntags: [-x]\n---\n",
            "overlay-text: the list of the entry has no `x`",
        ),
        (
            "",
            "overlay/T-WEB-001.md",
            "---\ntags: [+a, b]\n---\n",
            "overlay-text: some items of this list have a `+` or `-`, and this one has none",
        ),
        (
            "",
            "overlay/T-WEB-001.md",
            "---\ntags: [-x]\n---\n",
            "overlay-text: the list of the entry has no `x`",
        ),
        (
            "",
            "overlay/T-WEB-001.md",
            "+++\nseverity = 'high'\n+++\n",
            "overlay-text: an overlay needs front matter in YAML on both sides",
        ),
        (
            "",
            "overlay/T-WEB-001.md",
            "---\nseverity: huge\n---\n",
            "unknown-value: `severity` cannot be `huge`",
        ),
    ] {
        let (_, found) = book(more, &[(path, text)]);
        let told = told(&found);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].ends_with(&format!("{path}: {expected}")), "{told:?}");
    }
}

/// A book on disk over a folder with the library.
fn on_disk(more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in LIBRARY {
        put(&folder.path().join(path), text);
    }
    put(&folder.path().join("content/models/own/index.md"), OWN);
    put(
        &folder.path().join("book.toml"),
        format!("[[library]]\nname = \"lib\"\nsource = \"lib\"\n{more}"),
    );
    folder
}

fn casebook(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_casebook")).args(args).current_dir(dir).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn an_update_is_told_before_it_is_taken() {
    let folder = on_disk("hide = { id = \"T-IOT-*\" }\n");
    let root = folder.path();
    put(&root.join("overlay/T-WEB-001.md"), "---\nowner: us\n---\n");
    let (code, said) = casebook(root, &["library", "update"]);
    assert!(
        code == Some(0)
            && said.contains("not looked at before")
            && said.contains("nothing is written"),
        "{said}"
    );
    assert!(casebook(root, &["library", "update", "--write"]).1.contains("has the new state"));
    assert!(casebook(root, &["check", "--strict"]).1.contains("nothing to report"));
    // The library moves on: a field, a section, a new entry and one that is split.
    let old = tempfile::tempdir().unwrap();
    for (path, text) in LIBRARY {
        put(&old.path().join(path.strip_prefix("lib/").unwrap()), text);
    }
    let threat = root.join("lib/content/threats/T-WEB-001.md");
    let text = std::fs::read_to_string(&threat).unwrap();
    put(
        &threat,
        text.replace("severity: low", "severity: high")
            .replace("Upstream advice.", "Better advice."),
    );
    put(&root.join("lib/book.toml"), LIBRARY[0].1.replace("1.0", "1.1"));
    put(&root.join("lib/content/threats/T-IOT-002.md"), "---\nid: T-IOT-002\ntitle: New\n---\n");
    std::fs::remove_file(root.join("lib/content/requirements/R-WEB-001.md")).unwrap();
    put(
        &root.join("lib/content/requirements/R-WEB-003.md"),
        "---\nid: R-WEB-003\ntitle: One half\naliases: [R-WEB-001]\n---\n",
    );
    let (_, said) = casebook(root, &["check"]);
    assert!(said.contains("the library `lib` is 1.1 now; the book knows 1.0"), "{said}");
    let (code, said) = casebook(root, &["library", "update"]);
    assert_eq!(code, Some(0));
    let expected = "lib 1.0 -> 1.1: 2 new, 1 changed, 1 retired\n\
        \x20 + R-WEB-003 One half\n\
        \x20 + T-IOT-002 New\n\
        \x20 ~ T-WEB-001 Thief reads the page\n\
        \x20     severity\n\
        \x20     text\n\
        \x20 - R-WEB-001  now R-WEB-003\n\
        \x20 touched in this book\n\
        \x20   content/models/own/index.md: R-WEB-001, T-WEB-001\n\
        \x20   overlay/T-WEB-001.md: T-WEB-001\n\
        \x20   hide \"T-IOT-*\": T-IOT-002\n\
        nothing is written; `--write` notes the new state in casebook.lock\n";
    assert_eq!(said, expected);
    // With the old state at hand the difference is told.
    let from = old.path().to_str().unwrap();
    let (_, said) = casebook(root, &["library", "update", "lib", "--from", from]);
    for line in [
        "severity: low -> high",
        "section \u{201c}What to do\u{201d}",
        "- Upstream advice.",
        "+ Better advice.",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let lock = std::fs::read_to_string(root.join("casebook.lock")).unwrap();
    casebook(root, &["library", "update", "lib", "--write"]);
    assert_ne!(std::fs::read_to_string(root.join("casebook.lock")).unwrap(), lock);
    assert!(!casebook(root, &["check"]).1.contains("library-pin"));
    // Readers are told too.
    let (site, _) = Site::open(root, &mut Memo::default()).unwrap();
    let told = page(&site, "changes/index.html");
    for words in ["One half", "New in the library lib 1.1", "Changed in the library lib 1.1"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(page(&site, "feed.xml").contains("New in the library lib 1.1"));
    assert!(casebook(root, &["library", "update", "lip"]).1.contains("did you mean `lib`?"));
}

/// The lists of the program as an older one had them, and as this one has them.
#[test]
fn the_lists_of_the_program_move_on() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    assert_eq!(casebook(root, &["init", "."]).0, Some(0));
    assert_eq!(casebook(root, &["library", "export", "libraries/casebook"]).0, Some(0));
    let old = root.join("libraries/casebook");
    let change = |path: &str, edit: &dyn Fn(String) -> String| {
        let file = old.join(path);
        put(&file, edit(std::fs::read_to_string(&file).unwrap()));
    };
    let settings = std::fs::read_to_string(old.join("book.toml")).unwrap();
    let version = settings.lines().find(|line| line.starts_with("version = ")).unwrap();
    change("book.toml", &|text| text.replace(version, "version = \"0.0.9\""));
    let entry = "content/threats/T-AUTH-001.md";
    let now = std::fs::read_to_string(old.join(entry)).unwrap();
    let severity = now.lines().find(|line| line.starts_with("severity: ")).unwrap();
    change(entry, &|text| text.replace(severity, "severity: low"));
    put(&old.join("content/threats/T-OLD-001.md"), "---\nid: T-OLD-001\ntitle: An old one\n---\n");
    std::fs::remove_file(old.join("content/models/smart-lock/index.md")).ok();
    let gone = "content/threats/T-AUTH-013.md";
    std::fs::remove_file(old.join(gone)).unwrap();
    let model = |ids: &str| {
        let rows = ids.split(' ').map(|id| format!("- use: {id}\n  status: open\n"));
        let rows: String = rows.collect();
        put(
            &root.join("content/models/ours/index.md"),
            format!("---\nid: M-OURS-001\ntitle: Ours\n---\n\n```threats\n{rows}```\n"),
        );
    };
    model("T-AUTH-001 T-OLD-001");
    put(&root.join("overlay/T-AUTH-001.md"), "---\nowner: Accounts team\n---\n");
    let book = root.join("book.toml");
    let builtin = std::fs::read_to_string(&book).unwrap();
    let vendored = builtin.replace("source = \"builtin\"", "source = \"libraries/casebook\"");
    assert_ne!(builtin, vendored);
    put(&book, vendored);
    assert_eq!(casebook(root, &["library", "update", "--write"]).0, Some(0));
    // The program is a newer one.
    put(&book, &builtin);
    let (_, said) = casebook(root, &["check"]);
    let version = env!("CARGO_PKG_VERSION");
    assert!(said.contains(&format!("is {version} now; the book knows 0.0.9")), "{said}");
    let (code, said) =
        casebook(root, &["library", "update", "casebook", "--from", "libraries/casebook"]);
    assert_eq!(code, Some(0));
    let to = severity.strip_prefix("severity: ").unwrap();
    for line in [
        format!("casebook 0.0.9 -> {version}: "),
        "  + T-AUTH-013 ".into(),
        "  ~ T-AUTH-001 ".into(),
        format!("      severity: low -> {to}\n"),
        "  - T-OLD-001  gone; nothing stands for it\n".into(),
        "    content/models/ours/index.md: T-AUTH-001, T-OLD-001  (names what is gone".into(),
        "    overlay/T-AUTH-001.md: T-AUTH-001\n".into(),
    ] {
        assert!(said.contains(&line), "{line}\n{said}");
    }
    assert!(!said.contains("T-AUTH-004"), "{said}");
    // What it names is mended, the overlay holds, and readers are told.
    model("T-AUTH-001 T-AUTH-013");
    assert_eq!(casebook(root, &["library", "update", "--write"]).0, Some(0));
    std::fs::remove_dir_all(&old).unwrap();
    let (site, found) = Site::open(root, &mut Memo::default()).unwrap();
    assert!(told(&found).iter().all(|line| line.contains("untreated-requirement")), "{found:?}");
    let threat = page(&site, "threats/t-auth-001.html");
    assert!(threat.contains("Accounts team") && threat.contains(&format!("casebook {version}")));
    assert!(page(&site, "changes/index.html").contains("New in the library casebook"));
}

#[test]
fn what_is_retired_says_what_stands_for_it() {
    let folder = on_disk("");
    let root = folder.path();
    let entry = |id: &str, more: &str| {
        let file = root.join(format!("lib/content/requirements/{id}.md"));
        put(&file, format!("---\nid: {id}\ntitle: Rule {id}\n{more}---\n"));
    };
    for id in ["R-ONE-001", "R-TWO-001", "R-SPL-001", "R-OLD-001", "R-WEB-009"] {
        entry(id, "");
    }
    let model = OWN.replace("requirements: [R-WEB-001]", "requirements: [R-WEB-001, R-WEB-009]");
    put(&root.join("content/models/own/index.md"), model);
    put(&root.join("overlay/R-ONE-001.md"), "---\nowner: us\n---\n");
    casebook(root, &["library", "update", "--write"]);
    // Two are merged, one is split, one is out of use, one is gone without a word.
    entry("R-NEW-001", "");
    entry("R-NEW-002", "");
    entry("R-ONE-001", "status: deprecated\nreplaced-by: R-NEW-001\n");
    entry("R-TWO-001", "status: deprecated\nreplaced-by: R-NEW-001\n");
    entry("R-SPL-001", "status: deprecated\nreplaced-by: [R-NEW-001, R-NEW-002]\n");
    entry("R-OLD-001", "status: deprecated\n");
    std::fs::remove_file(root.join("lib/content/requirements/R-WEB-009.md")).unwrap();
    let (_, said) = casebook(root, &["library", "update"]);
    for line in [
        "lib 1.0 -> 1.0: 2 new, 0 changed, 5 retired",
        "  - R-OLD-001  out of use; nothing stands for it",
        "  - R-ONE-001  now R-NEW-001, merged with R-TWO-001",
        "  - R-SPL-001  split into R-NEW-001, R-NEW-002",
        "  - R-WEB-009  gone; nothing stands for it",
        "    content/models/own/index.md: R-WEB-009  (names what is gone: `casebook check` fails until it is mended)",
        "    overlay/R-ONE-001.md: R-ONE-001",
    ] {
        assert!(said.contains(&format!("{line}\n")), "{line}:\n{said}");
    }
    // As it says, and the pages of the retired stay and name the others.
    let (_, said) = casebook(root, &["check"]);
    assert!(said.contains("dangling-id") && said.contains("R-WEB-009"), "{said}");
    put(&root.join("content/models/own/index.md"), OWN);
    let (site, _) = Site::open(root, &mut Memo::default()).unwrap();
    let split = page(&site, "requirements/r-spl-001.html");
    assert!(split.contains("r-new-001.html") && split.contains("r-new-002.html"), "{split}");
}

#[test]
fn an_edit_of_a_library_is_seen_while_it_is_served() {
    let folder = on_disk("");
    let open = || {
        let (text, src) = casebook::book::source::read_config(folder.path()).unwrap();
        Config::parse(&text, src).0
    };
    let config = open();
    let mut sources = casebook::book::source::Sources::load(folder.path(), &config).unwrap();
    assert!(sources.concerns("lib/content/threats/T-NEW-001.md"));
    put(
        &folder.path().join("lib/content/threats/T-NEW-001.md"),
        "---\nid: T-NEW-001\ntitle: N\n---\n",
    );
    sources.reload("lib/content/threats/T-NEW-001.md");
    assert!(sources.source("threats/T-NEW-001.md").is_some());
    // A page of the book's own comes to cover one of the library.
    put(&folder.path().join("content/threats/T-NEW-001.md"), "mine");
    sources.reload("content/threats/T-NEW-001.md");
    assert_eq!(sources.source("threats/T-NEW-001.md").unwrap().1.bytes(), b"mine");
}

#[test]
fn a_library_does_not_lead_out_of_the_book() {
    for source in ["../other", "/etc", "none"] {
        let (_, found) = site(&[
            ("book.toml", &format!("[[library]]\nname = \"x\"\nsource = \"{source}\"\n")),
            ("content/a.md", "# A\n"),
        ]);
        assert!(
            source == "none" || found.iter().any(|(_, d)| d.code == Code::BadConfig),
            "{found:?}"
        );
    }
    #[cfg(unix)]
    {
        let folder = on_disk("");
        std::fs::rename(folder.path().join("lib"), folder.path().join("real")).unwrap();
        let outer = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outer.path(), folder.path().join("lib")).unwrap();
        let (_, found) = Site::open(folder.path(), &mut Memo::default()).unwrap();
        assert!(
            told(&found).iter().any(|line| line.contains("leads out of the book")),
            "{found:?}"
        );
    }
}

/// What a site says in `casebook.json`, written for others.
fn data_of(files: &[(&str, &str)]) -> String {
    let (site, found) = site(files);
    assert_eq!(told(&found), [""; 0]);
    page(&site, "casebook.json").to_string()
}

#[test]
fn the_data_of_a_site_is_a_library() {
    let other: &[(&str, &str)] = &[
        (
            "book.toml",
            "[book]\ntitle = \"Other\"\nversion = \"3\"\nlicense = \"CC0-1.0\"\n[site]\nurl = \"https://other.example/\"\n\
             [kinds.control]\nprefix = \"C\"\nfolder = \"ctl\"\n[kinds.rule]\nid = 'HR\\d+\\.\\d+'\nfolder = \"rules\"\n\
             [[library]]\nname = \"lib\"\nsource = \"lib\"\n",
        ),
        ("content/index.md", "# Other\n"),
        (
            "content/threats/T-OTH-001.md",
            "---\nid: T-OTH-001\ntitle: \"Thief: \\\"reads\\\" # it\"\ndescription: In short.\nseverity: high\n\
             stride: [spoofing]\ntags: [web]\nalso: [x]\nreferences: [CWE-307]\naliases: [T-OTH-900]\n\
             requirements: [R-OTH-001]\nassumptions: [A-OTH-001]\nrelated: [T-WEB-001]\n\
             source: A *thief*\naction: read\nchanges: [{ date: 2026-01-02, what: More }]\n---\n\nWhole text.\n",
        ),
        (
            "content/requirements/R-OTH-001.md",
            "---\nid: R-OTH-001\ntitle: Hide\n---\n\nFull words.\n",
        ),
        (
            "content/assumptions/all.md",
            "# All\n\n## We hold {#A-OTH-001}\n\nx\n\n## Twice {#A-OTH-002}\n\ny\n",
        ),
        ("content/ctl/C-1.md", "---\nid: C-1\ntitle: Fence\n---\n"),
        ("content/rules/HR4.2.md", "---\nid: HR4.2\ntitle: House rule\n---\n"),
        (
            "content/models/shop/index.md",
            "---\nid: M-OTH-001\ntitle: Other shop\nteam: Theirs\n---\n\n```mermaid dfd\nflowchart LR\n  subgraph in[\"Inside\"]\n    \
             web(\"Web \\n &amp;\"):::process\n    db[(\"Data\")]:::datastore\n  end\n  user[\"User\"]:::external\n  \
             user -->|\"1. asks\"| web\n  web <-->|\"2. rows\"| db\n```\n\n```threats\n- use: T-OTH-001\n  on: [\"user -> web\"]\n  \
             status: mitigated\n  requirements: [R-OTH-001, R-WEB-001]\n  why: It is.\n- id: SHOP-7\n  title: Local\n  status: open\n\
             - use: T-WEB-001\n  status: open\n```\n",
        ),
    ];
    let data = data_of(&[other, LIBRARY].concat());
    let book = |more: &[(&str, &str)]| {
        let mut files = vec![
            (
                "book.toml",
                "[[library]]\nname = \"other\"\nsource = \"vendor/other/casebook.json\"\n",
            ),
            ("content/index.md", "# Home\n\n[[T-OTH-001]], [[HR4.2]], [[C-1]], [[SHOP-7]]\n"),
            ("vendor/other/casebook.json", data.as_str()),
        ];
        files.extend(more);
        site(&files)
    };
    let (site, found) = book(&[]);
    assert_eq!(told(&found), [""; 0]);
    let threat = page(&site, "threats/t-oth-001.html");
    for words in [
        "From the library other 3",
        "CC0-1.0",
        "High",
        "CWE-307",
        "A *thief* can read",
        "https://other.example/threats/t-oth-001.html",
        "r-oth-001.html",
        "a-oth-001.html",
        "Thief: &quot;reads&quot; # it",
    ] {
        assert!(threat.contains(words), "{words}: {threat}");
    }
    // What that book has of others is theirs.
    assert!(site.graph.find("T-WEB-001").is_none() && site.graph.find("T-OTH-900").is_some());
    for id in ["A-OTH-002", "C-1", "HR4.2", "M-OTH-001"] {
        assert!(site.graph.find(id).is_some(), "{id}");
    }
    let model = page(&site, "models/shop/index.html");
    for words in ["Web", "Inside", "<svg", "SHOP-7", "It is."] {
        assert!(model.contains(words), "{words}: {model}");
    }
    assert!(site.graph.is_example(site.graph.find("M-OTH-001").unwrap()));
    // A file beside the data is taken whole; overlays and choices work as ever.
    let (site, found) = book(&[
        (
            "vendor/other/content/requirements/R-OTH-001.md",
            "---\nid: R-OTH-001\ntitle: Hide\n---\n\nFull words.\n",
        ),
        ("overlay/A-OTH-002.md", "---\nowner: us\n---\n"),
    ]);
    assert_eq!(told(&found), [""; 0]);
    assert!(page(&site, "requirements/r-oth-001.html").contains("Full words."));
    assert!(page(&site, "assumptions/a-oth-002.html").contains("said here: owner"));
}

#[test]
fn what_is_no_data_is_told() {
    for (source, data, reason) in [
        ("v/casebook.json", "{", "is no data of a site"),
        ("v/casebook.json", "{\"version\": 7}", "its format is version 7"),
        ("v/other.json", "{\"version\": 1}", "there is no file `v/other.json`"),
        ("casebook.json", "", "needs a folder of its own"),
    ] {
        let toml = format!("[[library]]\nname = \"x\"\nsource = \"{source}\"\n");
        let files =
            [("book.toml", toml.as_str()), ("content/a.md", "# A\n"), ("v/casebook.json", data)];
        let (_, found) = site(&files);
        assert!(told(&found).iter().any(|line| line.contains(reason)), "{reason}: {found:?}");
    }
    // Nothing of it can take the program down.
    let odd = "{\"version\":1,\"pages\":[{\"url\":\"\",\"file\":\"\"},{\"url\":\"../../x.html\",\"file\":\"x.md\"}],\
        \"entries\":[{\"id\":\"\",\"kind\":\"\",\"url\":\"\"},{\"id\":\"T-1\",\"kind\":\"a\\nb\",\"url\":\"../../x.html\"}],\
        \"models\":[{\"url\":\"../../x.html\",\"diagrams\":[{\"boundaries\":[{\"id\":\"a\",\"name\":\"\",\"parent\":\"a\"}]}]}]}";
    let toml = "[[library]]\nname = \"x\"\nsource = \"v/casebook.json\"\n";
    let (made, _) =
        site(&[("book.toml", toml), ("content/a.md", "# A\n"), ("v/casebook.json", odd)]);
    assert!(made.addresses().iter().all(|url| !url.contains("..")));
}

/// Secrets in every kind of place, each with a word of its own.
const SECRETS: &[(&str, &str)] = &[
    (
        "book.toml",
        "[book]\ntitle = \"Open\"\naudience = \"public\"\n[site]\nurl = \"https://x.example/\"\n[output.html.redirect]\n\"/old.html\" = \"/guide/alpha.html\"\n[[library]]\nname = \"inside\"\nsource = \"inside\"\naudience = \"internal\"\n",
    ),
    (
        "content/index.md",
        "# Home\n\n[[T-OPEN-001]] and [the plan](guide/alpha.md), [[T-BRAVO-001|what we fear]], [[LOCAL-1]]\n\n\
        > [!RESTRICTED] Delta\n> Our delta supplier is for sale. ![x](delta.png)\n\n{{#include guide/alpha.md}}\n\nEnd.\n",
    ),
    ("content/delta.png", "x"),
    (
        "content/guide/alpha.md",
        "---\ntitle: Alpha buys the other company\naudience: restricted\ntags: [alpha]\n---\n\n![c](charlie.png)\n\n\
        ```mermaid dfd\nflowchart LR\n a(\"Alpha\"):::process\n```\n",
    ),
    ("content/guide/alpha.de.md", "# Alpha auf Deutsch\n"),
    ("content/guide/charlie.png", "x"),
    ("content/guide/golf/a.md", "---\naudience: internal\n---\n# Golf\n"),
    ("content/guide/golf/golf.txt", "golf"),
    (
        "content/threats/T-OPEN-001.md",
        "---\nid: T-OPEN-001\ntitle: Open\nrelated: [T-BRAVO-001]\n---\n\nPublic text.\n",
    ),
    (
        "content/threats/T-BRAVO-001.md",
        "---\nid: T-BRAVO-001\ntitle: Bravo is listened to\naliases: [T-BRAVO-900]\naudience: internal\n\
        changes: [{ date: 2026-01-01, what: Bravo changed }]\n---\n\nBravo.\n",
    ),
    (
        "content/threats/many.md",
        "# Many\n\n## Fine {#T-OPEN-002}\n\nText.\n\n## Echo stays secret {#T-ECHO-001}\n\n```entry\naudience: restricted\n```\n\nEcho.\n",
    ),
    (
        "content/models/foxtrot/index.md",
        "---\nid: M-FOX-001\ntitle: Foxtrot\naudience: internal\n---\n\n```threats\n- id: LOCAL-1\n  title: Foxtrot falls\n- use: T-OPEN-001\n```\n",
    ),
    (
        "content/models/open/index.md",
        "---\nid: M-OPEN-001\ntitle: Open model\n---\n\n```threats\n- use: T-OPEN-001\n  status: open\n- id: LOCAL-2\n  title: Hotel is known\n  audience: internal\n```\n",
    ),
    ("inside/threats/T-IN-001.md", "---\nid: T-IN-001\ntitle: India of the library\n---\n"),
    ("casebook.lock", ""),
];

const WORDS: &[&str] =
    &["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india"];

#[test]
fn a_public_site_has_no_trace_of_what_is_for_others() {
    let files: Vec<(&str, &str)> = SECRETS.to_vec();
    let audience = |word: &str| {
        let toml = format!(
            "{}[languages]\nde = \"Deutsch\"\n[build]\naudience = \"{word}\"\n",
            files[0].1
        );
        let mut files = files.clone();
        files[0].1 = &toml;
        files.pop();
        site(&files)
    };
    let (public, found) = audience("public");
    assert_eq!(told(&found), [""; 0]);
    assert_eq!(traces(&public, WORDS), [""; 0]);
    assert_eq!(traces(&public, &["LOCAL-", "T-BRAVO", "T-ECHO", "M-FOX", "T-IN-"]), [""; 0]);
    let home = page(&public, "index.html");
    assert!(
        home.contains("what we fear") && home.contains("the plan") && home.contains("End."),
        "{home}"
    );
    assert!(public.graph.find("T-OPEN-002").is_some());
    // Those of the house see more, and all see what the others do.
    let (internal, _) = audience("internal");
    let seen = |site: &Site| -> Vec<bool> {
        WORDS.iter().map(|word| !traces(site, &[word]).is_empty()).collect()
    };
    assert_eq!(seen(&internal), [false, true, false, false, false, true, true, true, true]);
    let (all, _) = audience("restricted");
    assert_eq!(seen(&all), [true; 9]);
}

#[test]
fn a_link_by_title_does_not_name_what_is_for_others() {
    let (site, found) = site(&[
        ("book.toml", "[book]\naudience = \"public\"\n[build]\naudience = \"public\"\n"),
        ("content/index.md", "# Home\n\n[[Harbour codes]], [[Harbour codes|the list]].\n"),
        ("content/codes.md", "---\ntitle: Harbour codes\naudience: internal\n---\nText.\n"),
    ]);
    assert_eq!(told(&found), [""; 0]);
    let home = page(&site, "index.html");
    assert!(!home.contains("Harbour") && home.contains("the list"), "{home}");
}

#[test]
fn what_an_author_lets_through_stops_the_build() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in SECRETS {
        put(&folder.path().join(path), text);
    }
    put(
        &folder.path().join("content/guide/open.md"),
        "# Open\n\nSee T-BRAVO-001 and *Alpha* buys the other company.\n",
    );
    let build = ["build", "--audience", "public"];
    let (code, said) = casebook(folder.path(), &build);
    assert_eq!(code, Some(1), "{said}");
    for line in ["this is public", "`guide/open.html` names `T-BRAVO-001`", "nothing was written"] {
        assert!(said.contains(line), "{said}");
    }
    assert!(!folder.path().join("site/index.html").exists());
    std::fs::remove_file(folder.path().join("content/guide/open.md")).unwrap();
    let (code, said) = casebook(folder.path(), &build);
    assert_eq!(code, Some(0), "{said}");
    // A model for everybody cannot build on what only some may read.
    put(
        &folder.path().join("content/models/use/index.md"),
        "---\nid: M-USE-001\ntitle: U\n---\n\n```threats\n- use: T-BRAVO-001\n```\n",
    );
    let (_, said) = casebook(folder.path(), &build);
    assert!(said.contains("used here, and not for the readers of this site"), "{said}");
}

#[test]
fn many_books_are_one_site() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let team = |name: &str, more: &[(&str, &str)]| {
        for (path, text) in LIBRARY {
            put(&root.join(name).join(path), text);
        }
        let toml = format!(
            "[book]\ntitle = \"Team {name}\"\n[[library]]\nname = \"lib\"\nsource = \"lib\"\n"
        );
        put(&root.join(name).join("book.toml"), toml);
        let model = OWN.replace("M-OWN-001", &format!("M-{}-001", name.to_uppercase()));
        let links = "\n[entry](../../threats/T-WEB-001.md) [own](../../guide/a.md) [all](../../threats/index.md) [top](/guide/a.md)\n";
        put(&root.join(name).join("content/models/own/index.md"), model + links);
        put(&root.join(name).join("content/guide/a.md"), format!("# Guide of {name}\n"));
        for (path, text) in more {
            put(&root.join(name).join(path), text);
        }
    };
    team(
        "pay",
        &[("content/threats/T-PAY-001.md", "---\nid: T-PAY-001\ntitle: Paid twice\n---\n")],
    );
    team("mail", &[("content/index.md", "# Mail\n\n[[T-PAY-001]]\n")]);
    let hub = ["hub", "pay", "mail", "--title", "All of us"];
    let (code, said) = casebook(root, &hub);
    assert_eq!(code, Some(0), "{said}");
    let read = |path: &str| std::fs::read_to_string(root.join("site").join(path)).unwrap();
    let home = read("index.html");
    assert!(home.contains("Team pay") && home.contains("All of us") && !home.contains("errors"));
    // One catalogue and one status, and links within a book and to what is common.
    assert!(
        read("status.html").contains("M-PAY-001") && read("status.html").contains("M-MAIL-001")
    );
    assert!(read("threats/t-web-001.html").contains("M-MAIL-001"));
    assert!(read("mail/index.html").contains("Paid twice"));
    let model = read("pay/models/own/index.html");
    for href in
        ["../../../threats/t-web-001.html", "../../guide/a.html", "../../../threats/index.html"]
    {
        assert!(model.contains(&format!("href=\"{href}\"")), "{href} {model}");
    }
    assert!(!model.contains("class=\"broken\""));
    // A broken book takes no other down: it is shown as it was.
    put(
        &root.join("pay/content/threats/T-PAY-001.md"),
        "---\nid: T-PAY-001\ntitle: Paid thrice\n---\n[[T-NOT-001]]\n",
    );
    put(&root.join("mail/content/guide/a.md"), "# New guide\n");
    let (code, said) = casebook(root, &hub);
    assert!(
        code == Some(1)
            && said
                .contains("the book `pay` is not shown as it is: content/pay/threats/T-PAY-001.md"),
        "{said}"
    );
    assert!(read("threats/t-pay-001.html").contains("Paid twice"));
    assert!(read("mail/guide/a.html").contains("New guide"));
    assert!(read("index.html").contains("last good state"));
    // One that never was good is left out, with a word.
    put(&root.join("bad/book.toml"), "[");
    std::fs::create_dir_all(root.join("bad/content")).unwrap();
    let (code, _) = casebook(root, &["hub", "mail", "bad"]);
    assert!(code == Some(1) && read("index.html").contains("The book bad cannot be read"));
    assert!(casebook(root, &["hub", "mail", "mail"]).1.contains("two books are called `mail`"));
}

#[test]
fn books_of_a_hub_may_give_one_id_and_say_more_of_one_entry() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for team in ["pay", "mail"] {
        let files = LIBRARY.iter().map(|(path, text)| (*path, text.to_string()));
        let own = [
            (
                "book.toml",
                format!(
                    "[book]\ntitle = \"Team {team}\"\n[[library]]\nname = \"lib\"\nsource = \"lib\"\n"
                ),
            ),
            (
                "content/threats/T-ALL-001.md",
                format!(
                    "---\nid: T-ALL-001\ntitle: Thief in {team}\nrelated: [T-WEB-001]\n---\n\nSee [[M-OWN-001]].\n"
                ),
            ),
            (
                "content/threats/T-WEB-002.md",
                "---\nid: T-WEB-002\ntitle: Shared words\n---\n".to_string(),
            ),
            (
                "content/guide/a.md",
                format!(
                    "# Guide of {team}\n\n[[T-ALL-001]], [x](../threats/t-all-001.html), [[SHOP-8]]\n"
                ),
            ),
            (
                "content/models/own/index.md",
                format!(
                    "---\nid: M-OWN-001\ntitle: Shop of {team}\n---\n\n```threats\n- use: T-ALL-001\n  status: open\n  note: See T-ALL-001.\n\
                         - id: SHOP-8\n  title: Row of {team}\n```\n"
                ),
            ),
            (
                "overlay/T-WEB-001.md",
                format!(
                    "---\nseverity: critical\ntags: [+{team}]\n---\n\n{team} leads.\n\n## What to do\n\nAsk {team}: [[T-ALL-001]] and [guide](../guide/a.md).\n"
                ),
            ),
        ];
        for (path, text) in files.chain(own) {
            put(&root.join(team).join(path), text);
        }
    }
    std::fs::remove_file(root.join("mail/content/threats/T-WEB-002.md")).unwrap();
    let hub = ["hub", "pay", "mail"];
    let (code, said) = casebook(root, &hub);
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "several books give the ID `T-ALL-001`; here it is `T-MAIL-ALL-001` in `mail`, `T-PAY-ALL-001` in `pay`",
        "several books give the ID `M-OWN-001`",
        "several books give the ID `SHOP-8`; here it is `MAIL-SHOP-8` in `mail`",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("T-WEB"), "{said}");
    let read = |path: &str| std::fs::read_to_string(root.join("site").join(path)).unwrap();
    let home = read("index.html");
    assert!(home.contains("T-ALL-001") && home.contains("t-pay-all-001.html"), "{home}");
    for (team, other) in [("pay", "mail"), ("mail", "pay")] {
        let own = format!("threats/t-{team}-all-001.html");
        let entry = read(&own);
        assert!(entry.contains(&format!("Thief in {team}")) && entry.contains("t-web-001.html"));
        assert!(entry.contains(&format!("{team}/models/own/index.html")), "{entry}");
        for page in [format!("{team}/guide/a.html"), format!("{team}/models/own/index.html")] {
            let page = read(&page);
            assert!(
                page.contains(&own[8..]) && !page.contains(&format!("t-{other}-all")),
                "{page}"
            );
            assert!(!page.contains("class=\"broken\""), "{page}");
        }
        // Both say more of one entry, each in its words, and neither changes it.
        let shared = read("threats/t-web-001.html");
        assert!(
            shared.contains(&format!(">Team {team} <"))
                && shared.contains(&format!("{team} leads"))
        );
        assert!(
            shared.contains(&own[8..]) && shared.contains(&format!("{team}/guide/a.html")),
            "{shared}"
        );
        assert!(shared.contains("severity: critical") && shared.contains("Upstream advice"));
    }
    assert!(read("threats/t-web-001.html").contains("Low"));
    // Libraries of one name are of one state.
    put(
        &root.join("pay/lib/content/threats/T-WEB-001.md"),
        "---\nid: T-WEB-001\ntitle: New\n---\n",
    );
    let (_, said) = casebook(root, &hub);
    assert!(
        said.contains(
            "the library `lib` of the book `pay` is in another state than that of `mail`"
        ),
        "{said}"
    );
    // A broken overlay is one of its book.
    put(&root.join("pay/overlay/T-WEB-001.md"), "## With us\n\n[[T-NOT-001]]\n");
    let (code, said) = casebook(root, &hub);
    assert!(
        code == Some(1)
            && said.contains("the book `pay` is not shown as it is: overlay/pay/T-WEB-001.md"),
        "{said}"
    );
    assert!(read("threats/t-web-001.html").contains("pay leads"));
}
