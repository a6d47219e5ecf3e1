//! A Confluence in memory, written from the public documentation of the REST interfaces:
//! Cloud v2 with the parts of v1 that it leaves out, and Data Center v1.
#![allow(dead_code, reason = "each test program uses a part of it")]

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

/// A page of the wiki.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub title: String,
    pub body: String,
    pub parent: Option<String>,
    pub version: u64,
    pub message: String,
    pub labels: Vec<String>,
    /// The texts of all versions, the first first.
    pub past: Vec<String>,
    /// What it says of itself.
    pub property: Option<Value>,
    /// It is put away, and keeps its title.
    pub archived: bool,
    pub attachments: BTreeMap<String, (u64, Vec<u8>)>,
}

/// What happens to a request in place of its answer.
#[derive(Debug, Clone)]
pub enum Mishap {
    /// This answer, and nothing is done.
    Refuse(u16, Option<&'static str>),
    /// It is done, and then this is answered.
    DoneBut(u16),
    /// An answer that is no JSON.
    Nonsense,
}

#[derive(Debug, Default)]
pub struct Wiki {
    pub pages: BTreeMap<String, Page>,
    pub next: u64,
    /// Method and path of every request.
    pub log: Vec<String>,
    /// What happens to the next requests whose line begins so.
    pub mishaps: VecDeque<(&'static str, Mishap)>,
    pub cloud: bool,
    /// From this write on nothing is answered any more; whether that one is done.
    pub stop: Option<(usize, bool)>,
    writes: usize,
}

/// The authorization that the wiki takes.
pub const CLOUD_AUTH: &str = "Basic bWVAZXhhbXBsZS5jb206czNjcmV0";
pub const SERVER_AUTH: &str = "Bearer s3cret";

pub struct Server {
    pub url: String,
    pub wiki: Arc<Mutex<Wiki>>,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub fn start(cloud: bool) -> Server {
        let home = Page { title: "Home of the space".into(), version: 1, ..Page::default() };
        let wiki = Wiki {
            pages: BTreeMap::from([("100".to_string(), home)]),
            next: 200,
            cloud,
            ..Wiki::default()
        };
        let wiki = Arc::new(Mutex::new(wiki));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(answer).with_state(wiki.clone());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Server { url, wiki, _runtime: runtime }
    }

    pub fn page(&self, title: &str) -> (String, Page) {
        let wiki = self.wiki.lock().unwrap();
        let found: Vec<_> = wiki.pages.iter().filter(|(_, page)| page.title == title).collect();
        assert_eq!(found.len(), 1, "{} pages `{title}`", found.len());
        (found[0].0.clone(), found[0].1.clone())
    }

    /// A change that a person makes.
    pub fn edit(&self, title: &str, change: impl FnOnce(&mut Page)) {
        let (id, _) = self.page(title);
        let mut wiki = self.wiki.lock().unwrap();
        let page = wiki.pages.get_mut(&id).unwrap();
        change(page);
        page.version += 1;
        page.past.push(page.body.clone());
        page.message = String::new();
    }

    pub fn mishap(&self, line: &'static str, mishap: Mishap) {
        self.wiki.lock().unwrap().mishaps.push_back((line, mishap));
    }

