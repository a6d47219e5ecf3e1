//! Files that are not written yet: the next entry, model or page, ready to be filled in.

mod uses;

pub use uses::{BLOCKS, NO_RISK, Uses};

use crate::book::config::Config;
use crate::book::entry::{BuiltInKind, Kind, id_anchor, id_form, is_id, next_formed, next_free};
use crate::text::diagnostic::did_you_mean;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// How much a model holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Size {
    /// A sentence that says why there is no particular risk.
    Note,
    /// One diagram and the four questions.
    #[default]
    Small,
    /// Several boundaries, owners, tests and decisions.
    Standard,
    /// An overview of parts that have models of their own.
    Full,
}

/// All sizes with their names on the command line.
pub const SIZES: [(Size, &str); 4] = [
    (Size::Note, "note"),
    (Size::Small, "small"),
    (Size::Standard, "standard"),
    (Size::Full, "full"),
];

impl Size {
    /// The text of its file, with places for ID, title and date.
    pub fn template(self) -> &'static str {
        match self {
            Size::Note => include_str!("templates/model-note.md"),
            Size::Small => include_str!("templates/model.md"),
            Size::Standard => include_str!("templates/model-standard.md"),
            Size::Full => include_str!("templates/model-full.md"),
        }
    }
}

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// The name of a kind.
    pub kind: &'r str,
    /// The title.
    pub title: &'r str,
    /// The middle part of the ID: `AUTH` for `T-AUTH-001`. Without it the ID is `T-001`. Of
    /// IDs of a form of their own it is how they begin.
    pub area: Option<&'r str>,
    /// The ID, where it is not to be the next free one.
    pub id: Option<&'r str>,
    /// Today, for a model.
    pub date: &'r str,
    /// The size of a model; small when nothing is said.
    pub size: Option<Size>,
    /// The entries that a model uses from the start.
    pub uses: Option<&'r Uses>,
}

/// A file that is not written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its path, relative to the book's root.
    pub path: String,
    /// Its ID, where it has one.
    pub id: Option<String>,
    /// Its text.
    pub text: String,
}

/// Why nothing was made.
#[derive(Debug)]
pub enum NewError {
    /// The book has no such kind.
    UnknownKind(String, Option<String>),
    /// The title says nothing.
    EmptyTitle,
    /// The area cannot be part of an ID.
    BadArea(String),
    /// Pages of this kind have no ID.
    NoArea(String),
    /// The ID has not the form of an ID of this kind.
    BadId(String),
    /// Something has this ID already.
    TakenId(String),
    /// IDs of this kind have a form of their own, and none has a number to count on from.
    OwnForm(String),
    /// Only a model has a size and uses entries.
    NoModel(String),
    /// The file is there already.
    Exists(String),
    /// The folder leads out of the book.
    Outside(PathBuf),
    /// The disk refused.
    Io(PathBuf, io::Error),
}

impl fmt::Display for NewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NewError::UnknownKind(kind, help) => {
                write!(f, "there is no kind `{kind}`")?;
                help.iter().try_for_each(|help| write!(f, "; {help}"))
            }
            NewError::EmptyTitle => write!(f, "the title is empty"),
            NewError::BadArea(area) => {
                write!(f, "`{area}` cannot be part of an ID; use letters and digits, such as AUTH")
            }
            NewError::NoArea(kind) => {
                write!(f, "a page of kind `{kind}` has no ID, so it takes no area and no ID")
            }
            NewError::BadId(id) => {
                write!(f, "`{id}` does not have the form of an ID, such as T-AUTH-004")
            }
            NewError::TakenId(id) => write!(f, "there is an entry `{id}` already"),
            NewError::OwnForm(kind) => {
                write!(f, "IDs of kind `{kind}` have a form of their own; give one with --id")
            }
            NewError::NoModel(kind) => {
                write!(f, "`--size` and `--use` are for models; this is a {kind}")
            }
            NewError::Exists(path) => write!(f, "`{path}` is there already; nothing was written"),
            NewError::Outside(path) => write!(f, "`{}` leads out of the book", path.display()),
            NewError::Io(path, error) => write!(f, "cannot write `{}`: {error}", path.display()),
        }
    }
}

impl std::error::Error for NewError {}

