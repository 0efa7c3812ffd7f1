//! Whole numbers: `retryIntervalInMinutes`, `maxAttempts`, `dialerPriority`,
//! `externalCheckMaxRetries`.

use std::ops::RangeInclusive;

use super::node::{JsonNode, PolicyFindings};
use crate::json::Value;
use crate::{Fault, Rule};

/// A whole number of a policy.
pub(super) struct Integer {
    /// The rule that it breaks if it is not a whole number, or out of its range.
    pub rule: Rule,
    pub range: RangeInclusive<i64>,
}

impl Integer {
    /// Checks a value: `3` is clean, `"3"` and `3.0` are repaired, everything else is refused.
    pub fn check(&self, node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) {
        if digits(node.json).is_some_and(|number| self.range.contains(&number)) {
            return;
        }
        let (number, written) = match node.value() {
            Value::Null => return,
            Value::Number(json) => (whole(json), json == plain(json)),
            Value::Text(text) => (whole(text.trim()), false),
            Value::LoneSurrogate(_) | Value::Bool | Value::Array | Value::Object => {
                return findings.error(node, Fault::new(self.rule));
            }
        };
        match number {
            Some(number) if !self.range.contains(&number) => {
                findings.error(node, Fault::new(self.rule));
            }
            Some(_) if written => {}
            Some(number) => {
                let fault = Fault::new(Rule::PolicyInteger).suggest(number.to_string());
                findings.repair(node, fault, number.to_string());
            }
            None => findings.error(node, Fault::new(self.rule)),
        }
    }
}

/// The JSON of a number that is written as an integer; for other numbers, a text that is not an
/// integer.
fn plain(json: &str) -> &str {
    match json {
        "-0" => "0",
        _ if json.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) => "",
        _ => json,
    }
}

/// The value of a few digits, which nearly all numbers are.
fn digits(text: &str) -> Option<i64> {
    let is_short = (1..=9).contains(&text.len());
    (is_short && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// The exact value of a decimal number if it is whole and has at most 18 digits. A longer one is
/// outside of every range.
fn whole(text: &str) -> Option<i64> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(e) => (&rest[..e], exponent(&rest[e + 1..])?),
        None => (rest, 0),
    };
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let dotted = mantissa.len() > integer.len();
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if integer.is_empty() || !all_digits(integer) || !all_digits(fraction) {
        return None;
    }
    if dotted && fraction.is_empty() {
        return None;
    }
    let digits = [integer, fraction].concat();
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    let trailing = digits.len() - digits.trim_end_matches('0').len();
    let shift = exponent
        .saturating_sub(fraction.len() as i64)
        .saturating_add(trailing as i64);
    if shift < 0 {
        return None;
    }
    let number = match (significant.parse::<i64>(), u32::try_from(shift)) {
        (Ok(number), Ok(shift)) if shift <= 18 => number.checked_mul(10i64.pow(shift)),
        _ => None,
    };
    let number = number.unwrap_or(i64::MAX);
    Some(if negative { -number } else { number })
}

/// An exponent. A value beyond 64 bits has the effect of the largest one.
fn exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(i64::MAX);
    Some(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly() {
        for (text, number) in [
            ("3", Some(3)),
            ("-3", Some(-3)),
            ("+3", Some(3)),
            ("3.0", Some(3)),
            ("03", Some(3)),
            ("30e-1", Some(3)),
            ("0.3E1", Some(3)),
            ("0.003e+03", Some(3)),
            ("-0", Some(0)),
            ("0e999999999999999999999", Some(0)),
            ("1e400", Some(i64::MAX)),
            ("-1e400", Some(-i64::MAX)),
            ("1e999999999999999999999", Some(i64::MAX)),
            ("9223372036854775808", Some(i64::MAX)),
            ("3.5", None),
            ("1e-400", None),
            ("1e-999999999999999999999", None),
            ("3.", None),
            (".5", None),
            ("3e", None),
            ("", None),
            ("+", None),
            ("three", None),
            ("NaN", None),
            ("1 000", None),
            ("3,0", None),
            ("٣", None),
        ] {
            assert_eq!(whole(text), number, "{text}");
        }
    }
}
