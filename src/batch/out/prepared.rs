//! What an earlier run left in its directory, as its manifest says.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use serde::Deserialize;

use crate::batch::error::at;
use crate::batch::options::Duplicates;
use crate::batch::out::body::{Body, idempotence_key};
use crate::batch::out::manifest::JobCounts;
use crate::batch::out::outdir::{MANIFEST, body_name};
use crate::batch::out::report::Report;

/// A list that was prepared.
#[derive(Debug)]
pub struct PreparedList {
    /// The text of the manifest.
    pub manifest: Vec<u8>,
    /// The name of the loading.
    pub run: String,
    /// The counts and the bodies. The manifest has no diagnostics.
    pub report: Report,
}

#[derive(Deserialize)]
struct ReadManifest {
    options: ReadOptions,
    #[serde(flatten)]
    jobs: JobCounts,
}

#[derive(Deserialize)]
struct ReadOptions {
    run: String,
    duplicates: String,
}

/// Refuses what no run writes of a body: another file, which may be anywhere, another key, or rows that
/// are not as many as its jobs.
fn refuse_contradiction(body: &Body) -> Result<(), String> {
    let name = body_name(body.number);
    let rows = body.rows.iter().try_fold(0_u64, |sum, [first, last]| {
        sum.checked_add(last.checked_sub(*first)?.checked_add(1)?)
    });
    let what = if body.file != name {
        "its file has another name"
    } else if rows != Some(body.jobs) {
        "its rows are not as many as its jobs"
    } else if body.idempotence_key != idempotence_key(&body.run, &body.sha256, body.number) {
        "its idempotence key is that of another body"
    } else {
        return Ok(());
    };
    Err(format!("the entry of {name} contradicts itself: {what}"))
}

/// Reads the manifest of a directory.
///
/// # Errors
/// There is no manifest, or it is not one of predial's.
pub fn read_prepared(dir: &Path) -> io::Result<PreparedList> {
    let path = dir.join(MANIFEST);
    let manifest = fs::read(&path).map_err(at(&path))?;
    let invalid = |why: String| at(&path)(io::Error::new(ErrorKind::InvalidData, why));
    let ReadManifest { options, jobs } =
        serde_json::from_slice(&manifest).map_err(|error| invalid(error.to_string()))?;
    let duplicates = Duplicates::from_name(&options.duplicates)
        .ok_or_else(|| invalid(format!("duplicates is {:?}", options.duplicates)))?;
    let mut report = Report::new(duplicates);
    report.add_counts(&jobs.counts);
    for (body, number) in jobs.bodies.into_iter().zip(1..) {
        let body = Body {
            number,
            run: options.run.clone(),
            ..body
        };
        refuse_contradiction(&body).map_err(&invalid)?;
        report.bodies.push(body);
    }
    Ok(PreparedList {
        manifest,
        run: options.run,
        report,
    })
}
