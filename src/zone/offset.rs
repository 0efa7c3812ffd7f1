//! The strict parser of the grammar, except regions.
//!
//! ```text
//! gmtZone  = "Z" / prefix / [prefix] offset / region
//! prefix   = %s"UTC" / %s"GMT" / %s"UT"
//! offset   = sign ( hour1 / hour / hour minute / hour ":" minute
//!                 / hour minute second / hour ":" minute ":" second )
//! sign     = "+" / "-"
//! hour1    = DIGIT                     ; 0-9, and nothing may follow
//! hour     = ( "0" / "1" ) DIGIT       ; 00-18
//! minute   = "0"-"5" DIGIT             ; 00-59
//! second   = "0"-"5" DIGIT             ; 00-59
//! region   = an ID of the IANA time zone database, to the letter
//! ```
//!
//! The whole offset is at most 18:00:00 in both directions.
//!
//! Deviations from the documents that it is based on, and their reasons:
//!
//! - The service's manual only has `+h` and `+hh` with a plus, and does not say whether a prefix
//!   may be alone. Its OpenAPI document mentions `-18:00`, and `java.time.ZoneId.of`, which finally
//!   reads the text, accepts both signs everywhere and a prefix alone. predial does the same.
//! - The manual's "optional `:`" would allow `+0300:30`. `ZoneId.of` requires separators between
//!   all fields or none.
//! - ISO 8601 and RFC 3339 have no one-digit hour, no seconds, and in RFC 3339 `-00:00` means
//!   "unknown offset". Here `-00:00` is `Z`, as in Java.
//! - ABNF strings are case-insensitive; here case matters everywhere, as `%s` shows.
//! - `GMT+0`, `GMT-0` and `GMT0` are IDs of the database too. The first two are read as prefix and
//!   offset, which is tried first, and have the ID `GMT`; `GMT0` is not an offset, so it is a
//!   region. Java gives the same answers.

/// The prefix of an offset. It is a part of the zone's ID and has no other effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum OffsetPrefix {
    None,
    Utc,
    Gmt,
    Ut,
}

impl OffsetPrefix {
    pub const fn text(self) -> &'static str {
        match self {
            OffsetPrefix::None => "",
            OffsetPrefix::Utc => "UTC",
            OffsetPrefix::Gmt => "GMT",
            OffsetPrefix::Ut => "UT",
        }
    }
}

/// The largest offset in both directions, in seconds.
const LIMIT: i32 = 18 * 3600;

/// Why the text after a prefix is not an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OffsetError {
    /// It does not have the form of an offset.
    Shape,
    /// It has the form, and a number in it is too large.
    Range(OffsetField),
}

/// A number within an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OffsetField {
    Hour,
    Minute,
    Second,
    /// No single field: more than 18 hours in all.
    Whole,
}

/// The prefix and the seconds of a text, unless only a region could be meant.
pub(super) fn parse(text: &[u8]) -> Option<(OffsetPrefix, i32)> {
    if text == b"Z" {
        return Some((OffsetPrefix::None, 0));
    }
    let (prefix, rest) = split_prefix(text);
    if rest.is_empty() {
        return (prefix != OffsetPrefix::None).then_some((prefix, 0));
    }
    let seconds = signed(rest).ok()?;
    Some((prefix, seconds))
}

/// The prefix, if there is one, and the text after it.
pub(super) fn split_prefix(text: &[u8]) -> (OffsetPrefix, &[u8]) {
    match text {
        [b'U', b'T', b'C', rest @ ..] => (OffsetPrefix::Utc, rest),
        [b'G', b'M', b'T', rest @ ..] => (OffsetPrefix::Gmt, rest),
        [b'U', b'T', rest @ ..] => (OffsetPrefix::Ut, rest),
        _ => (OffsetPrefix::None, text),
    }
}

/// The seconds of an offset with its sign.
pub(super) fn signed(text: &[u8]) -> Result<i32, OffsetError> {
    match text {
        [b'+', rest @ ..] => unsigned(rest),
        [b'-', rest @ ..] => unsigned(rest).map(|seconds| -seconds),
        _ => Err(OffsetError::Shape),
    }
}

/// The seconds of an offset without its sign.
pub(super) fn unsigned(text: &[u8]) -> Result<i32, OffsetError> {
    const O: u8 = b'0';
    let digits = match *text {
        [i] => [O, i, O, O, O, O],
        [h, i] => [h, i, O, O, O, O],
        [h, i, m, n] | [h, i, b':', m, n] => [h, i, m, n, O, O],
        [h, i, m, n, s, t] | [h, i, b':', m, n, b':', s, t] => [h, i, m, n, s, t],
        _ => return Err(OffsetError::Shape),
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(OffsetError::Shape);
    }
    let [h, i, m, n, s, t] = digits.map(|digit| i32::from(digit - O));
    in_range(h * 10 + i, m * 10 + n, s * 10 + t)
}

/// The seconds of hours, minutes and seconds of any size.
pub(super) fn in_range(hours: i32, minutes: i32, seconds: i32) -> Result<i32, OffsetError> {
    let total = hours * 3600 + minutes * 60 + seconds;
    match (hours, minutes, seconds) {
        (19.., _, _) => Err(OffsetError::Range(OffsetField::Hour)),
        (_, 60.., _) => Err(OffsetError::Range(OffsetField::Minute)),
        (_, _, 60..) => Err(OffsetError::Range(OffsetField::Second)),
        _ if total > LIMIT => Err(OffsetError::Range(OffsetField::Whole)),
        _ => Ok(total),
    }
}

/// How many bytes at the beginning of the text are the beginning of some offset or bare prefix,
/// without regard to ranges: the place at which a reader of the grammar stops.
pub(super) fn viable_len(text: &[u8]) -> usize {
    if text.first() == Some(&b'Z') {
        return 1;
    }
    let (_, rest) = split_prefix(text);
    let before = text.len() - rest.len();
    let [b'+' | b'-', fields @ ..] = rest else {
        return before;
    };
    let along = |template: &[u8]| {
        fields
            .iter()
            .zip(template)
            .take_while(|&(byte, slot)| match slot {
                b'0' => byte.is_ascii_digit(),
                _ => byte == slot,
            })
            .count()
    };
    before + 1 + along(b"000000").max(along(b"00:00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i32> {
        parse(text.as_bytes()).map(|(_, seconds)| seconds)
    }

    #[test]
    fn shapes() {
        for (text, expected) in [
            ("Z", 0),
            ("UT", 0),
            ("GMT-0", 0),
            ("+3", 10_800),
            ("-03", -10_800),
            ("UTC+0330", 12_600),
            ("+03:30", 12_600),
            ("GMT-033030", -12_630),
            ("UT+03:30:30", 12_630),
            ("+18", 64_800),
            ("-18:00:00", -64_800),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "z",
            "ZZ",
            "+",
            "-",
            "UTC+",
            "UTC3",
            "UTCZ",
            "utc",
            "+3:00",
            "+300",
            "+0300:30",
            "+03:0030",
            "+03:00:",
            "+:3",
            "++3",
            "+19",
            "+0360",
            "+03:00:60",
            "+18:00:01",
            "3",
            "+0٣",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn the_viable_length_ends_with_the_grammar() {
        for (text, expected) in [
            ("", 0),
            ("utc", 0),
            ("UTC 3", 3),
            ("UTC+", 4),
            ("+3:00", 2),
            ("+03:0", 5),
            ("+0300:30", 5),
            ("+03:00:30Z", 9),
            ("Z+3", 1),
        ] {
            assert_eq!(viable_len(text.as_bytes()), expected, "{text}");
        }
    }
}
