//! One module for each target.

mod archives;
mod arrow;
mod csv;
mod dates;
mod encodings;
mod exclude;
mod journal;
mod json;
mod phones;
mod urls;
mod workbooks;
mod zones;

/// A target of fuzzing.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, which is also the name of the folder of its seeds.
    pub name: &'static str,
    /// Runs once, before the first input.
    pub prepare: fn(),
    /// Tries one input; `None` keeps it out of the corpus.
    pub run: fn(&[u8]) -> Option<()>,
}

fn nothing() {}

const fn target(name: &'static str, run: fn(&[u8]) -> Option<()>) -> Target {
    Target {
        name,
        prepare: nothing,
        run,
    }
}

/// Every target.
pub const ALL: &[Target] = &[
    target("json", json::array),
    target("ndjson", json::lines),
    target("csv", csv::run),
    target("zones", zones::run),
    target("phones", phones::run),
    target("dates", dates::dates),
    target("policies", dates::policies),
    target("urls", urls::run),
    target("encodings", encodings::run),
    target("archives", archives::run),
    Target {
        prepare: workbooks::prepare,
        ..target("workbooks", workbooks::run)
    },
    Target {
        prepare: workbooks::prepare,
        ..target("markup", workbooks::markup)
    },
    target("arrow", arrow::run),
    target("journal", journal::run),
    target("exclude", exclude::run),
];
