//! predial decides for every call job of a voice campaign: send it unchanged, send it rewritten, or
//! reject it. It explains what is wrong and what was meant.
//!
//! The rooms, and the one way through them:
//!
//! ```text
//! bytes ──▶ source ──▶ RawJob ──▶ check ──▶ Verdict ──▶ sink ──▶ bodies · rejects · report
//!           (batch)    borrowed   (job)                 (batch)
//! ```
//!
//! [`zone`] and [`phone`] know one value each, [`job`] knows one call job, [`batch`] knows files,
//! [`request`] knows the URL that adds one job. [`rules`] has every rule once, [`service`] has what
//! belongs to this one service, and [`json`] reads JSON.

// Before all others: the texts of rules use its macros.
#[macro_use]
pub mod service;

pub mod batch;
pub mod columns;
mod fault;
mod guard;
pub mod job;
pub mod json;
mod packed_text;
pub mod phone;
pub mod request;
pub mod rules;
mod slots;
#[cfg(test)]
mod test_cases;
pub mod zone;

pub use fault::{Detail, Fault, LateFacts};
pub use rules::{Rule, Severity};

#[cfg(feature = "python")]
mod python;
