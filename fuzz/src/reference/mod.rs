//! Plain and slow readers that share no code with predial: what a target compares with.

pub mod csv;
pub mod date;
pub mod zone;
