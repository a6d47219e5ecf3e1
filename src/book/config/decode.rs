//! From the text of `book.toml` to a [`Config`], with a place for every complaint.

use super::{Config, HtmlPolicy, Language, Redirect};
use crate::book::entry::{Audience, Role, capital};
use crate::text::address::Address;
use crate::text::data::{Fields, Key, Node, Problem, parse_toml};
use crate::text::diagnostic::{CODES, Code, Diagnostic, Level, did_you_mean};
use crate::text::span::{Place, Span};
use std::sync::Arc;

/// What the address for feedback can tell of a page.
const FEEDBACK_GAPS: [&str; 4] = ["title", "url", "path", "id"];

/// Tables of mdBook that mean nothing here and are no mistake.
const MDBOOK_TABLES: [&str; 3] = ["output", "preprocessor", "rust"];

pub(super) struct Decoder {
    file: Arc<str>,
    found: Vec<Diagnostic>,
}

pub(super) fn decode(text: &str, default_src: &str) -> (Config, Vec<Diagnostic>) {
    let mut config = Config { src: default_src.to_string(), ..Config::default() };
    let mut decoder = Decoder { file: "book.toml".into(), found: Vec::new() };
    match parse_toml(text, 0) {
        Ok(root) => decoder.root(&root, &mut config),
        Err(error) => {
            let place = Place::new(&decoder.file, error.span);
            decoder.found.push(
                Diagnostic::new(Code::BadConfig, place, "book.toml is not valid TOML")
                    .label(error.message)
                    .maybe_help(error.help),
            );
        }
    }
    (config, decoder.found)
}

impl Decoder {
    pub(super) fn bad(&mut self, code: Code, span: Span, message: String, help: Option<String>) {
        let place = Place::new(&self.file, span);
        self.found.push(Diagnostic::new(code, place, message).maybe_help(help));
    }

    pub(super) fn finish(&mut self, fields: Fields<'_>, table: &str) {
        for problem in fields.finish() {
            self.problem(problem, table);
        }
    }

    fn problem(&mut self, problem: Problem, table: &str) {
        match problem {
            Problem::UnknownKey { key, known } => self.bad(
                Code::UnknownKey,
                key.span.clone(),
                format!("unknown key `{}` in [{table}]", key.name),
                did_you_mean(&key.name, known.iter().copied())
                    .or_else(|| Some(format!("known keys: {}", known.join(", ")))),
            ),
            Problem::WrongType { key, wanted, found, span } => {
                let message = match key.as_str() {
                    "" => format!("[{table}] takes {wanted}, not {found}"),
                    key => format!("`{key}` in [{table}] takes {wanted}, not {found}"),
                };
                self.bad(Code::WrongType, span, message, None)
            }
        }
    }

