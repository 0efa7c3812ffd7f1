//! A request body that was written, and its key.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::batch::error::BatchError;
use crate::batch::out::outdir::body_name;

/// The namespace of idempotence keys (RFC 9562, 5.5).
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1c_2f1e_5e0b_4f5d_9c57_0a6b_7d1e_4c30);

/// The `Idempotence-Key` to send with a body. It follows from the name of the loading, the SHA-256
/// of the body in hexadecimal, and its number, from 1, or the mark of a part of it.
pub(in crate::batch) fn idempotence_key(
    run: &str,
    sha256: &str,
    number: impl fmt::Display,
) -> String {
    let name = format!("{run}/{sha256}/{number}");
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}

/// One whole request body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The path of its file in the directory.
    pub file: String,
    /// Its number, from 1. The manifest has it in the name of the file.
    #[serde(skip)]
    pub number: usize,
    /// The name of the loading. The manifest has it among the options.
    #[serde(skip)]
    pub run: String,
    /// How many jobs it holds.
    pub jobs: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// The rows of its jobs in the order of the jobs, as runs `[first, last]`.
    pub rows: Vec<[u64; 2]>,
    /// The lines of these rows in the list, as runs `[row, line, step]`: from that row on, up to the
    /// row of the next run, each next row is `step` lines further. Empty if the source has no lines.
    #[serde(default)]
    pub lines: Vec<[u64; 3]>,
    /// The jobs whose row has several phones and is a job for each: the row, and which part of it the
    /// job is, from 0, in the order of the jobs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<[u64; 2]>,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The `Idempotence-Key` to send with it. The service remembers it for
    /// [`IDEMPOTENCE_KEY`](crate::service::lifetime::IDEMPOTENCE_KEY).
    pub idempotence_key: String,
}

/// The error of a resumed run whose source differs from the one that the unfinished run read.
pub(in crate::batch) fn comes_out_otherwise(number: usize) -> BatchError {
    let file = body_name(number);
    BatchError::Differs(format!(
        "the source is not the one that the unfinished run read: {file} would be different"
    ))
}
