//! How names are compared: without case, accents and punctuation.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Letters with accents, and some others: what each becomes, a tab, and the letters, a line each. It is
/// made by `tools/build_zone_names.py`.
const FOLDS: &str = include_str!("names/folds.txt");

static PLAIN: LazyLock<HashMap<char, &'static str>> = LazyLock::new(|| {
    let lines = FOLDS.lines().filter_map(|line| line.split_once('\t'));
    lines
        .flat_map(|(plain, letters)| letters.chars().map(move |letter| (letter, plain)))
        .collect()
});

/// A name in lower case and without accents, its words between single spaces. An ampersand is the
/// word `and`; apostrophes are left out.
pub(super) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut is_apart = false;
    let mut put = |text: &str, folded: &mut String| {
        if text.is_empty() {
            is_apart = true;
            return;
        }
        if std::mem::take(&mut is_apart) && !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(text);
    };
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | '`' | '´' => {}
            // Accents that are characters of their own.
            '\u{300}'..='\u{36F}' => {}
            '&' => {
                put("", &mut folded);
                put("and", &mut folded);
                put("", &mut folded);
            }
            _ if c.is_ascii_alphanumeric() => put(c.encode_utf8(&mut [0; 4]), &mut folded),
            _ if c.is_alphanumeric() => {
                let own = &mut [0; 4];
                let plain = PLAIN.get(&c).copied().unwrap_or(c.encode_utf8(own));
                put(plain, &mut folded);
            }
            _ => put("", &mut folded),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded() {
        for (name, folded) in [
            ("New_York", "new york"),
            ("  São Paulo ", "sao paulo"),
            ("Eastern Time (US & Canada)", "eastern time us and canada"),
            ("US&Canada", "us and canada"),
            ("W. Europe", "w europe"),
            ("Xi'an", "xian"),
            ("İstanbul", "istanbul"),
            ("Łódź", "lodz"),
            ("Орёл", "орел"),
            ("Київ", "киів"),
            ("Cafe\u{301}", "cafe"),
            ("", ""),
            (" - ", ""),
        ] {
            assert_eq!(fold(name), folded, "{name}");
        }
    }
}
