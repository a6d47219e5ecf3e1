//! The table `[theme]`: logo, accent and fonts, and the style sheet they make.

use super::Config;
use super::decode::Decoder;
use crate::book::colour::Colour;
use crate::text::data::{Node, Value};
use crate::text::diagnostic::Code;
use crate::text::span::Span;
use std::fmt::Write as _;

/// What links stand on, light and dark: the page, and surfaces on it. The same colours are
/// in tokens.css; a test holds that.
pub const BACKGROUNDS: [[&str; 2]; 2] = [["#ffffff", "#f5f7f8"], ["#14181c", "#1b2126"]];

/// The contrast that text of usual size needs.
const LEGIBLE: f64 = 4.5;

/// What a book changes in the look of the theme.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Look {
    /// A picture below `assets/`.
    pub logo: Option<String>,
    /// The accent on light and on dark pages.
    pub accent: Option<[Colour; 2]>,
    /// The font of text.
    pub font: Option<Font>,
    /// The font of code.
    pub code_font: Option<Font>,
    /// Files that must be below `assets/`, and where `book.toml` names them.
    pub files: Vec<(String, Span)>,
}

/// A font.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Font {
    /// Names, as in CSS.
    Names(String),
    /// A file below `assets/`.
    File(String),
}

pub(super) fn decode(decoder: &mut Decoder, node: &Node, config: &mut Config) {
    let Some(mut table) = decoder.table(node, "theme") else { return };
    let mut look = Look::default();
    if let Some((logo, span)) = table.text("logo") {
        look.logo = decoder.folder(logo, span.clone(), "logo");
        look.files.extend(look.logo.clone().map(|logo| (logo, span)));
    }
    if let Some(node) = table.node("accent") {
        look.accent = accent(decoder, node);
    }
    let mut font = |decoder: &mut Decoder, pair: Option<(String, Span)>, key: &str| {
        let (text, span) = pair?;
        let font = read_font(decoder, text, &span, key)?;
        if let Font::File(file) = &font {
            look.files.push((file.clone(), span));
        }
        Some(font)
    };
    let (text, code) = (table.text("font"), table.text("code-font"));
    look.font = font(decoder, text, "font");
    look.code_font = font(decoder, code, "code-font");
    config.look = look;
    decoder.finish(table, "theme");
}

fn read_font(decoder: &mut Decoder, text: String, span: &Span, key: &str) -> Option<Font> {
    let is_file = [".woff2", ".woff", ".ttf", ".otf"].iter().any(|end| text.ends_with(end));
    // The text goes into a style sheet.
    let plain = |c: char| c.is_alphanumeric() || " -_.".contains(c);
    let proper = match is_file {
        true => text.chars().all(|c| plain(c) || c == '/'),
        false => {
            let even = |quote| text.matches(quote).count().is_multiple_of(2);
            text.chars().all(|c| plain(c) || ",\"'".contains(c)) && even('"') && even('\'')
        }
    };
    if !proper || text.trim().is_empty() {
        let help = "for example \"fonts/text.woff2\", or \"Georgia, serif\"".to_string();
        let message = format!("`{key}` is neither the name of a font nor of a font file");
        decoder.bad(Code::BadConfig, span.clone(), message, Some(help));
        return None;
    }
    match is_file {
        true => decoder.folder(text, span.clone(), key).map(Font::File),
        false => Some(Font::Names(text)),
    }
}

fn accent(decoder: &mut Decoder, node: &Node) -> Option<[Colour; 2]> {
    if let Value::Map(_) = node.value {
        let mut table = decoder.table(node, "theme.accent")?;
        let texts = [table.text("light"), table.text("dark")];
        decoder.finish(table, "theme.accent");
        let mut colours = Vec::new();
        for (dark, text) in texts.into_iter().enumerate() {
            let key = ["light", "dark"][dark];
            let Some((text, span)) = text else {
                let message = format!("`accent` has no colour for {key} pages");
                let help = "give both, or one colour from which both are made".to_string();
                decoder.bad(Code::BadConfig, node.span.clone(), message, Some(help));
                return None;
            };
            let colour = read_colour(decoder, &text, &span)?;
            legible(decoder, colour, &span, dark == 1);
            colours.push(colour);
        }
        return colours.try_into().ok();
    }
    let colour = read_colour(decoder, node.text().unwrap_or(""), &node.span)?;
    let light = legible(decoder, colour, &node.span, false);
    let dark = colour.shade().legible(&backgrounds(true), LEGIBLE, false);
    Some([light, dark])
}

fn read_colour(decoder: &mut Decoder, text: &str, span: &Span) -> Option<Colour> {
    let colour = Colour::parse(text);
    if colour.is_none() {
        let message = format!("`{text}` is no colour");
        let help = "write it as `#` and six digits, such as \"#08525f\"".to_string();
        decoder.bad(Code::BadConfig, span.clone(), message, Some(help));
    }
    colour
}

fn backgrounds(dark: bool) -> Vec<Colour> {
    let pair = BACKGROUNDS[usize::from(dark)];
    pair.iter().filter_map(|hex| Colour::parse(hex)).collect()
}

