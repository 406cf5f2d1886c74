//! The stages of a plan one by one: `cargo bench --bench stages`. Figures of one machine on one day; `compare/` sets them
//! beside others.

#[path = "export/mod.rs"]
mod export;

use std::hint::black_box;
use std::path::{Path, PathBuf};

use crewsync::input::{Export, ReadOptions};
use crewsync::mapping::Mapping;
use crewsync::model::Silent;
use crewsync::planning::{PROBLEMS_OF_A_CAUSE, understand};
use crewsync::validate::{Checked, RosterTerms, validate};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use export::{Form, Night};

const ROWS: u64 = 20_000;
const SEED: u64 = 7;

fn written(folder: &Path, name: &str, form: Form) -> PathBuf {
    let path = folder.join(name);
    let mut bytes = Vec::new();
    export::write(&mut bytes, form, ROWS, SEED, Night::USUAL).expect("memory takes it");
    std::fs::write(&path, bytes).expect("room on the disk");
    path
}

fn open(path: &Path) -> Export {
    Export::open(path, &ReadOptions::default()).expect("an export")
}

/// Bytes to rows.
fn read(path: &Path) -> usize {
    let mut export = open(path);
    let batches = export.batches().expect("a header");
    batches.map(|batch| batch.expect("rows").len()).sum()
}

/// Bytes to what is expected of each user, as a plan does it.
fn understood(path: &Path) -> usize {
    let (mut export, mut mapping) = (open(path), Mapping::new(None));
    let terms = (RosterTerms::default(), PROBLEMS_OF_A_CAUSE);
    let understood = understand(&mut export, &mut mapping, terms, &Silent);
    understood.expect("a usable export").expected.len()
}

/// Each row by itself the whole way: what the plan spares most of them.
fn checked_one_by_one(path: &Path) -> usize {
    let (mut export, mut mapping) = (open(path), Mapping::new(None));
    let file = export.name().clone();
    let mut accepted = 0;
    for batch in export.batches().expect("a header") {
        let batch = batch.expect("rows");
        mapping.bind(&batch, &file).expect("a UserID");
        for row in batch.rows() {
            let (draft, met) = mapping.apply(&row);
            accepted += usize::from(matches!(validate(draft, met, &file), Checked::Accepted(..)));
        }
    }
    accepted
}

fn stages(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let forms = [
        ("csv", Form::Csv),
        ("json", Form::Json),
        ("ndjson", Form::Ndjson),
    ];
    let files = forms.map(|(name, form)| (name, written(folder.path(), name, form)));
    type Stage = fn(&Path) -> usize;
    let stages: [(&str, Stage); 3] = [
        ("read", read),
        ("checked one by one", checked_one_by_one),
        ("understood", understood),
    ];
    for (stage, run) in stages {
        let mut group = criterion.benchmark_group(stage);
        for (form, path) in &files {
            let bytes = std::fs::metadata(path).expect("a file").len();
            group.throughput(Throughput::Bytes(bytes));
            group.bench_function(*form, |bencher| bencher.iter(|| black_box(run(path))));
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = stages
}
criterion_main!(benches);
