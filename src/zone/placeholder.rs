//! Texts that programs and people write where a zone is not known.

/// Such texts, as [`is_placeholder`] compares them, sorted.
const PLACEHOLDERS: [&str; 34] = [
    "#n/a",
    "(null)",
    "-",
    "--",
    "auto",
    "automatic",
    "default",
    "etc/unknown",
    "false",
    "factory",
    "local",
    "local time",
    "localtime",
    "n/a",
    "na",
    "nan",
    "nil",
    "no",
    "none",
    "not set",
    "null",
    "system",
    "tbd",
    "test",
    "true",
    "undefined",
    "unknown",
    "unset",
    "yes",
    "н/д",
    "не указан",
    "не указано",
    "неизвестно",
    "нет",
];

/// Whether a text without spaces around it says that there is no zone.
pub(super) fn is_placeholder(clean: &str) -> bool {
    /// No placeholder has more bytes.
    const LONGEST: usize = 24;
    let is_one = |text: &str| PLACEHOLDERS.contains(&text);
    clean.len() <= LONGEST && is_one(&clean.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_any_case() {
        for text in [
            "null",
            "None",
            "N/A",
            "-",
            "TRUE",
            "test",
            "Local",
            "Etc/Unknown",
            "НЕТ",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["", "UTC", "Europe/Moscow", "+", "nulls"] {
            assert!(!is_placeholder(text), "{text}");
        }
        assert!(PLACEHOLDERS.iter().all(|text| is_placeholder(text)));
    }
}
