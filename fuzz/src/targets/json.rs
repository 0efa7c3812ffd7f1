//! JSON arrays and lines of JSON, with serde_json as the oracle for valid JSON and for the ends of
//! rows. The first byte of an input selects how it is read and what counts as a duplicate.

use std::collections::HashMap;
use std::hash::Hash;

use predial::Rule;
use predial::batch::{Duplicates, RowOutcome, SourceFormat, TableOptions};
use predial::job::{KnownField, RawJob, Standing};
use serde_json::value::RawValue;

use crate::batch::{self, Outcome, Way};

/// An array of jobs.
pub fn array(data: &[u8]) -> Option<()> {
    let (outcome, duplicates, text) = outcome(data, SourceFormat::Json)?;
    let Some(duplicates) = duplicates else {
        return Some(());
    };
    match serde_json::from_slice::<Vec<&RawValue>>(without_mark(text)) {
        Ok(jobs) => {
            assert_eq!(outcome.halt, None);
            let jobs: Vec<Option<&str>> = jobs.iter().map(|job| Some(job.get())).collect();
            assert_rows(&outcome, &jobs, duplicates);
        }
        Err(error) => assert!(outcome.halt.is_some(), "serde_json refuses it: {error}"),
    }
    Some(())
}

/// A job on each line.
pub fn lines(data: &[u8]) -> Option<()> {
    let (outcome, duplicates, text) = outcome(data, SourceFormat::Ndjson)?;
    let Some(duplicates) = duplicates else {
        return Some(());
    };
    assert_eq!(outcome.halt, None);
    let lines = without_mark(text).split(|byte| *byte == b'\n');
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let jobs: Vec<Option<&str>> = lines
        .filter(|line| !line.iter().all(is_space))
        .map(|line| serde_json::from_slice::<&RawValue>(line).ok())
        .map(|job| job.map(RawValue::get))
        .collect();
    assert_rows(&outcome, &jobs, duplicates);
    Some(())
}

/// The limit on rows in some batches, which are not compared with the oracle.
const FEW_BYTES: u64 = 64;

/// The result for some bytes, read in the way that they select. Duplicates are searched if the rows
/// are compared with the oracle.
fn outcome(data: &[u8], format: SourceFormat) -> Option<(Outcome, Option<Duplicates>, &[u8])> {
    let (control, text) = data.split_first()?;
    let duplicates = match control >> 6 {
        0 => Some(Duplicates::Allow),
        1 => Some(Duplicates::Job),
        2 => Some(Duplicates::Phone),
        _ => None,
    };
    let check = |way| {
        let table = TableOptions::default();
        let mut options = batch::options(table, duplicates.unwrap_or_default(), way);
        if duplicates.is_none() {
            options.max_row_bytes = FEW_BYTES;
        }
        batch::check(text, format, &options, way)
    };
    let outcome = check(Way::PLAIN);
    let way = Way::of(*control);
    assert_eq!(check(way), outcome, "{way:?}");
    Some((outcome, duplicates, text))
}

fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

/// Each row is judged as it is when read alone; among equal jobs the first is sent. A row that is
/// not JSON has no text.
fn assert_rows(outcome: &Outcome, jobs: &[Option<&str>], duplicates: Duplicates) {
    assert_eq!(outcome.rows.len(), jobs.len());
    let mut seen = HashMap::new();
    for (row, job) in outcome.rows.iter().zip(jobs) {
        let is_syntax = row.rejected_for.as_ref().map(|(rule, _)| *rule) == Some(Rule::JobSyntax);
        let Some(job) = job else {
            assert!(is_syntax, "{row:?} is not JSON");
            continue;
        };
        let alone = batch::alone(job, |job, verdict| {
            assert_phone(
                job,
                verdict.standing,
                verdict.phone.map(|phone| phone.e164()),
            );
            let key = verdict.sendable().map(|phone| key(job, phone, duplicates));
            (may_hold_another(job), verdict.standing, key)
        });
        let (may_hold_another, standing, key) = alone.expect("serde_json takes it");
        if may_hold_another {
            continue;
        }
        assert!(!is_syntax, "{job} is JSON");
        let is_first = key
            .flatten()
            .is_none_or(|key| seen.insert(key, ()).is_none());
        assert_same(row, standing, is_first, duplicates);
    }
}

fn assert_same(row: &RowOutcome, standing: Standing, is_first: bool, duplicates: Duplicates) {
    if is_first {
        assert_eq!(row.standing, standing);
        return;
    }
    let rule = match duplicates {
        Duplicates::Job => Rule::JobDuplicate,
        _ => Rule::PhoneDuplicate,
    };
    let rejected_for = row.rejected_for.as_ref().map(|(rule, _)| *rule);
    assert_eq!(rejected_for, Some(rule));
}

/// Whether the row may be a line of a reject file, which contains the job.
fn may_hold_another(job: &RawJob<'_>) -> bool {
    let fields = job.fields.unwrap_or_default();
    fields
        .iter()
        .any(|field| field.name.bytes() == b"diagnostics")
}

#[derive(PartialEq, Eq, Hash)]
enum Key {
    Phone(u64),
    Fields(Vec<(Vec<u8>, String)>),
}

fn key(job: &RawJob<'_>, phone: u64, duplicates: Duplicates) -> Option<Key> {
    match duplicates {
        Duplicates::Allow => None,
        Duplicates::Phone => Some(Key::Phone(phone)),
        Duplicates::Job => {
            let fields = job.fields.unwrap_or_default().iter();
            let mut fields: Vec<(Vec<u8>, String)> = fields
                .map(|field| (field.name.bytes().to_vec(), field.value.to_owned()))
                .collect();
            fields.sort();
            Some(Key::Fields(fields))
        }
    }
}

/// A clean job has the phone that serde_json reads in it.
fn assert_phone(job: &RawJob<'_>, standing: Standing, e164: Option<String>) {
    if standing != Standing::Clean {
        return;
    }
    // A lone surrogate, or a number too large for a float, is JSON that serde_json can't represent.
    let Ok(value) = serde_json::from_str::<serde_json::Value>(job.text) else {
        return;
    };
    let digits = match &value[KnownField::Phone.name()] {
        serde_json::Value::String(text) => text.clone(),
        number => number.to_string(),
    };
    assert_eq!(Some(format!("+{digits}")), e164);
}
