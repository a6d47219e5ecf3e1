//! What is in: drafts, what a library hides, and what is not for the readers of the site are
//! taken out here, before anything is linked. What comes later knows of them only that they
//! are absent.

use super::config::{By, Choice, Config};
use super::entry::{Audience, Kind, as_title, id_anchor, id_form, stem};
use super::page::{Article, Overlaid, Page, Target, Word};
use super::source::{CONFIG_FILE, Layer, Sources, is_draft, join};
use super::summary::{Chapter, Summary};
use crate::text::address::Address;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Why something is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is not finished.
    Draft,
    /// It is of a library, and the book does not want it.
    Hidden,
    /// It is not for the readers of the site.
    Audience,
}

/// Something that is not for the readers of the site, so that a check can look for it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The file that it stands in.
    pub file: Arc<str>,
    /// Its ID, where it has one.
    pub id: Option<String>,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// Its text as written.
    pub text: String,
}

/// What is absent.
#[derive(Debug, Clone, Default)]
pub struct Absent {
    /// Paths of pages and files, and IDs in lower case.
    names: BTreeMap<String, Why>,
    /// Titles and file names of what readers hear nothing of, as they are compared.
    titles: BTreeSet<String>,
    /// What is not for the readers of the site.
    pub secrets: Vec<Secret>,
}

impl Absent {
    /// Why there is no page, file or entry of a name.
    pub fn why(&self, name: &str) -> Option<Why> {
        self.names.get(name).copied()
    }

    /// Whether a title or file name is that of something of which readers hear nothing.
    pub fn is_titled(&self, title: &str) -> bool {
        self.titles.contains(&as_title(title))
    }

    /// Everything that cannot be named, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    fn add(&mut self, name: String, why: Why) {
        self.names.entry(name).or_insert(why);
    }
}

/// What a page is judged by.
struct Judge<'b> {
    config: &'b Config,
    sources: &'b Sources,
}

/// Takes out what is not in: whole pages, and entries under headings of others. A page of
/// which nothing is left stays without articles.
pub fn choose(
    config: &Config,
    sources: &Sources,
    pages: Vec<Arc<Page>>,
    summary: Option<Summary>,
) -> (Vec<Arc<Page>>, Option<Summary>, Absent, Vec<Diagnostic>) {
    let judge = Judge { config, sources };
    let verdicts = judge.all(&pages);
    let mut absent = Absent::default();
    for (page, verdict) in pages.iter().zip(&verdicts) {
        judge.name(page, verdict, &mut absent);
    }
    files(config, sources, &pages, &verdicts, &mut absent);
    let mut found = judge.useless(&pages);
    found.extend(pages.iter().zip(&verdicts).flat_map(|(page, verdict)| idle(page, verdict)));
    let kept = pages.into_iter().zip(&verdicts).map(|(page, verdict)| {
        let library = sources.layer(&page.file).is_some();
        keep(page, verdict, library, &absent)
    });
    let kept = kept.collect();
    let summary = summary.map(|mut summary| {
        summary.parts.retain_mut(|part| {
            let empty = part.chapters.is_empty();
            part.chapters = chapters(std::mem::take(&mut part.chapters), &absent);
            empty || !part.chapters.is_empty()
        });
        summary
    });
    (kept, summary, absent, found)
}

