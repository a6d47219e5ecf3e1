//! The REST interfaces of Confluence Cloud (v2, and v1 where v2 has nothing) and Data
//! Center (v1).

use crate::out::wiki::net::{Access, Address, Body, ClientError, Http, TRIES};
use crate::text::address::encode_fragment;
use crate::text::base64;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Which Confluence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// At atlassian.net.
    Cloud,
    /// On a server of one's own.
    DataCenter,
}

/// A page on the wiki.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remote {
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Counts its changes.
    pub version: u64,
    /// What the last change says of itself.
    pub message: String,
    /// Its text.
    pub body: String,
}

/// A page in the list of a space.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Counts its changes.
    pub version: u64,
    /// The number of the page above it.
    pub parent: Option<String>,
    /// Whether it is put away, but keeps its title.
    pub archived: bool,
}

/// The key of the property by which a page says which one of the book it is.
const PROPERTY: &str = "casebook";

/// What is written.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'d> {
    /// The title.
    pub title: &'d str,
    /// The text.
    pub body: &'d str,
    /// The number of the page above.
    pub parent: Option<&'d str>,
    /// What the change says of itself.
    pub message: &'d str,
}

/// A space of a wiki.
pub struct Client<'c> {
    kind: Kind,
    space: String,
    http: Http<'c>,
}

