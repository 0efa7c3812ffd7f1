//! JSON arrays and newline-delimited JSON: where each row begins and what its fields are.
//!
//! serde_json reads each job once, front to back, and hands its values over as the texts they
//! are: nothing is built, nothing is copied. simdutf8 has looked at the window before, so the
//! text needs no second look. Both skip nested values without recursion.

use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::batch::source::limit::RowLimit;
use crate::batch::source::open::{Content, Halt, OnRow, Row, is_space, trimmed};
use crate::batch::source::shape::Shapes;
use crate::job::{Field, MOST_FIELDS, Name, RawJob, string_end};
use crate::{Fault, Rule};

/// A job, and where it ends in the text that it was read from.
pub(in crate::batch) struct Parsed<'f> {
    pub job: RawJob<'f>,
    pub end: usize,
}

/// Why a text begins with no JSON value.
#[derive(Debug)]
pub(in crate::batch) struct Broken {
    pub message: String,
    /// The byte of the text at which reading failed.
    pub at: usize,
}

/// Reads the JSON value at the beginning of `text`, where no white space stands. `fields` is
/// room for its fields.
pub(in crate::batch) fn parse<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut Shapes,
) -> Result<Parsed<'f>, Broken> {
    if let Some(end) = shapes.walk(text, fields) {
        let (text, fields) = (&text[..end], Some(fields.as_slice()));
        let job = RawJob { text, fields };
        return Ok(Parsed { job, end });
    }
    parse_and_learn(text, fields, shapes)
}

/// The same for a job that goes no known path; the next of its shape will go one.
#[cold]
fn parse_and_learn<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut Shapes,
) -> Result<Parsed<'f>, Broken> {
    let parsed = parse_anew(text, fields)?;
    if parsed.job.fields.is_some() {
        shapes.learn(parsed.job.text);
    }
    Ok(parsed)
}

/// The same by serde_json alone.
fn parse_anew<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
) -> Result<Parsed<'f>, Broken> {
    fields.clear();
    if let Some(at) = opens_too_many(text) {
        let message = format!("nested deeper than {MOST_LEVELS} levels");
        return Err(Broken { message, at });
    }
    let is_object = text.starts_with('{');
    let mut reader = serde_json::Deserializer::from_str(text);
    let end = if is_object {
        reader.deserialize_map(Object { text, fields })
    } else {
        <&RawValue>::deserialize(&mut reader).map(|raw| raw.get().len())
    };
    match end {
        Ok(end) => {
            let text = &text[..end];
            let fields = is_object.then_some(fields.as_slice());
            Ok(Parsed {
                job: RawJob { text, fields },
                end,
            })
        }
        Err(error) => Err(Broken {
            at: byte_of(text, &error),
            message: reason(&error),
        }),
    }
}

/// What is nested deeper is not read: serde_json keeps a byte for each bracket that is open. A job is
/// rejected long before that.
const MOST_LEVELS: usize = 1 << 20;

/// The bracket of the value at the beginning of a text by which it is nested too deep.
fn opens_too_many(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // Nearly no text has as many brackets.
    if bytes.len() <= MOST_LEVELS || memchr::memchr2_iter(b'[', b'{', bytes).count() <= MOST_LEVELS
    {
        return None;
    }
    let (mut open, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at + 1)? - 1,
            b'[' | b'{' if open == MOST_LEVELS => return Some(at),
            b'[' | b'{' => open += 1,
            b']' | b'}' if open <= 1 => return None,
            b']' | b'}' => open -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Reads a text that is one JSON value and nothing else but white space around it.
pub(in crate::batch) fn parse_whole<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
) -> Result<RawJob<'f>, Broken> {
    whole(text, |trimmed| parse_anew(trimmed, fields))
}

/// The same for one of many texts, whose shapes are known and kept.
pub(in crate::batch) fn parse_whole_of_list<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut Shapes,
) -> Result<RawJob<'f>, Broken> {
    whole(text, |trimmed| parse(trimmed, fields, shapes))
}

