//! How old the export is and how many rows it has → whether that is good enough.

use jiff::{SignedDuration, Timestamp};

use crate::model::{GuardReading, GuardVerdict};

/// What is known of the arrival of an export.
#[derive(Clone, Debug)]
pub struct ArrivalFigures {
    /// Of when it is; `None` if nothing tells it.
    pub dated: Option<Timestamp>,
    /// What that is known by, such as `by its name`.
    pub dated_by: String,
    /// How many rows it should have, or why that is not known, and how many were read; `None` if nothing says it.
    pub control_total: Option<(Result<u64, String>, u64)>,
}

/// An export that is dated further ahead was dated by a wrong clock or a wrong pattern, and would never grow old.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Judges what is limited: the age, if there is a limit, and the rows, if something says how many.
pub fn judge_arrival(
    max_age: Option<SignedDuration>,
    figures: &ArrivalFigures,
    now: Timestamp,
) -> Vec<GuardReading> {
    let age = max_age.map(|max_age| judge_age(max_age, figures, now));
    let total = figures.control_total.as_ref().map(judge_total);
    age.into_iter().chain(total).collect()
}

/// The figure holds no age: the same export gives the same reading as long as it is young enough.
fn judge_age(max_age: SignedDuration, figures: &ArrivalFigures, now: Timestamp) -> GuardReading {
    let (figure, is_young) = match figures.dated {
        None => (format!("not known {}", figures.dated_by), false),
        Some(dated) => {
            let age = now.duration_since(dated);
            (
                format!("of {:.0} {}", dated, figures.dated_by),
                (-AHEAD_MAX..=max_age).contains(&age),
            )
        }
    };
    GuardReading {
        guard: "max_age".to_owned(),
        limit: format!("at most {max_age:#} old"),
        figure,
        verdict: verdict(is_young),
    }
}

fn judge_total((total, rows): &(Result<u64, String>, u64)) -> GuardReading {
    let (limit, is_equal) = match total {
        Ok(total) => (format!("{total} rows"), total == rows),
        Err(why) => (format!("not known: {why}"), false),
    };
    GuardReading {
        guard: "control_total".to_owned(),
        limit,
        figure: format!("{rows} rows"),
        verdict: verdict(is_equal),
    }
}

fn verdict(is_good: bool) -> GuardVerdict {
    match is_good {
        true => GuardVerdict::Ok,
        false => GuardVerdict::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(dated: Option<&str>, total: Option<Result<u64, String>>) -> ArrivalFigures {
        ArrivalFigures {
            dated: dated.map(|time| time.parse().unwrap()),
            dated_by: "by its name".to_owned(),
            control_total: total.map(|total| (total, 3)),
        }
    }

    fn judged(max_age: Option<i64>, figures: &ArrivalFigures) -> Vec<String> {
        let now = "2026-11-25T02:00:00Z".parse().unwrap();
        let readings = judge_arrival(max_age.map(SignedDuration::from_hours), figures, now);
        let words = |reading: GuardReading| {
            let GuardReading {
                guard,
                limit,
                figure,
                verdict,
            } = reading;
            format!("{guard}: {limit}; {figure}: {verdict:?}")
        };
        readings.into_iter().map(words).collect()
    }

    #[test]
    fn what_is_not_limited_is_not_judged() {
        assert_eq!(judged(None, &figures(None, None)), [""; 0]);
    }

    #[test]
    fn an_export_is_young_enough_to_its_last_second() {
        for (dated, figure, verdict) in [
            ("2026-11-24T00:00:00Z", "of 2026-11-24T00:00:00Z", "Ok"),
            ("2026-11-23T23:59:59Z", "of 2026-11-23T23:59:59Z", "Refused"),
            ("2026-11-26T02:00:00Z", "of 2026-11-26T02:00:00Z", "Ok"),
            ("2026-11-26T02:00:01Z", "of 2026-11-26T02:00:01Z", "Refused"),
        ] {
            let want = format!("max_age: at most 26h old; {figure} by its name: {verdict}");
            assert_eq!(judged(Some(26), &figures(Some(dated), None)), [want]);
        }
        assert_eq!(
            judged(Some(26), &figures(None, None)),
            ["max_age: at most 26h old; not known by its name: Refused"]
        );
    }

    #[test]
    fn every_row_counts() {
        for (total, want) in [
            (Ok(3), "3 rows; 3 rows: Ok"),
            (Ok(4), "4 rows; 3 rows: Refused"),
            (Err("x".to_owned()), "not known: x; 3 rows: Refused"),
        ] {
            let want = format!("control_total: {want}");
            assert_eq!(judged(None, &figures(None, Some(total))), [want]);
        }
    }
}
