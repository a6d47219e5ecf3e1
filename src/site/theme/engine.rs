//! Renders views with templates, within bounds.

use super::error::{ThemeError, ThemeErrorKind};
use super::{bounds, embedded, growth};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
    escape_formatter,
};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Work that one page may cost: about one unit for each step of a template and for each
/// 64 bytes that it makes. A catalogue of 10,000 rows takes 2,000,000. What a page costs
/// beyond the base grows with the book; so does the memory that a hostile template takes.
const FUEL: u64 = 2_000_000;

/// More of it for each file of the book.
const FUEL_PER_FILE: u64 = 1_000;

/// So many files, where nobody says how many there are.
const FILES: u64 = 20_000;

/// The longest page.
const MAX_OUTPUT: usize = 64 << 20;

/// Nested includes, macro calls and loops.
const MAX_DEPTH: usize = 200;

/// Templates and assets, ready for use.
pub struct Theme {
    environment: Environment<'static>,
    overridden: BTreeSet<String>,
    assets: BTreeMap<String, Cow<'static, [u8]>>,
    /// What stands in other assets, and is not published alone.
    parts: BTreeMap<String, Cow<'static, [u8]>>,
}

impl Theme {
    /// The embedded theme as it is.
    pub fn embedded() -> Theme {
        Theme::load([], []).0
    }

    /// The embedded theme with files of a book in their place.
    ///
    /// `templates` are named as below `theme/templates`, `assets` as below `theme/assets`.
    /// The embedded template stays at hand as `default/NAME`, so that a replacement can
    /// extend it. A template that cannot be parsed is reported and not used.
    pub fn load(
        templates: impl IntoIterator<Item = (String, String)>,
        assets: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> (Theme, Vec<ThemeError>) {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_formatter(print);
        // What a loop puts into it could be nested so deep that dropping it overflows the stack.
        environment.remove_global("namespace");
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            environment.set_syntax(syntax);
        }
        environment.set_recursion_limit(MAX_DEPTH);
        environment.set_fuel(Some(FUEL + FUEL_PER_FILE * FILES));
        environment.set_debug(true);

        let mut theme = Theme {
            environment,
            overridden: BTreeSet::new(),
            parts: BTreeMap::new(),
            assets: embedded::assets().into_iter().map(|(p, b)| (p, Cow::Borrowed(b))).collect(),
        };
        let mut errors = Vec::new();
        for (name, text) in embedded::templates() {
            for name in [format!("default/{name}"), name] {
                errors.extend(theme.add(name, Cow::Borrowed(text)).err());
            }
        }
        let templates = bounded(templates.into_iter().collect(), &mut errors);
        for (name, text) in templates {
            if name.starts_with("default/") {
                errors.push(ThemeError::reserved(&name));
                continue;
            }
            if let Some((line, fault)) = bounds::fault(&text) {
                errors.push(ThemeError::out_of_bounds(&name, &text, line, fault));
                continue;
            }
            theme.overridden.insert(name.clone());
            if let Err(error) = theme.add(name.clone(), text.into()) {
                errors.push(error);
                theme.overridden.remove(&name);
            }
        }
        theme.assets.extend(assets.into_iter().map(|(path, bytes)| (path, bytes.into())));
        (theme, errors)
    }

    fn add(&mut self, name: String, text: Cow<'static, str>) -> Result<(), ThemeError> {
        self.environment
            .add_template_owned(name.clone(), text.clone())
            .map_err(|error| ThemeError::new(&name, error, &self.overridden, Some(&text)))
    }

    /// Bounds the work of a page by the size of the book: the number of its files.
    pub fn bound(&mut self, files: usize) {
        self.environment.set_fuel(Some(FUEL + FUEL_PER_FILE * files as u64));
    }

    /// Whether there is a template of this name.
    pub fn has(&self, template: &str) -> bool {
        self.environment.get_template(template).is_ok()
    }

