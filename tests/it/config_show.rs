//! `config`: what holds and where it comes from, and the schema that editors check by.

use serde_json::Value as Json;

use crate::support::{World, sample};

/// Value and origin of a key.
fn of(document: &Json, key: &str) -> (String, String) {
    let settings = document["settings"].as_array().expect("a list");
    let found = settings.iter().find(|one| one["key"] == key);
    let found = found.unwrap_or_else(|| panic!("{key} is not listed"));
    let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    (text("value"), text("origin"))
}

#[test]
fn each_value_says_where_it_comes_from() {
    let world = World::new();
    let text = "[delivery]\nchunk_users_max = 7\nin_flight_max = 1\n[map]\nUserID = \"id\"\n\
        [profile.night.delivery]\nchunk_users_max = 9\n[tenant]\nproxy = \"http://user:secret-word@proxy:1\"\n";
    world.file("crewsync.toml", text);
    let mut command = world.command(&[
        "config",
        "show",
        "--profile",
        "night",
        "--chunk-bytes",
        "5000",
        "--json",
    ]);
    command
        .env("CREWSYNC_BASE_URL", "https://acme.example")
        .env("CREWSYNC_TOKEN", "secret-word");
    let output = command.output().expect("it runs");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(!stdout.contains("secret-word"), "{stdout}");
    let document: Json = serde_json::from_str(&stdout).unwrap();
    for (key, value, origin) in [
        ("delivery.chunk_bytes_max", "5000", "an option"),
        (
            "tenant.base_url",
            "\"https://acme.example\"",
            "the environment",
        ),
        (
            "delivery.chunk_users_max",
            "9",
            "[profile.night] of crewsync.toml",
        ),
        ("delivery.in_flight_max", "1", "crewsync.toml"),
        ("delivery.verify", "\"sample\"", "the default"),
        ("tenant.name", "", "not set"),
        ("tenant.proxy", "(set)", "crewsync.toml"),
        ("map.UserID", "\"id\"", "crewsync.toml"),
    ] {
        assert_eq!(
            of(&document, key),
            (value.to_owned(), origin.to_owned()),
            "{key}"
        );
    }
    let told = world.run(&["config", "show"]).exits(0).stdout;
    assert!(
        told.contains("delivery.in_flight_max") && !told.contains("tenant.name"),
        "{told}"
    );
    assert!(!told.contains("from"), "{told}");
    let told = world.run(&["config", "show", "--origin"]).exits(0).stdout;
    assert!(
        told.contains("tenant.name") && told.contains("not set"),
        "{told}"
    );
}

#[test]
fn a_mistake_is_told_as_every_command_tells_it() {
    let world = World::new();
    world.file("crewsync.toml", "[delivery]\nchunk_user_max = 7\n");
    let refused = world.run(&["config", "show"]).exits(2);
    assert!(
        refused.stderr.contains("did you mean `chunk_users_max`?"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_schema_knows_every_section_of_the_sample() {
    let world = World::new();
    let schema: Json =
        serde_json::from_str(&world.run(&["config", "schema"]).exits(0).stdout).unwrap();
    let text = std::fs::read_to_string(sample("crewsync.toml")).unwrap();
    let settings: toml::Table = toml::from_str(&text).unwrap();
    for (section, keys) in &settings {
        let known = &schema["properties"][section];
        assert!(known.is_object(), "[{section}]");
        let is_free = known["properties"].is_null();
        for key in keys.as_table().unwrap().keys().filter(|_| !is_free) {
            assert!(known["properties"][key].is_object(), "[{section}] {key}");
        }
    }
    assert_eq!(schema["additionalProperties"], false);
}
