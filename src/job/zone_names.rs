//! What the texts of a list mean as zones, as its owner says.

use std::collections::BTreeMap;

use crate::zone::{Regions, Zone};

/// Texts of a list, and the gmtZone that each of them means.
///
/// ```
/// use predial::job::ZoneNames;
/// let names = ZoneNames::new([("МСК".to_owned(), "Europe/Moscow".to_owned())]);
/// assert_eq!(names.meant(" МСК "), Some("Europe/Moscow"));
/// assert_eq!(names.meant("мск"), Some("Europe/Moscow"));
/// assert_eq!(names.meant("msk"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZoneNames(BTreeMap<String, String>);

impl ZoneNames {
    /// These texts with their zones.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> ZoneNames {
        let trimmed = |(text, zone): (String, String)| (text.trim().to_owned(), zone);
        ZoneNames(pairs.into_iter().map(trimmed).collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The zone that a text means. White space around the text does not count. Case does not either,
    /// unless two of the texts differ in case alone.
    pub fn meant(&self, text: &str) -> Option<&str> {
        self.entry(text).map(|(_, zone)| zone)
    }

    /// The text, as it is written here, and its zone.
    pub(super) fn entry(&self, text: &str) -> Option<(&str, &str)> {
        let text = text.trim();
        if let Some((known, zone)) = self.0.get_key_value(text) {
            return Some((known, zone));
        }
        let folded = text.to_lowercase();
        let mut alike = self
            .iter()
            .filter(|(known, _)| known.to_lowercase() == folded);
        alike.next().filter(|_| alike.next().is_none())
    }

    /// The texts and their zones.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(text, zone)| (&**text, &**zone))
    }

    /// Checks that every one of them means a zone.
    ///
    /// # Errors
    /// A message about the first that does not.
    pub fn check(&self, regions: &Regions) -> Result<(), String> {
        let is_no_zone = |zone: &&str| Zone::recognize(zone, regions).is_none();
        match self.iter().map(|(_, zone)| zone).find(is_no_zone) {
            Some(zone) => Err(format!("zones names {zone:?}, which is not a gmtZone")),
            None => Ok(()),
        }
    }
}
