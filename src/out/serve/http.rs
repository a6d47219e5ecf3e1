//! The server: loopback only, read only, from memory.
//!
//! A page of another site must not read the book by way of the reader's browser.
//! Against DNS rebinding the `Host` header must name this server; against requests of
//! other pages so must `Origin`, and the browser's own word (`Sec-Fetch-Site`) counts;
//! no answer carries CORS headers, and none may be embedded elsewhere.

use super::Shown;
use super::crowd::{Crowd, Patient};
use super::edition::Page;
use super::range;
use crate::text::markup::escaped;
use crate::text::media::media_type;
use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch::Receiver;

const SCRIPT: &str = include_str!("live.js");
const STYLE: &str = include_str!("live.css");

/// So long may the head of a request take, and the other end not read.
pub(super) const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
/// So many bytes may it have.
const HEAD: usize = 64 * 1024;

#[derive(Debug)]
struct Server {
    port: u16,
    shown: Receiver<Shown>,
    crowd: Crowd,
}

/// Serves what is shown, in threads of its own.
pub(super) fn start(
    listeners: Vec<TcpListener>,
    port: u16,
    shown: Receiver<Shown>,
) -> io::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let server = Arc::new(Server { port, shown, crowd: Crowd::new() });
    let mut accepting = Vec::new();
    {
        let _inside = runtime.enter();
        for listener in listeners {
            listener.set_nonblocking(true)?;
            accepting.push(tokio::net::TcpListener::from_std(listener)?);
        }
    }
    std::thread::Builder::new().name("server".into()).spawn(move || {
        runtime.block_on(async move {
            let mut last = None;
            for listener in accepting {
                last = Some(tokio::spawn(accept(server.clone(), listener)));
            }
            if let Some(last) = last {
                let _ = last.await;
            }
        });
    })?;
    Ok(())
}

async fn accept(server: Arc<Server>, listener: tokio::net::TcpListener) {
    for number in 0.. {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(_) => {
                // Out of file descriptors, most likely: let others end.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(seat) = server.crowd.seat().await else { continue };
        let _ = stream.set_nodelay(true);
        let waiting = server.clone();
        let server = server.clone();
        let (begin, begun) = tokio::sync::oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            // It is on the list before it can leave it.
            let _ = begun.await;
            let service = service_fn(|request| {
                server.crowd.spoke(number);
                let server = server.clone();
                async move { Ok::<_, Infallible>(server.answer(request).await) }
            });
            let stream = Patient::new(stream, PATIENCE);
            // What goes wrong with one connection is over with it.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .max_buf_size(HEAD)
                .serve_connection(TokioIo::new(stream), service)
                .await;
            server.crowd.spoke(number);
            drop(seat);
        });
        waiting.crowd.came(number, task.abort_handle());
        let _ = begin.send(());
    }
}

impl Server {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let mut response = self.route(&request).await;
        let headers = response.headers_mut();
        let fixed: [(HeaderName, &str); 5] = [
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "no-referrer"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if self.crowd.is_dense() {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    async fn route(&self, request: &Request<Incoming>) -> Response<Body> {
        if !self.is_ours(request.uri(), request.headers()) {
            let text = "This server answers its own pages only.\n";
            return plain(StatusCode::FORBIDDEN, text);
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD.\n");
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let Some(path) = decode(request.uri().path()) else {
            return plain(StatusCode::BAD_REQUEST, "The address cannot be read.\n");
        };
        match path.as_str() {
            ".casebook/live.js" => typed(StatusCode::OK, "live.js", SCRIPT.as_bytes().to_vec()),
            ".casebook/live.css" => typed(StatusCode::OK, "live.css", STYLE.as_bytes().to_vec()),
            ".casebook/events" => self.events(),
            _ => self.page(path, request.uri().path(), request.headers()).await,
        }
    }

    /// Whether a request is for this server, and comes from a page of it or from the
    /// reader.
    fn is_ours(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let one = |name: HeaderName| {
            let mut values = headers.get_all(name).iter();
            (values.next(), values.next())
        };
        let (Some(host), None) = one(header::HOST) else { return false };
        let host = host.to_str().is_ok_and(|host| self.is_name(host));
        let target = uri.authority().is_none_or(|authority| self.is_name(authority.as_str()));
        let origin = match one(header::ORIGIN) {
            (None, _) => true,
            (Some(origin), None) => origin
                .to_str()
                .ok()
                .and_then(|origin| origin.strip_prefix("http://"))
                .is_some_and(|host| self.is_name(host)),
            _ => false,
        };
        let word = |name: &'static str| {
            headers.get(name).map(|value| value.to_str().unwrap_or("?").to_string())
        };
        // Following a link from elsewhere is fine: the reader sees the page, not the
        // other site.
        let fetched = match word("sec-fetch-site").as_deref() {
            None | Some("same-origin" | "none") => true,
            Some(_) => {
                word("sec-fetch-mode").as_deref() == Some("navigate")
                    && word("sec-fetch-dest").as_deref() == Some("document")
            }
        };
        host && target && origin && fetched
    }

    fn is_name(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
            host.strip_prefix(name).is_some_and(|rest| match rest.strip_prefix(':') {
                Some(port) => port.parse() == Ok(self.port) && !port.starts_with(['+', '0']),
                None => rest.is_empty() && self.port == 80,
            })
        })
    }

