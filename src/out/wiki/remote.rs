//! Bringing a publication to a wiki over its own interface.
//!
//! What each page holds is asked first, so nothing is written that stands there already, and
//! nothing over an edit that nobody looked at. A wiki's own history says which texts are
//! ours, so a manifest that is lost, or a run that stops half way, does no harm.

use super::document::{Book, Section};
use super::manifest::{Entry, Manifest};
use super::names::Names;
use super::net::ClientError;
use super::publish::{Current, Publication, Sheet, Stand, State};
use super::target::Context;
use std::collections::{BTreeMap, BTreeSet};

/// A wiki that can be asked and written.
pub trait Remote {
    /// What stands under these names. A text that is known by what the manifest says of
    /// it need not be asked for.
    ///
    /// # Errors
    /// When the wiki does not answer.
    fn read(&self, names: &[String], known: &Known<'_>) -> Result<Current, ClientError>;

    /// The last text that a publication wrote, by the history of a page.
    ///
    /// # Errors
    /// When the wiki does not answer.
    fn published(&self, name: &str) -> Result<Option<String>, ClientError>;

    /// Makes room for pages that are new, where the wiki itself gives addresses: links to
    /// them can only be written then. Each with its text.
    ///
    /// # Errors
    /// When the wiki refuses or does not answer.
    fn prepare(&self, _pages: &[(&str, &str)]) -> Result<(), ClientError> {
        Ok(())
    }

    /// Writes a page over what stood there.
    ///
    /// # Errors
    /// When somebody else wrote meanwhile, or the wiki refuses or does not answer.
    fn write(&self, name: &str, text: &str, over: Option<&Stand>) -> Result<Written, ClientError>;

    /// Gives a page another name, with its history; whether the wiki can do that.
    ///
    /// # Errors
    /// When the wiki refuses or does not answer.
    fn rename(&self, from: &str, to: &str) -> Result<bool, ClientError>;

    /// The files that the wiki has, with the addresses that it gave them; for a wiki that
    /// does not tell that later.
    fn files(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    /// Lets the wiki show these pages anew, since pages that they link to came after them.
    ///
    /// # Errors
    /// When the wiki does not answer.
    fn finish(&self, _names: &[String]) -> Result<(), ClientError> {
        Ok(())
    }

    /// Which of these pictures the wiki does not have.
    ///
    /// # Errors
    /// When the wiki does not answer.
    fn missing(&self, names: &[String]) -> Result<BTreeSet<String>, ClientError>;

    /// Brings a picture.
    ///
    /// # Errors
    /// When the wiki refuses or does not answer.
    fn upload(&self, name: &str, bytes: &[u8]) -> Result<(), ClientError>;
}

/// What a wiki says of a text that was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// What it knows the text by.
    pub revision: String,
    /// The text as the wiki gives it back, where that is another one.
    pub shown: Option<String>,
}

impl From<String> for Written {
    fn from(revision: String) -> Written {
        Written { revision, shown: None }
    }
}

/// Texts of the last publication, by name, with what the wiki knew them by.
pub type Known<'k> = BTreeMap<&'k str, (&'k str, &'k str)>;

/// What a change says of itself, so that its history tells whose it is.
pub(super) const MARK: &str = "Casebook: ";

/// The key of a manifest's entry for what the wiki knows a text by.
const REVISION: &str = "revision";

/// What was known of the texts of the last publication.
pub fn known<'k>(manifest: &'k Manifest, bases: &'k BTreeMap<String, String>) -> Known<'k> {
    let entries = manifest.pages.values().chain(manifest.redirects.values());
    let text = |entry: &'k Entry| {
        let text = bases.get(entry.there.as_ref().unwrap_or(&entry.hash))?;
        let revision = entry.more.get(REVISION)?.as_str()?;
        Some((entry.name.as_str(), (revision, text.as_str())))
    };
    entries.filter_map(text).collect()
}

/// What the wiki holds, with what its history tells of pages that somebody edited.
///
/// # Errors
/// When the wiki does not answer.
pub fn look(
    remote: &dyn Remote,
    names: &[String],
    known: &Known<'_>,
) -> Result<Current, ClientError> {
    let mut current = remote.read(names, known)?;
    for (name, stand) in &mut current {
        let ours = known.get(name.as_str()).is_some_and(|(_, text)| *text == stand.text);
        if !ours && stand.published.is_none() {
            stand.published = remote.published(name)?;
        }
    }
    Ok(current)
}

/// Where a page stands, in a wiki that has pages below pages or in chapters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The name of the page above it.
    pub parent: Option<String>,
    /// The title of the section that it is in.
    pub section: Option<String>,
    /// How far from the home page it is.
    pub depth: usize,
    /// Its number in the order of the book.
    pub order: usize,
}

