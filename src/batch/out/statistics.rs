//! Where the jobs of a list are that can be sent: their countries, types of numbers, zones, and what
//! the clocks show there.

use std::collections::BTreeMap;

use crate::job::JobContext;
use crate::phone::Phone;
use crate::zone::Zone;

/// What a table calls the jobs for which it has no other name.
pub const UNKNOWN: &str = "unknown";

/// How many of the jobs that can be sent are where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    countries: BTreeMap<&'static str, u64>,
    types: BTreeMap<&'static str, u64>,
    zones: BTreeMap<String, u64>,
    local_hours: [u64; 24],
}

impl Statistics {
    /// Counts a job that can be sent: the digits of its phone as a number, and its gmtZone.
    pub(in crate::batch) fn add(
        &mut self,
        phone: u64,
        zone: Option<Zone<'_>>,
        context: &JobContext<'_>,
    ) {
        let phone = Phone::from_digits(phone.to_string().as_bytes());
        let region = phone.as_ref().and_then(Phone::region);
        let kind = phone.as_ref().and_then(Phone::kind);
        *self
            .countries
            .entry(region.map_or(UNKNOWN, |region| region.code()))
            .or_default() += 1;
        *self
            .types
            .entry(kind.map_or(UNKNOWN, |kind| kind.name()))
            .or_default() += 1;
        let name = zone.map_or_else(|| UNKNOWN.to_owned(), |zone| zone.normalized().to_string());
        *self.zones.entry(name).or_default() += 1;
        let offset = zone.map(|zone| context.at().offset(zone));
        let offset = offset.or_else(|| context.one_offset_of(phone.as_ref()?));
        if let Some(offset) = offset {
            let local = context.at().now() + i64::from(offset);
            self.local_hours[(local.rem_euclid(86_400) / 3600) as usize] += 1;
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
