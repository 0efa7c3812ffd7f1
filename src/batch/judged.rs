//! A row and its verdict.

use std::fmt;
use std::ops::Range;

use crate::batch::place::{FirstPlace, RowPlace, RowRegion};
use crate::job::{CallPlan, Edit, Finding, FindingCode, JobLocation, KnownField, Standing};
use crate::{Rule, Severity};

/// A row and its verdict.
pub(in crate::batch) struct JudgedRow<'t> {
    /// The byte at which it begins; `None` if the source does not consist of bytes.
    pub offset: Option<u64>,
    /// The line in which it begins, or the row of its sheet, from 1. It is counted for rows about
    /// which somebody reads.
    pub line: Option<u64>,
    /// Which part of its row it is, if the row has several phones and is a job for each.
    pub part: Option<u16>,
    /// The region of its own in which its phone may be dialled.
    pub region: Option<RowRegion>,
    /// Where it was in the list that was prepared first, if it is a line of a reject file.
    pub first: Option<Box<FirstPlace>>,
    /// The JSON text of the job, or the bytes of a row that is not JSON.
    pub text: &'t [u8],
    /// The record of a table that it came from.
    pub record: Option<&'t [u8]>,
    /// What follows the record in its source, as far as its end of line reaches.
    pub after_record: &'t [u8],
    /// Whether the row is JSON. If it is not, its fault is in the findings.
    pub is_json: bool,
    /// How many bytes the row has, if it is too long and its text is not available.
    pub too_long: Option<u64>,
    pub standing: Standing,
    /// What was found at the row by itself.
    pub codes: &'t [FindingCode],
    /// The same in words, if these were made with it.
    pub findings: Option<Vec<Finding>>,
    /// What has the job already, if the row is rejected for that.
    pub taken_by: Option<TakenBy>,
    pub edits: Vec<Edit>,
    /// Identifies the job among duplicates; set only if the job itself can be sent.
    pub key: Option<DuplicateKey>,
    /// When the job may ring, if that is asked for and it has a policy.
    pub plan: Option<CallPlan>,
    /// Where the job is, if that is asked for and the job itself can be sent.
    pub location: Option<JobLocation>,
}

/// Identifies a job among duplicates.
#[derive(Clone)]
pub(in crate::batch) struct DuplicateKey {
    /// The digits of its phone as a number.
    pub phone: u64,
    /// The same digest for the same fields in any order; computed only if duplicates are found by
    /// job.
    pub digest: Option<[u8; 32]>,
    /// Where in the text of the job the phone is.
    pub value: Range<usize>,
}

/// An earlier row of the list.
#[derive(Clone, Copy)]
pub(in crate::batch) struct EarlierRow {
    /// Its number, from 0.
    pub row: u64,
    /// Its line, from 1, if messages name lines.
    pub line: Option<u64>,
    /// Whether its line is a row of a sheet.
    pub is_of_sheet: bool,
}

impl fmt::Display for EarlierRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            None => write!(f, "row {}", self.row),
            Some(line) if self.is_of_sheet => write!(f, "row {line} of the sheet"),
            Some(line) => write!(f, "line {line}"),
        }
    }
}

/// What has a job already, so that its row is rejected.
#[derive(Clone, Copy)]
pub(in crate::batch) enum TakenBy {
    /// An earlier row, and the rule that a later one breaks.
    Row(EarlierRow, Rule),
    /// A list of excluded phones, by its number.
    List(u16),
    /// The same, and the row was rejected as a duplicate before.
    SentBefore(u16),
}

impl TakenBy {
    /// What was found at the rejected row.
    pub fn code(self) -> FindingCode {
        let rule = match self {
            TakenBy::Row(_, rule) => rule,
            TakenBy::List(_) => Rule::PhoneExcluded,
            TakenBy::SentBefore(_) => Rule::PhoneDuplicate,
        };
        FindingCode {
            rule,
            severity: Severity::Error,
            field: (rule != Rule::JobDuplicate).then_some(KnownField::Phone),
        }
    }
}

impl JudgedRow<'_> {
    /// Where it is, if this is its number.
    pub fn place(&self, number: u64) -> RowPlace {
        RowPlace {
            row: number,
            part: self.part,
            line: self.line,
            offset: self.offset,
        }
    }

    /// Whether it is a job of the same row as the one before it.
    pub fn goes_on(&self) -> bool {
        self.part.is_some_and(|part| part > 0)
    }

    /// Rejects the job because an earlier row or an excluded list has it.
    pub fn reject(&mut self, taken_by: TakenBy) {
        self.taken_by = Some(taken_by);
        self.standing = Standing::Rejected;
        self.edits.clear();
    }

    /// What was found at the row, and among the rows before it.
    pub fn all_codes(&self) -> impl Iterator<Item = FindingCode> + Clone + '_ {
        self.codes
            .iter()
            .copied()
            .chain(self.taken_by.map(TakenBy::code))
    }
}
