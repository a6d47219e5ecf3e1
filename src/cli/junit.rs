//! `--junit`: the results of tests.

use super::Failure;
use crate::book::source::read_named;
use crate::model::evidence::Results;
use std::path::PathBuf;

/// More than a test runner writes.
const MAX_BYTES: u64 = 256 << 20;

/// Results of tests.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Junit {
    /// Results of tests as JUnit XML, shown beside the tests that models name; a folder
    /// of the book goes before this option
    #[arg(long, value_name = "FILE", num_args = 1..)]
    junit: Vec<PathBuf>,
}

impl Junit {
    /// Reads the files that were named.
    pub(super) fn read(&self) -> Result<Results, Failure> {
        let mut results = Results::default();
        for path in &self.junit {
            let name = path.display().to_string();
            let bytes = read_named(path, MAX_BYTES).map_err(|error| {
                format!("cannot read the results of tests in `{name}`: {error}")
            })?;
            results.read(&name, &bytes).map_err(|error| {
                format!(
                    "{error}\n--junit takes JUnit XML, as cargo-nextest, pytest and Maven write it"
                )
            })?;
        }
        Ok(results)
    }
}