    /// Renders a template, such as `page.html`.
    pub fn render(&self, template: &str, view: &impl Serialize) -> Result<String, ThemeError> {
        let explain = |error| ThemeError::new(template, error, &self.overridden, None);
        let compiled = self.environment.get_template(template).map_err(explain)?;
        let mut page = Page { bytes: Vec::with_capacity(16 << 10), full: false };
        match compiled.render_captured_to(Serde(view), &mut page) {
            Err(_) if page.full => Err(ThemeError::too_long(template, MAX_OUTPUT)),
            Err(error) => Err(explain(error)),
            Ok(_) => String::from_utf8(page.bytes).map_err(|_| {
                ThemeError::plain(template, ThemeErrorKind::Other, "the page is not UTF-8")
            }),
        }
    }

    /// Path below `assets/` and bytes of every asset, in order of path.
    pub fn assets(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.assets.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref()))
    }

    /// Adds to the end of an asset.
    pub fn append(&mut self, path: &str, text: &str) {
        if let Some(asset) = self.assets.get_mut(path)
            && !text.is_empty()
        {
            asset.to_mut().extend_from_slice(text.as_bytes());
        }
    }

    /// Puts parts in the place of the lines that name them, so that a page loads one file: in a
    /// style sheet `@import "css/base.css";`, in a script the same in a comment. A part that
    /// stands in another file is not published alone.
    pub fn bundle(&mut self) {
        let mut parts = BTreeSet::new();
        let whole: Vec<(String, Vec<u8>)> = self
            .assets
            .iter()
            .filter(|(path, _)| path.ends_with(".css") || path.ends_with(".js"))
            .filter_map(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?)))
            .filter(|(_, text)| text.lines().any(|line| part_of(line).is_some()))
            .map(|(path, text)| {
                let mut taken = BTreeSet::new();
                let whole = (path.clone(), self.with_parts(text, &mut taken));
                parts.append(&mut taken);
                whole
            })
            .collect();
        self.assets.extend(whole.into_iter().map(|(path, bytes)| (path, bytes.into())));
        let taken = parts.iter().filter_map(|path| self.assets.remove_entry(path));
        self.parts.extend(taken);
    }

    /// A text with its parts, each of them once.
    fn with_parts(&self, text: &str, taken: &mut BTreeSet<String>) -> Vec<u8> {
        let mut out = Vec::new();
        let one_line = text.lines().all(|line| line.matches('`').count() % 2 == 0);
        for line in text.split_inclusive('\n') {
            let part = part_of(line).and_then(|path| Some((path, self.asset(path)?)));
            match part.and_then(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?))) {
                Some((path, part)) => {
                    if taken.insert(path.to_string()) {
                        out.extend(self.with_parts(part, taken));
                    }
                }
                // Comments are for those who read the parts. No text goes over several lines.
                None if one_line && line.trim_start().starts_with("//") => {}
                None => out.extend(line.as_bytes()),
            }
        }
        out
    }

    /// The bytes of an asset, or of a part of one.
    pub fn part(&self, path: &str) -> Option<&[u8]> {
        self.asset(path).or_else(|| self.parts.get(path).map(AsRef::as_ref))
    }

    /// The bytes of one asset.
    pub fn asset(&self, path: &str) -> Option<&[u8]> {
        self.assets.get(path).map(AsRef::as_ref)
    }
}

/// What a template may be told of a value that grows.
const GROWS: (&str, &str) = (
    "a list or table holds itself again and again, and could grow without end",
    "give each list a name of its own; a list that holds another one twice, or a macro that calls \
     itself with a new list, doubles each time",
);

/// The templates without those whose values could grow without end.
fn bounded(
    mut templates: Vec<(String, String)>,
    errors: &mut Vec<ThemeError>,
) -> Vec<(String, String)> {
    loop {
        let texts: Vec<(&str, &str)> =
            templates.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let Some((at, line)) = growth::fault(&texts) else { return templates };
        let (name, text) = templates.remove(at);
        errors.push(ThemeError::out_of_bounds(&name, &text, line, GROWS));
    }
}

/// The file that a line of a style sheet or a script stands for.
fn part_of(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches("// ");
    line.strip_prefix("@import \"")?.strip_suffix("\";")
}

/// Escapes text for HTML. The library's own way also escapes `/`, which makes every
/// address longer and harder to read.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) => {
            let mut rest = text;
            while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
                out.write_str(&rest[..at])?;
                out.write_str(match rest.as_bytes()[at] {
                    b'&' => "&amp;",
                    b'<' => "&lt;",
                    b'>' => "&gt;",
                    b'"' => "&quot;",
                    _ => "&#39;",
                })?;
                rest = &rest[at + 1..];
            }
            Ok(out.write_str(rest)?)
        }
        None => {
            sized(value, MAX_DEPTH, &mut { MOST_PARTS })?;
            escape_formatter(out, state, value)
        }
    }
}

