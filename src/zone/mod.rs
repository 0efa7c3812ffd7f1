#![forbid(unsafe_code)]
//! The gmtZone grammar: text to zone.
//!
//! A [`Zone`] is an offset from UTC, or a region of the IANA time zone database. The grammar
//! and its two forms, `id` and `normalized`, are those of `java.time.ZoneId.of`, since the
//! service runs on a JVM; the set of region IDs is IANA's, and comes in as a value, [`Regions`].
//!
//! ```
//! use predial::zone::{Regions, Zone};
//!
//! let regions = Regions::new([]); // an offset needs none
//! let zone = Zone::parse("UTC+3", &regions).unwrap();
//! assert_eq!(&*zone.id(), "UTC+03:00");
//! assert_eq!(&*zone.normalized(), "+03:00");
//! ```

mod abbreviations;
mod diagnose;
mod name;
mod offset;
mod regions;
mod repair;

use jiff::Timestamp;

pub use self::name::Name;
pub use self::regions::{Region, Regions};
use crate::{Fault, Rule};

/// Whether a zone is an offset or a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `Z`, a bare `UTC`, `GMT` or `UT`, or hours from UTC with or without such a prefix.
    Offset,
    /// An ID of the IANA time zone database, even if its offset never changes.
    Region,
}

impl Kind {
    /// `offset` or `region`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Offset => "offset",
            Kind::Region => "region",
        }
    }
}

/// What may stand before an offset. It is part of the zone's ID and of nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Prefix {
    None,
    Utc,
    Gmt,
    Ut,
}

impl Prefix {
    const fn text(self) -> &'static str {
        match self {
            Prefix::None => "",
            Prefix::Utc => "UTC",
            Prefix::Gmt => "GMT",
            Prefix::Ut => "UT",
        }
    }
}

/// One zone: a few bytes of plain data that borrow from the [`Regions`] they were read with.
/// Two zones are equal when their IDs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone<'r>(Form<'r>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form<'r> {
    Offset { prefix: Prefix, seconds: i32 },
    Region(&'r Region),
}

impl<'r> Zone<'r> {
    /// The zone of a valid gmtZone, to the letter.
    ///
    /// # Errors
    /// `zone-format` where [`Zone::repair`] knows what was meant, which is then the suggestion;
    /// otherwise what [`Zone::repair`] answers. The position is always set.
    ///
    /// ```
    /// use predial::{Rule, zone::{Regions, Zone}};
    /// let fault = Zone::parse("+3:00", &Regions::new([])).unwrap_err();
    /// assert_eq!(fault.rule, Rule::ZoneFormat);
    /// assert_eq!(fault.position, Some(2));
    /// assert_eq!(fault.suggestion.as_deref(), Some("+03:00"));
    /// ```
    pub fn parse(text: &str, regions: &'r Regions) -> Result<Self, Fault> {
        Self::recognize(text, regions).ok_or_else(|| diagnose::strictly(text, regions))
    }

    /// The zone that was surely meant: a valid text is itself; another is repaired where one
    /// reading is left (case, spaces, dashes, full-width forms, a lost plus or leading zero,
    /// half hours as decimals). See `docs/zones.md` for what is never guessed.
    ///
    /// # Errors
    /// The rule broken, with a suggestion where there is a likely one.
    ///
    /// ```
    /// use predial::{Rule, zone::{Regions, Zone}};
    /// let regions = Regions::new([]);
    /// assert_eq!(&*Zone::repair("utc +3", &regions).unwrap().normalized(), "+03:00");
    /// assert_eq!(Zone::repair("UTC3", &regions).unwrap_err().rule, Rule::ZoneUnsigned);
    /// ```
    pub fn repair(text: &str, regions: &'r Regions) -> Result<Self, Fault> {
        match Self::recognize(text, regions) {
            Some(zone) => Ok(zone),
            None => repair::mend(text, regions),
        }
    }

    /// The zone of a valid gmtZone, or `None`: [`Zone::parse`] for those who only need to know
    /// whether.
    pub fn recognize(text: &str, regions: &'r Regions) -> Option<Self> {
        Zone::parse_offset(text).or_else(|| Self::parse_region(text, regions))
    }

    fn parse_region(text: &str, regions: &'r Regions) -> Option<Self> {
        regions
            .get(text)
            .filter(|region| region.is_usable())
            .map(Zone::of_region)
    }

    /// The zone of the region of this index, as [`Region::index`] has it, if a job may name it.
    pub(crate) fn of_index(index: usize, regions: &'r Regions) -> Option<Self> {
        let region = regions.of_index(index)?;
        region.is_usable().then_some(Zone::of_region(region))
    }

