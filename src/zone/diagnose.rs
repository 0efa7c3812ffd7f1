//! Explains why a text is not a gmtZone, and at which character.

use super::abbreviations;
use super::at::RegionsAt;
use super::homoglyph::Mixed;
use super::loose::{LooseOffset, LooseSize};
use super::offset::{self, OffsetError, OffsetField, OffsetPrefix};
use super::parts::ZoneParts;
use super::placeholder::is_placeholder;
use super::regions::Regions;
use super::suggest::{Meant, Nearness, shown};
use super::value::Zone;
use super::{relative, repair};
use crate::{Fault, Rule};

/// The fault of a text that is not valid and can only mean this zone.
pub(super) fn repairable(text: &str, meant: Zone<'_>) -> Fault {
    Fault::new(Rule::ZoneFormat)
        .at(parting(text, meant))
        .suggest(&*meant.normalized())
}

/// The first character that would have to change.
fn parting(text: &str, meant: Zone<'_>) -> usize {
    match meant.region() {
        Some(region) => common_chars(text, region.id()),
        None => offset::viable_len(text.as_bytes()),
    }
}

fn common_chars(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count()
}

/// The fault of a text that can't be repaired, with the zone that it may mean.
pub(super) fn hopeless(text: &str, at: RegionsAt<'_>) -> Fault {
    let fault = refused(text, at);
    match Meant::by(text, at).one(at, |_| Nearness::SameCountry) {
        Some(zone) => suggesting(fault, text, zone),
        None => fault,
    }
}

/// The fault of a text, with the zone that it may mean.
pub(super) fn suggesting(mut fault: Fault, text: &str, zone: Zone<'_>) -> Fault {
    if let (Rule::ZoneRegion, Some(region)) = (fault.rule, zone.region()) {
        let (clean, lead) = repair::cleaned(text);
        let position = lead + common_chars(&clean, region.id());
        fault = fault.at(position.min(text.chars().count()));
    }
    fault.suggest(&*zone.normalized())
}

/// The fault of a text that can't be repaired.
pub(super) fn refused(text: &str, at: RegionsAt<'_>) -> Fault {
    let (clean, lead) = repair::cleaned(text);
    let clean = &*clean;
    if clean.is_empty() {
        return Fault::new(Rule::ZoneEmpty).at(0);
    }
    let upper = clean.to_ascii_uppercase();
    let fault = placeholder(clean)
        .or_else(|| homoglyph(clean))
        .or_else(|| of_parts(clean, at))
        .or_else(|| hopeless_offset(&upper, at))
        .or_else(|| etc_without_sign(&upper))
        .or_else(|| abbreviation(clean))
        .unwrap_or_else(|| hopeless_region(clean, at.regions()));
    let position = lead + fault.position.unwrap_or(0);
    fault.at(position.min(text.chars().count()))
}

fn placeholder(clean: &str) -> Option<Fault> {
    is_placeholder(clean).then(|| Fault::new(Rule::ZonePlaceholder))
}

fn homoglyph(clean: &str) -> Option<Fault> {
    let mixed = Mixed::of(clean)?;
    let fault = Fault::new(Rule::ZoneSyntax).at(mixed.position);
    Some(fault.because(mixed.clause()))
}

/// The fault of a text whose parts do not agree, or that gives an offset from Moscow's time.
fn of_parts(clean: &str, at: RegionsAt<'_>) -> Option<Fault> {
    let parts = ZoneParts::of(clean, at);
    let second = || clean[..parts.second].chars().count();
    if let [first, other, ..] = &*parts.regions {
        let why = format!(
            "the text names two zones: {} and {}",
            first.id(),
            other.id()
        );
        return Some(Fault::new(Rule::ZoneRegion).at(second()).because(why));
    }
    if let Some(relative) = relative::of_moscow(&parts, at) {
        let sign = if relative.hours < 0 { "minus" } else { "plus" };
        let hours = relative.hours.abs();
        let unit = if hours == 1 { "hour" } else { "hours" };
        let why = format!("the text was read as Moscow's time {sign} {hours} {unit}");
        return Some(Fault::new(Rule::ZoneAbbreviation).at(0).because(why));
    }
    if let [first, other, ..] = &*parts.offsets {
        let (first, other) = (shown(first.seconds), shown(other.seconds));
        let why = format!("the text has two offsets: {first} and {other}");
        return Some(Fault::new(Rule::ZoneSyntax).at(second()).because(why));
    }
    let (&[zone], &[offset]) = (&*parts.regions, &*parts.offsets) else {
        return None;
    };
    let agrees = at.has_offset(zone, offset.seconds);
    (!agrees).then(|| {
        let (now, other) = (shown(at.offset(zone)), shown(offset.seconds));
        let why = format!(
            "{} and {other} are not the same: that zone is at {now}",
            zone.id()
        );
        Fault::new(Rule::ZoneSyntax).at(0).because(why)
    })
}

