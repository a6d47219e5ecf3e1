//! BookStack: a book as a portable ZIP, which its import takes, and its REST interface.
//!
//! Sources: `dev/docs/portable-zip-file-format.md` and the API documentation of BookStack.
//! A page is found again by a tag, which also holds the hash of what was published, so a
//! manifest that is lost does no harm.

use super::document::Section;
use super::links::{self, FILE, PAGE};
use super::manifest::hash;
use super::net::{Access, Address, Body, ClientError, Http};
use super::picture::{self, PictureError};
use super::publish::{Current, Publication, Sheet, Stand};
use super::remote::{self, Known, Place, Remote, Written};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::time::Duration;

/// The tag that says which page of the book it is.
const NAME: &str = "casebook";

/// The tag that says what was published.
const HASH: &str = "casebook-text";

/// The name of the first page, which all files belong to.
const HOME: &str = "home";

/// So much of a list is asked for at once; no more is allowed.
const AT_ONCE: usize = 500;

/// So many results of a search are asked for at once.
const RESULTS: usize = 100;

/// The text of a page until its own can be written.
const SOON: &str = "…";

/// The name of the archive in an export.
pub const ARCHIVE: &str = "book.zip";

/// The export: one archive.
///
/// # Errors
/// When a picture cannot be made.
pub(super) fn pack(
    publication: &Publication<'_>,
) -> Result<BTreeMap<String, Vec<u8>>, PictureError> {
    let sources = picture::all(publication.book, publication.names, false)?;
    let images: Vec<&picture::Source<'_>> =
        sources.iter().filter(|source| is_image(&source.name)).collect();
    let mut files = BTreeMap::new();
    for source in &sources {
        files.insert(format!("files/{}", source.name), source.draw()?);
    }
    let number = |name: &str| sources.iter().position(|source| source.name == name);
    let sheets: Vec<&Sheet<'_>> = publication.sheets.iter().collect();
    let page = |name: &str| sheets.iter().position(|sheet| sheet.name == name);
    let text = |text: &str| {
        links::readdressed(text, |address| match address.strip_prefix(PAGE) {
            Some(name) => Some(format!("[[bsexport:page:{}]]", page(name)? + 1)),
            None => {
                let name = address.strip_prefix(FILE)?;
                let kind = if is_image(name) { "image" } else { "attachment" };
                Some(format!("[[bsexport:{kind}:{}]]", number(name)? + 1))
            }
        })
    };
    let places = remote::places(publication.book, publication.names);
    let mut of_section: BTreeMap<Option<String>, Vec<Value>> = BTreeMap::new();
    for (at, sheet) in sheets.iter().enumerate() {
        let (title, body) = links::head(&sheet.text);
        let shown = |source: &&picture::Source<'_>| body.contains(&links::file(&source.name));
        let image = |source: &picture::Source<'_>| {
            json!({
                "id": number(&source.name).map(|at| at + 1), "name": source.name,
                "file": source.name, "type": "gallery",
            })
        };
        let attachment = |source: &picture::Source<'_>| {
            json!({
                "id": number(&source.name).map(|at| at + 1), "name": source.name,
                "file": source.name,
            })
        };
        let others = sources.iter().filter(|source| !is_image(&source.name));
        let page = json!({
            "id": at + 1, "name": title, "markdown": text(body), "priority": at,
            "images": images.iter().filter(|s| shown(s)).map(|s| image(s)).collect::<Vec<_>>(),
            "attachments": others.filter(shown).map(attachment).collect::<Vec<_>>(),
            "tags": tags(&[], &sheet.name, &sheet.text),
        });
        let section = places.get(&sheet.name).and_then(|place| place.section.clone());
        of_section.entry(section).or_default().push(page);
    }
    let direct = of_section.remove(&None).unwrap_or_default();
    let chapter = |(at, section): (usize, &Section)| {
        let pages = of_section.get(&Some(section.title.clone()))?;
        Some(json!({
            "id": at + 1, "name": section.title, "priority": at + 1, "pages": pages, "tags": [],
        }))
    };
    let chapters: Vec<Value> =
        publication.book.sections.iter().enumerate().filter_map(chapter).collect();
    let version = concat!("casebook ", env!("CARGO_PKG_VERSION"));
    let data = json!({
        "instance": { "id": "casebook", "version": version },
        "book": {
            "id": 1, "name": publication.book.title, "chapters": chapters, "pages": direct,
            "tags": [],
        },
    });
    files.insert("data.json".into(), format!("{data:#}\n").into_bytes());
    Ok(BTreeMap::from([(ARCHIVE.to_string(), archive(&files)?)]))
}

