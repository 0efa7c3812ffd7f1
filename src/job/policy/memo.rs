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
    /// Uses the thing that `is_it`, or else the one that is made.
    pub fn get_or_make<R>(
        &self,
        key: impl Hash,
        is_it: impl Fn(&T) -> bool,
        make: impl FnOnce() -> T,
        use_it: impl FnOnce(&T) -> R,
    ) -> R {
        let empty = || (0..SLOTS).map(|_| OnceLock::new()).collect();
        let slots = self.slots.get_or_init(empty);
        let hash = FixedState::default().hash_one(key) as usize;
        for place in (0..TRIES).map(|number| hash.wrapping_add(number) % SLOTS) {
            let slot = &slots[place];
            let Some(kept) = slot.get() else {
                let made = make();
                // Another thread may be faster; what it keeps here may be something else.
                return match slot.set(made) {
                    Ok(()) => use_it(slot.wait()),
                    Err(made) => use_it(&made),
                };
            };
            if is_it(kept) {
                return use_it(kept);
            }
        }
        use_it(&make())
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