impl<'c> Client<'c> {
    /// A client of a space, by its key; `pause` waits.
    ///
    /// # Errors
    /// When the address would send the token in clear, or a certificate cannot be read.
    pub fn new(
        access: &Access<'_>,
        kind: Kind,
        space: &str,
        pause: &'c dyn Fn(Duration),
    ) -> Result<Client<'c>, String> {
        let base = Address::parse(access.url)?.text();
        let base = match kind {
            Kind::Cloud => base.trim_end_matches("/wiki").to_string(),
            Kind::DataCenter => base,
        };
        let authorization = match access.user {
            Some(user) => {
                format!("Basic {}", base64::encode(format!("{user}:{}", access.token).as_bytes()))
            }
            None => format!("Bearer {}", access.token),
        };
        let headers =
            vec![("Authorization", authorization), ("X-Atlassian-Token", "nocheck".to_string())];
        let http = Http::new(access, base, headers, pause)?;
        Ok(Client { kind, space: space.to_string(), http })
    }

    /// Which Confluence it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    fn v1(&self) -> &'static str {
        if self.kind == Kind::Cloud { "/wiki/rest/api" } else { "/rest/api" }
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        body: &Body<'_>,
        again: bool,
    ) -> Result<Value, ClientError> {
        let text = self.http.send(method, path, body, again, words)?;
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| ClientError::Answer {
            request: format!("{method} {}", path.split('?').next().unwrap_or(path)),
            reason: error.to_string(),
        })
    }

    fn json(
        &self,
        method: &str,
        path: &str,
        value: &Value,
        again: bool,
    ) -> Result<Value, ClientError> {
        self.send(method, path, &Body::Json(value.to_string()), again)
    }

    fn get(&self, path: &str) -> Result<Option<Value>, ClientError> {
        match self.send("GET", path, &Body::None, true) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A page as both interfaces tell it.
    fn remote(&self, value: &Value, request: &str) -> Result<Remote, ClientError> {
        let text = |pointer: &str| {
            value.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_string()
        };
        let id = match value.get("id") {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => String::new(),
        };
        let version = value.pointer("/version/number").and_then(Value::as_u64);
        match version.filter(|_| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric())) {
            Some(version) => Ok(Remote {
                id,
                title: text("/title"),
                version,
                message: text("/version/message"),
                body: text("/body/storage/value"),
            }),
            None => Err(ClientError::Answer {
                request: request.to_string(),
                reason: "it has no page with an id and a version".into(),
            }),
        }
    }

    /// The number of the space, where the wiki asks for it, and of its first page.
    ///
    /// # Errors
    /// When the wiki does not know it or does not answer.
    pub fn space(&self) -> Result<(String, Option<String>), ClientError> {
        let key = encode_fragment(&self.space).replace('&', "%26");
        let path = match self.kind {
            Kind::Cloud => format!("/wiki/api/v2/spaces?keys={key}"),
            Kind::DataCenter => format!("/rest/api/space/{key}?expand=homepage"),
        };
        let missing = || ClientError::Answer {
            request: "the space".into(),
            reason: format!(
                "there is no space `{}`, or the token's owner may not see it",
                self.space
            ),
        };
        let value = self.get(&path)?.ok_or_else(missing)?;
        let text = |value: Option<&Value>| match value {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        match self.kind {
            Kind::Cloud => {
                let space = value.pointer("/results/0").ok_or_else(missing)?;
                let id = text(space.get("id")).ok_or_else(missing)?;
                Ok((id, text(space.get("homepageId"))))
            }
            Kind::DataCenter => Ok((self.space.clone(), text(value.pointer("/homepage/id")))),
        }
    }

    /// A page by its number; `None` when it is gone.
    ///
    /// # Errors
    /// When the wiki does not answer.
    pub fn page(&self, id: &str) -> Result<Option<Remote>, ClientError> {
        let path = match self.kind {
            Kind::Cloud => format!("/wiki/api/v2/pages/{id}?body-format=storage"),
            Kind::DataCenter => format!("/rest/api/content/{id}?expand=version,body.storage"),
        };
        let Some(value) = self.get(&path)? else { return Ok(None) };
        let current = value.get("status").and_then(Value::as_str).unwrap_or("current") == "current";
        if current { self.remote(&value, &path).map(Some) } else { Ok(None) }
    }

    /// A page by its title.
    ///
    /// # Errors
    /// When the wiki does not answer.
    pub fn find(&self, space: &str, title: &str) -> Result<Option<Remote>, ClientError> {
        let title = encode_fragment(title).replace('&', "%26").replace('+', "%2B");
        let path = match self.kind {
            Kind::Cloud => {
                format!(
                    "/wiki/api/v2/pages?space-id={space}&title={title}&status=current&body-format=storage"
                )
            }
            Kind::DataCenter => {
                let key = encode_fragment(space).replace('&', "%26");
                format!(
                    "/rest/api/content?type=page&spaceKey={key}&title={title}&expand=version,body.storage"
                )
            }
        };
        let value = self.get(&path)?.unwrap_or_default();
        value.pointer("/results/0").map(|page| self.remote(page, &path)).transpose()
    }

    /// All pages of the space.
    ///
    /// # Errors
    /// When the wiki does not answer.
    pub fn list(&self, space: &str) -> Result<Vec<Listed>, ClientError> {
        let mut path = match self.kind {
            Kind::Cloud => format!("/wiki/api/v2/spaces/{space}/pages?limit=250"),
            Kind::DataCenter => {
                let key = encode_fragment(space).replace('&', "%26");
                format!(
                    "/rest/api/content?type=page&spaceKey={key}&expand=version,ancestors&limit=200"
                )
            }
        };
        let mut out = Vec::new();
        loop {
            let value = self.get(&path)?.unwrap_or_default();
            let results = value.get("results").and_then(Value::as_array);
            out.extend(results.into_iter().flatten().filter_map(listed));
            match self.next(&value) {
                Some(next) if next != path => path = next,
                _ => return Ok(out),
            }
        }
    }

    /// Where a list goes on.
    fn next(&self, value: &Value) -> Option<String> {
        let next = value.pointer("/_links/next")?.as_str()?;
        // Only the path counts: nothing is sent anywhere else.
        let path = next.starts_with('/').then_some(next)?;
        Some(match self.kind {
            Kind::Cloud if !path.starts_with("/wiki/") => format!("/wiki{path}"),
            _ => path.to_string(),
        })
    }

    /// The numbers of pages that say which one of the book they are, by that.
    ///
    /// # Errors
    /// When the wiki does not answer.
    pub fn ours(&self) -> Result<BTreeMap<String, String>, ClientError> {
        let key = self.space.replace(['"', '\\'], "");
        let cql = format!("type=page and label=\"casebook\" and space=\"{key}\"");
        let mut path = format!(
            "{}/content/search?cql={}&expand=metadata.properties.{PROPERTY}&limit=100",
            self.v1(),
            encode_fragment(&cql).replace('&', "%26").replace('=', "%3D")
        );
        let mut out = BTreeMap::new();
        loop {
            let value = self.get(&path)?.unwrap_or_default();
            let results = value.get("results").and_then(Value::as_array);
            for page in results.into_iter().flatten() {
                let own = page.pointer(&format!("/metadata/properties/{PROPERTY}/value/identity"));
                if let (Some(identity), Some(page)) = (own.and_then(Value::as_str), listed(page)) {
                    out.insert(identity.to_string(), page.id);
                }
            }
            match self.next(&value) {
                Some(next) if next != path => path = next,
                _ => return Ok(out),
            }
        }
    }

    /// Lets a page say which one of the book it is.
    ///
    /// # Errors
    /// When the wiki refuses or does not answer.
    pub fn mark(&self, id: &str, identity: &str) -> Result<(), ClientError> {
        let path = match self.kind {
            Kind::Cloud => format!("/wiki/api/v2/pages/{id}/properties"),
            Kind::DataCenter => format!("/rest/api/content/{id}/property"),
        };
        let value = json!({"key": PROPERTY, "value": {"identity": identity}});
        match self.json("POST", &path, &value, true) {
            // It says so already.
            Err(error) if matches!(error.status(), Some(400 | 409)) => Ok(()),
            result => result.map(drop),
        }
    }

    /// The text of a version of a page; `None` when it is gone.
    ///
    /// # Errors
    /// When the wiki does not answer.
    pub fn version(&self, id: &str, number: u64) -> Result<Option<String>, ClientError> {
        let path = match self.kind {
            Kind::Cloud => {
                format!("/wiki/api/v2/pages/{id}?version={number}&body-format=storage")
            }
            Kind::DataCenter => format!(
                "/rest/api/content/{id}?status=historical&version={number}&expand=body.storage"
            ),
        };
        let value = self.get(&path)?;
        let text = |value: Value| Some(value.pointer("/body/storage/value")?.as_str()?.to_string());
        Ok(value.and_then(text))
    }

    /// Makes a page. Where the answer is lost, it is looked for, so that there are no two.
    ///
    /// # Errors
    /// When the wiki refuses or does not answer.
    pub fn create(&self, space: &str, draft: &Draft<'_>) -> Result<Remote, ClientError> {
        let body = json!({"representation": "storage", "value": draft.body});
        let (path, value) = match self.kind {
            Kind::Cloud => (
                "/wiki/api/v2/pages",
                json!({"spaceId": space, "status": "current", "title": draft.title,
                       "parentId": draft.parent, "body": body}),
            ),
            Kind::DataCenter => {
                let above: Vec<Value> = draft.parent.iter().map(|id| json!({"id": id})).collect();
                (
                    "/rest/api/content",
                    json!({"type": "page", "title": draft.title, "space": {"key": space},
                           "ancestors": above, "body": {"storage": body}}),
                )
            }
        };
        let mut tries = 0;
        loop {
            tries += 1;
            match self.json("POST", path, &value, false) {
                Ok(value) => return self.remote(&value, path),
                Err(error) if error.is_open() && tries < TRIES => {
                    self.http.wait(path, Duration::from_secs(1 << tries.min(6)))?;
                    if let Some(page) = self.find(space, draft.title)? {
                        return Ok(page);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes a page whose version is known.
    ///
    /// # Errors
    /// When the wiki refuses: with 409 when somebody else has written meanwhile.
    pub fn update(&self, page: &Remote, draft: &Draft<'_>) -> Result<Remote, ClientError> {
        let body = json!({"representation": "storage", "value": draft.body});
        // Nobody wants a mail for what a machine wrote.
        let version =
            json!({"number": page.version + 1, "message": draft.message, "minorEdit": true});
        let (path, mut value) = match self.kind {
            Kind::Cloud => (
                format!("/wiki/api/v2/pages/{}", page.id),
                json!({"id": page.id, "status": "current", "title": draft.title, "body": body,
                       "version": version}),
            ),
            Kind::DataCenter => (
                format!("/rest/api/content/{}", page.id),
                json!({"id": page.id, "type": "page", "title": draft.title,
                       "body": {"storage": body}, "version": version}),
            ),
        };
        if let Some(parent) = draft.parent {
            match self.kind {
                Kind::Cloud => value["parentId"] = json!(parent),
                Kind::DataCenter => value["ancestors"] = json!([{"id": parent}]),
            }
        }
        match self.json("PUT", &path, &value, true) {
            Ok(value) => self.remote(&value, &path),
            // The first answer may have been lost: then the page says what we wrote.
            Err(error) if error.status() == Some(409) => match self.page(&page.id)? {
                Some(now) if now.version == page.version + 1 && now.message == draft.message => {
                    Ok(now)
                }
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// Adds labels; others stay.
    ///
    /// # Errors
    /// When the wiki refuses or does not answer.
    pub fn add_labels(&self, id: &str, labels: &[String]) -> Result<(), ClientError> {
        let path = format!("{}/content/{id}/label", self.v1());
        let all: Vec<Value> =
            labels.iter().map(|label| json!({"prefix": "global", "name": label})).collect();
        self.json("POST", &path, &Value::from(all), true).map(drop)
    }

    /// Takes a label off a page.
    ///
    /// # Errors
    /// When the wiki refuses or does not answer.
    pub fn remove_label(&self, id: &str, label: &str) -> Result<(), ClientError> {
        let path = format!("{}/content/{id}/label?name={}", self.v1(), encode_fragment(label));
        match self.send("DELETE", &path, &Body::None, true) {
            Err(error) if error.status() != Some(404) => Err(error),
            _ => Ok(()),
        }
    }

    /// Attaches a file, or a new version of it.
    ///
    /// # Errors
    /// When the wiki refuses or does not answer.
    pub fn attach(&self, id: &str, name: &str, bytes: &[u8]) -> Result<(), ClientError> {
        let list = format!("{}/content/{id}/child/attachment", self.v1());
        let fields = [("minorEdit", "true"), ("comment", "Published by Casebook")];
        let file = Body::File { fields: &fields, field: "file", name, bytes };
        let mut tries = 0;
        loop {
            tries += 1;
            let found = self.get(&format!("{list}?filename={name}"))?.unwrap_or_default();
            let known = found.pointer("/results/0/id").and_then(Value::as_str).map(str::to_string);
            let path = match known {
                Some(known) => format!("{list}/{known}/data"),
                None => list.clone(),
            };
            match self.send("POST", &path, &file, false) {
                Err(error) if error.is_open() && tries < TRIES => {
                    self.http.wait(&path, Duration::from_secs(1 << tries.min(6)))?;
                }
                result => return result.map(drop),
            }
        }
    }
}

/// A page as lists tell it.
fn listed(value: &Value) -> Option<Listed> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let above = value.get("parentId").and_then(text).or_else(|| {
        let ancestors = value.get("ancestors").and_then(Value::as_array)?;
        ancestors.last()?.get("id").and_then(text)
    });
    Some(Listed {
        id: value.get("id").and_then(text)?,
        title: value.get("title").and_then(Value::as_str).unwrap_or("").to_string(),
        version: value.pointer("/version/number").and_then(Value::as_u64).unwrap_or(0),
        parent: above,
        archived: value.get("status").and_then(Value::as_str) == Some("archived"),
    })
}

/// What the wiki says is wrong, on one line.
fn words(text: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let said = ["/message", "/errors/0/title", "/errors/0/detail", "/reason"]
        .iter()
        .find_map(|pointer| value.pointer(pointer).and_then(Value::as_str));
    let said = said.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
    said.chars().take(300).collect()
}
