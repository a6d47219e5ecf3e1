//! `[ask]` and `[properties]` of `book.toml`: what the walk of questions goes by.

use super::Config;
use super::decode::Decoder;
use crate::text::data::Fields;

/// What a book says of a property; empty where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Property {
    /// What readers see.
    pub title: String,
    /// What it means.
    pub about: String,
    /// The group it stands in.
    pub group: String,
    /// Other words for it.
    pub words: Vec<String>,
}

impl Property {
    /// Takes what another one says.
    pub fn replace(&mut self, other: &Property) {
        let texts = [
            (&mut self.title, &other.title),
            (&mut self.about, &other.about),
            (&mut self.group, &other.group),
        ];
        for (mine, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            mine.clone_from(text);
        }
        self.words.extend(other.words.iter().cloned());
    }
}

pub(super) fn decode(decoder: &mut Decoder, fields: &mut Fields<'_>, config: &mut Config) {
    if let Some(node) = fields.node("ask")
        && let Some(mut ask) = decoder.table(node, "ask")
    {
        config.question_headings =
            ask.list("headings").into_iter().map(|(heading, _)| heading).collect();
        decoder.finish(ask, "ask");
    }
    for (key, node) in fields.table("properties") {
        let name = format!("properties.{}", key.name);
        let Some(mut table) = decoder.table(node, &name) else { continue };
        let mut text = |key| table.text(key).map(|(text, _)| text).unwrap_or_default();
        let (title, about, group) = (text("title"), text("about"), text("group"));
        let words = table.list("words").into_iter().map(|(word, _)| word).collect();
        decoder.finish(table, &name);
        config.properties.push((key.name.clone(), Property { title, about, group, words }));
    }
}
