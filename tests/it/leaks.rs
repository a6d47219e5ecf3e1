//! What is not for the readers is nowhere: secrets in every kind of place, each with a word of its
//! own, looked for in everything that leaves the house.

use crate::support::{everything, put};
use casebook::search::Export;
use casebook::site::{Memo, Readers, Site};
use std::path::Path;
use std::process::Command;

/// What each secret word begins with, and nothing else.
const MARK: &str = "vexil";

const BOOK: &[(&str, &str)] = &[
    (
        "book.toml",
        "[book]\ntitle = \"Open\"\naudience = \"public\"\n[site]\nurl = \"https://x.example/\"\n\
         edit-url = \"https://git.example/{path}\"\n[languages]\nde = \"Deutsch\"\n[tests]\nfolders = [\"code\"]\n\
         [output.html.redirect]\n\"/vexilold.html\" = \"/guide/vexilfile.html\"\n\
         [[library]]\nname = \"vexillib\"\nsource = \"vexillib\"\naudience = \"internal\"\n",
    ),
    (
        "content/SUMMARY.md",
        "# Summary\n\n- [Home](index.md)\n- [Vexilchapter](guide/vexilfile.md)\n- [Open](guide/open.md)\n",
    ),
    (
        "content/index.md",
        "---\ntags: [open]\n---\n# Home\n\n[the plan](guide/vexilfile.md#vexilanchor), [[Vexiltitle of the plan]], [[Vexiltitle of the plan|a plan]], \
         [[T-VEXIL-001|what we fear]], [[T-VEXIL-900|the same]], [[VEXILROW-1|a row]], [here](threats/T-VEXIL-001.md).\n\n\
         > [!RESTRICTED] Vexilquote\n> Vexilquoted ![vexilquotealt](vexilquote.png) and [^vexilnote].\n>\n> ## Vexilquotehead {#vexilquoteanchor}\n\n\
         [^vexilnote]: Open words of a footnote.\n\n{{#include guide/vexilfile.md}}\n\nEnd.\n",
    ),
    ("content/vexilquote.png", "vexilpixels"),
    (
        "content/guide/vexilfile.md",
        "---\ntitle: Vexiltitle of the plan\ndescription: Vexildescription of it.\naudience: restricted\ntags: [vexiltag, open]\nalso: [vexilalso]\n\
         aliases: [/vexilalias/old/]\nowner: vexilowner\nreviewed: 2026-01-01\ndue: 2026-02-01\nmedia: vexiltalk.mp4\ncaptions: vexilcaptions.vtt\n---\n\n\
         ## Vexilheading {#vexilanchor}\n\nVexiltext with ![vexilalt](vexilpicture.png \"vexilhover\"), [vexillink](https://x.example/vexilurl) and `vexilcode`[^1].\n\n\
         <!-- vexilcomment -->\n\n[^1]: Vexilfootnote.\n\n[paper](vexilpaper.pdf)\n\n{{#include vexilpart.md}}\n\n\
         ```mermaid dfd\nflowchart LR\n  %% vexilremark\n  accTitle: vexildiagram\n  a[\"Vexilelement\"]:::process -->|\"1. vexilflow\"| b[(\"Vexilstore\")]:::datastore\n```\n\n\
         ```rust title=\"vexilname.rs\"\nlet vexilvariable = 1;\n```\n\n> [!QUIZ] Vexilquestion?\n> - [x] Vexilright\n>   Vexilbecause.\n> - [ ] Vexilwrong\n",
    ),
    ("content/guide/vexilfile.de.md", "# Vexildeutsch\n\nVexilauf Deutsch.\n"),
    ("content/guide/vexilpart.md", "Vexilincluded.\n"),
    ("content/guide/vexilpicture.png", "vexilpixels"),
    ("content/guide/vexilpaper.pdf", "vexilpaper"),
    ("content/guide/vexiltalk.mp4", "vexiltalk"),
    ("content/guide/vexilcaptions.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nVexilspoken.\n"),
    (
        "content/guide/open.md",
        "# An open page\n\nAll may read it.\n\n```from\npage: models/open/index.md\nthreats: all\n```\n",
    ),
    ("content/guide/vexilfolder/one.md", "---\naudience: internal\n---\n# Vexilone\n"),
    ("content/guide/vexilfolder/vexilalone.txt", "vexilalone"),
    (
        "content/threats/T-OPEN-001.md",
        "---\nid: T-OPEN-001\ntitle: Open threat\nrelated: [T-VEXIL-001]\nrequirements: [R-VEXIL-001]\ntags: [open]\nseverity: low\n\
         changes: [{ date: 2026-01-03, what: Open change }]\n---\n\nPublic text.\n\n## How to see it in your design\n\n- Is it open?\n",
    ),
    (
        "content/threats/T-VEXIL-001.md",
        "---\nid: T-VEXIL-001\ntitle: Vexilthreat is listened to\naliases: [T-VEXIL-900]\naudience: internal\nseverity: critical\n\
         stride: [spoofing]\napplies-to: [vexilsituation]\nreferences: [\"https://x.example/vexilreference\"]\nsource: A vexilsource\naction: vexilaction\n\
         changes: [{ date: 2026-01-01, what: Vexilchange }]\n---\n\nVexilbody.\n\n## How to see it in your design\n\n- Is vexilasked?\n",
    ),
    (
        "content/requirements/many.md",
        "# Many\n\n## Fine {#R-OPEN-001}\n\nText.\n\n## Vexilunder a heading {#R-VEXIL-001}\n\n```entry\naudience: restricted\ntags: [vexilentrytag]\n```\n\nVexilheaded.\n",
    ),
    (
        "content/models/vexilmodel/index.md",
        "---\nid: M-VEXIL-001\ntitle: Vexilmodel\naudience: internal\nteam: vexilteam\ndate: 2026-01-01\n---\n\n```threats\n- id: VEXILROW-1\n  title: Vexillocal falls\n  \
         status: open\n  until: 2026-01-02\n- use: T-OPEN-001\n  status: open\n```\n\n```reviews\n- date: 2026-01-02\n  by: vexilreviewer\n  outcome: approved\n```\n",
    ),
    (
        "content/models/open/index.md",
        "---\nid: M-OPEN-002\ntitle: Open model\nsupersedes: M-OPEN-001\ndate: 2026-02-01\nsize: small\n---\n\n\
         ```mermaid dfd\nflowchart LR\n  a[\"User\"]:::external -->|\"1. asks\"| b(\"Web\"):::process\n```\n\n\
         ```threats\n- use: T-OPEN-001\n  status: mitigated\n  why: Done.\n  requirements: [R-OPEN-001]\n- id: ROW-2\n  title: Vexilrow is known\n  note: vexilnote\n  owner: vexilholder\n  \
         status: open\n  audience: internal\n```\n\n```requirements\n- use: R-OPEN-001\n  status: done\n```\n",
    ),
    (
        "content/models/open/2025.md",
        "---\nid: M-OPEN-001\nkind: model\ntitle: Open model of 2025\ndate: 2025-02-01\n---\n\n\
         ```threats\n- use: T-OPEN-001\n  status: open\n- id: ROW-3\n  title: Vexilbefore was known\n  status: open\n  audience: restricted\n```\n",
    ),
    (
        "vexillib/threats/T-VEXILLIB-001.md",
        "---\nid: T-VEXILLIB-001\ntitle: Vexillibrary\n---\n\nVexillibrarytext.\n",
    ),
    ("vexillib/threats/vexillibpicture.png", "vexilpixels"),
    ("code/vexilsource.rs", "// threat: T-VEXIL-001\nfn vexilfunction() {}\n"),
];

