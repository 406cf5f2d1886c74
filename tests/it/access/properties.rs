//! What must hold whatever the exports say: a plan that was carried out leaves nothing to do, and no sequence of exports
//! takes access from more people than the window allows.

use super::{AT_ONCE, Company, id};

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

#[test]
fn what_was_carried_out_leaves_nothing_to_do() {
    let mut carried_out = 0;
    for seed in 1..=10 {
        let mut chance = Chance(seed);
        let company = Company::new(12, AT_ONCE);
        for night in 0..3 {
            let mut rows = String::from("UserID,Email,SMS,Activated\n");
            for number in 1..=16 {
                if chance.one_in(8) {
                    continue;
                }
                let (user_id, host) = (id(number), ["x", "y", "z"][chance.below(3) as usize]);
                let sms = if chance.one_in(4) { "" } else { "+1 555" };
                let active = !chance.one_in(9);
                rows.push_str(&format!(
                    "{user_id},{user_id}@{host}.example,{sms},{active}\n"
                ));
            }
            let name = format!("{seed}-{night}.csv");
            let done = company.sync(&name, &rows);
            assert!(matches!(done.code, 0 | 3 | 4), "{}", done.stderr);
            if done.document()["guards"]
                .to_string()
                .contains("\"refused\"")
            {
                continue;
            }
            carried_out += 1;
            let plan = company.on("plan", &name, &rows, &[]);
            for action in [
                "create",
                "update",
                "deactivate",
                "reactivate",
                "restore",
                "delete",
                "absent_deprovision",
            ] {
                assert_eq!(
                    plan.figure(action),
                    0,
                    "{action} in {}\nof {rows}",
                    plan.stdout
                );
            }
        }
    }
    assert!(
        carried_out >= 10,
        "only {carried_out} runs were carried out"
    );
}

#[test]
fn no_sequence_of_exports_takes_access_from_more_than_the_window_allows() {
    const USERS: usize = 100;
    let (mut most, mut held) = (0, 0);
    for seed in 1..=4 {
        let mut chance = Chance(seed);
        let company = Company::new(USERS, AT_ONCE);
        company.sync("first.csv", &super::rows(1..=USERS)).exits(0);
        let mut left = [None; USERS + 1];
        for night in 0..10 {
            let mut rows = String::from("UserID,Email,Activated\n");
            for (number, left) in left.iter_mut().enumerate().skip(1) {
                if left.is_none() && chance.one_in(60) {
                    *left = Some(chance.one_in(2));
                }
                match left {
                    Some(true) => {}
                    Some(false) => rows.push_str(&super::row(number).replace("true", "false")),
                    None => rows.push_str(&super::row(number)),
                }
            }
            let done = company.sync(&format!("{seed}-{night}.csv"), &rows);
            assert!(matches!(done.code, 0 | 4), "{}", done.stderr);
            held += usize::from(done.code == 4);
            // The larger of 3 and 3 % of 100, over seven days.
            let off = company.off().len();
            assert!(off <= 3, "{off} users lost access");
            most = most.max(off);
        }
    }
    assert!(
        most > 0 && held > 0,
        "{most} lost access, {held} runs were held"
    );
}
