//! Ctrl-C while a column is checked, which may take seconds on several threads.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// Frequent enough for Ctrl-C, rare enough to cost nothing.
const LOOK: Duration = Duration::from_millis(50);

/// Checks for signals from time to time, on the thread that created it: Python handles signals on
/// no other thread.
pub(super) struct Signals {
    thread: ThreadId,
    last: Mutex<Instant>,
    raised: OnceLock<PyErr>,
}

impl Signals {
    pub(super) fn new() -> Self {
        Signals {
            thread: thread::current().id(),
            last: Mutex::new(Instant::now()),
            raised: OnceLock::new(),
        }
    }

    /// Whether the handler of a signal has raised an exception.
    pub(super) fn is_stopped(&self) -> bool {
        if self.raised.get().is_none() && thread::current().id() == self.thread && self.is_time() {
            let handled = Python::attach(|py| py.check_signals());
            if let Err(error) = handled {
                let _ = self.raised.set(error);
            }
        }
        self.raised.get().is_some()
    }

    fn is_time(&self) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = last.elapsed() >= LOOK;
        if is_time {
            *last = Instant::now();
        }
        is_time
    }

    /// The exception of the handler.
    pub(super) fn into_raised(self) -> Option<PyErr> {
        self.raised.into_inner()
    }
}
