//! Where a job is, as a few bytes that many jobs share: what statistics count.

use super::RawJob;
use super::check::{JobOptions, sent_zone};
use super::context::JobContext;
use super::field::{Field, Name};
use super::phone_zones::PhonePlace;
use super::ringing::Places;
use super::zone_texts::ReadZone;
use crate::json::inner;
use crate::phone::plan::{self, NumberType, Region};
use crate::service::KnownField;
use crate::zone::{Regions, Zone};

/// The region and the type of a phone, and the zones where its job may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct JobLocation {
    region: Option<Region>,
    kind: Option<NumberType>,
    places: Places,
}

impl JobLocation {
    /// The region of the phone.
    pub fn region(self) -> Option<Region> {
        self.region
    }

    /// The type of the phone.
    pub fn kind(self) -> Option<NumberType> {
        self.kind
    }

    /// A number that is most often another one for another location, in few steps.
    #[inline]
    pub fn mark(self) -> usize {
        let zone = match self.places {
            Places::Offset(seconds) => seconds as usize / 900,
            Places::Region(index) => index * 5,
            Places::Phone(place) => place.mark(),
            Places::World => 0,
        };
        let region = self.region.map_or(0, |region| region.index() + 1);
        zone + region * 7 + self.kind.map_or(0, |kind| kind as usize + 1) * 3
    }

    /// The zone of the job's gmtZone; `None` if it has none that can be read.
    pub fn zone(self, regions: &Regions) -> Option<Zone<'_>> {
        match self.places {
            Places::Offset(seconds) => Some(Zone::of_seconds(seconds)),
            Places::Region(index) => Zone::of_index(index, regions),
            Places::Phone(_) | Places::World => None,
        }
    }
}

impl<'r> JobContext<'r> {
    /// Where a job is that is sent with the phone of these digits.
    #[inline]
    pub(crate) fn location(
        &self,
        digits: &[u8],
        job: &RawJob<'_>,
        options: &JobOptions,
    ) -> JobLocation {
        let fields = job.fields.unwrap_or_default();
        let is_zone = |field: &&Field<'_>| field.name == Name::Known(KnownField::GmtZone);
        let Some(field) = fields.iter().find(is_zone) else {
            return located(digits, None);
        };
        // Nearly all values are the text between two quotes: no zone has a backslash.
        if field.value.starts_with('"')
            && let ReadZone::Zone(zone) = *self.read_zone(inner(field.value))
        {
            return located(digits, Some(zone));
        }
        located(digits, sent_zone(job, options, self))
    }

    /// Where a job with the phone of these digits and the text of a gmtZone is.
    #[inline]
    pub(crate) fn location_in(&self, digits: &[u8], zone: Option<&str>) -> JobLocation {
        let Some(text) = zone else {
            return located(digits, None);
        };
        match *self.read_zone(text) {
            ReadZone::Zone(zone) | ReadZone::Meant(zone, _) => located(digits, Some(zone)),
            ReadZone::Refused(_) => located(digits, None),
        }
    }

    /// The offset of a job now: that of its gmtZone, or without one the offset that all clocks of its
    /// phone have; `None` if they differ or are unknown.
    pub(crate) fn offset_of(&self, location: JobLocation) -> Option<i32> {
        if let Some(zone) = location.zone(self.regions()) {
            return Some(self.at().offset(zone));
        }
        let zones = match location.places {
            Places::Phone(place) => self.zones_of_place(place),
            Places::Offset(_) | Places::Region(_) | Places::World => &[],
        };
        let mut offsets = zones.iter().map(|zone| self.at().offset(*zone));
        let first = offsets.next()?;
        offsets.all(|offset| offset == first).then_some(first)
    }
}

#[inline]
fn located(digits: &[u8], zone: Option<Zone<'_>>) -> JobLocation {
    let verdict = plan::verdict(digits);
    let (region, kind) = (verdict.region, verdict.kind);
    let list = || plan::zone_list(digits, kind);
    JobLocation {
        region,
        kind,
        places: match zone {
            Some(zone) => Places::of_zone(zone),
            None => Places::Phone(PhonePlace::in_region(list(), region)),
        },
    }
}