impl Judge<'_> {
    /// Why each article of each page is absent.
    fn all(&self, pages: &[Arc<Page>]) -> Vec<Vec<Option<Why>>> {
        let by_path: BTreeMap<&str, usize> =
            pages.iter().enumerate().map(|(number, page)| (page.path.as_str(), number)).collect();
        let own: Vec<Vec<Option<Why>>> = pages.iter().map(|page| self.page(page)).collect();
        let follow = |(number, page): (usize, &Arc<Page>)| {
            let original = self.config.translation(&page.path);
            let original = original.and_then(|(_, path)| by_path.get(path.as_str()));
            let verdict = own[number].iter().enumerate();
            // A translation says nothing that its original does not say.
            verdict.map(|(index, why)| why.or_else(|| *own.get(*original?)?.get(index)?)).collect()
        };
        pages.iter().enumerate().map(follow).collect()
    }

    fn page(&self, page: &Page) -> Vec<Option<Why>> {
        let layer = self.sources.layer(&page.file).map(|layer| &**layer);
        let Some(own) = page.articles.first() else { return Vec::new() };
        let whole = match is_draft(&page.path) && !self.config.drafts {
            true => Some(Why::Draft),
            false => self.article(page, own, own, layer),
        };
        let one = |article| whole.or_else(|| self.article(page, own, article, layer));
        page.articles.iter().map(one).collect()
    }

    fn article(
        &self,
        page: &Page,
        own: &Article,
        article: &Article,
        layer: Option<&Layer>,
    ) -> Option<Why> {
        if article.meta.draft && !self.config.drafts {
            return Some(Why::Draft);
        }
        if let Some(layer) = layer {
            let named = |choices: &[Choice]| {
                choices.iter().any(|choice| self.is(choice, page, own, article, layer))
            };
            let library = &layer.library;
            let wanted = library.include.is_empty() || named(&library.include);
            if !wanted || named(&library.hide) {
                return Some(Why::Hidden);
            }
        }
        (self.audience(own, article, layer) > self.config.audience).then_some(Why::Audience)
    }

    /// Who may read an article: as it says, as its file says, as the whole says.
    fn audience(&self, own: &Article, article: &Article, layer: Option<&Layer>) -> Audience {
        let said = article.meta.audience.or(own.meta.audience);
        said.unwrap_or_else(|| {
            layer.map_or(self.config.page_audience, |layer| layer.library.audience)
        })
    }

    fn is(
        &self,
        choice: &Choice,
        page: &Page,
        own: &Article,
        article: &Article,
        layer: &Layer,
    ) -> bool {
        let meta = &article.meta;
        match choice.by {
            By::Id => meta.id.iter().chain(&meta.aliases).any(|word| choice.is(&word.text)),
            By::Kind => self.kind(page, article).is_some_and(|kind| choice.is(&kind.name)),
            By::Section => choice.is(&page.path),
            By::Tag => meta.tags.iter().any(|tag| choice.is(tag)),
            By::AppliesTo => meta.applies_to.iter().any(|word| choice.is(word)),
            By::Audience => choice.is(self.audience(own, article, Some(layer)).word()),
        }
    }

    /// The kind of an article: as it says, by its ID, or by its folder.
    fn kind(&self, page: &Page, article: &Article) -> Option<&Kind> {
        let kinds = &self.config.kinds;
        let named = article.meta.kind.as_ref().and_then(|word| kinds.get(&word.text));
        let by_id = || kinds.of_id(article.meta.id.as_ref()?.text.trim());
        named.or_else(by_id).or_else(|| self.config.folder_kind(&page.path))
    }

    /// Choices that name nothing: a slip, or something that a library no longer has.
    fn useless(&self, pages: &[Arc<Page>]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for layer in self.sources.layers() {
            let of_layer = |page: &&Arc<Page>| {
                let known = self.sources.layer(&page.file);
                known.is_some_and(|known| Arc::ptr_eq(known, layer))
            };
            let pages: Vec<&Arc<Page>> = pages.iter().filter(of_layer).collect();
            let library = &layer.library;
            for choice in library.include.iter().chain(&library.hide) {
                let names = |page: &Arc<Page>| {
                    let mut articles = page.articles.iter();
                    let is = |own| articles.any(|one| self.is(choice, page, own, one, layer));
                    page.articles.first().is_some_and(is)
                };
                if !pages.iter().any(|page| names(page)) {
                    let place = Place::new(&CONFIG_FILE.into(), choice.span.clone());
                    let (name, text) = (&library.name, &choice.text);
                    let message = format!("the library `{name}` has nothing that `{text}` names");
                    let help = "look for a slip, or take it out";
                    found.push(Diagnostic::new(Code::LibraryChoice, place, message).help(help));
                }
            }
        }
        found
    }
}

/// Overlays of entries that are hidden change nothing.
fn idle<'p>(page: &'p Page, verdict: &'p [Option<Why>]) -> impl Iterator<Item = Diagnostic> + 'p {
    let hidden = |done: &&Overlaid| {
        let part = |article: &Article| {
            article.meta.id.as_ref().map(|word| word.text.as_str()) == done.part.as_deref()
        };
        let article = done.part.as_ref().map_or(Some(0), |_| page.articles.iter().position(part));
        article.and_then(|at| *verdict.get(at)?) == Some(Why::Hidden)
    };
    page.overlaid.iter().filter(hidden).map(|done| {
        let place = Place::new(&done.file, 0..0);
        Diagnostic::new(Code::OverlayTarget, place, "its entry is hidden in book.toml")
            .label("this overlay changes nothing")
            .help("take the entry in again, or remove the file")
    })
}

