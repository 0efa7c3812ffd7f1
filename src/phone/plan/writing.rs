#![forbid(unsafe_code)]
//! How numbers are written: libphonenumber's `format_number`, and the groups of digits.
//!
//! An automaton over the national number leads to a record with the templates of the national and
//! the international form. A byte of a template is a number of digits to write (1–17), a number of
//! digits to leave out (128 and more), or an ASCII character.

use super::table::{self, WritingRecord};

/// A form in which a number is written for people, by libphonenumber's names.
///
/// ```
/// use predial::phone::{Phone, PhoneForm};
/// let phone = Phone::parse("79123456789")?;
/// assert_eq!(phone.format(PhoneForm::International), "+7 912 345-67-89");
/// assert_eq!(phone.format(PhoneForm::National), "8 (912) 345-67-89");
/// assert_eq!(phone.format(PhoneForm::Rfc3966), "tel:+7-912-345-67-89");
/// # Ok::<(), predial::Fault>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneForm {
    /// `+79123456789`.
    E164,
    /// `+7 912 345-67-89`.
    International,
    /// `8 (912) 345-67-89`: as dialled inside the country.
    National,
    /// `tel:+7-912-345-67-89`.
    Rfc3966,
}

impl PhoneForm {
    /// Every form.
    pub const ALL: [PhoneForm; 4] = [
        PhoneForm::E164,
        PhoneForm::International,
        PhoneForm::National,
        PhoneForm::Rfc3966,
    ];

    /// Its name in snake_case; libphonenumber has the same name in capitals.
    pub const fn name(self) -> &'static str {
        match self {
            PhoneForm::E164 => "e164",
            PhoneForm::International => "international",
            PhoneForm::National => "national",
            PhoneForm::Rfc3966 => "rfc3966",
        }
    }

    /// The form of that name.
    ///
    /// ```
    /// use predial::phone::PhoneForm;
    /// assert_eq!(PhoneForm::from_name("rfc3966"), Some(PhoneForm::Rfc3966));
    /// assert_eq!(PhoneForm::from_name("NATIONAL"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<PhoneForm> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// Added to the number of digits that a template leaves out.
const SKIP: u8 = 0x80;
/// The largest number of digits for one byte of a template.
const LONGEST: u8 = 17;

/// How an E.164 number is written; its parts are ASCII digits.
#[derive(Clone, Copy)]
pub(crate) struct Writing<'n> {
    code: &'n [u8],
    national: &'n [u8],
    record: Option<WritingRecord>,
}

impl<'n> Writing<'n> {
    /// How the number with these digits is written; the first `code_length` are the country calling
    /// code.
    pub(crate) fn of(digits: &'n [u8], code_length: usize) -> Writing<'n> {
        let (code, national) = digits.split_at(code_length.min(digits.len()));
        Writing {
            code,
            national,
            record: table::writing(digits, national),
        }
    }

    /// Appends the number to a text.
    pub(crate) fn write(&self, form: PhoneForm, out: &mut String) {
        match form {
            PhoneForm::E164 => {
                out.push('+');
                push(self.code, out);
                push(self.national, out);
            }
            PhoneForm::International => {
                out.push('+');
                push(self.code, out);
                out.push(' ');
                fill(self.international(), self.national, |piece| {
                    push(piece, out)
                });
            }
            PhoneForm::National => {
                fill(self.in_country(), self.national, |piece| push(piece, out));
            }
            PhoneForm::Rfc3966 => {
                out.push_str("tel:+");
                push(self.code, out);
                out.push('-');
                self.write_dashed(out);
            }
        }
    }

    /// The international form with only dashes as separators.
    fn write_dashed(&self, out: &mut String) {
        let begin = out.len();
        fill(self.international(), self.national, |piece| {
            for &byte in piece {
                match byte {
                    b'0'..=b'9' => out.push(char::from(byte)),
                    _ if out.len() > begin && !out.ends_with('-') => out.push('-'),
                    _ => {}
                }
            }
        });
    }

    /// The template of the national form; it begins with the prefix.
    fn in_country(&self) -> &'static [u8] {
        self.record.map_or(&[], WritingRecord::national)
    }

    fn international(&self) -> &'static [u8] {
        self.record.map_or(&[], WritingRecord::international)
    }

    /// Whether people always write the national form with its trunk prefix.
    pub(crate) fn needs_prefix(&self) -> bool {
        self.record.is_some_and(WritingRecord::needs_prefix)
    }

    /// Whether digits that begin with the country calling code have the groups of the international
    /// form. A bit of `starts` is a position among the digits where a group begins, without the
    /// first.
    pub(crate) fn has_international_groups(&self, starts: u64) -> bool {
        let groups = self.record.map_or(0, WritingRecord::international_groups);
        starts == (u64::from(groups) | 1) << self.code.len()
    }

    /// Whether digits end with the groups of the national form and are this number, with or without
    /// the trunk prefix.
    pub(crate) fn has_national_groups(&self, digits: &[u8], starts: u64) -> bool {
        let groups = self.record.map_or(0, WritingRecord::national_groups);
        let mut body = [0; 24];
        let mut len = 0;
        let template = self.record.map_or(&[][..], WritingRecord::national);
        let prefix = self.record.map_or(0, WritingRecord::prefix_length);
        let mut skipped = 0;
        for &byte in &template[..prefix] {
            skipped += usize::from(byte.saturating_sub(SKIP));
        }
        let national = self.national.get(skipped..).unwrap_or_default();
        fill(&template[prefix..], national, |piece| {
            for &byte in piece.iter().filter(|byte| byte.is_ascii_digit()) {
                if let Some(slot) = body.get_mut(len) {
                    *slot = byte;
                    len += 1;
                }
            }
        });
        let Some(head) = digits.len().checked_sub(len) else {
            return false;
        };
        starts >> head & !1 == u64::from(groups) && digits[head..] == body[..len]
    }
}

fn push(digits: &[u8], out: &mut String) {
    out.extend(digits.iter().map(|&byte| char::from(byte)));
}

/// Emits the pieces of a text by its template; without a template, the digits.
fn fill(template: &[u8], mut digits: &[u8], mut push: impl FnMut(&[u8])) {
    if template.is_empty() {
        return push(digits);
    }
    let mut take = |count: u8| {
        let (taken, rest) = digits.split_at(usize::from(count).min(digits.len()));
        digits = rest;
        taken
    };
    for byte in template {
        match *byte {
            count @ 1..=LONGEST => push(take(count)),
            skip @ SKIP.. => _ = take(skip - SKIP),
            _ => push(std::slice::from_ref(byte)),
        }
    }
}
