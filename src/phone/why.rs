//! Explains in words which reading was chosen, and why.

use super::plan::Region;
use super::{Evidence, PhoneOptions, Reading, ResolvedPhone};

impl ResolvedPhone {
    /// Why the text means this phone, as a clause.
    ///
    /// ```
    /// use predial::phone::{self, PhoneOptions, resolve};
    /// let options = PhoneOptions { region: phone::region("RU"), ..PhoneOptions::default() };
    /// let resolved = resolve("8 (495) 123-45-67", &options)?;
    /// assert_eq!(resolved.why(&options), "written for dialling inside RU: trunk prefix 8");
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn why(&self, options: &PhoneOptions) -> String {
        let region = options.region.map_or("", Region::code);
        let inside = |what: &str| format!("written for dialling inside {region}: {what}");
        match self.evidence {
            Evidence::Plus => "written with a plus".to_owned(),
            Evidence::InternationalPrefix => "begins with an international prefix".to_owned(),
            Evidence::CallingCode => {
                format!("begins with the calling code {}", self.phone.country_code())
            }
            Evidence::TrunkPrefix => {
                let prefix = options.region.map_or(&b""[..], Region::trunk_prefix);
                inside(&format!("trunk prefix {}", String::from_utf8_lossy(prefix)))
            }
            Evidence::Brackets => inside("an area code in brackets"),
            Evidence::NationalGroups => inside("grouped as numbers are there"),
            Evidence::FirstGroup => inside("the first group is not a calling code"),
            Evidence::OwnCode => {
                let code = self.phone.country_code();
                format!("begins with {region}'s own calling code {code}")
            }
            Evidence::Home => format!("a number of {region}, and no better one abroad"),
            Evidence::Abroad => format!("not a number of {region}, and a valid one abroad"),
            Evidence::Preferred => {
                let prefer = options.prefer.map_or("", Reading::name);
                format!("it has two readings, and the {prefer} one is preferred")
            }
        }
    }
}
