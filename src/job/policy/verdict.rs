//! The verdict on the policy of one job, together with the campaign's.

use std::sync::{Arc, OnceLock};

use super::clock_verdict::ClockVerdict;
use super::date_time;
use super::fields::{CHECK, FieldGroup, HOURS, OWN, PolicyFields, PolicyKey, PolicySpan};
use super::finding::{FindingKind, PolicyFinding, Rewritten, Shown};
use super::known_chances::{ChanceCodes, ChancePlace, KnownChances};
use super::known_codes::{CodesByChance, KnownCodes, PolicyCodes, SILENCES, code_of};
use super::{Campaign, Dates, Instant, Night, Policy, PolicyReading, Timetable};
use crate::job::memo::{Found, Memo};
use crate::job::phone_zones::PhonePlace;
use crate::job::ringing::{
    CallPlan, Chance, Far, HoursKey, KeptWeeks, NightCall, Nights, Places, Ringing, Rings, Week,
    night_fault,
};
use crate::service::KnownField;
use crate::zone::{Regions, Zone};
use crate::{Fault, Rule};

/// What a verdict depends on besides the job's own fields.
#[derive(Clone, Copy)]
pub(in crate::job) struct PolicyContext<'a> {
    pub campaign: Option<&'a Campaign>,
    pub night: Night,
    /// Where the job is; `None` if its zone can't be read.
    pub places: Option<Places>,
    /// The job's zone and its phone's place, whose clocks are compared.
    pub clocks: Option<(Zone<'a>, PhonePlace)>,
    /// Whether the job is sent with what is suggested.
    pub takes_suggestions: bool,
    /// Where the weeks of plans are kept, if the caller needs to know when the job may ring.
    pub weeks: Option<&'a KeptWeeks>,
    /// Whether the caller needs the words about warnings. Without them, results of earlier jobs do.
    pub wants_words: bool,
}

/// The result for a policy besides its findings.
#[derive(Debug)]
pub(in crate::job) struct PolicyAnswer {
    pub clocks: ClockVerdict,
    /// When the job may ring, if the caller needs that and it rings.
    pub plan: Option<CallPlan>,
}

impl PolicyAnswer {
    fn new(clocks: ClockVerdict) -> Self {
        PolicyAnswer { clocks, plan: None }
    }
}

/// The verdicts at one instant. Results that many jobs share are computed once. Most lists have a
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
    chances: Memo<(ChanceKey, Chance)>,
}

#[derive(Default)]
struct KeptReading {
    texts: Box<[(KnownField, Box<str>)]>,
    reading: PolicyReading,
    /// The result for the hours with the options of the first request; a batch has no other
    /// options.
    timetable: OnceLock<KeptTimetable>,
    /// The codes with the options of the first request, and whether its values were repaired.
    codes: OnceLock<(TimetableOptions, bool, PolicyCodes)>,
}

/// The campaign by its number, and the night.
type TimetableOptions = (Option<u64>, Night);

struct KeptTimetable {
    options: TimetableOptions,
    timetable: Timetable,
    week: Arc<Week>,
    /// The number of the week among those of plans, if there are plans.
    week_number: OnceLock<u32>,
    nights: Nights,
    findings: Vec<PolicyFinding>,
    /// What was found about when jobs with the hours and the dates of the same reading ring.
    known: KnownChances,
}

/// What ringing depends on, for the places of a phone.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ChanceKey {
    week: Week,
    night: Night,
    dates: Dates,
    places: Places,
}

