//! What is kept of earlier runs never shows: a site with a warm memo has the bytes of a
//! cold one after any edit, whatever number of threads made it.

use crate::support;

use casebook::search::Export;
use casebook::site::Memo;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use support::{everything, site_of};

type Files = Vec<(String, String)>;

const PATHS: &[&str] = &[
    "content/index.md",
    "content/SUMMARY.md",
    "content/guide/01-start.md",
    "content/guide/02-next.md",
    "content/guide/README.md",
    "content/threats/T-A-001.md",
    "content/threats/T-A-002.md",
    "content/threats/index.md",
    "content/requirements/R-A-001.md",
    "content/assumptions/all.md",
    "content/models/shop/index.md",
    "content/parts/part.md",
    "content/data.csv",
    "book.toml",
    "theme/templates/page.html",
];

/// Pieces from which files are put together, right and wrong ones.
const PIECES: &[&str] = &[
    "---\nid: T-A-001\ntitle: First\naliases: [T-OLD-1]\nstride: [spoofing]\ntags: [web]\n---\n",
    "---\nid: T-A-002\ntitle: Second\nstatus: deprecated\nreplaced-by: T-A-001\n---\n",
    "---\nid: R-A-001\ntitle: Rule\nassumptions: [A-A-001]\ntags: [web, Other]\n---\n",
    "---\nid: M-S-001\ntitle: Model\n---\n",
    "---\ntitle: Plain\norder: 1\n---\n",
    "---\ntitle: never closed\n",
    "# A heading\n\n",
    "## Part one\n\n",
    "## Entry {#A-A-001}\n\n```entry\ntags: [web]\n```\n\n",
    "See [[T-A-001]] and [[T-OLD-1|old]] and [[R-A-001#part-one]].\n\n",
    "[next](02-next.md) [up](../index.md#part-one) [data](../data.csv)\n\n",
    "{{#include ../parts/part.md}}\n\n",
    "{{#include parts/part.md:x}}\n\n{{#title From a directive}}\n",
    "ANCHOR: x\ninside\nANCHOR_END: x\n",
    "```threats\n- use: T-A-001\n  status: open\n- id: L-1\n  title: Local\n```\n\n",
    "```list\nkind: threat\ntag: web\n```\n\n",
    "```rust\nlet x = 1;\n```\n\n",
    "<p id=\"raw\">raw <a href=\"guide/01-start.md\">x</a></p>\n\n",
    "A note[^1] and [[L-1]].\n\n[^1]: Text.\n\n",
    "- [Start](guide/01-start.md)\n  - [Next](guide/02-next.md)\n- [Draft]()\n",
    "# Part\n\n- [Home](index.md)\n",
    "[markdown]\nhtml = \"escape\"\n",
    "[roles.stops]\nlabel = \"Stops\"\n",
    "[book]\ntitle = \"Other title\"\nlanguage = \"he\"\n",
    "{% extends \"default/page.html\" %}\n",
    "\u{E000}o0\u{E001} &amp; <b>\n",
    "",
];

/// A change of a book.
#[derive(Debug, Clone)]
enum Edit {
    Write(&'static str, Vec<&'static str>),
    Append(Index, &'static str),
    Remove(Index),
    Move(Index, &'static str),
}

fn text() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(select(PIECES), 0..5)
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (select(PATHS), text()).prop_map(|(path, text)| Edit::Write(path, text)),
        2 => (any::<Index>(), select(PIECES)).prop_map(|(at, piece)| Edit::Append(at, piece)),
        1 => any::<Index>().prop_map(Edit::Remove),
        1 => (any::<Index>(), select(PATHS)).prop_map(|(at, path)| Edit::Move(at, path)),
    ]
}

