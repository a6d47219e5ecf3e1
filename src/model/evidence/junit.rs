//! Test results from JUnit XML, as cargo-nextest, pytest and Maven Surefire write it.

use crate::book::language::Text;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;
use std::fmt;

/// What came of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It ran, and held.
    Passed,
    /// It ran and failed, or could not be run to its end.
    Failed,
    /// It was skipped, or no result names it.
    NotRun,
}

impl Outcome {
    /// All, the worst first.
    pub const ALL: [Outcome; 3] = [Outcome::Failed, Outcome::NotRun, Outcome::Passed];

    /// The word in data and classes.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::NotRun => "not-run",
        }
    }

    /// The word for readers, as it stands within a sentence.
    pub fn say(self, text: &Text) -> String {
        text.word_within(self.word())
    }

    /// What so many tests are called: `tests failed`.
    pub fn tests(self, text: &Text, number: usize) -> &str {
        let key = match self {
            Outcome::Passed => "count_tests_passed",
            Outcome::Failed => "count_tests_failed",
            Outcome::NotRun => "count_tests_not_run",
        };
        text.form(key, number)
    }

    /// The outcome of several runs of one test, or of all its cases.
    fn with(self, other: Outcome) -> Outcome {
        use Outcome::{Failed, NotRun, Passed};
        match (self, other) {
            (Failed, _) | (_, Failed) => Failed,
            (Passed, _) | (_, Passed) => Passed,
            (NotRun, NotRun) => NotRun,
        }
    }
}

/// Why a file of results cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JunitError {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The reason.
    pub reason: String,
}

impl fmt::Display for JunitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)
    }
}

impl std::error::Error for JunitError {}

/// One test in a file of results.
#[derive(Debug, Clone)]
struct Case {
    /// Ways to write its name, each as its parts.
    names: Vec<Vec<String>>,
    /// The parameters of a parameterised test: `[1-2]`.
    parameters: String,
    outcome: Outcome,
}

/// The results of test runs.
///
/// A name in a model is bound to a test when its parts are the last parts of the test's
/// full name, which is the class, the suite or the file followed by the name. Parts are
/// parted by `::`, `.`, `/` or `#`. So `locks`, `signin::locks`, `SignInTest.locks` and
/// `tests/test_signin.py::locks` all work. A name without parameters means all cases of
/// a parameterised test.
#[derive(Debug, Clone, Default)]
pub struct Results {
    cases: Vec<Case>,
    /// Cases by the last part of their names.
    by_last: BTreeMap<String, Vec<usize>>,
}

impl Results {
    /// Whether no result is known, so that nothing can be said of any test.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// How many tests there are results of.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Adds the results in a file.
    ///
    /// # Errors
    /// When it is not well-formed XML, or no JUnit report.
    pub fn read(&mut self, file: &str, bytes: &[u8]) -> Result<(), JunitError> {
        let fail = |at: usize, reason: String| {
            let before = &bytes[..at.min(bytes.len())];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            JunitError { file: file.into(), line, reason }
        };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}'),
            Err(error) => return Err(fail(error.valid_up_to(), "it is not UTF-8 text".into())),
        };
        let skipped = bytes.len() - text.len();
        let mut reader = Reader::from_str(text);
        let mut walk = Walk::default();
        loop {
            let start = reader.buffer_position() as usize + skipped;
            let event = reader.read_event().map_err(|error| {
                fail(reader.error_position() as usize + skipped, format!("bad XML: {error}"))
            })?;
            match event {
                Event::Start(tag) => walk.open(&tag).map_err(|reason| fail(start, reason))?,
                Event::Empty(tag) => {
                    walk.open(&tag).map_err(|reason| fail(start, reason))?;
                    walk.close();
                }
                Event::End(_) => walk.close(),
                Event::Eof => break,
                _ => {}
            }
        }
        if let Some(name) = walk.path.last() {
            return Err(fail(bytes.len(), format!("bad XML: <{name}> is never closed")));
        }
        if !walk.rooted {
            return Err(fail(0, "it holds no XML element".into()));
        }
        for case in walk.cases {
            let number = self.cases.len();
            let mut lasts: Vec<&String> =
                case.names.iter().filter_map(|name| name.last()).collect();
            lasts.dedup();
            for last in lasts {
                self.by_last.entry(last.clone()).or_default().push(number);
            }
            self.cases.push(case);
        }
        Ok(())
    }

    /// What came of the test that a model names.
    pub fn outcome(&self, test: &str) -> Outcome {
        let (base, parameters) = split_parameters(test.trim());
        let wanted = parts(base);
        let Some(last) = wanted.last() else { return Outcome::NotRun };
        let cases = self.by_last.get(last).into_iter().flatten().map(|number| &self.cases[*number]);
        cases
            .filter(|case| parameters.is_empty() || case.parameters == parameters)
            .filter(|case| case.names.iter().any(|name| name.ends_with(&wanted)))
            .fold(Outcome::NotRun, |outcome, case| outcome.with(case.outcome))
    }
}

