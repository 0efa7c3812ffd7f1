//! Windows of local time: `allowedTime`.

use super::days::Days;
use super::finding::PolicyFinding;
use super::node::{JsonNode, PolicyFindings};
use super::time::{self, Time, WrittenTime};
use crate::json::{PlainMember, Value};
use crate::service::field::{DEFAULT_DAY as DEFAULT, WINDOW_FROM as FROM, WINDOW_TO as TO};
use crate::service::{Day, KnownField};
use crate::{Fault, Rule};

/// A window of one day; the end is not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::job) struct DayWindow {
    pub from: Time,
    pub to: Time,
}

impl DayWindow {
    /// The window as its JSON.
    pub fn json(self) -> String {
        format!(
            "{{\"{FROM}\": \"{}\", \"{TO}\": \"{}\"}}",
            self.from, self.to
        )
    }

    /// Whether the pair of times surely ends on the next day. A day has no hour 13 in twelve hours, so a
    /// window that begins then has its end in 24 hours too. If it is long, its ends may be exchanged.
    fn is_night(self) -> bool {
        const AFTERNOON: Time = Time(13 * 60);
        const LONGEST: u16 = 8 * 60;
        let is_over_midnight = self.to < self.from && self.from >= AFTERNOON;
        is_over_midnight && 24 * 60 - self.from.0 + self.to.0 <= LONGEST
    }

    /// The windows before and after midnight of a pair of times that ends on the next day.
    fn parts(self) -> (Option<DayWindow>, Option<DayWindow>) {
        let evening = DayWindow {
            to: Time::LAST,
            ..self
        };
        let morning = DayWindow {
            from: Time::FIRST,
            ..self
        };
        let is_window = |window: &DayWindow| window.from < window.to;
        (
            Some(evening).filter(is_window),
            Some(morning).filter(is_window),
        )
    }

    /// Whether a pair of times ends on the next day, after its midnight.
    pub fn has_morning(self) -> bool {
        self.to < self.from && self.to > Time::FIRST
    }

    /// The windows that are suggested for a pair of times that ends on the next day and holds for every
    /// day, in order.
    pub fn across_midnight(self) -> Option<Vec<DayWindow>> {
        let (evening, morning) = self.parts();
        (self.to < self.from).then(|| morning.into_iter().chain(evening).collect())
    }

    /// The same as JSON: the value of `allowedTime` or, for a day whose next one has no part, of the day.
    fn across_midnight_json(self, day: Option<Day>) -> Option<String> {
        let Some(day) = day else {
            return Some(every_day_json(&self.across_midnight()?));
        };
        let read = DayReading::of(vec![self], Some(day));
        Some(match read.next_morning.is_empty() {
            true => format!("{{\"{}\": {}}}", day.name(), read.json(Some(day))),
            false => read.json(Some(day)),
        })
    }
}

/// A pair of times, and how they are written.
#[derive(Clone, Copy, Debug)]
pub(in crate::job) struct WrittenWindow {
    pub from: WrittenTime,
    pub to: WrittenTime,
}

impl WrittenWindow {
    /// The times themselves.
    pub fn read(self) -> DayWindow {
        DayWindow {
            from: self.from.time,
            to: self.to.time,
        }
    }

    /// The fault of a pair of times that is not a window, or may be another one. It has a suggestion if
    /// only one window over midnight can be meant. `day` is its key; `None` if the window is for every
    /// day.
    pub fn fault(self, day: Option<Day>) -> Option<Fault> {
        let window = self.read();
        if window.from == window.to {
            return Some(Fault::new(Rule::PolicyWindowOrder));
        }
        match (window.from < window.to, self.has_one_reading()) {
            (true, true) => None,
            (true, false) => {
                let why = "one end of the window has AM or PM and the other has not, so the other may \
                           be in the morning or in the afternoon";
                Some(Fault::new(Rule::PolicyTime).because(why))
            }
            (false, true) => {
                let meant = window.across_midnight_json(day)?;
                Some(Fault::new(Rule::PolicyWindowMidnight).suggest(meant))
            }
            (false, false) => {
                let why = "the window ends before it begins: it may cross midnight, end in the \
                           afternoon, or have its ends exchanged";
                Some(Fault::new(Rule::PolicyWindowMidnight).because(why))
            }
        }
    }

