//! The verdict over one job.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::RawJob;
use super::context::JobContext;
use super::deprecated::undeprecated;
use super::field::{Field, MOST_FIELDS, Name};
use super::phone_zones::PhonePlace;
use super::policy::{
    Campaign, FindingKind, Night, PolicyContext, PolicyFields, PolicyFinding, Rewritten, Shown,
};
use super::ringing::{Places, offset_of_local};
use super::severity::{RepairLevel, SeverityChanges};
use super::shown::{cut, shown};
use super::values::{ZoneValue, read_phone};
use super::zone_texts::ReadZone;
use crate::json::{Edit, Value, is_deeper, quoted};
use crate::phone::{self, Phone};
use crate::service::KnownField;
use crate::service::bounds::MAX_LEVELS;
use crate::zone::Zone;
use crate::{Fault, Rule, Severity};

/// What the caller decides about every job.
#[derive(Clone, Debug)]
pub struct JobOptions {
    /// Which values are rewritten; a job with another fault is rejected.
    pub repair: RepairLevel,
    /// The warnings that count otherwise.
    pub severities: SeverityChanges,
    /// Whether every phone becomes a string of digits and every zone its normalized form.
    pub canonical: bool,
    /// Which reading of a phone is meant.
    pub phone: phone::PhoneOptions,
    /// The campaign's policy, for the fields that a job lacks.
    pub campaign: Option<Arc<Campaign>>,
    /// When it is night. Windows in the night get a warning.
    pub night: Night,
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
        }
    }
}

/// What becomes of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Sent byte for byte as it came.
    Clean,
    /// Sent once its edits are made.
    Repaired,
    /// Not sent.
    Rejected,
}

/// One rule met at one field.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The field's name; `None` if the job as a whole is at fault.
    pub field: Option<Cow<'static, str>>,
    /// How grave it is here.
    pub severity: Severity,
    /// The rule, and what this value does against it.
    pub fault: Fault,
    /// The value as [`shown`].
    pub value: Option<String>,
}

impl Finding {
    /// What is wrong and what to do, in one line; of a repair, what was done.
    pub fn message(&self) -> String {
        match (&self.fault.suggestion, self.severity) {
            (Some(taken), Severity::Suggested) => {
                format!("{}; sent as suggested: {taken:?}", self.fault.clause())
            }
            (Some(taken), Severity::Repair) => {
                format!("{}; rewritten as {taken:?}", self.fault.clause())
            }
            _ => self.fault.message(),
        }
    }
}

/// The verdict over one job.
#[derive(Debug)]
pub struct Verdict {
    /// What becomes of it.
    pub standing: Standing,
    /// Its phone, if it can be read.
    pub phone: Option<Phone>,
    /// What was found, in the order of the fields; the policy comes last.
    pub findings: Vec<Finding>,
    /// What to rewrite, in the order of the text; empty unless repaired.
    pub edits: Vec<Edit>,
}

impl Verdict {
    /// The [`Phone::e164_number`] of a job that is sent.
    pub fn sendable(&self) -> Option<u64> {
        match self.standing {
            Standing::Rejected => None,
            Standing::Clean | Standing::Repaired => self.phone.as_ref().map(Phone::e164_number),
        }
    }

    /// Rejects the job.
    pub(crate) fn reject(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.standing = Standing::Rejected;
        self.edits.clear();
    }

    pub(crate) fn clear(&mut self) {
        self.standing = Standing::Clean;
        self.phone = None;
        self.findings.clear();
        self.edits.clear();
    }
}

impl Default for Verdict {
    /// The verdict over a job without a finding.
    fn default() -> Verdict {
        Verdict {
            standing: Standing::Clean,
            phone: None,
            findings: Vec::new(),
            edits: Vec::new(),
        }
    }
}

/// Decides over one job.
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
    check_into(&mut verdict, job, options, context);
    verdict
}

/// The same, into the room of an earlier verdict: moving a verdict takes longer than reaching it.
pub(crate) fn check_into(
    verdict: &mut Verdict,
    job: &RawJob<'_>,
    options: &JobOptions,
    context: &JobContext<'_>,
) {
    verdict.clear();
    let mut checker = Checker {
        options,
        context,
        verdict,
    };
    checker.job(job);
    checker.finish();
}

