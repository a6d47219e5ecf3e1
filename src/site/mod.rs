//! The site as a value: a pure function of the settings, the files and the theme.

pub mod plan;
pub mod render;
pub mod theme;
pub mod view;

use crate::book::config::Config;
use crate::book::entry::{Audience, Kind};
use crate::book::graph::{self, Graph, NodeId};
use crate::book::language::{Text, Texts};
use crate::book::library;
use crate::book::namesake::{self, Namesake};
use crate::book::overlay::Overlays;
use crate::book::page::{self, Page};
use crate::book::selection;
use crate::book::source::{self, CONFIG_FILE, Sources};
use crate::book::summary::{self, SUMMARY_FILE, Summary};
use crate::model::ask::{self, Questions, Walk};
use crate::model::change;
use crate::model::due;
use crate::model::evidence::{self, Evidence, Results};
use crate::model::suggest::Catalogue;
use crate::model::{self, Models};
use crate::search::{Document, FOLDER, Index, Meaning, SearchError, thesaurus};
use crate::site::plan::{BROWSE, Plan, Route, Section};
pub use crate::site::render::Paper;
use crate::site::render::Renderer;
use crate::site::theme::{Theme, ThemeError};
use crate::site::view::SiteView;
use crate::text::diagnostic::{Code, Diagnostic, Level};
use crate::text::span::Place;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Parsed files of earlier runs, by what they were made from: path, text with all
/// includes, and settings that matter to parsing. It holds facts of one file each, so
/// nothing in it can become wrong.
#[derive(Debug, Default)]
pub struct Memo {
    pages: HashMap<Arc<str>, ([u8; 32], Arc<Page>)>,
}

/// Who a site is put together for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Readers {
    /// Whether they see drafts.
    pub drafts: bool,
    /// The circle that they are of, where not the book says it.
    pub audience: Option<Audience>,
}

/// Where the parts of the theme are, below `themes/` or the book's own folder.
const TEMPLATES: &str = "templates";
const ASSETS: &str = "assets";

/// The script that runs before a page is painted. It stands before the words of each language.
const START: &str = "start.js";

/// The style sheet that the look in `book.toml` adds to.
const TOKENS: &str = "tokens.css";

/// A book, ready to be rendered.
pub struct Site {
    /// The settings.
    pub config: Config,
    /// The files.
    pub sources: Arc<Sources>,
    /// The pages and their links.
    pub graph: Graph,
    /// The threat models.
    pub models: Models,
    /// Results of tests, and source code that names entries.
    pub evidence: Evidence,
    /// The threats that models can take.
    pub catalogue: Catalogue,
    /// The questions of the threats.
    questions: Questions,
    /// The addresses and the navigation.
    pub plan: Plan,
    /// What the interface says, by language.
    pub texts: Texts,
    /// The IDs that several books give, where the site is made of many.
    pub namesakes: Vec<Namesake>,
    theme: Theme,
    view: SiteView,
}

impl Site {
    /// Reads the book in a folder and puts its site together.
    ///
    /// # Errors
    /// When the folder, `book.toml` or the source folder cannot be read. What is wrong
    /// with the content is no error here: it is among the findings.
    pub fn open(root: &Path, memo: &mut Memo) -> io::Result<(Site, Vec<(Level, Diagnostic)>)> {
        Site::open_with(root, &Results::default(), Readers::default(), memo)
    }

    /// As [`Site::open`], with the results of tests, and for certain readers.
    ///
    /// # Errors
    /// As [`Site::open`].
    pub fn open_with(
        root: &Path,
        results: &Results,
        readers: Readers,
        memo: &mut Memo,
    ) -> io::Result<(Site, Vec<(Level, Diagnostic)>)> {
        let (text, src) = source::read_config(root)?;
        let (mut config, found) = Config::parse(&text, src);
        config.drafts = readers.drafts;
        config.audience = readers.audience.unwrap_or(config.audience);
        let sources = Arc::new(Sources::load(root, &config)?);
        Ok(Site::with_results(config, found, sources, results, memo))
    }

