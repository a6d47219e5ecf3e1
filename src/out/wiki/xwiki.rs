//! XWiki: pages in the syntax XWiki 2.1, over the REST interface.
//!
//! Sources: "The XWiki RESTful API" and `xwiki.rest.model.xsd`. XWiki keeps texts as they are
//! sent, and the comment of each version says which are ours.

mod text;

use super::document::{Book, Diagram, Page, Role};
use super::links;
use super::names::{Name, beside_path};
use super::net::{Access, Address, Body, ClientError, Http};
use super::picture::{self, PictureError, png_name, with_digest};
use super::publish::{Current, Publication, Stand};
use super::remote::{Known, MARK, Remote, Written};
use super::target::{Context, Extra, Target};
use crate::book::page::slug;
use crate::text::base64;
use crate::text::markup::escaped;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;
use text::Writer;

/// So many pages are asked for at once.
const AT_ONCE: usize = 500;

/// XWiki as a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct XWiki {
    /// The space of all pages: `Casebook`.
    pub space: String,
}

/// The space that a book's title makes.
pub fn space(title: &str) -> String {
    part(title)
}

/// A part of a reference: letters, digits and hyphens, so that nothing has to be escaped.
fn part(word: &str) -> String {
    slug(&deunicode::deunicode(word)).replace('_', "-")
}

impl XWiki {
    fn reference(&self, path: &str) -> String {
        let mut out = self.space.clone();
        for word in path.split('/').filter(|word| !word.is_empty()) {
            let _ = write!(out, ".{}", part(word));
        }
        out + ".WebHome"
    }

    fn home(&self) -> String {
        self.reference("")
    }
}

impl Target for XWiki {
    fn name(&self) -> &'static str {
        "xwiki"
    }

    fn title(&self) -> &'static str {
        "XWiki"
    }

    fn page_name(&self, _book: &Book, page: &Page, beside: Option<&str>) -> Result<Name, String> {
        let path = page.url.trim_end_matches(".html");
        let path = path.strip_suffix("index").unwrap_or(path).trim_end_matches('/');
        let name = self.reference(&beside_path(path, beside));
        match name.len() > 700 {
            true => Err("its name has more than 700 characters".into()),
            false => Ok(name.into()),
        }
    }

    fn file_name(&self, book: &Book, url: &str) -> Result<String, String> {
        let name = png_name(url);
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "bin"));
        let stem: Vec<String> = stem.split('/').map(part).collect();
        let bytes = book.files.get(url).map(|file| file.bytes.as_slice()).unwrap_or_default();
        Ok(with_digest(&stem.join("-"), &part(ending), bytes))
    }

    fn diagram_name(&self, _book: &Book, diagram: &Diagram) -> String {
        with_digest(&part(&diagram.name), "png", diagram.svg.as_bytes())
    }

    fn fold(&self, name: &str) -> String {
        name.to_lowercase()
    }

    /// Former IDs, beside the page.
    fn other_names(&self, _book: &Book, page: &Page) -> Vec<String> {
        let folder = page.url.rsplit_once('/').map_or("", |(folder, _)| folder);
        page.aliases.iter().map(|alias| self.reference(&format!("{folder}/{alias}"))).collect()
    }

    fn redirect(&self, book: &Book, to: &str) -> Option<String> {
        let words = book.text.fill("moved_to", &[("link", &format!("[[doc:{to}]]"))]);
        Some(format!("# {}\n\n{words}\n", book.text.get("moved")))
    }

    fn render(&self, page: &Page, context: &Context<'_>) -> String {
        let home = self.home();
        let writer = Writer { context, home: &home };
        let words = &context.book.text;
        let link = |page: &Page| {
            let name = context.names.pages.get(&page.url)?;
            Some(format!("[[{}>>doc:{name}]]", text::escaped(&page.title)))
        };
        let mut parts = vec![format!("# {}", title(page))];
        let way: Vec<String> = context.way(page).into_iter().filter_map(link).collect();
        parts.push(way.join(" › "));
        parts.push(writer.blocks(&page.blocks));
        let steps: Vec<String> = context
            .steps(page)
            .into_iter()
            .filter_map(|(key, other)| Some(format!("{}~: {}", words.get(key), link(other)?)))
            .collect();
        if !steps.is_empty() {
            parts.push(format!("----\n\n{}", steps.join(" · ")));
        }
        if let Some(address) = context.home_of(page) {
            parts.push(format!(
                "----\n\n[[{}>>url:{address}]]",
                text::escaped(words.get("search_on_site"))
            ));
        }
        parts.push(format!(
            "(% class=\"small\" %)\n{}",
            text::escaped(words.get("edit_the_sources"))
        ));
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n") + "\n"
    }

    fn extras(&self, _context: &Context<'_>) -> Vec<Extra> {
        Vec::new()
    }

    fn pack(
        &self,
        publication: &Publication<'_>,
        _before: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<BTreeMap<String, Vec<u8>>, PictureError> {
        let page = |name: &str| format!("pages/{}.txt", name.replace('.', "/"));
        let sheets = publication.sheets.iter();
        let mut files: BTreeMap<String, Vec<u8>> =
            sheets.map(|sheet| (page(&sheet.name), sheet.text.clone().into_bytes())).collect();
        for source in picture::all(publication.book, publication.names, false)? {
            files.insert(format!("files/{}", source.name), source.draw()?);
        }
        Ok(files)
    }
}

