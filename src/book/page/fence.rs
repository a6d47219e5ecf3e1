//! Code fences: what stands after the backticks, and the figure that comes out.

use super::highlight;
use crate::text::markup::escaped;
use std::sync::OnceLock;

/// What the words after a fence's backticks say:
/// ```` ```rust,ignore title="src/a.rs" {2,4-6} ````.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Info {
    /// The language, or the name of a structured block.
    pub language: String,
    /// Whether the language stands in braces, as other programs have it: `{python}`.
    pub braced: bool,
    /// The caption.
    pub title: Option<String>,
    /// The name of the tab that it stands in.
    pub tab: Option<String>,
    /// Lines to mark, from 1: first and last of each range.
    pub marked: Vec<(usize, usize)>,
    /// Other words, such as `ignore` or `dfd`.
    pub flags: Vec<String>,
}

/// What parts the words.
const BLANKS: [char; 3] = [' ', ',', '\t'];

/// Directives of Sphinx that hold code in the language that follows.
const CODE: [&str; 4] = ["code", "code-block", "code-cell", "sourcecode"];

impl Info {
    /// Reads an info string. Never fails: what is not understood is a flag.
    pub fn parse(info: &str) -> Info {
        let mut parsed = Info::default();
        let info = info.trim_start_matches(BLANKS);
        match info.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            // `{python}`, `{.python hl_lines="2"}`
            Some((inner, after)) if !inner.trim().starts_with(|c: char| c.is_ascii_digit()) => {
                let inner = inner.trim_start().trim_start_matches('.');
                let rest = parsed.language(inner);
                parsed.words(rest);
                let code = CODE.contains(&parsed.language.as_str());
                let rest = match code {
                    true => parsed.language(after.trim_start()),
                    false => after,
                };
                parsed.words(rest);
                parsed.braced = true;
                // What a directive names is a word of its author: a file, a heading.
                let named = Some(after.trim()).filter(|named| !code && !named.is_empty());
                parsed.title = parsed.title.take().or(named.map(str::to_string));
            }
            _ => {
                let rest = parsed.language(info);
                parsed.words(rest);
            }
        }
        parsed
    }

    /// Takes the language at the head of a text: `js`, `js:src/a.js`, `python=101`.
    fn language<'t>(&mut self, text: &'t str) -> &'t str {
        let end = text.find([' ', ',', '{', '\t', ':', '=']).unwrap_or(text.len());
        self.language = text[..end].to_string();
        let rest = &text[end..];
        let word = rest.find(BLANKS).unwrap_or(rest.len());
        match rest.as_bytes().first() {
            Some(b':') => {
                let name = rest[1..word].trim_start_matches("title=");
                self.title = Some(name.trim_matches(['"', '\'']).to_string());
                self.title = self.title.take().filter(|title| !title.is_empty());
                &rest[word..]
            }
            Some(b'=') => &rest[word..],
            _ => rest,
        }
    }

    /// Takes what follows the language.
    fn words(&mut self, text: &str) {
        let mut rest = text.trim_start_matches(BLANKS);
        while !rest.is_empty() {
            let taken = match rest.strip_prefix('{') {
                Some(after) => {
                    let close = after.find('}').unwrap_or(after.len());
                    self.marked.extend(after[..close].split(',').filter_map(range));
                    1 + (close + 1).min(after.len())
                }
                None => self.word(rest),
            };
            rest = rest[taken..].trim_start_matches(BLANKS);
        }
    }

    /// Takes one word or `key="value"`; how long it is.
    fn word(&mut self, text: &str) -> usize {
        let end = text.find([' ', ',', '\t', '{', '=']).unwrap_or(text.len());
        let Some(after) = text[end..].strip_prefix('=') else {
            self.flags.push(text[..end].to_string());
            return end.max(1);
        };
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, length) = match quote {
            Some(quote) => {
                let inner = &after[1..];
                let close = inner.find(quote).unwrap_or(inner.len());
                (&inner[..close], 1 + (close + 1).min(inner.len()))
            }
            None => {
                let close = after.find([' ', '\t']).unwrap_or(after.len());
                (&after[..close], close)
            }
        };
        let length = end + 1 + length;
        let filled = || Some(value.to_string()).filter(|value| !value.is_empty());
        match &text[..end] {
            "title" | "filename" | "caption" => self.title = filled(),
            "tab" => self.tab = filled(),
            "hl_lines" => self.marked.extend(value.split(BLANKS).filter_map(range)),
            _ => self.flags.push(text[..length].to_string()),
        }
        length
    }

    fn is_marked(&self, line: usize) -> bool {
        self.marked.iter().any(|(from, to)| (*from..=*to).contains(&line))
    }
}

fn range(text: &str) -> Option<(usize, usize)> {
    let number = |s: &str| s.trim().parse::<usize>().ok();
    match text.split_once('-') {
        Some((from, to)) => Some((number(from)?, number(to)?)),
        None => number(text).map(|n| (n, n)),
    }
}

/// The HTML of a code block. `register` keeps its lines and gives what stands for them.
pub fn figure(code: &str, info: &Info, register: impl FnOnce(Listing) -> String) -> String {
    let mut out = String::from("<figure class=\"code\">");
    if let Some(title) = &info.title {
        out.push_str(&format!("<figcaption>{}</figcaption>", escaped(title)));
    }
    out.push_str("<pre tabindex=\"0\"><code");
    if !info.language.is_empty() {
        out.push_str(&format!(" class=\"language-{}\"", escaped(&info.language)));
    }
    out.push('>');
    out.push_str(&register(Listing::new(code, info)));
    out.push_str("</code></pre></figure>\n");
    out
}