fn book() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in BOOK {
        put(&folder.path().join(path), text);
    }
    folder
}

/// The words with the mark in some files, each with the file.
fn secrets(files: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<String> {
    let mut out = Vec::new();
    for (name, bytes) in files {
        let text = format!("{name} {}", String::from_utf8_lossy(&bytes)).to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
        let hits = words.filter(|word| word.contains(MARK));
        out.extend(hits.map(|word| format!("{name}: {word}")));
    }
    out.dedup();
    out
}

fn site(root: &Path, audience: &str) -> Site {
    let readers = Readers { audience: Some(audience.parse().unwrap()), ..Readers::default() };
    let (site, found) =
        Site::open_with(root, &Default::default(), readers, &mut Memo::default()).unwrap();
    let wrong: Vec<_> = found.iter().filter(|(level, _)| level.name() == "deny").collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    site
}

/// Everything that a build writes.
fn written(site: &Site) -> impl Iterator<Item = (String, Vec<u8>)> {
    let export = Export::new(site.index().unwrap()).unwrap();
    let search: Vec<(String, Vec<u8>)> = (export.paths().into_iter())
        .map(|path| (path.clone(), export.get(&path).unwrap().unwrap()))
        .collect();
    let own = everything(site).into_iter().filter(|(url, _)| !url.starts_with("assets/"));
    own.chain(search)
}

#[test]
fn a_site_for_all_has_no_secret_of_any_place() {
    let folder = book();
    let public = site(folder.path(), "public");
    assert_eq!(secrets(written(&public)), [""; 0]);
    // What is open is there, with the words of links whose targets are not.
    let home = String::from_utf8(public.render("index.html").unwrap().unwrap().to_vec()).unwrap();
    for words in ["the plan", "what we fear", "a row", "End."] {
        assert!(home.contains(words), "{words}: {home}");
    }
    for url in ["feed.xml", "casebook.json", "changes/index.html", "models/open/index.html"] {
        assert!(public.render(url).unwrap().is_some(), "{url}");
    }
    // Each of the places is one that a site for the house shows.
    let all = secrets(written(&site(folder.path(), "restricted"))).join("\n");
    let unseen = ["vexilalso", "vexilcomment", "vexilfunction", "vexilpart", "vexilremark"];
    let mut words: Vec<String> =
        secrets(BOOK.iter().map(|(path, text)| (path.to_string(), text.as_bytes().to_vec())));
    words.retain(|word| !unseen.iter().any(|unseen| word.contains(unseen)));
    let word = |line: &String| line.rsplit(": ").next().unwrap().to_string();
    let missing: Vec<String> =
        words.iter().map(word).filter(|word| !all.contains(word.as_str())).collect();
    assert_eq!(missing, [""; 0]);
}

fn casebook(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_casebook")).args(args).current_dir(dir).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// The exports, with where each writes.
const EXPORTS: &[(&[&str], &str)] = &[
    (&["export", "markdown"], "export/markdown"),
    (&["export", "github-wiki"], "export/github-wiki"),
    (&["export", "azure-wiki"], "export/azure-wiki"),
    (&["export", "mediawiki"], "export/mediawiki"),
    (&["export", "dokuwiki"], "export/dokuwiki"),
    (&["export", "confluence"], "export/confluence"),
    (&["export", "html", "--single", "--out", "one/book.html"], "one"),
    (
        &[
            "export",
            "html",
            "--single",
            "--appendix",
            "full",
            "--page",
            "M-OPEN-002",
            "--out",
            "two/model.html",
        ],
        "two",
    ),
    (&["export", "cards", "--out", "three/cards.html"], "three"),
];

fn below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
    files.map(|entry| (name(entry.path()), std::fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn an_export_for_all_has_no_secret_of_any_place() {
    let folder = book();
    for (export, out) in EXPORTS {
        let (code, said) =
            casebook(folder.path(), &[export, &["--audience", "public"][..]].concat());
        assert_eq!(code, Some(0), "{export:?}: {said}");
        let files = below(&folder.path().join(out));
        assert!(!files.is_empty(), "{export:?}");
        assert_eq!(secrets(files.into_iter()), [""; 0], "{export:?}");
    }
}

#[test]
fn an_export_that_lets_something_through_is_not_written() {
    let folder = book();
    put(
        &folder.path().join("content/guide/open.md"),
        "# An open page\n\n*Vexiltitle* of the plan, and T-VEXIL-001.\n",
    );
    put(
        &folder.path().join("content/models/open/index.md"),
        "---\nid: M-OPEN-002\ntitle: Open model\n---\n\nT-VEXIL-001\n",
    );
    put(
        &folder.path().join("content/threats/T-OPEN-001.md"),
        "---\nid: T-OPEN-001\ntitle: Like T-VEXIL-001\n---\n",
    );
    for (export, out) in EXPORTS {
        let (code, said) =
            casebook(folder.path(), &[export, &["--audience", "public"][..]].concat());
        assert_eq!(code, Some(1), "{export:?}: {said}");
        assert!(said.contains("T-VEXIL-001") && said.contains("nothing was written"), "{said}");
        assert!(!folder.path().join(out).exists(), "{export:?}");
        // For the house it is.
        let (code, said) =
            casebook(folder.path(), &[export, &["--audience", "restricted"][..]].concat());
        assert_eq!(code, Some(0), "{export:?}: {said}");
    }
}

#[test]
fn a_file_that_is_named_is_a_leak() {
    let folder = book();
    for (words, leak) in [
        ("See vexilfile.md.", "names the file `guide/vexilfile.md`"),
        ("Ask for guide/vexilpaper.pdf.", "names the file `guide/vexilpaper.pdf`"),
        ("Vexiltext with vexilalt: vexillink and vexilcode, paper.", ""),
    ] {
        put(&folder.path().join("content/guide/open.md"), format!("# Open\n\n{words}\n"));
        let (code, said) = casebook(folder.path(), &["build", "--audience", "public"]);
        assert_eq!(code, Some(i32::from(!leak.is_empty())), "{words}: {said}");
        assert!(said.contains(leak), "{leak}: {said}");
    }
}
