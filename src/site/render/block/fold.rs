//! What folds below a row: one line says who, which tests and until when; the notes say all.

use super::table::{Table, title_of};
use crate::book::language::Text;
use crate::book::page::{Key, Word};
use crate::model::evidence::Concern;
use crate::model::{Row, Status, Threat};
use crate::site::view::{BlockFold, BlockNote, BlockValue, BriefPart, Chip};

impl Table<'_> {
    /// What is told below a row.
    pub(super) fn fold(&self, row: &Row, threat: Option<&Threat>) -> BlockFold {
        let brief = self.brief(row, threat);
        let open = threat.is_some_and(|threat| threat.status == Status::Open);
        // What the one line tells in full is not said twice.
        let told = |key: Key| match key {
            Key::Owner => true,
            Key::Until => threat.is_none_or(Threat::is_running),
            Key::Response => open,
            _ => false,
        };
        let notes = self.prose(row, &|key| !brief.is_empty() && told(key));
        BlockFold { head: None, brief, notes }
    }

    /// The one line; empty where there is nothing to say in short.
    fn brief(&self, row: &Row, threat: Option<&Threat>) -> Vec<BriefPart> {
        let text = self.renderer.text;
        let plain = |text: String| BriefPart { text, mark: None };
        let status = threat.map(|threat| threat.status);
        let planned = (status == Some(Status::Open)).then(|| response(text, row));
        let until = row.first(Key::Until).filter(|_| threat.is_none_or(Threat::is_running));
        let until = until.map(|day| text.fill("until_day", &[("date", &text.date(day))]));
        [
            planned.filter(|words| !words.is_empty()).map(plain),
            row.text(Key::Owner).or_else(|| row.text(Key::By)).map(plain),
            self.tests(row, threat),
            until.map(plain),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// How many tests there are, and what came of them; or that there is none where one
    /// is wanted.
    fn tests(&self, row: &Row, threat: Option<&Threat>) -> Option<BriefPart> {
        let text = self.renderer.text;
        let names = row.said(Key::Tests).iter().map(|word| word.text.as_str());
        let number = names.clone().count();
        let part = |text: String, mark| Some(BriefPart { text, mark });
        if number == 0 {
            let concerns = threat.map(|threat| self.renderer.evidence.concerns(threat));
            let wanted = concerns.is_some_and(|concerns| concerns.contains(&Concern::NoTest));
            return if wanted { part(text.get("no_test").into(), Some("lacking")) } else { None };
        }
        let tally = self.renderer.evidence.tally(names);
        let said = tally.say(text);
        match (said.is_empty(), tally.failed) {
            (true, _) => part(text.count("count_tests", number), None),
            (false, 0) => part(said, None),
            (false, _) => part(said, Some("failed")),
        }
    }

    /// What is said of a row in prose, but for what is told elsewhere.
    pub(super) fn prose(&self, row: &Row, told: &dyn Fn(Key) -> bool) -> Vec<BlockNote> {
        let keys = self.notes().map(|column| column.key).filter(|key| !told(*key));
        keys.filter(|key| !row.said(*key).is_empty()).map(|key| self.note(row, key)).collect()
    }

    fn note(&self, row: &Row, key: Key) -> BlockNote {
        let text = self.renderer.text;
        let words = row.said(key).iter();
        let plain = |text: String| BlockValue::Text { text };
        let values = match key {
            Key::Response => vec![plain(response(text, row))],
            Key::Until => row.first(key).map(|day| plain(text.date(day))).into_iter().collect(),
            Key::Tests => words.map(|word| self.test(word)).collect(),
            Key::Ticket => words.map(|word| ticket(&word.text)).collect(),
            _ => words.map(|word| plain(word.text.clone())).collect(),
        };
        let label = match key {
            Key::Note | Key::Notes => String::new(),
            _ => title_of(text, self.kind, key),
        };
        BlockNote { key: key.word().into(), label, values }
    }

    /// The name of a test, and what came of it where results are known.
    fn test(&self, word: &Word) -> BlockValue {
        let outcome = self.renderer.evidence.outcome(&word.text);
        let outcome = outcome.map(|outcome| Chip {
            label: outcome.say(self.renderer.text),
            ..self.renderer.chip("status", outcome.word())
        });
        BlockValue::Test { name: word.text.clone(), outcome }
    }
}

/// What is done about a threat, and by what.
fn response(text: &Text, row: &Row) -> String {
    let word = |word: &str| text.word_within(word.trim());
    let what = row.first(Key::Response).map(word).unwrap_or_default();
    let by: Vec<String> = row.said(Key::Mitigation).iter().map(|by| word(&by.text)).collect();
    match by.is_empty() {
        true => what,
        false => format!("{what} {}", text.fill("mitigated_by", &[("how", &by.join(", "))])),
    }
}

/// A ticket that is an address is a link.
fn ticket(text: &str) -> BlockValue {
    match text.starts_with("https://") || text.starts_with("http://") {
        true => BlockValue::Link { href: text.into() },
        false => BlockValue::Text { text: text.into() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        let is_link = |text| matches!(ticket(text), BlockValue::Link { .. });
        assert!(is_link("https://t.example/1?a=\"b"));
        assert!(!is_link("PLAT-412") && !is_link("javascript:alert(1)"));
    }
}
