//! Why a text is not a gmtZone, where it stops being one, and what was perhaps meant.

use super::loose::{LooseOffset, Sign};
use super::name::ZoneName;
use super::offset::{self, OffsetError, OffsetField, OffsetPrefix};
use super::regions::Regions;
use super::value::Zone;
use super::{abbreviations, repair};
use crate::{Fault, Rule};

/// Why a text is not valid, which the caller has seen.
pub(super) fn strictly(text: &str, regions: &Regions) -> Fault {
    match repair::mend(text, regions) {
        Some(meant) => Fault::new(Rule::ZoneFormat)
            .at(parting(text, meant))
            .suggest(&*meant.normalized()),
        None => hopeless(text, regions),
    }
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

/// Why a text can't be repaired.
pub(super) fn hopeless(text: &str, regions: &Regions) -> Fault {
    let (clean, lead) = repair::cleaned(text);
    let clean = &*clean;
    if clean.is_empty() {
        return Fault::new(Rule::ZoneEmpty).at(0);
    }
    let upper = clean.to_ascii_uppercase();
    let fault = hopeless_offset(&upper)
        .or_else(|| etc_without_sign(&upper))
        .or_else(|| abbreviation(clean))
        .unwrap_or_else(|| hopeless_region(clean, regions));
    let position = lead + fault.position.unwrap_or(0);
    fault.at(position)
}

/// The fault of a text that was meant as an offset.
fn hopeless_offset(upper: &str) -> Option<Fault> {
    let bytes = upper.as_bytes();
    let reading = LooseOffset::of(bytes);
    let before_hours = bytes.len() - reading.hours.len();
    let digits = reading.hours.first().is_some_and(u8::is_ascii_digit);
    if !digits && reading.sign.is_none() {
        return None;
    }
    let fault = match reading.size() {
        Some(Err(OffsetError::Range(field))) => out_of_range(field, before_hours, reading.hours),
        // Only a sign was missing, or there would have been a repair.
        Some(_) => without_sign(&reading, before_hours),
        None => misshapen(&reading, bytes),
    };
    Some(fault)
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

/// Where the field of this number begins, counting from the hour.
fn field_start(hours: &[u8], field: usize) -> usize {
    let colons = hours
        .iter()
        .enumerate()
        .filter(|&(_, &byte)| byte == b':')
        .map(|(place, _)| place + 1);
    let separated = std::iter::once(0).chain(colons).nth(field);
    separated.unwrap_or(2 * field)
}

fn without_sign(reading: &LooseOffset<'_>, before_hours: usize) -> Fault {
    if reading.prefix == OffsetPrefix::None {
        return Fault::new(Rule::ZoneRange)
            .at(before_hours)
            .because("hours without a sign are read as an offset only up to 14");
    }
    let fault = Fault::new(Rule::ZoneUnsigned).at(before_hours);
    match reading.size() {
        Some(Ok(east)) => fault.suggest(&*ZoneName::of_offset(OffsetPrefix::None, east)),
        _ => fault,
    }
}

fn misshapen(reading: &LooseOffset<'_>, upper: &[u8]) -> Fault {
    let fault = Fault::new(Rule::ZoneSyntax).at(offset::viable_len(upper));
    if reading.hours.is_empty() {
        return fault.because("the offset has a sign but no hours");
    }
    if let Some(fraction) = fraction_like_minutes(reading.hours) {
        return fault.because(fraction);
    }
    match three_digits(reading) {
        Some(east) => fault
            .because("three digits may be an hour and minutes, or only minutes")
            .suggest(&*ZoneName::of_offset(OffsetPrefix::None, east)),
        None => fault,
    }
}

/// `5.30` and the like.
fn fraction_like_minutes(hours: &[u8]) -> Option<&'static str> {
    let point = hours.iter().position(|byte| matches!(byte, b'.' | b','))?;
    let (whole, fraction) = (&hours[..point], &hours[point + 1..]);
    let numbers = [whole, fraction]
        .iter()
        .all(|part| (1..=2).contains(&part.len()) && part.iter().all(u8::is_ascii_digit));
    numbers.then_some("the digits after the point may be minutes or a fraction of an hour")
}

/// The seconds of `+300` and the like, read as an hour and minutes.
fn three_digits(reading: &LooseOffset<'_>) -> Option<i32> {
    let sign = reading.sign?;
    let &[hour, tens, ones] = reading.hours else {
        return None;
    };
    let size = offset::unsigned(&[b'0', hour, tens, ones]).ok()?;
    Some(if sign == Sign::Minus { -size } else { size })
}

/// The fault of an abbreviation, alone or with hours after it (`MSK+2`).
fn abbreviation(clean: &str) -> Option<Fault> {
    let end = clean.find(['+', '-', ' ']).unwrap_or(clean.len());
    let known = abbreviations::find(&clean[..end])?;
    let fault = Fault::new(Rule::ZoneAbbreviation).at(0);
    let fault = match known.zones {
        [_] => fault.because(format!("{} is an abbreviation, not an ID", known.text)),
        zones => fault.because(format!(
            "{} is an abbreviation of several zones: {}",
            known.text,
            zones.join(", ")
        )),
    };
    Some(match known.zones {
        [zone] if end == clean.len() => fault.suggest(*zone),
        _ => fault,
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
    if let Some(region) = regions.suggest(clean) {
        return Fault::new(Rule::ZoneRegion)
            .at(common_chars(clean, region.id()))
            .suggest(region.id());
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
