//! Each guard: what is just within it goes, what is just beyond it does not, and a person can let that through once.

use serde_json::{Value as Json, json};

use super::{Company, id};
use crate::support::{Done, http};

const USERS: usize = 40;

/// An export of so many rows; in some of them one text is another.
fn export(users: usize, changed: usize, from: &str, to: &str) -> String {
    let row = |number: usize| {
        let user_id = id(number);
        let row = format!("{user_id},{user_id}@x.example,true,s\n");
        match number <= changed {
            true => row.replace(from, to),
            false => row,
        }
    };
    let rows = (1..=users).map(row);
    format!("UserID,Email,Activated,SMS\n{}", rows.collect::<String>())
}

/// The first export, and one that moves the first user to another address, so that there is something to send.
fn first() -> String {
    export(USERS, 0, "", "")
}

fn moved(users: usize) -> String {
    export(users, 1, "@x.", "@new.")
}

/// A guard, and how it is tripped.
struct Case<'a> {
    guard: &'a str,
    settings: &'a str,
    /// Done to the company after its first run; told whether the guard is to trip.
    prepare: &'a dyn Fn(&Company, bool),
    /// The export just beyond the limit (true), or just within it.
    export: &'a dyn Fn(bool) -> String,
    /// How a run within the limit ends.
    within: i32,
    /// Whether there is anything that a person can let through.
    is_approved: bool,
}

impl<'a> Case<'a> {
    fn new(guard: &'a str, settings: &'a str, export: &'a dyn Fn(bool) -> String) -> Case<'a> {
        Case {
            guard,
            settings,
            prepare: &|_, _| {},
            export,
            within: 0,
            is_approved: true,
        }
    }

    fn holds(&self) {
        let within = self.run(false);
        let done = within.1.exits(self.within);
        assert_eq!(self.verdict(&done), "ok", "{}", self.guard);

        let (company, done) = self.run(true);
        let done = done.exits(4);
        assert_ne!(self.verdict(&done), "ok", "{}", self.guard);
        if !self.is_approved {
            return;
        }
        let others = done.document()["guards"].clone();
        let tripped = others.as_array().unwrap().iter();
        let tripped = tripped.filter(|reading| reading["verdict"] != "ok");
        assert_eq!(tripped.count(), 1, "{}: {others}", self.guard);

        let before = company.sandbox.bulk_calls().len();
        let plan = done.document()["plan"].as_str().unwrap().to_owned();
        let approve = ["apply", &plan, "--approved-by", "Ada"];
        let approved = company.run(&approve);
        assert_eq!(
            approved.code, self.within,
            "{}: {}",
            self.guard, approved.stderr
        );
        assert!(
            company.sandbox.bulk_calls().len() > before,
            "{}",
            self.guard
        );
        let again = company.run(&approve).exits(6);
        assert!(
            again.stderr.contains("an approval counts once"),
            "{}",
            again.stderr
        );
    }

    fn run(&self, trips: bool) -> (Company, Done) {
        let company = Company::new(USERS, self.settings);
        company.sync("first.csv", &first()).exits(0);
        (self.prepare)(&company, trips);
        let done = company.sync("next.csv", &(self.export)(trips));
        (company, done)
    }

    fn verdict(&self, done: &Done) -> String {
        let guards = done.document()["guards"].clone();
        let mut all = guards.as_array().unwrap().iter();
        let reading = all.find(|reading| reading["guard"] == self.guard);
        let reading = reading.unwrap_or_else(|| panic!("{} has not spoken: {guards}", self.guard));
        reading["verdict"].as_str().unwrap().to_owned()
    }
}

/// One more if the guard is to trip.
fn and_one(trips: bool, number: usize) -> usize {
    number + usize::from(trips)
}

fn remove_by_hand(company: &Company, users: usize) {
    for number in USERS - users + 1..=USERS {
        let path = format!("/seiapi/v3/trans/User/{}", id(number));
        assert_eq!(http(company.sandbox.host(), "DELETE", &path, "").0, 200);
    }
}

#[test]
fn what_a_run_would_do_to_people_is_counted() {
    let leavers = |trips| export(USERS, and_one(trips, 3), ",true,", ",false,");
    Case::new("max_deprovisions", "", &leavers).holds();
    let cleared = |trips| export(USERS, and_one(trips, 5), ",s\n", ",\n");
    let map = "[map]\nUserID = \"UserID\"\nEmail = \"Email\"\nSMS = { column = \"SMS\", blank = \"clear\" }\n";
    Case::new("max_clears", map, &cleared).holds();
    let created = |trips| export(USERS + and_one(trips, 2), 0, "", "");
    Case::new("max_creates", "[guards]\nmax_creates = 2\n", &created).holds();
    let updated = |trips| export(USERS, and_one(trips, 2), "@x.", "@new.");
    Case::new("max_updates", "[guards]\nmax_updates = 2\n", &updated).holds();
    let mailed = "[create]\ncredentials = \"mail-password\"\nmax_mails = 2\n";
    Case::new("max_mails", mailed, &created).holds();
}

#[test]
fn an_export_is_measured_by_its_rows() {
    let few = |trips: bool| moved(USERS - usize::from(trips));
    Case {
        is_approved: false,
        ..Case::new("min_rows", "[guards]\nmin_rows = 40\n", &few)
    }
    .holds();
    let bad = |trips| export(USERS, and_one(trips, 5), ",true,", ",perhaps,");
    Case {
        within: 3,
        is_approved: false,
        ..Case::new("max_rejected", "", &bad)
    }
    .holds();
    let dropped = |trips| moved(USERS - and_one(trips, 4));
    Case::new("max_row_drop", "", &dropped).holds();
    let changed = |trips| export(USERS, and_one(trips, 20), "@x.", "@new.");
    Case::new("max_field_change", "", &changed).holds();
    let lost = |trips: bool| {
        let all = export(USERS, USERS, ",s\n", ",\n").replacen("@x.", "@new.", 1);
        match trips {
            true => all,
            false => all.replacen(",\n", ",s\n", 1),
        }
    };
    Case::new("lost_columns", "", &lost).holds();
}

#[test]
fn an_export_is_measured_by_what_came_before_it() {
    let again = |trips: bool| match trips {
        true => first(),
        false => moved(USERS),
    };
    let second = |company: &Company, _: bool| {
        company.sync("second.csv", &moved(USERS)).exits(0);
    };
    Case {
        prepare: &second,
        ..Case::new("old_file", "", &again)
    }
    .holds();
    let remap = |company: &Company, _: bool| {
        let map = "[map]\nUserID = \"UserID\"\nEmail = \"Email\"\nSMS = \"SMS\"\nActivated = \"Activated\"\n";
        company.world.file("crewsync.toml", map);
    };
    let without = |trips: bool| moved(USERS - usize::from(trips));
    Case {
        prepare: &remap,
        ..Case::new("mapping_change", "", &without)
    }
    .holds();
    let disown = |company: &Company, trips: bool| {
        let all = (1..=USERS).map(|number| format!("{}\n", id(number)));
        let list: String = all.skip(usize::from(!trips)).collect();
        let list = company.world.file("list.txt", list);
        company.world.run(&["disown", &list]).exits(0);
    };
    Case {
        prepare: &disown,
        ..Case::new("baseline", "", &|_| moved(USERS))
    }
    .trips_only();
}

impl Case<'_> {
    /// For a guard that has nothing to say as long as all is well.
    fn trips_only(&self) {
        let (_, within) = self.run(false);
        let guards = within.exits(self.within).document()["guards"].clone();
        assert!(!guards.to_string().contains(self.guard), "{guards}");
        let (company, done) = self.run(true);
        assert_ne!(self.verdict(&done.exits(4)), "ok");
        // It holds nothing: nobody is deprovisioned by absence in such a run anyhow.
        assert!(!company.sandbox.bulk_calls().is_empty());
    }
}

