//! What the tenant has refused is not sent to it again as it is, and is listed with its age.

use serde_json::json;

use super::{Company, moved, texts};

/// Two users; the tenant takes no new mail address of the first.
fn company() -> Company {
    let company = Company::managed(2, "");
    company
        .sandbox
        .faults(&json!({"faults": [{"route": "bulk", "do": {"reject": {
        "users": ["p-001"], "property": "Email", "message": "Email is not valid"}}}]}));
    company
}

fn moved_both(stamp: usize) -> String {
    let both = moved(1..=2).replace("@new.", &format!("@new{stamp}."));
    format!("UserID,Email,Activated\n{both}")
}

#[test]
fn who_was_refused_is_not_sent_again_as_he_is() {
    let company = company();
    let refused = company.sync("a.csv", &moved_both(1)).exits(3);
    assert_eq!(
        (refused.figure("rejected"), refused.figure("updated")),
        (1, 1)
    );
    let calls = company.sandbox.bulk_calls().len();

    let again = company.sync("a.csv", &moved_both(1)).exits(3);
    assert_eq!((again.figure("held"), again.figure("unchanged")), (1, 1));
    assert_eq!(company.sandbox.bulk_calls().len(), calls);
    let document = again.document();
    assert_eq!(texts(&document["outcomes"], "reason"), ["quarantined"]);
    let told = document["problems"][0]["message"].as_str().unwrap();
    assert!(
        told.starts_with("the tenant has refused this change for 0 h, since "),
        "{told}"
    );
    assert!(told.contains(": 400 \"Email is not valid\"; "), "{told}");

    // Whoever asks for it, gets it; its age goes on.
    let forced = company
        .on("sync", "a.csv", &moved_both(1), &["--retry-quarantined"])
        .exits(3);
    assert_eq!(forced.figure("rejected"), 1);
    assert!(company.sandbox.bulk_calls().len() > calls);
}

#[test]
fn who_asks_for_something_else_is_sent_and_who_passes_is_free() {
    let company = company();
    company.sync("a.csv", &moved_both(1)).exits(3);
    // Another address is another change.
    assert_eq!(
        company
            .sync("b.csv", &moved_both(2))
            .exits(3)
            .figure("rejected"),
        1
    );
    company.sandbox.faults(&json!({"faults": []}));
    let held = company.sync("b.csv", &moved_both(2)).exits(3);
    assert_eq!(held.figure("held"), 1);
    company.sync("c.csv", &moved_both(3)).exits(0);
    company.sync("e.csv", &moved_both(4)).exits(0);
}
