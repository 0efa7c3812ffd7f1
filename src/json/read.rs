//! Reading by serde_json: the content of an object or an array, as the texts of its values.
//!
//! serde_json reads front to back and skips nested values without recursion.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::depth::bracket_beyond;
use super::member::{KnownName, Member, MemberName, PlainMember};
use super::space::{space_end, trimmed_text};

/// Why a text is not JSON.
#[derive(Debug)]
pub struct JsonError {
    /// What is wrong.
    pub message: String,
    /// The byte of the text at which reading failed.
    pub at: usize,
}

impl JsonError {
    fn of(text: &str, error: &serde_json::Error) -> JsonError {
        JsonError {
            at: byte_of(text, error),
            message: reason(error),
        }
    }
}

/// A value with more levels is not read: serde_json needs a byte for each open bracket.
const MOST_LEVELS: usize = 1 << 20;

/// Fails for a value that is nested too deeply to be read.
fn refuse_too_deep(text: &str) -> Result<(), JsonError> {
    match bracket_beyond(text, MOST_LEVELS) {
        None => Ok(()),
        Some(at) => {
            let message = format!("nested deeper than {MOST_LEVELS} levels");
            Err(JsonError { message, at })
        }
    }
}

/// Collects the members of the object at the beginning of `text`, which begins with its brace.
/// Returns the byte after the object. If there are more than `most` members, it collects only one
/// more than `most`.
pub(crate) fn object<'a, K: KnownName>(
    text: &'a str,
    members: &mut Vec<Member<'a, K>>,
    most: usize,
) -> Result<usize, JsonError> {
    members.clear();
    refuse_too_deep(text)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let end = reader.deserialize_map(Object {
        text,
        members,
        most,
    });
    end.map_err(|error| JsonError::of(text, &error))
}

/// The byte after the value at the beginning of `text`, which has no white space there.
pub(crate) fn value_end(text: &str) -> Result<usize, JsonError> {
    refuse_too_deep(text)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    match <&RawValue>::deserialize(&mut reader) {
        Ok(raw) => Ok(raw.get().len()),
        Err(error) => Err(JsonError::of(text, &error)),
    }
}

/// Reads a text that is one value with only white space around it. `read` gets the text from the
/// value on, and returns the byte after the value.
pub(crate) fn whole<'a, T>(
    text: &'a str,
    read: impl FnOnce(&'a str) -> Result<(T, usize), JsonError>,
) -> Result<T, JsonError> {
    let trimmed = trimmed_text(text);
    let before = trimmed.as_ptr() as usize - text.as_ptr() as usize;
    let (value, end) = read(trimmed).map_err(|broken| JsonError {
        at: before + broken.at,
        ..broken
    })?;
    if end < trimmed.len() {
        return Err(JsonError {
            message: "something follows the JSON value".to_owned(),
            at: before + end,
        });
    }
    Ok(value)
}

/// The members of an object that is valid JSON, in order; empty for any other text. A repeated name
/// is returned each time.
pub(crate) fn members(object: &str) -> Vec<PlainMember<'_>> {
    let mut members = Vec::new();
    let is_read = object.starts_with('{') && self::object(object, &mut members, usize::MAX).is_ok();
    if is_read { members } else { Vec::new() }
}

/// The elements of an array that is valid JSON, each with the byte at which it begins; empty for
/// any other text.
pub(crate) fn array(array: &str) -> Vec<(&str, usize)> {
    struct Array<'a>(&'a str);
    impl<'de> Visitor<'de> for Array<'de> {
        type Value = Vec<(&'de str, usize)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut elements = Vec::new();
            while let Some(raw) = seq.next_element::<&'de RawValue>()? {
                elements.push((raw.get(), place_in(self.0, raw.get())));
            }
            Ok(elements)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(array);
    reader.deserialize_seq(Array(array)).unwrap_or_default()
}

/// Whether a text is the JSON of an array or an object, with only white space around it.
pub(crate) fn is_array_or_object(text: &str) -> bool {
    trimmed_text(text).starts_with(['[', '{'])
        && whole(text, |value| Ok(((), value_end(value)?))).is_ok()
}

/// The byte at which a part of a text begins.
fn place_in(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// Collects the members of an object; returns the byte after its closing brace.
struct Object<'a, 'm, K> {
    text: &'a str,
    members: &'m mut Vec<Member<'a, K>>,
    most: usize,
}

impl<'de, K: KnownName> Visitor<'de> for Object<'de, '_, K> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
        let bytes = self.text.as_bytes();
        let mut end = 1;
        while let Some(name) = map.next_key_seed(NameSeed)? {
            let value = map.next_value::<&'de RawValue>()?.get();
            let at = place_in(self.text, value);
            let name = MemberName::of(name);
            // A known name has no control character.
            if matches!(name, MemberName::Unknown(_)) && has_control_character(&bytes[end..at]) {
                return Err(A::Error::custom("control character in a name"));
            }
            end = at + value.len();
            // One member more than is allowed shows that there are too many.
            if self.members.len() <= self.most {
                self.members.push(Member { name, value, at });
            }
        }
        // Only white space is between the last value and the brace that serde_json has found.
        Ok(space_end(bytes, end) + 1)
    }
}

/// Reads a name as bytes, because an escape can express half of a surrogate pair.
struct NameSeed;

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Cow<'de, [u8]>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_bytes(self)
    }
}

impl<'de> Visitor<'de> for NameSeed {
    type Value = Cow<'de, [u8]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(bytes))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(bytes.to_vec()))
    }
}

/// Whether the name between two values contains a control character. serde_json accepts one when it
/// reads bytes; RFC 8259 does not allow it.
fn has_control_character(between: &[u8]) -> bool {
    let first = memchr::memchr(b'"', between).unwrap_or_default();
    let last = memchr::memrchr(b'"', between).unwrap_or_default();
    between[first..last].iter().any(|&byte| byte < 0x20)
}

/// The byte of an error; serde_json counts lines and columns.
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

/// The message of serde_json without the place, which is relative to the value.
fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rfind(" at line ") {
        Some(place) => said[..place].to_owned(),
        None => said,
    }
}
