//! Packed bytes: those of the input behind the first bytes of gzip or zstd, as they are, or packed anew and then damaged.
#![no_main]

use std::io::Read;

use crewsync::input::ReadOptions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let [how, at, rest @ ..] = bytes else {
        return;
    };
    let packed = match how % 3 {
        0 => [&[0x1F, 0x8B, 0x08], rest].concat(),
        1 => [&[0x28, 0xB5, 0x2F, 0xFD], rest].concat(),
        _ => {
            let mut packed = Vec::new();
            let mut encoder = flate2::read::GzEncoder::new(rest, flate2::Compression::fast());
            encoder.read_to_end(&mut packed).expect("memory takes all");
            let at = usize::from(*at) * packed.len() / 256;
            packed[at] ^= how >> 2;
            packed
        }
    };
    crewsync_fuzz::read_twice(&packed, &ReadOptions::default());
});
