//! Where one site is made of many books, two may give one ID to different things. Each then bears
//! the name of its book in it, and what a book says of an ID means its own.

use super::config::Config;
use super::entry::id_form;
use super::page::{Article, Link, Page, Target, Word};
use super::source::mount_of_overlay;
use crate::text::address::Address;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An ID that several books give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namesake {
    /// The ID as the books give it.
    pub id: String,
    /// What it is called here, by the folder of the book.
    pub now: BTreeMap<String, String>,
}

/// New IDs by old ones in lower case.
type Names = BTreeMap<String, String>;

/// Gives things of several books that share an ID names of their own.
pub fn tell_apart(config: &Config, pages: Vec<Arc<Page>>) -> (Vec<Arc<Page>>, Vec<Namesake>) {
    if config.mounts.len() < 2 {
        return (pages, Vec::new());
    }
    let given = given(config, &pages);
    let mut names: BTreeMap<&str, Names> = BTreeMap::new();
    let mut namesakes = Vec::new();
    for (form, (id, books)) in given.iter().filter(|(_, (_, books))| books.len() > 1) {
        let own = books.iter().flatten();
        let now: Option<BTreeMap<String, String>> =
            own.map(|book| Some((book.to_string(), name(config, book, id)?))).collect();
        let free = |now: &BTreeMap<String, String>| {
            now.values().all(|name| !given.contains_key(&id_form(name)))
        };
        // What cannot be told apart is told as given twice.
        let Some(now) = now.filter(free) else { continue };
        for book in books.iter().flatten() {
            names.entry(book).or_default().insert(form.clone(), now[*book].clone());
        }
        namesakes.push(Namesake { id: id.clone(), now });
    }
    let renamed = |page: Arc<Page>| {
        if names.is_empty() {
            return page;
        }
        let own = config.mount(&page.path).and_then(|mount| names.get(mount.name.as_str()));
        match own {
            Some(names) => Arc::new(rename(&page, names)),
            None if page.overlaid.is_empty() => page,
            None => Arc::new(of_overlays(config, &page, &names)),
        }
    };
    (pages.into_iter().map(renamed).collect(), namesakes)
}

/// The IDs that are given, each with the books that give it; what is common is of no book.
fn given<'c>(
    config: &'c Config,
    pages: &[Arc<Page>],
) -> BTreeMap<String, (String, BTreeSet<Option<&'c str>>)> {
    let mut out: BTreeMap<String, (String, BTreeSet<Option<&str>>)> = BTreeMap::new();
    for page in pages {
        let book = config.mount(&page.path).map(|mount| mount.name.as_str());
        for word in page.articles.iter().flat_map(ids) {
            let id = || (word.text.trim().to_string(), BTreeSet::new());
            out.entry(id_form(&word.text)).or_insert_with(id).1.insert(book);
        }
    }
    out
}

/// The IDs that an article gives: its own, former ones, and those of its rows.
fn ids(article: &Article) -> impl Iterator<Item = &Word> {
    let items = article.body.blocks.iter().flat_map(|block| &block.items);
    let rows = items.filter(|item| item.uses.is_none()).filter_map(|item| item.id.as_ref());
    let meta = &article.meta;
    let former = meta.aliases.iter().filter(|word| !word.text.contains('/'));
    meta.id.iter().chain(former).chain(rows)
}

/// `T-PAY-001` of the book `mail`: `T-MAIL-PAY-001`. None for IDs of another form.
fn name(config: &Config, book: &str, id: &str) -> Option<String> {
    if config.kinds.has_form(id) {
        return None;
    }
    let sign = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '-' };
    let book: String = book.chars().map(sign).collect();
    let parts: Vec<&str> = book.split('-').filter(|part| !part.is_empty()).collect();
    let book = parts.join("-");
    let id = id.to_ascii_uppercase();
    let prefix = config.kinds.of_id(&id).map(|kind| kind.prefix.to_ascii_uppercase());
    let rest = prefix.as_ref().and_then(|prefix| id.strip_prefix(prefix.as_str()));
    let name = match (&prefix, rest) {
        (Some(prefix), Some(rest)) => format!("{prefix}-{book}{rest}"),
        _ => format!("{book}-{id}"),
    };
    (!book.is_empty() && config.kinds.is_id(&name)).then_some(name)
}

