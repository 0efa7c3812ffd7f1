//! One phone, as plain data.

use std::fmt;

use super::plan::{self, Length, NumberType, PhoneForm, PlanVerdict, Region};
use crate::{Fault, packed_text};

/// The most digits of a number by ITU E.164, including its country calling code.
pub(super) const MAX_DIGITS: usize = 15;

/// One international phone number: a country calling code, a national significant number, and the
/// verdict of the numbering plan.
///
/// ```
/// use predial::phone::Phone;
/// let phone = Phone::parse("+7 (912) 345-67-89")?;
/// assert_eq!(phone.digits(), "79123456789");
/// assert_eq!((phone.country_code(), phone.national_number()), (7, "9123456789"));
/// assert!(phone.is_valid());
/// # Ok::<(), predial::Fault>(())
/// ```
#[derive(Clone, Copy)]
pub struct Phone {
    /// The digits, followed by zeros.
    pub(super) digits: [u8; packed_text::LEN],
    pub(super) len: u8,
    pub(super) verdict: PlanVerdict,
}

impl Phone {
    /// The phone with exactly these digits: ASCII, country calling code first, at most 15.
    pub fn from_digits(digits: &[u8]) -> Option<Phone> {
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let verdict = plan::verdict(digits);
        let code_len = usize::from(verdict.code_len);
        let is_phone = code_len > 0 && digits.len() > code_len;
        is_phone.then(|| Phone::new(digits, verdict))?
    }

    /// A number that the plan has read, if it does not have too many digits.
    pub(super) fn of_number(number: &plan::ParsedNumber) -> Option<Phone> {
        Phone::new(number.digits(), number.verdict())
    }

    pub(super) fn new(number: &[u8], verdict: PlanVerdict) -> Option<Phone> {
        (number.len() <= MAX_DIGITS).then(|| Phone {
            digits: packed_text::padded(number).to_le_bytes(),
            len: number.len() as u8,
            verdict,
        })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.digits[..usize::from(self.len)]
    }

    /// The number as the service accepts it: country calling code first, digits only.
    pub fn digits(&self) -> &str {
        str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The number in E.164 form.
    ///
    /// ```
    /// # use predial::phone::Phone;
    /// assert_eq!(Phone::parse("79123456789")?.e164(), "+79123456789");
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn e164(&self) -> String {
        format!("+{}", self.digits())
    }

    /// The number as people write it: libphonenumber's `format_number`.
    ///
    /// ```
    /// # use predial::phone::{Phone, PhoneForm};
    /// let phone = Phone::parse("12015550123")?;
    /// assert_eq!(phone.format(PhoneForm::National), "(201) 555-0123");
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn format(&self, form: PhoneForm) -> String {
        let mut text = String::with_capacity(32);
        self.writing().write(form, &mut text);
        text
    }

    pub(crate) fn writing(&self) -> plan::Writing<'_> {
        plan::Writing::of(self.bytes(), usize::from(self.verdict.code_len))
    }

    /// The digits as one integer. It identifies the number, because no number begins with a zero or
    /// has more than 15 digits.
    #[inline(always)]
    pub fn e164_number(&self) -> u64 {
        packed_text::number(u128::from_le_bytes(self.digits), usize::from(self.len))
    }

    /// The country calling code.
    pub fn country_code(&self) -> u16 {
        self.verdict.country_code
    }

    /// The national significant number: the digits after the country calling code, with leading
    /// zeros.
    pub fn national_number(&self) -> &str {
        let national = self.digits().get(usize::from(self.verdict.code_len)..);
        national.unwrap_or_default()
    }

    /// The region of a valid number: libphonenumber's `region_code_for_number`.
    pub fn region(&self) -> Option<Region> {
        self.verdict.region
    }

    /// The type of a valid number: libphonenumber's `number_type`.
    pub fn kind(&self) -> Option<NumberType> {
        self.verdict.kind
    }

    /// What the number of digits shows: libphonenumber's `is_possible_number_with_reason`.
    pub fn length(&self) -> Length {
        self.verdict.length
    }

    /// libphonenumber's `is_possible_number`: its country has numbers of this length, even if they
    /// are only for local calls.
    pub fn is_possible(&self) -> bool {
        self.verdict.length.is_possible()
    }

    /// libphonenumber's `is_valid_number`: the number is in a range that is in use.
    pub fn is_valid(&self) -> bool {
        self.verdict.valid
    }

    /// Whether the number has the country calling code of a region.
    pub(crate) fn is_in_country_of(&self, region: Region) -> bool {
        region.country_code() == Some(self.verdict.country_code)
    }

    /// Whether somebody typed it instead of a number: all digits after the country calling code are
    /// the same, or they count up from 1.
    ///
    /// ```
    /// # use predial::phone::Phone;
    /// let is_placeholder = |digits: &[u8]| Phone::from_digits(digits).unwrap().is_placeholder();
    /// assert!(is_placeholder(b"79999999999") && is_placeholder(b"71234567890"));
    /// assert!(!is_placeholder(b"79123456789"));
    /// ```
    #[inline]
    pub fn is_placeholder(&self) -> bool {
        // Digits 4 to 7 follow every calling code. Only one number in 500 passes this test.
        let [_, _, _, _, a, b, c, d, ..] = self.digits;
        let middle = u32::from_le_bytes([a, b, c, d]);
        let steps = (middle >> 8).wrapping_sub(middle & 0xFF_FFFF);
        (steps == 0 || steps == 0x1_0101) && self.counts_or_repeats()
    }

    #[cold]
    fn counts_or_repeats(&self) -> bool {
        let national = self.national_number().as_bytes();
        let repeats = national.windows(2).all(|pair| pair[0] == pair[1]);
        let counts = national.len() >= 9
            && national
                .iter()
                .zip(1..)
                .all(|(digit, place)| *digit == b'0' + place % 10);
        // A shorter number has empty digits among the compared ones.
        usize::from(self.len) >= 8 && (repeats || counts)
    }

    /// The IANA IDs of the time zones where the number may be, by libphonenumber's map; none if
    /// they are unknown.
    ///
    /// ```
    /// # use predial::phone::Phone;
    /// assert!(Phone::parse("74951234567")?.time_zones().eq(["Europe/Moscow"]));
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn time_zones(&self) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        self.zone_list().names()
    }

    /// The same zones as an entry in the plan's lists.
    pub fn zone_list(&self) -> plan::ZoneList {
        plan::zone_list(self.bytes(), self.verdict.kind)
    }
}

impl PartialEq for Phone {
    fn eq(&self, other: &Phone) -> bool {
        // The verdict follows from the digits, and no digit is a zero byte.
        self.digits == other.digits
    }
}

impl Eq for Phone {}

impl std::hash::Hash for Phone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bytes().hash(state);
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.e164())
    }
}

/// The fault, with this phone as a suggestion if there is one.
pub(super) fn suggest(fault: Fault, phone: Option<Phone>) -> Fault {
    match phone {
        Some(phone) => fault.suggest(phone.e164()),
        None => fault,
    }
}
