//! Columns of an earlier file of predial that somebody has moved behind columns of the list.
//!
//! A file that is written from such a list has columns of its own, so these are left out, as those before
//! the list are.

use std::borrow::Cow;

use super::dialect::{Bounds, Dialect, Split};
use super::mapping::{ColumnMapping, is_own};

/// The places of such columns, in order, if the own columns before the list were left out already.
#[derive(Debug, Default)]
pub(super) struct MovedColumns(Vec<usize>);

impl MovedColumns {
    /// Those of a table. Lines that are in quotes as a whole stay as they are: none of their cells has an
    /// end of its own.
    pub fn of(mapping: &ColumnMapping, dialect: Dialect) -> MovedColumns {
        if dialect.is_wrapped || !mapping.has_header {
            return MovedColumns::default();
        }
        let of_list = mapping.columns().iter().skip(mapping.own_columns());
        let own = of_list
            .enumerate()
            .filter(|(_, column)| is_own(&column.column));
        MovedColumns(own.map(|(place, _)| place).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The cells without those of these columns.
    pub fn left_out<T>(&self, cells: Vec<T>) -> Vec<T> {
        let all = cells.into_iter().enumerate();
        all.filter(|(place, _)| !self.0.contains(place))
            .map(|(_, cell)| cell)
            .collect()
    }

    /// The place of a column that stays, before any were left out.
    pub fn place_before(&self, place: usize) -> usize {
        (self.0.iter()).fold(place, |place, moved| place + usize::from(*moved <= place))
    }

    /// A record without the cells of these columns; the others stay byte for byte. One whose cells can't
    /// be separated stays as it is.
    pub fn cut_from<'r>(&self, record: &'r [u8], dialect: Dialect) -> Cow<'r, [u8]> {
        if self.is_empty() {
            return Cow::Borrowed(record);
        }
        let mut spans = Vec::new();
        let mut marked = dialect.marked(record);
        let split = dialect.split(&mut marked, 0, true, Bounds::ALL, &mut spans);
        if !matches!(split, Split::Record { count, .. } if count <= spans.len()) {
            return Cow::Borrowed(record);
        }
        let mut cells: Vec<&[u8]> = Vec::with_capacity(spans.len());
        let mut begin = 0;
        for span in &spans {
            // After its text come at most a quote and blanks.
            let mut rest = record[span.end..].iter();
            let length = rest.position(|byte| *byte == dialect.delimiter);
            let end = length.map_or(record.len(), |length| span.end + length);
            cells.push(&record[begin..end]);
            begin = (end + 1).min(record.len());
        }
        Cow::Owned(self.left_out(cells).join(&dialect.delimiter))
    }
}
