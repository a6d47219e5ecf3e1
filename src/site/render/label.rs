//! What kinds, roles, sections and facts are called in the language of the page. What a
//! book names itself stays as the book has it.

use super::Renderer;
use crate::book::entry::{BUILT_IN_ROLES, Kind, Kinds, Role};
use crate::book::page::Meta;
use crate::site::plan::Section;
use crate::site::view::{Chip, Field, FieldValue};

impl Renderer<'_> {
    /// One entry of a kind.
    pub(super) fn kind_title<'k>(&'k self, kind: &'k Kind) -> &'k str {
        let usual = Kinds::default();
        let usual = usual.get(&kind.name).map(|usual| usual.title.as_str());
        self.text.name(&key("kind", &kind.name, ""), usual, &kind.title)
    }

    /// Many entries of a kind.
    pub(crate) fn kind_plural<'k>(&'k self, kind: &'k Kind) -> &'k str {
        let usual = Kinds::default();
        let usual = usual.get(&kind.name).map(|usual| usual.plural.as_str());
        self.text.name(&key("kind", &kind.name, "_many"), usual, &kind.plural)
    }

    /// What is said of a role on the page that has the link.
    pub(super) fn role_label<'r>(&'r self, role: &'r Role) -> &'r str {
        let usual = BUILT_IN_ROLES.iter().find(|(name, ..)| *name == role.name);
        self.text.name(&key("role", &role.name, ""), usual.map(|usual| usual.1), &role.label)
    }

    /// What is said of a role on the page that is linked to.
    pub(super) fn role_inverse<'r>(&'r self, role: &'r Role) -> &'r str {
        let usual = BUILT_IN_ROLES.iter().find(|(name, ..)| *name == role.name);
        let key = key("role", &role.name, "_inverse");
        self.text.name(&key, usual.map(|usual| usual.2), &role.inverse)
    }

    /// The name of a section: that of its kind, or its own.
    pub(crate) fn section_label(&self, section: &Section) -> String {
        let kind = section.kind.as_deref().and_then(|kind| self.config.kinds.get(kind));
        match kind.filter(|kind| kind.plural == section.label) {
            Some(kind) => self.kind_plural(kind).to_string(),
            None => {
                let index = section.index.as_deref().and_then(|index| self.graph.by_url.get(index));
                match index.filter(|node| self.localized(**node) != **node) {
                    Some(node) => self.title(*node),
                    None => section.label.clone(),
                }
            }
        }
    }

    /// A fact of front matter, such as the size of a model.
    pub(super) fn fact(&self, label: &str, value: &str) -> Field {
        let name = label.to_lowercase();
        let text = match name.as_str() {
            "size" => self.text.word(value),
            "date" | "reviewed" => self.text.date(value),
            _ => value.to_string(),
        };
        let label = self.text.name(&key("fact", &name, ""), Some(label), label).to_string();
        Field { name, label, values: vec![FieldValue::Text { text }] }
    }

    /// What a reader wants to know of a model before opening it.
    pub(super) fn fact_chips(&self, meta: &Meta) -> Vec<Chip> {
        let facts = meta.facts.iter().filter(|(label, _)| ["Size", "Date"].contains(label));
        facts
            .map(|(label, value)| Chip {
                group: label.to_lowercase(),
                value: value.clone(),
                label: match *label {
                    "Size" => self.text.word(value),
                    _ => self.text.date(value),
                },
                href: None,
            })
            .collect()
    }
}

/// The key of a name: `role_replaced_by_inverse`.
fn key(what: &str, name: &str, end: &str) -> String {
    format!("{what}_{}{end}", name.replace('-', "_"))
}