    /// The requests since the last call that change something.
    pub fn writes(&self) -> Vec<String> {
        let log = std::mem::take(&mut self.wiki.lock().unwrap().log);
        log.into_iter().filter(|line| !line.starts_with("GET ")).collect()
    }
}

async fn answer(State(wiki): State<Arc<Mutex<Wiki>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 64 << 20).await.unwrap();
    let method = parts.method.as_str().to_string();
    let path = parts.uri.path().to_string();
    let line = format!("{method} {path}");
    let mut wiki = wiki.lock().unwrap();
    wiki.log.push(line.clone());
    let auth = if wiki.cloud { CLOUD_AUTH } else { SERVER_AUTH };
    if parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) != Some(auth)
    {
        return plain(401, json!({"message": "Unauthorized"}));
    }
    let mishap = match wiki.mishaps.iter().position(|(start, _)| line.starts_with(start)) {
        Some(at) => wiki.mishaps.remove(at).map(|(_, mishap)| mishap),
        None => None,
    };
    match mishap {
        Some(Mishap::Refuse(status, wait)) => {
            let mut response = plain(status, json!({"message": "not now"}));
            if let Some(wait) = wait {
                response.headers_mut().insert(header::RETRY_AFTER, wait.parse().unwrap());
            }
            return response;
        }
        Some(Mishap::Nonsense) => return (StatusCode::OK, "<html>login</html>").into_response(),
        _ => {}
    }
    let query: BTreeMap<String, String> = parts
        .uri
        .query()
        .unwrap_or("")
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_string(), casebook::text::address::decode(value)))
        .collect();
    let multipart = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("multipart/"));
    if multipart && parts.headers.get("X-Atlassian-Token").is_none() {
        return plain(403, json!({"message": "XSRF check failed"}));
    }
    let number = wiki.writes;
    wiki.writes += usize::from(method != "GET");
    if let Some((stop, done)) =
        wiki.stop.filter(|(stop, _)| number >= *stop && method != "GET" || number > *stop)
    {
        if number == stop && done && method != "GET" {
            let _ = wiki.route(&method, &path, &query, &body);
        }
        return plain(500, json!({"message": "gone"}));
    }
    let answer = wiki.route(&method, &path, &query, &body);
    match mishap {
        Some(Mishap::DoneBut(status)) => plain(status, json!({"message": "lost"})),
        _ => answer,
    }
}

fn plain(status: u16, value: Value) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::from_u16(status).unwrap(), json, value.to_string()).into_response()
}

impl Wiki {
    fn show(&self, id: &str, page: &Page) -> Value {
        let mut version = json!({"number": page.version});
        if !page.message.is_empty() {
            version["message"] = json!(page.message);
        }
        // Confluence does not give a text back as it got it.
        let body =
            page.body.replace("<ac:structured-macro ", "<ac:structured-macro ac:macro-id=\"0\" ");
        let status = if page.archived { "archived" } else { "current" };
        let mut shown = json!({"id": id, "status": status, "title": page.title, "version": version,
               "body": {"storage": {"value": body, "representation": "storage"}}});
        if self.cloud {
            shown["parentId"] = json!(page.parent);
        } else {
            let above: Vec<Value> = page.parent.iter().map(|id| json!({"id": id})).collect();
            shown["ancestors"] = json!(above);
        }
        if let Some(value) = &page.property {
            shown["metadata"]["properties"]["casebook"]["value"] = value.clone();
        }
        shown
    }

    /// Some pages of a list, and where it goes on.
    fn listed(&self, query: &BTreeMap<String, String>, here: &str, pages: Vec<Value>) -> Response {
        let start: usize = query.get("start").and_then(|start| start.parse().ok()).unwrap_or(0);
        let some: Vec<Value> = pages.iter().skip(start).take(3).cloned().collect();
        let mut answer = json!({"results": some});
        if start + 3 < pages.len() {
            answer["_links"]["next"] = json!(format!("{here}start={}", start + 3));
        }
        plain(200, answer)
    }

    fn all(&self, wanted: impl Fn(&Page) -> bool) -> Vec<Value> {
        let pages = self.pages.iter().filter(|(_, page)| wanted(page));
        pages.map(|(id, page)| self.show(id, page)).collect()
    }

    fn of_version(&self, id: &str, number: &str) -> Response {
        let text = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match self.pages.get(id).and_then(|page| page.past.get(text?)) {
            Some(text) => plain(200, json!({"id": id, "body": {"storage": {"value": text}}})),
            None => plain(404, json!({"message": "no such version"})),
        }
    }

    fn mark(&mut self, id: &str, value: &Value) -> Response {
        assert_eq!(value["key"], "casebook");
        match self.pages.get_mut(id) {
            Some(page) if page.property.is_some() => plain(409, json!({})),
            Some(page) => {
                page.property = Some(value["value"].clone());
                plain(200, json!({}))
            }
            None => plain(404, json!({})),
        }
    }

    fn by_title(&self, title: &str) -> Option<(&String, &Page)> {
        self.pages.iter().find(|(_, page)| page.title.eq_ignore_ascii_case(title))
    }

