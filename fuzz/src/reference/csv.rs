//! Delimited text by the rules in `docs/lists.md`, read one byte at a time. The records end with a
//! line feed, or with a carriage return and a line feed.

/// A record of a table.
#[derive(Debug, PartialEq)]
pub enum Record {
    Cells(Vec<Vec<u8>>),
    /// Its quotes do not match.
    Unmatched,
}

/// The records of a text, without blank lines. If quotes do not match, only the line in which the
/// record begins is rejected; if a record has more cells than `columns`, everything up to the end
/// of the line of that quote is.
pub fn records(text: &[u8], delimiter: u8, columns: usize) -> Vec<Record> {
    let mut records = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match record(&text[at..], delimiter) {
            Ok((cells, length)) => {
                // A blank line is not a record, and a line of two quotes is: its cell is empty.
                let is_blank = text[at..at + length].trim_ascii().is_empty();
                if !(cells.len() == 1 && is_blank) {
                    records.push(Record::Cells(cells));
                }
                at += length;
            }
            Err((cells, place)) => {
                records.push(Record::Unmatched);
                let from = if cells > columns { at + place } else { at };
                let end = text[from..].iter().position(|byte| *byte == b'\n');
                at = end.map_or(text.len(), |end| from + end + 1);
            }
        }
    }
    records
}

/// The cells of the first record, and its length with its end. If its quotes do not match, the
/// number of cells before them and the place of the fault.
fn record(text: &[u8], delimiter: u8) -> Result<(Vec<Vec<u8>>, usize), (usize, usize)> {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let (cell, end) = match text.get(at) {
            Some(b'"') => quoted(text, at + 1, delimiter).map_err(|place| (cells.len(), place))?,
            _ => plain(text, at, delimiter),
        };
        cells.push(cell);
        at = end;
        match &text[at..] {
            [] => return Ok((cells, at)),
            [b'\r'] | [b'\n', ..] => return Ok((cells, at + 1)),
            [b'\r', b'\n', ..] => return Ok((cells, at + 2)),
            _ => at += 1,
        }
    }
}

/// The cell after an opening quote, and the position after its closing quote. If the quotes do not
/// match, the place that shows it.
fn quoted(text: &[u8], mut at: usize, delimiter: u8) -> Result<(Vec<u8>, usize), usize> {
    let mut cell = Vec::new();
    loop {
        match (text.get(at), text.get(at + 1)) {
            (None, _) => return Err(text.len()),
            (Some(b'"'), Some(b'"')) => {
                cell.push(b'"');
                at += 2;
            }
            (Some(b'"'), _) => break,
            (Some(byte), _) => {
                cell.push(*byte);
                at += 1;
            }
        }
    }
    match &text[at + 1..] {
        [] | [b'\r'] | [b'\n', ..] | [b'\r', b'\n', ..] => Ok((cell, at + 1)),
        [byte, ..] if *byte == delimiter => Ok((cell, at + 1)),
        _ => Err(at + 1),
    }
}

/// A cell without quotes around it, and the position of its delimiter or of the end of the record.
fn plain(text: &[u8], start: usize, delimiter: u8) -> (Vec<u8>, usize) {
    let is_stop = |byte: &u8| *byte == delimiter || *byte == b'\n';
    let length = text[start..].iter().position(is_stop);
    let stop = length.map_or(text.len(), |length| start + length);
    let is_last = text.get(stop) != Some(&delimiter);
    match text[start..stop].strip_suffix(b"\r") {
        Some(cell) if is_last => (cell.to_vec(), stop - 1),
        _ => (text[start..stop].to_vec(), stop),
    }
}
