//! The call policy of a job, field by field: what each value may be, what it surely means where
//! it is written otherwise, and what is found there.
//!
//! `null` is absent, and so is an empty `allowedTime`. The windows of days that `allowedDays` leaves
//! out are checked all the same. A key that the service does not know is an error in
//! `allowedTime`, where it may be a misspelt day that would then be closed, and a warning inside
//! a window or an external check. A policy is read by itself here; what it comes to together
//! with the campaign's is decided in [`effective`].

mod campaign;
mod date_time;
mod days;
mod effective;
mod external_check;
mod integer;
mod memo;
mod night;
mod note;
mod spot;
mod time;
mod verdict;
mod windows;

pub use campaign::{Campaign, Malformed};
pub use date_time::Instant;
pub use night::Night;

pub(super) use effective::Effective;
pub(super) use note::{Kind, Note, Shown};
pub(super) use spot::policy_fields;
pub(super) use verdict::{Asked, Verdicts};

use super::field::{Field, KnownField};
use crate::Rule;
use days::Days;
use integer::Integer;
use spot::{Notes, Spot};
use time::Time;
use windows::Windows;

/// What the fields of a policy say; what is absent or has no reading is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Policy {
    pub start: Option<Instant>,
    pub finish: Option<Instant>,
    pub days: Option<Days>,
    pub windows: Option<Windows>,
    pub from: Option<Time>,
    pub to: Option<Time>,
}

/// A policy that was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub policy: Policy,
    /// What was found, in the order of the text.
    pub notes: Vec<Note>,
}

impl Reading {
    /// Reads the policy's fields among a job's.
    pub fn of(fields: &[Field<'_>]) -> Self {
        let mut policy = Policy::default();
        let mut notes = Notes::default();
        for (known, field) in policy_fields(fields) {
            let spot = Spot::of_field(known, field.value);
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

fn read(spot: &Spot<'_, '_>, field: KnownField, policy: &mut Policy, notes: &mut Notes) {
    let mut whole = |rule, range| Integer { rule, range }.check(spot, notes);
    match field {
        KnownField::RetryIntervalInMinutes => whole(Rule::PolicyRetryInterval, 1..=2880),
        KnownField::MaxAttempts => whole(Rule::PolicyMaxAttempts, 1..=50),
        KnownField::DialerPriority => whole(Rule::PolicyPriority, 1..=5),
        KnownField::StartDateTime => policy.start = date_time::read(spot, notes),
        KnownField::FinishDateTime => policy.finish = date_time::read(spot, notes),
        KnownField::AllowedDays => policy.days = days::read(spot, notes),
        KnownField::AllowedTime => policy.windows = windows::read(spot, notes),
        KnownField::LocalTimeFrom => policy.from = time::read(spot, notes),
        KnownField::LocalTimeTo => policy.to = time::read(spot, notes),
        KnownField::ExternalCheck => external_check::check(spot, notes),
        KnownField::Phone | KnownField::GmtZone | KnownField::Payload => {}
    }
}
