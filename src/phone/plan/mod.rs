#![forbid(unsafe_code)]
//! Every country's numbering plan, as libphonenumber knows it: digits in, a verdict out.
//!
//! libphonenumber describes a plan by regular expressions over digits. A region has one for all its
//! numbers, one for each type, and one for the leading digits that distinguish it from other
//! regions with the same country calling code. All of them are finite languages, so
//! `tools/build_plan.py` folds them into one minimal acyclic automaton over the digits of an E.164
//! number. [`verdict`] walks it once. [`parse`] handles what comes before (international prefixes,
//! national prefixes and their transform rules), with smaller automata of the same table.
//!
//! Everything here expects ASCII digits only; the room above reads text. For other input the answer
//! is arbitrary, but nothing panics.
//!
//! `docs/numbering-plan.md` says how the table is built and laid out.

mod changed;
mod length;
mod parse;
mod table;
mod verdict;
mod writing;

pub(crate) use changed::todays_digits;
pub use length::Length;
pub use parse::{ParseRefusal, ParsedNumber, parse};
pub(crate) use parse::{has_national_prefix, is_dialled_inside, parse_inside};
pub use table::ZoneList;
pub use verdict::{
    NumberType, PlanVerdict, Region, country_code, fast_verdict, time_zones, verdict, zone_list,
};
pub(crate) use verdict::{PackedVerdict, has_prefix, length_facts, packed_verdict};
pub use writing::PhoneForm;
pub(crate) use writing::Writing;

/// The release of the phonenumbers package (the Python port of libphonenumber) that the table
/// was built from.
pub const VERSION: &str = table::VERSION;
