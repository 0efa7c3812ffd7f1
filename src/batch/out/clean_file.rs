//! A list written again in its own format: a text in its dialect and encoding, a workbook as XLSX,
//! JSON as lines. Only the values of the phone and of the zone are other ones.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::batch::diagnostic::PlacedFinding;
use crate::batch::error::{BatchError, at};
use crate::batch::judged::JudgedRow;
use crate::batch::out::encoded_file::EncodedFile;
use crate::batch::out::outdir::PartFile;
use crate::batch::out::rejects::write_content;
use crate::batch::out::sheet_writer::SheetWriter;
use crate::batch::place::RowPlace;
use crate::batch::source::input::{CellType, SourceInfo};
use crate::batch::source::open::OpenSource;
use crate::batch::source::table::CleanTable;
use crate::job::{self, Edit, Field, Finding, KnownField, Standing, Value, rewritten_parts};
use crate::json::on_one_line;

/// Where and how a cleaned list is written.
#[derive(Clone, Debug)]
pub struct CleanOptions {
    /// The file.
    pub path: PathBuf,
    /// Whether the rejected rows are written too, with what is wrong with them.
    pub keep: bool,
    /// Whether a file of this name may be replaced.
    pub overwrite: bool,
    /// The sheet that the caller named.
    pub sheet: Option<String>,
}

/// A cleaned list that is being written.
pub(in crate::batch) struct CleanFile {
    form: CleanFileForm,
    keeps_rejects: bool,
    /// The path, if no file may be there.
    is_free: Option<PathBuf>,
    /// Rows that the file can't hold.
    left_out: u64,
    /// Buffer for one line.
    line: Vec<u8>,
}

/// A sheet that is being written.
struct CleanSheet {
    writer: SheetWriter,
    /// Knows the types of the cells of the sheet that is read.
    info: Option<SourceInfo>,
}

enum CleanFileForm {
    Text(CleanTable, EncodedFile),
    Sheet(CleanTable, Box<CleanSheet>, PartFile),
    Lines(PartFile),
}

/// What a cleaned list is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WrittenForm {
    Text,
    Workbook,
    Lines,
}

impl WrittenForm {
    const ENDINGS: [(WrittenForm, &'static [&'static str]); 3] = [
        (WrittenForm::Text, &["csv", "tsv", "tab"]),
        (WrittenForm::Workbook, &["xlsx"]),
        (WrittenForm::Lines, &["ndjson", "jsonl", "json"]),
    ];
    /// Endings of files that are never written.
    const OTHERS: [&'static str; 17] = [
        "xls", "xlsm", "xlsb", "ods", "html", "htm", "parquet", "arrow", // not written
        "gz", "gzip", "zst", "zip", "bz2", "xz", "lz4", "7z", "rar", // nothing is compressed
    ];

    /// Refuses a file whose name says that it has another form. Other endings may be anything.
    fn refuse_other_ending(self, path: &Path) -> Result<(), String> {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let ending = ending.to_ascii_lowercase();
        let of_form = |form: &(WrittenForm, &[&str])| form.1.contains(&&*ending);
        let is_refused = match Self::ENDINGS.iter().find(|form| of_form(form)) {
            Some((form, _)) => *form != self,
            None => Self::OTHERS.contains(&&*ending),
        };
        if !is_refused {
            return Ok(());
        }
        let (what, fits) = match self {
            WrittenForm::Text => ("this list is a text", ".csv or .tsv"),
            WrittenForm::Workbook => ("a workbook is written as XLSX", ".xlsx"),
            WrittenForm::Lines => ("this list is written as one job in each line", ".ndjson"),
        };
        let path = path.display();
        Err(format!(
            "{path} has the wrong ending: {what}; choose a name that ends in {fits}"
        ))
    }
}