#[test]
fn the_tenant_is_measured_too() {
    let gone = |company: &Company, trips: bool| remove_by_hand(company, and_one(trips, 3));
    Case {
        prepare: &gone,
        within: 3,
        ..Case::new("max_users_drop", "", &|_| moved(USERS))
    }
    .holds();
    let half = |company: &Company, trips: bool| remove_by_hand(company, and_one(trips, 20));
    Case {
        prepare: &half,
        within: 3,
        ..Case::new(
            "max_managed_gone",
            "[guards]\nmax_users_drop = \"off\"\n",
            &|_| moved(USERS),
        )
    }
    .holds();
}

#[test]
fn an_export_is_measured_by_its_arrival() {
    let dated = |day: &str, text: &str| {
        let rows = text.lines().enumerate().map(|(line, row)| match line {
            0 => format!("{row},Exported\n"),
            _ => format!("{row},{day}\n"),
        });
        rows.collect::<String>()
    };
    let today = jiff::Timestamp::now().to_string()[..10].to_owned();
    let settings = "[source]\nmax_age = \"49h\"\nnewest_by = { column = \"Exported\", format = \"%Y-%m-%d\" }\n";
    let company = Company::new(USERS, settings);
    company.sync("first.csv", &dated(&today, &first())).exits(0);
    let old = company
        .sync("old.csv", &dated("2026-01-01", &moved(USERS)))
        .exits(4);
    assert_eq!(spoke(&old), ["max_age"]);
    let plan = old.document()["plan"].as_str().unwrap().to_owned();
    let approve = ["apply", &plan, "--approved-by", "Ada"];
    company.run(&approve).exits(0);
    company.run(&approve).exits(6);

    let company = Company::new(USERS, "[source]\ncontrol_total = \"{name}.ctl\"\n");
    company.world.file("first.csv.ctl", "40\n");
    company.sync("first.csv", &first()).exits(0);
    company.world.file("next.csv.ctl", "41\n");
    let cut = company.sync("next.csv", &moved(USERS)).exits(4);
    assert_eq!(spoke(&cut), ["control_total"]);
    let plan = cut.document()["plan"].as_str().unwrap().to_owned();
    let approve = ["apply", &plan, "--approved-by", "Ada"];
    company.run(&approve).exits(0);
    company.run(&approve).exits(6);
}

/// The guards that had something against the plan.
fn spoke(done: &Done) -> Vec<String> {
    let guards = done.document()["guards"].clone();
    let against = guards.as_array().unwrap().iter();
    let against = against.filter(|reading| reading["verdict"] != json!("ok"));
    against
        .map(|reading: &Json| reading["guard"].as_str().unwrap().to_owned())
        .collect()
}
