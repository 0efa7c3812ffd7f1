//! Divides columns into parts, and runs the threads that take them.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

use arrow_array::ArrayRef;

/// Rows in a part; a multiple of the rows in a word.
pub(super) const ROWS: usize = 1 << 15;

/// From this many rows on, starting another thread saves time.
const WORTH_A_THREAD: usize = 100_000;

/// The most rows whose texts have at most 2³¹ bytes in all, even if each name has the greatest
/// length.
const WITHIN_OFFSETS: usize = 1 << 25;

/// An array, in several pieces if the texts of its answer might be too many for one array.
pub(super) fn within_offsets(array: &ArrayRef) -> Vec<ArrayRef> {
    if array.len() <= WITHIN_OFFSETS {
        return vec![array.clone()];
    }
    let pieces = (0..array.len()).step_by(WITHIN_OFFSETS);
    pieces
        .map(|from| array.slice(from, WITHIN_OFFSETS.min(array.len() - from)))
        .collect()
}

/// How many threads take a column of this length: as many as the caller asked for; otherwise one,
/// or one for each core if the column is long.
pub(super) fn threads(asked: Option<NonZeroUsize>, rows: usize) -> usize {
    match asked {
        Some(threads) => threads.get().min(rows.div_ceil(ROWS)).max(1),
        None if rows < 2 * WORTH_A_THREAD => 1,
        None => {
            let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
            cores.min(rows / WORTH_A_THREAD)
        }
    }
}

/// Does the work on each item, on this many threads including the caller's. Each thread keeps a
/// value from item to item.
///
/// # Errors
/// The error of an item; no further items are begun then.
pub(super) fn each<T: Send, K, E: Send>(
    items: Vec<T>,
    threads: usize,
    kept: impl Fn() -> K + Sync,
    work: impl Fn(&mut K, T) -> Result<(), E> + Sync,
) -> Result<(), E> {
    each_after(items, threads, kept, work, || ())
}

/// The same, but the caller's thread does something else before it takes items. Its answer is lost if
/// an item has an error.
///
/// # Errors
/// Those of [`each`].
pub(super) fn each_after<T: Send, K, E: Send, A>(
    items: Vec<T>,
    threads: usize,
    kept: impl Fn() -> K + Sync,
    work: impl Fn(&mut K, T) -> Result<(), E> + Sync,
    before: impl FnOnce() -> A,
) -> Result<A, E> {
    let failed = Mutex::new(None);
    let lock = || failed.lock().unwrap_or_else(PoisonError::into_inner);
    let queue = Mutex::new(items.into_iter());
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.next()
    };
    let take = || {
        let mut kept = kept();
        while let Some(item) = next() {
            if let Err(error) = work(&mut kept, item) {
                lock().get_or_insert(error);
            }
            if lock().is_some() {
                break;
            }
        }
    };
    let answer = thread::scope(|scope| {
        for _ in 1..threads {
            // If the system can start no more threads, fewer do the work.
            if thread::Builder::new().spawn_scoped(scope, take).is_err() {
                break;
            }
        }
        let answer = before();
        take();
        answer
    });
    match lock().take() {
        Some(error) => Err(error),
        None => Ok(answer),
    }
}
