//! Where rows come from: formats, encodings, header and columns.

pub(in crate::batch) mod dialled_lines;
pub(in crate::batch) mod feed;
pub(in crate::batch) mod format;
pub(in crate::batch) mod input;
pub(in crate::batch) mod json;
mod json_form;
pub(in crate::batch) mod limit;
pub(in crate::batch) mod open;
pub(in crate::batch) mod preset;
pub(in crate::batch) mod records;
pub(in crate::batch) mod row;
pub(in crate::batch) mod table;