/// The longest texts that are kept, in bytes: long ones are rarely alike.
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
            chances: Memo::default(),
        }
    }

    /// When jobs ring.
    pub fn ringing(&self) -> &Ringing<'r> {
        &self.ringing
    }

    /// Hands over each finding about the policy of a job; returns its result for the clocks.
    pub fn each_finding(
        &self,
        given: PolicyFields<'_, '_>,
        asked: &PolicyContext<'_>,
        mut tell: impl FnMut(&PolicyFinding),
    ) -> PolicyAnswer {
        let mut answer = PolicyAnswer::new(ClockVerdict::Unknown);
        let tell: &mut dyn FnMut(&PolicyFinding) = &mut tell;
        of_campaign(given, asked).into_iter().for_each(&mut *tell);
        let Some(span) = given.span().filter(|span| span.text.len() <= LONGEST) else {
            return self.by_groups(given, asked, tell);
        };
        let mut all = |kept: &KeptReading| {
            kept.reading.findings.iter().for_each(&mut *tell);
            if let Some(dates) = self.dates(&kept.reading, asked) {
                answer = self.tell_whole(dates, kept, asked, tell);
            }
        };
        match self.runs.find(span, |kept| kept.is_of(span)) {
            Found::Kept(kept) => all(kept),
            Found::Free(free) => {
                let made = KeptReading {
                    texts: [(span.first, span.text.into())].into(),
                    reading: PolicyReading::of(&given.all(), self.ringing.regions()),
                    timetable: OnceLock::new(),
                    codes: OnceLock::new(),
                };
                match made.is_small() {
                    true => free.keep(made, all),
                    false => all(&made),
                }
            }
            Found::Full => return self.by_groups(given, asked, tell),
        }
        answer
    }

    /// The codes of a policy that was judged before in the same places; `None` if that is not known.
    /// `given` makes its fields. Values are `repaired`, or refused; suggestions are not taken.
    pub fn fast_codes<'f, 'a: 'f>(
        &self,
        key: PolicyKey<'_>,
        given: impl FnOnce() -> PolicyFields<'f, 'a>,
        asked: &PolicyContext<'_>,
        repaired: bool,
    ) -> Option<KnownCodes<'_>> {
        let kept = match key {
            PolicyKey::Empty => &self.no_hours,
            PolicyKey::Span(span) if span.text.len() > LONGEST => return None,
            PolicyKey::Span(span) => match self.runs.find(span, |kept| kept.is_of(span)) {
                Found::Kept(kept) => kept,
                Found::Free(_) | Found::Full => return None,
            },
        };
        let options = asked.options();
        let make = || {
            let codes = self.codes(kept, given(), asked, repaired);
            (options, repaired, codes)
        };
        let (of_options, are_repaired, codes) = kept.codes.get_or_init(make);
        if (*of_options, *are_repaired) != (options, repaired) {
            return None;
        }
        let Some(by_chance) = &codes.by_chance else {
            return Some(KnownCodes::of_refused(codes));
        };
        let phone = asked.clocks.map(|(_, place)| place);
        let place = ChancePlace::of(asked.places?, phone);
        let timetable = kept.timetable.get().filter(|kept| kept.options == options);
        let chance = timetable?.known.get(place)?;
        Some(KnownCodes::of(codes, by_chance, chance))
    }

    /// The codes of a policy that is kept as a whole.
    fn codes(
        &self,
        kept: &KeptReading,
        given: PolicyFields<'_, '_>,
        asked: &PolicyContext<'_>,
        repaired: bool,
    ) -> PolicyCodes {
        let rewritten = Rewritten {
            repaired,
            canonical: false,
            suggested: false,
        };
        let mut anywhere = Vec::new();
        let tell = &mut |found: &PolicyFinding| anywhere.push(code_of(found, rewritten));
        of_campaign(given, asked).into_iter().for_each(&mut *tell);
        kept.reading.findings.iter().for_each(&mut *tell);
        let dates = self.dates(&kept.reading, asked);
        let by_chance = dates.and_then(|dates| {
            let (dates, out_of_order) = dates.within(asked.campaign_dates());
            kept.with_timetable(asked, |kept| {
                let is_sound = kept.tell_anywhere(out_of_order.as_ref(), asked, tell);
                is_sound.then(|| CodesByChance {
                    night: code_of(&at_night(None, asked.night, dates, kept), rewritten),
                    silences: SILENCES.map(|rings| {
                        let silence = silence(rings, dates, &kept.timetable)?;
                        Some(code_of(&silence, rewritten))
                    }),
                })
            })
        });
        PolicyCodes {
            anywhere,
            by_chance,
        }
    }

    /// Hands over each finding about a policy that is not kept as a whole.
    fn by_groups(
        &self,
        given: PolicyFields<'_, '_>,
        asked: &PolicyContext<'_>,
        mut tell: &mut dyn FnMut(&PolicyFinding),
    ) -> PolicyAnswer {
        let mut answer = PolicyAnswer::new(ClockVerdict::Unknown);
        let regions = self.ringing.regions();
        let own = PolicyReading::of(&given.only(OWN), regions);
        own.findings.iter().for_each(&mut tell);
        let dates = self.dates(&own, asked);
        let takes_suggestions = asked.takes_suggestions;
        let mut sound = true;
        if given.get(KnownField::ExternalCheck).is_some() {
            reading_of(&self.checks, given.only(CHECK), regions, |check| {
                check.reading.findings.iter().for_each(&mut tell);
                sound &= check.reading.is_sound_with(takes_suggestions);
            });
        }
        let mut with_hours = |hours: &KeptReading| {
            hours.reading.findings.iter().for_each(&mut tell);
            sound &= hours.reading.is_sound_with(takes_suggestions);
            if let (true, Some(dates)) = (sound, dates) {
                answer = self.tell_whole(dates, hours, asked, &mut tell);
            }
        };
        let hours = given.only(HOURS);
        match hours.iter().next() {
            None => with_hours(&self.no_hours),
            Some(_) => reading_of(&self.hours, hours, regions, with_hours),
        }
        answer
    }

    /// The dates of a reading; `None` if not every value could be read. If suggestions are taken, a
    /// date-time without its offset has that of the job's zone.
    fn dates(&self, reading: &PolicyReading, asked: &PolicyContext<'_>) -> Option<Dates> {
        let mut dates = reading.policy.dates;
        for finding in &reading.findings {
            let FindingKind::NoOffset(_, local) = &finding.kind else {
                if finding.is_final_error(asked.takes_suggestions) {
                    return None;
                }
                continue;
            };
            if !asked.takes_suggestions {
                return None;
            }
            let dated = self.ringing.with_offset(asked.places, local)?;
            let instant = Some(date_time::strict(dated.as_bytes())?);
            match finding.field {
                KnownField::StartDateTime => dates.start = instant,
                _ => dates.finish = instant,
            }
        }
        Some(dates)
    }

    /// Hands over the findings about a valid policy as a whole.
    fn tell_whole(
        &self,
        dates: Dates,
        hours: &KeptReading,
        asked: &PolicyContext<'_>,
        tell: &mut dyn FnMut(&PolicyFinding),
    ) -> PolicyAnswer {
        let is_shared = dates == hours.reading.policy.dates;
        let (dates, out_of_order) = dates.within(asked.campaign_dates());
        hours.with_timetable(asked, |kept| {
            let sound = kept.tell_anywhere(out_of_order.as_ref(), asked, tell);
            let (Some(places), true) = (asked.places, sound) else {
                return PolicyAnswer::new(ClockVerdict::Unknown);
            };
            // The zone of the clocks is the one of the places.
            let phone = asked.clocks.map(|(_, place)| place);
            let place = is_shared.then(|| ChancePlace::of(places, phone));
            let found = self.chance_found(dates, kept, asked, (places, place));
            found.tell(dates, kept, asked.night, tell);
            let clocks = match found.far {
                _ if !found.rings_at_all() => return PolicyAnswer::new(ClockVerdict::Agree),
                None => ClockVerdict::Agree,
                Some(far) => ClockVerdict::Differ(far),
            };
            PolicyAnswer {
                clocks,
                plan: asked.weeks.map(|weeks| CallPlan {
                    hours: HoursKey::new(kept.number_among(weeks), places),
                    dates,
                }),
            }
        })
    }

    /// What is found about when a job rings, or was found at an earlier job in the same place.
    fn chance_found(
        &self,
        dates: Dates,
        kept: &KeptTimetable,
        asked: &PolicyContext<'_>,
        (places, place): (Places, Option<ChancePlace>),
    ) -> ChanceFound {
        let known = place.and_then(|place| kept.known.get(place));
        if let Some(known) = known.filter(|known| !asked.wants_words || known.are_none()) {
            return ChanceFound::without_words(known);
        }
        let Chance { rings, night } = self.chance(kept, asked.night, dates, places);
        let mut found = ChanceFound {
            rings,
            night: night.map(Some),
            far: None,
        };
        if found.rings_at_all() {
            let clocks = asked.clocks;
            let far =
                clocks.and_then(|(zone, at)| self.ringing.first_far(zone, at, &kept.week, dates));
            found.far = far.map(Some);
        }
        if let Some(place) = place {
            kept.known.keep(place, found.codes());
        }
        found
    }

    /// Whether a job rings; kept if the answer takes many zones.
    fn chance(&self, kept: &KeptTimetable, night: Night, dates: Dates, places: Places) -> Chance {
        let KeptTimetable { week, nights, .. } = kept;
        if places.is_one() || week.is_full() && nights.is_quick() {
            return self.ringing.chance(week, nights, dates, places);
        }
        let is_it = |(key, _): &(ChanceKey, Chance)| {
            (key.dates, key.places, key.night) == (dates, places, night) && key.week == **week
        };
        let make = || {
            let key = ChanceKey {
                week: Week::clone(week),
                night,
                dates,
                places,
            };
            (key, self.ringing.chance(week, nights, dates, places))
        };
        let key = (week, dates, places);
        self.chances
            .get_or_make(key, is_it, make, |(_, chance)| *chance)
    }
}

