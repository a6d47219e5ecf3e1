//! The examples of the CommonMark specification, all of them, through the walk that
//! makes pages.
//!
//! The specification comes from the npm package `commonmark-spec`, a development
//! dependency in `package.json`. The test is ignored otherwise; `./test` runs it.
//!
//! Casebook writes more than the specification asks for: headings have anchors, code
//! stands in a figure, images load lazily, and an image that is alone in its paragraph is
//! a figure with its title as caption. [`plain`] takes these additions away.
//! [`same`] ignores blanks around blocks, and characters that may or may not be escaped.
//! Two rules are stricter, and [`allowed`] applies them to what is expected: a link with
//! a scheme that is not on the list of allowed ones is text, and the address of a link in
//! raw HTML is written with percent escapes.

use crate::support;

use casebook::book::page::commonmark;
use regex::Regex;
use std::sync::LazyLock;
use support::project;

/// So many examples has version 0.31.2.
const EXAMPLES: usize = 652;

struct Example {
    section: String,
    markdown: String,
    html: String,
}

/// The examples of a specification: fences of 32 backticks that say `example`, with a
/// dot between Markdown and HTML, and arrows for tabs.
fn examples(spec: &str) -> Vec<Example> {
    let fence = "`".repeat(32);
    let mut out = Vec::new();
    let mut section = String::new();
    let mut lines = spec.lines();
    while let Some(line) = lines.next() {
        if line == format!("{fence} example") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != fence).collect();
            let dot = body.iter().position(|line| *line == ".").unwrap_or(body.len());
            let text = |lines: &[&str]| -> String {
                lines.iter().map(|line| line.replace('→', "\t") + "\n").collect()
            };
            let html = text(body.get(dot + 1..).unwrap_or(&[]));
            out.push(Example { section: section.clone(), markdown: text(&body[..dot]), html });
        } else if let Some(title) = line.trim_start_matches('#').strip_prefix(' ')
            && line.starts_with('#')
        {
            section = title.to_string();
        }
    }
    out
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

static ANCHOR: LazyLock<Regex> =
    LazyLock::new(|| regex(r##" <a class="anchor" href="#[^"]*" aria-label="[^"]*">#</a></h"##));
static HEADING: LazyLock<Regex> = LazyLock::new(|| regex(r#"<h([1-6]) id="[^"]*">"#));
static FIGURE: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"<figure class="code"><pre tabindex="0">"#));
static HIGHLIGHT: LazyLock<Regex> = LazyLock::new(|| regex(r#"<span class="hl-[a-z]">|</span>"#));

static CAPTION: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#"<figure class="picture">(<img [^>]*?) /><figcaption>([^<]*)</figcaption></figure>"#)
});

/// Our HTML without our additions.
fn plain(html: &str) -> String {
    let html = ANCHOR.replace_all(html, "</h");
    let html = HEADING.replace_all(&html, "<h$1>");
    let html = FIGURE.replace_all(&html, "<pre>");
    // Highlighting makes spans inside code only; the examples have none of their own.
    let html: String = html
        .split_inclusive("</code></pre>")
        .map(|part| match part.rfind("<pre><code") {
            Some(at) => part[..at].to_string() + &HIGHLIGHT.replace_all(&part[at..], ""),
            None => part.to_string(),
        })
        .collect();
    let html = html.replace("</pre></figure>", "</pre>").replace(" loading=\"lazy\"", "");
    CAPTION.replace_all(&html, "<p>$1 title=\"$2\" /></p>").into_owned()
}

/// One form for both sides: no blank lines or line breaks between tags, and quotation
/// marks and apostrophes in text unescaped.
fn same(html: &str) -> String {
    let html = html.replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'");
    // A colon in a path is written so that no scheme can come of it.
    let html = html.replace("%3A", ":");
    let html = regex(r">\s+<").replace_all(&html, "><").into_owned();
    html.trim().to_string()
}

static FOREIGN: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#"<a href="(?:irc|a\+b\+c|made-up-scheme|localhost):[^"]*">([^<]*)</a>"#)
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| regex(r#"<a href="([^"]*)""#));

/// What is expected, under the two stricter rules.
fn allowed(example: &Example) -> String {
    let html = FOREIGN.replace_all(&example.html, "$1");
    if !example.markdown.contains("<a href=\"") {
        return html.into_owned();
    }
    let escape = |found: &regex::Captures<'_>| {
        let mut out = String::from("<a href=\"");
        // A browser drops line breaks in an address, and reads names of characters.
        for byte in found[1].replace("&ouml;", "%C3%B6").bytes() {
            match byte {
                b'\n' => {}
                b'\\' | b' ' | b'`' => out.push_str(&format!("%{byte:02X}")),
                _ => out.push(byte as char),
            }
        }
        out + "\""
    };
    ADDRESS.replace_all(&html, escape).into_owned()
}

#[test]
#[ignore = "reads the package commonmark-spec"]
fn every_example_of_the_specification() {
    let path = project("node_modules/commonmark-spec/spec.txt");
    let spec = std::fs::read_to_string(&path).expect("`npm ci` has installed commonmark-spec");
    let examples = examples(&spec);
    assert_eq!(examples.len(), EXAMPLES);
    let mut wrong = Vec::new();
    for (number, example) in examples.iter().enumerate() {
        let actual = commonmark(&example.markdown);
        if same(&plain(&actual)) != same(&allowed(example)) {
            wrong.push(format!(
                "example {} ({}): {:?}\nexpected {:?}\n     got {:?}\n",
                number + 1,
                example.section,
                example.markdown,
                example.html,
                plain(&actual)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    println!("{EXAMPLES} examples of CommonMark 0.31.2 are the same");
}
