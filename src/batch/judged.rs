//! A row and the verdict over it.

use std::ops::Range;

use crate::job::{Edit, Finding, Standing};

/// A row and the verdict over it.
pub(in crate::batch) struct JudgedRow<'t> {
    /// The byte at which it begins; `None` where the source is not of bytes.
    pub offset: Option<u64>,
    /// The JSON text of the job, or the bytes of a row that is no JSON.
    pub text: &'t [u8],
    /// The record of a table that it came from.
    pub record: Option<&'t [u8]>,
    /// The fault of a row that is no JSON stands in its findings.
    pub is_json: bool,
    /// How many bytes the row has, where it is too long and its text is not at hand.
    pub too_long: Option<u64>,
    pub standing: Standing,
    pub findings: Vec<Finding>,
    pub edits: Vec<Edit>,
    /// What a job that is sendable by itself is known by.
    pub key: Option<DuplicateKey>,
}

/// What a job is known by among others.
#[derive(Clone)]
pub(in crate::batch) struct DuplicateKey {
    /// The digits of its phone as a number.
    pub phone: u64,
    /// One for the same fields in any order; computed where that is asked for.
    pub digest: Option<[u8; 32]>,
    /// Where in the job's text the phone stands.
    pub value: Range<usize>,
}

impl JudgedRow<'_> {
    /// Rejects the job for what its batch says of it.
    pub fn reject(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.standing = Standing::Rejected;
        self.edits.clear();
        self.key = None;
    }
}
