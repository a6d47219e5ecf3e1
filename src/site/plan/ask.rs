//! The page that asks what is built, and what it reads.

use super::{BROWSE, Plan, Route, Script};
use crate::book::config::Config;
use crate::book::graph::Graph;
use crate::model::ask::Questions;

/// The page with the description and the walk of questions.
pub const ASK: &str = "ask.html";
/// The page with the cards.
pub const DECK: &str = "cards.html";
/// More threats than fit into one page of cards.
const MOST_CARDS: usize = 2_000;

impl Plan {
    /// Adds the walk of questions, in a book whose threats ask some.
    pub fn add_ask(&mut self, config: &Config, graph: &Graph, questions: &Questions) {
        if questions.threats() == 0 {
            return;
        }
        self.take(config, graph, ASK.into(), Route::Ask);
        if questions.threats() <= MOST_CARDS {
            self.take(config, graph, DECK.into(), Route::Deck);
        }
        self.take(config, graph, format!("{BROWSE}ask.js"), Route::Script(Script::Ask));
    }
}
