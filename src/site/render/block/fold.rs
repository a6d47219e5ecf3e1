//! What folds below a row: one line says who, which tests and until when.

use super::{Table, is_running, response};
use crate::book::page::{Item, Key};
use crate::model::evidence::Concern;
use crate::model::{Status, Threat};
use crate::text::markup::escaped;

impl Table<'_> {
    /// The row below a row. `head` names the cell that it belongs to.
    pub(super) fn fold(
        &self,
        item: &Item,
        threat: Option<&Threat>,
        span: usize,
        head: &str,
        out: &mut String,
    ) {
        let headers = match head.is_empty() {
            true => String::new(),
            false => format!(" headers=\"{head}\""),
        };
        out.push_str(&format!(
            "<tr class=\"more\"><td colspan=\"{span}\"{headers} class=\"notes\">"
        ));
        let brief = self.brief(item, threat);
        let runs = threat.is_none_or(|threat| is_running(threat.status));
        let open = threat.is_some_and(|threat| threat.status == Status::Open);
        // What the one line tells in full is not said twice.
        let told = |key: Key| match key {
            Key::Owner => true,
            Key::Until => runs,
            Key::Response => open,
            _ => false,
        };
        let more = self.notes().any(|column| !told(column.key) && !item.get(column.key).is_empty());
        match (brief.is_empty(), more) {
            (false, true) => {
                out.push_str(&format!("<details class=\"fold\"><summary>{brief}</summary>"));
                self.write_notes(item, &told, out);
                out.push_str("</details>");
            }
            (false, false) => out.push_str(&format!("<p class=\"brief\">{brief}</p>")),
            (true, _) => self.write_notes(item, &|_| false, out),
        }
        out.push_str("</td></tr>\n");
    }

    /// The one line; empty where there is nothing to say in short.
    fn brief(&self, item: &Item, threat: Option<&Threat>) -> String {
        let text = self.renderer.text;
        let status = threat.map(|threat| threat.status);
        let words = |key: Key| {
            let words: Vec<&str> = item.get(key).iter().map(|word| word.text.as_str()).collect();
            (!words.is_empty()).then(|| escaped(&words.join(", ")))
        };
        let planned = (status == Some(Status::Open)).then(|| escaped(&response(text, item)));
        let until = item.first(Key::Until).filter(|_| status.is_none_or(is_running));
        let until = until.map(|day| escaped(&text.fill("until_day", &[("date", &text.date(day))])));
        let parts = [
            planned.filter(|words| !words.is_empty()),
            words(Key::Owner).or_else(|| words(Key::By)),
            self.tests(item, threat),
            until,
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(" \u{b7} ")
    }

    /// How many tests there are, and what came of them; or that there is none where one
    /// is wanted.
    fn tests(&self, item: &Item, threat: Option<&Threat>) -> Option<String> {
        let text = self.renderer.text;
        let names = item.get(Key::Tests).iter().map(|word| word.text.as_str());
        let number = names.clone().count();
        if number == 0 {
            let wanted = threat.is_some_and(|threat| {
                self.concerns(threat).split(' ').any(|word| word == Concern::NoTest.word())
            });
            return wanted.then(|| {
                format!("<span class=\"lacking\">{}</span>", escaped(text.get("no_test")))
            });
        }
        let tally = self.renderer.evidence.tally(names);
        let said = escaped(&tally.say(text));
        Some(match (said.is_empty(), tally.failed) {
            (true, _) => escaped(&text.count("count_tests", number)),
            (false, 0) => said,
            (false, _) => format!("<span class=\"chip chip-status-failed\">{said}</span>"),
        })
    }
}
