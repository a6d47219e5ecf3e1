//! Wikis in memory, each written from the public documentation of its interface. A request
//! that the real one would refuse is refused here, with the same number.
#![allow(dead_code, reason = "each test program uses a part of it")]

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A request, taken apart.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub kind: String,
    pub authorization: String,
    pub body: Bytes,
    /// The address of the wiki.
    pub base: String,
}

impl Asked {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn number(&self, key: &str, otherwise: usize) -> usize {
        self.query.get(key).and_then(|value| value.parse().ok()).unwrap_or(otherwise)
    }

    /// The fields of a form, and the name and size of its file.
    pub fn form(&self) -> Option<(BTreeMap<String, String>, String, usize)> {
        let boundary = self.kind.strip_prefix("multipart/form-data; boundary=")?;
        let text = String::from_utf8_lossy(&self.body).into_owned();
        let (mut fields, mut file, mut size) = (BTreeMap::new(), String::new(), 0);
        for part in text.split(&format!("--{boundary}")) {
            let Some((head, body)) = part.split_once("\r\n\r\n") else { continue };
            let value = |key: &str| {
                let (_, rest) = head.split_once(&format!("{key}=\""))?;
                Some(rest.split('"').next()?.to_string())
            };
            let name = value(" name")?;
            match value("filename") {
                Some(found) => {
                    (file, size) = (found, body.len() - 2);
                    fields.insert(name, String::new());
                }
                None => drop(fields.insert(name, body.trim_end_matches("\r\n").to_string())),
            }
        }
        Some((fields, file, size))
    }
}

/// What a wiki answers.
pub type Answer = (u16, Value);

pub fn refused(status: u16, words: &str) -> Answer {
    // Each finds the words where it looks for them.
    (status, json!({"error": {"message": words}, "message": words}))
}

/// A wiki.
pub trait Wiki: Send + 'static {
    fn answer(&mut self, asked: &Asked) -> Answer;
    /// Whether a request changes something.
    fn writes(&self, asked: &Asked) -> bool;
    /// The pages, by what never changes: title and text.
    fn pages(&self) -> BTreeMap<String, (String, String)>;
    /// A change that a person makes, by the title of a page.
    fn edit(&mut self, title: &str, change: &dyn Fn(&str) -> String);
    fn delete(&mut self, title: &str);
    fn files(&self) -> usize;
}

pub struct Inner<W> {
    pub wiki: W,
    /// The requests that changed something.
    pub writes: Vec<String>,
    pub asked: usize,
    /// From this write on nothing is answered; whether that one is done.
    pub stop: Option<(usize, bool)>,
}

pub struct Server<W> {
    pub url: String,
    pub inner: Arc<Mutex<Inner<W>>>,
    _runtime: tokio::runtime::Runtime,
}

impl<W: Wiki> Server<W> {
    pub fn start(wiki: W) -> Server<W> {
        let inner = Inner { wiki, writes: Vec::new(), asked: 0, stop: None };
        let inner = Arc::new(Mutex::new(inner));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app =
            axum::Router::new().fallback(answer::<W>).with_state((inner.clone(), url.clone()));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Server { url, inner, _runtime: runtime }
    }

    /// The requests since the last call that changed something, and the number of all.
    pub fn taken(&self) -> (Vec<String>, usize) {
        let mut inner = self.inner.lock().unwrap();
        (std::mem::take(&mut inner.writes), std::mem::take(&mut inner.asked))
    }
}

