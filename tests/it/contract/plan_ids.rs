//! A plan's id: the same for the same input, state and configuration, and another for any other.

use std::collections::BTreeSet;

use crate::support::World;

const EXPORT: &str = "UserID,Email,Shoe\na,a@x.example,1\nb,,2\n";
const STATE: &str = r#"[{"UserID":"a","Email":"old@x.example"},{"UserID":"b"}]"#;

#[test]
fn the_same_input_state_and_configuration_give_the_same_id() {
    let world = World::new();
    let export = world.file("one.csv", EXPORT);
    let other_name = world.file("other.csv", EXPORT);
    let state = world.file("now.json", STATE);
    let other_state = world.file("then.json", STATE);
    let ids = BTreeSet::from([
        id(&world, &[&export, "--against", &state]),
        id(&world, &[&export, "--against", &state]),
        id(&world, &["one.csv", "--against", "now.json"]),
        id(&world, &[&other_name, "--against", &other_state]),
        id(
            &world,
            &[
                &export,
                "--against",
                &state,
                "--verbose",
                "--in-flight",
                "1",
            ],
        ),
    ]);
    assert_eq!(ids.len(), 1, "{ids:?}");
}

#[test]
fn another_input_state_or_configuration_gives_another_id() {
    let world = World::new();
    let export = world.file("one.csv", EXPORT);
    let state = world.file("now.json", STATE);
    let rows = world.file("rows.csv", format!("{EXPORT}c,,3\n"));
    // The changes are the same, but what they stand on is not.
    let unread = world.file("unread.csv", EXPORT.replace("Shoe", "Hat"));
    let more_users = world.file("more.json", STATE.replace("]", r#",{"UserID":"z"}]"#));
    let unrelated = world.file(
        "unrelated.json",
        STATE.replace("\"b\"", r#""b","Status":"busy""#),
    );
    let settings = world.file("settings.toml", "[source]\nid = \"night\"\n");
    let plans: [&[&str]; 9] = [
        &[&export, "--against", &state],
        &[&rows, "--against", &state],
        &[&unread, "--against", &state],
        &[&export, "--against", &more_users],
        &[&export, "--against", &unrelated],
        &[&export, "--against", "empty"],
        &[&export, "--against", &state, "--config", &settings],
        &[&export, "--against", &state, "--chunk-users", "1"],
        &[&export, "--against", &state, "--limits", "bulk=1/60s"],
    ];
    let ids: BTreeSet<String> = plans.iter().map(|plan| id(&world, plan)).collect();
    assert_eq!(ids.len(), plans.len(), "{ids:?}");
}

#[test]
fn a_plan_for_one_tenant_is_not_that_for_another() {
    let world = World::new();
    let export = world.file("one.csv", EXPORT);
    let (one, other) = (world.sandbox(), world.sandbox());
    let id = |sandbox| {
        let plan = world.json(sandbox, &["plan", &export]).exits(0).document();
        plan["plan"].as_str().expect("an id").to_owned()
    };
    assert_eq!(id(&one), id(&one));
    assert_ne!(id(&one), id(&other));
}

#[test]
fn the_sandbox_of_a_command_is_one_tenant_whatever_its_port() {
    let world = World::new();
    let export = world.file("one.csv", EXPORT);
    let here = [&export, "--sandbox", "--limits", "off"];
    assert_eq!(id(&world, &here), id(&world, &here));
}

fn id(world: &World, arguments: &[&str]) -> String {
    let plan = world.run(&[&["plan", "--json"], arguments].concat());
    let plan = plan.exits(0).document();
    plan["plan"].as_str().expect("an id").to_owned()
}
