//! Answers when one job will ring.

use super::super::check::{JobOptions, inspect};
use super::super::policy::{
    Campaign, Instant, Malformed, Policy, PolicyFields, PolicyReading, Timetable,
};
use super::super::{JobContext, RawJob};
use super::{Places, Windows};
use crate::service::KnownField;
use crate::zone::Regions;
use crate::{Rule, Severity};

use std::sync::Arc;

/// The windows of a job from `now` on: in its zone, or in the zones of its phone, or anywhere. A
/// phone is not required, and is not read if the job has a zone.
///
/// # Errors
/// Every fault for which the job would be rejected, except that it never rings.
///
/// ```
/// use predial::job::{self, Field, Instant, KnownField, Name, RawJob};
/// let field = |known, value| Field { name: Name::Known(known), value, at: 0 };
/// let fields = [
///     field(KnownField::GmtZone, "\"+03:00\""),
///     field(KnownField::LocalTimeFrom, "\"10:00\""),
///     field(KnownField::LocalTimeTo, "\"18:00\""),
/// ];
/// let job = RawJob { text: "{}", fields: Some(&fields) };
/// let regions = predial::zone::Regions::new([]);
/// let mut windows = job::windows(&job, None, Instant::of_seconds(0), &regions).unwrap();
/// let first = windows.next().unwrap();
/// assert_eq!(first.start, Instant::of_seconds(7 * 3600));
/// assert_eq!(first.end, Some(Instant::of_seconds(15 * 3600)));
/// ```
pub fn windows<'r>(
    job: &RawJob<'_>,
    campaign: Option<Arc<Campaign>>,
    now: Instant,
    regions: &'r Regions,
) -> Result<Windows<'r>, Vec<Malformed>> {
    let options = JobOptions {
        campaign: campaign.clone(),
        ..JobOptions::default()
    };
    let context = JobContext::new(regions, now.seconds);
    let (verdict, places) = inspect(job, &options, &context);
    let phone_counts = !matches!(places, Some(Places::Offset(_) | Places::Region(_)));
    let is_phone = |field: Option<&str>| field == Some(KnownField::Phone.name());
    let malformed: Vec<Malformed> = verdict
        .findings
        .into_iter()
        .filter(|finding| {
            let is_other = !matches!(
                finding.fault.rule,
                Rule::PhoneMissing | Rule::PolicyExpired | Rule::PolicyNeverRings
            );
            let counts = phone_counts || !is_phone(finding.field.as_deref());
            finding.severity == Severity::Error && is_other && counts
        })
        .map(|finding| Malformed {
            place: finding.field.map(Into::into),
            fault: finding.fault,
        })
        .collect();
    if !malformed.is_empty() {
        return Err(malformed);
    }
    let none = Policy::default();
    let of_campaign = campaign.as_ref().map_or(&none, |campaign| &campaign.policy);
    let given = PolicyFields::of(job.text, job.fields.unwrap_or_default());
    let policy = PolicyReading::of(&given.all(), regions).policy;
    let (dates, _) = policy.dates.within(of_campaign.dates);
    let (timetable, _) = Timetable::of(policy.hours(), of_campaign.hours());
    let zones = context.zones(places.unwrap_or(Places::World));
    Ok(Windows::new(timetable.week(), dates, zones, now))
}
