//! The result of a policy for the clocks of a job.

use crate::job::ringing::Far;

/// The result for the clocks of a job and its phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::job) enum ClockVerdict {
    /// Unknown, because the policy can't be read.
    Unknown,
    /// They agree while the job can ring, or it never does, or they are not compared.
    Agree,
    /// They differ. The first time may be missing if nobody reads the words.
    Differ(Option<Far>),
}