/// Files as one archive; the same files give the same bytes.
fn archive(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, PictureError> {
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let wrong =
        |error: String| PictureError::Unreadable(format!("no archive can be made: {error}"));
    for (name, bytes) in files {
        out.start_file(name, options).map_err(|error| wrong(error.to_string()))?;
        out.write_all(bytes).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(out.finish().map_err(|error| wrong(error.to_string()))?.into_inner())
}

/// Whether BookStack takes a file as a picture.
fn is_image(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or("");
    matches!(ending, "png" | "jpg" | "jpeg" | "gif" | "webp")
}

/// The tags of a page: those that people gave it, and ours.
fn tags(there: &[Value], name: &str, text: &str) -> Vec<Value> {
    let own = |tag: &&Value| !matches!(tag.get("name").and_then(Value::as_str), Some(NAME | HASH));
    let kept =
        there.iter().filter(own).map(|tag| json!({ "name": tag["name"], "value": tag["value"] }));
    kept.chain([
        json!({ "name": NAME, "value": name }),
        json!({ "name": HASH, "value": hash(text) }),
    ])
    .collect()
}

fn tag<'v>(page: &'v Value, name: &str) -> Option<&'v str> {
    let tags = page.get("tags")?.as_array()?;
    tags.iter().find(|tag| tag["name"] == name)?.get("value")?.as_str()
}

/// A book of a wiki.
pub struct Api<'c> {
    http: Http<'c>,
    base: String,
    title: String,
    book: RefCell<Option<u64>>,
    places: BTreeMap<String, Place>,
    sections: Vec<String>,
    /// The numbers of pages, by name.
    pages: RefCell<BTreeMap<String, u64>>,
    /// The addresses of files, by name.
    files: RefCell<BTreeMap<String, String>>,
    /// The numbers of chapters, by title.
    chapters: RefCell<BTreeMap<String, u64>>,
}

