//! The words that scripts say, as a script of its own: `assets/text/CODE.js`.

use super::{Entry, Text};
use std::fmt::Write as _;

/// How the keys begin that scripts need.
const PREFIX: &str = "script_";

/// Finds a text and fills it, as `Text::form` and `fill` do. A number `n` chooses the form.
const FUNCTION: &str = "\
window.casebookText = (key, values = {}) => {
  const { language, texts } = casebookTexts;
  let text = Object.hasOwn(texts, key) ? texts[key] : key;
  if (typeof text !== \"string\") {
    const form = \"n\" in values ? new Intl.PluralRules(language).select(values.n) : \"other\";
    text = text[form] ?? text.other;
  }
  return text.replace(/\\{(\\w+)\\}/g, (gap, name) => (name in values ? values[name] : gap));
};
";

impl Text {
    /// Where the script is, below the site's root.
    pub fn script_url(&self) -> String {
        let code: String = self
            .language()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        format!("assets/text/{code}.js")
    }

    /// The script: a function that says what a key says.
    pub fn script(&self) -> String {
        let mut out = String::from("// What the scripts say, from the texts of the language.\n");
        let _ = writeln!(
            out,
            "const casebookTexts = {{ language: {}, texts: {{",
            json(self.language())
        );
        for (key, entry) in &self.entries {
            let Some(key) = key.strip_prefix(PREFIX) else { continue };
            match entry {
                Entry::Plain(text) => {
                    let _ = writeln!(out, "{}: {},", json(key), json(text));
                }
                Entry::Forms(forms) => {
                    let forms: Vec<String> = forms
                        .iter()
                        .map(|(form, text)| format!("{}: {}", form.name(), json(text)))
                        .collect();
                    let _ = writeln!(out, "{}: {{ {} }},", json(key), forms.join(", "));
                }
            }
        }
        out.push_str("} };\n");
        out.push_str(FUNCTION);
        out
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