async fn answer<W: Wiki>(
    State((inner, base)): State<(Arc<Mutex<Inner<W>>>, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let text = |name: header::HeaderName| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_string()
    };
    let query = parts.uri.query().unwrap_or("").split('&').filter_map(|pair| pair.split_once('='));
    let decode = |text: &str| casebook::text::address::decode(text);
    let asked = Asked {
        method: parts.method.as_str().to_string(),
        path: parts.uri.path().to_string(),
        query: query.map(|(key, value)| (decode(key), decode(value))).collect(),
        kind: text(header::CONTENT_TYPE),
        authorization: text(header::AUTHORIZATION),
        body: axum::body::to_bytes(body, 64 << 20).await.unwrap(),
        base,
    };
    let mut inner = inner.lock().unwrap();
    inner.asked += 1;
    let writes = inner.wiki.writes(&asked);
    if let Some((stop, done)) = inner.stop
        && inner.writes.len() >= stop
        && (writes || inner.writes.len() > stop)
    {
        if done && writes && inner.writes.len() == stop {
            let _ = inner.wiki.answer(&asked);
        }
        inner.writes.push("nothing any more".into());
        return (StatusCode::INTERNAL_SERVER_ERROR, "{}").into_response();
    }
    if writes {
        inner.writes.push(format!("{} {}", asked.method, asked.path));
    }
    let (status, value) = inner.wiki.answer(&asked);
    let json = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::from_u16(status).unwrap(), json, value.to_string()).into_response()
}

/// Outline, by its OpenAPI document.
#[derive(Default)]
pub struct Outline {
    collections: Vec<(String, String)>,
    documents: BTreeMap<String, Document>,
    attachments: Vec<(String, usize)>,
}

#[derive(Clone, Default)]
struct Document {
    title: String,
    text: String,
    collection: String,
    parent: Option<String>,
    revision: u64,
    by: String,
    deleted: bool,
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12]
        && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
        && matches!(text.as_bytes()[14], b'1'..=b'8')
        && matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b')
}

impl Outline {
    fn show(&self, id: &str) -> Value {
        let document = &self.documents[id];
        let slug = document.title.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let deleted = document.deleted.then_some("2026-01-01T00:00:00Z");
        json!({
            "id": id, "title": document.title, "text": document.text,
            "collectionId": document.collection, "parentDocumentId": document.parent,
            "url": format!("/doc/{slug}-{}", &id[24..34]), "urlId": &id[24..34],
            "revision": document.revision, "updatedBy": {"id": document.by}, "deletedAt": deleted,
            "archivedAt": null,
        })
    }

    fn listed(asked: &Value, all: Vec<Value>) -> Answer {
        let limit = asked["limit"].as_u64().unwrap_or(25) as usize;
        if limit > 100 {
            return refused(400, "Pagination limit is too large");
        }
        let offset = asked["offset"].as_u64().unwrap_or(0) as usize;
        let some: Vec<Value> = all.into_iter().skip(offset).take(limit).collect();
        (200, json!({"data": some, "ok": true}))
    }

    fn create(&mut self, asked: &Value) -> Answer {
        let id = asked["id"].as_str().unwrap_or("").to_string();
        let (title, parent) =
            (asked["title"].as_str().unwrap_or(""), asked["parentDocumentId"].as_str());
        let collection = asked["collectionId"].as_str().unwrap_or("");
        if !is_uuid(&id) || title.chars().count() > 100 {
            return refused(400, "Invalid id or title");
        }
        if asked["publish"] == true && collection.is_empty() && parent.is_none() {
            return refused(400, "collectionId or parentDocumentId is required to publish");
        }
        if self.documents.contains_key(&id) {
            return refused(400, "id must be unique");
        }
        if parent.is_some_and(|parent| !self.documents.contains_key(parent)) {
            return refused(404, "parent not found");
        }
        let document = Document {
            title: title.to_string(),
            text: rewritten(asked["text"].as_str().unwrap_or("")),
            collection: collection.to_string(),
            parent: parent.map(str::to_string),
            revision: 1,
            by: "us".into(),
            deleted: false,
        };
        self.documents.insert(id.clone(), document);
        (200, json!({"data": self.show(&id)}))
    }

    fn update(&mut self, asked: &Value) -> Answer {
        let id = asked["id"].as_str().unwrap_or("").to_string();
        let Some(document) = self.documents.get_mut(&id).filter(|document| !document.deleted)
        else {
            return refused(404, "Document not found");
        };
        if asked["lastRevision"].as_u64().is_some_and(|last| last != document.revision) {
            return refused(409, "Document has been updated");
        }
        document.title = asked["title"].as_str().unwrap_or(&document.title).to_string();
        document.text = rewritten(asked["text"].as_str().unwrap_or(&document.text));
        document.revision += 1;
        document.by = "us".into();
        (200, json!({"data": self.show(&id)}))
    }
}

