//! Sizes as people write them.

/// Decimal units (SI) and binary ones (IEC 80000-13).
const UNITS: &[(&str, u64)] = &[
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
];

/// The number of bytes that a text such as `5MB` means: MB is 10^6, MiB is 2^20. `None` if the text
/// is not a size.
///
/// ```
/// use predial::batch::bytes_of;
/// assert_eq!(bytes_of("5MB"), Some(5_000_000));
/// assert_eq!(bytes_of("64 KiB"), Some(65_536));
/// assert_eq!(bytes_of("5 apples"), None);
/// ```
pub fn bytes_of(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim_start().to_ascii_lowercase();
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}
