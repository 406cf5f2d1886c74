//! Mistakes in `[map]` are shown where they stand, and side tables are read with the configuration.

use super::*;

#[test]
fn a_mistake_within_an_entry_has_its_caret_under_it() {
    for (entry, wants) in [
        (
            "Email = { template = \"{{ mail\" }",
            [
                "3 | Email",
                "\n    |                      ^^^^^^^^^",
                "syntax error",
            ],
        ),
        (
            "SMS = { column = \"a\", transform = [\"trim\", { extract = \"(\" }] }",
            [
                "3 | SMS",
                "\n    |                                                        ^^^",
                "not a regular expression",
            ],
        ),
        (
            "LanguageCode = { column = \"a\", transform = [{ date = \"%Q\" }] }",
            ["3 | LanguageCode", "^^^^", "not a date format"],
        ),
        (
            "SMS = { column = \"a\", transform = [\"trimm\"] }",
            [
                "3 | SMS",
                "\n    |                                    ^^^^^^^",
                "did you mean `trim`?",
            ],
        ),
        (
            "Activated = { expression = \"status == 'A' | nosuch\" }",
            ["3 | Activated", "^^^", "nosuch"],
        ),
        (
            "SMS = { column = \"a\", transform = [{ lookup = \"none.csv\" }] }",
            [
                "3 | SMS",
                "\n    |                                               ^^^^^^^^^^",
                "none.csv",
            ],
        ),
        (
            "ResetPassword = \"x\"",
            // Such a line may hold a secret, so it is not repeated.
            ["line 3", "(column 17)", "credentials come with [create]"],
        ),
    ] {
        says(&format!("[map]\nUserID = \"id\"\n{entry}"), &wants);
    }
}

#[test]
fn the_content_of_a_side_table_is_part_of_the_mapping() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crewsync.toml");
    let entry = "ServiceTeamID = { column = \"crew\", transform = [{ lookup = \"crews.csv\", key = \"Crew\", value = \"Team\" }] }";
    fs::write(&path, format!("[map]\nUserID = \"id\"\n{entry}")).unwrap();
    let loaded = |csv: &str| {
        fs::write(folder.path().join("crews.csv"), csv).unwrap();
        let options = Overrides {
            config: Some(path.clone()),
            ..Overrides::default()
        };
        load(&options, &|_| None)
    };
    let digest = |csv: &str| loaded(csv).unwrap().mapping_digest();
    let plain = digest("Crew,Lead,Team\nNorth,Ann,T-N\n");
    assert_eq!(digest("Crew,Lead,Team\nNorth,Ann,T-N\n"), plain);
    assert_ne!(digest("Crew,Lead,Team\nNorth,Ann,T-S\n"), plain);
    for (csv, want) in [
        ("Crew,Lead\nNorth,Ann\n", "no column \"Team\""),
        ("Crew,Team\nNorth,1\nNorth,2\n", "stands there twice"),
        ("Crew,Team\n,1\n", "has no key"),
        ("Crew,Team\nNorth\n", "line 2"),
        ("", "empty"),
    ] {
        let failure = printed(&loaded(csv).unwrap_err());
        assert!(
            failure.contains(want) && failure.contains("line 3"),
            "{failure}"
        );
    }
}