    fn route(
        &mut self,
        method: &str,
        path: &str,
        query: &BTreeMap<String, String>,
        body: &Bytes,
    ) -> Response {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let (v1, v2) =
            if self.cloud { ("/wiki/rest/api", "/wiki/api/v2") } else { ("/rest/api", "-") };
        let title = query.get("title").cloned().unwrap_or_default();
        if let Some(rest) = path.strip_prefix(v2) {
            let parts: Vec<&str> = rest.trim_matches('/').split('/').collect();
            return match (method, parts.as_slice()) {
                ("GET", ["spaces"]) if query.get("keys").is_some_and(|key| key == "SEC") => {
                    plain(200, json!({"results": [{"id": "7", "key": "SEC", "homepageId": "100"}]}))
                }
                ("GET", ["spaces"]) => plain(200, json!({"results": []})),
                ("GET", ["spaces", "7", "pages"]) => {
                    self.listed(query, "/wiki/api/v2/spaces/7/pages?", self.all(|_| true))
                }
                ("GET", ["pages"]) => self.found(&title),
                ("GET", ["pages", id]) => match query.get("version") {
                    Some(number) => self.of_version(id, number),
                    None => self.one(id),
                },
                ("POST", ["pages", id, "properties"]) => self.mark(id, &value),
                ("POST", ["pages"]) => {
                    assert_eq!(value["spaceId"], "7");
                    let body = &value["body"];
                    self.create(
                        &value["title"],
                        &body["value"],
                        &body["representation"],
                        value["parentId"].as_str(),
                    )
                }
                ("PUT", ["pages", id]) => {
                    let parent = value["parentId"].as_str().map(str::to_string);
                    self.update(id, &value, &value["body"], parent)
                }
                _ => plain(404, json!({})),
            };
        }
        let Some(rest) = path.strip_prefix(v1) else { return plain(404, json!({})) };
        let parts: Vec<&str> = rest.trim_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("GET", ["space", "SEC"]) if !self.cloud => {
                plain(200, json!({"id": 7, "key": "SEC", "homepage": {"id": "100"}}))
            }
            ("GET", ["content"]) if !self.cloud && title.is_empty() => {
                self.listed(query, "/rest/api/content?", self.all(|page| !page.archived))
            }
            ("GET", ["content"]) if !self.cloud => self.found(&title),
            ("GET", ["content", "search"]) => {
                assert!(query["cql"].contains("label=\"casebook\""), "{query:?}");
                let pages = self.all(|page| page.labels.contains(&"casebook".to_string()));
                let cql = "cql=label%3D%22casebook%22";
                self.listed(query, &format!("/rest/api/content/search?{cql}&"), pages)
            }
            ("GET", ["content", id]) if !self.cloud => match query.get("version") {
                Some(number) => self.of_version(id, number),
                None => self.one(id),
            },
            ("POST", ["content", id, "property"]) if !self.cloud => self.mark(id, &value),
            ("POST", ["content"]) if !self.cloud => {
                assert_eq!(
                    (value["type"].as_str(), value["space"]["key"].as_str()),
                    (Some("page"), Some("SEC"))
                );
                let body = &value["body"]["storage"];
                let parent = value["ancestors"][0]["id"].as_str();
                self.create(&value["title"], &body["value"], &body["representation"], parent)
            }
            ("PUT", ["content", id]) if !self.cloud => {
                let parent = value["ancestors"][0]["id"].as_str().map(str::to_string);
                self.update(id, &value, &value["body"]["storage"], parent)
            }
            ("POST", ["content", id, "label"]) => {
                let Some(page) = self.pages.get_mut(*id) else { return plain(404, json!({})) };
                for label in value.as_array().into_iter().flatten() {
                    let name = label["name"].as_str().unwrap().to_string();
                    if !page.labels.contains(&name) {
                        page.labels.push(name);
                    }
                }
                plain(200, json!({"results": []}))
            }
            ("DELETE", ["content", id, "label"]) => {
                let Some(page) = self.pages.get_mut(*id) else { return plain(404, json!({})) };
                page.labels.retain(|label| Some(label) != query.get("name"));
                plain(204, json!({}))
            }
            ("GET", ["content", id, "child", "attachment"]) => {
                let name = query.get("filename").cloned().unwrap_or_default();
                let known =
                    self.pages.get(*id).is_some_and(|page| page.attachments.contains_key(&name));
                let results = if known {
                    json!([{"id": format!("att-{name}"), "title": name}])
                } else {
                    json!([])
                };
                plain(200, json!({"results": results}))
            }
            ("POST", ["content", id, "child", "attachment", rest @ ..]) => {
                let Some(page) = self.pages.get_mut(*id) else { return plain(404, json!({})) };
                let text = String::from_utf8_lossy(body);
                let Some(name) =
                    text.split("filename=\"").nth(1).and_then(|rest| rest.split('"').next())
                else {
                    return plain(400, json!({"message": "no file"}));
                };
                let from = body
                    .windows(4)
                    .enumerate()
                    .filter(|(_, four)| *four == b"\r\n\r\n")
                    .map(|(at, _)| at + 4)
                    .nth(2)
                    .unwrap();
                let to = body.windows(4).rposition(|four| four == b"\r\n--").unwrap();
                let version = match (page.attachments.get(name), rest) {
                    (None, []) => 1,
                    (Some((version, _)), [att, "data"]) if *att == format!("att-{name}") => {
                        version + 1
                    }
                    (Some(_), []) => {
                        return plain(400, json!({"message": "a file with this name exists"}));
                    }
                    _ => return plain(404, json!({})),
                };
                page.attachments.insert(name.to_string(), (version, body[from..to].to_vec()));
                plain(200, json!({"results": [{"id": format!("att-{name}")}]}))
            }
            _ => plain(404, json!({"message": "no such address"})),
        }
    }

    fn found(&self, title: &str) -> Response {
        let results: Vec<Value> =
            self.by_title(title).map(|(id, page)| self.show(id, page)).into_iter().collect();
        plain(200, json!({"results": results}))
    }

    fn one(&self, id: &str) -> Response {
        match self.pages.get(id) {
            Some(page) => plain(200, self.show(id, page)),
            None => plain(404, json!({"message": "no such page"})),
        }
    }

    fn create(
        &mut self,
        title: &Value,
        body: &Value,
        representation: &Value,
        parent: Option<&str>,
    ) -> Response {
        let (title, body) =
            (title.as_str().unwrap().to_string(), body.as_str().unwrap().to_string());
        assert_eq!(representation, "storage");
        if self.by_title(&title).is_some() {
            return plain(400, json!({"message": "A page with this title already exists"}));
        }
        if parent.is_some_and(|parent| !self.pages.contains_key(parent)) {
            return plain(404, json!({"message": "no such parent"}));
        }
        self.next += 1;
        let id = self.next.to_string();
        let parent = parent.map(str::to_string);
        let past = vec![body.clone()];
        let page = Page { title, body, parent, version: 1, past, ..Page::default() };
        let shown = self.show(&id, &page);
        self.pages.insert(id, page);
        plain(200, shown)
    }

    fn update(
        &mut self,
        id: &str,
        value: &Value,
        body: &Value,
        parent: Option<String>,
    ) -> Response {
        assert_eq!(body["representation"], "storage");
        let title = value["title"].as_str().unwrap().to_string();
        if self.by_title(&title).is_some_and(|(other, _)| other != id) {
            return plain(400, json!({"message": "A page with this title already exists"}));
        }
        let Some(page) = self.pages.get_mut(id) else { return plain(404, json!({})) };
        assert_eq!(value["version"]["minorEdit"], true, "a machine sends no mails");
        if value["version"]["number"].as_u64() != Some(page.version + 1) {
            return plain(409, json!({"message": "Version must be incremented on update"}));
        }
        page.version += 1;
        page.title = title;
        page.body = body["value"].as_str().unwrap().to_string();
        page.past.push(page.body.clone());
        page.message = value["version"]["message"].as_str().unwrap_or("").to_string();
        page.parent = parent.or(page.parent.take());
        let shown = self.show(id, &self.pages[id]);
        plain(200, shown)
    }
}
