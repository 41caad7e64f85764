//! How many bytes a second each engine looks at, on one core. `cargo bench`; the comparison with
//! other tools is `benches/compare`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lockgate::engine::ENGINES;
use lockgate::scan::scan_file;
use lockgate::target::{Settings, SourceFile};
use std::hint::black_box;

/// About a megabyte of the fixture's own modules, one after the other.
fn source() -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/webshop/app");
    let mut module = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the fixture is there") {
        let path = entry.expect("a readable folder").path();
        let text = std::fs::read(path).expect("a readable file");
        // The one module in another encoding would make the whole undecodable.
        if text.is_ascii() {
            module.extend(text);
            module.push(b'\n');
        }
    }
    module.repeat((1 << 20) / module.len().max(1) + 1)
}

fn engines(criterion: &mut Criterion) {
    let raw = source();
    let file = SourceFile::new("app.py".into(), raw.clone());
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Bytes(raw.len() as u64)).sample_size(20);
    for engine in ENGINES {
        group.bench_function(engine.name(), |bencher| {
            bencher.iter(|| engine.scan(black_box(&file)))
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("file");
    group.throughput(Throughput::Bytes(raw.len() as u64)).sample_size(20);
    group.bench_function("decode, scan, frame, identify", |bencher| {
        bencher.iter(|| {
            let file = SourceFile::new("app.py".into(), raw.clone());
            scan_file(file, &Settings::default(), ENGINES, true)
        })
    });
    group.finish();
}

criterion_group!(benches, engines);
criterion_main!(benches);
