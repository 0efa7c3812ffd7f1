//! The verdict over the policy of one job, together with the campaign's.

use std::sync::OnceLock;

use super::fields::{CHECK, FieldGroup, HOURS, OWN, PolicyFields, PolicySpan};
use super::finding::{FindingKind, PolicyFinding, Shown};
use super::memo::{Found, Memo};
use super::{Campaign, Dates, Instant, Night, Policy, PolicyReading, Timetable};
use crate::job::ringing::{Places, Ringing, Rings, Week};
use crate::service::KnownField;
use crate::zone::Regions;
use crate::{Fault, Rule};

/// What a verdict depends on beside the job's own fields.
#[derive(Clone, Copy)]
pub(in crate::job) struct PolicyContext<'a> {
    pub campaign: Option<&'a Campaign>,
    pub night: Night,
    /// Where the job is; `None` if its zone can't be read.
    pub places: Option<Places>,
}

/// The verdicts at one instant. What many jobs have in common is computed once. Most lists have a
/// few policies, which are found by their texts. If dates or numbers differ from job to job, there
/// are still only a few sets of hours and external checks.
pub(in crate::job) struct PolicyVerdicts<'r> {
    ringing: Ringing<'r>,
    /// Whole policies, by their texts.
    runs: Memo<KeptReading>,
    /// The reading of no hours.
    no_hours: KeptReading,
    hours: Memo<KeptReading>,
    checks: Memo<KeptReading>,
    rings: Memo<(RingsKey, Rings)>,
}

#[derive(Default)]
struct KeptReading {
    texts: Box<[(KnownField, Box<str>)]>,
    reading: PolicyReading,
    /// What the hours come to with the options that they were first asked for with; a batch has
    /// no others.
    timetable: OnceLock<KeptTimetable>,
}

struct KeptTimetable {
    options: (Option<u64>, Night),
    timetable: Timetable,
    week: Week,
    findings: Vec<PolicyFinding>,
}

/// What ringing depends on, in the places of a phone.
#[derive(Clone, PartialEq, Eq, Hash)]
struct RingsKey {
    week: Week,
    dates: Dates,
    places: Places,
}

/// The longest texts that are kept, in bytes: of long ones few are alike.
const LONGEST: usize = 1 << 14;

/// A reading with more findings takes too much memory to be kept.
const MOST_FINDINGS: usize = 16;

impl<'r> PolicyVerdicts<'r> {
    /// The verdicts at this instant.
    pub fn new(regions: &'r Regions, now: Instant) -> Self {
        PolicyVerdicts {
            ringing: Ringing::new(regions, now),
            runs: Memo::default(),
            no_hours: KeptReading::default(),
            hours: Memo::default(),
            checks: Memo::default(),
            rings: Memo::default(),
        }
    }

    /// When jobs ring.
    pub fn ringing(&self) -> &Ringing<'r> {
        &self.ringing
    }

    /// Hands over each finding about the policy of a job.
    pub fn each_finding(
        &self,
        given: PolicyFields<'_, '_>,
        asked: &PolicyContext<'_>,
        mut tell: impl FnMut(&PolicyFinding),
    ) {
        let tell: &mut dyn FnMut(&PolicyFinding) = &mut tell;
        if given.get(KnownField::ExternalCheck).is_none() {
            let of_campaign = asked.campaign.and_then(|it| it.private_check.as_ref());
            of_campaign.into_iter().for_each(&mut *tell);
        }
        let Some(span) = given.span().filter(|span| span.text.len() <= LONGEST) else {
            return self.by_groups(given, asked, tell);
        };
        let mut all = |kept: &KeptReading| {
            kept.reading.findings.iter().for_each(&mut *tell);
            if kept.reading.is_sound() {
                self.tell_whole(kept.reading.policy.dates, kept, asked, tell);
            }
        };
        match self.runs.find(span, |kept| kept.is_of(span)) {
            Found::Kept(kept) => all(kept),
            Found::Free(free) => {
                let made = KeptReading {
                    texts: [(span.first, span.text.into())].into(),
                    reading: PolicyReading::of(&given.all()),
                    timetable: OnceLock::new(),
                };
                match made.is_small() {
                    true => free.keep(made, all),
                    false => all(&made),
                }
            }
            Found::Full => self.by_groups(given, asked, tell),
        }
    }

    /// Hands over each finding about a policy that is not kept as a whole.
    fn by_groups(
        &self,
        given: PolicyFields<'_, '_>,
        asked: &PolicyContext<'_>,
        mut tell: &mut dyn FnMut(&PolicyFinding),
    ) {
        let own = PolicyReading::of(&given.only(OWN));
        own.findings.iter().for_each(&mut tell);
        let mut sound = own.is_sound();
        if given.get(KnownField::ExternalCheck).is_some() {
            reading_of(&self.checks, given.only(CHECK), |check| {
                check.reading.findings.iter().for_each(&mut tell);
                sound &= check.reading.is_sound();
            });
        }
        let mut with_hours = |hours: &KeptReading| {
            hours.reading.findings.iter().for_each(&mut tell);
            if sound && hours.reading.is_sound() {
                self.tell_whole(own.policy.dates, hours, asked, &mut tell);
            }
        };
        let hours = given.only(HOURS);
        match hours.iter().next() {
            None => with_hours(&self.no_hours),
            Some(_) => reading_of(&self.hours, hours, with_hours),
        }
    }

    /// Hands over the findings about a valid policy as a whole.
    fn tell_whole(
        &self,
        dates: Dates,
        hours: &KeptReading,
        asked: &PolicyContext<'_>,
        tell: &mut dyn FnMut(&PolicyFinding),
    ) {
        let of_campaign = asked.campaign.map(|campaign| campaign.policy.dates);
        let (dates, out_of_order) = dates.within(of_campaign.unwrap_or_default());
        out_of_order.iter().for_each(&mut *tell);
        hours.with_timetable(asked, |kept| {
            kept.findings.iter().for_each(&mut *tell);
            let sound =
                out_of_order.is_none() && !kept.findings.iter().any(PolicyFinding::is_error);
            if let (Some(places), true) = (asked.places, sound) {
                let rings = self.rings(&kept.week, dates, places);
                let silence = silence(rings, dates, &kept.timetable);
                silence.iter().for_each(&mut *tell);
            }
        });
    }

    /// Whether a job rings; kept if the answer takes many zones.
    fn rings(&self, week: &Week, dates: Dates, places: Places) -> Rings {
        if places.is_one() || week.is_full() {
            return self.ringing.rings(week, dates, places);
        }
        let is_it = |(key, _): &(RingsKey, Rings)| {
            (key.dates, key.places) == (dates, places) && key.week == *week
        };
        let make = || {
            let week = week.clone();
            let rings = self.ringing.rings(&week, dates, places);
            let key = RingsKey {
                week,
                dates,
                places,
            };
            (key, rings)
        };
        let key = (week, dates, places);
        self.rings
            .get_or_make(key, is_it, make, |(_, rings)| *rings)
    }
}