    pub(super) fn table<'n>(&mut self, node: &'n Node, table: &str) -> Option<Fields<'n>> {
        match Fields::new(node) {
            Ok(fields) => Some(fields),
            Err(problem) => {
                self.problem(problem, table);
                None
            }
        }
    }

    fn root(&mut self, root: &Node, config: &mut Config) {
        let Some(mut fields) = self.table(root, "book.toml") else { return };
        let mut out = None;
        for name in MDBOOK_TABLES {
            fields.node(name);
        }
        if let Some(html) = root_path(root, &["output", "html"]) {
            self.mdbook_html(html, config);
        }
        if let Some(node) = fields.node("book") {
            self.book(node, config);
        }
        for (key, node) in fields.table("languages") {
            self.language(key, node, config);
        }
        if let Some(node) = fields.node("build")
            && let Some(mut build) = self.table(node, "build")
        {
            // mdBook's other build keys are no mistake.
            for name in ["create-missing", "use-default-preprocessors", "extra-watch-dirs"] {
                build.node(name);
            }
            if let Some((dir, span)) = build.text("build-dir") {
                out = Some(span.clone());
                config.out = self.folder(dir, span, "build-dir").unwrap_or(config.out.clone());
            }
            config.copy = super::globs::decode(self, &mut build, "copy");
            config.exclude = super::globs::decode(self, &mut build, "exclude");
            if let Some((word, span)) = build.text("audience") {
                config.audience =
                    audience(self, "audience", &word, span).unwrap_or(config.audience);
            }
            self.finish(build, "build");
        }
        if let Some(node) = fields.node("site") {
            self.site(node, config);
        }
        if let Some(node) = fields.node("theme") {
            super::look::decode(self, node, config);
        }
        if let Some(node) = fields.node("markdown")
            && let Some(mut markdown) = self.table(node, "markdown")
        {
            if let Some((word, span)) = markdown.text("html") {
                match word.as_str() {
                    "sanitize" => config.html = HtmlPolicy::Sanitize,
                    "escape" => config.html = HtmlPolicy::Escape,
                    "allow" => config.html = HtmlPolicy::Allow,
                    _ => self.bad(
                        Code::BadConfig,
                        span,
                        format!("`html` cannot be `{word}`"),
                        Some("accepted: sanitize, escape, allow".into()),
                    ),
                }
            }
            config.remote_images = markdown.bool("remote-images").unwrap_or(false);
            config.loose_definitions = markdown.bool("loose-definitions").unwrap_or(false);
            self.finish(markdown, "markdown");
        }
        if let Some(node) = fields.node("changes")
            && let Some(mut changes) = self.table(node, "changes")
        {
            if changes.bool("git") == Some(true) {
                config.history = Some(node.span.clone());
            }
            self.finish(changes, "changes");
        }
        if let Some(node) = fields.node("feedback") {
            self.feedback(node, config);
        }
        if let Some(node) = fields.node("links")
            && let Some(mut links) = self.table(node, "links")
        {
            for (pattern, span) in links.list("ignore") {
                config.ignore_links.extend(self.pattern(&pattern, span));
            }
            self.finish(links, "links");
        }
        super::library::decode(self, &mut fields, config);
        super::risk::decode(self, &mut fields, config);
        super::search::decode(self, &mut fields, config);
        super::ask::decode(self, &mut fields, config);
        super::references::decode(self, &mut fields, config);
        for (key, node) in fields.table("levels") {
            let Some(code) = Code::parse(&key.name) else {
                let known = CODES.iter().map(|code| code.name());
                self.bad(
                    Code::UnknownKey,
                    key.span.clone(),
                    format!("there is no diagnostic called `{}`", key.name),
                    did_you_mean(&key.name, known),
                );
                continue;
            };
            match node.text().and_then(Level::parse) {
                Some(level) => {
                    config.levels.insert(code, level);
                }
                None => self.bad(
                    Code::BadConfig,
                    node.span.clone(),
                    format!("the level of `{code}` cannot be read"),
                    Some("accepted: \"allow\", \"warn\", \"deny\"".into()),
                ),
            }
        }
        for (key, node) in fields.table("kinds") {
            self.kind(&key.name, &key.span, node, config);
        }
        for (key, node) in fields.table("areas") {
            match node.text() {
                Some(words) => {
                    config.areas.insert(key.name.clone(), words.to_string());
                }
                None => self.bad(
                    Code::BadConfig,
                    node.span.clone(),
                    format!("the name of the area `{}` is no text", key.name),
                    None,
                ),
            }
        }
        for (key, node) in fields.table("roles") {
            let Some(mut role) = self.table(node, "roles") else { continue };
            let label = role.text("label").map_or_else(|| capital(&key.name), |(text, _)| text);
            let inverse = role.text("inverse").map_or_else(|| "Used by".into(), |(text, _)| text);
            self.finish(role, &format!("roles.{}", key.name));
            config.roles.insert(Role { name: key.name.clone(), label, inverse });
        }
        self.finish(fields, "book.toml");
        if let Some(span) = out {
            self.apart(span, config);
        }
    }

    fn book(&mut self, node: &Node, config: &mut Config) {
        let Some(mut book) = self.table(node, "book") else { return };
        // Known to mdBook, without meaning here.
        book.node("multilingual");
        if let Some((title, _)) = book.text("title") {
            config.title = title;
        }
        if let Some((description, _)) = book.text("description") {
            config.description = description;
        }
        config.authors = book.list("authors").into_iter().map(|(author, _)| author).collect();
        config.version = book.text("version").map(|(version, _)| version);
        config.license = book.text("license").map(|(license, _)| license);
        if let Some((word, span)) = book.text("audience") {
            config.page_audience =
                audience(self, "audience", &word, span).unwrap_or(config.page_audience);
        }
        let language = book.text("language");
        if let Some((language, _)) = &language {
            config.rtl = is_rtl(language);
            config.language = language.clone();
        }
        if let Some((direction, span)) = book.text("text-direction") {
            match direction.as_str() {
                "ltr" => config.rtl = false,
                "rtl" => config.rtl = true,
                _ => self.bad(
                    Code::BadConfig,
                    span,
                    format!("`text-direction` cannot be `{direction}`"),
                    Some("accepted: ltr, rtl".into()),
                ),
            }
        }
        config.languages = vec![Language {
            code: config.language.clone(),
            name: config.language.clone(),
            rtl: config.rtl,
            span: language.map_or(0..0, |(_, span)| span),
        }];
        if let Some((src, span)) = book.text("src") {
            config.src = self.folder(src, span, "src").unwrap_or(config.src.clone());
        }
        self.finish(book, "book");
    }

    fn feedback(&mut self, node: &Node, config: &mut Config) {
        let Some(mut feedback) = self.table(node, "feedback") else { return };
        if let Some((url, span)) = feedback.text("url") {
            let address = Address::external(&url, &["https", "mailto"]);
            let gaps = url.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
            let unknown = gaps.into_iter().find(|gap| !FEEDBACK_GAPS.contains(gap));
            if address.is_none() {
                let message = "`url` in [feedback] begins with `https://` or `mailto:`".to_string();
                self.bad(Code::BadConfig, span, message, None);
            } else if let Some(gap) = unknown {
                let help = did_you_mean(gap, FEEDBACK_GAPS)
                    .unwrap_or_else(|| "known: {title}, {url}, {path}, {id}".into());
                let message = format!("nothing is known to fill `{{{gap}}}` with");
                self.bad(Code::BadConfig, span, message, Some(help));
            } else {
                config.feedback = address;
            }
        }
        self.finish(feedback, "feedback");
    }

    /// A language that pages are translated into, or what the book's own is called.
    fn language(&mut self, key: &Key, node: &Node, config: &mut Config) {
        let code = &key.name;
        let proper = code.starts_with(|c: char| c.is_ascii_alphabetic())
            && code.split('-').all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            });
        let Some(name) = node.text().filter(|name| proper && !name.trim().is_empty()) else {
            let message = format!("`{code}` in [languages] cannot be used");
            let help = "write the tag and what its readers call it: de = \"Deutsch\"".to_string();
            return self.bad(Code::BadConfig, key.span.clone(), message, Some(help));
        };
        let same = |language: &&mut Language| language.code.eq_ignore_ascii_case(code);
        match config.languages.iter_mut().find(same) {
            Some(own) => own.name = name.to_string(),
            None => config.languages.push(Language {
                code: code.clone(),
                name: name.to_string(),
                rtl: is_rtl(code),
                span: key.span.clone(),
            }),
        }
    }

    fn site(&mut self, node: &Node, config: &mut Config) {
        let Some(mut site) = self.table(node, "site") else { return };
        let example = "https://wiki.example.org/threats/";
        config.url = self.web(&mut site, "url", example).map(with_slash).or(config.url.take());
        let example = "https://git.example.org/team/book";
        config.repository = self.web(&mut site, "repository", example).or(config.repository.take());
        let example = "https://git.example.org/team/book/edit/main/{path}";
        config.edit_url = self.web(&mut site, "edit-url", example).or(config.edit_url.take());
        if let Some((theme, span)) = site.text("theme") {
            config.theme = self.folder(theme, span, "theme").unwrap_or(config.theme.clone());
        }
        self.finish(site, "site");
    }

    /// An address on the web; `None` with a diagnostic when it is anything else.
    fn web(&mut self, fields: &mut Fields<'_>, key: &'static str, example: &str) -> Option<String> {
        let (text, span) = fields.text(key)?;
        let address = Address::external(&text, &["https", "http"]);
        if address.is_none() {
            let message = format!("`{key}` must be a whole address, not `{text}`");
            let help = format!("for example \"{example}\"");
            self.bad(Code::BadConfig, span, message, Some(help));
        }
        address
    }

    /// The keys of mdBook's HTML renderer that mean the same here.
    fn mdbook_html(&mut self, node: &Node, config: &mut Config) {
        let Ok(mut html) = Fields::new(node) else { return };
        let example = "https://git.example.org/team/book";
        config.repository = self.web(&mut html, "git-repository-url", example);
        let example = "https://git.example.org/team/book/edit/main/{path}";
        config.edit_url = self.web(&mut html, "edit-url-template", example);
        // mdBook's may be a path alone, which says too little.
        let url =
            html.text("site-url").and_then(|(url, _)| Address::external(&url, &["https", "http"]));
        config.url = url.map(with_slash);
        for (from, to) in html.table("redirect") {
            if let Some(target) = to.text() {
                self.redirect(from, target, config);
            }
        }
    }

    fn redirect(&mut self, key: &Key, target: &str, config: &mut Config) {
        let from = key.name.trim_start_matches('/').to_string();
        let to = match Address::parse(target) {
            Address::Relative { path, anchor, query } => {
                Address::Relative { path: redirect_target(&from, &path), anchor, query }
            }
            Address::Refused(target) => {
                let message = format!("a redirect cannot lead to `{target}`");
                let help = "give a page of the book, or an address on the web".to_string();
                return self.bad(Code::BadConfig, key.span.clone(), message, Some(help));
            }
            external => external,
        };
        config.redirects.push(Redirect { from, to, span: key.span.clone() });
    }

    /// A regular expression of bounded size.
    pub(super) fn pattern(&mut self, pattern: &str, span: Span) -> Option<regex::Regex> {
        match regex::RegexBuilder::new(pattern).size_limit(1 << 20).build() {
            Ok(regex) => Some(regex),
            Err(error) => {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or("").trim();
                let reason = reason.strip_prefix("error: ").unwrap_or(reason);
                let message = format!("the regular expression cannot be compiled: {reason}");
                let help = "write a literal `.`, `(` or `[` as `\\.`, `\\(` or `\\[`";
                self.bad(Code::BadPattern, span, message, Some(help.into()));
                None
            }
        }
    }

    /// A site among the sources would be taken for a part of them by the next build.
    fn apart(&mut self, span: Span, config: &Config) {
        let out = config.out.as_str();
        let below = |one: &str, other: &str| {
            one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let own = [config.src.as_str(), config.theme.as_str(), ".git"];
        let own = own.into_iter().filter(|folder| !folder.is_empty());
        let clash = own.into_iter().find(|folder| below(out, folder) || below(folder, out));
        if let Some(folder) = clash.filter(|_| !out.is_empty()).or(out.is_empty().then_some(".")) {
            let message =
                format!("`build-dir` is in or around `{folder}`, which is no place for a site");
            let help = "name a folder of its own, such as `site`".to_string();
            self.bad(Code::BadConfig, span, message, Some(help));
        }
    }

    /// A folder inside the book, cleaned; anything that leads out is refused.
    pub(super) fn folder(&mut self, text: String, span: Span, key: &str) -> Option<String> {
        let clean = text.replace('\\', "/");
        let parts: Vec<&str> =
            clean.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let outside = clean.starts_with('/') || clean.contains(':') || parts.contains(&"..");
        if outside {
            let message = format!("`{key}` must be a folder inside the book, not `{text}`");
            self.bad(Code::BadConfig, span, message, Some("give a relative path".into()));
            return None;
        }
        Some(parts.join("/"))
    }
}

