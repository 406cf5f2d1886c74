//! Users whom the export does not mention, as text: the state and why, where they went, the evidence for each, and
//! who is outside every source.

use jiff::Timestamp;

use crate::model::{
    Absence, AbsenceFigures, AbsenceState, AbsentUser, Orphans, PlanSummary, Standing,
};

use super::escape::escape;
use super::page::{Page, unbroken};
use super::plan_text::sentence;
use super::words::{count, counted};

/// Absent users and orphans that are listed unless everything is.
const USERS_SHOWN: usize = 10;

pub(super) fn put_absence(page: &mut Page, absence: &Absence, summary: &PlanSummary) {
    let state = match absence.state {
        AbsenceState::Evaluated => "evaluated",
        AbsenceState::Suspended => "suspended",
        AbsenceState::Baseline => "baseline",
        AbsenceState::Unknown => "unknown",
    };
    let users = match (absence.state, summary.absent) {
        (AbsenceState::Unknown, 0) => "not known".to_owned(),
        (_, 0) => "nobody".to_owned(),
        (_, absent) => counted(absent, "user of the tenant", "users of the tenant"),
    };
    let loss = match (summary.absent, summary.absent_deprovision) {
        (0, 0) => String::new(),
        (_, 0) => ", none of whom loses access for it".to_owned(),
        (_, 1) => ", 1 of whom loses access".to_owned(),
        (_, losing) => format!(", {} of whom lose access", count(losing)),
    };
    let why = sentence(&escape(&absence.why));
    page.gap();
    let line = format!("Absent from the export ({state}): {users}{loss}. {why}");
    page.paragraph(0, 4, &line);
    put_figures(page, &absence.figures);
    put_users(page, &absence.users);
    put_orphans(page, &absence.orphans);
}

fn put_figures(page: &mut Page, figures: &AbsenceFigures) {
    if figures.absent == 0 {
        return;
    }
    let parts: Vec<String> = [
        (figures.deprovision, "to lose access"),
        (figures.held, "held"),
        (figures.waiting, "waiting"),
        (figures.protected, "protected"),
        (figures.off, "without access or gone already"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| unbroken(&format!("{} {what}", count(number))))
    .collect();
    let line = format!(
        "Of {}, {} absent: {}.",
        counted(figures.managed, "managed user", "managed users"),
        match figures.absent {
            1 => "1 is".to_owned(),
            absent => format!("{} are", count(absent)),
        },
        parts.join(", ")
    );
    page.paragraph(4, 4, &line);
}

fn put_users(page: &mut Page, users: &[AbsentUser]) {
    // Those who lose access come first: they are what a person has to look at.
    let (losing, others): (Vec<&AbsentUser>, Vec<&AbsentUser>) = users
        .iter()
        .partition(|user| user.standing == Standing::Deprovision);
    let all = [losing, others].concat();
    let shown = page.view.shown(all.len(), USERS_SHOWN);
    for user in &all[..shown] {
        put_user(page, user);
    }
    page.more(6, all.len() - shown, "; --verbose shows them all");
}

/// `T-7: deprovision, missed by 2 good runs. Managed since …, last seen …, absent since …; a GET agrees.`
fn put_user(page: &mut Page, user: &AbsentUser) {
    let standing = match user.standing {
        Standing::Deprovision => "to lose access",
        Standing::Waiting => "waiting",
        Standing::Protected => "protected",
        Standing::Off => "nothing to do",
    };
    let absent = match user.absent_since {
        Some(since) => format!("absent since {}", minute(since)),
        None => "absent for the first time".to_owned(),
    };
    let agrees = match user.confirmed {
        true => "; a GET shows the user there",
        false => "",
    };
    let line = format!(
        "{}: {standing}, {}. Managed since {}, last seen {}, {absent}{agrees}.",
        escape(&user.user_id),
        escape(&user.why),
        minute(user.managed_since),
        minute(user.last_seen),
    );
    page.paragraph(6, 10, &line);
}

fn put_orphans(page: &mut Page, orphans: &Orphans) {
    if orphans.count == 0 {
        return;
    }
    let shown = page.view.shown(orphans.users.len(), USERS_SHOWN);
    let names: Vec<String> = orphans.users[..shown]
        .iter()
        .map(|user_id| escape(user_id).into_owned())
        .collect();
    let more = match orphans.count - shown as u64 {
        0 => String::new(),
        more => format!(" and {} more", count(more)),
    };
    let line = format!(
        "Orphans, active users outside every source: {} ({}{more}).",
        count(orphans.count),
        names.join(", ")
    );
    page.paragraph(4, 4, &line);
}

fn minute(at: Timestamp) -> String {
    unbroken(&at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}