/// So many parts of a list or table are printed.
const MOST_PARTS: usize = 1_000_000;

/// Fails where a value is deeper or has more parts than are left: lists that hold themselves
/// twice are small until they are printed.
fn sized(value: &Value, depth: usize, left: &mut usize) -> Result<(), Error> {
    let many = || Error::new(ErrorKind::OutOfFuel, "a value has too many parts to be printed");
    *left = left.checked_sub(1).filter(|_| depth > 0).ok_or_else(many)?;
    let keyed = value.kind() == ValueKind::Map;
    if !keyed && value.kind() != ValueKind::Seq {
        return Ok(());
    }
    for part in value.try_iter()? {
        match keyed {
            true => sized(&value.get_item(&part)?, depth - 1, left)?,
            false => sized(&part, depth - 1, left)?,
        }
    }
    Ok(())
}

/// A page in the making, which refuses to grow beyond [`MAX_OUTPUT`].
struct Page {
    bytes: Vec<u8>,
    full: bool,
}

impl Write for &mut Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MAX_OUTPUT {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn theme(templates: &[(&str, &str)]) -> Theme {
        let owned = templates.iter().map(|(n, t)| (n.to_string(), t.to_string()));
        let (theme, errors) = Theme::load(owned, []);
        assert!(errors.is_empty(), "{errors:?}");
        theme
    }

    #[test]
    fn texts_that_double_are_stopped() {
        for text in [
            &format!("{{% set s = 'x' %}}{}{{{{ s }}}}", "{% set s = s ~ s %}".repeat(60)),
            &format!(
                "{{% set s = 'xx' %}}{}{{{{ s }}}}",
                "{% set s = s|replace('x', 'xx') %}".repeat(60)
            ),
            "{{ 'x'|center(1000000000) }}",
            "{{ 'x' * 1000000000 }}",
            "{{ 'x\ny'|indent(1000000000) }}",
        ] {
            let mut theme = theme(&[("t.html", text)]);
            theme.bound(10);
            let rendered = theme.render("t.html", &context! {});
            assert!(rendered.map_or(true, |page| page.len() < 1_000), "{text}");
        }
    }

    #[test]
    fn lists_that_double_are_told_with_their_template() {
        let double = |template: &str| (template.to_string(), "{% set s = [s, s] %}".repeat(40));
        let plain = ("b.html".to_string(), "{{ 1 }}".to_string());
        let (theme, errors) = Theme::load([double("a.html"), plain, double("c.html")], []);
        let told: Vec<_> =
            errors.iter().map(|error| (error.template.as_str(), error.line)).collect();
        assert_eq!(told, [("a.html", Some(1)), ("c.html", Some(1))]);
        assert_eq!(theme.render("b.html", &context! {}).unwrap(), "1");
    }

    #[test]
    fn lists_too_large_to_be_printed_are_stopped() {
        let rows: Vec<usize> = (0..2_000).collect();
        let all = vec![rows; 600];
        let rendered = theme(&[("t.html", "{{ all }}")]).render("t.html", &context! { all });
        assert_eq!(rendered.unwrap_err().kind, ThemeErrorKind::OutOfFuel);
    }

    fn fails(templates: &[(&str, &str)]) -> ThemeError {
        let view = context! { page => context! { title => "<b>", url => "x.html" }, n => (0..90_000).collect::<minijinja::Value>() };
        theme(templates).render("t.html", &view).unwrap_err()
    }

    #[test]
    fn text_is_escaped() {
        let theme = theme(&[("t.html", "{{ a }}")]);
        assert_eq!(theme.render("t.html", &context! { a => "<i>" }).unwrap(), "&lt;i&gt;");
    }

    #[test]
    fn a_replacement_can_extend_the_embedded_template() {
        let theme = theme(&[("404.html", "{% extends 'default/404.html' %}")]);
        assert!(theme.has("404.html") && theme.has("default/404.html"));
    }

