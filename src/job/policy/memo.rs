//! What was computed for a policy, kept for the next job with the same policy: nearly all jobs of a
//! list share a few policies.
//!
//! A slot is filled once and never emptied, so threads look things up without waiting for each
//! other. A policy that finds its slots taken is computed again for each of its jobs.

use std::hash::{BuildHasher, Hash};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::FixedState;

/// How many things are kept.
const SLOTS: usize = 4096;

/// How many slots a thing may be in.
const TRIES: usize = 4;

/// Things by their keys.
pub(super) struct Memo<T> {
    slots: OnceLock<MemoSlots<T>>,
}

struct MemoSlots<T> {
    /// A part of the hash of the thing in each slot, which is seldom 0. It rules out most other
    /// things, and takes little memory.
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
    /// The thing that `is_it`, or a place for it, if one is free.
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

    /// Uses the thing that `is_it`, or else the one that is made.
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

/// What there is for a key.
pub(super) enum Found<'m, T> {
    /// The thing.
    Kept(&'m T),
    /// The place where it will be found.
    Free(Free<'m, T>),
    /// Neither.
    Full,
}

/// A place for a thing.
pub(super) struct Free<'m, T> {
    tag: (&'m AtomicU32, u32),
    slot: &'m OnceLock<T>,
}

impl<T> Free<'_, T> {
    /// Keeps the thing, and uses it.
    pub fn keep<R>(self, made: T, use_it: impl FnOnce(&T) -> R) -> R {
        match self.slot.set(made) {
            Ok(()) => {
                // Until it is there the slot is looked into, and only that decides.
                self.tag.0.store(self.tag.1, Ordering::Relaxed);
                use_it(self.slot.wait())
            }
            // Another thread was faster; what it keeps there may be something else.
            Err(made) => use_it(&made),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_slot_is_made_again() {
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
