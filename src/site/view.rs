//! What a template sees: the whole contract between Casebook and its themes.
//!
//! A template is rendered with one [`View`]. Its fields are the template's variables:
//! `site`, `page`, and one more that is named like the template (`entry` in
//! `entry.html`, `catalogue` in `catalogue.html`, ...).
//!
//! Rules that hold everywhere:
//! - Every `href` is ready to use on the page it stands on: relative to the page, or
//!   with a scheme for other sites. [`PageView::root`] leads to the site's root.
//! - Plain text is escaped when it is printed. [`Html`] is finished HTML and is printed
//!   as it is.
//! - A field that has nothing to say is `none` or empty, and both count as false in
//!   `{% if %}`. Printing a field that does not exist is an error.

mod ask;
mod block;
mod browse;
mod catalogue;
mod change;
mod deck;
mod entry;
mod learn;
mod model;
mod overview;

pub use ask::{AskGroup, AskProperty, AskView};
pub use block::{
    BlockCell, BlockColumn, BlockFold, BlockNote, BlockRow, BlockValue, BlockView, BriefPart,
    PlaceLink,
};
pub use browse::{
    CitationView, CompareGroup, ComparePage, CompareView, PickedView, StarterView, UsageGroup,
    UsageView,
};
pub use catalogue::{CatalogueView, Facet, FacetValue, Row, TagCount, TagView, TagsView};
pub use change::{
    ChangeDetail, ChangeDiagram, ChangePart, ChangeRow, ChangeView, DatedView, HistoryView,
    MoveView, OpenView, OutdatedView, RevisionView,
};
pub use deck::{CardView, DeckChoice, DeckView, SheetView};
pub use entry::{Chip, EntryLink, EntryView, Field, FieldValue, Phrase};
pub use learn::SlidesView;
pub use model::{MeetingRow, MeetingView, ModelView, StrideCell, StrideGap, StrideRow, StrideView};
pub use overview::{OverviewCell, OverviewColumn, OverviewRow, OverviewView};

use serde::{Serialize, Serializer};
use std::sync::Arc;

/// Finished HTML that is printed without escaping. Casebook has already made it safe.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(pub Arc<str>);

impl Html {
    /// Marks `html` as finished.
    pub fn new(html: impl Into<Arc<str>>) -> Html {
        Html(html.into())
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Html {
    fn from(html: String) -> Html {
        Html(html.into())
    }
}

impl Serialize for Html {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if minijinja::value::serializing_for_value() {
            minijinja::Value::from_safe_string(self.0.to_string()).serialize(serializer)
        } else {
            serializer.serialize_str(&self.0)
        }
    }
}

/// Everything that one page is made from.
#[derive(Debug, Clone, Serialize)]
pub struct View<'a> {
    /// The site: the same on every page.
    pub site: &'a SiteView,
    /// The page: the same fields on every kind of page.
    pub page: PageView,
    /// What the interface says in the page's language: `text.next`,
    /// `text.count("results", n)`, `text.fill("step_of", number=1, total=3)`,
    /// `text.date("2026-05-01")`, `text.word("not-applicable")`, `text.within(words)`.
    pub text: minijinja::Value,
    /// What only this kind of page has, under the template's name.
    #[serde(flatten)]
    pub content: Content,
}

/// The part of a view that depends on the kind of page. It chooses the template.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// `home.html`: the first page.
    Home(HomeView),
    /// `page.html`: text; also the steps of a guide.
    Article(ArticleView),
    /// `slides.html`: a page shown as slides.
    Slides(SlidesView),
    /// `section.html`: a section's own page, which lists the pages in it.
    Section(SectionView),
    /// `model.html`: a threat model.
    Model(ModelView),
    /// `stride.html`: STRIDE per element of a model.
    Stride(StrideView),
    /// `meeting.html`: the open threats of a model on a sheet of paper.
    Meeting(MeetingView),
    /// `entry.html`: an entry of a catalogue.
    Entry(EntryView),
    /// `catalogue.html`: all entries of a kind.
    Catalogue(CatalogueView),
    /// `tag.html`: everything that bears one tag.
    Tag(TagView),
    /// `tags.html`: all tags.
    Tags(TagsView),
    /// `redirect.html`: sends the reader on.
    Redirect(RedirectView),
    /// `print.html`: all pages of a section on one page.
    Print(PrintView),
    /// `fault.html`: a page that is left out, since it has errors.
    Fault(FaultView),
    /// `404.html`: the address leads nowhere.
    NotFound(NotFoundView),
    /// `overview.html`: a table over all models.
    Overview(OverviewView),
    /// `reference.html`: a page that Casebook writes about itself, such as the list of
    /// diagnostics. Its text is `page.body`.
    Reference(ReferenceView),
    /// `change.html`: what changed from one revision of a model to the next.
    Change(ChangeView),
    /// `picked.html`: a selection of entries.
    Picked(PickedView),
    /// `compare.html`: what two pages share, lack and decide differently.
    Compare(CompareView),
    /// `ask.html`: what to ask of a design.
    Ask(AskView),
    /// `deck.html`: cards of threats; also `deck-file.html`, the file for paper.
    Deck(DeckView),
}

