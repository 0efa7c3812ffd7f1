#![forbid(unsafe_code)]
//! Everything that belongs to this one service (Calls API 1.10.0) and to no other.
//!
//! | file | what it decides |
//! | --- | --- |
//! | `field` | the fields of a call job, and the keys inside them |
//! | `bounds` | the smallest and the largest values, and how large a request may be |
//! | `day` | the names of the days |
//! | `error_type` | the `type` of the service's answers with status 400 |
//! | `endpoint` | hosts, paths and the parameters that are not payload |
//! | `body` | how jobs are framed in the body of a request |
//! | `lifetime` | how long the service keeps what it keeps |
//! | `words` | what the service's own documents call things |
//!
//! The other rooms ask this one, and it asks none of them. It reads nothing and judges nothing.
//! Rules that hold for a value of this service are in `rules.rs`, and their texts quote the bounds
//! of this room.

// These two define the macros that the texts of rules are put together with, so they come first.
#[macro_use]
pub mod bounds;
#[macro_use]
mod words;

pub mod body;
pub mod day;
pub mod endpoint;
pub mod error_type;
pub mod field;
pub mod lifetime;

pub use day::Day;
pub use field::KnownField;
