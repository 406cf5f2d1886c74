//! Fields that belong to the export, to the tenant, or to both in turn; and what people changed by hand.

use serde_json::{Value as Json, json};

use super::{Company, texts};

const FIELDS: &str = "[fields]\nEmail = \"on-create\"\nFaceTime = \"if-empty\"\nSMS = \"never\"\n\"Extensions.Site\" = \"always\"\n";

fn export(mail: &str, site: &str) -> String {
    let row = |id: &str| format!("{id},{mail},ft-{mail},{mail},{site}\n");
    let head = "UserID,Email,FaceTime,SMS,Extensions.Site\n";
    format!("{head}{}{}", row("ann"), row("bob"))
}

fn user(company: &Company, user_id: &str) -> Json {
    company
        .sandbox
        .users()
        .remove(user_id)
        .expect("he is there")
}

#[test]
fn each_field_is_written_when_its_policy_says_so() {
    let company = Company::new(0, FIELDS);
    company
        .sync("a.csv", &export("a@x.example", "Lyon"))
        .exits(0);
    let ann = user(&company, "ann");
    assert_eq!(
        (&ann["Email"], &ann["FaceTime"]),
        (&json!("a@x.example"), &json!("ft-a@x.example"))
    );
    assert_eq!(
        ann.get("SMS").and_then(Json::as_str).unwrap_or_default(),
        ""
    );

    let same = company
        .sync("b.csv", &export("b@x.example", "Lyon"))
        .exits(0);
    assert_eq!(same.figure("unchanged"), 2);

    company
        .sandbox
        .put_users(&json!([{"UserID": "ann", "Email": "by@hand.example", "FaceTime": ""}]));
    let filled = company
        .sync("c.csv", &export("c@x.example", "Lyon"))
        .exits(0);
    assert_eq!(
        (filled.figure("unchanged"), filled.figure("updated")),
        (1, 1)
    );
    let ann = user(&company, "ann");
    assert_eq!(
        (&ann["Email"], &ann["FaceTime"]),
        (&json!("by@hand.example"), &json!("ft-c@x.example"))
    );

    let moved = company
        .sync("d.csv", &export("d@x.example", "Paris"))
        .exits(0);
    assert_eq!(moved.figure("updated"), 2);
    let ann = user(&company, "ann");
    assert_eq!(
        (&ann["Email"], &ann["Extensions"]["Site"]),
        (&json!("by@hand.example"), &json!("Paris"))
    );
}

#[test]
fn an_edit_by_hand_that_would_be_written_over_is_told() {
    let company = Company::new(0, "");
    company
        .sync("a.csv", &export("a@x.example", "Lyon"))
        .exits(0);
    let plan = company
        .plan("b.csv", &export("a@x.example", "Paris"))
        .exits(0);
    assert_eq!(
        texts(&plan.document()["problems"], "code"),
        Vec::<String>::new()
    );

    let mut bob = user(&company, "bob");
    bob["Email"] = json!("by@hand.example");
    company.sandbox.put_users(&json!([bob]));
    let plan = company
        .plan("b.csv", &export("a@x.example", "Paris"))
        .exits(0);
    let problems = plan.document()["problems"].clone();
    assert_eq!(texts(&problems, "code"), ["manual_edit"], "{problems}");
    assert_eq!(
        (&problems[0]["user_id"], &problems[0]["line"]),
        (&json!("bob"), &json!(3))
    );
    let message = problems[0]["message"].as_str().unwrap();
    assert!(
        message.starts_with(
            "Email was changed in the tenant from \"a@x.example\" to \"by@hand.example\" since "
        ) && message.ends_with("; the plan writes \"a@x.example\" over it"),
        "{message}"
    );
}

#[test]
fn a_policy_of_no_field_is_a_mistake() {
    for (fields, named) in [
        ("Emial = \"always\"", "Emial"),
        ("UserID = \"never\"", "UserID"),
        ("Email = \"sometimes\"", "sometimes"),
    ] {
        let company = Company::new(1, &format!("[fields]\n{fields}\n"));
        let refused = company.plan("a.csv", &export("a", "b")).exits(2);
        assert!(refused.stderr.contains(named), "{}", refused.stderr);
    }
}
