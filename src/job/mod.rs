#![forbid(unsafe_code)]
//! One call job: its fields, what each may hold, and the verdict over all of them
//! (`CallJobParameters` of the Calls API 1.10.0).
//!
//! Where a job comes from is none of this room's business: a [`RawJob`] borrows its text from
//! whoever read it, and a [`Verdict`] says what becomes of it.

mod check;
mod clock;
mod deprecated;
mod depth;
mod field;
mod glance;
mod policy;
mod rewrite;
mod ringing;
mod scalar;
mod value;
mod zone_texts;

pub(crate) use check::check_into;
pub use check::{Finding, Options, Standing, Verdict, check};
pub use clock::Clock;
pub use depth::MAX_DEPTH;
pub use field::{Field, KnownField, MOST_FIELDS, Name};
pub use glance::clean_at_a_glance;
pub(crate) use glance::clean_job_at_a_glance;
pub use policy::{Campaign, Instant, Malformed, Night, masked_check};
pub(crate) use rewrite::rewritten_parts;
pub use rewrite::{Edit, rewritten, rewritten_length};
pub use ringing::{Window, Windows, windows};
pub(crate) use scalar::{scalar_end, string_end};
pub use value::{Value, is_absent, shown};

/// One job as it came: its JSON text, and where in it each field stands.
#[derive(Clone, Copy, Debug)]
pub struct RawJob<'a> {
    /// The JSON text of the job, valid JSON, without white space around it.
    pub text: &'a str,
    /// The fields of the outermost object in their order, [`MOST_FIELDS`] and one more at the most;
    /// `None` where it is no object.
    pub fields: Option<&'a [Field<'a>]>,
}
