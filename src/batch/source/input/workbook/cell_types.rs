//! The types of the cells of a sheet, beside its text: numbers, truth values, dates and errors.
//!
//! The cells of a column mostly have one type, so the types are runs: from a row on, the cells of a
//! column have this type. A sheet whose types alternate from cell to cell would take more than its text;
//! after [`MOST_RUNS`] runs the remaining cells count as texts.

/// What a cell of a sheet is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum CellType {
    /// A text.
    #[default]
    Text,
    /// A number.
    Number,
    /// `TRUE` or `FALSE`.
    Truth,
    /// A date, a time of day, or both.
    Date,
    /// A duration in hours, minutes and seconds.
    Duration,
    /// An error of a formula, such as `#N/A`.
    Error,
}

impl CellType {
    const ALL: [CellType; 6] = [
        CellType::Text,
        CellType::Number,
        CellType::Truth,
        CellType::Date,
        CellType::Duration,
        CellType::Error,
    ];

    fn from_byte(byte: u8) -> CellType {
        let found = Self::ALL.into_iter().find(|each| *each as u8 == byte);
        found.unwrap_or_default()
    }
}

/// How many runs are kept of a sheet, 7 MiB in all.
const MOST_RUNS: u32 = 1 << 20;
/// The bytes of a run: its first row, its column, its type. The low byte of a number is first.
const RUN: usize = 7;
/// The column of a run of texts in all columns. No sheet has so many.
const ALL_COLUMNS: u16 = u16::MAX;

/// Notes the types of cells, which come row by row.
#[derive(Debug, Default)]
pub(super) struct TypeRuns {
    /// The type of the last cell of each column.
    last: Vec<CellType>,
    /// The runs that were not taken yet.
    runs: Vec<u8>,
    count: u32,
}

impl TypeRuns {
    /// Notes the type of a cell.
    pub fn note(&mut self, (row, column): (u32, u32), cell_type: CellType) {
        let column = column as usize;
        let last = self.last.get(column).copied().unwrap_or_default();
        if last == cell_type || self.count > MOST_RUNS {
            return;
        }
        self.count += 1;
        let Some(of_run) = u16::try_from(column)
            .ok()
            .filter(|_| self.count <= MOST_RUNS)
        else {
            return self.push(row, ALL_COLUMNS, CellType::Text);
        };
        if self.last.len() <= column {
            self.last.resize(column + 1, CellType::Text);
        }
        self.last[column] = cell_type;
        self.push(row, of_run, cell_type);
    }

    fn push(&mut self, row: u32, column: u16, cell_type: CellType) {
        self.runs.extend_from_slice(&row.to_le_bytes());
        self.runs.extend_from_slice(&column.to_le_bytes());
        self.runs.push(cell_type as u8);
    }

    /// The runs since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.runs)
    }
}

/// The types of the cells of a sheet that was read so far.
#[derive(Debug, Default)]
pub(in crate::batch::source::input) struct CellTypes {
    /// Of each column the first rows of its runs, and their types.
    columns: Vec<Vec<(u32, CellType)>>,
    /// The row from which on all cells count as texts.
    end: Option<u32>,
}

impl CellTypes {
    /// Adds runs as [`TypeRuns::take`] hands them over.
    pub fn add(&mut self, runs: &[u8]) {
        for run in runs.chunks_exact(RUN) {
            let &[r0, r1, r2, r3, c0, c1, kind] = run else {
                continue;
            };
            let row = u32::from_le_bytes([r0, r1, r2, r3]);
            match u16::from_le_bytes([c0, c1]) {
                ALL_COLUMNS => self.end = Some(row),
                column => {
                    let column = usize::from(column);
                    if self.columns.len() <= column {
                        self.columns.resize_with(column + 1, Vec::new);
                    }
                    self.columns[column].push((row, CellType::from_byte(kind)));
                }
            }
        }
    }

    /// The type of a cell that has a value; rows and columns count from 0.
    pub fn of(&self, row: u32, column: usize) -> CellType {
        if self.end.is_some_and(|end| row >= end) {
            return CellType::Text;
        }
        let runs = self.columns.get(column).map_or(&[][..], Vec::as_slice);
        let after = runs.partition_point(|(first, _)| *first <= row);
        let run = after.checked_sub(1).and_then(|place| runs.get(place));
        run.map_or(CellType::Text, |(_, cell_type)| *cell_type)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_cell_has_its_type(
            rows in proptest::collection::vec(proptest::collection::vec(0..6_u8, 1..5), 1..40),
            taken in 1..7_usize,
        ) {
            let (mut runs, mut types) = (TypeRuns::default(), CellTypes::default());
            for (row, cells) in rows.iter().enumerate() {
                for (column, kind) in cells.iter().enumerate() {
                    runs.note((row as u32, column as u32), CellType::from_byte(*kind));
                }
                if row % taken == 0 {
                    types.add(&runs.take());
                }
            }
            types.add(&runs.take());
            for (row, cells) in rows.iter().enumerate() {
                for (column, kind) in cells.iter().enumerate() {
                    let found = types.of(row as u32, column);
                    prop_assert_eq!(found, CellType::from_byte(*kind), "{} {}", row, column);
                }
            }
        }
    }

    #[test]
    fn cells_after_too_many_runs_are_texts() {
        let (mut runs, mut types) = (TypeRuns::default(), CellTypes::default());
        let kind = |row: u32| match row % 2 {
            0 => CellType::Number,
            _ => CellType::Text,
        };
        for row in 0..MOST_RUNS + 4 {
            runs.note((row, 3), kind(row));
        }
        types.add(&runs.take());
        assert_eq!(types.of(MOST_RUNS - 2, 3), CellType::Number);
        assert_eq!(types.of(MOST_RUNS, 3), CellType::Text);
        assert_eq!(types.of(MOST_RUNS + 2, 3), CellType::Text);
        assert_eq!(types.of(5, 2), CellType::Text);
    }
}
