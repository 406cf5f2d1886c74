//! `explain`: one user's way through the nights.

#[path = "explain/from.rs"]
mod from;

use serde_json::json;

use crate::support::World;

#[test]
fn each_night_tells_what_was_planned_sent_said_and_how_it_ended() {
    let world = World::new();
    let sandbox = world.sandbox();
    let night = |rows: &str| {
        let export = world.file("people.csv", format!("UserID,LastName,Email\n{rows}"));
        world.json(&sandbox, &["sync", &export])
    };
    night("Ann,Lee,a@x.example\nbob,Bo,b@x.example\n").exits(0);
    night("ann,Lee,new@x.example\nbob,Bo,b@x.example\n").exits(0);
    night("ann,Lee,no address\nbob,Bo,b@x.example\n").exits(0);
    night("bob,Bo,b@x.example\n").exits(0);
    world
        .run_on(&sandbox, &["user", "delete", "Ann", "--yes"])
        .exits(0);
    sandbox.faults(
        &json!({"faults": [{"route": "bulk", "do": {"reject": {"users": ["zed"], "property": "Email"}}}]}),
    );
    night("bob,Bo,b@x.example\nzed,Zed,z@x.example\n").exits(3);

    let told = world.run(&["explain", "ANN", "--json"]).exits(0).document();
    assert_eq!(told["also"], json!(["Ann"]));
    assert_eq!(told["managed"][0]["source"], "default");
    let runs = told["runs"].as_array().unwrap();
    assert!(runs.len() >= 4, "{told:#}");
    let (first, second) = (&runs[runs.len() - 1], &runs[runs.len() - 2]);
    assert_eq!(first["changes"][0]["change"]["action"], "create");
    assert_eq!(first["changes"][0]["outcome"]["status"], "applied");
    assert_eq!(first["changes"][0]["calls"][0]["http_status"], 200);
    assert_eq!(
        second["changes"][0]["change"]["fields"][0]["field"],
        "Email"
    );
    let third = &runs[runs.len() - 3];
    assert_eq!(third["problems"][0]["value"], "no address");
    let fourth = &runs[runs.len() - 4];
    assert_eq!(fourth["absent"]["user_id"], "Ann");
    assert!(
        told["calls"][0]["call"]
            .as_str()
            .unwrap()
            .contains("DELETE")
    );

    let zed = world.run(&["explain", "zed", "--json"]).exits(0).document();
    let change = &zed["runs"][0]["changes"][0];
    assert_eq!(change["outcome"]["status"], "rejected");
    assert_eq!(change["answers"][0]["code"], change["outcome"]["code"]);
    let newest = world
        .run(&["explain", "ann", "--last", "1"])
        .exits(0)
        .stdout;
    assert!(newest.contains("older runs"), "{newest}");
    let nobody = world.run(&["explain", "nobody"]).exits(0).stdout;
    assert!(nobody.contains("No source answers"), "{nobody}");
}
