//! Opens a source: detects its format and prepares to read its rows.

use crate::batch::error::BatchError;
use crate::batch::source::feed::Feed;
use crate::batch::source::feed::failure;
use crate::batch::source::format::{ARROW, SourceFormat};
use crate::batch::source::input::{
    self, Compression, Detected, SourceInfo, TextEncoding, Workbook,
};
use crate::batch::source::json_form::refuse_other_forms;
use crate::batch::source::limit::RowLimit;
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::records::Records;
use crate::batch::source::table::{
    self, ChoiceRequest, CleanTable, ColumnChoice, ColumnMapping, Csv, RejectTable, TableLayout,
    TableRequest, UnusedColumn,
};
use crate::json::{space_end, trimmed};

/// The source of a batch.
pub enum Source<'a> {
    /// Bytes in one of the text formats. The format is detected by content if none is given.
    Bytes {
        /// The bytes, which are UTF-8 except for faults.
        feed: &'a mut dyn Feed,
        /// The facts about the source of these bytes.
        info: SourceInfo,
        /// The encoding, if the caller gave one.
        encoding: Option<TextEncoding>,
        /// The sheet, if the caller named one.
        sheet: Option<String>,
        /// The format, if the caller gave one.
        format: Option<SourceFormat>,
        /// The format that the name of the source suggests. It counts if the content shows none.
        named: Option<SourceFormat>,
    },
    /// Jobs that are a text each.
    Records(&'a mut dyn Records),
    /// Lines of JSON that were written from a table, and the columns of the table.
    Lines {
        /// The lines.
        feed: &'a mut dyn Feed,
        /// The columns.
        columns: ColumnChoice,
    },
}

impl Source<'_> {
    /// The name of the format that the caller gave.
    pub(in crate::batch) fn given_format(&self) -> Option<&'static str> {
        match self {
            Source::Bytes { format, .. } => format.map(SourceFormat::name),
            Source::Records(_) | Source::Lines { .. } => None,
        }
    }

    /// The encoding that the caller gave.
    pub(in crate::batch) fn given_encoding(&self) -> Option<TextEncoding> {
        match self {
            Source::Bytes { encoding, .. } => *encoding,
            Source::Records(_) | Source::Lines { .. } => None,
        }
    }

    /// The sheet that the caller named.
    pub(crate) fn given_sheet(&self) -> Option<&str> {
        match self {
            Source::Bytes { sheet, .. } => sheet.as_deref(),
            Source::Records(_) | Source::Lines { .. } => None,
        }
    }

    /// Reads as far as is needed to detect the format of the rows.
    pub(in crate::batch) fn begin<'b>(
        &'b mut self,
        asked: &RowRequest<'b>,
    ) -> Result<OpenSource<'b>, BatchError> {
        let mut of_bytes = None;
        let rows = match self {
            Source::Records(records) => RowReader::Records(*records),
            Source::Lines { feed, columns } => {
                let format = match columns.mapping.has_row_regions() {
                    true => TextFormat::DialledLines,
                    false => TextFormat::Ndjson,
                };
                return Ok(OpenSource {
                    rows: RowReader::Text(*feed, format),
                    info: None,
                    lines_of: Some(columns),
                });
            }
            Source::Bytes {
                feed,
                info,
                format,
                named,
                sheet,
                ..
            } => {
                if skip_byte_order_mark(*feed)? {
                    info.set_byte_order_mark();
                }
                let Detected {
                    workbook,
                    compression,
                    ..
                } = info.detected();
                let format = match workbook {
                    Some(form) => of_workbook(*feed, form, *format)?,
                    None => detected_format(*feed, *format, *named, asked.limit)?,
                };
                let has_sheets = workbook.is_some() || compression == Some(Compression::Zip);
                if sheet.is_some() && !has_sheets {
                    let message = "sheet is about workbooks, and the source is not a workbook";
                    return Err(BatchError::Usage(message.to_owned()));
                }
                // Spreadsheets read a text as UTF-8 only if it begins with a byte order mark.
                let has_mark = info.detected().byte_order_mark || workbook.is_some();
                let text = TextFormat::begin(*feed, format, has_mark, asked)
                    .map_err(|error| with_likely_encoding(error, info))?;
                of_bytes = Some(info.clone());
                RowReader::Text(*feed, text)
            }
        };
        let is_table = matches!(rows, RowReader::Text(_, TextFormat::Table(_)));
        if !is_table && let Some(option) = asked.columns.options.of_tables_only() {
            return Err(BatchError::Usage(format!(
                "{option} is about the columns of a table, and the source is not a table"
            )));
        }
        Ok(OpenSource {
            rows,
            info: of_bytes,
            lines_of: None,
        })
    }
}

