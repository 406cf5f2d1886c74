//! Links for new users, by which they choose a password: one call each, after the run has created them.
//!
//! A mail cannot be read back. So each call is on record before it leaves, and one whose end nobody knows is never
//! made again: the report names its user.

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::api::{ApiError, CallEnd, CallJournal, CallRecord};
use crate::by_hand::{Hand, HandError};
use crate::config::Settings;
use crate::delivery::{Delivered, Stop, Tools};
use crate::model::{Action, Change, Event, Mail, Outcome, Plan, Problem, Status};
use crate::report::counted;
use crate::store::{Pause, RunEnd, Store, StoreError};

use super::by_hand::HandJournal;
use super::heal::plan_of;
use super::{Connection, Journal};

/// The problem code of a new user whose link was not mailed.
pub(super) const LINK_NOT_MAILED: &str = "link_not_mailed";
/// The problem code of a new user whose link may or may not have been mailed.
pub(super) const LINK_UNCONFIRMED: &str = "link_unconfirmed";

/// A superseded run older than this is no longer cared for: whoever waits for its link has asked by now.
const OWED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Mails a link to each new user whom the run has created and whose plan says so, and before that to those whom runs
/// created whose place was taken before they came to their mails. What kept it from one stands among the problems;
/// what kept it from all that were left is why the run stopped.
pub(super) async fn mail_links(
    (run, plan): (&str, &Plan),
    delivered: &mut Delivered,
    connection: &Connection,
    journal: &Journal,
    tools: &Tools,
    settings: &Settings,
) {
    if delivered.stopped.is_some() {
        return;
    }
    let mailed = async {
        let mut batches = owed(&journal.store(), &settings.source.id).map_err(Stop::Store)?;
        batches.push(Batch {
            reason: reason(run),
            due: due(plan, &delivered.outcomes),
            is_own: true,
        });
        batches.retain(|batch| !batch.due.is_empty());
        if batches.is_empty() {
            return Ok(());
        }
        let record = Arc::new(LinkJournal::new(journal));
        let client = connection.client(record.clone());
        let client = client.map_err(|failure| Stop::Unreachable {
            text: failure.message,
        })?;
        let (pace, progress) = (connection.pace.clone(), tools.progress.clone());
        let links = Links {
            hand: Hand::new(client, pace, settings.delivery.retry, progress),
            record,
            journal,
            tools,
            run,
        };
        links.mail_all(&batches, &mut delivered.problems).await
    };
    if let Err(stop) = mailed.await {
        delivered.stopped = Some(stop);
    }
}

/// New users of one run.
struct Batch {
    /// Under which the calls stand in the journal.
    reason: String,
    due: Vec<Change>,
    /// Whether it is the run that reports on them.
    is_own: bool,
}

fn reason(run: &str) -> String {
    format!("a link for a new user of the run {run}")
}

/// The creates of a run that came to be and want a link.
fn due(plan: &Plan, outcomes: &[Outcome]) -> Vec<Change> {
    let created = outcomes
        .iter()
        .filter(|outcome| outcome.action == Action::Create && outcome.status == Status::Applied)
        .map(|outcome| &*outcome.user_id);
    let created: HashSet<&str> = created.collect();
    let wants =
        |change: &&Change| change.mail == Some(Mail::Link) && created.contains(&*change.user_id);
    plan.sendable().filter(wants).cloned().collect()
}

/// What runs of that source owe whose place was taken.
fn owed(store: &Store, source: &str) -> Result<Vec<Batch>, StoreError> {
    let since = Timestamp::now() - OWED_FOR;
    let runs = store.runs()?.into_iter().filter(|record| {
        let end = record.end.as_ref();
        let is_superseded = end.is_some_and(|end| end.how == RunEnd::Superseded);
        record.source == source && is_superseded && record.started_at >= since
    });
    let mut batches = Vec::new();
    for record in runs {
        let plan = plan_of(store, &record.run)?;
        let outcomes = store.outcomes(&record.run)?;
        let outcomes: Vec<Outcome> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
        batches.push(Batch {
            reason: reason(&record.run),
            due: due(&plan, &outcomes),
            is_own: false,
        });
    }
    Ok(batches)
}

/// What became of one link.
enum Link {
    Mailed,
    /// The tenant refused, in these words.
    Refused(String),
    /// Nobody knows.
    Unknown,
}

impl Link {
    fn told(self, change: &Change) -> Option<Problem> {
        let user_id = &change.user_id;
        let mut problem = match self {
            Link::Mailed => return None,
            Link::Refused(why) => Problem::error(
                LINK_NOT_MAILED,
                format!("{user_id} was created, but no link was mailed: {why}"),
            )
            .hint("mail it by hand: crewsync user send-reset-email USER"),
            Link::Unknown => Problem::error(
                LINK_UNCONFIRMED,
                format!("{user_id} was created; whether a link was mailed is not known, and it is not mailed again"),
            )
            .hint("ask the user; if it did not come: crewsync user send-reset-email USER"),
        };
        problem.line = change.line();
        Some(problem.user(&**user_id))
    }
}

