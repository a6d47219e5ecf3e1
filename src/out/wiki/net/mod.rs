//! Requests to a wiki: sent where they should go and nowhere else, again while the wiki is
//! busy, and never with the password in a message.

mod address;
mod error;
mod exchange;
#[cfg_attr(not(feature = "publish"), path = "no_wire.rs")]
mod wire;

pub use address::Address;
pub use error::ClientError;

use crate::text::media::media_type;
use exchange::{Request, WireError};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use wire::Wire;

/// How often something is tried.
pub(super) const TRIES: u32 = 6;

/// The slowest answer.
const SLOWEST: Duration = Duration::from_secs(90);

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// How to reach a wiki.
#[derive(Debug, Clone, Copy)]
pub struct Access<'a> {
    /// Its address.
    pub url: &'a str,
    /// Whom it knows us as.
    pub user: Option<&'a str>,
    /// The token or password.
    pub token: &'a str,
    /// Who vouches for the wiki, as PEM; else the authorities that browsers know.
    pub ca_certificate: Option<&'a [u8]>,
    /// How long all requests together may take.
    pub patience: Option<Duration>,
}

/// What a request holds.
pub(super) enum Body<'b> {
    None,
    Json(String),
    Xml(String),
    /// Bytes and their type.
    Typed(&'b str, Vec<u8>),
    Form(Vec<(&'b str, &'b str)>),
    /// Fields, then a file: its field, its name, its bytes.
    File {
        fields: &'b [(&'b str, &'b str)],
        field: &'b str,
        name: &'b str,
        bytes: &'b [u8],
    },
}

impl Body<'_> {
    /// The type and the bytes.
    fn encoded(&self) -> Option<(String, Vec<u8>)> {
        match self {
            Body::None => None,
            Body::Json(text) => Some(("application/json".into(), text.clone().into_bytes())),
            Body::Xml(text) => Some(("text/xml; charset=utf-8".into(), text.clone().into_bytes())),
            Body::Typed(kind, bytes) => Some(((*kind).to_string(), bytes.clone())),
            Body::Form(fields) => {
                let encode = |text: &str| {
                    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                        .to_string()
                };
                let pairs = fields.iter().map(|(key, value)| format!("{key}={}", encode(value)));
                let form = pairs.collect::<Vec<_>>().join("&");
                Some(("application/x-www-form-urlencoded".into(), form.into_bytes()))
            }
            Body::File { fields, field, name, bytes } => {
                // A line of the file cannot be this one.
                let boundary = format!("casebook-{}", blake3::hash(bytes).to_hex());
                let mut form = Vec::new();
                for (field, value) in *fields {
                    form.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes());
                }
                form.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {}\r\n\r\n", media_type(name)).bytes());
                form.extend_from_slice(bytes);
                form.extend(format!("\r\n--{boundary}--\r\n").bytes());
                Some((format!("multipart/form-data; boundary={boundary}"), form))
            }
        }
    }
}

/// The way to a wiki.
pub(super) struct Http<'c> {
    /// Its address, without `/` at the end.
    base: String,
    headers: Vec<(&'static str, String)>,
    /// What no message may show.
    secrets: Vec<String>,
    cookies: RefCell<BTreeMap<String, String>>,
    /// When all must be done.
    deadline: Option<Instant>,
    wire: Wire,
    pause: &'c dyn Fn(Duration),
}