impl PolicyContext<'_> {
    /// The options on which a timetable depends.
    fn options(&self) -> TimetableOptions {
        (self.campaign.map(|campaign| campaign.id), self.night)
    }

    fn campaign_dates(&self) -> Dates {
        let dates = self.campaign.map(|campaign| campaign.policy.dates);
        dates.unwrap_or_default()
    }
}

/// The finding about the campaign's external check, if the job has none.
fn of_campaign<'c>(
    given: PolicyFields<'_, '_>,
    asked: &PolicyContext<'c>,
) -> Option<&'c PolicyFinding> {
    let campaign = asked
        .campaign
        .filter(|_| given.get(KnownField::ExternalCheck).is_none());
    campaign.and_then(|campaign| campaign.private_check.as_ref())
}

impl KeptTimetable {
    /// Hands over the findings that do not depend on where the job is; returns whether none of them is
    /// an error.
    fn tell_anywhere(
        &self,
        out_of_order: Option<&PolicyFinding>,
        asked: &PolicyContext<'_>,
        tell: &mut dyn FnMut(&PolicyFinding),
    ) -> bool {
        out_of_order.into_iter().for_each(&mut *tell);
        self.findings.iter().for_each(&mut *tell);
        let is_error = |finding: &PolicyFinding| finding.is_final_error(asked.takes_suggestions);
        out_of_order.is_none() && !self.findings.iter().any(is_error)
    }

