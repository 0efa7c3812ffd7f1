#![no_main]
#![feature(alloc_error_hook)]
//! The fuzz targets of predial, all in one program. Separate programs would each have to be linked
//! with AddressSanitizer, which takes longer than the fuzzing.
//!
//! `PREDIAL_FUZZ_TARGET` names the target (see [`targets::ALL`]); the arguments are libFuzzer's.
//! `tools/fuzz.py` builds the program and runs the targets one after another. A target panics if
//! something that must be true is not, and libFuzzer keeps the input.

mod batch;
mod memory;
mod reference;
mod targets;
mod world;

use std::sync::OnceLock;

use libfuzzer_sys::{Corpus, fuzz_target};

#[global_allocator]
static ALLOCATOR: memory::Limited = memory::Limited::new();

static CHOSEN: OnceLock<targets::Target> = OnceLock::new();

fn choose() {
    let name = std::env::var("PREDIAL_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = targets::ALL.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = targets::ALL.iter().map(|target| target.name).collect();
        eprintln!("PREDIAL_FUZZ_TARGET must be one of: {}", names.join(" "));
        std::process::exit(2);
    };
    (target.prepare)();
    CHOSEN.get_or_init(|| *target);
}

fuzz_target!(
    init: choose(),
    |data: &[u8]| -> Corpus {
        let target = CHOSEN.get().expect("the target is chosen before the first input");
        match (target.run)(data) {
            Some(()) => Corpus::Keep,
            None => Corpus::Reject,
        }
    }
);
