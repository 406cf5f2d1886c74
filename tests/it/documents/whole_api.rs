//! docs/sandbox.md shows a call of every endpoint.

use std::collections::BTreeSet;

use super::curl::Curl;
use super::markdown::{blocks, words};
use super::text_of;

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