impl<'c> Http<'c> {
    /// A way to an address; `headers` go with each request, `pause` waits.
    ///
    /// # Errors
    /// When the address would send the password in clear, or a certificate cannot be read.
    pub fn new(
        access: &Access<'_>,
        base: String,
        headers: Vec<(&'static str, String)>,
        pause: &'c dyn Fn(Duration),
    ) -> Result<Http<'c>, String> {
        if access.token.is_empty() || !access.token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the token or password holds a blank, or a character that none has".into());
        }
        let credentials = headers.iter().filter(|(name, _)| *name == "Authorization");
        let credentials = credentials.filter_map(|(_, value)| value.split_once(' '));
        let mut secrets: Vec<String> = credentials.map(|(_, secret)| secret.to_string()).collect();
        secrets.push(access.token.to_string());
        Ok(Http {
            base,
            headers,
            secrets,
            cookies: RefCell::default(),
            deadline: access.patience.map(|patience| Instant::now() + patience),
            wire: Wire::new(access.ca_certificate)?,
            pause,
        })
    }

    /// One request and its answer.
    fn once(
        &self,
        method: &str,
        path: &str,
        body: &Body<'_>,
    ) -> Result<(u16, Option<Duration>, String), ClientError> {
        let request = self.veiled(&format!("{method} {path}"));
        let mut headers = vec![("Accept", "application/json, text/xml".to_string())];
        headers.extend(self.headers.iter().cloned());
        headers.extend(self.cookies().map(|cookies| ("Cookie", cookies)));
        let sent = self.wire.send(Request {
            method,
            url: format!("{}{path}", self.base),
            headers,
            body: body.encoded(),
            patience: self.left(&request)?,
        });
        let answer = sent.map_err(|error| self.told(request, error))?;
        self.take_cookies(&answer.cookies);
        Ok((answer.status, answer.wait, self.veiled(&answer.text)))
    }

    /// An error of the network with the request it belongs to.
    fn told(&self, request: String, error: WireError) -> ClientError {
        match error {
            WireError::Hopeless(reason) => {
                ClientError::Hopeless { request, reason: self.veiled(&reason) }
            }
            WireError::Network(reason) => {
                ClientError::Network { request, reason: self.veiled(&reason) }
            }
            WireError::Untrusted(reason) => ClientError::Untrusted { reason },
        }
    }

    /// What the wiki knows us by.
    fn cookies(&self) -> Option<String> {
        let cookies = self.cookies.borrow();
        let pairs: Vec<String> = cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Keeps what the wiki wants to know us by.
    fn take_cookies(&self, all: &[String]) {
        let pairs = all.iter().filter_map(|value| value.split(';').next()?.split_once('='));
        let mut cookies = self.cookies.borrow_mut();
        for (name, value) in pairs {
            cookies.insert(name.trim().to_string(), value.trim().to_string());
        }
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
    pub fn wait(&self, request: &str, time: Duration) -> Result<(), ClientError> {
        if self.deadline.is_some_and(|deadline| Instant::now() + time >= deadline) {
            return Err(ClientError::Late { request: request.into() });
        }
        (self.pause)(time);
        Ok(())
    }

    /// A text of the wiki without the password, should the wiki say it back to us.
    fn veiled(&self, text: &str) -> String {
        self.secrets
            .iter()
            .filter(|secret| !secret.is_empty())
            .fold(text.to_string(), |text, secret| text.replace(secret, "[token]"))
    }

    /// A request that is tried again while the wiki is busy; `again` also where it may
    /// have been done already. `words` finds what the wiki says in an answer that refuses.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        body: &Body<'_>,
        again: bool,
        words: fn(&str) -> String,
    ) -> Result<String, ClientError> {
        let request = || format!("{method} {}", path.split('?').next().unwrap_or(path));
        let mut tries = 0;
        loop {
            tries += 1;
            let last = tries >= TRIES;
            let usual = Duration::from_secs(1 << tries.min(6));
            match self.once(method, path, body) {
                Ok((status, _, text)) if (200..300).contains(&status) => return Ok(text),
                Ok((status, wait, _)) if !last && (status == 429 || (again && status >= 500)) => {
                    self.wait(&request(), wait.unwrap_or(usual).min(LONGEST_WAIT))?;
                }
                Ok((status, _, text)) => {
                    return Err(ClientError::Refused {
                        request: request(),
                        status,
                        words: words(&text),
                    });
                }
                Err(ClientError::Network { .. }) if again && !last => {
                    self.wait(&request(), usual)?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
