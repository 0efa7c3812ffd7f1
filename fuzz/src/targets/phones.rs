//! Phones: every reading of every text ends in a number or a fault, the fast paths agree with the
//! slow ones, and the phone in predial's answer is read as the same number.

use predial::phone::plan::Region;
use predial::phone::{self, Level, Phone, PhoneOptions, Reading, ResolvedPhone};

/// The first two bytes are the region, the level and the preferred reading; then the text.
pub fn run(data: &[u8]) -> Option<()> {
    let (control, text) = data.split_at_checked(2)?;
    let options = PhoneOptions {
        region: region(control[0]),
        prefer: [None, Some(Reading::National), Some(Reading::International)]
            [usize::from(control[1] & 0b11) % 3],
        level: Level::ALL[usize::from(control[1] >> 2) % 3],
        is_after_code: control[1] & 0b1_0000 != 0,
    };
    let by_bytes = phone::resolve_bytes(text, &options);
    let Ok(text) = str::from_utf8(text) else {
        assert!(by_bytes.is_err());
        return Some(());
    };
    let resolved = phone::resolve(text, &options);
    let rule = |resolved: &ResolvedPhone| (resolved.phone, resolved.plain, resolved.is_warned());
    assert_eq!(
        by_bytes.as_ref().map(rule),
        resolved.as_ref().map(rule).map_err(|fault| &fault.rule),
    );
    match &resolved {
        Ok(resolved) => {
            assert_eq!(resolved.plain, text == resolved.phone.digits());
            assert_eq!(resolved.is_warned(), resolved.warnings().count() > 0);
            assert_reads_back(&resolved.phone, &options);
        }
        Err(fault) => {
            assert!(fault.position.is_none_or(|at| at <= text.chars().count()));
            assert!(!fault.message().is_empty());
        }
    }
    let _ = phone::resolve_number(text, &options);
    for parsed in [
        Phone::parse(text),
        options.region.map_or_else(
            || Phone::parse(text),
            |region| Phone::parse_in(text, region),
        ),
    ] {
        if let Ok(phone) = parsed {
            assert_eq!(Phone::from_digits(phone.digits().as_bytes()), Some(phone));
            assert!(phone.digits().len() <= 15);
            assert!(phone.time_zones().count() < 100);
        }
    }
    Some(())
}

/// A number with its plus is read as itself everywhere. Its digits alone are too, unless a region
/// gives them another meaning. A number that is not in use may begin with another national prefix,
/// which is removed then.
fn assert_reads_back(phone: &Phone, options: &PhoneOptions) {
    if !phone.is_valid() {
        return;
    }
    for other in [
        *options,
        PhoneOptions {
            region: None,
            ..*options
        },
    ] {
        let again = phone::resolve(&phone.e164(), &other);
        assert_eq!(
            again.map(|again| again.phone),
            Ok(*phone),
            "{}",
            phone.e164()
        );
    }
    let digits = PhoneOptions {
        region: None,
        ..*options
    };
    if let Ok(again) = phone::resolve(phone.digits(), &digits) {
        assert_eq!(again.phone, *phone);
    }
}

/// None for one byte in four.
fn region(byte: u8) -> Option<Region> {
    let dialled = Region::all().filter(|region| region.country_code().is_some());
    let dialled: Vec<Region> = dialled.collect();
    let place = usize::from(byte).checked_sub(64)?;
    Some(dialled[place % dialled.len()])
}
