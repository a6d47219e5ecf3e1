//! Nothing of an author's is lost without a word: the words of the sources are compared with
//! the words of the pages, and what is not there stands in a finding.

use crate::support;

use casebook::text::diagnostic::Code;
use std::collections::{BTreeMap, BTreeSet};
use support::{page, site};

/// A book of hard cases. Every `W` and number is a word that must arrive.
const BOOK: &[(&str, &str)] = &[
    ("content/index.md", "# Home W1\n\nText W2 <script> W3 & W4 &amp; W5.\n"),
    (
        "content/html.md",
        "# Raw W1 <title> W2\n\nA W3 <style> W4 `<b>` W5 Vec<W6> W7 <your-W8> W9.\n\n\
         Wrapped W10\n<td> W11 and\n<script> W12\n\n<div>\n\nW13 *W14*\n\n## Under W15\n\n\
         <xmp>W16 <b>W17</b></xmp>\n\n<textarea>W18</textarea>\n\n<form><p>W19</form>\n\n\
         <select><option>W20<option>W21</select>\n\n<svg><text>W22</text></svg>\n\n\
         <math><mi>W23</mi></math>\n\n<table><tr><td>W24<td>W25</table>\n\n<script>\nW26\n\n\
         W27\n</script>\n\nW28 <!-- comment --> W29 <![CDATA[ W30 ]]> W31 <?php W32 ?> W33\n\n\
         <noscript>W34</noscript>\n\n<a name=\"x\">W35\n\n</section>\n\nW36 <select> W37\n",
    ),
    (
        "content/lists.md",
        "# Lists W1\n\nTerm W2\n: Definition W3\n\nForm W4\n\n:warning: W5\n\nPort W6\n:8080 W7\n\n\
         Code `W8\n: W9` W10\n\n:::note W11\nW12\n:::\n\n1. W13\n   ```text\n   W14 <b>\n   ```\n2. W15\n\n\
         - [x] W16\n- [ ] W17 <input> W18\n\n!!! note \"W19\"\n    W20\n\n> [!FAQ]- W21\n> W22\n\n\
         > [!TIP] W23 own\n> W24\n\n> [!ODD] W25\n> W26\n\n[[W27 page]] ![[W28.png]]\n",
    ),
    (
        "content/links.md",
        "# Links W1\n\nhttps://a.example/W2_W3, www.W4.example. W5@b.example\n\n[W6](javascript:1) \
         ![W7](https://c.example/x.png) [W8][none] [W9]\n\nNote[^1] W10[^gone].\n\n[^1]: W11 <b> W12\n\n\
         [^2]: W13\n\n| W14 | W15 |\n|---|---|\n| <i> W16 | W17 \\| W18 |\n| W19 |\n\n\
         $W20 < W21$ ~~W22~~ **W23 <u> W24**\n",
    ),
    (
        "content/include.md",
        "# Include W1\n\n{{ #include part.txt }} W2\n\n{{#include none.txt}} W3\n\n{{#include W4\n",
    ),
    ("content/part.txt", "W5 <noembed> W6\n"),
    (
        "content/slides.md",
        "---\nlayout: slides\n---\n\n# Deck W1\n\nW2 <style> W3\n\n## Two W4\n\n<div>\n\nW5\n\n---\n\nW6 </div> W7\n\n\
         > [!NOTES] 1 min\n> W8 <title> W9\n",
    ),
    (
        "content/models/m/index.md",
        "---\nid: M-001\ntitle: Shop W1 <script> W2\ndescription: W3 <style> W4\n---\n\n```mermaid dfd\nflowchart LR\n\
         u[\"User W5 <script> W6\"]:::external -->|\"W7 <style>\"| w(W8)\n```\n\n```threats\n- id: X-1\n  title: W9 <script> W10\n  \
         on: [w]\n  note: W11 <title> W12\n```\n\nW13 after <iframe> W14.\n",
    ),
];

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is_word = |word: &&str| {
        word.strip_prefix('W')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    words.filter(is_word).map(str::to_string).collect()
}

/// What stands outside the tags of a page, and in the texts of its attributes.
fn shown(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    body.replace("</script>", " ")
}

fn address(path: &str) -> String {
    let path = path.strip_prefix("content/").unwrap_or(path);
    path.replace(".md", ".html")
}

