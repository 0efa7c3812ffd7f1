//! From text to [`Zone`].

use super::at::RegionsAt;
use super::value::Zone;
use super::{diagnose, repair};
use crate::Fault;

impl<'r> Zone<'r> {
    /// The zone of a valid gmtZone, exactly as written.
    ///
    /// # Errors
    /// `zone-format` if [`Zone::repair`] knows the zone that was meant, which is then the
    /// suggestion; otherwise the error of [`Zone::repair`]. The position is always set.
    ///
    /// ```
    /// use predial::{Rule, zone::{Regions, Zone}};
    /// let regions = Regions::new([]);
    /// let fault = Zone::parse("+3:00", regions.at(1_800_000_000)).unwrap_err();
    /// assert_eq!(fault.rule, Rule::ZoneFormat);
    /// assert_eq!(fault.position, Some(2));
    /// assert_eq!(fault.suggestion.as_deref(), Some("+03:00"));
    /// ```
    pub fn parse(text: &str, at: RegionsAt<'r>) -> Result<Self, Fault> {
        Self::recognize(text, at.regions()).ok_or_else(|| match repair::mend(text, at) {
            Some(meant) => diagnose::repairable(text, meant),
            None => diagnose::hopeless(text, at),
        })
    }

    /// The zone that the text certainly means: a valid text is read as it is, and another text is
    /// repaired if it has exactly one meaning (case, spaces, quotes, dashes, full-width forms, a
    /// lost plus or leading zero, decimals, an ID with its own offset beside it). `docs/zones.md`
    /// lists what is never guessed.
    ///
    /// # Errors
    /// The rule that the text breaks, with a suggestion if there is a likely one.
    ///
    /// ```
    /// use predial::{Rule, zone::{Regions, Zone}};
    /// let regions = Regions::new([]);
    /// let at = regions.at(1_800_000_000);
    /// assert_eq!(&*Zone::repair("utc +3", at).unwrap().normalized(), "+03:00");
    /// assert_eq!(Zone::repair("UTC3", at).unwrap_err().rule, Rule::ZoneUnsigned);
    /// ```
    pub fn repair(text: &str, at: RegionsAt<'r>) -> Result<Self, Fault> {
        let zone = Self::recognize(text, at.regions()).or_else(|| repair::mend(text, at));
        zone.ok_or_else(|| diagnose::hopeless(text, at))
    }

    /// The certain meaning of a text that is not valid, and the rule that the text breaks.
    pub(crate) fn mend(text: &str, at: RegionsAt<'r>) -> Option<(Self, Fault)> {
        let meant = repair::mend(text, at)?;
        Some((meant, diagnose::repairable(text, meant)))
    }

    /// The fault of a text that can't be repaired. [`Meant`](super::Meant) finds what it may mean.
    pub(crate) fn refuse(text: &str, at: RegionsAt<'_>) -> Fault {
        diagnose::refused(text, at)
    }

    /// The fault of a text, with the zone that it may mean.
    pub(crate) fn suggest_for(self, text: &str, fault: Fault) -> Fault {
        diagnose::suggesting(fault, text, self)
    }
}