/// A word for who may read something.
pub(super) fn audience(
    decoder: &mut Decoder,
    key: &str,
    word: &str,
    span: Span,
) -> Option<Audience> {
    let audience = Audience::parse(word);
    if audience.is_none() {
        let message = format!("`{key}` cannot be `{word}`");
        let help = format!("accepted: {}", Audience::WORDS.join(", "));
        decoder.bad(Code::BadConfig, span, message, Some(help));
    }
    audience
}

/// Whether a language is written from right to left.
fn is_rtl(code: &str) -> bool {
    let base = code.split('-').next().unwrap_or("").to_ascii_lowercase();
    ["ar", "he", "fa", "ur", "ps", "yi", "dv", "ckb", "sd", "ug"].contains(&base.as_str())
}

/// Where a redirect leads, from the site's root: mdBook takes it from the old page.
fn redirect_target(from: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.trim_start_matches('/').to_string();
    }
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    let mut rest = target;
    loop {
        if let Some(after) = rest.strip_prefix("./") {
            rest = after;
        } else if let Some(after) = rest.strip_prefix("../") {
            match folders.last() {
                Some(last) if *last != ".." => {
                    folders.pop();
                }
                _ => folders.push(".."),
            }
            rest = after;
        } else {
            break;
        }
    }
    folders.push(rest);
    let target = folders.join("/");
    // A folder opened by double click shows a list of files.
    if target.is_empty() || target.ends_with('/') { target + "index.html" } else { target }
}