/// The fault of a text that was meant as an offset.
fn hopeless_offset(upper: &str, at: RegionsAt<'_>) -> Option<Fault> {
    let bytes = upper.as_bytes();
    let reading = LooseOffset::of(bytes);
    let before_hours = bytes.len() - reading.hours.len();
    let digits = reading.hours.first().is_some_and(u8::is_ascii_digit);
    if !digits && reading.sign.is_none() {
        return None;
    }
    let fault = match reading.size() {
        LooseSize::Clock(Err(OffsetError::Range(field))) => {
            out_of_range(field, before_hours, reading.hours)
        }
        LooseSize::None | LooseSize::Clock(Err(OffsetError::Shape)) => misshapen(&reading, bytes),
        _ if reading.prefix != OffsetPrefix::None && reading.sign.is_none() && !reading.spaced => {
            Fault::new(Rule::ZoneUnsigned).at(before_hours)
        }
        LooseSize::Clock(Ok(seconds)) => without_sign(seconds, before_hours, at),
        LooseSize::Decimal(readings) => {
            let point = offset::viable_len(bytes);
            decimal(&reading, &readings, (before_hours, point), at)
        }
    };
    Some(fault)
}

/// The fault of hours without a sign.
fn without_sign(seconds: i32, before_hours: usize, at: RegionsAt<'_>) -> Fault {
    let fault = Fault::new(Rule::ZoneRange).at(before_hours);
    match at.is_in_use(seconds) {
        true => fault.because("hours without a sign are read as an offset only up to 14"),
        false => fault.because(unused(seconds)),
    }
}

/// The fault of a decimal number that does not mean exactly one offset in use.
fn decimal(
    reading: &LooseOffset<'_>,
    readings: &[i32],
    (before_hours, point): (usize, usize),
    at: RegionsAt<'_>,
) -> Fault {
    let in_use = reading.readings_in_use(at);
    match (readings, &*in_use) {
        (&[seconds], []) => Fault::new(Rule::ZoneRange)
            .at(before_hours)
            .because(unused(reading.signed(seconds))),
        _ => Fault::new(Rule::ZoneSyntax)
            .at(point)
            .because("the digits after the point may be minutes or a fraction of an hour"),
    }
}

fn unused(seconds: i32) -> String {
    format!("no place has the offset {}", shown(seconds))
}

fn out_of_range(field: OffsetField, before: usize, hours: &[u8]) -> Fault {
    let (detail, into) = match field {
        OffsetField::Hour => ("the hours of an offset go up to 18", 0),
        OffsetField::Minute => ("the minutes of an offset go up to 59", 1),
        OffsetField::Second => ("the seconds of an offset go up to 59", 2),
        OffsetField::Whole => ("an offset goes from -18:00 to +18:00", 0),
    };
    Fault::new(Rule::ZoneRange)
        .at(before + field_start(hours, into))
        .because(detail)
}

/// The position of the field with this number, counted from the hour.
fn field_start(hours: &[u8], field: usize) -> usize {
    let colons = hours
        .iter()
        .enumerate()
        .filter(|&(_, &byte)| byte == b':')
        .map(|(place, _)| place + 1);
    let separated = std::iter::once(0).chain(colons).nth(field);
    separated.unwrap_or(2 * field)
}

fn misshapen(reading: &LooseOffset<'_>, upper: &[u8]) -> Fault {
    let fault = Fault::new(Rule::ZoneSyntax).at(offset::viable_len(upper));
    if reading.hours.is_empty() {
        return fault.because("the offset has a sign but no hours");
    }
    let is_number = reading.hours.iter().all(u8::is_ascii_digit);
    match (reading.hours.len(), reading.sign) {
        (3, Some(_)) if is_number => {
            fault.because("three digits may be an hour and minutes, or only minutes")
        }
        (3, None) if is_number => fault.because("three digits may be minutes"),
        (5, _) if is_number => fault.because("five digits may be seconds"),
        _ => fault,
    }
}

/// The fault of an abbreviation, alone or with hours after it (`CST+2`).
fn abbreviation(clean: &str) -> Option<Fault> {
    let end = clean.find(['+', '-']).unwrap_or(clean.len());
    let known = abbreviations::find(&clean[..end])?;
    let fault = Fault::new(Rule::ZoneAbbreviation).at(0);
    Some(match known.zones {
        [_] => fault.because(format!("{} is an abbreviation, not an ID", known.text)),
        zones => fault.because(format!(
            "{} is an abbreviation of several zones: {}",
            known.text,
            zones.join(", ")
        )),
    })
}

/// The fault of `Etc/GMT 3` and `Etc/GMT3`: if a plus was lost, they are west of Greenwich; if a
/// person meant `GMT+3`, east.
fn etc_without_sign(upper: &str) -> Option<Fault> {
    let hours = upper.strip_prefix("ETC/GMT")?.trim_ascii_start();
    let number = !hours.is_empty() && hours.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| {
        Fault::new(Rule::ZoneUnsigned)
            .at(upper.len() - hours.len())
            .because("the hours after Etc/GMT have no sign; with a sign they count westward")
    })
}

fn hopeless_region(clean: &str, regions: &Regions) -> Fault {
    if let Some(region) = regions.get_loosely(clean) {
        return if region.is_placeholder() {
            Fault::new(Rule::ZonePlaceholder)
        } else {
            Fault::new(Rule::ZoneRegion)
                .because("the time zone database has no readable data for the ID")
        };
    }
    if clean.starts_with("SystemV/") {
        return Fault::new(Rule::ZoneRegion)
            .because("SystemV zones exist only in Java, not in the IANA time zone database");
    }
    match clean.chars().position(|c| !may_stand_in_an_id(c)) {
        None if clean.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Fault::new(Rule::ZoneRegion)
        }
        stray => Fault::new(Rule::ZoneSyntax).at(stray.unwrap_or(0)),
    }
}

/// IANA's own rule for the names of its files, the plus of `Etc/GMT+3`, and the space that
/// people write for an underscore.
fn may_stand_in_an_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+' | '.' | ' ')
}
