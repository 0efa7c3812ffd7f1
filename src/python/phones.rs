//! Phones for Python.

use std::num::NonZeroUsize;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyList, PyString, PyTuple};

use super::args;
use super::arrow::{self, ColumnValues};
use super::columns::{self, PyColumn, PyDetails};
use super::errors::{self, ErrorClass};
use super::text::{lone_surrogate_at, text_of};
use crate::columns::{ColumnRun, Outcome, Phones, check_phones as check_arrays, in_form};
use crate::job::LONE_SURROGATE;
use crate::phone::plan::{NumberType, Region};
use crate::phone::{self, Level, PhoneForm, PhoneOptions, Reading};
use crate::{Fault, Rule};

/// One international phone number, as `parse_phone` returns it.
///
/// Two phones are equal if their digits are. Phones can be pickled and used as keys.
#[pyclass(name = "Phone", frozen, eq, hash, module = "predial")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PyPhone(phone::Phone);

#[pymethods]
impl PyPhone {
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

    /// The country calling code, such as 7.
    #[getter]
    fn country_code(&self) -> u16 {
        self.0.country_code()
    }

    /// The national significant number: what follows the country calling code, with its leading
    /// zeros.
    #[getter]
    fn national_number(&self) -> &str {
        self.0.national_number()
    }

    /// The region of a valid number: an ISO 3166-1 alpha-2 code, or `001` for calling codes of no
    /// country; None for any other number. It is libphonenumber's `region_code_for_number`.
    #[getter]
    fn region(&self) -> Option<&'static str> {
        self.0.region().map(Region::code)
    }

    /// The type of a valid number in snake_case, such as `mobile`, `fixed_line` or `toll_free`; None
    /// for any other number. It is libphonenumber's `number_type`.
    #[getter]
    fn r#type(&self) -> Option<&'static str> {
        self.0.kind().map(NumberType::name)
    }

    /// Whether the country has numbers of this length, even if they can only be dialled locally. It
    /// is libphonenumber's `is_possible_number`.
    #[getter]
    fn is_possible(&self) -> bool {
        self.0.is_possible()
    }

    /// Whether the number is in a range that is in use. It is libphonenumber's `is_valid_number`.
    #[getter]
    fn is_valid(&self) -> bool {
        self.0.is_valid()
    }

    /// The IANA IDs of the time zones where the number may be; () if they are unknown. They are
    /// libphonenumber's `time_zones_for_number`.
    #[getter]
    fn time_zones<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.time_zones())
    }

    /// The number as people write it, in one of libphonenumber's forms: `international`,
    /// `national`, `rfc3966` or `e164`. The same as `phonenumbers.format_number`.
    ///
    /// Raises ValueError for any other form.
    ///
    /// >>> import predial
    /// >>> phone = predial.parse_phone("79123456789")
    /// >>> phone.format("international"), phone.format("national"), phone.format("rfc3966")
    /// ('+7 912 345-67-89', '8 (912) 345-67-89', 'tel:+7-912-345-67-89')
    fn format(&self, #[pyo3(from_py_with = phone_form)] form: PhoneForm) -> String {
        self.0.format(form)
    }

    fn __repr__(&self) -> String {
        format!("predial.Phone('{}')", self.0.e164())
    }

    fn __str__(&self) -> String {
        self.0.e164()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (&str,))> {
        let restore = py.import("predial._core")?.getattr("phone_of_digits")?;
        Ok((restore, (self.0.digits(),)))
    }
}

/// The phone with exactly these digits, for pickle. `parse_phone` would search the digits for a
/// national prefix.
#[pyfunction]
pub(crate) fn phone_of_digits(digits: &str) -> PyResult<PyPhone> {
    phone::Phone::from_digits(digits.as_bytes())
        .map(PyPhone)
        .ok_or_else(|| PyValueError::new_err("not the digits of a phone"))
}

