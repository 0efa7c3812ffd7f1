//! The reject file: a line a rejected row, written so that it can be mended and read again.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::batch::diagnostic::Diagnostic;
use crate::batch::error::Halt;
use crate::batch::judged::Judged;
use crate::batch::source::json;
use crate::batch::source::row::{Content, OnRow, Row};
use crate::job::{self, Field, KnownField, RawJob, Value};
use crate::json::on_one_line;

/// A line of `rejects.ndjson`.
#[derive(Serialize)]
struct Line<'a> {
    row: u64,
    offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<&'a RawValue>,
    /// The bytes of a row that is no JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<String>,
    diagnostics: &'a [Diagnostic],
}

/// Appends the line of one rejected row.
pub(in crate::batch) fn write_line(
    number: u64,
    row: &Judged<'_>,
    diagnostics: &[Diagnostic],
    out: &mut Vec<u8>,
) -> Result<(), serde_json::Error> {
    let text = row.is_json.then(|| on_one_line(row.text));
    let job: Option<&RawValue> = text.as_deref().map(serde_json::from_slice).transpose()?;
    let raw_base64 = (!row.is_json).then(|| data_encoding::BASE64.encode(row.text));
    let line = Line {
        row: number,
        offset: row.offset,
        job,
        raw_base64,
        diagnostics,
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.push(b'\n');
    Ok(())
}

/// Hands a row on; one that is a line of a reject file as the job that it holds.
pub(in crate::batch) fn unwrapped(row: Row<'_>, on_row: &mut OnRow<'_>) -> Result<(), Halt> {
    let Content::Job(RawJob {
        fields: Some(fields),
        ..
    }) = row.content
    else {
        return on_row(row);
    };
    match held(fields) {
        None => on_row(row),
        Some(Held::Job(text)) => in_its_place(&row, text, on_row),
        Some(Held::Raw(bytes)) => match simdutf8::compat::from_utf8(&bytes) {
            Ok(text) => in_its_place(&row, text, on_row),
            Err(_) => on_row(Row {
                offset: row.offset,
                content: Content::Broken(&bytes, json::not_utf8()),
            }),
        },
    }
}

enum Held<'a> {
    Job(&'a str),
    Raw(Vec<u8>),
}

/// Whether a row may be a line of a reject file: it has no phone of its own.
#[inline(always)]
pub(in crate::batch) fn may_hold(row: &Row<'_>) -> bool {
    match row.content {
        Content::Job(RawJob {
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

/// What a line of a reject file holds; `None` for any other object.
fn held<'a>(fields: &'a [Field<'a>]) -> Option<Held<'a>> {
    if has_phone(fields) {
        return None;
    }
    // A name that stands twice is no line of ours: the job's own check says so.
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
        return Some(Held::Job(job));
    }
    let Value::Text(base64) = Value::of(value("raw_base64")?) else {
        return None;
    };
    let raw = data_encoding::BASE64.decode(base64.as_bytes()).ok()?;
    Some(Held::Raw(raw))
}

fn in_its_place(row: &Row<'_>, text: &str, on_row: &mut OnRow<'_>) -> Result<(), Halt> {
    let mut fields = Vec::new();
    let content = match job::parse_whole(text, &mut fields) {
        Ok(job) => Content::Job(job),
        Err(broken) => Content::Broken(text.as_bytes(), job::syntax_fault(text, broken)),
    };
    on_row(Row {
        offset: row.offset,
        content,
    })
}
