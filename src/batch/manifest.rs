//! The manifest: what a run was asked, what it came to, and what each body holds. No clock, no
//! path, no duration: the same input and options give the same bytes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bodies::Body;
use super::input::Detected;
use super::outdir::REJECTS;
use super::report::Report;

/// The version of the manifest's own form.
const FORMAT: u32 = 1;

/// What a run was asked.
#[derive(Serialize)]
pub(super) struct Asked<'a> {
    pub input_format: Option<&'static str>,
    pub encoding: Option<String>,
    pub now: Option<String>,
    pub region: Option<&'static str>,
    pub prefer: Option<&'static str>,
    pub level: &'static str,
    pub repair: bool,
    pub canonical: bool,
    pub duplicates: &'static str,
    pub max_jobs: u64,
    pub max_bytes: Option<u64>,
    pub run: &'a str,
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    predial: &'static str,
    plan: &'static str,
    options: Asked<'a>,
    input: Detected,
    counts: Counts,
    bodies: &'a [Body],
    rejects: Rejects,
}

#[derive(Serialize)]
struct Counts {
    total: u64,
    clean: u64,
    repaired: u64,
    rejected: u64,
    warned: u64,
    rules: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Rejects {
    file: &'static str,
    rows: u64,
}

/// The manifest's text.
pub(super) fn text(asked: Asked<'_>, report: &Report) -> Result<Vec<u8>, serde_json::Error> {
    let manifest = Manifest {
        format: FORMAT,
        predial: env!("CARGO_PKG_VERSION"),
        plan: crate::phone::plan::VERSION,
        options: asked,
        input: report.input,
        counts: Counts {
            total: report.total,
            clean: report.clean,
            repaired: report.repaired,
            rejected: report.rejected,
            warned: report.warned,
            rules: report.counts().map(|(r, n)| (r.name(), n)).collect(),
        },
        bodies: &report.bodies,
        rejects: Rejects {
            file: REJECTS,
            rows: report.rejected,
        },
    };
    let mut text = serde_json::to_vec_pretty(&manifest)?;
    text.push(b'\n');
    Ok(text)
}
