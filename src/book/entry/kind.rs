//! The table of kinds and the table of roles. `book.toml` can add to both.

use super::is_id;
use super::known::{BuiltInKind, BuiltInRole};
use regex::Regex;

/// A kind of page or entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The word in front matter, templates and filters.
    pub name: String,
    /// For readers, one of them.
    pub title: String,
    /// For readers, many of them.
    pub plural: String,
    /// What IDs of this kind begin with, such as `T`.
    pub prefix: String,
    /// The folder of the sources and of the addresses.
    pub folder: String,
    /// Whether it is an entry: it must have an ID, its address comes from the ID,
    /// and the folder's index is a filterable catalogue.
    pub catalogue: bool,
    /// Its place among the sections of the site.
    pub order: i64,
    /// The form of its IDs, where it has one of its own.
    pub form: Option<Form>,
}

/// A form of IDs that a book declares: a regular expression that the whole ID matches, in
/// letters of either case.
#[derive(Debug, Clone)]
pub struct Form(Regex);

impl Form {
    /// Compiles the expression.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(pattern: &str) -> Result<Form, regex::Error> {
        Regex::new(&format!("(?i)^(?:{pattern})$")).map(Form)
    }

    /// Whether a text has the form. What would end a link or leave a folder never has.
    pub fn fits(&self, text: &str) -> bool {
        let barred = |c: char| c.is_control() || "[]|#<>\"\\/?".contains(c);
        !text.is_empty()
            && text.len() <= 80
            && text.trim() == text
            && !text.starts_with('.')
            && !text.contains(barred)
            && self.0.is_match(text)
    }
}