fn with_slash(mut url: String) -> String {
    if !url.ends_with('/') {
        url.push('/');
    }
    url
}

fn root_path<'n>(root: &'n Node, path: &[&str]) -> Option<&'n Node> {
    path.iter().try_fold(root, |node, name| match &node.value {
        crate::text::data::Value::Map(entries) => {
            entries.iter().find(|(key, _)| key.name == *name).map(|(_, node)| node)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_mdbook_writes() {
        let (config, found) = Config::parse(
            "[book]\ntitle = \"B\"\nauthors = [\"A\"]\nlanguage = \"he\"\nsrc = \"./docs/\"\n\
             multilingual = false\n[output.html]\nsite-url = \"/x/\"\n\
             git-repository-url = \"https://example.org/r\"\n[output.html.redirect]\n\
             \"/a.html\" = \"b.html\"\n[preprocessor.x]\n[build]\nbuild-dir = \"book\"\n",
            "src",
        );
        assert_eq!(found, []);
        assert_eq!((config.title.as_str(), config.src.as_str()), ("B", "docs"));
        assert!(config.rtl);
        assert_eq!(config.out, "book");
        let [redirect] = &config.redirects[..] else { panic!("{:?}", config.redirects) };
        assert_eq!((redirect.from.as_str(), &redirect.to), ("a.html", &Address::page("b.html")));
    }

    #[test]
    fn redirects_start_at_the_old_page() {
        for (from, target, expected) in [
            ("a.html", "b.html", "b.html"),
            ("x/a.html", "b.html", "x/b.html"),
            ("x/a.html", "../b.html", "b.html"),
            ("a/index.html", "../../std/b.html", "../std/b.html"),
            ("x/a.html", "/b.html", "b.html"),
            ("a.html", "./", "index.html"),
            ("x/a.html", "../y/", "y/index.html"),
        ] {
            assert_eq!(redirect_target(from, target), expected, "{from} {target}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let text = "[book]\ntitel = \"B\"\nsrc = \"../out\"\n[levels]\ndangling-idd = \"warn\"\n\
                    url-clash = \"loud\"\n[links]\nignore = [\"(\"]\n[kinds.control]\ntitle = 3\n";
        let (_, found) = Config::parse(text, "content");
        let codes: Vec<&str> = found.iter().map(|d| d.code.name()).collect();
        for code in ["unknown-key", "bad-config", "bad-pattern"] {
            assert!(codes.contains(&code), "{code} missing in {codes:?}");
        }
        let pattern = found.iter().find(|d| d.code == Code::BadPattern).unwrap();
        assert_eq!(&text[pattern.place.as_ref().unwrap().span()], "\"(\"");
        let level = found.iter().find(|d| d.message.contains("dangling-idd")).unwrap();
        assert_eq!(level.help.as_deref(), Some("did you mean `dangling-id`?"));
    }

    #[test]
    fn addresses_of_settings_lead_to_the_web() {
        for (table, key) in [
            ("site", "url"),
            ("site", "repository"),
            ("site", "edit-url"),
            ("feedback", "url"),
            ("output.html", "git-repository-url"),
            ("output.html", "edit-url-template"),
            ("output.html.redirect", "a.html"),
        ] {
            for bad in ["javascript:alert(1)", "java\\nscript:1", "\\u0001data:x", "VBSCRIPT:x"] {
                let text = format!("[{table}]\n\"{key}\" = \"{bad}\"\n");
                let (config, found) = Config::parse(&text, "content");
                let codes: Vec<Code> = found.iter().map(|d| d.code).collect();
                assert_eq!(codes, [Code::BadConfig], "{text}");
                let taken = [config.url, config.repository, config.edit_url, config.feedback];
                assert_eq!(taken, [None, None, None, None], "{text}");
                assert_eq!(config.redirects, [], "{text}");
            }
        }
        let text = "[site]\nrepository = \"https://x.example/a b\"\n";
        let repository = Config::parse(text, "content").0.repository;
        assert_eq!(repository.as_deref(), Some("https://x.example/a%20b"));
    }

    #[test]
    fn base_path_comes_from_the_address() {
        let (config, found) = Config::parse("[site]\nurl = \"https://x.example/a/b\"\n", "content");
        assert_eq!(found, []);
        assert_eq!(config.base_path(), "/a/b/");
        let (config, _) = Config::parse("[site]\nurl = \"https://x.example//y/\"\n", "content");
        assert_eq!(config.base_path(), "/y/");
    }
}