/// Outline reads Markdown and writes its own.
fn rewritten(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix("- ") {
        Some(rest) => format!("* {rest}"),
        None => line.trim_end().to_string(),
    };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

impl Wiki for Outline {
    fn writes(&self, asked: &Asked) -> bool {
        let (_, method) = asked.path.rsplit_once('/').unwrap();
        !method.ends_with(".info") && !method.ends_with(".list")
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        if asked.authorization != "Bearer s3cret" {
            return refused(401, "Authentication required");
        }
        if asked.method != "POST" {
            return refused(404, "Not found");
        }
        let value = asked.json();
        if asked.path == "/api/files.create" {
            let Some((fields, name, size)) = asked.form() else { return refused(400, "no form") };
            assert!(fields["key"].starts_with("uploads/") && !name.is_empty() && size > 0);
            return (200, json!({}));
        }
        assert_eq!(asked.kind, "application/json");
        let id = value["id"].as_str().unwrap_or("").to_string();
        match asked.path.strip_prefix("/api/").unwrap_or("") {
            "auth.info" => (200, json!({"data": {"user": {"id": "us"}}})),
            "collections.list" => {
                let all = self.collections.iter();
                Outline::listed(
                    &value,
                    all.map(|(id, name)| json!({"id": id, "name": name})).collect(),
                )
            }
            "collections.create" => {
                let Some(name) = value["name"].as_str() else { return refused(400, "name") };
                let id = "11111111-1111-4111-8111-111111111111".to_string();
                self.collections.push((id.clone(), name.to_string()));
                (200, json!({"data": {"id": id, "name": name}}))
            }
            "documents.list" => {
                let collection = value["collectionId"].as_str().unwrap_or("");
                if !is_uuid(collection) {
                    return refused(400, "collectionId");
                }
                let own =
                    self.documents.iter().filter(|(_, d)| d.collection == collection && !d.deleted);
                let all = own.map(|(id, _)| self.show(id)).collect();
                Outline::listed(&value, all)
            }
            "documents.info" => match self.documents.contains_key(&id) {
                true => (200, json!({"data": self.show(&id)})),
                false => refused(404, "Document not found"),
            },
            "documents.create" => self.create(&value),
            "documents.update" => self.update(&value),
            "documents.restore" => {
                let Some(document) = self.documents.get_mut(&id) else { return refused(404, "") };
                document.deleted = false;
                document.revision += 1;
                (200, json!({"data": self.show(&id)}))
            }
            "attachments.create" => {
                let (Some(name), Some(kind), Some(size)) =
                    (value["name"].as_str(), value["contentType"].as_str(), value["size"].as_u64())
                else {
                    return refused(400, "name, contentType and size are required");
                };
                assert!(kind.contains('/'));
                self.attachments.push((name.to_string(), size as usize));
                let number = self.attachments.len();
                let url = format!("/api/attachments.redirect?id={number}");
                let form = json!({"key": format!("uploads/{number}"), "acl": "private"});
                let to = format!("{}/api/files.create", asked.base);
                (200, json!({"data": {"uploadUrl": to, "form": form, "attachment": {"url": url}}}))
            }
            _ => refused(404, "Not found"),
        }
    }

    fn pages(&self) -> BTreeMap<String, (String, String)> {
        let all = self.documents.iter().filter(|(_, document)| !document.deleted);
        all.map(|(id, d)| (id.clone(), (d.title.clone(), d.text.clone()))).collect()
    }

    fn edit(&mut self, title: &str, change: &dyn Fn(&str) -> String) {
        let found = self.documents.values_mut().find(|d| d.title == title && !d.deleted).unwrap();
        found.text = change(&found.text);
        found.revision += 1;
        found.by = "somebody".into();
    }

    fn delete(&mut self, title: &str) {
        self.documents.values_mut().find(|d| d.title == title).unwrap().deleted = true;
    }

    fn files(&self) -> usize {
        self.attachments.len()
    }
}

/// BookStack, by the documentation and the rules of its interface.
#[derive(Default)]
pub struct BookStack {
    books: Vec<Value>,
    chapters: Vec<Value>,
    pages: BTreeMap<u64, Value>,
    images: Vec<Value>,
    attachments: Vec<Value>,
    next: u64,
}

impl BookStack {
    /// Gives the page with a tag another one.
    pub fn retag(&mut self, from: &str, to: &str) {
        let tags = self.pages.values_mut().flat_map(|page| page["tags"].as_array_mut().unwrap());
        for tag in tags.filter(|tag| tag["value"] == from) {
            tag["value"] = json!(to);
        }
    }

    pub fn has_tag(&self, id: &str, value: &str) -> bool {
        let page = &self.pages[&id.parse().unwrap()];
        page["tags"].as_array().unwrap().iter().any(|tag| tag["value"] == value)
    }

    fn id(&mut self) -> u64 {
        self.next += 1;
        self.next + 40
    }

    fn listed(asked: &Asked, all: &[Value]) -> Answer {
        let (count, offset) = (asked.number("count", 100), asked.number("offset", 0));
        assert!(count <= 500);
        let filters = asked.query.iter().filter_map(|(key, value)| {
            Some((key.strip_prefix("filter[")?.strip_suffix(']')?, value.as_str()))
        });
        let filters: Vec<(&str, &str)> = filters.collect();
        let wanted = |one: &&Value| {
            filters.iter().all(|(key, value)| one[*key].to_string().as_str() == *value)
        };
        let all: Vec<&Value> = all.iter().filter(wanted).collect();
        let some: Vec<&Value> = all.iter().skip(offset).take(count.min(3)).copied().collect();
        (200, json!({"data": some, "total": all.len()}))
    }

    /// What a list of pages shows.
    fn brief(page: &Value) -> Value {
        let mut page = page.clone();
        for key in ["markdown", "html", "raw_html", "tags"] {
            page.as_object_mut().unwrap().remove(key);
        }
        page
    }

    fn fill(page: &mut Value, asked: &Value) -> Result<(), Answer> {
        for (key, longest) in [("name", 255), ("markdown", usize::MAX)] {
            match &asked[key] {
                Value::Null => {}
                Value::String(text) if text.trim().is_empty() || text.chars().count() > longest => {
                    return Err(refused(422, "The given data was invalid."));
                }
                // Every text is trimmed.
                Value::String(text) => page[key] = json!(text.trim()),
                _ => return Err(refused(422, "The given data was invalid.")),
            }
        }
        if let Some(tags) = asked["tags"].as_array() {
            assert!(tags.iter().all(|tag| tag["name"].is_string()));
            page["tags"] = json!(tags);
        }
        let count = page["revision_count"].as_u64().unwrap_or(0) + 1;
        page["revision_count"] = json!(count);
        page["updated_at"] = json!(format!("2026-01-01T00:00:{count:02}.000000Z"));
        Ok(())
    }

    fn create(&mut self, asked: &Value) -> Answer {
        let chapter = asked["chapter_id"].as_u64();
        let book = match chapter {
            Some(id) => {
                self.chapters.iter().find(|one| one["id"] == id).map(|one| one["book_id"].clone())
            }
            None => self
                .books
                .iter()
                .find(|one| one["id"] == asked["book_id"])
                .map(|one| one["id"].clone()),
        };
        let Some(book) = book else { return refused(404, "Book or chapter not found") };
        if !asked["name"].is_string() || !asked["markdown"].is_string() {
            return refused(422, "The name field is required.");
        }
        let id = self.id();
        let mut page = json!({
            "id": id, "book_id": book, "chapter_id": chapter.unwrap_or(0), "revision_count": 0,
            "tags": [], "html": "<p></p>", "raw_html": "<p></p>", "draft": false,
            "priority": asked["priority"],
        });
        if let Err(answer) = BookStack::fill(&mut page, asked) {
            return answer;
        }
        self.pages.insert(id, page.clone());
        (200, page)
    }

    fn upload(&mut self, asked: &Asked, image: bool) -> Answer {
        let Some((fields, name, _)) = asked.form() else { return refused(422, "no form") };
        let page = fields.get("uploaded_to").and_then(|id| id.parse().ok()).unwrap_or(0);
        if !self.pages.contains_key(&page) {
            return refused(404, "Page not found");
        }
        let picture =
            [".png", ".jpg", ".jpeg", ".gif", ".webp"].iter().any(|end| name.ends_with(end));
        if image && (fields["type"] != "gallery" || !fields.contains_key("image") || !picture) {
            return refused(422, "The image must be a file of type: jpeg, png, gif, webp.");
        }
        let (id, base) = (self.id(), &asked.base);
        let mut made = json!({"id": id, "name": fields["name"], "uploaded_to": page});
        if image {
            made["url"] = json!(format!("{base}/uploads/images/gallery/2026-01/{name}"));
        }
        if image { &mut self.images } else { &mut self.attachments }.push(made.clone());
        (200, made)
    }
}

impl Wiki for BookStack {
    fn writes(&self, asked: &Asked) -> bool {
        asked.method != "GET"
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        if asked.authorization != "Token me:s3cret" {
            return refused(401, "No matching API token was found for the provided details");
        }
        let path = asked.path.strip_prefix("/api/").unwrap_or("");
        let parts: Vec<&str> = path.split('/').collect();
        let value = asked.json();
        let id = parts.get(1).and_then(|id| id.parse::<u64>().ok()).unwrap_or(0);
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["books"]) => BookStack::listed(asked, &self.books),
            ("GET", ["chapters"]) => BookStack::listed(asked, &self.chapters),
            ("GET", ["image-gallery"]) => BookStack::listed(asked, &self.images),
            ("GET", ["attachments"]) => BookStack::listed(asked, &self.attachments),
            ("GET", ["pages"]) => {
                let all: Vec<Value> = self.pages.values().map(BookStack::brief).collect();
                BookStack::listed(asked, &all)
            }
            ("GET", ["search"]) => {
                assert_eq!(asked.query["query"], "[casebook]");
                let count = asked.number("count", 20).min(100);
                let tagged = |page: &&Value| {
                    page["tags"].as_array().unwrap().iter().any(|tag| tag["name"] == "casebook")
                };
                let from = (asked.number("page", 1) - 1) * count;
                let some: Vec<Value> = self
                    .pages
                    .values()
                    .filter(tagged)
                    .skip(from)
                    .take(count)
                    .map(|page| {
                        let mut page = page.clone();
                        page["type"] = json!("page");
                        page
                    })
                    .collect();
                (200, json!({"data": some, "total": self.pages.len()}))
            }
            ("GET", ["pages", _]) => match self.pages.get(&id) {
                Some(page) => (200, page.clone()),
                None => refused(404, "Page not found"),
            },
            ("POST", ["books"]) => {
                if !value["name"].is_string() {
                    return refused(422, "The name field is required.");
                }
                let book = json!({"id": self.id(), "name": value["name"]});
                self.books.push(book.clone());
                (200, book)
            }
            ("POST", ["chapters"]) => {
                if !value["name"].is_string()
                    || !self.books.iter().any(|b| b["id"] == value["book_id"])
                {
                    return refused(422, "The given data was invalid.");
                }
                let id = self.id();
                let chapter = json!({"id": id, "name": value["name"], "book_id": value["book_id"]});
                self.chapters.push(chapter.clone());
                (200, chapter)
            }
            ("POST", ["pages"]) => self.create(&value),
            ("PUT", ["pages", _]) => match self.pages.get_mut(&id) {
                Some(page) => match BookStack::fill(page, &value) {
                    Ok(()) => (200, page.clone()),
                    Err(answer) => answer,
                },
                None => refused(404, "Page not found"),
            },
            ("POST", ["image-gallery"]) => self.upload(asked, true),
            ("POST", ["attachments"]) => self.upload(asked, false),
            _ => refused(404, "Not found"),
        }
    }

    fn pages(&self) -> BTreeMap<String, (String, String)> {
        let text = |page: &Value, key: &str| page[key].as_str().unwrap().to_string();
        let all = self.pages.iter();
        all.map(|(id, page)| (id.to_string(), (text(page, "name"), text(page, "markdown"))))
            .collect()
    }

    fn edit(&mut self, title: &str, change: &dyn Fn(&str) -> String) {
        let page = self.pages.values_mut().find(|page| page["name"] == title).unwrap();
        let text = change(page["markdown"].as_str().unwrap());
        // The editor in a browser sends other ends of lines.
        let asked = json!({"markdown": text.replace('\n', "\r\n")});
        BookStack::fill(page, &asked).unwrap();
        page["tags"].as_array_mut().unwrap().push(json!({"name": "Reviewed", "value": "yes"}));
    }

    fn delete(&mut self, title: &str) {
        self.pages.retain(|_, page| page["name"] != title);
    }

    fn files(&self) -> usize {
        self.images.len() + self.attachments.len()
    }
}

