//! The hours of the night, in local time.

use super::time::Time;
use crate::job::ringing::Week;

/// The hours of the night: the beginning is included, the end is not; usually they cross midnight.
///
/// ```
/// use predial::job::Night;
/// assert_eq!(Night::default(), Night::parse("22:00-08:00").unwrap());
/// assert_eq!(Night::parse("21:00-09:00").unwrap().to_string(), "21:00-09:00");
/// assert!(Night::parse("9-21").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Night {
    from: Time,
    to: Time,
}

impl Default for Night {
    /// 22:00 to 08:00.
    fn default() -> Self {
        Night {
            from: Time(22 * 60),
            to: Time(8 * 60),
        }
    }
}

impl Night {
    /// The hours in a text such as `22:00-08:00`. If both times are equal, there is no night.
    pub fn parse(text: &str) -> Option<Night> {
        let (from, to) = text.split_once('-')?;
        Some(Night {
            from: Time::parse(from)?,
            to: Time::parse(to)?,
        })
    }

    /// The night of every day of a week. Both ends are half open.
    pub(in crate::job) fn week(self) -> Week {
        let (from, to) = (u32::from(self.from.0), u32::from(self.to.0));
        let parts = match from <= to {
            true => [(from, to), (0, 0)],
            false => [(0, to), (from, 24 * 60)],
        };
        let some = parts.into_iter().filter(|(from, to)| from < to);
        Week::new((0..7).flat_map(|day| some.clone().map(move |(from, to)| (day, from, to))))
    }

    /// Both ends in one number, for a clause that is written later.
    pub(in crate::job) fn packed(self) -> i32 {
        i32::from(self.from.0) << 16 | i32::from(self.to.0)
    }

    /// The night of a number from [`Night::packed`].
    pub(in crate::job) fn of_packed(packed: i32) -> Night {
        Night {
            from: Time((packed >> 16) as u16),
            to: Time(packed as u16),
        }
    }
}

impl std::fmt::Display for Night {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The night of a week, and windows of its Monday.
    fn night(text: &str) -> Week {
        Night::parse(text).unwrap().week()
    }

    #[test]
    fn both_ends_are_half_open() {
        let monday = |from: u32, to: u32| Week::new([(0, from * 60, to * 60)].into_iter());
        let by_night = |text, from, to| !monday(from, to).and(&night(text)).is_empty();
        assert!(!by_night("22:00-08:00", 8, 22));
        assert!(by_night("22:00-08:00", 7, 9) && by_night("22:00-08:00", 21, 23));
        assert!(!by_night("13:00-15:00", 8, 13) && !by_night("13:00-15:00", 15, 18));
        assert!(by_night("13:00-15:00", 14, 15) && by_night("13:00-15:00", 8, 18));
        assert!(night("00:00-00:00").is_empty() && night("07:00-07:00").is_empty());
        assert!(by_night("22:00-00:00", 23, 24) && !by_night("22:00-00:00", 0, 22));
    }

    #[test]
    fn a_night_fits_in_a_number() {
        for text in ["22:00-08:00", "00:00-23:59", "23:59-00:00"] {
            let night = Night::parse(text).unwrap();
            assert_eq!(Night::of_packed(night.packed()), night);
        }
    }
}
