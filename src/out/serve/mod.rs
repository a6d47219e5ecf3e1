//! The site from memory, while it is written.
//!
//! ```text
//! watch -> edition (one parse, one linking) -> http (one render) -> the browser reloads
//! ```
//!
//! The whole site is put together again after each change, so every page that depends
//! on the edited one is right. What is expensive, parsing, is remembered per file.

mod crowd;
mod edition;
mod http;
mod range;
mod watch;

pub use edition::{Edition, Found};

use edition::Book;
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch as channel;

/// The port where none is asked for.
pub const PORT: u16 = 3000;

/// How many ports to try.
const PORTS: u16 = 100;

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// This port and no other; 0 for any that is free. Without it [`PORT`] is taken,
    /// or the next one that is free.
    pub port: Option<u16>,
    /// Whether to open the browser.
    pub open: bool,
}

/// What happens while a book is served.
#[derive(Debug)]
pub enum Event<'e> {
    /// The site can be read at this address.
    Ready(&'e str),
    /// An edition is shown, or was refused because it has errors.
    Loaded {
        /// The edition.
        edition: &'e Edition,
        /// Whether it is shown.
        shown: bool,
        /// How long it took to put together.
        took: Duration,
    },
    /// Something else went wrong; the site is still served.
    Trouble(String),
}

/// Why a book cannot be served.
#[derive(Debug)]
pub enum ServeError {
    /// The book cannot be read.
    Book(io::Error),
    /// The port cannot be had.
    Port(u16, io::Error),
    /// The system has no room for another server.
    Start(io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServeError::Book(error) => write!(f, "cannot read the book: {error}"),
            ServeError::Port(port, error) => {
                write!(f, "cannot listen at port {port}: {error}; choose one with --port")
            }
            ServeError::Start(error) => write!(f, "cannot start the server: {error}"),
        }
    }
}

impl std::error::Error for ServeError {}

/// What browsers are shown.
#[derive(Debug, Clone)]
struct Shown {
    /// The last edition without errors, or the first one.
    edition: Arc<Edition>,
    /// What is wrong with the newest one.
    trouble: Option<Arc<str>>,
}

/// Serves a book until the process ends.
///
/// # Errors
/// When the book cannot be read or the port cannot be had. Mistakes in the content
/// are no errors here: they are shown in the pages, and reported.
pub fn run(
    root: &Path,
    options: Options,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<(), ServeError> {
    let start = Instant::now();
    let (mut book, edition) = Book::open(root).map_err(ServeError::Book)?;
    // Before anything can change unseen.
    let mut watch = watch::Watch::new();
    let mut unseen = watch.follow(&book).map_or_else(Some, |_| None);
    let (listeners, port) = listen(options.port)?;
    let edition = Arc::new(edition);
    let shown = Shown { edition: edition.clone(), trouble: edition.trouble() };
    let (sender, receiver) = channel::channel(shown);
    http::start(listeners, port, receiver).map_err(ServeError::Start)?;
    report(Event::Loaded { edition: &edition, shown: true, took: start.elapsed() });
    let address = format!("http://localhost:{port}/");
    report(Event::Ready(&address));
    if options.open
        && let Err(error) = open_browser(&address)
    {
        report(Event::Trouble(format!("cannot open the browser: {error}")));
    }
    if let Some(error) = unseen.take() {
        report(Event::Trouble(error.to_string()));
    }
    let mut unseen = false;
    loop {
        let changed = match unseen {
            true => BTreeSet::from([String::new()]),
            false => watch.next(&book),
        };
        let start = Instant::now();
        match outlive(|| book.reload(&changed)) {
            Ok(None) => {}
            Ok(Some(edition)) => {
                let edition = Arc::new(edition);
                let trouble = edition.trouble();
                let shown = trouble.is_none();
                let mut old = edition.clone();
                sender.send_modify(|now| {
                    // While nothing good was ever there, the newest is as good as any.
                    if shown || now.edition.trouble().is_some() {
                        std::mem::swap(&mut now.edition, &mut old);
                    }
                    now.trouble = trouble;
                });
                // Many pages take a while to be dropped; readers do not wait for it.
                drop(old);
                report(Event::Loaded { edition: &edition, shown, took: start.elapsed() });
            }
            Err(error) => {
                book.forget();
                let text = format!("The book cannot be read: {error}");
                sender.send_modify(|now| now.trouble = Some(text.as_str().into()));
                report(Event::Trouble(text));
            }
        }
        unseen = watch.follow(&book).unwrap_or_else(|error| {
            report(Event::Trouble(error.to_string()));
            matches!(error, watch::Blind::Limit)
        });
    }
}

/// Runs what may fail in any way, a mistake of ours included: the server goes on.
fn outlive<T>(act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
    result.unwrap_or_else(|_| {
        Err(io::Error::other(
            "Casebook made a mistake while reading it. Please report it, with what was saved last",
        ))
    })
}

/// Listens at the loopback addresses alone, so that no other machine can read.
fn listen(wanted: Option<u16>) -> Result<(Vec<TcpListener>, u16), ServeError> {
    let first = wanted.unwrap_or(PORT);
    let last = if wanted.is_some() { first } else { first.saturating_add(PORTS) };
    let mut result = Err(ServeError::Port(first, io::ErrorKind::AddrInUse.into()));
    for port in first..=last {
        match listen_at(port) {
            Ok(found) => return Ok(found),
            Err(error) => {
                let busy = error.kind() == io::ErrorKind::AddrInUse;
                result = Err(ServeError::Port(first, error));
                if !busy {
                    break;
                }
            }
        }
    }
    result
}

fn listen_at(port: u16) -> io::Result<(Vec<TcpListener>, u16)> {
    let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let port = four.local_addr()?.port();
    // Browsers try both for `localhost`: somebody else's server must not answer there.
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))) {
        Ok(six) => Ok((vec![four, six], port)),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok((vec![four], port)),
    }
}

/// Asks the system to show an address.
fn open_browser(address: &str) -> io::Result<()> {
    use std::process::{Command, Stdio};
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new("xdg-open")
    };
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    // Whoever starts a process must wait for it.
    std::thread::Builder::new().spawn(move || child.wait()).map(drop)
}

#[cfg(test)]
mod tests;