/// The verdict over a job, and where the job is; `None` if its zone can't be read.
pub(super) fn inspect(
    job: &RawJob<'_>,
    options: &JobOptions,
    context: &JobContext<'_>,
) -> (Verdict, Option<Places>) {
    let mut verdict = Verdict::default();
    let mut checker = Checker {
        options,
        context,
        verdict: &mut verdict,
    };
    let zone = checker.job(job);
    let places = checker.places(zone);
    checker.finish();
    (verdict, places)
}

struct Checker<'o, 'r, 'v> {
    options: &'o JobOptions,
    context: &'o JobContext<'r>,
    verdict: &'v mut Verdict,
}

impl<'o, 'r> Checker<'o, 'r, '_> {
    /// Checks the whole; answers the zone, if it can be read.
    fn job(&mut self, job: &RawJob<'_>) -> Option<Zone<'r>> {
        if is_deeper(job.text, MAX_LEVELS.into()) {
            self.whole(Fault::new(Rule::JobTooDeep));
        }
        match job.fields {
            Some(fields) => self.fields(job.text, fields),
            None => {
                self.whole(not_an_object(job.text));
                None
            }
        }
    }

    fn fields(&mut self, text: &str, fields: &[Field<'_>]) -> Option<Zone<'r>> {
        if fields.len() > MOST_FIELDS {
            self.whole(too_many_fields());
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
                    zone = self.zone(field).map(|zone| (field, zone));
                }
                Name::Known(KnownField::Payload) => self.payload(field),
                Name::Known(_) => has_policy = true,
                Name::Unknown(_) => self.unknown(field),
            }
        }
        if let (Some(phone), Some((field, zone))) = (&self.verdict.phone, zone)
            && let Some(fault) = self.context.far(phone, zone)
        {
            self.found(field, Severity::Warning, fault);
        }
        if !has_phone {
            self.no_phone(fields);
        }
        let zone = zone.map(|(_, zone)| zone);
        if has_policy {
            self.policy(text, fields, zone);
        }
        zone
    }

    /// Checks the policy together with the campaign's.
    fn policy(&mut self, text: &str, fields: &[Field<'_>], zone: Option<Zone<'o>>) {
        let (options, context) = (self.options, self.context);
        let asked = PolicyContext {
            campaign: options.campaign.as_deref(),
            night: options.night,
            places: self.places(zone),
        };
        let before = self.verdict.edits.len();
        let given = PolicyFields::of(text, fields);
        context.verdicts().each_finding(given, &asked, |found| {
            let field = given.get(found.field);
            self.policy_finding((text, fields), field, found, asked.places);
        });
        if self.verdict.edits.len() > before {
            self.verdict.edits.sort_by_key(|edit| edit.range.start);
        }
    }

    /// Where the job is: in its zone, else where its phone is, else anywhere. `None` if
    /// its zone can't be read.
    fn places(&self, zone: Option<Zone<'_>>) -> Option<Places> {
        let is_zone = |finding: &Finding| {
            finding.severity == Severity::Error
                && finding.field.as_deref() == Some(KnownField::GmtZone.name())
        };
        match (zone, &self.verdict.phone) {
            (Some(zone), _) => Some(Places::of_zone(zone)),
            _ if self.verdict.findings.iter().any(is_zone) => None,
            (None, Some(phone)) => Some(Places::Phone(PhonePlace::of(phone))),
            (None, None) => Some(Places::World),
        }
    }

    /// Tells what was found at a policy.
    fn policy_finding(
        &mut self,
        (text, fields): (&str, &[Field<'_>]),
        field: Option<&Field<'_>>,
        found: &PolicyFinding,
        places: Option<Places>,
    ) {
        let severity = found.severity(Rewritten {
            repaired: self.options.repair.is_any(),
            canonical: self.options.canonical,
        });
        let mut fault = found.fault.clone();
        if let (Severity::Repair, Some(field)) = (severity, field) {
            match &found.kind {
                FindingKind::Repair(range, json) => self.verdict.edits.push(Edit {
                    range: field.at + range.start..field.at + range.end,
                    json: json.clone(),
                }),
                FindingKind::Deprecated(windows) => {
                    let edits = undeprecated(text, fields, windows.as_deref());
                    // What was mended in the pair is in the windows already.
                    let stays = |edit: &Edit| edits.iter().all(|other| !other.covers(edit));
                    self.verdict.edits.retain(stays);
                    self.verdict.edits.extend(edits);
                }
                _ => {}
            }
        }
        if let FindingKind::NoOffset(local) = &found.kind {
            fault.suggestion = places.and_then(|places| {
                let offset = offset_of_local(&self.context.zones(places), local.seconds)?;
                local.with_offset(offset)
            });
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
        self.verdict.findings.push(Finding {
            field: Some(place),
            severity,
            fault,
            value,
        });
    }

    fn phone(&mut self, field: &Field<'_>) {
        let resolved = match read_phone(field.value, &self.options.phone) {
            Some(Ok(resolved)) => resolved,
            Some(Err(fault)) => return self.refused_phone(field, fault),
            None => return,
        };
        self.verdict.phone = Some(resolved.phone);
        if !resolved.plain {
            let digits = resolved.phone.digits();
            let fault = Fault::new(Rule::PhoneFormat).suggest(digits);
            self.rewrite(field, fault, digits);
        } else if self.options.canonical && !field.value.starts_with('"') {
            let digits = resolved.phone.digits();
            let fault = Fault::new(Rule::PhoneFormat)
                .because("the phone is a number; its canonical form is a string")
                .suggest(digits);
            self.rewrite(field, fault, digits);
        }
        for warning in resolved.warnings() {
            self.found(field, Severity::Warning, warning);
        }
    }

    /// A phone that is refused, and perhaps sent as its suggestion.
    fn refused_phone(&mut self, field: &Field<'_>, fault: Fault) {
        let meant = fault
            .suggestion
            .as_deref()
            .filter(|_| self.takes_suggestions());
        let resolved = meant.and_then(|meant| phone::resolve(meant, &self.options.phone).ok());
        let Some(resolved) = resolved else {
            return self.error(field, fault);
        };
        self.verdict.phone = Some(resolved.phone);
        self.send_suggested(field, fault, resolved.phone.digits());
        for warning in resolved.warnings() {
            self.found(field, Severity::Warning, warning);
        }
    }

    fn takes_suggestions(&self) -> bool {
        self.options.repair == RepairLevel::Suggested
    }

    fn send_suggested(&mut self, field: &Field<'_>, fault: Fault, text: &str) {
        self.verdict.edits.push(Edit {
            range: field.at..field.at + field.value.len(),
            json: quoted(text),
        });
        self.found(field, Severity::Suggested, fault.suggest(text));
    }

    /// The zone of the field, valid or repaired.
    fn zone(&mut self, field: &Field<'_>) -> Option<Zone<'r>> {
        let read = match ZoneValue::of(field.value) {
            ZoneValue::Absent => return None,
            ZoneValue::Blank => {
                let blank = "the gmtZone is blank; the service uses the zone of the number";
                let fault = Fault::new(Rule::ZoneFormat).because(blank).suggest("");
                self.rewrite(field, fault, "");
                return None;
            }
            ZoneValue::Text(text) => self.context.read_zone(&text),
            ZoneValue::Hours(zone, fault) => Cow::Owned(ReadZone::Meant(zone, fault)),
            ZoneValue::Refused(fault) => Cow::Owned(ReadZone::Refused(fault)),
        };
        let zone = match &*read {
            ReadZone::Zone(zone) => {
                self.canonical_zone(field, *zone);
                *zone
            }
            ReadZone::Meant(zone, fault) => {
                self.rewrite(field, fault.clone(), &zone.normalized());
                *zone
            }
            ReadZone::Refused(fault) => {
                let meant = fault
                    .suggestion
                    .as_deref()
                    .filter(|_| self.takes_suggestions());
                let read = meant.map(|meant| self.context.read_zone(meant));
                let Some(ReadZone::Zone(zone)) = read.as_deref() else {
                    self.error(field, fault.clone());
                    return None;
                };
                self.send_suggested(field, fault.clone(), &zone.normalized());
                *zone
            }
        };
        if let Some(rule) = zone.warning() {
            self.found(field, Severity::Warning, Fault::new(rule));
        }
        Some(zone)
    }

    fn canonical_zone(&mut self, field: &Field<'_>, zone: Zone<'_>) {
        if !self.options.canonical {
            return;
        }
        let normalized = zone.normalized();
        if field.value.trim_matches('"') != &*normalized {
            let fault = Fault::new(Rule::ZoneFormat)
                .because("the gmtZone is valid, but not in its normalized form")
                .suggest(&*normalized);
            self.rewrite(field, fault, &normalized);
        }
    }

    fn payload(&mut self, field: &Field<'_>) {
        if !matches!(Value::of(field.value), Value::Null | Value::Object) {
            self.error(field, Fault::new(Rule::PayloadType));
        }
    }

    fn unknown(&mut self, field: &Field<'_>) {
        let meant = KnownField::meant_by(&field.name.text());
        let mut fault = Fault::new(Rule::JobUnknownField);
        fault.suggestion = meant.map(|known| known.name().to_owned());
        let finding = Finding {
            field: Some(shown_name(&field.name)),
            severity: Severity::Warning,
            fault,
            // The value may be personal, and it is not at fault.
            value: None,
        };
        self.verdict.findings.push(finding);
    }

    /// Names that the job has twice: which of the two a reader takes is up to the reader.
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
        // Nearly no job gets beyond this: no set is built for the others.
        if repeated || unknown > 1 {
            let mut seen = HashSet::with_capacity(fields.len());
            for field in fields {
                if !seen.insert(&field.name) {
                    self.error(field, Fault::new(Rule::JobDuplicateKey));
                }
            }
        }
    }

    fn no_phone(&mut self, fields: &[Field<'_>]) {
        let meant = fields.iter().map(|field| field.name.text()).find(|name| {
            KnownField::from_name(name.as_bytes()).is_none()
                && KnownField::meant_by(name) == Some(KnownField::Phone)
        });
        let mut fault = Fault::new(Rule::PhoneMissing);
        if let Some(name) = meant {
            fault = fault
                .because(format!("the job has no phone, but a field {name:?}"))
                .suggest(KnownField::Phone.name());
        }
        self.verdict.findings.push(Finding {
            field: Some(KnownField::Phone.name().into()),
            severity: Severity::Error,
            fault,
            value: None,
        });
    }

    /// A fault of the job as a whole. Its value is not shown: it is the whole job.
    fn whole(&mut self, fault: Fault) {
        self.verdict.findings.push(Finding {
            field: None,
            severity: Severity::Error,
            fault,
            value: None,
        });
    }

    fn rewrite(&mut self, field: &Field<'_>, fault: Fault, text: &str) {
        if !self.options.repair.is_any() {
            return self.error(field, fault);
        }
        self.verdict.edits.push(Edit {
            range: field.at..field.at + field.value.len(),
            json: quoted(text),
        });
        self.found(field, Severity::Repair, fault);
    }

    fn error(&mut self, field: &Field<'_>, fault: Fault) {
        self.found(field, Severity::Error, fault);
    }

    fn found(&mut self, field: &Field<'_>, severity: Severity, fault: Fault) {
        let is_secret = field.name.known().is_some_and(KnownField::is_secret);
        self.verdict.findings.push(Finding {
            field: Some(shown_name(&field.name)),
            severity,
            fault,
            value: (!is_secret).then(|| shown(field.value)),
        });
    }

    fn finish(&mut self) {
        let changes = self.options.severities;
        let verdict = &mut *self.verdict;
        if !changes.is_empty() {
            verdict.findings.retain_mut(|finding| {
                let severity = changes.of(finding.fault.rule, finding.severity);
                finding.severity = severity.unwrap_or(finding.severity);
                severity.is_some()
            });
        }
        let rejected = verdict
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        if rejected {
            verdict.standing = Standing::Rejected;
            verdict.edits.clear();
            // Nothing is sent as suggested, so that all that is suggested is still wrong.
            for finding in &mut verdict.findings {
                if finding.severity == Severity::Suggested {
                    finding.severity = Severity::Error;
                }
            }
        } else if !verdict.edits.is_empty() {
            verdict.standing = Standing::Repaired;
        }
    }
}

/// A bit for each field that the service knows.
const fn bit_of(field: KnownField) -> u16 {
    1 << field as u16
}

// One field more, and its bit would be that of another.
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

/// The fault of a job with more fields than are read.
pub(crate) fn too_many_fields() -> Fault {
    let many = format!("the job has more than {MOST_FIELDS} fields");
    Fault::new(Rule::JobTooLarge).because(many)
}

fn shown_name(name: &Name<'_>) -> Cow<'static, str> {
    match name {
        Name::Known(known) => known.name().into(),
        Name::Unknown(_) => cut(&name.text()).into(),
    }
}
