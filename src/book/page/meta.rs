//! Front matter, and the fields of an entry: what can be said about a page.

use crate::book::entry::{
    Audience, BuiltInRole, ELEMENTS, Reference, Roles, SEVERITIES, STATUSES, STRIDE, Scheme,
    Standing, catalogues,
};
use crate::text::data::{Fields, Lost, Node, Problem, SyntaxError, Tree, parse_toml, parse_yaml};
use crate::text::date::date;
use crate::text::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::text::span::{Place, Span};

/// A word or text of an author, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// The parts of a threat's statement, after the grammar of AWS threat-composer:
/// "A *source* *prerequisites* can *action*, which leads to *impact*, and harms
/// *goal* of *assets*".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statement {
    /// Who does it.
    pub source: Option<String>,
    /// What they need first.
    pub prerequisites: Option<String>,
    /// What they do.
    pub action: Option<String>,
    /// What follows at once.
    pub impact: Option<String>,
    /// What is harmed: confidentiality, integrity, availability...
    pub goal: Option<String>,
    /// Of what.
    pub assets: Option<String>,
}

impl Statement {
    /// The statement as one English sentence, for data and comparisons; `None` without a source
    /// and an action.
    pub fn sentence(&self) -> Option<String> {
        let (source, action) = (self.source.as_deref()?, self.action.as_deref()?);
        let part = |text: &str| text.trim().trim_end_matches('.').to_string();
        let mut out = part(source);
        if let Some(prerequisites) = &self.prerequisites {
            out = format!("{out} {}", part(prerequisites));
        }
        out = format!("{out} can {}", part(action));
        if let Some(impact) = &self.impact {
            out = format!("{out}, which leads to {}", part(impact));
        }
        match (&self.goal, &self.assets) {
            (Some(goal), Some(assets)) => {
                out = format!("{out}, and harms the {} of {}", part(goal), part(assets));
            }
            (Some(harmed), None) | (None, Some(harmed)) => {
                out = format!("{out}, and harms {}", part(harmed));
            }
            (None, None) => {}
        }
        Some(out + ".")
    }
}

/// Everything that front matter can say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meta {
    /// The stable ID.
    pub id: Option<Word>,
    /// The title.
    pub title: Option<Word>,
    /// What the window is called where that is not the title: mdBook's `{{#title}}`.
    pub window_title: Option<String>,
    /// One sentence.
    pub description: Option<String>,
    /// The kind, where the folder does not tell it.
    pub kind: Option<Word>,
    /// Whether it is not yet for readers.
    pub draft: bool,
    /// Whether it is there to be read and counts for nothing.
    pub example: bool,
    /// Who may read it, where it says so.
    pub audience: Option<Audience>,
    /// Place among the neighbours.
    pub order: Option<i64>,
    /// Former IDs.
    pub aliases: Vec<Word>,
    /// Links by role, in the order of the roles.
    pub roles: Vec<(String, Vec<Word>)>,
    /// STRIDE categories.
    pub stride: Vec<String>,
    /// Severity hint.
    pub severity: Option<String>,
    /// Kinds of diagram elements that can be hit.
    pub elements: Vec<String>,
    /// Technologies and situations.
    pub applies_to: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Other words for it, for search.
    pub also: Vec<String>,
    /// References to public catalogues.
    pub references: Vec<Word>,
    /// `draft`, `active` or `deprecated`.
    pub status: Option<String>,
    /// The parts of a threat's statement.
    pub statement: Statement,
    /// The risk framework of a model.
    pub risk: Option<Word>,
    /// What changed in an entry, and when: newest as the author ordered them.
    pub changes: Vec<Change>,
    /// How the page is laid out.
    pub layout: Layout,
    /// The recording that the page shows, with its captions and chapters.
    pub media: Option<Word>,
    /// The file of the recording's captions, in WebVTT.
    pub captions: Option<Word>,
    /// The file of the recording's chapters, in WebVTT.
    pub chapters: Option<Word>,
    /// The date on which the page has to be looked at again.
    pub due: Option<Word>,
    /// Other facts that are shown as they are: label and text.
    pub facts: Vec<(&'static str, String)>,
}

impl Meta {
    /// Whether the entry should no longer be used.
    pub fn is_deprecated(&self) -> bool {
        self.status.as_deref() == Some("deprecated")
    }