/// Where the reader is in a report.
#[derive(Default)]
struct Walk {
    /// The open elements.
    path: Vec<String>,
    /// The names of the open suites.
    suites: Vec<String>,
    /// The open test.
    case: Option<Case>,
    cases: Vec<Case>,
    rooted: bool,
}

impl Walk {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        let name = tag.name().as_ref().to_string();
        let attribute = |key: &str| -> Result<Option<String>, String> {
            for attribute in tag.attributes() {
                let attribute = attribute.map_err(|error| format!("bad XML: {error}"))?;
                if attribute.key.as_ref() == key {
                    let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                    let value = value.map_err(|error| format!("bad XML: {error}"))?;
                    return Ok(Some(value.into_owned()));
                }
            }
            Ok(None)
        };
        if self.path.is_empty() {
            if self.rooted {
                return Err(format!("bad XML: <{name}> stands after the end of the report"));
            }
            if name != "testsuites" && name != "testsuite" {
                return Err(format!(
                    "it is no JUnit report: it begins with <{name}>, not with <testsuites>"
                ));
            }
            self.rooted = true;
        }
        let parent = self.path.last().map(String::as_str);
        match (name.as_str(), parent) {
            ("testsuite", _) => self.suites.push(attribute("name")?.unwrap_or_default()),
            ("testcase", _) => {
                let Some(test) = attribute("name")? else {
                    return Err("a <testcase> has no name".into());
                };
                let class = attribute("classname")?.unwrap_or_default();
                let file = attribute("file")?.unwrap_or_default();
                let suite = self.suites.last().map(String::as_str).unwrap_or_default();
                let idle = attribute("status")?.is_some_and(|status| status == "notrun");
                let outcome = if idle { Outcome::NotRun } else { Outcome::Passed };
                self.case = Some(case(&test, [&class, suite, &file], outcome));
            }
            ("failure" | "error", Some("testcase")) => self.settle(Outcome::Failed),
            ("skipped", Some("testcase")) => self.settle(Outcome::NotRun),
            _ => {}
        }
        self.path.push(name);
        Ok(())
    }

    fn settle(&mut self, outcome: Outcome) {
        if let Some(case) = &mut self.case
            && case.outcome != Outcome::Failed
        {
            case.outcome = outcome;
        }
    }

    fn close(&mut self) {
        match self.path.pop().as_deref() {
            Some("testsuite") => drop(self.suites.pop()),
            Some("testcase") => self.cases.extend(self.case.take()),
            _ => {}
        }
    }
}

fn case(test: &str, before: [&str; 3], outcome: Outcome) -> Case {
    let (base, parameters) = split_parameters(test);
    let base = parts(base);
    let mut names: Vec<Vec<String>> = before
        .iter()
        .map(|before| parts(without_extension(before)).into_iter().chain(base.clone()).collect())
        .collect();
    names.dedup();
    Case { names, parameters: parameters.into(), outcome }
}

/// A name and the parameters at its end: `locks(int)[2]` gives `locks` and `(int)[2]`.
fn split_parameters(name: &str) -> (&str, &str) {
    let start = name.find(['[', '(']).unwrap_or(name.len());
    let closed = name.ends_with([']', ')']);
    // `does (not) open (yet)` is a sentence.
    let joined = name[..start].ends_with(|c: char| !c.is_whitespace());
    if closed && joined { name.split_at(start) } else { (name, "") }
}

/// Languages whose tests are named by file.
const EXTENSIONS: [&str; 12] =
    ["py", "rs", "js", "mjs", "cjs", "ts", "tsx", "java", "kt", "go", "rb", "cs"];

fn without_extension(file: &str) -> &str {
    match file.rsplit_once('.') {
        Some((stem, extension)) if EXTENSIONS.contains(&extension) && !stem.is_empty() => stem,
        _ => file,
    }
}

