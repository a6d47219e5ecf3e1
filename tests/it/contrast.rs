//! Measures the contrast of every pair of tokens that stand on each other, light and dark.

use crate::support;

use casebook::book::colour::{Colour, Shade};
use casebook::book::config::{BACKGROUNDS, Config};
use std::collections::BTreeMap;
use support::project;

/// The tokens of the theme: name and value.
fn tokens(css: &str) -> BTreeMap<String, String> {
    let lines = css.lines().map(str::trim).filter(|line| line.starts_with("--"));
    let pairs = lines.filter_map(|line| line.trim_end_matches(';').split_once(": "));
    pairs.map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn css() -> String {
    std::fs::read_to_string(project("themes/default/assets/tokens.css")).unwrap()
}

/// A colour as written in CSS; `hue` stands in for `var(--hue)`.
fn colour(text: &str, hue: f64) -> Colour {
    if let Some(colour) = Colour::parse(text) {
        return colour;
    }
    let inner = text.strip_prefix("oklch(").and_then(|text| text.strip_suffix(')'));
    let parts: Vec<&str> = inner.unwrap_or_else(|| panic!("{text}")).split(' ').collect();
    let lightness = parts[0].trim_end_matches('%').parse::<f64>().unwrap() / 100.0;
    let angle = if parts[2] == "var(--hue)" { hue } else { parts[2].parse().unwrap() };
    Shade { lightness, chroma: parts[1].parse().unwrap(), hue: angle }.colour()
}

/// The colour of a token on light (0) or dark (1) pages.
fn token(tokens: &BTreeMap<String, String>, name: &str, dark: usize, hue: f64) -> Colour {
    let value = &tokens[name];
    if let Some(other) = value.strip_prefix("var(").and_then(|rest| rest.strip_suffix(')')) {
        return token(tokens, other, dark, hue);
    }
    let inner = value.strip_prefix("light-dark(").and_then(|rest| rest.strip_suffix(')'));
    let inner = inner.unwrap_or_else(|| panic!("{name}: {value}"));
    let (light, rest) = inner.split_once(", ").unwrap();
    colour(if dark == 1 { rest } else { light }, hue)
}

fn measure(tokens: &BTreeMap<String, String>, pairs: &[(&str, &str, f64)], hues: &[f64]) {
    let mut low = Vec::new();
    for (above, below, least) in pairs {
        for dark in [0, 1] {
            for hue in hues {
                let [a, b] = [above, below].map(|name| token(tokens, name, dark, *hue));
                let ratio = a.contrast(b);
                if ratio < *least {
                    let page = ["light", "dark"][dark];
                    low.push(format!(
                        "{above} on {below}, {page}, hue {hue}: {ratio:.2} < {least}"
                    ));
                }
            }
        }
    }
    assert!(low.is_empty(), "{low:#?}");
}

#[test]
fn text_links_and_controls_are_legible() {
    let pairs = [
        ("--fg", "--bg", 7.0),
        ("--fg", "--surface", 7.0),
        ("--fg", "--mark", 7.0),
        ("--fg", "--accent-soft", 7.0),
        ("--muted", "--bg", 7.0),
        ("--muted", "--surface", 7.0),
        ("--accent", "--bg", 4.5),
        ("--accent", "--surface", 4.5),
        ("--accent", "--accent-soft", 4.5),
        ("--accent-fg", "--accent", 4.5),
        ("--control", "--bg", 3.0),
        ("--control", "--surface", 3.0),
        ("--focus", "--bg", 3.0),
        ("--danger", "--bg", 4.5),
        ("--dfd-alert-fg", "--dfd-alert", 7.0),
        ("--dfd-plus", "--bg", 3.0),
        ("--dfd-turn", "--bg", 3.0),
        ("--code-keyword", "--surface", 7.0),
        ("--code-string", "--surface", 7.0),
        ("--code-comment", "--surface", 7.0),
        ("--code-number", "--surface", 7.0),
        ("--code-function", "--surface", 7.0),
        ("--code-type", "--surface", 7.0),
        ("--code-attribute", "--surface", 7.0),
    ];
    measure(&tokens(&css()), &pairs, &[0.0]);
}

#[test]
fn tints_of_every_hue_are_legible() {
    let hues: Vec<f64> = (0..72).map(|step| f64::from(step) * 5.0).collect();
    let pairs = [
        ("--tone", "--tint", 7.0),
        ("--fg", "--tint", 7.0),
        ("--shape", "--bg", 3.0),
        ("--shape", "--tint", 3.0),
    ];
    measure(&tokens(&css()), &pairs, &hues);
}

#[test]
fn accents_of_books_are_legible_on_what_the_theme_has() {
    let tokens = tokens(&css());
    for (dark, pair) in BACKGROUNDS.iter().enumerate() {
        for (name, hex) in ["--bg", "--surface"].iter().zip(pair) {
            assert_eq!(token(&tokens, name, dark, 0.0).hex(), *hex, "{name}");
        }
    }
    for hex in ["#ffd500", "#00a651", "#e60000", "#003399", "#ffffff", "#000000", "#ff8800"] {
        let (config, _) = Config::parse(&format!("[theme]\naccent = \"{hex}\"\n"), "content");
        let mut own = tokens.clone();
        own.extend(self::tokens(&config.look.css()));
        let pairs = [
            ("--accent", "--bg", 4.5),
            ("--accent", "--surface", 4.5),
            ("--accent", "--accent-soft", 4.5),
            ("--accent-fg", "--accent", 4.5),
            ("--fg", "--accent-soft", 7.0),
        ];
        measure(&own, &pairs, &[0.0]);
    }
}

#[test]
fn sizes_are_the_ones_that_were_chosen() {
    let tokens = tokens(&css());
    for (name, value) in [
        ("--text", "1rem"),
        ("--leading", "1.65"),
        ("--h1", "clamp(1.6rem, 1.2rem + 2vw, 2.125rem)"),
        ("--h2", "1.625rem"),
        ("--h3", "1.3125rem"),
        ("--h4", "1.0625rem"),
        ("--measure", "44rem"),
        ("--sidebar", "18rem"),
        ("--radius", "4px"),
        ("--radius-large", "8px"),
        ("--focus-ring", "2px solid var(--focus)"),
        ("--focus-offset", "2px"),
    ] {
        assert_eq!(tokens[name], value, "{name}");
    }
}
