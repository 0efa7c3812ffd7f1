//! The loop over the rows: blocks, threads, duplicates.

pub(in crate::batch) mod block;
pub(in crate::batch) mod decided;
pub(in crate::batch) mod duplicates;
pub(in crate::batch) mod each_row;
pub(in crate::batch) mod forecast;
pub(in crate::batch) mod forecast_queue;
pub(in crate::batch) mod in_memory;
pub(in crate::batch) mod judge;
mod late_duplicates;
pub(in crate::batch) mod parallel;
mod phone_logs;
mod planned_jobs;
mod row_traces;
mod sent_counts;
pub(in crate::batch) mod slices;
pub(in crate::batch) mod word_room;
