//! What a wiki holds now: a dump that `dumpBackup.php --current` made.

use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeMap;

/// Reads the texts of a dump by title.
///
/// # Errors
/// When it is no dump of MediaWiki.
pub fn read(dump: &str) -> Result<BTreeMap<String, String>, String> {
    let mut reader = Reader::from_str(dump);
    let mut texts = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    let (mut title, mut space, mut text) = (String::new(), String::new(), String::new());
    let mut is_dump = false;
    loop {
        let event = reader
            .read_event()
            .map_err(|error| format!("at byte {}: {error}", reader.error_position()))?;
        match event {
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_string();
                is_dump |= path.is_empty() && name == "mediawiki";
                match name.as_str() {
                    "page" => [&mut title, &mut space].into_iter().for_each(String::clear),
                    "text" => text.clear(),
                    _ => {}
                }
                path.push(name);
            }
            Event::End(_) => {
                let closed = path.pop();
                if closed.is_some_and(|name| name == "page") {
                    // Names of namespaces depend on the language of the wiki.
                    let name = match (space.trim(), title.split_once(':')) {
                        ("14", Some((_, name))) => format!("Category:{name}"),
                        _ => title.clone(),
                    };
                    texts.insert(name, std::mem::take(&mut text));
                }
            }
            Event::Text(words) => {
                push(&path, &words.xml10_content(), &mut title, &mut space, &mut text);
            }
            Event::CData(words) => {
                push(&path, &words.xml10_content(), &mut title, &mut space, &mut text);
            }
            Event::GeneralRef(name) => {
                let words = match name.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    _ => {
                        let known = quick_xml::escape::resolve_predefined_entity(&name);
                        known.unwrap_or_default().to_string()
                    }
                };
                push(&path, &words, &mut title, &mut space, &mut text);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match is_dump {
        true => Ok(texts),
        false => Err("it does not begin with <mediawiki>".into()),
    }
}

fn push(path: &[String], words: &str, title: &mut String, space: &mut String, text: &mut String) {
    match path.last().map(String::as_str) {
        Some("title") => title.push_str(words),
        Some("ns") => space.push_str(words),
        Some("text") => text.push_str(words),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_text_counts() {
        let dump = "<mediawiki><page><title>Kategorie:A &amp; B</title><ns>14</ns><revision>\
                    <text>old</text></revision><revision><text>n&lt;ew&#33;</text></revision>\
                    </page><page><title>Empty</title><ns>0</ns><revision><text /></revision></page>\
                    </mediawiki>";
        let texts = read(dump).unwrap();
        assert_eq!(texts["Category:A & B"], "n<ew!");
        assert_eq!(texts["Empty"], "");
        assert!(read("<html></html>").is_err());
        assert!(read("<mediawiki><page>").is_ok() || read("<mediawiki><page>").is_err());
    }
}
