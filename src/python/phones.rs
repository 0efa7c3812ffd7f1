//! Phones for Python.

use std::borrow::Cow;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use super::columns::{self, Column, Outcome};
use super::errors::{self, Class};
use super::text::text_of;
use crate::phone::{self, Options};
use crate::{Fault, Rule};

/// One international phone number, as `parse_phone` answers it.
///
/// Two phones are equal when their digits are. Phones can be pickled and used as keys.
#[pyclass(frozen, eq, hash, module = "predial")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Phone(phone::Phone);

#[pymethods]
impl Phone {
    /// The number in E.164 form: a plus, the country calling code, the national number.
    #[getter]
    fn e164(&self) -> String {
        self.0.e164()
    }

    /// The number as the service takes it: the E.164 form without its plus.
    #[getter]
    fn digits(&self) -> &str {
        self.0.digits()
    }

    /// The country calling code.
    #[getter]
    fn country_code(&self) -> u16 {
        self.0.country_code()
    }

    /// The national significant number: what follows the country calling code, zeros kept.
    #[getter]
    fn national_number(&self) -> &str {
        self.0.national_number()
    }

    fn __repr__(&self) -> String {
        format!("predial.Phone('{}')", self.0.e164())
    }

    fn __str__(&self) -> String {
        self.0.e164()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let parse = py.import("predial")?.getattr("parse_phone")?;
        Ok((parse, (self.0.e164(),)))
    }
}

/// The digits of an int, or the fault of one that is no phone.
fn int_digits(value: &Bound<'_, PyInt>) -> Result<String, Fault> {
    match value.extract::<u64>() {
        Ok(digits) => Ok(digits.to_string()),
        Err(_) if value.lt(0).unwrap_or(false) => {
            Err(Fault::new(Rule::PhoneSyntax).because("the phone is a negative number"))
        }
        Err(_) => Err(Fault::new(Rule::PhoneTooLong)),
    }
}

fn as_int<'a, 'py>(value: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, PyInt>> {
    if value.is_instance_of::<PyBool>() {
        return None;
    }
    value.cast::<PyInt>().ok()
}

/// Judges the text of one value: a str, or an int by its digits.
///
/// # Errors
/// TypeError for any other type; PhoneError for what the judge refuses.
fn scalar<T>(
    value: &Bound<'_, PyAny>,
    judge: impl FnOnce(&str) -> Result<T, Fault>,
) -> PyResult<T> {
    if let Ok(text) = value.cast::<PyString>() {
        return judge(&text_of(text)?).map_err(|fault| errors::raise(Class::Phone, text, &fault));
    }
    let Some(int) = as_int(value) else {
        return Err(wrong_type(value));
    };
    int_digits(int)
        .and_then(|digits| judge(&digits))
        .map_err(|fault| match text_of_int(int) {
            Ok(text) => errors::raise(Class::Phone, &text, &fault),
            Err(error) => error,
        })
}

/// An int as an error shows it; Python writes none in decimal that has more than 4300 digits.
fn text_of_int<'py>(int: &Bound<'py, PyInt>) -> PyResult<Bound<'py, PyString>> {
    int.str().or_else(|_| {
        let hex = int.call_method1("__format__", ("#x",))?;
        Ok(hex.cast_into::<PyString>()?)
    })
}

fn wrong_type(value: &Bound<'_, PyAny>) -> PyErr {
    let kind = value.get_type().name();
    let kind = kind.map_or_else(|_| "object".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("a phone must be a str or an int, not {kind}"))
}

/// The phone of a text, or of the digits of an int.
///
/// The text is an international number with or without its plus; a leading `00` stands for the
/// plus. Spaces, dashes, brackets, dots, digits of any script, `tel:` and the `.0` of a float
/// are read over.
///
/// Raises PhoneError for any other text, and TypeError for what is neither str nor int.
///
/// >>> import predial
/// >>> phone = predial.parse_phone("+7 (911) 000-00-00")
/// >>> phone.e164, phone.digits, phone.country_code, phone.national_number
/// ('+79110000000', '79110000000', 7, '9110000000')
/// >>> predial.parse_phone("7.911E+10")
/// Traceback (most recent call last):
/// predial.PhoneError: the phone is in scientific notation: digits were lost; export the column as text
#[pyfunction]
pub(crate) fn parse_phone(text: &Bound<'_, PyAny>) -> PyResult<Phone> {
    scalar(text, phone::Phone::parse).map(Phone)
}

