//! What can go wrong between a wiki and us.

use std::fmt;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientError {
    /// The wiki refused.
    Refused {
        /// What was asked: `PUT /wiki/...`.
        request: String,
        /// The number of the answer.
        status: u16,
        /// What the wiki says.
        words: String,
    },
    /// The wiki does not answer.
    Network {
        /// What was asked.
        request: String,
        /// Why.
        reason: String,
    },
    /// Nobody whom we trust vouches for the wiki.
    Untrusted {
        /// What is wrong with its certificate.
        reason: String,
    },
    /// It cannot be asked, and trying again does not help.
    Hopeless {
        /// What was to be asked.
        request: String,
        /// Why.
        reason: String,
    },
    /// All together took too long.
    Late {
        /// What was asked last.
        request: String,
    },
    /// Somebody else has written meanwhile.
    Conflict {
        /// The page.
        name: String,
    },
    /// The answer makes no sense.
    Answer {
        /// What was asked.
        request: String,
        /// What is missing.
        reason: String,
    },
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::Refused { request, status, words } => {
                write!(f, "the wiki answers {status} to {request}")?;
                if !words.is_empty() {
                    write!(f, ": {words}")?;
                }
                match status {
                    401 => write!(f, "\nLook at the user and the token or password"),
                    403 => write!(f, "\nThe user may not do that there"),
                    _ => Ok(()),
                }
            }
            ClientError::Network { request, reason } => {
                write!(f, "no answer to {request}: {reason}")
            }
            ClientError::Hopeless { request, reason } => {
                write!(f, "{request} cannot be sent: {reason}")
            }
            ClientError::Late { request } => write!(
                f,
                "the wiki is too slow: the time for all was over at {request}; give it longer with \
                 --timeout"
            ),
            // The advice below was followed already.
            ClientError::Untrusted { reason } if reason.contains("CaUsedAsEndEntity") => write!(
                f,
                "the wiki cannot prove who it is: its own certificate is that of an authority \
                 (CA:TRUE), which vouches for others and not for itself ({reason})\nGive the wiki \
                 a certificate of its own, signed by that authority, and name the authority's with \
                 --ca-certificate FILE"
            ),
            ClientError::Untrusted { reason } => {
                write!(
                    f,
                    "the wiki cannot prove who it is: {reason}\nWhere your company vouches for it, \
                     name the company's certificate with --ca-certificate FILE"
                )
            }
            ClientError::Conflict { name } => {
                write!(f, "`{name}` was edited while this ran; run it again")
            }
            ClientError::Answer { request, reason } => {
                write!(f, "the answer to {request} makes no sense: {reason}")
            }
        }
    }
}

impl ClientError {
    /// The number of the wiki's answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            ClientError::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether it may have been done nevertheless.
    pub fn is_open(&self) -> bool {
        match self {
            ClientError::Refused { status, .. } => matches!(status, 409 | 500..),
            ClientError::Untrusted { .. }
            | ClientError::Conflict { .. }
            | ClientError::Hopeless { .. }
            | ClientError::Late { .. } => false,
            ClientError::Network { .. } | ClientError::Answer { .. } => true,
        }
    }

    /// Whether only this page is concerned, and others can be tried.
    pub fn is_of_page(&self) -> bool {
        match self {
            ClientError::Refused { status, .. } => !matches!(status, 401 | 429 | 500..),
            ClientError::Conflict { .. } => true,
            _ => false,
        }
    }
}
