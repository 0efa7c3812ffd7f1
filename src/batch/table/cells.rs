//! Rows whose cells come apart already, as those of a workbook's sheet do.

use super::super::source::{Asked, Halt, OnRow};
use super::compose::{Cell, Composer, Plan};
use super::dialect::Dialect;
use super::mapping::{Mapping, is_phone};

/// Whoever hands over rows of cells.
pub trait CellRows {
    /// Puts the texts of the next row's cells into `into`, which is empty; false where there are
    /// no more rows.
    fn next(&mut self, into: &mut Vec<String>) -> Result<bool, Halt>;
}

/// Rows of cells of which it is known what the columns are.
pub struct Sheet<'a> {
    rows: &'a mut dyn CellRows,
    /// The first row, where it is data.
    first: Option<Vec<String>>,
    pub mapping: Mapping,
    plan: Plan,
}

impl<'a> Sheet<'a> {
    /// Reads the header.
    pub fn begin(rows: &'a mut dyn CellRows, asked: &Asked<'_>) -> Result<Sheet<'a>, Halt> {
        let mut first = Vec::new();
        while rows.next(&mut first)? && is_blank(&first) {
            first.clear();
        }
        let cells: Vec<&str> = first.iter().map(String::as_str).collect();
        let is_phone = |cell: &str| is_phone(cell, asked.phone);
        let mapping = Mapping::of(&cells, asked.table, is_phone).map_err(Halt::Usage)?;
        Ok(Sheet {
            rows,
            plan: Plan::of(&mapping, asked.table, asked.preset, asked.with_payload),
            first: (!mapping.has_header && !first.is_empty()).then_some(first),
            mapping,
        })
    }

    /// Hands over the job of each row that is not blank. Its record is what a delimited text
    /// would hold in its place.
    pub fn each_row(self, on_row: &mut OnRow<'_>) -> Result<(), Halt> {
        let mut composer = Composer::default();
        let mut record = Vec::new();
        let mut texts = self.first.unwrap_or_default();
        loop {
            if !is_blank(&texts) {
                record.clear();
                Dialect::PLAIN.write(texts.iter().map(String::as_str), &mut record);
                let cells: Vec<Cell<'_>> = texts.iter().map(|text| Cell::Text(text)).collect();
                composer.row(&self.plan, &cells, (None, &record), on_row)?;
            }
            texts.clear();
            if !self.rows.next(&mut texts)? {
                return Ok(());
            }
        }
    }
}

/// Whether a row has nothing in it: a sheet goes on below its data.
fn is_blank(texts: &[String]) -> bool {
    texts.iter().all(|text| text.trim_ascii().is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::super::preset::Preset;
    use super::super::mapping::TableOptions;
    use super::*;
    use crate::batch::source::Content;

    struct Given(std::vec::IntoIter<Vec<&'static str>>);

    impl CellRows for Given {
        fn next(&mut self, into: &mut Vec<String>) -> Result<bool, Halt> {
            let row = self.0.next();
            into.extend(row.iter().flatten().map(|text| (*text).to_owned()));
            Ok(row.is_some())
        }
    }

    fn jobs(rows: Vec<Vec<&'static str>>) -> Vec<(String, String)> {
        let mut rows = Given(rows.into_iter());
        let asked = Asked {
            table: &TableOptions::default(),
            preset: &Preset::default(),
            phone: &crate::phone::Options::default(),
            with_payload: true,
        };
        let mut jobs = Vec::new();
        let sheet = Sheet::begin(&mut rows, &asked).unwrap();
        let mut on_row = |row: super::super::super::source::Row<'_>| {
            if let Content::Composed { job, record } = row.content {
                jobs.push((
                    job.text.to_owned(),
                    String::from_utf8_lossy(record).into_owned(),
                ));
            }
            Ok(())
        };
        sheet.each_row(&mut on_row).unwrap();
        jobs
    }

    #[test]
    fn rows_of_cells_become_jobs() {
        let job = |phone: &str, name: &str, record: &str| {
            let text = format!(r#"{{"phone":"{phone}","payload":{{"name":{name}}}}}"#);
            (text, record.to_owned())
        };
        assert_eq!(
            jobs(vec![
                vec![],
                vec!["name", "Phone"],
                vec!["a,\"b\"", "79123456789"],
                vec!["", " "],
                vec!["c", "12015550123", ""],
            ]),
            [
                job("79123456789", r#""a,\"b\"""#, r#""a,""b""",79123456789"#),
                job("12015550123", r#""c""#, "c,12015550123,"),
            ]
        );
    }

    #[test]
    fn a_first_row_with_a_phone_is_data() {
        let told = jobs(vec![vec!["79123456789"], vec!["12015550123"]]);
        assert_eq!(told.len(), 2);
    }
}
