//! The call policy of a job, field by field: what each value may be, what it surely means where
//! it is written otherwise, and what is found there.
//!
//! `null` is absent, and so is an empty `allowedTime`. The windows of days that `allowedDays` leaves
//! out are checked all the same. A key that the service does not know is an error in
//! `allowedTime`, where it may be a misspelt day that would then be closed, and a warning inside
//! a window or an external check. A policy is read by itself here; what it comes to together
//! with the campaign's is decided in [`timetable`] and [`verdict`].

mod campaign;
mod date_time;
mod days;
mod external_check;
mod given;
mod integer;
mod memo;
mod night;
mod note;
mod spot;
mod time;
mod timetable;
mod verdict;
mod windows;

pub use campaign::{Campaign, Malformed};
pub use date_time::Instant;
pub use external_check::masked_check;
pub use night::Night;

pub(super) use given::Given;
pub(super) use note::{Kind, Note, Shown};
pub(super) use timetable::Timetable;
pub(super) use verdict::{Asked, Verdicts};

use super::field::KnownField;
use crate::{Fault, Rule};
use days::Days;
use given::Group;
use integer::Integer;
use spot::{Notes, Spot};
use time::Time;
use windows::Windows;

/// What the fields of a policy say about when to call; what is absent or has no reading is `None`.
#[derive(Clone, Debug, Default)]
pub(super) struct Policy {
    pub dates: Dates,
    /// Apart, since most of what is read says none.
    hours: Option<Box<Hours>>,
}

impl Policy {
    /// At which local times of the week.
    pub fn hours(&self) -> &Hours {
        const NONE: &Hours = &Hours {
            days: None,
            windows: None,
            from: None,
            to: None,
        };
        self.hours.as_deref().unwrap_or(NONE)
    }
}

/// From when and until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Dates {
    pub start: Option<Instant>,
    pub finish: Option<Instant>,
}

/// At which local times of the week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hours {
    pub days: Option<Days>,
    pub windows: Option<Windows>,
    pub from: Option<Time>,
    pub to: Option<Time>,
}

/// Fields of a policy that were read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub policy: Policy,
    /// What was found.
    pub notes: Vec<Note>,
}

impl Reading {
    /// Reads fields of a policy.
    pub fn of(fields: &Group<'_, '_>) -> Self {
        let mut policy = Policy::default();
        let mut notes = Notes::default();
        for (known, field) in fields.iter() {
            let spot = Spot::of_field(known, field.value);
            notes.begin_field();
            read(&spot, known, &mut policy, &mut notes);
        }
        Reading {
            policy,
            notes: notes.into_list(),
        }
    }

    /// Whether every value has a reading.
    pub fn is_sound(&self) -> bool {
        !self.notes.iter().any(Note::is_error)
    }
}

/// A value of a policy with more bytes is rejected: what is found at each of its parts takes memory.
const MOST_BYTES: usize = 1 << 18;

fn read(spot: &Spot<'_, '_>, field: KnownField, policy: &mut Policy, notes: &mut Notes) {
    if spot.json.len() > MOST_BYTES {
        let long = format!("the value has more than {MOST_BYTES} bytes");
        let fault = Fault::new(Rule::JobTooLarge).because(long);
        return notes.secret_error(spot, fault, Shown::Nothing);
    }
    let Policy { dates, hours } = policy;
    let mut whole = |rule, range| Integer { rule, range }.check(spot, notes);
    match field {
        KnownField::RetryIntervalInMinutes => whole(Rule::PolicyRetryInterval, 1..=2880),
        KnownField::MaxAttempts => whole(Rule::PolicyMaxAttempts, 1..=50),
        KnownField::DialerPriority => whole(Rule::PolicyPriority, 1..=5),
        KnownField::StartDateTime => dates.start = date_time::read(spot, notes),
        KnownField::FinishDateTime => dates.finish = date_time::read(spot, notes),
        KnownField::AllowedDays => hours.get_or_insert_default().days = days::read(spot, notes),
        KnownField::AllowedTime => {
            hours.get_or_insert_default().windows = windows::read(spot, notes)
        }
        KnownField::LocalTimeFrom => hours.get_or_insert_default().from = time::read(spot, notes),
        KnownField::LocalTimeTo => hours.get_or_insert_default().to = time::read(spot, notes),
        KnownField::ExternalCheck => external_check::check(spot, notes),
        KnownField::Phone | KnownField::GmtZone | KnownField::Payload => {}
    }
}
