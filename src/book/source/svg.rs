//! SVG pictures without what could run or load: a browser that opens one as a page would
//! run its scripts in the name of the site.

use crate::text::address::Address;
use crate::text::markup::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// The elements that stay.
const ELEMENTS: [&str; 64] = [
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "textPath",
    "tref",
    "image",
    "marker",
    "pattern",
    "clipPath",
    "mask",
    "linearGradient",
    "radialGradient",
    "stop",
    "filter",
    "style",
    "a",
    "switch",
    "view",
    "animate",
    "animateTransform",
    "animateMotion",
    "mpath",
    "set",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "hatch",
    "hatchpath",
    "solidcolor",
];

/// Elements that editors leave, and that show nothing.
const SILENT: [&str; 1] = ["metadata"];

/// A picture after cleaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The picture.
    pub text: String,
    /// What was taken out that could run or load something, each once, in order.
    pub removed: Vec<String>,
}

/// Cleans a picture.
///
/// # Errors
/// When it is no well-formed SVG; the reason.
pub fn clean(text: &str) -> Result<Cleaned, String> {
    let mut cleaner = Cleaner::default();
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        if matches!(event, Event::Eof) {
            break;
        }
        cleaner.event(event)?;
    }
    match cleaner.open.is_empty() && cleaner.rooted {
        true => Ok(Cleaned { text: cleaner.out, removed: cleaner.removed }),
        false => Err("it is no whole picture".into()),
    }
}

#[derive(Default)]
struct Cleaner {
    out: String,
    /// The elements that are open, and whether they were written.
    open: Vec<(String, bool)>,
    /// How many elements that are left out are open.
    hidden: usize,
    /// The text of a style sheet that is open.
    style: Option<String>,
    rooted: bool,
    removed: Vec<String>,
}

impl Cleaner {
    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(tag) => {
                let kept = self.start(&tag, false)?;
                self.open.push((local(&tag).to_string(), kept));
                self.hidden += usize::from(!kept);
            }
            Event::Empty(tag) => {
                self.start(&tag, true)?;
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.xml10_content())?,
            Event::CData(text) => self.text(&escaped(&text.xml10_content()))?,
            Event::GeneralRef(name) => self.reference(&name.xml10_content(), name.is_char_ref())?,
            // A document type may define names that hold elements, a processing instruction
            // may load a style sheet.
            Event::DocType(_) | Event::PI(_) | Event::Decl(_) | Event::Comment(_) | Event::Eof => {}
        }
        Ok(())
    }

    /// Writes an opening tag; false when the element is left out.
    fn start(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<bool, String> {
        let name = local(tag).to_string();
        if self.open.is_empty() {
            if name != "svg" || self.rooted {
                return Err("its first element is not `svg`".into());
            }
            self.rooted = true;
        }
        if self.hidden > 0 {
            return Ok(false);
        }
        let prefix = tag.name().as_ref().split_once(':').map(|(prefix, _)| prefix.to_string());
        let own = prefix.as_deref().is_none_or(|prefix| prefix == "svg");
        if !own || !ELEMENTS.contains(&name.as_str()) {
            if own && !SILENT.contains(&name.as_str()) {
                self.remove(format!("<{name}>"));
            }
            return Ok(false);
        }
        let attributes = attributes(tag)?;
        let foreign = attributes.iter().any(|(key, value)| key == "xmlns" && value != SVG);
        if foreign || is_animated_address(&name, &attributes) {
            self.remove(format!("<{name}>"));
            return Ok(false);
        }
        self.out.push_str(&format!("<{name}"));
        if self.open.is_empty() {
            self.out.push_str(&format!(" xmlns=\"{SVG}\" xmlns:xlink=\"{XLINK}\""));
        }
        for (key, value) in attributes {
            self.attribute(&name, &key, &value);
        }
        self.out.push_str(if empty { "/>" } else { ">" });
        if name == "style" && !empty {
            self.style = Some(String::new());
        }
        Ok(true)
    }

    fn attribute(&mut self, element: &str, key: &str, value: &str) {
        let lower = key.to_ascii_lowercase();
        if lower.starts_with("xmlns") {
            return;
        }
        let known = match lower.split_once(':') {
            Some(("xlink", _)) => true,
            Some(("xml", name)) => matches!(name, "space" | "lang"),
            Some(_) => false,
            None => true,
        };
        if !known {
            return;
        }
        let value = match lower.as_str() {
            _ if lower.starts_with("on") => None,
            "href" | "xlink:href" => reference(element, value),
            "src" | "srcset" | "data" | "action" | "formaction" | "ping" => None,
            _ if loads(value) => None,
            _ => Some(value.to_string()),
        };
        let Some(value) = value else { return self.remove(format!("`{key}` of <{element}>")) };
        self.out.push_str(&format!(" {key}=\"{}\"", escaped(&value).replace('\n', "&#10;")));
    }

    fn end(&mut self) {
        let Some((name, kept)) = self.open.pop() else { return };
        if !kept {
            self.hidden -= 1;
            return;
        }
        if let Some(style) = self.style.take() {
            match loads(&style) || style.contains('<') {
                true => self.remove("a style sheet that loads".into()),
                false => escape(&style, &mut self.out),
            }
        }
        self.out.push_str(&format!("</{name}>"));
    }

    /// Text, with references to characters resolved but for those of XML itself.
    fn text(&mut self, text: &str) -> Result<(), String> {
        let plain = quick_xml::escape::unescape(text).map_err(|error| error.to_string())?;
        match &mut self.style {
            _ if self.hidden > 0 || self.open.is_empty() => {}
            Some(style) => style.push_str(&plain),
            None => escape(&plain, &mut self.out),
        }
        Ok(())
    }

    fn reference(&mut self, name: &str, is_character: bool) -> Result<(), String> {
        if !is_character && quick_xml::escape::resolve_predefined_entity(name).is_none() {
            return Err(format!("`&{name};` is not known"));
        }
        self.text(&format!("&{name};"))
    }

    fn remove(&mut self, what: String) {
        if !self.removed.contains(&what) {
            self.removed.push(what);
        }
    }
}

