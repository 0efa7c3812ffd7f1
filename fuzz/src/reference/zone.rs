//! The gmtZone grammar as `docs/zones.md` states it, read by the length of the text.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::world;

/// What a gmtZone is.
#[derive(Debug, PartialEq)]
pub struct Zone {
    pub id: String,
    pub normalized: String,
    /// Seconds east of UTC, if they never change.
    pub seconds: Option<i32>,
}

/// The zone of a text, if it is a gmtZone.
pub fn zone(text: &str) -> Option<Zone> {
    offset(text).or_else(|| region(text))
}

fn offset(text: &str) -> Option<Zone> {
    if text == "Z" {
        return Some(of_seconds("", 0));
    }
    let prefixes = ["UTC", "GMT", "UT", ""];
    let (prefix, rest) = prefixes
        .iter()
        .find_map(|prefix| Some((*prefix, text.strip_prefix(prefix)?)))?;
    if rest.is_empty() && !prefix.is_empty() {
        return Some(of_seconds(prefix, 0));
    }
    let (sign, rest) = match rest.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let colons = |places: &[usize]| places.iter().all(|place| &rest[*place..=*place] == ":");
    if !rest.is_ascii() {
        return None;
    }
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let is_form = match rest.len() {
        1 => true,
        2 | 4 | 6 => !rest.contains(':'),
        5 => colons(&[2]) && digits.len() == 4,
        8 => colons(&[2, 5]) && digits.len() == 6,
        _ => false,
    };
    if !is_form || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded = match digits.len() {
        1 => format!("0{digits}0000"),
        _ => format!("{digits:0<6}"),
    };
    let number = |from: usize| padded[from..from + 2].parse::<i32>().ok();
    let (hours, minutes, seconds) = (number(0)?, number(2)?, number(4)?);
    let all = hours * 3600 + minutes * 60 + seconds;
    let is_in_range = minutes < 60 && seconds < 60 && all <= 18 * 3600;
    is_in_range.then(|| of_seconds(prefix, sign * all))
}

fn of_seconds(prefix: &str, seconds: i32) -> Zone {
    let normalized = written(seconds);
    let id = match (prefix, seconds) {
        ("", _) => normalized.clone(),
        (_, 0) => prefix.to_owned(),
        _ => format!("{prefix}{normalized}"),
    };
    Zone {
        id,
        normalized,
        seconds: Some(seconds),
    }
}

fn written(seconds: i32) -> String {
    if seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let all = seconds.abs();
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
    match seconds {
        0 => format!("{sign}{hours:02}:{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

fn region(text: &str) -> Option<Zone> {
    let fixed = *ids().get(text)?;
    Some(Zone {
        id: text.to_owned(),
        normalized: fixed.map_or_else(|| text.to_owned(), written),
        seconds: fixed,
    })
}

/// The IDs that a job may name, each with its one offset, if it has one.
pub fn ids() -> &'static BTreeMap<String, Option<i32>> {
    static IDS: OnceLock<BTreeMap<String, Option<i32>>> = OnceLock::new();
    IDS.get_or_init(|| {
        let real = world::database().filter(|(id, _)| id != "Factory");
        real.map(|(id, tzif)| (id, fixed_offset(&tzif))).collect()
    })
}

/// The one offset of TZif data (RFC 9636) without a transition and without a rule.
fn fixed_offset(tzif: &[u8]) -> Option<i32> {
    let word = |at: usize| {
        let bytes = tzif[at..at + 4].try_into().expect("four bytes");
        u32::from_be_bytes(bytes) as usize
    };
    // The order of the header: isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt.
    let counts =
        |header: usize| -> Vec<usize> { (0..6).map(|i| word(header + 20 + i * 4)).collect() };
    let length = |counts: &[usize], size: usize| {
        counts[3] * (size + 1)
            + counts[4] * 6
            + counts[5]
            + counts[2] * (size + 4)
            + counts[1]
            + counts[0]
    };
    let second = 44 + length(&counts(0), 4);
    let of_second = counts(second);
    let data = second + 44;
    let footer = &tzif[data + length(&of_second, 8)..];
    let has_rule = footer.contains(&b',');
    let types = data + of_second[3] * 9;
    (of_second[3] == 0 && !has_rule).then(|| word(types) as u32 as i32)
}
