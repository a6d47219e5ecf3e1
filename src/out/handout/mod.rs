//! Pages of a site as one HTML file that needs nothing else: a hand-out for a review,
//! and what a PDF is printed from.

mod choose;
mod paper;
mod rewrite;

pub use choose::{Unknown, choose};

use crate::book::entry::{BuiltInKind, Kind};
use crate::book::graph::NodeId;
use crate::book::page::slug;
use crate::site::Site;
use crate::site::theme::ThemeError;
use crate::text::base64;
use crate::text::markup::{escape, escaped};
use crate::text::media::picture_type;
use rayon::prelude::*;
use rewrite::{Article, Place, Rewrite};
use scraper::Html;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The styles that only this document has.
const STYLE: &str = include_str!("handout.css");

/// How much of the entries that pages name stands after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Appendix {
    /// Nothing
    None,
    /// What each says in one paragraph, and the requirements that treat it
    Short,
    /// All of it
    Full,
}

/// What a document is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its title, where it is not that of its only page.
    pub title: Option<String>,
    /// Its pages, in order.
    pub pages: Vec<NodeId>,
    /// Whether these are all pages there are.
    pub whole: bool,
}

/// One HTML document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handout {
    /// Its title.
    pub title: String,
    /// A name for its file, without ending.
    pub name: String,
    /// The document.
    pub html: String,
    /// How many pages it holds.
    pub pages: usize,
    /// How many entries stand in its appendix.
    pub appendix: usize,
}

/// A page on its way into the document.
struct Part {
    node: NodeId,
    anchor: String,
    article: Article,
    /// The style sheets of its page.
    styles: Vec<String>,
}

/// Puts pages into one document, and the entries that they name into its appendix.
///
/// # Errors
/// When a template of the theme fails.
pub fn make(site: &Site, choice: &Choice, appendix: Appendix) -> Result<Handout, ThemeError> {
    let graph = &site.graph;
    let single = choice.pages.len() == 1;
    let mut wanted: Vec<(NodeId, u8)> =
        choice.pages.iter().map(|node| (*node, u8::from(!single))).collect();
    let pages = wanted.len();
    if appendix != Appendix::None {
        wanted.extend(entries_named(site, &choice.pages).into_iter().map(|node| (node, 2)));
    }
    let anchors = anchors(site, wanted.iter().map(|(node, _)| *node));
    // In a short entry there is nothing to lead to but the entry itself.
    let short: BTreeSet<&str> = match appendix {
        Appendix::Short => {
            wanted[pages..].iter().map(|(node, _)| graph.nodes[*node].url.as_str()).collect()
        }
        Appendix::None | Appendix::Full => BTreeSet::new(),
    };
    let inside = Inside { anchors: &anchors, short: &short };
    let parts: Vec<Part> = wanted
        .into_par_iter()
        .map(|(node, shift)| part(site, node, shift, choice.whole, &inside))
        .collect::<Result<_, _>>()?;
    let (main, entries) = parts.split_at(pages);
    let first = main.first().map(|part| part.node);
    let title = match (&choice.title, first) {
        (Some(title), _) => title.clone(),
        (None, Some(node)) => graph.nodes[node].title.clone(),
        (None, None) => site.config.title.clone(),
    };
    let name = match first.filter(|_| single) {
        Some(node) => anchors[&graph.nodes[node].url].clone(),
        None => slug(&deunicode::deunicode(&title)),
    };
    let short = appendix == Appendix::Short;
    let html = document(site, &title, main, entries, single, short);
    let name = if name.is_empty() { "handout".into() } else { name };
    Ok(Handout { title, name, html, pages, appendix: entries.len() })
}

/// The entries that pages link to or use, by kind and ID.
fn entries_named(site: &Site, pages: &[NodeId]) -> Vec<NodeId> {
    let graph = &site.graph;
    let own: BTreeSet<NodeId> = pages.iter().copied().collect();
    let named: BTreeSet<NodeId> = pages
        .iter()
        .flat_map(|node| &graph.out[*node])
        .map(|edge| edge.to)
        .filter(|to| graph.nodes[*to].entry && !own.contains(to))
        .collect();
    let mut named: Vec<NodeId> = named.into_iter().collect();
    let rank = |node: &NodeId| {
        let node = &graph.nodes[*node];
        let kind = site.config.kinds.iter().position(|k| Some(&k.name) == node.kind.as_ref());
        (kind, node.id.clone(), node.url.clone())
    };
    named.sort_by_key(rank);
    named
}

