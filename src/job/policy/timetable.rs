//! The combined policy: the job's own fields, and the campaign's for those that it lacks.

use super::days::Days;
use super::finding::{FindingKind, PolicyFinding, Shown, SuggestedEdit};
use super::time::WrittenTime;
use super::windows::{DayWindow, DayWindows, NIGHT_IS_CUT, WrittenWindow, every_day_json};
use super::{Dates, Hours};
use crate::job::ringing::Week;
use crate::service::{Day, KnownField};
use crate::{Fault, Rule};

impl Dates {
    /// The job's own dates, and the campaign's for those that it lacks; with the finding about
    /// both.
    pub fn within(self, campaign: Dates) -> (Dates, Option<PolicyFinding>) {
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
        let fault = || finding(field, Fault::new(Rule::PolicyDateOrder), FindingKind::Error);
        (both, (!in_order).then(fault))
    }
}

/// The days on which a job may ring, and the times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::job) struct Timetable {
    days: Days,
    times: Times,
}

/// The windows of the days.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Times {
    /// No windows: an allowed day is allowed as a whole.
    Any,
    /// `allowedTime`.
    DayWindows(DayWindows),
    /// The deprecated pair.
    EveryDay(Vec<DayWindow>),
}

impl Timetable {
    /// The timetable of valid hours, and the findings about them.
    pub fn of(job: &Hours, campaign: &Hours) -> (Self, Vec<PolicyFinding>) {
        let mut findings = Vec::new();
        let windows = job.windows.as_ref().or(campaign.windows.as_ref());
        let days = job.days.or(campaign.days).unwrap_or(Days::ALL);
        let pair = pair((job, campaign), days, windows, &mut findings);
        let times = match (windows, pair) {
            (Some(windows), _) => Times::DayWindows(windows.clone()),
            (None, Some(windows)) => Times::EveryDay(windows),
            (None, None) => Times::Any,
        };
        let timetable = Timetable { days, times };
        let own = job.windows.as_ref();
        if own.is_some_and(|windows| windows.lose_their_nights(days)) {
            let fault = Fault::new(Rule::PolicyWindowMidnight).because(NIGHT_IS_CUT);
            findings.push(finding(KnownField::AllowedTime, fault, FindingKind::Error));
        }
        if job.windows.is_some() || job.days.is_some() {
            findings.extend(timetable.closed_days(job));
        }
        (timetable, findings)
    }

    /// The allowed days that have no window.
    fn closed_days(&self, job: &Hours) -> Option<PolicyFinding> {
        let Times::DayWindows(windows) = &self.times else {
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
            "there is no window and no default for {}: predial takes these days as closed",
            closed.join(", ")
        );
        let field = match job.windows {
            Some(_) => KnownField::AllowedTime,
            None => KnownField::AllowedDays,
        };
        let fault = Fault::new(Rule::PolicyClosedDay).because(why);
        Some(finding(field, fault, FindingKind::Warning))
    }

    /// The windows of an allowed day, if there are windows.
    fn windows_of(&self, day: Day) -> &[DayWindow] {
        match &self.times {
            _ if !self.days.contains(day) => &[],
            Times::Any => &[],
            Times::DayWindows(windows) => windows.of_day(day).unwrap_or_default(),
            Times::EveryDay(windows) => windows,
        }
    }

    /// The field that has the most effect on when the job rings.
    pub fn field(&self) -> KnownField {
        match self.times {
            Times::DayWindows(_) => KnownField::AllowedTime,
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

fn finding(field: KnownField, fault: Fault, kind: FindingKind) -> PolicyFinding {
    PolicyFinding {
        field,
        path: String::new(),
        fault,
        value: Shown::Field,
        kind,
    }
}

/// The window of the deprecated pair, or the two that are suggested for it. If the job has a part of
/// the pair, there are findings: what is wrong with it, and that it is deprecated.
fn pair(
    (job, campaign): (&Hours, &Hours),
    days: Days,
    windows: Option<&DayWindows>,
    findings: &mut Vec<PolicyFinding>,
) -> Option<Vec<DayWindow>> {
    let pair = (job.from.or(campaign.from), job.to.or(campaign.to));
    let field = match (job.from, job.to) {
        (Some(_), _) => KnownField::LocalTimeFrom,
        (None, Some(_)) => KnownField::LocalTimeTo,
        (None, None) => {
            let window = whole(pair).map(WrittenWindow::read);
            let window = window.filter(|window| window.from < window.to);
            return window.map(|window| vec![window]);
        }
    };
    if windows.is_some() {
        let why = "localTimeFrom and localTimeTo are deprecated, and allowedTime takes precedence";
        let fault = Fault::new(Rule::PolicyDeprecated).because(why);
        let kind = match job.windows {
            Some(_) => FindingKind::Deprecated(None),
            None => FindingKind::Warning,
        };
        findings.push(finding(field, fault, kind));
        return None;
    }
    let Some(window) = whole(pair) else {
        let why = match field {
            KnownField::LocalTimeFrom => "the window has no localTimeTo",
            _ => "the window has no localTimeFrom",
        };
        let fault = Fault::new(Rule::PolicyWindowIncomplete).because(why);
        findings.push(finding(field, fault, FindingKind::Error));
        return None;
    };
    if let Some(mut fault) = window.fault(None) {
        if fault.suggestion.is_some() && days != Days::ALL && window.read().has_morning() {
            fault = Fault::new(fault.rule).because(NIGHT_IS_CUT);
        }
        // Half of a pair is the campaign's, which stays as it is.
        let is_own = job.from.is_some() && job.to.is_some();
        let is_sure = is_own && fault.suggestion.is_some();
        let meant = window.read().across_midnight().filter(|_| is_sure);
        let edit = meant.as_deref().map(every_day_json);
        let edit = edit.map(SuggestedEdit::Pair);
        let kind = edit.map_or(FindingKind::Error, FindingKind::Suggestion);
        findings.push(finding(field, fault, kind));
        return meant;
    }
    let window = window.read();
    let same = every_day_json(&[window]);
    let fault = Fault::new(Rule::PolicyDeprecated).suggest(&same);
    let kind = match (job.from, job.to) {
        (Some(_), Some(_)) => FindingKind::Deprecated(Some(same)),
        _ => FindingKind::Warning,
    };
    findings.push(finding(field, fault, kind));
    Some(vec![window])
}

fn whole((from, to): (Option<WrittenTime>, Option<WrittenTime>)) -> Option<WrittenWindow> {
    Some(WrittenWindow {
        from: from?,
        to: to?,
    })
}
