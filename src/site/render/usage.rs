//! Where an entry is named: rows of models with what was decided, paragraphs of pages.

use super::Renderer;
use super::text::{cut, last_heading, paragraph_end, paragraph_start, plain};
use crate::book::entry::BuiltInRole;
use crate::book::graph::{NodeId, Resolved};
use crate::book::page::{Hole, Key, Piece, Target};
use crate::model::{Model, Row};
use crate::risk::Severity;
use crate::site::view::{CitationView, UsageGroup, UsageView};
use crate::text::address::encode_fragment;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// So many paragraphs of a page are shown.
const PARAGRAPHS: usize = 2;
/// So many characters on each side of a link.
const SIDE: usize = 140;

impl Renderer<'_> {
    /// Who names an entry, by role, and where. Roles that say the same both ways stand
    /// among the facts of an entry.
    pub(super) fn usage(&self, url: &str, node: NodeId) -> Vec<UsageGroup> {
        let mut groups: Vec<UsageGroup> = Vec::new();
        let mut examples: Vec<UsageView> = Vec::new();
        let mut done: BTreeSet<NodeId> = BTreeSet::new();
        for edge in &self.graph.back[node] {
            let Some(role) = self.config.roles.get(&edge.role) else { continue };
            if role.is_mutual() || done.contains(&edge.from) {
                continue;
            }
            // The newest revision stands for the earlier ones.
            let named = |from: &NodeId| {
                let mut edges = self.graph.back[node].iter();
                edges.any(|e| e.from == *from && e.role == edge.role)
            };
            let mut revisions = self.graph.revisions_of(edge.from);
            let newest = revisions.first().copied();
            revisions.retain(named);
            done.extend(&revisions);
            let mut usages =
                revisions.iter().map(|from| self.usage_in(url, *from, node, &edge.role));
            let Some(mut usage) = usages.next() else { continue };
            usage.earlier = usages.collect();
            if newest != revisions.first().copied() {
                let earlier = self.text.get("in_earlier_revision").to_string();
                let tests = usage.link.note.take();
                usage.link.note =
                    Some(tests.map_or(earlier.clone(), |tests| format!("{tests}, {earlier}")));
            }
            if BuiltInRole::Uses.is(&role.name) && self.graph.is_example(edge.from) {
                examples.push(usage);
                continue;
            }
            match groups.last_mut().filter(|group| group.name == role.name) {
                Some(group) => group.usages.push(usage),
                None => groups.push(UsageGroup {
                    name: role.name.clone(),
                    label: self.role_inverse(role).to_string(),
                    usages: vec![usage],
                }),
            }
        }
        // Models first: they tell what was decided.
        groups.sort_by_key(|group| !BuiltInRole::Uses.is(&group.name));
        if !examples.is_empty() {
            let label = self.text.get("used_by_examples").to_string();
            groups.push(UsageGroup { name: "examples".into(), label, usages: examples });
        }
        groups
    }

    fn usage_in(&self, url: &str, from: NodeId, node: NodeId, role: &str) -> UsageView {
        let mut link = self.entry_link(url, from);
        if BuiltInRole::Uses.is(role) {
            link.note = self.with_tests(None, from, node);
        }
        let mut citations = self.rows(url, from, node);
        let mut more = 0;
        if citations.is_empty() {
            let links = &self.graph.links[from];
            let to_node = |link: &Resolved| matches!(link, Resolved::Node(to, _) if *to == node);
            let found: Vec<usize> = (0..links.len()).filter(|i| to_node(&links[*i])).collect();
            let mut seen = BTreeSet::new();
            let paragraphs = found.iter().filter_map(|i| self.paragraph(url, from, *i));
            let paragraphs = paragraphs.filter(|(text, _)| seen.insert(text.clone()));
            let mut paragraphs = paragraphs.map(|(_, citation)| citation);
            citations.extend(paragraphs.by_ref().take(PARAGRAPHS));
            more = paragraphs.count();
        }
        let date = self.graph.date(from).to_string();
        UsageView { link, date, citations, more, earlier: Vec::new() }
    }

    /// The rows of a page's blocks that use an entry or name it for a threat.
    fn rows(&self, url: &str, from: NodeId, node: NodeId) -> Vec<CitationView> {
        let Some(model) = self.models.rows(from) else { return Vec::new() };
        let mut rows: Vec<&Row> = model.rows();
        rows.sort_by_key(|row| row.spot);
        let uses = rows.into_iter().filter(|row| row.entry == Some(node));
        let uses = uses.map(|row| self.row_citation(url, model, row));
        let treats = model.threats.iter().filter(|threat| {
            let mut named = threat.treatments.iter();
            threat.entry != Some(node) && named.any(|own| own.entry == Some(node))
        });
        let treats = treats.map(|threat| CitationView {
            label: self.text.fill("treats_what", &[("what", &subject(threat))]),
            ..self.row_citation(url, model, threat)
        });
        uses.chain(treats).collect()
    }

    fn row_citation(&self, url: &str, model: &Model, row: &Row) -> CitationView {
        let threat = model.threat(row.spot);
        let requirement = model.requirement(row.spot);
        let said = row.first(Key::Status);
        let status = said
            .or(threat.map(|threat| threat.status.word()))
            .or(requirement.map(|own| own.status.word()));
        // What is said on a page that is no model is rated by nobody.
        let rated = threat.filter(|_| self.models.get(model.node).is_some());
        let severity = rated.map(|threat| threat.severity).filter(|s| *s > Severity::None);
        let mut why: Vec<String> = row.first(Key::Why).map(str::to_string).into_iter().collect();
        if let Some(by) = row.first(Key::By) {
            why.push(self.text.fill("decided_by", &[("by", by.trim_end_matches('.'))]));
        }
        if let Some(date) = row.first(Key::Until) {
            why.push(self.text.fill("valid_until", &[("date", &self.text.date(date))]));
        }
        let label = match (threat, requirement) {
            (None, Some(_)) => "overview_requirements",
            (None, None) => "kind_assumption_many",
            (Some(_), _) => "overview_threats",
        };
        let anchor = row.is_anchored.then_some(row.anchor.as_str());
        CitationView {
            href: self.place_href(url, model.node, anchor),
            label: self.text.get(label).to_string(),
            verdict: status.map(|status| self.chip("status", status)),
            severity: severity.map(|severity| self.chip("severity", severity.word())),
            why: why.join(" "),
            ..CitationView::default()
        }
    }

    /// A place on a page.
    fn place_href(&self, url: &str, node: NodeId, anchor: Option<&str>) -> String {
        let fragment = anchor.map(|anchor| format!("#{}", encode_fragment(anchor)));
        format!("{}{}", self.node_href(url, node), fragment.unwrap_or_default())
    }

    /// The whole paragraph around a link, and what is shown of it with the heading over it.
    fn paragraph(&self, url: &str, from: NodeId, link: usize) -> Option<(String, CitationView)> {
        let article = self.graph.article(from);
        let pieces = &article.body.pieces;
        let is_link = |piece: &Piece| matches!(piece, Piece::Hole(Hole::Entry(i) | Hole::Open(i)) if *i == link);
        let at = pieces.iter().position(is_link)?;
        // Between the two holes of a link stand its words.
        let (text, rest) = match &pieces[at] {
            Piece::Hole(Hole::Open(_)) => {
                let is_end =
                    |piece: &Piece| matches!(piece, Piece::Hole(Hole::Close(i)) if *i == link);
                let end = pieces[at..].iter().position(is_end).map_or(at, |n| at + n);
                (self.words(from, &pieces[at..end]), end)
            }
            piece => (self.words(from, std::slice::from_ref(piece)), at),
        };
        let mut before = Vec::new();
        for piece in pieces[..at].iter().rev() {
            match piece {
                Piece::Html(html) => match paragraph_start(html) {
                    Some(start) => {
                        before.push(plain(&in_cells(&html[start..])));
                        break;
                    }
                    None => before.push(plain(&in_cells(html))),
                },
                Piece::Hole(Hole::Block(_) | Hole::Chart(_)) => break,
                hole => before.push(self.words(from, std::slice::from_ref(hole))),
            }
        }
        before.reverse();
        let mut after = String::new();
        for piece in &pieces[rest + 1..] {
            match piece {
                Piece::Html(html) => match paragraph_end(html) {
                    Some(end) => {
                        after.push_str(&plain(&in_cells(&html[..end])));
                        break;
                    }
                    None => after.push_str(&plain(&in_cells(html))),
                },
                Piece::Hole(Hole::Block(_) | Hole::Chart(_)) => break,
                hole => after.push_str(&self.words(from, std::slice::from_ref(hole))),
            }
        }
        let heading = pieces[..at].iter().rev().find_map(|piece| match piece {
            Piece::Html(html) => last_heading(html),
            Piece::Hole(_) => None,
        });
        let label = heading
            .and_then(|id| article.body.headings.iter().find(|heading| heading.id == id))
            .map_or_else(String::new, |heading| heading.text.clone());
        let before = before.concat();
        let whole = format!("{before}{text}{after}");
        let citation = CitationView {
            href: self.place_href(url, from, heading),
            label,
            before: cut_front(before.trim_start(), SIDE),
            text,
            after: cut(after.trim_end(), SIDE),
            ..CitationView::default()
        };
        Some((whole, citation))
    }

    /// The words of some pieces: of links to entries what readers see.
    fn words(&self, node: NodeId, pieces: &[Piece]) -> String {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Html(html) => out.push_str(&plain(html)),
                Piece::Hole(Hole::Entry(i)) => {
                    let link = self.graph.article(node).body.links.get(*i);
                    let to = self.graph.links[node].get(*i);
                    let title = match to {
                        Some(Resolved::Node(to, _)) => self.graph.nodes[*to].title.as_str(),
                        _ => "",
                    };
                    let (text, bare) = match link.map(|link| &link.target) {
                        Some(Target::Id { id, text, .. }) => {
                            (text, format!("{} {title}", id.to_uppercase()))
                        }
                        Some(Target::Titled { text, .. }) if !title.is_empty() => {
                            (text, title.to_string())
                        }
                        Some(Target::Titled { written, .. }) => (&None, written.clone()),
                        _ => continue,
                    };
                    if to == Some(&Resolved::Absent) {
                        out.push_str(self.instead_of(bare.trim(), text.as_deref()));
                        continue;
                    }
                    match text {
                        Some(text) => out.push_str(&text.replace(['\n', '\r'], " ")),
                        None => out.push_str(bare.trim_end()),
                    }
                }
                Piece::Hole(_) => {}
            }
        }
        out
    }
}

/// What a row is about, in words.
fn subject(row: &Row) -> String {
    let id = row.uses().or(row.own_id()).map_or("", |word| word.text.as_str());
    format!("{id} {}", row.title).trim().to_string()
}

/// A row of a table with a mark between its cells.
fn in_cells(html: &str) -> Cow<'_, str> {
    match html.contains("</td><td") {
        true => html.replace("</td><td", "</td>\u{b7} <td").into(),
        false => html.into(),
    }
}

/// A text, cut in front at a word to at most `limit` characters.
fn cut_front(text: &str, limit: usize) -> String {
    let length = text.chars().count();
    if length <= limit {
        return text.to_string();
    }
    let cut: String = text.chars().skip(length - limit).collect();
    let start = cut.find(' ').map_or(0, |at| at + 1);
    format!("\u{2026}{}", &cut[start..])
}
