//! Merge before replace: what the export does not mention comes out as it went in.

use serde_json::{Value as Json, json};

use crate::support::{Recorder, Sandbox, World, http};

/// A user with everything that a replace could lose.
const RICH: &str = r#"[{
    "UserID": "T-1", "FirstName": "Ann", "LastName": "Old", "Email": "ann@x.example", "Password": "secret",
    "Status": "DRIVING", "Locked": false, "SMS": "+49 9",
    "Phones": [{"PhoneNum": "+49 1", "PhoneType": "Mobile", "Carrier": "T"}, {"PhoneNum": "+49 2", "PhoneType": "Office"}],
    "Extensions": {"Site": "Köln", "Badge": "0042"},
    "LastLogon": "2026-11-21T10:31:00Z", "Shift": {"hours": 7.50, "days": [1, 2.0, 12345678901234567890]}
}, {"UserID": "T-2", "LastName": "Untouched", "Password": "secret"}]"#;

const EXPORT: &str = "UserID,LastName,Phones.Mobile,Extensions.Site,Activated\n\
                      T-1,New,+49 3,Bonn,true\nT-2,Untouched,,,true\n";

#[test]
fn nothing_that_the_export_does_not_mention_is_lost() {
    for omitted in ["cleared", "kept"] {
        let world = World::new();
        let seed = world.file("seed.json", RICH);
        let sandbox = Sandbox::start(&["--limits", "off", "--seed", &seed]);
        sandbox.faults(&json!({"switches": {"omitted": omitted}}));
        let mut expected = sandbox.users();
        let export = world.file("people.csv", EXPORT);
        let run = world.json(&sandbox, &["sync", &export]).exits(0);
        assert_eq!((run.figure("updated"), run.figure("unchanged")), (1, 1));

        let user = expected.get_mut("T-1").unwrap();
        user["LastName"] = json!("New");
        user["Phones"][0]["PhoneNum"] = json!("+49 3");
        user["Extensions"]["Site"] = json!("Bonn");
        assert_eq!(sandbox.users(), expected, "omitted: {omitted}");
        let text = expected["T-1"].to_string();
        assert!(
            text.contains(r#"{"hours":7.50,"days":[1,2.0,12345678901234567890]}"#),
            "{text}"
        );
        assert_eq!(sandbox.get("/sandbox/mails"), json!([]));
        for user in ["T-1", "T-2"] {
            assert_eq!(log_on(&sandbox, user), 200, "{user}'s password stays");
        }
    }
}

#[test]
fn what_arrives_is_the_whole_user_without_password_and_without_mails() {
    let world = World::new();
    let seed = world.file("seed.json", RICH);
    let sandbox = Sandbox::start(&["--limits", "off", "--seed", &seed]);
    let recorder = Recorder::before(&sandbox);
    let export = world.file("people.csv", format!("{EXPORT}T-3,Fresh,,,\n"));
    world.run_at(&recorder.url(), &["sync", &export]).exits(0);
    let mut sent: Vec<Json> = recorder.bulk_calls().into_iter().flatten().collect();
    sent.sort_by_key(|user| user["UserID"].to_string());
    let [updated, created] = &sent[..] else {
        panic!("one updated, one created: {sent:?}");
    };
    for user in [updated, created] {
        assert!(user.get("Password").is_none(), "{user}");
        assert_eq!(user["ResetPassword"], false, "{user}");
        assert_eq!(user["Deleted"], false, "{user}");
    }
    let mut whole = sandbox.users()["T-1"].clone();
    for object in [&mut whole, &mut updated.clone()] {
        object.as_object_mut().unwrap().remove("Password");
    }
    for (name, value) in whole.as_object().unwrap() {
        assert_eq!(&updated[name], value, "{name} was sent back");
    }
    let mut keys: Vec<&String> = created.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["Deleted", "LastName", "ResetPassword", "UserID"]);
}

