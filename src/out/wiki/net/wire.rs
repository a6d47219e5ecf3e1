//! One request over the network, and its answer. No other file knows the library that sends it.

use super::SLOWEST;
use super::exchange::{Answer, Request, WireError};
use std::time::Duration;
use ureq::http;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// The largest answer in bytes.
const MAX_ANSWER: u64 = 64 << 20;

/// The way to the network.
pub(super) struct Wire(ureq::Agent);

impl Wire {
    /// A way that trusts the authorities that browsers know, or those in a PEM file.
    ///
    /// # Errors
    /// When the file holds no certificate.
    pub fn new(authorities: Option<&[u8]>) -> Result<Wire, String> {
        let roots = match authorities {
            Some(pem) => RootCerts::new_with_certs(&certificates(pem)?),
            None => RootCerts::WebPki,
        };
        let config = ureq::Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(SLOWEST))
            .user_agent(concat!("casebook/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Wire(config.into()))
    }

    /// Sends a request.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn send(&self, request: Request<'_>) -> Result<Answer, WireError> {
        let mut builder = http::Request::builder().method(request.method).uri(request.url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        let hopeless = |error: http::Error| WireError::Hopeless(error.to_string());
        let left = request.patience;
        let answer = match request.body {
            None => self.run(builder.body(()).map_err(hopeless)?, left),
            Some((kind, bytes)) => {
                let builder = builder.header("Content-Type", kind);
                self.run(builder.body(bytes).map_err(hopeless)?, left)
            }
        };
        read(answer.map_err(why)?)
    }

    fn run<B: ureq::AsSendBody>(
        &self,
        request: http::Request<B>,
        left: Duration,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        self.0.run(self.0.configure_request(request).timeout_global(Some(left)).build())
    }
}

fn read(mut answer: http::Response<ureq::Body>) -> Result<Answer, WireError> {
    let header = |value: &http::HeaderValue| value.to_str().ok().map(str::to_string);
    let wait = answer.headers().get("Retry-After").and_then(header);
    let cookies = answer.headers().get_all("Set-Cookie").iter().filter_map(header).collect();
    let body = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_string();
    Ok(Answer {
        status: answer.status().as_u16(),
        wait: wait.and_then(|wait| wait.trim().parse().ok()).map(Duration::from_secs),
        cookies,
        text: body.map_err(|error| WireError::Network(error.to_string()))?,
    })
}

fn why(error: ureq::Error) -> WireError {
    let reason = error.to_string();
    match error {
        ureq::Error::HostNotFound | ureq::Error::BadUri(_) => WireError::Hopeless(reason),
        _ if reason.contains("failed to lookup address") => WireError::Hopeless(reason),
        // The library has no kind of its own for this.
        _ if reason.contains("invalid peer certificate") => WireError::Untrusted(reason),
        _ => WireError::Network(reason),
    }
}

/// The certificates in a PEM file.
fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, String> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(format!("the certificate cannot be read: {error}")),
        }
    }
    match found.is_empty() {
        true => Err("the certificate is not in PEM form (-----BEGIN CERTIFICATE-----)".into()),
        false => Ok(found),
    }
}