    /// Whether the window is likely, and no other one is, in which a missing `PM` is added.
    fn has_one_reading(self) -> bool {
        let WrittenWindow { from, to } = self;
        // `12:00 AM` may be noon, and `00:00` is not a time in twelve hours.
        let may_end_at_midnight = !to.has_mark;
        let is_likely = |window: DayWindow| {
            let ends_at_midnight = may_end_at_midnight && window.to == Time::FIRST;
            window.from < window.to || ends_at_midnight || window.is_night()
        };
        let window = self.read();
        let other = match (from.has_mark, to.has_mark) {
            (false, true) => from
                .in_the_afternoon()
                .map(|from| DayWindow { from, ..window }),
            (true, false) => to.in_the_afternoon().map(|to| DayWindow { to, ..window }),
            _ => None,
        };
        is_likely(window) && !other.is_some_and(is_likely)
    }
}

/// The windows of the days, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::job) struct DayWindows {
    own: [Option<Vec<DayWindow>>; 7],
    default: Option<Vec<DayWindow>>,
    /// The days with a window that goes on after midnight, which is suggested as one of each day.
    nights: Days,
}

/// Why no windows are suggested for one over midnight.
pub(super) const NIGHT_IS_CUT: &str = "the window crosses midnight, and the next day is not allowed \
                                       or has windows of its own: write the windows of each day";

impl DayWindows {
    /// The same windows on every day.
    fn every_day(read: DayReading) -> Self {
        DayWindows {
            nights: match read.has_morning {
                true => Days::ALL,
                false => Days::default(),
            },
            default: Some(read.windows),
            ..DayWindows::default()
        }
    }

    /// The windows of a day: its own, or the default ones; `None` if the day has neither.
    pub fn of_day(&self, day: Day) -> Option<&[DayWindow]> {
        self.own[day as usize]
            .as_deref()
            .or(self.default.as_deref())
    }

    /// Whether a window over midnight means something else if only these days are allowed: its second
    /// part is on the next day, or on the day itself comes from the day before.
    pub fn lose_their_nights(&self, days: Days) -> bool {
        let is_cut = |day: &Day| days.contains(*day) != days.contains(day.next());
        let mut nights = Day::ALL
            .into_iter()
            .filter(|day| self.nights.contains(*day));
        nights.any(|day| is_cut(&day))
    }

    /// The value of `allowedTime`.
    pub fn json(&self) -> String {
        let own = Day::ALL.into_iter().zip(&self.own);
        let own = own.filter_map(|(day, windows)| Some((day.name(), windows.as_ref()?)));
        let default = self.default.iter().map(|windows| (DEFAULT, windows));
        let member = |(name, windows): (_, &Vec<_>)| format!("\"{name}\": {}", list_json(windows));
        let members: Vec<String> = default.chain(own).map(member).collect();
        format!("{{{}}}", members.join(", "))
    }

    /// Adds windows to those of a day; false if they overlap.
    fn add(&mut self, day: Day, windows: &[DayWindow]) -> bool {
        let mut all = self.of_day(day).unwrap_or_default().to_vec();
        all.extend(windows);
        all.sort_unstable();
        let apart = are_apart(&all);
        self.own[day as usize] = Some(all);
        apart
    }
}

impl DayReading {
    /// The windows of a day, or of every day. What follows midnight of one that ends on the next day
    /// is that day's.
    fn of(windows: Vec<DayWindow>, day: Option<Day>) -> Self {
        let mut read = DayReading::default();
        for window in windows {
            if window.from < window.to {
                read.windows.push(window);
                continue;
            }
            let (evening, morning) = window.parts();
            read.has_morning |= morning.is_some();
            read.windows.extend(evening);
            match day {
                Some(_) => read.next_morning.extend(morning),
                None => read.windows.extend(morning),
            }
        }
        read.windows.sort_unstable();
        read
    }

