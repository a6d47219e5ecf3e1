//! An article of the site as a part of a larger document: anchors made unique, links
//! turned inward, controls left out.

use crate::book::language::Text;
use crate::text::address::{Address, encode_fragment};
use crate::text::markup::escape;
use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

/// Where a link of the site leads in the document.
pub(super) enum Place {
    /// To an anchor in the document.
    Inside(String),
    /// To an address of its own.
    Outside(String),
    /// To something that the document does not hold: its words stay.
    Nowhere,
}

/// How an article is rewritten.
pub(super) struct Rewrite<'r> {
    /// The article's address on the site.
    pub url: &'r str,
    /// Its anchor in the document; anchors in it get this in front.
    pub anchor: &'r str,
    /// Headings go down by so many levels.
    pub shift: u8,
    /// Whether lists of what the article uses and what links to it stay.
    pub lists: bool,
    /// What the interface says.
    pub text: &'r Text,
    /// Where an address of the site and an anchor on it lead.
    pub resolve: &'r dyn Fn(&str, Option<&str>) -> Place,
    /// The address in the document of a picture of the site.
    pub picture: &'r dyn Fn(&str) -> Option<String>,
}

/// An article, in two parts: its header, and what follows.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Article {
    pub head: String,
    pub text: String,
}

/// Elements that are left out with all they hold: they need a script, or other files.
const CONTROLS: [&str; 13] = [
    "button", "dialog", "embed", "form", "iframe", "link", "noscript", "object", "script",
    "select", "style", "template", "textarea",
];

/// Classes of elements that mean nothing outside the site, or help only who writes.
const ONLY_ON_SITE: [&str; 6] =
    ["anchor", "diagram-bar", "needs-script", "overview-link", "toc-open", "what-changed"];

/// Lists of links at the end of a page, by the anchor of their title.
const LISTS: [&str; 3] = ["Casebook-uses", "Casebook-used-by", "Casebook-linked-from"];

const VOID: [&str; 8] = ["area", "br", "col", "hr", "img", "input", "source", "wbr"];

/// Attributes whose value is one or more anchors.
const ANCHORS: [&str; 8] = [
    "id",
    "for",
    "headers",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-details",
    "aria-owns",
];

/// The anchor in the document of an anchor on a page. A page's own anchor has no dot,
/// so that no two can meet.
pub(super) fn anchor(page: &str, anchor: &str) -> String {
    format!("{page}.{anchor}")
}

impl Rewrite<'_> {
    /// Rewrites the article of a whole page; `None` when the page has none.
    /// Content may nest deeply, so this does not recurse.
    pub fn page(&self, page: &Html) -> Option<Article> {
        let all = page.root_element().descendants().filter_map(ElementRef::wrap);
        let article = all.into_iter().find(|element| element.value().name() == "article")?;
        let mut parts = Article::default();
        let mut at = article.first_child();
        let mut in_head = false;
        while let Some(node) = at {
            let on_top = node.parent().is_some_and(|parent| parent.id() == article.id());
            if on_top {
                in_head = ElementRef::wrap(node).is_some_and(|e| has_class(e, "page-header"));
            }
            let out = if in_head { &mut parts.head } else { &mut parts.text };
            if self.enter(node.value(), out) && node.has_children() {
                at = node.first_child();
                continue;
            }
            if self.is_written(node.value()) {
                self.leave(node.value(), out);
            }
            let mut up = node;
            at = loop {
                match (up.next_sibling(), up.parent()) {
                    (Some(next), _) => break Some(next),
                    (None, Some(parent)) if parent.id() != article.id() => {
                        self.leave(parent.value(), out);
                        up = parent;
                    }
                    _ => break None,
                }
            };
        }
        Some(parts)
    }

    /// Writes what a node begins with; tells whether to go on with what it holds.
    fn enter(&self, node: &Node, out: &mut String) -> bool {
        match node {
            Node::Text(text) => escape(text, out),
            Node::Element(element) if !self.is_left_out(element) => {
                self.open(element, out);
                return true;
            }
            Node::Element(element) if matches!(element.name(), "audio" | "video") => {
                out.push_str("<em>");
                escape(self.text.get("recording_on_site"), out);
                out.push_str("</em>");
            }
            _ => {}
        }
        false
    }

    fn is_written(&self, node: &Node) -> bool {
        node.as_element().is_some_and(|element| !self.is_left_out(element))
    }

    fn leave(&self, node: &Node, out: &mut String) {
        if let Some(element) = node.as_element().filter(|e| !VOID.contains(&e.name())) {
            out.push_str("</");
            out.push_str(&self.name(element));
            out.push('>');
        }
    }

    fn is_left_out(&self, element: &Element) -> bool {
        let name = element.name();
        let label = element.attr("aria-labelledby");
        CONTROLS.contains(&name)
            || matches!(name, "audio" | "video")
            || (name == "input" && element.attr("type") != Some("checkbox"))
            || element.classes().any(|class| ONLY_ON_SITE.contains(&class))
            || (!self.lists && name == "section" && label.is_some_and(|id| LISTS.contains(&id)))
    }

    /// The element's name in the document.
    fn name(&self, element: &Element) -> String {
        let name = element.name();
        match name.as_bytes() {
            [b'h', level @ b'1'..=b'6'] => format!("h{}", (level - b'0' + self.shift).min(6)),
            [b'a'] if self.leads_nowhere(element) => {
                let drawn = element.name.ns.contains("svg");
                if drawn { "g" } else { "span" }.into()
            }
            _ => name.to_string(),
        }
    }

    fn place(&self, href: &str) -> Place {
        match Address::parse(href) {
            Address::External(address) => Place::Outside(address),
            Address::Relative { path, anchor, .. } if path.is_empty() => {
                (self.resolve)(self.url, anchor.as_deref())
            }
            Address::Relative { path, anchor, .. } => {
                match crate::book::source::join(self.url, &path) {
                    Some(url) => (self.resolve)(&url, anchor.as_deref()),
                    None => Place::Nowhere,
                }
            }
            _ => Place::Nowhere,
        }
    }

    fn leads_nowhere(&self, element: &Element) -> bool {
        element.attr("href").is_some_and(|href| matches!(self.place(href), Place::Nowhere))
    }

    fn open(&self, element: &Element, out: &mut String) {
        let name = self.name(element);
        out.push('<');
        out.push_str(&name);
        let lost = name != element.name() && element.name() == "a";
        for (attribute, value) in element.attrs() {
            let value = match attribute {
                "href" if lost => continue,
                "title" if lost => continue,
                "href" => match self.place(value) {
                    Place::Inside(anchor) => format!("#{}", encode_fragment(&anchor)),
                    Place::Outside(address) => address,
                    Place::Nowhere => continue,
                },
                "src" => match self.source(value) {
                    Some(source) => source,
                    None => continue,
                },
                "srcset" | "style" | "name" | "loading" => continue,
                _ if attribute.starts_with("on") || attribute.starts_with("popover") => continue,
                _ if ANCHORS.contains(&attribute) => {
                    let ids = value.split_ascii_whitespace().map(|id| anchor(self.anchor, id));
                    ids.collect::<Vec<_>>().join(" ")
                }
                _ => value.to_string(),
            };
            out.push(' ');
            out.push_str(attribute);
            out.push_str("=\"");
            escape(&value, out);
            out.push('"');
        }
        // A print and a reader without patience see all, but for what the picture says.
        let open = element.name() == "details" && element.attr("open").is_none();
        if open && !element.classes().any(|class| class == "diagram-tables") {
            out.push_str(" open=\"\"");
        }
        out.push('>');
    }

    fn source(&self, source: &str) -> Option<String> {
        match Address::parse(source) {
            Address::Relative { path, .. } => {
                (self.picture)(&crate::book::source::join(self.url, &path)?)
            }
            _ => None,
        }
    }
}

