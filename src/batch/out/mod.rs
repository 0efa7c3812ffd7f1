//! The output of a run: directory, bodies, journal, manifest, rejects, report.

pub(in crate::batch) mod bodies;
pub(in crate::batch) mod body;
pub(in crate::batch) mod clean_file;
pub(in crate::batch) mod counts;
pub(in crate::batch) mod cut;
pub(in crate::batch) mod encoded_file;
pub(in crate::batch) mod forecast;
pub(in crate::batch) mod hints;
pub(in crate::batch) mod journal;
pub(in crate::batch) mod kept;
pub(in crate::batch) mod lines;
pub(in crate::batch) mod manifest;
pub(in crate::batch) mod outdir;
pub(in crate::batch) mod prepared;
pub(in crate::batch) mod rejects;
pub(in crate::batch) mod report;
pub(in crate::batch) mod sending;
mod sent_sample;
mod sheet_date;
pub(in crate::batch) mod sheet_file;
mod sheet_writer;
pub(in crate::batch) mod size;
pub(in crate::batch) mod source_notes;
pub(in crate::batch) mod spool;
pub(in crate::batch) mod statistics;
pub(in crate::batch) mod table_file;
pub(in crate::batch) mod writer;
