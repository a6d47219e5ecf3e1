//! The REST interfaces of Confluence Cloud (v2, and v1 where v2 has nothing) and Data
//! Center (v1).

use super::address::Address;
use crate::book::page::encode_fragment;
use crate::text::base64;
use serde_json::{Value, json};
use std::fmt;
use std::time::{Duration, Instant};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Which Confluence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// At atlassian.net.
    Cloud,
    /// On a server of one's own.
    DataCenter,
}

/// How often something is tried.
const TRIES: u32 = 6;

/// The slowest answer.
const SLOWEST: Duration = Duration::from_secs(90);

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

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

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientError {
    /// The wiki refused.
    Refused {
        /// What was asked: `PUT /wiki/...`.
        request: String,
        /// The number of the answer.
        status: u16,
        /// What the wiki says.
        words: String,
    },
    /// The wiki does not answer.
    Network {
        /// What was asked.
        request: String,
        /// Why.
        reason: String,
    },
    /// Nobody whom we trust vouches for the wiki.
    Untrusted {
        /// What is wrong with its certificate.
        reason: String,
    },
    /// It cannot be asked, and trying again does not help.
    Hopeless {
        /// What was to be asked.
        request: String,
        /// Why.
        reason: String,
    },
    /// All together took too long.
    Late {
        /// What was asked last.
        request: String,
    },
    /// The answer makes no sense.
    Answer {
        /// What was asked.
        request: String,
        /// What is missing.
        reason: String,
    },
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::Refused { request, status, words } => {
                write!(f, "the wiki answers {status} to {request}")?;
                if !words.is_empty() {
                    write!(f, ": {words}")?;
                }
                match status {
                    401 => {
                        write!(f, "\nLook at the token, and for Cloud at the address of its owner")
                    }
                    403 => write!(f, "\nThe owner of the token may not do that in this space"),
                    _ => Ok(()),
                }
            }
            ClientError::Network { request, reason } => {
                write!(f, "no answer to {request}: {reason}")
            }
            ClientError::Hopeless { request, reason } => {
                write!(f, "{request} cannot be sent: {reason}")
            }
            ClientError::Late { request } => write!(
                f,
                "the wiki is too slow: the time for all was over at {request}; give it longer with \
                 --timeout"
            ),
            // The advice below was followed already.
            ClientError::Untrusted { reason } if reason.contains("CaUsedAsEndEntity") => write!(
                f,
                "the wiki cannot prove who it is: its own certificate is that of an authority \
                 (CA:TRUE), which vouches for others and not for itself ({reason})\nGive the wiki \
                 a certificate of its own, signed by that authority, and name the authority's with \
                 --ca-certificate FILE"
            ),
            ClientError::Untrusted { reason } => {
                write!(
                    f,
                    "the wiki cannot prove who it is: {reason}\nWhere your company vouches for it, \
                     name the company's certificate with --ca-certificate FILE"
                )
            }
            ClientError::Answer { request, reason } => {
                write!(f, "the answer to {request} makes no sense: {reason}")
            }
        }
    }
}

impl ClientError {
    fn status(&self) -> Option<u16> {
        match self {
            ClientError::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether it may have been done nevertheless.
    fn is_open(&self) -> bool {
        match self {
            ClientError::Refused { status, .. } => matches!(status, 409 | 500..),
            ClientError::Untrusted { .. }
            | ClientError::Hopeless { .. }
            | ClientError::Late { .. } => false,
            ClientError::Network { .. } | ClientError::Answer { .. } => true,
        }
    }
}

/// The certificates in a PEM file.
fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, String> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(format!("the certificate cannot be read: {error}")),
        }
    }
    match found.is_empty() {
        true => Err("the certificate is not in PEM form (-----BEGIN CERTIFICATE-----)".into()),
        false => Ok(found),
    }
}

/// A space of a wiki.
pub struct Client<'c> {
    kind: Kind,
    /// Its address, without `/` at the end.
    base: String,
    space: String,
    authorization: String,
    token: String,
    /// When all must be done.
    deadline: Option<Instant>,
    agent: ureq::Agent,
    pause: &'c dyn Fn(Duration),
}

