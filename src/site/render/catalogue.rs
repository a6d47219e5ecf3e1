//! The pages that list entries: of one kind, and of all.

use super::entry::{kind_of, plain_chip};
use super::statement::sentence;
use super::{Made, Renderer};
use crate::book::entry::severity_rank;
use crate::book::graph::NodeId;
use crate::site::plan::{ENTRIES, Group, Route, area};
use crate::site::view::{CatalogueView, Content, Facet, FacetValue, KindView, Link, PageView, Row};
use std::collections::BTreeMap;

/// Keys by which a catalogue can be filtered, with the keys of the words for readers.
const FACETS: [(&str, &str); 9] = [
    ("kind", "kind"),
    ("area", "area"),
    ("stride", "stride"),
    ("severity", "severity"),
    ("applies-to", "applies_to"),
    ("elements", "element"),
    ("tags", "tag"),
    ("status", "status"),
    ("use", "use"),
];

/// Of these also groups can be made.
const GROUPS: [&str; 5] = ["kind", "area", "stride", "severity", "applies-to"];

impl Renderer<'_> {
    pub(super) fn catalogue(&self, url: &str, name: &str, intro: Option<NodeId>) -> Made {
        let kind = kind_of(self.config, Some(name));
        let label = kind.map_or(name, |kind| self.kind_plural(kind));
        let mut page = self.index_page(url, label, intro)?;
        self.belongs(url, Group::Catalogue, &mut page);
        page.sidebar = Vec::new();
        (page.previous, page.next) = (None, None);
        let entries = self.graph.of_kind(name).filter(|node| self.graph.nodes[*node].entry);
        let kind = kind.map(|kind| self.kind_view(url, kind)).unwrap_or_default();
        Ok((page, self.catalogue_of(url, kind, entries.collect())))
    }

    /// The page of the entries of all kinds.
    pub(super) fn entries(&self, url: &str) -> (PageView, Content) {
        let mut page = self.page(url, self.text.get("all_entries"));
        page.description = self.text.get("all_entries_about").into();
        self.belongs(url, Group::Catalogue, &mut page);
        page.sidebar = Vec::new();
        let nodes = 0..self.graph.nodes.len();
        let kind = KindView {
            name: "entry".into(),
            title: self.text.get("entry").into(),
            plural: self.text.get("entries").into(),
            href: None,
        };
        let entries = nodes.filter(|node| self.graph.nodes[*node].entry).collect();
        (page, self.catalogue_of(url, kind, entries))
    }

    fn catalogue_of(&self, url: &str, kind: KindView, entries: Vec<NodeId>) -> Content {
        let rows: Vec<Row> = entries.iter().map(|node| self.row(url, *node)).collect();
        let facets: Vec<Facet> = FACETS
            .iter()
            .filter_map(|(name, label)| self.facet(name, self.text.get(label), &rows))
            .collect();
        let several = |facet: &&Facet| facet.values.len() > 1;
        let by_name = |facet: &&Facet| GROUPS.contains(&facet.name.as_str());
        let groups = facets.iter().filter(several).filter(by_name);
        let groups = groups.map(|facet| facet.name.clone()).collect();
        let mut columns = Vec::new();
        let mut column = |name: &str, filled: bool| {
            if filled {
                columns.push(name.to_string());
            }
        };
        column("kind", facets.iter().any(|facet| facet.name == "kind"));
        column("stride", rows.iter().any(|row| !row.stride.is_empty()));
        column("severity", rows.iter().any(|row| row.severity.is_some()));
        column("applies-to", rows.iter().any(|row| !row.applies_to.is_empty()));
        column("used", rows.iter().any(|row| row.used > 0));
        let others = self.catalogues(url);
        let sorted = rows.is_sorted_by(|a, b| a.id <= b.id);
        Content::Catalogue(CatalogueView { kind, others, facets, groups, columns, rows, sorted })
    }

    /// Links to all catalogues, and to the page of all entries; none where there is but one.
    fn catalogues(&self, url: &str) -> Vec<Link> {
        let all = (self.plan.browse(ENTRIES, &Route::Entries))
            .map(|to| (self.text.get("all_entries").to_string(), to.to_string()));
        let kinds = self.config.kinds.iter().filter(|kind| kind.catalogue).filter_map(|kind| {
            let index = format!("{}/index.html", kind.folder);
            let there = matches!(self.plan.routes.get(&index), Some(Route::Catalogue(..)));
            there.then(|| (self.kind_plural(kind).to_string(), index))
        });
        let link = |(label, to): (String, String)| Link {
            current: to == url,
            href: self.href(url, &to),
            label,
        };
        let links: Vec<Link> = all.into_iter().chain(kinds).map(link).collect();
        if links.len() > 2 { links } else { Vec::new() }
    }

    fn row(&self, url: &str, node: NodeId) -> Row {
        let page = &self.graph.nodes[node];
        let article = self.graph.article(node);
        let meta = &article.meta;
        let used = self.uses(node);
        let kind = kind_of(self.config, page.kind.as_deref());
        let mut facets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut add = |name: &str, values: Vec<String>| {
            if !values.is_empty() {
                facets.insert(name.into(), values);
            }
        };
        add("kind", page.kind.iter().cloned().collect());
        add("area", page.id.as_deref().and_then(area).map(str::to_string).into_iter().collect());
        add("stride", meta.stride.clone());
        add("severity", meta.severity.iter().cloned().collect());
        add("applies-to", meta.applies_to.clone());
        add("elements", meta.elements.clone());
        add("tags", meta.tags.clone());
        add("status", vec![meta.status.clone().unwrap_or_else(|| "active".into())]);
        add("use", vec![if used > 0 { "used" } else { "unused" }.to_string()]);
        Row {
            kind: kind.map_or("", |kind| self.kind_title(kind)).to_string(),
            id: page.id.clone().unwrap_or_default(),
            title: page.title.clone(),
            href: self.node_href(url, node),
            description: meta
                .description
                .clone()
                .or_else(|| sentence(self.text, &meta.statement))
                .unwrap_or_default(),
            stride: self.stride_chips(node),
            severity: self.severity_chip(node),
            severity_rank: meta.severity.as_deref().map_or(0, severity_rank),
            applies_to: meta.applies_to.iter().map(|word| plain_chip("applies-to", word)).collect(),
            status: self.status_chip(meta),
            used,
            facets,
        }
    }

    /// A facet of the rows; `None` when it would not help to choose.
    fn facet(&self, name: &str, label: &str, rows: &[Row]) -> Option<Facet> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for value in rows.iter().filter_map(|row| row.facets.get(name)).flatten() {
            *counts.entry(value).or_default() += 1;
        }
        let helps = counts.len() > 1 || counts.values().any(|count| *count < rows.len());
        if counts.is_empty() || !helps {
            return None;
        }
        let mut values: Vec<FacetValue> = counts
            .into_iter()
            .map(|(value, count)| {
                let label = match name {
                    "kind" => {
                        let kind = self.config.kinds.get(value);
                        kind.map_or(value, |kind| self.kind_plural(kind)).to_string()
                    }
                    "area" => match self.config.areas.get(value) {
                        Some(words) => format!("{words} ({value})"),
                        None => value.to_string(),
                    },
                    "stride" | "severity" | "status" | "use" | "elements" => self.text.word(value),
                    _ => value.to_string(),
                };
                FacetValue { value: value.into(), label, count }
            })
            .collect();
        let order = |value: &str| match name {
            "kind" => self.config.kinds.iter().position(|kind| kind.name == value).unwrap_or(99),
            "stride" => {
                crate::book::entry::STRIDE.iter().position(|s| s.name == value).unwrap_or(99)
            }
            "severity" => 99 - severity_rank(value),
            _ => 0,
        };
        values.sort_by(|a, b| (order(&a.value), &a.value).cmp(&(order(&b.value), &b.value)));
        Some(Facet { name: name.into(), label: label.into(), values })
    }
}
