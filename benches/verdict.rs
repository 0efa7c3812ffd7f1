//! The bare numbering plan: a verdict on digits, and the way from dialled digits to a number.
//! `benches/peers` measures the same numbers by other crates.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use predial::phone::plan::{Region, parse, time_zones, verdict};

mod numbers;

fn plan(criterion: &mut Criterion) {
    let numbers = numbers::numbers(10_000);
    let russia = Region::from_code("RU");
    let mut group = criterion.benchmark_group("plan");
    group.throughput(Throughput::Elements(numbers.len() as u64));
    group.bench_function("verdict", |bench| {
        bench.iter(|| {
            let valid = |number: &&String| verdict(black_box(number.as_bytes())).valid;
            numbers.iter().filter(valid).count()
        });
    });
    group.bench_function("parse and verdict, international", |bench| {
        bench.iter(|| {
            let valid = |number: &&String| {
                parse(black_box(number.as_bytes()), true, None)
                    .is_ok_and(|number| number.verdict().valid)
            };
            numbers.iter().filter(valid).count()
        });
    });
    group.bench_function("parse and verdict, dialled in Russia", |bench| {
        bench.iter(|| {
            let valid = |number: &&String| {
                parse(black_box(number.as_bytes()), false, russia)
                    .is_ok_and(|number| number.verdict().valid)
            };
            numbers.iter().filter(valid).count()
        });
    });
    group.bench_function("time zones", |bench| {
        bench.iter(|| {
            let zones = |number: &String| time_zones(black_box(number.as_bytes())).len();
            numbers.iter().map(zones).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, plan);
criterion_main!(benches);
