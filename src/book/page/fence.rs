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
    /// The caption.
    pub title: Option<String>,
    /// The name of the tab that it stands in.
    pub tab: Option<String>,
    /// Lines to mark, from 1: first and last of each range.
    pub marked: Vec<(usize, usize)>,
    /// Other words, such as `ignore` or `dfd`.
    pub flags: Vec<String>,
}

impl Info {
    /// Reads an info string. Never fails: what is not understood is a flag.
    pub fn parse(info: &str) -> Info {
        let mut parsed = Info::default();
        let end = info.find([' ', ',', '{', '\t']).unwrap_or(info.len());
        parsed.language = info[..end].to_string();
        let mut rest = info[end..].trim_start_matches([' ', ',', '\t']);
        while !rest.is_empty() {
            let taken = if let Some(after) = rest.strip_prefix("title=\"") {
                let close = after.find('"').unwrap_or(after.len());
                parsed.title = Some(after[..close].to_string()).filter(|t| !t.is_empty());
                7 + (close + 1).min(after.len())
            } else if let Some(after) = rest.strip_prefix("tab=\"") {
                let close = after.find('"').unwrap_or(after.len());
                parsed.tab = Some(after[..close].to_string()).filter(|t| !t.is_empty());
                5 + (close + 1).min(after.len())
            } else if let Some(after) = rest.strip_prefix('{') {
                let close = after.find('}').unwrap_or(after.len());
                parsed.marked.extend(after[..close].split(',').filter_map(range));
                1 + (close + 1).min(after.len())
            } else {
                let close = rest.find([' ', ',', '\t', '{']).unwrap_or(rest.len());
                parsed.flags.push(rest[..close].to_string());
                close
            };
            rest = rest[taken..].trim_start_matches([' ', ',', '\t']);
        }
        parsed
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