fn local(tag: &BytesStart<'_>) -> String {
    tag.local_name().as_ref().to_string()
}

fn attributes(tag: &BytesStart<'_>) -> Result<Vec<(String, String)>, String> {
    tag.attributes()
        .map(|attribute| {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| error.to_string())?.into_owned();
            Ok((attribute.key.as_ref().to_string(), value))
        })
        .collect()
}

fn escaped(text: &str) -> String {
    crate::text::markup::escaped(text)
}

/// An animation can set an address or a handler later.
fn is_animated_address(element: &str, attributes: &[(String, String)]) -> bool {
    let target = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case("attributeName"));
    ["animate", "set"].contains(&element)
        && target.is_some_and(|(_, name)| {
            let name = name.trim().to_ascii_lowercase();
            name.ends_with("href") || name.starts_with("on") || name == "style"
        })
}

/// What an address may be: a part of the picture; of an image also a bitmap within; of a link
/// what a page may link to.
fn reference(element: &str, value: &str) -> Option<String> {
    let value = value.trim();
    if value.starts_with('#') {
        return Some(value.to_string());
    }
    match element {
        "a" => match Address::parse(value) {
            Address::External(address) => Some(address),
            _ => None,
        },
        "image" | "feImage" => {
            let bitmaps = ["png", "jpeg", "jpg", "gif", "webp", "avif"];
            let kind = value.strip_prefix("data:image/")?.split_once(";base64,")?;
            let plain =
                kind.1.chars().all(|c| c.is_ascii_alphanumeric() || "+/= \n\r\t".contains(c));
            (bitmaps.contains(&kind.0) && plain).then(|| value.to_string())
        }
        _ => None,
    }
}

