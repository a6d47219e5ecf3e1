//! From the plan to bytes: fills the views of [`crate::site::view`] and renders templates.
//!
//! Everything here is a pure function of what [`Renderer`] borrows.

mod ask;
mod block;
mod body;
mod browse;
mod catalogue;
mod change;
mod chart;
mod content;
mod deck;
mod entry;
mod evidence;
mod fault;
mod fragment;
mod frame;
mod home;
mod label;
mod learn;
mod link;
mod log;
mod menu;
mod model;
mod overview;
mod picture;
mod print;
mod recording;
mod reference;
mod risk;
mod statement;
mod status;
mod stride;
mod text;
mod translate;
mod usage;

pub use deck::Paper;

use crate::book::config::Config;
use crate::book::entry::{BuiltInKind, BuiltInRole};
use crate::book::graph::{Graph, NOT_FOUND, NodeId, relative_url};
use crate::book::language::{Text, Texts};
use crate::book::source::Sources;
use crate::model::Models;
use crate::model::ask::{Questions, Walk};
use crate::model::evidence::{Concern, Evidence};
use crate::model::suggest::Catalogue;
use crate::search::Document;
use crate::site::plan::{Group, Plan, Route};
use crate::site::theme::{Theme, ThemeError};
use crate::site::view::{
    Content, Html, NotFoundView, PageView, RedirectView, ReferenceView, SiteView, View,
};
use crate::text::address::{Address, encode_fragment, encode_path};
use std::borrow::Cow;
use std::sync::Arc;

/// What a page is made from.
#[derive(Clone, Copy)]
pub struct Renderer<'s> {
    /// The settings.
    pub config: &'s Config,
    /// The files.
    pub sources: &'s Sources,
    /// The pages and their links.
    pub graph: &'s Graph,
    /// The threat models.
    pub models: &'s Models,
    /// Results of tests, and source code that names entries.
    pub evidence: &'s Evidence,
    /// The threats that models can take.
    pub catalogue: &'s Catalogue,
    /// The questions of the threats.
    pub questions: &'s Questions,
    /// The addresses and the navigation.
    pub plan: &'s Plan,
    /// The templates.
    pub theme: &'s Theme,
    /// What the interface says, by language.
    pub texts: &'s Texts,
    /// What it says in the language of the page.
    pub text: &'s Arc<Text>,
    /// What all pages share.
    pub site: &'s SiteView,
    /// Whether code is highlighted: search wants to know only what it says.
    pub highlight: bool,
    /// Whether diagrams are laid out for a slide.
    pub stage: bool,
}

/// The part of the views that all pages share.
pub fn site_view(config: &Config, graph: &Graph, plan: &Plan) -> SiteView {
    let page =
        |url: &str, route: Route| (plan.routes.get(url) == Some(&route)).then(|| url.to_string());
    SiteView {
        title: config.title.clone(),
        description: config.description.clone(),
        authors: config.authors.clone(),
        language: config.language.clone(),
        rtl: config.rtl,
        policy: config.content_policy().map(Html::from),
        repository: config.repository.clone(),
        logo: config.look.logo.as_ref().map(|logo| format!("assets/{logo}")),
        search: true,
        entries: graph.nodes.iter().any(|node| node.entry),
        ask: page(crate::site::plan::ASK, Route::Ask),
        deck: page(crate::site::plan::DECK, Route::Deck),
        changes: page(crate::site::plan::CHANGES, Route::Changes),
        feed: page(crate::site::plan::FEED, Route::Feed),
        due: page(crate::site::plan::DUE, Route::Due),
        generator: concat!("Casebook ", env!("CARGO_PKG_VERSION")).into(),
    }
}

/// A page that may hold a block whose template fails.
type Made = Result<(PageView, Content), ThemeError>;