    /// What stands for the entry now, where it is retired: several where it was split.
    pub fn successors(&self) -> impl Iterator<Item = &Word> {
        let replaced = self.roles.iter().filter(|(role, _)| BuiltInRole::ReplacedBy.is(role));
        replaced.flat_map(|(_, words)| words)
    }

    /// What to use instead, in words; `None` where nothing stands for it.
    pub fn instead(&self) -> Option<String> {
        let words: Vec<String> = self.successors().map(|word| format!("`{}`", word.text)).collect();
        (!words.is_empty()).then(|| format!("use {} instead", words.join(" or ")))
    }
}

/// How a page is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// As text.
    #[default]
    Page,
    /// As slides.
    Slides,
}

/// A declared change of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The date, as written: `2026-05-01`.
    pub date: String,
    /// What changed, in a sentence.
    pub what: String,
}

/// One key of front matter, for the reference page and the schema.
#[derive(Debug, Clone, Copy)]
pub struct MetaKey {
    /// The key.
    pub key: &'static str,
    /// The type and accepted values, in words.
    pub takes: &'static str,
    /// What it says.
    pub about: &'static str,
}

macro_rules! keys {
    ($($key:literal $takes:literal $about:literal)*) => {
        /// Every key of front matter but the roles, which `book.toml` can extend.
        pub const META_KEYS: &[MetaKey] =
            &[$(MetaKey { key: $key, takes: $takes, about: $about },)*];
    };
}

keys! {
    "id" "ID" "The stable ID of an entry or a model: the address and every link come from it."
    "title" "text" "The title in lists, links and search results. A first-level heading at the top does the same."
    "description" "text" "One sentence for lists, search engines and previews."
    "kind" "name of a kind" "The kind, where the folder does not tell it."
    "example" "true or false" "An example is read, searched and compared, and stands apart in status, coverage, gate and due dates. Models of a library are examples."
    "audience" "public, internal or restricted" "Who may read the page. A site that is built for a larger circle leaves it out everywhere."
    "draft" "true or false" "A draft is not published. `casebook serve` and `casebook build --drafts` show it, with a mark. `published: false` and `publish: false` say the same."
    "order" "whole number" "Place among the pages of a folder; a file name that begins with `01-` does the same."
    "aliases" "list of IDs or addresses" "Former IDs. Links to them still work, and their addresses redirect. What holds a `/`, such as `/posts/old/`, is a former address and redirects too."
    "stride" "list of: spoofing, tampering, repudiation, information-disclosure, denial-of-service, elevation-of-privilege" "STRIDE categories of a threat."
    "severity" "low, medium, high or critical" "A hint for browsing. A model makes its own estimate."
    "elements" "list of: external-entity, process, data-store, flow" "Which elements of a data-flow diagram a threat can hit."
    "applies-to" "list of words" "Technologies and situations in which an entry applies."
    "tags" "list of words" "Tags; each has a page of its own."
    "also" "list of texts" "Other words that people use for it. They are found by search."
    "references" "list of references" "Public catalogues: `CWE-307`, `CAPEC-600`, `ATT&CK T1110.004`, `ATLAS AML.T0051`, `D3FEND D3-AL`, `ASVS v5.0.0-6.3.1`, `MASVS-STORAGE-1`, `OWASP A07:2025` (also `API1:2023`, `LLM01:2025`, `ASI01:2026`, `M1:2024`, `CICD-SEC-4`), `NIST SP 800-53 AC-2`, `SLSA Build L3`, `LINDDUN Linking`, `CVE-2024-3094`, `RFC 9700`, `NIST SP 800-63B`, a scheme of `[references.NAME]` in `book.toml`, or an address."
    "status" "draft, active or deprecated" "Where an entry is in its life. `draft` on a page that is neither entry nor model says that it is a draft."
    "source" "text" "Statement of a threat: who does it."
    "prerequisites" "text" "Statement: what they need first."
    "action" "text" "Statement: what they do."
    "impact" "text" "Statement: what follows."
    "goal" "text" "Statement: what is harmed, such as confidentiality."
    "assets" "text" "Statement: of what."
    "risk" "name of a framework" "How a model rates its threats, where it does: `levels`, `likelihood-impact`, `dread`, `cvss-3.1`, `cvss-4.0`, `owasp`, `none` or one of book.toml."
    "changes" "list of `date` and `what`" "What changed in an entry. Models reviewed before a change are listed to be looked at again."
    "size" "note, small, standard or full" "How large a model is."
    "team" "text" "The team that owns a model."
    "owner" "text" "Who answers for the page."
    "date" "date" "Date of a model."
    "reviewed" "date" "When the page was last reviewed."
    "due" "date" "When the page has to be looked at again. Pages that are due are listed for the curator."
    "layout" "page or slides" "`slides` shows the page as slides: one begins at each second-level heading and at each `---`."
    "media" "path of a file" "A recording, video or audio, that the page shows with its transcript."
    "captions" "path of a file" "What is said in the recording, in WebVTT. The transcript is made from it."
    "chapters" "path of a file" "The chapters of the recording, in WebVTT."
}

