//! gmtZones against the reference, and the results of their repair.

use predial::zone::Zone;

use crate::reference::zone;
use crate::world::{NOW, regions};

pub fn run(data: &[u8]) -> Option<()> {
    let text = str::from_utf8(data).ok()?;
    let expected = zone::zone(text);
    let parsed = Zone::parse(text, regions().at(NOW));
    let seen = parsed.as_ref().ok().map(|zone| zone::Zone {
        id: zone.id().to_string(),
        normalized: zone.normalized().to_string(),
        seconds: zone.offset_seconds(),
    });
    assert_eq!(seen, expected);
    assert_eq!(
        Zone::recognize(text, regions()),
        parsed.as_ref().ok().copied()
    );
    if let Err(fault) = &parsed {
        let place = fault.position.expect("the position is always set");
        assert!(place <= text.chars().count());
    }

    match Zone::repair(text, regions().at(NOW)) {
        Ok(zone) => {
            if let Ok(parsed) = &parsed {
                assert_eq!(*parsed, zone);
            }
            let normalized = zone.normalized().to_string();
            let again = zone::zone(&normalized).expect("a normalized zone is a gmtZone");
            assert_eq!(again.normalized, normalized);
        }
        Err(fault) => {
            assert_eq!(expected, None);
            let suggestion = fault.suggestion.iter();
            suggestion
                .for_each(|text| assert!(zone::zone(text).is_some(), "{text:?} is suggested"));
            assert!(!fault.message().is_empty());
        }
    }
    Some(())
}
