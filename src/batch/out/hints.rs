//! Options that would help a list as a whole, measured on its first phones with an error or a
//! warning.

use std::cmp::Reverse;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::batch::excluded::ListedRun;
use crate::batch::out::outdir::MANIFEST;
use crate::batch::out::sent_sample::SentSample;
use crate::batch::source::table::country_name;
use crate::job::{self, Field, FindingCode, KnownField};
use crate::phone::plan::{NumberType, Region};
use crate::phone::{self, DialledTexts, PhoneForm, PhoneOptions, Reading};
use crate::{Rule, Severity};

/// How many phones are read again under the options that may help.
const SAMPLE: usize = 1000;
/// How many of them decide which regions may help: there are 240.
const REGION_SAMPLE: usize = 50;
/// So many regions that would help as much are named.
const MOST_TIED: usize = 2;
/// The most regions that are measured. A long list has few that are nearly as likely as the best.
const REGIONS: usize = 24;
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
    /// That the phones are not known that were sent in the run that rejected these rows, or in one before
    /// it. It names the directory of the run if the reject file is still there. `known` are the runs whose
    /// phones are excluded, if any phones are; `unknown` is a run of a row that is not among them.
    pub(in crate::batch) fn earlier_rounds(
        file: Option<&Path>,
        known: Option<&[ListedRun]>,
        unknown: Option<&str>,
    ) -> Option<Hint> {
        let dir = file
            .and_then(Path::parent)
            .map(|dir| match dir.as_os_str() {
                name if name.is_empty() => Path::new("."),
                _ => dir,
            });
        let beside = dir.and_then(|dir| Some((dir, fs::read(dir.join(MANIFEST)).ok()?)));
        let is_known = |manifest: &[u8]| {
            let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(manifest));
            let mut known = known.unwrap_or_default().iter();
            known.any(|run| run.manifest_sha256 == sha256)
        };
        let text = "these rows were rejected before: leave out the phones that were sent then";
        let (run, text) = match (beside, unknown, known) {
            (Some((dir, manifest)), _, _) if !is_known(&manifest) => {
                (dir.display().to_string(), text.to_owned())
            }
            (_, Some(unknown), _) => (
                "OUT".to_owned(),
                format!(
                    "some of these rows were rejected in the run {unknown:?}: leave out the phones that \
                     were sent then; OUT is the directory of that run"
                ),
            ),
            (None, None, None) => (
                "OUT".to_owned(),
                format!("{text}; OUT is the directory of that run"),
            ),
            _ => return None,
        };
        Some(Hint {
            text,
            option: format!("exclude={run:?}"),
            rows: 0,
        })
    }
}

/// The first phones with an error or a warning.
#[derive(Clone, Debug, Default)]
pub(super) struct DoubtfulPhones {
    texts: Vec<String>,
    /// For each of them the rule that rejected it, if one did.
    refused: Vec<Option<Rule>>,
    /// The first jobs that can be sent.
    pub sent: SentSample,
    /// How many jobs could be sent up to the last of the phones.
    jobs_sent: u64,
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

    /// Keeps the phone of a row that is asked for. So many jobs can be sent so far.
    pub fn note(&mut self, row: &[u8], code: FindingCode, jobs_sent: u64) {
        self.jobs_sent = jobs_sent;
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

    /// The options that would help, the best first. `jobs_sent` jobs of the whole list can be sent.
    pub fn hints(&mut self, options: &PhoneOptions, jobs_sent: u64) -> Vec<Hint> {
        if self.texts.len() < SAMPLE {
            self.jobs_sent = jobs_sent;
        }
        let mut hints = match options.region {
            None => self.by_region(options),
            Some(region) => self.by_reading(options, region),
        };
        hints.sort_by_key(|hint| Reverse(hint.rows));
        hints.truncate(MOST);
        hints
    }

    /// The regions in which most of the refused phones would be sent, less those that would not be sent any
    /// more. If several regions would send as many, the rest of the list decides.
    fn by_region(&self, options: &PhoneOptions) -> Vec<Hint> {
        let refused = self.refused();
        let likely = DialledTexts::of(self.texts.iter()).regions(REGION_SAMPLE);
        let sent = self.sent.phones();
        let of_region = |region| PhoneOptions {
            region: Some(region),
            ..*options
        };
        let most = likely.first().map_or(0, |(_, valid)| *valid);
        let likely = likely.into_iter().filter(|(_, valid)| valid * 2 > most);
        let measured = likely.take(REGIONS).map(|(region, _)| {
            let with_region = of_region(region);
            let gained = refused.phones(&with_region) as u64;
            let lost = sent.lost(&with_region, self.jobs_sent);
            (region, gained.saturating_sub(lost))
        });
        let mut found: Vec<(Region, u64)> = measured.filter(|(_, rows)| *rows > 0).collect();
        found.sort_by_key(|(_, rows)| Reverse(*rows));
        let best = found.first().map_or(0, |(_, rows)| *rows);
        // Under a region beside the right one some numbers are somebody's, too.
        found.retain(|(_, rows)| rows * 2 > best);
        let found = likeliest(found, |region| {
            let (written, mobile) = self.written_as_in(&of_region(region));
            let (shown, exact) = refused.shown_and_exact(region, REGION_SAMPLE);
            let international = sent.of_region(options, region);
            (international, written, shown, exact, mobile)
        });
        // Nothing says which of many regions it is.
        let tied = found.iter().filter(|(_, rows)| *rows * 10 >= best * 9);
        let tied = tied.count();
        if tied > MOST_TIED {
            return Vec::new();
        }
        let hints = found.into_iter().take(MOST).map(|(region, rows)| Hint {
            text: match country_name(region) {
                Some(country) => format!("written as dialled in {country}"),
                None => format!("written as dialled in {region}"),
            },
            option: format!("region=\"{region}\""),
            rows,
        });
        hints.collect()
    }

    /// How many of the first refused phones are written exactly as numbers are inside the region, and how
    /// many are mobile phones there, which most phones of lists are.
    fn written_as_in(&self, options: &PhoneOptions) -> (usize, usize) {
        let refused = self.texts.iter().zip(&self.refused);
        let refused = refused.filter(|(_, rule)| rule.is_some());
        let mut counts = (0, 0);
        for (text, _) in refused.take(REGION_SAMPLE) {
            if let Ok(resolved) = phone::resolve(text, options) {
                let phone = resolved.phone;
                counts.0 += usize::from(phone.format(PhoneForm::National) == text.trim());
                counts.1 += usize::from(phone.kind() == Some(NumberType::Mobile));
            }
        }
        counts
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

/// The regions, the best first. Of those that would send about as many as the best, the ones stay for which
/// most speaks.
fn likeliest<E: Ord + Copy>(
    found: Vec<(Region, u64)>,
    evidence: impl Fn(Region) -> E,
) -> Vec<(Region, u64)> {
    let best = found.first().map_or(0, |(_, rows)| *rows);
    let (tied, others): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|(_, rows)| *rows * 10 >= best * 9);
    if tied.len() < 2 {
        return tied.into_iter().chain(others).collect();
    }
    let weighed: Vec<(E, (Region, u64))> = tied
        .into_iter()
        .map(|found| (evidence(found.0), found))
        .collect();
    let strongest = weighed.iter().map(|(evidence, _)| *evidence).max();
    let likely = weighed
        .into_iter()
        .filter(|(evidence, _)| Some(*evidence) == strongest);
    likely.map(|(_, found)| found).chain(others).collect()
}