/// How to reach a space.
#[derive(Debug, Clone, Copy)]
pub struct Access<'a> {
    /// Which Confluence.
    pub kind: Kind,
    /// Its address: `https://example.atlassian.net/wiki`.
    pub url: &'a str,
    /// The key of the space.
    pub space: &'a str,
    /// Who the token belongs to; for Cloud an e-mail address.
    pub user: Option<&'a str>,
    /// The token.
    pub token: &'a str,
    /// Who vouches for the wiki, as PEM; else the authorities that browsers know.
    pub ca_certificate: Option<&'a [u8]>,
    /// How long all requests together may take.
    pub patience: Option<Duration>,
}

enum Body<'b> {
    None,
    Json(Value),
    File { name: &'b str, bytes: &'b [u8] },
}

impl<'c> Client<'c> {
    /// A client; `pause` waits.
    ///
    /// # Errors
    /// When the address would send the token in clear, or a certificate cannot be read.
    pub fn new(access: &Access<'_>, pause: &'c dyn Fn(Duration)) -> Result<Client<'c>, String> {
        let base = Address::parse(access.url)?.text();
        let base = match access.kind {
            Kind::Cloud => base.trim_end_matches("/wiki"),
            Kind::DataCenter => &base,
        };
        if access.token.is_empty() || !access.token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the token holds a blank, or a character that no token has".into());
        }
        let authorization = match access.user {
            Some(user) => {
                format!("Basic {}", base64::encode(format!("{user}:{}", access.token).as_bytes()))
            }
            None => format!("Bearer {}", access.token),
        };
        let roots = match access.ca_certificate {
            Some(pem) => RootCerts::new_with_certs(&certificates(pem)?),
            None => RootCerts::WebPki,
        };
        let agent = ureq::Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(SLOWEST))
            .user_agent(concat!("casebook/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Ok(Client {
            kind: access.kind,
            base: base.to_string(),
            space: access.space.to_string(),
            authorization,
            token: access.token.to_string(),
            agent,
            deadline: access.patience.map(|patience| Instant::now() + patience),
            pause,
        })
    }

    fn v1(&self) -> &'static str {
        if self.kind == Kind::Cloud { "/wiki/rest/api" } else { "/rest/api" }
    }

    /// One request and its answer.
    fn once(
        &self,
        method: &str,
        path: &str,
        body: &Body<'_>,
    ) -> Result<(u16, Option<Duration>, String), ClientError> {
        let request = format!("{method} {path}");
        let network = |reason: String| ClientError::Network {
            request: request.clone(),
            reason: self.veiled(&reason),
        };
        // What cannot be sent will not be sent by trying again.
        let never = |error: ureq::http::Error| ClientError::Hopeless {
            request: request.clone(),
            reason: self.veiled(&error.to_string()),
        };
        let left = self.left(&request)?;
        let mut builder = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", &self.authorization)
            .header("Accept", "application/json");
        let answer = match body {
            Body::None => {
                let request = builder.body(()).map_err(never)?;
                self.agent.run(within(&self.agent, request, left))
            }
            Body::Json(value) => {
                builder = builder.header("Content-Type", "application/json");
                let request = builder.body(value.to_string()).map_err(never)?;
                self.agent.run(within(&self.agent, request, left))
            }
            Body::File { name, bytes } => {
                // A line of the file cannot be this one.
                let boundary = format!("casebook-{}", blake3::hash(bytes).to_hex());
                builder = builder
                    .header("Content-Type", format!("multipart/form-data; boundary={boundary}"))
                    .header("X-Atlassian-Token", "nocheck");
                let mut form = Vec::new();
                for (field, value) in [("minorEdit", "true"), ("comment", "Published by Casebook")]
                {
                    form.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes());
                }
                form.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {}\r\n\r\n", media_type(name)).bytes());
                form.extend_from_slice(bytes);
                form.extend(format!("\r\n--{boundary}--\r\n").bytes());
                let request = builder.body(form).map_err(never)?;
                self.agent.run(within(&self.agent, request, left))
            }
        };
        let mut answer = answer.map_err(|error| match error.to_string() {
            reason if matches!(error, ureq::Error::HostNotFound | ureq::Error::BadUri(_)) => {
                ClientError::Hopeless { request: request.clone(), reason }
            }
            // The library has no kind of its own for this.
            reason if reason.contains("invalid peer certificate") => {
                ClientError::Untrusted { reason }
            }
            reason => network(reason),
        })?;
        let wait = answer.headers().get("Retry-After").and_then(|value| value.to_str().ok());
        let wait = wait.and_then(|value| value.trim().parse().ok()).map(Duration::from_secs);
        let status = answer.status().as_u16();
        let text = answer
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_string()
            .map_err(|error| network(error.to_string()))?;
        Ok((status, wait, self.veiled(&text)))
    }

    /// The time that is left for a request.
    fn left(&self, request: &str) -> Result<Duration, ClientError> {
        let Some(deadline) = self.deadline else { return Ok(SLOWEST) };
        match deadline.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Ok(left.min(SLOWEST)),
            _ => Err(ClientError::Late { request: request.into() }),
        }
    }

    /// Waits before the next try, when there is time for it.
    fn wait(&self, request: &str, time: Duration) -> Result<(), ClientError> {
        if self.deadline.is_some_and(|deadline| Instant::now() + time >= deadline) {
            return Err(ClientError::Late { request: request.into() });
        }
        (self.pause)(time);
        Ok(())
    }

    /// A text of the wiki without the token, should the wiki say it back to us.
    fn veiled(&self, text: &str) -> String {
        let credentials = self.authorization.split_once(' ').map_or("", |(_, secret)| secret);
        [credentials, &self.token]
            .into_iter()
            .filter(|secret| !secret.is_empty())
            .fold(text.to_string(), |text, secret| text.replace(secret, "[token]"))
    }

    /// A request that is tried again while the wiki is busy; `again` also where it may
    /// have been done already.
    fn send(
        &self,
        method: &str,
        path: &str,
        body: &Body<'_>,
        again: bool,
    ) -> Result<Value, ClientError> {
        let request = || format!("{method} {}", path.split('?').next().unwrap_or(path));
        let mut tries = 0;
        loop {
            tries += 1;
            let last = tries >= TRIES;
            let usual = Duration::from_secs(1 << tries.min(6));
            match self.once(method, path, body) {
                Ok((status, _, text)) if (200..300).contains(&status) => {
                    if text.trim().is_empty() {
                        return Ok(Value::Null);
                    }
                    return serde_json::from_str(&text).map_err(|error| ClientError::Answer {
                        request: request(),
                        reason: error.to_string(),
                    });
                }
                Ok((status, wait, _)) if !last && (status == 429 || (again && status >= 500)) => {
                    self.wait(&request(), wait.unwrap_or(usual).min(LONGEST_WAIT))?;
                }
                Ok((status, _, text)) => {
                    return Err(ClientError::Refused {
                        request: request(),
                        status,
                        words: self.veiled(&words(&text)),
                    });
                }
                Err(ClientError::Network { .. }) if again && !last => {
                    self.wait(&request(), usual)?;
                }
                Err(error) => return Err(error),
            }
        }
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
            match self.send("POST", path, &Body::Json(value.clone()), false) {
                Ok(value) => return self.remote(&value, path),
                Err(error) if error.is_open() && tries < TRIES => {
                    self.wait(path, Duration::from_secs(1 << tries.min(6)))?;
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
        let version = json!({"number": page.version + 1, "message": draft.message});
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
        match self.send("PUT", &path, &Body::Json(value), true) {
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
        self.send("POST", &path, &Body::Json(Value::from(all)), true).map(drop)
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
        let mut tries = 0;
        loop {
            tries += 1;
            let found = self.get(&format!("{list}?filename={name}"))?.unwrap_or_default();
            let known = found.pointer("/results/0/id").and_then(Value::as_str).map(str::to_string);
            let path = match known {
                Some(known) => format!("{list}/{known}/data"),
                None => list.clone(),
            };
            match self.send("POST", &path, &Body::File { name, bytes }, false) {
                Err(error) if error.is_open() && tries < TRIES => {
                    self.wait(&path, Duration::from_secs(1 << tries.min(6)))?;
                }
                result => return result.map(drop),
            }
        }
    }
}

/// A request with a time of its own.
fn within<B: ureq::AsSendBody>(
    agent: &ureq::Agent,
    request: ureq::http::Request<B>,
    left: Duration,
) -> ureq::http::Request<B> {
    agent.configure_request(request).timeout_global(Some(left)).build()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
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
