//! How much is too much.

/// How many of some users are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Any number.
    Off,
    /// So many.
    Count(u64),
    /// A share of them, but never fewer than a few: a share of a handful says nothing.
    Share {
        /// Percent.
        percent: u32,
        /// Never fewer than that.
        floor: u64,
        /// Never more than that.
        ceiling: u64,
    },
}

impl Cap {
    /// The number for so many users; `None` without a limit.
    pub fn of(self, users: u64) -> Option<u64> {
        match self {
            Cap::Off => None,
            Cap::Count(count) => Some(count),
            Cap::Share {
                percent,
                floor,
                ceiling,
            } => {
                let share = u128::from(users) * u128::from(percent) / 100;
                let share = u64::try_from(share).unwrap_or(u64::MAX);
                Some(share.max(floor).min(ceiling))
            }
        }
    }

    /// The limit for people: the number, and where it comes from.
    pub(super) fn words(self, users: u64) -> String {
        match (self, self.of(users)) {
            (Cap::Share { percent, floor, .. }, Some(count)) => {
                format!("{count} (the larger of {floor} and {percent} % of {users})")
            }
            (_, Some(count)) => count.to_string(),
            (_, None) => "off".to_owned(),
        }
    }
}

/// All limits, as `[guards]` has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardLimits {
    /// Users who lose access, in this run and the seven days before.
    pub max_deprovisions: Cap,
    /// Users who lose the value of one field.
    pub max_clears: Cap,
    /// Users who are created.
    pub max_creates: Cap,
    /// Users who are changed without losing access.
    pub max_updates: Cap,
    /// Mails to new users.
    pub max_mails: Cap,
    /// Readable rows at least.
    pub min_rows: u64,
    /// Rows fewer than in the last good run; users of that run who are missing.
    pub max_row_drop: Cap,
    /// Refused rows.
    pub max_rejected: Cap,
    /// Percent of the users found in both export and tenant that may change the same field; `None` is off.
    pub max_field_change: Option<u32>,
    /// Users of the tenant fewer than after the last good run.
    pub max_users_drop: Cap,
    /// Managed users whom the tenant does not show.
    pub max_managed_gone: Cap,
    /// Whether a column that lost all its values refuses the run.
    pub lost_columns: bool,
    /// Whether users who drop out when mapping or scope change refuse the run.
    pub mapping_change: bool,
    /// Whether the very file of an earlier run than the last refuses the run.
    pub old_file: bool,
}

impl Default for GuardLimits {
    fn default() -> GuardLimits {
        let share = |percent, floor| Cap::Share {
            percent,
            floor,
            ceiling: u64::MAX,
        };
        GuardLimits {
            max_deprovisions: Cap::Share {
                percent: 3,
                floor: 3,
                ceiling: 100,
            },
            max_clears: share(2, 5),
            max_creates: Cap::Off,
            max_updates: Cap::Off,
            max_mails: Cap::Count(0),
            min_rows: 1,
            max_row_drop: share(10, 3),
            max_rejected: share(10, 5),
            max_field_change: Some(50),
            max_users_drop: share(5, 3),
            max_managed_gone: share(50, 3),
            lost_columns: true,
            mapping_change: true,
            old_file: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_a_floor_and_a_ceiling() {
        let cap = GuardLimits::default().max_deprovisions;
        for (users, limit) in [
            (0, 3),
            (50, 3),
            (134, 4),
            (1000, 30),
            (3333, 99),
            (20_000, 100),
        ] {
            assert_eq!(cap.of(users), Some(limit), "{users}");
        }
        assert_eq!(Cap::Count(7).of(3), Some(7));
        assert_eq!(Cap::Off.of(3), None);
    }
}
