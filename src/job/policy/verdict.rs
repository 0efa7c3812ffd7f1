//! The verdict over the policy of one job, together with the campaign's.

use std::sync::OnceLock;

use super::given::{CHECK, Given, Group, HOURS, OWN, Run};
use super::memo::{Found, Memo};
use super::note::{Kind, Note, Shown};
use super::{Campaign, Dates, Instant, Night, Policy, Reading, Timetable};
use crate::job::field::KnownField;
use crate::job::ringing::{Places, Ringing, Rings, Week};
use crate::zone::Regions;
use crate::{Fault, Rule};

/// What a verdict depends on beside the job's own fields.
#[derive(Clone, Copy)]
pub(in crate::job) struct Asked<'a> {
    pub campaign: Option<&'a Campaign>,
    pub night: Night,
    /// Where the job is; `None` where its zone can't be read.
    pub places: Option<Places>,
}

/// The verdicts at one instant. What many jobs have in common is worked out once. Most lists have a
/// few policies, which are told by their texts; where dates or numbers are each job's own, there
/// are still a few sets of hours and external checks.
pub(in crate::job) struct Verdicts<'r> {
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
    reading: Reading,
    /// What the hours come to with the options that they were first asked for with; a batch has
    /// no others.
    timetable: OnceLock<KeptTimetable>,
}

struct KeptTimetable {
    options: (Option<u64>, Night),
    timetable: Timetable,
    week: Week,
    notes: Vec<Note>,
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

/// A reading with more notes takes too much memory to be kept.
const MOST_NOTES: usize = 16;

impl<'r> Verdicts<'r> {
    /// The verdicts at this instant.
    pub fn new(regions: &'r Regions, now: Instant) -> Self {
        Verdicts {
            ringing: Ringing::new(regions, now),
            runs: Memo::default(),
            no_hours: KeptReading::default(),
            hours: Memo::default(),
            checks: Memo::default(),
            rings: Memo::default(),
        }
    }

    /// Tells each note on the policy of a job.
    pub fn each_note(&self, given: Given<'_, '_>, asked: &Asked<'_>, mut tell: impl FnMut(&Note)) {
        let tell: &mut dyn FnMut(&Note) = &mut tell;
        let Some(run) = given.run().filter(|run| run.text.len() <= LONGEST) else {
            return self.by_groups(given, asked, tell);
        };
        let mut all = |kept: &KeptReading| {
            kept.reading.notes.iter().for_each(&mut *tell);
            if kept.reading.is_sound() {
                self.tell_whole(kept.reading.policy.dates, kept, asked, tell);
            }
        };
        match self.runs.find(run, |kept| kept.is_of(run)) {
            Found::Kept(kept) => all(kept),
            Found::Free(free) => {
                let made = KeptReading {
                    texts: [(run.first, run.text.into())].into(),
                    reading: Reading::of(&given.all()),
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

    /// Tells each note on a policy that is not kept as a whole.
    fn by_groups(&self, given: Given<'_, '_>, asked: &Asked<'_>, mut tell: &mut dyn FnMut(&Note)) {
        let own = Reading::of(&given.only(OWN));
        own.notes.iter().for_each(&mut tell);
        let mut sound = own.is_sound();
        if given.get(KnownField::ExternalCheck).is_some() {
            reading_of(&self.checks, given.only(CHECK), |check| {
                check.reading.notes.iter().for_each(&mut tell);
                sound &= check.reading.is_sound();
            });
        }
        let mut with_hours = |hours: &KeptReading| {
            hours.reading.notes.iter().for_each(&mut tell);
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

    /// Tells the notes on a sound policy as a whole.
    fn tell_whole(
        &self,
        dates: Dates,
        hours: &KeptReading,
        asked: &Asked<'_>,
        tell: &mut dyn FnMut(&Note),
    ) {
        let of_campaign = asked.campaign.map(|campaign| campaign.policy.dates);
        let (dates, out_of_order) = dates.within(of_campaign.unwrap_or_default());
        out_of_order.iter().for_each(&mut *tell);
        hours.with_timetable(asked, |kept| {
            kept.notes.iter().for_each(&mut *tell);
            let sound = out_of_order.is_none() && !kept.notes.iter().any(Note::is_error);
            if let (Some(places), true) = (asked.places, sound) {
                let rings = self.rings(&kept.week, dates, places);
                let silence = silence(rings, dates, &kept.timetable);
                silence.iter().for_each(&mut *tell);
            }
        });
    }

    /// Whether a job rings; kept where many zones have to be looked at.
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
        self.reading.notes.len() <= MOST_NOTES
    }

    fn is_of(&self, run: Run<'_>) -> bool {
        matches!(&*self.texts, [(first, text)] if *first == run.first && **text == *run.text)
    }

    /// What the hours come to.
    fn with_timetable<T>(&self, asked: &Asked<'_>, use_it: impl FnOnce(&KeptTimetable) -> T) -> T {
        let options = (asked.campaign.map(|campaign| campaign.id), asked.night);
        let make = || {
            let none = Policy::default();
            let campaign = asked.campaign.map_or(&none, |campaign| &campaign.policy);
            let hours = self.reading.policy.hours();
            let (timetable, mut notes) = Timetable::of(hours, campaign.hours());
            if !notes.iter().any(Note::is_error) {
                notes.extend(timetable.at_night(asked.night));
            }
            KeptTimetable {
                options,
                week: timetable.week(),
                timetable,
                notes,
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
    fields: Group<'_, '_>,
    mut use_it: impl FnMut(&KeptReading),
) {
    let make = || {
        let texts = fields.iter();
        KeptReading {
            texts: texts
                .map(|(known, field)| (known, field.value.into()))
                .collect(),
            reading: Reading::of(&fields),
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

/// The note on a job that does not ring.
fn silence(rings: Rings, dates: Dates, timetable: &Timetable) -> Option<Note> {
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
            (KnownField::FinishDateTime, fault, Kind::Error)
        }
        Rings::Nowhere => (field, Fault::new(Rule::PolicyNeverRings), Kind::Error),
        Rings::Somewhere => {
            let why = "in some of the zones where the phone may be, the policy allows no instant \
                       at which to call";
            let fault = Fault::new(Rule::PolicyNeverRings).because(why);
            (field, fault, Kind::Warning)
        }
    };
    Some(Note {
        field,
        path: String::new(),
        fault,
        value: Shown::Field,
        kind,
    })
}