/// The anchor of each page in the document, by its address. It has no dot.
fn anchors(site: &Site, nodes: impl Iterator<Item = NodeId>) -> BTreeMap<String, String> {
    let mut taken = BTreeSet::new();
    let mut out = BTreeMap::new();
    for node in nodes {
        let node = &site.graph.nodes[node];
        let words = node.id.clone().unwrap_or_else(|| {
            let path = node.url.strip_suffix(".html").unwrap_or(&node.url);
            path.strip_suffix("/index").unwrap_or(path).replace('/', "-")
        });
        let plain = slug(&words).replace('.', "-");
        let mut anchor = plain.clone();
        let mut number = 2;
        while anchor.is_empty() || !taken.insert(anchor.clone()) {
            anchor = format!("{plain}-{number}");
            number += 1;
        }
        out.insert(node.url.clone(), anchor);
    }
    out
}

/// What the document holds, so that links lead there.
struct Inside<'i> {
    /// The anchor of each page, by its address.
    anchors: &'i BTreeMap<String, String>,
    /// The addresses of entries that are not shown in full.
    short: &'i BTreeSet<&'i str>,
}

fn part(
    site: &Site,
    node: NodeId,
    shift: u8,
    lists: bool,
    inside: &Inside<'_>,
) -> Result<Part, ThemeError> {
    let anchors = inside.anchors;
    let url = &site.graph.nodes[node].url;
    let bytes = site.render(url)?.unwrap_or_default();
    let page = paper::fitted(site, node, &String::from_utf8_lossy(&bytes));
    let page = Html::parse_document(&page);
    let resolve = |url: &str, fragment: Option<&str>| match anchors.get(url) {
        Some(page) => Place::Inside(match fragment.filter(|_| !inside.short.contains(url)) {
            Some(fragment) => rewrite::anchor(page, fragment),
            None => page.clone(),
        }),
        None => match &site.config.url {
            Some(base) => {
                let fragment =
                    fragment.map(|f| format!("#{}", crate::text::address::encode_fragment(f)));
                let path = crate::text::address::encode_path(url);
                Place::Outside(format!("{base}{path}{}", fragment.unwrap_or_default()))
            }
            None => Place::Nowhere,
        },
    };
    let picture = |url: &str| {
        let bytes = site.render(url).ok()??;
        let kind = picture_type(url)?;
        Some(format!("data:{kind};base64,{}", base64::encode(&bytes)))
    };
    let anchor = anchors[url].clone();
    let text = site.words();
    let rewrite =
        Rewrite { url, anchor: &anchor, shift, lists, text, resolve: &resolve, picture: &picture };
    let mut article = rewrite.page(&page).unwrap_or_default();
    if inside.short.contains(url.as_str()) {
        article.text = shortened(site, node, &article.text, anchors);
    }
    Ok(Part { node, article, styles: style_sheets(url, &page), anchor })
}

/// What an entry says in one paragraph, and the requirements that it names.
fn shortened(site: &Site, node: NodeId, text: &str, anchors: &BTreeMap<String, String>) -> String {
    let text = Html::parse_fragment(text);
    let first = |selector: &str| {
        let selector = scraper::Selector::parse(selector).ok()?;
        text.select(&selector).next().map(|element| element.inner_html())
    };
    let mut out = match first("p.statement").or_else(|| first("p")) {
        Some(words) => format!("<p>{words}</p>\n"),
        None => String::new(),
    };
    let graph = &site.graph;
    let named: BTreeSet<NodeId> = graph.out[node].iter().map(|edge| edge.to).collect();
    let mut items = String::new();
    for node in named.into_iter().map(|node| &graph.nodes[node]) {
        if !BuiltInKind::Requirement.is(node.kind.as_deref()) {
            continue;
        }
        let words = format!("{} {}", node.id.as_deref().unwrap_or(""), node.title);
        let words = escaped(words.trim());
        let _ = match anchors.get(&node.url) {
            Some(anchor) => {
                write!(items, "<li><a href=\"#{}\">{words}</a></li>", escaped(anchor))
            }
            None => write!(items, "<li>{words}</li>"),
        };
    }
    if !items.is_empty() {
        let _ = writeln!(out, "<ul>{items}</ul>");
    }
    out
}

