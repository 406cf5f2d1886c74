//! A tenant made of bytes: answers that a well-behaved server cannot give, and its own ledger of what it committed.
//!
//! Written on std's sockets and without a line of the program, so that client and server cannot share a mistake.
//! It knows the bulk call, the query and `GET User`, keeps objects as they are sent (a bulk row replaces the
//! whole object), and asks a hook what to do with each bulk call. The hook runs on the connection's own thread
//! and may block: the call then hangs at exactly that point.

mod exchange;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

pub use exchange::Dialect;

/// What to do with one bulk call.
pub struct Act {
    commits: bool,
    alter: Option<fn(&mut Json)>,
    /// What is stored in place of what was sent.
    stores: Option<Vec<Json>>,
    then: Then,
    afterwards: Option<Box<dyn FnOnce() + Send>>,
}

/// What the client sees of it.
enum Then {
    Confirm,
    Write(Vec<u8>),
    Reset,
    Close,
    Hang,
    Call(Box<dyn FnOnce() + Send>),
}

impl Act {
    /// Carried out, and answered with a clean 200.
    pub fn confirm() -> Act {
        Act::of(true, Then::Confirm)
    }

    /// These bytes are the whole answer, and the connection is closed. See [`Dialect::write`].
    pub fn answer(commits: bool, bytes: Vec<u8>) -> Act {
        Act::of(commits, Then::Write(bytes))
    }

    /// RST instead of an answer.
    pub fn reset(commits: bool) -> Act {
        Act::of(commits, Then::Reset)
    }

    /// FIN instead of an answer.
    pub fn close(commits: bool) -> Act {
        Act::of(commits, Then::Close)
    }

    /// No answer, and the connection stays open until the client leaves.
    pub fn hang(commits: bool) -> Act {
        Act::of(commits, Then::Hang)
    }

    /// After the commit (if any) this is called, for instance to kill the client; then the connection is reset.
    pub fn call(commits: bool, what: impl FnOnce() + Send + 'static) -> Act {
        Act::of(commits, Then::Call(Box::new(what)))
    }

    /// The same, but each object is stored as this makes it.
    pub fn altering(mut self, alter: fn(&mut Json)) -> Act {
        self.alter = Some(alter);
        self
    }

    /// Stores these objects in place of those that were sent.
    pub fn storing(mut self, users: Vec<Json>) -> Act {
        self.stores = Some(users);
        self
    }

    /// After the answer this is called.
    pub fn afterwards(mut self, what: impl FnOnce() + Send + 'static) -> Act {
        self.afterwards = Some(Box::new(what));
        self
    }

    fn of(commits: bool, then: Then) -> Act {
        Act {
            commits,
            alter: None,
            stores: None,
            then,
            afterwards: None,
        }
    }
}

/// A bulk call, as the hook sees it before anything is done.
pub struct BulkCall {
    /// Which one it is, from 1.
    pub number: usize,
    /// The objects that it sends, in order.
    pub users: Vec<Json>,
}

/// One row that was carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The number of the bulk call.
    pub call: usize,
    pub user_id: String,
    /// The object before; `None` if there was no such user.
    pub before: Option<Json>,
    /// The object afterwards; `None` if he was deleted.
    pub after: Option<Json>,
}

impl Entry {
    /// Whether the tenant was another one afterwards. A resend of the same object changes nothing.
    pub fn changed_something(&self) -> bool {
        self.before != self.after
    }
}

/// One request, noted when it had arrived whole.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Since the server was started.
    pub at: Duration,
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// The UserIDs of a bulk call, in order.
    pub users: Vec<String>,
}

impl Arrival {
    pub fn is_bulk(&self) -> bool {
        self.path.ends_with("/bulk/Users")
    }
}

type Hook = dyn Fn(&BulkCall) -> Act + Send + Sync;
/// Sees a read before it is answered, and may block.
type ReadHook = dyn Fn(&Arrival) + Send + Sync;

/// The running server; it ends with the test.
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// What all connections share.
struct Shared {
    on_bulk: Box<Hook>,
    on_read: Box<ReadHook>,
    dialect: Dialect,
    started: Instant,
    ends: AtomicBool,
    /// Open ones.
    connections: AtomicUsize,
    tenant: Mutex<Tenant>,
}

#[derive(Default)]
struct Tenant {
    users: BTreeMap<String, Json>,
    ledger: Vec<Entry>,
    mails: Vec<String>,
    arrivals: Vec<Arrival>,
    bulk_calls: usize,
}

impl FaultServer {
    /// Starts with those users; `on_bulk` says what to do with each bulk call.
    pub fn start(
        users: &[Json],
        on_bulk: impl Fn(&BulkCall) -> Act + Send + Sync + 'static,
    ) -> FaultServer {
        FaultServer::speaking(Dialect::Plain, users, on_bulk)
    }

