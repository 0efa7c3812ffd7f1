#![forbid(unsafe_code)]
//! Phone numbers by ITU E.164 and by every country's numbering plan: which number a text means,
//! and in which form the service takes it.
//!
//! [`Phone::parse`] reads one text as libphonenumber's `parse` does. [`settle`] decides which
//! phone a text of a list means. Both read text by the grammar at the head of `text.rs`, and
//! digits by the [`plan`].

mod char_class;
mod decimal;
mod diagnose;
mod find;
mod glance;
mod guard;
mod number;
mod number_part;
mod options;
pub mod plan;
mod readings;
mod refuse;
mod same;
mod settle;
mod text;
mod uri;
mod why;

pub use find::{FoundPhone, find_phones};
pub(crate) use glance::{BLOCK, Glances, WrittenPhone};
pub use number::Phone;
pub use options::{Evidence, Level, PhoneOptions, Reading};
pub use plan::PhoneForm;
pub use same::{PhoneMatch, same_phone};
pub use settle::{
    ResolvedPhone, region, regions_of, settle, settle_bytes, settle_number, settle_or_rule,
    unsigned,
};
pub(crate) use settle::{settle_at_a_glance, settle_at_second_look};
