//! JSON that is neither an array of jobs nor a job on each line: an array inside an object, and
//! objects that go on over several lines. Read as lines, each line of them would be a rejected row
//! with a message about syntax, so they are refused by what they are.
//!
//! Only the beginning of the source is looked at. Limits: such a form that begins later is read as
//! lines, and so is an object with a field of a job beside the array. A job whose only fields in the
//! first 64 KiB are arrays of objects with unknown names is refused.

use serde::de::IgnoredAny;

use crate::batch::error::BatchError;
use crate::batch::source::feed::{Feed, failure};
use crate::json::{is_space, space_end};
use crate::service::KnownField;

/// How many bytes are looked at.
const BEGINNING: usize = 1 << 16;

/// How many objects may be around the array.
const MOST_LEVELS: usize = 3;

/// Refuses a source that begins with a brace and is in one of these forms. It waits for more of the
/// source only if the first line does not decide.
pub(in crate::batch) fn refuse_other_forms(feed: &mut dyn Feed) -> Result<(), BatchError> {
    let form = loop {
        let window = feed.window();
        let beginning = &window[..window.len().min(BEGINNING)];
        let after = match window.len() {
            BEGINNING.. => After::Unread,
            _ if feed.at_end() => After::Nothing,
            _ => After::More,
        };
        match JsonForm::of(beginning, after) {
            Some(form) => break form,
            None => feed.more()?,
        }
    };
    match form {
        JsonForm::Lines => Ok(()),
        JsonForm::ArrayInside { name, at } => {
            let message = format!(
                "an array is inside {name:?}; hand over that array alone, or write each of its \
                 objects on a line"
            );
            Err(failure(feed, at, message))
        }
        JsonForm::OverLines { at } => {
            let message = "the JSON objects go on over several lines; write each on one line, or \
                           all of them in one array";
            Err(failure(feed, at, message))
        }
    }
}

/// What comes after the beginning of a source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// The source ends.
    Nothing,
    /// Something that may be read.
    More,
    /// Something that is not read.
    Unread,
}

/// The form of a text that begins with an object.
#[derive(Debug, PartialEq, Eq)]
enum JsonForm {
    /// An object on each line, or something else that is read as lines.
    Lines,
    /// One object around an array of objects: its name, and the byte at which it begins.
    ArrayInside { name: String, at: usize },
    /// Objects that go on over several lines; where the first one begins.
    OverLines { at: usize },
}

impl JsonForm {
    /// `None` if more bytes are needed.
    fn of(bytes: &[u8], after: After) -> Option<JsonForm> {
        let text = match simdutf8::compat::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        let begin = space_end(text.as_bytes(), 0);
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
        let end = match (values.next(), after) {
            (Some(Ok(_)), _) => values.byte_offset(),
            (Some(Err(error)), After::More) if error.is_eof() => return None,
            (Some(Err(error)), After::Unread) if error.is_eof() => text.len(),
            _ => return Some(JsonForm::Lines),
        };
        let object = &text[begin..end];
        let is_alone = space_end(text.as_bytes(), end) == text.len();
        if is_alone && let Some((name, at)) = array_inside(object) {
            let at = begin + at;
            return (after != After::More).then_some(JsonForm::ArrayInside { name, at });
        }
        Some(match object.contains('\n') {
            true => JsonForm::OverLines { at: begin },
            false => JsonForm::Lines,
        })
    }
}

/// The array of objects inside an object that is not a job: its name, with those of the objects
/// around it, and the byte at which it begins.
fn array_inside(object: &str) -> Option<(String, usize)> {
    let mut found = None;
    let mut walk = ObjectWalk {
        text: object,
        at: 0,
    };
    walk.members(&mut Vec::new(), &mut found)?;
    found
}

