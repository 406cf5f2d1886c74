//! A state directory to test on, and values to put into its store.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;

use crate::model::{
    Absence, AbsenceState, Action, AnswerNote, Change, Detail, Effect, Field, FieldChange, Hold,
    Outcome, Place, Plan, PlanSummary, Problem, RowCounts, RunSummary, Status, User, Value,
};
use crate::store::*;

pub struct World {
    pub lock: RunLock,
    _temp: TempDir,
}

impl World {
    pub fn new() -> World {
        let temp = TempDir::new().unwrap();
        let dir = StateDir::open(&temp.path().join("state")).unwrap();
        World {
            lock: dir.lock("test").unwrap(),
            _temp: temp,
        }
    }

    pub fn open(&self) -> Store {
        Store::open(&self.lock, &acme()).unwrap()
    }

    pub fn state(&self) -> &Path {
        self.lock.dir().path()
    }

    pub fn file(&self) -> PathBuf {
        self.state().join("state.db")
    }

    pub fn change(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.file()).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    #[cfg(unix)]
    pub fn modes(&self) -> String {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let mut files: Vec<String> = fs::read_dir(self.state())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| format!("{} {:o}", entry.file_name().display(), mode(&entry.path())))
            .collect();
        files.sort();
        files.push(format!(". {:o}", mode(self.state())));
        files.join(", ")
    }
}

pub fn acme() -> TenantIdentity {
    tenant("Acme", "https://a.example", None)
}

pub fn tenant(name: &str, base_url: &str, customer: Option<&str>) -> TenantIdentity {
    TenantIdentity {
        name: name.to_owned(),
        base_url: base_url.to_owned(),
        customer: customer.map(str::to_owned),
    }
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub fn plan() -> Plan {
    let email = FieldChange {
        field: Field::named("Email").unwrap(),
        from: None,
        to: Value::text("é@example.com"),
    };
    let change = |record: u64, action, held| Change {
        action,
        effect: Effect::None,
        user_id: format!("T-{record}").into(),
        place: Some(Place {
            line: record + 1,
            record,
        }),
        fields: vec![email.clone()],
        held,
        seen: None,
        mail: None,
    };
    let changes = vec![
        change(1, Action::Create, None),
        change(2, Action::Update, None),
        change(3, Action::Update, Some(Hold::Twins)),
    ];
    let rows = RowCounts {
        rows: 4,
        unchanged: 1,
        ..RowCounts::default()
    };
    Plan {
        id: "p1".to_owned(),
        summary: PlanSummary {
            estimated_seconds: 31.5,
            ..PlanSummary::fold(rows, &changes)
        },
        absence: Absence::new(AbsenceState::Baseline, "first run".to_owned()),
        guards: vec![],
        changes,
        problems: vec![
            Problem::warning("unknown_column", "no such property")
                .file(&"a.csv".into())
                .line(1),
        ],
        review: None,
    }
}

pub fn attempt<'a>(operations: &'a [(u32, Option<&'a User>)], at: Timestamp) -> Attempt<'a> {
    Attempt {
        run: "r1",
        endpoint_class: "bulk",
        operations,
        body_hash: [7; 32],
        at,
    }
}

pub fn settlement(at: Timestamp) -> Settlement<'static> {
    Settlement {
        verdict: "applied",
        http_status: Some(200),
        outcomes: &[],
        rest: Rest::NotExecuted,
        notes: &[],
        at,
    }
}

pub fn outcome(seq: usize, status: Status) -> Outcome {
    let change = &plan().changes[seq];
    Outcome {
        user_id: change.user_id.clone(),
        line: change.line(),
        action: change.action,
        status,
        reason: Some("refused_alone".to_owned()),
        code: Some(400),
        message: None,
        data_path: Some("/Users/0".to_owned()),
    }
}

pub fn note(attempt: i64) -> AnswerNote {
    let detail = Detail {
        code: 400,
        message: "bad".to_owned(),
        params: serde_json::from_str(r#"{"value": 1.50, "id": 12345678901234567890}"#).unwrap(),
        data_path: None,
    };
    AnswerNote {
        attempt,
        status: 400,
        detail,
        user_id: Some("T-2".into()),
        line: Some(3),
    }
}

pub fn end(store: &mut Store, how: RunEnd, exit_code: u8) {
    let error = json!({"message": "m"});
    let end = EndOfRun {
        problems: &[],
        how,
        exit_code,
        resumable: how != RunEnd::Completed,
        summary: &RunSummary {
            created: 4,
            ..RunSummary::default()
        },
        error: Some(&error),
        at: at(9),
    };
    store.end_run("r1", &end).unwrap();
}