impl Content {
    /// The name of the template, such as `entry.html`.
    pub fn template(&self) -> &'static str {
        match self {
            Content::Home(_) => "home.html",
            Content::Article(_) => "page.html",
            Content::Slides(_) => "slides.html",
            Content::Section(_) => "section.html",
            Content::Model(_) => "model.html",
            Content::Stride(_) => "stride.html",
            Content::Meeting(_) => "meeting.html",
            Content::Entry(_) => "entry.html",
            Content::Catalogue(_) => "catalogue.html",
            Content::Tag(_) => "tag.html",
            Content::Tags(_) => "tags.html",
            Content::Redirect(_) => "redirect.html",
            Content::Print(_) => "print.html",
            Content::Fault(_) => "fault.html",
            Content::NotFound(_) => "404.html",
            Content::Overview(_) => "overview.html",
            Content::Reference(_) => "reference.html",
            Content::Change(_) => "change.html",
            Content::Picked(_) => "picked.html",
            Content::Compare(_) => "compare.html",
            Content::Ask(_) => "ask.html",
            Content::Deck(_) => "deck.html",
        }
    }
}

/// The site as a whole.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SiteView {
    /// Its title.
    pub title: String,
    /// One sentence about it; may be empty.
    pub description: String,
    /// Who writes it; may be empty.
    pub authors: Vec<String>,
    /// BCP 47 tag of its language.
    pub language: String,
    /// Whether the language is written from right to left.
    pub rtl: bool,
    /// Address of the repository that holds the sources.
    pub repository: Option<String>,
    /// The picture in the header, from the site's root; `none` for the theme's own sign.
    pub logo: Option<String>,
    /// Whether search files were built.
    pub search: bool,
    /// Whether there are entries: then pages have previews of them and a selection.
    pub entries: bool,
    /// The page that asks what is built, from the site's root, where there is one.
    pub ask: Option<String>,
    /// The page of cards, from the site's root, where there is one.
    pub deck: Option<String>,
    /// The page that tells what changed, from the site's root, where there is one.
    pub changes: Option<String>,
    /// The feed of changes, from the site's root, where there is one.
    pub feed: Option<String>,
    /// The page that tells what is due, from the site's root, where there is one.
    pub due: Option<String>,
    /// What a page may load and run, for a `meta` element before the first script; none where
    /// raw HTML is published as it is.
    pub policy: Option<Html>,
    /// Name and version of the program, such as `Casebook 0.1.0`.
    pub generator: String,
}

/// What every page has.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PageView {
    /// The way to the site's root: empty, or `../` once or more. On the 404 page, which
    /// is shown at any address, the site's path: `/` or `/wiki/`.
    pub root: String,
    /// The page's own address, relative to the site's root: `threats/t-auth-004.html`.
    pub url: String,
    /// The page's full address where the site's address is known.
    pub canonical: Option<String>,
    /// The title as plain text.
    pub title: String,
    /// The title as it is shown, with its inline markup. `none` when the body brings its
    /// own first-level heading.
    pub heading: Option<Html>,
    /// One sentence for search engines and lists; may be empty.
    pub description: String,
    /// The text: finished HTML whose headings start at the second level.
    pub body: Html,
    /// The page that shows the whole section, for paper.
    pub print: Option<String>,
    /// Where the page can be edited.
    pub edit_url: Option<String>,
    /// Where the page comes from, if not from the book itself.
    pub origin: Option<OriginView>,
    /// The day on which the page's file was last changed, where git is asked for it.
    pub changed: Option<String>,
    /// Where a reader can say what is wrong with the page.
    pub feedback_url: Option<String>,
    /// The way from the home page to this page, without either.
    pub breadcrumbs: Vec<Link>,
    /// The header: the sections of the site, those of one group in one menu.
    pub sections: Vec<Menu>,
    /// The navigation of the page's own section; empty where there is none.
    pub sidebar: Vec<SidebarPart>,
    /// The headings of the text.
    pub toc: Vec<Heading>,
    /// The page before this one.
    pub previous: Option<Link>,
    /// The page after this one.
    pub next: Option<Link>,
    /// The page's tags.
    pub tags: Vec<Link>,
    /// BCP 47 tag of the page's language.
    pub language: String,
    /// Whether it is written from right to left.
    pub rtl: bool,
    /// The first page of the site in the page's language.
    pub home: String,
    /// The languages of the book, where it has several.
    pub languages: Vec<LanguageLink>,
    /// Whether search engines should leave the page out.
    pub noindex: bool,
    /// Whether it is a draft, which only its authors see.
    pub draft: bool,
    /// How many things on it a reader can finish, where the reader's progress is kept.
    pub boxes: Option<usize>,
    /// Style sheets and scripts that only some pages need, by their path in `assets/`.
    pub assets: Vec<String>,
    /// The script that runs before the page is painted, from the site's root: the reader's
    /// choice of colours, and the words that other scripts say.
    pub texts: String,
}

