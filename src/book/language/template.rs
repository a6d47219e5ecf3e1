//! The words as templates see them: `text`.

use super::{Text, fill};
use crate::text::markup::escaped;
use minijinja::value::{Enumerator, Kwargs, Object, ObjectRepr, from_args};
use minijinja::{Error, ErrorKind, State, Value};
use std::sync::Arc;

impl Object for Text {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.find(key.as_str()?).map(Value::from)
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "count" => {
                let (key, n): (&str, usize) = from_args(args)?;
                self.known(key)?;
                Ok(self.count(key, n).into())
            }
            "fill" => {
                let (key, values): (&str, Kwargs) = from_args(args)?;
                self.known(key)?;
                let n = if values.has("n") { values.get("n")? } else { 2 };
                filled(self.form(key, n), &values)
            }
            "date" => {
                let (date,): (&str,) = from_args(args)?;
                Ok(self.date(date).into())
            }
            "word" => {
                let (word,): (&str,) = from_args(args)?;
                Ok(self.word(word).into())
            }
            "within" => {
                let (words,): (&str,) = from_args(args)?;
                Ok(self.within(words).into())
            }
            _ => Err(Error::new(
                ErrorKind::UnknownMethod,
                format!("`text` has count, fill, date, word and within, not `{method}`"),
            )),
        }
    }

    fn render(self: &Arc<Self>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "texts in {}", self.language)
    }
}

impl Text {
    /// The words as a value for templates.
    pub fn value(self: &Arc<Self>) -> Value {
        Value::from_dyn_object(self.clone())
    }

    fn known(&self, key: &str) -> Result<(), Error> {
        match self.find(key) {
            Some(_) => Ok(()),
            None => Err(Error::new(ErrorKind::UndefinedError, format!("`text` has no `{key}`"))),
        }
    }
}

/// A text with its gaps filled. Where a value is finished HTML the result is too.
fn filled(text: &str, values: &Kwargs) -> Result<Value, Error> {
    let mut named: Vec<(&str, Value)> = Vec::new();
    for name in values.args() {
        named.push((name, values.get(name)?));
    }
    let html = named.iter().any(|(_, value)| value.is_safe());
    let shown: Vec<(&str, String)> = named
        .iter()
        .map(|(name, value)| match html && !value.is_safe() {
            true => (*name, escaped(&value.to_string())),
            false => (*name, value.to_string()),
        })
        .collect();
    let shown: Vec<(&str, &str)> =
        shown.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Ok(match html {
        true => Value::from_safe_string(fill(&escaped(text), &shown)),
        false => fill(text, &shown).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Texts;
    use minijinja::{AutoEscape, Environment, context};
    use std::sync::Arc;

    fn render(template: &str) -> Result<String, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let text = Arc::new(Texts::embedded("en")).value();
        environment.render_str(template, context! { text, bad => "<i>" })
    }

    #[test]
    fn templates_see_texts_and_macros_do_too() {
        assert_eq!(render("{{ text.next }}").unwrap(), "Next");
        assert_eq!(render("{{ text.count('results', 2) }}").unwrap(), "2 results");
        let within = "{% macro m() %}{{ text.next }}{% endmacro %}{{ m() }}";
        assert_eq!(render(within).unwrap(), "Next");
    }

    #[test]
    fn html_in_a_gap_stays_html_and_text_is_escaped() {
        let plain = "{{ text.fill('made_with', generator=bad) }}";
        assert_eq!(render(plain).unwrap(), "Made with &lt;i&gt;");
        let html = "{% set a %}<b>x</b>{% endset %}{{ text.fill('made_with', generator=a) }}";
        assert_eq!(render(html).unwrap(), "Made with <b>x</b>");
    }

    #[test]
    fn a_misspelt_key_or_method_is_an_error() {
        assert!(render("{{ text.count('nothing_like_it', 1) }}").is_err());
        assert!(render("{{ text.cuont('results', 1) }}").is_err());
        assert!(render("{{ text.fill('made_with') }}").unwrap().contains("{generator}"));
    }
}
