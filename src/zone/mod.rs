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
//! let zone = Zone::parse("UTC+3", &regions).unwrap();
//! assert_eq!(&*zone.id(), "UTC+03:00");
//! assert_eq!(&*zone.normalized(), "+03:00");
//! ```

mod abbreviations;
mod countries;
mod diagnose;
mod loose;
mod name;
mod offset;
mod parse;
mod regions;
mod repair;
mod value;

pub use name::ZoneName;
pub(crate) use regions::known_id;
pub use regions::{Regions, ZoneRegion};
pub use value::{Zone, ZoneKind};
