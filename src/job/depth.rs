//! How deep a job is nested.

/// Levels of nesting that a job may have, its own object the first.
pub const MAX_DEPTH: usize = 512;

/// Whether valid JSON nests deeper than [`MAX_DEPTH`].
pub(super) fn too_deep(json: &str) -> bool {
    // Every level takes two bytes, so nearly every job is told by its length alone.
    json.len() > 2 * MAX_DEPTH
        && memchr::memchr2_iter(b'[', b'{', json.as_bytes())
            .nth(MAX_DEPTH)
            .is_some()
        && deepest(json.as_bytes()) > MAX_DEPTH
}

fn deepest(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    deepest
}

fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
