#![forbid(unsafe_code)]
//! Numbers of old plans in their present form, for countries that have added digits.

/// The present digits of an E.164 number that may belong to an older plan.
///
/// Sources: the announcements of the countries' regulators, which the ITU publishes as national
/// numbering plans (Operational Bulletin). Benin put `01` in front in 2024, Côte d'Ivoire two digits
/// by operator in 2021, Mexico dropped the `1` of mobile phones and the prefixes `01`, `044` and `045`
/// in 2019, Brazil put a `9` in front of
/// mobile numbers until 2016, and Italy keeps the `0` of areas in international numbers since 1998.
pub(crate) fn todays_digits(digits: &str) -> Option<String> {
    match digits.as_bytes() {
        [b'2', b'2', b'9', _, ..] if digits.len() == 11 => Some(format!("22901{}", &digits[3..])),
        [b'2', b'2', b'5', b'0' | b'4'..=b'9', second, ..] if digits.len() == 11 => {
            let operator = match second {
                b'0'..=b'3' => "01",
                b'4'..=b'6' => "05",
                _ => "07",
            };
            Some(format!("225{operator}{}", &digits[3..]))
        }
        [b'5', b'2', b'1', ..] if digits.len() == 13 => Some(format!("52{}", &digits[3..])),
        [b'5', b'2', b'0', b'1', ..] if digits.len() == 14 => Some(format!("52{}", &digits[4..])),
        [b'5', b'2', b'0', b'4', b'4' | b'5', ..] if digits.len() == 15 => {
            Some(format!("52{}", &digits[5..]))
        }
        [b'5', b'5', _, _, b'6'..=b'9', ..] if digits.len() == 12 => {
            Some(format!("{}9{}", &digits[..4], &digits[4..]))
        }
        [b'3', b'9', b'1'..=b'9', ..] => Some(format!("390{}", &digits[2..])),
        _ => None,
    }
}
