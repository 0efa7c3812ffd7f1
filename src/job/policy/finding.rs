//! A finding about a value of a policy, before its place in a job is known.

use std::ops::Range;

use crate::service::KnownField;
use crate::{Fault, Severity};

use super::instant::LocalDateTime;

/// One rule broken by one value of a policy.
#[derive(Clone, Debug)]
pub(in crate::job) struct PolicyFinding {
    /// The field that the value is in.
    pub field: KnownField,
    /// The path to the value from there, such as `.mon[1].localTimeTo`; empty for the field itself.
    pub path: String,
    pub fault: Fault,
    pub value: Shown,
    pub kind: FindingKind,
}

/// The value that a diagnostic shows.
#[derive(Clone, Debug)]
pub(in crate::job) enum Shown {
    /// This text.
    Text(String),
    /// The value of the field; the caller has it.
    Field,
    /// Nothing: the value is not at fault, or may be a secret.
    Nothing,
}

/// What follows from a finding.
#[derive(Clone, Debug)]
pub(in crate::job) enum FindingKind {
    /// The job can't be sent.
    Error,
    /// The job can't be sent. The offset of its zone belongs after this date-time, which these bytes
    /// of the field's value are.
    NoOffset(Range<usize>, LocalDateTime),
    /// The job can't be sent, unless suggestions are taken.
    Suggestion(SuggestedEdit),
    /// A warning.
    Warning,
    /// A warning. The canonical form has `allowedTime` with this value instead of the deprecated
    /// pair; `None` if the job has an `allowedTime` already.
    Deprecated(Option<String>),
    /// The bytes of the field's value that become this JSON.
    Repair(Range<usize>, String),
}

/// What to rewrite if a suggestion is taken.
#[derive(Clone, Debug)]
pub(in crate::job) enum SuggestedEdit {
    /// The bytes of the field's value that become this JSON.
    Value(Range<usize>, String),
    /// The deprecated pair of times becomes `allowedTime` with this value.
    Pair(String),
    /// The edit of another finding about the same field has the suggestion.
    WithAnother,
}

/// Which values are rewritten.
#[derive(Clone, Copy, Debug)]
pub(in crate::job) struct Rewritten {
    /// Those that can only mean one thing.
    pub repaired: bool,
    /// Those that are valid and not in their canonical form.
    pub canonical: bool,
    /// Those that are refused with a suggestion.
    pub suggested: bool,
}

impl PolicyFinding {
    /// Its severity, if these values are rewritten.
    pub fn severity(&self, rewritten: Rewritten) -> Severity {
        match self.kind {
            FindingKind::Warning => Severity::Warning,
            FindingKind::Deprecated(_) if !rewritten.canonical => Severity::Warning,
            FindingKind::Repair(..) | FindingKind::Deprecated(_) if rewritten.repaired => {
                Severity::Repair
            }
            FindingKind::Suggestion(_) if rewritten.suggested => Severity::Suggested,
            _ => Severity::Error,
        }
    }

    /// Whether the value can't be read, or not without a suggestion.
    pub fn is_error(&self) -> bool {
        self.is_final_error(false)
    }

    /// The same if suggestions are taken or not. A date-time without its offset is for the caller to
    /// decide, who knows where the job is.
    pub fn is_final_error(&self, takes_suggestions: bool) -> bool {
        match self.kind {
            FindingKind::Error | FindingKind::NoOffset(..) => true,
            FindingKind::Suggestion(_) => !takes_suggestions,
            FindingKind::Warning | FindingKind::Deprecated(_) | FindingKind::Repair(..) => false,
        }
    }

    /// Whether the value has exactly one meaning, in another form.
    pub fn is_repair(&self) -> bool {
        matches!(self.kind, FindingKind::Repair(..))
    }

    /// The field and the path from there.
    pub fn place(&self) -> String {
        format!("{}{}", self.field.name(), self.path)
    }
}
