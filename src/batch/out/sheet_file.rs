//! The reject file of a workbook, which is a workbook of texts. A spreadsheet that opens a CSV
//! turns texts such as `=1+1` and `+79…` into formulas, and phones into numbers.

use std::io;

use crate::batch::out::outdir::{OutDir, PartFile, REJECT_SHEET, REJECTS};
use crate::batch::out::sheet_writer::SheetWriter;
use crate::batch::place::FirstPlace;
use crate::batch::source::table::RejectTable;
use crate::job::Finding;

/// The name of the sheet if the source's is not known yet.
const SHEET: &str = "rejects";

/// The reject file of a workbook that is being written.
pub(in crate::batch) struct SheetFile {
    table: RejectTable,
    sheet: SheetWriter,
    file: PartFile,
    left_out: u64,
}

impl SheetFile {
    /// Begins the file with its header. `sheet` is the name that the caller gave for the source, so
    /// that the same options read the rejects.
    pub fn begin(dir: &OutDir, table: RejectTable, sheet: Option<&str>) -> io::Result<SheetFile> {
        let mut file = dir.begin(REJECT_SHEET)?;
        let mut sheet = SheetWriter::new(sheet.unwrap_or(SHEET))?;
        let head = table.head_cells();
        sheet.row(head.iter().map(AsRef::as_ref), &mut file)?;
        Ok(SheetFile {
            table,
            sheet,
            file,
            left_out: 0,
        })
    }

    /// Where a record was in the list that was prepared first, if it says so.
    pub fn first_place(&self, record: &[u8]) -> Option<FirstPlace> {
        self.table.first_place(record)
    }

    /// Writes a rejected record.
    pub fn write_record(
        &mut self,
        record: &[u8],
        about: (&[Finding], &FirstPlace),
    ) -> io::Result<()> {
        let is_in = match self.table.record_cells(record, about) {
            Some(cells) => {
                let cells = cells.iter().map(AsRef::as_ref);
                self.sheet.row(cells, &mut self.file)?
            }
            None => false,
        };
        self.left_out += u64::from(!is_in);
        Ok(())
    }

    /// Puts the file on the disk and gives it its name. Returns a note about rows that do not fit
    /// into a sheet.
    pub fn finish(mut self) -> io::Result<Option<String>> {
        self.sheet.finish(&mut self.file)?;
        self.file.finish()?;
        Ok((self.left_out > 0).then(|| {
            let rows = match self.left_out {
                1 => "1 rejected row".to_owned(),
                rows => format!("{rows} rejected rows"),
            };
            format!("{REJECT_SHEET} lacks {rows} that a sheet can't hold; {REJECTS} has all")
        }))
    }
}
