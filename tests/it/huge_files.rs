//! An export that is huge, or made to be, is read or refused within little memory, whatever its size.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::process::{Command, Stdio};

use super::support::{Done, World, wrapped};

const MIB: usize = 1 << 20;

/// A file of the beginning, then a piece again and again until it has that many MiB, then the end.
fn huge(world: &World, name: &str, parts: [&str; 3], mebibytes: usize) -> String {
    let file = File::create(world.path(name)).expect("a file");
    let mut out = BufWriter::with_capacity(MIB, file);
    let [begin, piece, end] = parts;
    let block = piece.repeat(MIB / piece.len());
    out.write_all(begin.as_bytes()).expect("room");
    for _ in 0..mebibytes {
        out.write_all(block.as_bytes()).expect("room");
    }
    out.write_all(end.as_bytes()).expect("room");
    out.flush().expect("room");
    world.path(name).display().to_string()
}

/// Previews an export with so much memory for data; what is printed is only counted.
fn preview(world: &World, export: &str, mebibytes: usize, input: Stdio) -> (Done, usize) {
    let mut limited = Command::new("sh");
    let script = format!("ulimit -d {}; exec \"$0\" \"$@\"", mebibytes << 10);
    limited.args(["-c", &script]);
    let command = world.command(&["preview", export, "--as", "ndjson"]);
    let mut command = wrapped(limited, &command);
    command
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("a shell");
    let mut stdout = child.stdout.take().expect("a pipe");
    let (mut lines, mut block) = (0, vec![0; MIB]);
    loop {
        let count = stdout.read(&mut block).expect("a pipe");
        if count == 0 {
            break;
        }
        lines += block[..count].iter().filter(|byte| **byte == b'\n').count();
    }
    (Done::of(child.wait_with_output().expect("an end")), lines)
}

#[cfg(target_os = "linux")]
#[test]
fn rows_beyond_the_memory_pass_through_it() {
    const FILE: usize = 40;
    const MEMORY: usize = 32;
    let world = World::new();
    let text = "x".repeat(4080);
    let rows = FILE * (MIB / (text.len() + 10));
    let line = format!("T-1,\"{text}\"\n");
    let element = format!("{{\"U\":\"{text}\"}}\n");
    let member = format!(",{element}");
    let csv = huge(&world, "rows.csv", ["UserID,Note\n", &line, ""], FILE);
    let lines = huge(&world, "rows.ndjson", ["", &element, ""], FILE);
    let array = huge(&world, "rows.json", ["[{}", &member, "]"], FILE);
    for export in [&csv, &lines, &array] {
        let (done, read) = preview(&world, export, MEMORY, Stdio::null());
        assert!(done.exits(0).stderr.is_empty(), "{export}");
        assert!(read >= rows, "{export}: {read} of {rows} rows");
    }
    let piped = File::open(&csv).expect("a file");
    let (done, read) = preview(&world, "-", MEMORY, piped.into());
    done.exits(0);
    assert!(read >= rows);
}

#[cfg(target_os = "linux")]
#[test]
fn what_has_no_end_is_refused_before_it_fills_the_memory() {
    const FILE: usize = 104;
    const MEMORY: usize = 96;
    let world = World::new();
    for (name, begin, piece, code) in [
        (
            "one cell",
            "id,b\n1,\"",
            "x, y\n",
            "is longer than 1048576 bytes",
        ),
        (
            "one row",
            "id,b\n1,",
            "x,",
            "a record is longer than 16777216 bytes",
        ),
        ("one header", "", "column,", "more than 10000 columns"),
        (
            "one string",
            "[{\"a\":\"",
            "x",
            "is longer than 16777216 bytes",
        ),
        (
            "one depth",
            "[{\"a\":",
            "[",
            "is longer than 16777216 bytes",
        ),
        (
            "a value beside",
            "{\"a\":[",
            "{},",
            "is longer than 16777216 bytes",
        ),
    ] {
        let export = huge(&world, "endless", [begin, piece, ""], FILE);
        let (done, read) = preview(&world, &export, MEMORY, Stdio::null());
        let done = done.exits(1);
        assert!(done.stderr.contains(code), "{name}: {}", done.stderr);
        assert_eq!(read, 0, "{name}");
    }
}
