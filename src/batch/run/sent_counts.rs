//! What is counted of the jobs of a list besides the report, if the caller asks for it: where the jobs
//! are that can be sent, and when they may ring.
//!
//! A job may turn out to be a duplicate after it was counted. So it is noted what each job counted
//! for until that is known: four bytes a job, and four more if it has a plan.

use crate::batch::out::statistics::{LocationCounts, LocationNumber};
use crate::batch::run::forecast::ForecastCounts;
use crate::job::{CallPlan, FindingCode, JobLocation};

/// The counts that the caller asked for.
pub(in crate::batch::run) struct SentCounts {
    pub locations: Option<LocationCounts>,
    pub forecast: Option<ForecastCounts>,
    /// What the last jobs counted for, if some may be taken back.
    notes: Option<CountNotes>,
}

/// What jobs that follow each other counted for.
#[derive(Default)]
struct CountNotes {
    /// The number of the first job.
    first: u64,
    /// How many jobs there are.
    jobs: u64,
    /// The locations of the jobs; [`NOWHERE`] for one that can't be sent. Empty if nobody counts them.
    locations: Vec<LocationNumber>,
    /// The places among these jobs of those that have a plan, in order.
    planned: Vec<u32>,
    /// How many jobs with a plan there were before the first job.
    planned_before: usize,
}

const NOWHERE: LocationNumber = LocationNumber::MAX;

impl CountNotes {
    /// Which of the jobs with a plan a job is, if it is one of them.
    fn plan_of(&self, place: u32) -> Option<usize> {
        let found = self.planned.binary_search(&place).ok()?;
        Some(self.planned_before + found)
    }
}

impl SentCounts {
    pub fn new(locations: Option<LocationCounts>, forecast: Option<ForecastCounts>) -> Self {
        SentCounts {
            locations,
            forecast,
            notes: None,
        }
    }

    /// Whether anything is counted.
    pub fn is_any(&self) -> bool {
        self.locations.is_some() || self.forecast.is_some()
    }

    /// Notes from now on what each job counts for; the next one has this number.
    pub fn note(&mut self, first: u64) {
        let planned_before = self.forecast.as_ref().map_or(0, ForecastCounts::planned);
        self.notes = Some(CountNotes {
            first,
            planned_before,
            ..CountNotes::default()
        });
    }

    /// Whether so many jobs were noted that the place of another one may not fit.
    pub fn is_full(&self) -> bool {
        let noted = self.notes.as_ref().map_or(0, |notes| notes.jobs);
        noted > u64::from(u32::MAX / 2)
    }

    /// Takes back noted jobs that were counted as sent, and keeps no notes of the jobs before `next`.
    pub fn take_back(&mut self, jobs: &[u64], next: u64) {
        let Some(notes) = &self.notes else { return };
        for job in jobs {
            let place = job - notes.first;
            if let (Some(counts), Some(number)) =
                (&mut self.locations, notes.locations.get(place as usize))
                && *number != NOWHERE
            {
                counts.remove(*number);
            }
            if let Some(counts) = &mut self.forecast {
                counts.take_back(notes.plan_of(place as u32));
            }
        }
        self.note(next);
    }

    /// Counts a job that is sent.
    #[inline]
    pub fn add_sent(&mut self, location: Option<JobLocation>, plan: Option<CallPlan>) {
        if let Some(counts) = &mut self.locations {
            let number = location.map(|location| counts.add(location));
            if let Some(notes) = &mut self.notes {
                notes.locations.push(number.unwrap_or(NOWHERE));
            }
        }
        if let Some(notes) = &mut self.notes {
            if plan.is_some() {
                notes.planned.push(notes.jobs as u32);
            }
            notes.jobs += 1;
        }
        if let Some(counts) = &mut self.forecast {
            counts.add(plan);
        }
    }

    /// Counts clean jobs without a plan, which are at these locations if the locations are counted.
    #[inline]
    pub fn add_clean(&mut self, jobs: u64, locations: &[JobLocation]) {
        if let Some(counts) = &mut self.locations {
            let numbers = locations.iter().map(|location| counts.add(*location));
            match &mut self.notes {
                Some(notes) => notes.locations.extend(numbers),
                None => numbers.for_each(drop),
            }
        }
        if let Some(notes) = &mut self.notes {
            notes.jobs += jobs;
        }
        if let Some(counts) = &mut self.forecast {
            counts.add_free(jobs);
        }
    }

    /// Counts a job that is rejected for these findings.
    #[inline]
    pub fn add_rejected(&mut self, codes: &[FindingCode]) {
        if let Some(notes) = &mut self.notes {
            if self.locations.is_some() {
                notes.locations.push(NOWHERE);
            }
            notes.jobs += 1;
        }
        if let Some(counts) = &mut self.forecast {
            counts.add_rejected(codes);
        }
    }
}