    /// The windows of a day as its JSON array; with those of the next morning as an object of both days.
    fn json(&self, day: Option<Day>) -> String {
        let own = list_json(&self.windows);
        match day.filter(|_| !self.next_morning.is_empty()) {
            None => own,
            Some(day) => {
                let (name, next) = (day.name(), day.next().name());
                let morning = list_json(&self.next_morning);
                format!("{{\"{name}\": {own}, \"{next}\": {morning}}}")
            }
        }
    }
}

/// Whether no two of these sorted windows overlap.
fn are_apart(sorted: &[DayWindow]) -> bool {
    sorted.windows(2).all(|pair| pair[0].to <= pair[1].from)
}

/// The windows of one key.
#[derive(Default)]
struct DayReading {
    windows: Vec<DayWindow>,
    /// Those after the midnight at which the day ends.
    next_morning: Vec<DayWindow>,
    /// Whether there is a window after that midnight.
    has_morning: bool,
}

/// Whether the value of `allowedTime` is empty in every respect.
pub(in crate::job) fn is_empty(json: &str) -> bool {
    let mut findings = PolicyFindings::default();
    let windows = read(
        &JsonNode::of_field(KnownField::AllowedTime, json),
        &mut findings,
    );
    windows.is_none() && !findings.into_list().iter().any(PolicyFinding::is_error)
}

/// Reads `allowedTime`; `None` if it is absent or empty, or has no valid windows.
pub(super) fn read(node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) -> Option<DayWindows> {
    match node.value() {
        Value::Null => return None,
        Value::Array => return for_every_day(node, findings),
        Value::Object if is_window(node) => return for_every_day(node, findings),
        Value::Object => {}
        other => {
            let why = "allowedTime must be an object";
            let fault = Fault::new(Rule::PolicyWindows).because(why);
            return match other {
                Value::Text(text) => in_words(node, &text, fault, findings),
                _ => {
                    findings.error(node, fault);
                    None
                }
            };
        }
    }
    let members = node.members();
    findings.repeated_names(node, &members);
    let mut read = DayWindows::default();
    let mut has_default_night = false;
    let mut mornings: Vec<(Day, Vec<DayWindow>)> = Vec::new();
    let mut sound = true;
    let mut is_empty = true;
    for member in &members {
        let value = node.member(member);
        let key = member.name.text();
        let mut day = Day::from_name(&key);
        if day.is_none() && key != DEFAULT {
            match unknown_key(&value, (&key, &members), findings) {
                Some(meant) => day = meant,
                None => {
                    sound = false;
                    continue;
                }
            }
        }
        if matches!(value.value(), Value::Null) {
            null_day(&value, day, &members, findings);
            continue;
        }
        is_empty = false;
        match windows_of_day(&value, day, findings) {
            None => sound = false,
            Some(windows) => match day {
                Some(day) => {
                    if windows.has_morning {
                        read.nights.add(day);
                    }
                    read.own[day as usize] = Some(windows.windows);
                    mornings.push((day.next(), windows.next_morning));
                }
                None => {
                    has_default_night = windows.has_morning;
                    read.default = Some(windows.windows);
                }
            },
        }
    }
    if has_default_night && read.own.iter().any(Option::is_some) {
        findings.withdraw_windows(KnownField::AllowedTime, NIGHT_IS_CUT);
        return None;
    }
    if has_default_night {
        read.nights = Days::ALL;
    }
    let later = mornings.iter().filter(|(_, windows)| !windows.is_empty());
    let apart = later.fold(true, |apart, (day, windows)| {
        read.add(*day, windows) && apart
    });
    if findings.has_parts_of_whole() && sound && apart {
        findings.rewrite_whole(node, read.json());
    }
    (sound && apart && !is_empty).then_some(read)
}

