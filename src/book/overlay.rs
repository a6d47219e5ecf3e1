//! What a book says more of entries of libraries: a file `overlay/ID.md` each. Where one site is
//! made of many books, each says it in a section of its own, from `overlay/BOOK/ID.md`.

use super::config::{Config, Mount};
use super::entry::id_form;
use super::page::{self, Expanded, Overlaid, Page};
use super::source::{Content, File, OVERLAY, Sources};
use crate::text::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::text::span::Place;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One of them.
struct Own<'s> {
    file: &'s Arc<str>,
    text: &'s Arc<str>,
    /// The book that says it, where there are many.
    mount: Option<&'s Mount>,
}

/// All of them, by ID.
pub struct Overlays<'s>(BTreeMap<String, Vec<Own<'s>>>);

/// A text with what overlays say of its entries.
type Laid = (Expanded, Vec<Overlaid>, Vec<Diagnostic>);

impl<'s> Overlays<'s> {
    /// Finds those of a book.
    pub fn read(config: &'s Config, sources: &'s Sources) -> Overlays<'s> {
        let mut all: BTreeMap<String, Vec<Own<'s>>> = BTreeMap::new();
        for (file, content) in sources.files() {
            if let Some((id, own)) = own(config, file, content) {
                all.entry(id).or_default().push(own);
            }
        }
        Overlays(all)
    }

    /// The text of a page at a path with what is said of its entries; `None` where nothing is.
    pub fn lay(
        &self,
        config: &Config,
        sources: &Sources,
        (file, path): (&str, &str),
        page: &Expanded,
    ) -> Option<Laid> {
        if self.0.is_empty() || sources.layer(file).is_none() {
            return None;
        }
        let mut laid: Laid = (page.clone(), Vec::new(), Vec::new());
        let whole = page::id_of(&page.text).and_then(|id| self.0.get(&id_form(&id)));
        for own in whole.into_iter().flatten() {
            add(&mut laid, own, page::overlay);
        }
        if config.folder_kind(path).is_some_and(|kind| kind.catalogue) {
            self.lay_headed(config, &mut laid);
        }
        (!laid.1.is_empty() || !laid.2.is_empty()).then_some(laid)
    }

    /// The same for entries under headings. The last comes first, so that the places of the
    /// others hold.
    fn lay_headed(&self, config: &Config, laid: &mut Laid) {
        for part in page::headed(&laid.0.text, &config.kinds).into_iter().rev() {
            for own in self.0.get(&id_form(&part.id)).into_iter().flatten() {
                let now = page::headed(&laid.0.text, &config.kinds);
                let Some(part) = now.into_iter().find(|now| now.id == part.id) else { continue };
                add(laid, own, |page, own| page::overlay_headed(page, &part, own));
            }
        }
    }

    /// Tells the overlays whose entry is not there, or is the book's own.
    pub fn without_target<'p>(
        &self,
        sources: &Sources,
        pages: impl Iterator<Item = &'p Page> + Clone,
    ) -> Vec<Diagnostic> {
        let done = |name: &str| {
            let mut done = pages.clone().flat_map(|page| &page.overlaid);
            done.any(|done| *done.file == *name)
        };
        let ids = || {
            let articles =
                pages.clone().flat_map(|page| page.articles.iter().map(move |a| (page, a)));
            articles.filter_map(|(page, article)| Some((page, article.meta.id.as_ref()?)))
        };
        let all = self.0.iter().flat_map(|(id, all)| all.iter().map(move |own| (id, own.file)));
        let mut found = Vec::new();
        for (id, file) in all.filter(|(_, file)| !done(file)) {
            let known = ids().find(|(_, word)| id_form(&word.text) == *id);
            let (message, help) = match known {
                Some((page, _)) if sources.layer(&page.file).is_none() => (
                    format!("`{}` is an entry of this book", id.to_ascii_uppercase()),
                    Some(format!("say it in `{}`", page.file)),
                ),
                // What cannot be applied is told at the overlay.
                Some(_) => continue,
                None => (
                    format!("no library has an entry `{}`", id.to_ascii_uppercase()),
                    did_you_mean(id, ids().map(|(_, word)| word.text.as_str())),
                ),
            };
            let told = Diagnostic::new(Code::OverlayTarget, Place::new(file, 0..0), message);
            found.push(told.label("this overlay changes nothing").maybe_help(help));
        }
        found
    }
}

/// The overlay in a file, with the ID of its entry.
fn own<'s>(config: &'s Config, file: &'s Arc<str>, content: &'s File) -> Option<(String, Own<'s>)> {
    let name = file.strip_prefix(OVERLAY)?.strip_prefix('/')?;
    let Content::Text(text) = &content.content else { return None };
    let mount = config.mount(name);
    let id = id_form(config.in_its_book(name).strip_suffix(".md")?);
    Some((id, Own { file, text, mount }))
}

/// Puts one overlay on what is there.
fn add(
    laid: &mut Laid,
    own: &Own<'_>,
    put: impl FnOnce(&Expanded, &Expanded) -> (Expanded, Overlaid, Vec<Diagnostic>),
) {
    let text = Expanded::plain(own.file, Arc::clone(own.text));
    let text = match own.mount {
        None => text,
        Some(mount) => {
            let (text, found) = page::section_of(&text, &mount.title);
            laid.2.extend(found);
            text
        }
    };
    let (page, done, found) = put(&laid.0, &text);
    laid.0 = page;
    laid.1.push(done);
    laid.2.extend(found);
}
