//! The door to Python: PyO3, and nothing but translation.

mod plan;

use pyo3::prelude::*;

/// The native core of predial.
#[pymodule(gil_used = false)]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::plan::{plan_parse, plan_time_zones, plan_verdicts};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("PLAN_VERSION", crate::phone::plan::VERSION)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
