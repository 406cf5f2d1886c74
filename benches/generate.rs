//! Writes exports for comparisons: `cargo bench --bench generate -- FORM ROWS SEED base|next FILE`.

#[path = "export/mod.rs"]
mod export;

use std::fs::File;
use std::io::BufWriter;

use export::{Form, Night};

fn main() {
    // Cargo says --bench to every bench that it runs.
    let words = std::env::args().skip(1).filter(|word| word != "--bench");
    let words: Vec<String> = words.collect();
    let [form, rows, seed, night, path] = &words[..] else {
        eprintln!(
            "usage: cargo bench --bench generate -- csv|json|ndjson ROWS SEED base|next FILE"
        );
        return;
    };
    let form = match form.as_str() {
        "csv" => Form::Csv,
        "json" => Form::Json,
        "ndjson" => Form::Ndjson,
        other => panic!("no such form: {other}"),
    };
    let night = match night.as_str() {
        "base" => Night::default(),
        "next" => Night::USUAL,
        other => panic!("base or next, not {other}"),
    };
    let number = |text: &str| text.parse().expect("a whole number");
    let file = File::create(path).expect("a file that can be written");
    let mut out = BufWriter::with_capacity(1 << 20, file);
    export::write(&mut out, form, number(rows), number(seed), night).expect("room on the disk");
}
