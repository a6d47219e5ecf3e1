//! What goes over the network and comes back, whoever carries it.

use std::time::Duration;

/// What is sent.
pub(super) struct Request<'r> {
    pub method: &'r str,
    pub url: String,
    pub headers: Vec<(&'r str, String)>,
    /// The media type and the bytes.
    pub body: Option<(String, Vec<u8>)>,
    /// How long it may take.
    pub patience: Duration,
}

/// What comes back.
pub(super) struct Answer {
    pub status: u16,
    /// How long the wiki wants us to wait.
    pub wait: Option<Duration>,
    /// What the wiki wants to know us by, `name=value` and more.
    pub cookies: Vec<String>,
    pub text: String,
}

/// Why there is no answer.
pub(super) enum WireError {
    /// It cannot be sent, and trying again does not help.
    Hopeless(String),
    /// Nobody whom we trust vouches for the wiki.
    Untrusted(String),
    /// It may work the next time.
    Network(String),
}