impl<'c> Api<'c> {
    /// A wiki, by its address. The user is the token's ID, the token its secret.
    ///
    /// # Errors
    /// When the address would send the secret in clear, or the wiki does not let us in.
    pub fn new(
        access: &Access<'_>,
        title: &str,
        places: BTreeMap<String, Place>,
        sections: Vec<String>,
        pause: &'c dyn Fn(Duration),
    ) -> Result<Api<'c>, String> {
        let base = Address::parse(access.url)?.text();
        let base = base.trim_end_matches("/api").to_string();
        let authorization = format!("Token {}:{}", access.user.unwrap_or(""), access.token);
        let headers = vec![("Authorization", authorization)];
        let http = Http::new(access, base.clone(), headers, pause)?;
        let api = Api {
            http,
            base,
            title: title.to_string(),
            book: RefCell::default(),
            places,
            sections,
            pages: RefCell::default(),
            files: RefCell::default(),
            chapters: RefCell::default(),
        };
        let all = api.list("books").map_err(|error| error.to_string())?;
        let named = |book: &&Value| book["name"] == api.title.as_str();
        *api.book.borrow_mut() = all.iter().find(named).and_then(|book| book["id"].as_u64());
        Ok(api)
    }

    fn ask(
        &self,
        method: &str,
        path: &str,
        body: &Body<'_>,
        again: bool,
    ) -> Result<Value, ClientError> {
        let text = self.http.send(method, &format!("/api/{path}"), body, again, words)?;
        serde_json::from_str(&text).map_err(|error| ClientError::Answer {
            request: path.into(),
            reason: format!("it is no JSON ({error}); is this the address of BookStack?"),
        })
    }

    fn get(&self, path: &str) -> Result<Value, ClientError> {
        self.ask("GET", path, &Body::None, true)
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value, ClientError> {
        self.ask(method, path, &Body::Json(body.to_string()), method == "PUT")
    }

    /// All of a list.
    fn list(&self, path: &str) -> Result<Vec<Value>, ClientError> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut out: Vec<Value> = Vec::new();
        loop {
            let offset = out.len();
            let answer = self.get(&format!("{path}{joint}count={AT_ONCE}&offset={offset}"))?;
            let some = answer["data"].as_array().cloned().unwrap_or_default();
            let total = answer["total"].as_u64().unwrap_or_default();
            let none = some.is_empty();
            out.extend(some);
            if none || out.len() as u64 >= total {
                return Ok(out);
            }
        }
    }

    /// Finds our pages by their tag, wherever somebody moved them in the book.
    fn find(&self, book: u64) -> Result<(), ClientError> {
        let mut page = 1;
        loop {
            let path = format!("search?query=%5B{NAME}%5D&page={page}&count={RESULTS}");
            let answer = self.get(&path)?;
            let some = answer["data"].as_array().cloned().unwrap_or_default();
            for one in &some {
                let own = one["type"] == "page" && one["book_id"] == book;
                if let (true, Some(name), Some(id)) = (own, tag(one, NAME), one["id"].as_u64()) {
                    self.pages.borrow_mut().entry(name.to_string()).or_insert(id);
                }
            }
            if some.is_empty() {
                return Ok(());
            }
            page += 1;
        }
    }

    /// Finds the files that we brought: all belong to the first page.
    fn find_files(&self) -> Result<(), ClientError> {
        let Some(home) = self.pages.borrow().get(HOME).copied() else { return Ok(()) };
        for image in self.list(&format!("image-gallery?filter%5Buploaded_to%5D={home}"))? {
            if let (Some(name), Some(url)) = (image["name"].as_str(), image["url"].as_str()) {
                self.files.borrow_mut().insert(name.to_string(), url.to_string());
            }
        }
        for one in self.list(&format!("attachments?filter%5Buploaded_to%5D={home}"))? {
            if let (Some(name), Some(id)) = (one["name"].as_str(), one["id"].as_u64()) {
                let address = self.attachment(id);
                self.files.borrow_mut().insert(name.to_string(), address);
            }
        }
        Ok(())
    }

    fn attachment(&self, id: u64) -> String {
        format!("{}/attachments/{id}", self.base)
    }

    fn outgoing(&self, text: &str) -> String {
        let (pages, files) = (self.pages.borrow(), self.files.borrow());
        links::readdressed(text, |address| match address.strip_prefix(PAGE) {
            Some(name) => pages.get(name).map(|id| format!("{}/link/{id}", self.base)),
            None => files.get(address.strip_prefix(FILE)?).cloned(),
        })
    }

    /// A page as a text of ours.
    fn incoming(&self, page: &Value) -> String {
        let text = |key: &str| page[key].as_str().unwrap_or("");
        // A page that was edited without Markdown has none.
        let body = [text("markdown"), text("raw_html")].into_iter().find(|text| !text.is_empty());
        let (pages, files) = (self.pages.borrow(), self.files.borrow());
        let link = format!("{}/link/", self.base);
        let body = links::readdressed(body.unwrap_or(""), |address| {
            let id: Option<u64> = address.strip_prefix(&link).and_then(|id| id.parse().ok());
            if let Some(id) = id {
                return Some(links::page(pages.iter().find(|(_, known)| **known == id)?.0));
            }
            Some(links::file(files.iter().find(|(_, known)| *known == address)?.0))
        });
        links::joined(text("name"), &body)
    }

    /// The book, which is made where it is missing.
    fn book(&self) -> Result<u64, ClientError> {
        if let Some(id) = *self.book.borrow() {
            return Ok(id);
        }
        let made = self.send("POST", "books", &json!({ "name": self.title }))?;
        let id = number(&made)?;
        *self.book.borrow_mut() = Some(id);
        Ok(id)
    }

    /// The chapters, which are made where they are missing.
    fn chapters(&self, book: u64) -> Result<(), ClientError> {
        for one in self.list(&format!("chapters?filter%5Bbook_id%5D={book}"))? {
            let name = one["name"].as_str().unwrap_or("").to_string();
            self.chapters.borrow_mut().entry(name).or_insert(number(&one)?);
        }
        for (at, title) in self.sections.iter().enumerate() {
            let used = self.places.values().any(|place| place.section.as_ref() == Some(title));
            if used && !self.chapters.borrow().contains_key(title) {
                let about = json!({ "book_id": book, "name": title, "priority": at + 1 });
                let id = number(&self.send("POST", "chapters", &about)?)?;
                self.chapters.borrow_mut().insert(title.clone(), id);
            }
        }
        Ok(())
    }

    fn reserve(&self, book: u64, name: &str, text: &str) -> Result<(), ClientError> {
        let place = self.places.get(name);
        let section = place.and_then(|place| place.section.as_ref());
        let chapter = section.and_then(|title| self.chapters.borrow().get(title).copied());
        let order = place.map_or(0, |place| place.order);
        let mut about = json!({
            "name": links::head(text).0, "markdown": SOON, "priority": order,
            "tags": [{ "name": NAME, "value": name }],
        });
        match chapter {
            Some(id) => about["chapter_id"] = json!(id),
            None => about["book_id"] = json!(book),
        }
        let id = number(&self.send("POST", "pages", &about)?)?;
        self.pages.borrow_mut().insert(name.to_string(), id);
        Ok(())
    }

    /// The number of a page that has room.
    fn id(&self, name: &str) -> Result<u64, ClientError> {
        self.pages.borrow().get(name).copied().ok_or_else(|| ClientError::Answer {
            request: "pages".into(),
            reason: format!("there is no `{name}`"),
        })
    }
}

fn number(value: &Value) -> Result<u64, ClientError> {
    value["id"].as_u64().ok_or_else(|| ClientError::Answer {
        request: "books".into(),
        reason: "it has no `id`".into(),
    })
}

