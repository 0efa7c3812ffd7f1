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
    numbers: HashMap<JobLocation, LocationNumber, foldhash::fast::FixedState>,
    /// The locations with their jobs, by their numbers.
    counted: Vec<(JobLocation, u64)>,
    /// The last location with each mark, and its number. A list has few locations, so nearly every
    /// job finds its own here.
    slots: Box<[Option<(JobLocation, LocationNumber)>; 1 << SLOT_BITS]>,
}

/// The number of a location among those of a list.
pub(in crate::batch) type LocationNumber = u32;

const SLOT_BITS: u32 = 9;

impl Default for LocationCounts {
    fn default() -> Self {
        LocationCounts {
            numbers: HashMap::default(),
            counted: Vec::new(),
            slots: Box::new([None; 1 << SLOT_BITS]),
        }
    }
}

impl LocationCounts {
    /// Counts a job that can be sent; answers the number of its location.
    #[inline(always)]
    pub fn add(&mut self, location: JobLocation) -> LocationNumber {
        let number = match self.slots[location.mark(SLOT_BITS)] {
            Some((kept, number)) if kept == location => number,
            _ => self.number_of(location),
        };
        self.counted[number as usize].1 += 1;
        number
    }

    /// Takes back a job that was counted at the location of this number.
    pub fn remove(&mut self, number: LocationNumber) {
        self.counted[number as usize].1 -= 1;
    }

    #[cold]
    fn number_of(&mut self, location: JobLocation) -> LocationNumber {
        let next = self.counted.len() as LocationNumber;
        let number = *self.numbers.entry(location).or_insert(next);
        if number == next {
            self.counted.push((location, 0));
        }
        self.slots[location.mark(SLOT_BITS)] = Some((location, number));
        number
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
        let counted = counts.counted.into_iter();
        for (location, jobs) in counted.filter(|(_, jobs)| *jobs > 0) {
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
