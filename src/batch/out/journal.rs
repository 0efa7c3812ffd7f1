//! The journal of an unfinished run: first its options and its source, then a line for each body
//! that is whole.
//!
//! A resumed run reads the source from its beginning and judges it again, with the same verdicts;
//! it only skips writing the bodies that exist. So the journal holds no state of the loop, and each
//! existing body is compared with the source once more.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::batch::error::at;
use crate::batch::out::body::Body;
use crate::batch::out::outdir::{JOURNAL, OutDir, OutDirRefusal, body_name, new_file};
use crate::batch::source::open::Source;

/// The first line: everything that has to be the same for a resumed run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::batch) struct JournalHead {
    predial: String,
    plan: String,
    source: SourceMark,
    /// The time of the decisions, in seconds since 1970: the clock's, if none was given.
    pub instant: i64,
    /// The options as the manifest shows them.
    options: Value,
    /// The folder of the slices, if the list is prepared in slices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slices: Option<String>,
}

/// Facts by which a source is recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::batch) struct SourceMark {
    /// The size of its file, if it is a file.
    size: Option<u64>,
    /// The SHA-256 of its first bytes, in hexadecimal, if it consists of bytes.
    beginning: Option<String>,
}

/// How many bytes count as the beginning.
const BEGINNING: usize = 1 << 16;

impl SourceMark {
    /// The mark of a source before anything is read from it; `file` is the file that it reads.
    pub fn of(source: &mut Source<'_>, file: Option<&Path>) -> io::Result<SourceMark> {
        let status = file.and_then(|file| fs::metadata(file).ok());
        let size = status.filter(fs::Metadata::is_file).map(|file| file.len());
        let (Source::Bytes { feed, .. } | Source::Lines { feed, .. }) = source else {
            let beginning = None;
            return Ok(SourceMark { size, beginning });
        };
        while feed.window().len() < BEGINNING && !feed.at_end() && !feed.failed() {
            feed.more()?;
        }
        let window = feed.window();
        let beginning = Sha256::digest(&window[..window.len().min(BEGINNING)]);
        Ok(SourceMark {
            size,
            beginning: Some(data_encoding::HEXLOWER.encode(&beginning)),
        })
    }

    /// Whether both marks may belong to one source. A pipe has no size, even if a file feeds it.
    fn agrees(&self, other: &SourceMark) -> bool {
        let sizes = self.size.zip(other.size);
        self.beginning == other.beginning && sizes.is_none_or(|(one, other)| one == other)
    }
}

impl JournalHead {
    pub fn new(source: SourceMark, instant: i64, options: Value) -> Self {
        JournalHead {
            predial: env!("CARGO_PKG_VERSION").to_owned(),
            plan: crate::phone::plan::VERSION.to_owned(),
            source,
            instant,
            options,
            slices: None,
        }
    }

    /// An option of the run whose value is a text.
    fn text(&self, option: &str) -> Option<String> {
        self.options[option].as_str().map(str::to_owned)
    }

    /// Fails, in words, unless a run with the head `now` may continue this one.
    pub fn resumable_as(&self, now: &JournalHead) -> Result<(), OutDirRefusal> {
        let differences = self.differences(now);
        if differences.is_empty() {
            return Ok(());
        }
        let what = differences.join(", ");
        let why = "a run can be resumed with the same source and options only; these differ";
        Err(OutDirRefusal::Differs(format!("{why}: {what}")))
    }

    /// The differences between `now` and this head, in words; empty if the run can be resumed.
    fn differences(&self, now: &JournalHead) -> Vec<String> {
        let difference = |name: &str, then: &Value, now: &Value| {
            (then != now).then(|| format!("{name} ({then} then, {now} now)"))
        };
        let mut differ = Vec::new();
        let versions = [
            ("predial's version", &self.predial, &now.predial),
            ("the numbering plan's version", &self.plan, &now.plan),
        ];
        for (name, then, now) in versions {
            differ.extend(difference(
                name,
                &then.as_str().into(),
                &now.as_str().into(),
            ));
        }
        if !self.source.agrees(&now.source) {
            differ.push("the source".to_owned());
        }
        for option in option_names([&self.options, &now.options]) {
            differ.extend(difference(
                option,
                &self.options[option],
                &now.options[option],
            ));
        }
        differ
    }
}