/// What a source needs to know to deliver rows.
pub(in crate::batch) struct RowRequest<'a> {
    pub columns: ChoiceRequest<'a>,
    pub preset: &'a ListDefaults,
    /// Whether payloads are needed, or only the fields that are judged.
    pub with_payload: bool,
    /// The limit on a row.
    pub limit: RowLimit,
}

/// A source whose format is known.
pub(in crate::batch) struct OpenSource<'a> {
    pub rows: RowReader<'a>,
    /// The columns of the table that was written as these lines. The bytes of such lines are not
    /// those of a source.
    pub lines_of: Option<&'a ColumnChoice>,
    /// The facts about the source, if it consists of bytes.
    pub info: Option<SourceInfo>,
}

/// The rows and their format.
pub(in crate::batch) enum RowReader<'a> {
    Records(&'a mut dyn Records),
    Text(&'a mut dyn Feed, TextFormat),
}

/// A text format, and what is needed to read it.
pub(in crate::batch) enum TextFormat {
    Json,
    Ndjson,
    /// Lines of JSON with the region of each before it.
    DialledLines,
    Table(Box<Csv>),
}

impl TextFormat {
    fn begin(
        feed: &mut dyn Feed,
        format: SourceFormat,
        has_mark: bool,
        asked: &RowRequest<'_>,
    ) -> Result<TextFormat, BatchError> {
        let delimiter = match format {
            SourceFormat::Json => return Ok(TextFormat::Json),
            SourceFormat::Ndjson => return Ok(TextFormat::Ndjson),
            SourceFormat::Csv => asked.columns.options.delimiter,
            SourceFormat::Tsv => asked.columns.options.delimiter.or(Some(b'\t')),
            SourceFormat::Workbook(_) => Some(input::DELIMITER),
        };
        let wanted = TableRequest {
            columns: asked.columns,
            preset: asked.preset,
            delimiter,
            with_payload: asked.with_payload,
            has_mark,
            limit: asked.limit,
            is_sheet: matches!(format, SourceFormat::Workbook(_)),
        };
        Ok(TextFormat::Table(Box::new(Csv::begin(feed, &wanted)?)))
    }
}

impl OpenSource<'_> {
    /// The name of the format of the rows.
    pub fn format_name(&self) -> &'static str {
        let detected = self.info.as_ref().map(SourceInfo::detected);
        if let Some(form) = detected.and_then(|detected| detected.workbook) {
            return form.name();
        }
        match &self.rows {
            _ if self.lines_of.is_some() => ARROW,
            RowReader::Records(_) => "records",
            RowReader::Text(_, TextFormat::Json) => SourceFormat::Json.name(),
            RowReader::Text(_, TextFormat::Ndjson | TextFormat::DialledLines) => {
                SourceFormat::Ndjson.name()
            }
            RowReader::Text(_, TextFormat::Table(table)) => match table.dialect.delimiter {
                b'\t' => SourceFormat::Tsv.name(),
                _ => SourceFormat::Csv.name(),
            },
        }
    }

    /// The character between the cells, if the rows come from a table.
    pub fn delimiter(&self) -> Option<char> {
        match &self.rows {
            RowReader::Text(_, TextFormat::Table(table)) => {
                Some(char::from(table.dialect.delimiter))
            }
            RowReader::Text(..) | RowReader::Records(_) => None,
        }
    }

    /// The columns, if the rows come from a table.
    pub fn mapping(&self) -> Option<&ColumnMapping> {
        match &self.rows {
            RowReader::Text(_, TextFormat::Table(table)) => Some(&table.mapping),
            RowReader::Text(..) | RowReader::Records(_) => {
                self.lines_of.map(|columns| &columns.mapping)
            }
        }
    }

    /// The columns that are not used and look as if they could be.
    pub fn unused_columns(&self) -> &[UnusedColumn] {
        match &self.rows {
            RowReader::Text(_, TextFormat::Table(table)) => &table.unused,
            RowReader::Text(..) | RowReader::Records(_) => {
                self.lines_of.map_or(&[], |columns| &columns.unused)
            }
        }
    }

    /// Where the header of a text is, and what was passed over before its rows.
    pub fn layout(&self) -> Option<&TableLayout> {
        match &self.rows {
            RowReader::Text(_, TextFormat::Table(table)) => Some(&table.layout),
            RowReader::Text(..) | RowReader::Records(_) => None,
        }
    }

    /// How a table is written again.
    pub fn clean_table(&self, keeps_rejects: bool) -> Option<CleanTable> {
        match &self.rows {
            RowReader::Text(_, TextFormat::Table(table)) => {
                Some(CleanTable::of(table, keeps_rejects))
            }
            RowReader::Text(..) | RowReader::Records(_) => None,
        }
    }

    /// Whether two rows may be in one line of the source.
    pub fn may_share_lines(&self) -> bool {
        matches!(self.rows, RowReader::Text(_, TextFormat::Json))
    }

    /// How the rejects of a table are written in its own format.
    /// `has_parts`: rows with several phones may be several jobs.
    pub fn reject_table(&self, has_parts: bool) -> Option<RejectTable> {
        match &self.rows {
            RowReader::Text(_, TextFormat::Table(table)) => Some(RejectTable::of(table, has_parts)),
            RowReader::Text(..) | RowReader::Records(_) => None,
        }
    }
}

