//! The verdict over the policy of one job, together with the campaign's.

use super::given::{Given, Group};
use super::memo::Memo;
use super::note::{Kind, Note, Shown};
use super::{Campaign, Dates, Hours, Instant, Night, Policy, Reading, Timetable};
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

/// The verdicts at one instant. What many jobs have in common is worked out once: a list usually
/// has a few sets of hours and external checks, while dates and numbers may be each job's own.
pub(in crate::job) struct Verdicts<'r> {
    ringing: Ringing<'r>,
    hours: Memo<KeptReading>,
    checks: Memo<KeptReading>,
    timetables: Memo<KeptTimetable>,
    rings: Memo<(RingsKey, Rings)>,
}

struct KeptReading {
    texts: Box<[(KnownField, Box<str>)]>,
    reading: Reading,
}

struct KeptTimetable {
    key: TimetableKey,
    timetable: Timetable,
    week: Week,
    notes: Vec<Note>,
}

/// What a timetable depends on, where the job's hours are kept at that place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct TimetableKey {
    hours: usize,
    campaign: Option<u64>,
    night: Night,
}

/// What ringing depends on, where the timetable is kept at that place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct RingsKey {
    timetable: usize,
    dates: Dates,
    places: Places,
}

/// The longest texts that are kept, in bytes: of long ones few are alike.
const LONGEST: usize = 1 << 14;

impl<'r> Verdicts<'r> {
    /// The verdicts at this instant.
    pub fn new(regions: &'r Regions, now: Instant) -> Self {
        Verdicts {
            ringing: Ringing::new(regions, now),
            hours: Memo::default(),
            checks: Memo::default(),
            timetables: Memo::default(),
            rings: Memo::default(),
        }
    }

    /// Tells each note on the policy of a job.
    pub fn each_note(&self, given: Given<'_, '_>, asked: &Asked<'_>, mut tell: impl FnMut(&Note)) {
        let own = Reading::of(&given.only(OWN));
        own.notes.iter().for_each(&mut tell);
        let mut sound = own.is_sound();
        if given.get(KnownField::ExternalCheck).is_some() {
            reading_of(&self.checks, given.only(CHECK), |check, _| {
                check.notes.iter().for_each(&mut tell);
                sound &= check.is_sound();
            });
        }
        reading_of(&self.hours, given.only(HOURS), |hours, place| {
            hours.notes.iter().for_each(&mut tell);
            if sound && hours.is_sound() {
                let dates = own.policy.dates;
                self.tell_whole(dates, (&hours.policy.hours, place), asked, &mut tell);
            }
        });
    }

    /// Tells the notes on a sound policy as a whole.
    fn tell_whole(
        &self,
        dates: Dates,
        (hours, place): (&Hours, Option<usize>),
        asked: &Asked<'_>,
        tell: &mut dyn FnMut(&Note),
    ) {
        let none = Policy::default();
        let campaign = asked.campaign.map_or(&none, |campaign| &campaign.policy);
        let (dates, out_of_order) = dates.within(campaign.dates);
        let mut silent = false;
        if let Some(note) = &out_of_order {
            tell(note);
            silent = true;
        }
        self.timetable(hours, place, asked, |kept, place| {
            kept.notes.iter().for_each(&mut *tell);
            silent |= kept.notes.iter().any(Note::is_error);
            if let (Some(places), false) = (asked.places, silent) {
                let rings = self.rings(kept, place, dates, places);
                silence(rings, dates, &kept.timetable)
                    .iter()
                    .for_each(&mut *tell);
            }
        });
    }

    /// The timetable of hours that are kept at that place, if they are.
    fn timetable(
        &self,
        hours: &Hours,
        place: Option<usize>,
        asked: &Asked<'_>,
        use_it: impl FnMut(&KeptTimetable, Option<usize>),
    ) {
        let key = TimetableKey {
            hours: place.unwrap_or(usize::MAX),
            campaign: asked.campaign.map(|campaign| campaign.id),
            night: asked.night,
        };
        let make = || {
            let none = Hours::default();
            let campaign = asked.campaign.map_or(&none, |it| &it.policy.hours);
            let (timetable, mut notes) = Timetable::of(hours, campaign);
            if !notes.iter().any(Note::is_error) {
                notes.extend(timetable.at_night(asked.night));
            }
            KeptTimetable {
                key,
                week: timetable.week(),
                timetable,
                notes,
            }
        };
        let mut use_it = use_it;
        match place {
            Some(_) => {
                let is_it = |kept: &KeptTimetable| kept.key == key;
                self.timetables.get_or_make(key, is_it, make, use_it);
            }
            None => use_it(&make(), None),
        }
    }

    /// Whether a job of a timetable rings, which is kept at that place, if it is.
    fn rings(
        &self,
        kept: &KeptTimetable,
        place: Option<usize>,
        dates: Dates,
        places: Places,
    ) -> Rings {
        let ask = || self.ringing.rings(&kept.week, dates, places);
        let Some(timetable) = place else {
            return ask();
        };
        let key = RingsKey {
            timetable,
            dates,
            places,
        };
        let is_it = |kept: &(RingsKey, Rings)| kept.0 == key;
        let make = || (key, ask());
        self.rings.get_or_make(key, is_it, make, |kept, _| kept.1)
    }
}

/// The fields that say at which local times of the week to call.
const HOURS: &[KnownField] = &[
    KnownField::AllowedDays,
    KnownField::AllowedTime,
    KnownField::LocalTimeFrom,
    KnownField::LocalTimeTo,
];

/// The field whose value is most often the same.
const CHECK: &[KnownField] = &[KnownField::ExternalCheck];

/// The fields that are quickly read, or are each job's own.
const OWN: &[KnownField] = &[
    KnownField::StartDateTime,
    KnownField::FinishDateTime,
    KnownField::RetryIntervalInMinutes,
    KnownField::MaxAttempts,
    KnownField::DialerPriority,
];

/// Reads fields, or remembers what was read in the same ones; with the place where that is kept.
fn reading_of(
    memo: &Memo<KeptReading>,
    fields: Group<'_, '_>,
    mut use_it: impl FnMut(&Reading, Option<usize>),
) {
    if fields.size() > LONGEST {
        return use_it(&Reading::of(&fields), None);
    }
    let is_it = |kept: &KeptReading| {
        let kept = kept.texts.iter().map(|(known, text)| (*known, &**text));
        kept.eq(fields.iter().map(|(known, field)| (known, field.value)))
    };
    let make = || {
        let texts = fields.iter();
        KeptReading {
            texts: texts
                .map(|(known, field)| (known, field.value.into()))
                .collect(),
            reading: Reading::of(&fields),
        }
    };
    memo.get_or_make(fields, is_it, make, |kept, place| {
        use_it(&kept.reading, place);
    });
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
