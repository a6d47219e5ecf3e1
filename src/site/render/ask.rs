//! The page that asks what is built, and the data that it reads.

use super::Renderer;
use crate::book::entry::BuiltInKind;
use crate::site::plan::Group;
use crate::site::view::{AskGroup, AskProperty, AskView, Content, PageView};
use serde::Serialize;

/// What there is to ask, for the browser.
#[derive(Serialize)]
pub(super) struct Asking<'a> {
    properties: Vec<Known<'a>>,
    questions: &'a [String],
    threats: Vec<Threat<'a>>,
}

/// Of a property: word, title, weight, how many threats have it, phrases.
type Known<'a> = (&'a str, &'a str, u32, usize, &'a [Vec<String>]);

/// A threat: ID, title, address, severity as number, word and label, properties, questions.
#[derive(Serialize)]
struct Threat<'a>(&'a str, &'a str, &'a str, usize, &'a str, String, &'a [usize], &'a [usize]);

impl Renderer<'_> {
    pub(super) fn asking(&self) -> Asking<'_> {
        let properties = self.walk().properties.iter().map(|property| {
            let (word, title) = (property.word.as_str(), property.title.as_str());
            (word, title, property.weight, property.threats, property.phrases.as_slice())
        });
        let threats = self.walk().threats.iter().map(|threat| {
            let entry = &self.graph.nodes[threat.node];
            let word = self.graph.article(threat.node).meta.severity.as_deref().unwrap_or("");
            let label = if word.is_empty() { String::new() } else { self.text.word(word) };
            let id = entry.id.as_deref().unwrap_or_default();
            let (applies, questions) = (&threat.applies, &threat.questions);
            Threat(id, &entry.title, &entry.url, threat.severity, word, label, applies, questions)
        });
        Asking {
            properties: properties.collect(),
            questions: &self.walk().questions,
            threats: threats.collect(),
        }
    }

    /// The page that asks what is built.
    pub(super) fn ask(&self, url: &str) -> (PageView, Content) {
        let mut page = self.page(url, self.text.get("ask_title"));
        page.description = self.text.get("ask_about").into();
        self.belongs(url, Group::Catalogue, &mut page);
        page.sidebar = Vec::new();
        page.assets.push("ask.js".into());
        let mut groups: Vec<AskGroup> = Vec::new();
        for property in &self.walk().properties {
            let shown = AskProperty {
                word: property.word.clone(),
                label: property.title.clone(),
                about: property.about.clone(),
                threats: property.threats,
            };
            match groups.last_mut().filter(|group| group.label == property.group) {
                Some(group) => group.properties.push(shown),
                None => {
                    groups.push(AskGroup { label: property.group.clone(), properties: vec![shown] })
                }
            }
        }
        let catalogue =
            self.plan.sections.iter().find(|s| BuiltInKind::Threat.is(s.kind.as_deref()));
        let catalogue = catalogue.and_then(|section| section.first(self.graph));
        let view = AskView {
            threats: self.walk().threats.len(),
            questions: self.walk().questions.len(),
            groups,
            catalogue: catalogue.map(|to| self.href(url, &to)),
        };
        (page, Content::Ask(view))
    }
}