    /// Puts a site together. Never fails: what is wrong is reported, with the level
    /// that the settings give it, in the order of the files.
    /// `found` is what is known to be wrong already.
    pub fn new(
        config: Config,
        found: Vec<Diagnostic>,
        sources: Arc<Sources>,
        memo: &mut Memo,
    ) -> (Site, Vec<(Level, Diagnostic)>) {
        Site::with_results(config, found, sources, &Results::default(), memo)
    }

    /// As [`Site::new`], with the results of tests.
    pub fn with_results(
        mut config: Config,
        mut found: Vec<Diagnostic>,
        sources: Arc<Sources>,
        results: &Results,
        memo: &mut Memo,
    ) -> (Site, Vec<(Level, Diagnostic)>) {
        for layer in sources.layers() {
            config.borrow(&layer.config);
        }
        found.extend(sources.diagnostics().cloned());
        found.extend(library::check(&sources));
        let (pages, problems) = parse_pages(&config, &sources, memo);
        found.extend(problems);
        let (pages, namesakes) = namesake::tell_apart(&config, pages);
        let (summary, problems) = read_summary(&config, &sources);
        found.extend(problems);
        let (pages, summary, absent, problems) =
            selection::choose(&config, &sources, pages, summary);
        found.extend(problems);
        let (graph, problems) = graph::link(&config, &sources, pages, summary, absent);
        found.extend(problems);
        let (models, problems) = model::collect(&config, &graph);
        found.extend(problems);
        let (evidence, problems) = evidence::collect(&config, &sources, &graph, &models, results);
        found.extend(problems);
        found.extend(change::check(&graph, &models));
        let (texts, problems) = Texts::load(&config, &sources);
        found.extend(problems);
        let (questions, problems) = Questions::read(&config, &graph, texts.of(&config.language));
        found.extend(problems);
        let (theme, problems) = load_theme(&config, &sources);
        found.extend(problems);
        let mut plan = plan::lay_out(&config, &graph);
        plan.add_frameworks(&config, &graph, &models);
        plan.add_model_pages(&config, &graph, &models);
        let catalogue = Catalogue::new(&graph, &models);
        let assets = theme.assets().map(|(path, _)| format!("{ASSETS}/{path}"));
        for url in assets.chain(texts.all().map(|text| text.script_url())) {
            plan.reserve(&config, &graph, &url);
        }
        plan.reserve_scripts(&config, &graph, FOLDER);
        plan.reserve_scripts(&config, &graph, BROWSE);
        plan.add_browse(&config, &graph, &models);
        plan.add_ask(&config, &graph, &questions);
        plan.add_log(
            &config,
            &graph,
            !change::log(&graph, &models, &sources).is_empty(),
            !due::due(&graph, &models).is_empty(),
        );
        found.append(&mut plan.found);
        let view = render::site_view(&config, &graph, &plan);
        let found = levelled(&config, found);
        let site = Site {
            config,
            sources,
            graph,
            models,
            evidence,
            catalogue,
            questions,
            plan,
            texts,
            theme,
            view,
            namesakes,
        };
        (site, found)
    }

    /// What was to hold until a day that has passed, with the levels of the book.
    pub fn expired(&self, today: jiff::civil::Date) -> Vec<(Level, Diagnostic)> {
        levelled(&self.config, due::expired(&self.graph, &self.models, today))
    }

