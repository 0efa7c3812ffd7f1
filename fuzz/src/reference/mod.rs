//! Simple and slow readers that share no code with predial, for comparison.

pub mod csv;
pub mod date;
pub mod zone;