/// The library that a page comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OriginView {
    /// What the book calls the library.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// The short name of its licence.
    pub license: Option<String>,
    /// The fields and sections that the book itself says, in an overlay.
    pub own: Vec<String>,
}

/// A link to a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its text.
    pub label: String,
    /// Its target.
    pub href: String,
    /// Whether the target is this page or, among `sections`, holds it.
    pub current: bool,
}

impl Link {
    /// A link to another page than the one it stands on.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Link {
        Link { label: label.into(), href: href.into(), current: false }
    }
}

/// A word of the header, with a menu where it stands for several pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Menu {
    /// Its text.
    pub label: String,
    /// Where it leads by itself.
    pub href: String,
    /// Whether this page belongs to it.
    pub current: bool,
    /// What its menu lists; empty where it is one page.
    pub items: Vec<Link>,
}

/// A part of the sidebar: a title and what stands below it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SidebarPart {
    /// The part's title; `none` for what stands before the first title.
    pub title: Option<String>,
    /// Its pages.
    pub items: Vec<SidebarItem>,
}

/// A line of the sidebar.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SidebarItem {
    /// Its text.
    pub label: String,
    /// Its target; `none` for a folder, or a chapter that is not written yet.
    pub href: Option<String>,
    /// The ID of an entry, or the number of a chapter or step; shown before the text.
    pub number: Option<String>,
    /// How many pages are below it, where these are listed on a page of their own.
    pub count: Option<usize>,
    /// Whether it is this page.
    pub current: bool,
    /// Whether its children are shown at first. True on the way to the current page.
    pub open: bool,
    /// The pages below it.
    pub children: Vec<SidebarItem>,
}

/// A heading of the text. `page.toc` holds the second level; the third is in `children`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Heading {
    /// Its ID as it stands in addresses: link to it with `#id`.
    pub id: String,
    /// Its words as plain text.
    pub text: String,
    /// The headings below it.
    pub children: Vec<Heading>,
}

/// A kind of page or entry, as its readers call it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct KindView {
    /// The word in front matter and filters: `threat`.
    pub name: String,
    /// One of them: `Threat`.
    pub title: String,
    /// Many of them: `Threats`.
    pub plural: String,
    /// The page that lists them.
    pub href: Option<String>,
}

/// Links that play one role, such as "Used by models".
#[derive(Debug, Clone, Default, Serialize)]
pub struct LinkGroup {
    /// The name of the role or kind; usable as an ID in the page.
    pub name: String,
    /// The words for readers.
    pub label: String,
    /// The links; never empty.
    pub links: Vec<EntryLink>,
}

/// A number with a name, such as 4 open threats.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Count {
    /// What is counted: `open`.
    pub name: String,
    /// The words for readers: `open threats`.
    pub label: String,
    /// How many.
    pub value: usize,
    /// Where to see them.
    pub href: Option<String>,
}

/// The home page. Its text is `page.body`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct HomeView {
    /// One sentence about the book, where its author wrote it beside the text.
    pub lead: Option<String>,
    /// The first links to offer: where a newcomer begins, and the list of threats.
    pub actions: Vec<Link>,
    /// A small diagram of a model with an open threat, where there is one.
    pub example: Option<ExampleView>,
    /// What the book has, by use: learn, look up, run.
    pub lanes: Vec<Lane>,
    /// The sections that stand in no lane.
    pub others: Vec<Card>,
}

/// A use of the book, and what is there for it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Lane {
    /// `learn`, `look_up` or `run`.
    pub name: String,
    /// The words for readers.
    pub label: String,
    /// The pages; never empty.
    pub items: Vec<Card>,
}