    /// The number of its week among those of plans; a batch has one set of these.
    fn number_among(&self, weeks: &KeptWeeks) -> u32 {
        *self.week_number.get_or_init(|| weeks.number(&self.week))
    }
}

impl KeptReading {
    fn is_small(&self) -> bool {
        self.reading.findings.len() <= MOST_FINDINGS
    }

    fn is_of(&self, span: PolicySpan<'_>) -> bool {
        matches!(&*self.texts, [(first, text)] if *first == span.first && **text == *span.text)
    }

    /// The result for the hours.
    fn with_timetable<T>(
        &self,
        asked: &PolicyContext<'_>,
        use_it: impl FnOnce(&KeptTimetable) -> T,
    ) -> T {
        let options = asked.options();
        let make = || {
            let none = Policy::default();
            let campaign = asked.campaign.map_or(&none, |campaign| &campaign.policy);
            let hours = self.reading.policy.hours();
            let (timetable, findings) = Timetable::of(hours, campaign.hours());
            let week = timetable.week();
            let night = asked.night.week();
            let nights = match hours.is_empty() && campaign.hours().is_empty() {
                false => Nights::Hours(week.and(&night)),
                true => Nights::Dates {
                    day: week.without(&night),
                    night,
                },
            };
            KeptTimetable {
                options,
                timetable,
                week: Arc::new(week),
                week_number: OnceLock::new(),
                nights,
                findings,
                known: KnownChances::new(),
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

/// Reads fields, or returns the reading of the same fields before.
fn reading_of(
    memo: &Memo<KeptReading>,
    fields: FieldGroup<'_, '_>,
    regions: &Regions,
    mut use_it: impl FnMut(&KeptReading),
) {
    let make = || {
        let texts = fields.iter();
        KeptReading {
            texts: texts
                .map(|(known, field)| (known, field.value.into()))
                .collect(),
            reading: PolicyReading::of(&fields, regions),
            timetable: OnceLock::new(),
            codes: OnceLock::new(),
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

/// What is found about when a job rings. Fields that only the words use may be empty.
struct ChanceFound {
    rings: Rings,
    /// If it can ring at night: when it first does.
    night: Option<Option<NightCall>>,
    /// If its clock and that of its phone differ while it can ring: when they first do.
    far: Option<Option<Far>>,
}

impl ChanceFound {
    fn without_words(codes: ChanceCodes) -> Self {
        ChanceFound {
            rings: codes.rings,
            night: codes.at_night.then_some(None),
            far: codes.is_far.then_some(None),
        }
    }

    fn codes(&self) -> ChanceCodes {
        ChanceCodes {
            rings: self.rings,
            at_night: self.night.is_some(),
            is_far: self.far.is_some(),
        }
    }

    fn rings_at_all(&self) -> bool {
        matches!(self.rings, Rings::Everywhere | Rings::Somewhere)
    }

    /// Hands over the findings about the policy.
    fn tell(
        &self,
        dates: Dates,
        kept: &KeptTimetable,
        night: Night,
        tell: &mut dyn FnMut(&PolicyFinding),
    ) {
        if let Some(call) = self.night {
            tell(&at_night(call, night, dates, kept));
        }
        if let Some(silence) = silence(self.rings, dates, &kept.timetable) {
            tell(&silence);
        }
    }
}

/// The finding about a job that can ring at night.
fn at_night(
    call: Option<NightCall>,
    night: Night,
    dates: Dates,
    kept: &KeptTimetable,
) -> PolicyFinding {
    let field = match (&kept.nights, dates.start) {
        (Nights::Hours(_), _) => kept.timetable.field(),
        (Nights::Dates { .. }, Some(_)) => KnownField::StartDateTime,
        (Nights::Dates { .. }, None) => KnownField::FinishDateTime,
    };
    let fault = || Fault::new(Rule::PolicyNight);
    PolicyFinding {
        field,
        path: String::new(),
        fault: call.map_or_else(fault, |call| night_fault(call, night)),
        value: Shown::Field,
        kind: FindingKind::Warning,
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
