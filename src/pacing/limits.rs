//! How often each endpoint may be called: what the vendor says, or what the person sets instead.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use crate::wire::Endpoint;

/// Endpoints that share a rate (not a turn).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The bulk call.
    Bulk,
    /// What writes in the User REST API.
    User,
    /// All others.
    Default,
}

/// So many requests in such a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many; at least 1.
    pub count: u32,
    /// In any time of this length; never zero.
    pub per: Duration,
}

/// The rates of all groups, or none at all. Reads from and prints as `bulk=1/30s,user=1/30s,default=15/s`;
/// also reads `vendor` (these values) and `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    rates: Option<[Rate; 3]>,
}

/// By group. Source: the vendor's page on rate limits.
const VENDOR_RATES: [Rate; 3] = [
    Rate {
        count: 1,
        per: Duration::from_secs(30),
    },
    Rate {
        count: 1,
        per: Duration::from_secs(30),
    },
    Rate {
        count: 15,
        per: Duration::from_secs(1),
    },
];

/// More of a number can only be a mistake, and less than a nanosecond apart means nothing.
const COUNT_MAX: u32 = 1_000_000;
const PER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// A text that is no [`Limits`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}; write `vendor`, `off`, or for instance `bulk=1/30s,user=1/30s,default=15/s`")]
pub struct LimitsError {
    message: String,
}

impl Endpoint {
    /// The group whose rate holds for it.
    ///
    /// Whether the bulk call counts among the User endpoints is not stated anywhere; it has a rate of its own,
    /// by default theirs. Those of one User that only read, and those of roles, teams and entities, are of the
    /// default group.
    pub fn group(self) -> Group {
        match self {
            Endpoint::Bulk => Group::Bulk,
            _ if self.is_of_one_user() && self.is_write() => Group::User,
            _ => Group::Default,
        }
    }
}

impl Group {
    const ALL: [Group; 3] = [Group::Bulk, Group::User, Group::Default];

    fn name(self) -> &'static str {
        match self {
            Group::Bulk => "bulk",
            Group::User => "user",
            Group::Default => "default",
        }
    }
}

impl Limits {
    /// The vendor's: 15 requests a second for each endpoint, but 1 in 30 s for each that writes users.
    pub const VENDOR: Limits = Limits {
        rates: Some(VENDOR_RATES),
    };

    /// None at all.
    pub const OFF: Limits = Limits { rates: None };

    /// Whether there are none at all.
    pub fn is_off(&self) -> bool {
        self.rates.is_none()
    }

    /// The rate of an endpoint; `None` if there are no limits.
    pub fn rate(&self, endpoint: Endpoint) -> Option<Rate> {
        self.rates.map(|rates| rates[endpoint.group() as usize])
    }

    /// How far apart our own requests to that endpoint leave; zero if there are no limits.
    ///
    /// A little more than the rate asks (see [`Rate::spacing`]), so this is what an estimate has to count with.
    pub fn spacing(&self, endpoint: Endpoint) -> Duration {
        self.rate(endpoint).map(Rate::spacing).unwrap_or_default()
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::VENDOR
    }
}

impl Rate {
    /// The time between two requests, evenly spread, plus 1 % (1.5 % where several share the time).
    ///
    /// Requests do not arrive as regularly as they leave. The margin is what the first of a window may be late
    /// and the last early before a window that slides at the server counts one too many. It is 300 ms in 30 s,
    /// but at several a second it must be larger to be worth anything, and any of them may be the late one.
    pub fn spacing(self) -> Duration {
        let margin_permille = if self.count == 1 { 10 } else { 15 };
        self.per / self.count * (1000 + margin_permille) / 1000
    }
}

impl FromStr for Limits {
    type Err = LimitsError;

    /// What is not named keeps the vendor's rate.
    fn from_str(text: &str) -> Result<Limits, LimitsError> {
        match text.trim() {
            "vendor" => return Ok(Limits::VENDOR),
            "off" => return Ok(Limits::OFF),
            _ => {}
        }
        let mut rates = VENDOR_RATES;
        let mut named = Vec::new();
        for part in text.split(',') {
            let (name, rate) = part
                .split_once('=')
                .ok_or_else(|| error(format!("`{}` is no limit", part.trim())))?;
            let name = name.trim();
            let group = Group::ALL
                .into_iter()
                .find(|group| group.name() == name)
                .ok_or_else(|| error(format!("`{name}` is none of bulk, user, default")))?;
            if named.contains(&group) {
                return Err(error(format!("`{name}` stands there twice")));
            }
            named.push(group);
            rates[group as usize] = rate.trim().parse()?;
        }
        Ok(Limits { rates: Some(rates) })
    }
}

impl FromStr for Rate {
    type Err = LimitsError;

