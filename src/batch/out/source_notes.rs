//! What a report says of a source: an encoding that was guessed on little evidence, the sheets of a workbook
//! that were not read, hidden rows, and formulas without a value.

use crate::batch::out::hints::Hint;
use crate::batch::source::input::{Detected, OtherSheet, TextEncoding};
use crate::batch::source::table::is_stop_list;

/// Further sheets are only counted.
const MOST_SHEETS: usize = 5;

/// The options that read the source in another encoding, or the other sheets.
pub(super) fn hints(input: &Detected) -> Vec<Hint> {
    let others = input.sheets.iter().flat_map(|facts| &facts.other_sheets);
    let other_encoding = input
        .encoding_runner_up
        .map(|other| other_encoding(input, other));
    other_encoding
        .into_iter()
        .chain(others.take(MOST_SHEETS).filter_map(hint))
        .collect()
}

fn other_encoding(input: &Detected, other: TextEncoding) -> Hint {
    let text = match input.encoding {
        Some(encoding) if encoding != TextEncoding::UTF_8 => format!(
            "the encoding {} is a guess from few letters; this is the next likely one",
            encoding.name()
        ),
        _ => "the list is not UTF-8; this is its likely encoding".to_owned(),
    };
    Hint {
        text,
        option: format!("encoding=\"{}\"", other.name()),
        rows: 0,
    }
}

/// The option that reads a sheet, unless that is named as phones that are not to be called.
fn hint(sheet: &OtherSheet) -> Option<Hint> {
    let option = format!("sheet={:?}", sheet.name);
    (!is_stop_list(&sheet.name)).then(|| Hint {
        text: not_read(sheet),
        option,
        rows: 0,
    })
}

fn not_read(sheet: &OtherSheet) -> String {
    let name = &sheet.name;
    let kind = match sheet.hidden {
        true => "the hidden sheet",
        false => "the sheet",
    };
    match sheet.rows {
        Some(1) => format!("{kind} {name:?} has 1 row, and is not read"),
        Some(rows) => format!("{kind} {name:?} has {rows} rows, and is not read"),
        None => format!("{kind} {name:?} is not read"),
    }
}

/// What else there is to know.
pub(super) fn notes(input: &Detected) -> Vec<String> {
    let mut notes = Vec::new();
    let Some(facts) = &input.sheets else {
        return notes;
    };
    if facts.hidden_sheet {
        notes.push("the sheet that is read is hidden".to_owned());
    }
    let shown = facts.other_sheets.iter().take(MOST_SHEETS);
    for sheet in shown.filter(|sheet| is_stop_list(&sheet.name)) {
        let text = not_read(sheet);
        notes.push(format!(
            "{text}: it is named as phones that are not to be called"
        ));
    }
    if let Some(more) = facts.other_sheets.len().checked_sub(MOST_SHEETS)
        && more > 0
    {
        notes.push(match more {
            1 => "1 more sheet with rows is not read".to_owned(),
            _ => format!("{more} more sheets with rows are not read"),
        });
    }
    let how = match facts.filtered {
        true => "hidden by the filter of the sheet",
        false => "hidden in the sheet",
    };
    match facts.hidden_rows {
        0 => {}
        1 => notes.push(format!("1 row is {how}; it is read like the others")),
        rows => notes.push(format!(
            "{rows} rows are {how}; they are read like the others"
        )),
    }
    let what_to_do = "open the workbook in a spreadsheet program and save it";
    match facts.unsaved_formulas {
        0 => {}
        1 => notes.push(format!(
            "1 cell is a formula without a saved value and counts as empty; {what_to_do}"
        )),
        cells => notes.push(format!(
            "{cells} cells are formulas without a saved value and count as empty; {what_to_do}"
        )),
    }
    notes
}