/// The names of all options of two runs. One version may have options that the other lacks.
fn option_names(options: [&Value; 2]) -> Vec<&str> {
    let maps = options.into_iter().filter_map(Value::as_object);
    let mut names: Vec<&str> = maps
        .flat_map(|map| map.keys().map(String::as_str))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Values that the caller may leave open: those of the unfinished run, or new ones.
pub(in crate::batch) struct RunIdentity {
    /// The name of this loading of the list.
    pub run: String,
    /// The time that was given, by RFC 3339.
    pub now: Option<String>,
    /// The time of the decisions, in seconds since 1970: the clock's, if none was given.
    pub instant: i64,
}

impl RunIdentity {
    pub fn of(earlier: Option<&EarlierRun>, run: Option<&str>, now: Option<i64>) -> RunIdentity {
        let head = earlier.map(|earlier| &earlier.head);
        let earlier_run = || head.and_then(|head| head.text("run"));
        RunIdentity {
            run: run
                .map(str::to_owned)
                .or_else(earlier_run)
                .unwrap_or_else(|| Uuid::new_v4().to_string()),
            now: match now {
                Some(now) => rfc_3339(now),
                None => head.and_then(|head| head.text("now")),
            },
            instant: now
                .or(head.map(|head| head.instant))
                .unwrap_or_else(unix_now),
        }
    }
}

/// The time of the clock, in seconds since 1970.
pub(crate) fn unix_now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn rfc_3339(seconds: i64) -> Option<String> {
    let instant = jiff::Timestamp::from_second(seconds).ok()?;
    Some(instant.to_string())
}

/// A body that is whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::batch) struct WholeBody {
    file: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl WholeBody {
    fn is_whole(&self, dir: &OutDir, look: impl FnMut() -> io::Result<()>) -> io::Result<bool> {
        match sha256_of(&dir.path(&self.file), look) {
            Ok(sha256) => Ok(sha256 == self.sha256),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// The SHA-256 of a file, in hexadecimal. `look` is called from time to time, and its error ends
/// the work.
pub(in crate::batch) fn sha256_of(
    path: &Path,
    mut look: impl FnMut() -> io::Result<()>,
) -> io::Result<String> {
    let mut file = File::open(path).map_err(at(path))?;
    let mut sha = Sha256::new();
    let mut some = vec![0; 1 << 18];
    loop {
        look()?;
        match file.read(&mut some) {
            Ok(0) => return Ok(data_encoding::HEXLOWER.encode(&sha.finalize())),
            Ok(count) => sha.update(&some[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(at(path)(error)),
        }
    }
}

/// The journal of an unfinished run.
pub(in crate::batch) struct EarlierRun {
    pub head: JournalHead,
    /// The bodies, each with the length of the journal up to its line.
    bodies: Vec<(WholeBody, u64)>,
    /// The length of the first line.
    head_length: u64,
}

impl EarlierRun {
    /// Reads the journal of the directory; `None` if there is none, or if it has no whole line. An
    /// incomplete last line comes from a run that was killed.
    pub fn read(dir: &OutDir) -> io::Result<Option<EarlierRun>> {
        let path = dir.path(JOURNAL);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(&path)(error)),
        };
        let mut lines = text
            .split_inclusive(|byte| *byte == b'\n')
            .filter(|line| line.ends_with(b"\n"));
        let Some(first) = lines.next() else {
            return Ok(None);
        };
        let Ok(head) = serde_json::from_slice(first) else {
            return Ok(None);
        };
        let mut earlier = EarlierRun {
            head,
            bodies: Vec::new(),
            head_length: first.len() as u64,
        };
        for line in lines {
            let Ok(whole) = serde_json::from_slice::<WholeBody>(line) else {
                break;
            };
            if whole.file != body_name(earlier.bodies.len() + 1) {
                break;
            }
            let length = earlier.length() + line.len() as u64;
            earlier.bodies.push((whole, length));
        }
        Ok(Some(earlier))
    }

    fn length(&self) -> u64 {
        let last = self.bodies.last();
        last.map_or(self.head_length, |(_, length)| *length)
    }

    /// Continues this journal after the last body before which all are whole on the disk. `look` is
    /// called from time to time, and its error ends the work.
    pub fn resume(
        mut self,
        dir: &mut OutDir,
        mut look: impl FnMut() -> io::Result<()>,
    ) -> io::Result<Journal> {
        let written = self.bodies.len();
        let mut whole = 0;
        for (body, _) in &self.bodies {
            if !body.is_whole(dir, &mut look)? {
                break;
            }
            whole += 1;
        }
        self.bodies.truncate(whole);
        let path = dir.path(JOURNAL);
        let cut = |length| -> io::Result<File> {
            let mut file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(length)?;
            file.seek(io::SeekFrom::End(0))?;
            Ok(file)
        };
        let file = cut(self.length()).map_err(at(&path))?;
        dir.go_on(whole, written)?;
        Ok(Journal {
            file,
            path,
            whole: self.bodies.into_iter().map(|(body, _)| body).collect(),
        })
    }
}

/// The journal of this run.
pub(in crate::batch) struct Journal {
    file: File,
    path: std::path::PathBuf,
    /// The bodies that were already whole.
    whole: Vec<WholeBody>,
}

impl Journal {
    /// Begins a journal in a directory that holds none.
    pub fn begin(dir: &OutDir, head: &JournalHead) -> io::Result<Journal> {
        let path = dir.path(JOURNAL);
        let file = new_file(&path)?;
        let whole = Vec::new();
        let mut journal = Journal { file, path, whole };
        journal.line(head)?;
        Ok(journal)
    }

    /// The bodies that were already whole, in order.
    pub fn left(&self) -> &[WholeBody] {
        &self.whole
    }

    /// Records a body that is on the disk and is about to get its name. The line itself need not
    /// reach the disk: it is compared with the file before it is trusted, and a body without a line
    /// is written again.
    pub fn note(&mut self, body: &Body) -> io::Result<()> {
        self.line(&WholeBody {
            file: body.file.clone(),
            sha256: body.sha256.clone(),
        })
    }

    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(at(&self.path))
    }
}