/// Where the pages of a book stand, by their name.
pub fn places(book: &Book, names: &Names) -> BTreeMap<String, Place> {
    let context = Context { book, names };
    let mut out = BTreeMap::new();
    for (order, page) in book.pages.iter().enumerate() {
        let Some(name) = names.pages.get(&page.url) else { continue };
        let way = context.way(page);
        let parent = way.iter().rev().find_map(|above| names.pages.get(&above.url)).cloned();
        let inside = |section: &&Section| {
            let above = |url: &String| *url == page.url || way.iter().any(|a| a.url == *url);
            section.url.iter().any(above) || section.pages.contains(&page.url)
        };
        let section = book.sections.iter().find(inside).map(|section| section.title.clone());
        out.insert(name.clone(), Place { parent, section, depth: way.len(), order });
    }
    out
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// Pages that were written or moved.
    pub pages: usize,
    /// Pictures that were brought.
    pub pictures: usize,
    /// Pages that the wiki refused, with its words.
    pub refused: Vec<(String, String)>,
}

/// A publication on its way to a wiki.
pub struct Journey<'j> {
    /// The wiki.
    pub remote: &'j dyn Remote,
    /// What it holds.
    pub current: &'j Current,
    /// What the publication before wrote.
    pub previous: &'j Manifest,
    /// Whether nothing is written.
    pub dry: bool,
    /// Told after each step: how many are done, and of how many.
    pub progress: &'j dyn Fn(usize, usize),
}

