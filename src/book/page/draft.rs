//! An article while it is being written.

use super::block::Block;
use super::body::{Body, Chart, Heading, Hole, Label, Link, split, token};
use super::fence::Listing;
use super::fragment::Fragment;
use super::meta::Meta;
use super::{Article, Title, html, slide};
use crate::book::config::{Config, HtmlPolicy};
use crate::text::markup::escaped;
use crate::text::span::Place;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// An article while it is being written.
pub(super) struct Draft {
    pub place: Place,
    pub meta: Meta,
    pub title: Option<Title>,
    /// The level of the heading that opens it; 0 for a file's own article.
    pub level: u8,
    pub out: String,
    pub links: Vec<Link>,
    pub blocks: Vec<Block>,
    pub charts: Vec<Chart>,
    pub fragments: Vec<Fragment>,
    pub listings: Vec<Listing>,
    pub headings: Vec<Heading>,
    pub anchors: Vec<String>,
    /// Whether raw HTML was kept in `out`.
    pub raw: bool,
    pub footnotes: Footnotes,
    /// How many tasks, exercises and questions it has.
    pub boxes: usize,
    /// Where in `out` its slides begin, but for the first; empty when it has none.
    pub slides: Vec<usize>,
    /// A picture with a title that begins a paragraph: its link, and where it is in `out`.
    pub lone_picture: Option<(usize, Range<usize>)>,
    /// Where in `out` a group of tabs ends.
    pub tabs: Option<usize>,
    slugs: BTreeMap<String, usize>,
}

/// The footnotes of an article, numbered as they are first referred to.
#[derive(Default)]
pub(super) struct Footnotes {
    order: Vec<String>,
    /// The number of each footnote and how often it is referred to.
    references: BTreeMap<String, (usize, usize)>,
    texts: BTreeMap<String, String>,
}

impl Draft {
    pub fn new(place: Place, level: u8) -> Draft {
        Draft {
            place,
            meta: Meta::default(),
            title: None,
            level,
            out: String::new(),
            links: Vec::new(),
            blocks: Vec::new(),
            listings: Vec::new(),
            charts: Vec::new(),
            fragments: Vec::new(),
            headings: Vec::new(),
            anchors: Vec::new(),
            raw: false,
            footnotes: Footnotes::default(),
            boxes: 0,
            slides: Vec::new(),
            lone_picture: None,
            tabs: None,
            slugs: BTreeMap::new(),
        }
    }

    /// Registers a link and gives its number.
    pub fn link(&mut self, link: Link) -> usize {
        self.links.push(link);
        self.links.len() - 1
    }

    /// Registers a block and leaves its hole.
    pub fn block(&mut self, block: Block) {
        self.out.push_str(&token(Hole::Block(self.blocks.len())));
        self.out.push('\n');
        self.blocks.push(block);
    }

    /// Adds a code block to the tabs that stand right before it, or begins new ones.
    pub fn tab(&mut self, label: &str, html: &str) {
        const END: &str = "</div>\n";
        match self.tabs {
            Some(end) if end == self.out.len() => self.out.truncate(end - END.len()),
            _ => self.out.push_str("<div class=\"tabs\">\n"),
        }
        let label = escaped(label);
        self.out.push_str("<div class=\"tab\"><p class=\"tab-label\">");
        self.out.push_str(&format!("{label}</p>\n{html}</div>\n{END}"));
        self.tabs = Some(self.out.len());
    }

    /// The end of a paragraph: a picture that was alone in it becomes a figure.
    pub fn end_paragraph(&mut self) {
        match self.lone_picture.take() {
            Some((number, at)) if at.end == self.out.len() => {
                let caption = self.links[number].title.take().unwrap_or_default();
                self.out.truncate(at.start - "<p>".len());
                self.out.push_str(&format!(
                    "<figure class=\"picture\">{}<figcaption>{}</figcaption></figure>\n",
                    token(Hole::Picture(number)),
                    escaped(&caption),
                ));
            }
            _ => self.out.push_str("</p>\n"),
        }
    }

    /// Registers a diagram and leaves its hole.
    pub fn chart(&mut self, chart: Chart) {
        self.out.push_str(&token(Hole::Chart(self.charts.len())));
        self.out.push('\n');
        self.charts.push(chart);
    }

    /// Registers the lines of a code block; what stands for them.
    pub fn listing(&mut self, listing: Listing) -> String {
        self.listings.push(listing);
        token(Hole::Listing(self.listings.len() - 1))
    }

    /// Registers a fragment and leaves its hole.
    pub fn fragment(&mut self, fragment: Fragment) {
        self.out.push_str(&token(Hole::Fragment(self.fragments.len())));
        self.out.push('\n');
        self.fragments.push(fragment);
    }

    /// A heading's anchor: its text as code hosts make it, numbered when taken.
    pub fn slug(&mut self, text: &str) -> String {
        let base = slug(text);
        let mut candidate = base.clone();
        loop {
            let count = self.slugs.entry(base.clone()).or_insert(0);
            if *count > 0 {
                candidate = format!("{base}-{count}");
            }
            *count += 1;
            if candidate == base || !self.slugs.contains_key(&candidate) {
                self.slugs.entry(candidate.clone()).or_insert(1);
                return candidate;
            }
        }
    }