/// The words of `path` that neither its page nor a finding has.
fn lost(policy: &str) -> Vec<String> {
    let toml = format!("[markdown]\nhtml = \"{policy}\"\n");
    let mut files = vec![("book.toml", toml.as_str())];
    files.extend_from_slice(BOOK);
    let (site, found) = site(&files);
    let mut lost = Vec::new();
    for (path, text) in BOOK.iter().filter(|(path, _)| path.ends_with(".md")) {
        let mut there = words(&shown(&page(&site, &address(path))));
        if path.ends_with("include.md") {
            there.extend(words(&page(&site, "include.html")));
        }
        for (_, diagnostic) in &found {
            let place = diagnostic.place.as_ref().filter(|place| &*place.file == *path);
            let Some(place) = place else { continue };
            // An element that is left out is told at its first tag.
            let rest = &text[place.start..];
            let end = match diagnostic.code {
                Code::RemovedHtml => rest.find("</script>").unwrap_or(place.end - place.start),
                _ => place.end - place.start,
            };
            there.extend(words(&rest[..end.min(rest.len())]));
        }
        let all = words(text);
        lost.extend(all.difference(&there).map(|word| format!("{path}: {word}")));
    }
    lost
}

#[test]
fn every_word_is_on_its_page_or_in_a_finding() {
    for policy in ["sanitize", "escape", "allow"] {
        assert_eq!(lost(policy), Vec::<String>::new(), "html = {policy}");
    }
}

/// What goes wrong easily, of many programs. Each stands in each of the places below.
const HAZARDS: &[&str] = &[
    "the W1 <script> W2 <style> W3",
    "<script>\nW1\n\nW2",
    "W1 <your-W2> Vec<W3> <T: W4> W5",
    "W1\n:warning: W2\n:8080 W3",
    "Term W1\n: W2\n\n: W3",
    "https://a.example/W1 www.W2.example <https://W3.example> W4@b.example",
    "[W1]: W2",
    "[W1]: <W2 W3>\n\nW4",
    "[x]: https://a.example\n[x]: https://W1.example\n\n[x] W2",
    "[^W1]: W2",
    "W1[^n] W2[^m]\n\n[^n]: W3 <xmp> W4\n\n[^n]: W5",
    "| W1 | W2 |\n|---|---|\n| W3 | W4 | W5 |\n| W6",
    "| W1 |\n|:-:|\n| `W2|W3` | <td> W4 |",
    "## W1 {W2}",
    "### GET /W1/{W2-id} ###",
    "### W1 \\{W2}",
    "### W1 {#w .c W2}",
    "W1 {W2}\n---",
    "W1 {{#include none-W2.txt}} W3",
    "!!! note \"W1\"\n    W2\n\n    W3",
    "??? W1\n    W2",
    ":::tip[W1]\nW2\n:::",
    ":::caution\nW1",
    "```{figure} W1.png\n:name: W2\nW3\n```",
    "```{note} W1\nW2\n```",
    "```{unknown} W1\nW2\n```",
    "> [!faq]- W1\n> W2\n> > [!todo] W3\n> > W4",
    "[[W1 page]] ![[W2.png]] ![[W3 page]]",
    "{{< figure src=\"W1.png\" >}} {{% W2 %}} {% hint style=\"W3\" %}\nW4\n{% endhint %}",
    "=== \"W1\"\n\n    W2",
    "<details><summary>W1</summary>\n\nW2\n\n</details>",
    "<details>\n<summary>W1\n\nW2",
    "<div>W1\n\nW2 <p>W3",
    "W1 <!-- x\n\nW2",
    "W1 --> W2 <!-- x --> W3",
    "```text\nW1\n```",
    "~~~\nW1\n~~~~\nW2",
    "$W1 <b$ $$W2$$ \\(W3\\)",
    "W1 `W2\n:W3` W4",
    "- [ ] W1\n- [x] W2 <input>\n- [-] W3",
    "%% W1 %% ==W2== ++W3++ {--W4--} H~W5~O",
    "(W1)=\n\n% W2",
    "[W1]() ![W2]() [W3](<>) [W4](nowhere.md)",
    "[W1](javascript%3aalert) ![W2](//x.example/a.png) [W3](data%3ax)",
    "W1\tW2\n\tW3",
    "W1  \nW2\\\nW3",
    "1. W1\n\n   W2\n2. W3\n   - W4\n     > W5",
    "#W1 #tag/W2 key:: W3 ^W4",
    "<% W1 %> {W2} {/* W3 */} <W4/>",
    "&lt;W1&gt; &W2; W3&nbsp;W4",
    "*[W1]: W2",
    ".. note:: W1\n   W2",
    ":ref:`W1` {doc}`W2` ^[W3] [@W4]",
    "<svg><text>W1</text></svg> W2",
    "<textarea>\nW1\n</textarea>\nW2",
    "<pre>\nW1\n\nW2\n</pre>",
    "<?php W1\n\nW2",
    "W1\n===\n\nW2\n---\nW3",
    "# W1 #\n\n#W2",
    "<table><tr><td>W1\n\n| W2 |\n|---|\n| W3 |\n\n</table>",
];