/// XWiki, by its documentation and `xwiki.rest.model.xsd`.
#[derive(Default)]
pub struct XWiki {
    pages: BTreeMap<String, Vec<Version>>,
    attachments: BTreeMap<String, usize>,
}

#[derive(Clone, Default)]
struct Version {
    title: String,
    content: String,
    comment: String,
    version: (u64, u64),
}

impl Version {
    fn number(&self) -> String {
        format!("{}.{}", self.version.0, self.version.1)
    }

    fn show(&self, name: &str) -> Value {
        json!({
            "id": format!("xwiki:{name}"), "fullName": name, "title": self.title,
            "rawTitle": self.title, "version": self.number(), "syntax": "xwiki/2.1",
            "content": self.content, "comment": self.comment,
        })
    }
}

impl XWiki {
    fn put(&mut self, name: &str, asked: &Asked) -> Answer {
        if asked.kind != "application/xml" {
            return refused(415, "Unsupported media type");
        }
        let Some(found) = elements(&asked.body) else { return refused(400, "no page") };
        let order = ["title", "syntax", "comment", "content"];
        assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), order);
        assert_eq!(found[1].1, "xwiki/2.1");
        let minor = asked.query.get("minorRevision").is_some_and(|minor| minor == "true");
        let versions = self.pages.entry(name.to_string()).or_default();
        let last = versions.last().map_or((0, 0), |version| version.version);
        let version = match minor && last.0 > 0 {
            true => (last.0, last.1 + 1),
            false => (last.0 + 1, 1),
        };
        let of = |at: usize| found[at].1.clone();
        versions.push(Version { title: of(0), content: of(3), comment: of(2), version });
        let status = if last.0 == 0 { 201 } else { 202 };
        (status, versions.last().unwrap().show(name))
    }
}