/// The links of this run that an earlier process has mailed, or may have. What was provably not carried out is
/// not among them.
fn earlier_links(journal: &Journal, reason: &str) -> Result<HashMap<String, Link>, StoreError> {
    let calls = journal.store().hand_calls()?.into_iter();
    let of_run = calls.filter(|call| call.reason.as_deref() == Some(reason));
    let links = of_run.filter_map(|call| {
        let link = match call.verdict.as_deref() {
            Some("applied") => Link::Mailed,
            Some("throttled" | "unreachable" | "unauthorized") => return None,
            Some("conflict" | "gone" | "rejected" | "not_found") => {
                Link::Refused("the tenant refused it earlier".to_owned())
            }
            _ => Link::Unknown,
        };
        Some((call.user_ids.into_iter().next()?, link))
    });
    Ok(links.collect())
}

/// What mailing takes.
struct Links<'a> {
    hand: Hand,
    record: Arc<LinkJournal>,
    journal: &'a Journal,
    tools: &'a Tools,
    run: &'a str,
}

impl Links<'_> {
    async fn mail_all(&self, batches: &[Batch], problems: &mut Vec<Problem>) -> Result<(), Stop> {
        for Batch {
            reason,
            due,
            is_own,
        } in batches
        {
            let mut earlier = earlier_links(self.journal, reason).map_err(Stop::Store)?;
            let left = due
                .iter()
                .filter(|change| !earlier.contains_key(&*change.user_id));
            let left = left.count() as u64;
            if left > 0 {
                let users = counted(left, "new user", "new users");
                let text = format!("mailing links to {users}");
                self.tools.progress.event(Event::Note { text });
            }
            self.record.record.because(reason);
            for change in due {
                let link = match earlier.remove(&*change.user_id) {
                    Some(_) if !is_own => continue,
                    Some(link) => link,
                    None => self.mail(change).await?,
                };
                problems.extend(link.told(change));
            }
        }
        Ok(())
    }

    /// Mails one link, unless something asks the run to stop before the call has left.
    async fn mail(&self, change: &Change) -> Result<Link, Stop> {
        let paused = self.journal.store().run_paused(self.run);
        if let Some(Pause { reason, .. }) = paused.map_err(Stop::Store)? {
            return Err(Stop::Paused { reason });
        }
        let call = self.hand.client().send_reset_email(&change.user_id);
        let mut asking = pin!(self.hand.ask(call));
        let asked = tokio::select! {
            biased;
            () = self.tools.interrupt.cancelled() => match self.record.is_under_way() {
                true => asking.await,
                // It waits for its turn: nothing has left.
                false => return Err(Stop::Interrupted),
            },
            asked = &mut asking => asked,
        };
        judge(asked.map(|_| ()))
    }
}

fn judge(asked: Result<(), HandError>) -> Result<Link, Stop> {
    let error = match asked {
        Ok(()) => return Ok(Link::Mailed),
        Err(HandError::TooLong { wait }) => return Err(Stop::ToldToWait { wait }),
        Err(HandError::Api(error)) => error,
    };
    match error {
        ApiError::Unauthorized { .. } => Err(Stop::Unauthorized),
        ApiError::Redirected { .. } => Err(Stop::Redirected),
        ApiError::NotFound { .. } => Err(Stop::Misconfigured { status: 404 }),
        ApiError::Rejected {
            status: status @ (403 | 405),
            ..
        } => Err(Stop::Misconfigured { status }),
        ApiError::Unreachable { text, .. } => Err(Stop::Unreachable { text }),
        ApiError::Throttled { wait, .. } => Err(Stop::ToldToWait {
            wait: wait.unwrap_or_default(),
        }),
        ApiError::Ambiguous { .. } | ApiError::Unreadable { .. } => Ok(Link::Unknown),
        refused => Ok(Link::Refused(refused.to_string())),
    }
}

/// The record of the calls, which also knows whether one is under way.
struct LinkJournal {
    record: HandJournal,
    under_way: AtomicBool,
}

impl LinkJournal {
    fn new(journal: &Journal) -> LinkJournal {
        LinkJournal {
            record: HandJournal::new(journal.store.clone()),
            under_way: AtomicBool::new(false),
        }
    }

    fn is_under_way(&self) -> bool {
        self.under_way.load(Ordering::SeqCst)
    }
}

impl CallJournal for LinkJournal {
    fn open(&self, call: &CallRecord<'_>) -> Result<i64, String> {
        let number = self.record.open(call)?;
        self.under_way.store(true, Ordering::SeqCst);
        Ok(number)
    }

    fn settle(&self, number: i64, end: &CallEnd<'_>) -> Result<(), String> {
        self.under_way.store(false, Ordering::SeqCst);
        self.record.settle(number, end)
    }
}

/// How many new users of a run wait for their link in vain.
pub(super) fn without_link(problems: &[Problem]) -> u64 {
    let is_one =
        |problem: &&Problem| problem.code == LINK_NOT_MAILED || problem.code == LINK_UNCONFIRMED;
    problems.iter().filter(is_one).count() as u64
}