/// Whether CSS, in a style sheet or an attribute, names anything but a part of the picture.
fn loads(css: &str) -> bool {
    let lower = css.to_ascii_lowercase();
    let plain: String = lower.chars().filter(|c| !c.is_whitespace()).collect();
    let outward = plain.match_indices("url(").any(|(at, found)| {
        let inner = plain[at + found.len()..].trim_start_matches(['"', '\'']);
        !inner.starts_with('#')
    });
    let named = [
        "@import",
        "image-set(",
        "src(",
        "expression(",
        "javascript:",
        "-moz-binding",
        "behavior:",
    ];
    // An escape could hide each of these.
    let escapes = (plain.contains('\\') || plain.contains("/*")) && plain.contains('(');
    outward || escapes || named.iter().any(|name| plain.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(inner: &str) -> Cleaned {
        clean(&format!("<svg xmlns=\"{SVG}\" xmlns:xlink=\"{XLINK}\">{inner}</svg>")).unwrap()
    }

    #[test]
    fn what_could_run_or_load_is_taken_out() {
        for bad in [
            "<script>MARK</script>",
            "<script href=\"MARK.js\"/>",
            "<SCRIPT>MARK</SCRIPT>",
            "<g><script>MARK</script></g>",
            "<x:script xmlns:x=\"http://www.w3.org/2000/svg\">MARK</x:script>",
            "<h:script xmlns:h=\"http://www.w3.org/1999/xhtml\">MARK</h:script>",
            "<g xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"MARK\">x</a></g>",
            "<g onload=\"MARK\"/>",
            "<g OnClick=\"MARK\"/>",
            "<a href=\"javascript:MARK\"><text>x</text></a>",
            "<a xlink:href=\"&#106;avascript:MARK\"><text>x</text></a>",
            "<a xlink:href=\"java&#10;script:MARK\"><text>x</text></a>",
            "<a href=\"javascript%3aMARK\"/>",
            "<foreignObject><body xmlns=\"http://www.w3.org/1999/xhtml\">MARK</body></foreignObject>",
            "<use href=\"MARK.svg#x\"/>",
            "<use xlink:href=\"data:image/svg+xml;base64,MARK\"/>",
            "<image href=\"https://MARK/x.png\"/>",
            "<image href=\"data:image/svg+xml,MARK\"/>",
            "<feImage href=\"//MARK\"/>",
            "<style>@import url(//MARK);</style>",
            "<style>@im\\70 ort url(//MARK)</style>",
            "<style><![CDATA[g{fill:url(//MARK)}]]></style>",
            "<style>g{fill:u/**/rl(//MARK)}</style>",
            "<g style=\"fill:url( 'http://MARK' )\"/>",
            "<g fill=\"url(http://MARK)\"/>",
            "<animate attributeName=\"href\" values=\"javascript:MARK\"/>",
            "<set attributeName=\"xlink:href\" to=\"javascript:MARK\"/>",
            "<set attributeName=\"onclick\" to=\"MARK\"/>",
            "<iframe src=\"MARK\"/>",
            "<video src=\"MARK\"/>",
            "<handler>MARK</handler>",
            "<?xml-stylesheet href=\"MARK\"?>",
        ] {
            let cleaned = picture(bad);
            assert!(!cleaned.text.contains("MARK"), "{bad} became {}", cleaned.text);
            let told = !cleaned.removed.is_empty();
            assert!(told || bad.starts_with("<?") || bad.contains(":script xmlns"), "{bad}");
        }
    }

    #[test]
    fn pictures_stay_what_they_are() {
        let inner = "<defs><linearGradient id=\"a\"><stop offset=\"0\"/></linearGradient></defs>\
             <style>.b{fill:url(#a)}</style><rect class=\"b\" fill=\"url(#a)\" style=\"x:1\"/>\
             <text x=\"1\">A &lt; B &amp; ü</text><use xlink:href=\"#a\"/>\
             <a href=\"https://x.example/\"><path d=\"M0 0\"/></a>\
             <image href=\"data:image/png;base64,AAAA\"/>";
        let cleaned = picture(inner);
        assert!(cleaned.text.contains(inner), "{}", cleaned.text);
        assert_eq!(cleaned.removed, Vec::<String>::new());
        let editor = "<metadata><x>1</x></metadata><sodipodi:namedview xmlns:sodipodi=\"y\"/>";
        assert_eq!(picture(editor).removed, Vec::<String>::new());
        assert_eq!(picture(&cleaned.text[0..0]).text, clean(&picture("").text).unwrap().text);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bad in [
            "",
            "text",
            "<html/>",
            "<svg>",
            "<svg><g></svg>",
            "<svg>&x;</svg>",
            "<svg/><svg/>",
            "<!DOCTYPE svg [<!ENTITY x \"<script/>\">]><svg>&x;</svg>",
            "<svg a=\"&x;\"/>",
            "<svg a=b/>",
        ] {
            assert!(clean(bad).is_err(), "{bad}");
        }
    }
}