/// A number that `find_phones` found: where it begins and ends, in characters, and the phone.
#[pyclass(frozen, eq, hash, name = "Found", module = "predial")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PyFoundPhone {
    /// Where the number begins, in characters.
    #[pyo3(get)]
    start: usize,
    /// Where it ends, in characters.
    #[pyo3(get)]
    end: usize,
    phone: phone::Phone,
}

#[pymethods]
impl PyFoundPhone {
    #[new]
    fn new(start: usize, end: usize, phone: &PyPhone) -> PyFoundPhone {
        PyFoundPhone {
            start,
            end,
            phone: phone.0,
        }
    }

    /// The phone number that was found.
    #[getter]
    fn phone(&self) -> PyPhone {
        PyPhone(self.phone)
    }

    fn __repr__(&self) -> String {
        let PyFoundPhone { start, end, phone } = self;
        format!(
            "predial.Found({start}, {end}, predial.Phone('{}'))",
            phone.e164()
        )
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> (Bound<'py, pyo3::types::PyType>, (usize, usize, PyPhone)) {
        let found = slf.get();
        (
            slf.get_type(),
            (found.start, found.end, PyPhone(found.phone)),
        )
    }
}

/// Finds the valid phone numbers in a text, in order: the same as libphonenumber's
/// `PhoneNumberMatcher` at its level VALID. Without a region a number needs its plus.
///
/// Dates, times, page numbers, and digits next to a Latin letter are ignored. Raises
/// ValueError for an unknown region.
///
/// >>> import predial
/// >>> for found in predial.find_phones("Anna: 8 912 345-67-89, after 18:00", region="RU"):
/// ...     print(found.start, found.end, found.phone)
/// 6 21 +79123456789
#[pyfunction]
#[pyo3(signature = (text, region = None))]
pub(crate) fn find_phones(
    text: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = region)] region: Option<Region>,
) -> PyResult<Vec<PyFoundPhone>> {
    let text = args::string("text", "a str", text)?;
    let found = phone::find_phones(&text_of(text)?, region);
    Ok(found
        .into_iter()
        .map(|phone::FoundPhone { start, end, phone }| PyFoundPhone { start, end, phone })
        .collect())
}

/// Whether two texts mean the same phone number: libphonenumber's `is_number_match`.
///
/// `exact`: calling code and all digits agree. `nsn`: all digits after the calling code agree, and one
/// text has no code. `short-nsn`: one number ends with the other. `no`: anything else. With a region
/// both are read as dialled there. Raises PhoneError for a text that is not a phone, and ValueError
/// for an unknown region.
///
/// >>> import predial
/// >>> predial.same_phone("+7 911 000-00-00", "8 911 0000000", region="RU")
/// 'exact'
/// >>> predial.same_phone("+7 911 000-00-00", "9110000000")
/// 'nsn'
#[pyfunction]
#[pyo3(signature = (first, second, region = None))]
pub(crate) fn same_phone(
    first: &Bound<'_, PyAny>,
    second: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = region)] region: Option<Region>,
) -> PyResult<&'static str> {
    // Each text is read alone first, so that an error names the text at fault.
    let checked = |name: &str, text: &Bound<'_, PyAny>| {
        scalar(name, text, |text| match region {
            Some(region) => phone::Phone::parse_in(text, region).map(|_| text.to_owned()),
            None => phone::same_phone(text, text, None).map(|_| text.to_owned()),
        })
    };
    let (one, other) = (checked("first", first)?, checked("second", second)?);
    phone::same_phone(&one, &other, region)
        .map(phone::PhoneMatch::name)
        .map_err(|fault| errors::raise(ErrorClass::Phone, second, &fault))
}

/// How many texts are read under every region.
const REGION_SAMPLE: usize = 1000;