/// Reports a colour that is hard to read; the nearest one that is not.
fn legible(decoder: &mut Decoder, colour: Colour, span: &Span, dark: bool) -> Colour {
    let on = backgrounds(dark);
    let shade = colour.shade().legible(&on, LEGIBLE, !dark);
    let least = on.iter().map(|other| colour.contrast(*other)).fold(21.0, f64::min);
    if least < LEGIBLE {
        let pages = if dark { "dark" } else { "light" };
        let message = format!(
            "the contrast of `{}` on {pages} pages is {:.2}:1; links need {LEGIBLE}:1",
            colour.hex(),
            (least * 100.0).floor() / 100.0
        );
        let help = format!("`{}` would pass", shade.hex());
        decoder.bad(Code::LowContrast, span.clone(), message, Some(help));
    }
    shade
}

impl Look {
    /// The rules that follow the tokens of the theme.
    pub fn css(&self) -> String {
        let mut faces = String::new();
        let mut rules = String::new();
        if let Some(accent) = self.accent {
            let pair = |light: Colour, dark: Colour| {
                format!("light-dark({}, {})", light.hex(), dark.hex())
            };
            let [light, dark] = accent;
            let _ = writeln!(rules, "  --accent: {};", pair(light, dark));
            let _ = writeln!(rules, "  --accent-fg: {};", pair(above(light), above(dark)));
            let soft = pair(soft(light, false), soft(dark, true));
            let _ = writeln!(rules, "  --accent-soft: {soft};");
        }
        let fonts = [
            (&self.font, "--font", "Book text", "system-ui, sans-serif"),
            (&self.code_font, "--mono", "Book code", "ui-monospace, monospace"),
        ];
        for (font, token, name, rest) in fonts {
            match font {
                Some(Font::Names(names)) => {
                    let _ = writeln!(rules, "  {token}: {names};");
                }
                Some(Font::File(file)) => {
                    let _ = writeln!(
                        faces,
                        "@font-face {{\n  font-family: \"{name}\";\n  src: url(\"{file}\");\n  \
                         font-weight: 100 900;\n  font-display: swap;\n}}"
                    );
                    let _ = writeln!(rules, "  {token}: \"{name}\", {rest};");
                }
                None => {}
            }
        }
        match rules.is_empty() {
            true => String::new(),
            false => format!("\n/* From book.toml. */\n{faces}:root {{\n{rules}}}\n"),
        }
    }
}

/// The colour of text on a colour.
fn above(colour: Colour) -> Colour {
    let choices = ["#ffffff", "#0c1114"].into_iter().filter_map(Colour::parse);
    let better = |a: &Colour, b: &Colour| a.contrast(colour).total_cmp(&b.contrast(colour));
    choices.max_by(better).unwrap_or(colour)
}

/// A breath of a colour, on which text in that colour is legible.
fn soft(colour: Colour, dark: bool) -> Colour {
    let below = backgrounds(dark)[0];
    let parts = [0.16, 0.12, 0.08, 0.05, 0.02];
    let shades = parts.map(|part| colour.over(below, part));
    let legible = |shade: &&Colour| colour.contrast(**shade) >= LEGIBLE;
    shades.iter().find(legible).copied().unwrap_or(below)
}

#[cfg(test)]
mod tests {
    use crate::book::colour::Colour;
    use crate::book::config::Config;

    fn messages(toml: &str) -> (Config, Vec<String>) {
        let (config, found) = Config::parse(toml, "content");
        (config, found.into_iter().map(|found| found.message).collect())
    }

    #[test]
    fn both_accents_are_made_of_one_colour() {
        let (config, found) = messages("[theme]\naccent = \"#7a1fa2\"\n");
        assert!(found.is_empty(), "{found:?}");
        let [light, dark] = config.look.accent.unwrap();
        assert_eq!(light.hex(), "#7a1fa2");
        assert!(dark.contrast(Colour::parse("#1b2126").unwrap()) >= 4.5);
        assert!(config.look.css().contains("--accent: light-dark(#7a1fa2, "));
    }

    #[test]
    fn what_is_hard_to_read_is_told() {
        let (config, found) = messages("[theme]\naccent = \"#ffd500\"\n");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("1.3"), "{found:?}");
        let [light, _] = config.look.accent.unwrap();
        assert!(light.contrast(Colour::parse("#f5f7f8").unwrap()) >= 4.5);
        let pair = "[theme]\naccent = { light = \"#ffd500\", dark = \"#ffd500\" }\n";
        let (config, found) = messages(pair);
        assert_eq!(found.len(), 1);
        assert_eq!(config.look.accent.unwrap()[0].hex(), "#ffd500");
    }

    #[test]
    fn fonts_cannot_end_the_rule() {
        for odd in ["x; } body { display: none", "a\\", "\\\"a", "url(x)", " "] {
            let (config, found) = messages(&format!("[theme]\nfont = \"{odd}\"\n"));
            assert!(!found.is_empty() && config.look.font.is_none(), "{odd}");
        }
        let (config, found) = messages(
            "[theme]\nfont = \"fonts/text.woff2\"\ncode-font = \"'Fira Code', monospace\"\n",
        );
        assert!(found.is_empty(), "{found:?}");
        let css = config.look.css();
        assert!(css.contains("src: url(\"fonts/text.woff2\")"), "{css}");
        assert!(css.contains("--mono: 'Fira Code', monospace;"), "{css}");
    }
}