    async fn page(&self, path: String, asked: &str, headers: &HeaderMap) -> Response<Body> {
        let edition = self.shown.borrow().edition.clone();
        let name = edition.name().to_string();
        let policy = edition.policy();
        let found = tokio::task::spawn_blocking({
            let path = path.clone();
            move || edition.get(&path)
        });
        let html = |status, bytes| {
            let mut response = typed(status, "x.html", with_script(bytes, &name));
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.clone());
            response
        };
        match found.await {
            Ok(Page::Bytes(bytes)) if is_html(&path) => html(StatusCode::OK, bytes),
            Ok(Page::Bytes(mut bytes)) => {
                let (status, part) = range::cut(headers, &mut bytes);
                let mut response = typed(status, &path, bytes);
                let own = response.headers_mut();
                own.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
                if let Some(part) = part {
                    own.insert(header::CONTENT_RANGE, part);
                }
                response
            }
            Ok(Page::Folder) => {
                let mut response = plain(StatusCode::FOUND, "");
                if let Ok(value) = HeaderValue::from_str(&format!("{asked}/")) {
                    response.headers_mut().insert(header::LOCATION, value);
                }
                response
            }
            Ok(Page::Missing(bytes)) => html(StatusCode::NOT_FOUND, bytes),
            Ok(Page::Failed(text)) => html(StatusCode::INTERNAL_SERVER_ERROR, failure(&text)),
            Err(_) => {
                let text = "The page could not be rendered. This is a mistake in Casebook.";
                html(StatusCode::INTERNAL_SERVER_ERROR, failure(text))
            }
        }
    }

    /// What is shown, now and after each change.
    fn events(&self) -> Response<Body> {
        let Some(place) = self.crowd.stream() else {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "Too many pages wait for changes.\n");
        };
        let start = (self.shown.clone(), true, place);
        let states = stream::unfold(start, |(mut shown, first, place)| async move {
            if !first {
                shown.changed().await.ok()?;
            }
            let state = {
                let now = shown.borrow_and_update();
                serde_json::json!({
                    "edition": now.edition.name(),
                    "trouble": now.trouble.as_deref(),
                    "stale": now.trouble.is_some() && now.edition.trouble().is_none(),
                })
            };
            let event = Event::default().event("state").data(state.to_string());
            Some((Ok::<_, Infallible>(event), (shown, false, place)))
        });
        Sse::new(states).keep_alive(KeepAlive::default()).into_response()
    }
}

/// A path without its first `/`, percent-decoded.
fn decode(path: &str) -> Option<String> {
    let mut rest = path.strip_prefix('/')?.bytes();
    let mut bytes = Vec::with_capacity(path.len());
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            bytes.push((digit()? * 16 + digit()?) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|path| !path.contains('\0'))
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    typed(status, "x.txt", text.into())
}

fn typed(status: StatusCode, path: &str, bytes: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(media_type(path));
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    if path.ends_with(".svg") {
        // A picture that is opened as a page could run script.
        let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn is_html(path: &str) -> bool {
    path.is_empty() || path.ends_with('/') || media_type(path).starts_with("text/html")
}

/// Adds the script of live reload to a page.
fn with_script(mut page: Vec<u8>, edition: &str) -> Vec<u8> {
    let tags = format!(
        "<link rel=\"stylesheet\" href=\"/.casebook/live.css\">\
         <script src=\"/.casebook/live.js\" data-edition=\"{edition}\"></script>"
    );
    let end = b"</body>";
    let at = page.windows(end.len()).rposition(|window| window == end).unwrap_or(page.len());
    page.splice(at..at, tags.into_bytes());
    page
}

/// A page that shows a text.
fn failure(text: &str) -> Vec<u8> {
    let text = escaped(text);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <title>This page cannot be rendered</title>\n<body>\n\
         <h1>This page cannot be rendered</h1>\n<pre>{text}</pre>\n</body>\n</html>\n"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_decoded_once() {
        assert_eq!(decode("/a%20b/%C3%A4.html").as_deref(), Some("a b/ä.html"));
        assert_eq!(decode("/%252e%252e/").as_deref(), Some("%2e%2e/"));
        for bad in ["/%", "/%4", "/%zz", "/%+1", "/%00", "/%ff", "*", ""] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_script_goes_before_the_end() {
        let page = |text: &str| String::from_utf8(with_script(text.into(), "1")).unwrap();
        let found = page("<body><p>&lt;/body></p></body></html>");
        assert!(found.ends_with("data-edition=\"1\"></script></body></html>"), "{found}");
        assert!(page("<p>x").starts_with("<p>x<link"));
    }

    #[test]
    fn types_by_extension() {}
}
