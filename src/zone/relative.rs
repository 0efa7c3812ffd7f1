//! Offsets relative to Moscow, as Russian lists have them: `МСК+2`, `+2 к МСК`, `Москва+2`.
//!
//! ```text
//! relative = moscow sign hours *filler / sign hours *filler moscow
//! hours    = 1*2DIGIT
//! filler   = "к" / "от" / "ч" / "час" / "часа" / "часов" / "время"
//! ```

use super::at::RegionsAt;
use super::parts::ZoneParts;
use super::value::Zone;

const MOSCOW: &str = "Europe/Moscow";

/// What Moscow is called, in lower case.
const NAMES: [&str; 6] = ["мск", "msk", "москва", "москве", "москвы", "московскому"];
/// Words that change nothing.
const FILLERS: [&str; 9] = [
    "к",
    "от",
    "по",
    "ч",
    "час",
    "часа",
    "часов",
    "время",
    "времени",
];

/// An offset that is relative to Moscow's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Relative {
    /// How many hours east of Moscow.
    pub hours: i32,
    /// The offset from UTC.
    pub seconds: i32,
}

/// The offset of a text of these parts that is relative to Moscow.
pub(super) fn of_moscow(parts: &ZoneParts<'_, '_>, at: RegionsAt<'_>) -> Option<Relative> {
    let (relative, others) = with_others(parts, at)?;
    others.is_empty().then_some(relative)
}

/// The same, and the other words of the text: `Тюмень` of `Тюмень (МСК+2)`.
pub(super) fn with_others<'t>(
    parts: &ZoneParts<'t, '_>,
    at: RegionsAt<'_>,
) -> Option<(Relative, Vec<&'t str>)> {
    if !parts.regions.is_empty() {
        return None;
    }
    let mut hours = None;
    let mut has_name = false;
    let mut has_filler = false;
    let mut others = Vec::new();
    for text in &parts.words {
        let word = text.to_lowercase();
        let (name, rest) = match word.find(['+', '-']) {
            Some(sign) => word.split_at(sign),
            None => (&*word, ""),
        };
        match (NAMES.contains(&name), rest) {
            (true, _) if has_name => return None,
            (true, "") => has_name = true,
            (true, rest) => {
                has_name = true;
                hours = Some(signed_hours(rest)?);
            }
            (false, "") if FILLERS.contains(&name) => has_filler = true,
            _ => others.push(*text),
        }
    }
    let bare = parts.offsets.iter().find(|offset| !offset.has_prefix);
    let moscow = at.offset(Zone::recognize(MOSCOW, at.regions())?);
    let hours = match (hours, bare) {
        (Some(hours), None) => hours,
        // `МСК (+3)` is Moscow's own offset, and `+3 МСК` may be.
        (None, Some(offset)) if offset.seconds == moscow && !has_filler => return None,
        (None, Some(offset)) if offset.is_short => offset.seconds / 3600,
        _ => return None,
    };
    let seconds = moscow + hours * 3600;
    // `UTC+5 (МСК+2)` says it twice.
    let mut offsets = parts.offsets.iter().filter(|offset| offset.has_prefix);
    let agrees = offsets.all(|offset| offset.seconds == seconds);
    let is_clear = has_name && agrees && at.is_in_use(seconds);
    is_clear.then_some((Relative { hours, seconds }, others))
}

/// Whether a word is what Moscow is called.
pub(super) fn is_moscow(word: &str) -> bool {
    NAMES.contains(&&*word.to_lowercase())
}

/// The hours of `+2`, perhaps with the word for hours after them.
fn signed_hours(text: &str) -> Option<i32> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let size = text[1..].trim_end_matches(char::is_alphabetic);
    let unit = &text[1 + size.len()..];
    let is_hours = (1..=2).contains(&size.len()) && size.bytes().all(|b| b.is_ascii_digit());
    let is_unit = unit.is_empty() || FILLERS.contains(&unit);
    (is_hours && is_unit)
        .then(|| size.parse().ok())
        .flatten()
        .map(|hours: i32| sign * hours)
}

#[cfg(test)]
mod tests {
    use super::super::regions::tests::bundled;
    use super::*;

    #[test]
    fn hours_from_moscow() {
        let at = bundled().at(1_800_000_000);
        let hours = |text: &str| of_moscow(&ZoneParts::of(text, at), at).map(|found| found.hours);
        for (text, expected) in [
            ("МСК+2", Some(2)),
            ("msk-1", Some(-1)),
            ("МСК +2", Some(2)),
            ("МСК +3", None),
            ("+3 МСК", None),
            ("+3 к МСК", Some(3)),
            ("МСК+3", Some(3)),
            ("МСК+2ч", Some(2)),
            ("Москва+2", Some(2)),
            ("+2 к МСК", Some(2)),
            ("+2 часа к Москве", Some(2)),
            ("UTC+5 (МСК+2)", Some(2)),
            ("UTC+6 (МСК+2)", None),
            ("МСК", None),
            ("+2", None),
            ("МСК+2+3", None),
            ("МСК+2 МСК+3", None),
            ("МСК+19", None),
            ("МСК+03:00", None),
            ("Уфа +2", None),
            ("Уфа (МСК+2)", None),
        ] {
            assert_eq!(hours(text), expected, "{text}");
        }
    }
}
