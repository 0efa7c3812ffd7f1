//! The hours of the night, in local time.

use super::time::Time;
use super::windows::DayWindow;

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

    /// Whether a window contains a minute of the night.
    pub(super) fn meets(self, window: DayWindow) -> bool {
        let within = |from, to| window.from < to && from < window.to;
        if self.from <= self.to {
            within(self.from, self.to)
        } else {
            window.to > self.from || window.from < self.to
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

    fn window(from: u16, to: u16) -> DayWindow {
        DayWindow {
            from: Time(from * 60),
            to: Time(to * 60),
        }
    }

    #[test]
    fn both_ends_are_half_open() {
        let night = Night::default();
        assert!(!night.meets(window(8, 22)));
        assert!(night.meets(window(7, 9)));
        assert!(night.meets(window(21, 23)));
        let siesta = Night::parse("13:00-15:00").unwrap();
        assert!(!siesta.meets(window(8, 13)) && !siesta.meets(window(15, 18)));
        assert!(siesta.meets(window(14, 15)) && siesta.meets(window(8, 18)));
        let none = Night::parse("00:00-00:00").unwrap();
        assert!(!none.meets(window(0, 23)));
    }
}
