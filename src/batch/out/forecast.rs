//! What a forecast says.

/// When the jobs of a list may ring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// The beginning of the first hour, in seconds since 1970.
    pub begin: i64,
    /// How many sendable jobs may ring in each hour.
    pub hours: Vec<u64>,
    /// How many sendable jobs may ring in each hour of the next seven days by their own clocks, from
    /// the first hour of Monday. A job that may be in several zones counts by the clock of one.
    pub local_week: Vec<u64>,
    /// How many jobs can be sent.
    pub jobs: u64,
    /// How many of them have no policy, and may ring at any time.
    pub free: u64,
    /// How many were rejected because their policies leave no time.
    pub never: u64,
    /// How many were rejected because their finish has passed.
    pub expired: u64,
    /// How many of those that can be sent ring only at night.
    pub night_only: u64,
    /// What becomes of the queue, if it is asked for.
    pub queue: Option<ForecastQueue>,
}

/// What becomes of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForecastQueue {
    /// When the last call ends, in milliseconds since 1970; `None` if there is none, or if jobs are
    /// left after 366 days.
    pub done: Option<i64>,
    /// How many jobs are not called before their last time is over.
    pub missed: u64,
}
