//! The page of an entry, and the parts of it that lists show too.

use super::statement::phrases;
use super::{Made, Renderer};
use crate::book::config::Config;
use crate::book::entry::{BuiltInRole, Kind, Reference, Role, STRIDE, Scheme, Standing};
use crate::book::graph::{Edge, NodeId, Resolved};
use crate::book::page::Meta;
use crate::site::view::{
    Chip, Content, EntryView, Field, FieldValue, Heading, KindView, LinkGroup,
};
use std::collections::BTreeSet;

impl Renderer<'_> {
    pub(super) fn entry(&self, url: &str, node: NodeId, kind: &Kind) -> Made {
        let mut page = self.node_page(url, node)?;
        let meta = &self.graph.article(node).meta;
        let mut chips = self.stride_chips(node);
        chips.extend(self.severity_chip(node));
        let replaced_by = meta
            .successors()
            .filter_map(|word| self.graph.find(&word.text))
            .map(|to| self.entry_link(url, to))
            .collect();
        let view = EntryView {
            kind: self.kind_view(url, kind),
            id: self.graph.nodes[node].id.clone().unwrap_or_default(),
            aliases: meta.aliases.iter().map(|word| word.text.clone()).collect(),
            status: self.status_chip(meta),
            deprecated: meta.is_deprecated(),
            replaced_by,
            statement: phrases(self.text, &meta.statement),
            chips,
            facts: self.facts(node),
            more: self.more(url, node),
            changes: super::change::dated(&meta.changes),
            outdated: self.outdated_models(url, node),
            used_by: self.usage(url, node),
        };
        for (key, anchor, there) in [
            ("see_also", "Casebook-more", !view.more.is_empty()),
            ("changes", "Casebook-changes", !view.changes.is_empty()),
            ("used_by", "Casebook-used-by", !view.used_by.is_empty()),
        ] {
            let text = self.text.get(key).to_string();
            let heading = Heading { id: anchor.into(), text, ..Heading::default() };
            page.toc.extend(there.then_some(heading));
        }
        Ok((page, Content::Entry(view)))
    }

    pub(super) fn kind_view(&self, url: &str, kind: &Kind) -> KindView {
        let index = format!("{}/index.html", kind.folder);
        let exists = self.plan.routes.contains_key(&index);
        KindView {
            name: kind.name.clone(),
            title: self.kind_title(kind).into(),
            plural: self.kind_plural(kind).into(),
            href: exists.then(|| self.href(url, &index)),
        }
    }

    /// What is told of an entry beside its text.
    fn facts(&self, node: NodeId) -> Vec<Field> {
        let meta = &self.graph.article(node).meta;
        let chips = |group: &str, words: &[String]| -> Vec<FieldValue> {
            words.iter().map(|word| FieldValue::Chip(plain_chip(group, word))).collect()
        };
        let applies = chips("applies-to", &meta.applies_to);
        let own = [
            field("applies-to", self.text.get("applies_to"), applies),
            field("elements", self.text.get("elements"), self.element_chips(&meta.elements)),
        ];
        let facts = meta.facts.iter().map(|(label, value)| self.fact(label, value));
        own.into_iter().flatten().chain(facts).collect()
    }

    /// What is told of it below the text. What the text links to is not said twice.
    fn more(&self, url: &str, node: NodeId) -> Vec<Field> {
        let meta = &self.graph.article(node).meta;
        let mut fields: Vec<Field> =
            self.config.roles.keys().filter_map(|role| self.linked(url, node, role)).collect();
        let references = meta.references.iter();
        let references = references.map(|r| reference(&r.text, &self.config.references)).collect();
        fields.extend(field("references", self.text.get("references"), references));
        let also = Some(meta.also.join(", ")).filter(|also| !also.is_empty());
        let also = also.map(|text| FieldValue::Text { text }).into_iter().collect();
        fields.extend(field("also", self.text.get("also_known_as"), also));
        if let Some(id) = &self.graph.nodes[node].id {
            fields.extend(field("code", self.text.get("named_in_code"), self.code_links(id)));
        }
        fields
    }

    /// What an entry is linked to in a role, unless its text links to all of that.
    fn linked(&self, url: &str, node: NodeId, role: &Role) -> Option<Field> {
        let named = |edge: &&Edge| edge.role == role.name;
        let mut linked: BTreeSet<NodeId> =
            self.graph.out[node].iter().filter(named).map(|edge| edge.to).collect();
        if role.is_mutual() {
            linked.extend(self.graph.back[node].iter().filter(named).map(|edge| edge.from));
        }
        let told = |to: &NodeId| {
            let links = &self.graph.links[node];
            links.iter().any(|link| matches!(link, Resolved::Node(there, _) if there == to))
        };
        if linked.iter().all(told) {
            return None;
        }
        let values = linked.into_iter().map(|to| FieldValue::Entry(self.entry_link(url, to)));
        field(&role.name, self.role_label(role), values.collect())
    }

    /// Who links to a node, by role. Roles that say the same both ways stand among the
    /// facts of an entry.
    pub(super) fn used_by(&self, url: &str, node: NodeId) -> Vec<LinkGroup> {
        let mut groups: Vec<LinkGroup> = Vec::new();
        for edge in &self.graph.back[node] {
            let Some(role) = self.config.roles.get(&edge.role) else { continue };
            if role.is_mutual() && self.graph.nodes[node].entry {
                continue;
            }
            let mut link = self.entry_link(url, edge.from);
            link.note = edge.note.as_deref().map(|note| self.text.word(note));
            if BuiltInRole::Uses.is(&role.name) && self.graph.is_superseded(edge.from) {
                // The newest revision stands for the earlier ones.
                let newest = self.graph.newest(edge.from);
                if self.graph.back[node]
                    .iter()
                    .any(|e| BuiltInRole::Uses.is(&e.role) && e.from == newest)
                {
                    continue;
                }
                link.note = Some(self.text.get("in_earlier_revision").into());
            } else if BuiltInRole::Uses.is(&role.name) {
                link.note = self.with_tests(link.note, edge.from, node);
            }
            match groups.last_mut().filter(|group| group.name == role.name) {
                Some(group) => group.links.push(link),
                None => groups.push(LinkGroup {
                    name: role.name.clone(),
                    label: self.role_inverse(role).into(),
                    links: vec![link],
                }),
            }
        }
        groups
    }

    /// The state of an entry's life, unless it is simply active.
    pub(super) fn status_chip(&self, meta: &Meta) -> Option<Chip> {
        let status = meta.status.as_deref().filter(|status| *status != "active")?;
        Some(self.chip("status", status))
    }

    /// The elements of a diagram that an entry concerns, as they stand within a line.
    fn element_chips(&self, words: &[String]) -> Vec<FieldValue> {
        let label = |word: &String| self.text.word_within(word);
        let chip =
            |word| FieldValue::Chip(Chip { label: label(word), ..plain_chip("elements", word) });
        words.iter().map(chip).collect()
    }

    /// A word of front matter in a frame.
    pub(super) fn chip(&self, group: &str, word: &str) -> Chip {
        let label = self.text.word(word);
        Chip { group: group.into(), value: word.into(), label, href: None }
    }

    pub(super) fn stride_chips(&self, node: NodeId) -> Vec<Chip> {
        let own = &self.graph.article(node).meta.stride;
        STRIDE
            .iter()
            .filter(|category| own.iter().any(|name| name == category.name))
            .map(|category| Chip {
                group: "stride".into(),
                value: category.name.into(),
                label: self.text.word(category.name),
                href: None,
            })
            .collect()
    }

    pub(super) fn severity_chip(&self, node: NodeId) -> Option<Chip> {
        let severity = self.graph.article(node).meta.severity.as_deref()?;
        Some(Chip {
            group: "severity".into(),
            value: severity.into(),
            label: self.text.word(severity),
            href: None,
        })
    }

    /// How many models use a node.
    pub(super) fn uses(&self, node: NodeId) -> usize {
        let model = |edge: &&Edge| {
            let counts = !self.graph.is_superseded(edge.from) && !self.graph.is_example(edge.from);
            BuiltInRole::Uses.is(&edge.role) && counts
        };
        self.graph.back[node].iter().filter(model).count()
    }
}

/// A fact with its values, where there are any.
fn field(name: &str, label: &str, values: Vec<FieldValue>) -> Option<Field> {
    (!values.is_empty()).then(|| Field { name: name.into(), label: label.into(), values })
}

pub(super) fn plain_chip(group: &str, word: &str) -> Chip {
    Chip { group: group.into(), value: word.into(), label: word.into(), href: None }
}

fn reference(text: &str, schemes: &[Scheme]) -> FieldValue {
    let reference = Reference::parse(text, schemes);
    let title = match reference.standing {
        Standing::Listed(title) => Some(title),
        Standing::Deprecated(title) => Some(format!("{title} (deprecated)")),
        _ => None,
    };
    match reference.url {
        Some(href) => {
            let label = reference.text.trim_start_matches("https://").trim_end_matches('/');
            FieldValue::External { label: label.to_string(), href, title }
        }
        None => FieldValue::Text { text: reference.text },
    }
}

/// The kind of a node's page.
pub(super) fn kind_of<'c>(config: &'c Config, name: Option<&str>) -> Option<&'c Kind> {
    config.kinds.get(name?)
}
