//! What was found at a value of a policy, before its place in a job is known.

use std::ops::Range;

use crate::service::KnownField;
use crate::{Fault, Severity};

use super::instant::LocalDateTime;

/// One rule met at one value of a policy.
#[derive(Clone, Debug)]
pub(in crate::job) struct PolicyFinding {
    /// The field that the value is in.
    pub field: KnownField,
    /// The way to the value from there, such as `.mon[1].localTimeTo`; empty for the field itself.
    pub path: String,
    pub fault: Fault,
    pub value: Shown,
    pub kind: FindingKind,
}

/// What a diagnostic shows of the value.
#[derive(Clone, Debug)]
pub(in crate::job) enum Shown {
    /// This.
    Text(String),
    /// The value of the field, which whoever makes the diagnostic has.
    Field,
    /// Nothing: it is not at fault, or may hold a secret.
    Nothing,
}

/// What follows from a finding.
#[derive(Clone, Debug)]
pub(in crate::job) enum FindingKind {
    /// The job can't be sent.
    Error,
    /// The job can't be sent, and its own offset belongs after this date-time.
    NoOffset(LocalDateTime),
    /// Somebody should look.
    Warning,
    /// Somebody should look. The canonical form has `allowedTime` with this value in the place of
    /// the deprecated pair; `None` if the job has an `allowedTime` already.
    Deprecated(Option<String>),
    /// The bytes of the field's value that become this JSON.
    Repair(Range<usize>, String),
}

/// Which values are rewritten.
#[derive(Clone, Copy, Debug)]
pub(in crate::job) struct Rewritten {
    /// Those with one reading left.
    pub repaired: bool,
    /// Those that are valid and not in their canonical form.
    pub canonical: bool,
}

impl PolicyFinding {
    /// How grave it is, if these values are rewritten.
    pub fn severity(&self, rewritten: Rewritten) -> Severity {
        match self.kind {
            FindingKind::Warning => Severity::Warning,
            FindingKind::Deprecated(_) if !rewritten.canonical => Severity::Warning,
            FindingKind::Repair(..) | FindingKind::Deprecated(_) if rewritten.repaired => {
                Severity::Repair
            }
            _ => Severity::Error,
        }
    }

    /// Whether the value has no reading.
    pub fn is_error(&self) -> bool {
        matches!(self.kind, FindingKind::Error | FindingKind::NoOffset(_))
    }

    /// The field and the way from there.
    pub fn place(&self) -> String {
        format!("{}{}", self.field.name(), self.path)
    }
}
