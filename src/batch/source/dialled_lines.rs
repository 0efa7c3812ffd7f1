//! Lines of jobs that were written from a table with a column of countries or of calling codes. Such a
//! column is not a part of the job, so the region of a line is before its job:
//!
//! ```text
//! line   = region mark json
//! region = 2ALPHA / "--"      ; ISO 3166-1 alpha-2; none if the row says none
//! mark   = "+" / " " / "?"    ; a calling code says the region, or a country; or no country is known
//! ```

use crate::batch::error::BatchError;
use crate::batch::place::RowRegion;
use crate::batch::source::json::line_content;
use crate::batch::source::limit::RowLimit;
use crate::batch::source::row::{OnRow, Row, RowContent, RowCountry};
use crate::batch::source::table::row_country;
use crate::job::JobShapes;
use crate::phone;

/// What is before the job of a line.
pub const PREFIX: usize = 3;

/// The beginning of the line of a row with these calling codes and countries.
pub fn prefix<'c>(
    codes: impl Iterator<Item = &'c str>,
    countries: impl Iterator<Item = &'c str>,
) -> [u8; PREFIX] {
    let region = match row_country(codes, countries) {
        RowCountry::Region(region) => region,
        RowCountry::Unsaid => return *b"-- ",
        RowCountry::Unknown(_) => return *b"--?",
    };
    let mark = match region.is_calling_code {
        true => b'+',
        false => b' ',
    };
    match region.region.code().as_bytes() {
        [first, second] => [*first, *second, mark],
        _ => *b"-- ",
    }
}

fn country(prefix: &str) -> RowCountry<'static> {
    if prefix.ends_with('?') {
        return RowCountry::Unknown(None);
    }
    let region = prefix.get(..2).and_then(phone::region);
    region.map_or(RowCountry::Unsaid, |region| {
        RowCountry::Region(RowRegion {
            region,
            is_calling_code: prefix.ends_with('+'),
        })
    })
}

/// Hands over each line. Returns how many bytes of the window the lines take.
pub fn each(
    (window, whole, offset): (&[u8], bool, u64),
    limit: RowLimit,
    shapes: &mut JobShapes,
    on_row: &mut OnRow<'_>,
) -> Result<usize, BatchError> {
    let mut fields = Vec::new();
    let mut start = 0;
    while start < window.len() {
        let end = match memchr::memchr(b'\n', &window[start..]) {
            Some(length) => start + length,
            None if whole => window.len(),
            None => break,
        };
        let line = str::from_utf8(&window[start..end]).unwrap_or_default();
        let (before, text) = line.split_at_checked(PREFIX).unwrap_or((line, ""));
        let content = match limit.allows(text.len()) {
            true => line_content(text, &mut fields, shapes),
            false => RowContent::TooLong {
                length: text.len() as u64,
                is_record: false,
            },
        };
        let taken = on_row(Row {
            offset: Some(offset + start as u64),
            first: None,
            country: country(before),
            content,
        })?;
        start = (end + 1).min(window.len());
        if taken.is_break() {
            break;
        }
    }
    Ok(start)
}