impl CleanFile {
    /// Begins the file of a source.
    pub fn begin(wanted: &CleanOptions, source: &OpenSource<'_>) -> Result<CleanFile, BatchError> {
        let is_free = (!wanted.overwrite).then(|| wanted.path.clone());
        refuse_if_there(is_free.as_deref())?;
        let info = source.info.as_ref();
        let book = info.is_some_and(|info| info.detected().workbook.is_some());
        let table = source.clean_table(wanted.keep);
        let written = match &table {
            None => WrittenForm::Lines,
            Some(_) if book => WrittenForm::Workbook,
            Some(_) => WrittenForm::Text,
        };
        written
            .refuse_other_ending(&wanted.path)
            .map_err(BatchError::Usage)?;
        let mut file = PartFile::beside(&wanted.path)?;
        let form = match table {
            None => CleanFileForm::Lines(file),
            Some(table) if book => {
                let found = info.and_then(|info| info.detected().sheet);
                let name = wanted.sheet.clone().or(found);
                let mut writer = SheetWriter::new(name.as_deref().unwrap_or("Sheet1"))?;
                for row in table.head_cells() {
                    writer.row(row.iter().map(AsRef::as_ref), &mut file)?;
                }
                let info = info.cloned();
                CleanFileForm::Sheet(table, Box::new(CleanSheet { writer, info }), file)
            }
            Some(table) => {
                let mut file = EncodedFile::new(file, info);
                file.write_all(table.head())?;
                CleanFileForm::Text(table, file)
            }
        };
        Ok(CleanFile {
            form,
            keeps_rejects: wanted.keep,
            is_free,
            left_out: 0,
            line: Vec::new(),
        })
    }

    /// Writes a row. `found` is what was found at it. `is_itself` says whether digits mean their number in
    /// the region of the row: others are written with a plus, or the file would be read otherwise.
    pub fn row<'w>(
        &mut self,
        number: u64,
        row: &JudgedRow<'_>,
        (is_itself, found): (impl Fn(&str) -> bool, impl FnOnce() -> &'w [Finding]),
    ) -> io::Result<()> {
        let is_rejected = row.standing == Standing::Rejected;
        if is_rejected && !self.keeps_rejects {
            return Ok(());
        }
        let found = match is_rejected {
            true => found(),
            false => &[],
        };
        let edits = match is_rejected {
            true => Vec::new(),
            false => edits_of_phone_and_zone(row),
        };
        let mut values = match is_rejected && row.part.is_some() {
            true => phone_in(row.text),
            false => values_of(&edits),
        };
        for (field, value) in &mut values {
            if *field == KnownField::Phone && !is_rejected && !is_itself(value) {
                value.insert(0, '+');
            }
        }
        self.line.clear();
        match &mut self.form {
            CleanFileForm::Lines(file) => {
                match is_rejected {
                    true => write_rejected(number, row, found, &mut self.line)?,
                    false => {
                        let edits: Vec<Edit> = edits.into_iter().map(|(_, edit)| edit).collect();
                        let parts = rewritten_parts(row.text, &edits);
                        parts
                            .flat_map(on_one_line)
                            .try_for_each(|part| file.write_all(part))?;
                        self.line.push(b'\n');
                    }
                }
                file.write_all(&self.line)
            }
            CleanFileForm::Text(table, file) => {
                let Some(record) = row.record.filter(|_| row.too_long.is_none()) else {
                    self.left_out += 1;
                    return Ok(());
                };
                let record = (record, row.after_record);
                table.write_record(record, &values, found, &mut self.line);
                file.write_all(&self.line)
            }
            CleanFileForm::Sheet(table, sheet, file) => {
                let cells = row.record.filter(|_| row.too_long.is_none());
                let cells = cells.and_then(|record| table.record_cells(record, &values, found));
                let is_in = match &cells {
                    Some(cells) => {
                        let types = sheet.types_of(table, row.line, cells.len());
                        let cells = cells.iter().map(Cow::as_ref).zip(types);
                        sheet.writer.typed_row(cells, file)?
                    }
                    None => false,
                };
                self.left_out += u64::from(!is_in);
                Ok(())
            }
        }
    }

    /// Whether the lines of the rows have to be known.
    pub fn needs_lines(&self) -> bool {
        matches!(self.form, CleanFileForm::Sheet(..))
    }

