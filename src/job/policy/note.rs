//! What was found at a value of a policy, before it is known where in a job the policy stands.

use std::ops::Range;

use crate::service::KnownField;
use crate::{Fault, Severity};

use super::date_time::Local;

/// One rule met at one value of a policy.
#[derive(Clone, Debug)]
pub(in crate::job) struct Note {
    /// The field that the value is in.
    pub field: KnownField,
    /// The way to the value from there, such as `.mon[1].localTimeTo`; empty for the field itself.
    pub path: String,
    pub fault: Fault,
    pub value: Shown,
    pub kind: Kind,
}

/// What a diagnostic shows of the value.
#[derive(Clone, Debug)]
pub(in crate::job) enum Shown {
    /// This.
    Text(String),
    /// The value of the field, which is at hand where the diagnostic is made.
    Field,
    /// Nothing: it is not at fault, or may hold a secret.
    Nothing,
}

/// What follows from a note.
#[derive(Clone, Debug)]
pub(in crate::job) enum Kind {
    /// The job can't be sent.
    Error,
    /// The job can't be sent, and its own offset belongs behind this date-time.
    NoOffset(Local),
    /// Somebody should look.
    Warning,
    /// Somebody should look; in the canonical form `allowedTime` with this value stands in the
    /// place of the deprecated pair, or nothing does, since it stands there already.
    Deprecated(Option<String>),
    /// The bytes of the field's value that become this JSON.
    Repair(Range<usize>, String),
}

impl Note {
    /// How grave it is, where what has one reading is rewritten (`repair`) and so is what is
    /// not in its canonical form.
    pub fn severity(&self, repair: bool, canonical: bool) -> Severity {
        match self.kind {
            Kind::Warning => Severity::Warning,
            Kind::Deprecated(_) if !canonical => Severity::Warning,
            Kind::Repair(..) | Kind::Deprecated(_) if repair => Severity::Repair,
            _ => Severity::Error,
        }
    }

    /// Whether the value has no reading.
    pub fn is_error(&self) -> bool {
        matches!(self.kind, Kind::Error | Kind::NoOffset(_))
    }

    /// The field and the way from there.
    pub fn place(&self) -> String {
        format!("{}{}", self.field.name(), self.path)
    }
}