fn whole<'a, 'f>(
    text: &'a str,
    parse: impl FnOnce(&'a str) -> Result<Parsed<'f>, Broken>,
) -> Result<RawJob<'f>, Broken> {
    let trimmed = text.trim_matches(|c| u8::try_from(c).is_ok_and(is_space));
    let before = trimmed.as_ptr() as usize - text.as_ptr() as usize;
    let parsed = parse(trimmed).map_err(|broken| Broken {
        at: before + broken.at,
        ..broken
    })?;
    if parsed.end < trimmed.len() {
        return Err(Broken {
            message: "something follows the JSON value".to_owned(),
            at: before + parsed.end,
        });
    }
    Ok(parsed.job)
}

/// Reads a text that is one job, and nothing else but white space around it.
///
/// # Errors
/// What is wrong with the JSON, and the byte at which it is.
///
/// ```
/// let names = |job: &predial::job::RawJob<'_>| job.fields.map_or(0, |fields| fields.len());
/// assert_eq!(predial::batch::one_job(r#" {"phone": 79110000000} "#, names), Ok(1));
/// assert!(predial::batch::one_job("{} {}", names).is_err());
/// ```
pub fn one_job<T>(text: &str, read: impl FnOnce(&RawJob<'_>) -> T) -> Result<T, String> {
    let mut fields = Vec::new();
    match parse_whole(text, &mut fields) {
        Ok(job) => Ok(read(&job)),
        Err(broken) => Err(format!("{} (byte {})", broken.message, broken.at)),
    }
}

/// Collects the fields of an object; answers the byte behind its closing brace.
struct Object<'a, 'f> {
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
}

impl<'de> Visitor<'de> for Object<'de, '_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
        let mut end = 1;
        while let Some(name) = map.next_key_seed(FieldName)? {
            let value = map.next_value::<&'de RawValue>()?.get();
            let at = value.as_ptr() as usize - self.text.as_ptr() as usize;
            // The names that are known have none.
            if matches!(name, Name::Unknown(_))
                && has_control_character(&self.text.as_bytes()[end..at])
            {
                return Err(A::Error::custom("control character in a name"));
            }
            end = at + value.len();
            // One more than is allowed tells that there are too many.
            if self.fields.len() <= MOST_FIELDS {
                self.fields.push(Field { name, value, at });
            }
        }
        // Between the last value and the brace that serde_json has seen stands white space.
        let space = self.text.as_bytes()[end..].iter();
        Ok(end + space.take_while(|b| is_space(**b)).count() + 1)
    }
}

/// Reads a name. As bytes, since a name may hold an escaped lone surrogate.
struct FieldName;

impl<'de> DeserializeSeed<'de> for FieldName {
    type Value = Name<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Name<'de>, D::Error> {
        from.deserialize_bytes(self)
    }
}

impl<'de> Visitor<'de> for FieldName {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Name<'de>, E> {
        Ok(Name::of(Cow::Borrowed(bytes)))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Name<'de>, E> {
        Ok(Name::of(Cow::Owned(bytes.to_vec())))
    }
}

/// Whether the name that stands between two values has a control character in it. Asked for
/// bytes, serde_json lets them pass; RFC 8259 does not.
fn has_control_character(between: &[u8]) -> bool {
    let first = memchr::memchr(b'"', between).unwrap_or_default();
    let last = memchr::memrchr(b'"', between).unwrap_or_default();
    between[first..last].iter().any(|&byte| byte < 0x20)
}

/// serde_json counts lines and columns; this is the byte they mean.
fn byte_of(text: &str, error: &serde_json::Error) -> usize {
    if error.is_eof() {
        return text.len();
    }
    let bytes = text.as_bytes();
    let line_start = match error.line() {
        0 | 1 => 0,
        line => memchr::memchr_iter(b'\n', bytes)
            .nth(line - 2)
            .map_or(0, |newline| newline + 1),
    };
    // Columns count from 1; column 0 is the line feed that ended the line before.
    (line_start + error.column())
        .saturating_sub(1)
        .min(bytes.len())
}

/// What serde_json says, without the place, which is relative to the job.
fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rfind(" at line ") {
        Some(place) => said[..place].to_owned(),
        None => said,
    }
}

/// An error this close to the end of a window may be only a cut through a token: serde_json
/// says so of strings, not of every number.
pub(in crate::batch) const TOKEN: usize = 16;

/// What a JSON array may go on with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::batch) enum Next {
    Bracket,
    FirstOrEnd,
    Element,
    CommaOrEnd,
    Nothing,
}

