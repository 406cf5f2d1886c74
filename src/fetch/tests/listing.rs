//! Listing all users.

use super::{reads, reads_of};
use crate::api::raw_server::{Act, RawServer, Seen, json};
use crate::fetch::{FetchError, FetchErrorKind, Listing, Reads};
use crate::model::Event;

/// The `start` of a query.
fn start(seen: &Seen) -> usize {
    let (_, start) = seen.target.split_once("&start=").unwrap();
    start.parse().unwrap()
}

fn page(users: impl IntoIterator<Item = String>) -> String {
    let users: Vec<_> = users.into_iter().collect();
    format!("[{}]", users.join(","))
}

fn user(number: usize) -> String {
    format!("{{\"UserID\":\"T-{number}\"}}")
}

async fn list(reads: &Reads) -> (Result<Listing, FetchError>, Vec<String>) {
    let mut ids = Vec::new();
    let listing = reads
        .list(&mut |user| ids.push(user.user_id().to_owned()))
        .await;
    (listing, ids)
}

#[tokio::test]
async fn an_empty_tenant_is_an_empty_list() {
    for body in ["[]", r#"{"Users":[]}"#] {
        let server = RawServer::start(move |_, _| json(200, body)).await;
        let (listing, ids) = list(&reads_of(&server)).await;
        assert_eq!(listing.unwrap(), Listing::default());
        assert!(ids.is_empty());
        assert_eq!(
            server.targets(),
            ["GET /seiapi/v3/query/Users/?sort=UserID&limit=500&start=0"]
        );
    }
}

#[tokio::test]
async fn paging_goes_on_from_what_was_received() {
    // The server caps its pages at 2, whatever is asked for.
    let server = RawServer::start(|seen, _| {
        let from = start(seen);
        json(200, &page((from..5).take(2).map(user)))
    })
    .await;
    let (reads, heard) = reads(&server.options());
    let (listing, ids) = list(&reads).await;
    assert_eq!(listing.unwrap().users, 5);
    assert_eq!(ids, ["T-0", "T-1", "T-2", "T-3", "T-4"]);
    let starts: Vec<_> = server.requests().iter().map(start).collect();
    assert_eq!(starts, [0, 2, 4, 5]);
    let counts = [2, 2, 1].map(|users| Event::UsersListed { users });
    assert_eq!(heard.events(), counts);
}

#[tokio::test]
async fn users_met_twice_are_visited_once() {
    // Somebody was added while we listed: the second page begins with a user we have.
    let server = RawServer::start(|seen, _| {
        let numbers: &[usize] = match start(seen) {
            0 => &[1, 2, 2],
            3 => &[2, 3],
            _ => &[],
        };
        json(200, &page(numbers.iter().copied().map(user)))
    })
    .await;
    let (listing, ids) = list(&reads_of(&server)).await;
    assert_eq!(listing.unwrap().users, 3);
    assert_eq!(ids, ["T-1", "T-2", "T-3"]);
}

#[tokio::test]
async fn a_page_without_new_users_is_the_end() {
    let server = RawServer::start(|_, _| json(200, &page((0..3).map(user)))).await;
    let (listing, ids) = list(&reads_of(&server)).await;
    assert_eq!((listing.unwrap().users, ids.len()), (3, 3));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_list_says_which_properties_it_can_show() {
    let server = RawServer::start(|seen, _| match start(seen) {
        0 => json(
            200,
            r#"[{"UserID":"a","Email":""},{"UserID":"b","Phones":[]}]"#,
        ),
        2 => json(
            200,
            r#"{"Users":[{"UserID":"c","WorkCenter":null}],"total":3}"#,
        ),
        _ => json(200, "[]"),
    })
    .await;
    let (listing, ids) = list(&reads_of(&server)).await;
    assert_eq!(ids, ["a", "b", "c"]);
    let seen: Vec<_> = listing.unwrap().fields_seen.into_iter().collect();
    assert_eq!(seen, ["Email", "Phones", "UserID", "WorkCenter"]);
}

#[tokio::test]
async fn a_query_that_is_not_allowed_is_told_from_one_that_failed() {
    for status in [403, 404, 405] {
        let server = RawServer::start(move |_, _| json(status, "{}")).await;
        let error = list(&reads_of(&server)).await.0.unwrap_err();
        assert_eq!(error.kind, FetchErrorKind::QueryRefused { status });
        assert_eq!(server.requests().len(), 1);
    }
    for (status, requests) in [(400, 1), (410, 1), (500, 4)] {
        let server = RawServer::start(move |_, _| json(status, "{}")).await;
        let error = list(&reads_of(&server)).await.0.unwrap_err();
        assert!(
            !matches!(error.kind, FetchErrorKind::QueryRefused { .. }),
            "{error:?}"
        );
        assert_eq!(server.requests().len(), requests);
    }
}

#[tokio::test]
async fn half_a_list_is_never_taken_for_a_whole_one() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[".to_vec();
    for act in [
        json(500, "{}"),
        json(403, "{}"),
        json(404, "{}"),
        json(410, "{}"),
        json(200, "<h1>login</h1>"),
        json(200, r#"{"code":200}"#),
        json(200, r#"[{"UserID":"T-9"},{"Email":"x"}]"#),
        Act::WriteAndClose(cut),
        Act::Reset,
    ] {
        let server = RawServer::start(move |seen, _| match start(seen) {
            0 => json(200, &page((0..3).map(user))),
            _ => act.clone(),
        })
        .await;
        let error = list(&reads_of(&server)).await.0.unwrap_err();
        assert!(
            !matches!(error.kind, FetchErrorKind::QueryRefused { .. }),
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .contains("the list of users after the first 3"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_page_that_failed_is_asked_for_again() {
    let server = RawServer::start(|seen, before| match (start(seen), before) {
        (_, 1) => Act::Reset,
        (0, _) => json(200, &page((0..2).map(user))),
        _ => json(200, "[]"),
    })
    .await;
    let (listing, ids) = list(&reads_of(&server)).await;
    assert_eq!((listing.unwrap().users, ids.len()), (2, 2));
    let starts: Vec<_> = server.requests().iter().map(start).collect();
    assert_eq!(starts, [0, 2, 2]);
}
