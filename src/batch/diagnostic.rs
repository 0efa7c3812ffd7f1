//! What a batch reports about one value.

use std::io;

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

    fn placed(&self) -> PlacedFinding<'_> {
        PlacedFinding {
            place: RowPlace {
                row: self.row,
                part: self.part,
                line: self.line,
                offset: self.offset,
            },
            finding: &self.finding,
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
        self.placed().serialize(to)
    }
}

/// What was found at one value and where, to be written at once.
pub(in crate::batch) struct PlacedFinding<'f> {
    pub place: RowPlace,
    pub finding: &'f Finding,
}

impl PlacedFinding<'_> {
    /// Writes what was found at a row as a list.
    pub fn write_all(
        findings: &[Finding],
        place: RowPlace,
        out: &mut impl io::Write,
    ) -> io::Result<()> {
        let placed = |finding| PlacedFinding { place, finding };
        let mut to = serde_json::Serializer::new(out);
        to.collect_seq(findings.iter().map(placed))?;
        Ok(())
    }
}

impl Serialize for PlacedFinding<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let PlacedFinding { place, finding } = self;
        let mut to = to.serialize_struct("Diagnostic", 10)?;
        to.serialize_field("row", &place.row)?;
        to.serialize_field("line", &place.line)?;
        to.serialize_field("part", &place.part)?;
        to.serialize_field("field", &finding.field)?;
        to.serialize_field("rule", finding.fault.rule.name())?;
        to.serialize_field("severity", finding.severity.name())?;
        to.serialize_field("message", &finding.message())?;
        to.serialize_field("value", &finding.value)?;
        to.serialize_field("suggestion", &finding.fault.suggestion)?;
        to.serialize_field("offset", &place.offset)?;
        to.end()
    }
}
