//! The lists of phones that are not to be called, for Python.

use std::io;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::batch::{ExcludedPhones, ExclusionLists};

/// Phones that are not to be called, from one list or several. The options of a batch take it once
/// all lists are read and it is finished.
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

    /// How many entries of the lists so far are phones, and how many are not.
    fn entries(&self) -> (u64, u64) {
        self.lists().entries()
    }
}

impl PyExclusions {
    /// The lists so far.
    pub(super) fn lists(&self) -> MutexGuard<'_, ExclusionLists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lists so far, of which none remain.
    pub(super) fn take(&self) -> ExclusionLists {
        std::mem::take(&mut *self.lists())
    }

    /// Makes the table of the lists. No list is added after that.
    pub(super) fn finish(
        &self,
        threads: usize,
        on_part: &mut dyn FnMut() -> io::Result<()>,
    ) -> io::Result<()> {
        let phones = self.take().finish(threads, on_part)?;
        give_back_memory();
        // Whoever has finished it before has taken all lists.
        let _ = self.phones.set(phones);
        Ok(())
    }

    /// The table of the lists, once it is finished.
    pub(super) fn phones(&self) -> PyResult<ExcludedPhones> {
        let phones = self.phones.get().cloned();
        phones.ok_or_else(|| PyValueError::new_err("the excluded lists are not finished"))
    }
}

/// Gives memory that was freed back to the system. A table is built of three times its size in many
/// pieces, and glibc would keep most of that.
pub(super) fn give_back_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: the function has no preconditions, and touches no memory that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}