/// The elements below `page`, in order.
fn elements(xml: &[u8]) -> Option<Vec<(String, String)>> {
    use quick_xml::events::Event;
    let text = std::str::from_utf8(xml).ok()?;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut out: Vec<(String, String)> = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                depth += 1;
                let name = start.name().as_ref().to_string();
                match depth {
                    1 => assert!(name == "page" && text.contains("xmlns=\"http://www.xwiki.org\"")),
                    2 => out.push((name, String::new())),
                    _ => return None,
                }
            }
            Event::End(_) => depth -= 1,
            Event::Text(words) if depth == 2 => {
                out.last_mut()?.1.push_str(words.as_ref());
            }
            Event::GeneralRef(name) if depth == 2 => {
                let sign = match name.as_ref() {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" | "#34" => "\"",
                    "apos" | "#39" | "#x27" => "'",
                    _ => return None,
                };
                out.last_mut()?.1.push_str(sign);
            }
            Event::Eof => return Some(out),
            _ => {}
        }
    }
}

impl Wiki for XWiki {
    fn writes(&self, asked: &Asked) -> bool {
        asked.method != "GET"
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        if asked.authorization != "Basic bWU6czNjcmV0" {
            return refused(401, "");
        }
        let Some(rest) = asked.path.strip_prefix("/rest/wikis/xwiki") else {
            return refused(404, "");
        };
        if asked.method == "GET" && asked.query.get("media").is_none_or(|media| media != "json") {
            return refused(406, "this fake writes JSON");
        }
        if rest.is_empty() {
            return (200, json!({"id": "xwiki"}));
        }
        if rest == "/query" {
            assert_eq!(asked.query["type"], "xwql");
            let (_, like) = asked.query["q"].split_once("like '").unwrap();
            let (start, _) = like.split_once("%'").unwrap();
            let all = self.pages.iter().filter(|(name, _)| name.starts_with(start));
            let some: Vec<Value> = all
                .skip(asked.number("start", 0))
                .take(asked.number("number", 10))
                .map(|(name, all)| json!({"pageFullName": name, "version": all.last().unwrap().number()}))
                .collect();
            return (200, json!({"searchResults": some}));
        }
        let parts: Vec<&str> = rest.trim_matches('/').split('/').collect();
        let spaces: Vec<&str> =
            parts.chunks(2).take_while(|pair| pair[0] == "spaces").map(|pair| pair[1]).collect();
        let rest = &parts[spaces.len() * 2..];
        let name = format!("{}.{}", spaces.join("."), rest.get(1).unwrap_or(&""));
        let found = self.pages.get(&name);
        match (asked.method.as_str(), &rest[2..]) {
            ("GET", []) => match found.and_then(|all| all.last()) {
                Some(version) => (200, version.show(&name)),
                None => refused(404, ""),
            },
            ("PUT", []) => self.put(&name, asked),
            ("GET", ["history"]) => {
                let all = found.into_iter().flatten().rev();
                let all: Vec<Value> =
                    all.map(|v| json!({"version": v.number(), "comment": v.comment})).collect();
                (200, json!({"historySummaries": all}))
            }
            ("GET", ["history", number]) => {
                let version = found.into_iter().flatten().find(|v| v.number() == **number);
                version.map_or_else(|| refused(404, ""), |version| (200, version.show(&name)))
            }
            ("GET", ["attachments"]) => {
                if found.is_none() {
                    return refused(404, "");
                }
                let all: Vec<Value> =
                    self.attachments.keys().map(|name| json!({"name": name})).collect();
                (200, json!({"attachments": all}))
            }
            ("PUT", ["attachments", file]) => {
                assert!(name.ends_with("WebHome") && asked.kind.contains('/'));
                // A file can come before its page, which is empty then.
                self.pages
                    .entry(name)
                    .or_insert_with(|| vec![Version { version: (1, 1), ..Version::default() }]);
                self.attachments.insert((*file).to_string(), asked.body.len());
                (201, json!({}))
            }
            _ => refused(404, ""),
        }
    }

    fn pages(&self) -> BTreeMap<String, (String, String)> {
        let last = |all: &Vec<Version>| all.last().cloned().unwrap_or_default();
        let pair = |all| (last(all).title, last(all).content);
        self.pages.iter().map(|(name, all)| (name.clone(), pair(all))).collect()
    }

    fn edit(&mut self, title: &str, change: &dyn Fn(&str) -> String) {
        let last =
            |all: &&mut Vec<Version>| all.last().is_some_and(|version| version.title == title);
        let all = self.pages.values_mut().find(last).unwrap();
        let mut version = all.last().cloned().unwrap();
        version.content = change(&version.content);
        version.comment = String::new();
        version.version = (version.version.0 + 1, 1);
        all.push(version);
    }

    fn delete(&mut self, title: &str) {
        self.pages.retain(|_, all| all.last().is_none_or(|version| version.title != title));
    }

    fn files(&self) -> usize {
        self.attachments.len()
    }
}