/// A window as people write it: `9:00-18:00`. It is suggested for every day.
fn in_words(
    node: &JsonNode<'_, '_>,
    text: &str,
    fault: Fault,
    findings: &mut PolicyFindings,
) -> Option<DayWindows> {
    let is_dash = |c: char| matches!(c, '-' | '–' | '—' | '‑' | '−');
    let ends = text.split_once(is_dash);
    let window = ends.and_then(|(from, to)| {
        let (from, to) = (WrittenTime::meant_by(from)?, WrittenTime::meant_by(to)?);
        let written = WrittenWindow { from, to };
        let fault = written.fault(None);
        let has_one_reading = fault.is_none_or(|fault| fault.suggestion.is_some());
        has_one_reading.then(|| written.read())
    });
    let Some(window) = window else {
        findings.error(node, fault);
        return None;
    };
    let read = DayReading::of(vec![window], None);
    let json = every_day_json(&read.windows);
    findings.suggestion(node, fault.suggest(&*json), json);
    Some(DayWindows::every_day(read))
}

/// Warns of a day that is null, for which the windows of `default` hold.
fn null_day(
    value: &JsonNode<'_, '_>,
    day: Option<Day>,
    members: &[PlainMember<'_>],
    findings: &mut PolicyFindings,
) {
    let is_default = |member: &&PlainMember<'_>| member.name.text() == DEFAULT;
    let default = members.iter().find(is_default);
    let has_default = default.is_some_and(|member| Value::of(member.value) != Value::Null);
    if let (Some(day), true) = (day, has_default) {
        let day = day.name();
        let why = format!(
            "{day} is null, so the windows of default hold on it; to allow no calls on it, leave \
             it out of allowedDays"
        );
        findings.warning(value, Fault::new(Rule::PolicyClosedDay).because(why));
    }
}

/// Whether an object is a window: it has its names, and no others.
fn is_window(node: &JsonNode<'_, '_>) -> bool {
    let members = node.members();
    let is_name = |member: &PlainMember<'_>| Edge::of(&member.name.text()).is_some();
    !members.is_empty() && members.iter().all(is_name)
}

/// One window or a list of them in the place of `allowedTime`: they surely hold for every day.
fn for_every_day(node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) -> Option<DayWindows> {
    let why = "allowedTime must be an object with the windows of its days";
    let fault = Fault::new(Rule::PolicyWindows).because(why);
    let (read, is_sure) = match in_other_form(node, None) {
        Some(read) => read,
        None => {
            findings.error(node, fault);
            return None;
        }
    };
    let json = every_day_json(&read.windows);
    match is_sure {
        true => {
            let fault = Fault::new(Rule::PolicyWindowFormat).suggest(&*json);
            findings.repair(node, fault, json);
        }
        false => findings.suggestion(node, fault.suggest(&*json), json),
    }
    Some(DayWindows::every_day(read))
}

/// The windows of one key: an array, or one window alone.
fn windows_of_day(
    node: &JsonNode<'_, '_>,
    day: Option<Day>,
    findings: &mut PolicyFindings,
) -> Option<DayReading> {
    let is_alone = node.value() == Value::Object && is_window(node);
    let alone = is_alone.then(|| in_other_form(node, day)).flatten();
    let Some((alone, is_sure)) = alone else {
        return windows(node, day, findings);
    };
    let json = alone.json(day);
    match is_sure {
        true => {
            let fault = Fault::new(Rule::PolicyWindowFormat).suggest(&*json);
            findings.repair(node, fault, json);
        }
        false => findings.part_of_whole(node, not_an_array().suggest(json)),
    }
    Some(alone)
}

/// The windows of an array, or the one of an object, if they can be read; and whether nothing is wrong
/// with them but their form, or they are a suggestion.
fn in_other_form(node: &JsonNode<'_, '_>, day: Option<Day>) -> Option<(DayReading, bool)> {
    let mut findings = PolicyFindings::default();
    let read = match node.value() {
        Value::Object => {
            let window = window(node, day, &mut findings)?;
            DayReading::of(vec![window], day)
        }
        _ => windows(node, day, &mut findings)?,
    };
    let is_sure = findings.are_repairs();
    (is_sure || findings.are_suggestions()).then_some((read, is_sure))
}

fn not_an_array() -> Fault {
    Fault::new(Rule::PolicyWindows).because("the windows of a day must be an array")
}

/// The value of `allowedTime` with the same windows on every day.
pub(super) fn every_day_json(windows: &[DayWindow]) -> String {
    format!("{{\"{DEFAULT}\": {}}}", list_json(windows))
}

/// Windows as a JSON array.
fn list_json(windows: &[DayWindow]) -> String {
    let windows: Vec<String> = windows.iter().map(|window| window.json()).collect();
    format!("[{}]", windows.join(", "))
}

/// An end of a window.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    From,
    To,
}

