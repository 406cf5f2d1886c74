//! For tests: a server that answers with raw bytes, and breaks off as no well-behaved server would.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::api::{BaseUrl, ClientOptions, Credentials};

/// What the server does with a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Writes these bytes and reads the next request.
    Write(Vec<u8>),
    /// Writes these bytes and closes.
    WriteAndClose(Vec<u8>),
    /// Writes these bytes and then no more, with the connection open.
    WriteAndHang(Vec<u8>),
    /// Writes the head, then one byte of body every few milliseconds for ever.
    Trickle,
    /// Sends RST.
    Reset,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    /// `GET /path?query`
    pub(crate) target: String,
    /// Lower case, one header a line.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// Listens on a port of its own until the test's runtime ends.
pub(crate) struct RawServer {
    address: SocketAddr,
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    connections: usize,
    requests: Vec<Seen>,
}

type Script = dyn Fn(&Seen, usize) -> Act + Send + Sync;

#[derive(Clone)]
enum Behaviour {
    /// To each request, given how many came before it.
    Answer(Arc<Script>),
    /// To each connection, before anything is read from it: these bytes, or RST if there are none.
    Greet(&'static [u8]),
}

impl RawServer {
    /// Answers each request as `act` says, given the request and how many came before it.
    pub(crate) async fn start(
        act: impl Fn(&Seen, usize) -> Act + Send + Sync + 'static,
    ) -> RawServer {
        RawServer::listen(Behaviour::Answer(Arc::new(act))).await
    }

    /// Resets every connection before reading from it.
    pub(crate) async fn resetting() -> RawServer {
        RawServer::listen(Behaviour::Greet(b"")).await
    }

    /// Writes these bytes on every connection before reading from it.
    pub(crate) async fn greeting(bytes: &'static [u8]) -> RawServer {
        RawServer::listen(Behaviour::Greet(bytes)).await
    }

    async fn listen(behaviour: Behaviour) -> RawServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = log.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, behaviour.clone(), shared.clone()));
            }
        });
        RawServer { address, log }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Options with a fixed token and timeouts that no test should meet by accident.
    pub(crate) fn options(&self) -> ClientOptions {
        let base_url: BaseUrl = self.url().parse().unwrap();
        ClientOptions::new(base_url, Credentials::Token("the-token".into()))
    }

    pub(crate) fn connections(&self) -> usize {
        self.log.lock().unwrap().connections
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.log.lock().unwrap().requests.clone()
    }

    pub(crate) fn targets(&self) -> Vec<String> {
        self.requests()
            .into_iter()
            .map(|seen| seen.target)
            .collect()
    }
}

/// A whole answer with Content-Length; `head` is the status and further headers, e.g. `"200 OK\r\nDate: x"`.
pub(crate) fn answer(head: &str, body: &str) -> Act {
    let length = body.len();
    Act::Write(format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes())
}

/// A whole JSON answer.
pub(crate) fn json(status: u16, body: &str) -> Act {
    answer(
        &format!("{status} X\r\nContent-Type: application/json"),
        body,
    )
}

/// An address on which nobody listens.
pub(crate) async fn dead_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, log: Arc<Mutex<Log>>) {
    let mut buffer = Vec::new();
    let act = match behaviour {
        Behaviour::Answer(act) => act,
        Behaviour::Greet(b"") => return stream.set_zero_linger().unwrap(),
        Behaviour::Greet(bytes) => {
            drop(stream.write_all(bytes).await);
            // Held open until the client has gone.
            return drop(stream.read_to_end(&mut buffer).await);
        }
    };
    while let Some(seen) = read_request(&mut stream, &mut buffer).await {
        let before = {
            let mut log = log.lock().unwrap();
            log.requests.push(seen.clone());
            log.requests.len() - 1
        };
        match act(&seen, before) {
            Act::Write(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Act::WriteAndClose(bytes) => return drop(stream.write_all(&bytes).await),
            Act::WriteAndHang(bytes) => {
                drop(stream.write_all(&bytes).await);
                std::future::pending::<()>().await;
            }
            Act::Trickle => return trickle(stream).await,
            Act::Reset => return stream.set_zero_linger().unwrap(),
        }
    }
}

async fn trickle(mut stream: TcpStream) {
    let mut bytes: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    let mut pause = tokio::time::interval(Duration::from_millis(5));
    while stream.write_all(bytes).await.is_ok() {
        bytes = b" ";
        pause.tick().await;
    }
}

/// Reads a head and the body that its Content-Length announces; `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        read_more(stream, buffer).await?;
    };
    let head = String::from_utf8(buffer.drain(..head_end).collect()).unwrap();
    let (line, headers) = head.split_once("\r\n").unwrap();
    let headers = headers.to_lowercase();
    let length = headers
        .lines()
        .find_map(|header| header.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    while buffer.len() < length {
        read_more(stream, buffer).await?;
    }
    Some(Seen {
        at: Instant::now(),
        target: line.trim_end_matches(" HTTP/1.1").to_owned(),
        head: headers,
        body: buffer.drain(..length).collect(),
    })
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    match stream.read_buf(buffer).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(()),
    }
}
