//! The stretches of time in which a job may ring, whichever of its zones it is in.

use std::iter::Peekable;

use super::{CallPlan, Ringing, Week, Windows};
use crate::job::policy::{Instant, Night};

/// Stretches of time, soonest first, that do not touch; each with its end, unless it never ends.
pub(crate) struct Stretches<'r> {
    windows: Peekable<Windows<'r>>,
}

impl Iterator for Stretches<'_> {
    type Item = (Instant, Option<Instant>);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.windows.next()?;
        let (start, mut end) = (first.start, first.end);
        // Windows of other zones may begin before this one ends.
        while let Some(open) = end
            && let Some(next) = self.windows.next_if(|window| window.start <= open)
        {
            end = next.end.map(|end| end.max(open));
        }
        Some((start, end))
    }
}

impl<'r> Ringing<'r> {
    /// The stretches of a plan from now on.
    pub fn stretches(&self, plan: &CallPlan) -> Stretches<'r> {
        self.stretches_of((*plan.week).clone(), plan)
    }

    /// Whether a job that rings does so only at night.
    pub fn is_by_night(&self, plan: &CallPlan, night: Night) -> bool {
        let by_day = plan.week.without(&night.week());
        self.stretches_of(by_day, plan).next().is_none()
    }

    fn stretches_of(&self, week: Week, plan: &CallPlan) -> Stretches<'r> {
        let zones = self.zones(plan.places);
        let windows = Windows::new(week, plan.dates, zones, self.now);
        Stretches {
            windows: windows.peekable(),
        }
    }
}
