//! Prepares a list in slices, for a caller that has the whole list. Each slice is prepared where
//! its rows are, in a directory of its own; then all slices are joined into one list.
//!
//! The name of a whole slice contains the SHA-256 of its rows. So it can be used by everybody who
//! prepares the same rows with the same options: a second attempt, or a run that resumes. Changed
//! rows make another slice.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::batch::error::BatchError;
use crate::batch::error::at;
use crate::batch::options::SliceCut;
use crate::batch::options::{BatchOptions, ListSlice, OutputOptions};
use crate::batch::out::body::{Body, idempotence_key};
use crate::batch::out::journal::{
    EarlierRun, Journal, JournalHead, RunIdentity, SourceMark, sha256_of,
};
use crate::batch::out::manifest::{self, RunOptions};
use crate::batch::out::outdir::{
    MANIFEST, OutDir, OutDirRefusal, REJECTS, Replaces, SourceFile, body_name, is_slices_name,
    make_directory, new_directory, remove_folder, slice_name, slices_name,
};
use crate::batch::out::report::Report;
use crate::batch::run::each_row::{Progress, Watcher, prepare, started_over};
use crate::batch::source::feed::SliceFeed;
use crate::batch::source::format::ARROW;
use crate::batch::source::input::Detected;
use crate::batch::source::open::Source;
use crate::batch::source::table::{ColumnChoice, ColumnMapping};
use crate::zone::Regions;

/// The rows of a slice.
#[derive(Clone, Debug, Default)]
pub struct SliceRows {
    /// The number of the slice, from 0.
    pub slice: u64,
    /// The number of its first row in the list.
    pub first_row: u64,
    /// Their jobs, each as a line of JSON.
    pub lines: Vec<u8>,
    /// The rows whose job appears earlier in the list, and the first row of each.
    pub doubled: BTreeMap<u64, u64>,
}

impl SliceRows {
    /// The digest that identifies the rows, in hexadecimal.
    fn sha256(&self) -> String {
        let mut sha = Sha256::new();
        sha.update(&self.lines);
        for (row, first) in &self.doubled {
            sha.update(row.to_le_bytes());
            sha.update(first.to_le_bytes());
        }
        data_encoding::HEXLOWER.encode(&sha.finalize())
    }
}

/// Prepares a slice in the folder of the slices, unless it exists; returns its name.
///
/// # Errors
/// Those of [`prepare`]; and the folder does not exist, because the run that wanted the slice has
/// ended.
pub fn prepare_slice(
    folder: &Path,
    rows: SliceRows,
    options: &BatchOptions,
    output: &OutputOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
) -> Result<Result<String, BatchError>, OutDirRefusal> {
    let name = slice_name(rows.slice, &rows.sha256());
    let whole = folder.join(&name);
    if is_whole(&whole)? {
        return Ok(Ok(name));
    }
    let attempt = folder.join(format!("{:09}.{}", rows.slice, Uuid::new_v4().simple()));
    new_directory(&attempt)?;
    let options = BatchOptions {
        slice: Some(ListSlice {
            first_row: rows.first_row,
            doubled: rows.doubled.into_iter().collect(),
        }),
        ..options.clone()
    };
    let output = OutputOptions {
        dir: attempt.clone(),
        forecast: None,
        ..output.clone()
    };
    let mut source = Source::Lines {
        feed: &mut SliceFeed::new(&rows.lines),
        columns: ColumnChoice::default(),
    };
    let (_, end) = prepare(&mut source, &options, &output, regions, watch)?;
    if let Err(halt) = end {
        return Ok(Err(halt));
    }
    name_it(&attempt, &whole)?;
    Ok(Ok(name))
}

/// Gives an attempt the name of its slice, unless another attempt was first.
fn name_it(attempt: &Path, whole: &Path) -> io::Result<()> {
    let Err(error) = fs::rename(attempt, whole) else {
        return Ok(());
    };
    if !whole.try_exists().map_err(at(whole))? {
        return Err(at(whole)(error));
    }
    if is_whole(whole)? {
        // The other attempt has written the same bytes.
        return fs::remove_dir_all(attempt).map_err(at(attempt));
    }
    fs::remove_dir_all(whole).map_err(at(whole))?;
    fs::rename(attempt, whole).map_err(at(whole))
}

