//! JSON arrays and newline-delimited JSON: where each row begins and what its fields are.
//!
//! serde_json reads each job once, from front to back, and returns its values as the texts that
//! they are: nothing is built, nothing is copied. simdutf8 has validated the window before. Both
//! skip nested values without recursion.

use std::ops::ControlFlow;

use crate::batch::error::BatchError;
use crate::batch::source::limit::RowLimit;
use crate::batch::source::row::{OnRow, Row, RowContent, RowCountry};
use crate::job::{Field, JobShapes, RawJob, parse_and_learn, parse_whole_of_list, syntax_fault};
use crate::json::{is_space, space_end, trimmed};
use crate::{Fault, Rule};

/// An error this close to the end of a window may come from a token that the window cuts.
/// serde_json reports this for strings, but not for every number.
pub(in crate::batch) const TOKEN: usize = 16;

/// What may follow in a JSON array.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::batch) enum Next {
    Bracket,
    FirstOrEnd,
    Element,
    CommaOrEnd,
    Nothing,
}

/// How a walk over a window ended.
pub(in crate::batch) enum Walked {
    /// The rest needs more bytes; this many bytes are consumed.
    NeedsMore(usize),
    /// The array breaks its grammar at this byte.
    Failed(usize, String),
    /// The receiver of the rows takes no more now; this many bytes are consumed.
    Stopped(usize),
}

/// The message for bytes of an array that are not UTF-8.
pub(in crate::batch) const NOT_UTF8: &str = "invalid UTF-8";

/// How the walk over a block of an array ended.
pub(in crate::batch) struct ArrayEnd {
    pub walked: Walked,
    /// What may follow there.
    pub next: Next,
    /// The byte of the block at which it is not UTF-8, whatever bytes follow.
    pub not_utf8: Option<usize>,
}

/// Hands over each element in a block of a JSON array. The block begins with `next`, at the byte
/// `offset` of the source. `last`: the source ends with the block.
pub(in crate::batch) fn walk_block(
    (block, last, offset): (&[u8], bool, u64),
    mut next: Next,
    limit: RowLimit,
    shapes: &mut JobShapes,
    on_row: &mut OnRow<'_>,
) -> Result<ArrayEnd, BatchError> {
    let valid = ValidPrefix::of(block, last);
    let whole = last && !valid.cut;
    let text = (valid.text, whole, offset);
    let walked = walk(text, &mut next, limit, shapes, on_row)?;
    Ok(ArrayEnd {
        walked,
        next,
        not_utf8: valid.cut.then_some(valid.text.len()),
    })
}

/// The message if the source ends before the array does.
pub(in crate::batch) fn unfinished(next: Next) -> Option<&'static str> {
    match next {
        Next::Bracket => Some("the source is empty and not a JSON array"),
        Next::FirstOrEnd | Next::CommaOrEnd => Some("the array ends without its ]"),
        Next::Element => Some("the array ends after a comma"),
        Next::Nothing => None,
    }
}

fn walk(
    (text, whole, offset): (&str, bool, u64),
    next: &mut Next,
    limit: RowLimit,
    shapes: &mut JobShapes,
    on_row: &mut OnRow<'_>,
) -> Result<Walked, BatchError> {
    let too_long = |at| failed(at, &too_long(limit));
    let bytes = text.as_bytes();
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        at = space_end(bytes, at);
        let Some(byte) = bytes.get(at) else {
            return Ok(Walked::NeedsMore(at));
        };
        *next = match (*next, byte) {
            (Next::Bracket, b'[') => Next::FirstOrEnd,
            (Next::FirstOrEnd | Next::CommaOrEnd, b']') => Next::Nothing,
            (Next::CommaOrEnd, b',') => Next::Element,
            (Next::FirstOrEnd | Next::Element, _) => {
                // No more bytes than are needed to see that a job is too long.
                let rest = beginning(&text[at..], limit.bytes().saturating_add(2 * TOKEN));
                let whole = whole && at + rest.len() == text.len();
                // The walk ends with a brace, so the job ends there too.
                let (length, taken) = match shapes.walk(rest, &mut fields) {
                    Some(length) if !limit.allows(length) => return Ok(too_long(at)),
                    Some(length) => {
                        let taken = on_row(Row {
                            offset: Some(offset + at as u64),
                            first: None,
                            country: RowCountry::Unsaid,
                            content: RowContent::Job(RawJob {
                                text: &rest[..length],
                                fields: Some(&fields),
                            }),
                        })?;
                        (length, taken)
                    }
                    None => match parse_and_learn(rest, &mut fields, shapes) {
                        Ok(parsed) if !limit.allows(parsed.end) => return Ok(too_long(at)),
                        // The digits of a number may continue after the window. A value that ends
                        // with a bracket or a quote is complete.
                        Ok(parsed)
                            if !whole
                                && parsed.end == rest.len()
                                && !rest.ends_with(['}', ']', '"']) =>
                        {
                            return Ok(Walked::NeedsMore(at));
                        }
                        Ok(parsed) => {
                            let length = parsed.end;
                            let taken = on_row(Row {
                                offset: Some(offset + at as u64),
                                first: None,
                                country: RowCountry::Unsaid,
                                content: RowContent::Job(parsed.job),
                            })?;
                            (length, taken)
                        }
                        Err(broken) if !limit.allows(broken.at) => return Ok(too_long(at)),
                        Err(broken) if !whole && broken.at + TOKEN >= rest.len() => {
                            return Ok(Walked::NeedsMore(at));
                        }
                        Err(broken) => return Ok(Walked::Failed(at + broken.at, broken.message)),
                    },
                };
                at += length;
                *next = Next::CommaOrEnd;
                if taken.is_break() {
                    return Ok(Walked::Stopped(at));
                }
                continue;
            }
            (Next::Bracket, _) => return Ok(failed(at, "a JSON array begins with [")),
            (Next::CommaOrEnd, _) => return Ok(failed(at, "a comma or ] must follow the job")),
            (Next::Nothing, _) => return Ok(failed(at, "something follows the array")),
        };
        at += 1;
    }
}