/// The regions under which these texts are valid numbers: pairs of a region and the share of texts,
/// from 0 to 1, best first. The first 1 000 texts are read; None does not count.
///
/// Raises TypeError for values that are neither str nor int nor None.
///
/// >>> import predial
/// >>> predial.region_of(["8 912 345-67-89", "8 (495) 123-45-67"])[0]
/// ('RU', 1.0)
#[pyfunction]
pub(crate) fn region_of(values: &Bound<'_, PyAny>) -> PyResult<Vec<(&'static str, f64)>> {
    let mut texts = Vec::new();
    let takes = "an iterable of str or int";
    let wrong = || args::wrong_type("values", takes, values);
    if values.is_instance_of::<PyString>() {
        return Err(wrong());
    }
    for value in values.try_iter().map_err(|_| wrong())? {
        let value = value?;
        if value.is_none() {
            continue;
        }
        texts.push(match value.cast::<PyString>() {
            Ok(text) => text_of(text)?.into_owned(),
            Err(_) => {
                let int = as_int(&value).ok_or_else(|| wrong_type("each of values", &value))?;
                int_digits(int).unwrap_or_default()
            }
        });
        if texts.len() == REGION_SAMPLE {
            break;
        }
    }
    let count = texts.len().max(1) as f64;
    let found = phone::regions_of(&texts);
    Ok(found
        .into_iter()
        .map(|(region, valid)| (region.code(), valid as f64 / count))
        .collect())
}

type Explained = (PyPhone, String, Vec<(&'static str, String)>);

/// The phone that a text means, the reason for this reading, and the warnings as rule and message,
/// for the command line.
#[pyfunction]
#[pyo3(signature = (text, region = None, level = Level::Possible, *, prefer = None))]
pub(crate) fn explain_phone(
    text: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = region)] region: Option<Region>,
    #[pyo3(from_py_with = level)] level: Level,
    #[pyo3(from_py_with = prefer)] prefer: Option<Reading>,
) -> PyResult<Explained> {
    let options = PhoneOptions {
        region,
        prefer,
        level,
        ..PhoneOptions::default()
    };
    let resolved = scalar("text", text, |text| phone::resolve(text, &options))?;
    let warnings = resolved.warnings();
    let warnings = warnings.map(|fault| (fault.rule.name(), fault.message()));
    Ok((
        PyPhone(resolved.phone),
        resolved.why(&options),
        warnings.collect(),
    ))
}

/// The argument `region`, in capitals or small letters.
///
/// # Errors
/// TypeError for a value that is not a text, ValueError for a region that the plan does not have.
pub(super) fn region(value: &Bound<'_, PyAny>) -> PyResult<Option<Region>> {
    const TAKES: &str = "an ISO 3166-1 alpha-2 code such as 'RU', or None";
    if value.is_none() {
        return Ok(None);
    }
    let code = args::text("region", TAKES, value)?;
    let region = phone::region(&code.to_ascii_uppercase());
    region
        .map(Some)
        .ok_or_else(|| args::wrong_value("region", TAKES))
}

/// The argument `level`; the errors are as above.
pub(super) fn level(value: &Bound<'_, PyAny>) -> PyResult<Level> {
    const TAKES: &str = "'e164', 'possible' or 'valid'";
    let level = Level::from_name(args::text("level", TAKES, value)?);
    level.ok_or_else(|| args::wrong_value("level", TAKES))
}

/// The argument `prefer`; the errors are as above.
pub(super) fn prefer(value: &Bound<'_, PyAny>) -> PyResult<Option<Reading>> {
    const TAKES: &str = "'national', 'international' or None";
    if value.is_none() {
        return Ok(None);
    }
    let reading = Reading::from_name(args::text("prefer", TAKES, value)?);
    reading
        .map(Some)
        .ok_or_else(|| args::wrong_value("prefer", TAKES))
}

/// The form of the answer of normalize_phone.
#[derive(Clone, Copy)]
pub(crate) enum NumberForm {
    Digits,
    E164,
}

/// The argument `format`; the errors are as above.
fn number_form(value: &Bound<'_, PyAny>) -> PyResult<NumberForm> {
    const TAKES: &str = "'digits' or 'e164'";
    match args::text("format", TAKES, value)? {
        "digits" => Ok(NumberForm::Digits),
        "e164" => Ok(NumberForm::E164),
        _ => Err(args::wrong_value("format", TAKES)),
    }
}

