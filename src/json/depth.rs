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
    fn brackets_in_strings_and_side_by_side_do_not_nest() {
        let quoted = format!(r#"{{"a\"[": "{}"}}"#, "[{\\\"".repeat(600));
        assert!(!too_deep(&quoted));
        assert!(!too_deep(&format!("[{}]", vec!["[]"; 600].join(","))));
    }
}
