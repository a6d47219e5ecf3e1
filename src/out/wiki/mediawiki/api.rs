//! MediaWiki's own interface, `api.php`, as the owner of a bot password.

use crate::out::wiki::net::{Access, Address, Body, ClientError, Http, TRIES};
use crate::out::wiki::publish::{Current, Stand};
use crate::out::wiki::remote::{Known, MARK, Remote, Written};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

/// So many pages are asked for at once; more only with rights that few have.
const AT_ONCE: usize = 50;

/// So many versions of a page are looked through for one of ours.
const VERSIONS: &str = "100";

/// A wiki, signed in to.
pub struct Api<'c> {
    http: Http<'c>,
    token: RefCell<String>,
    /// The account that a bot password belongs to.
    user: String,
    /// The tag of changes, where one is wanted.
    tag: Option<String>,
}

type Parameters<'p> = Vec<(&'p str, &'p str)>;

impl<'c> Api<'c> {
    /// Signs in. The address is that of `api.php`; the user is `Name@botname`.
    ///
    /// # Errors
    /// When the address would send the password in clear, or the wiki does not let us in.
    pub fn new(
        access: &Access<'_>,
        tag: Option<&str>,
        pause: &'c dyn Fn(Duration),
    ) -> Result<Api<'c>, String> {
        let user = access.user.unwrap_or_default();
        let base = Address::parse(access.url)?.text();
        if !base.ends_with(".php") {
            return Err(format!(
                "`{base}` is not the address of api.php; the page Special:Version of the wiki tells it"
            ));
        }
        let http = Http::new(access, base, Vec::new(), pause)?;
        let owner = user.rsplit_once('@').map_or(user, |(owner, _)| owner);
        let owner = super::titles::normal(owner);
        let api =
            Api { http, token: RefCell::default(), user: owner, tag: tag.map(str::to_string) };
        api.sign_in(user, access.token).map_err(|error| error.to_string())?;
        Ok(api)
    }

    fn sign_in(&self, user: &str, password: &str) -> Result<(), ClientError> {
        let token = self.fetch_token("login")?;
        let answer = self.ask(vec![
            ("action", "login"),
            ("lgname", user),
            ("lgpassword", password),
            ("lgtoken", &token),
        ])?;
        if answer.pointer("/login/result").and_then(Value::as_str) != Some("Success") {
            let words = answer.pointer("/login/reason").and_then(Value::as_str);
            return Err(ClientError::Refused {
                request: "login".into(),
                status: 401,
                words: words.unwrap_or("the bot password is not taken").to_string(),
            });
        }
        *self.token.borrow_mut() = self.fetch_token("csrf")?;
        Ok(())
    }

    fn fetch_token(&self, kind: &str) -> Result<String, ClientError> {
        let answer = self.ask(vec![("action", "query"), ("meta", "tokens"), ("type", kind)])?;
        let token = answer.pointer(&format!("/query/tokens/{kind}token")).and_then(Value::as_str);
        token.map(str::to_string).ok_or_else(|| ClientError::Answer {
            request: "tokens".into(),
            reason: format!("there is no {kind} token"),
        })
    }

    /// A question. It is sent as a form, since a list of titles is long.
    fn ask(&self, mut parameters: Parameters<'_>) -> Result<Value, ClientError> {
        parameters.extend([("format", "json"), ("formatversion", "2")]);
        let action = parameters.first().map_or("", |(_, action)| *action).to_string();
        let text = self.http.send("POST", "", &Body::Form(parameters), true, words)?;
        read(&action, &text)
    }

    /// A change.
    fn act(&self, parameters: &[(&str, &str)]) -> Result<Value, ClientError> {
        let token = self.token.borrow().clone();
        let mut all: Parameters<'_> = parameters.to_vec();
        all.extend(self.tag.iter().map(|tag| ("tags", tag.as_str())));
        all.extend([("assert", "user"), ("token", token.as_str())]);
        self.patiently(|| self.ask(all.clone()))
    }

    /// Tries again where the wiki wants fewer changes in a minute, or takes none just now.
    fn patiently(
        &self,
        act: impl Fn() -> Result<Value, ClientError>,
    ) -> Result<Value, ClientError> {
        for tries in 1..TRIES {
            match act() {
                Err(error) if matches!(code(&error), "ratelimited" | "readonly" | "maxlag") => {
                    self.http.wait("a change", Duration::from_secs(15 * u64::from(tries)))?;
                }
                answer => return answer,
            }
        }
        act()
    }

    /// All answers to a question that is answered in parts.
    fn query(&self, parameters: &Parameters<'_>) -> Result<Vec<Value>, ClientError> {
        let mut out = Vec::new();
        let mut more: Vec<(String, String)> = Vec::new();
        loop {
            let mut asked: Parameters<'_> = vec![("action", "query")];
            asked.extend(parameters.iter().copied());
            asked.extend(more.iter().map(|(key, value)| (key.as_str(), value.as_str())));
            let mut answer = self.ask(asked)?;
            let next = answer.get_mut("continue").map(Value::take);
            out.push(answer);
            let Some(Value::Object(next)) = next.filter(|_| out.len() < 1000) else {
                return Ok(out);
            };
            let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_string);
            more = next.iter().map(|(key, value)| (key.clone(), text(value))).collect();
        }
    }

    fn is_ours(&self, revision: &Value) -> bool {
        let text = |key: &str| revision.get(key).and_then(Value::as_str).unwrap_or("");
        text("comment").starts_with(MARK) && text("user") == self.user
    }

    fn read_some(&self, names: &[String], current: &mut Current) -> Result<(), ClientError> {
        let titles = names.join("|");
        let answers = self.query(&vec![
            ("prop", "revisions"),
            ("rvprop", "ids|user|comment|content"),
            ("rvslots", "main"),
            ("titles", &titles),
        ])?;
        for answer in &answers {
            // The wiki may write names otherwise: in its own language, or with a capital.
            let list = |pointer: &str| answer.pointer(pointer).and_then(Value::as_array);
            let pairs = list("/query/normalized").into_iter().flatten();
            let asked = |title: &str| {
                let mut pairs = pairs.clone();
                let own = pairs.find(|pair| pair.get("to").and_then(Value::as_str) == Some(title));
                own.and_then(|pair| pair.get("from")?.as_str()).unwrap_or(title).to_string()
            };
            for page in list("/query/pages").into_iter().flatten() {
                let (Some(title), Some(revision)) =
                    (page.get("title").and_then(Value::as_str), page.pointer("/revisions/0"))
                else {
                    continue;
                };
                let text = content(revision).unwrap_or_default();
                let published = self.is_ours(revision).then(|| text.clone());
                let id = revision.get("revid").map(Value::to_string).unwrap_or_default();
                current.insert(asked(title), Stand { text, published, revision: id });
            }
        }
        Ok(())
    }
}

