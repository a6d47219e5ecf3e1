//! Forms of other programs: one table of what is read as its author meant it, and of what is
//! shown as text and told. `check` and the manual read it.

use crate::text::span::Span;
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// A form of another program.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// How it looks.
    pub looks: &'static str,
    /// What it is there.
    pub what: &'static str,
    /// The programs that read it.
    pub of: &'static str,
    /// What becomes of it here: what it is read as, or what to write instead.
    pub here: Here,
    sight: Sight,
}

/// What becomes of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// It is read as its author meant it.
    Read(&'static str),
    /// It is shown as text; this is what to write instead.
    Write(&'static str),
}

/// How a form is seen: by a regular expression over one line.
#[derive(Debug, Clone, Copy)]
enum Sight {
    /// At the head of a paragraph.
    Head(&'static str),
    /// Anywhere in text. What stands before is `[^x]` or a group that is no part of it.
    Text(&'static str),
    /// Where another module looks for it.
    Elsewhere,
}

use Here::{Read, Write};
use Sight::{Elsewhere, Head, Text};

const fn form(
    looks: &'static str,
    what: &'static str,
    of: &'static str,
    here: Here,
    sight: Sight,
) -> Form {
    Form { looks, what, of, here, sight }
}

/// A link by title.
pub const WIKI_LINK: Form = form(
    "[[Some Page]]",
    "a link by title",
    "Obsidian and wikis",
    Read("a link, where one page of the book has this title or file name"),
    Elsewhere,
);

/// Another file shown in a page.
pub const EMBED: Form = form(
    "![[Some Page]]",
    "another page shown in this one",
    "Obsidian",
    Write("write `{{#include some-page.md}}`"),
    Elsewhere,
);

/// A fence that holds text.
pub const DIRECTIVE: Form = form(
    "```{name}",
    "a directive",
    "MyST and Sphinx",
    Write("write the text itself, without the fence"),
    Elsewhere,
);

/// The table, in the order of the manual.
pub const FORMS: &[Form] = &[
    form(
        "!!! note \"Title\"",
        "an admonition",
        "MkDocs",
        Read("a note or warning"),
        Head(r#"!!! *[A-Za-z"]"#),
    ),
    form(
        "??? note",
        "a folded admonition",
        "MkDocs",
        Read("a note that can be folded"),
        Head(r#"\?\?\?\+? *[A-Za-z"]"#),
    ),
    form(
        ":::note",
        "a container",
        "Docusaurus, VitePress and Pandoc",
        Read("a note or warning"),
        Head(r":{3,} *\{?\.?[A-Za-z]"),
    ),
    form("```{note}", "an admonition", "MyST", Read("a note or warning"), Elsewhere),
    form(
        "> [!FAQ]- Title",
        "a callout",
        "Obsidian",
        Read("the nearest of the five kinds of notes, which can be folded"),
        Elsewhere,
    ),
    WIKI_LINK,
    form("![[picture.png|300]]", "a picture", "Obsidian", Read("a picture"), Elsewhere),
    EMBED,
    form(
        "=== \"Tab\"",
        "a tab",
        "MkDocs",
        Write("give code fences a tab: ```` ```sh tab=\"Linux\" ````"),
        Head(r#"===[!+]* +""#),
    ),
    DIRECTIVE,
    form(
        ".. note::",
        "a directive",
        "reStructuredText",
        Write("write a quotation that begins with `> [!NOTE]`"),
        Head(r"\.\. [a-z][a-z-]*::"),
    ),
    form(
        "{ref}`x`",
        "a role",
        "MyST and Sphinx",
        Write("write a link: `[words](page.md)`"),
        Elsewhere,
    ),
    form(
        "(label)=",
        "a label",
        "MyST",
        Write("give the heading below it an ID: `## Title {#label}`"),
        Head(r"\([A-Za-z][\w.:-]*\)= *$"),
    ),
    form("% comment", "a comment", "MyST", Write("write `<!-- comment -->`"), Head(r"% +[A-Za-z]")),
    form(
        "[TOC]",
        "a table of contents",
        "MkDocs, GitLab and others",
        Write("take it out: each page has its contents beside it"),
        Head(r"(?i)(?:\[\[?_?toc_?\]?\]|\$\{toc\}|@\[toc\]|\{: ?toc\}) *$"),
    ),
    form(
        "%%comment%%",
        "a comment",
        "Obsidian",
        Write("write `<!-- comment -->`"),
        Text(r"(?:^|[\s(])(%%(?: *\S[^%]*%%|$))"),
    ),
    form(
        "==words==",
        "marked words",
        "Obsidian and MkDocs",
        Write("write `**words**`, or `<mark>words</mark>`"),
        Text(r#"(?:^|[\s("'])(==[^\s=](?:[^=]*[^\s=])?==)(?:$|[\s.,:;!?)"'])"#),
    ),
    form(
        "{: .class}",
        "a list of attributes",
        "kramdown, MkDocs and Pandoc",
        Write(
            "take it out: looks belong to the theme, and `## Title {#id}` gives a heading its ID",
        ),
        Text(r#"(?:^|[^{$])(\{:? *(?:[.#][A-Za-z][\w-]*|[a-z][\w-]*="[^"]*")(?: [^{}]*)?\})"#),
    ),
    form(
        "{{< name >}}",
        "a shortcode",
        "Hugo",
        Write("write what it would have made"),
        Text(r"(\{\{[<%].*?(?:[>%]\}\}|$))"),
    ),
    form(
        "{% name %}",
        "a tag",
        "Jinja, Liquid and GitBook",
        Write("write what it would have made"),
        Text(r"(\{%-? *[A-Za-z]\w*.*?(?:%\}|$))"),
    ),
    form(
        "{{include x}}",
        "an include",
        "wikis and Jinja",
        Write("write `{{#include x}}`"),
        Text(r#"(\{\{-? *include\b[^}]*\}\}|\{!.+!\})"#),
    ),
    form(
        "{{ name }}",
        "a variable",
        "Jinja, Liquid and Hugo",
        Write("write its value"),
        Text(
            r"(?:^|[^${])(\{\{-? \.?[A-Za-z]\w*(?:\.\w+)*(?: *\|[^}]*)? -?\}\}|\{\{\.?\w+\.\w[^}]*\}\})",
        ),
    ),
    form(
        "{{#name x}}",
        "a directive of a preprocessor",
        "mdBook",
        Write("write what it would have made"),
        Elsewhere,
    ),
    form(
        "--8<-- \"x\"",
        "a snippet",
        "MkDocs",
        Write("write `{{#include x}}`"),
        Text(r#"(?:^|\s)(;?-+8<-+(?: |$).*)"#),
    ),
    form(
        ":material-x:",
        "an icon",
        "MkDocs",
        Write("write a word, or a character such as ⚠"),
        Text(r"(:(?:material|fontawesome|octicons|simple)-[a-z0-9-]+:)"),
    ),
    form(
        ":warning:",
        "an emoji",
        "code hosts",
        Write("write the character itself, such as ⚠"),
        Text(r"(?:^|[\s(])(:[a-z][a-z0-9_]{2,30}:)(?:$|[\s.,;!?)])"),
    ),
    form(
        "++ctrl+c++",
        "keys",
        "MkDocs",
        Write("write `<kbd>Ctrl</kbd>`"),
        Text(r#"(?:^|[\s(])(\+\+["a-z0-9][\w"-]*(?:\+[\w"-]+)*\+\+)(?:$|[\s.,;:!?)])"#),
    ),
    form(
        "{++words++}",
        "an edit",
        "CriticMarkup",
        Write("write the text as it is to be"),
        Text(r"(\{(?:\+\+|--|~~|==|>>)[^}]+(?:\+\+|--|~~|==|<<)\})"),
    ),
    form(
        "*[HTML]: words",
        "an abbreviation",
        "MkDocs and kramdown",
        Write("write the long form where the short one is used first"),
        Head(r"\*\[[^\]\n]+\]: *\S"),
    ),
    form(
        "^[words]",
        "a note in the text",
        "Pandoc",
        Write("write `[^1]`, and a line `[^1]: words`"),
        Text(r"(?:^|[\p{L}\s.,;])(\^\[[^\]]+\])"),
    ),
    form(
        "[@key]",
        "a citation",
        "Pandoc",
        Write("write a link or a footnote"),
        Text(r"(\[-?@[\w:.-]+[^\]]*\])"),
    ),
    form(
        "\\newpage",
        "a command",
        "LaTeX and Pandoc",
        Write("take it out"),
        Head(r"\\(?:newpage|pagebreak|clearpage|tableofcontents|listoffigures)\b"),
    ),
    form(
        "import x from \"y\"",
        "a line of code",
        "MDX",
        Write("take it out: a page runs no code"),
        Head(r#"(?:import (?:\{[^}]*\}|\w+) from ['"]|export (?:const|default) )"#),
    ),
];

/// Where `{ref}` and the like are in the table.
const ROLE: &str = "{ref}`x`";

/// Where directives of preprocessors are in the table.
const PREPROCESSOR: &str = "{{#name x}}";

impl Form {
    /// What is said of it where it stands.
    pub fn message(&self) -> String {
        let looks = match self.looks.contains('`') {
            true => self.looks.to_string(),
            false => format!("`{}`", self.looks),
        };
        format!("{looks} is text here: {} ({})", self.what, self.of)
    }

    /// What is to be done.
    pub fn help(&self) -> String {
        match self.here {
            Read(meaning) => format!(
                "where its whole form is clear it is read as {meaning}; write `\\` before it when \
                 it is meant as text"
            ),
            Write(instead) => format!("{instead}, or put it in backticks when it is meant as text"),
        }
    }
}

/// Patterns of the table with the rows that they stand for.
struct Seen {
    rows: Vec<&'static Form>,
    all: RegexSet,
    each: Vec<Regex>,
}

impl Seen {
    fn new(pattern: impl Fn(&Sight) -> Option<String>) -> Seen {
        let rows = FORMS.iter().filter_map(|form| Some((form, pattern(&form.sight)?)));
        let (rows, patterns): (Vec<_>, Vec<_>) = rows.unzip();
        let each = patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect();
        Seen { rows, all: RegexSet::new(&patterns).unwrap_or_else(|_| RegexSet::empty()), each }
    }

    /// The forms in a line, each with its place.
    fn find<'s>(&'s self, line: &'s str) -> impl Iterator<Item = (&'static Form, Span)> + 's {
        self.all.matches(line).into_iter().flat_map(|row| {
            let all = self.each[row].captures_iter(line);
            let span = |found: regex::Captures<'_>| {
                Some((self.rows[row], found.get(1).or(found.get(0))?.range()))
            };
            all.filter_map(span).collect::<Vec<_>>()
        })
    }
}

static HEADS: LazyLock<Seen> = LazyLock::new(|| {
    Seen::new(|sight| match sight {
        Head(pattern) => Some(format!("^(?:{pattern})")),
        _ => None,
    })
});

static TEXTS: LazyLock<Seen> = LazyLock::new(|| {
    Seen::new(|sight| match sight {
        Text(pattern) => Some(pattern.to_string()),
        _ => None,
    })
});

/// The form at the head of a paragraph.
pub fn at_head(line: &str) -> Option<&'static Form> {
    HEADS.find(line).next().map(|(form, _)| form)
}

/// The forms in a text, each with its place.
pub fn in_text(text: &str) -> impl Iterator<Item = (&'static Form, Span)> + '_ {
    let telling = text.contains(['{', '%', '=', '+', ':', '^', '@', '<']);
    telling.then_some(text).into_iter().flat_map(|text| TEXTS.find(text))
}

/// The role whose name ends right before a code span, and how long it is.
pub fn before_code(before: &str) -> Option<(&'static Form, usize)> {
    let head = before.get(..before.len().checked_sub(1)?)?;
    let (name, length) = match before.as_bytes().last()? {
        b'}' => head.rsplit_once('{').map(|(_, name)| (name, name.len() + 2))?,
        b':' => {
            let word = head.rsplit_once([' ', '\n', '(']).map_or(head, |(_, word)| word);
            (word.strip_prefix(':')?, word.len() + 1)
        }
        _ => return None,
    };
    let word = |c: char| c.is_ascii_lowercase() || matches!(c, ':' | '-');
    let good = !name.is_empty() && name.len() < 30 && name.chars().all(word);
    good.then(|| Some((row(ROLE)?, length)))?
}

/// A directive that no program here knows.
pub fn preprocessor() -> Option<&'static Form> {
    row(PREPROCESSOR)
}

fn row(looks: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.looks == looks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<&'static str> {
        let head = at_head(text).into_iter();
        head.chain(in_text(text).map(|(form, _)| form)).map(|form| form.looks).collect()
    }

    #[test]
    fn every_pattern_compiles() {
        let patterns = FORMS.iter().filter(|form| !matches!(form.sight, Elsewhere)).count();
        assert_eq!(HEADS.each.len() + TEXTS.each.len(), patterns);
        assert_eq!(HEADS.all.len() + TEXTS.all.len(), patterns);
    }

    #[test]
    fn forms_are_seen() {
        for (text, looks) in [
            ("!!! danger inline end \"Title\"", "!!! note \"Title\""),
            ("???+ tip", "??? note"),
            ("::: warning", ":::note"),
            ("::: {.callout-note}", ":::note"),
            ("=== \"Linux\"", "=== \"Tab\""),
            (".. warning::", ".. note::"),
            ("[[_TOC_]]", "[TOC]"),
            ("[toc]", "[TOC]"),
            ("a %%hidden words%% b", "%%comment%%"),
            ("%%", "%%comment%%"),
            ("a ==marked words==, b", "==words=="),
            ("==x==", "==words=="),
            ("text {: .red}", "{: .class}"),
            ("{:.lead #x}", "{: .class}"),
            ("{ width=\"300\" }", "{: .class}"),
            ("{{< figure src=\"x\" >}}", "{{< name >}}"),
            ("{{% notice %}}", "{{< name >}}"),
            ("a {% include \"x\" %}", "{% name %}"),
            ("{%- endif -%}", "{% name %}"),
            ("{{include x.md}}", "{{include x}}"),
            ("{!x.md!}", "{{include x}}"),
            ("a {{ page.title }} b", "{{ name }}"),
            ("{{ .Title | upper }}", "{{ name }}"),
            ("--8<-- \"x.md\"", "--8<-- \"x\""),
            ("a :material-lock: b", ":material-x:"),
            (":warning: text", ":warning:"),
            ("press ++ctrl+alt+del++.", "++ctrl+c++"),
            ("a {++new++} b", "{++words++}"),
            ("a {>>note<<} b", "{++words++}"),
            ("*[HTML]: Hyper Text", "*[HTML]: words"),
            ("text^[a note]", "^[words]"),
            ("as [@smith2004, p. 3] says", "[@key]"),
            ("\\newpage", "\\newpage"),
            ("import Tabs from '@theme/Tabs';", "import x from \"y\""),
        ] {
            assert_eq!(seen(text).first(), Some(&looks), "{text}");
        }
        for (before, length) in [("see {ref}", 5), ("see :ref:", 5), (":py:func:", 9)] {
            assert_eq!(before_code(before).map(|(_, length)| length), Some(length), "{before}");
        }
    }

    #[test]
    fn what_people_write_is_no_form() {
        for text in [
            "a == b and c == d",
            "a==b, c==d",
            "YWJj== and ZGVm==",
            "i++ and j++",
            "C++ and C++/CLI",
            "100%% of 50%%",
            "a:b:c, 12:30:15, ::1, std::fmt::Display, sha256:abc:def",
            "${{ secrets.X }} and ${x}",
            "{{7*7}} and {{}} and {{braces}} and { a: 1 } and {x} and {id} and {0}",
            "{:?} and {:>8} and { }",
            "!! and ??? and :::",
            "=== and ===x",
            "... and .. and ..x::y",
            "x^2 and a^[",
            "[x] and [a@b.example] and @user",
            "import it from there",
            "see: `x` and (a: `b`)",
            "[T] and [TOC of this]",
            "{\"a\": {\"b\": 1}}",
            "C:\\newpages",
            "50 % off, %d and %s",
            "the scheme `x`: 10:20",
        ] {
            assert_eq!(seen(text), [""; 0], "{text}");
        }
        for before in ["see:", "a {b c}", "", "}", ":", "x: ", "(see: ", "f(x):", "{}"] {
            assert!(before_code(before).is_none(), "{before}");
        }
    }
}
