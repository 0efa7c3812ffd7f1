//! A job without its deprecated pair of times.

use super::field::Field;
use crate::json::{Edit, member_begin, member_with_comma, quoted};
use crate::service::KnownField;

/// The edits that remove `localTimeFrom` and `localTimeTo` from a job's text. `windows`, the JSON
/// of an `allowedTime`, replaces them.
pub(super) fn undeprecated(text: &str, fields: &[Field<'_>], windows: Option<&str>) -> Vec<Edit> {
    let is = |field: &Field<'_>, known| field.name.known() == Some(known);
    let is_deprecated = |field: &Field<'_>| {
        is(field, KnownField::LocalTimeFrom) || is(field, KnownField::LocalTimeTo)
    };
    let mut edits = Vec::with_capacity(3);
    // The job may have a null or an empty object that the windows replace.
    let mut windows = windows;
    if let Some(json) = windows
        && let Some(field) = fields.iter().find(|it| is(it, KnownField::AllowedTime))
    {
        edits.push(Edit {
            range: field.at..field.end(),
            json: json.to_owned(),
        });
        windows = None;
    }
    let mut follows_one = false;
    for (i, field) in fields.iter().enumerate() {
        if !is_deprecated(field) {
            follows_one = true;
            continue;
        }
        let (range, json) = match windows.take() {
            Some(json) => {
                follows_one = true;
                let json = format!("{}: {json}", quoted(KnownField::AllowedTime.name()));
                (member_begin(text, field)..field.end(), json)
            }
            None => (
                member_with_comma(text, fields, i, follows_one),
                String::new(),
            ),
        };
        edits.push(Edit { range, json });
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Name;
    use crate::json::rewritten;

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
