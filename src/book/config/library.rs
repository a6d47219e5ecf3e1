//! `[[library]]` of `book.toml`: content of others below the book's own, and what of it is in.

use super::Config;
use super::decode::Decoder;
use crate::book::entry::{Audience, id_form};
use crate::text::data::{Fields, Node};
use crate::text::diagnostic::{Code, did_you_mean};
use crate::text::span::Span;
use globset::{Glob, GlobMatcher};

/// Content of others that lies below the book's own.
#[derive(Debug, Clone)]
pub struct Library {
    /// What the book calls it.
    pub name: String,
    /// Where it is.
    pub source: LibrarySource,
    /// What of it is in; everything where nothing is said.
    pub include: Vec<Choice>,
    /// What of it is out.
    pub hide: Vec<Choice>,
    /// Who may read what says nothing of its readers.
    pub audience: Audience,
    /// Where `book.toml` names it.
    pub span: Span,
}

/// Where a library is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LibrarySource {
    /// In the program.
    Builtin,
    /// In a folder of the book, which may be a git submodule.
    Folder(String),
    /// The data of a site, `casebook.json`, in a folder of the book.
    Data(String),
}

impl LibrarySource {
    /// The folder of the book that holds it; none where it is in the program.
    pub fn folder(&self) -> Option<&str> {
        match self {
            LibrarySource::Builtin => None,
            LibrarySource::Folder(folder) => Some(folder),
            LibrarySource::Data(file) => {
                Some(file.rsplit_once('/').map_or("", |(folder, _)| folder))
            }
        }
    }
}

/// One thing that `include` or `hide` names.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is looked at.
    pub by: By,
    /// The value as written.
    pub text: String,
    /// Where it stands in `book.toml`.
    pub span: Span,
    glob: Option<GlobMatcher>,
}

/// What a choice looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The ID, by a pattern.
    Id,
    /// The kind.
    Kind,
    /// The folder.
    Section,
    /// A tag.
    Tag,
    /// A technology or situation.
    AppliesTo,
    /// Who may read it.
    Audience,
}

impl By {
    const ALL: [(By, &str); 6] = [
        (By::Id, "id"),
        (By::Kind, "kind"),
        (By::Section, "section"),
        (By::Tag, "tag"),
        (By::AppliesTo, "applies-to"),
        (By::Audience, "audience"),
    ];
}

impl Choice {
    /// Whether a value is the one that is meant.
    pub fn is(&self, value: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.is_match(id_form(value)),
            None if self.by == By::Section => {
                let folder = self.text.trim_matches('/');
                value.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
            }
            None => self.text.eq_ignore_ascii_case(value),
        }
    }
}

/// Reads all libraries, in the order in which they lie below each other.
pub(super) fn decode(decoder: &mut Decoder, fields: &mut Fields<'_>, config: &mut Config) {
    for node in fields.items("library") {
        let Some(library) = library(decoder, node) else { continue };
        if config.libraries.iter().any(|known| known.name == library.name) {
            let message = format!("two libraries are called `{}`", library.name);
            decoder.bad(Code::BadConfig, library.span, message, Some("rename one".into()));
            continue;
        }
        config.libraries.push(library);
    }
}

fn library(decoder: &mut Decoder, node: &Node) -> Option<Library> {
    let mut fields = decoder.table(node, "library")?;
    let source = fields.text("source");
    let source = source.and_then(|(text, span)| match text.as_str() {
        "builtin" => Some(LibrarySource::Builtin),
        data if data.ends_with(".json") => {
            let file = decoder.folder(text, span.clone(), "source")?;
            if !file.contains('/') {
                let message = format!("`{file}` needs a folder of its own");
                let help = "put it below `libraries/NAME/`, with the files that belong to it";
                decoder.bad(Code::BadConfig, span, message, Some(help.into()));
                return None;
            }
            Some(LibrarySource::Data(file))
        }
        _ => decoder.folder(text, span, "source").map(LibrarySource::Folder),
    });
    let name = fields.text("name").map(|(name, _)| name.trim().to_string());
    let (include, hide) = (fields.node("include"), fields.node("hide"));
    let include = include.map(|node| choices(decoder, node, "include")).unwrap_or_default();
    let hide = hide.map(|node| choices(decoder, node, "hide")).unwrap_or_default();
    let audience = fields
        .text("audience")
        .and_then(|(word, span)| super::decode::audience(decoder, "audience", &word, span));
    decoder.finish(fields, "library");
    // It stands before the paths of files in messages.
    let proper = |name: &String| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
    };
    let (Some(source), Some(name)) = (source, name.filter(proper)) else {
        let message = "a library needs a `name` of letters, digits and hyphens, and a `source`";
        let help = "for example: name = \"casebook\", source = \"builtin\"";
        decoder.bad(Code::BadConfig, node.span.clone(), message.into(), Some(help.into()));
        return None;
    };
    let audience = audience.unwrap_or(Audience::Public);
    Some(Library { name, source, include, hide, audience, span: node.span.clone() })
}

/// The values of a table such as `hide = { id = ["T-IOT-*"] }`.
fn choices(decoder: &mut Decoder, node: &Node, key: &str) -> Vec<Choice> {
    let table = format!("library.{key}");
    let Some(mut fields) = decoder.table(node, &table) else { return Vec::new() };
    let mut out = Vec::new();
    for (by, name) in By::ALL {
        for (text, span) in fields.list(name) {
            out.extend(choice(decoder, by, text, span));
        }
    }
    decoder.finish(fields, &table);
    out
}

fn choice(decoder: &mut Decoder, by: By, text: String, span: Span) -> Option<Choice> {
    let mut glob = None;
    if by == By::Id {
        match Glob::new(&id_form(&text)) {
            Ok(pattern) => glob = Some(pattern.compile_matcher()),
            Err(error) => {
                let message = format!("the pattern cannot be read: {}", error.kind());
                let help = "for example \"T-IOT-*\"".to_string();
                decoder.bad(Code::BadPattern, span, message, Some(help));
                return None;
            }
        }
    }
    if by == By::Audience && Audience::parse(&text).is_none() {
        let message = format!("`audience` cannot be `{text}`");
        let help = did_you_mean(&text, Audience::WORDS);
        decoder.bad(Code::BadConfig, span, message, help);
        return None;
    }
    Some(Choice { by, text, span, glob })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_mean_what_they_say() {
        let text = "[[library]]\nname = \"c\"\nsource = \"builtin\"\n\
                    hide = { id = [\"t-iot-*\"], section = \"training/\", tag = [\"Web\"] }\n";
        let (config, found) = Config::parse(text, "content");
        assert_eq!(found, []);
        let hide = &config.libraries[0].hide;
        let is = |number: usize, value: &str| hide[number].is(value);
        assert!(is(0, "T-IOT-001") && is(0, "T-iot-2") && !is(0, "T-IOTA-1") && !is(0, "R-IOT-1"));
        assert!(is(1, "training/a.md") && is(1, "training/b/c.md") && !is(1, "trainings/a.md"));
        assert!(is(2, "web") && !is(2, "webs"));
    }
}
