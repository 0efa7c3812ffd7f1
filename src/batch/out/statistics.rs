//! Where the jobs of a list are that can be sent: their countries, types of numbers, zones, and what
//! the clocks show there.
//!
//! Jobs are counted by their whole location: a list has few of these, so a job costs one look at a
//! table. The names are made at the end.

use std::collections::{BTreeMap, HashMap};

use crate::job::{JobContext, JobLocation};

/// What a table calls the jobs for which it has no other name.
pub const UNKNOWN: &str = "unknown";

/// How many jobs are at each location.
pub(in crate::batch) struct LocationCounts {
    jobs: HashMap<JobLocation, u64, foldhash::fast::FixedState>,
    /// Counts that are not in the table yet: a slot has one of the locations with its mark. A list
    /// has few locations, so nearly every job is counted in its slot.
    slots: Box<[(Option<JobLocation>, u64); 1 << SLOT_BITS]>,
}

const SLOT_BITS: u32 = 9;

impl Default for LocationCounts {
    fn default() -> Self {
        LocationCounts {
            jobs: HashMap::default(),
            slots: Box::new([(None, 0); 1 << SLOT_BITS]),
        }
    }
}

impl LocationCounts {
    /// Counts a job that can be sent.
    #[inline(always)]
    pub fn add(&mut self, location: JobLocation) {
        let slot = &mut self.slots[location.mark(SLOT_BITS)];
        match slot.0 == Some(location) {
            true => slot.1 += 1,
            false => self.replace(location),
        }
    }

    #[cold]
    fn replace(&mut self, location: JobLocation) {
        let slot = &mut self.slots[location.mark(SLOT_BITS)];
        if let (Some(kept), jobs) = std::mem::replace(slot, (Some(location), 1)) {
            *self.jobs.entry(kept).or_default() += jobs;
        }
    }

    /// Every location with its jobs; some may come twice.
    fn all(self) -> impl Iterator<Item = (JobLocation, u64)> {
        let slots = self.slots.into_iter();
        let in_slots = slots.filter_map(|(kept, jobs)| Some((kept?, jobs)));
        self.jobs.into_iter().chain(in_slots)
    }
}

/// How many of the jobs that can be sent are where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    countries: BTreeMap<&'static str, u64>,
    types: BTreeMap<&'static str, u64>,
    zones: BTreeMap<String, u64>,
    local_hours: [u64; 24],
}

impl Statistics {
    /// The tables of these counts.
    pub(in crate::batch) fn of(counts: LocationCounts, context: &JobContext<'_>) -> Self {
        let mut found = Statistics::default();
        for (location, jobs) in counts.all() {
            found.add(location, jobs, context);
        }
        found
    }

    fn add(&mut self, location: JobLocation, jobs: u64, context: &JobContext<'_>) {
        let country = location.region().map_or(UNKNOWN, |region| region.code());
        *self.countries.entry(country).or_default() += jobs;
        let kind = location.kind().map_or(UNKNOWN, |kind| kind.name());
        *self.types.entry(kind).or_default() += jobs;
        let zone = location.zone(context.regions());
        let name = zone.map_or_else(|| UNKNOWN.to_owned(), |zone| zone.normalized().to_string());
        *self.zones.entry(name).or_default() += jobs;
        if let Some(offset) = context.offset_of(location) {
            let local = context.at().now() + i64::from(offset);
            self.local_hours[(local.rem_euclid(86_400) / 3600) as usize] += jobs;
        }
    }

    /// The regions of the phones (ISO 3166-1 alpha-2) and how many jobs each has, the most first.
    pub fn countries(&self) -> Vec<(&str, u64)> {
        most_first(self.countries.iter().map(|(name, jobs)| (*name, *jobs)))
    }

    /// libphonenumber's types of the phones, likewise.
    pub fn types(&self) -> Vec<(&str, u64)> {
        most_first(self.types.iter().map(|(name, jobs)| (*name, *jobs)))
    }

    /// The normalized zones of the jobs, likewise. Jobs without a gmtZone are `unknown`: the service
    /// uses the zone of the number.
    pub fn zones(&self) -> Vec<(&str, u64)> {
        most_first(self.zones.iter().map(|(name, jobs)| (name.as_str(), *jobs)))
    }

    /// How many jobs there are for which it is this hour of the day now, by the hour. Jobs without a
    /// gmtZone have the clock of their phone if there is only one.
    pub fn local_hours(&self) -> &[u64; 24] {
        &self.local_hours
    }
}

fn most_first<'a>(counted: impl Iterator<Item = (&'a str, u64)>) -> Vec<(&'a str, u64)> {
    let mut counted: Vec<_> = counted.collect();
    counted.sort_by_key(|(name, jobs)| (std::cmp::Reverse(*jobs), *name));
    counted
}
