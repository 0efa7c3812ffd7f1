//! What is counted of the jobs of a list besides the report, if the caller asks for it: where the jobs
//! are that can be sent, and when they may ring.

use crate::batch::out::statistics::LocationCounts;
use crate::batch::run::forecast::ForecastCounts;
use crate::job::{CallPlan, FindingCode, JobLocation};

/// The counts that the caller asked for.
pub(in crate::batch::run) struct SentCounts {
    pub locations: Option<LocationCounts>,
    pub forecast: Option<ForecastCounts>,
}

impl SentCounts {
    /// Counts a job that is sent.
    #[inline]
    pub fn add_sent(&mut self, location: Option<JobLocation>, plan: Option<CallPlan>) {
        if let (Some(counts), Some(location)) = (&mut self.locations, location) {
            counts.add(location);
        }
        if let Some(counts) = &mut self.forecast {
            counts.add(plan);
        }
    }

    /// Counts clean jobs without a plan, which are at these locations if the locations are counted.
    #[inline]
    pub fn add_clean(&mut self, jobs: u64, locations: &[JobLocation]) {
        if let Some(counts) = &mut self.locations {
            locations.iter().for_each(|location| counts.add(*location));
        }
        if let Some(counts) = &mut self.forecast {
            counts.add_free(jobs);
        }
    }

    /// Counts a job that is rejected for these findings.
    #[inline]
    pub fn add_rejected(&mut self, codes: &[FindingCode]) {
        if let Some(counts) = &mut self.forecast {
            counts.add_rejected(codes);
        }
    }
}
