//! What a policy comes to: the job's own fields, and the campaign's where it has none.

use super::days::{Day, Days};
use super::night::Night;
use super::note::{Kind, Note, Shown};
use super::time::Time;
use super::windows::{Window, Windows};
use super::{Instant, Policy};
use crate::job::field::KnownField;
use crate::job::ringing::Week;
use crate::{Fault, Rule};

/// What a job may do, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::job) struct Effective {
    pub start: Option<Instant>,
    pub finish: Option<Instant>,
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

/// The deprecated pair as the `allowedTime` that says the same.
pub(in crate::job) fn pair_as_windows(window: Window) -> String {
    format!("{{\"default\": [{}]}}", window.json())
}

impl Effective {
    /// What a sound policy comes to, and what is to be noted of the whole.
    pub fn of(job: &Policy, campaign: &Policy) -> (Self, Vec<Note>) {
        let mut notes = Vec::new();
        let start = job.start.or(campaign.start);
        let finish = job.finish.or(campaign.finish);
        let has_date = job.start.is_some() || job.finish.is_some();
        if let (Some(start), Some(finish), true) = (start, finish, has_date)
            && start >= finish
        {
            let field = match job.start {
                Some(_) => KnownField::StartDateTime,
                None => KnownField::FinishDateTime,
            };
            notes.push(note(field, Fault::new(Rule::PolicyDateOrder), Kind::Error));
        }
        let windows = job.windows.as_ref().or(campaign.windows.as_ref());
        let pair = pair(job, campaign, windows, &mut notes);
        let times = match (windows, pair) {
            (Some(windows), _) => Times::Windows(windows.clone()),
            (None, Some(window)) => Times::EveryDay(window),
            (None, None) => Times::Any,
        };
        let days = job.days.or(campaign.days).unwrap_or(Days::ALL);
        let effective = Effective {
            start,
            finish,
            days,
            times,
        };
        if job.windows.is_some() || job.days.is_some() {
            notes.extend(effective.closed_days(job));
        }
        (effective, notes)
    }

    /// The allowed days that have no window.
    fn closed_days(&self, job: &Policy) -> Option<Note> {
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
            Times::Any if self.days != Days::ALL => KnownField::AllowedDays,
            Times::Any if self.finish.is_some() => KnownField::FinishDateTime,
            Times::Any => KnownField::StartDateTime,
        }
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
    job: &Policy,
    campaign: &Policy,
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
    let same = pair_as_windows(window);
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
