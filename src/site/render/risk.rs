//! The pages that explain risk frameworks, and the links to them.

use super::{Renderer, reference};
use crate::book::graph::NodeId;
use crate::dfd::Marks;
use crate::model::{Model, Threat};
use crate::risk::{self, Framework};
use crate::site::plan::{Group, framework_url};
use crate::site::view::{Content, Field, FieldValue, Heading, Link, PageView, ReferenceView};
use crate::text::address::encode_fragment;
use crate::text::markup::escaped;
use std::collections::BTreeSet;
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
                self.entry_anchor(url, model.node, None, None, &mut out);
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
        format!("{path}#{}", encode_fragment(&model.anchor(self.graph, threat.spot)))
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
    pub(super) fn risk_heading(&self, url: &str, node: NodeId, block: usize) -> Option<String> {
        let model = self.models.get(node)?;
        let threats = model.threats.iter().filter(|threat| threat.spot.0 == block);
        let names: BTreeSet<&str> = threats
            .filter_map(|threat| model.rated_by(self.config, threat))
            .map(Framework::name)
            .collect();
        let only = names.first().filter(|_| names.len() == 1)?;
        let link = self.framework_link(url, only)?;
        let title = self.text.fill("how_rated", &[("framework", &link.label)]);
        Some(format!(
            "<a href=\"{}\" title=\"{}\">{}</a>",
            escaped(&link.href),
            escaped(&title),
            escaped(self.text.get("risk")),
        ))
    }

    /// The anchor prefix of the first diagram of a page.
    pub(super) fn first_marks(&self, node: NodeId) -> Marks {
        self.models.marks(self.graph, node, 0)
    }
}