/// The argument `form`; the errors are as above.
fn phone_form(value: &Bound<'_, PyAny>) -> PyResult<PhoneForm> {
    const TAKES: &str = "'international', 'national', 'rfc3966' or 'e164'";
    let form = PhoneForm::from_name(args::text("form", TAKES, value)?);
    form.ok_or_else(|| args::wrong_value("form", TAKES))
}

/// An int as text, or the fault of one that is not a phone.
fn int_digits(value: &Bound<'_, PyInt>) -> Result<String, Fault> {
    match value.extract::<i64>() {
        Ok(number) => {
            let digits = number.to_string();
            phone::unsigned(&digits)?;
            Ok(digits)
        }
        Err(_) => Err(Fault::new(Rule::PhoneTooLong)),
    }
}

fn as_int<'a, 'py>(value: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, PyInt>> {
    let int = value.cast::<PyInt>().ok()?;
    (!value.is_instance_of::<PyBool>()).then_some(int)
}

/// Judges one value: a str, or an int by its digits.
///
/// # Errors
/// TypeError for any other type; PhoneError for a value that the check refuses.
fn scalar<T>(
    name: &str,
    value: &Bound<'_, PyAny>,
    judge: impl FnOnce(&str) -> Result<T, Fault>,
) -> PyResult<T> {
    if let Ok(text) = value.cast::<PyString>() {
        return judge(&text_of(text)?).map_err(|fault| refused_text(text, fault));
    }
    let int = as_int(value).ok_or_else(|| wrong_type(name, value))?;
    int_digits(int)
        .and_then(|digits| judge(&digits))
        .map_err(|fault| match text_of_int(int) {
            Ok(text) => errors::raise(ErrorClass::Phone, &text, &fault),
            Err(error) => error,
        })
}

/// The error of a text that is refused. A lone surrogate became U+FFFD before the text was judged; the
/// error names what it was.
fn refused_text(text: &Bound<'_, PyString>, fault: Fault) -> PyErr {
    let surrogate = match (fault.rule, fault.position) {
        (Rule::PhoneSyntax, Some(position)) => lone_surrogate_at(text, position),
        _ => Ok(None),
    };
    match surrogate {
        Ok(Some(code)) => {
            let clause = format!("{LONE_SURROGATE}: U+{code:04X}");
            errors::raise(ErrorClass::Phone, text, &fault.because(clause))
        }
        Ok(None) => errors::raise(ErrorClass::Phone, text, &fault),
        Err(error) => error,
    }
}

/// An int as an error shows it. Python does not write ints of more than 4300 digits in decimal.
fn text_of_int<'py>(int: &Bound<'py, PyInt>) -> PyResult<Bound<'py, PyString>> {
    int.str().or_else(|_| {
        let hex = int.call_method1("__format__", ("#x",))?;
        Ok(hex.cast_into::<PyString>()?)
    })
}

fn wrong_type(name: &str, value: &Bound<'_, PyAny>) -> PyErr {
    args::wrong_type(name, "a str or an int", value)
}