    #[test]
    fn a_misspelt_field_is_named_with_what_there_is() {
        let error = fails(&[("t.html", "<p>\n{{ page.titel }}")]);
        assert_eq!((error.template.as_str(), error.line), ("t.html", Some(2)));
        assert_eq!(error.kind, ThemeErrorKind::Undefined);
        assert!(error.overridden);
        assert_eq!(error.excerpt().as_deref(), Some("page.titel"));
        assert!(error.values.iter().any(|v| v.contains("title")), "{error:#?}");
        insta::assert_snapshot!(error.to_string());
    }

    #[test]
    fn a_value_of_a_loop_is_shown() {
        let error = fails(&[(
            "t.html",
            "{% for row in [{'id': 'T-1', 'used': [1]}] %}{{ row.x }}{% endfor %}",
        )]);
        insta::assert_snapshot!(error.to_string());
    }

    #[test]
    fn syntax_errors_are_found_when_loading() {
        let (_, errors) = Theme::load([("t.html".into(), "a\n{% if x %}\nb".into())], []);
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].kind, ThemeErrorKind::Syntax);
        assert_eq!(errors[0].template, "t.html");
        insta::assert_snapshot!(errors[0].to_string());
    }

    #[test]
    fn errors_inside_another_template_name_that_one() {
        let error =
            fails(&[("t.html", "{% include 'part.html' %}"), ("part.html", "\n{{ nothing }}")]);
        assert_eq!((error.template.as_str(), error.line), ("part.html", Some(2)));
        assert_eq!(error.through, ["t.html:1"]);
    }

    #[test]
    fn missing_templates_and_filters_are_named() {
        assert!(
            fails(&[("t.html", "{% extends 'bass.html' %}")]).to_string().contains("bass.html")
        );
        assert!(fails(&[("t.html", "{{ page|upcase }}")]).to_string().contains("upcase"));
    }

    #[test]
    fn endless_work_is_stopped() {
        let nested = "{% for a in n %}{% for b in n %}{% set c = a * b %}{% endfor %}{% endfor %}";
        assert_eq!(fails(&[("t.html", nested)]).kind, ThemeErrorKind::OutOfFuel);
        assert_eq!(fails(&[("t.html", "{% include 't.html' %}")]).kind, ThemeErrorKind::TooDeep);
        let recursive = "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}";
        assert_eq!(fails(&[("t.html", recursive)]).kind, ThemeErrorKind::TooDeep);
        let deep = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
        let (_, errors) = Theme::load([("t.html".into(), format!("{{{{ {deep} }}}}"))], []);
        assert_eq!(errors.len(), 1);
    }

    #[test]
    fn huge_pages_are_stopped() {
        let line = "x".repeat(10_000);
        let huge = format!("{{% for a in n %}}{line}{{% endfor %}}");
        let error = fails(&[("t.html", huge.as_str())]);
        assert_eq!(error.kind, ThemeErrorKind::TooLong);
    }

    #[test]
    fn parts_stand_in_their_place_once_and_not_alone() {
        let file = |path: &str, text: &str| (path.to_string(), text.as_bytes().to_vec());
        let (mut theme, _) = Theme::load(
            [],
            [
                file("a.css", "@import \"b.css\";\n@import \"none.css\";\na"),
                file("b.css", "@import \"a.css\";\n@import \"b.css\";\nb\n"),
                file("a.js", "// @import \"b.js\";\na\n"),
                file("b.js", "b\n"),
            ],
        );
        theme.bundle();
        let text = |path: &str| theme.asset(path).map(|b| String::from_utf8_lossy(b).into_owned());
        assert_eq!(text("a.js").as_deref(), Some("b\na\n"));
        assert_eq!(text("b.js"), None);
        let sheet = text("casebook.css").unwrap_or_default();
        assert!(sheet.contains("--bg:") && !sheet.contains("@import"), "{sheet}");
        assert_eq!(text("tokens.css"), None);
    }

    #[test]
    fn assets_are_replaced_by_path() {
        let (theme, _) = Theme::load([], [("casebook.css".into(), b"x".to_vec())]);
        assert_eq!(theme.asset("casebook.css"), Some(&b"x"[..]));
        assert!(theme.asset("casebook.js").is_some());
    }
}
