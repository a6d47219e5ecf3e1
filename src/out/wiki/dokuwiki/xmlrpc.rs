//! XML-RPC, as far as DokuWiki speaks it.

use crate::text::base64;
use crate::text::markup::escaped;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// A parameter of a call.
pub(super) enum Parameter<'p> {
    Text(&'p str),
    Number(i64),
    Bytes(&'p [u8]),
    /// Names with words, numbers or yes and no.
    Struct(Vec<(&'static str, Value)>),
}

/// A call as XML.
pub(super) fn call(method: &str, parameters: &[Parameter<'_>]) -> String {
    let mut out =
        format!("<?xml version=\"1.0\"?><methodCall><methodName>{method}</methodName><params>");
    for parameter in parameters {
        let value = match parameter {
            Parameter::Text(text) => string(text),
            Parameter::Number(number) => format!("<int>{number}</int>"),
            Parameter::Bytes(bytes) => format!("<base64>{}</base64>", base64::encode(bytes)),
            Parameter::Struct(members) => {
                let members = members.iter().map(|(name, value)| {
                    let value = match value {
                        Value::Bool(yes) => format!("<boolean>{}</boolean>", u8::from(*yes)),
                        Value::Number(number) => format!("<int>{number}</int>"),
                        value => string(value.as_str().unwrap_or_default()),
                    };
                    format!("<member><name>{name}</name><value>{value}</value></member>")
                });
                format!("<struct>{}</struct>", members.collect::<String>())
            }
        };
        out.push_str(&format!("<param><value>{value}</value></param>"));
    }
    out + "</params></methodCall>"
}

fn string(text: &str) -> String {
    // XML has no place for control characters.
    let plain: String = text.chars().filter(|c| !c.is_control() || "\n\t".contains(*c)).collect();
    format!("<string>{}</string>", escaped(&plain))
}

/// What a call gave: its value, or the number and the words of a fault.
pub(super) fn answer(text: &str) -> Result<Value, (i64, String)> {
    let broken = |reason: String| (0, format!("the answer is no XML-RPC: {reason}"));
    let mut reader = Reader::from_str(text);
    let mut parser = Parser::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => parser.open(tag.local_name().as_ref()),
            Ok(Event::Empty(tag)) => {
                parser.open(tag.local_name().as_ref());
                parser.close();
            }
            Ok(Event::Text(words)) => parser.words.push_str(&words.xml10_content()),
            Ok(Event::CData(words)) => parser.words.push_str(&words.xml10_content()),
            Ok(Event::GeneralRef(name)) => match name.resolve_char_ref() {
                Ok(Some(c)) => parser.words.push(c),
                _ => {
                    let known = quick_xml::escape::resolve_predefined_entity(&name);
                    parser.words.push_str(known.unwrap_or_default());
                }
            },
            Ok(Event::End(_)) => parser.close(),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => return Err(broken(error.to_string())),
        }
    }
    let value = parser.done.ok_or_else(|| broken("it has no value".into()))?;
    if !parser.fault {
        return Ok(value);
    }
    let code = value.get("faultCode").and_then(Value::as_i64).unwrap_or(0);
    let words = value.get("faultString").and_then(Value::as_str).unwrap_or("").to_string();
    Err((code, words))
}

/// Values on their way: each open element with what was found in it.
#[derive(Default)]
struct Parser {
    open: Vec<(String, Vec<(String, Value)>)>,
    words: String,
    name: Vec<String>,
    fault: bool,
    done: Option<Value>,
}

impl Parser {
    fn open(&mut self, name: &str) {
        self.fault |= name == "fault";
        self.words.clear();
        // Nobody sends values that deep.
        if self.open.len() < 200 {
            self.open.push((name.to_string(), Vec::new()));
        }
    }

    fn close(&mut self) {
        let Some((name, found)) = self.open.pop() else { return };
        let words = std::mem::take(&mut self.words);
        let inner = || found.first().map(|(_, value)| value.clone());
        let value = match name.as_str() {
            "name" => {
                self.name.push(words);
                return;
            }
            "string" | "dateTime.iso8601" | "base64" => Value::from(words),
            "int" | "i4" => Value::from(words.trim().parse::<i64>().unwrap_or(0)),
            "double" => Value::from(words.trim().parse::<f64>().unwrap_or(0.0)),
            "boolean" => Value::from(words.trim() == "1"),
            "nil" => Value::Null,
            "value" => inner().unwrap_or_else(|| Value::from(words)),
            "member" => {
                let key = self.name.pop().unwrap_or_default();
                self.give(key, inner().unwrap_or_default());
                return;
            }
            "struct" => Value::from(found.into_iter().collect::<Map<_, _>>()),
            "array" => inner().unwrap_or_else(|| Value::from(Vec::<Value>::new())),
            "data" => Value::from(found.into_iter().map(|(_, value)| value).collect::<Vec<_>>()),
            "methodResponse" => {
                self.done = inner();
                return;
            }
            _ => match inner() {
                Some(value) => value,
                None => return,
            },
        };
        self.give(String::new(), value);
    }

    fn give(&mut self, key: String, value: Value) {
        if let Some((_, found)) = self.open.last_mut() {
            found.push((key, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_are_values_or_faults() {
        let text = "<?xml version=\"1.0\"?>\n<methodResponse>\n <params><param><value><array><data>\n\
                    <value><struct><member><name>id</name><value><string>a:b &lt;&#x263a;</string></value></member>\
                    <member><name>rev</name><value><int>12</int></value></member></struct></value>\
                    <value>bare</value><value><array><data></data></array></value></data></array></value></param></params></methodResponse>";
        let expected = json!([{"id": "a:b <\u{263a}", "rev": 12}, "bare", []]);
        assert_eq!(answer(text).unwrap(), expected);
        let fault = "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>111</int>\
                     </value></member><member><name>faultString</name><value><string>no</string></value></member>\
                     </struct></value></fault></methodResponse>";
        assert_eq!(answer(fault).unwrap_err(), (111, "no".to_string()));
        assert!(
            answer("<html>login</html>").is_err() && answer("").is_err() && answer("<a").is_err()
        );
    }

    #[test]
    fn a_call_says_what_it_was_given() {
        let text = call(
            "wiki.x",
            &[Parameter::Text("<a>\u{1}"), Parameter::Struct(vec![("minor", json!(true))])],
        );
        assert!(text.contains("<string>&lt;a&gt;</string>"), "{text}");
        assert!(
            text.contains("<member><name>minor</name><value><boolean>1</boolean></value></member>")
        );
    }
}