/// What a page is called. XWiki runs titles of people who may write scripts, so the signs that
/// begin a script have others in their place.
fn title(page: &Page) -> String {
    let id = page.id.as_ref().filter(|_| page.role == Role::Own);
    let title = id.map_or_else(|| page.title.clone(), |id| format!("{id} {}", page.title));
    let title: Vec<&str> = title.split_whitespace().collect();
    title.join(" ").replace('#', "♯").replace('$', "＄").chars().take(250).collect()
}

/// A wiki.
pub struct Api<'c> {
    http: Http<'c>,
    /// Its name in a farm of wikis; `xwiki` is the main one.
    wiki: String,
    home: String,
}

impl<'c> Api<'c> {
    /// A wiki, by the address of its folder: `https://wiki.example.com/xwiki`.
    ///
    /// # Errors
    /// When the address would send the password in clear, or the wiki does not let us in.
    pub fn new(
        access: &Access<'_>,
        wiki: &str,
        target: &XWiki,
        pause: &'c dyn Fn(Duration),
    ) -> Result<Api<'c>, String> {
        let base = Address::parse(access.url)?.text();
        let base = base.trim_end_matches("/rest").to_string();
        let user = access.user.unwrap_or_default();
        let secret = base64::encode(format!("{user}:{}", access.token).as_bytes());
        let headers = vec![("Authorization", format!("Basic {secret}"))];
        let http = Http::new(access, base, headers, pause)?;
        let api = Api { http, wiki: wiki.to_string(), home: target.home() };
        // A wrong password is told here, and not by the first page.
        api.get(&format!("/rest/wikis/{}", api.wiki)).map_err(|error| error.to_string())?;
        Ok(api)
    }

    /// The address of a page: `Casebook.Threats.WebHome`.
    fn path(&self, name: &str) -> String {
        let mut parts: Vec<&str> = name.split('.').collect();
        let page = parts.pop().unwrap_or("WebHome");
        let spaces: String = parts.iter().map(|space| format!("/spaces/{space}")).collect();
        format!("/rest/wikis/{}{spaces}/pages/{page}", self.wiki)
    }

    fn get(&self, path: &str) -> Result<Option<Value>, ClientError> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{joint}media=json");
        match self.http.send("GET", &path, &Body::None, true, words) {
            Err(ClientError::Refused { status: 404, .. }) => Ok(None),
            answer => {
                serde_json::from_str(&answer?).map(Some).map_err(|error| ClientError::Answer {
                    request: path,
                    reason: format!("it is no JSON ({error}); is this the address of XWiki?"),
                })
            }
        }
    }

    /// The versions of all pages of the space, in few requests. What the search does not tell
    /// is asked page by page.
    fn versions(&self) -> Result<BTreeMap<String, String>, ClientError> {
        let space = self.home.trim_end_matches("WebHome");
        let query = format!("where doc.fullName like '{space}%' order by doc.fullName");
        let query = utf8_percent_encode(&query, NON_ALPHANUMERIC).to_string();
        let mut out = BTreeMap::new();
        for start in (0..).step_by(AT_ONCE) {
            let path = format!("/rest/wikis/{}/query", self.wiki);
            let path = format!("{path}?type=xwql&q={query}&number={AT_ONCE}&start={start}");
            let Some(answer) = self.get(&path)? else { break };
            let some = answer["searchResults"].as_array().cloned().unwrap_or_default();
            let pair = |one: &Value| {
                let name = one["pageFullName"].as_str()?.to_string();
                Some((name, one["version"].as_str()?.to_string()))
            };
            out.extend(some.iter().filter_map(pair));
            if some.len() < AT_ONCE {
                break;
            }
        }
        Ok(out)
    }

    /// A page as it is now, or was in a version; `None` where there is none.
    fn stand(&self, path: &str) -> Result<Option<(String, Value)>, ClientError> {
        let Some(page) = self.get(path)? else { return Ok(None) };
        let text = |key: &str| page[key].as_str().unwrap_or("");
        // What holds files and nothing else has not been written yet.
        if text("content").trim().is_empty() {
            return Ok(None);
        }
        // The title as somebody wrote it, where that differs from the one that is shown.
        let raw = Some(text("rawTitle")).filter(|title| !title.is_empty());
        let joined = links::joined(raw.unwrap_or(text("title")), text("content"));
        Ok(Some((joined, page)))
    }
}