/// Names the encoding that the bytes of a source may be in, if its first record is not text.
fn with_likely_encoding(error: BatchError, info: &SourceInfo) -> BatchError {
    let detected = info.detected();
    match (error, detected.encoding_runner_up) {
        (BatchError::Source(mut failure), Some(likely)) => {
            let name = likely.name();
            failure.message += &format!("; its encoding may be {name}: encoding=\"{name}\"");
            BatchError::Source(failure)
        }
        (error, _) => error,
    }
}

/// Skips the mark and returns whether there was one. A mark of another encoding is already removed.
fn skip_byte_order_mark(feed: &mut dyn Feed) -> Result<bool, BatchError> {
    let mark = TextEncoding::UTF_8.byte_order_mark();
    while feed.window().len() < mark.len() && !feed.at_end() {
        feed.more()?;
    }
    let is_there = feed.window().starts_with(mark);
    if is_there {
        feed.consume(mark.len());
    }
    Ok(is_there)
}

/// The format of a workbook follows from its content. The caller's format may not contradict it.
fn of_workbook(
    feed: &dyn Feed,
    form: Workbook,
    given: Option<SourceFormat>,
) -> Result<SourceFormat, BatchError> {
    let format = SourceFormat::Workbook(form);
    if given.is_some_and(|given| given != format) {
        let message = format!("the source is {}", form.title_with_article());
        return Err(failure(feed, 0, message));
    }
    Ok(format)
}

/// The format that the content shows: an array begins with a bracket, lines of JSON with a brace.
/// Otherwise the name of the source decides, and then it is a table. A format that the caller gave
/// overrides all of these.
fn detected_format(
    feed: &mut dyn Feed,
    given: Option<SourceFormat>,
    named: Option<SourceFormat>,
    limit: RowLimit,
) -> Result<SourceFormat, BatchError> {
    match given {
        Some(SourceFormat::Workbook(form)) => {
            let message = format!("the source is not {}", form.title_with_article());
            return Err(failure(feed, 0, message));
        }
        Some(format) => return Ok(format),
        None => {}
    }
    // A workbook would have been detected by its content.
    let named = named.filter(|named| !matches!(named, SourceFormat::Workbook(_)));
    loop {
        let window = feed.window();
        let space = space_end(window, 0);
        let begin = window.get(space).copied();
        // Blank lines are not rows, in any number and in reads of any size.
        let blank = memchr::memrchr(b'\n', &window[..space]).map_or(0, |last| last + 1);
        feed.consume(blank);
        if space - blank > limit.record() {
            let message = limit.failure("the white space at the beginning of a line");
            return Err(failure(feed, 0, message));
        }
        match begin {
            Some(b'[') => return Ok(SourceFormat::Json),
            Some(b'{') => {
                refuse_other_forms(feed)?;
                return Ok(SourceFormat::Ndjson);
            }
            Some(_) => return named.map_or_else(|| table_or_lines(feed), Ok),
            None if feed.at_end() => return Ok(named.unwrap_or(SourceFormat::Ndjson)),
            None => feed.more()?,
        }
    }
}

/// Decides between lines of JSON with a broken first line, and a table.
fn table_or_lines(feed: &mut dyn Feed) -> Result<SourceFormat, BatchError> {
    while feed.window().len() < table::BEGINNING && !feed.at_end() {
        feed.more()?;
    }
    let window = feed.window();
    let beginning = &window[..window.len().min(table::BEGINNING)];
    let is_job = |line: &[u8]| {
        let is_text = |byte: &u8| byte.is_ascii() && !byte.is_ascii_control();
        let begin = line.iter().position(is_text).unwrap_or_default();
        line[begin..].starts_with(b"{") && trimmed(line).ends_with(b"}")
    };
    Ok(match beginning.split(|byte| *byte == b'\n').any(is_job) {
        true => SourceFormat::Ndjson,
        false => SourceFormat::Csv,
    })
}
