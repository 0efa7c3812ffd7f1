#![forbid(unsafe_code)]
//! The gmtZone grammar: text to zone.
