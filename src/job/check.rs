//! The verdict on one job.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::ops::{Deref, Range};
use std::sync::Arc;

use super::RawJob;
use super::context::JobContext;
use super::deprecated::undeprecated;
use super::field::{Field, MOST_FIELDS, Name};
use super::finding::{Finding, FindingCode, Graded, VerdictDetail};
use super::location::JobLocation;
use super::phone_zones::PhonePlace;
use super::policy::{
    Campaign, ClockVerdict, FindingKind, Night, PolicyContext, PolicyFields, PolicyFinding,
    Rewritten, Shown, SuggestedEdit,
};
use super::ringing::{CallPlan, Places, far_fault};
use super::severity::{RepairLevel, SeverityChanges};
use super::shown::{shown, shown_name};
use super::values::{
    ZoneValue, explained_phone, read_phone, read_phone_or_rule, read_suggested_phone,
};
use super::zone_names::ZoneNames;
use super::zone_texts::{ReadZone, RefusedZone};
use crate::json::{Edit, Value, inner, is_deeper, quoted};
use crate::phone::{self, Phone, ResolvedPhone};
use crate::service::KnownField;
use crate::service::bounds::MAX_LEVELS;
use crate::zone::Zone;
use crate::{Fault, Rule, Severity};

/// The options for every job.
#[derive(Clone, Debug)]
pub struct JobOptions {
    /// Which values are rewritten; a job with another fault is rejected.
    pub repair: RepairLevel,
    /// The warnings with another severity.
    pub severities: SeverityChanges,
    /// Whether every phone becomes a string of digits and every zone its normalized form.
    pub canonical: bool,
    /// Which reading of a phone is meant.
    pub phone: phone::PhoneOptions,
    /// The campaign's policy, for the fields that a job lacks.
    pub campaign: Option<Arc<Campaign>>,
    /// The hours of the night. Windows in the night get a warning.
    pub night: Night,
    /// Whether a phone of digits may have the plus of E.164 and still be sent unchanged.
    pub accepts_plus: bool,
    /// What becomes of a phone field with several numbers.
    pub multiple: MultiplePhones,
    /// What texts of the list mean as zones.
    pub zones: Option<Arc<ZoneNames>>,
}

/// What becomes of a job whose phone field has several numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MultiplePhones {
    /// It is rejected.
    #[default]
    Refused,
    /// It is sent with the first that is valid.
    First,
    /// It is a job for each of them.
    Each,
}

impl MultiplePhones {
    /// `first` or `each`; nothing if such a job is rejected.
    pub fn name(self) -> Option<&'static str> {
        match self {
            MultiplePhones::Refused => None,
            MultiplePhones::First => Some("first"),
            MultiplePhones::Each => Some("each"),
        }
    }
}

impl Default for JobOptions {
    fn default() -> Self {
        JobOptions {
            repair: RepairLevel::Sure,
            severities: SeverityChanges::default(),
            canonical: false,
            phone: phone::PhoneOptions::default(),
            campaign: None,
            night: Night::default(),
            accepts_plus: false,
            multiple: MultiplePhones::default(),
            zones: None,
        }
    }
}

/// What happens to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Sent unchanged, byte for byte.
    Clean,
    /// Sent after its edits.
    Repaired,
    /// Not sent.
    Rejected,
}

/// The verdict on one job.
#[derive(Debug)]
pub struct Verdict {
    /// What becomes of it.
    pub standing: Standing,
    /// Its phone, if it can be read.
    pub phone: Option<Phone>,
    /// The findings, in the order of the fields; the policy comes last.
    pub codes: Vec<FindingCode>,
    /// The findings in words, if the caller needs them.
    pub findings: Vec<Finding>,
    /// The edits, in the order of the text, if the caller needs them; empty unless repaired.
    pub edits: Vec<Edit>,
    /// When it may ring, if the caller needs that and the job or its campaign has a policy.
    pub(crate) plan: Option<CallPlan>,
    /// Where it is, if the caller needs that and its phone can be read.
    pub(crate) location: Option<JobLocation>,
}

impl Verdict {
    /// The [`Phone::e164_number`] of a job that is sent.
    pub fn sendable(&self) -> Option<u64> {
        match self.standing {
            Standing::Rejected => None,
            Standing::Clean | Standing::Repaired => self.phone.as_ref().map(Phone::e164_number),
        }
    }

    /// Whether the words about some of the findings were not made.
    pub fn lacks_words(&self) -> bool {
        self.findings.len() < self.codes.len()
    }

