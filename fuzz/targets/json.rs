//! Any bytes as JSON, in the form that the first byte says.
#![no_main]

use crewsync::input::{Format, ReadOptions, json_path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((told, text)) = bytes.split_first() else {
        return;
    };
    let options = ReadOptions {
        format: match told % 3 {
            0 => Some(Format::Json),
            1 => Some(Format::Ndjson),
            _ => None,
        },
        path: json_path("$.data.workers").filter(|_| told % 4 == 3 && told % 3 == 0),
        ..ReadOptions::default()
    };
    crewsync_fuzz::read_twice(text, &options);
});
