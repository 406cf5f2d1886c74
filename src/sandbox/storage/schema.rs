//! The steps that made the tables, one a version of `user_version`. Append only.

pub(super) const MIGRATIONS: [&str; 2] = [
    "
    CREATE TABLE users (
        user_id  TEXT NOT NULL UNIQUE,
        folded   TEXT NOT NULL,      -- the id, case and Unicode form aside
        location TEXT,               -- the storage location he holds, if any
        password TEXT,               -- a hash
        object   TEXT NOT NULL       -- the whole User object as JSON
    );
    CREATE INDEX users_folded ON users (folded);
    CREATE INDEX users_location ON users (location) WHERE location IS NOT NULL;
    CREATE TABLE mails (seq INTEGER PRIMARY KEY AUTOINCREMENT, user_id TEXT NOT NULL, kind TEXT NOT NULL);
",
    "
    CREATE TABLE entities (
        user_id TEXT PRIMARY KEY,
        object  TEXT NOT NULL        -- the whole User Entity object as JSON
    );
    CREATE TABLE memberships (
        seq     INTEGER PRIMARY KEY AUTOINCREMENT,
        kind    TEXT NOT NULL,       -- role or team
        group_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        UNIQUE (kind, group_id, user_id)
    );
    CREATE INDEX memberships_of_user ON memberships (user_id, kind);
",
];