/// The addresses of a page's style sheets, in order.
fn style_sheets(url: &str, page: &Html) -> Vec<String> {
    let links = page.root_element().descendants().filter_map(scraper::ElementRef::wrap);
    links
        .filter(|link| link.value().name() == "link")
        .filter(|link| link.value().attr("rel") == Some("stylesheet"))
        .filter_map(|link| crate::book::source::join(url, link.value().attr("href")?))
        .collect()
}

fn document(
    site: &Site,
    title: &str,
    main: &[Part],
    entries: &[Part],
    single: bool,
    short: bool,
) -> String {
    let config = &site.config;
    let date = site.words().date(&date(site, main).unwrap_or_default());
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\"{}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; img-src data:\">\n<title>{}</title>\n\
         <meta name=\"generator\" content=\"Casebook {}\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n",
        escaped(&config.language),
        if config.rtl { " dir=\"rtl\"" } else { "" },
        escaped(title),
        env!("CARGO_PKG_VERSION"),
    );
    styles(site, main.iter().chain(entries), title, &date, &mut out);
    out.push_str("</head>\n<body class=\"handout\">\n<main>\n");
    let from = match &config.url {
        Some(url) => format!("<a href=\"{0}\">{1}</a>", escaped(url), escaped(&config.title)),
        None => escaped(&config.title),
    };
    let origin = match date.is_empty() {
        true => format!("<p class=\"handout-origin\">{from}</p>\n"),
        false => format!("<p class=\"handout-origin\">{from} · {}</p>\n", escaped(&date)),
    };
    match main.first().filter(|_| single) {
        Some(part) => {
            let head = match part.article.head.is_empty() {
                true if site.graph.nodes[part.node].has_heading => String::new(),
                true => format!("<h1>{}</h1>", escaped(title)),
                false => part.article.head.clone(),
            };
            let _ = writeln!(out, "<article id=\"{}\">\n{origin}{head}", escaped(&part.anchor));
            contents(site, main, entries, single, &mut out);
            let _ = writeln!(out, "{}\n</article>", part.article.text);
        }
        None => {
            let _ = writeln!(
                out,
                "<header class=\"page-header\">\n{origin}<h1>{}</h1>\n</header>",
                escaped(title)
            );
            contents(site, main, entries, single, &mut out);
            main.iter().for_each(|part| article(part, &mut out));
        }
    }
    appendix(site, entries, short, &mut out);
    out.push_str("</main>\n</body>\n</html>\n");
    let mut widths = String::new();
    style(&paper::widths(&out), &mut widths);
    out.replacen("</head>", &(widths + "</head>"), 1)
}

fn article(part: &Part, out: &mut String) {
    let Article { head, text } = &part.article;
    let _ = writeln!(out, "<article id=\"{}\">\n{head}\n{text}\n</article>", escaped(&part.anchor));
}

/// The date of the only page, where it has one.
fn date(site: &Site, main: &[Part]) -> Option<String> {
    let [part] = main else { return None };
    let facts = &site.graph.article(part.node).meta.facts;
    facts.iter().find(|(label, _)| *label == "Date").map(|(_, date)| date.clone())
}

fn styles<'p>(
    site: &Site,
    parts: impl Iterator<Item = &'p Part>,
    title: &str,
    date: &str,
    out: &mut String,
) {
    let mut known = BTreeSet::new();
    for sheet in parts.flat_map(|part| &part.styles) {
        if known.insert(sheet)
            && let Ok(Some(bytes)) = site.render(sheet)
        {
            style(&String::from_utf8_lossy(&bytes), out);
        }
    }
    style(STYLE, out);
    let words = format!(
        "@page {{\n  @top-left {{ content: \"{}\"; }}\n  @top-right {{ content: \"{}\"; }}\n  \
         @bottom-left {{ content: \"{}\"; }}\n}}\n",
        css_string(title),
        css_string(date),
        css_string(&site.config.title),
    );
    style(&words, out);
}

