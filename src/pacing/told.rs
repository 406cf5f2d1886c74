//! How long the tenant asks us to wait.

use std::time::{Duration, UNIX_EPOCH};

use crate::pacing::Rate;
use crate::wire::AnswerHeaders;

/// What an answer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing, or nothing that can be read: the caller's own backoff decides.
    None,
    /// To wait so long; zero means it may be tried at once.
    Wait(Duration),
    /// To wait longer than the configured maximum: stop in good order and remember it.
    TooLong(Duration),
}

/// What we ourselves have sent to an endpoint of late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnUse {
    /// Requests within the last window of the rate (a little more, for the way to the server).
    pub sent: u32,
    /// The rate that we keep to; `None` without limits.
    pub rate: Option<Rate>,
}

impl OwnUse {
    /// Whether a window with so much time left can have been used up by us alone: our rate allows no more than
    /// we sent, and the window is no longer than the one that our rate knows.
    fn explains(&self, window_left: Duration) -> bool {
        self.rate
            .is_some_and(|rate| self.sent >= rate.count && window_left <= rate.per)
    }
}

/// Reads how long an answer asks us to wait before the next request to that endpoint.
///
/// `Retry-After` holds on any answer: seconds, or a date in one of the three forms of HTTP, counted from the
/// answer's own `Date` where it has one (the tenant's clock is the one that was meant), else from `now_epoch_s`.
/// `X-RateLimit-Remaining: 0` asks for `X-RateLimit-Reset` seconds, and so does a 429 that does not say what
/// remains. If both speak, the longer holds. Negative numbers and junk ask for nothing.
///
/// A window that we ourselves have just used up asks for nothing either, as long as nothing was refused: at the
/// full rate the last request of every window is told that nothing remains, our own spacing frees the window in
/// time, and waiting whole seconds on top would halve the rate. Only what `own` does not explain slows us down.
pub fn wait_told(
    headers: &AnswerHeaders,
    status: u16,
    own: &OwnUse,
    now_epoch_s: i64,
    max: Duration,
) -> Told {
    let window = window_left(headers, status).filter(|left| status == 429 || !own.explains(*left));
    let longest = retry_after(headers, now_epoch_s).max(window);
    match longest {
        None => Told::None,
        Some(wait) if wait > max => Told::TooLong(wait),
        Some(wait) => Told::Wait(wait),
    }
}

fn retry_after(headers: &AnswerHeaders, now_epoch_s: i64) -> Option<Duration> {
    let text = headers.retry_after.as_deref()?.trim();
    if let Some(wait) = seconds(text) {
        return Some(wait);
    }
    let until = epoch_s(text)?;
    let now = headers.date.as_deref().and_then(epoch_s);
    let left = until.saturating_sub(now.unwrap_or(now_epoch_s));
    Some(Duration::from_secs(u64::try_from(left).unwrap_or(0)))
}

fn window_left(headers: &AnswerHeaders, status: u16) -> Option<Duration> {
    let remaining = headers.rate_remaining.as_deref().and_then(seconds);
    let is_used_up = match remaining {
        Some(remaining) => remaining.is_zero(),
        None => status == 429,
    };
    let reset = headers.rate_reset.as_deref()?;
    seconds(reset).filter(|_| is_used_up)
}

/// Digits, perhaps with a fraction (which is rounded up: never earlier than asked). A number beyond all measure
/// is the largest one.
fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let up = u64::from(fraction.bytes().any(|digit| digit != b'0'));
    // Ages, but not so many that adding it to a clock overflows.
    const SECONDS_MAX: u64 = u32::MAX as u64;
    let whole = whole.parse().unwrap_or(SECONDS_MAX).min(SECONDS_MAX);
    Some(Duration::from_secs(whole + up))
}