    /// This many seconds east of UTC; the caller has checked that they are no more than 18 hours.
    const fn of_offset(prefix: Prefix, seconds: i32) -> Self {
        Zone(Form::Offset { prefix, seconds })
    }

    const fn of_region(region: &'r Region) -> Self {
        Zone(Form::Region(region))
    }

    /// The zone's own name, as `ZoneId.of(text).getId()` has it: `+3` is `+03:00`, `UTC-0` is
    /// `UTC`, a region is its ID.
    pub fn id(self) -> Name<'r> {
        match self.0 {
            Form::Offset { prefix, seconds } => Name::of_offset(prefix, seconds),
            Form::Region(region) => Name::of_region(region.id()),
        }
    }

    /// The shortest name of the same rules, as `ZoneId.of(text).normalized().getId()` has it: a
    /// zone with one offset for all time is that offset, another region is its ID.
    pub fn normalized(self) -> Name<'r> {
        match self.offset_seconds() {
            Some(seconds) => Name::of_offset(Prefix::None, seconds),
            None => self.id(),
        }
    }

    /// Whether this is an offset or a region.
    pub const fn kind(self) -> Kind {
        match self.0 {
            Form::Offset { .. } => Kind::Offset,
            Form::Region(_) => Kind::Region,
        }
    }

    /// The region, if this is one.
    pub const fn region(self) -> Option<&'r Region> {
        match self.0 {
            Form::Offset { .. } => None,
            Form::Region(region) => Some(region),
        }
    }

    /// Seconds east of UTC; `None` for a region whose offset changes or has changed.
    pub fn offset_seconds(self) -> Option<i32> {
        match self.0 {
            Form::Offset { seconds, .. } => Some(seconds),
            Form::Region(region) => region.fixed_offset(),
        }
    }

    /// Seconds east of UTC at an instant, given in seconds since 1970-01-01T00:00:00Z. Beyond
    /// the years -9999 to 9999 the offset of the nearest instant within them is answered.
    pub fn offset_at(self, unix_seconds: i64) -> i32 {
        match self.0 {
            Form::Offset { seconds, .. } => seconds,
            Form::Region(region) => {
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

    /// What is doubtful about a valid zone: `zone-unknown-to-jvm`, `zone-sign-reversed`.
    pub fn warning(self) -> Option<Rule> {
        self.region().and_then(Region::warning)
    }
}

impl Zone<'static> {
    /// The zone of this many seconds east of UTC, no more than 18 hours either way.
    pub(crate) const fn of_seconds(seconds: i32) -> Self {
        Zone::of_offset(Prefix::None, seconds)
    }

    /// The zone of a text that needs no region: `Z`, a bare prefix, or an offset; `None` for
    /// anything else, which may still be a region's ID.
    ///
    /// ```
    /// use predial::zone::{Kind, Zone};
    /// assert_eq!(Zone::parse_offset("-0330").unwrap().offset_seconds(), Some(-12_600));
    /// assert_eq!(Zone::parse_offset("UT").unwrap().kind(), Kind::Offset);
    /// assert!(Zone::parse_offset("Europe/Moscow").is_none());
    /// ```
    pub fn parse_offset(text: &str) -> Option<Self> {
        offset::parse(text.as_bytes())
    }

    /// The zone of a number of whole hours east of UTC, as a job's JSON may give it.
    ///
    /// # Errors
    /// `zone-type` outside -12 to 14, the offsets that are in use anywhere.
    ///
    /// ```
    /// use predial::zone::Zone;
    /// assert_eq!(&*Zone::from_hours(3).unwrap().normalized(), "+03:00");
    /// assert!(Zone::from_hours(15).is_err());
    /// ```
    pub fn from_hours(hours: i64) -> Result<Self, Fault> {
        match i32::try_from(hours) {
            Ok(hours @ -12..=14) => Ok(Zone::of_offset(Prefix::None, hours * 3600)),
            _ => Err(Fault::new(Rule::ZoneType)
                .because("the gmtZone is a number, and no whole hours from -12 to 14")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::regions::tests::bundled;
    use super::*;

    fn zone(text: &str) -> Zone<'static> {
        Zone::parse(text, bundled()).expect(text)
    }

    #[test]
    fn warnings() {
        assert_eq!(zone("EST").warning(), Some(Rule::ZoneUnknownToJvm));
        assert_eq!(zone("Etc/GMT-3").warning(), Some(Rule::ZoneSignReversed));
        for text in [
            "Etc/GMT+0",
            "Etc/GMT-0",
            "Etc/GMT0",
            "Etc/GMT",
            "GMT0",
            "Europe/Kiev",
            "+3",
        ] {
            assert_eq!(zone(text).warning(), None, "{text}");
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