/// The sizes of a model, smallest first.
pub const SIZES: [&str; 4] = ["note", "small", "standard", "full"];

/// Front matter as it stands at the head of a text.
#[derive(Debug, PartialEq)]
pub enum Front<'t> {
    /// There is none.
    None,
    /// It is opened and never closed.
    Unclosed,
    /// The data and the place where the body begins.
    Found {
        /// Span of the data between the marks.
        data: Span,
        /// First byte of the body.
        body: usize,
        /// `---` or `+++`.
        mark: &'t str,
    },
}

/// Finds the front matter of a text.
pub fn find_front(text: &str) -> Front<'_> {
    let head = head_of(text);
    let Some(sign) = text.get(head..head + 3).filter(|sign| ["---", "+++"].contains(sign)) else {
        return Front::None;
    };
    let Some(first_end) = text[head..].find('\n').map(|end| head + end) else {
        return Front::None;
    };
    // Some programs have the language behind the sign.
    let mark = match (sign, text[head + 3..first_end].trim()) {
        (_, "") | ("---", "yaml" | "yml") => sign,
        ("---", "toml") => "+++",
        _ => return Front::None,
    };
    let start = first_end + 1;
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let end = line.trim_end();
        if end == sign || (mark == "---" && end == "...") {
            return match begins_data(&text[start..at], mark) {
                true => Front::Found { data: start..at, body: at + line.len(), mark },
                false => Front::None,
            };
        }
        at += line.len();
    }
    let next = text[start..].lines().next().unwrap_or("");
    let key = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == ' ';
    let sign = if mark == "---" { ':' } else { '=' };
    match next.split_once(sign) {
        Some((name, _)) if !name.is_empty() && name.chars().all(key) => Front::Unclosed,
        _ => Front::None,
    }
}

/// Where the front matter begins, if there is one: behind empty lines, which nobody sees, and
/// behind comments of HTML, such as a licence.
fn head_of(text: &str) -> usize {
    let blank = text.split_inclusive('\n').take_while(|line| line.trim().is_empty());
    let head: usize = blank.map(str::len).sum();
    let comment = text[head..].strip_prefix("<!--").and_then(|inner| inner.find("-->"));
    match comment {
        Some(length) => {
            let end = head + "<!--".len() + length + "-->".len();
            end + head_of(&text[end..])
        }
        None => head,
    }
}

/// Whether a text between two marks can be data; between two thematic breaks it is Markdown.
fn begins_data(text: &str, mark: &str) -> bool {
    let line = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let (sign, bracket) = if mark == "---" { (':', '{') } else { ('=', '[') };
    line.is_none_or(|line| line.contains(sign) || line.starts_with([bracket, '-']))
}

/// Parses the data of front matter or of an `entry` block.
pub fn parse_data(text: &str, base: usize, mark: &str) -> Result<Tree, SyntaxError> {
    match mark {
        "+++" => parse_toml(text, base).map(|root| Tree { root, lost: Vec::new() }),
        _ => parse_yaml(text, base),
    }
}

/// A diagnostic for data that could not be parsed.
pub fn syntax_diagnostic(error: &SyntaxError, what: &str, place: Place) -> Diagnostic {
    Diagnostic::new(Code::MalformedFrontMatter, place, format!("the {what} cannot be read"))
        .label(error.message.clone())
        .maybe_help(error.help.clone())
}

/// A diagnostic for text that is part of no value.
pub fn lost_diagnostic(lost: Lost, place: &dyn Fn(Span) -> Place) -> Diagnostic {
    Diagnostic::new(Code::LostText, place(lost.span), lost.message)
        .label("not part of the value")
        .maybe_help(lost.help)
}

/// So many keys are named where an unknown one is like none of them.
const FEW: usize = 10;

