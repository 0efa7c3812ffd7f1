//! predial decides about every call job of a voice campaign: send it as it is, send it rewritten, or
//! reject it; and it says why and what was meant.
//!
//! The rooms, and the one way through them:
//!
//! ```text
//! bytes ──▶ source ──▶ RawJob ──▶ check ──▶ Verdict ──▶ sink ──▶ bodies · rejects · report
//!           (batch)    borrowed   (job)                 (batch)
//! ```
//!
//! [`zone`] and [`phone`] know one value each, [`job`] knows one call job, [`batch`] knows
//! files, [`request`] knows the URL that adds one job. Every rule is in [`rules`], once. What belongs to
//! the one service is in [`service`], JSON is in [`json`].

// Before all others: the texts of rules use its macros.
#[macro_use]
pub mod service;

pub mod batch;
pub mod columns;
mod fault;
pub mod job;
pub mod json;
mod packed_text;
pub mod phone;
pub mod request;
pub mod rules;
pub mod zone;

pub use fault::{Detail, Fault};
pub use rules::{Rule, Severity};

#[cfg(feature = "python")]
mod python;
