//! Outline's own interface, as its OpenAPI document tells it: documents of a collection, in
//! Markdown.
//!
//! Outline reads Markdown and writes its own, so what it gives back is kept beside what was
//! sent. A document's number is made from the name of its page: nothing has to be remembered
//! to find it again.

use super::links::{self, FILE, PAGE};
use super::net::{Access, Address, Body, ClientError, Http};
use super::publish::{Current, Stand};
use super::remote::{Known, Place, Remote, Written};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// So many documents are asked for at once; no more are allowed.
const AT_ONCE: usize = 100;

/// The text of a document until its own can be written.
const SOON: &str = "…";

/// A collection of a workspace.
pub struct Api<'c> {
    http: Http<'c>,
    access: Access<'c>,
    pause: &'c dyn Fn(Duration),
    base: String,
    title: String,
    collection: RefCell<Option<String>>,
    /// Whose token it is.
    user: String,
    places: BTreeMap<String, Place>,
    documents: RefCell<BTreeMap<String, Document>>,
    files: RefCell<BTreeMap<String, String>>,
}

/// What is known of a document.
#[derive(Debug, Clone)]
struct Document {
    id: String,
    url: String,
    revision: u64,
}

impl Document {
    fn of(value: &Value) -> Option<Document> {
        Some(Document {
            id: value.get("id")?.as_str()?.to_string(),
            url: value.get("url")?.as_str()?.to_string(),
            revision: value.get("revision").and_then(Value::as_u64).unwrap_or_default(),
        })
    }

    /// The part of its address that stays when its title changes.
    fn fixed(url: &str) -> Option<&str> {
        let (_, last) = url.split_once("/doc/")?;
        last.rsplit('-').next()
    }
}

impl<'c> Api<'c> {
    /// A workspace, by its address; `files` are those that earlier publications brought.
    ///
    /// # Errors
    /// When the address would send the token in clear, or the wiki does not let us in.
    pub fn new(
        access: Access<'c>,
        title: &str,
        places: BTreeMap<String, Place>,
        files: BTreeMap<String, String>,
        pause: &'c dyn Fn(Duration),
    ) -> Result<Api<'c>, String> {
        let base = Address::parse(access.url)?.text();
        let base = base.trim_end_matches("/api").to_string();
        let authorization = format!("Bearer {}", access.token);
        let headers = vec![("Authorization", authorization)];
        let http = Http::new(&access, base.clone(), headers, pause)?;
        let mut api = Api {
            http,
            access,
            pause,
            base,
            title: title.to_string(),
            collection: RefCell::default(),
            user: String::new(),
            places,
            documents: RefCell::default(),
            files: RefCell::new(files),
        };
        let said = |error: ClientError| error.to_string();
        let known = api.call("auth.info", &json!({}), true).map_err(said)?;
        let user = known.pointer("/data/user/id").and_then(Value::as_str);
        api.user = user.unwrap_or_default().to_string();
        let found = api.find_collection().map_err(said)?;
        api.collection = RefCell::new(found);
        Ok(api)
    }

    fn call(&self, method: &str, body: &Value, again: bool) -> Result<Value, ClientError> {
        let path = format!("/api/{method}");
        let text = self.http.send("POST", &path, &Body::Json(body.to_string()), again, words)?;
        serde_json::from_str(&text).map_err(|error| ClientError::Answer {
            request: method.into(),
            reason: format!("it is no JSON ({error})"),
        })
    }

    /// All of a list.
    fn list(&self, method: &str, about: &Value) -> Result<Vec<Value>, ClientError> {
        let mut out = Vec::new();
        loop {
            let mut body = about.clone();
            body["limit"] = json!(AT_ONCE);
            body["offset"] = json!(out.len());
            let answer = self.call(method, &body, true)?;
            let some = answer.get("data").and_then(Value::as_array).cloned().unwrap_or_default();
            let last = some.len() < AT_ONCE;
            out.extend(some);
            if last {
                return Ok(out);
            }
        }
    }

    fn find_collection(&self) -> Result<Option<String>, ClientError> {
        let all = self.list("collections.list", &json!({}))?;
        let named = |one: &&Value| one.get("name").and_then(Value::as_str) == Some(&self.title);
        let found = all.iter().find(named).and_then(|one| one.get("id")?.as_str());
        Ok(found.map(str::to_string))
    }

    /// The collection, which is made where it is missing: for nobody but its maker.
    fn collection(&self) -> Result<String, ClientError> {
        if let Some(id) = self.collection.borrow().clone() {
            return Ok(id);
        }
        let about = json!({ "name": self.title, "sharing": false });
        let answer = self.call("collections.create", &about, false)?;
        let id = answer.pointer("/data/id").and_then(Value::as_str).ok_or_else(|| missing("id"))?;
        *self.collection.borrow_mut() = Some(id.to_string());
        Ok(id.to_string())
    }

    /// A text as the wiki takes it.
    fn outgoing(&self, text: &str) -> String {
        let (documents, files) = (self.documents.borrow(), self.files.borrow());
        links::readdressed(text, |address| match address.strip_prefix(PAGE) {
            Some(name) => documents.get(name).map(|document| document.url.clone()),
            None => files.get(address.strip_prefix(FILE)?).cloned(),
        })
    }

    /// A document as a text of ours.
    fn incoming(&self, document: &Value) -> String {
        let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or("");
        let (documents, files) = (self.documents.borrow(), self.files.borrow());
        let body = links::readdressed(text("text"), |address| {
            let address = address.strip_prefix(&self.base).unwrap_or(address);
            if let Some(file) = files.iter().find(|(_, known)| *known == address) {
                return Some(links::file(file.0));
            }
            let fixed = Document::fixed(address)?;
            let own = documents.iter().find(|(_, one)| Document::fixed(&one.url) == Some(fixed));
            own.map(|(name, _)| links::page(name))
        });
        links::joined(text("title"), &body)
    }

    /// Makes room for a page.
    fn reserve(&self, name: &str, text: &str) -> Result<(), ClientError> {
        let collection = self.collection()?;
        let id = number(&collection, name);
        let parent = self.places.get(name).and_then(|place| place.parent.as_ref());
        let parent = parent.and_then(|name| Some(self.documents.borrow().get(name)?.id.clone()));
        let made = self.call(
            "documents.create",
            &json!({
                "id": id, "title": links::head(text).0, "text": SOON, "publish": true,
                "collectionId": collection, "parentDocumentId": parent,
            }),
            true,
        );
        let made = match made {
            // It is there, since an answer was lost, or in the bin.
            Err(ClientError::Refused { status: 400, .. }) => self.bring_back(&id)?,
            made => made?,
        };
        let document = made.get("data").and_then(Document::of).ok_or_else(|| missing("id"))?;
        self.documents.borrow_mut().insert(name.to_string(), document);
        Ok(())
    }

    fn bring_back(&self, id: &str) -> Result<Value, ClientError> {
        let there = self.call("documents.info", &json!({ "id": id }), true)?;
        let gone =
            |key: &str| there.pointer(&format!("/data/{key}")).is_some_and(|at| !at.is_null());
        match gone("deletedAt") || gone("archivedAt") {
            true => self.call("documents.restore", &json!({ "id": id }), true),
            false => Ok(there),
        }
    }
}

