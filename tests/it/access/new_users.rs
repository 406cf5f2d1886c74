//! How new users come to be: what they must state, what they are given, how they get in, and who is mailed.

use serde_json::{Value as Json, json};

use super::{Company, texts};

/// Two new users, the second of them without a mail address.
const NEW: &str = "UserID,Email,FirstName\nann,ann@x.example,Ann\nbob,,Bob\n";
/// Both with one.
const BOTH: &str = "UserID,Email,FirstName\nann,ann@x.example,Ann\nbob,bob@x.example,Bob\n";

fn company(create: &str) -> Company {
    Company::new(0, &format!("[create]\n{create}\n"))
}

fn mails(company: &Company) -> Vec<(String, String)> {
    let mails = company.sandbox.get("/sandbox/mails");
    texts(&mails, "user_id")
        .into_iter()
        .zip(texts(&mails, "kind"))
        .collect()
}

fn user(company: &Company, user_id: &str) -> Option<Json> {
    company.sandbox.users().remove(user_id)
}

fn held(done: &crate::support::Done) -> Vec<(String, String)> {
    let outcomes = done.document()["outcomes"].clone();
    let all = texts(&outcomes, "user_id")
        .into_iter()
        .zip(texts(&outcomes, "reason"));
    let statuses = texts(&outcomes, "status");
    all.zip(statuses)
        .filter(|(_, status)| status == "held")
        .map(|(one, _)| one)
        .collect()
}

#[test]
fn who_does_not_state_what_every_new_user_must_is_held() {
    let company = company("require = [\"Email\", \"FirstName\"]");
    let done = company.sync("a.csv", NEW).exits(3);
    assert_eq!(held(&done), [("bob".to_owned(), "incomplete".to_owned())]);
    assert_eq!(done.figure("created"), 1);
    let problems = done.document()["problems"].clone();
    let message = "the new user bob does not state Email, which every new user must";
    assert_eq!(
        (&problems[0]["message"], &problems[0]["line"]),
        (&json!(message), &json!(3))
    );
    // Who is there already need not state it.
    let still = company
        .sync(
            "b.csv",
            "UserID,Email,FirstName\nann,,Anna\ncid,cid@x.example,Cid\n",
        )
        .exits(0);
    assert_eq!(still.figure("updated"), 1);
}

#[test]
fn a_new_user_is_given_what_his_row_does_not_state() {
    let company = company(
        "[create.defaults]\nLanguageCode = \"EN\"\nFirstName = \"?\"\nIsMobileWorker = true\n\"Extensions.Grade\" = 7",
    );
    company.sync("a.csv", NEW).exits(0);
    let ann = user(&company, "ann").unwrap();
    assert_eq!(
        (&ann["FirstName"], &ann["LanguageCode"]),
        (&json!("Ann"), &json!("EN"))
    );
    assert_eq!(
        (&ann["IsMobileWorker"], &ann["Extensions"]["Grade"]),
        (&json!(true), &json!("7"))
    );
    company.sync("a.csv", NEW).exits(0);
}

#[test]
fn nobody_is_mailed_unless_it_is_allowed() {
    let company = company("credentials = \"mail-password\"");
    let done = company.sync("a.csv", BOTH).exits(4);
    let both = ["ann", "bob"].map(|id| (id.to_owned(), "max_mails".to_owned()));
    assert_eq!(held(&done), both);
    assert_eq!((mails(&company), user(&company, "ann")), (vec![], None));

    let plan = done.document()["plan"].as_str().unwrap().to_owned();
    let approved = company
        .run(&["apply", &plan, "--approved-by", "Ada"])
        .exits(0);
    assert_eq!(approved.figure("created"), 2);
    assert_eq!(mails(&company).len(), 2);
}

#[test]
fn a_password_is_mailed_with_the_call_that_creates_the_user() {
    let company = company("credentials = \"mail-password\"\nmax_mails = 2");
    let plan = company.plan("a.csv", BOTH).exits(0);
    assert_eq!(plan.figure("mails"), 2);
    assert_eq!(
        texts(&plan.document()["changes"], "mail"),
        ["password", "password"]
    );
    company.sync("a.csv", BOTH).exits(0);
    let mailed: Vec<String> = mails(&company)
        .into_iter()
        .map(|(user_id, _)| user_id)
        .collect();
    assert_eq!(mailed, ["ann", "bob"]);
    assert_eq!(company.sandbox.bulk_calls().len(), 1);
    company.sync("a.csv", BOTH).exits(0);
    assert_eq!(mails(&company).len(), 2);
}

