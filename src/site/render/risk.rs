//! The pages that explain risk frameworks, and the links to them.

use super::{Renderer, reference};
use crate::book::graph::NodeId;
use crate::book::page::Key;
use crate::dfd::Marks;
use crate::model::{Model, Threat};
use crate::risk::{self, Factor, Framework, Grid};
use crate::site::plan::{Group, framework_url};
use crate::site::view::{
    BlockColumn, Content, Field, FieldValue, Heading, Link, PageView, ReferenceView,
};
use crate::text::address::encode_fragment;
use crate::text::markup::escaped;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The heading of the worked examples, and its anchor.
const EXAMPLES: (&str, &str) = ("worked_examples", "worked-examples");

/// So many models give examples, each its worst and its mildest threat.
const MODELS: usize = 3;

impl Renderer<'_> {
    /// The page of a framework.
    pub(super) fn framework(&self, url: &str, name: &str) -> (PageView, Content) {
        let mut page = self.page(url, name);
        if let Some(framework) = self.config.frameworks.get(name) {
            page = self.page(url, framework.title());
            page.description =
                self.text.fill("framework_about", &[("framework", framework.title())]);
            let (mut body, mut toc) = reference::text(self.text, &framework.reference());
            if let Some(grid) = framework.grid() {
                let at = body.find("<h2").unwrap_or(body.len());
                body.insert_str(at, &self.grid(framework, &grid));
            }
            let examples = self.examples(url, framework);
            if !examples.is_empty() {
                let (key, anchor) = EXAMPLES;
                let text = self.text.get(key);
                let link = escaped(self.text.get("link_to_section"));
                let _ = write!(
                    body,
                    "<h2 id=\"{anchor}\">{text} <a class=\"anchor\" href=\"#{anchor}\" \
                     aria-label=\"{link}\">#</a></h2>\n{examples}"
                );
                let heading =
                    Heading { id: anchor.into(), text: text.into(), children: Vec::new() };
                toc.push(heading);
            }
            page.body = body.into();
            page.toc = toc;
        }
        self.belongs(url, Group::Models, &mut page);
        (page, Content::Reference(ReferenceView { name: "risk".into() }))
    }

    /// Every score, and how many threats of the models have it.
    fn grid(&self, framework: &Framework, grid: &Grid<'_>) -> String {
        let counts = self.rated(framework, grid);
        let label = |factor: &Factor, value: f64| {
            let level = factor.levels.iter().find(|level| level.value == value);
            let name = level.map_or("", |level| &level.label);
            format!("<b>{value}</b> <span>{}</span>", escaped(name))
        };
        let axes = [("rows", grid.rows.0), ("columns", grid.columns.0)];
        let axes = axes.map(|(name, factor)| (name, factor.title.as_str()));
        let caption = escaped(&self.text.fill("risk_matrix", &axes));
        let mut out = format!(
            "<div class=\"table-wrap\"><table class=\"risk-matrix\"><caption>{caption}</caption>\
             <thead><tr><td></td>"
        );
        for value in &grid.columns.1 {
            let _ = write!(out, "<th scope=\"col\">{}</th>", label(grid.columns.0, *value));
        }
        out.push_str("</tr></thead><tbody>\n");
        // The worst stands on top.
        for (row, value) in grid.rows.1.iter().enumerate().rev() {
            let _ = write!(out, "<tr><th scope=\"row\">{}</th>", label(grid.rows.0, *value));
            for (column, score) in grid.cells[row].iter().enumerate() {
                let word = score.severity.word();
                let text = escaped(&score.text);
                let _ = write!(out, "<td class=\"severity-{word}\">{text}");
                if let Some(count) = counts.get(&(row, column)) {
                    let threats = escaped(self.text.form("count_threats", *count));
                    let _ = write!(out, "<small>{count} {threats}</small>");
                }
                out.push_str("</td>");
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table></div>\n");
        out
    }

    /// How many threats of the latest models have each score.
    fn rated(&self, framework: &Framework, grid: &Grid<'_>) -> BTreeMap<(usize, usize), usize> {
        let mut counts = BTreeMap::new();
        let latest = |model: &&Model| model.superseded_by.is_none() && !model.example;
        let models = self.models.by_node.values().filter(latest);
        for (model, threat) in models.flat_map(|m| m.threats.iter().map(move |t| (m, t))) {
            let by = model.rated_by(self.config, threat);
            let ours = by.filter(|by| by.name() == framework.name());
            let input = threat.input.as_ref().filter(|_| ours.is_some());
            if let Some(cell) = input.and_then(|input| framework.cell(grid, input)) {
                *counts.entry(cell).or_default() += 1;
            }
        }
        counts
    }

    /// Threats that the framework scored, each with the way to its score.
    fn examples(&self, url: &str, framework: &Framework) -> String {
        let all = self.models.frameworks(self.config);
        let models: Vec<&Model> =
            all.get(framework.name()).into_iter().flatten().copied().collect();
        // An earlier revision would repeat what the latest one says.
        let current = models.iter().filter(|model| model.superseded_by.is_none());
        let mut out = String::new();
        for model in current.clone().take(MODELS) {
            for threat in self.telling(model, framework) {
                self.example(url, model, threat, framework, &mut out);
            }
        }
        if !out.is_empty() {
            let words = escaped(self.text.get("rated_with_framework"));
            let _ = writeln!(out, "<p>{words}</p>\n<ul>");
            for model in current {
                out.push_str("<li>");
                self.write_entry(url, model.node, None, None, &mut out);
                out.push_str("</li>\n");
            }
            out.push_str("</ul>\n");
        }
        out
    }

    /// The worst and the mildest threat that a framework scored in a model.
    fn telling<'m>(&self, model: &'m Model, framework: &Framework) -> Vec<&'m Threat> {
        let mut rated: Vec<&Threat> = model
            .threats
            .iter()
            .filter(|threat| {
                let by = model.rated_by(self.config, threat);
                by.is_some_and(|by| by.name() == framework.name())
            })
            .collect();
        rated.sort_by(|a, b| b.score.cmp(&a.score));
        match rated.as_slice() {
            [first, .., last] if first.score != last.score => vec![first, last],
            [first, ..] => vec![first],
            [] => Vec::new(),
        }
    }

    fn example(
        &self,
        url: &str,
        model: &Model,
        threat: &Threat,
        framework: &Framework,
        out: &mut String,
    ) {
        let Some(Ok((score, steps))) = threat.input.as_ref().map(|input| framework.rate(input))
        else {
            return;
        };
        let link = format!(
            "<a href=\"{}\">{}</a>",
            escaped(&self.row_href(url, model, threat)),
            escaped(&self.graph.nodes[model.node].title),
        );
        let _ = write!(
            out,
            "<h3>{}{}</h3>\n<p><span class=\"chip severity-{} risk\">{}</span> {}</p>\n",
            match threat.id.is_empty() {
                true => String::new(),
                false => format!("<span class=\"entry-id\">{}</span> ", escaped(&threat.id)),
            },
            escaped(&threat.title),
            score.severity.word(),
            escaped(&score.text),
            self.text.fill("score_in", &[("model", &link)]),
        );
        out.push_str(&reference::text(self.text, &risk::table(&steps)).0);
    }

    /// The row of a threat in its model.
    pub(super) fn row_href(&self, url: &str, model: &Model, threat: &Threat) -> String {
        let page = &self.graph.nodes[model.node].url;
        let path = if page == url { String::new() } else { self.node_href(url, model.node) };
        format!("{path}#{}", encode_fragment(&threat.anchor))
    }

    /// The frameworks that rate a model, as a fact about it.
    pub(super) fn rated_by(&self, url: &str, node: NodeId) -> Option<Field> {
        let model = self.models.get(node)?;
        let names = model.frameworks(self.config);
        let links = names.iter().filter_map(|name| self.framework_link(url, name));
        let values: Vec<FieldValue> = links.map(FieldValue::Link).collect();
        let field =
            Field { name: "rated-by".into(), label: self.text.get("rated_by").into(), values };
        (!field.values.is_empty()).then_some(field)
    }

    fn framework_link(&self, url: &str, name: &str) -> Option<Link> {
        let framework = self.config.frameworks.get(name)?;
        let target = framework_url(name);
        let there = self.plan.routes.contains_key(&target);
        there.then(|| Link::new(framework.title(), self.href(url, &target)))
    }

    /// The heading of the column of scores in block `block`: a link to the framework
    /// where there is one for all.
    pub(super) fn risk_heading(
        &self,
        url: &str,
        node: NodeId,
        block: usize,
    ) -> Option<BlockColumn> {
        let model = self.models.get(node)?;
        let threats = model.threats.iter().filter(|threat| threat.spot.0 == block);
        let names: BTreeSet<&str> = threats
            .filter_map(|threat| model.rated_by(self.config, threat))
            .map(Framework::name)
            .collect();
        let only = names.first().filter(|_| names.len() == 1)?;
        let link = self.framework_link(url, only)?;
        let title = self.text.fill("how_rated", &[("framework", &link.label)]);
        Some(BlockColumn {
            key: Key::Likelihood.word().into(),
            label: self.text.get("risk").into(),
            href: Some(link.href),
            about: Some(title),
        })
    }

    /// The anchor prefix of the first diagram of a page.
    pub(super) fn first_marks(&self, node: NodeId) -> Marks {
        self.models.marks(node, 0)
    }
}
