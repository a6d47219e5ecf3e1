//! What stands in place of the layout in a program that was built without it: diagrams are
//! shown as tables.

use super::LayoutError;
use super::fit::{Placed, Plan};
use crate::dfd::model::Diagram;

pub(super) fn place(_diagram: &Diagram, _plan: &Plan) -> Result<Placed, LayoutError> {
    Err(LayoutError::Failed("this program was built without the feature `elk`".into()))
}
