//! A hundred thousand people are created in an empty tenant, and one in a hundred changes: afterwards the tenant
//! is, object by object and property by property, what this file works out on its own.

use std::collections::BTreeMap;

use memchr::memmem;
use serde_json::{Value as Json, json};

use super::support::{Recorder, Sandbox, World, http};

const PEOPLE: usize = 100_000;
/// So many come with the second export.
const NEW: usize = 100;

#[test]
fn a_hundred_thousand_are_created_and_a_hundredth_changes() {
    let world = World::new();
    let sandbox = world.sandbox();
    let recorder = Recorder::before(&sandbox);
    let sync = |options: &[&str]| {
        let sync = [&["sync", "--json"], options].concat();
        world.run_at(&recorder.url(), &sync).exits(0)
    };
    // Whoever is known to be alone with an empty tenant need not ask it for everybody before and after.
    let migration = world.file(
        "migration.toml",
        "[create]\nconfirm_absent = \"trust\"\n[delivery]\nverify = \"none\"\n",
    );
    let first = world.file("first.csv", export((0..PEOPLE).map(row_before)));
    let created = sync(&[&first, "--config", &migration]);
    assert_eq!(created.figure("created"), PEOPLE as u64);
    let mut expected: Vec<Json> = (0..PEOPLE).map(|n| object(&row_before(n))).collect();
    assert_same(&sandbox, &expected, "created");

    let by_hand: Vec<Json> = (0..PEOPLE)
        .filter(|n| changes(*n) || changes(n + 1))
        .map(|n| {
            touch(n, &mut expected[n]);
            let mut sent = expected[n].clone();
            sent["Password"] = json!(format!("secret {n}"));
            sent
        })
        .collect();
    by_hand
        .chunks(500)
        .for_each(|users| sandbox.put_users(&json!(users)));

    // A tenant that forgets whatever is not sent back.
    sandbox.faults(&json!({"switches": {"omitted": "cleared"}}));
    let second = world.file("second.csv", export((0..PEOPLE + NEW).map(row_after)));
    let changed = sync(&[&second]);
    let figures = ["updated", "deactivated", "created", "unchanged"];
    let figures = figures.map(|figure| changed.figure(figure));
    let is_leaver = |n: &usize| row_before(*n).active && !row_after(*n).active;
    let (hundredth, leavers) = (PEOPLE / 100, (0..PEOPLE).filter(is_leaver).count());
    let wanted = [hundredth - leavers, leavers, NEW, PEOPLE - hundredth];
    assert_eq!(figures, wanted.map(|figure| figure as u64));
    for n in (0..PEOPLE).filter(|n| changes(*n)) {
        let row = row_after(n);
        expected[n]["Email"] = json!(row.mail);
        expected[n]["LastName"] = json!(row.last_name);
        expected[n]["Phones"][0]["PhoneNum"] = json!(row.mobile);
        expected[n]["Activated"] = json!(row.active);
    }
    expected.extend((PEOPLE..PEOPLE + NEW).map(|n| object(&row_after(n))));
    assert_same(&sandbox, &expected, "changed");
    assert_eq!(sandbox.get("/sandbox/mails"), json!([]));
    for n in (0..PEOPLE).filter(|n| changes(*n)).step_by(37) {
        let logon = json!({"username": user_id(n), "password": format!("secret {n}")});
        let (status, _) = http(sandbox.host(), "POST", "/createjwt", &logon.to_string());
        assert_eq!(status == 200, row_after(n).active, "{n}'s password stays");
    }
    let sent = recorder.bytes();
    let holds = |word: &str| memmem::find(&sent, word.as_bytes()).is_some();
    assert!(holds("\"ResetPassword\":false"), "nothing was recorded");
    assert!(!holds("\"Password\""), "no password was written");
}

/// The tenant holds exactly these users.
#[track_caller]
fn assert_same(sandbox: &Sandbox, expected: &[Json], what: &str) {
    let found = sandbox.users();
    assert_eq!(found.len(), expected.len(), "{what}");
    let expected: BTreeMap<&str, &Json> = expected
        .iter()
        .map(|user| (user["UserID"].as_str().expect("an id"), user))
        .collect();
    for ((id, user), (expected_id, expected)) in found.iter().zip(&expected) {
        assert_eq!((&**id, user), (*expected_id, *expected), "{what}");
    }
}

/// What the export says of one person.
struct Row {
    user_id: String,
    first_name: String,
    last_name: String,
    mail: String,
    team: String,
    mobile: String,
    badge: String,
    active: bool,
}

fn user_id(n: usize) -> String {
    format!("T-{n:06}")
}

fn row_before(n: usize) -> Row {
    Row {
        user_id: user_id(n),
        first_name: format!("Zoë {n}"),
        last_name: format!("O'Neil, {n}"),
        mail: format!("person{n}@example.com"),
        team: format!("TEAM-{}", n % 40),
        mobile: format!("+49 {n}"),
        badge: format!("B{n}"),
        active: !n.is_multiple_of(7),
    }
}

/// One in a hundred.
fn changes(n: usize) -> bool {
    n % 100 == 14
}

fn row_after(n: usize) -> Row {
    let mut row = row_before(n);
    if changes(n) && n < PEOPLE {
        // A few leave; of the others one property changes, in turn.
        match n / 100 {
            hundred if hundred < 58 && row.active => row.active = false,
            hundred if hundred % 3 == 0 => row.mail = format!("new{n}@example.com"),
            hundred if hundred % 3 == 1 => row.last_name = format!("\"Ó\" {n}"),
            _ => row.mobile = format!("+44 {n}"),
        }
    }
    row
}

fn export(rows: impl Iterator<Item = Row>) -> String {
    let mut text =
        "UserID,FirstName,LastName,Email,ServiceTeamID,Phones.Mobile,Extensions.Badge,Activated\n"
            .to_owned();
    for row in rows {
        let last_name = row.last_name.replace('"', "\"\"");
        let cells = [
            row.user_id,
            row.first_name,
            format!("\"{last_name}\""),
            row.mail,
            row.team,
            row.mobile,
            row.badge,
            row.active.to_string(),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// The whole object of a user who was created from that row, every property of the vendor's page.
fn object(row: &Row) -> Json {
    json!({
        "Activated": row.active,
        "AuthenticationID": row.user_id,
        "Deleted": false,
        "DGroupID": "",
        "Email": row.mail,
        "EnableMobileDiagnostics": false,
        "Extensions": {"Badge": row.badge},
        "FaceTime": "",
        "FirstName": row.first_name,
        "IsMobileWorker": false,
        "LanguageCode": "",
        "LastName": row.last_name,
        "Locked": false,
        "Password": "",
        "Phones": [{"PhoneNum": row.mobile, "PhoneType": "Mobile"}],
        "ResetPassword": false,
        "ServiceTeamID": row.team,
        "SMS": "",
        "Status": "",
        "StorageLocationID": "",
        "UserID": row.user_id,
    })
}

/// What others have entered since: nothing that the export mentions.
fn touch(n: usize, user: &mut Json) {
    user["FaceTime"] = json!(format!("face{n}@example.com"));
    user["Status"] = json!("ON-SITE");
    user["IsMobileWorker"] = json!(true);
    user["Phones"][0]["Carrier"] = json!("by hand");
    let office = json!({"PhoneNum": format!("+1 {n}"), "PhoneType": "Office"});
    user["Phones"].as_array_mut().expect("phones").push(office);
    user["Extensions"]["Site"] = json!("Köln");
    user["Grade"] = json!(n);
    user["Shift"] = json!({"days": [1, 2.0, null], "note": "vendor's own"});
}