/// A walk over the members of an object whose end may be missing.
struct ObjectWalk<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> ObjectWalk<'t> {
    /// Looks at the members of the object that begins here. `None` if one of them is a field of a
    /// job or of a line of rejects.
    fn members(
        &mut self,
        around: &mut Vec<&'t str>,
        found: &mut Option<(String, usize)>,
    ) -> Option<()> {
        self.at += 1;
        while let Some(name) = self.name() {
            if KnownField::from_name(name.as_bytes()).is_some() || name == "diagnostics" {
                return None;
            }
            around.push(name);
            match self.byte() {
                Some(b'[') => {
                    let at = self.at;
                    let first = space_end(self.text.as_bytes(), at + 1);
                    let is_of_objects = self.text.as_bytes().get(first) == Some(&b'{');
                    if is_of_objects && found.is_none() {
                        *found = Some((around.join("."), at));
                    }
                    self.skip_value();
                }
                Some(b'{') if around.len() < MOST_LEVELS => self.members(around, found)?,
                _ => self.skip_value(),
            }
            around.pop();
        }
        // The brace that ends the object.
        self.at = (self.at + 1).min(self.text.len());
        Some(())
    }

    /// The next character that is neither white space nor a comma.
    fn byte(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let is_between = |byte: &&u8| is_space(**byte) || matches!(**byte, b',' | b':');
        self.at += rest.iter().take_while(is_between).count();
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next name of a member, between its quotes.
    fn name(&mut self) -> Option<&'t str> {
        if self.byte() != Some(b'"') {
            return None;
        }
        let begin = self.at + 1;
        self.skip_value();
        self.text.get(begin..self.at.checked_sub(1)?)
    }

    /// Passes a string, a number, an array or an object; all of the text if it does not end.
    fn skip_value(&mut self) {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => self.at = string_end(bytes, self.at),
                b'[' | b'{' => {
                    depth += 1;
                    self.at += 1;
                }
                b']' | b'}' | b',' if depth == 0 => return,
                b']' | b'}' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
            let is_closed = matches!(byte, b'"' | b']' | b'}');
            if depth == 0 && is_closed {
                return;
            }
        }
    }
}

/// The byte after a string that begins here.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> JsonForm {
        JsonForm::of(text.as_bytes(), After::Nothing).unwrap()
    }

    fn inside(name: &str, at: usize) -> JsonForm {
        JsonForm::ArrayInside {
            name: name.to_owned(),
            at,
        }
    }

    #[test]
    fn an_array_inside_an_object_is_found() {
        assert_eq!(
            form(r#"{"contacts":[{"phone":"1"}]}"#),
            inside("contacts", 12)
        );
        assert_eq!(form("{\n \"a\": 1, \"b\": [ {"), JsonForm::Lines);
        assert_eq!(form("{\n\"n\":1,\"l\":[\n{}]\n}\n"), inside("l", 12));
        let nested = r#"{"a":"\"[{","b":{"x":[1],"c":[{"phone":1}],"d":2},"e":[{}]}"#;
        assert_eq!(form(nested), inside("b.c", 29));
        let cut = |after| JsonForm::of(br#"{"contacts":[{"phone":"1"},{"pho"#, after);
        assert_eq!(cut(After::Unread), Some(inside("contacts", 12)));
        assert_eq!(cut(After::More), None);
    }

    #[test]
    fn lines_and_jobs_are_left_alone() {
        for text in [
            r#"{"phone":"1","x":[{}]}"#,
            r#"{"x":[{}],"phone":"1"}"#,
            r#"{"payload":[{}]}"#,
            r#"{"row":1,"job":{},"diagnostics":[{}]}"#,
            "{\"x\":[{}]}\n{\"x\":[{}]}",
            r#"{"x":[1,{}],"y":[]}"#,
            "{\"phone\":\n",
            "{\"phone\":\"1\n\"}",
            "{",
            "{}",
        ] {
            assert_eq!(form(text), JsonForm::Lines, "{text}");
        }
    }

    #[test]
    fn objects_over_several_lines_are_found() {
        assert_eq!(
            form("{\n\"phone\":\"1\"\n}\n{\n"),
            JsonForm::OverLines { at: 0 }
        );
        assert_eq!(form(" {\"phone\":\n\"1\"}"), JsonForm::OverLines { at: 1 });
        assert_eq!(form("{\"phone\":\"1\"}\n{\n}"), JsonForm::Lines);
        // The first line decides, and nobody waits for a second one.
        let first = JsonForm::of(b"{\"phone\":\"1\"}\n", After::More);
        assert_eq!(first, Some(JsonForm::Lines));
    }
}
