//! What a policy comes to: the job's own fields, and the campaign's where it has none.

use super::days::Days;
use super::night::Night;
use super::note::{Kind, Note, Shown};
use super::time::Time;
use super::windows::{Window, Windows};
use super::{Dates, Hours};
use crate::job::ringing::Week;
use crate::service::field::DEFAULT_DAY;
use crate::service::{Day, KnownField};
use crate::{Fault, Rule};

impl Dates {
    /// The job's own dates and the campaign's where it has none, and what is to be noted of both.
    pub fn within(self, campaign: Dates) -> (Dates, Option<Note>) {
        let both = Dates {
            start: self.start.or(campaign.start),
            finish: self.finish.or(campaign.finish),
        };
        let field = match (self.start, self.finish) {
            (Some(_), _) => KnownField::StartDateTime,
            (None, Some(_)) => KnownField::FinishDateTime,
            (None, None) => return (both, None),
        };
        let in_order = both.start.zip(both.finish).is_none_or(|(a, b)| a < b);
        let fault = || note(field, Fault::new(Rule::PolicyDateOrder), Kind::Error);
        (both, (!in_order).then(fault))
    }
}

/// On which days a job may ring, and at which times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::job) struct Timetable {
    days: Days,
    times: Times,
}

/// The windows of the days.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Times {
    /// There are none: a day is allowed as a whole.
    Any,
    /// `allowedTime`.
    Windows(Windows),
    /// The deprecated pair.
    EveryDay(Window),
}

impl Timetable {
    /// What sound hours come to, and what is to be noted of them.
    pub fn of(job: &Hours, campaign: &Hours) -> (Self, Vec<Note>) {
        let mut notes = Vec::new();
        let windows = job.windows.as_ref().or(campaign.windows.as_ref());
        let pair = pair(job, campaign, windows, &mut notes);
        let times = match (windows, pair) {
            (Some(windows), _) => Times::Windows(windows.clone()),
            (None, Some(window)) => Times::EveryDay(window),
            (None, None) => Times::Any,
        };
        let days = job.days.or(campaign.days).unwrap_or(Days::ALL);
        let timetable = Timetable { days, times };
        if job.windows.is_some() || job.days.is_some() {
            notes.extend(timetable.closed_days(job));
        }
        (timetable, notes)
    }

    /// The allowed days that have no window.
    fn closed_days(&self, job: &Hours) -> Option<Note> {
        let Times::Windows(windows) = &self.times else {
            return None;
        };
        let allowed = Day::ALL.into_iter().filter(|day| self.days.contains(*day));
        let closed: Vec<&str> = allowed
            .filter(|day| windows.of_day(*day).is_none())
            .map(Day::name)
            .collect();
        if closed.is_empty() {
            return None;
        }
        let why = format!(
            "no window and no default for {}: taken as closed",
            closed.join(", ")
        );
        let field = match job.windows {
            Some(_) => KnownField::AllowedTime,
            None => KnownField::AllowedDays,
        };
        let fault = Fault::new(Rule::PolicyClosedDay).because(why);
        Some(note(field, fault, Kind::Warning))
    }

    /// The windows of an allowed day, where there are windows.
    fn windows_of(&self, day: Day) -> &[Window] {
        match &self.times {
            _ if !self.days.contains(day) => &[],
            Times::Any => &[],
            Times::Windows(windows) => windows.of_day(day).unwrap_or_default(),
            Times::EveryDay(window) => std::slice::from_ref(window),
        }
    }

    /// The warning for windows that allow calls at night.
    pub fn at_night(&self, night: Night) -> Option<Note> {
        let at_night = |day: Day| {
            let mut windows = self.windows_of(day).iter();
            Some((day, *windows.find(|window| night.meets(**window))?))
        };
        let (day, window) = Day::ALL.into_iter().find_map(at_night)?;
        let why = format!(
            "on {} calls are allowed from {} to {}, and {night} is night",
            day.name(),
            window.from,
            window.to
        );
        let fault = Fault::new(Rule::PolicyNight).because(why);
        Some(note(self.field(), fault, Kind::Warning))
    }

    /// The field that says most about when it rings.
    pub fn field(&self) -> KnownField {
        match self.times {
            Times::Windows(_) => KnownField::AllowedTime,
            Times::EveryDay(_) => KnownField::LocalTimeFrom,
            Times::Any => KnownField::AllowedDays,
        }
    }

    /// Whether a day is allowed as a whole or not at all.
    pub fn is_any_time(&self) -> bool {
        self.times == Times::Any && self.days == Days::ALL
    }

    /// The local times of a week at which it may ring.
    pub fn week(&self) -> Week {
        Week::new(Day::ALL.into_iter().flat_map(|day| {
            let whole = matches!(self.times, Times::Any) && self.days.contains(day);
            let windows = self.windows_of(day).iter();
            let minutes = windows.map(|window| (u32::from(window.from.0), u32::from(window.to.0)));
            let whole = whole.then_some((0, 24 * 60));
            minutes
                .chain(whole)
                .map(move |(from, to)| (day as u32, from, to))
        }))
    }
}

fn note(field: KnownField, fault: Fault, kind: Kind) -> Note {
    Note {
        field,
        path: String::new(),
        fault,
        value: Shown::Field,
        kind,
    }
}

/// The window of the deprecated pair; what is wrong with it, and that it is deprecated, is noted
/// where the job has a part of it.
fn pair(
    job: &Hours,
    campaign: &Hours,
    windows: Option<&Windows>,
    notes: &mut Vec<Note>,
) -> Option<Window> {
    let pair = (job.from.or(campaign.from), job.to.or(campaign.to));
    let field = match (job.from, job.to) {
        (Some(_), _) => KnownField::LocalTimeFrom,
        (None, Some(_)) => KnownField::LocalTimeTo,
        (None, None) => return whole(pair).filter(|window| window.from < window.to),
    };
    if windows.is_some() {
        let why = "localTimeFrom and localTimeTo are deprecated, and allowedTime wins over them";
        let fault = Fault::new(Rule::PolicyDeprecated).because(why);
        let kind = match job.windows {
            Some(_) => Kind::Deprecated(None),
            None => Kind::Warning,
        };
        notes.push(note(field, fault, kind));
        return None;
    }
    let Some(window) = whole(pair) else {
        let why = match field {
            KnownField::LocalTimeFrom => "the window has no localTimeTo",
            _ => "the window has no localTimeFrom",
        };
        let fault = Fault::new(Rule::PolicyWindowIncomplete).because(why);
        notes.push(note(field, fault, Kind::Error));
        return None;
    };
    if let Some(fault) = window.fault(None) {
        notes.push(note(field, fault, Kind::Error));
        return None;
    }
    let same = format!("{{\"{DEFAULT_DAY}\": [{}]}}", window.json());
    let fault = Fault::new(Rule::PolicyDeprecated).suggest(&same);
    let kind = match (job.from, job.to) {
        (Some(_), Some(_)) => Kind::Deprecated(Some(same)),
        _ => Kind::Warning,
    };
    notes.push(note(field, fault, kind));
    Some(window)
}

fn whole((from, to): (Option<Time>, Option<Time>)) -> Option<Window> {
    Some(Window {
        from: from?,
        to: to?,
    })
}
