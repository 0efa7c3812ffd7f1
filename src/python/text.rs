//! Python's `str` as Rust's.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// The text of a `str`, borrowed if it is Unicode. A lone surrogate, which Rust's `str` can't hold,
/// becomes U+FFFD: no rule allows either, and every character keeps its position.
pub(crate) fn text_of<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    match text.to_str() {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => replace_surrogates(text).map(Cow::Owned),
    }
}

fn replace_surrogates(text: &Bound<'_, PyString>) -> PyResult<String> {
    let replaced = |code_point| char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER);
    Ok(code_points(text)?.into_iter().map(replaced).collect())
}

fn code_points(text: &Bound<'_, PyString>) -> PyResult<Vec<u32>> {
    let utf32 = text.call_method1("encode", ("utf-32-le", "surrogatepass"))?;
    let code_points = utf32.cast::<PyBytes>()?.as_bytes().chunks_exact(4);
    Ok(code_points
        .map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect())
}

/// The lone surrogate at a position of a text, if there is one.
pub(crate) fn lone_surrogate_at(
    text: &Bound<'_, PyString>,
    position: usize,
) -> PyResult<Option<u32>> {
    if text.to_str().is_ok() {
        return Ok(None);
    }
    let code_point = code_points(text)?.get(position).copied();
    Ok(code_point.filter(|code_point| char::from_u32(*code_point).is_none()))
}
