//! Jobs that each come as a JSON text from a Python program.

use std::io;

use crate::batch::error::BatchError;
use crate::batch::source::limit::RowLimit;
use crate::batch::source::row::{OnRow, Row, RowContent, RowCountry};
use crate::job::{JobShapes, parse_whole, parse_whole_of_list, syntax_fault};
use crate::json::{JsonError, is_space};
use crate::{Fault, Rule};

/// One record.
pub enum Record {
    /// Its JSON text.
    Text(String),
    /// A record without a JSON text.
    Unwritable {
        /// The form of the record for the rejects.
        shown: Vec<u8>,
        /// Why it has no JSON text.
        fault: Fault,
    },
}

impl Record {
    /// The same record if its text is a caller's and not that of a JSON writer: space around it is
    /// dropped, and a text that is not JSON breaks the rule of such texts.
    pub fn of_text(self) -> Record {
        let Record::Text(text) = self else {
            return self;
        };
        let text = text.trim_matches(|c| u8::try_from(c).is_ok_and(is_space));
        let parsed = parse_whole(text, &mut Vec::new()).err();
        match parsed {
            None => Record::Text(text.to_owned()),
            Some(broken) => Record::Unwritable {
                fault: syntax_fault(text, broken),
                shown: text.as_bytes().to_vec(),
            },
        }
    }
}

/// The source of records.
pub trait Records {
    /// Appends the next records to `into`, some at a time; appending none means the end.
    fn next(&mut self, into: &mut Vec<Record>) -> io::Result<()>;
}

pub(in crate::batch) fn each_row(
    records: &mut dyn Records,
    limit: RowLimit,
    on_row: &mut OnRow<'_>,
) -> Result<(), BatchError> {
    let mut some = Vec::new();
    let mut shapes = JobShapes::default();
    loop {
        some.clear();
        records.next(&mut some)?;
        if some.is_empty() {
            return Ok(());
        }
        let mut fields = Vec::new();
        for record in &some {
            let content = match record {
                Record::Text(text) if !limit.allows(text.len()) => RowContent::TooLong {
                    length: text.len() as u64,
                    is_record: false,
                },
                Record::Text(text) => match parse_whole_of_list(text, &mut fields, &mut shapes) {
                    Ok(job) => RowContent::Job(job),
                    Err(broken) => RowContent::Broken(text.as_bytes(), no_json(broken)),
                },
                Record::Unwritable { shown, fault } => RowContent::Broken(shown, fault.clone()),
            };
            // A single record is taken whatever the answer is.
            let _ = on_row(Row {
                offset: None,
                first: None,
                country: RowCountry::Unsaid,
                content,
            })?;
        }
    }
}

/// The fault of a text that is not JSON. A JSON writer made the text, so it holds a value without a
/// JSON form.
fn no_json(broken: JsonError) -> Fault {
    let message = broken.message;
    Fault::new(Rule::JobUnwritable).because(format!("the job has no JSON form: {message}"))
}