fn content(revision: &Value) -> Option<String> {
    Some(revision.pointer("/slots/main/content")?.as_str()?.to_string())
}

/// An answer, where it is no refusal: those come with 200 as well.
fn read(action: &str, text: &str) -> Result<Value, ClientError> {
    let value: Value = serde_json::from_str(text).map_err(|error| ClientError::Answer {
        request: action.into(),
        reason: format!("it is no JSON ({error}); is this the address of api.php?"),
    })?;
    let Some(error) = value.get("error") else { return Ok(value) };
    let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or("").to_string();
    let status = match text("code").as_str() {
        "assertuserfailed" | "badtoken" => 401,
        "readonly" | "ratelimited" | "maxlag" => 503,
        "permissiondenied" | "protectedpage" | "cantcreate" => 403,
        _ => 400,
    };
    let words = format!("{} ({})", text("info"), text("code"));
    Err(ClientError::Refused { request: action.into(), status, words })
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// The code of a refusal.
fn code(error: &ClientError) -> &str {
    match error {
        ClientError::Refused { words, .. } => {
            words.rsplit_once('(').map_or("", |(_, code)| code.trim_end_matches(')'))
        }
        _ => "",
    }
}

impl Remote for Api<'_> {
    fn read(&self, names: &[String], _: &Known<'_>) -> Result<Current, ClientError> {
        let mut current = Current::new();
        for some in names.chunks(AT_ONCE) {
            self.read_some(some, &mut current)?;
        }
        Ok(current)
    }

    fn published(&self, name: &str) -> Result<Option<String>, ClientError> {
        let of = |more: &[(&'static str, &str)]| -> Result<Vec<Value>, ClientError> {
            let mut parameters: Parameters<'_> = vec![("prop", "revisions"), ("titles", name)];
            parameters.extend(more.iter().copied());
            let answer = self.ask([vec![("action", "query")], parameters].concat())?;
            let found = answer.pointer("/query/pages/0/revisions").and_then(Value::as_array);
            Ok(found.cloned().unwrap_or_default())
        };
        let all = of(&[("rvprop", "ids|user|comment"), ("rvlimit", VERSIONS)])?;
        let own = all.iter().find(|revision| self.is_ours(revision));
        let Some(id) = own.and_then(|revision| revision.get("revid")).map(Value::to_string) else {
            return Ok(None);
        };
        let text = of(&[
            ("rvprop", "content"),
            ("rvslots", "main"),
            ("rvstartid", &id),
            ("rvlimit", "1"),
        ])?;
        Ok(text.first().and_then(content))
    }

    fn write(&self, name: &str, text: &str, over: Option<&Stand>) -> Result<Written, ClientError> {
        let summary = format!("{MARK}{}", crate::out::wiki::hash(text));
        let mut parameters: Parameters<'_> = vec![
            ("action", "edit"),
            ("title", name),
            ("text", text),
            ("summary", &summary),
            ("bot", "1"),
            ("watchlist", "nochange"),
        ];
        parameters.push(match over {
            Some(stand) => ("baserevid", &stand.revision),
            None => ("createonly", "1"),
        });
        let answer = self.act(&parameters);
        let answer = answer.map_err(|error| match code(&error) {
            "editconflict" | "articleexists" | "pagedeleted" => {
                ClientError::Conflict { name: name.to_string() }
            }
            _ => error,
        })?;
        if answer.pointer("/edit/result").and_then(Value::as_str) != Some("Success") {
            let words = answer.get("edit").map(Value::to_string).unwrap_or_default();
            return Err(ClientError::Refused { request: "edit".into(), status: 400, words });
        }
        let id = answer.pointer("/edit/newrevid").map(Value::to_string);
        Ok(id.or_else(|| over.map(|stand| stand.revision.clone())).unwrap_or_default().into())
    }

    fn rename(&self, from: &str, to: &str) -> Result<bool, ClientError> {
        let reason = format!("{MARK}{to}");
        let answer = self.act(&[
            ("action", "move"),
            ("from", from),
            ("to", to),
            ("reason", &reason),
            ("movetalk", "1"),
        ]);
        match answer {
            Ok(_) => Ok(true),
            // Without the right to move, the page is made anew.
            Err(error) if matches!(code(&error), "cantmove" | "cantmove-anon") => Ok(false),
            Err(error) if code(&error) == "articleexists" => {
                Err(ClientError::Conflict { name: to.to_string() })
            }
            Err(error) => Err(error),
        }
    }

    fn finish(&self, names: &[String]) -> Result<(), ClientError> {
        for some in names.chunks(AT_ONCE) {
            let titles = some.join("|");
            self.ask(vec![("action", "purge"), ("forcelinkupdate", "1"), ("titles", &titles)])?;
        }
        Ok(())
    }

    fn missing(&self, names: &[String]) -> Result<BTreeSet<String>, ClientError> {
        let mut missing = BTreeSet::new();
        for some in names.chunks(AT_ONCE) {
            let titles: Vec<String> = some.iter().map(|name| format!("File:{name}")).collect();
            let titles = titles.join("|");
            let answers =
                self.query(&vec![("prop", "imageinfo"), ("iiprop", "sha1"), ("titles", &titles)])?;
            let mut there = BTreeSet::new();
            for answer in &answers {
                let pages = answer.pointer("/query/pages").and_then(Value::as_array);
                for page in pages.into_iter().flatten().filter(|p| p.get("imageinfo").is_some()) {
                    let title = page.get("title").and_then(Value::as_str).unwrap_or("");
                    there.extend(title.split_once(':').map(|(_, name)| name.replace(' ', "_")));
                }
            }
            let here = |name: &&String| !there.contains(&name.replace(' ', "_"));
            missing.extend(some.iter().filter(here).cloned());
        }
        Ok(missing)
    }

    fn upload(&self, name: &str, bytes: &[u8]) -> Result<(), ClientError> {
        let token = self.token.borrow().clone();
        let fields = [
            ("action", "upload"),
            ("format", "json"),
            ("formatversion", "2"),
            ("filename", name),
            ("comment", "Casebook"),
            // The same picture under two names is no fault.
            ("ignorewarnings", "1"),
            ("assert", "user"),
            ("token", &token),
        ];
        let file = Body::File { fields: &fields, field: "file", name, bytes };
        let answer =
            self.patiently(|| read("upload", &self.http.send("POST", "", &file, true, words)?));
        match answer {
            // It is there: an answer was lost.
            Err(error) if code(&error) == "fileexists-no-change" => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }
}