/// Places: what stands before, what begins the first line and the others, and what follows.
const PLACES: &[[&str; 4]] = &[
    ["", "", "", ""],
    ["", "> ", "> ", ""],
    ["", "- ", "  ", ""],
    ["", "10) ", "    ", ""],
    ["", "> - ", ">   ", ""],
    ["", "1. > ", "   > ", ""],
    ["", "- a\n  - b\n\n    ", "    ", ""],
    ["x[^f]\n\n", "[^f]: ", "    ", ""],
    ["!!! note\n\n", "    ", "    ", ""],
    ["> [!NOTE]\n", "> ", "> ", ""],
    [":::note\n\n", "", "", "\n\n:::"],
    ["<details>\n<summary>s</summary>\n\n", "", "", "\n\n</details>"],
    ["<div>\n\n", "", "", "\n\n</div>"],
    ["Term\n", ":   ", "    ", ""],
    ["| a |\n|---|\n", "| ", "", " |"],
];

/// A page with a hazard in a place, or nothing where it cannot stand there.
fn hazard(text: &str, [before, first, others, after]: [&str; 4]) -> Option<String> {
    let cell = first == "| ";
    if cell && text.contains(['\n', '|']) {
        return None;
    }
    let mut lines = text.lines().map(|line| match line {
        "" => others.trim_end().to_string(),
        line => format!("{others}{line}"),
    });
    let head = format!("{first}{}", lines.next()?.strip_prefix(others)?);
    let lines: Vec<String> = std::iter::once(head).chain(lines).collect();
    let body = lines.join("\n");
    Some(format!("# P\n\n{before}{body}{after}\n\n<!-- end -->\n\nW90\n\n## W91 {{W92}}\n\nW93\n"))
}

#[test]
fn no_word_is_lost_in_any_place_or_with_any_line_end() {
    let mut files = vec![("content/index.md".to_string(), "# Home\n".to_string())];
    for (n, text) in HAZARDS.iter().enumerate() {
        for (m, place) in PLACES.iter().enumerate() {
            let Some(page) = hazard(text, *place) else { continue };
            let page = match (n + m) % 4 {
                0 => page,
                1 => page.replace('\n', "\r\n"),
                2 => page.replace('\n', "\r"),
                _ => format!("\u{feff}{page}"),
            };
            files.push((format!("content/h{n}-{m}.md"), page));
        }
    }
    let (site, found) = support::site_of(&files, &mut Default::default());
    let mut told: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (_, diagnostic) in &found {
        let Some(place) = &diagnostic.place else { continue };
        let text = files.iter().find(|(path, _)| **path == *place.file);
        let text = text.and_then(|(_, text)| text.get(place.span())).unwrap_or_default();
        told.entry(&*place.file).or_default().extend(words(text));
    }
    let mut lost = Vec::new();
    for (path, text) in &files[1..] {
        let mut there = words(&shown(&page(&site, &address(path))));
        there.extend(told.get(path.as_str()).into_iter().flatten().cloned());
        let missing: Vec<String> = words(text).difference(&there).cloned().collect();
        if !missing.is_empty() {
            lost.push(format!("{path} {missing:?}: {text:?}"));
        }
    }
    assert!(files.len() > 700 && lost.is_empty(), "{} lost\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn search_finds_what_stands_after_a_tag_in_a_sentence() {
    let (site, _) = site(&[
        ("content/index.md", "# Home\n\nx\n"),
        (
            "content/a.md",
            "# Scripts\n\nThe attacker puts a <script> tag there.\n\n## Afterwards\n\nQuokka.\n",
        ),
    ]);
    let html = page(&site, "a.html");
    assert!(html.contains("&lt;script&gt; tag there"), "{html}");
    assert!(html.contains("<h2 id=\"afterwards\""), "{html}");
    assert!(html.contains("Quokka"), "{html}");
}

/// A book of 76 bytes whose page includes itself four times, and one whose files fail to
/// include in a tree: in a process of its own with little memory.
#[cfg(unix)]
#[test]
fn includes_that_repeat_take_little_memory() {
    use std::process::Command;
    let folder = tempfile::tempdir().unwrap();
    let itself = "# T\n".to_string() + &"{{#include a.md}}\n".repeat(10);
    support::put(&folder.path().join("content/a.md"), itself);
    support::put(&folder.path().join("content/index.md"), "# H\n");
    for n in 0..10 {
        let lines = format!("{{{{#include b{}.txt}}}}\n{{{{#include none{n}.txt}}}}\n", n + 1);
        support::put(&folder.path().join(format!("content/b{n}.txt")), lines.repeat(10));
    }
    support::put(&folder.path().join("content/b.md"), "# B\n\n{{#include b0.txt}}\n");
    let command = "ulimit -v 1500000; exec \"$1\" check --all \"$2\"";
    let output = Command::new("sh")
        .args(["-c", command, "sh", env!("CARGO_BIN_EXE_casebook")])
        .arg(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("a.md` includes itself"), "{text}");
    assert!(text.contains("a page includes at most"), "{text}");
    assert!(text.lines().count() < 2_000, "{} lines", text.lines().count());
}
