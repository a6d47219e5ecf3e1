//! Looks for what is not for the readers of a site in what is about to be written: IDs, titles
//! and long sequences of words. It knows nothing of how a page is made, so it also finds what a
//! template, a script's data or an author lets through.

use crate::book::graph::Graph;
use crate::book::selection::Why;
use crate::site::Site;
use percent_encoding::percent_decode_str;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{Hash, Hasher};

/// So many words in a row are no chance.
const SEQUENCE: usize = 8;

/// A title of fewer words may be an ordinary phrase.
const TITLE: usize = 3;

/// What must not be in the output.
#[derive(Debug, Default)]
pub struct Leaks {
    /// Hashes of sequences of words, by their number, with what each is.
    needles: BTreeMap<usize, FxHashMap<u64, usize>>,
    what: Vec<What>,
}

/// Something that must not be in the output.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Id(String),
    Title(String),
    Path(String),
    Words { file: String, words: String },
}

/// Something that is in the output, and must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The address.
    pub url: String,
    what: What,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = &self.url;
        match &self.what {
            What::Id(id) => write!(f, "`{url}` names `{id}`"),
            What::Title(title) => write!(f, "`{url}` has the title \u{201c}{title}\u{201d}"),
            What::Path(path) => write!(f, "`{url}` names the file `{path}`"),
            What::Words { file, words } => {
                write!(f, "`{url}` has words of `{file}`: \u{201c}{words} ...\u{201d}")
            }
        }
    }
}

impl Leaks {
    /// What must not be in the output of a site; `None` where everything may.
    pub fn of(site: &Site) -> Option<Leaks> {
        let absent = &site.graph.absent;
        if absent.secrets.is_empty() {
            return None;
        }
        let mut leaks = Leaks::default();
        for name in absent.names().filter(|name| absent.why(name) == Some(Why::Audience)) {
            if name.contains('-') && !name.contains(['/', '.']) {
                leaks.add(&words(name), What::Id(name.to_ascii_uppercase()));
            }
        }
        leaks.add_paths(site);
        let titles = titles(&site.graph);
        for title in absent.secrets.iter().filter_map(|secret| secret.title.as_ref()) {
            let own = words(title);
            if own.len() >= TITLE && !titles.contains(&own) {
                leaks.add(&own, What::Title(title.clone()));
            }
        }
        let shown = shown(site);
        for secret in &absent.secrets {
            let own = words(&secret.text);
            for part in own.windows(SEQUENCE).filter(|part| !shown.contains(&hash(part))) {
                let file = secret.file.to_string();
                leaks.add(part, What::Words { file, words: part.join(" ") });
            }
        }
        Some(leaks)
    }

    /// The files that readers hear nothing of: by their paths, and by names that no other has.
    fn add_paths(&mut self, site: &Site) {
        let absent = &site.graph.absent;
        let is_path = |name: &&str| name.contains(['/', '.']);
        let kept = site.addresses().into_iter().map(|url| words(&url));
        let kept: Vec<Vec<String>> = kept
            .chain(site.graph.nodes.iter().map(|node| words(&site.graph.pages[node.page].path)))
            .collect();
        let is_kept = |own: &[String]| kept.iter().any(|kept| kept.ends_with(own));
        for path in absent.names().filter(is_path) {
            if absent.why(path) != Some(Why::Audience) {
                continue;
            }
            let page = path.strip_suffix(".md").map(|stem| format!("{stem}.html"));
            for path in [Some(path), page.as_deref()].into_iter().flatten() {
                let name = path.rsplit('/').next().unwrap_or(path);
                let own = [path, name].map(words).into_iter();
                for own in own.filter(|own| own.len() > 1 && !is_kept(own)) {
                    self.add(&own, What::Path(path.to_string()));
                }
            }
        }
    }

    fn add(&mut self, words: &[String], what: What) {
        self.needles.entry(words.len()).or_default().entry(hash(words)).or_insert(self.what.len());
        self.what.push(what);
    }

    /// The first of it in what stands at an address, if there is any.
    pub fn find(&self, url: &str, bytes: &[u8]) -> Option<Leak> {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let number = forms(url, text).find_map(|text| self.number(&words(&text)))?;
        Some(Leak { url: url.to_string(), what: self.what[number].clone() })
    }

