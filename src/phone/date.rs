//! Dates. Their digits and marks are those of a phone: in Germany `2026-01-01` could be dialled.
//!
//! Sheets and exports put dates into any column. No numbering plan writes its numbers as a year, a
//! month and a day, so such a text is a date and not a phone. A plus before it, or blanks between
//! its groups, make it a phone again.

/// Where the groups of `2026-12-31` begin, as in the groups of a dialled text.
const YEAR_FIRST: u64 = 1 << 4 | 1 << 6;
/// Where those of `31.12.2026` begin.
const YEAR_LAST: u64 = 1 << 2 | 1 << 4;

/// Whether digits with groups that begin here may be a date.
#[inline(always)]
pub(super) fn has_groups(group_starts: u64, digits: usize) -> bool {
    digits == 8 && (group_starts == YEAR_FIRST || group_starts == YEAR_LAST)
}

/// Whether a text is a day between 1900 and 2099, with the year first or last and a dash, dot or
/// slash between its groups.
pub(super) fn is_date(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else {
        return false;
    };
    let text = text.trim_matches(|c: char| !c.is_ascii_digit());
    ['-', '.', '/'].into_iter().any(|mark| {
        let groups: Vec<&str> = text.split(mark).collect();
        match groups[..] {
            [year, month, day] if year.len() == 4 => is_day(year, month, day),
            // In the United States the month is first.
            [one, other, year] => is_day(year, other, one) || is_day(year, one, other),
            _ => false,
        }
    })
}

fn is_day(year: &str, month: &str, day: &str) -> bool {
    let number = |group: &str, len: usize| {
        (group.len() == len && group.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| group.parse::<u16>().ok())
            .flatten()
            .unwrap_or_default()
    };
    (1900..2100).contains(&number(year, 4))
        && (1..=12).contains(&number(month, 2))
        && (1..=31).contains(&number(day, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        for text in ["2026-12-31", "31.12.2026", "12/31/2026", "(01-02-1999)"] {
            assert!(is_date(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn other_groups_are_not() {
        for text in [
            "2026-13-31",
            "2126-12-31",
            "31.12-2026",
            "2026 12 31",
            "1.1.2026",
            "2026-12-3",
            "",
            "-",
            "2026-12-31-1",
        ] {
            assert!(!is_date(text.as_bytes()), "{text}");
        }
    }
}
