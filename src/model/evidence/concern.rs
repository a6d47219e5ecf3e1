//! What a reviewer asks about a threat first: no test, a test that fails, nobody in charge.

use super::{Evidence, Outcome};
use crate::book::page::Key;
use crate::model::{Model, Status, Threat};

/// Something about a threat that wants attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// It is open or mitigated, and no test is named.
    NoTest,
    /// A test that it names fails.
    FailingTest,
    /// It is open and nobody is to treat it, or it is accepted and nobody is named.
    NoOwner,
}

impl Concern {
    /// All, in the order of filters.
    pub const ALL: [Concern; 3] = [Concern::NoTest, Concern::FailingTest, Concern::NoOwner];

    /// The word in filters.
    pub fn word(self) -> &'static str {
        match self {
            Concern::NoTest => "no-test",
            Concern::FailingTest => "failing-test",
            Concern::NoOwner => "no-owner",
        }
    }
}

impl Evidence {
    /// What wants attention about a threat.
    pub fn concerns(&self, threat: &Threat) -> Vec<Concern> {
        let lacks = |key: Key| !threat.has(key);
        let fails = || {
            let mut tests = threat.said(Key::Tests).iter();
            tests.any(|test| self.outcome(&test.text) == Some(Outcome::Failed))
        };
        let is = |concern: &Concern| match (concern, threat.status) {
            (Concern::NoTest, Status::Open | Status::Mitigated) => lacks(Key::Tests),
            (Concern::FailingTest, _) => fails(),
            (Concern::NoOwner, Status::Open) => lacks(Key::Owner),
            (Concern::NoOwner, Status::Accepted) => lacks(Key::Owner) && lacks(Key::By),
            _ => false,
        };
        Concern::ALL.into_iter().filter(is).collect()
    }

    /// What wants attention in a model, each once.
    pub fn concerns_of(&self, model: &Model) -> Vec<Concern> {
        let all = model.threats.iter().flat_map(|threat| self.concerns(threat));
        let mut found: Vec<Concern> = all.collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
