//! Options that would help a list as a whole, measured on its first phones with an error or a
//! warning.

use crate::job::{Finding, KnownField};
use crate::phone::plan::Region;
use crate::phone::{self, PhoneOptions, Reading, regions_of};
use crate::{Rule, Severity};

/// How many phones are read again under every region.
const SAMPLE: usize = 1000;
/// The most hints in a report.
const MOST: usize = 3;

/// An option that would help a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Why, as a clause.
    pub text: String,
    /// The option as an argument of Python, such as `region="RU"`.
    pub option: String,
    /// How many more of the sampled rows could be sent.
    pub rows: u64,
}

/// The first phones with an error or a warning.
#[derive(Clone, Debug, Default)]
pub(super) struct DoubtfulPhones {
    texts: Vec<String>,
    /// For each of them the rule that rejected it, if one did.
    refused: Vec<Option<Rule>>,
}

impl DoubtfulPhones {
    /// Keeps the phone of a row if it has findings.
    pub fn note(&mut self, findings: &[Finding]) {
        if self.texts.len() == SAMPLE {
            return;
        }
        let is_of_phone = |finding: &&Finding| {
            let severity = finding.severity;
            finding.field.as_deref() == Some(KnownField::Phone.name())
                && finding.fault.rule != Rule::PhoneDuplicate
                && matches!(severity, Severity::Error | Severity::Warning)
        };
        // An error takes precedence over warnings about the same phone.
        let found = findings.iter().filter(is_of_phone);
        let Some(finding) = found.min_by_key(|finding| finding.severity != Severity::Error) else {
            return;
        };
        if let Some(text) = &finding.value {
            self.texts.push(text.clone());
            let is_refused = finding.severity == Severity::Error;
            self.refused.push(is_refused.then_some(finding.fault.rule));
        }
    }

    /// The options that would help, the best first.
    pub fn hints(&self, options: &PhoneOptions) -> Vec<Hint> {
        let mut hints = match options.region {
            None => self.by_region(options),
            Some(region) => self.by_reading(options, region),
        };
        hints.sort_by_key(|hint| std::cmp::Reverse(hint.rows));
        hints.truncate(MOST);
        hints
    }

    fn by_region(&self, options: &PhoneOptions) -> Vec<Hint> {
        let best = regions_of(&self.texts).into_iter().take(MOST);
        let hints = best.map(|(region, _)| {
            let with_region = PhoneOptions {
                region: Some(region),
                ..*options
            };
            Hint {
                text: format!("written as dialled in {region}"),
                option: format!("region=\"{region}\""),
                rows: self.sendable(&with_region),
            }
        });
        hints.filter(|hint| hint.rows > 0).collect()
    }

    fn by_reading(&self, options: &PhoneOptions, region: Region) -> Vec<Hint> {
        let is_ambiguous = |rule: &Option<Rule>| *rule == Some(Rule::PhoneAmbiguous);
        if !self.refused.iter().any(is_ambiguous) {
            return Vec::new();
        }
        let hints = Reading::ALL.map(|reading| {
            let preferred = PhoneOptions {
                prefer: Some(reading),
                ..*options
            };
            let text = match reading {
                Reading::National => format!("numbers of {region} before those of other countries"),
                Reading::International => {
                    format!("numbers of other countries before those of {region}")
                }
            };
            Hint {
                text,
                option: format!("prefer=\"{}\"", reading.name()),
                rows: self.sendable(&preferred),
            }
        });
        hints.into_iter().filter(|hint| hint.rows > 0).collect()
    }

    /// How many of the refused phones could be sent.
    fn sendable(&self, options: &PhoneOptions) -> u64 {
        let refused = self.texts.iter().zip(&self.refused);
        let refused = refused.filter(|(_, rule)| rule.is_some());
        refused
            .filter(|(text, _)| phone::resolve_or_rule(text, options).is_ok())
            .count() as u64
    }
}