#[test]
fn a_link_is_mailed_once_the_user_is_there() {
    let company = company("credentials = \"mail-link\"\nmax_mails = 9");
    let plan = company
        .world
        .run_at(
            company.sandbox.url(),
            &["plan", &company.world.file("a.csv", BOTH)],
        )
        .exits(0);
    assert!(
        plan.stdout.contains("+ create ann (line 2), mails a link"),
        "{}",
        plan.stdout
    );
    assert!(
        plan.stdout.contains("1 call and 2 mails"),
        "{}",
        plan.stdout
    );
    let done = company.sync("a.csv", BOTH).exits(0);
    assert_eq!(done.figure("created"), 2);
    let mailed = mails(&company);
    assert_eq!(
        mailed
            .iter()
            .map(|(user_id, _)| user_id.as_str())
            .collect::<Vec<_>>(),
        ["ann", "bob"]
    );
    company.sync("a.csv", BOTH).exits(0);
    assert_eq!(mails(&company).len(), 2);
    // Without an address there is no way in.
    let more = format!("{BOTH}cid,,Cid\n");
    let done = company.sync("b.csv", &more).exits(3);
    assert_eq!(held(&done), [("cid".to_owned(), "incomplete".to_owned())]);
}

#[test]
fn a_link_that_may_have_been_mailed_is_not_mailed_again() {
    let company = company("credentials = \"mail-link\"\nmax_mails = 9");
    let lost = json!({"faults": [{"route": "send_reset_email", "from": 1, "times": 1, "do": {"reset": "after"}}]});
    company.sandbox.faults(&lost);
    let done = company.sync("a.csv", BOTH).exits(3);
    let problems = done.document()["problems"].clone();
    assert_eq!(texts(&problems, "code"), ["link_unconfirmed"]);
    assert_eq!(
        (&problems[0]["user_id"], &problems[0]["line"]),
        (&json!("ann"), &json!(2))
    );
    assert_eq!(mails(&company).len(), 2);
    company.sync("a.csv", BOTH).exits(0);
    assert_eq!(mails(&company).len(), 2);
}

#[test]
fn links_that_could_not_be_mailed_are_mailed_by_resume() {
    let company = company("credentials = \"mail-link\"\nmax_mails = 9");
    let refused = json!({"faults": [{"route": "send_reset_email", "from": 2, "times": 1, "do": {"answer": {"status": 401}}}]});
    company.sandbox.faults(&refused);
    let stopped = company.sync("a.csv", BOTH).exits(1);
    assert_eq!(stopped.document()["resumable"], true);
    assert_eq!(mails(&company).len(), 1);
    let resumed = company.run(&["resume"]).exits(0);
    assert_eq!(resumed.figure("created"), 2);
    let mailed = mails(&company);
    assert_eq!(
        mailed
            .iter()
            .map(|(user_id, _)| user_id.as_str())
            .collect::<Vec<_>>(),
        ["ann", "bob"]
    );
}

#[test]
fn links_that_a_superseded_run_owes_are_mailed_by_the_next() {
    let company = company("credentials = \"mail-link\"\nmax_mails = 9");
    let refused = json!({"faults": [{"route": "send_reset_email", "from": 2, "times": 2, "do": {"answer": {"status": 401}}}]});
    company.sandbox.faults(&refused);
    company.sync("a.csv", BOTH).exits(1);
    // The next night stops at the same place, and the one after it comes through.
    let more = format!("{BOTH}cid,cid@x.example,Cid\n");
    company.sync("b.csv", &more).exits(1);
    company
        .sync("c.csv", &more.replace("Cid\n", "Sid\n"))
        .exits(0);
    let mailed: Vec<String> = mails(&company)
        .into_iter()
        .map(|(user_id, _)| user_id)
        .collect();
    assert_eq!(mailed, ["ann", "bob", "cid"]);
    company.sync("d.csv", &more).exits(0);
    assert_eq!(mails(&company).len(), 3);
}

#[test]
fn what_cannot_be_asked_of_a_new_user_is_a_mistake() {
    for (create, named) in [
        ("require = [\"Emial\"]", "Emial"),
        ("require = [\"UserID\"]", "UserID"),
        ("credentials = \"carrier-pigeon\"", "carrier-pigeon"),
        ("[create.defaults]\nActivated = \"perhaps\"", "Activated"),
        ("[create.defaults]\nPassword = \"x\"", "Password"),
        ("[create.defaults]\nEmail = \" \"", "Email"),
    ] {
        let refused = company(create).plan("a.csv", BOTH).exits(2);
        assert!(refused.stderr.contains(named), "{}", refused.stderr);
    }
}
