//! What stands beside a folder of Markdown: the order of its pages, for those who want one.

use super::{GitWiki, Host};
use crate::book::page::slug;
use crate::out::wiki::{Context, Page};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Words as YAML writes them: every text of JSON is one.
fn quoted(words: &str) -> String {
    Value::from(words).to_string()
}

impl GitWiki {
    /// The settings of MkDocs, and what a catalogue of Backstage knows of the book.
    pub(super) fn site_files(&self, context: &Context<'_>) -> BTreeMap<String, String> {
        match self.host {
            Host::Plain => BTreeMap::from([
                ("mkdocs.yml".to_string(), self.mkdocs(context)),
                ("catalog-info.yaml".to_string(), catalogue(context)),
            ]),
            Host::Azure => orders(context),
            _ => BTreeMap::new(),
        }
    }

    fn mkdocs(&self, context: &Context<'_>) -> String {
        let book = context.book;
        let mut out = format!("site_name: {}\n", quoted(&book.title));
        if !book.description.is_empty() {
            let _ = writeln!(out, "site_description: {}", quoted(&book.description));
        }
        out.push_str(
            "docs_dir: docs\nplugins:\n  - techdocs-core\nmarkdown_extensions:\n  - md_in_html\n\
             validation:\n  absolute_links: warn\n  unrecognized_links: warn\n  anchors: warn\nnav:\n",
        );
        let line = |out: &mut String, indent: &str, page: &Page, words: &str| {
            if let Some(name) = context.names.pages.get(&page.url) {
                let _ =
                    writeln!(out, "{indent}- {}: {}", quoted(words), quoted(&format!("{name}.md")));
            }
        };
        if let Some(home) = book.page("index.html") {
            line(&mut out, "  ", home, &home.title);
        }
        for section in &book.sections {
            let _ = writeln!(out, "  - {}:", quoted(&section.title));
            let own = section.url.as_deref().and_then(|url| book.page(url));
            if let Some(own) = own {
                line(&mut out, "      ", own, &own.title);
            }
            for page in section.pages.iter().filter_map(|url| book.page(url)) {
                if own.is_none_or(|own| own.url != page.url) {
                    let words = match &page.id {
                        Some(id) => format!("{id} {}", page.title),
                        None => page.title.clone(),
                    };
                    line(&mut out, "      ", page, &words);
                }
            }
        }
        out
    }
}

fn catalogue(context: &Context<'_>) -> String {
    let book = context.book;
    let name = slug(&deunicode::deunicode(&book.title));
    let name: String = name.chars().take(63).collect();
    let name = if name.is_empty() { "casebook".to_string() } else { name };
    let title = json!(book.title);
    let description = json!(book.description);
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n  title: {title}\n  \
         description: {description}\n  annotations:\n    backstage.io/techdocs-ref: dir:.\nspec:\n  type: \
         documentation\n  lifecycle: production\n  owner: security\n"
    )
}

/// The order of pages in each folder, as Azure DevOps reads it.
fn orders(context: &Context<'_>) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let sections = context.book.sections.iter();
    let read = sections.flat_map(|section| section.url.iter().chain(&section.pages));
    let all = context.book.pages.iter().map(|page| &page.url);
    let home = "index.html".to_string();
    let mut seen = std::collections::BTreeSet::new();
    for url in std::iter::once(&home).chain(read).chain(all) {
        let Some(name) = context.names.pages.get(url).filter(|name| seen.insert(*name)) else {
            continue;
        };
        let (folder, own) = name.rsplit_once('/').unwrap_or(("", name));
        let path = format!("{folder}/.order");
        let _ = writeln!(out.entry(path.trim_start_matches('/').to_string()).or_default(), "{own}");
    }
    out
}
