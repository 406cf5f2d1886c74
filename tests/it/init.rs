//! `init`: for each HR system its typical header and spelling, a configuration that needs no hand edit for key, names,
//! mail, phones and activation, and a plan from it that is right.

use serde_json::{Value as Json, json};

use crate::support::{Sandbox, World};

/// A system, its export of Ann (at work), Bob (on leave) and Cid (who has left), and what the date columns are.
struct System {
    name: &'static str,
    export: &'static str,
    dated: bool,
}

const SYSTEMS: [System; 7] = [
    System {
        name: "Workday",
        export: "Employee ID,Worker,Legal First Name,Legal Last Name,Primary Work Email,Primary Work Mobile,Primary Work Phone,Worker Status,Hire Date,Termination Date,Cost Center,Supervisory Organization\n\
            00017,Ann Bell,Ann,Bell,ann@x.example,+1 555 0001,+1 555 1001,Active,2020-01-31,,4100,Field East\n\
            00018,Bob Cox,Bob,Cox,bob@x.example,+1 555 0002,,On Leave,2021-02-28,,4100,Field East\n\
            00019,Cid Dow,Cid,Dow,cid@x.example,,,Terminated,2019-03-31,2024-03-31,4200,Field West\n",
        dated: true,
    },
    System {
        name: "SAP SuccessFactors",
        export: "STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,GENDER,EMAIL,MANAGER,DEPARTMENT,JOBCODE,LOCATION,BIZ_PHONE,BUSINESS_PHONE,CELL_PHONE,HIREDATE\n\
            A,00017,abell,Ann,Bell,F,ann@x.example,NO_MANAGER,Field,J1,Boston,,+1 555 1001,+1 555 0001,01/31/2020\n\
            U,00018,bcox,Bob,Cox,M,bob@x.example,00017,Field,J1,Boston,,,+1 555 0002,02/28/2021\n\
            T,00019,cdow,Cid,Dow,M,cid@x.example,00017,Field,J2,Boston,,,,03/31/2019\n",
        dated: true,
    },
    System {
        name: "BambooHR",
        export: "Employee #;First Name;Last Name;Work Email;Mobile Phone;Work Phone;Status;Hire Date;Job Title;Location\n\
            00017;Ann;Bell;ann@x.example;+1 555 0001;+1 555 1001;Active;31.01.2020;Technician;Boston\n\
            00018;Bob;Cox;bob@x.example;+1 555 0002;;Active;28.02.2021;Technician;Boston\n\
            00019;Cid;Dow;cid@x.example;;;Inactive;31.03.2019;Technician;Boston\n",
        dated: true,
    },
    System {
        name: "ADP",
        export: "Associate ID,Legal First Name,Legal Last Name,Work Contact: Work Email,Work Contact: Work Mobile,Work Contact: Work Phone,Position Status,Hire Date,Termination Date,Home Department Code\n\
            00017,Ann,Bell,ann@x.example,+1 555 0001,+1 555 1001,Active,01/31/2020,,100\n\
            00018,Bob,Cox,bob@x.example,+1 555 0002,,Leave,02/28/2021,,100\n\
            00019,Cid,Dow,cid@x.example,,,Terminated,03/31/2019,03/31/2024,100\n",
        dated: true,
    },
    System {
        name: "UKG",
        export: "EmpNo|First|Last|Email Address|Cell Phone|Work Phone|Empl Status|Last Hire Date|Date Terminated\n\
            00017|Ann|Bell|ann@x.example|+1 555 0001|+1 555 1001|A|2020-01-31|\n\
            00018|Bob|Cox|bob@x.example|+1 555 0002||L|2021-02-28|\n\
            00019|Cid|Dow|cid@x.example|||T|2019-03-31|2024-03-31\n",
        dated: true,
    },
    System {
        name: "Dayforce",
        export: "[{\"XRefCode\": \"00017\", \"FirstName\": \"Ann\", \"LastName\": \"Bell\", \"BusinessEmail\": \"ann@x.example\", \"BusinessMobile\": \"+1 555 0001\", \"BusinessPhone\": \"+1 555 1001\", \"EmploymentStatus\": {\"XRefCode\": \"ACTIVE\"}, \"HireDate\": \"2020-01-31\"},\n\
            {\"XRefCode\": \"00018\", \"FirstName\": \"Bob\", \"LastName\": \"Cox\", \"BusinessEmail\": \"bob@x.example\", \"BusinessMobile\": \"+1 555 0002\", \"BusinessPhone\": null, \"EmploymentStatus\": {\"XRefCode\": \"LOA\"}, \"HireDate\": \"2021-02-28\"},\n\
            {\"XRefCode\": \"00019\", \"FirstName\": \"Cid\", \"LastName\": \"Dow\", \"BusinessEmail\": \"cid@x.example\", \"BusinessMobile\": null, \"BusinessPhone\": null, \"EmploymentStatus\": {\"XRefCode\": \"TERMINATED\"}, \"HireDate\": \"2019-03-31\"}]\n",
        dated: true,
    },
    System {
        name: "Personio",
        export: "Personalnummer;Vorname;Nachname;E-Mail;Handynummer;Telefon;Status;Eintrittsdatum;Abteilung\n\
            00017;Ann;Bell;ann@x.example;+1 555 0001;+1 555 1001;active;31.01.2020;Technik\n\
            00018;Bob;Cox;bob@x.example;+1 555 0002;;leave;28.02.2021;Technik\n\
            00019;Cid;Dow;cid@x.example;;;inactive;31.03.2019;Technik\n",
        dated: true,
    },
];