impl KeptReading {
    fn is_small(&self) -> bool {
        self.reading.findings.len() <= MOST_FINDINGS
    }

    fn is_of(&self, span: PolicySpan<'_>) -> bool {
        matches!(&*self.texts, [(first, text)] if *first == span.first && **text == *span.text)
    }

    /// What the hours come to.
    fn with_timetable<T>(
        &self,
        asked: &PolicyContext<'_>,
        use_it: impl FnOnce(&KeptTimetable) -> T,
    ) -> T {
        let options = (asked.campaign.map(|campaign| campaign.id), asked.night);
        let make = || {
            let none = Policy::default();
            let campaign = asked.campaign.map_or(&none, |campaign| &campaign.policy);
            let hours = self.reading.policy.hours();
            let (timetable, mut findings) = Timetable::of(hours, campaign.hours());
            if !findings.iter().any(PolicyFinding::is_error) {
                findings.extend(timetable.at_night(asked.night));
            }
            KeptTimetable {
                options,
                week: timetable.week(),
                timetable,
                findings,
            }
        };
        let kept = self.timetable.get_or_init(make);
        if kept.options == options {
            use_it(kept)
        } else {
            use_it(&make())
        }
    }
}

/// Reads fields, or remembers what was read in the same ones.
fn reading_of(
    memo: &Memo<KeptReading>,
    fields: FieldGroup<'_, '_>,
    mut use_it: impl FnMut(&KeptReading),
) {
    let make = || {
        let texts = fields.iter();
        KeptReading {
            texts: texts
                .map(|(known, field)| (known, field.value.into()))
                .collect(),
            reading: PolicyReading::of(&fields),
            timetable: OnceLock::new(),
        }
    };
    if fields.size() > LONGEST {
        return use_it(&make());
    }
    let is_it = |kept: &KeptReading| {
        let kept = kept.texts.iter().map(|(known, text)| (*known, &**text));
        kept.eq(fields.iter().map(|(known, field)| (known, field.value)))
    };
    match memo.find(fields, is_it) {
        Found::Kept(kept) => use_it(kept),
        Found::Full => use_it(&make()),
        Found::Free(free) => match make() {
            made if made.is_small() => free.keep(made, |kept| use_it(kept)),
            made => use_it(&made),
        },
    }
}

/// The finding about a job that does not ring.
fn silence(rings: Rings, dates: Dates, timetable: &Timetable) -> Option<PolicyFinding> {
    let field = match timetable.field() {
        KnownField::AllowedDays if timetable.is_any_time() && dates.finish.is_some() => {
            KnownField::FinishDateTime
        }
        field => field,
    };
    let (field, fault, kind) = match rings {
        Rings::Everywhere => return None,
        Rings::Expired => {
            let fault = Fault::new(Rule::PolicyExpired);
            (KnownField::FinishDateTime, fault, FindingKind::Error)
        }
        Rings::Nowhere => (
            field,
            Fault::new(Rule::PolicyNeverRings),
            FindingKind::Error,
        ),
        Rings::Somewhere => {
            let why = "in some of the zones where the phone may be, the policy allows no instant \
                       at which to call";
            let fault = Fault::new(Rule::PolicyNeverRings).because(why);
            (field, fault, FindingKind::Warning)
        }
    };
    Some(PolicyFinding {
        field,
        path: String::new(),
        fault,
        value: Shown::Field,
        kind,
    })
}