impl Judge<'_> {
    /// Notes the names of what is absent of a page.
    fn name(&self, page: &Page, verdict: &[Option<Why>], absent: &mut Absent) {
        for (index, article) in page.articles.iter().enumerate() {
            let Some(why) = verdict[index] else { continue };
            if index == 0 {
                absent.add(page.path.clone(), why);
            }
            if why != Why::Draft {
                let path = (index == 0).then(|| stem(&page.path));
                let file = path.iter().flat_map(|path| [path.rsplit('/').next(), Some(path)]);
                let title = title(article);
                let named = file.flatten().chain(title.as_deref());
                absent.titles.extend(named.map(as_title));
            }
            let meta = &article.meta;
            let items = article.body.blocks.iter().flat_map(|block| &block.items);
            let local =
                items.filter(|item| item.uses.is_none()).filter_map(|item| item.id.as_ref());
            for word in meta.id.iter().chain(&meta.aliases).chain(local) {
                absent.add(id_form(&word.text), why);
            }
            let kind = self.kind(page, article).filter(|kind| kind.catalogue);
            for (kind, word) in
                kind.iter().flat_map(|kind| meta.id.iter().map(move |word| (kind, word)))
            {
                absent.add(format!("{}/{}.html", kind.folder, id_anchor(&word.text)), why);
            }
            if why == Why::Audience {
                absent.secrets.push(secret(page, index, self.sources));
            }
        }
        let parts = page.withheld.iter().map(|text| Secret {
            file: page.file.clone(),
            id: None,
            title: None,
            text: text.clone(),
        });
        absent.secrets.extend(parts);
    }
}

/// What an article is called, where it says it.
fn title(article: &Article) -> Option<String> {
    let heading = article.title.as_ref().map(|title| title.text.clone());
    article.meta.title.as_ref().map(|word| word.text.clone()).or(heading)
}

fn secret(page: &Page, index: usize, sources: &Sources) -> Secret {
    let article = &page.articles[index];
    let text = sources.text(&article.place.file).unwrap_or_default();
    let end = page.articles.get(index + 1).map_or(text.len(), |next| next.place.start);
    Secret {
        file: page.file.clone(),
        id: article.meta.id.as_ref().map(|word| word.text.clone()),
        title: title(article),
        text: text.get(article.place.start..end).unwrap_or(text).to_string(),
    }
}

/// Files go with the pages that name them: one that only absent pages name is absent, and one
/// that nobody names when all pages of its folder are.
fn files(
    config: &Config,
    sources: &Sources,
    pages: &[Arc<Page>],
    verdicts: &[Vec<Option<Why>>],
    absent: &mut Absent,
) {
    if absent.names.is_empty() && pages.iter().all(|page| page.withheld.is_empty()) {
        return;
    }
    let mut shown: BTreeSet<String> = BTreeSet::new();
    let mut gone: BTreeMap<String, Why> = BTreeMap::new();
    let mut folders: BTreeMap<&str, Option<Why>> = BTreeMap::new();
    for (page, verdict) in pages.iter().zip(verdicts) {
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (article, why) in page.articles.iter().zip(verdict) {
            let named = named(config, page, article);
            match why {
                Some(why) => gone.extend(named.map(|path| (path, *why))),
                None => shown.extend(named),
            }
            let all = folders.entry(folder).or_insert(*why);
            *all = all.and(*why);
        }
    }
    for (path, key, _) in sources.published().filter(|(path, ..)| !path.ends_with(".md")) {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let of_part = |page: &Arc<Page>| page.withheld.iter().any(|text| text.contains(file));
        let cut = || pages.iter().any(of_part).then_some(Why::Audience);
        let alone = || folders.get(folder).copied().flatten();
        let layer = || sources.layer(key).filter(|layer| layer.library.audience > config.audience);
        let why = gone.get(path).copied().or_else(cut).or_else(alone);
        let why = why.or_else(|| layer().map(|_| Why::Audience));
        if let Some(why) = why.filter(|_| !shown.contains(path)) {
            absent.add(path.to_string(), why);
        }
    }
}