/// What the wiki knows a text by.
fn revision(page: &Value) -> String {
    let at = page["updated_at"].as_str().unwrap_or("");
    format!("{at} {}", page["revision_count"].as_u64().unwrap_or_default())
}

/// What the wiki says when it refuses.
fn words(text: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let said = value.pointer("/error/message").and_then(Value::as_str).unwrap_or("");
    said.chars().take(200).collect()
}

impl Remote for Api<'_> {
    fn read(&self, names: &[String], known: &Known<'_>) -> Result<Current, ClientError> {
        let Some(book) = *self.book.borrow() else { return Ok(Current::new()) };
        if self.pages.borrow().is_empty() {
            self.find(book)?;
            self.find_files()?;
        }
        let all = self.list(&format!("pages?filter%5Bbook_id%5D={book}"))?;
        let all: BTreeMap<u64, &Value> =
            all.iter().filter_map(|page| Some((page["id"].as_u64()?, page))).collect();
        let mut current = Current::new();
        for name in names {
            let id = self.pages.borrow().get(name).copied();
            let Some(listed) = id.and_then(|id| all.get(&id)) else { continue };
            let seen = known.get(name.as_str()).filter(|(seen, _)| *seen == revision(listed));
            if let Some((revision, text)) = seen {
                let stand = Stand::from((*text).to_string());
                current.insert(name.clone(), Stand { revision: (*revision).to_string(), ..stand });
                continue;
            }
            let page = self.get(&format!("pages/{}", id.unwrap_or_default()))?;
            if page["markdown"].as_str().map(str::trim) == Some(SOON) {
                continue;
            }
            let text = self.incoming(&page);
            let ours = tag(&page, HASH) == Some(hash(&text).as_str());
            let published = ours.then(|| text.clone());
            current.insert(name.clone(), Stand { text, published, revision: revision(&page) });
        }
        Ok(current)
    }

    fn published(&self, _: &str) -> Result<Option<String>, ClientError> {
        Ok(None)
    }

    fn prepare(&self, pages: &[(&str, &str)]) -> Result<(), ClientError> {
        if pages.is_empty() {
            return Ok(());
        }
        let book = self.book()?;
        self.chapters(book)?;
        for (name, text) in pages {
            if !self.pages.borrow().contains_key(*name) {
                self.reserve(book, name, text)?;
            }
        }
        Ok(())
    }

    fn write(&self, name: &str, text: &str, over: Option<&Stand>) -> Result<Written, ClientError> {
        let id = self.id(name)?;
        let there = self.get(&format!("pages/{id}"))?;
        if over.is_some_and(|stand| stand.revision != revision(&there)) {
            return Err(ClientError::Conflict { name: name.to_string() });
        }
        let (title, body) = links::head(text);
        let kept = there["tags"].as_array().map_or(&[][..], Vec::as_slice);
        let written = self.send(
            "PUT",
            &format!("pages/{id}"),
            &json!({ "name": title, "markdown": self.outgoing(body), "tags": tags(kept, name, text) }),
        )?;
        Ok(revision(&written).into())
    }

    /// A page is known by its tag: its history, comments and address stay.
    fn rename(&self, from: &str, to: &str) -> Result<bool, ClientError> {
        let id = self.id(from)?;
        let mut there = self.get(&format!("pages/{id}"))?;
        for tag in there["tags"].as_array_mut().into_iter().flatten() {
            if tag["name"] == NAME {
                tag["value"] = json!(to);
            }
        }
        self.send("PUT", &format!("pages/{id}"), &json!({ "tags": there["tags"] }))?;
        let mut pages = self.pages.borrow_mut();
        pages.remove(from);
        pages.insert(to.to_string(), id);
        Ok(true)
    }

    fn missing(&self, names: &[String]) -> Result<BTreeSet<String>, ClientError> {
        self.find_files()?;
        let files = self.files.borrow();
        Ok(names.iter().filter(|name| !files.contains_key(*name)).cloned().collect())
    }

    fn upload(&self, name: &str, bytes: &[u8]) -> Result<(), ClientError> {
        let page = self.id(HOME)?.to_string();
        let image = is_image(name);
        let fields: Vec<(&str, &str)> = match image {
            true => vec![("type", "gallery"), ("uploaded_to", &page), ("name", name)],
            false => vec![("uploaded_to", &page), ("name", name)],
        };
        let (path, field) =
            if image { ("image-gallery", "image") } else { ("attachments", "file") };
        let file = Body::File { fields: &fields, field, name, bytes };
        let made = self.ask("POST", path, &file, false)?;
        let address = match image {
            true => made["url"].as_str().unwrap_or("").to_string(),
            false => self.attachment(number(&made)?),
        };
        self.files.borrow_mut().insert(name.to_string(), address);
        Ok(())
    }
}