/// The parts of a name, such as `signin`, `locks`.
fn parts(name: &str) -> Vec<String> {
    let (file, test) = match name.find("::") {
        Some(at) => (without_extension(&name[..at]), &name[at..]),
        None => ("", name),
    };
    [file, test]
        .iter()
        .flat_map(|text| text.split(['/', '\\', '.', '#', ':']))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_string)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Results, JunitError> {
        let mut results = Results::default();
        results.read("r.xml", text.as_bytes())?;
        Ok(results)
    }

    const NEXTEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="3" failures="1">
    <testsuite name="wiki::books" tests="3" failures="1">
        <testcase name="signin::locks_after_5_failures" classname="wiki::books" time="0.1"/>
        <testcase name="signin::tells_nothing" classname="wiki::books">
            <failure type="test failure">assert &lt;x&gt;</failure>
            <system-out><![CDATA[<error>]]></system-out>
        </testcase>
        <testcase name="signin::shaky" classname="wiki::books">
            <flakyFailure type="test failure">once</flakyFailure>
        </testcase>
    </testsuite>
</testsuites>"#;

    const PYTEST: &str = r#"<testsuites><testsuite name="pytest" errors="1">
<testcase classname="tests.test_signin" name="test_lock" />
<testcase classname="tests.test_signin.TestReset" name="test_token[1.5-a]" />
<testcase classname="tests.test_signin.TestReset" name="test_token[2]"><failure message="no"/></testcase>
<testcase classname="tests.test_signin" name="test_later"><skipped type="pytest.skip"/></testcase>
<testcase classname="tests.test_signin" name="test_broken"><error message="fixture"/></testcase>
</testsuite></testsuites>"#;

    const SUREFIRE: &str = r#"<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="org.example.SignInTest">
<properties><property name="a" value="b"/></properties>
<testcase name="locks(int)[1]" classname="org.example.SignInTest" time="0"/>
<testcase name="logs" classname="org.example.SignInTest"><failure>x</failure><rerunFailure>x</rerunFailure></testcase>
</testsuite>"#;

    #[test]
    fn names_are_bound_by_their_last_parts() {
        use Outcome::{Failed, NotRun, Passed};
        for (report, test, outcome) in [
            (NEXTEST, "signin::locks_after_5_failures", Passed),
            (NEXTEST, "locks_after_5_failures", Passed),
            (NEXTEST, "wiki::books::signin::locks_after_5_failures", Passed),
            (NEXTEST, "books::signin::tells_nothing", Failed),
            (NEXTEST, "signin::shaky", Passed),
            (NEXTEST, "in::locks_after_5_failures", NotRun),
            (NEXTEST, "5_failures", NotRun),
            (NEXTEST, "", NotRun),
            (PYTEST, "tests/test_signin.py::test_lock", Passed),
            (PYTEST, "test_signin.test_lock", Passed),
            (PYTEST, "tests/test_signin.py::TestReset::test_token", Failed),
            (PYTEST, "TestReset::test_token[1.5-a]", Passed),
            (PYTEST, "test_later", NotRun),
            (PYTEST, "test_broken", Failed),
            (SUREFIRE, "SignInTest.locks", Passed),
            (SUREFIRE, "org.example.SignInTest#logs", Failed),
            (SUREFIRE, "OtherTest.locks", NotRun),
        ] {
            assert_eq!(read(report).unwrap().outcome(test), outcome, "{test}");
        }
    }

    #[test]
    fn results_of_several_files_add_up() {
        let mut results = read(NEXTEST).unwrap();
        results.read("p.xml", PYTEST.as_bytes()).unwrap();
        assert_eq!(results.len(), 8);
        let again =
            PYTEST.replace("name=\"test_lock\" />", "name=\"test_lock\"><failure/></testcase>");
        results.read("q.xml", again.as_bytes()).unwrap();
        assert_eq!(results.outcome("test_lock"), Outcome::Failed);
    }

    #[test]
    fn bad_files_are_refused_with_a_line() {
        for (text, line, reason) in [
            ("", 1, "no XML element"),
            ("<html></html>", 1, "begins with <html>"),
            ("<testsuite>\n<testcase/>\n</testsuite>", 2, "no name"),
            ("<testsuite>\n\n<testcase name='a'>\n", 4, "<testcase> is never closed"),
            ("<testsuite>\n<a>\n</b></testsuite>", 3, "bad XML"),
            ("<testsuite>\n<testcase name=a/>\n</testsuite>", 2, "bad XML"),
            ("<testsuite>\n<testcase name='&no;'/></testsuite>", 2, "bad XML"),
            ("<testsuite/>\n<testsuite/>", 2, "after the end"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.reason.contains(reason), "{text}: {error}");
        }
        let error = Results::default().read("l.xml", b"<testsuite>\n\xff</testsuite>").unwrap_err();
        assert_eq!(error.to_string(), "l.xml:2: it is not UTF-8 text");
    }
}