/// Turns what [`Fields`] found into a diagnostic. `extra` are keys that exist
/// besides those that the decoder asked for.
pub fn problem_diagnostic(
    problem: Problem,
    extra: &[&str],
    place: &dyn Fn(Span) -> Place,
) -> Diagnostic {
    match problem {
        Problem::UnknownKey { key, known } => {
            let known = known.iter().copied().chain(extra.iter().copied());
            let known: Vec<&str> = known.collect();
            let near = did_you_mean(&key.name, known.iter().copied());
            let help = near.unwrap_or_else(|| match known.len() {
                0..=FEW => format!("known keys: {}", known.join(", ")),
                _ => format!("call it `x-{}` if it is your own", key.name),
            });
            let message = format!("unknown key `{}`", key.name);
            Diagnostic::new(Code::UnknownKey, place(key.span), message)
                .label("not known here")
                .help(help)
        }
        Problem::WrongType { key, wanted, found, span } => {
            let subject = if key.is_empty() { "this block".into() } else { format!("`{key}`") };
            let message = format!("{subject} takes {wanted}, not {found}");
            Diagnostic::new(Code::WrongType, place(span), message).label(format!("this is {found}"))
        }
    }
}

/// Decodes front matter. `place` turns a span of the data into a place in a file.
pub fn decode(
    node: &Node,
    roles: &Roles,
    schemes: &[Scheme],
    place: &dyn Fn(Span) -> Place,
) -> (Meta, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut fields = match Fields::new(node) {
        Ok(fields) => fields,
        Err(problem) => {
            return (Meta::default(), vec![problem_diagnostic(problem, &[], place)]);
        }
    };
    let word = |(text, span): (String, Span)| Word { text, place: place(span) };
    let text = |pair: Option<(String, Span)>| {
        pair.map(|(text, _)| text.trim().to_string()).filter(|text| !text.is_empty())
    };
    // A list within a sentence is read as one.
    let prose = |parts: Vec<(String, Span)>| {
        let parts: Vec<&str> = parts.iter().map(|(part, _)| part.trim()).collect();
        Some(parts.join(", ")).filter(|text| !text.is_empty())
    };
    let mut meta = Meta {
        id: fields.text("id").map(word),
        title: fields.text("title").map(word).filter(|title| !title.text.trim().is_empty()),
        description: text(fields.text("description")),
        kind: fields.text("kind").map(word),
        draft: is_draft(&mut fields),
        example: fields.bool("example").unwrap_or(false),
        order: fields.integer("order"),
        aliases: fields.list("aliases").into_iter().map(word).collect(),
        also: fields.list("also").into_iter().map(|(text, _)| text).collect(),
        references: fields.list("references").into_iter().map(word).collect(),
        risk: fields.text("risk").map(word).filter(|word| !word.text.trim().is_empty()),
        statement: Statement {
            source: prose(fields.list("source")),
            prerequisites: prose(fields.list("prerequisites")),
            action: prose(fields.list("action")),
            impact: prose(fields.list("impact")),
            goal: prose(fields.list("goal")),
            assets: prose(fields.list("assets")),
        },
        ..Meta::default()
    };
    found.extend(meta.references.iter().filter_map(|word| standing(word, schemes)));
    let mut vocabulary = |key: &str, values: Vec<(String, Span)>, known: &[&str]| {
        for (value, span) in &values {
            if !known.contains(&value.as_str()) {
                let help = did_you_mean(value, known.iter().copied())
                    .unwrap_or_else(|| format!("accepted: {}", known.join(", ")));
                let message = format!("`{key}` cannot be `{value}`");
                found.push(
                    Diagnostic::new(Code::UnknownValue, place(span.clone()), message).help(help),
                );
            }
        }
        values.into_iter().map(|(value, _)| value).collect::<Vec<String>>()
    };
    let stride: Vec<&str> = STRIDE.iter().map(|s| s.name).collect();
    meta.stride = vocabulary("stride", fields.list("stride"), &stride);
    meta.elements = vocabulary("elements", fields.list("elements"), &ELEMENTS);
    let one = |pair: Option<(String, Span)>| pair.into_iter().collect::<Vec<_>>();
    meta.severity = vocabulary("severity", one(fields.text("severity")), &SEVERITIES).pop();
    meta.status = vocabulary("status", one(fields.text("status")), &STATUSES).pop();
    let audience = vocabulary("audience", one(fields.text("audience")), &Audience::WORDS).pop();
    // A slip must not show to all what was meant for few.
    meta.audience = audience.map(|word| Audience::parse(&word).unwrap_or(Audience::Restricted));
    let size = vocabulary("size", one(fields.text("size")), &SIZES).pop();
    let layout = vocabulary("layout", one(fields.text("layout")), &["page", "slides"]).pop();
    meta.layout = match layout.as_deref() {
        Some("slides") => Layout::Slides,
        _ => Layout::Page,
    };
    meta.media = fields.text("media").map(word);
    meta.captions = fields.text("captions").map(word);
    meta.chapters = fields.text("chapters").map(word);
    let (date, reviewed, due) = (fields.text("date"), fields.text("reviewed"), fields.text("due"));
    for (key, pair) in [("date", &date), ("reviewed", &reviewed), ("due", &due)] {
        found.extend(pair.clone().and_then(|pair| no_date(key, &word(pair))));
    }
    meta.due = due.clone().map(word);
    for (key, list) in [("applies-to", &mut meta.applies_to), ("tags", &mut meta.tags)] {
        *list = fields.list(key).into_iter().map(|(text, _)| text.trim().to_string()).collect();
        list.retain(|text| !text.is_empty());
    }
    let facts = [
        ("Size", size),
        ("Team", text(fields.text("team"))),
        ("Owner", text(fields.text("owner"))),
        ("Date", text(date)),
        ("Reviewed", text(reviewed)),
        ("Due", text(due)),
    ];
    meta.facts = facts.into_iter().filter_map(|(label, text)| Some((label, text?))).collect();
    for role in roles.keys() {
        let words: Vec<Word> = fields.dynamic_list(&role.name).into_iter().map(word).collect();
        if !words.is_empty() {
            meta.roles.push((role.name.clone(), words));
        }
    }
    let mut problems = Vec::new();
    for node in fields.items("changes") {
        match Fields::new(node) {
            Ok(mut change) => {
                let written = change.text("date");
                let span = written.as_ref().map_or(node.span.clone(), |(_, span)| span.clone());
                let date = text(written).unwrap_or_default();
                if crate::text::date::date(&date).is_none() {
                    let message = "a change needs a date such as `2026-05-01`";
                    found.push(
                        Diagnostic::new(Code::UnknownValue, place(span), message)
                            .label("a date that can be compared with those of reviews"),
                    );
                }
                let what = text(change.text("what")).unwrap_or_default();
                meta.changes.push(Change { date, what });
                problems.extend(change.finish());
            }
            Err(problem) => problems.push(problem),
        }
    }
    found.extend(problems.into_iter().map(|p| problem_diagnostic(p, &[], place)));
    let role_keys: Vec<&str> = roles.keys().map(|role| role.name.as_str()).collect();
    found.extend(fields.finish().into_iter().map(|p| problem_diagnostic(p, &role_keys, place)));
    (meta, found)
}