fn apply(files: &mut Files, edit: &Edit) {
    match edit {
        Edit::Write(path, text) => {
            files.retain(|(known, _)| known != path);
            files.push((path.to_string(), text.concat()));
        }
        _ if files.is_empty() => {}
        Edit::Append(at, piece) => {
            let at = at.index(files.len());
            files[at].1.push_str(piece);
        }
        Edit::Remove(at) => {
            files.remove(at.index(files.len()));
        }
        Edit::Move(at, path) => {
            let (old, text) = files.remove(at.index(files.len()));
            files.retain(|(known, _)| known != path || *known == old);
            files.push((path.to_string(), text));
        }
    }
}

/// Everything that a site shows: pages, findings, what search sees.
fn shown(files: &Files, memo: &mut Memo) -> Vec<(String, Vec<u8>)> {
    let (site, found) = site_of(files, memo);
    // A template that cannot be rendered has no bytes to compare.
    let mut out = match files.iter().any(|(path, _)| path.starts_with("theme/")) {
        false => everything(&site),
        true => site
            .addresses()
            .into_iter()
            .map(|url| {
                let bytes = match site.render(&url) {
                    Ok(bytes) => bytes.unwrap_or_default().into_owned(),
                    Err(error) => error.to_string().into_bytes(),
                };
                (url, bytes)
            })
            .collect(),
    };
    out.push(("found".into(), format!("{found:?}").into_bytes()));
    out.push(("documents".into(), format!("{:?}", site.documents()).into_bytes()));
    out
}

fn differences(a: &[(String, Vec<u8>)], b: &[(String, Vec<u8>)]) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let urls = |list: &[(String, Vec<u8>)]| list.iter().map(|(url, _)| url.clone()).collect();
    let (left, right): (Vec<String>, Vec<String>) = (urls(a), urls(b));
    if left != right {
        return vec![format!("{left:?} is not {right:?}")];
    }
    a.iter()
        .zip(b)
        .filter(|(a, b)| a != b)
        .map(|(a, b)| format!("{}\n{}\nis not\n{}", a.0, text(&a.1), text(&b.1)))
        .collect()
}

proptest! {
    #![proptest_config(support::cases(24))]

    #[test]
    fn a_warm_memo_changes_nothing(edits in prop::collection::vec(edit(), 1..25)) {
        let mut files = Files::new();
        let mut memo = Memo::default();
        for (number, edit) in edits.iter().enumerate() {
            apply(&mut files, edit);
            let warm = site_of(&files, &mut memo);
            // Rendering is what costs; every third state is compared.
            if number % 3 == 0 || number + 1 == edits.len() {
                drop(warm);
                let warm = shown(&files, &mut memo);
                let cold = shown(&files, &mut Memo::default());
                let wrong = differences(&warm, &cold);
                prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            }
        }
    }
}

/// A book that uses everything, our own.
fn content() -> Files {
    let root = support::project("content");
    let mut files: Files = support::files_below(&root)
        .into_iter()
        .filter(|path| path.ends_with(".md"))
        .map(|path| {
            let text = std::fs::read_to_string(root.join(&path)).unwrap();
            (format!("content/{path}"), text)
        })
        .collect();
    let toml = std::fs::read_to_string(support::project("book.toml")).unwrap_or_default();
    files.push(("book.toml".into(), toml));
    files
}

/// The files of the search.
fn search(files: &Files) -> Vec<(String, Vec<u8>)> {
    let (site, _) = site_of(files, &mut Memo::default());
    let index = site.index().unwrap();
    let export = Export::new(index).unwrap();
    let bytes = |path: &String| export.get(path).unwrap().unwrap_or_default();
    export.paths().iter().map(|path| (path.clone(), bytes(path))).collect()
}

#[test]
fn threads_and_the_order_of_files_change_nothing() {
    let with = |threads: usize, files: &Files| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| [shown(files, &mut Memo::default()), search(files)].concat())
    };
    let files = content();
    let reversed = files.iter().rev().cloned().collect();
    let wrong = differences(&with(1, &files), &with(4, &reversed));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
