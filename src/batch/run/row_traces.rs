//! What a report would say of rows that may turn out to be duplicates: where they begin, and their
//! phones as they came.
//!
//! The bytes of a row may be gone when it is found to be a duplicate. An offset takes four bytes, and
//! a phone nothing if it came as the digits that are sent.

use crate::batch::run::block::TracedRow;
use crate::job;
use crate::json::quoted;

/// The traces of some rows, which come in order.
#[derive(Default)]
pub(in crate::batch::run) struct RowTraces {
    stretches: Vec<Stretch>,
    bytes: usize,
}

/// The traces of rows that follow each other.
struct Stretch {
    first: u64,
    /// The byte at which the first row begins.
    begin: u64,
    /// How many bytes later each row begins.
    offsets: Box<[u32]>,
    /// The phones that came in another form, in order.
    phones: Box<[OtherPhone]>,
    texts: Box<[u8]>,
}

#[derive(Clone, Copy)]
struct OtherPhone {
    /// The place of its row in the stretch.
    row: u32,
    /// Where its text ends in the texts; it begins where the one before it ends.
    end: u32,
    part: Option<u16>,
}

/// What is known of one row.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::batch::run) struct RowTrace<'t> {
    /// The byte at which it begins.
    pub offset: u64,
    pub part: Option<u16>,
    /// The JSON text of its phone; `None` if it is the digits of the number.
    pub phone: Option<&'t [u8]>,
}

/// A longer text is kept as it is shown.
const LONG: usize = 256;

impl RowTraces {
    /// Adds rows that follow each other, the first of which is `first`.
    pub fn extend<'t>(&mut self, first: u64, rows: impl Iterator<Item = TracedRow<'t>>) {
        let (mut offsets, mut phones, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut first, mut begin) = (first, 0);
        for row in rows {
            if offsets.is_empty() {
                begin = row.offset;
            }
            let mut passed = u32::try_from(row.offset - begin);
            if passed.is_err() || texts.len() > u32::MAX as usize / 2 {
                let next = first + offsets.len() as u64;
                self.push(first, begin, (&mut offsets, &mut phones, &mut texts));
                (first, begin, passed) = (next, row.offset, Ok(0));
            }
            if let Some(phone) = row.phone {
                match phone.len() {
                    0..LONG => texts.extend_from_slice(phone),
                    _ => {
                        let shown = job::shown(&String::from_utf8_lossy(phone));
                        texts.extend_from_slice(quoted(&shown).as_bytes());
                    }
                }
                phones.push(OtherPhone {
                    row: offsets.len() as u32,
                    end: texts.len() as u32,
                    part: row.part,
                });
            }
            offsets.extend(passed);
        }
        self.push(first, begin, (&mut offsets, &mut phones, &mut texts));
    }

    fn push(
        &mut self,
        first: u64,
        begin: u64,
        (offsets, phones, texts): (&mut Vec<u32>, &mut Vec<OtherPhone>, &mut Vec<u8>),
    ) {
        let stretch = Stretch {
            first,
            begin,
            offsets: std::mem::take(offsets).into_boxed_slice(),
            phones: std::mem::take(phones).into_boxed_slice(),
            texts: std::mem::take(texts).into_boxed_slice(),
        };
        self.bytes += size_of::<Stretch>()
            + size_of_val(&*stretch.offsets)
            + size_of_val(&*stretch.phones)
            + stretch.texts.len();
        self.stretches.push(stretch);
    }

    /// The trace of a row, if it was added.
    pub fn of(&self, row: u64) -> Option<RowTrace<'_>> {
        let after = self
            .stretches
            .partition_point(|stretch| stretch.first <= row);
        let stretch = &self.stretches[after.checked_sub(1)?];
        let place = u32::try_from(row - stretch.first).ok()?;
        let offset = stretch.begin + u64::from(*stretch.offsets.get(place as usize)?);
        let other = stretch
            .phones
            .binary_search_by_key(&place, |phone| phone.row);
        let (part, phone) = match other {
            Ok(found) => {
                let before = found
                    .checked_sub(1)
                    .map(|before| stretch.phones[before].end);
                let OtherPhone { end, part, .. } = stretch.phones[found];
                let text = &stretch.texts[before.unwrap_or(0) as usize..end as usize];
                (part, Some(text))
            }
            Err(_) => (None, None),
        };
        Some(RowTrace {
            offset,
            part,
            phone,
        })
    }

    /// About how many bytes they take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn clear(&mut self) {
        *self = RowTraces::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(offset: u64, part: Option<u16>, phone: Option<&'static str>) -> TracedRow<'static> {
        TracedRow {
            offset,
            part,
            phone: phone.map(str::as_bytes),
        }
    }

    #[test]
    fn each_row_has_its_trace() {
        let mut traces = RowTraces::default();
        let far = u64::from(u32::MAX);
        traces.extend(
            3,
            [
                row(10, None, None),
                row(40, Some(1), Some("\"+1\"")),
                row(40 + far, None, Some("2")),
                row(50 + far, None, None),
            ]
            .into_iter(),
        );
        traces.extend(7, [row(60 + far, None, None)].into_iter());
        traces.extend(8, std::iter::empty());
        traces.extend(9, [row(70 + far, None, Some("\"\""))].into_iter());
        let all: Vec<_> = (2..11).map(|row| traces.of(row)).collect();
        let trace = |offset, part, phone: Option<&'static str>| {
            Some(RowTrace {
                offset,
                part,
                phone: phone.map(str::as_bytes),
            })
        };
        let expected = [
            None,
            trace(10, None, None),
            trace(40, Some(1), Some("\"+1\"")),
            trace(40 + far, None, Some("2")),
            trace(50 + far, None, None),
            trace(60 + far, None, None),
            None,
            trace(70 + far, None, Some("\"\"")),
            None,
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn a_long_phone_is_shown_as_it_would_have_been() {
        let long = Box::leak(format!("\"\\\"{}\"", "1ж".repeat(300)).into_boxed_str());
        let mut traces = RowTraces::default();
        traces.extend(0, [row(0, None, Some(long))].into_iter());
        let kept = traces.of(0).unwrap().phone.unwrap();
        assert!(kept.len() < LONG);
        assert_eq!(job::shown(str::from_utf8(kept).unwrap()), job::shown(long));
    }
}
