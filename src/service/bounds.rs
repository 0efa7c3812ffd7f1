//! The smallest and the largest values that the service accepts.
//!
//! A bound is written once. The constant is for code. The macro of the same name is for the texts
//! of rules, which are put together at compile time.

use std::ops::RangeInclusive;

macro_rules! bounds {
    ($($(#[$doc:meta])* $constant:ident, $text:ident = $value:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $constant: u16 = $value;

            macro_rules! $text {
                () => {
                    $value
                };
            }
        )*
    };
}

bounds! {
    /// The longest `retryIntervalInMinutes`: two days.
    MAX_RETRY_INTERVAL, max_retry_interval = 2880;
    /// The largest `maxAttempts`.
    MAX_ATTEMPTS, max_attempts = 50;
    /// The lowest `dialerPriority`. The highest is 1.
    LOWEST_PRIORITY, lowest_priority = 5;
    /// How many levels of nesting a job may have. The job's own object is the first. The documents
    /// name no bound: JSON readers give up at different depths, and no script reads as many levels.
    MAX_LEVELS, max_levels = 512;
    /// How many bytes the URL of `GET addPhone` may have: RFC 9110, 4.1, asks servers to take that
    /// many, and many take no more.
    MAX_URL_BYTES, max_url_bytes = 8000;
}

/// The range of `retryIntervalInMinutes`.
pub const RETRY_INTERVAL_IN_MINUTES: RangeInclusive<i64> = 1..=MAX_RETRY_INTERVAL as i64;
/// The range of `maxAttempts`.
pub const ATTEMPTS: RangeInclusive<i64> = 1..=MAX_ATTEMPTS as i64;
/// The range of `dialerPriority`. 1 is the highest priority.
pub const PRIORITY: RangeInclusive<i64> = 1..=LOWEST_PRIORITY as i64;
/// The range of `externalCheckMaxRetries`. The documents name none; a Java `int` holds no more.
pub const EXTERNAL_CHECK_RETRIES: RangeInclusive<i64> = 0..=i32::MAX as i64;
