#![forbid(unsafe_code)]
//! One call job: its fields, what each may contain, and the verdict on all of them
//! (`CallJobParameters` of the Calls API 1.10.0).
//!
//! This room does not know the source of a job: a [`RawJob`] borrows its text from its reader, and
//! a [`Verdict`] says whether and how the job is sent.

mod accepted;
mod check;
mod context;
mod deprecated;
mod fast_check;
mod field;
mod finding;
mod location;
mod memo;
mod near_pairs;
mod parse;
mod phone_zones;
mod policy;
mod ringing;
mod severity;
mod shown;
mod values;
mod zone_names;
mod zone_texts;

pub use accepted::{AcceptedJob, accepted};
pub use check::{JobOptions, MultiplePhones, Standing, Verdict, check};
pub(crate) use check::{
    check_into, check_part_into, not_an_object, phone_parts, phones_named, too_many_fields,
};
pub use context::JobContext;
pub use fast_check::fast_check;
pub(crate) use fast_check::{
    FastFindings, FastJob, fast_check_job, fast_check_located, fast_check_policy,
};
pub use field::{Field, MOST_FIELDS, Name};
pub(crate) use finding::WantedWords;
pub use finding::{Finding, FindingCode, VerdictDetail};
pub(crate) use location::JobLocation;
pub use parse::one_job;
pub(crate) use parse::{
    JobShapes, parse_and_learn, parse_whole, parse_whole_of_list, syntax_fault,
};
pub(crate) use phone_zones::{nearness, zones_of_phone};
pub use policy::{Campaign, Instant, Malformed, Night, masked_check};
pub(crate) use ringing::{CallHours, CallPlan, HoursKey, KeptWeeks, NEVER, RingingTimes};
pub use ringing::{Window, Windows, windows};
pub use severity::{RepairLevel, SeverityChanges};
pub use shown::shown;
pub use values::is_absent;
pub(crate) use values::{LONE_SURROGATE, ZoneValue, read_phone};
pub use zone_names::ZoneNames;
pub(crate) use zone_texts::ReadZone;

pub(crate) use crate::json::rewritten_parts;
pub use crate::json::{Edit, Value, rewritten, rewritten_length};
pub use crate::service::KnownField;

/// One job as it came: its JSON text, and its fields in that text.
#[derive(Clone, Copy, Debug)]
pub struct RawJob<'a> {
    /// The JSON text of the job, valid JSON, without white space around it.
    pub text: &'a str,
    /// The fields of the outermost object in their order, [`MOST_FIELDS`] and one more at the most;
    /// `None` if it is not an object.
    pub fields: Option<&'a [Field<'a>]>,
}
