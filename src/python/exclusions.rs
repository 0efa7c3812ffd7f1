//! The lists of phones that are not to be called, for Python.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use pyo3::prelude::*;

use crate::batch::{ExcludedPhones, ExclusionLists};

/// Phones that are not to be called, from one list or several. The options of a batch take it once
/// all lists are read.
#[pyclass(frozen, module = "predial._core", name = "Exclusions")]
#[derive(Default)]
pub(crate) struct PyExclusions {
    lists: Mutex<ExclusionLists>,
    phones: OnceLock<ExcludedPhones>,
}

#[pymethods]
impl PyExclusions {
    #[new]
    fn new() -> Self {
        PyExclusions::default()
    }
}

impl PyExclusions {
    /// The lists so far.
    pub(super) fn lists(&self) -> MutexGuard<'_, ExclusionLists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The table of the lists. No list is added after that.
    pub(super) fn phones(&self) -> ExcludedPhones {
        let finish = || std::mem::take(&mut *self.lists()).finish();
        self.phones.get_or_init(finish).clone()
    }
}
