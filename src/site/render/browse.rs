//! Data and pages for browsing: previews of entries, what pages name, what a new model is
//! made from.

use super::Renderer;
use super::entry::kind_of;
use super::statement::sentence;
use super::text::{cut, lead};
use crate::book::entry::{BuiltInKind, BuiltInRole};
use crate::book::graph::{Edge, NodeId};
use crate::model::Status;
use crate::model::ask::STARTER;
use crate::model::compare::{self, Named};
use crate::model::draft::{BLOCKS, NO_RISK, SIZES};
use crate::site::plan::{COMPARE, DECK, Group, Overview, PICKED, Route, Script};
use crate::site::view::{
    Chip, CompareGroup, ComparePage, CompareView, Content, PageView, PickedView, StarterView,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A preview has at most so many characters of text and so many links of a role.
const TEXT: usize = 360;
const LINKS: usize = 5;

/// What a preview shows.
#[derive(Serialize)]
struct Card<'a> {
    id: &'a str,
    kind: &'a str,
    label: &'a str,
    title: &'a str,
    /// From the root of the site.
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stride: Vec<(String, String)>,
    /// The state of its life, unless it is simply active.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<(String, String)>,
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<CardLinks<'a>>,
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
}

/// The links of a role: its words for readers, the first of them as ID, title and address,
/// how many more there are, and the name of the role where the entry has it in its front
/// matter.
#[derive(Serialize)]
struct CardLinks<'a>(&'a str, Vec<(&'a str, &'a str, &'a str)>, usize, &'a str);

/// What a page names.
#[derive(Serialize)]
struct PageEntries<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    url: &'a str,
    date: String,
    items: Vec<PageEntry>,
    /// What readers see of the words in the items.
    words: Vec<(String, String)>,
}

#[derive(Serialize)]
struct PageEntry {
    #[serde(flatten)]
    named: Named,
    /// The page of the entry; empty for what the page has alone.
    url: String,
    /// The row on the page.
    anchor: String,
}

