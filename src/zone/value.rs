//! One zone, as plain data.

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset};

use super::name::ZoneName;
use super::offset::{self, OffsetPrefix};
use super::regions::{Regions, ZoneRegion};
use crate::{Fault, Rule};

/// Whether a zone is an offset or a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZoneKind {
    /// `Z`, `UTC`, `GMT` or `UT` alone, or hours from UTC with or without such a prefix.
    Offset,
    /// An ID of the IANA time zone database, even if its offset never changes.
    ZoneRegion,
}

impl ZoneKind {
    /// `offset` or `region`.
    pub const fn name(self) -> &'static str {
        match self {
            ZoneKind::Offset => "offset",
            ZoneKind::ZoneRegion => "region",
        }
    }
}

/// One zone: a few bytes of plain data that borrow from the [`Regions`] they were read with.
/// Two zones are equal when their IDs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone<'r>(ZoneForm<'r>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ZoneForm<'r> {
    Offset { prefix: OffsetPrefix, seconds: i32 },
    Region(&'r ZoneRegion),
}

impl<'r> Zone<'r> {
    /// The zone of a valid gmtZone, or `None`. It is [`Zone::parse`] for callers that don't need
    /// the fault.
    pub fn recognize(text: &str, regions: &'r Regions) -> Option<Self> {
        Zone::parse_offset(text).or_else(|| Self::parse_region(text, regions))
    }

    fn parse_region(text: &str, regions: &'r Regions) -> Option<Self> {
        regions
            .get(text)
            .filter(|region| region.is_usable())
            .map(Zone::of_region)
    }

    /// The zone of the region of this index, as [`ZoneRegion::index`] has it, if a job may name it.
    pub(crate) fn of_index(index: usize, regions: &'r Regions) -> Option<Self> {
        let region = regions.of_index(index)?;
        region.is_usable().then_some(Zone::of_region(region))
    }

    /// This many seconds east of UTC; the caller has checked that they are no more than 18 hours.
    pub(super) const fn of_offset(prefix: OffsetPrefix, seconds: i32) -> Self {
        Zone(ZoneForm::Offset { prefix, seconds })
    }

    pub(super) const fn of_region(region: &'r ZoneRegion) -> Self {
        Zone(ZoneForm::Region(region))
    }

    /// The zone's own name, as `ZoneId.of(text).getId()` has it: `+3` is `+03:00`, `UTC-0` is
    /// `UTC`, a region is its ID.
    pub fn id(self) -> ZoneName<'r> {
        match self.0 {
            ZoneForm::Offset { prefix, seconds } => ZoneName::of_offset(prefix, seconds),
            ZoneForm::Region(region) => ZoneName::of_region(region.id()),
        }
    }

    /// The shortest name of the same rules, as `ZoneId.of(text).normalized().getId()` has it: a
    /// zone with one offset for all time is that offset, another region is its ID.
    pub fn normalized(self) -> ZoneName<'r> {
        match self.offset_seconds() {
            Some(seconds) => ZoneName::of_offset(OffsetPrefix::None, seconds),
            None => self.id(),
        }
    }

    /// Whether this is an offset or a region.
    pub const fn kind(self) -> ZoneKind {
        match self.0 {
            ZoneForm::Offset { .. } => ZoneKind::Offset,
            ZoneForm::Region(_) => ZoneKind::ZoneRegion,
        }
    }

    /// The region, if this is one.
    pub const fn region(self) -> Option<&'r ZoneRegion> {
        match self.0 {
            ZoneForm::Offset { .. } => None,
            ZoneForm::Region(region) => Some(region),
        }
    }

    /// Seconds east of UTC; `None` for a region whose offset changes or has changed.
    pub fn offset_seconds(self) -> Option<i32> {
        match self.0 {
            ZoneForm::Offset { seconds, .. } => Some(seconds),
            ZoneForm::Region(region) => region.fixed_offset(),
        }
    }

    /// Seconds east of UTC at an instant, given in seconds since 1970-01-01T00:00:00Z. Beyond
    /// the years -9999 to 9999 the offset of the nearest instant within them is answered.
    pub fn offset_at(self, unix_seconds: i64) -> i32 {
        match self.0 {
            ZoneForm::Offset { seconds, .. } => seconds,
            ZoneForm::Region(region) => {
                let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
                let instant = Timestamp::from_second(unix_seconds.clamp(first, last))
                    .expect("clamped to what a timestamp holds");
                let rules = region
                    .time_zone()
                    .expect("zones are made of usable regions");
                rules.to_offset(instant).seconds()
            }
        }
    }

    /// The offset, or the two offsets, for a local time in seconds since 1970-01-01T00:00:00 of its own
    /// clock: clocks skip some times, and show others twice.
    pub(crate) fn offset_of_local(self, seconds: i64) -> AmbiguousOffset {
        let fixed = |seconds| AmbiguousOffset::Unambiguous {
            offset: Offset::from_seconds(seconds).expect("a zone has at most 18 hours"),
        };
        let rules = match self.0 {
            ZoneForm::Offset { seconds, .. } => return fixed(seconds),
            ZoneForm::Region(region) => region.time_zone(),
        };
        match Timestamp::from_second(seconds) {
            Ok(same_clock) => {
                let local = Offset::UTC.to_datetime(same_clock);
                let rules = rules.expect("zones are made of usable regions");
                rules.to_ambiguous_timestamp(local).offset()
            }
            // Beyond the years of jiff nothing changes.
            Err(_) => fixed(self.offset_at(seconds)),
        }
    }

    /// Seconds east of UTC without daylight saving, at an instant in seconds since 1970.
    pub fn standard_offset_at(self, unix_seconds: i64) -> i32 {
        match self.0 {
            ZoneForm::Offset { seconds, .. } => seconds,
            ZoneForm::Region(region) => region
                .standard_offset(unix_seconds)
                .unwrap_or_else(|| self.offset_at(unix_seconds)),
        }
    }

    /// The warning about a valid zone: `zone-unknown-to-jvm`, `zone-sign-reversed`.
    pub fn warning(self) -> Option<Fault> {
        self.region().and_then(ZoneRegion::warning)
    }
}