/// The phone of a text, or of the digits of an int.
///
/// Without a region the text is an international number, with or without its plus; a leading
/// `00` means a plus. With a region it is read as libphonenumber's `parse(text, region)` does:
/// national, unless it begins with a plus or the region's international prefix. Spaces, dashes,
/// brackets, dots, digits of any script, `tel:` and the `.0` of a float are accepted and removed.
///
/// Raises PhoneError for any other text, and for a text that contains more than one phone: letters,
/// an extension, a second number. Raises ValueError for an unknown region and TypeError for a value
/// that is neither str nor int.
///
/// >>> import predial
/// >>> phone = predial.parse_phone("+7 (912) 345-67-89")
/// >>> phone.e164, phone.digits, phone.country_code, phone.national_number
/// ('+79123456789', '79123456789', 7, '9123456789')
/// >>> phone.region, phone.type, phone.is_possible, phone.is_valid
/// ('RU', 'mobile', True, True)
/// >>> predial.parse_phone("8 912 345-67-89", region="RU") == phone
/// True
/// >>> predial.parse_phone("+7 495 123-45-67").time_zones
/// ('Europe/Moscow',)
/// >>> predial.parse_phone("7.911E+10")
/// Traceback (most recent call last):
/// predial.PhoneError: the phone is in scientific notation: digits are lost; export the column as text
#[pyfunction]
#[pyo3(signature = (text, region = None))]
pub(crate) fn parse_phone(
    text: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = region)] region: Option<Region>,
) -> PyResult<PyPhone> {
    scalar("text", text, |text| match region {
        None => phone::Phone::parse(text),
        Some(region) => phone::Phone::parse_in(text, region),
    })
    .map(PyPhone)
}

/// Whether a text, or an int, is a phone that a batch would send, unchanged or rewritten.
///
/// See normalize_phone for the texts that are read, and for the options.
///
/// Raises ValueError for an unknown option, and TypeError for a value that is neither str nor int.
///
/// >>> import predial
/// >>> predial.is_phone("+7 912 345-67-89"), predial.is_phone("8 (912) 345-67-89")
/// (True, False)
/// >>> predial.is_phone("8 (912) 345-67-89", region="RU")
/// True
/// >>> predial.is_phone("72123456789"), predial.is_phone("72123456789", level="valid")
/// (True, False)
#[pyfunction]
#[pyo3(
    signature = (text, region = None, level = Level::Possible, *, prefer = None),
    text_signature = "(text, region=None, level='possible', *, prefer=None)"
)]
pub(crate) fn is_phone(
    text: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = region)] region: Option<Region>,
    #[pyo3(from_py_with = level)] level: Level,
    #[pyo3(from_py_with = prefer)] prefer: Option<Reading>,
) -> PyResult<bool> {
    let options = PhoneOptions {
        region,
        prefer,
        level,
        ..PhoneOptions::default()
    };
    if let Ok(text) = text.cast::<PyString>() {
        return Ok(phone::resolve_or_rule(&text_of(text)?, &options).is_ok());
    }
    let int = as_int(text).ok_or_else(|| wrong_type("text", text))?;
    Ok(int_digits(int).is_ok_and(|digits| phone::resolve_or_rule(&digits, &options).is_ok()))
}

/// The phone that a text means, as `digits`, the form that the service accepts, or as `e164`.
///
/// Without a region the text is an international number, with or without its plus, and a text that
/// looks national is refused. With a region it may be national too. Of the two readings a valid
/// number wins over a possible one, and a possible one over any other. If they are equally good,
/// the text is ambiguous, unless `prefer` is `national` or `international`. `level` is what the
/// number has to be: `e164`, `possible` (its country has numbers of its length) or `valid` (in a
/// range that is in use).
///
/// Raises PhoneError for any other text, ValueError for an unknown option, and TypeError for a value
/// that is neither str nor int.
///
/// >>> import predial
/// >>> predial.normalize_phone("+7 912 345-67-89")
/// '79123456789'
/// >>> predial.normalize_phone("8 912 345-67-89", region="RU", format="e164")
/// '+79123456789'
/// >>> predial.normalize_phone("9607712345", region="RU")
/// Traceback (most recent call last):
/// predial.PhoneError: dialled in RU the phone is +79607712345, as an international number it is +9607712345; write it with a plus and its country code, or choose a reading with the option prefer
/// >>> predial.normalize_phone("9607712345", region="RU", prefer="national")
/// '79607712345'
#[pyfunction]
#[pyo3(
    signature = (
        text, region = None, level = Level::Possible, format = NumberForm::Digits, *,
        prefer = None,
    ),
    text_signature = "(text, region=None, level='possible', format='digits', *, prefer=None)"
)]
pub(crate) fn normalize_phone<'py>(
    text: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = region)] region: Option<Region>,
    #[pyo3(from_py_with = level)] level: Level,
    #[pyo3(from_py_with = number_form)] format: NumberForm,
    #[pyo3(from_py_with = prefer)] prefer: Option<Reading>,
) -> PyResult<Bound<'py, PyString>> {
    let options = PhoneOptions {
        region,
        prefer,
        level,
        ..PhoneOptions::default()
    };
    let resolved = scalar("text", text, |text| phone::resolve(text, &options))?;
    let phone = resolved.phone;
    Ok(match (format, text.cast_exact::<PyString>()) {
        (NumberForm::Digits, Ok(text)) if resolved.plain => text.clone(),
        (NumberForm::Digits, _) => PyString::new(text.py(), phone.digits()),
        (NumberForm::E164, _) => PyString::new(text.py(), &phone.e164()),
    })
}

