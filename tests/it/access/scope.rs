//! Of which rows the tool speaks, and which of several rows of one person stands.

use serde_json::json;

use super::{AT_ONCE, Company, texts};

const HEAD: &str = "UserID,Email,country,state\n";

fn export(rows: &str) -> String {
    format!("{HEAD}{rows}")
}

fn company(settings: &str) -> Company {
    Company::new(0, &format!("{AT_ONCE}{settings}"))
}

#[test]
fn rows_out_of_scope_are_counted_and_their_users_stay_as_they_are() {
    let company = company("[scope]\ninclude = \"country in ['US', 'CA']\"\n");
    let rows = "ann,ann@x.example,US,\nbob,bob@x.example,CA,\ncid,cid@x.example,DE,\n,no-id@x.example,DE,\n";
    let first = company.sync("a.csv", &export(rows)).exits(0);
    assert_eq!(
        (first.figure("created"), first.figure("out_of_scope")),
        (2, 2)
    );
    let problems = first.document()["problems"].clone();
    assert!(
        !texts(&problems, "column").contains(&"country".to_owned()),
        "{problems}"
    );

    // Bob moves out of scope: he is not touched, and he is not absent.
    let moved = export("ann,ann@x.example,US,\nbob,new@x.example,DE,\n");
    let next = company.sync("b.csv", &moved).exits(0);
    assert_eq!(
        (next.figure("unchanged"), next.figure("out_of_scope")),
        (1, 1)
    );
    assert_eq!(
        (next.figure("absent_deprovision"), company.off()),
        (0, vec![])
    );
    assert_eq!(company.sandbox.users()["bob"]["Email"], "bob@x.example");
}

#[test]
fn a_filter_that_matches_nobody_refuses_the_run() {
    let company = company("[scope]\ninclude = \"row['country'] == 'us'\"\n");
    let refused = company
        .sync("a.csv", &export("ann,ann@x.example,US,\n"))
        .exits(4);
    let guards = refused.document()["guards"].clone();
    assert_eq!(guards[0]["verdict"], "refused");
    assert_eq!(guards[0]["figure"], "0 of 1 rows, 1 out of scope");
}

#[test]
fn a_question_that_has_no_answer_refuses_its_row() {
    let company = company("[scope]\ninclude = \"country\"\n");
    let done = company
        .sync(
            "a.csv",
            &export("ann,ann@x.example,yes,\nbob,bob@x.example,US,\n"),
        )
        .exits(3);
    assert_eq!((done.figure("created"), done.figure("rejected")), (1, 1));
    let problems = done.document()["problems"].clone();
    let mut errors = problems.as_array().unwrap().iter();
    let problem = errors
        .find(|problem| problem["severity"] == "error")
        .unwrap();
    assert_eq!(
        (&problem["code"], &problem["line"]),
        (&json!("no_answer"), &json!(3))
    );
    assert!(
        problem["message"]
            .as_str()
            .unwrap()
            .starts_with("[scope] include: "),
        "{problem}"
    );
}

#[test]
fn of_two_rows_of_one_person_the_preferred_one_stands() {
    let company = company("[duplicates]\nprefer = [\"state == 'Active'\", \"country == 'US'\"]\n");
    let rows = "ann,old@x.example,US,Left\nann,ann@x.example,US,Active\n\
        bob,bob@x.example,US,Active\nbob,old@x.example,DE,Active\n\
        cid,one@x.example,DE,Active\ncid,two@x.example,DE,Active\n";
    let done = company.sync("a.csv", &export(rows)).exits(3);
    let figures = ["rows", "created", "duplicate", "rejected"].map(|name| done.figure(name));
    assert_eq!(figures, [6, 2, 2, 2]);
    let users = company.sandbox.users();
    assert_eq!(users["ann"]["Email"], "ann@x.example");
    assert_eq!(users["bob"]["Email"], "bob@x.example");
    let lines: Vec<u64> = done.document()["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [2, 5, 6, 7]);
}

#[test]
fn a_question_that_cannot_be_asked_is_a_mistake() {
    for (settings, named) in [
        ("[scope]\ninclude = \"country in [\"\n", "[scope] include"),
        ("[duplicates]\nprefer = [\"true\"]\n", "[duplicates] prefer"),
        ("[scope]\ninclude = \"contry == 'US'\"\n", "contry"),
    ] {
        let refused = company(settings).plan("a.csv", &export("ann,ann@x.example,US,\n"));
        assert!(matches!(refused.code, 1 | 2), "{}", refused.stderr);
        assert!(refused.stderr.contains(named), "{}", refused.stderr);
    }
}
