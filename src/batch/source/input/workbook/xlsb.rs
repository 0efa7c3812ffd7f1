//! XLSB workbooks: the parts of an XLSX workbook in a binary form.

use std::io::{self, Read, Seek};

use calamine::{Reader, Xlsb};

use super::Workbook;
use super::bounded::Bounded;
use super::cells::{SheetRows, of_cells, write_value};
use super::sheet_facts::SheetEntry;
use super::sheets::Book;
use super::xlsx::{allowance_of, look_through};

/// An XLSB workbook.
pub(super) struct XlsbBook<R: Read + Seek> {
    book: Xlsb<Bounded<R>>,
    sheets: Vec<SheetEntry>,
}

/// Opens a workbook of `size` bytes.
pub(super) fn open<R: Read + Seek>(mut workbook: R, size: u64) -> io::Result<XlsbBook<R>> {
    look_through(&mut workbook, size, Workbook::Xlsb)?;
    workbook.rewind()?;
    let (workbook, allowance) = Bounded::new(workbook);
    let book = Xlsb::new(workbook).map_err(wrong)?;
    allowance.set(allowance_of(size));
    if book.sheets_metadata().is_empty() {
        return Err(Workbook::Xlsb.damaged("it has no sheet"));
    }
    let sheets = of_cells(book.sheets_metadata());
    Ok(XlsbBook {
        book,
        sheets: sheets.into_iter().map(|(_, sheet)| sheet).collect(),
    })
}

fn wrong(why: calamine::XlsbError) -> io::Error {
    match why {
        calamine::XlsbError::Io(error) => error,
        why => Workbook::Xlsb.damaged(why),
    }
}

impl<R: Read + Seek> Book for XlsbBook<R> {
    fn sheets(&self) -> Vec<SheetEntry> {
        self.sheets.clone()
    }

    fn read(&mut self, sheet: usize, rows: &mut SheetRows<'_, '_>) -> io::Result<()> {
        let name = &self.sheets[sheet].name;
        let mut cells = self.book.worksheet_cells_reader(name).map_err(wrong)?;
        rows.set_last(cells.dimensions().end.0);
        while let Some(cell) = cells.next_cell().map_err(wrong)? {
            rows.cell(cell.get_position(), |text| {
                write_value(cell.get_value(), text)
            })?;
        }
        Ok(())
    }
}
