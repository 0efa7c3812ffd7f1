//! Reading a given number of bytes.

use std::io::{self, Read};

/// Reads until `into` has `wanted` bytes or the source ends.
pub(super) fn fill(reader: &mut dyn Read, into: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
    let missing = wanted.saturating_sub(into.len()) as u64;
    reader.take(missing).read_to_end(into).map(drop)
}
