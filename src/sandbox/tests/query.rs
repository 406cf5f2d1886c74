//! The query, its pages and its narrowings.

use serde_json::{Value as Json, json};

use super::{Server, many, start};

const SEED: &str = r#"
    {"UserID":"c","LastName":"Ek","ServiceTeamID":"EAST","StorageLocationID":"V1"}
    {"UserID":"a","LastName":"Berg","ServiceTeamID":"WEST","Activated":false}
    {"UserID":"B","LastName":"Ek","ServiceTeamID":"EAST","Deleted":true}"#;

async fn ids(server: &Server, query: &str) -> Vec<String> {
    let answer = server.get(&format!("/seiapi/v3/query/Users/{query}")).await;
    assert_eq!(answer.status, 200, "{query}");
    let id = |user: &Json| user["UserID"].as_str().unwrap().to_owned();
    answer.json().as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn filters_searches_and_sorts() {
    let server = start(SEED, json!({})).await;
    for (query, want) in [
        ("", vec!["B", "a", "c"]),
        ("?sort=UserID", vec!["B", "a", "c"]),
        ("?sort=-UserID", vec!["c", "a", "B"]),
        ("?sort=LastName", vec!["a", "B", "c"]),
        ("?sort=-LastName", vec!["B", "c", "a"]),
        ("?filter=ServiceTeamID:EAST", vec!["B", "c"]),
        (
            "?filter=ServiceTeamID:EAST,Activated:true&sort=-UserID&limit=1",
            vec!["c"],
        ),
        ("?filter=StorageLocation%3AV1", vec!["c"]),
        ("?q=ber", vec!["a"]),
        ("?q=e::in:LastName,SMS&start=1", vec!["a", "c"]),
        ("?start=3", vec![]),
        ("?customerid=x&start=&limit=", vec!["B", "a", "c"]),
    ] {
        assert_eq!(ids(&server, query).await, want, "{query}");
    }
    assert_eq!(
        server
            .get("/seiapi/v3/query/Users?limit=1")
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let server = start(SEED, json!({})).await;
    for query in [
        "limit=0",
        "limit=-1",
        "limit=x",
        "start=-1",
        "start=99999999999999999999",
        "filter=x",
    ] {
        let answer = server
            .get(&format!("/seiapi/v3/query/Users/?{query}"))
            .await;
        assert_eq!(answer.status, 400, "{query}");
    }
}

#[tokio::test]
async fn pages_go_on_from_start_plus_received_and_may_be_capped() {
    let seed = Json::Array(many(250)).to_string();
    let server = start(&seed, json!({"switches": {"query_page_max": 40}})).await;
    assert_eq!(ids(&server, "").await.len(), 40);
    let mut all = Vec::new();
    loop {
        let page = ids(
            &server,
            &format!("?sort=UserID&limit=100&start={}", all.len()),
        )
        .await;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    assert_eq!(all, server.ids().await);
    server.set_faults(json!({})).await;
    assert_eq!(ids(&server, "").await.len(), 100);
    assert_eq!(ids(&server, "?limit=5000").await.len(), 250);
}

#[tokio::test]
async fn the_answer_is_narrowed_as_switched() {
    let server = start(
        SEED,
        json!({"switches": {"query_visible": "ServiceTeamID:EAST"}}),
    )
    .await;
    assert_eq!(ids(&server, "?sort=UserID").await, ["B", "c"]);
    server
        .set_faults(json!({"switches": {"query_hidden": ["c"]}}))
        .await;
    assert_eq!(ids(&server, "").await, ["B", "a"]);
    assert_eq!(server.get("/seiapi/v3/trans/User/c").await.status, 200);
    let fields = json!({"query_fields": ["UserID", "StorageLocationID"], "query_renames": {"StorageLocationID": "StorageLocation"}});
    server.set_faults(json!({"switches": fields})).await;
    let page = server.get("/seiapi/v3/query/Users/?start=2").await.json();
    assert_eq!(page, json!([{"StorageLocation": "V1", "UserID": "c"}]));
}

#[tokio::test]
async fn the_answer_has_two_shapes_or_is_refused() {
    let server = start(SEED, json!({"switches": {"query_shape": "envelope"}})).await;
    let page = server.get("/seiapi/v3/query/Users/?limit=1").await.json();
    assert_eq!(page["Users"][0]["UserID"], json!("B"));
    for status in [403, 404, 405] {
        server
            .set_faults(json!({"switches": {"query_status": status}}))
            .await;
        assert_eq!(server.get("/seiapi/v3/query/Users/").await.status, status);
    }
}
