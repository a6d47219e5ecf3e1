//! A table `[kinds.NAME]`: a kind of entry of the book's own, or other words for one of ours.

use super::Config;
use super::decode::Decoder;
use crate::book::entry::{Form, Kind, capital};
use crate::text::data::Node;
use crate::text::diagnostic::Code;
use crate::text::span::Span;

impl Decoder {
    pub(super) fn kind(&mut self, name: &str, span: &Span, node: &Node, config: &mut Config) {
        let table = format!("kinds.{name}");
        let Some(mut kind) = self.table(node, &table) else { return };
        // It is part of addresses.
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c)) {
            let message = format!("`{}` cannot be the name of a kind", name.escape_debug());
            let help = "take letters, digits and hyphens".to_string();
            return self.bad(Code::BadConfig, span.clone(), message, Some(help));
        }
        let old = config.kinds.get(name).cloned();
        let title = kind.text("title").map(|(text, _)| text);
        let title =
            title.or(old.as_ref().map(|k| k.title.clone())).unwrap_or_else(|| capital(name));
        let plural = kind.text("plural").map(|(text, _)| text);
        let plural = plural.or(old.as_ref().map(|k| k.plural.clone()));
        let prefix = kind.text("prefix").map(|(text, _)| text);
        let prefix = prefix.or(old.as_ref().map(|k| k.prefix.clone()));
        let folder = kind.text("folder").and_then(|(text, span)| {
            let folder = self.folder(text, span.clone(), "folder")?;
            if folder.is_empty() {
                let message = "entries of a kind need a folder of their own".to_string();
                self.bad(Code::BadConfig, span, message, Some("name one".into()));
            }
            Some(folder).filter(|folder| !folder.is_empty())
        });
        let folder = folder.or(old.as_ref().map(|k| k.folder.clone()));
        let order = kind.integer("order").or(old.as_ref().map(|k| k.order));
        let form = kind.text("id").and_then(|(text, span)| match Form::new(&text) {
            Ok(form) => Some(form),
            Err(_) => {
                let message = "the form of the IDs is no regular expression".to_string();
                let help = "for example: id = 'V\\d+\\.\\d+\\.\\d+'".to_string();
                self.bad(Code::BadPattern, span, message, Some(help));
                None
            }
        });
        let form = form.or(old.as_ref().and_then(|k| k.form.clone()));
        self.finish(kind, &table);
        let proper = |p: &String| {
            p.starts_with(|c: char| c.is_ascii_alphabetic())
                && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !p.ends_with('-')
        };
        // With a form of its own a kind needs no prefix; new entries begin with its name.
        let spare = || form.is_some().then(|| name.to_ascii_uppercase());
        let Some(prefix) = prefix.or_else(spare).filter(proper) else {
            let message = format!("kind `{name}` needs a `prefix` of letters and digits");
            let first = name.chars().find(char::is_ascii_alphabetic).unwrap_or('X');
            let help = format!("for example: prefix = \"{}\"", first.to_ascii_uppercase());
            return self.bad(Code::BadConfig, span.clone(), message, Some(help));
        };
        config.kinds.insert(Kind {
            name: name.to_string(),
            plural: plural.unwrap_or_else(|| format!("{title}s")),
            title,
            prefix,
            folder: folder.unwrap_or_else(|| format!("{name}s")),
            catalogue: old.is_none_or(|k| k.catalogue),
            order: order.unwrap_or(70),
            form,
        });
    }
}
