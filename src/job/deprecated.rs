//! A job without its deprecated pair of times.

use std::ops::Range;

use super::field::{Field, KnownField};
use super::rewrite::Edit;

/// The edits that take `localTimeFrom` and `localTimeTo` out of a job's text. With `windows`, the
/// JSON of an `allowedTime`, that comes in their place.
pub(super) fn undeprecated(text: &str, fields: &[Field<'_>], windows: Option<&str>) -> Vec<Edit> {
    let is = |field: &Field<'_>, known| field.name.known() == Some(known);
    let is_deprecated = |field: &Field<'_>| {
        is(field, KnownField::LocalTimeFrom) || is(field, KnownField::LocalTimeTo)
    };
    let mut edits = Vec::with_capacity(3);
    // A null or an empty object may stand where the windows belong.
    let mut windows = windows;
    if let Some(json) = windows
        && let Some(field) = fields.iter().find(|it| is(it, KnownField::AllowedTime))
    {
        edits.push(Edit {
            range: field.at..end(field),
            json: json.to_owned(),
        });
        windows = None;
    }
    let mut is_behind_one = false;
    for (i, field) in fields.iter().enumerate() {
        if !is_deprecated(field) {
            is_behind_one = true;
            continue;
        }
        let (range, json) = match windows.take() {
            Some(json) => {
                is_behind_one = true;
                let json = format!("\"{}\": {json}", KnownField::AllowedTime.name());
                (begin(text, field)..end(field), json)
            }
            None => (with_comma(text, fields, i, is_behind_one), String::new()),
        };
        edits.push(Edit { range, json });
    }
    edits
}

/// The bytes of a member and of the comma that sets it off: the one before it, or, where no other
/// member stays before it, the one behind.
fn with_comma(text: &str, fields: &[Field<'_>], i: usize, is_behind_one: bool) -> Range<usize> {
    let field = &fields[i];
    match (is_behind_one, fields.get(i + 1)) {
        (false, Some(next)) => begin(text, field)..begin(text, next),
        _ => {
            i.checked_sub(1)
                .map_or(begin(text, field), |i| end(&fields[i]))..end(field)
        }
    }
}

fn end(field: &Field<'_>) -> usize {
    field.at + field.value.len()
}

/// The byte at which the name of a member begins. Every quote in it but its two is escaped, and
/// the backslash before that is one more escape away from the colon.
fn begin(text: &str, field: &Field<'_>) -> usize {
    let before = text[..field.at].trim_end_matches(|c: char| c != '"');
    let bytes = before.as_bytes();
    let mut at = before.len().saturating_sub(1);
    while let Some(quote) = bytes[..at].iter().rposition(|byte| *byte == b'"') {
        let escapes = bytes[..quote].iter().rev().take_while(|b| **b == b'\\');
        if escapes.count() % 2 == 0 {
            return quote;
        }
        at = quote;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::super::field::Name;
    use super::super::rewrite::rewritten;
    use super::*;

    fn without(names: &[&str], windows: Option<&str>) -> String {
        let mut text = "{ ".to_owned();
        let mut places = Vec::new();
        for (i, name) in names.iter().enumerate() {
            text += if i > 0 { " , " } else { "" };
            text += &format!("\"{name}\" : ");
            places.push(text.len());
            text += "1";
        }
        text += " }";
        let fields: Vec<Field<'_>> = names
            .iter()
            .zip(places)
            .map(|(name, at)| Field {
                name: Name::of(name.replace("\\\"", "\"").into_bytes().into()),
                value: &text[at..at + 1],
                at,
            })
            .collect();
        let mut edits = undeprecated(&text, &fields, windows);
        edits.sort_by_key(|edit| edit.range.start);
        let mut out = Vec::new();
        rewritten(text.as_bytes(), &edits, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_rest_stays_as_it_is() {
        let (from, to, allowed) = ("localTimeFrom", "localTimeTo", "allowedTime");
        let new = Some("2");
        for (names, windows, left) in [
            (vec!["a", from, "b", to], None, r#"{ "a" : 1 , "b" : 1 }"#),
            (vec![from, to, "a"], None, r#"{ "a" : 1 }"#),
            (vec![to, "a", from], None, r#"{ "a" : 1 }"#),
            (vec!["a", "b", from, to], None, r#"{ "a" : 1 , "b" : 1 }"#),
            (
                vec!["a", from, to],
                new,
                r#"{ "a" : 1 , "allowedTime": 2 }"#,
            ),
            (
                vec![to, from, "a"],
                new,
                r#"{ "allowedTime": 2 , "a" : 1 }"#,
            ),
            (
                vec![from, "a", to, "b"],
                new,
                r#"{ "allowedTime": 2 , "a" : 1 , "b" : 1 }"#,
            ),
            (vec![from, allowed, to], new, r#"{ "allowedTime" : 2 }"#),
            (vec![from, "\\\"", to], None, r#"{ "\"" : 1 }"#),
            (vec![from, to, "\\\\"], None, r#"{ "\\" : 1 }"#),
            (vec![from, to, "\\\\\\\":"], None, r#"{ "\\\":" : 1 }"#),
        ] {
            assert_eq!(without(&names, windows), left, "{names:?}");
        }
    }
}
