//! The schema. Append-only: a migration that was released never changes; the next one comes after it.

use rusqlite::{Connection, TransactionBehavior};

use super::error::Fault;

/// Marks the file as a store of crewsync ("crew" in ASCII), so that no other database is taken for one.
pub(super) const APPLICATION_ID: i64 = 0x6372_6577;

/// Version n is the state after the first n of them (`PRAGMA user_version`).
const MIGRATIONS: &[&str] = &[
    FIRST,
    AMENDMENTS_AND_FORMS,
    SAVED_PLANS,
    CALLS_BY_HAND,
    HABITS,
    MANAGED_USERS,
    KNOWN_USERS,
    RUN_PROBLEMS,
    SWITCHED_OFF,
    QUARANTINE,
];

/// The newest schema version that this program knows.
pub(super) fn latest() -> i64 {
    MIGRATIONS.len() as i64
}

/// Brings a store of an older version to a newer one, each step in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection, from: i64, to: i64) -> Result<(), Fault> {
    for version in from..to {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(MIGRATIONS[version as usize])?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Runs and their journal, the limiter's memory, the properties that users were seen with.
///
/// Every table ends with `sum`, a checksum over all other columns of its row (see `rows.rs`).
/// Times are RFC 3339 in UTC; JSON is text, so that numbers keep their digits.
const FIRST: &str = "
CREATE TABLE tenant (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    name     TEXT NOT NULL,
    base_url TEXT NOT NULL,
    customer TEXT,
    sum      BLOB NOT NULL
) STRICT;

CREATE TABLE runs (
    run        TEXT PRIMARY KEY,
    plan_id    TEXT NOT NULL,
    source     TEXT NOT NULL,
    plan       TEXT NOT NULL, -- JSON of the plan without its changes, which are the operations
    started_at TEXT NOT NULL,
    sum        BLOB NOT NULL
) STRICT;

CREATE TABLE run_ends (       -- a run that is resumed ends once more
    run       TEXT NOT NULL REFERENCES runs,
    number    INTEGER NOT NULL,
    how       TEXT NOT NULL,
    exit_code INTEGER NOT NULL,
    resumable INTEGER NOT NULL,
    summary   TEXT NOT NULL,
    error     TEXT,
    ended_at  TEXT NOT NULL,
    sum       BLOB NOT NULL,
    PRIMARY KEY (run, number)
) STRICT;

CREATE TABLE operations (     -- one for each change of the plan; those held by the plan are not sendable
    run      TEXT NOT NULL REFERENCES runs,
    seq      INTEGER NOT NULL,
    user_id  TEXT NOT NULL,
    sendable INTEGER NOT NULL,
    change   TEXT NOT NULL,
    sum      BLOB NOT NULL,
    PRIMARY KEY (run, seq)
) STRICT;
CREATE INDEX operations_of_user ON operations (user_id);

CREATE TABLE attempts (
    attempt        INTEGER PRIMARY KEY,
    run            TEXT NOT NULL REFERENCES runs,
    endpoint_class TEXT NOT NULL,
    body_hash      BLOB NOT NULL,
    opened_at      TEXT NOT NULL,
    sum            BLOB NOT NULL
) STRICT;

CREATE TABLE attempt_operations (
    attempt  INTEGER NOT NULL REFERENCES attempts,
    position INTEGER NOT NULL, -- place of the user in the body, from 0
    run      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    before   TEXT,             -- JSON of the user as the tenant had him when the body was made
    sum      BLOB NOT NULL,
    PRIMARY KEY (attempt, position),
    UNIQUE (attempt, seq),
    FOREIGN KEY (run, seq) REFERENCES operations
) STRICT;
CREATE INDEX attempts_of_operation ON attempt_operations (run, seq);

CREATE TABLE settlements (
    attempt     INTEGER PRIMARY KEY REFERENCES attempts,
    verdict     TEXT NOT NULL,
    http_status INTEGER,
    rest        TEXT NOT NULL, -- what is known of its operations that have no outcome yet
    settled_at  TEXT NOT NULL,
    sum         BLOB NOT NULL
) STRICT;

CREATE TABLE outcomes (
    run         TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    status      TEXT NOT NULL,
    reason      TEXT,
    code        INTEGER,
    message     TEXT,
    data_path   TEXT,
    recorded_at TEXT NOT NULL,
    sum         BLOB NOT NULL,
    PRIMARY KEY (run, seq),
    FOREIGN KEY (run, seq) REFERENCES operations
) STRICT;

CREATE TABLE answer_notes (
    attempt   INTEGER NOT NULL REFERENCES attempts,
    position  INTEGER NOT NULL,
    status    INTEGER NOT NULL,
    code      INTEGER NOT NULL,
    message   TEXT NOT NULL,
    params    TEXT NOT NULL,
    data_path TEXT,
    user_id   TEXT,
    line      INTEGER,
    sum       BLOB NOT NULL,
    PRIMARY KEY (attempt, position)
) STRICT;

CREATE TABLE limiter (
    endpoint_class TEXT PRIMARY KEY,
    last_sent      TEXT,
    not_before     TEXT,
    sum            BLOB NOT NULL
) STRICT;

CREATE TABLE property_sets (  -- most users of a tenant share a few of them
    set_id INTEGER PRIMARY KEY,
    names  TEXT NOT NULL UNIQUE,
    sum    BLOB NOT NULL
) STRICT;

CREATE TABLE properties_seen (
    user_id TEXT PRIMARY KEY,
    set_id  INTEGER NOT NULL REFERENCES property_sets,
    sum     BLOB NOT NULL
) STRICT;
";

/// Ends that were corrected after reading the users again; values that the tenant stores in a form of its own.
const AMENDMENTS_AND_FORMS: &str = "
CREATE TABLE amendments (
    run        TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    status     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    amended_at TEXT NOT NULL,
    sum        BLOB NOT NULL,
    PRIMARY KEY (run, seq),
    FOREIGN KEY (run, seq) REFERENCES outcomes
) STRICT;

CREATE TABLE equal_forms (
    field   TEXT NOT NULL,
    sent    TEXT NOT NULL,
    stored  TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    sum     BLOB NOT NULL,
    PRIMARY KEY (field, sent, stored)
) STRICT;
";

/// Runs that carry out a saved plan, and approvals of what its guards held or refused. A saving is named by the
/// checksum of the plan's file.
const SAVED_PLANS: &str = "
CREATE TABLE plan_uses (
    run    TEXT PRIMARY KEY REFERENCES runs,
    saving TEXT NOT NULL,
    sum    BLOB NOT NULL
) STRICT;
CREATE INDEX uses_of_saving ON plan_uses (saving);

CREATE TABLE approvals (
    saving      TEXT PRIMARY KEY, -- approved once, never twice
    plan_id     TEXT NOT NULL,
    run         TEXT NOT NULL REFERENCES runs,
    approved_by TEXT NOT NULL,
    approved_at TEXT NOT NULL,
    sum         BLOB NOT NULL
) STRICT;
";

/// Calls that a person made by hand, and what came of each.
const CALLS_BY_HAND: &str = "
CREATE TABLE calls (
    number         INTEGER PRIMARY KEY,
    endpoint_class TEXT NOT NULL,
    method         TEXT NOT NULL,
    path           TEXT NOT NULL,
    body_hash      BLOB,          -- NULL without a body, and where it holds a password
    user_ids       TEXT NOT NULL, -- JSON list
    reason         TEXT,
    before         TEXT,          -- JSON of the user as the tenant had him, where he was read
    opened_at      TEXT NOT NULL,
    sum            BLOB NOT NULL
) STRICT;

CREATE TABLE call_ends (          -- a call without one: the process ended before its answer
    number      INTEGER PRIMARY KEY REFERENCES calls,
    verdict     TEXT NOT NULL,
    http_status INTEGER,
    message     TEXT,
    ended_at    TEXT NOT NULL,
    sum         BLOB NOT NULL
) STRICT;
";

/// What a probe found out about the tenant.
const HABITS: &str = "
CREATE TABLE habits (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    answers   TEXT NOT NULL, -- JSON
    probed_at TEXT NOT NULL,
    sum       BLOB NOT NULL
) STRICT;
";

/// Who is managed by which source, what good runs have seen, and which sources are paused.
const MANAGED_USERS: &str = "
CREATE TABLE managed (
    source       TEXT NOT NULL,
    key          TEXT NOT NULL, -- the UserID with case and Unicode form aside
    user_id      TEXT NOT NULL,
    since        TEXT NOT NULL,
    absent_since TEXT,          -- set while the good runs of the source no longer list the user
    last_seen    TEXT,          -- the last good run before that
    sum          BLOB NOT NULL,
    PRIMARY KEY (source, key)
) STRICT;

CREATE TABLE run_bases (        -- what a run teaches once it ends well; gone with its end
    run   TEXT PRIMARY KEY REFERENCES runs,
    basis TEXT NOT NULL,
    sum   BLOB NOT NULL
) STRICT;

CREATE TABLE good_runs (
    run     TEXT PRIMARY KEY REFERENCES runs,
    source  TEXT NOT NULL,
    at      TEXT NOT NULL,
    input   TEXT NOT NULL,
    judged  INTEGER NOT NULL,
    managed INTEGER NOT NULL,
    figures TEXT NOT NULL,
    sum     BLOB NOT NULL
) STRICT;

CREATE TABLE pauses (
    source    TEXT PRIMARY KEY,
    reason    TEXT NOT NULL,
    paused_at TEXT NOT NULL,
    sum       BLOB NOT NULL
) STRICT;
";

/// The last known state of every user of the tenant, and the list that it comes from.
const KNOWN_USERS: &str = "
CREATE TABLE users (
    key         TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    fingerprint BLOB,          -- of the user as the list last showed him
    object      TEXT NOT NULL, -- JSON of the whole user, without his password
    source      TEXT NOT NULL, -- live, written or snapshot
    seen_at     TEXT NOT NULL,
    gone_at     TEXT,          -- since when the tenant lacks him
    sum         BLOB NOT NULL,
    PRIMARY KEY (key, user_id)
) STRICT;

CREATE TABLE listing (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    finished_at TEXT,          -- of the last list that was read to its end
    users       INTEGER NOT NULL,
    properties  TEXT NOT NULL, -- JSON of the names that any list has shown
    sum         BLOB NOT NULL
) STRICT;
";

/// Problems that were met while a run was carried out, so that its report can be told again.
const RUN_PROBLEMS: &str = "
CREATE TABLE run_problems (
    run     TEXT NOT NULL REFERENCES runs,
    number  INTEGER NOT NULL,
    problem TEXT NOT NULL, -- JSON
    sum     BLOB NOT NULL,
    PRIMARY KEY (run, number)
) STRICT;
";

/// Whom runs switched off, or created so, and have not switched on since.
const SWITCHED_OFF: &str = "
CREATE TABLE switched_off (
    key    TEXT PRIMARY KEY, -- the UserID with case and Unicode form aside
    access TEXT NOT NULL,    -- JSON of the flags as they were left
    at     TEXT NOT NULL,
    sum    BLOB NOT NULL
) STRICT;
";

/// Changes that the tenant refused in a call of their own.
const QUARANTINE: &str = "
CREATE TABLE quarantine (
    source   TEXT NOT NULL,
    key      TEXT NOT NULL, -- the UserID with case and Unicode form aside
    print    BLOB NOT NULL, -- of the change
    said     TEXT NOT NULL, -- the tenant's words
    since    TEXT NOT NULL,
    tried_at TEXT NOT NULL,
    sum      BLOB NOT NULL,
    PRIMARY KEY (source, key)
) STRICT;
";
