//! Jobs that each come as a JSON text of their own, as a Python program hands them over.

use std::io;

use crate::batch::error::BatchError;
use crate::batch::source::limit::RowLimit;
use crate::batch::source::row::{OnRow, Row, RowContent};
use crate::job::{JobShapes, parse_whole_of_list};
use crate::json::JsonError;
use crate::{Fault, Rule};

/// One record.
pub enum Record {
    /// Its JSON text.
    Text(String),
    /// It has none.
    Unwritable {
        /// What is kept of the record in the rejects.
        shown: Vec<u8>,
        /// Why it has no JSON text.
        fault: Fault,
    },
}

/// Whoever hands records over.
pub trait Records {
    /// Appends the next records to `into`, some at a time; none means that there are no more.
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
            // One at a time is taken whatever it takes.
            let _ = on_row(Row {
                offset: None,
                content,
            })?;
        }
    }
}

/// The text came from a JSON writer, so what is no JSON in it is a value that has none.
fn no_json(broken: JsonError) -> Fault {
    let message = broken.message;
    Fault::new(Rule::JobUnwritable).because(format!("the job has no JSON form: {message}"))
}
