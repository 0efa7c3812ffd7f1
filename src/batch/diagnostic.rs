//! What a batch reports about one value.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::batch::place::RowPlace;
use crate::job::Finding;
use crate::{Rule, Severity};

/// One rule found at one field of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The row, from 0; only rows of data count.
    pub row: u64,
    /// The line of the source in which the row begins, or the row of its sheet, from 1; `None` if the
    /// source has no lines.
    pub line: Option<u64>,
    /// Which job of the row it is about, from 0, if the row has several phones and is a job for each.
    pub part: Option<u16>,
    /// The byte of the source at which the row begins; `None` if the source does not consist of
    /// bytes.
    pub offset: Option<u64>,
    /// What was found. Its message is written when it is read, because most are not.
    pub finding: Finding,
}

impl Diagnostic {
    pub(in crate::batch) fn new(place: RowPlace, finding: Finding) -> Self {
        Diagnostic {
            row: place.row,
            line: place.line,
            part: place.part,
            offset: place.offset,
            finding,
        }
    }

    /// The field; `None` if the job as a whole is at fault.
    pub fn field(&self) -> Option<&str> {
        self.finding.field.as_deref()
    }

    /// The rule.
    pub fn rule(&self) -> Rule {
        self.finding.fault.rule
    }

    /// The severity of the rule in this run.
    pub fn severity(&self) -> Severity {
        self.finding.severity
    }

    /// What is wrong and what would be right.
    pub fn message(&self) -> String {
        self.finding.message()
    }

    /// The value, cut after 120 characters.
    pub fn value(&self) -> Option<&str> {
        self.finding.value.as_deref()
    }

    /// The value that would be right.
    pub fn suggestion(&self) -> Option<&str> {
        self.finding.fault.suggestion.as_deref()
    }
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut to = to.serialize_struct("Diagnostic", 10)?;
        to.serialize_field("row", &self.row)?;
        to.serialize_field("line", &self.line)?;
        to.serialize_field("part", &self.part)?;
        to.serialize_field("field", &self.field())?;
        to.serialize_field("rule", self.rule().name())?;
        to.serialize_field("severity", self.severity().name())?;
        to.serialize_field("message", &self.message())?;
        to.serialize_field("value", &self.value())?;
        to.serialize_field("suggestion", &self.suggestion())?;
        to.serialize_field("offset", &self.offset)?;
        to.end()
    }
}
