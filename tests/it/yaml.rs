//! Nothing that an author writes as data is lost without a word: for each key of front
//! matter and blocks, and each form that YAML knows, the text is on the page or in a
//! finding.

use crate::support::site_of;
use casebook::book::page::{BlockKind, META_KEYS};
use casebook::site::{Memo, Site};
use casebook::text::markup::escaped;

/// Values, with `W` where a word stands that nothing else has. What follows a line break
/// is indented by the case.
const FORMS: &[&str] = &[
    "W",
    "\"W\"",
    "'W'",
    "W # W2",
    "W #W2",
    "#W",
    "# W",
    "!W x",
    "!!W x",
    "!W",
    "&W x",
    "*W",
    "|\n W",
    ">-\n W\n W2",
    "|+\n W\n\n",
    "[W]",
    "[x, W]",
    "[W #W2\n ]",
    "[[W]]",
    "[{a: W}]",
    "\n - W",
    "\n - - W",
    "\n a: W",
    "{W: x}",
    "{a: W}",
    "{a: {b: W}}",
    "W\n W2",
    "W\n #W2",
    "\"W\n W2\"",
    "\"W\" W2",
    "a: W",
    "@W",
    "`W`",
    "%W",
    "? W",
    "- W",
    "<W>",
    "W: x",
    "\"W\"#W2",
    "[W",
    "W\tW2",
    "{<<: {a: W}}",
    "W\\n",
    "\"\\x41 W\"",
    "W---",
    "--- W",
    "... W",
    "x\n... W",
];

/// Words that YAML might take for something else.
const WORDS: &[&str] = &[
    "~",
    "null",
    "Null",
    "NULL",
    "no",
    "yes",
    "on",
    "off",
    "y",
    "n",
    "True",
    "007",
    "1.10",
    "1_000",
    "0x1F",
    "0o17",
    "1e3",
    ".5",
    "+7",
    "-0",
    ".inf",
    ".nan",
    "12:30",
    "2026-02-30",
    "2001-12-14t21:59:43.10-05:00",
    "=",
    "<<",
    "9007199254740993",
    "0b11",
    "1,000",
];

/// Findings that speak of all that follows.
const WHOLE: [&str; 3] = ["malformed-front-matter", "malformed-fence", "unclosed-front-matter"];

/// A file, what must not be lost of it, and where that stands.
struct Case {
    path: String,
    key: String,
    text: String,
    words: Vec<String>,
}

fn case(number: usize, folder: &str, before: &str, key: &str, form: &str, after: &str) -> Case {
    let path = format!("content/{folder}/p{number}.md");
    let (one, two) = (format!("zq{number}a"), format!("zq{number}b"));
    let pad = " ".repeat(before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1);
    let value = form.replace('\n', &format!("\n{pad}")).replace("W2", "\u{1}").replace('W', &one);
    let value = value.replace('\u{1}', &two);
    let mut words: Vec<String> =
        [one, two].into_iter().filter(|w| value.contains(w.as_str())).collect();
    if words.is_empty() {
        words.push(value.clone());
    }
    Case { path, key: key.into(), text: format!("{before}{key}: {value}\n{after}"), words }
}

fn cases() -> Vec<Case> {
    let mut out = Vec::new();
    let forms = || FORMS.iter().chain(WORDS);
    let roles = ["requirements", "related", "supersedes"];
    for key in META_KEYS.iter().map(|key| key.key).chain(roles).chain(["unheard-of"]) {
        for form in forms() {
            // The least that an entry needs to show all that is said of it.
            let own = match key {
                "id" => "title: T\n".to_string(),
                "title" => format!("id: T-X-{}\n", out.len()),
                "source" => format!("id: T-X-{}\ntitle: T\naction: act\n", out.len()),
                "action" => format!("id: T-X-{}\ntitle: T\nsource: one\n", out.len()),
                _ => format!("id: T-X-{}\ntitle: T\nsource: one\naction: act\n", out.len()),
            };
            // Numbers in other writing are the same number.
            if key == "order" && WORDS.contains(form) {
                continue;
            }
            let before = format!("---\n{own}");
            out.push(case(out.len(), "threats", &before, key, form, "---\n\nText.\n"));
        }
    }
    let kinds =
        [BlockKind::Threats, BlockKind::Assumptions, BlockKind::Requirements, BlockKind::Reviews];
    for kind in kinds {
        let own = ["use", "id", "title", "risk", "unheard-of"].into_iter();
        let own = own.filter(|_| kind.uses_entries());
        for key in own.chain(kind.columns().iter().map(|column| column.key.word())) {
            for form in forms() {
                // What another page may be called by is no word without meaning.
                if key == "id" && WORDS.contains(form) {
                    continue;
                }
                let head = "---\ntitle: T\n---\n\n```";
                let mut before = format!("{head}{}\n- x-own: 1\n", kind.name());
                if kind.uses_entries() && !["title", "id", "use"].contains(&key) {
                    before += "  title: Own\n";
                }
                out.push(case(out.len(), "models", &(before + "  "), key, form, "```\n"));
            }
        }
    }
    out
}

#[test]
fn each_value_is_on_the_page_or_in_a_finding() {
    let cases = cases();
    let files: Vec<(String, String)> =
        cases.iter().map(|case| (case.path.clone(), case.text.clone())).collect();
    let (site, found) = site_of(&files, &mut Memo::default());
    let mut lost = Vec::new();
    for case in &cases {
        let told: Vec<_> = found
            .iter()
            .map(|(_, found)| found)
            .filter(|found| found.place.as_ref().is_some_and(|place| *place.file == *case.path))
            .collect();
        let page = shown(&site, &case.path);
        // Yes or no is all that these keys say; `off` is a way to say no.
        if ["draft", "example"].contains(&case.key.as_str()) {
            continue;
        }
        for word in &case.words {
            let at = case.text.find(word.as_str()).unwrap();
            let in_finding = told.iter().any(|found| {
                let place = found.place.as_ref().unwrap();
                let texts = [Some(&found.message), Some(&found.label), found.help.as_ref()];
                let whole = WHOLE.contains(&found.code.name())
                    || found.message.contains("unheard-of")
                    || found.message.contains(&format!("unknown key `{}`", case.key));
                whole
                    || (place.start < at + word.len() && at < place.end)
                    || texts.into_iter().flatten().any(|text| text.contains(word.as_str()))
            });
            if !in_finding && !page.contains(&escaped(word)) {
                lost.push(format!("{word} of `{}` in\n{}", case.key, case.text));
            }
        }
    }
    assert!(
        lost.is_empty(),
        "{} lost, such as\n{}",
        lost.len(),
        lost[..lost.len().min(5000)].join("\n")
    );
}

/// What a reader gets of a file: its page. Of a draft nobody gets anything, as it says.
fn shown(site: &Site, file: &str) -> String {
    let node = (0..site.graph.nodes.len()).find(|node| *site.graph.page(*node).file == *file);
    let Some(node) = node else { return site.text(file).unwrap_or_default().to_string() };
    let url = &site.graph.nodes[node].url;
    let page = site.render(url).unwrap().unwrap();
    String::from_utf8_lossy(&page).into_owned()
}
