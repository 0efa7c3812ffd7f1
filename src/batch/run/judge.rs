//! The verdict over a row, and what of it has to wait for the rows before it.
//!
//! A row is judged by itself, on whatever thread; what its place among the others decides (its
//! number, whether it was there before, the body that it goes to) is decided where all rows come
//! by in order.

use crate::batch::judged::{DuplicateKey, JudgedRow};
use crate::batch::options::Duplicates;
use crate::batch::run::duplicates::digest;
use crate::batch::source::limit::RowLimit;
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::row::{Row, RowContent};
use crate::job::{self, Finding, JobContext, KnownField, RawJob};
use crate::{Fault, Rule, Severity};

/// Judges rows. It holds nothing that a row could change.
pub(in crate::batch) struct RowJudge<'a> {
    pub options: &'a job::JobOptions,
    pub clock: JobContext<'a>,
    pub duplicates: Duplicates,
    /// The fields that hold for the whole list.
    pub preset: &'a ListDefaults,
    /// How many bytes a job may have as it is sent.
    pub longest: Option<u64>,
    /// How long a row may be.
    pub row_limit: RowLimit,
}

/// The verdict over one row, which may be the room for the next: to move it takes longer than to
/// come to it.
#[derive(Default)]
pub(in crate::batch) struct JudgeBuffer {
    pub verdict: job::Verdict,
    /// Whether the row is JSON; the fault of one that is none stands in the findings.
    pub is_json: bool,
    /// How many bytes the row has, where it is too long and its text is not at hand.
    pub too_long: Option<u64>,
    /// What a job that is sendable by itself is known by.
    pub key: Option<DuplicateKey>,
}

impl JudgeBuffer {
    /// Decides over a row that is not JSON.
    fn refuse(&mut self, fault: Fault) {
        self.is_json = false;
        self.key = None;
        self.verdict.clear();
        self.verdict.reject(whole_job(fault));
    }
}

impl RowJudge<'_> {
    /// Decides over one row.
    #[inline(always)]
    pub fn rule(&self, row: &Row<'_>, ruling: &mut JudgeBuffer) {
        ruling.too_long = None;
        match &row.content {
            RowContent::Job(job)
            | RowContent::Completed(job)
            | RowContent::Composed { job, .. } => self.job(job, ruling),
            RowContent::Broken(_, fault) | RowContent::Refused(_, fault) => {
                ruling.refuse(fault.clone())
            }
            RowContent::TooLong { length, .. } => {
                ruling.refuse(self.row_limit.fault(*length));
                ruling.too_long = Some(*length);
            }
        }
    }

    /// The phone, as a number, of a job that the fast path calls clean.
    #[inline(always)]
    pub fn fast_check(&self, phone: &str, zone: Option<&str>) -> Option<u64> {
        job::fast_check(phone, zone, self.options, &self.clock)
    }

    /// What identifies a job that the fast path calls clean.
    #[inline(always)]
    pub fn fast_check_row(&self, row: &Row<'_>) -> Option<DuplicateKey> {
        let (RowContent::Job(job) | RowContent::Completed(job)) = &row.content else {
            return None;
        };
        let is_short = self
            .longest
            .is_none_or(|longest| job.text.len() as u64 <= longest);
        if !is_short || self.duplicates == Duplicates::Job {
            return None;
        }
        let (phone, field) = job::fast_check_job(job, self.options, &self.clock)?;
        Some(DuplicateKey {
            phone,
            digest: None,
            value: field.at..field.at + field.value.len(),
        })
    }

    /// The same, for a row that comes by itself.
    pub fn judged<'t>(&self, row: &Row<'t>) -> JudgedRow<'t> {
        let mut ruling = JudgeBuffer::default();
        self.rule(row, &mut ruling);
        JudgedRow {
            offset: row.offset,
            text: row.text(),
            record: row.record(),
            is_json: ruling.is_json,
            too_long: ruling.too_long,
            standing: ruling.verdict.standing,
            findings: ruling.verdict.findings,
            edits: ruling.verdict.edits,
            key: ruling.key,
        }
    }

    #[inline(always)]
    fn job(&self, job: &RawJob<'_>, ruling: &mut JudgeBuffer) {
        let verdict = &mut ruling.verdict;
        job::check_into(verdict, job, self.options, &self.clock);
        if let Some(longest) = self.longest
            && verdict.sendable().is_some()
            && job::rewritten_length(job.text.as_bytes(), &verdict.edits) as u64 > longest
        {
            verdict.reject(whole_job(Fault::new(Rule::JobTooLarge)));
        }
        ruling.is_json = true;
        ruling.key = verdict.sendable().map(|phone| self.key(phone, job));
    }

    #[inline(always)]
    fn key(&self, phone: u64, job: &RawJob<'_>) -> DuplicateKey {
        let fields = job.fields.unwrap_or_default();
        let field = fields
            .iter()
            .find(|field| field.name.known() == Some(KnownField::Phone));
        DuplicateKey {
            phone,
            digest: (self.duplicates == Duplicates::Job).then(|| digest(fields)),
            value: field.map_or(0..0, |field| field.at..field.at + field.value.len()),
        }
    }
}

/// A finding about a job as a whole.
pub(in crate::batch) fn whole_job(fault: Fault) -> Finding {
    Finding {
        field: None,
        severity: Severity::Error,
        fault,
        value: None,
    }
}