/// How far a walk over a window came.
pub(in crate::batch) enum Walked {
    /// All that can be told without more bytes is told; this many are consumed.
    Short(usize),
    /// The array breaks its grammar at this byte.
    Failed(usize, String),
    /// Whoever takes the rows takes no more now; this many bytes are consumed.
    Stopped(usize),
}

/// What is wrong with an array at bytes that are no UTF-8.
pub(in crate::batch) const NOT_UTF8: &str = "invalid UTF-8";

/// How the walk over a block of an array ended.
pub(in crate::batch) struct ArrayEnd {
    pub walked: Walked,
    /// What the array may go on with there.
    pub next: Next,
    /// The byte of the block at which it is no UTF-8, whatever follows.
    pub not_utf8: Option<usize>,
}

/// Hands over each element of a block of a JSON array, which begins by `next` at the byte `offset` of
/// the source; `last`: the source ends with it.
pub(in crate::batch) fn walk_block(
    (block, last, offset): (&[u8], bool, u64),
    mut next: Next,
    limit: RowLimit,
    shapes: &mut Shapes,
    on_row: &mut OnRow<'_>,
) -> Result<ArrayEnd, Halt> {
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

/// What is missing where the source ends.
pub(in crate::batch) fn unfinished(next: Next) -> Option<&'static str> {
    match next {
        Next::Bracket => Some("the source is empty, and no JSON array"),
        Next::FirstOrEnd | Next::CommaOrEnd => Some("the array ends without its ]"),
        Next::Element => Some("the array ends after a comma"),
        Next::Nothing => None,
    }
}

