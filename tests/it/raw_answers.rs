//! The program against answers that the sandbox cannot give, byte by byte.

use serde_json::{Value as Json, json};

use super::support::fault_server::{Act, Dialect, FaultServer};
use super::support::{Done, World};

#[test]
fn every_way_to_write_a_right_answer_is_understood() {
    for dialect in [
        Dialect::Plain,
        Dialect::Closing,
        Dialect::Http10,
        Dialect::Chunked,
        Dialect::FollowedByJunk,
    ] {
        let world = World::new();
        let server = FaultServer::speaking(dialect, &people("old"), |_| Act::confirm());
        let file = world.file("people.csv", export("new"));
        let mut sync = world.command_on(&server.base_url(), &["sync", &file, "--json"]);
        let done = Done::of(sync.output().expect("the program runs")).exits(0);
        assert_eq!(done.figure("updated"), 7, "{dialect:?}");
        assert_eq!(
            server.bulk_calls().len(),
            2,
            "{dialect:?}: the canary and the rest"
        );
    }
}

fn people(mail: &str) -> Vec<Json> {
    (1..=7)
        .map(|n| json!({"UserID": format!("T-{n}"), "Email": format!("{mail}{n}@example.com"), "Grade": n}))
        .collect()
}

fn export(mail: &str) -> String {
    let rows = (1..=7).map(|n| format!("T-{n},{mail}{n}@example.com\n"));
    format!("UserID,Email\n{}", rows.collect::<String>())
}
