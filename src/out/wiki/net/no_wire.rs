//! What stands in place of the network in a program that was built without it.

use super::exchange::{Answer, Request, WireError};

/// No way to the network.
pub(super) struct Wire;

impl Wire {
    /// # Errors
    /// Always.
    pub fn new(_authorities: Option<&[u8]>) -> Result<Wire, String> {
        Err("this program was built without the feature `publish`; take one that has it".into())
    }

    /// # Errors
    /// Always.
    pub fn send(&self, _request: Request<'_>) -> Result<Answer, WireError> {
        Err(WireError::Hopeless("there is no network in this program".into()))
    }
}