    /// Rejects the job as a whole.
    pub(crate) fn reject(&mut self, fault: Fault, detail: VerdictDetail) {
        self.codes.push(FindingCode {
            rule: fault.rule,
            severity: Severity::Error,
            field: None,
        });
        if detail >= VerdictDetail::Errors {
            self.findings.push(Finding::of_whole(fault));
        }
        self.standing = Standing::Rejected;
        self.edits.clear();
        nothing_is_sent(&mut self.codes);
        nothing_is_sent(&mut self.findings);
    }

    /// Adds a warning that is not about a field of the job.
    pub(crate) fn add(&mut self, finding: Finding, changes: SeverityChanges) {
        let rule = finding.fault.rule;
        let Some(severity) = changes.of(rule, finding.severity) else {
            return;
        };
        self.codes.push(FindingCode {
            rule,
            severity,
            field: None,
        });
        self.findings.push(Finding {
            severity,
            ..finding
        });
        if severity == Severity::Error {
            self.standing = Standing::Rejected;
            self.edits.clear();
            nothing_is_sent(&mut self.codes);
            nothing_is_sent(&mut self.findings);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.standing = Standing::Clean;
        self.phone = None;
        self.codes.clear();
        self.findings.clear();
        self.edits.clear();
        self.plan = None;
        self.location = None;
    }
}

impl Default for Verdict {
    /// The verdict on a job without a finding.
    fn default() -> Verdict {
        Verdict {
            standing: Standing::Clean,
            phone: None,
            codes: Vec::new(),
            findings: Vec::new(),
            edits: Vec::new(),
            plan: None,
            location: None,
        }
    }
}

/// Judges one job.
///
/// ```
/// use predial::job::{self, Field, KnownField, Name, RawJob, Standing};
/// let phone = Field { name: Name::Known(KnownField::Phone), value: "79110000000", at: 9 };
/// let job = RawJob { text: r#"{"phone":79110000000}"#, fields: Some(&[phone]) };
/// let regions = predial::zone::Regions::new([]);
/// let context = job::JobContext::new(&regions, 1_800_000_000);
/// let verdict = job::check(&job, &job::JobOptions::default(), &context);
/// assert_eq!(verdict.standing, Standing::Clean);
/// ```
pub fn check(job: &RawJob<'_>, options: &JobOptions, context: &JobContext<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    let detail = VerdictDetail::Words;
    check_into(&mut verdict, job, (options, detail), context);
    verdict
}

/// The same, in the requested detail, into the memory of an earlier verdict: moving a verdict takes
/// longer than reaching it.
pub(crate) fn check_into(
    verdict: &mut Verdict,
    job: &RawJob<'_>,
    (options, detail): (&JobOptions, VerdictDetail),
    context: &JobContext<'_>,
) {
    let mut checker = Checker::new(verdict, (options, detail), context);
    checker.job(job);
    checker.finish();
}

/// The same for the job of one part of a phone field with several numbers; `cell` is the whole field.
pub(crate) fn check_part_into(
    verdict: &mut Verdict,
    (part, cell): (&RawJob<'_>, &str),
    (options, detail): (&JobOptions, VerdictDetail),
    context: &JobContext<'_>,
) {
    let mut checker = Checker::new(verdict, (options, detail), context);
    checker.cell = Some(cell);
    checker.job(part);
    checker.finish();
}

/// The verdict on a job, and where the job is; `None` if its zone can't be read.
pub(super) fn inspect(
    job: &RawJob<'_>,
    options: &JobOptions,
    context: &JobContext<'_>,
) -> (Verdict, Option<Places>) {
    let mut verdict = Verdict::default();
    let mut checker = Checker::new(&mut verdict, (options, VerdictDetail::Words), context);
    let zone = checker.job(job);
    let places = checker.places(zone);
    checker.finish();
    (verdict, places)
}

struct Checker<'o, 'r, 'v> {
    options: &'o JobOptions,
    context: &'o JobContext<'r>,
    detail: VerdictDetail,
    verdict: &'v mut Verdict,
    /// Whether edits are needed.
    is_edited: bool,
    /// The phone field that the job is a part of.
    cell: Option<&'o str>,
}

impl<'o, 'r, 'v> Checker<'o, 'r, 'v> {
    fn new(
        verdict: &'v mut Verdict,
        (options, detail): (&'o JobOptions, VerdictDetail),
        context: &'o JobContext<'r>,
    ) -> Self {
        verdict.clear();
        Checker {
            options,
            context,
            detail,
            verdict,
            is_edited: false,
            cell: None,
        }
    }

    /// Checks the whole job; returns the zone, if it can be read.
    fn job(&mut self, job: &RawJob<'_>) -> Option<Zone<'r>> {
        if is_deeper(job.text, MAX_LEVELS.into()) {
            self.whole(Rule::JobTooDeep, || Fault::new(Rule::JobTooDeep));
        }
        match job.fields {
            Some(fields) => self.fields(job.text, fields),
            None => {
                self.whole(Rule::JobNotObject, || not_an_object(job.text));
                None
            }
        }
    }

    fn fields(&mut self, text: &str, fields: &[Field<'_>]) -> Option<Zone<'r>> {
        if fields.len() > MOST_FIELDS {
            self.whole(Rule::JobTooLarge, too_many_fields);
            return None;
        }
        self.repeated_names(fields);
        let mut has_phone = false;
        let mut has_policy = self.options.campaign.is_some();
        let mut zone = None;
        for field in fields {
            match &field.name {
                Name::Known(KnownField::Phone) => {
                    has_phone |= field.value != "null";
                    self.phone(field);
                }
                Name::Known(KnownField::GmtZone) => {
                    zone = self.zone(field, fields).map(|zone| (field, zone));
                }
                Name::Known(KnownField::Payload) => self.payload(field),
                Name::Known(_) => has_policy = true,
                Name::Unknown(_) => self.unknown(field),
            }
        }
        let zone_field = zone.map(|(field, _)| field);
        let zone = zone.map(|(_, zone)| zone);
        let phone = self.verdict.phone.as_ref();
        self.verdict.location = phone.and_then(|phone| self.context.location(phone, zone.as_ref()));
        let clocks = self.verdict.phone.as_ref().zip(zone);
        let clocks = clocks.map(|(phone, zone)| (zone, PhonePlace::of(phone)));
        let before_policy = (self.verdict.codes.len(), self.verdict.findings.len());
        if !has_phone {
            self.no_phone(fields);
        }
        let verdict = match has_policy {
            true => self.policy(text, fields, zone, clocks),
            false => ClockVerdict::Unknown,
        };
        if let (Some(field), Some((zone, place))) = (zone_field, clocks)
            && self.clocks(field, verdict, zone, place)
        {
            // The finding about the policy comes last.
            let (code, finding) = before_policy;
            self.verdict.codes[code..].rotate_right(1);
            if self.detail == VerdictDetail::Words {
                self.verdict.findings[finding..].rotate_right(1);
            }
        }
        zone
    }

    /// Records a finding if the clocks of a job and of its phone differ, after the policy's result
    /// for that; returns whether they differ.
    fn clocks(
        &mut self,
        field: &Field<'_>,
        verdict: ClockVerdict,
        zone: Zone<'_>,
        place: PhonePlace,
    ) -> bool {
        let context = self.context;
        let far = match verdict {
            ClockVerdict::Agree => return false,
            ClockVerdict::Unknown if !context.is_far_from(place, zone) => return false,
            ClockVerdict::Unknown => None,
            ClockVerdict::Differ(far) => far,
        };
        let fault = || {
            far.or_else(|| context.first_far(place, zone))
                .map(far_fault)
        };
        self.found(field, Severity::Warning, Rule::ZoneFarFromPhone, fault);
        true
    }

    /// Checks the policy together with the campaign's; returns its result for the clocks.
    fn policy(
        &mut self,
        text: &str,
        fields: &[Field<'_>],
        zone: Option<Zone<'o>>,
        clocks: Option<(Zone<'o>, PhonePlace)>,
    ) -> ClockVerdict {
        let (options, context) = (self.options, self.context);
        let asked = PolicyContext {
            campaign: options.campaign.as_deref(),
            night: options.night,
            places: self.places(zone),
            clocks,
            takes_suggestions: self.takes_suggestions(),
            weeks: context.weeks(),
            wants_words: self.detail == VerdictDetail::Words,
        };
        let before = self.verdict.edits.len();
        let given = PolicyFields::of(text, fields);
        let answer = context.verdicts().each_finding(given, &asked, |found| {
            let field = given.get(found.field);
            self.policy_finding((text, fields), field, found, asked.places);
        });
        if self.verdict.edits.len() > before {
            self.verdict.edits.sort_by_key(|edit| edit.range.start);
        }
        self.verdict.plan = answer.plan.map(|mut plan| {
            if !given.is_empty() {
                plan.hours = plan.hours.of_its_own();
            }
            plan
        });
        answer.clocks
    }

    /// Where the job is: in its zone, or where its phone is, or anywhere. `None` if its zone can't
    /// be read.
    fn places(&self, zone: Option<Zone<'_>>) -> Option<Places> {
        let is_zone = |code: &FindingCode| {
            code.severity == Severity::Error && code.field == Some(KnownField::GmtZone)
        };
        match (zone, &self.verdict.phone) {
            (Some(zone), _) => Some(Places::of_zone(zone)),
            _ if self.verdict.codes.iter().any(is_zone) => None,
            (None, Some(phone)) => Some(Places::Phone(PhonePlace::of(phone))),
            (None, None) => Some(Places::World),
        }
    }

    /// Records a finding about a policy.
    fn policy_finding(
        &mut self,
        job: (&str, &[Field<'_>]),
        field: Option<&Field<'_>>,
        found: &PolicyFinding,
        places: Option<Places>,
    ) {
        let takes_suggestions = self.takes_suggestions();
        let dated = match &found.kind {
            FindingKind::NoOffset(_, local)
                if takes_suggestions || self.detail >= VerdictDetail::Errors =>
            {
                let ringing = self.context.verdicts().ringing();
                ringing.with_offset(places, local)
            }
            _ => None,
        };
        let severity = match dated.is_some() && takes_suggestions {
            true => Severity::Suggested,
            false => found.severity(Rewritten {
                repaired: self.options.repair.is_any(),
                canonical: self.options.canonical,
                suggested: takes_suggestions,
            }),
        };
        if let (Severity::Repair | Severity::Suggested, Some(field)) = (severity, field) {
            self.policy_edits(job, field, &found.kind, dated.as_deref());
        }
        self.verdict.codes.push(FindingCode {
            rule: found.fault.rule,
            severity,
            field: Some(found.field),
        });
        if self.needs_words(severity) {
            let finding = policy_words(field, (found, dated), severity);
            self.verdict.findings.push(finding);
        }
    }

    fn policy_edits(
        &mut self,
        (text, fields): (&str, &[Field<'_>]),
        field: &Field<'_>,
        kind: &FindingKind,
        dated: Option<&str>,
    ) {
        use SuggestedEdit::{Pair, Value};
        self.is_edited = true;
        if self.detail == VerdictDetail::Codes {
            return;
        }
        let within = |range: &Range<usize>, json: String| {
            let range = field.at + range.start..field.at + range.end;
            vec![Edit { range, json }]
        };
        let edits = match (kind, dated) {
            (FindingKind::NoOffset(range, _), Some(dated)) => within(range, quoted(dated)),
            (FindingKind::Repair(range, json), _)
            | (FindingKind::Suggestion(Value(range, json)), _) => within(range, json.clone()),
            (FindingKind::Deprecated(windows), _) => undeprecated(text, fields, windows.as_deref()),
            (FindingKind::Suggestion(Pair(windows)), _) => {
                undeprecated(text, fields, Some(windows))
            }
            _ => Vec::new(),
        };
        // What replaces a whole already contains the edits of its parts.
        let all = &mut self.verdict.edits;
        all.retain(|edit| edits.iter().all(|other| !other.covers(edit)));
        for edit in edits {
            if all.iter().all(|other| !other.covers(&edit)) {
                all.push(edit);
            }
        }
    }

    fn phone(&mut self, field: &Field<'_>) {
        let options = &self.options.phone;
        let read = match self.detail {
            VerdictDetail::Errors | VerdictDetail::Words => explained_phone(field.value, options),
            _ => read_phone_or_rule(field.value, options)
                .map(|read| read.map_err(|rule| (rule, None))),
        };
        let resolved = match read {
            Some(Ok(resolved)) => resolved,
            Some(Err((rule, fault))) => return self.refused_phone(field, rule, fault),
            None => return,
        };
        self.verdict.phone = Some(resolved.phone);
        let digits = || resolved.phone.digits();
        if let Some(cell) = self.cell {
            self.part_of(field, cell, digits());
        } else if !resolved.plain && !self.accepts_plus(field, &resolved.phone) {
            let fault = || Fault::new(Rule::PhoneFormat).suggest(digits());
            self.rewrite(field, Rule::PhoneFormat, fault, digits);
        } else if self.options.canonical && !field.value.starts_with('"') {
            let fault = || {
                Fault::new(Rule::PhoneFormat)
                    .because("the phone is a number; its canonical form is a string")
                    .suggest(digits())
            };
            self.rewrite(field, Rule::PhoneFormat, fault, digits);
        }
        self.warnings(field, &resolved);
    }

    /// A phone that is one of several in a field: it is sent as its digits.
    fn part_of(&mut self, field: &Field<'_>, cell: &str, digits: &str) {
        self.edit(field, || digits);
        let rule = Rule::PhoneMultiple;
        let known = field.name.known();
        self.note(rule, Severity::Repair, known, || {
            let fault = several_numbers(cell, &self.options.phone).suggest(digits);
            Finding {
                field: Some(shown_name(&field.name)),
                severity: Severity::Repair,
                fault,
                value: Some(shown(cell)),
            }
        });
    }

    /// Whether the value is a text of the plus and a phone's digits, and may be sent so.
    fn accepts_plus(&self, field: &Field<'_>, phone: &Phone) -> bool {
        let is_taken = self.options.accepts_plus && !self.options.canonical;
        is_taken && inner(field.value).strip_prefix('+') == Some(phone.digits())
    }

    fn warnings(&mut self, field: &Field<'_>, resolved: &ResolvedPhone) {
        if resolved.is_warned() {
            for rule in resolved.warned_rules() {
                let fault = || Some(resolved.warning(rule));
                self.found(field, Severity::Warning, rule, fault);
            }
        }
    }

    /// A phone that is refused, and sent as its suggestion if the options say so. `fault` has the
    /// words, if they were made with the rule.
    fn refused_phone(&mut self, field: &Field<'_>, rule: Rule, fault: Option<Fault>) {
        let options = &self.options.phone;
        let made = Cell::new(fault);
        let fault = || {
            made.take()
                .or_else(|| read_phone(field.value, options)?.err())
        };
        if rule == Rule::PhoneMultiple && self.separates() {
            match SeveralPhones::of(field.value, self.options) {
                // The caller makes a job of each part.
                SeveralPhones::Parts => return self.found(field, Severity::Error, rule, fault),
                SeveralPhones::One(first) => {
                    let digits = first.phone.digits();
                    let fault = || fault().unwrap_or(Fault::new(rule)).suggest(digits);
                    self.verdict.phone = Some(first.phone);
                    self.rewrite(field, rule, fault, || digits);
                    return self.warnings(field, &first);
                }
                SeveralPhones::Inseparable => {}
            }
        }
        let meant = match self.takes_suggestions() {
            true => read_suggested_phone(field.value, options),
            false => None,
        };
        let Some(resolved) = meant else {
            return self.found(field, Severity::Error, rule, fault);
        };
        self.verdict.phone = Some(resolved.phone);
        self.send_suggested(field, rule, fault, resolved.phone.digits());
        self.warnings(field, &resolved);
    }

    /// Whether a phone field with several numbers may be sent.
    fn separates(&self) -> bool {
        let is_wanted = self.options.multiple != MultiplePhones::Refused;
        is_wanted && self.options.repair.is_any() && self.cell.is_none()
    }

    fn takes_suggestions(&self) -> bool {
        self.options.repair == RepairLevel::Suggested
    }

    fn send_suggested(
        &mut self,
        field: &Field<'_>,
        rule: Rule,
        fault: impl FnOnce() -> Option<Fault>,
        text: &str,
    ) {
        self.edit(field, || text);
        self.found(field, Severity::Suggested, rule, || {
            Some(fault()?.suggest(text))
        });
    }

    /// The zone of the field, valid or repaired.
    fn zone(&mut self, field: &Field<'_>, fields: &[Field<'_>]) -> Option<Zone<'r>> {
        match self.clean_zone(field.value) {
            Some(zone) => Some(zone),
            None => self.zone_with_finding(field, fields),
        }
    }

    /// The zone of nearly all texts.
    fn clean_zone(&self, value: &str) -> Option<Zone<'r>> {
        let is_text = value.starts_with('"') && !self.options.canonical;
        let zone = is_text.then(|| self.context.clean_zone(inner(value)))?;
        zone.copied()
    }

    fn zone_with_finding(&mut self, field: &Field<'_>, fields: &[Field<'_>]) -> Option<Zone<'r>> {
        let read = match ZoneValue::of(field.value) {
            ZoneValue::Absent => return None,
            ZoneValue::Blank => {
                let fault = || {
                    Fault::new(Rule::ZoneFormat)
                        .because("the gmtZone is blank; the service uses the zone of the number")
                        .suggest("")
                };
                self.rewrite(field, Rule::ZoneFormat, fault, || "");
                return None;
            }
            ZoneValue::Text(text) => self.context.read_zone(&text),
            ZoneValue::Hours(zone, fault) => Cow::Owned(ReadZone::Meant(zone, fault)),
            ZoneValue::Number(number) => Cow::Owned(ReadZone::of_number(number, self.context.at())),
            ZoneValue::Refused(fault) => Cow::Owned(ReadZone::Refused(RefusedZone::of(fault))),
        };
        let zone = match &*read {
            ReadZone::Zone(zone) => {
                self.canonical_zone(field, *zone);
                *zone
            }
            ReadZone::Meant(zone, fault) => {
                self.rewrite(field, fault.rule, || fault.clone(), || zone.normalized());
                *zone
            }
            ReadZone::Refused(refused) => self.refused_zone((field, fields), refused)?,
        };
        if let Some(warning) = zone.warning() {
            self.found(field, Severity::Warning, warning.rule, || Some(warning));
        }
        Some(zone)
    }

    /// A zone that is refused, and sent as its suggestion, a zone of the phone, if the options say
    /// so. What it may mean is looked up only for words, or if it will be sent.
    fn refused_zone(
        &mut self,
        (field, fields): (&Field<'_>, &[Field<'_>]),
        refused: &RefusedZone<'r>,
    ) -> Option<Zone<'r>> {
        let phone = self.verdict.phone.or_else(|| self.phone_of(fields));
        let value = Value::of(field.value);
        let text = match &value {
            Value::Text(text) => text,
            _ => field.value,
        };
        let context = self.context;
        let rule = refused.fault().rule;
        let meant = || context.meant_zone(refused, text, phone.as_ref());
        let words = || Some(refused.suggesting(text, meant()));
        let meant = match self.takes_suggestions() {
            true => meant(),
            false => None,
        };
        match meant {
            Some(zone) => self.send_suggested(field, rule, words, &zone.normalized()),
            None => self.found(field, Severity::Error, rule, words),
        }
        meant
    }

    /// The phone of a job whose zone comes before it.
    fn phone_of(&self, fields: &[Field<'_>]) -> Option<Phone> {
        let is_phone = |field: &&Field<'_>| field.name == Name::Known(KnownField::Phone);
        let field = fields.iter().find(is_phone)?;
        let resolved = read_phone(field.value, &self.options.phone)?;
        Some(resolved.ok()?.phone)
    }

    fn canonical_zone(&mut self, field: &Field<'_>, zone: Zone<'_>) {
        if !self.options.canonical {
            return;
        }
        let normalized = zone.normalized();
        if field.value.trim_matches('"') != &*normalized {
            let fault = || {
                Fault::new(Rule::ZoneFormat)
                    .because("the gmtZone is valid, but not in its normalized form")
                    .suggest(&*normalized)
            };
            self.rewrite(field, Rule::ZoneFormat, fault, || &*normalized);
        }
    }

    fn payload(&mut self, field: &Field<'_>) {
        if !matches!(Value::of(field.value), Value::Null | Value::Object) {
            self.error(field, Rule::PayloadType);
        }
    }

    fn unknown(&mut self, field: &Field<'_>) {
        self.note(Rule::JobUnknownField, Severity::Warning, None, || {
            Finding::of_unknown(field)
        });
    }

    /// Repeated names: programs differ in which of the two they use.
    fn repeated_names(&mut self, fields: &[Field<'_>]) {
        let mut known = 0u16;
        let mut unknown = 0;
        let mut repeated = false;
        for field in fields {
            match field.name {
                Name::Known(name) => {
                    let bit = bit_of(name);
                    repeated |= known & bit != 0;
                    known |= bit;
                }
                Name::Unknown(_) => unknown += 1,
            }
        }
        // Nearly every job ends here, so no set is built for it.
        if repeated || unknown > 1 {
            if fields.len() <= FEW {
                for (place, field) in fields.iter().enumerate() {
                    if fields[..place].iter().any(|other| other.name == field.name) {
                        self.error(field, Rule::JobDuplicateKey);
                    }
                }
                return;
            }
            let mut seen = HashSet::with_capacity(fields.len());
            for field in fields {
                if !seen.insert(&field.name) {
                    self.error(field, Rule::JobDuplicateKey);
                }
            }
        }
    }

    fn no_phone(&mut self, fields: &[Field<'_>]) {
        let (rule, known) = (Rule::PhoneMissing, KnownField::Phone);
        self.note(rule, Severity::Error, Some(known), || {
            let meant = fields.iter().map(|field| field.name.text()).find(|name| {
                KnownField::from_name(name.as_bytes()).is_none()
                    && KnownField::meant_by(name) == Some(known)
            });
            let mut fault = Fault::new(rule);
            if let Some(name) = meant {
                fault = fault
                    .because(format!("the job has no phone, but a field {name:?}"))
                    .suggest(known.name());
            }
            Finding {
                field: Some(known.name().into()),
                severity: Severity::Error,
                fault,
                value: None,
            }
        });
    }

    /// A fault of the whole job. Its value is not shown, because it is the whole job.
    fn whole(&mut self, rule: Rule, fault: impl FnOnce() -> Fault) {
        self.note(rule, Severity::Error, None, || Finding::of_whole(fault()));
    }

    /// Rewrites a value, or rejects the job if rewriting is off.
    fn rewrite<T: Deref<Target = str>>(
        &mut self,
        field: &Field<'_>,
        rule: Rule,
        fault: impl FnOnce() -> Fault,
        text: impl FnOnce() -> T,
    ) {
        let severity = match self.options.repair.is_any() {
            true => {
                self.edit(field, text);
                Severity::Repair
            }
            false => Severity::Error,
        };
        self.found(field, severity, rule, || Some(fault()));
    }

    /// Rewrites a value.
    fn edit<T: Deref<Target = str>>(&mut self, field: &Field<'_>, text: impl FnOnce() -> T) {
        self.is_edited = true;
        if self.detail >= VerdictDetail::Edits {
            self.verdict.edits.push(Edit {
                range: field.at..field.at + field.value.len(),
                json: quoted(&text()),
            });
        }
    }

    fn error(&mut self, field: &Field<'_>, rule: Rule) {
        self.found(field, Severity::Error, rule, || Some(Fault::new(rule)));
    }

    /// Records a rule that is broken at a field. The fault is made only if the caller needs words.
    fn found(
        &mut self,
        field: &Field<'_>,
        severity: Severity,
        rule: Rule,
        fault: impl FnOnce() -> Option<Fault>,
    ) {
        self.note(rule, severity, field.name.known(), || {
            Finding::at_field(field, (severity, rule), fault)
        });
    }

    /// Records a rule that is broken, with words if the caller needs them.
    #[inline]
    fn note(
        &mut self,
        rule: Rule,
        severity: Severity,
        known: Option<KnownField>,
        words: impl FnOnce() -> Finding,
    ) {
        self.verdict.codes.push(FindingCode {
            rule,
            severity,
            field: known,
        });
        if self.needs_words(severity) {
            let words = words();
            debug_assert_eq!(words.fault.rule, rule, "the words are about the same rule");
            self.verdict.findings.push(words);
        }
    }

    /// Whether the caller needs words about a finding.
    #[inline]
    fn needs_words(&self, severity: Severity) -> bool {
        match self.detail {
            VerdictDetail::Codes | VerdictDetail::Edits => false,
            VerdictDetail::Errors => severity == Severity::Error,
            VerdictDetail::Words => true,
        }
    }

    fn finish(&mut self) {
        let verdict = &mut *self.verdict;
        let changes = self.options.severities;
        if !changes.is_empty() {
            change(&mut verdict.codes, changes);
            change(&mut verdict.findings, changes);
        }
        let is_error = |code: &FindingCode| code.severity == Severity::Error;
        if verdict.codes.iter().any(is_error) {
            verdict.standing = Standing::Rejected;
            verdict.edits.clear();
            nothing_is_sent(&mut verdict.codes);
            nothing_is_sent(&mut verdict.findings);
        } else if self.is_edited {
            verdict.standing = Standing::Repaired;
        }
    }
}

/// A finding about a policy in words; with the date-time that is suggested, if it lacks its offset.
fn policy_words(
    field: Option<&Field<'_>>,
    (found, dated): (&PolicyFinding, Option<String>),
    severity: Severity,
) -> Finding {
    let mut fault = found.fault.clone();
    if let FindingKind::NoOffset(..) = &found.kind {
        fault.suggestion = dated;
    }
    if field.is_none() {
        fault = fault.of_the_campaign();
    }
    let value = match &found.value {
        Shown::Text(text) => Some(text.clone()),
        Shown::Field => field.map(|field| shown(field.value)),
        Shown::Nothing => None,
    };
    let place = match found.path.is_empty() {
        true => Cow::Borrowed(found.field.name()),
        false => Cow::Owned(found.place()),
    };
    Finding {
        field: Some(place),
        severity,
        fault,
        value,
    }
}

/// Changes the severities of findings as the options say.
fn change<F: Graded>(findings: &mut Vec<F>, changes: SeverityChanges) {
    findings.retain_mut(|finding| {
        let severity = changes.of(finding.rule(), *finding.severity());
        if let Some(severity) = severity {
            *finding.severity() = severity;
        }
        severity.is_some()
    });
}

/// If nothing is sent as suggested, all suggestions remain errors.
fn nothing_is_sent<F: Graded>(findings: &mut [F]) {
    for finding in findings {
        if *finding.severity() == Severity::Suggested {
            finding.is_not_sent();
        }
    }
}

/// A job with more fields needs a set to compare their names.
const FEW: usize = 16;

/// A bit for each field that the service knows.
pub(super) const fn bit_of(field: KnownField) -> u16 {
    1 << field as u16
}

// With one field more, two fields would share a bit.
const _: () = assert!(KnownField::ALL.len() <= u16::BITS as usize);

/// The fault of a record that is not an object.
pub(crate) fn not_an_object(json: &str) -> Fault {
    let kind = match Value::of(json) {
        Value::Null => "null",
        Value::Bool => "a boolean",
        Value::Number(_) => "a number",
        Value::Text(_) | Value::LoneSurrogate(_) => "a string",
        Value::Array => "an array",
        Value::Object => "an object",
    };
    Fault::new(Rule::JobNotObject).because(format!("the record is {kind}, not an object"))
}

/// The fault of a job with too many fields.
pub(crate) fn too_many_fields() -> Fault {
    let many = format!("the job has more than {MOST_FIELDS} fields");
    Fault::new(Rule::JobTooLarge).because(many)
}

/// The fault of a field with several numbers.
fn several_numbers(cell: &str, options: &phone::PhoneOptions) -> Fault {
    let fault = read_phone(cell, options).and_then(Result::err);
    let fault = fault.filter(|fault| fault.rule == Rule::PhoneMultiple);
    fault.unwrap_or_else(|| Fault::new(Rule::PhoneMultiple))
}

/// What becomes of a phone field with several numbers.
enum SeveralPhones {
    /// It is a job for each part.
    Parts,
    /// It is sent with this one.
    One(ResolvedPhone),
    /// It is rejected.
    Inseparable,
}

impl SeveralPhones {
    fn of(value: &str, options: &JobOptions) -> SeveralPhones {
        let parts = match options.multiple {
            MultiplePhones::Each => number_parts(value, &options.phone).map(|parts| parts.len()),
            MultiplePhones::First => Some(1),
            MultiplePhones::Refused => None,
        };
        match parts {
            None => SeveralPhones::Inseparable,
            Some(..=1) => first_phone(value, &options.phone)
                .map_or(SeveralPhones::Inseparable, SeveralPhones::One),
            Some(_) => SeveralPhones::Parts,
        }
    }
}

/// The texts of the parts of a phone field with several numbers: each phone once, and what else has
/// enough digits for a number; none if there are fewer than two.
pub(crate) fn phone_parts(value: &str, options: &phone::PhoneOptions) -> Vec<String> {
    number_parts(value, options)
        .filter(|parts| parts.len() > 1)
        .unwrap_or_default()
}

/// All numbers that the phone of a job may name.
pub(crate) fn phones_named(job: &RawJob<'_>, options: &phone::PhoneOptions) -> Vec<Phone> {
    let mut fields = job.fields.unwrap_or_default().iter();
    let field = fields.find(|field| field.name.known() == Some(KnownField::Phone));
    match field.map(|field| Value::of(field.value)) {
        Some(Value::Text(text)) => phone::numbers_named(&text, options),
        _ => Vec::new(),
    }
}

fn number_parts(value: &str, options: &phone::PhoneOptions) -> Option<Vec<String>> {
    match Value::of(value) {
        Value::Text(text) => phone::number_parts(&text, options),
        _ => None,
    }
}

/// The first phone of a phone field with several numbers.
fn first_phone(value: &str, options: &phone::PhoneOptions) -> Option<ResolvedPhone> {
    match Value::of(value) {
        Value::Text(text) => phone::first_number(&text, options),
        _ => None,
    }
}
