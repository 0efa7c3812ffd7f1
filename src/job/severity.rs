//! The severity that the owner of a list gives to rules, and how far a job may be rewritten.

use crate::{Rule, Severity};

/// Which values are rewritten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RepairLevel {
    /// None: a value that could be rewritten is rejected.
    Nothing,
    /// Those that can only mean one thing.
    #[default]
    Sure,
    /// Also those that are refused with a suggestion.
    Suggested,
}

impl RepairLevel {
    /// Whether anything is rewritten.
    pub fn is_any(self) -> bool {
        self != RepairLevel::Nothing
    }
}

/// The warnings that count as errors or as nothing for the owner of a list.
///
/// ```
/// use predial::Rule;
/// use predial::job::SeverityChanges;
/// let mut changes = SeverityChanges::default();
/// assert!(changes.change(Rule::PhoneCostly, "error"));
/// assert!(!changes.change(Rule::PhoneEmpty, "ignore"), "it is not a warning");
/// assert_eq!(changes.iter().collect::<Vec<_>>(), [(Rule::PhoneCostly, "error")]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeverityChanges {
    /// A bit for each rule.
    errors: u128,
    ignored: u128,
}

// With one rule more, two rules would share a bit.
const _: () = assert!(Rule::ALL.len() <= u128::BITS as usize);

impl SeverityChanges {
    /// Changes the severity of a rule to `error`, `warning` or `ignore`. Returns whether that is
    /// allowed: only warnings can be changed.
    pub fn change(&mut self, rule: Rule, severity: &str) -> bool {
        if rule.info().severity != Severity::Warning {
            return false;
        }
        let bit = bit_of(rule);
        self.errors &= !bit;
        self.ignored &= !bit;
        match severity {
            "error" => self.errors |= bit,
            "ignore" => self.ignored |= bit,
            "warning" => {}
            _ => return false,
        }
        true
    }

    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.errors | self.ignored == 0
    }

    /// The severity of a finding after the changes; `None` if it is ignored.
    pub(super) fn of(&self, rule: Rule, severity: Severity) -> Option<Severity> {
        let bit = bit_of(rule);
        match severity {
            Severity::Warning if self.ignored & bit != 0 => None,
            Severity::Warning if self.errors & bit != 0 => Some(Severity::Error),
            severity => Some(severity),
        }
    }

    /// The changed rules and their severity: `error` or `ignore`.
    pub fn iter(&self) -> impl Iterator<Item = (Rule, &'static str)> {
        let changes = *self;
        Rule::ALL.iter().filter_map(move |&rule| {
            let bit = bit_of(rule);
            match (changes.errors & bit != 0, changes.ignored & bit != 0) {
                (true, _) => Some((rule, "error")),
                (_, true) => Some((rule, "ignore")),
                _ => None,
            }
        })
    }
}

fn bit_of(rule: Rule) -> u128 {
    1 << rule as u8
}