#[test]
fn each_hr_system_is_understood_without_a_hand_edit() {
    for System {
        name,
        export,
        dated,
    } in SYSTEMS
    {
        let world = World::new();
        let export = world.file("export", export);
        let begun = world.run(&["init", &export, "--json"]).exits(0).document();
        assert_eq!(
            (&begun["rows"], &begun["rejected"]),
            (&json!(3), &json!(0)),
            "{name}: {begun}"
        );
        assert_eq!(begun["starts_on"].is_string(), dated, "{name}: {begun}");
        world.run(&["validate", &export]).exits(0);
        let sandbox = Sandbox::start(&["--limits", "off"]);
        world.json(&sandbox, &["sync", &export]).exits(0);
        assert_eq!(
            people(&sandbox),
            json!([
                [
                    "00017",
                    "Ann",
                    "Bell",
                    "ann@x.example",
                    "+1 555 0001",
                    "+1 555 1001",
                    true
                ],
                [
                    "00018",
                    "Bob",
                    "Cox",
                    "bob@x.example",
                    "+1 555 0002",
                    null,
                    true
                ],
                ["00019", "Cid", "Dow", "cid@x.example", null, null, false],
            ]),
            "{name}"
        );
    }
}

/// Who is in the tenant now: id, names, mail, mobile, office, activation.
fn people(sandbox: &Sandbox) -> Json {
    let people = sandbox.users().into_iter().map(|(user_id, user)| {
        let phone = |kind: &str| {
            let phones = user["Phones"].as_array().cloned().unwrap_or_default();
            let found = phones.into_iter().find(|phone| phone["PhoneType"] == kind);
            found.map(|phone| phone["PhoneNum"].clone())
        };
        let [mobile, office] = ["Mobile", "Office"].map(phone);
        json!([
            user_id,
            user["FirstName"],
            user["LastName"],
            user["Email"],
            mobile,
            office,
            user["Activated"]
        ])
    });
    people.collect()
}

#[test]
fn what_nobody_knows_is_left_open_and_said() {
    let world = World::new();
    let export = world.file(
        "a.csv",
        "Employee ID,Status,Shoe Size\n1,Active,44\n2,Karenz,40\n",
    );
    let done = world.run(&["init", &export]).exits(0);
    for word in [
        "Not placed, so not sent: Shoe Size",
        "Decide what these mean for Activated: Karenz",
        "1 of 2 rows are refused",
    ] {
        assert!(done.stdout.contains(word), "{word}: {}", done.stdout);
    }
    let text = std::fs::read_to_string(world.path("crewsync.toml")).unwrap();
    assert!(text.contains("# \"Karenz\" = …"), "{text}");
    world.run(&["validate", &export]).exits(3);
}

#[test]
fn the_tenant_tells_the_key_and_the_width_of_its_ids() {
    let world = World::new();
    let users = world.file(
        "users.json",
        r#"[{"UserID": "00017"}, {"UserID": "00018"}]"#,
    );
    let export = world.file("a.csv", "Employee ID,Payroll\nE1,17\nE2,18\n");
    let from_file = world
        .run(&["init", &export, "--against", &users, "--json"])
        .exits(0)
        .document();
    let key = &from_file["lines"][0];
    assert_eq!(
        (&key["field"], &key["columns"], &key["pad_left"]),
        (&json!("UserID"), &json!(["Payroll"]), &json!(5))
    );
    let plan = world
        .run(&["plan", &export, "--against", &users, "--json"])
        .exits(0);
    assert_eq!(plan.figure("create"), 0);

    let sandbox = Sandbox::start(&["--limits", "off", "--seed", &users]);
    let live = ["init", &export, "--against", "live", "--out", "live.toml"];
    let live = world.json(&sandbox, &live).exits(0).document();
    assert_eq!(live["lines"], from_file["lines"]);
}

#[test]
fn nothing_is_written_over() {
    let world = World::new();
    world.file("crewsync.toml", "# mine\n");
    let export = world.file("a.csv", "Employee ID\n1\n");
    let refused = world.run(&["init", &export]).exits(2);
    assert!(
        refused.stderr.contains("crewsync.toml exists already"),
        "{}",
        refused.stderr
    );
    assert_eq!(
        std::fs::read_to_string(world.path("crewsync.toml")).unwrap(),
        "# mine\n"
    );
    world
        .run(&["init", "missing.csv", "--out", "other.toml"])
        .exits(1);
    assert!(!world.path("other.toml").exists());
}
