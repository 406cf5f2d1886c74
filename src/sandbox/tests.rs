//! The sandbox by raw bytes over TCP, never through our client: a mistake of one must not hide in the other.

mod bulk;
mod connections;
mod faults;
mod limits;
mod query;
mod single;
mod state;
mod whole_api;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{FaultScript, SandboxError, SandboxOptions, run};
use crate::pacing::Limits;

const BULK: &str = "/seiapi/v3/bulk/Users";

/// A sandbox on a port of its own.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), SandboxError>>,
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// Without limits, with these users and this script.
async fn start(seed: &str, script: Json) -> Server {
    start_with(SandboxOptions {
        seed: read_seed(seed),
        limits: Limits::OFF,
        faults: FaultScript::from_json(&script.to_string()).unwrap(),
        ..SandboxOptions::default()
    })
    .await
}

/// User objects from a JSON array, or from one object a line.
fn read_seed(text: &str) -> Vec<Map<String, Json>> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<Json>();
    let mut users = Vec::new();
    for value in values {
        match value.unwrap() {
            Json::Array(list) => users.extend(list),
            user => users.push(user),
        }
    }
    let objects = users.into_iter().map(|user| user.as_object().cloned());
    objects.map(|object| object.expect("an object")).collect()
}

async fn start_with(options: SandboxOptions) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(run(listener, options, async {
        let _ = stopped.await;
    }));
    Server {
        address,
        stop,
        task,
    }
}

impl Server {
    /// One call on its own connection; the error is what the connection says.
    async fn try_call(&self, head: &str, headers: &str, body: &str) -> io::Result<Answer> {
        let mut stream = self.send(head, headers, body).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        Ok(Answer::read(&bytes))
    }

    /// Sends a call and gives the connection.
    async fn send(&self, head: &str, headers: &str, body: &str) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.address).await?;
        let length = body.len();
        let request = format!(
            "{head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await?;
        Ok(stream)
    }

    /// A call of the vendor's API as it should be made.
    async fn call(&self, head: &str, body: &str) -> Answer {
        let headers = "x-access-token: t\r\nContent-Type: application/json\r\n";
        self.try_call(head, headers, body).await.unwrap()
    }

    async fn bulk(&self, users: Json) -> Answer {
        let body = json!({"Users": users}).to_string();
        self.call(&format!("POST {BULK}"), &body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call(&format!("GET {path}"), "").await
    }

    /// The sandbox's own routes, without a token.
    async fn own(&self, path: &str) -> Json {
        let answer = self
            .try_call(&format!("GET /sandbox/{path}"), "", "")
            .await
            .unwrap();
        assert_eq!(answer.status, 200);
        answer.json()
    }

    async fn set_faults(&self, script: Json) -> Answer {
        let script = script.to_string();
        self.try_call("POST /sandbox/faults", "", &script)
            .await
            .unwrap()
    }

    /// All users, each as `id:value of the property`.
    async fn users_with(&self, property: &str) -> Vec<String> {
        let users = self.own("users").await;
        let user = |user: &Json| match &user[property] {
            Json::String(text) => format!("{}:{text}", user["UserID"].as_str().unwrap()),
            other => format!("{}:{other}", user["UserID"].as_str().unwrap()),
        };
        users["Users"]
            .as_array()
            .unwrap()
            .iter()
            .map(user)
            .collect()
    }

    async fn ids(&self) -> Vec<String> {
        let users = self.users_with("UserID").await;
        users
            .iter()
            .map(|user| user.split(':').next().unwrap().to_owned())
            .collect()
    }

    /// Statuses of the calls in the log.
    async fn statuses(&self) -> Vec<Json> {
        let requests = self.own("requests").await;
        requests
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["status"].clone())
            .collect()
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

impl Answer {
    fn read(bytes: &[u8]) -> Answer {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let (head, body) = match end {
            Some(end) => bytes.split_at(end + 4),
            None => (bytes, &[][..]),
        };
        let head = String::from_utf8(head.to_vec()).unwrap();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Answer {
            status: status.unwrap_or(0),
            head,
            body: body.to_vec(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let of_name = |line: &&str| line.split(':').next().unwrap().eq_ignore_ascii_case(name);
        let line = self.head.lines().find(of_name)?;
        Some(line.split_once(':')?.1.trim())
    }

    fn json(&self) -> Json {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    fn message(&self) -> String {
        self.json()["detail"]["message"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn data_path(&self) -> Json {
        self.json()["detail"]["dataPath"].clone()
    }
}

/// Asks again and again until it holds; a test that would wait for ever fails instead.
async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    let asking = async { while !holds().await {} };
    let asked = tokio::time::timeout(Duration::from_secs(60), asking).await;
    asked.expect("it never happened");
}

/// `n` users named `u000…`.
fn many(n: usize) -> Vec<Json> {
    (0..n)
        .map(|index| json!({"UserID": format!("u{index:04}"), "LastName": "L"}))
        .collect()
}