/// Whether a text, or an int, is a phone that a batch would send, perhaps once rewritten.
///
/// Raises TypeError for what is neither str nor int.
///
/// >>> import predial
/// >>> predial.is_phone("+7 911 000-00-00"), predial.is_phone("8 (911) 000-00-00")
/// (True, False)
#[pyfunction]
pub(crate) fn is_phone(text: &Bound<'_, PyAny>) -> PyResult<bool> {
    let options = Options::default();
    if let Ok(text) = text.cast::<PyString>() {
        return Ok(phone::settle(&text_of(text)?, &options).is_ok());
    }
    let int = as_int(text).ok_or_else(|| wrong_type(text))?;
    Ok(int_digits(int).is_ok_and(|digits| phone::settle(&digits, &options).is_ok()))
}

/// The phone that a text means, as `digits`, which is what the service takes, or as `e164`.
///
/// Raises PhoneError for a text that is no phone, ValueError for an unknown format, and
/// TypeError for what is neither str nor int.
///
/// >>> import predial
/// >>> predial.normalize_phone("+7 911 000-00-00")
/// '79110000000'
/// >>> predial.normalize_phone(79110000000, format="e164")
/// '+79110000000'
#[pyfunction]
#[pyo3(signature = (text, *, format = "digits"))]
pub(crate) fn normalize_phone(text: &Bound<'_, PyAny>, format: &str) -> PyResult<String> {
    let form = match format {
        "digits" => |phone: phone::Phone| phone.digits().to_owned(),
        "e164" => |phone: phone::Phone| phone.e164(),
        _ => return Err(PyValueError::new_err("format must be 'digits' or 'e164'")),
    };
    let settled = scalar(text, |text| phone::settle(text, &Options::default()))?;
    Ok(form(settled.phone))
}

/// Checks a column of phones: any sequence of str, int or None.
///
/// Answers digits. With `repair`, the default, a phone that is not written in plain digits is
/// rewritten; without, it is rejected. A float that is whole counts as its digits, badly
/// written. Values of other types break the rule `phone-type`; None and NaN break none.
///
/// Raises TypeError for what is no sequence.
///
/// >>> import predial
/// >>> column = predial.check_phones(["79110000000", "+7 911 000-00-00", "7.911E+10", None])
/// >>> column.normalized
/// ['79110000000', '79110000000', None, None]
/// >>> column.rules
/// [None, 'phone-format', 'phone-scientific', None]
/// >>> column.repaired
/// [False, True, False, False]
#[pyfunction]
#[pyo3(signature = (values, *, repair = true))]
pub(crate) fn check_phones(values: &Bound<'_, PyAny>, repair: bool) -> PyResult<Column> {
    let options = Options::default();
    columns::check(values, |value| judge(value, &options, repair))
}

fn judge<'py>(
    value: &Bound<'py, PyAny>,
    options: &Options,
    repair: bool,
) -> PyResult<Outcome<Bound<'py, PyString>>> {
    let (text, is_plain_type) = match digits_of(value)? {
        Ok(digits) => digits,
        Err(fault) => return Ok(Outcome::Rejected(fault.rule)),
    };
    let settled = match phone::settle(&text, options) {
        Ok(settled) => settled,
        Err(fault) => return Ok(Outcome::Rejected(fault.rule)),
    };
    let is_clean = settled.plain && is_plain_type;
    let digits = || match value.cast_exact::<PyString>() {
        Ok(text) if is_clean => text.clone(),
        _ => PyString::new(value.py(), settled.phone.digits()),
    };
    Ok(match (is_clean, repair) {
        (true, _) => Outcome::Clean(digits()),
        (false, true) => Outcome::Repaired(digits(), Rule::PhoneFormat),
        (false, false) => Outcome::Rejected(Rule::PhoneFormat),
    })
}

/// The text of a value of a column, and whether a batch takes its type as it is: a str, an int,
/// or a float that is whole and small enough to be exact.
fn digits_of<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Result<(Cow<'a, str>, bool), Fault>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Ok((text_of(text)?, true)));
    }
    if let Some(int) = as_int(value) {
        return Ok(int_digits(int).map(|digits| (Cow::Owned(digits), true)));
    }
    let float = value.cast::<PyFloat>().map(|float| float.value());
    Ok(match float {
        Ok(float) if float.fract() == 0.0 && (0.0..2f64.powi(53)).contains(&float) => {
            Ok((Cow::Owned((float as u64).to_string()), false))
        }
        _ => Err(Fault::new(Rule::PhoneType)),
    })
}
