//! What a batch reports about one value.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::batch::place::RowPlace;
use crate::job::Finding;
use crate::{Rule, Severity};

/// One rule found at one field of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The row, from 0; only rows of data count.
    pub row: u64,
    /// The line of the source in which the row begins, or the row of its sheet, from 1; `None` if the
    /// source has no lines.
    pub line: Option<u64>,
    /// Which job of the row it is about, from 0, if the row has several phones and is a job for each.
    pub part: Option<u16>,
    /// The field; `None` if the job as a whole is at fault.
    pub field: Option<String>,
    /// The rule.
    #[serde(serialize_with = "rule_name")]
    pub rule: Rule,
    /// The severity of the rule in this run.
    #[serde(serialize_with = "severity_name")]
    pub severity: Severity,
    /// What is wrong and what would be right.
    pub message: String,
    /// The value, cut after 120 characters.
    pub value: Option<String>,
    /// The value that would be right.
    pub suggestion: Option<String>,
    /// The byte of the source at which the row begins; `None` if the source does not consist of
    /// bytes.
    pub offset: Option<u64>,
}

fn rule_name<S: Serializer>(rule: &Rule, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(rule.name())
}

fn severity_name<S: Serializer>(severity: &Severity, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(severity.name())
}

impl Diagnostic {
    pub(in crate::batch) fn new(place: RowPlace, finding: &Finding) -> Self {
        Diagnostic {
            row: place.row,
            line: place.line,
            part: place.part,
            field: finding.field.clone().map(Cow::into_owned),
            rule: finding.fault.rule,
            severity: finding.severity,
            message: finding.message(),
            value: finding.value.clone(),
            suggestion: finding.fault.suggestion.clone(),
            offset: place.offset,
        }
    }
}
