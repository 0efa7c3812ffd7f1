//! A document with some of its values replaced, and every other byte unchanged.

use std::ops::Range;

use super::member::Member;

/// One replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes of the document that are replaced.
    pub range: Range<usize>,
    /// The JSON text in its place.
    pub json: String,
}

impl Edit {
    /// Whether this edit replaces everything that the other one replaces.
    pub(crate) fn covers(&self, other: &Edit) -> bool {
        self.range.start <= other.range.start && other.range.end <= self.range.end
    }
}

/// Appends a document to `out` with all edits applied. The edits are in the order of the text and
/// do not overlap.
///
/// ```
/// use predial::json::{Edit, rewritten};
/// let mut out = Vec::new();
/// let edit = Edit { range: 10..22, json: "\"79110000000\"".to_owned() };
/// rewritten(br#"{"phone": +79110000000}"#, &[edit], &mut out);
/// assert_eq!(out, br#"{"phone": "79110000000"}"#);
/// ```
pub fn rewritten(text: &[u8], edits: &[Edit], out: &mut Vec<u8>) {
    let mut from = 0;
    for edit in edits {
        out.extend_from_slice(&text[from..edit.range.start]);
        out.extend_from_slice(edit.json.as_bytes());
        from = edit.range.end;
    }
    out.extend_from_slice(&text[from..]);
}

/// The same in parts, for callers that need no second copy of the text.
pub(crate) fn rewritten_parts<'t>(
    text: &'t [u8],
    edits: &'t [Edit],
) -> impl Iterator<Item = &'t [u8]> {
    let starts = std::iter::once(0).chain(edits.iter().map(|edit| edit.range.end));
    let ends = edits.iter().map(|edit| edit.range.start);
    let kept = starts.zip(ends.chain([text.len()]));
    let kept = kept.map(|(start, end)| &text[start..end]);
    let given = edits.iter().map(|edit| edit.json.as_bytes());
    kept.zip(given.map(Some).chain([None]))
        .flat_map(|(kept, given)| [Some(kept), given])
        .flatten()
}

/// How many bytes [`rewritten`] appends.
pub fn rewritten_length(text: &[u8], edits: &[Edit]) -> usize {
    let taken: usize = edits.iter().map(|edit| edit.range.len()).sum();
    let given: usize = edits.iter().map(|edit| edit.json.len()).sum();
    text.len() - taken + given
}

/// The bytes of a member and of the comma that separates it: the one before it, or the one after it
/// if no other member remains before it. `members` are all members of the object.
pub(crate) fn member_with_comma<K>(
    text: &str,
    members: &[Member<'_, K>],
    index: usize,
    follows_another: bool,
) -> Range<usize> {
    let member = &members[index];
    match (follows_another, members.get(index + 1)) {
        (false, Some(next)) => member_begin(text, member)..member_begin(text, next),
        _ => {
            let before = index.checked_sub(1).map(|index| members[index].end());
            before.unwrap_or_else(|| member_begin(text, member))..member.end()
        }
    }
}

/// The byte at which the name of a member begins. Each quote in the name but its two is escaped, and
/// so is each backslash, so the number of backslashes before a quote decides.
pub(crate) fn member_begin<K>(text: &str, member: &Member<'_, K>) -> usize {
    let before = text[..member.at].trim_end_matches(|c: char| c != '"');
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
    use super::*;

    #[test]
    fn the_length_is_that_of_the_rewritten_text() {
        let text = r#"{"phone": "+79110000000", "gmtZone": "utc +3"}"#;
        let edit = |range, json: &str| Edit {
            range,
            json: json.to_owned(),
        };
        let edits = [edit(10..24, "\"79110000000\""), edit(37..45, "\"+03:00\"")];
        for edits in [&edits[..0], &edits[..1], &edits] {
            let mut out = Vec::new();
            rewritten(text.as_bytes(), edits, &mut out);
            assert_eq!(rewritten_length(text.as_bytes(), edits), out.len());
            let parts: Vec<&[u8]> = rewritten_parts(text.as_bytes(), edits).collect();
            assert_eq!(parts.concat(), out);
        }
    }
}
