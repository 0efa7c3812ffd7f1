//! The verdict over a row, and what of it has to wait for the rows before it.
//!
//! A row is judged by itself, on whatever thread; what its place among the others decides (its
//! number, whether it was there before, the body that it goes to) is decided where all rows come
//! by in order.

use std::ops::Range;

use super::duplicates::{Duplicates, digest};
use super::preset::Preset;
use super::source::{Content, Row};
use crate::job::{self, Clock, Edit, Finding, KnownField, Name, RawJob, Standing};
use crate::{Fault, Rule, Severity};

/// A row and the verdict over it.
pub(super) struct Judged<'t> {
    /// The byte at which it begins; `None` where the source is not of bytes.
    pub offset: Option<u64>,
    /// The JSON text of the job, or the bytes of a row that is no JSON.
    pub text: &'t [u8],
    /// The record of a table that it came from.
    pub record: Option<&'t [u8]>,
    /// The fault of a row that is no JSON stands in its findings.
    pub is_json: bool,
    pub standing: Standing,
    pub findings: Vec<Finding>,
    pub edits: Vec<Edit>,
    /// What a job that is sendable by itself is known by.
    pub key: Option<Key>,
}

/// What a job is known by among others.
#[derive(Clone)]
pub(super) struct Key {
    /// The digits of its phone as a number.
    pub phone: u64,
    /// One for the same fields in any order; computed where that is asked for.
    pub digest: Option<[u8; 32]>,
    /// Where in the job's text the phone stands.
    pub value: Range<usize>,
}

impl Judged<'_> {
    /// Rejects the job for what its batch says of it.
    pub fn reject(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.standing = Standing::Rejected;
        self.edits.clear();
        self.key = None;
    }
}

/// Judges rows. It holds nothing that a row could change.
pub(super) struct Judge<'a> {
    pub options: &'a job::Options,
    pub clock: Clock<'a>,
    pub duplicates: Duplicates,
    /// The fields that hold for the whole list.
    pub preset: &'a Preset,
    /// How many bytes a job may have as it is sent.
    pub longest: Option<u64>,
}

impl Judge<'_> {
    /// The verdict over one row.
    pub fn row<'t>(&self, row: &Row<'t>) -> Judged<'t> {
        match &row.content {
            Content::Job(job) => self.job(row.offset, job, None),
            Content::Composed { job, record } => self.job(row.offset, job, Some(record)),
            Content::Broken(bytes, fault) => no_json(row.offset, bytes, None, fault),
            Content::Refused(record, fault) => no_json(row.offset, record, Some(record), fault),
        }
    }

    /// The digits of the phone of a job that is clean at a glance, as a number.
    pub fn glance(&self, phone: &str, zone: Option<&str>) -> Option<u64> {
        let phone = job::clean_at_a_glance(phone, zone, self.options, &self.clock);
        phone.map(|phone| phone.e164_number())
    }

    fn job<'t>(
        &self,
        offset: Option<u64>,
        job: &RawJob<'t>,
        record: Option<&'t [u8]>,
    ) -> Judged<'t> {
        let verdict = job::check(job, self.options, &self.clock);
        let phone = verdict.sendable().map(|phone| phone.e164_number());
        let mut judged = Judged {
            offset,
            text: job.text.as_bytes(),
            record,
            is_json: true,
            standing: verdict.standing,
            findings: verdict.findings,
            edits: verdict.edits,
            key: phone.map(|phone| self.key(phone, job)),
        };
        let is_too_large =
            |longest| job::rewritten_length(judged.text, &judged.edits) as u64 > longest;
        if judged.key.is_some() && self.longest.is_some_and(is_too_large) {
            judged.reject(whole_job(Fault::new(Rule::JobTooLarge)));
        }
        judged
    }

    fn key(&self, phone: u64, job: &RawJob<'_>) -> Key {
        let fields = job.fields.unwrap_or_default();
        let field = fields
            .iter()
            .find(|field| field.name == Name::Known(KnownField::Phone));
        Key {
            phone,
            digest: (self.duplicates == Duplicates::Job).then(|| digest(fields)),
            value: field.map_or(0..0, |field| field.at..field.at + field.value.len()),
        }
    }
}

fn no_json<'t>(
    offset: Option<u64>,
    text: &'t [u8],
    record: Option<&'t [u8]>,
    fault: &Fault,
) -> Judged<'t> {
    Judged {
        offset,
        text,
        record,
        is_json: false,
        standing: Standing::Rejected,
        findings: vec![whole_job(fault.clone())],
        edits: Vec::new(),
        key: None,
    }
}

/// A finding about a job as a whole.
pub(super) fn whole_job(fault: Fault) -> Finding {
    Finding {
        field: None,
        severity: Severity::Error,
        fault,
        value: None,
    }
}