    /// Puts what is wrong in the place of each page that has an error; gives how many errors
    /// are of no page.
    pub fn leave_out(&mut self, found: &[(Level, Diagnostic)]) -> usize {
        let mut pages: BTreeMap<&str, Vec<NodeId>> = BTreeMap::new();
        for node in 0..self.graph.nodes.len() {
            let page = self.graph.page(node);
            for file in page.includes.iter().chain([&page.file]) {
                pages.entry(file).or_default().push(node);
            }
        }
        let mut faults: BTreeMap<NodeId, Vec<Diagnostic>> = BTreeMap::new();
        let mut rest = 0;
        for (_, diagnostic) in found.iter().filter(|(level, _)| *level == Level::Deny) {
            let nodes = diagnostic.place.as_ref().and_then(|place| pages.get(&*place.file));
            rest += usize::from(nodes.is_none());
            for node in nodes.into_iter().flatten() {
                faults.entry(*node).or_default().push(diagnostic.clone());
            }
        }
        self.plan.leave_out(faults);
        rest
    }

    /// What to ask of a design.
    pub fn walk(&self) -> &Walk {
        self.renderer().walk()
    }

    fn renderer(&self) -> Renderer<'_> {
        Renderer {
            config: &self.config,
            sources: &self.sources,
            graph: &self.graph,
            models: &self.models,
            evidence: &self.evidence,
            catalogue: &self.catalogue,
            questions: &self.questions,
            plan: &self.plan,
            theme: &self.theme,
            texts: &self.texts,
            text: self.words(),
            site: &self.view,
            highlight: true,
            stage: false,
        }
    }

    /// Every address of pages, files and assets, in order.
    pub fn addresses(&self) -> Vec<String> {
        let assets = self.theme.assets().map(|(path, _)| format!("{ASSETS}/{path}"));
        let texts = self.texts.all().map(|text| text.script_url());
        let pages = self.plan.routes.keys().cloned();
        let mut all: Vec<String> = pages.chain(assets).chain(texts).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The bytes at an address; `None` when there is nothing.
    ///
    /// # Errors
    /// When a template of the theme fails; see [`theme_diagnostic`].
    pub fn render(&self, url: &str) -> Result<Option<Cow<'_, [u8]>>, ThemeError> {
        if let Some(page) = self.render_with(&self.theme, url)? {
            return Ok(Some(page));
        }
        if let Some(text) = self.texts.all().find(|text| text.script_url() == url) {
            let start = self.theme.asset(START).unwrap_or_default();
            return Ok(Some([start, text.script().as_bytes()].concat().into()));
        }
        let asset = url.strip_prefix(ASSETS).and_then(|rest| rest.strip_prefix('/'));
        Ok(asset.and_then(|path| self.theme.asset(path)).map(Cow::Borrowed))
    }

    /// As [`Site::render`] with the templates of another theme, and without its assets.
    ///
    /// # Errors
    /// When a template of that theme fails.
    pub fn render_with<'s>(
        &'s self,
        theme: &'s Theme,
        url: &str,
    ) -> Result<Option<Cow<'s, [u8]>>, ThemeError> {
        let Some(route) = self.plan.routes.get(url) else { return Ok(None) };
        Renderer { theme, ..self.renderer() }.render(url, route).map(Some)
    }

    /// A file of cards of threats that needs no other.
    ///
    /// # Errors
    /// When the template of the theme fails.
    pub fn card_file(&self, nodes: &[NodeId], paper: Paper) -> Result<String, ThemeError> {
        self.renderer().card_file(nodes, paper)
    }

    /// The threats that have a card, in order.
    pub fn carded(&self) -> Vec<NodeId> {
        self.renderer().carded()
    }

    /// The text of a source file, for excerpts.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.sources.text(file)
    }

    /// What the interface says in the book's own language.
    pub fn words(&self) -> &Arc<Text> {
        self.texts.of(&self.config.language)
    }

    /// The name of a section for readers.
    pub fn section_label(&self, section: &Section) -> String {
        self.renderer().section_label(section)
    }

    /// What many entries of a kind are called.
    pub fn kind_plural(&self, kind: &Kind) -> String {
        self.renderer().kind_plural(kind).to_string()
    }

    /// The search index of the site.
    ///
    /// # Errors
    /// When the index cannot be made.
    pub fn index(&self) -> Result<Index, SearchError> {
        let text = self.words();
        let word = |word: &str| text.word(word);
        let mut meanings: Vec<Meaning> =
            self.config.synonyms.iter().map(|set| Meaning::same(set)).collect();
        if self.config.thesaurus {
            meanings.extend(thesaurus::sets(&self.config.language));
            let named = ask::vocabulary(&self.config, text).into_iter();
            meanings.extend(named.map(|(word, names)| Meaning::property(&word, names)));
        }
        Index::build(self.documents(), &self.config.language, &meanings, &word)
    }

    /// The pages as search sees them, in the order of their addresses.
    pub fn documents(&self) -> Vec<Document> {
        let renderer = Renderer { highlight: false, ..self.renderer() };
        let nodes: Vec<(&String, &Route)> = self.plan.routes.iter().collect();
        nodes
            .into_par_iter()
            .filter_map(|(url, route)| match route {
                Route::Node(node) => Some(renderer.document(url, *node)),
                _ => None,
            })
            .collect()
    }
}

