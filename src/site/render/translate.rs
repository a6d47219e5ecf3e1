//! Pages in several languages: what a translation takes from its original, and the switch.

use super::{Made, Renderer};
use crate::book::graph::NodeId;
use crate::site::plan::Route;
use crate::site::view::{LanguageLink, PageView};

impl<'s> Renderer<'s> {
    /// As it renders the pages of a language.
    pub(super) fn speaking(self, language: Option<&str>) -> Renderer<'s> {
        match language {
            Some(language) => Renderer { text: self.texts.of(language), ..self },
            None => self,
        }
    }

    /// The language of a node's page; `None` for that of the book.
    pub(super) fn language_of(&self, node: NodeId) -> Option<&'s str> {
        self.graph.nodes[node].language.as_deref()
    }

    /// A node in the language of the page that is rendered.
    pub(super) fn localized(&self, node: NodeId) -> NodeId {
        self.graph.in_language(node, self.text.language())
    }

    /// The title of a node in the language of the page that is rendered.
    pub(super) fn title(&self, node: NodeId) -> String {
        self.graph.nodes[self.localized(node)].title.clone()
    }

    /// What is added to the kind of a translation where pages of all languages stand in
    /// one list: ` · Deutsch`.
    pub(super) fn language_mark(&self, node: NodeId) -> String {
        let language = self.language_of(node).and_then(|code| self.config.language(code));
        language.map_or_else(String::new, |language| format!(" \u{b7} {}", language.name))
    }

    /// A translation: the frame and the facts of its original around its own text.
    pub(super) fn translation(&self, url: &str, node: NodeId, original: NodeId) -> Made {
        let home = &self.graph.nodes[original].url;
        let (frame, content) = match self.plan.routes.get(home) {
            Some(Route::Section(number, _)) => return self.section(url, *number, Some(node)),
            Some(Route::Catalogue(kind, _)) => return self.catalogue(url, kind, Some(node)),
            _ => self.original_page(url, original)?,
        };
        let own = self.node_page(url, node)?;
        let page = PageView {
            title: own.title,
            heading: own.heading,
            body: own.body,
            toc: own.toc,
            description: own.description,
            edit_url: own.edit_url,
            ..frame
        };
        Ok((page, content))
    }

    /// The switch of a page that comes from a node, or from none.
    pub(super) fn languages(&self, url: &str, node: Option<NodeId>) -> Vec<LanguageLink> {
        if self.config.languages.len() < 2 {
            return Vec::new();
        }
        let original = node.map(|node| self.graph.original(node));
        let home = self.graph.by_url.get("index.html").copied();
        let current = self.text.language();
        let link = |(number, language): (usize, &crate::book::config::Language)| {
            let code = language.code.as_str();
            let find = |node: NodeId| match number {
                0 => Some(node),
                _ => self.graph.translations.get(&node)?.get(code).copied(),
            };
            let own = original.and_then(find);
            let target =
                own.or_else(|| home.and_then(find)).map(|node| &self.graph.nodes[node].url);
            // A page that no source writes is there in the language of the book alone.
            let target = target.map(String::as_str).or((number == 0).then_some(url));
            let full = |target: &str| match &self.config.url {
                Some(base) => format!("{base}{}", crate::text::address::encode_path(target)),
                None => self.href(url, target),
            };
            LanguageLink {
                code: code.to_string(),
                name: language.name.clone(),
                href: target.map(|target| self.href(url, target)),
                canonical: own.map(|own| full(&self.graph.nodes[own].url)),
                current: code == current,
                translated: own.is_some() || (original.is_none() && number == 0),
            }
        };
        self.config.languages.iter().enumerate().map(link).collect()
    }
}
