//! A value inside a policy: its JSON, its place, and the findings about it.

use std::collections::HashSet;
use std::convert::Infallible;
use std::ops::Range;

use super::finding::{FindingKind, PolicyFinding, Shown, SuggestedEdit};
use super::instant::LocalDateTime;
use crate::job::shown::{cut, shown};
use crate::json::{self, MemberName, PlainMember, Value};
use crate::service::KnownField;
use crate::{Fault, Rule};

/// One value inside a policy.
#[derive(Clone, Copy)]
pub(super) struct JsonNode<'a, 'u> {
    /// The value's JSON text.
    pub json: &'a str,
    /// The byte in the field's value at which it begins.
    at: usize,
    step: NodeStep<'a, 'u>,
}

/// The last step of the path to a value.
#[derive(Clone, Copy)]
enum NodeStep<'a, 'u> {
    Field(KnownField),
    Key(&'u JsonNode<'a, 'u>, &'u MemberName<'a, Infallible>),
    Element(&'u JsonNode<'a, 'u>, usize),
}

impl<'a> JsonNode<'a, '_> {
    /// The value of a field itself.
    pub fn of_field(field: KnownField, value: &'a str) -> Self {
        JsonNode {
            json: value,
            at: 0,
            step: NodeStep::Field(field),
        }
    }
}

impl<'a, 'u> JsonNode<'a, 'u> {
    /// Its bytes in the field's value.
    fn range(&self) -> Range<usize> {
        self.at..self.at + self.json.len()
    }

    /// The value by its kind.
    pub fn value(&self) -> Value<'a> {
        Value::of(self.json)
    }

    /// The members of an object, in order. A repeated name is returned each time.
    pub fn members(&self) -> Vec<PlainMember<'a>> {
        json::members(self.json)
    }

    /// The elements of an array.
    pub fn elements(&'u self) -> Vec<JsonNode<'a, 'u>> {
        let elements = json::array(self.json).into_iter().enumerate();
        elements
            .map(|(index, (json, at))| JsonNode {
                json,
                at: self.at + at,
                step: NodeStep::Element(self, index),
            })
            .collect()
    }

    /// The value of a member.
    pub fn member<'m>(&'m self, member: &'m PlainMember<'a>) -> JsonNode<'a, 'm>
    where
        'u: 'm,
    {
        JsonNode {
            json: member.value,
            at: self.at + member.at,
            step: NodeStep::Key(self, &member.name),
        }
    }

    fn field(&self) -> KnownField {
        match self.step {
            NodeStep::Field(field) => field,
            NodeStep::Key(up, _) | NodeStep::Element(up, _) => up.field(),
        }
    }

    /// Whether the value may be a secret.
    fn is_secret(&self) -> bool {
        self.field().is_secret()
    }

    fn path(&self) -> String {
        match self.step {
            NodeStep::Field(_) => String::new(),
            // A text in the place of a key may be the secret of a URL.
            NodeStep::Key(up, key) if self.is_secret() && !is_name(&key.text()) => {
                format!("{}.…", up.path())
            }
            NodeStep::Key(up, key) => format!("{}.{}", up.path(), cut(&key.text())),
            NodeStep::Element(up, index) => format!("{}[{index}]", up.path()),
        }
    }
}