/// A document's number, made from its page's name.
fn number(collection: &str, name: &str) -> String {
    let hex = blake3::hash(format!("casebook {collection} {name}").as_bytes()).to_hex();
    // The form of numbers that are made from names.
    format!("{}-{}-5{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

fn missing(what: &str) -> ClientError {
    ClientError::Answer { request: "documents".into(), reason: format!("it has no `{what}`") }
}

/// What the wiki says when it refuses.
fn words(text: &str) -> String {
    let value: Option<Value> = serde_json::from_str(text).ok();
    let said = |key: &str| value.as_ref()?.get(key)?.as_str().map(str::to_string);
    said("message").or_else(|| said("error")).unwrap_or_default().chars().take(200).collect()
}

impl Remote for Api<'_> {
    fn read(&self, names: &[String], known: &Known<'_>) -> Result<Current, ClientError> {
        let Some(collection) = self.collection.borrow().clone() else { return Ok(Current::new()) };
        let all = self.list(
            "documents.list",
            &json!({ "collectionId": collection, "sort": "createdAt", "direction": "ASC" }),
        )?;
        let by_id: BTreeMap<String, &String> =
            names.iter().map(|name| (number(&collection, name), name)).collect();
        let mut own: Vec<(&String, &Value)> = Vec::new();
        for value in &all {
            let id = value.get("id").and_then(Value::as_str).unwrap_or("");
            if let (Some(name), Some(document)) = (by_id.get(id), Document::of(value)) {
                self.documents.borrow_mut().insert((*name).clone(), document);
                own.push((name, value));
            }
        }
        let mut current = Current::new();
        for (name, value) in own {
            let full = match value.get("text") {
                Some(_) => None,
                None => Some(self.call("documents.info", &json!({ "id": value["id"] }), true)?),
            };
            let value = full.as_ref().and_then(|answer| answer.get("data")).unwrap_or(value);
            if value.get("text").and_then(Value::as_str).map(str::trim) == Some(SOON) {
                continue;
            }
            let revision = value["revision"].to_string();
            let told = known.get(name.as_str());
            let text = match told.filter(|(seen, _)| *seen == revision) {
                Some((_, text)) => (*text).to_string(),
                None => self.incoming(value),
            };
            // Where nothing is known here, the wiki knows who wrote it.
            let by = value.pointer("/updatedBy/id").and_then(Value::as_str);
            let ours = told.is_none() && by == Some(self.user.as_str());
            let published = ours.then(|| text.clone());
            current.insert(name.clone(), Stand { text, published, revision });
        }
        Ok(current)
    }

    fn published(&self, _: &str) -> Result<Option<String>, ClientError> {
        Ok(None)
    }

    fn prepare(&self, pages: &[(&str, &str)]) -> Result<(), ClientError> {
        let mut pages = pages.to_vec();
        let place = |name: &str| self.places.get(name).map(|place| (place.depth, place.order));
        pages.sort_by_key(|(name, _)| place(name));
        for (name, text) in pages {
            if !self.documents.borrow().contains_key(name) {
                self.reserve(name, text)?;
            }
        }
        Ok(())
    }

    fn write(&self, name: &str, text: &str, over: Option<&Stand>) -> Result<Written, ClientError> {
        let document = self.documents.borrow().get(name).cloned().ok_or_else(|| missing(name))?;
        let last = over.and_then(|stand| stand.revision.parse().ok()).unwrap_or(document.revision);
        let (title, body) = links::head(text);
        let answer = self.call(
            "documents.update",
            &json!({
                "id": document.id, "title": title, "text": self.outgoing(body),
                "lastRevision": last,
            }),
            false,
        );
        let answer = answer.map_err(|error| match error.status() {
            Some(409) => ClientError::Conflict { name: name.to_string() },
            _ => error,
        })?;
        let value = answer.get("data").ok_or_else(|| missing("data"))?;
        if let Some(document) = Document::of(value) {
            self.documents.borrow_mut().insert(name.to_string(), document);
        }
        let shown = value.get("text").map(|_| self.incoming(value));
        Ok(Written { revision: value["revision"].to_string(), shown })
    }

    /// A page of another name is another document.
    fn rename(&self, _: &str, _: &str) -> Result<bool, ClientError> {
        Ok(false)
    }

    fn missing(&self, names: &[String]) -> Result<BTreeSet<String>, ClientError> {
        let files = self.files.borrow();
        Ok(names.iter().filter(|name| !files.contains_key(*name)).cloned().collect())
    }

    fn upload(&self, name: &str, bytes: &[u8]) -> Result<(), ClientError> {
        let about = json!({ "name": name, "contentType": crate::text::media::media_type(name), "size": bytes.len() });
        let answer = self.call("attachments.create", &about, false)?;
        let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str);
        let (Some(to), Some(address)) = (text("/data/uploadUrl"), text("/data/attachment/url"))
        else {
            return Err(ClientError::Answer {
                request: "attachments.create".into(),
                reason: "it does not say where a form with the file can be sent".into(),
            });
        };
        let form = answer.pointer("/data/form").and_then(Value::as_object);
        let fields: Vec<(String, String)> = form
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), value.as_str().map_or(value.to_string(), Into::into)))
            .collect();
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let file = Body::File { fields: &fields, field: "file", name, bytes };
        match to.strip_prefix(&self.base) {
            Some(path) => drop(self.http.send("POST", path, &file, true, words)?),
            // A store beside the wiki, which is not to see the token.
            None => {
                let (origin, path) = parted(to);
                let wrong = |reason| ClientError::Hopeless { request: "upload".into(), reason };
                let origin = Address::parse(origin).map_err(wrong)?.text();
                let store =
                    Http::new(&self.access, origin, Vec::new(), self.pause).map_err(wrong)?;
                store.send("POST", path, &file, true, words)?;
            }
        }
        let address = address.strip_prefix(&self.base).unwrap_or(address).to_string();
        self.files.borrow_mut().insert(name.to_string(), address);
        Ok(())
    }

    fn files(&self) -> BTreeMap<String, String> {
        self.files.borrow().clone()
    }
}

/// Host and path of an address.
fn parted(url: &str) -> (&str, &str) {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    url.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_of_its_kind_and_stays() {
        let made = number("c", "threats/t-1");
        assert_eq!(made, number("c", "threats/t-1"));
        assert_ne!(made, number("d", "threats/t-1"));
        let parts: Vec<usize> = made.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(made.as_bytes()[14] == b'5' && made.as_bytes()[19] == b'a');
        assert_eq!(Document::fixed("/doc/a-title-x1Y2z3"), Some("x1Y2z3"));
        assert_eq!(parted("https://s.example/a?b"), ("https://s.example", "/a?b"));
    }
}
