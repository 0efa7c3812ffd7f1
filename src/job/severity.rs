//! How grave a list's owner takes a rule, and how far a job may be rewritten.

use crate::{Rule, Severity};

/// Which values are rewritten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RepairLevel {
    /// None: what would be rewritten is rejected.
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

/// The warnings of a list that are errors to its owner, or nothing.
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

// One rule more, and its bit would be that of another.
const _: () = assert!(Rule::ALL.len() <= u128::BITS as usize);

impl SeverityChanges {
    /// Takes a rule for `error`, `warning` or `ignore`. Answers whether that can be: warnings alone
    /// can be changed.
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

    /// What a finding of this severity counts as; `None` where it is ignored.
    pub(super) fn of(&self, rule: Rule, severity: Severity) -> Option<Severity> {
        let bit = bit_of(rule);
        match severity {
            Severity::Warning if self.ignored & bit != 0 => None,
            Severity::Warning if self.errors & bit != 0 => Some(Severity::Error),
            severity => Some(severity),
        }
    }

    /// The rules that are changed, and to what: `error` or `ignore`.
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
