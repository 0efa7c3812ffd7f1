//! The verdict over a row, and what of it has to wait for the rows before it.
//!
//! A row is judged by itself, on whatever thread; what its place among the others decides (its
//! number, whether it was there before, the body that it goes to) is decided where all rows come
//! by in order.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::batch::excluded::ExcludedPhones;
use crate::batch::judged::{DuplicateKey, JudgedRow, TakenBy};
use crate::batch::options::Duplicates;
use crate::batch::place::RowRegion;
use crate::batch::run::duplicates::digest;
use crate::batch::run::word_room::WordRoom;
use crate::batch::source::limit::RowLimit;
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::row::{PartPlace, Row, RowContent, RowCountry};
use crate::job::{
    self, Field, Finding, FindingCode, JobContext, JobLocation, JobShapes, KnownField,
    MultiplePhones, RawJob, RepairLevel, Standing, VerdictDetail, WantedWords,
};
use crate::json::quoted;
use crate::phone::{self, Phone, Reading};
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
    /// How much of a verdict is made.
    pub detail: VerdictDetail,
    /// Whether somebody reads what is wrong with every rejected row.
    pub explains: bool,
    /// Of which findings the report keeps diagnostics.
    pub room: WordRoom,
    /// The phones that are not to be called.
    pub excluded: Option<&'a ExcludedPhones>,
    /// The shapes of the jobs that were read again for words.
    pub shapes: Mutex<JobShapes>,
    /// Whether the numbers of the phones are all that is wanted.
    pub numbers_wanted: bool,
}

/// What `map` calls the column of countries.
const REGION: &str = "region";

/// The verdict over one row, which may be the room for the next: to move it takes longer than to
/// come to it.
#[derive(Default)]
pub(in crate::batch) struct JudgeBuffer {
    pub verdict: job::Verdict,
    /// Whether the row is JSON; if it is not, its fault is in the findings.
    pub is_json: bool,
    /// How many bytes the row has, where it is too long and its text is not at hand.
    pub too_long: Option<u64>,
    /// What a job that is sendable by itself is known by.
    pub key: Option<DuplicateKey>,
}

impl JudgeBuffer {
    /// The verdict over a row that comes by itself.
    pub fn judged<'t>(&'t mut self, row: &Row<'t>) -> JudgedRow<'t> {
        let verdict = &mut self.verdict;
        let findings = std::mem::take(&mut verdict.findings);
        let location = self.key.as_ref().and(verdict.location);
        JudgedRow {
            offset: row.offset,
            line: None,
            part: row.part(),
            region: row.country.region(),
            first: row.first.clone(),
            text: row.text(),
            record: row.record(),
            after_record: b"",
            is_json: self.is_json,
            too_long: self.too_long,
            standing: verdict.standing,
            codes: &verdict.codes,
            findings: Some(findings).filter(|findings| !findings.is_empty()),
            taken_by: None,
            edits: std::mem::take(&mut verdict.edits),
            key: self.key.take(),
            plan: verdict.plan.take(),
            location,
        }
    }

    /// Decides over a row that is not JSON.
    fn refuse(&mut self, fault: Fault) {
        self.is_json = false;
        self.key = None;
        self.verdict.clear();
        self.verdict.reject(fault, VerdictDetail::Words);
    }
}

/// The jobs of a row with several phones.
pub(in crate::batch) struct RowParts {
    /// The value of its phone field, as JSON.
    cell: String,
    /// The text of each job.
    jobs: Vec<String>,
}

impl RowParts {
    /// Hands over each job as a row of its own.
    pub fn each(&self, row: &Row<'_>, mut on_part: impl FnMut(&Row<'_>)) {
        let mut fields = Vec::new();
        for (text, part) in self.jobs.iter().zip(0..) {
            // The text is that of the row with another text in place of its phone.
            let Ok(job) = job::parse_whole(text, &mut fields) else {
                continue;
            };
            let place = PartPlace {
                part,
                cell: &self.cell,
            };
            on_part(&Row {
                offset: row.offset,
                first: row.first.clone(),
                country: row.country,
                content: RowContent::Part {
                    job,
                    record: row.record(),
                    place,
                },
            });
            fields = Field::recycled(fields);
        }
    }
}