/// Checks a column of phones: a sequence of str, int or None, or an object that exports Arrow's
/// PyCapsule interface (a Series of Polars or pandas, an array of pyarrow, a column of DuckDB).
///
/// The answer has the digits of the phones: lists for a sequence, Arrow arrays for Arrow. With
/// `repair` a phone that is not written as the digits of its E.164 form is rewritten; without it
/// such a phone is rejected. A whole float counts as its digits, and needs repair. Values of other
/// types break the rule `phone-type`; None and NaN break no rule. See normalize_phone for `region`,
/// `level` and `prefer`. With `details` the answer also has country_code, region, type and
/// time_zones. `format` is the form of the answer: `digits`, or one of those of Phone.format. Arrow columns are checked by `threads` threads without the interpreter's lock; None
/// means one thread, or one for each core if the column is long.
///
/// Raises ValueError for an unknown option, and TypeError for a value that is not a column.
///
/// >>> import predial
/// >>> column = predial.check_phones(["79123456789", "+7 912 345-67-89", "7.911E+10", None])
/// >>> column.normalized
/// ['79123456789', '79123456789', None, None]
/// >>> column.rules
/// [None, None, 'phone-scientific', None]
/// >>> column.repaired
/// [False, True, False, False]
#[pyfunction]
#[pyo3(
    signature = (
        values, region = None, level = Level::Possible, *,
        prefer = None, repair = true, details = false, format = None::<PhoneForm>, threads = None,
    ),
    text_signature = "(values, region=None, level='possible', *, prefer=None, repair=True, \
                      details=False, format='digits', threads=None)"
)]
#[expect(clippy::too_many_arguments, reason = "the options that Python names")]
pub(crate) fn check_phones(
    py: Python<'_>,
    values: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = region)] region: Option<Region>,
    #[pyo3(from_py_with = level)] level: Level,
    #[pyo3(from_py_with = prefer)] prefer: Option<Reading>,
    #[pyo3(from_py_with = args::repair)] repair: bool,
    #[pyo3(from_py_with = args::details)] details: bool,
    #[pyo3(from_py_with = column_form)] format: Option<PhoneForm>,
    #[pyo3(from_py_with = args::threads)] threads: Option<NonZeroUsize>,
) -> PyResult<PyColumn> {
    let options = PhoneOptions {
        region,
        prefer,
        level,
        ..PhoneOptions::default()
    };
    let values = match arrow::column_values(values)? {
        ColumnValues::Other(values) => values,
        ColumnValues::Arrow(column) => {
            let run = ColumnRun {
                repair,
                details,
                threads,
                ..ColumnRun::default()
            };
            let check = |run: &ColumnRun<'_>| {
                let mut answers = check_arrays(&column.arrays, &options, run)?;
                if let Some(form) = format {
                    for answer in &mut answers {
                        answer.normalized = in_form(&answer.normalized, form)?;
                    }
                }
                Ok(answers)
            };
            let answers = columns::checked(py, run, check)?;
            return columns::of_arrays(py, &answers, column.is_stream);
        }
    };
    let phones = Phones { options, repair };
    let column = columns::of_sequence(&values, |value| judge(value, &phones))?;
    let column = match details {
        true => {
            let details = details_of(&column.texts(py)?)?;
            column.with(details)
        }
        false => column,
    };
    if let Some(form) = format {
        write_in_form(&column.texts(py)?, form)?;
    }
    Ok(column)
}

