//! Windows of local time: `allowedTime`.

use super::finding::PolicyFinding;
use super::node::{JsonNode, PolicyFindings};
use super::time::{self, Time};
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

    /// The fault of a pair of times that is not a window. `day` is its key; `None` if the window is
    /// for every day.
    pub fn fault(self, day: Option<Day>) -> Option<Fault> {
        if self.from < self.to {
            return None;
        }
        if self.from == self.to {
            return Some(Fault::new(Rule::PolicyWindowOrder));
        }
        let evening = DayWindow {
            to: Time::LAST,
            ..self
        };
        let morning = DayWindow {
            from: Time::FIRST,
            ..self
        };
        let windows = |some: &[DayWindow]| {
            let json: Vec<String> = some
                .iter()
                .filter(|window| window.from < window.to)
                .map(|window| window.json())
                .collect();
            format!("[{}]", json.join(", "))
        };
        let meant = match day {
            Some(day) if morning.from < morning.to => format!(
                "{{\"{}\": {}, \"{}\": {}}}",
                day.name(),
                windows(&[evening]),
                day.next().name(),
                windows(&[morning])
            ),
            Some(day) => format!("{{\"{}\": {}}}", day.name(), windows(&[evening])),
            None => format!("{{\"{DEFAULT}\": {}}}", windows(&[morning, evening])),
        };
        Some(Fault::new(Rule::PolicyWindowMidnight).suggest(meant))
    }
}

/// The windows of the days, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::job) struct DayWindows {
    own: [Option<Vec<DayWindow>>; 7],
    default: Option<Vec<DayWindow>>,
}

impl DayWindows {
    /// The windows of a day: its own, or the default ones; `None` if the day has neither.
    pub fn of_day(&self, day: Day) -> Option<&[DayWindow]> {
        self.own[day as usize]
            .as_deref()
            .or(self.default.as_deref())
    }
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
        _ => {
            let why = "allowedTime must be an object";
            findings.error(node, Fault::new(Rule::PolicyWindows).because(why));
            return None;
        }
    }
    let members = node.members();
    findings.repeated_names(node, &members);
    let mut read = DayWindows::default();
    let mut sound = true;
    let mut is_empty = true;
    for member in &members {
        let value = node.member(member);
        let key = member.name.text();
        let day = Day::from_name(&key);
        if day.is_none() && key != DEFAULT {
            unknown_key(&value, &key, findings);
            sound = false;
            continue;
        }
        if matches!(value.value(), Value::Null) {
            null_day(&value, day, &members, findings);
            continue;
        }
        is_empty = false;
        match windows_of_day(&value, day, findings) {
            None => sound = false,
            windows => match day {
                Some(day) => read.own[day as usize] = windows,
                None => read.default = windows,
            },
        }
    }
    (sound && !is_empty).then_some(read)
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
    let Some(default) = sound_windows(node, None) else {
        let why = "allowedTime must be an object with the windows of its days";
        findings.error(node, Fault::new(Rule::PolicyWindows).because(why));
        return None;
    };
    let json = format!("{{\"{DEFAULT}\": {}}}", list_json(&default));
    let fault = Fault::new(Rule::PolicyWindowFormat).suggest(&*json);
    findings.repair(node, fault, json);
    Some(DayWindows {
        default: Some(default),
        ..DayWindows::default()
    })
}

/// The windows of one key: an array, or one window alone.
fn windows_of_day(
    node: &JsonNode<'_, '_>,
    day: Option<Day>,
    findings: &mut PolicyFindings,
) -> Option<Vec<DayWindow>> {
    let alone = (node.value() == Value::Object && is_window(node))
        .then(|| sound_windows(node, day))
        .flatten();
    let Some(alone) = alone else {
        return windows(node, day, findings);
    };
    let json = list_json(&alone);
    let fault = Fault::new(Rule::PolicyWindowFormat).suggest(&*json);
    findings.repair(node, fault, json);
    Some(alone)
}

/// The windows of an array, or the one of an object, if nothing is wrong with them but their form.
fn sound_windows(node: &JsonNode<'_, '_>, day: Option<Day>) -> Option<Vec<DayWindow>> {
    let mut findings = PolicyFindings::default();
    let read = match node.value() {
        Value::Object => window(node, day, &mut findings).map(|window| vec![window]),
        _ => windows(node, day, &mut findings),
    };
    let only_repairs = findings.into_list().iter().all(PolicyFinding::is_repair);
    read.filter(|_| only_repairs)
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

/// The window of an object with common names for its ends: `{"from": "9:00", "to": "18:00"}`.
fn named_otherwise(node: &JsonNode<'_, '_>, day: Option<Day>) -> Option<DayWindow> {
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
    let window = DayWindow {
        from: time::read(&node.member(from), &mut findings)?,
        to: time::read(&node.member(to), &mut findings)?,
    };
    window.fault(day).is_none().then_some(window)
}

fn unknown_key(value: &JsonNode<'_, '_>, key: &str, findings: &mut PolicyFindings) {
    let mut fault =
        Fault::new(Rule::PolicyWindows).because("the key is not default, and not a day");
    fault.suggestion = match Day::meant_by(key) {
        Some(day) => Some(day.name().to_owned()),
        None => key
            .trim()
            .eq_ignore_ascii_case(DEFAULT)
            .then(|| DEFAULT.to_owned()),
    };
    findings.error(value, fault);
}

/// The windows of one key, in order.
fn windows(
    node: &JsonNode<'_, '_>,
    day: Option<Day>,
    findings: &mut PolicyFindings,
) -> Option<Vec<DayWindow>> {
    if node.value() != Value::Array {
        let why = "the windows of a day must be an array";
        findings.error(node, Fault::new(Rule::PolicyWindows).because(why));
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
    read.sort_by_key(|(window, _)| *window);
    let apart = no_overlap(&read, findings);
    (sound && apart).then(|| read.into_iter().map(|(window, _)| window).collect())
}

/// Whether the sorted windows do not overlap; each that begins inside an earlier one is a finding.
fn no_overlap(sorted: &[(DayWindow, &JsonNode<'_, '_>)], findings: &mut PolicyFindings) -> bool {
    let mut apart = true;
    let mut last: Option<DayWindow> = None;
    for &(window, node) in sorted {
        let Some(before) = last.filter(|before| window.from < before.to) else {
            last = Some(window);
            continue;
        };
        apart = false;
        let both = DayWindow {
            from: before.from,
            to: before.to.max(window.to),
        };
        let why = format!(
            "the window overlaps another window of the day, {}–{}",
            before.from, before.to
        );
        let fault = Fault::new(Rule::PolicyWindowOverlap).because(why);
        findings.error(node, fault.suggest(both.json()));
        last = Some(both);
    }
    apart
}

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
    if let Some(window) = named_otherwise(node, day) {
        let fault = Fault::new(Rule::PolicyWindowFormat).suggest(window.json());
        findings.repair(node, fault, window.json());
        return Some(window);
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
    let window = DayWindow {
        from: from?,
        to: to?,
    };
    match window.fault(day) {
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
