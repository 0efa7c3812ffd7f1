//! The local times of a week at which calls are allowed.

/// Seconds of a day and of a week.
const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// The distance to the Monday before: 1970-01-01 was a Thursday.
const MONDAY: i64 = 3 * DAY;

/// Parts of a week, each with its end excluded, in seconds since the beginning of Monday; sorted,
/// and no two touch each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::job) struct Week(Vec<(i64, i64)>);

impl Week {
    /// The week of these windows: the day (0 is Monday), and minutes of the day.
    pub fn new(windows: impl Iterator<Item = (u32, u32, u32)>) -> Self {
        let mut all: Vec<(i64, i64)> = windows
            .map(|(day, from, to)| {
                let midnight = i64::from(day) * DAY;
                let at = |minute: u32| midnight + i64::from(minute) * 60;
                (at(from), at(to))
            })
            .collect();
        all.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::with_capacity(all.len());
        for (from, to) in all {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        Week(merged)
    }

    /// The week in which calls are allowed at any time.
    pub fn full() -> Self {
        Week(vec![(0, WEEK)])
    }

    /// The times that are allowed in both weeks.
    pub fn and(&self, other: &Week) -> Week {
        let both = self.0.iter().flat_map(|&(from, to)| {
            let overlap = move |&(start, end): &(i64, i64)| (from.max(start), to.min(end));
            other.0.iter().map(overlap)
        });
        Week(both.filter(|(from, to)| from < to).collect())
    }

    /// The times that are allowed in this week and not in the other.
    pub fn without(&self, other: &Week) -> Week {
        let ends = other.0.iter().map(|(_, to)| *to);
        let starts = other.0.iter().map(|(from, _)| *from);
        let gaps = std::iter::once(0).chain(ends).zip(starts.chain([WEEK]));
        self.and(&Week(gaps.collect()))
    }

    /// Whether any time is allowed in both weeks.
    pub fn meets(&self, other: &Week) -> bool {
        let meets = |&(from, to): &(i64, i64)| {
            let mut parts = other.0.iter();
            parts.any(|&(start, end)| from < end && start < to)
        };
        self.0.iter().any(meets)
    }

    /// Whether nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether calls are allowed at any time.
    pub fn is_full(&self) -> bool {
        self.0 == [(0, WEEK)]
    }

    /// The first part of allowed local time that ends after `local`, without what comes before it:
    /// its start and its end, in seconds since 1970-01-01T00:00:00 of the local clock. `None` if
    /// nothing is allowed.
    pub fn next(&self, local: i64) -> Option<(i64, i64)> {
        if self.is_full() {
            return Some((local, i64::MAX));
        }
        let second = (local + MONDAY).rem_euclid(WEEK);
        let monday = local - second;
        let (first, last) = (self.0.first()?, self.0.last()?);
        let (from, to) = match self.0.iter().find(|(_, to)| *to > second) {
            Some(&(from, to)) => (monday + from, monday + to),
            None => (monday + WEEK + first.0, monday + WEEK + first.1),
        };
        // Sunday's last part may continue with Monday's first.
        let goes_on = first.0 == 0 && last.1 == WEEK && to == monday + WEEK;
        let to = if goes_on { to + first.1 } else { to };
        Some((from.max(local), to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_never_touch_each_other() {
        let week = Week::new([(0, 600, 660), (0, 0, 600), (6, 1200, 1440)].into_iter());
        assert_eq!(week.0, [(0, 39_600), (6 * DAY + 72_000, WEEK)]);
        let all = Week::new((0..7).map(|day| (day, 0, 1440)));
        assert!(all.is_full());
    }

    #[test]
    fn weeks_are_sets() {
        let early = Week::new([(0, 0, 600), (6, 0, 600)].into_iter());
        let late = Week::new([(0, 540, 1440), (6, 540, 1440)].into_iter());
        let both = Week::new([(0, 540, 600), (6, 540, 600)].into_iter());
        assert_eq!(early.and(&late), both);
        assert_eq!(
            early.without(&late),
            Week::new([(0, 0, 540), (6, 0, 540)].into_iter())
        );
        assert!(early.without(&Week::full()).is_empty());
        assert_eq!(early.and(&Week::full()), early);
        assert!(early.meets(&late) && !early.meets(&late.without(&early)));
        let nothing = Week::new(std::iter::empty());
        assert!(nothing.is_empty() && early.and(&nothing).is_empty());
        assert!(Week::full().without(&nothing).is_full());
    }

    #[test]
    fn sunday_continues_with_monday() {
        let week = Week::new([(0, 0, 60), (6, 1380, 1440)].into_iter());
        let monday = 4 * DAY; // 1970-01-05
        let (from, to) = (monday - 3600, monday + 3600);
        assert_eq!(week.next(0), Some((from, to)));
        assert_eq!(week.next(from), Some((from, to)));
        assert_eq!(week.next(monday), Some((monday, to)));
        assert_eq!(week.next(to), Some((from + WEEK, to + WEEK)));
        assert_eq!(week.next(-WEEK), Some((from - WEEK, to - WEEK)));
    }
}
