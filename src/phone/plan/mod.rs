#![forbid(unsafe_code)]
//! Every country's numbering plan, as libphonenumber knows it: digits in, a verdict out.
//!
//! libphonenumber describes a plan by regular expressions over digits: per region one for the
//! numbers at large, one for each type, one for the leading digits that tell it from others of
//! the same country calling code. All of them are finite languages, so `tools/build_plan.py`
//! folds them into one minimal acyclic automaton over the digits of an E.164 number.
//! [`verdict`] walks it once. What comes before (international prefixes, national prefixes and
//! their transform rules) is [`parse`], on smaller automata of the same table.
//!
//! Everything here takes ASCII digits and nothing else; text is the business of the room above.
//! Handed anything else, it answers something, and does not panic.
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
pub(crate) use verdict::{has_prefix, length_facts};
pub use writing::PhoneForm;
pub(crate) use writing::Writing;

/// The release of the phonenumbers package (the Python port of libphonenumber) that the table
/// was built from.
pub const VERSION: &str = table::VERSION;
