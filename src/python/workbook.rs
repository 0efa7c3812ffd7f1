//! The process that reads a workbook: a second Python that loads only this extension of the
//! package.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use pyo3::prelude::*;

use crate::batch::{self, Host, ReaderCommand, ReaderNotStarted};

/// What the core needs from this module while it reads a source.
pub(super) const HOST: Host = Host {
    reader_command,
    check_signals,
};

/// The program of the second Python. It closes files that it inherited by mistake, and calls
/// [`serve_workbook`]. Its argument is the path of the extension.
const CODE: &str = "\
import sys
from importlib.machinery import ExtensionFileLoader, ModuleSpec
if sys.platform != 'win32':
    import posix
    posix.closerange(3, max(3, min(posix.sysconf('SC_OPEN_MAX'), 1 << 16)))
loader = ExtensionFileLoader('_core', sys.argv[1])
core = loader.create_module(ModuleSpec('_core', loader, origin=sys.argv[1]))
loader.exec_module(core)
core.serve_workbook()
";

/// Names a Python for programs whose own executable is not one.
const VARIABLE: &str = "PREDIAL_PYTHON";

/// Does the work of a process that reads a workbook, as `predial.check` starts it. It takes a request
/// from standard input and writes replies to standard output.
///
/// Raises OSError where standard input is not a request.
#[pyfunction]
pub fn serve_workbook(py: Python<'_>) -> PyResult<()> {
    Ok(py.detach(batch::serve_workbook)?)
}

fn check_signals() -> io::Result<()> {
    Ok(Python::attach(|py| py.check_signals())?)
}

fn reader_command() -> io::Result<ReaderCommand> {
    let (program, extension) = Python::attach(|py| -> PyResult<_> {
        let extension = py.import("predial._core")?.getattr("__file__")?;
        Ok((python(py)?, extension.extract::<PathBuf>()?))
    })?;
    let program = program.ok_or_else(|| {
        io::Error::other(ReaderNotStarted(format!(
            "workbooks are read in a process of their own, for which this program has no Python; \
             set the environment variable {VARIABLE} to the path of one (3.11 or later), or save \
             the sheet as CSV"
        )))
    })?;
    // -I ignores the environment and the current directory for imports. -S ignores `site`.
    let mut arguments: Vec<OsString> = ["-I", "-S", "-c", CODE].map(OsString::from).into();
    arguments.push(extension.into());
    Ok(ReaderCommand { program, arguments })
}

/// The Python to start. `sys.executable` is a Python in most programs. In a program with Python
/// built in, or in a frozen one, it is empty or the program itself, which must not be started
/// again.
fn python(py: Python<'_>) -> PyResult<Option<PathBuf>> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return Ok(Some(named.into()));
    }
    let sys = py.import("sys")?;
    if sys.hasattr("frozen")? {
        return Ok(None);
    }
    let executable = sys.getattr("executable")?.extract::<Option<PathBuf>>()?;
    Ok(executable.filter(|path| is_python(path)))
}

fn is_python(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let name = name.to_string_lossy().to_ascii_lowercase();
    name.starts_with("python") && path.is_file()
}
