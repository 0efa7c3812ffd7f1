//! The decision on one row, for callers who take rows one after the other.

use crate::batch::diagnostic::Diagnostic;
use crate::batch::judged::JudgedRow;
use crate::job::{self, Finding, KnownField, Standing, ZoneValue};
use crate::json::Value;
use crate::zone::{RegionsAt, Zone};

/// A row, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedRow {
    /// The number of the row, from 0.
    pub number: u64,
    /// The line in which it begins, or the row of its sheet, from 1; `None` if the source has no lines.
    pub line: Option<u64>,
    /// Which job of the row it is, from 0, if the row has several phones and is a job for each.
    pub part: Option<u16>,
    /// The byte at which it begins; `None` if the source does not consist of bytes.
    pub offset: Option<u64>,
    /// Whether it is sent.
    pub standing: Standing,
    /// The digits of its phone as a number, if it has a phone that can be read.
    pub phone: Option<u64>,
    /// The text of the job: as it is sent, or for a rejected row as it came.
    pub text: Vec<u8>,
    /// What was found at it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Takes one row. Its error ends the run.
pub(in crate::batch) type OnDecided<'d> = dyn FnMut(DecidedRow) -> std::io::Result<()> + 'd;

impl DecidedRow {
    /// `phone` finds the phone of a row that is rejected.
    pub(in crate::batch) fn of(
        number: u64,
        row: &JudgedRow<'_>,
        findings: &[Finding],
        phone: impl FnOnce() -> Option<u64>,
    ) -> DecidedRow {
        let key = row.key.as_ref().map(|key| key.phone);
        let mut text = Vec::with_capacity(job::rewritten_length(row.text, &row.edits));
        job::rewritten(row.text, &row.edits, &mut text);
        let diagnostic = |finding: &Finding| Diagnostic::new(row.place(number), finding.clone());
        DecidedRow {
            number,
            line: row.line,
            part: row.part,
            offset: row.offset,
            standing: row.standing,
            phone: key.or_else(phone),
            text,
            diagnostics: findings.iter().map(diagnostic).collect(),
        }
    }
}

/// The phone of a job in a request body, as a number. There it is the digits of E.164, whatever a
/// region would make of them.
pub(in crate::batch) fn sent_phone(job: &[u8]) -> Option<u64> {
    let text = str::from_utf8(job).ok()?;
    let mut fields = Vec::new();
    let job = job::parse_whole(text, &mut fields).ok()?;
    let mut fields = job.fields?.iter();
    let field = fields.find(|field| field.name.known() == Some(KnownField::Phone))?;
    match Value::of(field.value) {
        Value::Text(text) => text.parse().ok(),
        Value::Number(digits) => digits.parse().ok(),
        _ => None,
    }
}

/// The normalized name of the gmtZone of a job; `None` if the job has none that can be read.
pub fn zone_of(job: &[u8], at: RegionsAt<'_>) -> Option<String> {
    zone_in(job, at).map(|zone| zone.normalized().to_string())
}

/// The gmtZone of a job; `None` if the job has none that can be read.
pub(in crate::batch) fn zone_in<'r>(job: &[u8], at: RegionsAt<'r>) -> Option<Zone<'r>> {
    let text = str::from_utf8(job).ok()?;
    let mut fields = Vec::new();
    let job = job::parse_whole(text, &mut fields).ok()?;
    let mut fields = job.fields?.iter();
    let field = fields.find(|field| field.name.known() == Some(KnownField::GmtZone))?;
    match ZoneValue::of(field.value) {
        ZoneValue::Text(text) => Zone::parse(&text, at)
            .or_else(|_| Zone::repair(&text, at))
            .ok(),
        ZoneValue::Hours(zone, _) => Some(zone),
        ZoneValue::Absent | ZoneValue::Blank | ZoneValue::Number(_) | ZoneValue::Refused(_) => None,
    }
}