fn version(page: &Value) -> String {
    page["version"].as_str().unwrap_or_default().to_string()
}

fn words(text: &str) -> String {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // A page with an error is no sentence.
    if plain.starts_with('<') { String::new() } else { plain.chars().take(200).collect() }
}

impl Remote for Api<'_> {
    fn read(&self, names: &[String], known: &Known<'_>) -> Result<Current, ClientError> {
        let versions = if known.is_empty() { BTreeMap::new() } else { self.versions()? };
        let mut current = Current::new();
        for name in names {
            let same =
                |(seen, _): &&(&str, &str)| versions.get(name).map(String::as_str) == Some(*seen);
            if let Some((revision, text)) = known.get(name.as_str()).filter(same) {
                let stand = Stand::from((*text).to_string());
                current.insert(name.clone(), Stand { revision: (*revision).to_string(), ..stand });
                continue;
            }
            let Some((text, page)) = self.stand(&self.path(name))? else { continue };
            let revision = version(&page);
            let same = known.get(name.as_str()).filter(|(seen, _)| *seen == revision);
            let text = same.map_or(text, |(_, known)| (*known).to_string());
            current.insert(name.clone(), Stand { text, published: None, revision });
        }
        Ok(current)
    }

    fn published(&self, name: &str) -> Result<Option<String>, ClientError> {
        let path = self.path(name);
        let Some(history) = self.get(&format!("{path}/history"))? else { return Ok(None) };
        let ours = |one: &&Value| one["comment"].as_str().is_some_and(|c| c.starts_with(MARK));
        let found = history["historySummaries"].as_array().into_iter().flatten().find(ours);
        let Some(version) = found.and_then(|one| one["version"].as_str()) else {
            return Ok(None);
        };
        Ok(self.stand(&format!("{path}/history/{version}"))?.map(|(text, _)| text))
    }

    fn write(&self, name: &str, text: &str, over: Option<&Stand>) -> Result<Written, ClientError> {
        let path = self.path(name);
        let there = self.stand(&path)?.map(|(_, page)| version(&page));
        if there != over.map(|stand| stand.revision.clone()) {
            return Err(ClientError::Conflict { name: name.to_string() });
        }
        let (title, body) = links::head(text);
        let comment = format!("{MARK}{}", super::hash(text));
        // The order of the elements is that of the schema.
        let page = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><page xmlns=\"http://www.xwiki.org\"><title>{}</title>\
             <syntax>xwiki/2.1</syntax><comment>{comment}</comment><content>{}</content></page>",
            escaped(title),
            escaped(body)
        );
        let minor = if over.is_some() { "?minorRevision=true" } else { "" };
        let put = format!("{path}{minor}");
        self.http.send(
            "PUT",
            &put,
            &Body::Typed("application/xml", page.into_bytes()),
            true,
            words,
        )?;
        let now = self.stand(&path)?.map(|(_, page)| version(&page));
        Ok(now.unwrap_or_default().into())
    }

    /// The interface has no such thing: a page of another name is another page.
    fn rename(&self, _: &str, _: &str) -> Result<bool, ClientError> {
        Ok(false)
    }

    fn missing(&self, names: &[String]) -> Result<BTreeSet<String>, ClientError> {
        let all = self.get(&format!("{}/attachments", self.path(&self.home)))?;
        let list = all.as_ref().and_then(|all| all["attachments"].as_array());
        let there: BTreeSet<&str> =
            list.into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
        Ok(names.iter().filter(|name| !there.contains(name.as_str())).cloned().collect())
    }

    fn upload(&self, name: &str, bytes: &[u8]) -> Result<(), ClientError> {
        let path = format!("{}/attachments/{name}", self.path(&self.home));
        let body = Body::Typed(crate::text::media::media_type(name), bytes.to_vec());
        self.http.send("PUT", &path, &body, true, words).map(drop)
    }
}
