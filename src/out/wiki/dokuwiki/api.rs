//! DokuWiki's own interface, `lib/exe/xmlrpc.php`: so its history, its recent changes and
//! its subscriptions know what was published.

use super::xmlrpc::{self, Parameter};
use crate::out::wiki::net::{Access, Address, Body, ClientError, Http};
use crate::out::wiki::publish::{Current, Stand};
use crate::out::wiki::remote::{Known, MARK, Remote, Written};
use crate::text::base64;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A wiki.
pub struct Api<'c> {
    http: Http<'c>,
    /// The namespace of all pages.
    namespace: String,
}

/// The path below the wiki's address.
const PATH: &str = "/lib/exe/xmlrpc.php";

impl<'c> Api<'c> {
    /// A wiki, by the address of its first page's folder.
    ///
    /// # Errors
    /// When the address would send the password in clear, or the wiki does not let us in.
    pub fn new(
        access: &Access<'_>,
        namespace: &str,
        pause: &'c dyn Fn(Duration),
    ) -> Result<Api<'c>, String> {
        let base = Address::parse(access.url)?.text();
        let base = base.trim_end_matches(PATH).trim_end_matches("/doku.php").to_string();
        let authorization = match access.user {
            Some(user) => {
                format!("Basic {}", base64::encode(format!("{user}:{}", access.token).as_bytes()))
            }
            None => format!("Bearer {}", access.token),
        };
        let http = Http::new(access, base, vec![("Authorization", authorization)], pause)?;
        let api = Api { http, namespace: namespace.to_string() };
        // A wrong password is told here, and not by the first page.
        api.call("dokuwiki.getVersion", &[], true).map_err(|error| {
            format!("{error}\nThe wiki's settings `remote` and `remoteuser` must let this user in")
        })?;
        Ok(api)
    }

    fn call(
        &self,
        method: &str,
        parameters: &[Parameter<'_>],
        again: bool,
    ) -> Result<Value, ClientError> {
        let body = Body::Xml(xmlrpc::call(method, parameters));
        let text = self.http.send("POST", PATH, &body, again, words)?;
        xmlrpc::answer(&text).map_err(|(code, words)| match code {
            0 => ClientError::Answer { request: method.into(), reason: words },
            code => ClientError::Refused {
                request: method.into(),
                status: if code < 0 { 401 } else { 400 },
                words: format!("{words} ({code})"),
            },
        })
    }

    /// All pages below the namespace, with the time of their last change.
    fn list(&self) -> Result<BTreeMap<String, String>, ClientError> {
        let options = Parameter::Struct(vec![("depth", json!(0))]);
        let all =
            self.call("dokuwiki.getPagelist", &[Parameter::Text(&self.namespace), options], true);
        let all = match all {
            // The namespace is not there yet.
            Err(ClientError::Refused { status: 400, .. }) => return Ok(BTreeMap::new()),
            all => all?,
        };
        let of = |page: &Value| {
            let revision = page.get("rev").or_else(|| page.get("mtime"))?;
            Some((page.get("id")?.as_str()?.to_string(), number(revision)))
        };
        Ok(all.as_array().into_iter().flatten().filter_map(of).collect())
    }

    fn revision(&self, name: &str) -> Result<Option<String>, ClientError> {
        match self.call("wiki.getPageInfo", &[Parameter::Text(name)], true) {
            Ok(info) => Ok(info.get("version").map(number)),
            Err(ClientError::Refused { status: 400, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn number(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

impl Remote for Api<'_> {
    fn read(&self, names: &[String], known: &Known<'_>) -> Result<Current, ClientError> {
        let there = self.list()?;
        let mut current = Current::new();
        for name in names {
            let Some(revision) = there.get(name) else { continue };
            let same = known.get(name.as_str()).filter(|(seen, _)| *seen == revision.as_str());
            let text = match same {
                Some((_, text)) => (*text).to_string(),
                None => {
                    let text = self.call("wiki.getPage", &[Parameter::Text(name)], true)?;
                    text.as_str().unwrap_or_default().replace("\r\n", "\n")
                }
            };
            let stand = Stand { text, published: None, revision: revision.clone() };
            current.insert(name.clone(), stand);
        }
        Ok(current)
    }

    fn published(&self, name: &str) -> Result<Option<String>, ClientError> {
        let versions = self.call(
            "wiki.getPageVersions",
            &[Parameter::Text(name), Parameter::Number(0)],
            true,
        )?;
        let ours = |version: &&Value| {
            let sum = version.get("sum").and_then(Value::as_str);
            sum.is_some_and(|sum| sum.starts_with(MARK))
        };
        let found = versions.as_array().into_iter().flatten().find(ours);
        let Some(version) = found.and_then(|version| version.get("version")) else {
            return Ok(None);
        };
        let version = number(version).parse().unwrap_or(0);
        let latest = self.revision(name)?.is_some_and(|now| now == version.to_string());
        let text = match latest {
            true => self.call("wiki.getPage", &[Parameter::Text(name)], true)?,
            false => self.call(
                "wiki.getPageVersion",
                &[Parameter::Text(name), Parameter::Number(version)],
                true,
            )?,
        };
        Ok(text.as_str().map(|text| text.replace("\r\n", "\n")))
    }

    fn write(&self, name: &str, text: &str, over: Option<&Stand>) -> Result<Written, ClientError> {
        if let Some(stand) = over
            && self.revision(name)?.is_none_or(|now| now != stand.revision)
        {
            return Err(ClientError::Conflict { name: name.to_string() });
        }
        let sum = format!("{MARK}{}", crate::out::wiki::hash(text));
        let about = vec![("sum", json!(sum)), ("minor", json!(over.is_some()))];
        let parameters = [Parameter::Text(name), Parameter::Text(text), Parameter::Struct(about)];
        self.call("wiki.putPage", &parameters, true)?;
        Ok(self.revision(name)?.unwrap_or_default().into())
    }

    /// DokuWiki has no such thing: a page of another name is another page.
    fn rename(&self, _: &str, _: &str) -> Result<bool, ClientError> {
        Ok(false)
    }

    fn missing(&self, names: &[String]) -> Result<BTreeSet<String>, ClientError> {
        let options = Parameter::Struct(vec![("depth", json!(0))]);
        let all =
            self.call("wiki.getAttachments", &[Parameter::Text(&self.namespace), options], true);
        let there: BTreeSet<String> = match all {
            Err(ClientError::Refused { status: 400, .. }) => BTreeSet::new(),
            all => {
                let id = |file: &Value| Some(file.get("id")?.as_str()?.to_string());
                all?.as_array().into_iter().flatten().filter_map(id).collect()
            }
        };
        Ok(names.iter().filter(|name| !there.contains(*name)).cloned().collect())
    }

    fn upload(&self, name: &str, bytes: &[u8]) -> Result<(), ClientError> {
        let over = Parameter::Struct(vec![("ow", json!(true))]);
        let parameters = [Parameter::Text(name), Parameter::Bytes(bytes), over];
        self.call("wiki.putAttachment", &parameters, true).map(drop)
    }
}