fn rename(page: &Page, names: &Names) -> Page {
    let mut page = page.clone();
    for article in &mut page.articles {
        of_article(article, names);
    }
    page
}

/// In what books say of the entry of a library, each means its own.
fn of_overlays(config: &Config, page: &Page, names: &BTreeMap<&str, Names>) -> Page {
    let mut page = page.clone();
    for link in page.articles.iter_mut().flat_map(|article| &mut article.body.links) {
        let mount = mount_of_overlay(config, &link.place.file);
        if let Some(names) = mount.and_then(|mount| names.get(mount.name.as_str())) {
            of_link(link, names);
        }
    }
    page
}

fn of_article(article: &mut Article, names: &Names) {
    let meta = &mut article.meta;
    if let Some(word) = &mut meta.id
        && let Some(name) = names.get(&id_form(&word.text))
    {
        // It is still found by the ID that its book knows.
        meta.also.push(word.text.clone());
        word.text.clone_from(name);
    }
    let roles = meta.roles.iter_mut().flat_map(|(_, words)| words);
    meta.aliases.iter_mut().chain(roles).for_each(|word| of_word(word, names));
    meta.changes.iter_mut().for_each(|change| of_text(&mut change.what, names));
    for item in article.body.blocks.iter_mut().flat_map(|block| &mut block.items) {
        let item = Arc::make_mut(item);
        item.uses.iter_mut().chain(&mut item.id).for_each(|word| of_word(word, names));
        let values = item.values.iter_mut().flat_map(|(_, words)| words);
        values.for_each(|word| of_text(&mut word.text, names));
    }
    article.body.links.iter_mut().for_each(|link| of_link(link, names));
}

fn of_word(word: &mut Word, names: &Names) {
    if let Some(name) = names.get(&id_form(&word.text)) {
        word.text.clone_from(name);
    }
}

/// A text in which IDs may stand among words.
fn of_text(text: &mut String, names: &Names) {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(part) {
        let length = rest[start..].find(|c| !part(c)).unwrap_or(rest.len() - start);
        let (before, word) = (&rest[..start], &rest[start..start + length]);
        out.push_str(before);
        out.push_str(names.get(&id_form(word)).map_or(word, String::as_str));
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    *text = out;
}

fn of_link(link: &mut Link, names: &Names) {
    match &mut link.target {
        Target::Id { id, .. } => {
            if let Some(name) = names.get(&id_form(id)) {
                id.clone_from(name);
            }
        }
        // The page of an entry, and an entry under a heading of a page.
        Target::Address(Address::Relative { path, anchor, .. }) => {
            if let Some(anchor) = anchor
                && let Some(name) = names.get(&id_form(anchor))
            {
                *anchor = name.to_ascii_lowercase();
            }
            let folder = path.rfind('/').map_or(0, |at| at + 1);
            let stem = path[folder..].strip_suffix(".html").map(id_form);
            if let Some(name) = stem.and_then(|stem| names.get(&stem)) {
                *path = format!("{}{}.html", &path[..folder], name.to_ascii_lowercase());
            }
        }
        Target::Address(_) | Target::Titled { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_book_in_it() {
        let config = Config::default();
        for (book, id, expected) in [
            ("mail", "T-PAY-001", Some("T-MAIL-PAY-001")),
            ("web_shop", "M-001", Some("M-WEB-SHOP-001")),
            ("mail", "SHOP-1", Some("MAIL-SHOP-1")),
            ("01-pay", "SHOP-1", None),
            ("01-pay", "T-1", Some("T-01-PAY-1")),
            ("\u{e9}\u{e9}", "T-1", None),
        ] {
            assert_eq!(name(&config, book, id).as_deref(), expected, "{book} {id}");
        }
        let names = Names::from([("t-1".to_string(), "T-A-1".to_string())]);
        let mut text = "See T-1, not T-1-2 (t-1).".to_string();
        of_text(&mut text, &names);
        assert_eq!(text, "See T-A-1, not T-1-2 (T-A-1).");
    }
}
