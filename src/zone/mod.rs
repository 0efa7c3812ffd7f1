#![forbid(unsafe_code)]
//! The gmtZone grammar: text to zone.
//!
//! A [`Zone`] is an offset from UTC, or a region of the IANA time zone database. The grammar
//! and its two forms, `id` and `normalized`, are those of `java.time.ZoneId.of`, since the
//! service runs on a JVM; the set of region IDs is IANA's, and comes in as a value, [`Regions`].
//!
//! ```
//! use predial::zone::{Regions, Zone};
//!
//! let regions = Regions::new([]); // an offset needs none
//! let zone = Zone::parse("UTC+3", regions.at(1_800_000_000)).unwrap();
//! assert_eq!(&*zone.id(), "UTC+03:00");
//! assert_eq!(&*zone.normalized(), "+03:00");
//! ```

mod abbreviations;
mod at;
mod countries;
mod diagnose;
mod fold;
mod homoglyph;
mod loose;
mod name;
mod names;
mod offset;
mod parse;
mod parts;
mod placeholder;
mod regions;
mod relative;
mod repair;
mod suggest;
mod value;

pub use at::RegionsAt;
pub use name::ZoneName;
pub use names::NAME_SOURCES;
pub(crate) use regions::known_id;
pub use regions::{Regions, ZoneRegion};
pub use suggest::{Meant, Nearness};
pub use value::{Zone, ZoneKind};