/// The verdict of the fast path over a row.
pub(in crate::batch) struct FastRow {
    pub standing: Standing,
    /// The phone as a number, if the job is sendable by itself.
    pub phone: Option<u64>,
    /// Where the phone is in the text of the row.
    pub value: Range<usize>,
    /// Where a job is that is sendable by itself, if somebody counts that.
    pub location: Option<JobLocation>,
    /// The phone, as a number, of a job that is rejected for something else.
    pub rejected_phone: Option<u64>,
}

impl RowJudge<'_> {
    /// Decides over one row.
    #[inline(always)]
    pub fn rule(&self, row: &Row<'_>, ruling: &mut JudgeBuffer) {
        self.rule_in(row, self.detail, ruling);
    }

    /// The same in words.
    pub fn rule_in_words(&self, row: &Row<'_>, ruling: &mut JudgeBuffer) {
        self.rule_in(row, VerdictDetail::Words, ruling);
    }

    #[inline(always)]
    fn rule_in(&self, row: &Row<'_>, detail: VerdictDetail, ruling: &mut JudgeBuffer) {
        ruling.too_long = None;
        match &row.content {
            RowContent::Job(job)
            | RowContent::Completed(job)
            | RowContent::Composed { job, .. } => match row.country {
                RowCountry::Unsaid => self.job(job, detail, ruling),
                country => self.job_of_country(job, country, ruling),
            },
            RowContent::Part { job, place, .. } => {
                self.job_of_part(job, (place, row.country), ruling)
            }
            RowContent::Broken(_, fault) | RowContent::Refused(_, fault) => {
                ruling.refuse(fault.clone())
            }
            RowContent::TooLong { length, .. } => {
                ruling.refuse(self.row_limit.fault(*length));
                ruling.too_long = Some(*length);
            }
        }
    }

    /// The phone, as a number, of a job that the fast path calls clean; and where the job is, if
    /// somebody counts that.
    #[inline(always)]
    pub fn fast_check(
        &self,
        phone: &str,
        zone: Option<&str>,
    ) -> Option<(u64, Option<JobLocation>)> {
        job::fast_check_located(phone, zone, self.options, &self.clock)
    }

    /// The verdict of the fast path; its codes are appended to `codes`, and the words that are wanted to
    /// `words`. A row that lacks some needs [`Self::rule_in_words`].
    #[inline(always)]
    pub fn fast_check_row(
        &self,
        row: &Row<'_>,
        (codes, words, wanted): (&mut Vec<FindingCode>, &mut Vec<Finding>, WantedWords),
    ) -> Option<FastRow> {
        let job = self.fast_job(row)?;
        let before = codes.len();
        let found = job::FastFindings {
            codes: &mut *codes,
            words,
            wanted,
        };
        let fast = job::fast_check_job(job, self.options, &self.clock, found)?;
        self.fast_row(fast, (codes, before))
    }

    /// The same for a row whose job may have a policy.
    pub fn fast_check_policy(
        &self,
        row: &Row<'_>,
        (codes, words, wanted): (&mut Vec<FindingCode>, &mut Vec<Finding>, WantedWords),
    ) -> Option<FastRow> {
        let job = self.fast_job(row)?;
        let before = codes.len();
        let found = job::FastFindings {
            codes: &mut *codes,
            words,
            wanted,
        };
        let fast = job::fast_check_policy(job, (self.options, &self.clock), found)?;
        self.fast_row(fast, (codes, before))
    }

    /// The job of a row that the fast path may decide.
    #[inline(always)]
    fn fast_job<'r>(&self, row: &'r Row<'_>) -> Option<&'r RawJob<'r>> {
        let (
            RowContent::Job(job) | RowContent::Completed(job) | RowContent::Composed { job, .. },
            RowCountry::Unsaid,
        ) = (&row.content, row.country)
        else {
            return None;
        };
        let is_short = self
            .longest
            .is_none_or(|longest| job.text.len() as u64 <= longest);
        (is_short && self.duplicates != Duplicates::Job).then_some(job)
    }

    /// The verdict of the fast path, unless edits are wanted: it makes none.
    #[inline(always)]
    fn fast_row(
        &self,
        fast: job::FastJob<'_>,
        (codes, before): (&mut Vec<FindingCode>, usize),
    ) -> Option<FastRow> {
        if fast.standing == Standing::Repaired && self.detail != VerdictDetail::Codes {
            codes.truncate(before);
            return None;
        }
        Some(FastRow {
            standing: fast.standing,
            phone: fast.phone,
            value: fast.field.at..fast.field.end(),
            location: fast.location,
            rejected_phone: fast.rejected_phone,
        })
    }

    /// Everything that was found at a row, in words; `made` are those that were made with it. Without
    /// them, the row is read again.
    pub fn words(&self, row: &JudgedRow<'_>, made: Option<Vec<Finding>>) -> Vec<Finding> {
        let mut findings = made.unwrap_or_else(|| match row.codes {
            // The text of a clean row of a table may be the digits of its phone alone.
            [] => Vec::new(),
            _ => self.words_of(row.text),
        });
        if let Some(taken_by) = row.taken_by {
            let phone = match &row.key {
                Some(key) => String::from_utf8_lossy(&row.text[key.value.clone()]).into_owned(),
                None => phone_field(row.text).unwrap_or_default(),
            };
            findings.push(self.taken(taken_by, job::shown(&phone)));
        }
        findings
    }

    /// What a row breaks whose job is taken; `phone` is its phone as it is shown.
    pub fn taken(&self, taken_by: TakenBy, phone: String) -> Finding {
        let code = taken_by.code();
        let fault = match taken_by {
            TakenBy::Row(first, _) => self.duplicates.fault(&first.to_string()),
            TakenBy::SentBefore(list) => self.excluded.and_then(|excluded| {
                let name = excluded.name(list);
                self.duplicates.fault(&format!("a job of the list {name}"))
            }),
            TakenBy::List(list) => self
                .excluded
                .map(|excluded| Fault::new(code.rule).because(excluded.why(list))),
        };
        Finding {
            field: code.field.map(|field| field.name().into()),
            severity: code.severity,
            fault: fault.unwrap_or_else(|| Fault::new(code.rule)),
            value: Some(phone),
        }
    }

    /// The phone, as a number, of a job that is rejected for something else, if phones are excluded.
    pub fn rejected_phone(&self, verdict: &job::Verdict) -> Option<u64> {
        let is_asked = self.excluded.is_some() && verdict.standing == Standing::Rejected;
        let phone = verdict.phone.as_ref().filter(|_| is_asked)?;
        Some(phone.e164_number())
    }

    /// The phone, as a number, of a job that may have other faults.
    pub fn phone_of(&self, text: &[u8]) -> Option<u64> {
        let text = str::from_utf8(text).ok()?;
        let mut fields = Vec::new();
        let job = job::parse_whole(text, &mut fields).ok()?;
        self.phone_of_job(&job, self.options)
    }

    /// The phones that a job of an excluded list may mean: one, if that is sure. Else they are each
    /// reading of the text, what is suggested for it, and every number that it may name: a number too
    /// many that isn't called costs less than one too few. A text or a number without a job around it is
    /// a phone.
    pub fn excluded_phones_of(&self, text: &[u8]) -> Vec<u64> {
        let Ok(text) = str::from_utf8(text) else {
            return Vec::new();
        };
        let of_phone;
        let text = match is_scalar(text) {
            true => {
                of_phone = format!("{{\"phone\":{text}}}");
                &of_phone
            }
            false => text,
        };
        let mut fields = Vec::new();
        let Ok(job) = job::parse_whole(text, &mut fields) else {
            return Vec::new();
        };
        let sure = self.phone_of_job(&job, self.options);
        if let Some(phone) = sure.filter(|phone| may_be_one(*phone)) {
            return vec![phone];
        }
        let suggested = job::JobOptions {
            repair: RepairLevel::Suggested,
            ..self.options.clone()
        };
        let preferred = [Reading::National, Reading::International].map(|reading| {
            let mut options = self.options.clone();
            options.phone.prefer = Some(reading);
            options
        });
        let read = preferred.into_iter().chain([suggested]);
        let read = read.filter_map(|options| self.phone_of_job(&job, &options));
        let mut phones: Vec<u64> = sure.into_iter().chain(read).collect();
        let named = job::phones_named(&job, &self.options.phone);
        phones.extend(named.iter().map(Phone::e164_number));
        phones.sort_unstable();
        phones.dedup();
        phones
    }

    fn phone_of_job(&self, job: &RawJob<'_>, options: &job::JobOptions) -> Option<u64> {
        let mut verdict = job::Verdict::default();
        self.check(&mut verdict, job, (options, VerdictDetail::Codes));
        verdict.phone.as_ref().map(Phone::e164_number)
    }

    /// Whether digits of E.164 are read as that number in the region of their row, if it has one.
    pub fn is_number_in(&self, region: Option<RowRegion>, digits: &str) -> bool {
        let options = self.options_of(region);
        let read = phone::resolve(digits, &options.phone);
        region.is_none() || read.is_ok_and(|read| read.phone.digits() == digits)
    }

    /// The number that the text of a phone means.
    pub fn number_of(&self, text: &str) -> Option<u64> {
        let resolved = phone::resolve(text, &self.options.phone).ok();
        resolved.map(|resolved| resolved.phone.e164_number())
    }

    /// What is found at a job of this text, in words.
    fn words_of(&self, text: &[u8]) -> Vec<Finding> {
        let text = text_of(text);
        let mut fields = Vec::new();
        // Only one thread makes words.
        let mut shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        match job::parse_whole_of_list(&text, &mut fields, &mut shapes) {
            Ok(job) => {
                let mut verdict = job::Verdict::default();
                self.check(&mut verdict, &job, (self.options, VerdictDetail::Words));
                verdict.findings
            }
            Err(broken) => vec![Finding::of_whole(job::syntax_fault(&text, broken))],
        }
    }

    #[inline(always)]
    fn job(&self, job: &RawJob<'_>, detail: VerdictDetail, ruling: &mut JudgeBuffer) {
        let verdict = &mut ruling.verdict;
        self.check(verdict, job, (self.options, detail));
        let explains = self.explains && verdict.standing == Standing::Rejected;
        if explains && verdict.lacks_words() {
            self.check(verdict, job, (self.options, VerdictDetail::Words));
        }
        ruling.is_json = true;
        ruling.key = verdict.sendable().map(|phone| self.key(phone, job));
    }

    /// Decides over a job whose row says something of its country. Its words are made here: its text
    /// alone does not say the country.
    #[cold]
    fn job_of_country(&self, job: &RawJob<'_>, country: RowCountry<'_>, ruling: &mut JudgeBuffer) {
        let options = self.options_of(country.region());
        self.check(&mut ruling.verdict, job, (&options, VerdictDetail::Words));
        self.note_unknown(country, &mut ruling.verdict);
        ruling.is_json = true;
        ruling.key = ruling.verdict.sendable().map(|phone| self.key(phone, job));
    }

    /// Decides over the job of one part of a row. Its words are made here: its text alone does not
    /// say of which field it is a part.
    #[cold]
    fn job_of_part(
        &self,
        job: &RawJob<'_>,
        (place, country): (&PartPlace<'_>, RowCountry<'_>),
        ruling: &mut JudgeBuffer,
    ) {
        let options = self.options_of(country.region());
        let detail = VerdictDetail::Words;
        let part = (job, place.cell);
        job::check_part_into(&mut ruling.verdict, part, (&options, detail), &self.clock);
        self.limit(&mut ruling.verdict, job, detail);
        self.note_unknown(country, &mut ruling.verdict);
        ruling.is_json = true;
        ruling.key = ruling.verdict.sendable().map(|phone| self.key(phone, job));
    }

    /// Notes that what a row says is not a country.
    fn note_unknown(&self, country: RowCountry<'_>, verdict: &mut job::Verdict) {
        let RowCountry::Unknown(text) = country else {
            return;
        };
        let shown = text.map(|text| job::shown(&quoted(text.trim())));
        let mut fault = Fault::new(Rule::RecordCountry);
        if let Some(shown) = &shown {
            fault = fault.because(format!(
                "{shown:?} is not a country or a calling code, so the region of the list holds"
            ));
        }
        let finding = Finding {
            field: Some(REGION.into()),
            severity: Rule::RecordCountry.info().severity,
            fault,
            value: shown,
        };
        verdict.add(finding, self.options.severities);
    }

    fn options_of(&self, region: Option<RowRegion>) -> Cow<'_, job::JobOptions> {
        let Some(region) = region else {
            return Cow::Borrowed(self.options);
        };
        let mut options = self.options.clone();
        options.phone = region.options(options.phone);
        Cow::Owned(options)
    }

    /// The jobs of a row whose verdict is that it has several phones, if it is to be a job for each.
    #[inline(always)]
    pub fn parts(&self, row: &Row<'_>, verdict: &job::Verdict) -> Option<RowParts> {
        let is_each = self.options.multiple == MultiplePhones::Each;
        match is_each && verdict.standing == Standing::Rejected {
            true => self.parts_of(row, verdict),
            false => None,
        }
    }

    #[cold]
    fn parts_of(&self, row: &Row<'_>, verdict: &job::Verdict) -> Option<RowParts> {
        let is_multiple = |code: &FindingCode| {
            code.rule == Rule::PhoneMultiple && code.severity == Severity::Error
        };
        if !self.options.repair.is_any() || !verdict.codes.iter().any(is_multiple) {
            return None;
        }
        let (RowContent::Job(job) | RowContent::Completed(job) | RowContent::Composed { job, .. }) =
            &row.content
        else {
            return None;
        };
        let is_phone = |field: &&Field<'_>| field.name.known() == Some(KnownField::Phone);
        let mut phones = job.fields?.iter().filter(is_phone);
        let phone = phones.next().filter(|_| phones.next().is_none())?;
        let texts = job::phone_parts(phone.value, &self.options_of(row.country.region()).phone);
        let (before, after) = (
            &job.text[..phone.at],
            &job.text[phone.at + phone.value.len()..],
        );
        let jobs = texts
            .iter()
            .map(|text| format!("{before}{}{after}", quoted(text)));
        let jobs: Vec<String> = jobs.collect();
        (jobs.len() > 1).then(|| RowParts {
            cell: phone.value.to_owned(),
            jobs,
        })
    }

    #[inline(always)]
    fn check(
        &self,
        verdict: &mut job::Verdict,
        job: &RawJob<'_>,
        asked: (&job::JobOptions, VerdictDetail),
    ) {
        job::check_into(verdict, job, asked, &self.clock);
        self.limit(verdict, job, asked.1);
    }

    /// Rejects a job that is too long for a body.
    #[inline(always)]
    fn limit(&self, verdict: &mut job::Verdict, job: &RawJob<'_>, detail: VerdictDetail) {
        let Some(longest) = self.longest.filter(|_| verdict.sendable().is_some()) else {
            return;
        };
        let length = job::rewritten_length(job.text.as_bytes(), &verdict.edits) as u64;
        if length > longest {
            let fault = Fault::new(Rule::JobTooLarge).because(format!(
                "the job has {length} bytes, and the option max_bytes leaves {longest} for a job"
            ));
            verdict.reject(fault, detail);
        }
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

/// Whether a value of JSON is a text or a number, if that may be a phone.
fn is_scalar(value: &str) -> bool {
    let is_begin = |c: char| c == '"' || c.is_ascii_digit();
    value.trim_start().starts_with(is_begin)
}

/// Whether the number of an entry of an excluded list is surely what it means. A longer one that is not
/// in use may be a number and the end of a range.
pub(in crate::batch::run) fn may_be_one(phone: u64) -> bool {
    const SHORT: u64 = 100_000_000_000;
    let is_valid = |phone: u64| {
        let phone = Phone::from_digits(phone.to_string().as_bytes());
        phone.is_some_and(|phone| phone.is_valid())
    };
    phone < SHORT || is_valid(phone)
}

/// The value of the phone of a job, as JSON.
fn phone_field(text: &[u8]) -> Option<String> {
    let text = str::from_utf8(text).ok()?;
    let mut fields = Vec::new();
    let job = job::parse_whole(text, &mut fields).ok()?;
    let is_phone = |field: &&Field<'_>| field.name.known() == Some(KnownField::Phone);
    let phone = job.fields?.iter().find(is_phone)?;
    Some(phone.value.to_owned())
}

/// Whether a value, as JSON, is shown as the digits of a number.
pub(in crate::batch::run) fn shows_number(value: &[u8], number: u64) -> bool {
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    let value = value.strip_suffix(b"\"").unwrap_or(value);
    let digit = |number: u64, byte: &u8| {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        (digit < 10).then(|| number.wrapping_mul(10).wrapping_add(digit))
    };
    value.len() < 20 && value.iter().try_fold(0, digit) == Some(number)
}

/// The bytes as a text, with U+FFFD for invalid bytes.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