/// What a new model is made from, as `casebook new model` makes it.
#[derive(Serialize)]
struct Skeleton<'a> {
    prefix: &'a str,
    folder: String,
    /// Name and text of each size.
    sizes: Vec<(&'static str, &'static str)>,
    blocks: [(&'static str, &'static str, &'static str); 3],
    no_risk: &'static str,
    /// The beginnings of IDs that belong to a kind.
    kinds: Vec<&'a str>,
    /// The beginnings of IDs in use, with the highest number and its width.
    taken: Vec<(String, u64, usize)>,
}

impl Renderer<'_> {
    /// A file of data for the browser.
    pub(super) fn script(&self, url: &str, script: &Script) -> String {
        match script {
            Script::Cards(nodes) => {
                let cards: Vec<Card<'_>> = nodes.iter().map(|node| self.card(*node)).collect();
                call(url, &cards)
            }
            Script::Index(names) => call(url, names),
            Script::Entries(node) => call(url, &self.page_entries(*node)),
            Script::Skeleton => call(url, &self.skeleton()),
            Script::Ask => call(url, &self.asking()),
        }
    }

    fn card<'s>(&'s self, node: NodeId) -> Card<'s> {
        let page = &self.graph.nodes[node];
        let meta = &self.graph.article(node).meta;
        let kind = kind_of(self.config, page.kind.as_deref());
        let text = sentence(self.text, &meta.statement).or_else(|| meta.description.clone());
        let text = text.unwrap_or_else(|| {
            let body = self.body(&page.url, node).unwrap_or_default();
            lead(&body, TEXT)
        });
        let mut links = Vec::new();
        let mut add = |label: &'s str, name: &'s str, nodes: Vec<NodeId>| {
            // A new model takes all that treats a threat.
            let most = if BuiltInRole::Requirements.is(name) { nodes.len() } else { LINKS };
            let more = nodes.len().saturating_sub(most);
            let link = |to: NodeId| {
                let page = &self.graph.nodes[to];
                (page.id.as_deref().unwrap_or_default(), page.title.as_str(), page.url.as_str())
            };
            let shown: Vec<_> = nodes.into_iter().take(most).map(link).collect();
            if !shown.is_empty() {
                links.push(CardLinks(label, shown, more, name));
            }
        };
        let roles = self.config.roles.keys();
        for role in
            roles.filter(|role| !role.is_mutual() && !BuiltInRole::Supersedes.is(&role.name))
        {
            let named = |edge: &&Edge| edge.role == role.name;
            let out = self.graph.out[node].iter().filter(named).map(|edge| edge.to);
            add(self.role_label(role), &role.name, out.collect());
            let back = self.graph.back[node].iter().filter(named).map(|edge| edge.from);
            add(self.role_inverse(role), "", back.collect());
        }
        Card {
            id: page.id.as_deref().unwrap_or_default(),
            kind: page.kind.as_deref().unwrap_or_default(),
            label: kind.map_or("", |kind| self.kind_title(kind)),
            title: &page.title,
            url: &page.url,
            severity: self.severity_chip(node).map(pair),
            stride: self.stride_chips(node).into_iter().map(pair).collect(),
            status: self.status_chip(meta).map(pair),
            text: cut(text.trim(), TEXT),
            links,
            note: self.card_note(node),
        }
    }

    /// How often an entry is used, or where the work on a model stands.
    fn card_note(&self, node: NodeId) -> String {
        if let Some(model) = self.models.get(node) {
            let count = |status: Status| {
                let value = model.count(status);
                let key = format!("count_{}", status.word().replace('-', "_"));
                (value > 0).then(|| format!("{value} {}", self.text.form(&key, value)))
            };
            let counts: Vec<String> = Status::ALL.into_iter().filter_map(count).collect();
            let date = Some(self.text.date(self.graph.date(node))).filter(|date| !date.is_empty());
            let counts = Some(counts.join(", ")).filter(|counts| !counts.is_empty());
            return date.into_iter().chain(counts).collect::<Vec<_>>().join(": ");
        }
        match self.uses(node) {
            0 => String::new(),
            uses => self.text.count("used_by_models", uses),
        }
    }

    fn page_entries(&self, node: NodeId) -> PageEntries<'_> {
        let page = &self.graph.nodes[node];
        let items = compare::named(self.graph, self.models, node).into_iter().map(|named| {
            let url = named.entry.map(|entry| self.graph.nodes[entry].url.clone());
            let anchor = named.decision.anchor.clone();
            PageEntry { named, url: url.unwrap_or_default(), anchor }
        });
        let items: Vec<PageEntry> = items.collect();
        let words: BTreeSet<&str> = items
            .iter()
            .map(|item| &item.named.decision)
            .flat_map(|said| [&said.status, &said.response, &said.severity])
            .map(String::as_str)
            .filter(|word| !word.is_empty())
            .collect();
        let words = words.iter().map(|word| (word.to_string(), self.text.word(word))).collect();
        PageEntries {
            title: &page.title,
            id: page.id.as_deref(),
            url: &page.url,
            date: self.text.date(self.graph.date(node)),
            items,
            words,
        }
    }

    fn skeleton(&self) -> Skeleton<'_> {
        let kind = self.config.kinds.get(BuiltInKind::Model.word());
        let src = &self.config.src;
        let folder = kind.map_or("models", |kind| kind.folder.as_str());
        let mut taken: BTreeMap<String, (u64, usize)> = BTreeMap::new();
        for id in self.graph.by_id.keys().chain(self.graph.locals.keys()) {
            let Some((prefix, digits)) = id.rsplit_once('-') else { continue };
            let Ok(number) = digits.parse::<u64>() else { continue };
            let known = taken.entry(prefix.to_ascii_uppercase()).or_default();
            *known = (known.0.max(number), known.1.max(digits.len()));
        }
        Skeleton {
            prefix: kind.map_or("M", |kind| kind.prefix.as_str()),
            folder: if src.is_empty() { folder.to_string() } else { format!("{src}/{folder}") },
            sizes: SIZES.iter().map(|(size, name)| (*name, size.template())).collect(),
            blocks: BLOCKS,
            no_risk: NO_RISK,
            kinds: self.config.kinds.iter().map(|kind| kind.prefix.as_str()).collect(),
            taken: taken.into_iter().map(|(prefix, (n, width))| (prefix, n, width)).collect(),
        }
    }

    /// The page that shows a selection.
    pub(super) fn picked(&self, url: &str) -> (PageView, Content) {
        let mut page = self.page(url, self.text.get("picked_title"));
        page.description = self.text.get("picked_about").into();
        page.noindex = true;
        self.belongs(url, Group::Catalogue, &mut page);
        let entries = self.graph.nodes.iter().filter(|node| node.entry).count();
        (page, Content::Picked(PickedView { entries }))
    }

    /// Where a page is compared with another one, where that is possible.
    pub(super) fn compare_href(&self, url: &str, node: NodeId, side: &str) -> Option<String> {
        let to = self.plan.browse(COMPARE, &Route::Compare)?;
        let page = &self.graph.nodes[node];
        let key = crate::text::address::encode_fragment(&key(page.id.as_deref(), &page.url));
        Some(format!("{}#{side}={key}", self.href(url, to)))
    }

    /// What can be done with the entries of a starter set.
    pub(super) fn starter(&self, url: &str, node: NodeId) -> Option<StarterView> {
        self.graph.article(node).meta.tags.iter().find(|tag| *tag == STARTER)?;
        let to = self.plan.browse(PICKED, &Route::Picked)?;
        let named = compare::named(self.graph, self.models, node);
        if named.len() < compare::FEWEST {
            return None;
        }
        let ids: Vec<&str> = named.iter().map(|named| named.id.as_str()).collect();
        let cards = self.card_ids(&mut self.graph.out[node].iter().map(|edge| edge.to));
        let deck = self.plan.browse(DECK, &Route::Deck).filter(|_| !cards.is_empty());
        Some(StarterView {
            cards: deck.map(|deck| format!("{}#{}", self.href(url, deck), cards.join(","))),
            entries: named.len(),
            selection: format!("{}#{}", self.href(url, to), ids.join(",")),
            compare: self.compare_href(url, node, "b"),
        })
    }

    /// The page that compares two pages.
    pub(super) fn compare(&self, url: &str) -> (PageView, Content) {
        let mut page = self.page(url, self.text.get("compare_title"));
        page.description = self.text.get("compare_about").into();
        self.belongs(url, Group::Models, &mut page);
        let mut groups: Vec<CompareGroup> = Vec::new();
        let mut add = |label: &str, page: ComparePage| match groups
            .iter_mut()
            .find(|group| group.label == label)
        {
            Some(group) => group.pages.push(page),
            None => groups.push(CompareGroup { label: label.into(), pages: vec![page] }),
        };
        for node in compare::pages(self.graph, self.models) {
            let page = &self.graph.nodes[node];
            let key = key(page.id.as_deref(), &page.url);
            let label = match self.graph.date(node) {
                "" => page.title.clone(),
                date => format!("{} ({})", page.title, self.text.date(date)),
            };
            let section = self.plan.spots[node].as_ref().map(|spot| spot.section);
            let group = match (kind_of(self.config, page.kind.as_deref()), section) {
                (Some(kind), _) => self.kind_plural(kind).to_string(),
                (None, Some(section)) => self.section_label(&self.plan.sections[section]),
                (None, None) => self.text.get("kind_page_many").into(),
            };
            let entries = compare::named(self.graph, self.models, node).len();
            let href = format!("#a={}", crate::text::address::encode_fragment(&key));
            add(&group, ComparePage { key, href, label, url: page.url.clone(), entries });
        }
        // Models first, then starter sets.
        let models =
            self.config.kinds.get(BuiltInKind::Model.word()).map(|kind| self.kind_plural(kind));
        groups.sort_by_key(|group| {
            let starters = group.pages.iter().all(|page| page.url.starts_with("starters/"));
            (Some(group.label.as_str()) != models, !starters)
        });
        let coverage = self.plan.overview(Overview::Threats).map(|to| self.href(url, &to));
        (page, Content::Compare(CompareView { groups, coverage }))
    }
}

/// The word of front matter and what readers see.
fn pair(chip: Chip) -> (String, String) {
    (chip.value, chip.label)
}

/// The word for a page in the address of a comparison.
fn key(id: Option<&str>, url: &str) -> String {
    let plain = url.strip_suffix("index.html").or(url.strip_suffix(".html")).unwrap_or(url);
    id.map_or_else(|| plain.trim_end_matches('/').to_string(), str::to_string)
}

/// A script that hands a value over.
fn call(url: &str, value: &impl Serialize) -> String {
    let name = url.trim_start_matches(crate::site::plan::BROWSE).trim_end_matches(".js");
    let json = |value: Result<String, serde_json::Error>| value.unwrap_or_else(|_| "null".into());
    let name = json(serde_json::to_string(name));
    format!("casebookBrowse({name}, {});\n", json(serde_json::to_string(value)))
}
