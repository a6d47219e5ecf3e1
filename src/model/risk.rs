//! Which frameworks rate the threats of a model.

use super::{Model, Models, Threat, collect};
use crate::book::config::Config;
use crate::risk::Framework;
use std::collections::{BTreeMap, BTreeSet};

impl Model {
    /// The framework that scored a threat; `None` where it has no score.
    pub fn rated_by<'c>(&self, config: &'c Config, threat: &Threat) -> Option<&'c Framework> {
        threat.score.as_ref()?;
        let framework = collect::framework(config, self, threat.input.as_ref()?)?;
        framework.rates().then_some(framework)
    }

    /// The names of the frameworks that scored threats of this model.
    pub fn frameworks<'c>(&self, config: &'c Config) -> BTreeSet<&'c str> {
        let rated = self.threats.iter().filter_map(|threat| self.rated_by(config, threat));
        rated.map(Framework::name).collect()
    }
}

impl Models {
    /// The frameworks to explain: those that a book declares, and those that scored a
    /// threat, with the models that use each.
    pub fn frameworks<'m>(&'m self, config: &'m Config) -> BTreeMap<&'m str, Vec<&'m Model>> {
        let declared = config.frameworks.values().map(Framework::name);
        let mut found: BTreeMap<&str, Vec<&Model>> = declared
            .filter(|name| Framework::built_in(name).is_none())
            .map(|name| (name, Vec::new()))
            .collect();
        for model in self.by_node.values() {
            for name in model.frameworks(config) {
                found.entry(name).or_default().push(model);
            }
        }
        found
    }
}