/// A style sheet in the document. Nothing in it can end the element.
fn style(css: &str, out: &mut String) {
    out.push_str("<style>\n");
    out.push_str(&css.replace("</", "<\\/").replace("<!--", ""));
    out.push_str("</style>\n");
}

/// Text inside a CSS string.
fn css_string(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' | '<' | '>' => {
                let _ = write!(out, "\\{:x} ", u32::from(c));
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The kinds of entries in the appendix, with the entries of each.
fn by_kind<'p, 's>(
    site: &'s Site,
    entries: &'p [Part],
) -> impl Iterator<Item = (&'s Kind, &'p [Part])> {
    let kind = |part: &Part| site.graph.nodes[part.node].kind.clone();
    entries.chunk_by(move |a, b| kind(a) == kind(b)).filter_map(move |parts| {
        let name = site.graph.nodes[parts.first()?.node].kind.as_deref()?;
        Some((site.config.kinds.get(name)?, parts))
    })
}

fn contents(site: &Site, main: &[Part], entries: &[Part], single: bool, out: &mut String) {
    let mut list = String::new();
    for part in main {
        let article = site.graph.article(part.node);
        let mut inner = String::new();
        for heading in article.body.headings.iter().filter(|heading| heading.level == 2) {
            let anchor = rewrite::anchor(&part.anchor, &heading.id);
            item(&anchor, None, &heading.text, "", &mut inner);
        }
        match single {
            true => list.push_str(&inner),
            false => {
                let node = &site.graph.nodes[part.node];
                let inner = if main.len() > 40 { String::new() } else { nested(&inner) };
                let id = node.id.as_deref().filter(|_| node.entry);
                item(&part.anchor, id, &node.title, &inner, &mut list);
            }
        }
    }
    for (kind, _) in by_kind(site, entries) {
        item(&appendix_anchor(kind), None, &appendix_title(site, kind), "", &mut list);
    }
    if !list.is_empty() {
        let _ = writeln!(
            out,
            "<nav class=\"handout-contents\" aria-labelledby=\".contents\">\n\
             <h2 id=\".contents\">{}</h2>\n<ul>\n{list}</ul>\n</nav>",
            escaped(site.words().get("contents"))
        );
    }
}

fn nested(items: &str) -> String {
    if items.is_empty() { String::new() } else { format!("\n<ul>\n{items}</ul>") }
}

fn item(anchor: &str, id: Option<&str>, title: &str, inner: &str, out: &mut String) {
    let fragment = crate::text::address::encode_fragment(anchor);
    let _ = write!(out, "<li><a href=\"#{}\">", escaped(&fragment));
    if let Some(id) = id {
        let _ = write!(out, "<span class=\"entry-id\">{}</span> ", escaped(id));
    }
    escape(title, out);
    let _ = writeln!(out, "</a>{inner}</li>");
}

fn appendix_anchor(kind: &Kind) -> String {
    format!(".{}", kind.name)
}

fn appendix_title(site: &Site, kind: &Kind) -> String {
    site.words().fill("appendix", &[("of", &site.kind_plural(kind))])
}

fn appendix(site: &Site, entries: &[Part], short: bool, out: &mut String) {
    let class = if short { "handout-appendix handout-short" } else { "handout-appendix" };
    for (kind, parts) in by_kind(site, entries) {
        let anchor = appendix_anchor(kind);
        let _ = writeln!(
            out,
            "<section class=\"{class}\" aria-labelledby=\"{0}\">\n\
             <h2 id=\"{0}\">{1}</h2>",
            escaped(&anchor),
            escaped(&appendix_title(site, kind))
        );
        parts.iter().for_each(|part| article(part, out));
        out.push_str("</section>\n");
    }
}
