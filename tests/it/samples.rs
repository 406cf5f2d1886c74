//! The samples are what their README says.

use std::path::{Path, PathBuf};

use crewsync::config::{self, Overrides};
use crewsync::input::{Export, ReadOptions};
use crewsync::model::{Field, Property, UserKey};

#[test]
fn the_clean_samples_are_read_without_a_word() {
    for (name, rows) in [
        ("people.csv", 202),
        ("people.json", 202),
        ("hr-export.csv", 42),
    ] {
        let read = read(name);
        assert_eq!(
            (read.rows, read.refused, read.problems),
            (rows, 0, 0),
            "{name}"
        );
        assert_eq!(read.ids.len(), rows, "{name}: every user once");
    }
    assert_eq!(read("people.csv").ids, read("people.json").ids);
}

#[test]
fn the_dirty_sample_is_dirty_but_most_of_it_is_readable() {
    let read = read("people-dirty.csv");
    assert_eq!((read.rows, read.refused, read.blank_lines), (204, 2, 4));
    assert!(
        read.ids.len() < read.rows,
        "it holds twins and rows without UserID"
    );
}

#[test]
fn the_tenant_lacks_some_people_and_has_others() {
    let (people, tenant) = (read("people.csv").ids, read("current.json").ids);
    let missing =
        |of: &[UserKey], from: &[UserKey]| of.iter().filter(|id| !from.contains(id)).count();
    assert_eq!(
        (missing(&people, &tenant), missing(&tenant, &people)),
        (9, 11)
    );
}

#[test]
fn the_sample_settings_can_be_used_with_and_without_the_profile() {
    for profile in [None, Some("training")] {
        let options = Overrides {
            config: Some(sample("crewsync.toml")),
            profile: profile.map(str::to_owned),
            ..Overrides::default()
        };
        let settings = config::load(&options, &|_| None).expect("the sample settings hold");
        let map = settings.map.expect("it has a mapping");
        assert!(
            map.fields
                .iter()
                .any(|(field, _)| *field == Field::Property(Property::Activated))
        );
        assert_eq!(settings.delivery.limits.is_off(), profile.is_some());
    }
}

/// What reading a sample gives.
#[derive(Default)]
struct Reading {
    rows: usize,
    refused: usize,
    problems: usize,
    blank_lines: u64,
    /// Sorted, each once, blank ones left out.
    ids: Vec<UserKey>,
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name)
}

fn read(name: &str) -> Reading {
    let mut export = Export::open(&sample(name), &ReadOptions::default()).expect(name);
    let mut batches = export.batches().expect(name);
    let mut reading = Reading::default();
    for batch in batches.by_ref() {
        let batch = batch.expect(name);
        reading.rows += batch.len();
        reading.refused += batch.refused.len();
        reading.problems += batch.problems.len();
        let is_id = |name: &str| name == "UserID" || name == "Employee No";
        let column = batch
            .columns
            .names
            .iter()
            .position(|name| is_id(name))
            .expect("a key");
        let ids = batch.rows().filter_map(|row| match row.cell(column) {
            crewsync::model::RawValue::Text(text) => Some(text.trim().to_owned()),
            crewsync::model::RawValue::Json(json) => json.as_str().map(str::to_owned),
            crewsync::model::RawValue::Missing => None,
        });
        reading
            .ids
            .extend(ids.filter(|id| !id.is_empty()).map(|id| UserKey::of(&id)));
    }
    reading.blank_lines = batches.blank_lines();
    reading.ids.sort();
    reading.ids.dedup();
    reading
}
