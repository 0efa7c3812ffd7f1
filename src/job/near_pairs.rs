//! Zones and places of phones whose clocks agree: pairs that were compared before.
//!
//! A list has few such pairs, and a comparison that is kept is found by following several pointers,
//! one after the other. A pair is one number here, and one look says whether it was there.
//!
//! Limits: pairs share their slots, and the last one has it. A look only ever says yes; another pair
//! is compared.

use std::sync::atomic::{AtomicU64, Ordering};

use super::phone_zones::PhonePlace;
use crate::slots::slot_of;

/// Most lists have fewer pairs by far.
const PAIRS: usize = 4096;

/// A zone, by the number that its owner gives it, and a place of phones.
#[derive(Clone, Copy, Debug)]
pub(super) struct NearPair(u64);

impl NearPair {
    /// The pair of the zone of this number, which is below 2^32, and a place.
    #[inline(always)]
    pub fn new(zone: usize, place: PhonePlace) -> Self {
        // One more, because 0 is an empty slot.
        NearPair((zone as u64 + 1) << PhonePlace::BITS | u64::from(place.number()))
    }

    #[inline(always)]
    fn slot(self) -> usize {
        slot_of(self.0, PAIRS.ilog2())
    }
}

/// The pairs so far. Threads share them: a slot holds a whole pair, so that none reads half of one.
pub(super) struct NearPairs(Box<[AtomicU64; PAIRS]>);

impl NearPairs {
    pub fn new() -> Self {
        NearPairs(Box::new([const { AtomicU64::new(0) }; PAIRS]))
    }

    /// Whether the clocks of the pair agree; if not, that is decided by `are_near`.
    #[inline(always)]
    pub fn has(&self, pair: NearPair, are_near: impl FnOnce() -> bool) -> bool {
        let slot = &self.0[pair.slot()];
        if slot.load(Ordering::Relaxed) == pair.0 {
            return true;
        }
        let are_near = are_near();
        if are_near {
            slot.store(pair.0, Ordering::Relaxed);
        }
        are_near
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_pair_is_known() {
        let pairs = NearPairs::new();
        let place = PhonePlace::of_number(0);
        let other = PhonePlace::of_number(1);
        assert!(!pairs.has(NearPair::new(0, place), || false));
        assert!(pairs.has(NearPair::new(0, place), || true));
        assert!(pairs.has(NearPair::new(0, place), || false));
        assert!(!pairs.has(NearPair::new(0, other), || false));
        // Some of these have the same slot.
        for zone in 1..=10 * PAIRS {
            assert!(!pairs.has(NearPair::new(zone, place), || false), "{zone}");
        }
    }
}