fn is_name(key: &str) -> bool {
    key.len() <= 40 && key.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The most errors that are reported for one field; more would not help.
const MOST_ERRORS: usize = 100;

/// The findings while a policy is read.
#[derive(Default)]
pub(super) struct PolicyFindings {
    list: Vec<PolicyFinding>,
    errors: usize,
    /// The findings about the present field whose suggestions are about more than their values.
    parts: Vec<usize>,
}

impl PolicyFindings {
    /// Begins with the next field.
    pub fn begin_field(&mut self) {
        self.errors = 0;
        self.parts.clear();
    }

    /// An error: the value can't be read.
    pub fn error(&mut self, node: &JsonNode<'_, '_>, fault: Fault) {
        self.push(
            node,
            fault,
            Shown::Text(shown(node.json)),
            FindingKind::Error,
        );
    }

    /// An error: the value can't be read and may contain a secret, so only `value` is shown.
    pub fn secret_error(&mut self, node: &JsonNode<'_, '_>, fault: Fault, value: Shown) {
        self.push(node, fault, value, FindingKind::Error);
    }

    /// The date-time lacks its offset.
    pub fn no_offset(&mut self, node: &JsonNode<'_, '_>, fault: Fault, local: LocalDateTime) {
        self.push(
            node,
            fault,
            Shown::Text(shown(node.json)),
            FindingKind::NoOffset(node.range(), local),
        );
    }

    /// An error: the value can't be read as it is; `json` is suggested, which the fault says.
    pub fn suggestion(&mut self, node: &JsonNode<'_, '_>, fault: Fault, json: String) {
        let edit = SuggestedEdit::Value(node.range(), json);
        let kind = FindingKind::Suggestion(edit);
        self.push(node, fault, Shown::Text(shown(node.json)), kind);
    }

    /// An error whose suggestion is about more than its value. It is taken if the whole can be read:
    /// see [`PolicyFindings::rewrite_whole`].
    pub fn part_of_whole(&mut self, node: &JsonNode<'_, '_>, fault: Fault) {
        let number = self.list.len();
        self.error(node, fault);
        self.parts
            .extend((number < self.list.len()).then_some(number));
    }

    /// Whether any suggestion of the field is about more than its value.
    pub fn has_parts_of_whole(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The value of the whole field with all suggestions and repairs.
    pub fn rewrite_whole(&mut self, node: &JsonNode<'_, '_>, json: String) {
        let mut edit = SuggestedEdit::Value(node.range(), json);
        for number in self.parts.drain(..) {
            self.list[number].kind = FindingKind::Suggestion(edit);
            edit = SuggestedEdit::WithAnother;
        }
    }

    /// Makes errors without suggestions of the findings about a field that suggest windows.
    pub fn withdraw_windows(&mut self, field: KnownField, why: &'static str) {
        self.parts.clear();
        let rules = [Rule::PolicyWindows, Rule::PolicyWindowMidnight];
        for finding in &mut self.list {
            let has_windows = rules.contains(&finding.fault.rule);
            if finding.field == field && has_windows && finding.fault.suggestion.take().is_some() {
                finding.fault = finding.fault.clone().because(why);
                finding.kind = FindingKind::Error;
            }
        }
    }

    /// A warning about the value, which is not shown.
    pub fn warning(&mut self, node: &JsonNode<'_, '_>, fault: Fault) {
        self.push(node, fault, Shown::Nothing, FindingKind::Warning);
    }

    /// A repair: the value has exactly one meaning, written as this JSON.
    pub fn repair(&mut self, node: &JsonNode<'_, '_>, fault: Fault, json: String) {
        let kind = FindingKind::Repair(node.range(), json);
        self.push(node, fault, Shown::Text(shown(node.json)), kind);
    }

    fn push(&mut self, node: &JsonNode<'_, '_>, fault: Fault, value: Shown, kind: FindingKind) {
        let finding = PolicyFinding {
            field: node.field(),
            path: node.path(),
            fault,
            value,
            kind,
        };
        if finding.is_error() {
            self.errors += 1;
        }
        match self.errors {
            ..=MOST_ERRORS => self.list.push(finding),
            // The errors that are left out may have no suggestions.
            _ => self.is_cut_off(),
        }
    }

    /// Makes errors of the suggestions about the field: not all errors are known.
    fn is_cut_off(&mut self) {
        self.parts.clear();
        let field = self.list.last().map(|finding| finding.field);
        let of_field = |finding: &&mut PolicyFinding| Some(finding.field) == field;
        for finding in self.list.iter_mut().rev().take_while(of_field) {
            if finding.is_error() {
                finding.kind = FindingKind::Error;
            }
        }
    }

    /// The errors for repeated names: programs differ in which of the two values they use.
    pub fn repeated_names(&mut self, node: &JsonNode<'_, '_>, members: &[PlainMember<'_>]) {
        let mut seen = HashSet::with_capacity(members.len());
        for member in members {
            if !seen.insert(&member.name) {
                // The value may be a secret.
                let fault = Fault::new(Rule::JobDuplicateKey);
                self.secret_error(&node.member(member), fault, Shown::Nothing);
            }
        }
    }

    /// Whether all of them are repairs.
    pub fn are_repairs(&self) -> bool {
        self.list.iter().all(PolicyFinding::is_repair)
    }

    /// Whether all of them are repairs, warnings, or have a suggestion.
    pub fn are_suggestions(&self) -> bool {
        let all = self.list.iter().enumerate();
        let mut others = all.filter(|(number, _)| !self.parts.contains(number));
        !others.any(|(_, finding)| finding.is_final_error(true)) && self.errors <= MOST_ERRORS
    }

    /// The findings, in the order of the text.
    pub fn into_list(self) -> Vec<PolicyFinding> {
        self.list
    }
}