impl PartialEq for Form {
    fn eq(&self, other: &Form) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Form {}

/// All kinds of a book, in the order of the site's sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kinds(Vec<Kind>);

impl Default for Kinds {
    fn default() -> Kinds {
        let kind =
            |known: BuiltInKind, plural: &str, prefix: &str, folder: &str, catalogue, order| Kind {
                name: known.word().into(),
                title: capital(known.word()),
                plural: plural.into(),
                prefix: prefix.into(),
                folder: folder.into(),
                catalogue,
                order,
                form: None,
            };
        Kinds(vec![
            kind(BuiltInKind::Guide, "Guide", "G", "guide", false, 10),
            kind(BuiltInKind::Training, "Training", "L", "training", false, 20),
            kind(BuiltInKind::Model, "Models", "M", "models", false, 30),
            kind(BuiltInKind::Threat, "Threats", "T", "threats", true, 40),
            kind(BuiltInKind::Requirement, "Requirements", "R", "requirements", true, 50),
            kind(BuiltInKind::Assumption, "Assumptions", "A", "assumptions", true, 60),
        ])
    }
}

/// A name as a title: `audit-event` becomes `Audit event`.
pub fn capital(word: &str) -> String {
    let words = word.replace(['-', '_'], " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

impl Kinds {
    /// Adds a kind, or replaces the one of the same name.
    pub fn insert(&mut self, kind: Kind) {
        match self.0.iter_mut().find(|k| k.name == kind.name) {
            Some(old) => *old = kind,
            None => self.0.push(kind),
        }
        self.0.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    }

    /// Every kind in order.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.0.iter()
    }

    /// The kind of this name.
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.0.iter().find(|kind| kind.name == name)
    }

    /// The kind whose folder holds a page of this path (relative to the sources).
    pub fn of_path(&self, path: &str) -> Option<&Kind> {
        self.0.iter().find(|kind| {
            path.strip_prefix(kind.folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Whether a text can be an ID in this book: in the usual form, or in one of a kind.
    pub fn is_id(&self, text: &str) -> bool {
        is_id(text) || self.has_form(text)
    }

    /// Whether double brackets around a text make a link: letters, a hyphen and a number
    /// somewhere, or a form that a kind declares.
    pub fn is_linked(&self, text: &str) -> bool {
        let usual = text.len() <= 80
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.contains('-')
            && text.bytes().any(|b| b.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        usual || self.has_form(text)
    }

    /// Whether a text has a form that a kind declares.
    pub fn has_form(&self, text: &str) -> bool {
        self.0.iter().any(|kind| kind.form.as_ref().is_some_and(|form| form.fits(text)))
    }

    /// The kind whose form an ID has, or whose prefix it begins with; the longest prefix
    /// wins.
    pub fn of_id(&self, id: &str) -> Option<&Kind> {
        let formed = |kind: &&Kind| kind.form.as_ref().is_some_and(|form| form.fits(id));
        if let Some(kind) = self.0.iter().find(formed) {
            return Some(kind);
        }
        self.0
            .iter()
            .filter(|kind| {
                id.get(..kind.prefix.len()).is_some_and(|p| p.eq_ignore_ascii_case(&kind.prefix))
                    && id[kind.prefix.len()..].starts_with('-')
            })
            .max_by_key(|kind| kind.prefix.len())
    }
}

/// A role that a link plays: a front-matter key whose value is a list of IDs, or
/// one of the two roles that come from the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The key in front matter.
    pub name: String,
    /// The words on the page that has the link.
    pub label: String,
    /// The words on the page that is linked to.
    pub inverse: String,
}

impl Role {
    /// Whether it says the same in both directions, as "Related" does.
    pub fn is_mutual(&self) -> bool {
        self.label == self.inverse
    }
}

/// The built-in roles: name, label, inverse. The last two are not keys: `uses` comes
/// from the structured blocks of a model and `mentions` from links in text.
pub const BUILT_IN_ROLES: [(&str, &str, &str); 7] = [
    (BuiltInRole::Requirements.word(), "Treated by", "Treats"),
    (BuiltInRole::Assumptions.word(), "Rests on", "Relied on by"),
    (BuiltInRole::Related.word(), "Related", "Related"),
    (BuiltInRole::ReplacedBy.word(), "Replaced by", "Replaces"),
    (BuiltInRole::Supersedes.word(), "Supersedes", "Superseded by"),
    (BuiltInRole::Uses.word(), "Uses", "Used by models"),
    (BuiltInRole::Mentions.word(), "Mentions", "Mentioned in"),
];

/// All roles of a book, strongest first: where one page links to another in two
/// roles, the earlier one is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Default for Roles {
    fn default() -> Roles {
        Roles(
            BUILT_IN_ROLES
                .iter()
                .map(|(name, label, inverse)| Role {
                    name: (*name).into(),
                    label: (*label).into(),
                    inverse: (*inverse).into(),
                })
                .collect(),
        )
    }
}

impl Roles {
    /// Adds a role before `uses`, or replaces the one of the same name.
    pub fn insert(&mut self, role: Role) {
        match self.0.iter_mut().find(|r| r.name == role.name) {
            Some(old) => *old = role,
            None => {
                let at = self
                    .0
                    .iter()
                    .position(|r| BuiltInRole::Uses.is(&r.name))
                    .unwrap_or(self.0.len());
                self.0.insert(at, role);
            }
        }
    }

    /// Every role, strongest first.
    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.iter()
    }

    /// The roles that are keys of front matter.
    pub fn keys(&self) -> impl Iterator<Item = &Role> {
        self.0.iter().filter(|role| {
            !BuiltInRole::Uses.is(&role.name) && !BuiltInRole::Mentions.is(&role.name)
        })
    }

    /// The role of this name.
    pub fn get(&self, name: &str) -> Option<&Role> {
        self.0.iter().find(|role| role.name == name)
    }

    /// The rank of a role: 0 is the strongest.
    pub fn rank(&self, name: &str) -> usize {
        self.0.iter().position(|role| role.name == name).unwrap_or(self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_path_and_prefix() {
        let mut kinds = Kinds::default();
        kinds.insert(Kind {
            name: "tool".into(),
            title: "Tool".into(),
            plural: "Tools".into(),
            prefix: "T-TOOL".into(),
            folder: "tools".into(),
            catalogue: true,
            order: 70,
            form: None,
        });
        assert_eq!(kinds.of_path("threats/web/x.md").map(|k| k.name.as_str()), Some("threat"));
        assert_eq!(kinds.of_path("threats.md"), None);
        assert_eq!(kinds.of_id("t-auth-1").map(|k| k.name.as_str()), Some("threat"));
        assert_eq!(kinds.of_id("T-TOOL-1").map(|k| k.name.as_str()), Some("tool"));
        assert_eq!(kinds.of_id("X-1"), None);
    }

    #[test]
    fn a_kind_has_a_form_of_its_own() {
        let form = Form::new(r"V\d+(\.\d+){2}|SEC_REQ_\d+|CR \d\.\d|GV\.[A-Z]{2}-\d+|MASVS-[A-Z]+")
            .unwrap();
        for id in ["V2.1.1", "v2.1.1", "SEC_REQ_12", "CR 1.1", "GV.OC-01", "MASVS-AUTH"] {
            assert!(form.fits(id), "{id}");
        }
        for id in ["", "V2.1", "V2.1.1x", " CR 1.1", "x V2.1.1"] {
            assert!(!form.fits(id), "{id}");
        }
        let any = Form::new(".*").unwrap();
        for id in ["a/b", "..", "a]]", "a|b", "a#b", "a\nb", ""] {
            assert!(!any.fits(id), "{id}");
        }
        assert!(Form::new("(").is_err());
    }
}