fn has_class(element: ElementRef<'_>, class: &str) -> bool {
    element.value().classes().any(|own| own == class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::language::Texts;

    fn rewrite(html: &str, shift: u8) -> Article {
        let resolve = |url: &str, fragment: Option<&str>| match (url, fragment) {
            ("a/in.html", Some(id)) => Place::Inside(anchor("in", id)),
            ("a/in.html", None) => Place::Inside("in".into()),
            ("a/x.html", Some(id)) => Place::Inside(anchor("x", id)),
            ("out.html", _) => Place::Outside("https://wiki.example.com/out.html".into()),
            _ => Place::Nowhere,
        };
        let picture = |url: &str| Some(format!("data:,{url}"));
        let text = Texts::embedded("en");
        let rewrite = Rewrite {
            text: &text,
            url: "a/x.html",
            anchor: "x",
            shift,
            lists: false,
            resolve: &resolve,
            picture: &picture,
        };
        let page = Html::parse_document(&format!("<main><article>{html}</article></main>"));
        rewrite.page(&page).expect("has an article")
    }

    #[test]
    fn links_lead_inward_outward_or_nowhere() {
        let found = rewrite(
            "<a href=in.html#b>1</a><a href=in.html>2</a><a href='#c'>3</a>\
             <a href=../out.html>4</a><a href=gone.html title=t>5</a><a href='https://e.example/'>6</a>\
             <a href='../../x'>7</a>",
            0,
        );
        assert_eq!(
            found.text,
            "<a href=\"#in.b\">1</a><a href=\"#in\">2</a><a href=\"#x.c\">3</a>\
             <a href=\"https://wiki.example.com/out.html\">4</a><span>5</span>\
             <a href=\"https://e.example/\">6</a><span>7</span>"
        );
    }

    #[test]
    fn anchors_and_headings_fit_their_place() {
        let found = rewrite(
            "<h2 id=a aria-labelledby='a b'>&lt;T&gt; <a class=anchor href=#a>#</a></h2>",
            2,
        );
        assert_eq!(found.text, "<h4 aria-labelledby=\"x.a x.b\" id=\"x.a\">&lt;T&gt; </h4>");
    }

    #[test]
    fn controls_stay_behind_and_pictures_come_along() {
        let found = rewrite(
            "<header class=page-header><h1>T</h1></header><button>x</button><script>1</script>\
             <p class=needs-script>y</p><img src=../p.png alt=P><input type=checkbox disabled>\
             <section aria-labelledby=Casebook-uses>z</section><p style=x onclick=y>w</p>",
            0,
        );
        assert_eq!(found.head, "<header class=\"page-header\"><h1>T</h1></header>");
        assert_eq!(
            found.text,
            "<img alt=\"P\" src=\"data:,p.png\"><input disabled=\"\" type=\"checkbox\"><p>w</p>"
        );
    }

    #[test]
    fn links_of_a_diagram_keep_its_parts() {
        let found = rewrite("<svg viewBox='0 0 1 1'><a href=gone.html><g id=e /></a></svg>", 0);
        assert_eq!(found.text, "<svg viewBox=\"0 0 1 1\"><g><g id=\"x.e\"></g></g></svg>");
    }

    #[test]
    fn deep_text_is_kept() {
        let found = rewrite(&format!("{}deep", "<div><b>".repeat(2_000)), 0);
        assert!(found.text.contains("deep"));
    }
}