/// A diagram of a model, and a threat in it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ExampleView {
    /// The picture.
    pub svg: Html,
    /// The title of the model.
    pub title: String,
    /// The model.
    pub href: String,
    /// The ID of the threat, where it has one.
    pub id: Option<String>,
    /// Its title.
    pub threat: String,
    /// Its row in the model.
    pub threat_href: String,
    /// Its severity, where it is rated.
    pub severity: Option<Chip>,
}

/// A page in a list of pages.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Card {
    /// Its title.
    pub title: String,
    /// Its target.
    pub href: String,
    /// The name of its kind; empty for a page without a kind.
    pub kind: String,
    /// Its ID, where it has one.
    pub id: Option<String>,
    /// Its number in the order of reading, from 1.
    pub step: Option<usize>,
    /// One sentence; may be empty.
    pub description: String,
    /// How many pages it holds, where it is a section.
    pub count: Option<usize>,
    /// What else a reader wants to know before opening it: size, date, tags.
    pub chips: Vec<Chip>,
    /// The earlier revisions of a model, newest first.
    pub earlier: Vec<Link>,
    /// How many things on the page a reader can finish, where the progress is kept.
    pub boxes: Option<usize>,
}

/// Text: an ordinary page or a step of a guide.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ArticleView {
    /// The page's kind, where it has one.
    pub kind: Option<KindView>,
    /// The place among the steps, on a page of a guide.
    pub step: Option<Step>,
    /// The pages below this one, where it is the index of a folder.
    pub below: Vec<Card>,
    /// What can be done with the entries of a starter set: a page with the tag `starter`.
    pub starter: Option<StarterView>,
    /// Pages that link to this one.
    pub used_by: Vec<LinkGroup>,
}

/// The place of a page in a guide.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Step {
    /// From 1.
    pub number: usize,
    /// How many there are.
    pub total: usize,
}

/// A section that is not a catalogue: the guide, the models. Its text is `page.body`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SectionView {
    /// The section's kind, where it has one.
    pub kind: Option<KindView>,
    /// The pages in it, in the order of reading; those of a folder together.
    pub groups: Vec<CardGroup>,
    /// Whether a reader's progress is kept in them.
    pub progress: bool,
    /// The pages that look over all models, in the section of the models.
    pub overviews: Vec<Link>,
}

/// Pages that stand together, such as those of a folder.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CardGroup {
    /// What they are together; `none` for the pages of the section itself.
    pub label: Option<String>,
    /// The page about them, where there is one.
    pub href: Option<String>,
    /// One sentence about them; may be empty.
    pub description: String,
    /// The pages; never empty.
    pub items: Vec<Card>,
}

/// A page that sends the reader on.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RedirectView {
    /// Where to.
    pub target: String,
    /// The title of the page there, or its address.
    pub title: String,
}

/// A page that is left out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FaultView {
    /// What is wrong with it.
    pub findings: Vec<FindingView>,
}

/// Something that is wrong.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FindingView {
    /// Its code, such as `duplicate-id`.
    pub code: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where: file, line and column.
    pub place: String,
    /// How to put it right.
    pub help: Option<String>,
}

/// The page for addresses that lead nowhere.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NotFoundView {
    /// Where to start again: the sections, or what the author chose.
    pub links: Vec<Link>,
}

/// A page that Casebook writes about itself.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ReferenceView {
    /// What it is about: `diagnostics` or `risk`.
    pub name: String,
}

/// All pages of a section on one page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PrintView {
    /// The pages, in the order of reading.
    pub parts: Vec<PrintPart>,
}

/// A page among all pages of its section.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PrintPart {
    /// Its anchor on this page.
    pub anchor: String,
    /// Its ID, where it has one.
    pub id: Option<String>,
    /// Its title as plain text.
    pub title: String,
    /// Its title with markup; `none` when the body brings its own first-level heading.
    pub heading: Option<Html>,
    /// Its text. Names of its elements begin with the anchor.
    pub body: Html,
    /// Its headings.
    pub toc: Vec<Heading>,
    /// The page itself.
    pub href: String,
}

/// A language in the switch of a page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LanguageLink {
    /// Its BCP 47 tag.
    pub code: String,
    /// What its readers call it.
    pub name: String,
    /// The page in this language; else its first page, where there is one.
    pub href: Option<String>,
    /// The page's full address, where the site's is known; else `href`.
    pub canonical: Option<String>,
    /// Whether it is the language of this page.
    pub current: bool,
    /// Whether the page is there in this language.
    pub translated: bool,
}