/// The lines of a code block. They are highlighted when they are shown, and once.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    language: String,
    text: Box<str>,
    /// Of each line the class of the whole line, if it has one.
    classes: Vec<&'static str>,
    highlighted: OnceLock<Box<str>>,
}

/// What is derived from the text does not count.
impl PartialEq for Listing {
    fn eq(&self, other: &Listing) -> bool {
        (&self.language, &self.text, &self.classes)
            == (&other.language, &other.text, &other.classes)
    }
}

impl Listing {
    fn new(code: &str, info: &Info) -> Listing {
        let rust = info.language == "rust" || info.language == "rs";
        let mut text = String::with_capacity(code.len());
        let mut classes = Vec::new();
        for (at, line) in code.split_inclusive('\n').enumerate() {
            let hidden = rust && hide_rust(line, &mut text);
            if !rust {
                text.push_str(line);
            }
            classes.push(match (info.is_marked(at + 1), hidden) {
                (_, true) => "boring",
                (true, _) => "line-hl",
                _ => "",
            });
        }
        let language = info.language.clone();
        Listing { language, text: text.into(), classes, highlighted: OnceLock::new() }
    }

    /// The lines with the classes of the theme.
    pub fn highlighted(&self) -> &str {
        self.highlighted
            .get_or_init(|| self.html(&highlight::lines(&self.text, &self.language)).into())
    }

    /// The lines as they are, for those who want to know only what they say.
    pub fn plain(&self) -> String {
        let lines: Vec<String> = self.text.split_inclusive('\n').map(plain_line).collect();
        self.html(&lines)
    }

    fn html(&self, lines: &[String]) -> String {
        let mut out = String::with_capacity(self.text.len() * 2);
        for (line, class) in lines.iter().zip(&self.classes) {
            match *class {
                "" => out.push_str(line),
                class => out.push_str(&format!("<span class=\"{class}\">{line}")),
            }
            out.push('\n');
            if !class.is_empty() {
                out.push_str("</span>");
            }
        }
        out
    }
}

fn plain_line(line: &str) -> String {
    escaped(line.trim_end_matches(['\n', '\r']))
}

/// Lines that begin with `# ` are compiled by Rust's documentation tests and not
/// shown; `##` stands for `#`. Writes the line as it is shown; true when hidden.
fn hide_rust(line: &str, shown: &mut String) -> bool {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let (blank, rest) = line.split_at(indent);
    if let Some(after) = rest.strip_prefix("##") {
        shown.push_str(blank);
        shown.push('#');
        shown.push_str(after);
        return false;
    }
    let bare = rest.trim_end();
    if bare == "#" || rest.starts_with("# ") {
        shown.push_str(blank);
        shown.push_str(rest.strip_prefix("# ").unwrap_or_else(|| &rest[1..]));
        return true;
    }
    shown.push_str(line);
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn info_strings() {
        let info = Info::parse("rust,ignore title=\"src/a b.rs\" {2,4-6}");
        assert_eq!(info.language, "rust");
        assert_eq!(info.title.as_deref(), Some("src/a b.rs"));
        assert_eq!(info.marked, [(2, 2), (4, 6)]);
        assert_eq!(info.flags, ["ignore"]);
        assert_eq!(Info::parse("").language, "");
        assert_eq!(Info::parse("mermaid dfd").flags, ["dfd"]);
        let tabbed = Info::parse("sh tab=\"macOS, Linux\" title=\"x\"");
        assert_eq!(
            (tabbed.tab.as_deref(), tabbed.title.as_deref()),
            (Some("macOS, Linux"), Some("x"))
        );
        for (text, language, title) in [
            ("js:src/x.js", "js", Some("src/x.js")),
            ("js:title=\"a.js\"", "js", Some("a.js")),
            ("python=101", "python", None),
            ("{python}", "python", None),
            ("{.python title='a b'}", "python", Some("a b")),
            ("{code-block} python", "python", None),
            ("js filename=a.js showLineNumbers", "js", Some("a.js")),
            ("c++", "c++", None),
            ("{2,3}", "", None),
        ] {
            let info = Info::parse(text);
            assert_eq!(
                (info.language.as_str(), info.title.as_deref()),
                (language, title),
                "{text}"
            );
        }
        let python = Info::parse("{ .py3 hl_lines=\"1 3-4\" linenums=\"1 2\" }");
        assert_eq!(python.marked, [(1, 1), (3, 4)]);
        assert_eq!(python.flags, ["linenums=\"1 2\""]);
        for odd in
            ["x title=\"", "x tab=\"", "x tab=\"é", "x {", "x {a-}", ",,,", "x title=\"é", "{"]
        {
            Info::parse(odd);
        }
    }

    #[test]
    fn hidden_and_marked_lines() {
        let code = "# fn main() {\nlet x = 1;\n## y\n# }\n";
        let listing = Listing::new(code, &Info::parse("rust {2}"));
        for html in [listing.highlighted(), &listing.plain()] {
            assert_eq!(html.matches("class=\"boring\"").count(), 2, "{html}");
            assert_eq!(html.matches("class=\"line-hl\"").count(), 1);
        }
        let bash = Listing::new("# a comment\n", &Info::parse("bash"));
        assert!(!bash.plain().contains("boring") && bash.plain().ends_with("a comment\n"));
    }
}
