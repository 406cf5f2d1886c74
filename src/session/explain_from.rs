//! One user's way through an export that has not been sent: cells → mapped values → problems → change → what would leave.

use serde_json::{Value as Json, json};

use crate::cli::{ExplainArgs, InputArgs, PartFlags};
use crate::failure::Failure;
use crate::fetch::Reading;
use crate::model::{Change, Field, UserKey};
use crate::planning::{TracedValue, trace_rows};
use crate::report::{Foreseen, ForeseenRow, ForeseenValue};
use crate::wire::payload;

use super::{Console, Session};

impl Session {
    /// Follows a user from the line of an export to what would be sent. Reads only.
    ///
    /// # Errors
    /// As a plan.
    pub async fn foresee(
        &self,
        args: &ExplainArgs,
        input: &InputArgs,
        console: &Console,
    ) -> Result<Foreseen, Failure> {
        let key = UserKey::of(&args.user);
        let connection = self.connect_if_needed(&args.against, console).await?;
        let past = self.past(connection.as_ref())?;
        let part = PartFlags::default();
        let planning = self.plan(
            input,
            &part,
            &args.against,
            connection.as_ref(),
            &past,
            console,
        );
        let planned = planning.await?;
        let mut export = self.export(input)?;
        let traced = trace_rows(&mut export, &mut self.mapping(), &key)?;
        let is_his = |id: &str| UserKey::of(id) == key;
        let lines: Vec<u64> = traced.iter().map(|row| row.line).collect();
        let plan = planned.plan;
        // A row may mean a user whom the tenant knows under another id.
        let of_row = |change: &&Change| {
            is_his(&change.user_id) || change.line().is_some_and(|line| lines.contains(&line))
        };
        let change = plan.changes.iter().find(of_row).cloned();
        let sent = change
            .as_ref()
            .filter(|change| change.held.is_none())
            .map(|change| {
                let base = match planned.bases.get(&change.user_id) {
                    Some((_, Reading::Present(user))) => Some(user),
                    _ => None,
                };
                Json::Object(payload(base, change))
            });
        let problems = plan.problems.into_iter().filter(|problem| {
            let names_him = problem.user_id.as_deref().is_some_and(is_his);
            names_him || problem.line.is_some_and(|line| lines.contains(&line))
        });
        let absent = plan
            .absence
            .users
            .into_iter()
            .find(|user| is_his(&user.user_id));
        Ok(Foreseen {
            user_id: args.user.clone(),
            export: planned.export.to_string(),
            rows: traced
                .into_iter()
                .map(|row| ForeseenRow {
                    line: row.line,
                    cells: row.cells,
                    left_out: row.left_out,
                    values: row
                        .values
                        .into_iter()
                        .map(|value| self.with_rule(value))
                        .collect(),
                })
                .collect(),
            problems: problems.collect(),
            absent,
            change,
            sent,
        })
    }

    /// The value with the rule of `[map]` that made it.
    fn with_rule(&self, value: TracedValue) -> ForeseenValue {
        let field = Field::named(&value.field);
        let specs = self.settings.map.iter().flat_map(|spec| &spec.fields);
        let mut of_field = specs.filter(|(other, _)| Some(other) == field.as_ref());
        let rule = match of_field.next() {
            None => "the column is spelled like the field".to_owned(),
            Some((_, spec)) => written(json!(spec)),
        };
        ForeseenValue {
            field: value.field,
            value: value.value,
            column: value.column,
            rule,
        }
    }
}

/// A rule without what is not said in it.
fn written(mut rule: Json) -> String {
    if let Json::Object(rule) = &mut rule {
        rule.retain(|_, value| !value.is_null() && *value != json!("keep"));
    }
    rule.to_string()
}
