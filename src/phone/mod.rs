#![forbid(unsafe_code)]
//! Phone numbers by ITU E.164.

pub mod plan;
