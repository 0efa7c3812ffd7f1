//! The policy of a campaign: the same fields, for jobs that lack them.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::finding::{FindingKind, PolicyFinding};
use super::{Dates, Policy, PolicyFields, PolicyReading, Timetable};
use crate::job::RawJob;
use crate::job::shown::cut;
use crate::json::quoted;
use crate::service::KnownField;
use crate::zone::Regions;
use crate::{Fault, Rule};

/// A campaign's policy.
#[derive(Clone, Debug)]
pub struct Campaign {
    pub(in crate::job) policy: Policy,
    /// The warning about its external check, which is one about each job that has none of its own.
    pub(in crate::job) private_check: Option<PolicyFinding>,
    /// Distinguishes this campaign from others in the process.
    pub(in crate::job) id: u64,
    json: String,
}

/// What is wrong with a campaign's policy.
#[derive(Clone, Debug)]
pub struct Malformed {
    /// The field and the path to the value at fault; `None` if the whole policy is at fault.
    pub place: Option<String>,
    /// The rule.
    pub fault: Fault,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.fault),
            None => write!(f, "{}", self.fault),
        }
    }
}

impl Campaign {
    /// Reads the policy of a campaign. The service has it already, so it must be valid as it is: a
    /// value that would be repaired in a job is refused, and so is a field or a key that the
    /// service does not know.
    ///
    /// # Errors
    /// Everything that is wrong with the policy.
    ///
    /// ```
    /// use predial::job::{Campaign, Field, KnownField, Name, RawJob};
    /// let days = |value| Field { name: Name::Known(KnownField::AllowedDays), value, at: 0 };
    /// let regions = predial::zone::Regions::new([]);
    /// let read = |field| Campaign::read(&RawJob { text: "{}", fields: Some(&[field]) }, &regions);
    /// assert!(read(days(r#"["mon"]"#)).is_ok());
    /// let malformed = read(days(r#"["Mon"]"#)).unwrap_err();
    /// assert!(malformed[0].to_string().starts_with("allowedDays[0]: policy-days-format"));
    /// ```
    pub fn read(job: &RawJob<'_>, regions: &Regions) -> Result<Campaign, Vec<Malformed>> {
        let Some(fields) = job.fields else {
            let fault = Fault::new(Rule::JobNotObject).because("the campaign must be an object");
            return Err(vec![Malformed { place: None, fault }]);
        };
        let mut malformed = Vec::new();
        let mut seen = Vec::with_capacity(fields.len());
        for field in fields {
            let name = field.name.text();
            let mut add = |fault| {
                let place = Some(cut(&name));
                malformed.push(Malformed { place, fault });
            };
            if !field.name.known().is_some_and(KnownField::is_policy) {
                let why = "the policy has no field of this name";
                let mut fault = Fault::new(Rule::PolicyUnknownKey).because(why);
                let meant = KnownField::meant_by(&name).filter(|known| known.is_policy());
                fault.suggestion = meant.map(|known| known.name().to_owned());
                add(fault);
            } else if seen.contains(&&field.name) {
                add(Fault::new(Rule::JobDuplicateKey));
            } else {
                seen.push(&field.name);
            }
        }
        let reading = PolicyReading::of(&PolicyFields::of(job.text, fields).all(), regions);
        let is_sound = reading.is_sound();
        let mut findings = reading.findings;
        let is_private = |found: &&PolicyFinding| found.fault.rule == Rule::PolicyCheckPrivate;
        let private_check = findings.iter().find(is_private).cloned();
        if is_sound {
            let policy = &reading.policy;
            findings.extend(policy.dates.within(Dates::default()).1);
            findings.extend(Timetable::of(policy.hours(), Policy::default().hours()).1);
        }
        let at_fault = findings.into_iter().filter(refuses_a_campaign);
        malformed.extend(at_fault.map(|finding| Malformed {
            place: Some(finding.place()),
            fault: finding.fault,
        }));
        if !malformed.is_empty() {
            return Err(malformed);
        }
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let given = fields.iter().filter(|field| field.value != "null");
        let members = given.map(|field| format!("{}:{}", quoted(&field.name.text()), field.value));
        Ok(Campaign {
            policy: reading.policy,
            private_check,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            json: format!("{{{}}}", members.collect::<Vec<_>>().join(",")),
        })
    }

    /// The policy as JSON, with its original values.
    pub fn json(&self) -> &str {
        &self.json
    }
}

fn refuses_a_campaign(finding: &PolicyFinding) -> bool {
    finding.is_error()
        || matches!(finding.kind, FindingKind::Repair(..))
        || finding.fault.rule == Rule::PolicyUnknownKey
}