    /// Puts the file on the disk and gives it its name. Returns notes about what it lacks.
    pub fn finish(self) -> io::Result<Vec<String>> {
        refuse_if_there(self.is_free.as_deref())?;
        let mut notes = Vec::new();
        match self.form {
            CleanFileForm::Text(_, file) => file.finish()?,
            CleanFileForm::Lines(file) => file.finish()?,
            CleanFileForm::Sheet(_, sheet, mut file) => {
                notes.extend(sheet.left_out_sheets());
                sheet.writer.finish(&mut file)?;
                file.finish()?;
            }
        }
        let rows = match self.left_out {
            0 => return Ok(notes),
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        notes.push(format!(
            "the file can't hold {rows} of the list, which it lacks"
        ));
        Ok(notes)
    }
}

impl CleanSheet {
    /// The types of the cells of a row, which are as many as this.
    fn types_of(&self, table: &CleanTable, line: Option<u64>, cells: usize) -> Vec<CellType> {
        let row = line.and_then(|line| u32::try_from(line.checked_sub(1)?).ok());
        let columns = (0..cells).map(|place| table.kept_column(place));
        match (&self.info, row) {
            (Some(info), Some(row)) => info.types_of_cells(row, columns),
            _ => vec![CellType::Text; cells],
        }
    }

    /// A note about the sheets of the workbook that the file does not have.
    fn left_out_sheets(&self) -> Option<String> {
        let facts = self.info.as_ref()?.detected().sheets?;
        let names: Vec<String> = facts
            .other_sheets
            .iter()
            .map(|sheet| format!("{:?}", sheet.name))
            .collect();
        match &*names {
            [] => None,
            [name] => Some(format!(
                "the file does not have the other sheet of the workbook: {name}"
            )),
            names => Some(format!(
                "the file does not have the other sheets of the workbook: {}",
                names.join(", ")
            )),
        }
    }
}

fn refuse_if_there(path: Option<&Path>) -> io::Result<()> {
    match path {
        Some(path) if path.symlink_metadata().is_ok() => {
            Err(at(path)(io::Error::from(io::ErrorKind::AlreadyExists)))
        }
        _ => Ok(()),
    }
}

/// The edits of a row that rewrite its phone or its zone.
fn edits_of_phone_and_zone(row: &JudgedRow<'_>) -> Vec<(KnownField, Edit)> {
    if row.edits.is_empty() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(row.text);
    let mut fields = Vec::new();
    let Ok(job) = job::parse_whole(&text, &mut fields) else {
        return Vec::new();
    };
    let edit_of = |field: &Field<'_>| {
        let known = field.name.known()?;
        let value = field.at..field.at + field.value.len();
        let is_cleaned = matches!(known, KnownField::Phone | KnownField::GmtZone);
        let edit = row.edits.iter().find(|edit| edit.range == value);
        Some((known, edit.filter(|_| is_cleaned)?.clone()))
    };
    job.fields
        .unwrap_or_default()
        .iter()
        .filter_map(edit_of)
        .collect()
}

/// The text of the phone of a job.
pub(in crate::batch) fn phone_in(job: &[u8]) -> Vec<(KnownField, String)> {
    let text = String::from_utf8_lossy(job);
    let mut fields = Vec::new();
    let job = job::parse_whole(&text, &mut fields).ok();
    let fields = job.and_then(|job| job.fields).unwrap_or_default().iter();
    let phone = |field: &Field<'_>| match Value::of(field.value) {
        Value::Text(text) if field.name.known() == Some(KnownField::Phone) => {
            Some((KnownField::Phone, text.into_owned()))
        }
        _ => None,
    };
    fields.filter_map(phone).collect()
}

/// The texts that edits write.
fn values_of(edits: &[(KnownField, Edit)]) -> Vec<(KnownField, String)> {
    let text = |(field, edit): &(KnownField, Edit)| match Value::of(&edit.json) {
        Value::Text(text) => Some((*field, text.into_owned())),
        _ => None,
    };
    edits.iter().filter_map(text).collect()
}

/// Appends a rejected job in the form of a reject file, which predial reads as the job.
fn write_rejected(
    number: u64,
    row: &JudgedRow<'_>,
    found: &[Finding],
    out: &mut Vec<u8>,
) -> io::Result<()> {
    write!(out, "{{\"row\":{number}")?;
    write_content(row, out)?;
    out.write_all(b",\"diagnostics\":")?;
    let place = RowPlace {
        line: None,
        offset: None,
        ..row.place(number)
    };
    PlacedFinding::write_all(found, place, out)?;
    out.write_all(b"}\n")
}
