//! How long the tenant asks us to wait.

use std::time::{Duration, UNIX_EPOCH};

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

/// Reads how long an answer asks us to wait before the next request to that endpoint.
///
/// `Retry-After` holds on any answer: seconds, or a date in one of the three forms of HTTP, counted from the
/// answer's own `Date` where it has one (the tenant's clock is the one that was meant), else from `now_epoch_s`.
/// `X-RateLimit-Remaining: 0` asks for `X-RateLimit-Reset` seconds, and so does a 429 that does not say what
/// remains. If both speak, the longer holds. Negative numbers and junk ask for nothing.
pub fn wait_told(headers: &AnswerHeaders, status: u16, now_epoch_s: i64, max: Duration) -> Told {
    let longest = retry_after(headers, now_epoch_s).max(window_left(headers, status));
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
