//! The reject file: a line for each rejected row, so that it can be corrected and read again.

use std::io::{self, Write};

use serde::Deserialize;

use crate::batch::diagnostic::{PlacedFinding, write_number, write_text};
use crate::batch::judged::JudgedRow;
use crate::batch::place::FirstPlace;
use crate::batch::source::json;
use crate::batch::source::row::{OnRow, Row, RowContent, RowCountry, Taken};
use crate::batch::source::table::{FIRST_LINE, FIRST_PART, FIRST_ROW, FIRST_RUN};
use crate::job::{self, Field, Finding, KnownField, RawJob, Value};
use crate::json::on_one_line;
use crate::{Rule, Severity};

/// Writes the line of one rejected row in pieces, because the row may be long. `has_parts`: rows with
/// several phones may be several jobs.
pub(in crate::batch) fn write_line(
    (number, has_parts): (u64, bool),
    row: &JudgedRow<'_>,
    (found, first): (&[Finding], &FirstPlace),
    out: &mut impl Write,
) -> io::Result<()> {
    out.write_all(b"{\"row\":")?;
    write_number(Some(number), out)?;
    if has_parts {
        out.write_all(b",\"part\":")?;
        write_number(row.part.map(u64::from), out)?;
    }
    out.write_all(b",\"line\":")?;
    write_number(row.line, out)?;
    out.write_all(b",\"offset\":")?;
    write_number(row.offset, out)?;
    write_content(row, out)?;
    out.write_all(b",\"diagnostics\":")?;
    PlacedFinding::write_all(found, row.place(number), out)?;
    write_name(FIRST_ROW, out)?;
    write_number(Some(first.row), out)?;
    write_name(FIRST_LINE, out)?;
    write_number(first.line, out)?;
    write_name(FIRST_RUN, out)?;
    write_text(Some(&first.run), out)?;
    if let Some(part) = first.part {
        write_name(FIRST_PART, out)?;
        write_number(Some(part.into()), out)?;
    }
    out.write_all(b"}\n")
}

/// Writes the name of a member that is not the first one. It needs no escapes.
fn write_name(name: &str, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b",\"")?;
    out.write_all(name.as_bytes())?;
    out.write_all(b"\":")
}

/// Writes what a rejected row is: its job, its bytes if it is not JSON, or its length if it is too long.
pub(super) fn write_content(row: &JudgedRow<'_>, out: &mut impl Write) -> io::Result<()> {
    if let Some(length) = row.too_long {
        return write!(out, ",\"length\":{length}");
    }
    if !row.is_json {
        let base64 = data_encoding::BASE64;
        let raw = base64.encode_display(row.text);
        return write!(out, ",\"raw_base64\":\"{raw}\"");
    }
    out.write_all(b",\"job\":")?;
    on_one_line(row.text).try_for_each(|part| out.write_all(part))
}

/// Hands a row on. A line of a reject file is handed on as the job that it holds.
pub(in crate::batch) fn unwrapped(row: Row<'_>, on_row: &mut OnRow<'_>) -> Taken {
    let RowContent::Job(RawJob {
        fields: Some(fields),
        ..
    }) = row.content
    else {
        return on_row(row);
    };
    let Some(held) = held(fields) else {
        return on_row(row);
    };
    let first = first_place(fields).map(Box::new);
    match held {
        RejectedJob::Job(text) => in_its_place((row.offset, first), text, on_row),
        RejectedJob::Raw(bytes) => match simdutf8::compat::from_utf8(&bytes) {
            Ok(text) => in_its_place((row.offset, first), text, on_row),
            Err(_) => on_row(Row {
                offset: row.offset,
                first,
                country: RowCountry::Unsaid,
                content: RowContent::Broken(&bytes, json::not_utf8()),
            }),
        },
        RejectedJob::Length(length) => on_row(Row {
            offset: row.offset,
            first,
            country: RowCountry::Unsaid,
            content: RowContent::TooLong {
                length,
                is_record: false,
            },
        }),
    }
}

enum RejectedJob<'a> {
    Job(&'a str),
    Raw(Vec<u8>),
    /// The row is left out; only its length in bytes is given.
    Length(u64),
}