/// The paths that an article names.
fn named<'p>(
    config: &'p Config,
    page: &'p Page,
    article: &'p Article,
) -> impl Iterator<Item = String> + 'p {
    let links = article.body.links.iter().filter_map(|link| match &link.target {
        Target::Address(Address::Relative { path, .. }) => Some(path.as_str()),
        _ => None,
    });
    let meta = &article.meta;
    let media = [&meta.media, &meta.captions, &meta.chapters];
    let media = media.into_iter().flatten().map(|word| word.text.trim());
    let paths = links.chain(media).filter_map(|path| match path.strip_prefix('/') {
        Some(path) => join("", path),
        None => join(&page.path, path),
    });
    let inner = |file: &Arc<str>| match config.src.as_str() {
        "" => Some(file.to_string()),
        src => Some(file.strip_prefix(src)?.strip_prefix('/')?.to_string()),
    };
    paths.chain(page.includes.iter().filter_map(inner))
}

/// A page without what is absent of it.
fn keep(page: Arc<Page>, verdict: &[Option<Why>], library: bool, absent: &Absent) -> Arc<Page> {
    let whole = verdict.iter().all(Option::is_none);
    if whole && !(library && names_absent(&page, absent)) {
        return page;
    }
    let mut page = Page::clone(&page);
    let mut verdict = verdict.iter();
    page.articles.retain(|_| verdict.next().is_some_and(Option::is_none));
    for article in page.articles.iter_mut().filter(|_| library) {
        forget(article, absent);
    }
    Arc::new(page)
}

/// Whether the rows of a page, or what it says of its changes, name what is absent.
fn names_absent(page: &Page, absent: &Absent) -> bool {
    let names = |text: &str| without(text, absent).is_some();
    let blocks = page.articles.iter().flat_map(|article| &article.body.blocks);
    let items = blocks.flat_map(|block| &block.items).any(|item| {
        let words = item.values.iter().flat_map(|(_, words)| words).chain(&item.uses);
        words.map(|word| word.text.as_str()).chain(item.title.as_deref()).any(names)
    });
    let changes = page.articles.iter().flat_map(|article| &article.meta.changes);
    items || changes.into_iter().any(|change| names(&change.what))
}

/// Takes out the rows of an example that use what the book has not, and its name elsewhere:
/// that is no mistake of the book.
fn forget(article: &mut Article, absent: &Absent) {
    let is_gone = |word: &Word| absent.why(&id_form(&word.text)).is_some();
    let mend = |text: &mut String| {
        if let Some(mended) = without(text, absent) {
            *text = mended;
        }
    };
    for block in &mut article.body.blocks {
        block.items.retain(|item| !item.uses.as_ref().is_some_and(is_gone));
        for item in block.items.iter_mut().map(Arc::make_mut) {
            item.title.iter_mut().for_each(mend);
            for (_, words) in &mut item.values {
                words.retain(|word| !is_gone(word));
                words.iter_mut().for_each(|word| mend(&mut word.text));
            }
        }
    }
    article.meta.changes.iter_mut().for_each(|change| mend(&mut change.what));
}

/// A text without the IDs of what is absent; `None` where it names none.
fn without(text: &str, absent: &Absent) -> Option<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut out = String::new();
    let mut at = 0;
    let mut rest = text;
    while let Some(start) = rest.find(part) {
        let length = rest[start..].find(|c| !part(c)).unwrap_or(rest.len() - start);
        let word = &rest[start..start + length];
        let from = text.len() - rest.len() + start;
        if word.contains('-') && absent.why(&word.to_ascii_lowercase()).is_some() {
            out.push_str(&text[at..from]);
            out.push('\u{2026}');
            at = from + length;
        }
        rest = &rest[start + length..];
    }
    (at > 0).then(|| out + &text[at..])
}

/// The chapters whose pages are in. Drafts stay, as chapters that are not written yet do.
fn chapters(list: Vec<Chapter>, absent: &Absent) -> Vec<Chapter> {
    let is_gone = |chapter: &Chapter| {
        let why = chapter.path.as_ref().and_then(|path| absent.why(path));
        why.is_some_and(|why| why != Why::Draft)
    };
    let keep = |mut chapter: Chapter| {
        chapter.children = chapters(std::mem::take(&mut chapter.children), absent);
        match is_gone(&chapter) {
            true => chapter.children,
            false => vec![chapter],
        }
    };
    list.into_iter().flat_map(keep).collect()
}