/// A file with the hash of what it was parsed from, and what its includes lack.
type Parsed = (Arc<str>, [u8; 32], Arc<Page>, Vec<Diagnostic>);

/// Parses every Markdown file that has changed, in parallel.
fn parse_pages(
    config: &Config,
    sources: &Sources,
    memo: &mut Memo,
) -> (Vec<Arc<Page>>, Vec<Diagnostic>) {
    let key = config.parse_key();
    let files: Vec<(&str, &Arc<str>, &Arc<str>)> = sources
        .published()
        .filter(|(path, _, _)| path.ends_with(".md") && *path != SUMMARY_FILE)
        .filter_map(|(path, file, content)| match &content.content {
            crate::book::source::Content::Text(text) => Some((path, file, text)),
            crate::book::source::Content::Bytes(_) => None,
        })
        .collect();
    let overlays = Overlays::read(config, sources);
    let parsed: Vec<Parsed> = files
        .into_par_iter()
        .map(|(path, file, text)| {
            let (expanded, mut problems) = page::expand(file, text, sources);
            let laid = overlays.lay(config, sources, (file, path), &expanded);
            let (expanded, overlaid, found) = laid.unwrap_or((expanded, Vec::new(), Vec::new()));
            problems.extend(found);
            let mut hasher = blake3::Hasher::new();
            hasher.update(&key.to_le_bytes());
            // The length goes first, so that no two inputs run together to the same bytes.
            let mut text = |text: &str| {
                hasher.update(&text.len().to_le_bytes());
                hasher.update(text.as_bytes());
            };
            text(path);
            text(&expanded.text);
            text(expanded.title.as_deref().unwrap_or(""));
            for segment in &expanded.segments {
                text(&format!("{}\0{}\0{}", segment.start, segment.origin, segment.file));
            }
            let hash = *hasher.finalize().as_bytes();
            let page = match memo.pages.get(file) {
                Some((known, page)) if *known == hash => page.clone(),
                _ => Arc::new(Page { overlaid, ..page::parse(file, path, &expanded, config) }),
            };
            (file.clone(), hash, page, problems)
        })
        .collect();
    memo.pages.clear();
    let mut pages = Vec::with_capacity(parsed.len());
    let mut found = overlays.without_target(sources, parsed.iter().map(|(_, _, page, _)| &**page));
    let mut told = std::collections::BTreeSet::new();
    for (file, hash, page, problems) in parsed {
        found.extend(problems);
        found.extend(page.found.iter().filter(|found| is_news(found, &mut told)).cloned());
        memo.pages.insert(file, (hash, page.clone()));
        pages.push(page);
    }
    (pages, found)
}

/// Whether a finding is to be said: what another program would understand once in a book.
fn is_news(found: &Diagnostic, told: &mut std::collections::BTreeSet<String>) -> bool {
    let once = matches!(found.code, Code::ForeignMarkup | Code::UnknownLanguage);
    !once || told.insert(found.message.clone())
}

