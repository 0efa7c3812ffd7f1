#![forbid(unsafe_code)]
//! Phone numbers by ITU E.164: which number a text means, and in which form the service takes it.

mod codes;
mod decimal;
pub mod plan;
mod refuse;
mod text;

use std::fmt;

use crate::{Fault, Rule};
use text::Dialled;

/// As many digits as ITU E.164 allows a number, its country calling code included.
const MAX_DIGITS: usize = 15;

/// libphonenumber takes no national number for one that has fewer digits.
const MIN_NATIONAL_DIGITS: usize = 2;

/// One international phone number: a country calling code and a national significant number.
///
/// ```
/// use predial::phone::Phone;
/// let phone = Phone::parse("+7 (911) 000-00-00")?;
/// assert_eq!(phone.digits(), "79110000000");
/// assert_eq!((phone.country_code(), phone.national_number()), (7, "9110000000"));
/// # Ok::<(), predial::Fault>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Phone {
    digits: [u8; MAX_DIGITS],
    len: u8,
    code_len: u8,
}

impl Phone {
    /// Reads a text as an international number, with or without a plus; a leading `00` stands
    /// for the plus.
    ///
    /// # Errors
    ///
    /// The first rule that the text breaks: see [`crate::rules`]. Positions are offsets in
    /// characters.
    pub fn parse(text: &str) -> Result<Phone, Fault> {
        match plain(text.as_bytes()) {
            Some(phone) => Ok(phone),
            None => Self::international(text, &text::read(text)?),
        }
    }

    fn international(text: &str, dialled: &Dialled) -> Result<Phone, Fault> {
        let digits = dialled.digits();
        if dialled.local {
            return Err(Fault::new(Rule::PhoneNational)
                .because("the phone-context names a private plan and no country"));
        }
        let digits = match digits.strip_prefix("00") {
            Some(rest) if !dialled.plus => rest,
            _ => digits,
        };
        if digits.len() < 3 {
            return Err(refuse::too_few_digits(text));
        }
        let Some(code_len) = codes::code_len(digits) else {
            return Err(refuse::country_code(text));
        };
        if digits.len() > MAX_DIGITS {
            return Err(refuse::too_many_digits(text));
        }
        if digits.len() - code_len < MIN_NATIONAL_DIGITS {
            return Err(refuse::too_few_digits(text));
        }
        Ok(Phone::from_digits(digits.as_bytes(), code_len))
    }

    fn from_digits(digits: &[u8], code_len: usize) -> Phone {
        let mut phone = Phone {
            digits: [0; MAX_DIGITS],
            len: digits.len() as u8,
            code_len: code_len as u8,
        };
        phone.digits[..digits.len()].copy_from_slice(digits);
        phone
    }

    /// The number as the service takes it: country calling code first, digits only.
    pub fn digits(&self) -> &str {
        str::from_utf8(&self.digits[..usize::from(self.len)]).unwrap_or_default()
    }

    /// The number in E.164 form.
    ///
    /// ```
    /// # use predial::phone::Phone;
    /// assert_eq!(Phone::parse("79110000000")?.e164(), "+79110000000");
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn e164(&self) -> String {
        format!("+{}", self.digits())
    }

    /// The digits as one integer: no two numbers have the same, since none begins with a zero
    /// and none has more than 15 digits.
    pub fn e164_number(&self) -> u64 {
        self.digits[..usize::from(self.len)]
            .iter()
            .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
    }

    /// The country calling code.
    pub fn country_code(&self) -> u16 {
        self.digits[..usize::from(self.code_len)]
            .iter()
            .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'))
    }

    /// The national significant number: what follows the country calling code, zeros kept.
    pub fn national_number(&self) -> &str {
        self.digits()
            .get(usize::from(self.code_len)..)
            .unwrap_or_default()
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.e164())
    }
}

/// What a caller may ask of [`settle`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {}

/// Which phone a text means, and whether the text is already what the service takes.
#[derive(Clone, Copy, Debug)]
pub struct Settled {
    /// The phone that is meant.
    pub phone: Phone,
    /// The text is ASCII digits, and those of [`Phone::digits`].
    pub plain: bool,
}

/// Decides which phone a text means.
///
/// ```
/// use predial::phone::{Options, settle};
/// let options = Options::default();
/// assert!(settle("79110000000", &options)?.plain);
/// assert!(!settle("+7 911 000-00-00", &options)?.plain);
/// assert!(settle("8 (911) 000-00-00", &options).is_err());
/// # Ok::<(), predial::Fault>(())
/// ```
///
/// # Errors
///
/// The first rule that the text breaks.
pub fn settle(text: &str, _options: &Options) -> Result<Settled, Fault> {
    if let Some(phone) = plain(text.as_bytes()) {
        return Ok(Settled { phone, plain: true });
    }
    let dialled = text::read(text)?;
    if dialled.lone_trunk {
        return Err(refuse::national(text, &dialled));
    }
    let phone = Phone::international(text, &dialled)?;
    Ok(Settled {
        phone,
        plain: text == phone.digits(),
    })
}

/// The phone of a text that is nothing but its digits.
fn plain(text: &[u8]) -> Option<Phone> {
    let len = text.len();
    if len > MAX_DIGITS || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code_len = codes::code_len(str::from_utf8(text).ok()?)?;
    (len >= code_len + MIN_NATIONAL_DIGITS).then(|| Phone::from_digits(text, code_len))
}
