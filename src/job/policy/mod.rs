//! The call policy of a job, field by field: what each value may be, its certain meaning if it is
//! written in another form, and the findings.
//!
//! `null` counts as absent, and so does an empty `allowedTime`. The windows of days that
//! `allowedDays` leaves out are still checked. A key that the service does not know is an error in
//! `allowedTime`, because it may be a misspelt day that would then be closed; inside a window or an
//! external check it is a warning. The modules here read a policy alone; [`timetable`] and
//! [`verdict`] combine it with the campaign's.

mod campaign;
mod clock_verdict;
mod date_time;
mod days;
mod external_check;
mod fields;
mod finding;
mod instant;
mod integer;
mod known_chances;
mod known_codes;
mod night;
mod node;
mod time;
mod timetable;
mod verdict;
mod windows;

pub use campaign::{Campaign, Malformed};
pub use external_check::masked_check;
pub use instant::Instant;
pub(super) use instant::LocalDateTime;
pub use night::Night;

pub(super) use clock_verdict::ClockVerdict;
pub(super) use fields::{PolicyFields, PolicyKey, PolicySpan};
pub(super) use finding::{FindingKind, PolicyFinding, Rewritten, Shown, SuggestedEdit};
pub(super) use known_codes::code_of;
pub(super) use timetable::Timetable;
pub(super) use verdict::{PolicyContext, PolicyVerdicts};
pub(super) use windows::is_empty as is_empty_allowed_time;

use crate::service::{KnownField, bounds};
use crate::zone::Regions;
use crate::{Fault, Rule};
use date_time::Midnight;
use days::Days;
use fields::FieldGroup;
use integer::Integer;
use node::{JsonNode, PolicyFindings};
use time::WrittenTime;
use windows::DayWindows;

/// What the fields of a policy say about when to call. A field that is absent or can't be read is
/// `None`.
#[derive(Clone, Debug, Default)]
pub(super) struct Policy {
    pub dates: Dates,
    /// In a box of its own, because most policies have no hours.
    hours: Option<Box<Hours>>,
}

impl Policy {
    /// The local times of the week.
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

/// The first and the last instant for calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Dates {
    pub start: Option<Instant>,
    pub finish: Option<Instant>,
}

/// The local times of the week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hours {
    pub days: Option<Days>,
    pub windows: Option<DayWindows>,
    pub from: Option<WrittenTime>,
    pub to: Option<WrittenTime>,
}

impl Hours {
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        *self == Hours::default()
    }
}

/// The fields of a policy after reading.
#[derive(Clone, Debug, Default)]
pub(super) struct PolicyReading {
    pub policy: Policy,
    /// The findings about them.
    pub findings: Vec<PolicyFinding>,
}

impl PolicyReading {
    /// Reads fields of a policy.
    pub fn of(fields: &FieldGroup<'_, '_>, regions: &Regions) -> Self {
        let mut policy = Policy::default();
        let mut findings = PolicyFindings::default();
        for (known, field) in fields.iter() {
            let node = JsonNode::of_field(known, field.value);
            findings.begin_field();
            read(&node, known, regions, (&mut policy, &mut findings));
        }
        let Hours { days, windows, .. } = policy.hours();
        if let (Some(days), Some(windows)) = (days, windows)
            && windows.lose_their_nights(*days)
        {
            findings.withdraw_windows(KnownField::AllowedTime, windows::NIGHT_IS_CUT);
        }
        PolicyReading {
            policy,
            findings: findings.into_list(),
        }
    }

    /// Whether every value could be read, and none is a suggestion.
    pub fn is_sound(&self) -> bool {
        self.is_sound_with(false)
    }

    /// The same if suggestions are taken or not.
    fn is_sound_with(&self, takes_suggestions: bool) -> bool {
        let is_error = |finding: &PolicyFinding| finding.is_final_error(takes_suggestions);
        !self.findings.iter().any(is_error)
    }
}

/// A longer value, in bytes, is rejected, because the findings about its parts take memory.
const MOST_BYTES: usize = 1 << 18;

fn read(
    node: &JsonNode<'_, '_>,
    field: KnownField,
    regions: &Regions,
    (policy, findings): (&mut Policy, &mut PolicyFindings),
) {
    if node.json.len() > MOST_BYTES {
        let long = format!("the value has more than {MOST_BYTES} bytes");
        let fault = Fault::new(Rule::JobTooLarge).because(long);
        return findings.secret_error(node, fault, Shown::Nothing);
    }
    let Policy { dates, hours } = policy;
    let mut whole = |rule, range| Integer { rule, range }.check(node, findings);
    match field {
        KnownField::RetryIntervalInMinutes => {
            whole(Rule::PolicyRetryInterval, bounds::RETRY_INTERVAL_IN_MINUTES)
        }
        KnownField::MaxAttempts => whole(Rule::PolicyMaxAttempts, bounds::ATTEMPTS),
        KnownField::DialerPriority => whole(Rule::PolicyPriority, bounds::PRIORITY),
        KnownField::StartDateTime => {
            dates.start = date_time::read(node, Midnight::Before, regions, findings)
        }
        KnownField::FinishDateTime => {
            dates.finish = date_time::read(node, Midnight::After, regions, findings)
        }
        KnownField::AllowedDays => hours.get_or_insert_default().days = days::read(node, findings),
        KnownField::AllowedTime => {
            hours.get_or_insert_default().windows = windows::read(node, findings)
        }
        KnownField::LocalTimeFrom => {
            hours.get_or_insert_default().from = time::read(node, findings)
        }
        KnownField::LocalTimeTo => hours.get_or_insert_default().to = time::read(node, findings),
        KnownField::ExternalCheck => external_check::check(node, findings),
        KnownField::Phone | KnownField::GmtZone | KnownField::Payload => {}
    }
}