/// How programs say that a page is not yet for readers: a key, and what it says then.
const UNPUBLISHED: [(&str, bool); 3] = [("draft", true), ("published", false), ("publish", false)];

/// Whether the fields say that their page is a draft.
fn is_draft(fields: &mut Fields<'_>) -> bool {
    let said = UNPUBLISHED.map(|(key, unpublished)| fields.flag(key) == Some(unpublished));
    // Another value under `draft` is a mistake, and told.
    said.contains(&true) || fields.bool("draft") == Some(true)
}

/// Whether front matter says that its page is a draft.
pub(super) fn says_draft(text: &str, mark: &str) -> bool {
    let tree = parse_data(text, 0, mark);
    tree.is_ok_and(|tree| Fields::new(&tree.root).is_ok_and(|mut fields| is_draft(&mut fields)))
}

/// Who may read a page, as its front matter says. What is no known word keeps the page in the
/// smallest circle.
pub(super) fn says_audience(text: &str, mark: &str) -> Option<Audience> {
    let tree = parse_data(text, 0, mark).ok()?;
    let (word, _) = Fields::new(&tree.root).ok()?.text("audience")?;
    Some(Audience::parse(&word).unwrap_or(Audience::Restricted))
}

/// What is wrong with a date: it is none, or no day of the calendar.
pub(super) fn no_date(key: &str, word: &Word) -> Option<Diagnostic> {
    if date(&word.text).is_some() {
        return None;
    }
    let message = format!("`{key}` takes a date such as `2026-05-01`");
    let text = word.text.trim();
    let digits = text.split('-').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let label = match text.len() == 10 && digits {
        true => "the calendar has no such day",
        false => "year, month and day, with hyphens",
    };
    Some(Diagnostic::new(Code::UnknownValue, word.place.clone(), message).label(label))
}

