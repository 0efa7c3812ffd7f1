//! The directory of an unfinished run, after it was damaged: a run that resumes in it leaves the
//! same files as an undisturbed run, or refuses.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;

use predial::batch::{
    self, BatchError, BatchOptions, Duplicates, Encodings, Guess, OutDirRefusal, OutputOptions,
    ReaderFeed, SheetRequest, Source, SourceFormat, TableOptions, text_of,
};

use crate::batch::{HOST, Nobody, Trickle, Way, options};
use crate::world;

const ROWS: usize = 40;
const JOBS_IN_A_BODY: u64 = 4;
/// How many rows the unfinished run read.
const ROWS_READ: usize = 27;

type Files = Vec<(String, Vec<u8>)>;

/// The files of two runs on the same list: a finished one, and one whose source ended early.
struct Runs {
    whole: Files,
    unfinished: Files,
}

/// The first byte selects the damage of the journal: it is replaced by the other bytes, they are
/// inserted somewhere, or it is cut. The next three select the damage of bodies.
pub fn run(data: &[u8]) -> Option<()> {
    let (control, bytes) = data.split_at_checked(5)?;
    let runs = runs();
    let home = tempfile::tempdir_in(memory()).expect("a directory can be made");
    let out = home.path().join("out");
    let mut files = runs.unfinished.clone();
    for (name, content) in &mut files {
        if name == "journal.ndjson" {
            let place = usize::from(control[1]) * content.len() / 256;
            match control[0] & 0b11 {
                0 => *content = bytes.to_vec(),
                1 => drop(content.splice(place..place, bytes.iter().copied())),
                2 => content.truncate(place),
                _ => content.extend_from_slice(bytes),
            }
        }
    }
    let bodies = files.len().max(1);
    for change in &control[2..5] {
        let (name, content) = &mut files[usize::from(change >> 3) % bodies];
        match change & 0b111 {
            _ if !(name.starts_with("bodies/") && name.ends_with(".json")) => {}
            0 => name.push_str(".part"),
            1 => content.clear(),
            2 => drop(content.pop()),
            3 => content.reverse(),
            _ => {}
        }
    }
    write(&out, &files);
    match prepare(&out, ROWS, true) {
        Ok(()) => assert_eq!(read(&out), runs.whole),
        Err(Refused::Differs) => {
            let again = read(&out);
            assert!(again.iter().all(|(name, _)| name != "manifest.json"));
        }
        Err(Refused::Other(why)) => panic!("the run ended: {why}"),
    }
    Some(())
}

fn runs() -> &'static Runs {
    static RUNS: OnceLock<Runs> = OnceLock::new();
    RUNS.get_or_init(|| {
        let home = tempfile::tempdir_in(memory()).expect("a directory can be made");
        let of = |name: &str, rows| {
            let out = home.path().join(name);
            let _ = prepare(&out, rows, false);
            read(&out)
        };
        let runs = Runs {
            whole: of("whole", ROWS),
            unfinished: of("unfinished", ROWS_READ),
        };
        let has = |files: &Files, name: &str| files.iter().any(|(other, _)| other == name);
        assert!(has(&runs.whole, "manifest.json"));
        assert!(has(&runs.unfinished, "journal.ndjson"));
        let again = prepare(&home.path().join("unfinished"), ROWS, true);
        assert!(again.is_ok(), "it is resumed");
        runs
    })
}

/// A directory where files are written fast, if there is one.
fn memory() -> &'static Path {
    let shared = Path::new("/dev/shm");
    static FALLBACK: OnceLock<std::path::PathBuf> = OnceLock::new();
    match shared.is_dir() {
        true => shared,
        false => FALLBACK.get_or_init(std::env::temp_dir),
    }
}

/// How much of a source the journal uses to recognise it.
const BEGINNING: usize = 1 << 16;

/// A list with rejects, after a blank line; all other lines have the same length. A source that
/// ends early has to have the same beginning as the whole one.
fn list() -> Vec<u8> {
    let line = |number: usize| match number % 5 {
        3 => format!("{{\"phone\":\"7911E+{number:04}\"}}\n"),
        _ => format!("{{\"phone\":\"7911000{number:04}\"}}\n"),
    };
    let blank = " ".repeat(BEGINNING) + "\n";
    (blank + &(0..ROWS).map(line).collect::<String>()).into_bytes()
}

/// A source that fails after some rows.
struct BreaksOff<'a>(&'a [u8]);

impl Read for BreaksOff<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(io::Error::other("the source breaks off")),
            count => Ok(count),
        }
    }
}

enum Refused {
    /// The unfinished run was a different one.
    Differs,
    Other(String),
}

/// Prepares the list up to this many of its rows.
fn prepare(out: &Path, rows: usize, resume: bool) -> Result<(), Refused> {
    let list = list();
    let lines = list.len() - (BEGINNING + 1);
    let end = list.len() - lines * (ROWS - rows) / ROWS;
    let reader: Box<dyn Read> = match rows == ROWS {
        true => Box::new(Trickle {
            bytes: &list,
            most: usize::MAX,
        }),
        false => Box::new(
            Trickle {
                bytes: &list[..end],
                most: usize::MAX,
            }
            .chain(BreaksOff(b"")),
        ),
    };
    let encodings = Encodings {
        asked: None,
        guess: Guess::Never,
    };
    let (text, info) = text_of(reader, encodings, SheetRequest::default(), HOST);
    let mut feed = ReaderFeed::new(text);
    let mut source = Source::Bytes {
        feed: &mut feed,
        info,
        encoding: None,
        sheet: None,
        format: Some(SourceFormat::Ndjson),
        named: None,
    };
    let output = OutputOptions {
        dir: out.to_owned(),
        max_jobs: JOBS_IN_A_BODY,
        max_bytes: None,
        run: Some("a run".to_owned()),
        resume,
        overwrite: false,
        forget_sent: false,
        source: None,
        source_id: None,
        forecast: None,
    };
    let options: BatchOptions = options(TableOptions::default(), Duplicates::Phone, Way::PLAIN);
    let regions = world::regions();
    match batch::prepare(&mut source, &options, &output, regions, &mut Nobody) {
        Ok((_, Ok(()))) => Ok(()),
        Ok((_, Err(BatchError::Differs(_)))) | Err(OutDirRefusal::Differs(_)) => {
            Err(Refused::Differs)
        }
        Ok((_, Err(halt))) => Err(Refused::Other(format!("{halt:?}"))),
        Err(refusal) => Err(Refused::Other(format!("{refusal:?}"))),
    }
}

fn write(out: &Path, files: &Files) {
    fs::create_dir_all(out.join("bodies")).expect("a directory can be made");
    for (name, content) in files {
        fs::write(out.join(name), content).expect("a file can be written");
    }
}

/// The files of a directory in the order of their names.
fn read(out: &Path) -> Files {
    let mut files = Vec::new();
    for folder in ["", "bodies"] {
        for entry in fs::read_dir(out.join(folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            if let Ok(content) = fs::read(entry.path()) {
                let name = Path::new(folder).join(entry.file_name());
                files.push((name.to_string_lossy().into_owned(), content));
            }
        }
    }
    files.sort();
    files
}