/// The message for a job that is too long. The array ends there, because the beginning of the next
/// job can't be found without reading all of this one.
pub(in crate::batch) fn too_long(limit: RowLimit) -> String {
    limit.failure("a job of the array")
}

/// The first `most` bytes of a text, or a few less to end between characters.
fn beginning(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn failed(at: usize, message: &str) -> Walked {
    Walked::Failed(at, message.to_owned())
}

/// The longest beginning of some bytes that is UTF-8.
struct ValidPrefix<'a> {
    text: &'a str,
    /// Whether the bytes after it can't be UTF-8, whatever bytes follow.
    cut: bool,
}

impl<'a> ValidPrefix<'a> {
    fn of(bytes: &'a [u8], at_end: bool) -> Self {
        match simdutf8::compat::from_utf8(bytes) {
            Ok(text) => ValidPrefix { text, cut: false },
            Err(error) => {
                let prefix = &bytes[..error.valid_up_to()];
                ValidPrefix {
                    text: simdutf8::basic::from_utf8(prefix).unwrap_or_default(),
                    cut: at_end || error.error_len().is_some(),
                }
            }
        }
    }
}

/// Hands over each line of NDJSON that is not blank. Returns how many bytes of the window the lines
/// take. The length of a line counts from its first character that is not white space.
pub(in crate::batch) fn lines(
    (window, whole, offset): (&[u8], bool, u64),
    limit: RowLimit,
    shapes: &mut JobShapes,
    on_row: &mut OnRow<'_>,
) -> Result<usize, BatchError> {
    let valid = ValidPrefix::of(window, whole).text;
    // If the valid text ends early, its last line continues after it.
    let ends = whole && valid.len() == window.len();
    let mut fields = Vec::new();
    let mut start = 0;
    while start < window.len() {
        if let Some((from, job, next)) = walked_line(valid, start, ends, &mut fields, shapes)
            && limit.allows(next - from)
        {
            let taken = on_row(Row {
                offset: Some(offset + from as u64),
                first: None,
                country: RowCountry::Unsaid,
                content: RowContent::Job(job),
            })?;
            start = next;
            match taken {
                ControlFlow::Continue(()) => continue,
                ControlFlow::Break(()) => break,
            }
        }
        let end = match memchr::memchr(b'\n', &window[start..]) {
            Some(length) => start + length,
            None if whole => window.len(),
            None => return Ok(start + leading_space(&window[start..])),
        };
        let next = (end + 1).min(window.len());
        let from = start + leading_space(&window[start..end]);
        start = next;
        if from == end {
            continue;
        }
        let length = end - from;
        let content = match limit.allows(length) {
            true => content_of_line(window, (from, end), valid, &mut fields, shapes),
            false => RowContent::TooLong {
                length: length as u64,
                is_record: false,
            },
        };
        let taken = on_row(Row {
            offset: Some(offset + from as u64),
            first: None,
            country: RowCountry::Unsaid,
            content,
        })?;
        if taken.is_break() {
            break;
        }
    }
    Ok(start)
}

fn leading_space(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is_space(**byte)).count()
}

/// The content of the line at `place` of the window. `valid` is the beginning of the window that is
/// UTF-8.
fn content_of_line<'a: 'f, 'f>(
    window: &'a [u8],
    (from, end): (usize, usize),
    valid: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut JobShapes,
) -> RowContent<'f> {
    let line = trimmed(&window[from..end]);
    let text = match valid.get(from..from + line.len()) {
        Some(text) => Ok(text),
        None => simdutf8::compat::from_utf8(line),
    };
    match text {
        Ok(text) => line_content(text, fields, shapes),
        Err(_) => RowContent::Broken(line, not_utf8()),
    }
}

/// The job of a line that looks like an earlier one: its beginning, the job, and the beginning of
/// the next line.
fn walked_line<'a: 'f, 'f>(
    text: &'a str,
    start: usize,
    whole: bool,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &JobShapes,
) -> Option<(usize, RawJob<'f>, usize)> {
    let space = |bytes: &[u8]| {
        bytes
            .iter()
            .take_while(|b| **b != b'\n' && is_space(**b))
            .count()
    };
    let from = start + space(text.as_bytes().get(start..)?);
    let line = text.get(from..)?;
    let end = shapes.walk(line, fields)?;
    let end_of_line = from + end + space(&line.as_bytes()[end..]);
    let next = match text.as_bytes().get(end_of_line) {
        Some(b'\n') => end_of_line + 1,
        None if whole => end_of_line,
        _ => return None,
    };
    let job = RawJob {
        text: &line[..end],
        fields: Some(fields.as_slice()),
    };
    Some((from, job, next))
}

/// The content of a line that has this text.
pub(in crate::batch) fn line_content<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut JobShapes,
) -> RowContent<'f> {
    match parse_whole_of_list(text, fields, shapes) {
        Ok(job) => RowContent::Job(job),
        Err(broken) => RowContent::Broken(text.as_bytes(), syntax_fault(text, broken)),
    }
}

/// The fault of a row that is not UTF-8.
pub(in crate::batch) fn not_utf8() -> Fault {
    Fault::new(Rule::JobSyntax).because("the record is not UTF-8")
}
