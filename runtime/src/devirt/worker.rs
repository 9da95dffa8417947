//! A thread that looks again at calls that are bypassed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::registry;

/// A thread that has calls through [`Devirt`](crate::Devirt) sampled anew that are bypassed.
///
/// Without one, a call that was bypassed stays so until [`relearn`](crate::relearn). With one it is sampled after
/// an interval, and again after two more, four, eight and so on, so that one that stays as it is costs less
/// and less. It goes on learning after one good sample. The thread ends when this is dropped, which waits for that.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let worker = static_call::Relearner::spawn(Duration::from_secs(1))?;
/// // The program runs.
/// drop(worker);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Relearner {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Relearner {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread.
    pub fn spawn(interval: Duration) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name(String::from("static-call relearner"))
            .spawn(move || run(interval, &stopped))?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Relearner {
    fn drop(&mut self) {
        // Relaxed: nothing else is told by it.
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It does not panic, and if it did, there would be nobody to tell.
            let _ = thread.join();
        }
    }
}

fn run(interval: Duration, stop: &AtomicBool) {
    let mut next = Instant::now() + interval;
    while !stop.load(Ordering::Relaxed) {
        let wait = next.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            // It may wake up early, by `drop` or for no reason.
            thread::park_timeout(wait);
            continue;
        }
        for objects in registry::objects() {
            objects.look_again();
        }
        next = Instant::now() + interval;
    }
}
