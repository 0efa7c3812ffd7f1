//! A job with the fields at fault rewritten, and not a byte beside them.

use std::ops::Range;

/// One value to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes of the job's text that the value takes.
    pub range: Range<usize>,
    /// The JSON text in its place.
    pub json: String,
}

impl Edit {
    /// Whether all that the other replaces is replaced by this one, too.
    pub(super) fn covers(&self, other: &Edit) -> bool {
        self.range.start <= other.range.start && other.range.end <= self.range.end
    }
}

/// Appends the job's text to `out`, each edit in its place. The edits stand in the order of
/// the text and do not overlap.
///
/// ```
/// use predial::job::{Edit, rewritten};
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

/// The same in parts, for a text of which no second copy is to be made.
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
