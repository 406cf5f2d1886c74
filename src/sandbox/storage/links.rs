//! What is linked to users: their entities, and their memberships of roles and teams, seen from both sides.

use rusqlite::OptionalExtension;

use super::{StorageError, Work};

/// What a user can be a member of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Has a role.
    Role,
    /// Is in a service team.
    Team,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Role => "role",
            Kind::Team => "team",
        }
    }
}

impl Work<'_> {
    /// The user's entity as JSON text, if one was ever written.
    pub fn entity(&self, user_id: &str) -> Result<Option<String>, StorageError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT object FROM entities WHERE user_id = ?1")?
            .query_row([user_id], |row| row.get(0))
            .optional()?)
    }

    /// Writes the user's entity.
    pub fn put_entity(&self, user_id: &str, object: &str) -> Result<(), StorageError> {
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO entities (user_id, object) VALUES (?1, ?2)")?
            .execute([user_id, object])?;
        Ok(())
    }

    /// The groups that a user was put into, in that order.
    pub fn groups_of(&self, kind: Kind, user_id: &str) -> Result<Vec<String>, StorageError> {
        let sql = "SELECT group_id FROM memberships WHERE user_id = ?1 AND kind = ?2 ORDER BY seq";
        self.texts(sql, [user_id, kind.name()])
    }

    /// The users who were put into a group, sorted.
    pub fn members_of(&self, kind: Kind, group_id: &str) -> Result<Vec<String>, StorageError> {
        let sql =
            "SELECT user_id FROM memberships WHERE group_id = ?1 AND kind = ?2 ORDER BY user_id";
        self.texts(sql, [group_id, kind.name()])
    }

    /// The users whose object names that team as theirs, sorted.
    pub fn users_of_team(&self, team_id: &str) -> Result<Vec<String>, StorageError> {
        let sql = "SELECT user_id FROM users WHERE json_extract(object, '$.ServiceTeamID') = ?1
                AND NOT coalesce(json_extract(object, '$.Deleted'), 0) ORDER BY user_id";
        self.texts(sql, [team_id])
    }

    /// Puts a user into a group; who is in it stays.
    pub fn join(&self, kind: Kind, group_id: &str, user_id: &str) -> Result<(), StorageError> {
        let sql = "INSERT OR IGNORE INTO memberships (kind, group_id, user_id) VALUES (?1, ?2, ?3)";
        self.transaction
            .prepare_cached(sql)?
            .execute([kind.name(), group_id, user_id])?;
        Ok(())
    }

    /// Takes a user out of a group; says whether he was in it.
    pub fn leave(&self, kind: Kind, group_id: &str, user_id: &str) -> Result<bool, StorageError> {
        let sql = "DELETE FROM memberships WHERE kind = ?1 AND group_id = ?2 AND user_id = ?3";
        let left =
            self.transaction
                .prepare_cached(sql)?
                .execute([kind.name(), group_id, user_id])?;
        Ok(left > 0)
    }

    /// Removes all that is linked to a user.
    pub fn unlink(&self, user_id: &str) -> Result<(), StorageError> {
        for table in ["entities", "memberships"] {
            let sql = format!("DELETE FROM {table} WHERE user_id = ?1");
            self.transaction.prepare_cached(&sql)?.execute([user_id])?;
        }
        Ok(())
    }

    fn texts<const N: usize>(
        &self,
        sql: &str,
        values: [&str; N],
    ) -> Result<Vec<String>, StorageError> {
        Ok(self
            .transaction
            .prepare_cached(sql)?
            .query_map(rusqlite::params_from_iter(values), |row| row.get(0))?
            .collect::<Result<_, _>>()?)
    }
}