fn read_summary(config: &Config, sources: &Sources) -> (Option<Summary>, Vec<Diagnostic>) {
    let path = crate::book::source::join("", &format!("{}/{SUMMARY_FILE}", config.src));
    let file: Option<Arc<str>> = path.map(Into::into);
    match file.and_then(|file| Some((sources.text(&file)?, file))) {
        Some((text, file)) => {
            let (summary, found) = summary::parse(&file, text);
            (Some(summary), found)
        }
        None => (None, Vec::new()),
    }
}

/// The embedded theme, with the files of the book's theme folder in their place.
fn load_theme(config: &Config, sources: &Sources) -> (Theme, Vec<Diagnostic>) {
    let mut templates = BTreeMap::new();
    let mut assets = BTreeMap::new();
    for (path, file) in sources.files() {
        let Some(rest) = path.strip_prefix(&format!("{}/", config.theme)) else { continue };
        if let Some(name) = rest.strip_prefix(&format!("{TEMPLATES}/")) {
            if let Some(text) = file.text() {
                templates.insert(name.to_string(), text.to_string());
            }
        } else if let Some(name) = rest.strip_prefix(&format!("{ASSETS}/")) {
            assets.insert(name.to_string(), file.bytes().to_vec());
        }
    }
    let (mut theme, errors) = Theme::load(templates, assets);
    theme.bound(sources.files().count());
    let mut found: Vec<Diagnostic> =
        errors.iter().map(|error| theme_diagnostic(config, error)).collect();
    theme.append(TOKENS, &config.look.css());
    for (file, span) in &config.look.files {
        if theme.asset(file).is_none() {
            let place = Place::new(&CONFIG_FILE.into(), span.clone());
            let folder = format!("{}/{ASSETS}/", config.theme);
            found.push(
                Diagnostic::new(
                    Code::BadConfig,
                    place,
                    format!("there is no file `{folder}{file}`"),
                )
                .help(format!("files of the theme are in `{folder}`")),
            );
        }
    }
    theme.bundle();
    (theme, found)
}

/// A mistake in a template as a diagnostic.
pub fn theme_diagnostic(config: &Config, error: &ThemeError) -> Diagnostic {
    let folder = if error.overridden { config.theme.as_str() } else { "themes/default" };
    let file: Arc<str> = format!("{folder}/{TEMPLATES}/{}", error.template).into();
    let line_start = || {
        let text = error.source.as_deref().unwrap_or("");
        let line = error.line.unwrap_or(1).saturating_sub(1);
        text.split_inclusive('\n').take(line).map(str::len).sum::<usize>()
    };
    let range = error.range.clone().unwrap_or_else(|| line_start()..line_start());
    let mut message = format!("the template `{}` fails: {}", error.template, error.message);
    if let Some(line) = error.line.filter(|_| !error.overridden) {
        message = format!("{message} (line {line})");
    }
    let mut help: Vec<String> = error.help.iter().cloned().collect();
    if !error.values.is_empty() {
        help.push(format!("values at hand:\n{}", error.values.join("\n")));
    }
    if !error.through.is_empty() {
        help.push(format!("reached through {}", error.through.join(", ")));
    }
    let help = (!help.is_empty()).then(|| help.join("\n"));
    Diagnostic::new(Code::Template, Place::new(&file, range), message).maybe_help(help)
}

/// Drops what is allowed and orders the rest by file and place.
fn levelled(config: &Config, found: Vec<Diagnostic>) -> Vec<(Level, Diagnostic)> {
    let mut found: Vec<(Level, Diagnostic)> = found
        .into_iter()
        .map(|diagnostic| (config.level(diagnostic.code), diagnostic))
        .filter(|(level, _)| *level != Level::Allow)
        .collect();
    found.sort_by(|(_, a), (_, b)| {
        let key = |d: &Diagnostic| (d.place.clone(), d.code);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    found.dedup();
    found
}
