//! Keeps results computed for a policy or a zone for the next job with the same one: nearly all jobs
//! of a list share a few.
//!
//! A slot is filled once and never emptied, so threads look up results without waiting for each
//! other. If the slots of a key are taken, its result is computed again for each job.

use std::hash::{BuildHasher, Hash};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::FixedState;

/// How many results are kept.
const SLOTS: usize = 4096;

/// How many slots a result may be in.
const TRIES: usize = 4;

/// Results by their keys.
pub(super) struct Memo<T> {
    slots: OnceLock<MemoSlots<T>>,
}

struct MemoSlots<T> {
    /// A part of the hash of the result in each slot, rarely 0. It excludes most other results, and
    /// takes little memory.
    tags: Box<[AtomicU32]>,
    things: Box<[OnceLock<T>]>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Memo {
            slots: OnceLock::new(),
        }
    }
}

impl<T> MemoSlots<T> {
    fn new() -> Self {
        MemoSlots {
            tags: (0..SLOTS).map(|_| AtomicU32::new(0)).collect(),
            things: (0..SLOTS).map(|_| OnceLock::new()).collect(),
        }
    }
}

impl<T> Memo<T> {
    /// The result that `is_it` accepts, or a free slot for it if there is one.
    pub fn find(&self, key: impl Hash, is_it: impl Fn(&T) -> bool) -> Found<'_, T> {
        let slots = self.slots.get_or_init(MemoSlots::new);
        let hash = FixedState::default().hash_one(key);
        let own_tag = (hash >> 32) as u32;
        for number in 0..TRIES {
            let place = (hash as usize).wrapping_add(number) % SLOTS;
            let tag = slots.tags[place].load(Ordering::Relaxed);
            if tag != 0 && tag != own_tag {
                continue;
            }
            match slots.things[place].get() {
                Some(kept) if is_it(kept) => return Found::Kept(kept),
                Some(_) => {}
                None => {
                    return Found::Free(Free {
                        tag: (&slots.tags[place], own_tag),
                        slot: &slots.things[place],
                    });
                }
            }
        }
        Found::Full
    }

    /// Uses the result that `is_it` accepts, or else makes one and uses it.
    pub fn get_or_make<R>(
        &self,
        key: impl Hash,
        is_it: impl Fn(&T) -> bool,
        make: impl FnOnce() -> T,
        use_it: impl FnOnce(&T) -> R,
    ) -> R {
        match self.find(key, is_it) {
            Found::Kept(kept) => use_it(kept),
            Found::Free(free) => free.keep(make(), use_it),
            Found::Full => use_it(&make()),
        }
    }
}

/// The outcome of a search.
pub(super) enum Found<'m, T> {
    /// The result.
    Kept(&'m T),
    /// The slot where the result can be stored.
    Free(Free<'m, T>),
    /// Neither.
    Full,
}

/// A free slot.
pub(super) struct Free<'m, T> {
    tag: (&'m AtomicU32, u32),
    slot: &'m OnceLock<T>,
}

impl<T> Free<'_, T> {
    /// Stores the result, and uses it.
    pub fn keep<R>(self, made: T, use_it: impl FnOnce(&T) -> R) -> R {
        match self.slot.set(made) {
            Ok(()) => {
                // Before the tag is stored, threads compare the slot itself, which is also correct.
                self.tag.0.store(self.tag.1, Ordering::Relaxed);
                use_it(self.slot.wait())
            }
            // Another thread was faster, perhaps with another result.
            Err(made) => use_it(&made),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_without_a_slot_is_made_again() {
        let memo = Memo::default();
        let made = std::cell::Cell::new(0);
        let get = |key: usize| {
            // All keys have the same slots.
            memo.get_or_make(
                0,
                |kept| *kept == key,
                || {
                    made.set(made.get() + 1);
                    key
                },
                |kept| *kept,
            )
        };
        for _ in 0..3 {
            for key in 0..TRIES + 2 {
                assert_eq!(get(key), key);
            }
        }
        assert_eq!(made.get(), TRIES + 3 * 2);
    }
}
