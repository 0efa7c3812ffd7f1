//! The messages about the hours at which a job can ring. They are written only when somebody reads
//! them.

use std::cmp::Ordering;

use super::clock::Clock;
use super::distance::Far;
use super::nights::NightCall;
use crate::job::policy::Night;
use crate::{Fault, LateFacts, Rule};

/// The fault of a job whose clock differs from that of its phone.
pub(in crate::job) fn far_fault(far: Far) -> Fault {
    let facts = LateFacts {
        instant: far.at,
        numbers: [far.job.offset, far.phone.offset],
        names: [far.job.id, far.phone.id],
    };
    Fault::new(Rule::ZoneFarFromPhone).because_of(facts, clocks_apart)
}

fn clocks_apart(facts: &LateFacts) -> String {
    let clock = |side: usize| Clock {
        offset: facts.numbers[side],
        id: facts.names[side],
    };
    let (job, phone) = (clock(0), clock(1));
    let (by_job, by_phone) = (job.shown_at(facts.instant), phone.shown_at(facts.instant));
    let day = match by_phone.date().cmp(&by_job.date()) {
        Ordering::Less => " the day before",
        Ordering::Equal => "",
        Ordering::Greater => " the day after",
    };
    format!(
        "on {} the phone's clock shows {}{day} ({}) when the job's shows {} ({})",
        by_job.date(),
        by_phone.strftime("%H:%M"),
        phone.name(),
        by_job.strftime("%H:%M"),
        job.name()
    )
}

/// The fault of a job that can ring at night.
pub(in crate::job) fn night_fault(call: NightCall, night: Night) -> Fault {
    let facts = LateFacts {
        instant: call.at,
        numbers: [call.clock.offset, night.packed()],
        names: [call.clock.id, Clock::NO_ID],
    };
    Fault::new(Rule::PolicyNight).because_of(facts, rings_at_night)
}

fn rings_at_night(facts: &LateFacts) -> String {
    let clock = Clock {
        offset: facts.numbers[0],
        id: facts.names[0],
    };
    let shown = clock.shown_at(facts.instant);
    format!(
        "on {} the job can ring at {} ({}), and the night is {}",
        shown.date(),
        shown.strftime("%H:%M"),
        clock.name(),
        Night::of_packed(facts.numbers[1])
    )
}