#[test]
fn a_password_reset_that_a_get_shows_is_not_asked_for_again() {
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.put_users(&json!([{"UserID": "T-1", "LastName": "Old"}]));
    let mut user = sandbox.users()["T-1"].clone();
    user["ResetPassword"] = json!(true);
    user["Password"] = json!("hash");
    sandbox.faults(&json!({"faults": [{"route": "user_get", "times": 1, "do": {"answer": {"status": 200, "body": user}}}]}));
    let recorder = Recorder::before(&sandbox);
    let export = world.file("people.csv", "UserID,LastName\nT-1,New\n");
    world.run_at(&recorder.url(), &["sync", &export]).exits(0);
    let calls = recorder.bulk_calls();
    let sent = &calls[0][0];
    assert_eq!(
        (&sent["ResetPassword"], &sent["LastName"]),
        (&json!(false), &json!("New"))
    );
    assert!(sent.get("Password").is_none(), "{sent}");
    assert_eq!(sandbox.get("/sandbox/mails"), json!([]));
}

#[test]
fn clears_are_asked_for_and_blanks_change_nothing() {
    let world = World::new();
    let seed = world.file("seed.json", RICH);
    let sandbox = Sandbox::start(&["--limits", "off", "--seed", &seed]);
    let export = world.file("people.csv", "id,mail,office,badge\nT-1,,,\n");
    let keep = world.file(
        "keep.toml",
        "[map]\nUserID = \"id\"\nEmail = \"mail\"\n\"Phones.Office\" = \"office\"\n\"Extensions.Badge\" = \"badge\"\n",
    );
    let kept = world
        .json(&sandbox, &["sync", &export, "--config", &keep])
        .exits(0);
    assert_eq!(kept.figure("unchanged"), 1);
    let clear = world.file(
        "clear.toml",
        "[map]\nUserID = \"id\"\nEmail = { column = \"mail\", blank = \"clear\" }\n\
         \"Phones.Office\" = { column = \"office\", blank = \"clear\" }\n\
         \"Extensions.Badge\" = { column = \"badge\", blank = \"clear\" }\n",
    );
    let cleared = world
        .json(&sandbox, &["sync", &export, "--config", &clear])
        .exits(0);
    assert_eq!(cleared.figure("updated"), 1);
    let user = &sandbox.users()["T-1"];
    assert_eq!(user["Email"], "");
    assert_eq!(
        user["Phones"],
        json!([{"PhoneNum": "+49 1", "PhoneType": "Mobile", "Carrier": "T"}])
    );
    assert_eq!(
        (&user["Extensions"]["Badge"], &user["Extensions"]["Site"]),
        (&json!(""), &json!("Köln"))
    );
    let again = world
        .json(&sandbox, &["sync", &export, "--config", &clear])
        .exits(0);
    assert_eq!(again.figure("unchanged"), 1);
}

#[test]
fn the_tenants_spelling_of_an_id_is_written() {
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.put_users(&json!([{"UserID": "t-é1", "LastName": "Old"}]));
    // The same id in capitals, and with the accent as a character of its own.
    let export = world.file("people.csv", "UserID,LastName\nT-E\u{301}1,New\n");
    let run = world.json(&sandbox, &["sync", &export]).exits(0);
    assert_eq!((run.figure("created"), run.figure("updated")), (0, 1));
    let users = sandbox.users();
    assert_eq!(users.len(), 1);
    assert_eq!(users["t-é1"]["LastName"], "New");
}

#[test]
fn ids_that_look_like_paths_stay_ids() {
    let world = World::new();
    let sandbox = world.sandbox();
    let ids = ["a/b", "a?b#c", "%2e%2e", "a b", "ü", "a\\b", "a&b=c"];
    let rows: String = ids.iter().map(|id| format!("{id},x\n")).collect();
    let export = world.file("people.csv", format!("UserID,LastName\n{rows}"));
    let first = world.json(&sandbox, &["sync", &export]).exits(0);
    assert_eq!(first.figure("created"), ids.len() as u64);
    let export = world.file(
        "people.csv",
        format!("UserID,LastName\n{}", rows.replace(",x", ",y")),
    );
    let second = world.json(&sandbox, &["sync", &export]).exits(0);
    assert_eq!(second.figure("updated"), ids.len() as u64);
    let users = sandbox.users();
    assert_eq!(users.len(), ids.len());
    assert!(
        ids.iter().all(|id| users[*id]["LastName"] == "y"),
        "{users:?}"
    );
}

fn log_on(sandbox: &Sandbox, user: &str) -> u16 {
    let body = json!({"username": user, "password": "secret"}).to_string();
    http(sandbox.host(), "POST", "/createjwt", &body).0
}