/// Computes the file. `taken` are all IDs in use, former ones too; `files` the paths
/// of all files below the source folder.
///
/// # Errors
/// When the request makes no sense in this book, or the file exists.
pub fn draft<'b>(
    request: &Request<'_>,
    config: &Config,
    taken: impl IntoIterator<Item = &'b str>,
    files: impl IntoIterator<Item = &'b str>,
) -> Result<Draft, NewError> {
    let kind = find_kind(request.kind, config)?;
    let taken: Vec<&str> = taken.into_iter().collect();
    let files: Vec<&str> = files.into_iter().collect();
    let title = request.title.trim();
    if title.is_empty() {
        return Err(NewError::EmptyTitle);
    }
    if !BuiltInKind::Model.is(Some(&kind.name))
        && (request.size.is_some() || request.uses.is_some())
    {
        return Err(NewError::NoModel(kind.name.clone()));
    }
    let slug = slug(title, &kind.name);
    let numbered = !kind.catalogue && !BuiltInKind::Model.is(Some(&kind.name));
    if numbered && (request.area.is_some() || request.id.is_some()) {
        return Err(NewError::NoArea(kind.name.clone()));
    }
    let id = new_id(request, kind, config, &taken)?;
    let (path, template) = if numbered {
        let number = next_number(&kind.folder, &files);
        (format!("{number}-{slug}.md"), include_str!("templates/page.md"))
    } else if BuiltInKind::Model.is(Some(&kind.name)) {
        (format!("{slug}/index.md"), request.size.unwrap_or_default().template())
    } else {
        let template = match kind.name.as_str() {
            "threat" => include_str!("templates/threat.md"),
            "requirement" => include_str!("templates/requirement.md"),
            "assumption" => include_str!("templates/assumption.md"),
            _ => include_str!("templates/entry.md"),
        };
        let name = if is_id(&id) { id.clone() } else { id_anchor(&id) };
        (format!("{name}.md"), template)
    };
    let path = format!("{}/{path}", kind.folder);
    let full = if config.src.is_empty() { path.clone() } else { format!("{}/{path}", config.src) };
    if files.iter().any(|file| file.to_lowercase() == path.to_lowercase()) {
        return Err(NewError::Exists(full));
    }
    let mut text = template.replace("{{id}}", &id).replace("{{date}}", request.date);
    // IDs of the model's own items, which must not look like those of a catalogue.
    let mut own: Vec<String> = Vec::new();
    for item in ["{{assumption}}", "{{threat}}", "{{requirement}}"] {
        let next = {
            let taken = taken.iter().copied().chain(own.iter().map(String::as_str));
            next_free(&own_prefix(&slug, config), taken)
        };
        text = text.replace(item, &next);
        own.push(next);
    }
    if let Some(uses) = request.uses {
        text = uses.fill(&text);
    }
    // Last, so that a title cannot hold a placeholder.
    let text = text.replace("{{title}}", &quoted(title));
    Ok(Draft { path: full, id: (!numbered).then_some(id), text })
}

/// The ID that is asked for, or the next free one.
fn new_id(
    request: &Request<'_>,
    kind: &Kind,
    config: &Config,
    taken: &[&str],
) -> Result<String, NewError> {
    let area = request.area.map(str::trim);
    if let Some(id) = request.id.map(str::trim) {
        return match taken.iter().any(|other| id_form(other) == id_form(id)) {
            true => Err(NewError::TakenId(id.to_string())),
            false if config.kinds.is_id(id) => Ok(id.to_string()),
            false => Err(NewError::BadId(id.to_string())),
        };
    }
    if let Some(form) = &kind.form {
        let begins = |id: &&str| area.is_none_or(|area| id.starts_with(area));
        let formed = taken.iter().copied().filter(|id| form.fits(id)).filter(begins);
        let next = next_formed(formed).filter(|id| form.fits(id));
        return next.ok_or_else(|| NewError::OwnForm(kind.name.clone()));
    }
    let prefix = match area {
        None => kind.prefix.clone(),
        Some(area) => format!("{}-{area}", kind.prefix),
    };
    let id = next_free(&prefix, taken.iter().copied());
    match is_id(&id) {
        true => Ok(id),
        false => Err(NewError::BadArea(request.area.unwrap_or_default().to_string())),
    }
}

/// A text in double quotes, which TOML and YAML read alike.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.trim().chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn find_kind<'c>(name: &str, config: &'c Config) -> Result<&'c Kind, NewError> {
    let wanted = name.trim().to_lowercase();
    let named = |kind: &&Kind| wanted == kind.name || wanted == kind.plural.to_lowercase();
    config.kinds.iter().find(named).ok_or_else(|| {
        let names: Vec<&str> = config.kinds.iter().map(|kind| kind.name.as_str()).collect();
        let help = did_you_mean(&wanted, names.iter().copied());
        let help = help.unwrap_or_else(|| format!("known: {}", names.join(", ")));
        NewError::UnknownKind(name.to_string(), Some(help))
    })
}

/// One more than the highest `NN-` of a folder, at least two digits wide.
fn next_number(folder: &str, files: &[&str]) -> String {
    let start = format!("{folder}/");
    let digits = files.iter().filter_map(|path| {
        let name = path.strip_prefix(&start)?.split('/').next()?;
        name.split_once('-').map(|(digits, _)| digits)
    });
    let (mut highest, mut width) = (0u32, 2);
    for digits in digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())) {
        if let Ok(number) = digits.parse::<u32>() {
            highest = highest.max(number);
            width = width.max(digits.len());
        }
    }
    format!("{:0width$}", highest.saturating_add(1))
}

/// A title as part of a file name: ASCII, lower case, hyphens, not too long.
fn slug(title: &str, fallback: &str) -> String {
    let ascii = deunicode::deunicode(title).to_lowercase();
    let words = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        if !slug.is_empty() && slug.len() + word.len() >= 60 {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(60));
    }
    if slug.is_empty() { fallback.to_string() } else { slug }
}

fn own_prefix(slug: &str, config: &Config) -> String {
    let word: String = slug.split('-').next().unwrap_or("").chars().take(8).collect();
    let word = word.to_uppercase();
    let id = format!("{word}-1");
    if is_id(&id) && config.kinds.of_id(&id).is_none() { word } else { "OWN".to_string() }
}