    /// `15/s`, `1/30s`, `2/500ms`, `10/m`, `100/h`.
    fn from_str(text: &str) -> Result<Rate, LimitsError> {
        let no_rate = || error(format!("`{text}` is no rate"));
        let (count, per) = text.split_once('/').ok_or_else(no_rate)?;
        let count: u32 = count.trim().parse().map_err(|_| no_rate())?;
        let per = per.trim();
        let unit_at = per
            .find(|character: char| !character.is_ascii_digit())
            .ok_or_else(no_rate)?;
        let (number, unit) = per.split_at(unit_at);
        let number: u32 = match number {
            "" => 1,
            number => number.parse().map_err(|_| no_rate())?,
        };
        let unit = match unit.trim() {
            "ms" => Duration::from_millis(1),
            "s" => Duration::from_secs(1),
            "m" | "min" => Duration::from_secs(60),
            "h" => Duration::from_secs(3600),
            _ => return Err(no_rate()),
        };
        let per = unit * number;
        if count == 0 || per.is_zero() {
            return Err(error(format!("`{text}` would never let anything through")));
        }
        if count > COUNT_MAX || per > PER_MAX {
            return Err(error(format!("`{text}` is out of range")));
        }
        Ok(Rate { count, per })
    }
}

fn error(message: String) -> LimitsError {
    LimitsError { message }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(rates) = self.rates else {
            return f.write_str("off");
        };
        for (group, rate) in Group::ALL.into_iter().zip(rates) {
            let comma = if group == Group::Bulk { "" } else { "," };
            write!(f, "{comma}{}={rate}", group.name())?;
        }
        Ok(())
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.count)?;
        match (self.per.as_secs(), self.per.subsec_millis()) {
            (1, 0) => f.write_str("s"),
            (seconds, 0) => write!(f, "{seconds}s"),
            _ => write!(f, "{}ms", self.per.as_millis()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_and_print() {
        let vendor = "bulk=1/30s,user=1/30s,default=15/s";
        for (text, want) in [
            ("vendor", vendor),
            (vendor, vendor),
            ("off", "off"),
            (" bulk = 2 / 500ms ", "bulk=2/500ms,user=1/30s,default=15/s"),
            (
                "default=100/1m,user=3/h",
                "bulk=1/30s,user=3/3600s,default=100/60s",
            ),
            ("bulk=1/1500ms", "bulk=1/1500ms,user=1/30s,default=15/s"),
        ] {
            let limits: Limits = text.parse().expect(text);
            assert_eq!(limits.to_string(), want, "{text}");
            assert_eq!(limits.to_string().parse(), Ok(limits), "{text}");
        }
        assert_eq!(Limits::default(), vendor.parse().unwrap());
    }

    #[test]
    fn what_is_no_limit_is_refused_and_says_why() {
        for (text, want) in [
            ("", "`` is no limit"),
            ("bulk", "`bulk` is no limit"),
            ("blk=1/s", "`blk` is none of bulk, user, default"),
            ("bulk=1/s,bulk=2/s", "`bulk` stands there twice"),
            ("bulk=1/s,", "`` is no limit"),
            ("bulk=off", "`off` is no rate"),
            ("bulk=1", "`1` is no rate"),
            ("bulk=1/30", "`1/30` is no rate"),
            ("bulk=1.5/s", "`1.5/s` is no rate"),
            ("bulk=-1/s", "`-1/s` is no rate"),
            ("bulk=1/30d", "`1/30d` is no rate"),
            ("bulk=1/99999999999s", "`1/99999999999s` is no rate"),
            ("bulk=0/s", "`0/s` would never let anything through"),
            ("bulk=1/0s", "`1/0s` would never let anything through"),
            ("bulk=1/25h", "`1/25h` is out of range"),
            ("bulk=1000001/s", "`1000001/s` is out of range"),
        ] {
            let error = text.parse::<Limits>().unwrap_err().to_string();
            assert!(error.starts_with(want), "{text}: {error}");
        }
    }

    #[test]
    fn an_endpoint_has_the_rate_of_its_group_and_leaves_a_margin() {
        let limits: Limits = "bulk=1/30s,user=1/10s,default=15/s".parse().unwrap();
        for (endpoint, spacing_us) in [
            (Endpoint::Bulk, 30_300_000),
            (Endpoint::UserPut, 10_100_000),
            (Endpoint::UserDelete, 10_100_000),
            (Endpoint::UserGet, 67_666),
            (Endpoint::Query, 67_666),
            (Endpoint::RolesGet, 67_666),
            (Endpoint::RolesSet, 10_100_000),
            (Endpoint::Impersonate, 10_100_000),
            (Endpoint::Delegate, 67_666),
            (Endpoint::RoleUsersSet, 67_666),
            (Endpoint::TeamUsersSet, 67_666),
        ] {
            let spacing = limits.spacing(endpoint);
            assert_eq!(spacing.as_micros(), spacing_us, "{endpoint:?}");
            assert_eq!(Limits::OFF.spacing(endpoint), Duration::ZERO);
            assert_eq!(Limits::OFF.rate(endpoint), None);
        }
    }
}
