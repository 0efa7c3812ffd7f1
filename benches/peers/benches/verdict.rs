//! parse and is_valid on the same numbers, by predial and by the ports of libphonenumber.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use predial::phone::plan;
use rlibphonenumber::PHONE_NUMBER_UTIL;

#[path = "../../numbers/mod.rs"]
mod numbers;

fn peers(criterion: &mut Criterion) {
    let digits = numbers::numbers(10_000);
    let texts: Vec<String> = digits.iter().map(|number| format!("+{number}")).collect();
    let mut group = criterion.benchmark_group("parse and is_valid");
    group.throughput(Throughput::Elements(digits.len() as u64));
    group.bench_function("predial, the bare verdict", |bench| {
        bench.iter(|| {
            let valid = |number: &&String| plan::verdict(black_box(number.as_bytes())).valid;
            digits.iter().filter(valid).count()
        });
    });
    group.bench_function("predial, parse and verdict of digits", |bench| {
        bench.iter(|| {
            let valid = |number: &&String| {
                plan::parse(black_box(number.as_bytes()), true, None)
                    .is_ok_and(|number| number.verdict().valid)
            };
            digits.iter().filter(valid).count()
        });
    });
    group.bench_function("rlibphonenumber", |bench| {
        bench.iter(|| {
            let valid = |text: &&String| {
                PHONE_NUMBER_UTIL
                    .parse(black_box(text.as_str()), None)
                    .is_ok_and(|number| PHONE_NUMBER_UTIL.is_valid_number(&number))
            };
            texts.iter().filter(valid).count()
        });
    });
    // It compiles its patterns anew when they change too often, and takes a millisecond a number.
    let texts = &texts[..500];
    group.sample_size(10);
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("phonenumber", |bench| {
        bench.iter(|| {
            let valid = |text: &&String| {
                phonenumber::parse(None, black_box(text.as_str()))
                    .is_ok_and(|number| phonenumber::is_valid(&number))
            };
            texts.iter().filter(valid).count()
        });
    });
    group.finish();
}

criterion_group!(benches, peers);
criterion_main!(benches);
