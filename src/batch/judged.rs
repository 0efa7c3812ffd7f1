//! A row and its verdict.

use std::ops::Range;

use crate::job::{Edit, Finding, Standing};

/// A row and its verdict.
pub(in crate::batch) struct JudgedRow<'t> {
    /// The byte at which it begins; `None` if the source does not consist of bytes.
    pub offset: Option<u64>,
    /// The JSON text of the job, or the bytes of a row that is not JSON.
    pub text: &'t [u8],
    /// The record of a table that it came from.
    pub record: Option<&'t [u8]>,
    /// Whether the row is JSON. If it is not, its fault is in the findings.
    pub is_json: bool,
    /// How many bytes the row has, if it is too long and its text is not available.
    pub too_long: Option<u64>,
    pub standing: Standing,
    pub findings: Vec<Finding>,
    pub edits: Vec<Edit>,
    /// Identifies the job among duplicates; set only if the job itself can be sent.
    pub key: Option<DuplicateKey>,
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

impl JudgedRow<'_> {
    /// Rejects the job for a finding about the whole batch.
    pub fn reject(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.standing = Standing::Rejected;
        self.edits.clear();
        self.key = None;
    }
}
