//! What was worked out for a policy, kept for the next job that has the same one: of the jobs of a
//! list nearly all share a few policies.
//!
//! A slot is filled once and never emptied, so that threads look things up without waiting for each
//! other. A policy that finds its slots taken is worked out again for each of its jobs.

use std::hash::{BuildHasher, Hash};
use std::sync::OnceLock;

use foldhash::fast::FixedState;

/// How many things are kept.
const SLOTS: usize = 4096;

/// How many slots a thing may lie in.
const TRIES: usize = 4;

/// Things by their keys.
pub(super) struct Memo<T> {
    slots: OnceLock<Box<[OnceLock<T>]>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Memo {
            slots: OnceLock::new(),
        }
    }
}

impl<T> Memo<T> {
    /// The thing that `is_it`, or a place for it, if one is free.
    pub fn find(&self, key: impl Hash, is_it: impl Fn(&T) -> bool) -> Found<'_, T> {
        let empty = || (0..SLOTS).map(|_| OnceLock::new()).collect();
        let slots = self.slots.get_or_init(empty);
        let hash = FixedState::default().hash_one(key) as usize;
        for place in (0..TRIES).map(|number| hash.wrapping_add(number) % SLOTS) {
            let slot = &slots[place];
            match slot.get() {
                Some(kept) if is_it(kept) => return Found::Kept(kept),
                Some(_) => {}
                None => return Found::Free(slot),
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
            Found::Free(slot) => keep(slot, make(), use_it),
            Found::Full => use_it(&make()),
        }
    }
}

/// What there is for a key.
pub(super) enum Found<'m, T> {
    /// The thing.
    Kept(&'m T),
    /// The place where it will be found.
    Free(&'m OnceLock<T>),
    /// Neither.
    Full,
}

/// Keeps a thing in its place, and uses it.
pub(super) fn keep<T, R>(slot: &OnceLock<T>, made: T, use_it: impl FnOnce(&T) -> R) -> R {
    match slot.set(made) {
        Ok(()) => use_it(slot.wait()),
        // Another thread was faster; what it keeps there may be something else.
        Err(made) => use_it(&made),
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
            // All keys lie in the same slots.
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
