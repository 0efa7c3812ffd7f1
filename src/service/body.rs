//! How jobs are framed in the body of a request: the body of `addPhones` is a JSON array of jobs.

/// What a body begins with.
pub const OPEN: &[u8] = b"[";
/// What separates two jobs.
pub const BETWEEN: &[u8] = b",\n";
/// What a body ends with.
pub const CLOSE: &[u8] = b"]";

/// How many bytes a body with one job has besides the job.
pub const FRAME: u64 = (OPEN.len() + CLOSE.len()) as u64;
