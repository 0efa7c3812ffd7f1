//! The verdict over the policy of one job, together with the campaign's.

use super::memo::Memo;
use super::note::{Kind, Note, Shown};
use super::{Campaign, Effective, Instant, Night, Policy, Reading, policy_fields};
use crate::job::field::{Field, KnownField};
use crate::job::ringing::{self, Places, Rings};
use crate::zone::Regions;
use crate::{Fault, Rule};

/// What a verdict depends on beside the job's own fields.
#[derive(Clone, Copy)]
pub(in crate::job) struct Asked<'a> {
    pub campaign: Option<&'a Campaign>,
    pub night: Night,
    /// Where the job is; `None` where its zone can't be read.
    pub places: Option<Places>,
    pub regions: &'a Regions,
    pub now: Instant,
}

/// The verdicts at one instant that were worked out already.
#[derive(Default)]
pub(in crate::job) struct Verdicts {
    readings: Memo<KeptReading>,
    wholes: Memo<KeptWhole>,
}

struct KeptReading {
    texts: Box<[(KnownField, Box<str>)]>,
    reading: Reading,
}

struct KeptWhole {
    key: Key,
    notes: Vec<Note>,
}

/// What the whole of a policy depends on, where its reading is kept at that place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    reading: usize,
    campaign: Option<u64>,
    night: Night,
    places: Option<Places>,
}

/// The longest policy that is kept, in bytes: of long ones few are alike.
const LONGEST: usize = 1 << 14;

impl Verdicts {
    /// Tells each note on the policy of a job.
    pub fn each_note(&self, fields: &[Field<'_>], asked: &Asked<'_>, mut tell: impl FnMut(&Note)) {
        let given = policy_fields(fields);
        let size: usize = given.clone().map(|(_, field)| field.value.len()).sum();
        if size > LONGEST {
            return self.tell(&Reading::of(fields), None, asked, &mut tell);
        }
        let is_it = |kept: &KeptReading| {
            let kept = kept.texts.iter().map(|(known, text)| (*known, &**text));
            kept.eq(given.clone().map(|(known, field)| (known, field.value)))
        };
        let make = || KeptReading {
            texts: given
                .clone()
                .map(|(known, field)| (known, field.value.into()))
                .collect(),
            reading: Reading::of(fields),
        };
        let key = Texts(given.clone());
        self.readings.get_or_make(key, is_it, make, |kept, place| {
            self.tell(&kept.reading, place, asked, &mut tell);
        });
    }

    /// Tells the notes on a reading, which is kept at that place if it is.
    fn tell(
        &self,
        reading: &Reading,
        place: Option<usize>,
        asked: &Asked<'_>,
        tell: &mut dyn FnMut(&Note),
    ) {
        reading.notes.iter().for_each(&mut *tell);
        if !reading.is_sound() {
            return;
        }
        let Some(place) = place else {
            return whole(&reading.policy, asked).iter().for_each(tell);
        };
        let key = Key {
            reading: place,
            campaign: asked.campaign.map(|campaign| campaign.id),
            night: asked.night,
            places: asked.places,
        };
        let make = || KeptWhole {
            key,
            notes: whole(&reading.policy, asked),
        };
        let is_it = |kept: &KeptWhole| kept.key == key;
        self.wholes.get_or_make(key, is_it, make, |kept, _| {
            kept.notes.iter().for_each(&mut *tell);
        });
    }
}

/// What the policy's fields say, as a key.
struct Texts<I>(I);

impl<'f, 'a: 'f, I: Iterator<Item = (KnownField, &'f Field<'a>)> + Clone> std::hash::Hash
    for Texts<I>
{
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for (known, field) in self.0.clone() {
            state.write_u8(known as u8);
            state.write(field.value.as_bytes());
        }
    }
}

/// What is to be noted of a sound policy as a whole.
fn whole(policy: &Policy, asked: &Asked<'_>) -> Vec<Note> {
    let none = Policy::default();
    let campaign = asked.campaign.map_or(&none, |campaign| &campaign.policy);
    let (effective, mut notes) = Effective::of(policy, campaign);
    if notes.iter().any(Note::is_error) {
        return notes;
    }
    notes.extend(effective.at_night(asked.night));
    if let Some(places) = asked.places {
        let rings = ringing::rings(&effective, places, asked.regions, asked.now);
        notes.extend(silence(rings, &effective));
    }
    notes
}

/// The note on a job that does not ring.
fn silence(rings: Rings, effective: &Effective) -> Option<Note> {
    let (field, fault, kind) = match rings {
        Rings::Everywhere => return None,
        Rings::Expired => (
            KnownField::FinishDateTime,
            Fault::new(Rule::PolicyExpired),
            Kind::Error,
        ),
        Rings::Nowhere => (
            effective.field(),
            Fault::new(Rule::PolicyNeverRings),
            Kind::Error,
        ),
        Rings::Somewhere => {
            let why = "in some of the zones where the phone may be, the policy allows no instant at \
                       which to call";
            let fault = Fault::new(Rule::PolicyNeverRings).because(why);
            (effective.field(), fault, Kind::Warning)
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
