//! Any bytes as CSV, under what the first byte says about them.
#![no_main]

use crewsync::input::{Encoding, Format, ReadOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((told, text)) = bytes.split_first() else {
        return;
    };
    let is_told = |bit: u8| told & (1 << bit) != 0;
    let options = ReadOptions {
        format: Some(Format::Csv),
        delimiter: is_told(0).then_some(b';'),
        quote: is_told(1).then_some(Some(b'"')),
        escape: is_told(2).then_some(is_told(3).then_some(b'\\')),
        skip_rows: is_told(4).then_some(1),
        header_rows: is_told(5).then_some(2),
        single_line: is_told(6),
        skip_footer: u32::from(is_told(7)),
        encoding: Encoding::named("windows-1252").filter(|_| *told == 0xff),
        ..ReadOptions::default()
    };
    crewsync_fuzz::read_twice(text, &options);
});
