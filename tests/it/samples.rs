//! The samples are what their README says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crewsync::config::{self, Overrides, Settings};
use crewsync::input::{Export, ReadOptions};
use crewsync::mapping::{Mapping, MappingSpec};
use crewsync::model::{Problem, RowBatch, RowCounts, UserKey};
use crewsync::validate::{Checked, Expected, Roster, RosterTerms, validate};

#[test]
fn the_clean_samples_have_no_problem() {
    let spec = settings(None).map;
    for (name, spec, rows) in [
        ("people.csv", None, 202),
        ("people.json", None, 202),
        ("people.xlsx", None, 202),
        ("hr-export.csv", spec, 42),
    ] {
        let judged = judge(name, spec);
        assert_eq!(judged.codes, BTreeSet::new(), "{name}");
        assert_eq!(judged.counts(), (rows, 0, 0), "{name}");
    }
}

#[test]
fn csv_and_json_say_the_same_of_the_same_people() {
    let keys = |name| judge(name, None).keys();
    assert_eq!(keys("people.csv"), keys("people.json"));
    assert_eq!(keys("people.csv"), keys("people.xlsx"));
}

#[test]
fn the_dirty_sample_holds_all_the_usual_dirt_and_stays_below_the_limit() {
    let judged = judge("people-dirty.csv", None);
    for code in [
        "control_character",
        "duplicate_row",
        "duplicate_user_id",
        "invalid_boolean",
        "invalid_email",
        "invisible_character",
        "no_user_id",
        "ragged_row",
        "stray_quote",
        "unknown_column",
        "user_id_twins",
    ] {
        assert!(judged.codes.contains(code), "{code} in {:?}", judged.codes);
    }
    let (rows, rejected, duplicates) = judged.counts();
    assert_eq!((rows, rejected, duplicates), (206, 11, 2));
    assert!(rejected * 10 < rows, "more than 10 % refuses a run");
}

#[test]
fn the_tenant_lacks_some_people_and_has_others() {
    let people = judge("people.csv", None).keys();
    let tenant = tenant_keys();
    let missing = people.difference(&tenant).count();
    let extra = tenant.difference(&people).count();
    assert_eq!((missing, extra), (9, 11));
}

#[test]
fn the_sample_settings_can_be_used_with_and_without_the_profile() {
    assert!(!settings(None).delivery.limits.is_off());
    assert!(settings(Some("training")).delivery.limits.is_off());
}

/// What reading, mapping and validation make of a sample.
struct Judged {
    expected: Expected,
    codes: BTreeSet<String>,
}

impl Judged {
    /// Rows, rejected ones, duplicates.
    fn counts(&self) -> (u64, u64, u64) {
        let RowCounts {
            rows,
            rejected,
            duplicate,
            ..
        } = self.expected.counts();
        (rows, rejected, duplicate)
    }

    fn keys(&self) -> BTreeSet<UserKey> {
        self.expected.iter().map(|one| one.key()).collect()
    }
}

fn judge(name: &str, spec: Option<MappingSpec>) -> Judged {
    let mut export = Export::open(&sample(name), &ReadOptions::default()).expect(name);
    let file = export.name().clone();
    let mut mapping = Mapping::new(spec);
    let mut roster = Roster::new(file.clone(), RosterTerms::default());
    let mut problems: Vec<Problem> = Vec::new();
    for batch in export.batches().expect(name) {
        let batch: RowBatch = batch.expect(name);
        problems.extend(mapping.bind(&batch, &file).expect(name));
        let mut refusals = batch.refused.clone();
        for row in batch.rows() {
            let (draft, met) = mapping.apply(&row);
            match validate(draft, met, &file) {
                Checked::Accepted(record, met) => {
                    roster.add(&record, 0);
                    problems.extend(met);
                }
                Checked::Refused(refusal) => refusals.push(refusal),
            }
        }
        for refusal in refusals {
            roster.refuse(&refusal);
            problems.extend(refusal.problems);
        }
    }
    let (expected, met) = roster.settle();
    problems.extend(met);
    let codes = problems.into_iter().map(|problem| problem.code).collect();
    Judged { expected, codes }
}

fn tenant_keys() -> BTreeSet<UserKey> {
    let text = std::fs::read_to_string(sample("current.json")).expect("the sample is readable");
    let tenant: serde_json::Value = serde_json::from_str(&text).expect("the sample is JSON");
    let users = tenant["Users"].as_array().expect("it lists users");
    let id =
        |user: &serde_json::Value| UserKey::of(user["UserID"].as_str().expect("each has an id"));
    users.iter().map(id).collect()
}

fn settings(profile: Option<&str>) -> Settings {
    let options = Overrides {
        config: Some(sample("crewsync.toml")),
        profile: profile.map(str::to_owned),
        ..Overrides::default()
    };
    config::load(&options, &|_| None).expect("the sample settings hold")
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name)
}
