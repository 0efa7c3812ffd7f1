//! What a batch reports about one value.

use std::io;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::batch::place::RowPlace;
use crate::job::Finding;
use crate::json::write_escaped;
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
        out.write_all(b"[")?;
        for (number, finding) in findings.iter().enumerate() {
            if number > 0 {
                out.write_all(b",")?;
            }
            PlacedFinding { place, finding }.write(out)?;
        }
        out.write_all(b"]")
    }

    /// Writes what a [`Diagnostic`] is serialized as. Each rejected row has one, and names that need
    /// no escapes are most of it.
    fn write(&self, out: &mut impl io::Write) -> io::Result<()> {
        let PlacedFinding { place, finding } = self;
        out.write_all(b"{\"row\":")?;
        write_number(Some(place.row), out)?;
        out.write_all(b",\"line\":")?;
        write_number(place.line, out)?;
        match place.part {
            Some(part) => {
                out.write_all(b",\"part\":")?;
                write_number(Some(part.into()), out)?;
                out.write_all(b",\"field\":")?;
            }
            None => out.write_all(b",\"part\":null,\"field\":")?,
        }
        write_text(finding.field.as_deref(), out)?;
        out.write_all(b",\"rule\":\"")?;
        out.write_all(finding.fault.rule.name().as_bytes())?;
        out.write_all(b"\",\"severity\":\"")?;
        out.write_all(finding.severity.name().as_bytes())?;
        out.write_all(b"\",\"message\":\"")?;
        let mut message = finding.message_parts().into_iter();
        message.try_for_each(|part| write_escaped(&part, out))?;
        out.write_all(b"\",\"value\":")?;
        write_text(finding.value.as_deref(), out)?;
        out.write_all(b",\"suggestion\":")?;
        write_text(finding.fault.suggestion.as_deref(), out)?;
        out.write_all(b",\"offset\":")?;
        write_number(place.offset, out)?;
        out.write_all(b"}")
    }
}

/// Writes a text as JSON, or null.
pub(in crate::batch) fn write_text(text: Option<&str>, out: &mut impl io::Write) -> io::Result<()> {
    let Some(text) = text else {
        return out.write_all(b"null");
    };
    out.write_all(b"\"")?;
    write_escaped(text, out)?;
    out.write_all(b"\"")
}

/// Writes a number as JSON, or null.
pub(in crate::batch) fn write_number(
    number: Option<u64>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    match number {
        Some(number) => out.write_all(itoa::Buffer::new().format(number).as_bytes()),
        None => out.write_all(b"null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;

    #[test]
    fn a_finding_is_written_as_its_diagnostic_is_serialized() {
        let finding = |rule, field: Option<&str>, value: Option<&str>| Finding {
            field: field.map(|field| field.to_owned().into()),
            value: value.map(str::to_owned),
            severity: Severity::Error,
            fault: Fault::new(rule),
        };
        let mut findings = [
            finding(
                Rule::ZoneAbbreviation,
                Some("gmtZone"),
                Some("M\"S\n\u{1}К"),
            ),
            finding(Rule::JobSyntax, None, None),
        ];
        findings[0].fault = findings[0].fault.clone().suggest("Europe/\"Moscow\"");
        for (line, part, offset) in [(None, None, None), (Some(1), Some(0), Some(u64::MAX))] {
            let place = RowPlace {
                row: 10_000_000_000,
                part,
                line,
                offset,
            };
            for count in 0..=findings.len() {
                let mut written = Vec::new();
                PlacedFinding::write_all(&findings[..count], place, &mut written).unwrap();
                let diagnostics = findings[..count].iter().cloned();
                let diagnostics: Vec<_> = diagnostics
                    .map(|finding| Diagnostic::new(place, finding))
                    .collect();
                let serialized = serde_json::to_string(&diagnostics).unwrap();
                assert_eq!(String::from_utf8(written).unwrap(), serialized);
            }
        }
    }
}