impl Edge {
    /// The end that a name surely means: the service's own name, or a common one.
    fn of(name: &str) -> Option<Edge> {
        match name {
            FROM | "from" | "start" => Some(Edge::From),
            TO | "to" | "end" => Some(Edge::To),
            _ => None,
        }
    }
}

/// The window of an object with common names for its ends: `{"from": "9:00", "to": "18:00"}`; and what
/// is found about its times.
fn named_otherwise(node: &JsonNode<'_, '_>) -> Option<(WrittenWindow, PolicyFindings)> {
    let members = node.members();
    let [first, second] = &*members else {
        return None;
    };
    let edge = |member: &PlainMember<'_>| Edge::of(&member.name.text());
    let (from, to) = match (edge(first)?, edge(second)?) {
        (Edge::From, Edge::To) => (first, second),
        (Edge::To, Edge::From) => (second, first),
        _ => return None,
    };
    let is_own = |member: &PlainMember<'_>| matches!(&*member.name.text(), FROM | TO);
    if is_own(first) && is_own(second) {
        return None;
    }
    let mut findings = PolicyFindings::default();
    let window = WrittenWindow {
        from: time::read(&node.member(from), &mut findings)?,
        to: time::read(&node.member(to), &mut findings)?,
    };
    Some((window, findings))
}

/// Reports a window whose ends have other names.
fn renamed(
    node: &JsonNode<'_, '_>,
    (written, day): (WrittenWindow, Option<Day>),
    times: PolicyFindings,
    findings: &mut PolicyFindings,
) -> Option<DayWindow> {
    let fault = written.fault(day);
    let window = written.read();
    let suggested = times.into_list().into_iter().find(PolicyFinding::is_error);
    match (fault, suggested) {
        (None, None) => {
            let fault = Fault::new(Rule::PolicyWindowFormat).suggest(window.json());
            findings.repair(node, fault, window.json());
        }
        (None, Some(time)) => {
            let fault = time.fault.suggest(window.json());
            findings.suggestion(node, fault, window.json());
        }
        (Some(fault), _) if fault.suggestion.is_some() => {
            findings.part_of_whole(node, fault);
        }
        (Some(fault), _) => {
            findings.error(node, fault);
            return None;
        }
    }
    Some(window)
}

