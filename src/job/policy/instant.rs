//! Instants, and local times that become instants with an offset.

/// An instant, to a nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    pub seconds: i64,
    /// Nanoseconds after them.
    pub nanos: u32,
}

impl Instant {
    /// Before all others.
    pub(crate) const FIRST: Instant = Instant::of_seconds(i64::MIN);
    /// After all others that are used.
    pub(crate) const LAST: Instant = Instant::of_seconds(i64::MAX);

    /// The beginning of a second.
    pub const fn of_seconds(seconds: i64) -> Self {
        Instant { seconds, nanos: 0 }
    }
}

/// A date and time without an offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::job) struct LocalDateTime {
    /// Its text in the form of RFC 3339.
    text: String,
    /// Seconds since 1970-01-01T00:00:00 of its own clock.
    pub seconds: i64,
    /// Whether it is the midnight at which a day begins, of a date without a time.
    pub begins_a_day: bool,
}

impl LocalDateTime {
    /// A date-time of this text and this many seconds since 1970-01-01T00:00:00 of its own clock.
    pub(super) fn new(text: String, seconds: i64) -> Self {
        LocalDateTime {
            text,
            seconds,
            begins_a_day: false,
        }
    }

    /// The same, as the midnight of a date without a time.
    pub(super) fn midnight(text: String, seconds: i64) -> Self {
        LocalDateTime {
            begins_a_day: true,
            ..LocalDateTime::new(text, seconds)
        }
    }

    /// The date-time with this offset after it; `None` for an offset with seconds, which RFC 3339
    /// does not have.
    pub fn with_offset(&self, offset: i32) -> Option<String> {
        if offset % 60 != 0 {
            return None;
        }
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.unsigned_abs() / 60;
        Some(format!(
            "{}{sign}{:02}:{:02}",
            self.text,
            minutes / 60,
            minutes % 60
        ))
    }
}