/// What is wrong with a reference: its catalogue does not have it, or no longer, or it is
/// of none.
fn standing(word: &Word, schemes: &[Scheme]) -> Option<Diagnostic> {
    let reference = Reference::parse(&word.text, schemes);
    let name = &reference.text;
    let (code, message) = match &reference.standing {
        Standing::Listed(_) | Standing::NotCovered => return None,
        Standing::Unknown(version) => {
            (Code::UnknownReference, format!("`{name}` does not exist in {version}"))
        }
        Standing::Newer(version) => {
            (Code::NewerReference, format!("`{name}` is not in {version}, and may be newer"))
        }
        Standing::Deprecated(title) => {
            (Code::DeprecatedReference, format!("`{name}` ({title}) is deprecated"))
        }
        Standing::Stranger => {
            (Code::UnknownScheme, format!("`{name}` has the form of no catalogue"))
        }
    };
    let stranger = reference.standing == Standing::Stranger;
    let known = stranger.then(|| format!("known catalogues: {}", catalogues(schemes)));
    let meant = reference.meant.map(|meant| format!("did you mean {meant}?"));
    let page = reference.url.map(|url| format!("look it up at {url}"));
    Some(Diagnostic::new(code, word.place.clone(), message).maybe_help(meant.or(known).or(page)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_found_or_not() {
        assert_eq!(
            find_front("---\na: 1\n---\nbody"),
            Front::Found { data: 4..9, body: 13, mark: "---" }
        );
        assert_eq!(find_front("---\na: 1\nbody"), Front::Unclosed);
        assert_eq!(find_front("+++\na = 1\n"), Front::Unclosed);
        assert_eq!(find_front("---\n\ntext\n"), Front::None);
        assert_eq!(find_front("--- x\n"), Front::None);
        assert_eq!(find_front("text"), Front::None);
        assert_eq!(find_front("---\n\nSome words\n\n---\n"), Front::None);
        for (text, data, mark) in [
            ("<!-- a licence -->\n\n---\na: 1\n---\n", 24..29, "---"),
            ("---yaml\na: 1\n...\nx", 8..13, "---"),
            ("--- toml\na = 1\n---\nx", 9..15, "+++"),
            ("\n---\n---\n", 5..5, "---"),
        ] {
            let Front::Found { data: found, mark: own, .. } = find_front(text) else {
                panic!("{text}")
            };
            assert_eq!((found, own), (data, mark), "{text}");
        }
        assert_eq!(find_front("<!-- x -->\n\n- a\n"), Front::None);
    }

    fn read(text: &str) -> (Meta, Vec<Diagnostic>) {
        let node = parse_yaml(text, 0).unwrap().root;
        decode(&node, &Roles::default(), &[], &|span| Place::new(&"p.md".into(), span))
    }

    #[test]
    fn fields_are_decoded() {
        let (meta, found) = read(
            "id: T-1\ntitle: X\nstride: spoofing\nrequirements: [R-1, R-2]\ntags: [a]\n\
             source: A thief\naction: take it\nassets: the money\nsize: small\nx-own: 1\n",
        );
        assert_eq!(found, []);
        assert_eq!(meta.stride, ["spoofing"]);
        assert_eq!(meta.roles[0].1.len(), 2);
        assert_eq!(
            meta.statement.sentence().as_deref(),
            Some("A thief can take it, and harms the money.")
        );
        assert_eq!(meta.facts, [("Size", "small".to_string())]);
    }

    #[test]
    fn mistakes_have_places_and_fixes() {
        let (_, found) = read("tilte: x\nstride: [spofing]\norder: soon\n");
        let codes: Vec<Code> = found.iter().map(|d| d.code).collect();
        assert_eq!(codes, [Code::UnknownValue, Code::WrongType, Code::UnknownKey]);
        assert_eq!(found[0].help.as_deref(), Some("did you mean `spoofing`?"));
        assert_eq!(found[2].help.as_deref(), Some("did you mean `title`?"));
    }
}