    /// Claims an anchor that the author wrote; false when it is taken.
    pub fn claim(&mut self, anchor: &str) -> bool {
        self.slugs.insert(anchor.to_string(), 1).is_none()
    }

    /// The finished article.
    pub fn finish(mut self, config: &Config, slides: bool) -> Article {
        let notes = self.footnotes.section();
        for number in 1..=self.footnotes.order.len() {
            self.anchors.push(format!("Casebook-fn-{number}"));
        }
        self.out.push_str(&notes);
        if slides && self.level == 0 {
            self.out = slide::wrap(&self.out, &self.slides);
            self.anchors.extend((1..=self.slides.len() + 1).map(|number| number.to_string()));
        }
        let cleaned = self.raw && config.html == HtmlPolicy::Sanitize;
        if cleaned {
            self.out = html::clean(&self.out, config.remote_images);
        }
        Article {
            place: self.place,
            meta: self.meta,
            title: self.title,
            body: Body {
                pieces: split(&self.out),
                links: self.links,
                blocks: self.blocks,
                charts: self.charts,
                fragments: self.fragments,
                listings: self.listings,
                headings: self.headings,
                anchors: self.anchors,
                boxes: self.boxes,
                raw: cleaned,
            },
        }
    }
}

impl Footnotes {
    /// The HTML of a reference.
    pub fn reference(&mut self, name: &str) -> String {
        if !self.references.contains_key(name) {
            self.order.push(name.to_string());
        }
        let next = self.order.len();
        let (number, count) = self.references.entry(name.to_string()).or_insert((next, 0));
        *count += 1;
        let number = *number;
        let id = reference_id(number, *count);
        format!(
            "<sup class=\"footnote-ref\" id=\"{id}\"><a href=\"#Casebook-fn-{number}\">{number}</a></sup>"
        )
    }

    /// Whether there is a reference of this name.
    pub fn is_referred_to(&self, name: &str) -> bool {
        self.references.contains_key(name)
    }

    /// Keeps the text of a footnote.
    pub fn define(&mut self, name: String, html: String) {
        self.texts.entry(name).or_insert(html);
    }

    fn section(&self) -> String {
        if self.order.is_empty() {
            return String::new();
        }
        let mut out = format!(
            "<section class=\"footnotes\" aria-label=\"{}\">\n<ol>\n",
            token(Hole::Label(Label::Footnotes))
        );
        let back_label = token(Hole::Label(Label::BackToText));
        for (index, name) in self.order.iter().enumerate() {
            let number = index + 1;
            let text = self.texts.get(name).map_or("", String::as_str).trim_end();
            let count = self.references.get(name).map_or(0, |(_, count)| *count);
            let back: String = (1..=count)
                .map(|n| {
                    let id = reference_id(number, n);
                    format!(" <a class=\"footnote-back\" href=\"#{id}\" aria-label=\"{back_label}\">\u{21a9}</a>")
                })
                .collect();
            // The way back belongs to the last line of the text.
            let item = match text.strip_suffix("</p>") {
                Some(head) => format!("{head}{back}</p>"),
                None => format!("{text}{back}"),
            };
            out.push_str(&format!("<li id=\"Casebook-fn-{number}\">{item}</li>\n"));
        }
        out.push_str("</ol>\n</section>\n");
        out
    }
}

fn reference_id(number: usize, count: usize) -> String {
    match count {
        1 => format!("Casebook-fnref-{number}"),
        _ => format!("Casebook-fnref-{number}-{count}"),
    }
}

/// What the names of elements begin with that are not the author's. A heading's anchor has
/// no upper case, so only an anchor that is written out can begin so, and is changed.
const RESERVED: &str = "Casebook-";

/// An anchor that an author wrote out, as it is published.
pub fn own_anchor(anchor: &str) -> Cow<'_, str> {
    match anchor.starts_with(RESERVED) {
        true => format!("own-{}", anchor.to_lowercase()).into(),
        false => anchor.into(),
    }
}

/// The anchor of a heading's text, as code hosts and mdBook make it: lower case,
/// blanks to hyphens, other punctuation dropped.
pub fn slug(text: &str) -> String {
    let slug: String = text
        .trim()
        .chars()
        .filter_map(|c| match c {
            c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect();
    if slug.is_empty() { "section".into() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_like_code_hosts() {
        let mut draft = Draft::new(Place::new(&"a.md".into(), 0..0), 0);
        assert_eq!(draft.slug("What can go wrong?"), "what-can-go-wrong");
        assert_eq!(draft.slug("What can go wrong"), "what-can-go-wrong-1");
        assert_eq!(draft.slug("What can go wrong 1"), "what-can-go-wrong-1-1");
        assert_eq!(draft.slug("Über & out"), "über--out");
        assert_eq!(draft.slug("???"), "section");
        assert!(draft.claim("mine") && !draft.claim("mine"));
    }
}