impl<'s> Renderer<'s> {
    /// What to ask of a design.
    pub fn walk(&self) -> &'s Walk {
        self.questions.walk(self.config, self.graph, self.texts.of(&self.config.language))
    }

    /// The bytes at an address.
    ///
    /// # Errors
    /// When a template of the theme fails.
    pub fn render(&self, url: &str, route: &Route) -> Result<Cow<'s, [u8]>, ThemeError> {
        if let Route::Node(node) | Route::Fault(node) = route
            && let Some(language) = self.language_of(*node)
            && language != self.text.language()
        {
            return self.speaking(Some(language)).render(url, route);
        }
        let (page, content) = match route {
            Route::File(path) => {
                let file = self.sources.source(path);
                return Ok(file.map_or(Cow::Borrowed(&[]), |(_, file)| file.bytes().into()));
            }
            Route::Data => return Ok(self.data().json().into_bytes().into()),
            Route::Schema => return Ok(crate::model::export::schema().into_bytes().into()),
            Route::Csv(overview) => return Ok(self.csv(*overview).into_bytes().into()),
            Route::Script(script) => return Ok(self.script(url, script).into_bytes().into()),
            Route::Sitemap => return Ok(self.sitemap().into_bytes().into()),
            Route::Node(node) => self.node(url, *node)?,
            Route::Catalogue(kind, intro) => self.catalogue(url, kind, *intro)?,
            Route::Section(section, intro) => self.section(url, *section, *intro)?,
            Route::Print(section) => self.print(url, *section)?,
            Route::Tags => self.tags(url),
            Route::Tag(tag) => self.tag(url, tag),
            Route::Framework(name) => self.framework(url, name),
            Route::Redirect(target) => self.redirect(url, target),
            Route::Overview(overview) => self.overview(url, *overview),
            Route::Change(node) => self.change(url, *node),
            Route::Stride(node) => self.stride(url, *node),
            Route::Meeting(node) => self.meeting(url, *node),
            Route::Changes => self.changes(url),
            Route::Due => self.due(url),
            Route::Feed => return Ok(self.feed().into_bytes().into()),
            Route::Entries => self.entries(url),
            Route::Picked => self.picked(url),
            Route::Compare => self.compare(url),
            Route::Ask => self.ask(url),
            Route::Deck => self.deck_page(url),
            Route::Diagnostics => {
                let title = self.text.get("diagnostics");
                let mut page = self.page(url, title);
                page.body = reference::diagnostics(self.config, self.text).into();
                page.toc = reference::toc(self.config, self.text);
                page.description = self.text.get("diagnostics_about").into();
                self.belongs(url, Group::Alone, &mut page);
                (page, Content::Reference(ReferenceView { name: "diagnostics".into() }))
            }
            Route::Fault(node) => self.fault(url, *node),
            Route::NotFound => {
                let page = self.page(url, self.text.get("not_found_window"));
                let sections = self.plan.sections.iter();
                let links = sections.flat_map(|s| self.section_links(url, s, false)).collect();
                (page, Content::NotFound(NotFoundView { links }))
            }
        };
        let template = content.template();
        let view = View { site: self.site, page, text: self.text.value(), content };
        Ok(self.theme.render(template, &view)?.into_bytes().into())
    }

    /// A node as search sees it: what a reader sees of it, title and text.
    pub fn document(&self, url: &str, node: NodeId) -> Document {
        if self.language_of(node).is_some_and(|language| language != self.text.language()) {
            return self.speaking(self.language_of(node)).document(url, node);
        }
        let page = &self.graph.nodes[node];
        let article = self.graph.article(node);
        let meta = &article.meta;
        // A template that fails is told for the page.
        let body = self.body(url, node).unwrap_or_default();
        let original = &self.graph.nodes[self.graph.original(node)];
        let kind = original.kind.as_deref().and_then(|kind| self.config.kinds.get(kind));
        let texts =
            |words: &[crate::book::page::Word]| words.iter().map(|w| w.text.clone()).collect();
        let past = match () {
            () if self.graph.is_superseded(node) => Some(self.text.word("earlier-revision")),
            () if meta.is_deprecated() => Some(self.text.word("deprecated")),
            () => None,
        };
        let weight = weight(kind.map(|kind| kind.name.as_str()), page.entry);
        Document {
            url: encode_path(url),
            weight: Some(if past.is_some() { weight / 2 } else { weight }),
            title: page.title.clone(),
            id: page.id.clone(),
            kind: kind.map_or_else(|| "page".to_string(), |kind| kind.name.clone()),
            kind_title: match kind {
                Some(kind) => self.kind_title(kind).to_string(),
                None => self.text.get("kind_page").to_string(),
            } + &self.language_mark(node),
            past,
            stride: meta.stride.clone(),
            severity: meta.severity.clone(),
            elements: meta.elements.clone(),
            applies_to: meta.applies_to.clone(),
            used: page.entry.then(|| self.in_a_model(node)),
            status: page.entry.then(|| meta.status.clone().unwrap_or_else(|| "active".into())),
            concerns: self.concerns_about(node),
            tags: meta.tags.clone(),
            description: self.description(article, &body),
            also: meta.also.clone(),
            aliases: texts(&meta.aliases),
            references: texts(&meta.references),
            sections: text::sections(&body),
        }
    }

    /// What wants attention in a model, or about a threat in any of the latest ones.
    fn concerns_about(&self, node: NodeId) -> Vec<String> {
        let (graph, evidence) = (self.graph, self.evidence);
        let mut found: Vec<Concern> = match self.models.get(node) {
            Some(model) if model.superseded_by.is_some() => Vec::new(),
            Some(model) => evidence.concerns_of(model),
            None => {
                let uses = graph.back[node].iter().filter(|edge| BuiltInRole::Uses.is(&edge.role));
                let models = uses.filter_map(|edge| self.models.get(edge.from));
                let latest = models.filter(|m| m.superseded_by.is_none() && !m.example);
                let threats = latest.flat_map(|model| &model.threats);
                let ours = threats.filter(|threat| threat.entry == Some(node));
                ours.flat_map(|threat| evidence.concerns(threat)).collect()
            }
        };
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|concern| concern.word().to_string()).collect()
    }

    /// Whether a model uses an entry.
    fn in_a_model(&self, node: NodeId) -> bool {
        let is_model = |from: NodeId| {
            let model = BuiltInKind::Model.is(self.graph.nodes[from].kind.as_deref());
            model && !self.graph.is_example(from)
        };
        self.graph.back[node].iter().any(|edge| is_model(edge.from))
    }

    fn redirect(&self, url: &str, to: &Address) -> (PageView, Content) {
        let mut page = self.page(url, self.text.get("moved"));
        page.noindex = true;
        let (target, href) = match to {
            Address::Relative { path, anchor, query } => {
                let anchor = anchor.as_ref().map(|anchor| format!("#{}", encode_fragment(anchor)));
                let href = format!("{}{query}{}", self.href(url, path), anchor.unwrap_or_default());
                (path.as_str(), href)
            }
            Address::External(address) => ("", address.clone()),
            Address::Refused(_) => ("", self.href(url, "index.html")),
        };
        let title = self.graph.by_url.get(target).map(|node| self.graph.nodes[*node].title.clone());
        let view = RedirectView { title: title.unwrap_or_else(|| href.clone()), target: href };
        (page, Content::Redirect(view))
    }

    fn sitemap(&self) -> String {
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
        );
        let base = self.config.url.as_deref().unwrap_or("");
        for (url, route) in &self.plan.routes {
            let listed = matches!(
                route,
                Route::Node(_)
                    | Route::Catalogue(..)
                    | Route::Section(..)
                    | Route::Overview(_)
                    | Route::Tags
                    | Route::Tag(_)
                    | Route::Framework(_)
                    | Route::Change(_)
                    | Route::Stride(_)
                    | Route::Changes
                    | Route::Entries
                    | Route::Compare
                    | Route::Ask
                    | Route::Deck
            );
            if listed {
                let address = format!("{base}{}", encode_path(url));
                out.push_str("<url><loc>");
                crate::text::markup::escape(&address, &mut out);
                out.push_str("</loc></url>\n");
            }
        }
        out.push_str("</urlset>\n");
        out
    }

    /// A relative address, percent-encoded.
    ///
    /// The page for addresses that lead nowhere is shown at any of them, so its links
    /// start at the root of the host.
    fn href(&self, from: &str, to: &str) -> String {
        let base = if from == NOT_FOUND { self.config.base_path() } else { "" };
        format!("{base}{}", encode_path(&relative_url(from, to)))
    }

    /// The address of a node on the page `from`.
    fn node_href(&self, from: &str, node: NodeId) -> String {
        self.href(from, &self.graph.nodes[self.localized(node)].url)
    }

    /// The address of a node, from the root of the site.
    fn url_of(&self, node: NodeId) -> String {
        self.graph.nodes[node].url.clone()
    }
}

/// What a page weighs in a search, in percent. Entries come before the pages that tell of
/// many, and threats before what treats them.
fn weight(kind: Option<&str>, entry: bool) -> u8 {
    match kind.and_then(BuiltInKind::parse) {
        Some(BuiltInKind::Threat) => 100,
        Some(BuiltInKind::Requirement) => 92,
        _ if entry => 88,
        Some(BuiltInKind::Guide) => 80,
        Some(BuiltInKind::Model) => 65,
        _ => 72,
    }
}