/// The argument `format` of a column; None means digits. The errors are as above.
fn column_form(value: &Bound<'_, PyAny>) -> PyResult<Option<PhoneForm>> {
    const TAKES: &str = "'digits', 'international', 'national', 'rfc3966' or 'e164'";
    let name = args::text("format", TAKES, value)?;
    let form = PhoneForm::from_name(name);
    match (name, form) {
        ("digits", _) => Ok(None),
        (_, Some(form)) => Ok(Some(form)),
        _ => Err(args::wrong_value("format", TAKES)),
    }
}

/// Writes the digits of a list in another form.
fn write_in_form(digits: &Bound<'_, PyList>, form: PhoneForm) -> PyResult<()> {
    for (row, text) in digits.iter().enumerate() {
        if let Ok(text) = text.cast::<PyString>()
            && let Some(phone) = phone::Phone::from_digits(text_of(text)?.as_bytes())
        {
            digits.set_item(row, phone.format(form))?;
        }
    }
    Ok(())
}

fn judge<'py>(
    value: &Bound<'py, PyAny>,
    phones: &Phones,
) -> PyResult<Outcome<Bound<'py, PyString>>> {
    // Most values of most lists. No phone is made for them.
    if let Ok(text) = value.cast_exact::<PyString>()
        && text
            .to_str()
            .is_ok_and(|plain| phones.is_clean(plain.as_bytes()))
    {
        return Ok(Outcome::Clean(text.clone()));
    }
    let text = value.cast::<PyString>().ok();
    let plain = text.map(|text| text_of(text)).transpose()?;
    let digits = |phone: phone::Phone| PyString::new(value.py(), phone.digits());
    Ok(
        match phones.outcome(columns::cell(value, plain.as_deref())) {
            Outcome::Clean(phone) => Outcome::Clean(match value.cast_exact::<PyString>() {
                Ok(text) => text.clone(),
                Err(_) => digits(phone),
            }),
            Outcome::Repaired(phone) => Outcome::Repaired(digits(phone)),
            Outcome::Rejected(rule) => Outcome::Rejected(rule),
        },
    )
}

/// The details of phones, given their digits in lists.
fn details_of(digits: &Bound<'_, PyList>) -> PyResult<PyDetails> {
    let py = digits.py();
    let phones: Vec<Option<phone::Phone>> = digits
        .iter()
        .map(|digits| {
            let digits = digits.extract::<Option<String>>()?;
            PyResult::Ok(digits.and_then(|digits| phone::Phone::from_digits(digits.as_bytes())))
        })
        .collect::<PyResult<_>>()?;
    let phones = phones.iter().map(Option::as_ref);
    let time_zones = phones.clone().map(|phone| {
        phone
            .map(|phone| PyList::new(py, phone.time_zones()))
            .transpose()
    });
    let time_zones = time_zones.collect::<PyResult<Vec<_>>>()?;
    Ok(PyDetails {
        country_code: list(
            py,
            phones
                .clone()
                .map(|phone| phone.map(phone::Phone::country_code)),
        )?,
        region: list(
            py,
            phones
                .clone()
                .map(|phone| phone?.region().map(Region::code)),
        )?,
        kind: list(py, phones.map(|phone| phone?.kind().map(NumberType::name)))?,
        time_zones: list(py, time_zones.into_iter())?,
    })
}

fn list<'py, T: IntoPyObject<'py>>(
    py: Python<'py>,
    values: impl ExactSizeIterator<Item = T>,
) -> PyResult<Py<PyAny>> {
    Ok(PyList::new(py, values)?.into_any().unbind())
}
