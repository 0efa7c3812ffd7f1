#![forbid(unsafe_code)]
//! Phone numbers by ITU E.164 and by every country's numbering plan: which number a text means,
//! and in which form the service takes it.
//!
//! [`Phone::parse`] reads one text as libphonenumber's `parse` does. [`resolve`] decides which
//! phone a text of a list means. Both read text by the grammar at the head of `text.rs`, and
//! digits by the [`plan`].

mod asides;
mod char_class;
mod date;
mod decimal;
mod diagnose;
mod dialled_texts;
mod extension_label;
mod fast_clean;
mod fast_numbers;
mod fast_resolve;
mod fast_rule;
mod find;
mod no_call;
mod number;
mod number_part;
mod options;
mod pieces;
pub mod plan;
mod readings;
mod refuse;
mod refused_phone;
mod resolve;
mod rivals;
mod same;
mod several;
mod small_letters;
mod text;
mod uri;
mod why;

pub(crate) use dialled_texts::DialledTexts;
pub use dialled_texts::regions_of;
pub(crate) use fast_clean::{CleanPhone, fast_clean};
pub(crate) use fast_resolve::{BLOCK, FastPhones, WrittenPhone};
pub use find::{FoundPhone, find_phones};
pub use number::Phone;
pub use options::{Evidence, Level, PhoneOptions, Reading};
pub use plan::PhoneForm;
pub use resolve::{
    ResolvedPhone, means_nothing, region, resolve, resolve_bytes, resolve_number, resolve_or_rule,
    unsigned,
};
pub(crate) use resolve::{
    fast_resolve, resolve_number_or_rule, resolve_suggested, resolve_suggested_number,
    slow_resolve, slow_resolve_text,
};
pub use same::{PhoneMatch, same_phone};
pub(crate) use several::{first_number, number_parts, numbers_named};
