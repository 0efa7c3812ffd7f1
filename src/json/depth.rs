//! How deep a value is nested.

use super::string::string_end;

/// Whether valid JSON has more than this many levels of nesting. The outermost array or object is
/// the first level.
#[inline(always)]
pub(crate) fn is_deeper(json: &str, levels: usize) -> bool {
    // Every level takes two bytes, so for nearly every job its length decides.
    json.len() > 2 * levels && has_more_levels(json.as_bytes(), levels)
}

#[cold]
fn has_more_levels(json: &[u8], levels: usize) -> bool {
    memchr::memchr2_iter(b'[', b'{', json).nth(levels).is_some() && deepest(json) > levels
}

fn deepest(json: &[u8]) -> usize {
    let (mut at, mut depth, mut deepest) = (0, 0usize, 0);
    while let Some(byte) = json.get(at) {
        at += 1;
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => at = string_end(json, at).unwrap_or(json.len()),
            _ => {}
        }
    }
    deepest
}

/// The bracket by which the value at the beginning of a text is nested in more than so many levels;
/// `None` if it has no such bracket, or surely is not valid JSON.
pub(super) fn bracket_beyond(text: &str, levels: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    // Nearly no text has as many brackets.
    if bytes.len() <= levels || memchr::memchr2_iter(b'[', b'{', bytes).count() <= levels {
        return None;
    }
    let (mut open, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at + 1)? - 1,
            b'[' | b'{' if open == levels => return Some(at),
            b'[' | b'{' => open += 1,
            b']' | b'}' if open <= 1 => return None,
            b']' | b'}' => open -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_DEPTH: usize = 512;

    fn too_deep(json: &str) -> bool {
        is_deeper(json, MAX_DEPTH)
    }

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn the_bound_is_exact() {
        assert!(!too_deep(&nested(MAX_DEPTH)));
        assert!(too_deep(&nested(MAX_DEPTH + 1)));
    }

    #[test]
    fn the_bracket_beyond_a_number_of_levels_is_found() {
        assert_eq!(bracket_beyond(&nested(8), 8), None);
        assert_eq!(bracket_beyond(&nested(9), 8), Some(8));
        assert_eq!(bracket_beyond(&"[".repeat(9), 8), Some(8));
        let in_text = format!(r#"{{"a": "{}", "b": [{}]}}"#, "[".repeat(9), nested(9));
        assert_eq!(bracket_beyond(&in_text, 11), None);
        assert!(bracket_beyond(&in_text, 10).is_some());
        // It is the next value that is too deep.
        assert_eq!(bracket_beyond(&format!("[1], {}", nested(9)), 8), None);
    }

    #[test]
    fn brackets_in_strings_and_side_by_side_do_not_nest() {
        let quoted = format!(r#"{{"a\"[": "{}"}}"#, "[{\\\"".repeat(600));
        assert!(!too_deep(&quoted));
        assert!(!too_deep(&format!("[{}]", vec!["[]"; 600].join(","))));
    }
}