fn walk(
    (text, whole, offset): (&str, bool, u64),
    next: &mut Next,
    limit: RowLimit,
    shapes: &mut Shapes,
    on_row: &mut OnRow<'_>,
) -> Result<Walked, Halt> {
    let too_long = |at| failed(at, &too_long(limit));
    let bytes = text.as_bytes();
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        at += bytes[at..].iter().take_while(|b| is_space(**b)).count();
        let Some(byte) = bytes.get(at) else {
            return Ok(Walked::Short(at));
        };
        *next = match (*next, byte) {
            (Next::Bracket, b'[') => Next::FirstOrEnd,
            (Next::FirstOrEnd | Next::CommaOrEnd, b']') => Next::Nothing,
            (Next::CommaOrEnd, b',') => Next::Element,
            (Next::FirstOrEnd | Next::Element, _) => {
                // No more than it takes to see that a job is too long.
                let rest = beginning(&text[at..], limit.bytes().saturating_add(2 * TOKEN));
                let whole = whole && at + rest.len() == text.len();
                // A walk ends with a brace, which tells where the job does.
                let (length, taken) = match shapes.walk(rest, &mut fields) {
                    Some(length) if !limit.allows(length) => return Ok(too_long(at)),
                    Some(length) => {
                        let taken = on_row(Row {
                            offset: Some(offset + at as u64),
                            content: Content::Job(RawJob {
                                text: &rest[..length],
                                fields: Some(&fields),
                            }),
                        })?;
                        (length, taken)
                    }
                    None => match parse_and_learn(rest, &mut fields, shapes) {
                        Ok(parsed) if !limit.allows(parsed.end) => return Ok(too_long(at)),
                        // The digits of a number may go on after the window; a bracket or a quote
                        // ends its value.
                        Ok(parsed)
                            if !whole
                                && parsed.end == rest.len()
                                && !rest.ends_with(['}', ']', '"']) =>
                        {
                            return Ok(Walked::Short(at));
                        }
                        Ok(parsed) => {
                            let length = parsed.end;
                            let taken = on_row(Row {
                                offset: Some(offset + at as u64),
                                content: Content::Job(parsed.job),
                            })?;
                            (length, taken)
                        }
                        Err(broken) if !limit.allows(broken.at) => return Ok(too_long(at)),
                        Err(broken) if !whole && broken.at + TOKEN >= rest.len() => {
                            return Ok(Walked::Short(at));
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

/// What is said of an array with a job that is too long: where the next one begins is known only to
/// who has read all of it.
pub(in crate::batch) fn too_long(limit: RowLimit) -> String {
    limit.failure("a job of the array")
}

/// The beginning of a text, of so many bytes or a few less.
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

/// The beginning of some bytes that is UTF-8.
struct ValidPrefix<'a> {
    text: &'a str,
    /// Whether it is cut by bytes that are no UTF-8, whatever follows.
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

/// Hands over each line of NDJSON that is not blank; answers how many bytes of the window they take.
/// A line is as long as it is from its first character that is no white space to its end.
pub(in crate::batch) fn lines(
    (window, whole, offset): (&[u8], bool, u64),
    limit: RowLimit,
    shapes: &mut Shapes,
    on_row: &mut OnRow<'_>,
) -> Result<usize, Halt> {
    let valid = ValidPrefix::of(window, whole).text;
    // Where the text is cut off, its last line goes on.
    let ends = whole && valid.len() == window.len();
    let mut fields = Vec::new();
    let mut start = 0;
    while start < window.len() {
        if let Some((from, job, next)) = walked_line(valid, start, ends, &mut fields, shapes)
            && limit.allows(next - from)
        {
            let taken = on_row(Row {
                offset: Some(offset + from as u64),
                content: Content::Job(job),
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
            false => Content::TooLong {
                length: length as u64,
                is_record: false,
            },
        };
        let taken = on_row(Row {
            offset: Some(offset + from as u64),
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

/// What the line at `place` of the window holds, of which `valid` is the beginning that is text.
fn content_of_line<'a: 'f, 'f>(
    window: &'a [u8],
    (from, end): (usize, usize),
    valid: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut Shapes,
) -> Content<'f> {
    let line = trimmed(&window[from..end]);
    let text = match valid.get(from..from + line.len()) {
        Some(text) => Ok(text),
        None => simdutf8::compat::from_utf8(line),
    };
    match text {
        Ok(text) => line_content(text, fields, shapes),
        Err(_) => Content::Broken(line, not_utf8()),
    }
}

/// The job of a line that looks like one before it: where it begins, itself, and where the next line
/// does.
fn walked_line<'a: 'f, 'f>(
    text: &'a str,
    start: usize,
    whole: bool,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &Shapes,
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
    let behind = from + end + space(&line.as_bytes()[end..]);
    let next = match text.as_bytes().get(behind) {
        Some(b'\n') => behind + 1,
        None if whole => behind,
        _ => return None,
    };
    let job = RawJob {
        text: &line[..end],
        fields: Some(fields.as_slice()),
    };
    Some((from, job, next))
}

fn line_content<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut Shapes,
) -> Content<'f> {
    match parse_whole_of_list(text, fields, shapes) {
        Ok(job) => Content::Job(job),
        Err(broken) => Content::Broken(text.as_bytes(), syntax_fault(text, broken)),
    }
}

/// The fault of a row that is no JSON.
pub(in crate::batch) fn syntax_fault(text: &str, broken: Broken) -> Fault {
    let before = text.get(..broken.at).unwrap_or(text);
    let character = before.chars().count();
    Fault::new(Rule::JobSyntax).at(character).because(format!(
        "no JSON at character {character}: {}",
        broken.message
    ))
}

/// The fault of a row that is no text.
pub(in crate::batch) fn not_utf8() -> Fault {
    Fault::new(Rule::JobSyntax).because("the record is not UTF-8")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values and names that a walk may trip over, and the spaces between them.
    const SCALARS: &[&str] = &[
        "79123456789",
        "-0",
        "0",
        "-1.5e+10",
        "1E5",
        "0.25",
        "true",
        "false",
        "null",
        r#""""#,
        r#""79123456789""#,
        r#""a\"b\\""#,
        r#""\u0410\ud800""#,
        r#""\u041""#,
        r#""Анна, {\"x\": [1]}""#,
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "tru",
        "\"a\u{1}b\"",
        r#""\x""#,
        "\"open",
        "NaN",
        "",
        "1234567890123456789012345678901234567890",
        "\"a long text, longer than a step or two of any loop\"",
    ];
    const NAMES: &[&str] = &[
        r#""phone""#,
        r#""gmtZone""#,
        r#""payload""#,
        r#""Phone""#,
        r#""имя""#,
        r#""a b""#,
        r#""\u0061""#,
        r#""a name that is longer than the texts that are compared at once""#,
        "\"a\u{1}\"",
        "x",
    ];
    const SPACES: &[&str] = &["", " ", "\n  ", "\t", "\r\n", "\u{c}"];

    fn value() -> impl Strategy<Value = String> {
        let scalar = prop::sample::select(SCALARS).prop_map(str::to_owned);
        scalar.prop_recursive(3, 12, 3, |inner| {
            let space = || prop::sample::select(SPACES);
            let array = (prop::collection::vec(inner.clone(), 0..3), space())
                .prop_map(|(values, space)| format!("[{space}{}{space}]", values.join(",")));
            prop_oneof![array, object(inner)]
        })
    }

    fn object(value: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
        let space = || prop::sample::select(SPACES);
        let member = (prop::sample::select(NAMES), space(), value)
            .prop_map(|(name, space, value)| format!("{name}:{space}{value}"));
        (prop::collection::vec(member, 0..4), space(), space()).prop_map(
            |(members, before, behind)| {
                format!(
                    "{{{before}{}{behind}}}",
                    members.join(&format!(",{before}"))
                )
            },
        )
    }

    fn fields_of<'a>(text: &'a str) -> Result<(usize, Vec<Field<'a>>), String> {
        let mut fields = Vec::new();
        match parse_anew(text, &mut fields) {
            Ok(parsed) => Ok((parsed.end, fields)),
            Err(broken) => Err(broken.message),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Whatever shapes are known: what is walked over is what serde_json reads.
        #[test]
        fn a_walk_answers_as_serde_json_does(
            jobs in prop::collection::vec((object(value()), "[ ,}\\]x]{0,3}"), 1..6),
            spoilt in prop::collection::vec((any::<prop::sample::Index>(), "[\"\\\\{}, 0a\u{1}]"), 0..6),
        ) {
            let mut shapes = Shapes::default();
            let mut texts: Vec<String> =
                jobs.iter().map(|(job, behind)| format!("{job}{behind}")).collect();
            for text in &texts {
                let _ = parse(text, &mut Vec::new(), &mut shapes);
            }
            for ((at, byte), text) in spoilt.iter().zip(texts.clone()) {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                let (before, behind) = text.split_at(places[at.index(places.len())]);
                let rest: String = behind.chars().skip(1).collect();
                texts.push(format!("{before}{byte}{rest}"));
                texts.push(before.to_owned());
            }
            for text in texts.iter().filter(|text| !text.starts_with([' ', '\n', '\t', '\r'])) {
                let mut walked = Vec::new();
                let end = shapes.walk(text, &mut walked);
                match (fields_of(text), end) {
                    (Ok((end, fields)), Some(walked_end)) => {
                        prop_assert_eq!(walked_end, end);
                        prop_assert_eq!(walked, fields);
                    }
                    (Err(why), Some(_)) => prop_assert!(false, "walked over {:?}: {}", text, why),
                    (_, None) => {}
                }
            }
        }
    }

    #[test]
    fn a_job_like_one_before_is_walked_over() {
        let mut shapes = Shapes::default();
        let first = r#"{"phone": 79123456789, "payload": {"name": "Anna", "tags": [1, []]}}"#;
        let second = r#"{"phone": "7", "payload": {"name": "\u0410\"", "tags": [-1.5e3, []]}} "#;
        assert_eq!(shapes.walk(first, &mut Vec::new()), None);
        assert!(parse(first, &mut Vec::new(), &mut shapes).is_ok());
        let mut fields = Vec::new();
        assert_eq!(shapes.walk(second, &mut fields), Some(second.len() - 1));
        assert_eq!(Ok((second.len() - 1, fields)), fields_of(second));
    }

    #[test]
    fn every_value_on_a_known_path_is_looked_at() {
        let mut shapes = Shapes::default();
        let job = |value: &str| format!(r#"{{"phone": {value}, "payload": [{value}]}} "#);
        assert!(parse(&job("1"), &mut Vec::new(), &mut shapes).is_ok());
        for text in SCALARS.iter().map(|value| job(value)) {
            let mut fields = Vec::new();
            match shapes.walk(&text, &mut fields) {
                Some(end) => assert_eq!(fields_of(&text), Ok((end, fields)), "{text}"),
                None => assert!(fields_of(&text).is_err(), "{text}"),
            }
        }
    }
}
