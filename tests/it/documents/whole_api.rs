//! docs/sandbox.md shows a call of every endpoint.

use std::collections::BTreeSet;

use super::curl::Curl;
use super::markdown::{blocks, words};
use super::text_of;
use crate::support::World;

/// An endpoint as method and path, with a star for each id.
fn endpoint(target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let mut parts: Vec<&str> = path.split('/').collect();
    let after = ["User", "role", "user", "ServiceTeam", "Entity", "Roles"];
    for index in 1..parts.len() {
        if after.contains(&parts[index - 1]) {
            parts[index] = "*";
        }
    }
    parts.join("/")
}

/// Every endpoint of the vendor's API, as its pages write them.
const ENDPOINTS: [&str; 23] = [
    "POST /seiapi/v3/bulk/Users",
    "GET /seiapi/v3/trans/User/*",
    "PUT /seiapi/v3/trans/User/*",
    "DELETE /seiapi/v3/trans/User/*",
    "PUT /seiapi/v3/trans/User/*/SendResetPasswordEmail",
    "PUT /seiapi/v3/trans/User/*/ResetPassword",
    "PUT /seiapi/v3/trans/User/*/ChangePassword",
    "PUT /seiapi/v3/trans/User/*/ChangeStorageLocation",
    "GET /seiapi/v3/trans/User/*/roles",
    "POST /seiapi/v3/trans/User/*/roles",
    "PUT /seiapi/v3/trans/User/*/ServiceTeams",
    "GET /seiapi/v3/trans/User/*/Entity",
    "PUT /seiapi/v3/trans/User/*/Entity",
    "POST /saas/v3/Entity/*/Roles/*/delegate",
    "POST /seiapi/v3/trans/User/*/impersonate",
    "POST /createjwt",
    "GET /seiapi/v3/query/Users/",
    "GET /seiapi/v3/trans/role/*/users",
    "PUT /seiapi/v3/trans/role/*/users",
    "PUT /seiapi/v3/trans/role/*/user/*",
    "DELETE /seiapi/v3/trans/role/*/user/*",
    "GET /seiapi/v3/ServiceTeam/*/Users",
    "PUT /seiapi/v3/ServiceTeam/*/Users",
];

/// The calls that a document shows. That they work, `every_command_of_the_documents_runs` tells.
fn calls(document: &str) -> BTreeSet<String> {
    let blocks = blocks(&text_of(document));
    let lines = blocks.iter().flat_map(|block| block.commands());
    let calls = lines.filter_map(|line| {
        let words = words(&line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let call = Curl::read(words.strip_prefix(&["curl", "-s"])?);
        Some(endpoint(&format!("{} {}", call.method, call.path)))
    });
    calls.collect()
}

#[test]
fn the_manual_of_the_sandbox_shows_a_call_of_every_endpoint() {
    let shown = calls("docs/sandbox.md");
    for endpoint in ENDPOINTS {
        assert!(shown.contains(endpoint), "no example of {endpoint}");
    }
}

#[test]
fn the_readme_names_every_endpoint_with_a_command_that_there_is() {
    let readme = text_of("README.md");
    let rows: Vec<(String, &str)> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .filter(|(call, _)| call.contains(" /"))
        .map(|(call, used_by)| (endpoint(call), used_by))
        .collect();
    let world = World::new();
    for wanted in ENDPOINTS {
        let row = rows.iter().find(|(endpoint, _)| endpoint == wanted);
        let (_, used_by) = row.unwrap_or_else(|| panic!("the README has no row for {wanted}"));
        let commands: Vec<&str> = used_by.split('`').skip(1).step_by(2).collect();
        assert!(
            !commands.is_empty() || wanted == "POST /createjwt",
            "{wanted}: {used_by}"
        );
        for command in commands {
            let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
            let help = world.run(&arguments).exits(0);
            // Of a command that there is not, clap shows the help of the one above.
            let usage = format!("Usage: crewsync {command} ");
            assert!(help.stdout.contains(&usage), "{command}: {}", help.stdout);
        }
    }
    assert_eq!(
        rows.len(),
        ENDPOINTS.len(),
        "a row for each endpoint and no other"
    );
}
