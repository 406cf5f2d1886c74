mod credentials;
mod mapping;

use std::collections::HashMap;

use super::*;
use crate::pacing::Limits;

const FULL: &str = r#"
[tenant]
name = "Fieldworks"
production = true
base_url = "https://sm.example.com/prod"
auth = { token_file = "token" }
connect_timeout_s = 7
proxy = "http://me:hunter2@proxy.example.com:3128"

[source]
id = "hr"
kind = "delta"
delimiter = ";"

[map]
UserID = "employee_id"
"Phones.Mobile" = { column = "cell" }

[create]
confirm_absent = "trust"

[delivery]
chunk_users_max = 100
limits = "bulk=1/60s"
deadline_s = 3600

[report]
dir = "out"

[profile.test]
tenant.base_url = "http://127.0.0.1:4010"
tenant.auth = { username = "svc", password_file = "pw" }
delivery.chunk_users_max = 5
"#;

#[test]
fn without_anything_the_defaults_hold() {
    let settings = load_text("", &[], Overrides::default()).unwrap();
    assert!(settings.state_dir.ends_with(".crewsync"));
    assert_eq!(settings.report.dir, settings.state_dir.join("reports"));
    assert_eq!(settings.source.id, "default");
    assert_eq!(settings.delivery.chunk_users_max, 400);
    assert_eq!(settings.delivery.chunk_bytes_max, 1_000_000);
    assert_eq!(settings.delivery.limits, Limits::VENDOR);
    assert_eq!(settings.delivery.retry_after_max.as_secs(), 300);
    assert!(settings.map.is_none() && settings.tenant.base_url.is_none());
}

#[test]
fn every_section_is_read_and_paths_stand_beside_the_file() {
    let settings = load_text(FULL, &[], Overrides::default()).unwrap();
    let folder = settings
        .file
        .as_deref()
        .and_then(Path::parent)
        .unwrap()
        .to_owned();
    assert_eq!(settings.tenant.name.as_deref(), Some("Fieldworks"));
    assert!(settings.tenant.production);
    assert_eq!(settings.tenant.connect_timeout.unwrap().as_secs(), 7);
    assert_eq!(settings.source.kind, SourceKind::Delta);
    assert_eq!(settings.source.read.delimiter, Some(b';'));
    assert_eq!(settings.map.as_ref().unwrap().fields.len(), 2);
    assert_eq!(settings.create.confirm_absent, ConfirmAbsent::Trust);
    assert_eq!(settings.delivery.limits, "bulk=1/60s".parse().unwrap());
    assert_eq!(settings.delivery.deadline.unwrap().as_secs(), 3600);
    assert_eq!(settings.report.dir, folder.join("out"));
    assert_eq!(settings.state_dir, folder.join(".crewsync"));
    assert!(
        matches!(&settings.credentials, CredentialSource::Token(SecretPlace::File(file)) if *file == folder.join("token"))
    );
}

#[test]
fn option_over_environment_over_profile_over_file() {
    let chunk = |env: &[(&str, &str)], options| {
        load_text(FULL, env, options)
            .unwrap()
            .delivery
            .chunk_users_max
    };
    let profile = Overrides {
        profile: Some("test".into()),
        ..Overrides::default()
    };
    let option = Overrides {
        chunk_users_max: "9".parse().ok(),
        ..profile.clone()
    };
    assert_eq!(chunk(&[], Overrides::default()), 100);
    assert_eq!(chunk(&[], profile.clone()), 5);
    assert_eq!(
        chunk(&[("CREWSYNC_PROFILE", "test")], Overrides::default()),
        5
    );
    assert_eq!(chunk(&[("CREWSYNC_CHUNK_USERS", "7")], profile), 7);
    assert_eq!(chunk(&[("CREWSYNC_CHUNK_USERS", "7")], option), 9);
}

#[test]
fn a_profile_replaces_a_key_whole_and_keeps_the_others() {
    let profile = Overrides {
        profile: Some("test".into()),
        ..Overrides::default()
    };
    let settings = load_text(FULL, &[], profile).unwrap();
    assert_eq!(settings.tenant.name.as_deref(), Some("Fieldworks"));
    assert_eq!(
        settings.tenant.base_url.unwrap().to_string(),
        "http://127.0.0.1:4010"
    );
    assert!(matches!(
        settings.credentials,
        CredentialSource::Login { .. }
    ));
}

#[test]
fn mistakes_are_shown_where_they_stand_with_what_was_meant() {
    for (text, wants) in [
        (
            "[tenant]\nnam = \"x\"",
            vec![
                "line 2",
                "2 | nam = \"x\"\n    | ^^^",
                "did you mean `name`",
            ],
        ),
        ("[tenannt]\n", vec!["line 1", "did you mean `tenant`"]),
        (
            "[delivery]\nchunk_user_max = 1",
            vec!["did you mean `chunk_users_max`"],
        ),
        ("[delivery]\nchunk_users_max = 0", vec!["line 2", "^"]),
        ("[source]\nkind = \"ful\"", vec!["did you mean `full`"]),
        (
            "[source]\nmax_age = \"26\"",
            vec!["[source] max_age: \"26\" is no length of time"],
        ),
        (
            "[map]\nUserID = \"a\"\nEmial = \"b\"",
            vec!["line 3", "did you mean `Email`"],
        ),
        (
            "[map]\nUserID = \"a\"\nPhones.Mobile = \"b\"",
            vec!["quote it: \"Phones.<name>\""],
        ),
        ("[map]\nEmail = \"a\"", vec!["does not name UserID"]),
        ("[source]\nid = \"x", vec!["line 2"]),
        ("[source]\nid = \" \"", vec!["[source] id"]),
        (
            "[source]\ndelimiter = \"||\"",
            vec!["cannot be a delimiter"],
        ),
        (
            "[source]\nformat = \"xls\"",
            vec!["none of csv, json, ndjson, xlsx"],
        ),
        ("[delivery]\nlimits = \"fast\"", vec!["[delivery] limits"]),
        (
            "[delivery]\nbackoff_ms_base = 99999",
            vec!["above backoff_ms_max"],
        ),
        (
            "[tenant]\nbase_url = \"http://sm.example.com\"",
            vec!["use https"],
        ),
        (
            "[tenant.auth]\nusername = \"x\"",
            vec!["not one way to log on"],
        ),
        ("[profile.a.profile.b]\n", vec!["a profile of its own"]),
        (
            "[profile.a.tenant]\nnam = 1",
            vec!["line 2", "did you mean `name`"],
        ),
    ] {
        says(text, &wants);
    }
}

