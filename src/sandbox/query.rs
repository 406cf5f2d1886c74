//! `GET /seiapi/v3/query/Users/?filter=&q=&sort=&limit=&start=`: pages of users, narrowed as switched.
//!
//! A query without filter, sorted by UserID, is answered from the id index; any other reads every user.

use serde_json::{Map, Value as Json, json};

use crate::sandbox::answer::{Finding, Reply};
use crate::sandbox::filter::{Filter, Search, text_of};
use crate::sandbox::storage::Work;
use crate::sandbox::switches::{Shape, Switches};
use crate::sandbox::writes;

/// Users on a page if `limit` is not given.
const LIMIT_DEFAULT: u64 = 100;

/// What is asked for.
struct Query {
    filter: Filter,
    search: Option<Search>,
    sort: String,
    descending: bool,
    start: u64,
    limit: u64,
}

/// Answers a query. `parameters`: the URL's, decoded; unknown ones do not matter.
pub fn answer(
    work: &Work<'_>,
    switches: &Switches,
    parameters: &[(String, String)],
) -> Result<Reply, Finding> {
    if let Some(status) = switches.query_status {
        return Err(Finding::new(status, "The query is not allowed"));
    }
    let query = Query::read(parameters, switches)?;
    let objects = if query.is_plain() && switches.query_shows_all() {
        work.page(query.start, query.limit, query.descending)?
    } else {
        chosen(work, switches, &query)?
    };
    let list = objects.join(",");
    Ok(Reply::json(
        200,
        match switches.query_shape {
            Shape::Bare => format!("[{list}]"),
            Shape::Envelope => format!("{{\"Users\":[{list}]}}"),
        },
    ))
}

impl Query {
    fn read(parameters: &[(String, String)], switches: &Switches) -> Result<Query, Finding> {
        let text = |name: &str| {
            let of_name = parameters.iter().rev().find(|(other, _)| other == name);
            of_name
                .map(|(_, value)| value.as_str())
                .filter(|value| !value.is_empty())
        };
        let number = |name: &str, default: u64| match text(name) {
            None => Ok(default),
            Some(digits) => digits.parse().map_err(|_| refused(name, digits)),
        };
        let filter = text("filter").unwrap_or_default();
        let sort = text("sort").unwrap_or("UserID");
        let query = Query {
            filter: Filter::try_from(filter.to_owned()).map_err(|_| refused("filter", filter))?,
            search: text("q").map(Search::parse),
            sort: sort.trim_start_matches('-').to_owned(),
            descending: sort.starts_with('-'),
            start: number("start", 0)?,
            limit: number("limit", LIMIT_DEFAULT)?.min(switches.query_page_max),
        };
        match query.limit {
            0 => Err(refused("limit", "0")),
            _ => Ok(query),
        }
    }

    /// Whether the id index can answer it.
    fn is_plain(&self) -> bool {
        self.filter == Filter::default() && self.search.is_none() && self.sort == "UserID"
    }

    fn admits(&self, object: &Map<String, Json>) -> bool {
        self.filter.admits(object)
            && self
                .search
                .as_ref()
                .is_none_or(|search| search.finds(object))
    }
}

fn refused(name: &str, value: &str) -> Finding {
    Finding::new(400, format!("The parameter {name} is wrong"))
        .params(json!({"key": name, "value": value}))
}

/// The page of a query that has to look at every user.
fn chosen(work: &Work<'_>, switches: &Switches, query: &Query) -> Result<Vec<String>, Finding> {
    let mut found = Vec::new();
    for text in work.objects()? {
        let object = writes::read(&text)?;
        if is_visible(&object, switches) && query.admits(&object) {
            found.push((text_of(&object, &query.sort), object));
        }
    }
    // Stable: equal ones stay in the order of their ids.
    found.sort_by(|(one, _), (other, _)| match query.descending {
        true => other.cmp(one),
        false => one.cmp(other),
    });
    let bounded = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let page = found
        .into_iter()
        .skip(bounded(query.start))
        .take(bounded(query.limit));
    Ok(page.map(|(_, object)| shown(object, switches)).collect())
}

fn is_visible(object: &Map<String, Json>, switches: &Switches) -> bool {
    let hidden = switches.query_hidden.contains(&text_of(object, "UserID"));
    !hidden
        && switches
            .query_visible
            .as_ref()
            .is_none_or(|filter| filter.admits(object))
}

/// The fields that the query shows, under the names that it shows them.
fn shown(object: Map<String, Json>, switches: &Switches) -> String {
    let is_shown = |name: &String| {
        switches
            .query_fields
            .as_ref()
            .is_none_or(|fields| fields.contains(name))
    };
    let shown: Map<String, Json> = object
        .into_iter()
        .filter(|(name, _)| is_shown(name))
        .map(|(name, value)| {
            (
                switches.query_renames.get(&name).cloned().unwrap_or(name),
                value,
            )
        })
        .collect();
    Json::Object(shown).to_string()
}