impl Zone<'static> {
    /// The zone of this many seconds east of UTC, at most 18 hours in both directions.
    pub(crate) const fn of_seconds(seconds: i32) -> Self {
        Zone::of_offset(OffsetPrefix::None, seconds)
    }

    /// The zone of a text that needs no region: `Z`, a bare prefix, or an offset; `None` for any
    /// other text, which may still be a region's ID.
    ///
    /// ```
    /// use predial::zone::{Zone, ZoneKind};
    /// assert_eq!(Zone::parse_offset("-0330").unwrap().offset_seconds(), Some(-12_600));
    /// assert_eq!(Zone::parse_offset("UT").unwrap().kind(), ZoneKind::Offset);
    /// assert!(Zone::parse_offset("Europe/Moscow").is_none());
    /// ```
    pub fn parse_offset(text: &str) -> Option<Self> {
        let (prefix, seconds) = offset::parse(text.as_bytes())?;
        Some(Zone::of_offset(prefix, seconds))
    }

    /// The zone of a number of whole hours east of UTC, which a job's JSON may contain.
    ///
    /// # Errors
    /// `zone-type` outside -12 to 14, which are the offsets in use anywhere.
    ///
    /// ```
    /// use predial::zone::Zone;
    /// assert_eq!(&*Zone::from_hours(3).unwrap().normalized(), "+03:00");
    /// assert!(Zone::from_hours(15).is_err());
    /// ```
    pub fn from_hours(hours: i64) -> Result<Self, Fault> {
        match i32::try_from(hours) {
            Ok(hours @ -12..=14) => Ok(Zone::of_offset(OffsetPrefix::None, hours * 3600)),
            _ => Err(Fault::new(Rule::ZoneType)
                .because("the gmtZone is a number, but not of whole hours from -12 to 14")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::regions::tests::bundled;

    fn zone(text: &str) -> Zone<'static> {
        Zone::parse(text, bundled().at(1_800_000_000)).expect(text)
    }

    #[test]
    fn warnings() {
        let rule = |text: &str| zone(text).warning().map(|fault| fault.rule);
        assert_eq!(rule("EST"), Some(Rule::ZoneUnknownToJvm));
        assert_eq!(rule("ROC"), Some(Rule::ZoneUnknownToJvm));
        assert_eq!(rule("Etc/GMT-3"), Some(Rule::ZoneSignReversed));
        for (id, offset, mostly) in [
            ("EST", "-05:00", "America/New_York"),
            ("MST", "-07:00", "America/Denver"),
            ("HST", "-10:00", "Pacific/Honolulu"),
        ] {
            let message = zone(id).warning().unwrap().message();
            assert!(
                message.contains(offset) && message.contains(mostly),
                "{message}"
            );
        }
        for text in [
            "Etc/GMT+0",
            "Etc/GMT-0",
            "Etc/GMT0",
            "Etc/GMT",
            "GMT0",
            "Europe/Kiev",
            "+3",
        ] {
            assert_eq!(rule(text), None, "{text}");
        }
    }

    #[test]
    fn offsets_at_an_instant() {
        let (july_2010, july_2026) = (1_277_942_400, 1_782_864_000);
        let moscow = zone("Europe/Moscow");
        assert_eq!(moscow.offset_at(july_2010), 4 * 3600);
        assert_eq!(moscow.offset_at(july_2026), 3 * 3600);
        assert_eq!(moscow.offset_at(i64::MAX), 3 * 3600);
        assert_eq!(moscow.offset_at(i64::MIN), 2 * 3600 + 30 * 60 + 17);
        assert_eq!(zone("America/New_York").offset_at(july_2026), -4 * 3600);
        assert_eq!(zone("-03:30").offset_at(july_2026), -12_600);
    }

    #[test]
    fn standard_offsets() {
        let july_2026 = 1_782_864_000;
        for (id, hours) in [
            ("Europe/Berlin", 1),
            ("America/New_York", -5),
            ("Australia/Sydney", 10),
            ("Europe/Moscow", 3),
            // By law standard time is summer time there, but not in the form of the bundled data.
            ("Europe/Dublin", 0),
        ] {
            let standard = zone(id).standard_offset_at(july_2026);
            assert_eq!(standard, hours * 3600, "{id}");
        }
        assert_eq!(zone("-03:30").standard_offset_at(july_2026), -12_600);
    }

    #[test]
    fn hours() {
        for hours in [-12, 0, 14] {
            let zone = Zone::from_hours(hours).unwrap();
            assert_eq!(i64::from(zone.offset_seconds().unwrap()), hours * 3600);
        }
        for hours in [-13, 15, i64::MIN, i64::MAX] {
            assert_eq!(Zone::from_hours(hours).unwrap_err().rule, Rule::ZoneType);
        }
    }
}
