//! Raw HTML: for every element of HTML, nothing is lost and nothing that follows changes.

use super::*;
use crate::book::config::HtmlPolicy;
use crate::book::page::html::clean;
use crate::book::page::raw::element::{ELEMENTS, is_void};

/// What follows the tag under test.
const REST: &str = "## After\n\nText with `code`, **bold** and [a link](b.md).\n\n\
    | head |\n|---|\n| cell |\n\n- [ ] task\n- item\n\n> [!NOTE]\n> Alert\n\n\
    ```text\nfn f() {}\n```\n\nLast words.\n";

/// Names of no element, as authors write them for a placeholder.
const PLACEHOLDERS: [&str; 5] = ["your-name", "String", "T", "path", "foreignObject"];

/// Ways to write a tag where it has no partner; `E` is the element, `F` another.
const UNCLOSED: [&str; 28] = [
    "Puts a <E> tag there.",
    "Puts a <E class=\"x\"> tag there.",
    "Puts a <E/> tag there.",
    "Puts a </E> tag there.",
    "Vec<E> and Map<E, E>.",
    "Puts a\n<E> tag there.",
    "Puts *a <E> tag* there </E> again.",
    "Puts <F><E> tag</F> there.",
    "Puts <E><F> tag</E></F> there.",
    "Puts `code\n<E> tag` there.",
    "- one\n- puts a <E> tag\n- three",
    "- one\n- <E> tag\n- three",
    "- one\n\n  <E>\n\n  text\n- three",
    "> puts a <E> tag\n> there",
    "> <E>\n> there",
    "| one | two |\n|---|---|\n| a <E> tag | there |\n| next | row |",
    "| <E> | two |\n|---|---|\n| </E> | there |",
    "### Puts a <E> tag",
    "<E>",
    "<E> tag there.",
    "<E>\ntag there\n<E>\nagain",
    "</E>",
    "</E> tag there.",
    "<div>\n<E>\ntag there\n</div>",
    "<div>\n<E>\n\ntag there\n\n</div>",
    "<E class=\"x\">\n\ntag there",
    "<E class=\"x\ntag there",
    "[^1] note\n\n[^1]: puts a <E> tag",
];

fn with_policy(text: &str, policy: HtmlPolicy) -> Page {
    let file: Arc<str> = "content/a.md".into();
    let config = Config { html: policy, ..Config::default() };
    parse(&file, "a.md", &Expanded::plain(&file, text.into()), &config)
}

fn shown(page: &Page) -> String {
    let mut out = String::new();
    for piece in &page.articles[0].body.pieces {
        match piece {
            Piece::Html(html) => out.push_str(html),
            Piece::Hole(Hole::Label(label)) => out.push_str(&format!("{label:?}")),
            Piece::Hole(Hole::Open(_)) => out.push_str("<a href=\"x\">"),
            Piece::Hole(_) => out.push_str("</a>"),
        }
    }
    clean(&out, false)
}

/// What stands outside tags, by word.
fn words(html: &str) -> Vec<String> {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            _ if inside => {}
            c => text.push(c),
        }
    }
    let text = text.replace("&lt;", " ").replace("&gt;", " ").replace("&quot;", " ");
    let parts = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    parts
        .map(|word| word.trim_matches('-'))
        .filter(|word| !word.is_empty())
        .map(str::to_string)
        .collect()
}

/// What stands after the tag in the page, and before the footnotes.
fn tail(out: &str) -> &str {
    let out = out.split("<section class=\"footnotes\"").next().unwrap_or(out);
    out.find("<h2 id=\"after\"").map_or("", |at| &out[at..])
}

#[test]
fn no_element_changes_what_follows_or_loses_a_word() {
    let after = shown(&with_policy(REST, HtmlPolicy::Sanitize));
    for policy in [HtmlPolicy::Sanitize, HtmlPolicy::Escape, HtmlPolicy::Allow] {
        for (number, element) in ELEMENTS.iter().chain(&PLACEHOLDERS).enumerate() {
            for (index, form) in UNCLOSED.into_iter().enumerate() {
                // The policies share their code: each pair is tried with one of them.
                if policy != HtmlPolicy::Sanitize && (number + index) % 4 != 0 {
                    continue;
                }
                let other = if *element == "b" { "i" } else { "b" };
                let source = form.replace('E', element).replace('F', other);
                let page = with_policy(&format!("{source}\n\n{REST}"), policy);
                let out = shown(&page);
                assert_eq!(tail(&out), tail(&after), "{policy:?}: {source}\n{:?}", page.found);
                let there = words(&out);
                for word in words(&source.replace(['<', '>'], " ")) {
                    let named = word == *element || word == "div" || word == other || word == "x";
                    let told = page.found.iter().any(|d| {
                        let at = d.place.as_ref().and_then(|place| source.get(place.span()));
                        at.is_some_and(|covered| covered.contains(&word))
                    });
                    // Tags that stay are no words.
                    let stays = named || word == "class";
                    let seen = there.contains(&word) || told || stays;
                    assert!(seen, "{policy:?}: `{word}` of `{source}` is lost in {out}");
                }
            }
        }
    }
}