/// Reports a key that the service does not know; returns the day that is meant, or `None` inside for
/// `default`, if the object does not have that key as well.
fn unknown_key(
    value: &JsonNode<'_, '_>,
    (key, members): (&str, &[PlainMember<'_>]),
    findings: &mut PolicyFindings,
) -> Option<Option<Day>> {
    let fault = Fault::new(Rule::PolicyWindows).because("the key is not default, and not a day");
    let is_default = key.trim().eq_ignore_ascii_case(DEFAULT);
    let meant = Day::meant_by(key)
        .map(Some)
        .or_else(|| is_default.then_some(None));
    let Some(day) = meant else {
        findings.error(value, fault);
        return None;
    };
    let name = day.map_or(DEFAULT, Day::name);
    let means_same = |other: &&PlainMember<'_>| {
        let other = other.name.text();
        let other = other.trim();
        match day {
            Some(day) => Day::meant_by(other) == Some(day),
            None => other.eq_ignore_ascii_case(DEFAULT),
        }
    };
    let fault = fault.suggest(name);
    match members.iter().filter(means_same).count() {
        1 => {
            findings.part_of_whole(value, fault);
            Some(day)
        }
        _ => {
            findings.error(value, fault);
            None
        }
    }
}

/// The windows of one key, in order. Those that overlap are returned as one, and those that end on the
/// next day as two, which is what is suggested for them.
fn windows(
    node: &JsonNode<'_, '_>,
    day: Option<Day>,
    findings: &mut PolicyFindings,
) -> Option<DayReading> {
    if node.value() != Value::Array {
        findings.error(node, not_an_array());
        return None;
    }
    let elements = node.elements();
    if elements.is_empty() {
        findings.error(node, Fault::new(Rule::PolicyWindowsEmpty));
        return None;
    }
    let mut read = Vec::with_capacity(elements.len());
    for element in &elements {
        if let Some(window) = window(element, day, findings) {
            read.push((window, element));
        }
    }
    let sound = read.len() == elements.len();
    let (mut within, across): (Vec<_>, Vec<_>) = read
        .into_iter()
        .partition(|(window, _)| window.from < window.to);
    within.sort_by_key(|(window, _)| *window);
    let mut windows = merged(&within, findings);
    windows.extend(across.into_iter().map(|(window, _)| window));
    let read = DayReading::of(windows, day);
    (sound && are_apart(&read.windows)).then_some(read)
}

/// The sorted windows, in which those that overlap are one; each that begins inside an earlier one is a
/// finding.
fn merged(
    sorted: &[(DayWindow, &JsonNode<'_, '_>)],
    findings: &mut PolicyFindings,
) -> Vec<DayWindow> {
    let mut merged: Vec<DayWindow> = Vec::with_capacity(sorted.len());
    for &(window, node) in sorted {
        let Some(before) = merged.last_mut().filter(|before| window.from < before.to) else {
            merged.push(window);
            continue;
        };
        let both = DayWindow {
            from: before.from,
            to: before.to.max(window.to),
        };
        let why = format!(
            "the window overlaps another window of the day, {}–{}",
            before.from, before.to
        );
        let fault = Fault::new(Rule::PolicyWindowOverlap).because(why);
        findings.part_of_whole(node, fault.suggest(both.json()));
        *before = both;
    }
    merged
}

/// The window of an object, which may end on the next day.
fn window(
    node: &JsonNode<'_, '_>,
    day: Option<Day>,
    findings: &mut PolicyFindings,
) -> Option<DayWindow> {
    if node.value() != Value::Object {
        let why = "a window is an object with localTimeFrom and localTimeTo";
        findings.error(node, Fault::new(Rule::PolicyWindows).because(why));
        return None;
    }
    if let Some((window, times)) = named_otherwise(node) {
        return renamed(node, (window, day), times, findings);
    }
    let members = node.members();
    findings.repeated_names(node, &members);
    let (mut from, mut to) = (None, None);
    let (mut has_from, mut has_to) = (false, false);
    for member in &members {
        let value = node.member(member);
        let is_given = !matches!(value.value(), Value::Null);
        match &*member.name.text() {
            FROM => {
                has_from |= is_given;
                from = time::read(&value, findings);
            }
            TO => {
                has_to |= is_given;
                to = time::read(&value, findings);
            }
            name => findings.warning(&value, unknown_member(name, &[FROM, TO])),
        }
    }
    if !(has_from && has_to) {
        let missing = if has_from { TO } else { FROM };
        let why = format!("the window has no {missing}");
        findings.error(node, Fault::new(Rule::PolicyWindowIncomplete).because(why));
    }
    let written = WrittenWindow {
        from: from?,
        to: to?,
    };
    let window = written.read();
    match written.fault(day) {
        Some(fault) if fault.suggestion.is_some() => {
            findings.part_of_whole(node, fault);
            Some(window)
        }
        Some(fault) => {
            findings.error(node, fault);
            None
        }
        None => Some(window),
    }
}

/// The warning about a name that the service does not know, with the most similar known name.
pub(super) fn unknown_member(name: &str, known: &[&'static str]) -> Fault {
    /// A longer text is not a misspelt name.
    const LONGEST: usize = 40;
    let mut fault = Fault::new(Rule::PolicyUnknownKey);
    if name.len() <= LONGEST {
        let name = name.to_lowercase();
        let far = |known: &&&str| strsim::osa_distance(&known.to_lowercase(), &name);
        let near = known.iter().min_by_key(far).filter(|known| far(known) <= 2);
        fault.suggestion = near.map(|known| (*known).to_owned());
    }
    fault
}
