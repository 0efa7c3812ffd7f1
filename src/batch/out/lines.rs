//! The lines of rows, in little space: in most lists the lines of neighbouring rows differ by one and
//! the same number.

/// The lines of some rows, which come in order: runs `[row, line, step]`. From that row on, up to the
/// row of the next run, each next row is `step` lines further.
#[derive(Clone, Debug, Default)]
pub(in crate::batch) struct RowLines {
    runs: Vec<[u64; 3]>,
    /// Whether the last run has one row only, so that its step is still open.
    is_open: bool,
}

impl RowLines {
    /// Adds a row that comes after the others.
    pub fn push(&mut self, row: u64, line: u64) {
        if let Some(last) = self.runs.last_mut() {
            if line_in(last, row) == line {
                // A row may be several jobs, which say nothing of the next row.
                self.is_open &= row == last[0];
                return;
            }
            if self.is_open
                && let Some(step) = step_between(*last, row, line)
            {
                last[2] = step;
                self.is_open = false;
                return;
            }
        }
        self.runs.push([row, line, 0]);
        self.is_open = true;
    }

    /// Adds rows that follow each other, each one line after the one before it.
    pub fn push_even(&mut self, row: u64, line: u64, count: u64) {
        // The second one ends a run with another step, and the last one is in the run of the second.
        for place in [0, 1, count.saturating_sub(1)] {
            if place < count {
                self.push(row + place, line + place);
            }
        }
    }

    /// The line of a row that was added, or that is between two of even rows.
    pub fn line_of(&self, row: u64) -> Option<u64> {
        line_of(&self.runs, row)
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.runs)
    }

    pub fn into_runs(self) -> Vec<[u64; 3]> {
        self.runs
    }
}

/// By how many lines each row must be further than the one before it, if `row` is to be in that line.
fn step_between([first, begin, _]: [u64; 3], row: u64, line: u64) -> Option<u64> {
    let (rows, lines) = (row.checked_sub(first)?, line.checked_sub(begin)?);
    lines
        .checked_rem(rows)
        .is_some_and(|rest| rest == 0)
        .then(|| lines / rows)
}

/// The line of a row that is not before the run. A manifest may have been edited, so nothing is
/// expected of the numbers.
fn line_in([first, begin, step]: &[u64; 3], row: u64) -> u64 {
    begin.saturating_add(step.saturating_mul(row.saturating_sub(*first)))
}

/// The line of a row, from its runs; `None` if they begin after it.
pub fn line_of(runs: &[[u64; 3]], row: u64) -> Option<u64> {
    let after = runs.partition_point(|[first, ..]| *first <= row);
    let run = runs.get(after.checked_sub(1)?)?;
    Some(line_in(run, row))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn runs_of(rows: &[(u64, u64)]) -> Vec<[u64; 3]> {
        let mut lines = RowLines::default();
        for (row, line) in rows {
            lines.push(*row, *line);
        }
        lines.into_runs()
    }

    #[test]
    fn even_lists_take_one_run() {
        let doubled: Vec<_> = (0..1000).map(|job| (job / 2, job / 2 + 2)).collect();
        assert_eq!(runs_of(&doubled), [[0, 2, 1]]);
        let table: Vec<_> = (0..1000).map(|row| (row, row + 2)).collect();
        assert_eq!(runs_of(&table), [[0, 2, 1]]);
        let one_line: Vec<_> = (0..1000).map(|row| (row, 1)).collect();
        assert_eq!(runs_of(&one_line), [[0, 1, 0]]);
        let pretty: Vec<_> = (0..1000).step_by(3).map(|row| (row, 4 * row + 2)).collect();
        assert_eq!(runs_of(&pretty), [[0, 2, 4]]);
        assert_eq!(
            runs_of(&[(0, 2), (1, 3), (2, 6), (3, 7)]),
            [[0, 2, 1], [2, 6, 1]]
        );
    }

    #[test]
    fn even_rows_are_as_if_added_one_by_one() {
        for before in [
            vec![],
            vec![(0, 1)],
            vec![(0, 1), (2, 5)],
            vec![(0, 3), (1, 3), (2, 4)],
        ] {
            for count in 1..6 {
                let mut lines = RowLines::default();
                for (row, line) in &before {
                    lines.push(*row, *line);
                }
                lines.push_even(7, 9, count);
                lines.push(7 + count, 40);
                for place in 0..count {
                    assert_eq!(
                        lines.line_of(7 + place),
                        Some(9 + place),
                        "{before:?} {count}"
                    );
                }
                assert_eq!(lines.line_of(7 + count), Some(40));
            }
        }
    }

    proptest! {
        #[test]
        fn each_row_has_its_line(steps in vec((1..4u64, 0..4u64), 1..50), first in 0..9u64) {
            let (mut row, mut line, mut rows) = (first, 1, Vec::new());
            for (next, lines) in steps {
                rows.push((row, line));
                (row, line) = (row + next, line + lines);
            }
            let runs = runs_of(&rows);
            for (row, line) in rows {
                prop_assert_eq!(line_of(&runs, row), Some(line));
            }
            prop_assert_eq!(first.checked_sub(1).and_then(|row| line_of(&runs, row)), None);
        }

        #[test]
        fn edited_runs_are_read(runs in vec(any::<[u64; 3]>(), 0..4), row: u64) {
            line_of(&runs, row);
        }
    }
}