fn epoch_s(date: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(date.trim()).ok()?;
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT
    const NOW_EPOCH_S: i64 = 784_111_777;
    const MAX: Duration = Duration::from_secs(300);

    fn text(text: &str) -> Option<String> {
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn told(status: u16, headers: AnswerHeaders) -> Told {
        wait_told(&headers, status, &OwnUse::default(), NOW_EPOCH_S, MAX)
    }

    fn wait(seconds: u64) -> Told {
        Told::Wait(Duration::from_secs(seconds))
    }

    fn too_long(seconds: u64) -> Told {
        Told::TooLong(Duration::from_secs(seconds))
    }

    #[test]
    fn retry_after_in_all_its_forms() {
        for (retry_after, want) in [
            ("", Told::None),
            ("0", wait(0)),
            ("30", wait(30)),
            (" 30 ", wait(30)),
            ("1.2", wait(2)),
            ("2.0", wait(2)),
            ("300", wait(300)),
            ("301", too_long(301)),
            ("1000000000", too_long(1_000_000_000)),
            ("99999999999999999999999", too_long(4_294_967_295)),
            ("-1", Told::None),
            ("+5", Told::None),
            ("1e9", Told::None),
            (".5", Told::None),
            ("30 s", Told::None),
            ("soon", Told::None),
            ("Sun, 06 Nov 1994 08:50:37 GMT", wait(60)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", wait(60)),
            ("Sun Nov  6 08:50:37 1994", wait(60)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", wait(0)),
            ("Sun, 06 Nov 1994 07:49:37 GMT", wait(0)),
            ("Sun, 06 Nov 1994 09:49:37 GMT", too_long(3600)),
            ("Sun, 31 Feb 1994 08:50:37 PST", Told::None),
            ("1994-11-06T08:50:37Z", Told::None),
        ] {
            for status in [429, 503, 200] {
                let headers = AnswerHeaders {
                    retry_after: text(retry_after),
                    ..AnswerHeaders::default()
                };
                assert_eq!(told(status, headers), want, "{retry_after:?} {status}");
            }
        }
    }

    #[test]
    fn a_window_that_we_used_up_ourselves_asks_for_nothing() {
        let rate = |count, per_s| {
            let per = Duration::from_secs(per_s);
            Some(Rate { count, per })
        };
        for (status, reset, sent, rate, want) in [
            (200, "1", 15, rate(15, 1), Told::None),
            (200, "30", 1, rate(1, 30), Told::None),
            (429, "1", 15, rate(15, 1), wait(1)),
            (200, "1", 9, rate(15, 1), wait(1)),
            (200, "20", 15, rate(15, 1), wait(20)),
            (200, "1", 15, None, wait(1)),
        ] {
            let headers = AnswerHeaders {
                rate_remaining: text("0"),
                rate_reset: text(reset),
                ..AnswerHeaders::default()
            };
            let own = OwnUse { sent, rate };
            let told = wait_told(&headers, status, &own, NOW_EPOCH_S, MAX);
            assert_eq!(told, want, "{status} {reset} {sent} {rate:?}");
        }
    }

    #[test]
    fn a_date_is_counted_from_the_tenants_own_clock() {
        for (date, want) in [
            ("Sun, 06 Nov 1994 08:50:07 GMT", wait(30)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", wait(90)),
            ("junk", wait(60)),
        ] {
            let headers = AnswerHeaders {
                retry_after: text("Sun, 06 Nov 1994 08:50:37 GMT"),
                date: text(date),
                ..AnswerHeaders::default()
            };
            assert_eq!(told(429, headers), want, "{date}");
        }
    }

    #[test]
    fn a_used_up_window_is_waited_out() {
        for (status, remaining, reset, retry_after, want) in [
            (200, "3", "20", "", Told::None),
            (200, "0", "20", "", wait(20)),
            (200, "0", "", "", Told::None),
            (200, "0", "-1", "", Told::None),
            (200, "", "20", "", Told::None),
            (200, "junk", "20", "", Told::None),
            (429, "", "20", "", wait(20)),
            (429, "junk", "20", "junk", wait(20)),
            (429, "0", "20", "5", wait(20)),
            (429, "0", "5", "20", wait(20)),
            (429, "2", "20", "5", wait(5)),
            (200, "0", "900", "", too_long(900)),
        ] {
            let headers = AnswerHeaders {
                rate_remaining: text(remaining),
                rate_reset: text(reset),
                retry_after: text(retry_after),
                ..AnswerHeaders::default()
            };
            let what = format!("{status} {remaining:?} {reset:?} {retry_after:?}");
            assert_eq!(told(status, headers), want, "{what}");
        }
    }
}
