//! What HR systems really export, through the program: options and settings reach the reader, and a refusal
//! says what would settle it.

use crate::support::World;

/// The rows that `preview` understood, one JSON object a line.
fn rows(world: &World, arguments: &[&str]) -> String {
    let arguments = [&["preview", "--as", "ndjson"], arguments].concat();
    world.run(&arguments).exits(0).stdout
}

#[test]
fn an_encoding_is_declared_by_option_or_setting_and_never_assumed() {
    let world = World::new();
    let export = world.file("people.csv", b"UserID,LastName\nT-1,M\xFCller\n");
    let want = "{\"UserID\":\"T-1\",\"LastName\":\"M\u{fc}ller\"}\n";

    let refused = world.run(&["preview", &export]).exits(1);
    for said in [
        "line 2: not valid UTF-8: byte 0xFC at byte 21",
        "it would say \"M\u{fc}ller\" here",
        "--encoding windows-1252",
    ] {
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
    }
    assert_eq!(rows(&world, &[&export, "--encoding", "windows-1252"]), want);
    let config = world.file("set.toml", "[source]\nencoding = 'latin1'\n");
    assert_eq!(rows(&world, &[&export, "--config", &config]), want);
    let wrong = world
        .run(&["preview", &export, "--encoding", "klingon"])
        .exits(2);
    assert!(
        wrong.stderr.contains("\"klingon\" is no encoding"),
        "{}",
        wrong.stderr
    );
}