/// Whether a slice exists, with the bodies that its manifest lists.
fn is_whole(slice: &Path) -> io::Result<bool> {
    let jobs = match jobs_of(slice) {
        Ok(jobs) => jobs,
        Err(error) if is_lost(&error) => return Ok(false),
        Err(error) => return Err(error),
    };
    for body in &jobs.bodies {
        let file = slice.join(&body.file);
        match sha256_of(&file, || Ok(())) {
            Ok(sha256) if sha256 == body.sha256 => {}
            Ok(_) => return Ok(false),
            Err(error) if is_lost(&error) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    slice.join(REJECTS).try_exists().map_err(at(slice))
}

/// Whether the error shows that a file is missing or damaged.
fn is_lost(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData)
}

/// The counts in the manifest of a slice.
fn jobs_of(slice: &Path) -> io::Result<manifest::JobCounts> {
    let path = slice.join(MANIFEST);
    let text = fs::read(&path).map_err(at(&path))?;
    serde_json::from_slice(&text)
        .map_err(|error| at(&path)(io::Error::new(ErrorKind::InvalidData, error)))
}

/// The directory of a list that is prepared in slices. If it is dropped before
/// [`SlicedOutput::join`], the whole slices remain for a run that resumes; if none is whole,
/// nothing remains.
pub struct SlicedOutput {
    dir: OutDir,
    /// The name of the folder of the slices.
    folder: String,
    options: BatchOptions,
    output: OutputOptions,
    resolved: RunIdentity,
    cut: SliceCut,
    /// The columns of the list.
    mapping: ColumnMapping,
    notes: Vec<String>,
}

impl SlicedOutput {
    /// Takes the directory, and continues its unfinished run if the options ask for that.
    ///
    /// # Errors
    /// Those of [`prepare`].
    pub fn begin(
        options: &BatchOptions,
        output: OutputOptions,
        cut: SliceCut,
        mapping: ColumnMapping,
        regions: &Regions,
    ) -> Result<SlicedOutput, OutDirRefusal> {
        let options = options.resolved(regions).map_err(refusal)?;
        let mut dir = OutDir::claim(&output.dir, Replaces::of(&output), SourceFile::default())?;
        let earlier = match output.resume {
            true => EarlierRun::read(&dir)?,
            false => None,
        };
        let resolved = RunIdentity::of(earlier.as_ref(), output.run.as_deref(), options.now);
        let asked = asked(&options, &output, &resolved, &cut)?;
        let asked = serde_json::to_value(&asked).map_err(io::Error::from)?;
        let mut head = JournalHead::new(SourceMark::default(), resolved.instant, asked);
        let (folder, note) = match earlier {
            Some(earlier) => {
                earlier.head.resumable_as(&head)?;
                // A body that already has its place in the list is missing in its slice.
                dir.go_on(0, 0)?;
                let left = slices_are_whole(dir.left_slices());
                let folder = earlier.head.slices.filter(|name| is_slices_name(name));
                (
                    folder,
                    Some(format!("an unfinished run was resumed: {left}")),
                )
            }
            None => (None, started_over(dir.start_over()?, output.resume)),
        };
        let folder = match folder {
            Some(folder) => folder,
            None => {
                let folder = slices_name();
                head.slices = Some(folder.clone());
                Journal::begin(&dir, &head)?;
                folder
            }
        };
        let path = dir.path(&folder);
        make_directory(&path)?;
        Ok(SlicedOutput {
            dir,
            folder,
            options,
            output,
            resolved,
            cut,
            mapping,
            notes: note.into_iter().collect(),
        })
    }

    /// The folder in which the slices are prepared.
    pub fn folder(&self) -> PathBuf {
        self.dir.path(&self.folder)
    }

    /// The time of the decisions in all slices, in seconds since 1970-01-01T00:00:00Z.
    pub fn instant(&self) -> i64 {
        self.resolved.instant
    }

    /// Joins the slices of these names, in this order, into one list of `rows` rows.
    ///
    /// # Errors
    /// A slice is missing, or the slices have another number of rows.
    pub fn join(
        &mut self,
        names: &[String],
        rows: u64,
        watch: &mut dyn Watcher,
    ) -> Result<Report, BatchError> {
        let mut report = Report::new(self.options.duplicates);
        report.notes.append(&mut self.notes);
        report.mapping = Some(self.mapping.clone());
        report.input = Detected {
            format: Some(ARROW),
            ..Detected::default()
        };
        let mut rejects = self.dir.begin(REJECTS)?;
        for name in names {
            watch.tick(Progress {
                rows: report.total,
                bytes: 0,
                rejected: report.rejected,
            })?;
            let slice = self.folder().join(name);
            let jobs = jobs_of(&slice)?;
            report.add_counts(&jobs.counts);
            for body in jobs.bodies {
                let body = self.take(&slice, body, report.bodies.len() + 1)?;
                report.bodies.push(body);
            }
            let path = slice.join(REJECTS);
            let mut some = File::open(&path).map_err(at(&path))?;
            io::copy(&mut some, &mut rejects)?;
        }
        if report.total != rows {
            let found = report.total;
            let why = format!("the slices have {found} rows, and the list {rows}");
            return Err(BatchError::Io(io::Error::other(why)));
        }
        rejects.finish()?;
        let asked = asked(&self.options, &self.output, &self.resolved, &self.cut)?;
        let text = manifest::text(asked, &report).map_err(io::Error::from)?;
        remove_folder(&self.folder())?;
        self.dir.keep(&text)?;
        Ok(report)
    }

    /// Moves a body of a slice to its place in the list.
    fn take(&self, slice: &Path, body: Body, number: usize) -> io::Result<Body> {
        let from = slice.join(&body.file);
        let file = body_name(number);
        fs::rename(&from, self.dir.path(&file)).map_err(at(&from))?;
        Ok(Body {
            file,
            number,
            run: self.resolved.run.clone(),
            idempotence_key: idempotence_key(&self.resolved.run, &body.sha256, number),
            ..body
        })
    }

    /// The note if the run ends here.
    pub fn unfinished_note(&self) -> Option<String> {
        let left = self.dir.left_slices();
        (left > 0).then(|| {
            let left = slices_are_whole(left);
            format!("the run is unfinished: {left}, and resume=True keeps them")
        })
    }
}

fn asked<'a>(
    options: &'a BatchOptions,
    output: &'a OutputOptions,
    resolved: &'a RunIdentity,
    cut: &'a SliceCut,
) -> io::Result<RunOptions<'a>> {
    Ok(RunOptions {
        cut: Some(cut),
        ..RunOptions::of(options, output, resolved)?
    })
}

