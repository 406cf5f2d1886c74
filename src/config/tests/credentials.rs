//! Credentials out of the environment, files and commands.

use std::fs;

use secrecy::ExposeSecret;

use super::{FULL, load_text, printed};
use crate::api::Credentials;
use crate::config::{CredentialSource, Overrides, SecretPlace, load};

#[test]
fn credentials_of_the_environment_win_and_are_whole() {
    let read = |env: &[(&str, &str)]| {
        load_text(FULL, env, Overrides::default()).and_then(|s| s.credentials.read())
    };
    let Ok(Credentials::Token(token)) = read(&[("CREWSYNC_TOKEN", "t")]) else {
        panic!("a token is given");
    };
    assert_eq!(token.expose_secret(), "t");
    let login = [("CREWSYNC_USERNAME", "u"), ("CREWSYNC_PASSWORD", "p")];
    assert!(matches!(read(&login), Ok(Credentials::Login { .. })));
    let customer = [
        ("CREWSYNC_CUSTOMER_ID", "i"),
        ("CREWSYNC_CUSTOMER_CODE", "c"),
    ];
    assert!(matches!(read(&customer), Ok(Credentials::Customer { .. })));
    assert!(
        read(&login[..1])
            .unwrap_err()
            .message
            .contains("CREWSYNC_PASSWORD is not")
    );
    assert!(
        read(&[]).unwrap_err().message.contains("token"),
        "the token file is missing"
    );
}

#[test]
fn the_credentials_file_is_read_without_its_line_break() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    for (text, want) in [("abc.def\n", Some("abc.def")), (" \n", None)] {
        fs::write(&file, text).unwrap();
        let read = CredentialSource::Token(SecretPlace::File(file.clone())).read();
        let token = read.ok().map(|credentials| match credentials {
            Credentials::Token(token) => token.expose_secret().to_owned(),
            _ => unreachable!("a token file gives a token"),
        });
        assert_eq!(token.as_deref(), want);
    }
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_may_change_is_refused_and_one_that_they_may_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "abc").unwrap();
    for (mode, is_read, is_told) in [
        (0o600, true, false),
        (0o400, true, false),
        (0o640, true, true),
        (0o604, true, true),
        (0o620, false, false),
        (0o602, false, false),
    ] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let source = CredentialSource::Token(SecretPlace::File(file.clone()));
        assert_eq!(source.read().is_ok(), is_read, "{mode:o}");
        assert_eq!(source.open_to_others().is_some(), is_told, "{mode:o}");
    }
}

#[cfg(unix)]
#[test]
fn a_command_gives_the_secret_and_a_failing_one_is_named_without_what_it_printed() {
    let auth = |command: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("crewsync.toml");
        let text = format!("[tenant.auth]\nusername = \"hr\"\npassword_command = {command}");
        fs::write(&file, text).unwrap();
        let options = Overrides {
            config: Some(file),
            ..Overrides::default()
        };
        load(&options, &|_| None)?.credentials.read()
    };
    let Ok(Credentials::Login { password, .. }) = auth(r#"["printf", "%s\\n", "hunter 2"]"#) else {
        panic!("a password is given");
    };
    assert_eq!(password.expose_secret(), "hunter 2");
    for (command, said) in [
        (r#"["sh", "-c", "echo hunter2; exit 3"]"#, "exit status: 3"),
        (r#"["no-such-program-4711"]"#, "no-such-program-4711"),
        (r#"["true"]"#, "is empty"),
        ("[]", "not one way"),
        (r#"[" "]"#, "not one way"),
    ] {
        let said_all = printed(&auth(command).unwrap_err());
        assert!(said_all.contains(said), "{command}: {said_all}");
        assert!(!said_all.contains("hunter2\n"), "{said_all}");
    }
    let both = "[tenant.auth]\ntoken_file = \"a\"\ntoken_command = [\"b\"]";
    assert!(load_text(both, &[], Overrides::default()).is_err());
}
