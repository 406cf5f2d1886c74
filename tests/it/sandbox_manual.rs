//! Every `curl` line of docs/sandbox.md, sent over a raw socket in the order of the page: a manual that lies is
//! found here.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::{Sandbox, sample};

const MANUAL: &str = include_str!("../../docs/sandbox.md");

/// A command line as the shell would read it: blanks part words, single quotes hold them together, a backslash
/// before a line break joins lines.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.replace("\\\n", " ").split('\'').enumerate() {
        match index % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// The `curl` lines of a page's shell blocks.
fn curl_lines(page: &str) -> Vec<Vec<String>> {
    let blocks = page.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap_or_default());
    let joined = blocks.map(|block| block.replace("\\\n", " "));
    let lines: Vec<String> = joined
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let is_curl = |words: &Vec<String>| words.first().is_some_and(|word| word == "curl");
    lines
        .iter()
        .map(|line| words(line))
        .filter(is_curl)
        .collect()
}

/// What `curl` would send, and the status that comes back.
fn send(host: &str, words: &[String]) -> (String, u16) {
    let (mut method, mut body, mut url, mut headers) = (None, None, None, Vec::new());
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-s" => {}
            "-X" => method = rest.next().cloned(),
            "-d" => body = rest.next().cloned(),
            "-H" => headers.extend(rest.next().cloned()),
            address => url = Some(address.to_owned()),
        }
    }
    let url = url.expect("an address");
    let path = url
        .strip_prefix("http://127.0.0.1:8700")
        .unwrap_or_else(|| panic!("{url} is not the sandbox of the page"));
    let method = method.unwrap_or(if body.is_some() { "POST" } else { "GET" }.to_owned());
    let body = body.unwrap_or_default();
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).expect("the sandbox listens");
    stream.write_all(request.as_bytes()).expect("it leaves");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
    (format!("{method} {path}"), status.expect("a status"))
}

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

#[test]
fn every_curl_line_of_the_manual_works_and_they_cover_the_whole_api() {
    let sandbox = Sandbox::start(&["--limits", "off", "--seed", &sample("current.json")]);
    let mut seen = BTreeSet::new();
    for words in curl_lines(MANUAL) {
        let (target, status) = send(sandbox.host(), &words);
        assert_eq!(status, 200, "{target}");
        seen.insert(endpoint(&target));
    }
    for endpoint in ENDPOINTS {
        assert!(seen.contains(endpoint), "no example of {endpoint}");
    }
}
