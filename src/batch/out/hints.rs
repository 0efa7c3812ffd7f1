//! Options that would help a list as a whole, measured on its first phones with an error or a
//! warning.

use std::path::Path;

use crate::batch::out::outdir::MANIFEST;
use crate::job::{self, Field, FindingCode, KnownField};
use crate::phone::plan::Region;
use crate::phone::{DialledTexts, PhoneOptions, Reading};
use crate::{Rule, Severity};

/// How many phones are read again under the options that may help.
const SAMPLE: usize = 1000;
/// How many of them decide which regions may help: there are 240.
const REGION_SAMPLE: usize = 50;
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

impl Hint {
    /// That the phones are not known that were sent in the run that rejected these rows. It names the
    /// directory of the run if the reject file is still there.
    pub(in crate::batch) fn first_round(file: Option<&Path>) -> Hint {
        let text = "these rows were rejected before: leave out the phones that were sent then";
        let dir = file
            .and_then(Path::parent)
            .map(|dir| match dir.as_os_str() {
                name if name.is_empty() => Path::new("."),
                _ => dir,
            });
        let run = dir.filter(|dir| dir.join(MANIFEST).is_file());
        let (run, text) = match run {
            Some(run) => (run.display().to_string(), text.to_owned()),
            None => (
                "OUT".to_owned(),
                format!("{text}; OUT is the directory of that run"),
            ),
        };
        Hint {
            text,
            option: format!("exclude={run:?}"),
            rows: 0,
        }
    }
}

/// The first phones with an error or a warning.
#[derive(Clone, Debug, Default)]
pub(super) struct DoubtfulPhones {
    texts: Vec<String>,
    /// For each of them the rule that rejected it, if one did.
    refused: Vec<Option<Rule>>,
}

impl DoubtfulPhones {
    /// The rule by which the phone of a row is one more of the sample, and how grave it is.
    pub fn asks_for(&self, codes: impl Iterator<Item = FindingCode>) -> Option<FindingCode> {
        if self.texts.len() >= SAMPLE {
            return None;
        }
        let is_of_phone = |code: &FindingCode| {
            code.field == Some(KnownField::Phone)
                && !matches!(
                    code.rule,
                    Rule::PhoneDuplicate | Rule::PhoneExcluded | Rule::PhoneMissing
                )
                && matches!(code.severity, Severity::Error | Severity::Warning)
        };
        // An error takes precedence over warnings about the same phone.
        let found = codes.filter(is_of_phone);
        found.min_by_key(|code| code.severity != Severity::Error)
    }

    /// Keeps the phone of a row that is asked for.
    pub fn note(&mut self, row: &[u8], code: FindingCode) {
        let text = String::from_utf8_lossy(row);
        let mut fields = Vec::new();
        let Ok(job) = job::parse_whole(&text, &mut fields) else {
            return;
        };
        let is_phone = |field: &&Field<'_>| field.name.known() == Some(KnownField::Phone);
        let found = job.fields.unwrap_or_default().iter().rfind(is_phone);
        if let Some(field) = found {
            self.texts.push(job::shown(field.value));
            let is_refused = code.severity == Severity::Error;
            self.refused.push(is_refused.then_some(code.rule));
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
        let refused = self.refused();
        let all = DialledTexts::of(self.texts.iter());
        let best = all.regions(REGION_SAMPLE).into_iter().take(MOST);
        let hints = best.map(|(region, _)| {
            let with_region = PhoneOptions {
                region: Some(region),
                ..*options
            };
            Hint {
                text: format!("written as dialled in {region}"),
                option: format!("region=\"{region}\""),
                rows: refused.phones(&with_region) as u64,
            }
        });
        hints.filter(|hint| hint.rows > 0).collect()
    }

    fn by_reading(&self, options: &PhoneOptions, region: Region) -> Vec<Hint> {
        let is_ambiguous = |rule: &Option<Rule>| *rule == Some(Rule::PhoneAmbiguous);
        if !self.refused.iter().any(is_ambiguous) {
            return Vec::new();
        }
        let refused = self.refused();
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
                rows: refused.phones(&preferred) as u64,
            }
        });
        hints.into_iter().filter(|hint| hint.rows > 0).collect()
    }

    fn refused(&self) -> DialledTexts {
        let refused = self.texts.iter().zip(&self.refused);
        let refused = refused.filter(|(_, rule)| rule.is_some());
        DialledTexts::of(refused.map(|(text, _)| text))
    }
}
