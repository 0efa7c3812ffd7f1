//! The codes of policies that were judged before.
//!
//! A list has a few policies, and each has the same findings in nearly all jobs. What depends on the
//! places of a job is looked up by them: see [`known_chances`](super::known_chances).

use super::clock_verdict::ClockVerdict;
use super::finding::{PolicyFinding, Rewritten};
use super::known_chances::ChanceCodes;
use crate::job::finding::FindingCode;
use crate::job::ringing::Rings;

/// The codes of one policy, wherever a job is.
pub(super) struct PolicyCodes {
    /// Those that do not depend on that.
    pub anywhere: Vec<FindingCode>,
    /// The others; `None` if the policy has an error, so that nobody asks when the job rings.
    pub by_chance: Option<CodesByChance>,
}

/// The codes about when a job rings.
pub(super) struct CodesByChance {
    /// That it can ring at night.
    pub night: FindingCode,
    /// That it does not ring in some of its places, in none, or because its finish has passed.
    pub silences: [Option<FindingCode>; SILENCES.len()],
}

/// When a job does not ring everywhere.
pub(super) const SILENCES: [Rings; 3] = [Rings::Somewhere, Rings::Nowhere, Rings::Expired];

/// What was found at a policy in the places of one job.
#[derive(Clone, Copy)]
pub(in crate::job) struct KnownCodes<'k> {
    anywhere: &'k [FindingCode],
    night: Option<FindingCode>,
    silence: Option<FindingCode>,
    clocks: ClockVerdict,
}

impl<'k> KnownCodes<'k> {
    /// The codes of a policy with an error.
    pub(super) fn of_refused(codes: &'k PolicyCodes) -> Self {
        KnownCodes {
            anywhere: &codes.anywhere,
            night: None,
            silence: None,
            clocks: ClockVerdict::Unknown,
        }
    }

    /// The codes of a policy, and those of this chance.
    pub(super) fn of(
        codes: &'k PolicyCodes,
        by_chance: &CodesByChance,
        chance: ChanceCodes,
    ) -> Self {
        let silence = SILENCES.iter().position(|rings| *rings == chance.rings);
        KnownCodes {
            anywhere: &codes.anywhere,
            night: chance.at_night.then_some(by_chance.night),
            silence: silence.and_then(|place| by_chance.silences[place]),
            clocks: match chance.is_far {
                true => ClockVerdict::Differ(None),
                false => ClockVerdict::Agree,
            },
        }
    }

    /// Appends the codes, in their order.
    pub fn push_to(self, codes: &mut Vec<FindingCode>) {
        codes.extend_from_slice(self.anywhere);
        codes.extend(self.night);
        codes.extend(self.silence);
    }

    /// The result for the clocks of the job and its phone.
    pub fn clocks(self) -> ClockVerdict {
        self.clocks
    }
}

/// The code of a finding, if these values are rewritten.
pub(in crate::job) fn code_of(finding: &PolicyFinding, rewritten: Rewritten) -> FindingCode {
    FindingCode {
        rule: finding.fault.rule,
        severity: finding.severity(rewritten),
        field: Some(finding.field),
    }
}
