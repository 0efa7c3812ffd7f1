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
    /// The thing that `is_it`, or the one that is made; with its place, if it is kept.
    pub fn get_or_make<R>(
        &self,
        key: impl Hash,
        is_it: impl Fn(&T) -> bool,
        make: impl FnOnce() -> T,
        mut use_it: impl FnMut(&T, Option<usize>) -> R,
    ) -> R {
        let slots = self
            .slots
            .get_or_init(|| (0..SLOTS).map(|_| OnceLock::new()).collect());
        let hash = FixedState::default().hash_one(key);
        let place = |number: usize| (hash as usize).wrapping_add(number) % SLOTS;
        let mut free = None;
        for place in (0..TRIES).map(place) {
            match slots[place].get() {
                Some(kept) if is_it(kept) => return use_it(kept, Some(place)),
                Some(_) => {}
                None => {
                    free = Some(place);
                    break;
                }
            }
        }
        let made = make();
        let Some(place) = free else {
            return use_it(&made, None);
        };
        match slots[place].set(made) {
            Ok(()) => match slots[place].get() {
                Some(kept) => use_it(kept, Some(place)),
                None => unreachable!("it was set"),
            },
            // Another thread was faster; what it keeps there may be something else.
            Err(made) => use_it(&made, None),
        }
    }
}