/// Whether a row may be a line of a reject file: it has no phone of its own.
#[inline(always)]
pub(in crate::batch) fn may_hold(row: &Row<'_>) -> bool {
    match row.content {
        RowContent::Job(RawJob {
            fields: Some(fields),
            ..
        }) => !has_phone(fields),
        _ => false,
    }
}

fn has_phone(fields: &[Field<'_>]) -> bool {
    let is_phone = |field: &Field<'_>| field.name.known() == Some(KnownField::Phone);
    fields.iter().any(is_phone)
}

/// The content of a line of a reject file; `None` for any other object.
fn held<'a>(fields: &'a [Field<'a>]) -> Option<RejectedJob<'a>> {
    if has_phone(fields) {
        return None;
    }
    // predial never writes a name twice. Such an object is left to the check of the job.
    let value = |name: &str| {
        let mut named = fields
            .iter()
            .filter(|field| field.name.bytes() == name.as_bytes());
        let value = named.next()?.value;
        named.next().is_none().then_some(value)
    };
    value("row")?;
    value("diagnostics")?;
    if let Some(job) = value("job") {
        return Some(RejectedJob::Job(job));
    }
    if let Some(length) = value("length") {
        return length.parse().ok().map(RejectedJob::Length);
    }
    let Value::Text(base64) = Value::of(value("raw_base64")?) else {
        return None;
    };
    let raw = data_encoding::BASE64.decode(base64.as_bytes()).ok()?;
    Some(RejectedJob::Raw(raw))
}

/// Where the row of a line was in the list that was prepared first, if the line says so.
fn first_place(fields: &[Field<'_>]) -> Option<FirstPlace> {
    let value = |name: &str| {
        let named = |field: &&Field<'_>| field.name.bytes() == name.as_bytes();
        fields.iter().find(named).map(|field| field.value)
    };
    let found = value("diagnostics").and_then(|found| serde_json::from_str(found).ok());
    let found: Vec<NotedFault> = found.unwrap_or_default();
    Some(FirstPlace {
        row: value(FIRST_ROW)?.parse().ok()?,
        line: value(FIRST_LINE).and_then(|line| line.parse().ok()),
        run: serde_json::from_str(value(FIRST_RUN)?).ok()?,
        part: value(FIRST_PART).and_then(|part| part.parse().ok()),
        was_duplicate: found.iter().any(|found| found.is(Rule::PhoneDuplicate)),
        taken_phone: taken_phone(&found),
    })
}

/// What a diagnostic of a line says, as far as another run needs it.
#[derive(Deserialize)]
struct NotedFault {
    rule: String,
    severity: String,
    field: Option<String>,
    value: Option<String>,
    suggestion: Option<String>,
}

impl NotedFault {
    fn is(&self, rule: Rule) -> bool {
        self.rule == rule.name()
    }
}

/// The phone of a line that was rejected because its phone was sent already, or is not to be called.
/// The job of the line may have been corrected since; its diagnostics have the phone as it was. If it was
/// rewritten, they have its digits, which no region and no column of the list changes.
fn taken_phone(found: &[NotedFault]) -> Option<String> {
    let is_taken =
        |found: &&NotedFault| found.is(Rule::PhoneDuplicate) || found.is(Rule::PhoneExcluded);
    let taken = found.iter().find(is_taken)?;
    let is_rewritten = |found: &&NotedFault| {
        found.field == taken.field && found.severity == Severity::Repair.name()
    };
    let rewritten = found.iter().rfind(is_rewritten);
    let digits = rewritten.and_then(|found| found.suggestion.clone());
    digits.or_else(|| taken.value.clone())
}

fn in_its_place(
    (offset, first): (Option<u64>, Option<Box<FirstPlace>>),
    text: &str,
    on_row: &mut OnRow<'_>,
) -> Taken {
    let mut fields = Vec::new();
    let content = match job::parse_whole(text, &mut fields) {
        Ok(job) => RowContent::Job(job),
        Err(broken) => RowContent::Broken(text.as_bytes(), job::syntax_fault(text, broken)),
    };
    on_row(Row {
        offset,
        first,
        country: RowCountry::Unsaid,
        content,
    })
}
