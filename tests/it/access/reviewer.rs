//! A reviewer's story: a guard holds leavers in the night, a person looks at them in the morning, leaves two out and
//! approves the rest; nightly runs go on in between, and the report says who approved what.

use serde_json::{Value as Json, json};

use super::{AT_ONCE, Company, id, row, rows, texts};

const USERS: usize = 100;

/// Everybody, but these users have left, and one has moved.
fn night(left: &[usize], moved: usize) -> String {
    let rows = (1..=USERS).map(|number| {
        let row = row(number);
        match number {
            _ if left.contains(&number) => row.replace("true", "false"),
            _ if number == moved => row.replace("@x.", "@new."),
            _ => row,
        }
    });
    format!("UserID,Email,Activated\n{}", rows.collect::<String>())
}

#[test]
fn what_the_night_held_is_looked_at_and_approved_in_the_morning() {
    let company = Company::new(USERS, AT_ONCE);
    company.sync("first.csv", &rows(1..=USERS)).exits(0);

    // The night: eight leave at once, three are allowed. The rest of the export goes.
    let leavers = [11, 12, 13, 14, 15, 16, 17, 18];
    let held = company.sync("night-1.csv", &night(&leavers, 1)).exits(4);
    assert_eq!((held.figure("updated"), held.figure("held")), (1, 8));
    assert!(held.stderr.contains("--approved-by"), "{}", held.stderr);
    let plan = held.document()["plan"].as_str().unwrap().to_owned();

    // The reviewer pages through: one line for each change, readable without us.
    let file = company.world.path(&format!(".crewsync/plans/{plan}.jsonl"));
    let text = std::fs::read_to_string(file).unwrap();
    let lines: Vec<Json> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of_leavers = lines
        .iter()
        .filter(|line| line["change"]["held"] == "max_deprovisions");
    assert_eq!(of_leavers.count(), 8, "{text}");

    // Another night goes by, with a plan of its own; and somebody corrects a name by hand.
    company.sync("night-2.csv", &night(&leavers, 2)).exits(4);
    let mut user = company.sandbox.users()[&id(13)].clone();
    user["LastName"] = json!("Somebody Else");
    company.sandbox.put_users(&json!([user]));

    // Two of them have not left after all.
    let approve = [
        "apply",
        &plan,
        "--exclude",
        "p-011,p-012",
        "--approved-by",
        "Grace Hopper",
    ];
    let done = company.run(&approve).exits(3);
    let document = done.document();
    let outcomes = document["outcomes"].as_array().unwrap();
    let with = |status: &str, reason: &str| -> Vec<String> {
        let of_reason = outcomes
            .iter()
            .filter(|outcome| outcome["status"] == status && outcome["reason"] == reason);
        texts(&json!(of_reason.cloned().collect::<Vec<Json>>()), "user_id")
    };
    assert_eq!(with("skipped", "excluded"), ["p-011", "p-012"]);
    assert_eq!(with("held", "drift"), ["p-013"]);
    assert_eq!(done.figure("deactivated"), 5);
    assert_eq!(company.off(), [14, 15, 16, 17, 18].map(id));

    // Who approved what stands in the report, now and later.
    assert_eq!(document["review"]["approval"]["by"], "Grace Hopper");
    let told = company.world.run(&["report"]).exits(0);
    for word in [
        "Approved by Grace Hopper at 20",
        "Left out: 2 users: p-011, p-012",
    ] {
        assert!(told.stdout.contains(word), "{}", told.stdout);
    }
    company.run(&approve).exits(6);

    // Those who were approved do not use up what may go without a person.
    let last = company
        .sync("night-3.csv", &night(&[12, 14, 15, 16, 17, 18], 3))
        .exits(0);
    assert_eq!(last.figure("deactivated"), 1);
}