    /// The same, and `on_read` sees each read before it is answered.
    pub fn watched(
        users: &[Json],
        on_bulk: impl Fn(&BulkCall) -> Act + Send + Sync + 'static,
        on_read: impl Fn(&Arrival) + Send + Sync + 'static,
    ) -> FaultServer {
        FaultServer::with(Dialect::Plain, users, Box::new(on_bulk), Box::new(on_read))
    }

    /// The same; all answers that no [`Act`] spells out are written by `dialect`.
    pub fn speaking(
        dialect: Dialect,
        users: &[Json],
        on_bulk: impl Fn(&BulkCall) -> Act + Send + Sync + 'static,
    ) -> FaultServer {
        FaultServer::with(dialect, users, Box::new(on_bulk), Box::new(|_| {}))
    }

    fn with(
        dialect: Dialect,
        users: &[Json],
        on_bulk: Box<Hook>,
        on_read: Box<ReadHook>,
    ) -> FaultServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port to listen on");
        let users = users.iter().map(|user| (id_of(user), user.clone()));
        let tenant = Tenant {
            users: users.collect(),
            ..Tenant::default()
        };
        let shared = Arc::new(Shared {
            on_bulk,
            on_read,
            dialect,
            started: Instant::now(),
            ends: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            tenant: Mutex::new(tenant),
        });
        let address = listener.local_addr().expect("its own address");
        let acceptor = {
            let shared = shared.clone();
            std::thread::spawn(move || accept(&listener, &shared))
        };
        FaultServer {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its users by UserID.
    pub fn users(&self) -> BTreeMap<String, Json> {
        self.shared.tenant().users.clone()
    }

    /// Every row that was carried out, in order.
    pub fn ledger(&self) -> Vec<Entry> {
        self.shared.tenant().ledger.clone()
    }

    /// Who was mailed a new password, once for each mail.
    pub fn mails(&self) -> Vec<String> {
        self.shared.tenant().mails.clone()
    }

    /// Every request, in order of arrival.
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.shared.tenant().arrivals.clone()
    }

    /// The bulk calls among them.
    pub fn bulk_calls(&self) -> Vec<Arrival> {
        let mut arrivals = self.arrivals();
        arrivals.retain(Arrival::is_bulk);
        arrivals
    }
}

impl FaultServer {
    /// Another tenant at the same address: these users, and nothing seen or done yet.
    pub fn begin_again(&self, users: BTreeMap<String, Json>) {
        *self.shared.tenant() = Tenant {
            users,
            ..Tenant::default()
        };
    }

    /// Returns when all that has been sent has been carried out, after its sender is gone.
    pub fn wait_until_idle(&self) {
        // Whoever came before this one has been let in before it.
        let mut last = TcpStream::connect(self.address).expect("the server listens");
        let _ = last.shutdown(std::net::Shutdown::Write);
        let _ = std::io::Read::read_to_end(&mut last, &mut Vec::new());
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.shared.connections.load(Ordering::Acquire) > 0 {
            assert!(Instant::now() < deadline, "somebody is still connected");
            std::thread::yield_now();
        }
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Release);
        // Wakes the acceptor, which then sees that it ends.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn tenant(&self) -> MutexGuard<'_, Tenant> {
        // A hook that panics fails its own test; the others' state is whole.
        self.tenant
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Tenant {
    /// Carries out all rows, in order.
    fn commit(&mut self, call: &BulkCall, alter: Option<fn(&mut Json)>, stores: Option<&[Json]>) {
        for user in stores.unwrap_or(&call.users) {
            let user_id = id_of(user);
            let before = self.users.remove(&user_id);
            if user["ResetPassword"] == true {
                self.mails.push(user_id.clone());
            }
            let mut after = (user["Deleted"] != true).then(|| stored(user));
            if let (Some(after), Some(alter)) = (&mut after, alter) {
                alter(after);
            }
            if let Some(after) = &after {
                self.users.insert(user_id.clone(), after.clone());
            }
            self.ledger.push(Entry {
                call: call.number,
                user_id,
                before,
                after,
            });
        }
    }
}

/// One open connection, also if its thread panics.
struct Open<'a>(&'a AtomicUsize);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Whole, but for what the vendor never gives out.
fn stored(user: &Json) -> Json {
    let mut user = user.clone();
    if let Some(object) = user.as_object_mut() {
        object.shift_remove("Password");
        object.shift_remove("ResetPassword");
    }
    user
}

fn id_of(user: &Json) -> String {
    user["UserID"].as_str().expect("a UserID").to_owned()
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept() {
        if shared.ends.load(Ordering::Acquire) {
            return;
        }
        shared.connections.fetch_add(1, Ordering::AcqRel);
        let shared = shared.clone();
        std::thread::spawn(move || {
            let _open = Open(&shared.connections);
            exchange::serve(stream, &shared);
        });
    }
}
