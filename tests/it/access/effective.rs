//! One technician, day by day, as an HR administrator sees him: hired, rescinded, married, transferred, on leave, back,
//! leaving, gone, hired again.

use jiff::{ToSpan, Zoned};
use serde_json::Value as Json;

use super::{Company, texts};
use crate::support::Done;

const SETTINGS: &str = "[effective]\nstarts_on = \"Start\"\nends_on = \"End\"\nlead_days = 1\n\
    [map]\nUserID = \"UserID\"\nLastName = \"Name\"\nServiceTeamID = \"Team\"\nEmail = \"Mail\"\nIsMobileWorker = { constant = true }\n\
    [map.Activated]\ncolumn = \"Status\"\nvalues = { Active = true, Leave = true, Left = false }\n\
    [deprovision]\non_absent = \"deactivate\"\nafter_runs = 1\n[guards]\nold_file = \"off\"\nmax_field_change = \"off\"\nmax_row_drop = 1\n";

/// So many days from today.
fn day(from_today: i64) -> String {
    let today = Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date();
    today.saturating_add(from_today.days()).to_string()
}

struct Story {
    company: Company,
    days: u32,
}

impl Story {
    /// A colleague who is always there keeps the export from being empty.
    fn new() -> Story {
        let company = Company::new(0, SETTINGS);
        let mut story = Story { company, days: 0 };
        story.day("").exits(0);
        story
    }

    /// The next day's export with that row for Ann.
    fn day(&mut self, row: &str) -> Done {
        self.days += 1;
        let export = format!(
            "UserID,Name,Team,Mail,Status,Start,End\nbob,Bob {},EAST,bob@x.example,Active,,\n{row}\n",
            self.days
        );
        self.company
            .sync(&format!("day-{}.csv", self.days), export.trim_end())
    }

    fn ann(&self, user_id: &str) -> Option<Json> {
        self.company.sandbox.users().remove(user_id)
    }

    fn is_on(&self, user_id: &str) -> bool {
        self.ann(user_id)
            .is_some_and(|ann| ann["Activated"] == true)
    }
}

fn ann(name: &str, team: &str, status: &str, start: i64, end: Option<i64>) -> String {
    let end = end.map(day).unwrap_or_default();
    format!(
        "ann,{name},{team},ann@x.example,{status},{},{end}",
        day(start)
    )
}

#[test]
fn a_technicians_life_day_by_day() {
    let mut story = Story::new();
    // Hired for next week: HR knows her, the tenant does not.
    let hired = story.day(&ann("Bell", "EAST", "Active", 7, None)).exits(0);
    assert_eq!(
        (hired.figure("not_yet_effective"), hired.figure("created")),
        (1, 0)
    );
    // The hire is rescinded, then made again: nothing ever happened in the tenant.
    story.day("").exits(0);
    assert_eq!(story.ann("ann"), None);
    story.day(&ann("Bell", "EAST", "Active", 2, None)).exits(0);
    // The day before her first day she is there.
    let begins = story.day(&ann("Bell", "EAST", "Active", 1, None)).exits(0);
    assert_eq!(begins.figure("created"), 1);
    assert!(story.is_on("ann"));
    // Married, transferred, on leave, back: she keeps her access.
    for (name, team, status) in [
        ("Cox", "EAST", "Active"),
        ("Cox", "WEST", "Active"),
        ("Cox", "WEST", "Leave"),
        ("Cox", "WEST", "Active"),
    ] {
        story.day(&ann(name, team, status, -3, None)).exits(0);
        assert!(story.is_on("ann"));
    }
    let user = story.ann("ann").unwrap();
    assert_eq!(
        (&user["LastName"], &user["ServiceTeamID"]),
        (&"Cox".into(), &"WEST".into())
    );
    // She gives notice. HR sets her status at once; she works until the end of her last day.
    for last in [2, 1, 0] {
        story
            .day(&ann("Cox", "WEST", "Left", -9, Some(last)))
            .exits(0);
        assert!(story.is_on("ann"), "{last} days before the end");
    }
    // Somebody else would leave although nobody has set his status.
    let gone = story
        .day(&ann("Cox", "WEST", "Active", -9, Some(-1)))
        .exits(0);
    assert_eq!(gone.figure("deactivated"), 1);
    assert!(!story.is_on("ann"));
    // Hired again under her old id: we switched her off, so we switch her on.
    let back = story.day(&ann("Cox", "WEST", "Active", 0, None)).exits(0);
    assert_eq!(back.figure("reactivated"), 1);
    assert!(story.is_on("ann"));
    // She leaves for good, and comes back under a new id: the old account stays off.
    story
        .day(&ann("Cox", "WEST", "Left", -9, Some(-1)))
        .exits(0);
    let new = ann("Cox", "WEST", "Active", 0, None).replace("ann,", "ann2,");
    let hired = story.day(&new).exits(0);
    assert_eq!(hired.figure("created"), 1);
    assert!(story.is_on("ann2") && !story.is_on("ann"));
}

#[test]
fn a_bad_date_refuses_its_row_and_protects_its_user() {
    let mut story = Story::new();
    story.day(&ann("Bell", "EAST", "Active", -1, None)).exits(0);
    let bad = story
        .day("ann,Bell,EAST,ann@x.example,Left,,31.02.2026")
        .exits(3);
    assert_eq!(bad.figure("rejected"), 1);
    assert_eq!(texts(&bad.document()["problems"], "code"), ["invalid_date"]);
    assert!(story.is_on("ann"));
}

#[test]
fn a_date_that_cannot_be_read_at_all_is_a_mistake() {
    for (effective, named) in [
        (
            "starts_on = \"Start\"\ntime_zone = \"Mars/Olympus\"",
            "Mars/Olympus",
        ),
        ("ends_on = \"End\"\nformat = \"%d\"", "%d"),
        ("ends_on = \"Fin\"", "Fin"),
    ] {
        let company = Company::new(0, &format!("[effective]\n{effective}\n"));
        let refused = company.plan("a.csv", "UserID,Start,End\na,,\n");
        assert!(matches!(refused.code, 1 | 2), "{}", refused.stderr);
        assert!(refused.stderr.contains(named), "{}", refused.stderr);
    }
}