    fn number(&self, words: &[String]) -> Option<usize> {
        self.needles.iter().filter(|(length, _)| **length > 0).find_map(|(length, needles)| {
            words.windows(*length).find_map(|part| needles.get(&hash(part)).copied())
        })
    }
}

/// The titles that readers may see.
fn titles(graph: &Graph) -> BTreeSet<Vec<String>> {
    graph.nodes.iter().map(|node| words(&node.title)).collect()
}

/// Sequences of words that stand in what readers may see.
fn shown(site: &Site) -> FxHashSet<u64> {
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for (_, key, file) in site.sources.published() {
        texts.extend(file.text().map(|text| (&**key, text.to_string())));
    }
    for secret in &site.graph.absent.secrets {
        if let Some(text) = texts.get_mut(&*secret.file) {
            *text = text.replace(&secret.text, "\n");
        }
    }
    let parts = |text: &String| -> Vec<u64> { words(text).windows(SEQUENCE).map(hash).collect() };
    texts.values().flat_map(parts).collect()
}

/// The words of a text in lower case.
fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect()
}

fn hash(words: &[String]) -> u64 {
    let mut hasher = FxHasher::default();
    words.hash(&mut hasher);
    hasher.finish()
}

/// A text as it is written, and in the forms in which a reader sees it. With tags a sentence is
/// broken, without them attributes are lost; what stands between two tags is a word alone, or a
/// part of one.
fn forms<'t>(url: &'t str, text: &'t str) -> impl Iterator<Item = Cow<'t, str>> {
    let raw = text.replace("\\n", " ").replace("\\\"", " ");
    let said = entities(&raw);
    let coded = [url, text].into_iter().filter(|text| text.contains('%'));
    let coded = coded.map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned());
    let tags = said.contains('<').then(|| [without_tags(&said, ""), without_tags(&said, " ")]);
    let made = tags.into_iter().flatten().chain(coded).map(Cow::Owned);
    [Cow::Borrowed(url), Cow::Owned(said.into_owned())].into_iter().chain(made.collect::<Vec<_>>())
}

/// A text with the signs that escapes of HTML stand for.
fn entities(text: &str) -> Cow<'_, str> {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
    let signs = signs.into_iter().chain([("&#x2F;", "/"), ("&nbsp;", " "), ("&amp;", "&")]);
    let mut out = Cow::Borrowed(text);
    for (entity, sign) in signs {
        if out.contains(entity) {
            out = Cow::Owned(out.replace(entity, sign));
        }
    }
    out
}

/// A text of HTML without its tags.
fn without_tags(text: &str, between: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, part) in text.split('<').enumerate() {
        let seen = part.split_once('>').map_or(part, |(_, seen)| seen);
        out.push_str(if number == 0 { part } else { between });
        out.push_str(if number == 0 { "" } else { seen });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_titles_and_sequences_are_found_in_every_form() {
        let mut leaks = Leaks::default();
        leaks.add(&words("T-SEC-001"), What::Id("T-SEC-001".into()));
        leaks.add(&words("The falcon lands tonight"), What::Title("t".into()));
        let found = |text: &str| leaks.find("a.html", text.as_bytes()).is_some();
        for text in [
            "see T-SEC-001",
            "<a href=\"threats/t-sec-001.html\">x</a>",
            "the <em>falcon</em> lands\ntonight",
            "{\"title\":\"The falcon\\nlands tonight\"}",
            "<img alt=\"the falcon lands tonight\">",
            "<tspan>The falcon</tspan><tspan>lands</tspan><tspan>tonight</tspan>",
            "&lt;p&gt;The falcon &lt;em&gt;lands&lt;/em&gt; tonight",
            "mailto:x?subject=The%20falcon%20lands%20tonight",
        ] {
            assert!(found(text), "{text}");
        }
        assert!(!found("T-SEC-0010, the falcon lands") && !found("T-SEC"));
        assert!(leaks.find("threats/t-sec-001.html", b"").is_some());
    }
}