impl Journey<'_> {
    /// Brings pages, and pictures first; `draw` makes one. What has arrived is noted in the
    /// publication's manifest, and what has not stays as it was.
    ///
    /// # Errors
    /// When the wiki does not answer; what was done until then is noted.
    pub fn bring(
        &self,
        publication: &mut Publication<'_>,
        pictures: &[String],
        draw: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Brought, String> {
        let mut done = Brought::default();
        let sheets = std::mem::take(&mut publication.sheets);
        let mut waiting: Vec<&Sheet<'_>> = sheets
            .iter()
            .filter(|sheet| self.stands(sheet).is_none_or(|s| s.text != sheet.text))
            .collect();
        // A name is free for a redirect only when its page has moved.
        // What others are shown with comes before them.
        waiting.sort_by_key(|sheet| {
            (sheet.to.is_some(), !is_renamed(sheet), !sheet.identity.starts_with("template:"))
        });
        let mut failure =
            self.prepare(&waiting).and_then(|()| self.pictures(pictures, draw, &mut done)).err();
        let total = waiting.len();
        let mut missed: Vec<&Sheet<'_>> = Vec::new();
        for (at, sheet) in waiting.iter().enumerate() {
            if failure.is_some() {
                missed.push(sheet);
                continue;
            }
            match self.page(sheet) {
                Ok(written) => {
                    done.pages += 1;
                    keep(publication, sheet, written);
                }
                Err(error) => {
                    missed.push(sheet);
                    match error.is_of_page() {
                        true => done.refused.push((sheet.name.clone(), error.to_string())),
                        false => failure = Some(format!("{}: {error}", sheet.name)),
                    }
                }
            }
            (self.progress)(at + 1, total);
        }
        self.note_standing(&sheets, &missed, &mut publication.manifest);
        missed.iter().for_each(|sheet| self.forget(&mut publication.manifest, sheet));
        let new = waiting.iter().any(|sheet| self.stands(sheet).is_none());
        if new && !self.dry && failure.is_none() {
            let names: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
            failure = self.remote.finish(&names).err().map(|error| error.to_string());
        }
        publication.manifest.files.extend(self.remote.files());
        publication.sheets = sheets;
        failure.map_or(Ok(done), Err)
    }

    fn prepare(&self, waiting: &[&Sheet<'_>]) -> Result<(), String> {
        // What can be renamed has its room.
        let new = waiting.iter().filter(|sheet| self.stands(sheet).or(self.left(sheet)).is_none());
        let new: Vec<(&str, &str)> =
            new.map(|sheet| (sheet.name.as_str(), sheet.text.as_str())).collect();
        if self.dry {
            return Ok(());
        }
        self.remote.prepare(&new).map_err(|error| error.to_string())
    }

    fn stands(&self, sheet: &Sheet<'_>) -> Option<&Stand> {
        self.current.get(&sheet.name)
    }

    fn pictures(
        &self,
        names: &[String],
        draw: &dyn Fn(&str) -> Result<Vec<u8>, String>,
        done: &mut Brought,
    ) -> Result<(), String> {
        let missing = self.remote.missing(names).map_err(|error| error.to_string())?;
        for name in &missing {
            if !self.dry {
                let bytes = draw(name)?;
                match self.remote.upload(name, &bytes) {
                    Err(error) if error.is_of_page() => {
                        done.refused.push((name.clone(), error.to_string()));
                        continue;
                    }
                    Err(error) => return Err(format!("{name}: {error}")),
                    Ok(()) => {}
                }
            }
            done.pictures += 1;
        }
        Ok(())
    }

    /// What stands under the name that a page had.
    fn left(&self, sheet: &Sheet<'_>) -> Option<&Stand> {
        match &sheet.state {
            State::Renamed(from) if sheet.to.is_none() => self.current.get(from),
            _ => None,
        }
    }

    /// Moves and writes a page.
    fn page(&self, sheet: &Sheet<'_>) -> Result<Written, ClientError> {
        if self.dry {
            return Ok(Written::default());
        }
        let stand = match &sheet.state {
            State::Renamed(from) if sheet.to.is_none() && self.stands(sheet).is_none() => {
                let before = self.current.get(from);
                match before {
                    Some(stand) if self.remote.rename(from, &sheet.name)? => {
                        // The move is a version of its own.
                        let now =
                            self.remote.read(std::slice::from_ref(&sheet.name), &Known::new())?;
                        let now = now.get(&sheet.name).cloned();
                        match now {
                            Some(now) if now.text == sheet.text => return Ok(now.revision.into()),
                            now => now.or_else(|| Some(stand.clone())),
                        }
                    }
                    before => {
                        if before.is_some() {
                            self.remote.prepare(&[(&sheet.name, &sheet.text)])?;
                        }
                        None
                    }
                }
            }
            _ => self.stands(sheet).cloned(),
        };
        let moved = sheet.to.is_some() && self.has_moved(sheet);
        let stand = match moved {
            // What a move left there is not what was read.
            true => self
                .remote
                .read(std::slice::from_ref(&sheet.name), &Known::new())?
                .remove(&sheet.name),
            false => stand,
        };
        match stand {
            Some(stand) if stand.text == sheet.text => Ok(stand.revision.into()),
            stand => self.remote.write(&sheet.name, &sheet.text, stand.as_ref()),
        }
    }

    /// Whether the page that was here moved in this journey.
    fn has_moved(&self, sheet: &Sheet<'_>) -> bool {
        let entry = sheet.to.as_ref().and_then(|to| self.previous.pages.get(to));
        entry.is_some_and(|entry| entry.name == sheet.name)
    }

    /// Notes what the wiki knows pages by that stood there already.
    fn note_standing(&self, sheets: &[Sheet<'_>], missed: &[&Sheet<'_>], manifest: &mut Manifest) {
        for sheet in sheets {
            let same = self.stands(sheet).filter(|stand| stand.text == sheet.text);
            if let Some(stand) =
                same.filter(|_| !missed.iter().any(|m| m.identity == sheet.identity))
            {
                note(manifest, sheet, stand.revision.clone());
            }
        }
        for entry in manifest.pages.values_mut().chain(manifest.redirects.values_mut()) {
            let edited = entry.there.as_ref().and(self.current.get(&entry.name));
            if let Some(stand) = edited.filter(|_| !sheets.iter().any(|s| s.name == entry.name)) {
                entry.more.insert(REVISION.into(), stand.revision.clone().into());
            }
        }
    }

    /// What did not arrive is noted as it was before.
    fn forget(&self, manifest: &mut Manifest, sheet: &Sheet<'_>) {
        let (now, before) = match sheet.to {
            Some(_) => (&mut manifest.redirects, &self.previous.redirects),
            None => (&mut manifest.pages, &self.previous.pages),
        };
        match before.get(&sheet.identity) {
            Some(entry) => drop(now.insert(sheet.identity.clone(), entry.clone())),
            None => drop(now.remove(&sheet.identity)),
        }
    }
}

fn is_renamed(sheet: &Sheet<'_>) -> bool {
    matches!(sheet.state, State::Renamed(_))
}

/// Notes what was written, and how the wiki shows it.
fn keep(publication: &mut Publication<'_>, sheet: &Sheet<'_>, written: Written) {
    let shown = written.shown.filter(|shown| *shown != sheet.text);
    let hash = shown.as_deref().map(super::manifest::hash);
    if let (Some(hash), Some(shown)) = (&hash, shown) {
        publication.bases.insert(hash.clone(), shown);
    }
    if let Some(entry) = entries(&mut publication.manifest, sheet).get_mut(&sheet.identity) {
        entry.shown = hash;
    }
    note(&mut publication.manifest, sheet, written.revision);
}

fn entries<'m>(manifest: &'m mut Manifest, sheet: &Sheet<'_>) -> &'m mut BTreeMap<String, Entry> {
    match sheet.to {
        Some(_) => &mut manifest.redirects,
        None => &mut manifest.pages,
    }
}

fn note(manifest: &mut Manifest, sheet: &Sheet<'_>, revision: String) {
    if let Some(entry) = entries(manifest, sheet).get_mut(&sheet.identity) {
        entry.more.insert(REVISION.into(), revision.into());
    }
}