#[test]
fn a_tag_without_its_partner_is_text() {
    for element in ELEMENTS.iter().chain(&PLACEHOLDERS) {
        let kept_alone = is_void(element) && !matches!(*element, "image");
        for form in ["Puts a <E> tag there.", "Puts a\n<E> tag there."] {
            let source = form.replace('E', element);
            let page = with_policy(&source, HtmlPolicy::Sanitize);
            let out = shown(&page);
            let seen = out.contains(&format!("&lt;{element}&gt;"));
            assert!(seen || kept_alone, "{source}: {out}");
            let told = page.found.iter().any(|d| d.code == Code::HtmlAsText);
            assert_eq!(told, seen, "{source}: {:?}", page.found);
        }
        let page = with_policy(&format!("# The <{element}> tag\n\nText."), HtmlPolicy::Sanitize);
        let title = &page.articles[0].title.as_ref().unwrap().text;
        assert!(title == &format!("The <{element}> tag") || kept_alone, "{title}");
    }
}

#[test]
fn elements_with_their_partner_stay() {
    for (source, expected) in [
        ("a <b>x</b> <i>y</i> c", "<p>a <b>x</b> <i>y</i> c</p>\n"),
        ("a <a id=\"k\"/>x <a name=\"l\">y", "<p>a <a id=\"k\"></a>x <a name=\"l\"></a>y</p>\n"),
        ("a <font color=red>x</font>", "<p>a x</p>\n"),
        ("a<br>b<br/>c<wbr>d", "<p>a<br>b<br>c<wbr>d</p>\n"),
        ("<!-- c -->\n\na <!-- d --> b", "\n<p>a  b</p>\n"),
        (
            "<details>\n<summary>s</summary>\n\n*x*\n\n</details>\n\ny",
            "<details>\n<summary>s</summary>\n<p><em>x</em></p>\n</details>\n<p>y</p>\n",
        ),
        (
            "<table>\n<tr><td>a<td>b\n<tr><td>\n\n*c*\n\n</table>\n\ny",
            "<div class=\"table-wrap\" tabindex=\"0\"><table>\n<tbody><tr><td>a</td><td>b\n\
             </td></tr><tr><td>\n<p><em>c</em></p>\n</td></tr></tbody></table></div>\n\
             <p>y</p>\n",
        ),
        ("<ul><li>a<li>b</ul>\n\ny", "<ul><li>a</li><li>b</li></ul>\n<p>y</p>\n"),
        ("<p>x\n\ny", "<p>x\n</p>\n<p>y</p>\n"),
        ("<form>words</form>\n\ny", "<p>words</p>\n<p>y</p>\n"),
        ("<textarea>a <b>c</b></textarea>\n\ny", "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n<p>y</p>\n"),
        ("<script>alert(1)\n\n# x</script>\n\ny", "<p>y</p>\n"),
        ("</div>\n\n<div>\n\ny", "\n\n<p>y</p>\n"),
    ] {
        let out = shown(&with_policy(source, HtmlPolicy::Sanitize));
        assert_eq!(out.trim_start(), expected.trim_start(), "{source}");
    }
}

#[test]
fn what_is_left_out_is_told_with_its_place() {
    for (source, code, at) in [
        ("a <script> b", Code::HtmlAsText, "<script>"),
        ("a Vec<String> b", Code::HtmlAsText, "<String>"),
        ("a\n\n<your-name>\n\nb", Code::HtmlAsText, "<your-name>"),
        ("a\n\n<script>x</script>\n\nb", Code::RemovedHtml, "<script>"),
        ("a\n\n<div>\n\nb", Code::RemovedHtml, "<div>"),
        ("a\n\n</div>\n\nb", Code::RemovedHtml, "</div>"),
        ("a <form>b</form>", Code::RemovedHtml, "<form>"),
        ("- a\n\n  > <iframe src=x></iframe>\n", Code::RemovedHtml, "<iframe src=x>"),
        ("a\n\n<td> b", Code::HtmlAsText, "<td>"),
        ("a <p onclick=\"x\">b</p>", Code::RemovedHtml, "<p onclick=\"x\">"),
    ] {
        let page = with_policy(source, HtmlPolicy::Sanitize);
        let told: Vec<_> = page
            .found
            .iter()
            .map(|d| (d.code, &source[d.place.as_ref().unwrap().span()]))
            .collect();
        assert_eq!(told, [(code, at)], "{source}");
    }
}

#[test]
fn unbalanced_html_takes_linear_time() {
    let count = 3_000;
    for piece in [
        "<b>",
        "</b>",
        "<b></i>",
        "<div>\n\n",
        "<td> x\n",
        "<script> x\n",
        "<!-- x\n",
        "<a \"",
        ":x\n\n",
        "a\n:x\n\n",
        "> <td> x\n\n",
    ] {
        let page = with_policy(&piece.repeat(count), HtmlPolicy::Sanitize);
        assert!(!page.articles.is_empty());
    }
}
