//! From text to [`Zone`].

use super::regions::Regions;
use super::value::Zone;
use super::{diagnose, repair};
use crate::Fault;

impl<'r> Zone<'r> {
    /// The zone of a valid gmtZone, exactly as written.
    ///
    /// # Errors
    /// `zone-format` if [`Zone::repair`] knows what was meant, which is then the suggestion;
    /// otherwise the error of [`Zone::repair`]. The position is always set.
    ///
    /// ```
    /// use predial::{Rule, zone::{Regions, Zone}};
    /// let fault = Zone::parse("+3:00", &Regions::new([])).unwrap_err();
    /// assert_eq!(fault.rule, Rule::ZoneFormat);
    /// assert_eq!(fault.position, Some(2));
    /// assert_eq!(fault.suggestion.as_deref(), Some("+03:00"));
    /// ```
    pub fn parse(text: &str, regions: &'r Regions) -> Result<Self, Fault> {
        Self::recognize(text, regions).ok_or_else(|| diagnose::strictly(text, regions))
    }

    /// The zone that was surely meant: a valid text is read as it is, and another is repaired if one
    /// reading is left (case, spaces, dashes, full-width forms, a lost plus or leading zero,
    /// half hours as decimals). See `docs/zones.md` for what is never guessed.
    ///
    /// # Errors
    /// The rule that the text breaks, with a suggestion if there is a likely one.
    ///
    /// ```
    /// use predial::{Rule, zone::{Regions, Zone}};
    /// let regions = Regions::new([]);
    /// assert_eq!(&*Zone::repair("utc +3", &regions).unwrap().normalized(), "+03:00");
    /// assert_eq!(Zone::repair("UTC3", &regions).unwrap_err().rule, Rule::ZoneUnsigned);
    /// ```
    pub fn repair(text: &str, regions: &'r Regions) -> Result<Self, Fault> {
        match Self::recognize(text, regions) {
            Some(zone) => Ok(zone),
            None => repair::mend(text, regions).ok_or_else(|| diagnose::hopeless(text, regions)),
        }
    }
}