#[test]
fn a_mistake_in_what_protects_people_is_shown_too() {
    for (text, wants) in [
        (
            "[guards]\nmax_row_dorp = 1",
            vec!["did you mean `max_row_drop`?"],
        ),
        (
            "[guards]\nmax_row_drop = 'ten'",
            vec!["[guards] max_row_drop", "\"5%\""],
        ),
        (
            "[guards]\nmax_creates = '5%'",
            vec!["[guards] max_creates", "give a number"],
        ),
        (
            "[deprovision]\non_absent = 'remove'",
            vec!["unknown value `remove`"],
        ),
        ("[protect]\nusers = ['']", vec!["a blank pattern"]),
    ] {
        says(text, &wants);
    }
}

#[track_caller]
fn says(text: &str, wants: &[&str]) {
    let printed = printed(&load_text(text, &[], Overrides::default()).unwrap_err());
    for want in wants {
        assert!(
            printed.contains(want),
            "{text:?} must say {want:?}:\n{printed}"
        );
    }
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    for text in [
        "[tenant.auth]\ntoken = \"hunter2\"",
        "[tenant.auth]\npassword = \"hunter2\"",
        "[tenant]\nauth = { token = \"hunter2\" }",
        "[tenant]\ntoken = hunter2",
        "[tenant]\nproxy = http://me:hunter2@proxy",
        "[tenant]\nbase_url = \"https://me:hunter2@host\"",
        "[tenant]\nproxies = \"http://me:hunter2@proxy\"",
    ] {
        let printed = printed(&load_text(text, &[], Overrides::default()).unwrap_err());
        assert!(!printed.contains("hunter2"), "{text:?}:\n{printed}");
    }
    let settings = load_text(FULL, &[("CREWSYNC_TOKEN", "hunter2")], Overrides::default()).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn unknown_profiles_and_missing_files_are_named() {
    let options = |profile: &str| Overrides {
        profile: Some(profile.into()),
        ..Overrides::default()
    };
    let failure = load_text(FULL, &[], options("tset")).unwrap_err();
    assert!(printed(&failure).contains("it has: test"));
    let missing = Overrides {
        config: Some("/no/such.toml".into()),
        ..Overrides::default()
    };
    let failure = load(&missing, &|_| None).unwrap_err();
    assert!(failure.message.contains("/no/such.toml") && failure.causes.len() == 1);
}

#[test]
fn a_client_needs_an_address_credentials_and_limits() {
    let client = |text: &str, env: &[(&str, &str)]| {
        let settings = load_text(text, env, Overrides::default()).unwrap();
        settings
            .client_options()
            .map(|options| options.base_url.to_string())
    };
    let token = ("CREWSYNC_TOKEN", "t");
    let remote = "[tenant]\nbase_url = \"https://sm.example.com\"";
    assert_eq!(client(remote, &[token]).unwrap(), "https://sm.example.com");
    assert!(
        client("", &[token])
            .unwrap_err()
            .message
            .contains("no tenant")
    );
    assert!(
        client(remote, &[])
            .unwrap_err()
            .message
            .contains("no credentials")
    );
    let off = ("CREWSYNC_LIMITS", "off");
    assert!(
        client(remote, &[token, off])
            .unwrap_err()
            .message
            .contains("this machine only")
    );
    assert!(
        client(
            remote,
            &[token, off, ("CREWSYNC_BASE_URL", "http://127.0.0.1:1")]
        )
        .is_ok()
    );
}

#[test]
fn an_unusable_variable_is_named() {
    for (name, value) in [
        ("CREWSYNC_CHUNK_USERS", "0"),
        ("CREWSYNC_IN_FLIGHT", "x"),
        ("CREWSYNC_LIMITS", "fast"),
    ] {
        let failure = load_text("", &[(name, value)], Overrides::default()).unwrap_err();
        assert!(failure.message.contains(name), "{failure}");
        assert!(
            load_text("", &[(name, " ")], Overrides::default()).is_ok(),
            "empty is not set"
        );
    }
}

/// Loads the text as a file of its own.
fn load_text(text: &str, env: &[(&str, &str)], options: Overrides) -> Result<Settings, Failure> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crewsync.toml");
    fs::write(&path, text).unwrap();
    let env: HashMap<String, String> = env
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect();
    let options = Overrides {
        config: Some(path),
        ..options
    };
    load(&options, &|name| env.get(name).cloned())
}

fn printed(failure: &Failure) -> String {
    let mut out = Vec::new();
    failure.print(&mut out, false, None).unwrap();
    String::from_utf8(out).unwrap()
}