fn refusal(halt: BatchError) -> OutDirRefusal {
    match halt {
        BatchError::Io(error) => OutDirRefusal::Io(error),
        BatchError::Usage(why) | BatchError::Differs(why) => OutDirRefusal::Usage(why),
        BatchError::List(why) => OutDirRefusal::Usage(why.to_string()),
        BatchError::Source(failure) => OutDirRefusal::Io(io::Error::other(failure)),
    }
}

fn slices_are_whole(count: usize) -> String {
    match count {
        1 => "1 slice was whole".to_owned(),
        _ => format!("{count} slices were whole"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a directory with a slice of one body.
    fn written(path: &Path, body: &str) -> io::Result<()> {
        fs::create_dir_all(path.join("bodies"))?;
        fs::write(path.join("bodies/000001.json"), body)?;
        fs::write(path.join(REJECTS), "")?;
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest("whole"));
        let manifest = serde_json::json!({
            "counts": {
                "total": 1, "clean": 1, "repaired": 0, "rejected": 0, "warned": 0, "rules": {},
            },
            "bodies": [{
                "file": "bodies/000001.json", "jobs": 1, "bytes": 5, "rows": [[0, 0]],
                "sha256": sha256, "idempotence_key": "",
            }],
        });
        fs::write(path.join(MANIFEST), manifest.to_string())
    }

    #[test]
    fn of_two_attempts_at_a_slice_the_first_is_kept() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let [first, second, whole] = ["1", "2", "whole"].map(|name| folder.path().join(name));
        written(&first, "whole")?;
        written(&second, "whole")?;
        name_it(&first, &whole)?;
        fs::write(whole.join("mark"), "")?;
        name_it(&second, &whole)?;
        assert!(whole.join("mark").exists() && !first.exists() && !second.exists());
        Ok(())
    }

    #[test]
    fn an_attempt_replaces_a_slice_that_is_not_whole() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let [broken, attempt] = ["broken", "attempt"].map(|name| folder.path().join(name));
        written(&broken, "torn")?;
        written(&attempt, "whole")?;
        assert!(!is_whole(&broken)? && is_whole(&attempt)?);
        name_it(&attempt, &broken)?;
        assert!(is_whole(&broken)? && !attempt.exists());
        Ok(())
    }
}
