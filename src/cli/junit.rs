//! `--junit`: the results of tests.
#![allow(clippy::disallowed_methods, reason = "reads files that are no part of the book")]

use super::Failure;
use crate::model::evidence::Results;
use std::path::PathBuf;

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
            let bytes = std::fs::read(path).map_err(|error| {
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
