//! The days of the week, as `allowedDays` and the keys of `allowedTime` name them.

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// Every day, Monday first.
    pub const ALL: [Day; 7] = [
        Day::Mon,
        Day::Tue,
        Day::Wed,
        Day::Thu,
        Day::Fri,
        Day::Sat,
        Day::Sun,
    ];

    /// The service's name for the day.
    pub const fn name(self) -> &'static str {
        match self {
            Day::Mon => "mon",
            Day::Tue => "tue",
            Day::Wed => "wed",
            Day::Thu => "thu",
            Day::Fri => "fri",
            Day::Sat => "sat",
            Day::Sun => "sun",
        }
    }

    /// The day of exactly this name.
    ///
    /// ```
    /// use predial::service::Day;
    /// assert_eq!(Day::from_name("mon"), Some(Day::Mon));
    /// assert_eq!(Day::from_name("Mon"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Day> {
        Day::ALL.into_iter().find(|day| day.name() == name)
    }

    /// The day after it.
    pub const fn next(self) -> Day {
        Day::ALL[(self as usize + 1) % 7]
    }
}
