//! Delimited text against the slow reference: the same records, each judged like the job that it
//! contains.

use predial::Rule;
use predial::batch::{ColumnUse, Duplicates, SourceFormat, TableOptions};
use predial::job::Standing;
use serde_json::Value;

use crate::batch::{self, Shown, Way};
use crate::reference::csv::{Record, records};

/// Each column is judged, so that a fault in a cell shows the text that was read.
const COLUMNS: [&str; 3] = ["phone", "gmtZone", "maxAttempts"];

/// The first byte selects how the text is read, the second the delimiter of its cells.
pub fn run(data: &[u8]) -> Option<()> {
    let (control, data) = data.split_first()?;
    let (delimiter, body) = data.split_first()?;
    let delimiter = b",;\t|:a0 "[usize::from(delimiter & 0b111)];
    // Depending on the beginning of the file, blanks before a quote belong to it, and two carriage
    // returns to one end. The reference does not detect these forms.
    let is_odd = |pair: &[u8]| matches!(pair, [b' ' | b'\t', b'"'] | [b'\r', b'\r']);
    if body.windows(2).any(is_odd) {
        return None;
    }
    let mut text = Vec::new();
    for (at, column) in COLUMNS.iter().enumerate() {
        if at > 0 {
            text.push(delimiter);
        }
        // Some delimiters are letters of the headers.
        text.push(b'"');
        text.extend_from_slice(column.as_bytes());
        text.push(b'"');
    }
    text.push(b'\n');
    text.extend_from_slice(body);
    let table = TableOptions {
        delimiter: Some(delimiter),
        // Without a choice, a list with hardly a phone in it is refused.
        map: vec![(ColumnUse::PHONE, vec!["phone".to_owned()])],
        ..TableOptions::default()
    };
    let check = |way| {
        let options = batch::options(table.clone(), Duplicates::Allow, way);
        batch::check(&text, SourceFormat::Csv, &options, way)
    };
    let outcome = check(Way::PLAIN);
    let way = Way::of(*control);
    assert_eq!(check(way), outcome, "{way:?}");
    assert_eq!(outcome.halt, None);

    let records = records(body, delimiter, COLUMNS.len());
    let rules: Vec<Option<Rule>> = outcome.rules().collect();
    assert_eq!(rules.len(), records.len(), "{records:?}");
    for (number, record) in records.iter().enumerate() {
        match expected(record) {
            Expected::Rule(expected) => assert_eq!(rules[number], Some(expected), "{record:?}"),
            Expected::Judged(standing, findings) => {
                assert_eq!(outcome.rows[number].standing, standing, "{record:?}");
                assert_eq!(outcome.findings(number as u64), findings, "{record:?}");
            }
        }
    }
    Some(())
}

enum Expected {
    Rule(Rule),
    Judged(Standing, Vec<Shown>),
}

fn expected(record: &Record) -> Expected {
    let cells = match record {
        Record::Unmatched => return Expected::Rule(Rule::RecordQuotes),
        Record::Cells(cells) => cells,
    };
    let texts: Result<Vec<&str>, _> = cells.iter().map(|cell| str::from_utf8(cell)).collect();
    let Ok(texts) = texts else {
        return Expected::Rule(Rule::RecordEncoding);
    };
    let is_blank = |text: &str| text.chars().all(char::is_whitespace);
    if texts.iter().skip(COLUMNS.len()).any(|text| !is_blank(text)) {
        return Expected::Rule(Rule::RecordExtraCells);
    }
    let text = |column: usize| texts.get(column).copied().unwrap_or_default();
    let members = COLUMNS
        .iter()
        .enumerate()
        .filter(|(at, _)| !is_blank(text(*at)));
    let members: Vec<String> = members
        .map(|(at, field)| format!("\"{field}\":{}", Value::from(text(at))))
        .collect();
    let job = format!("{{{}}}", members.join(","));
    let judged = batch::alone(&job, |_, verdict| {
        let findings = verdict.findings.iter().map(Shown::of_finding).collect();
        Expected::Judged(verdict.standing, findings)
    });
    judged.expect("serde_json writes JSON")
}
