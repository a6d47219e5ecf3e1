//! Bytes as text: base64 with the common alphabet (RFC 4648, section 4).

use base64::engine::Engine;
use base64::engine::general_purpose::STANDARD;

/// Appends bytes as base64.
pub fn encode_into(bytes: &[u8], into: &mut Vec<u8>) {
    into.extend_from_slice(encode(bytes).as_bytes());
}

/// Bytes as base64.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
