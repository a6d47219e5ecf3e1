//! Room for many connections, and for the next reader at all times.
//!
//! All readers come from this machine, so a bound per address would bound nothing.
//! Instead each way to hold a place ends: who is silent gives way to whoever comes next,
//! who waits for events holds one of a part of the places, who does not read is cut off,
//! and in a crowd nobody keeps a connection for later.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::{Instant, Sleep, sleep};

/// So many connections are served at once.
pub(super) const CONNECTIONS: usize = if cfg!(test) { 240 } else { 512 };

/// So many of them may wait for events.
const STREAMS: usize = CONNECTIONS / 2;

/// With fewer places left than these nobody keeps a connection after an answer.
const FEW: usize = CONNECTIONS / 4;

/// The places and who has them.
#[derive(Debug)]
pub(super) struct Crowd {
    room: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    /// Who has not asked for anything yet, by the order of coming.
    silent: Mutex<BTreeMap<u64, AbortHandle>>,
}

impl Crowd {
    pub fn new() -> Crowd {
        Crowd {
            room: Arc::new(Semaphore::new(CONNECTIONS)),
            streams: Arc::new(Semaphore::new(STREAMS)),
            silent: Mutex::default(),
        }
    }

    /// A place for the next one; who has been silent for longest makes room.
    pub async fn seat(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(seat) = self.room.clone().try_acquire_owned() {
            return Some(seat);
        }
        let (_, longest) = self.silent().pop_first()?;
        longest.abort();
        let freed = self.room.clone().acquire_owned();
        tokio::time::timeout(Duration::from_secs(1), freed).await.ok()?.ok()
    }

    pub fn came(&self, number: u64, task: AbortHandle) {
        self.silent().insert(number, task);
    }

    /// It has asked for something, or is gone.
    pub fn spoke(&self, number: u64) {
        self.silent().remove(&number);
    }

    /// A place among those who wait for events.
    pub fn stream(&self) -> Option<OwnedSemaphorePermit> {
        self.streams.clone().try_acquire_owned().ok()
    }

    /// Whether places are few.
    pub fn is_dense(&self) -> bool {
        self.room.available_permits() < FEW
    }

    fn silent(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, AbortHandle>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection whose other end must read.
#[derive(Debug)]
pub(super) struct Patient {
    stream: TcpStream,
    patience: Duration,
    /// Runs out while nothing can be written.
    late: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    pub fn new(stream: TcpStream, patience: Duration) -> Patient {
        Patient { stream, patience, late: None }
    }

    /// What a try to write gave, or an error after too many.
    fn judge<T>(
        &mut self,
        context: &mut Context<'_>,
        tried: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if tried.is_ready() {
            self.late = None;
            return tried;
        }
        let patience = self.patience;
        let late = self.late.get_or_insert_with(|| Box::pin(sleep(patience)));
        if late.deadline() <= Instant::now() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        ready!(late.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let tried = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, tried)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let tried = Pin::new(&mut self.stream).poll_flush(context);
        self.judge(context, tried)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let tried = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.judge(context, tried)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
