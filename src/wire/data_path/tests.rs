//! Tables of paths, and where they point.

use super::*;
use serde_json::json;

fn pointer(index: usize, property: Option<&str>) -> Option<UserPointer> {
    let property = property.map(str::to_owned);
    Some(UserPointer { index, property })
}

#[test]
fn what_points_at_no_user_is_none() {
    for path in [
        "",
        " ",
        "/",
        "#",
        "#/",
        "$",
        ".",
        "/Users",
        "Users",
        ".Users",
        "$.Users",
        "#/Users",
        "/Users/",
        "/Users/x",
        "/Users/-",
        "/Users/-1",
        "/Users/+1",
        "/Users/01",
        "/Users/1.5",
        "/Users/99999999999999999999999",
        "Users[0",
        "Users[]",
        "Users[x]",
        "Users[-1]",
        "Users['0",
        "Users..Email",
        "Users[0]Email",
        "Users[0].",
        "/users/0",
        "/Teams/0/Email",
        "Users/0/Email",
        "#Users/0",
        "#/Users/%zz",
        "#/Users/%+1",
        "#/Users/%",
        "#/Users/%C3",
        "the third user",
        "é",
        "$['Users'][0]['",
        "$['Users'][0]['a\\",
        "[",
        "['Users'x]",
    ] {
        assert_eq!(parse_data_path(path), None, "{path:?}");
    }
}

#[test]
fn every_notation_points() {
    for (path, index, property) in [
        // The API page's own list.
        ("/Users/0/Email", 0, Some("Email")),
        ("Users[0].Email", 0, Some("Email")),
        (".Users[0].Email", 0, Some("Email")),
        ("$.Users[0].Email", 0, Some("Email")),
        ("$['Users'][0]['Email']", 0, Some("Email")),
        ("#/Users/0/Email", 0, Some("Email")),
        // The user as a whole.
        ("/Users/12", 12, None),
        ("/Users/12/", 12, None),
        ("Users[12]", 12, None),
        ("$[\"Users\"][12]", 12, None),
        (" #/Users/12 ", 12, None),
        // Deeper, and with what needs escaping.
        ("/Users/1/Phones/0/PhoneNum", 1, Some("Phones/0/PhoneNum")),
        (".Users[1].Phones[0].PhoneNum", 1, Some("Phones/0/PhoneNum")),
        ("/Users/1/Extensions/a~1b~0c", 1, Some("Extensions/a~1b~0c")),
        (
            ".Users[1].Extensions['a/b~c']",
            1,
            Some("Extensions/a~1b~0c"),
        ),
        (
            "#/Users/1/Extensions/a~1b%20%C3%AB",
            1,
            Some("Extensions/a~1b ë"),
        ),
        ("Users[1]['it\\'s']", 1, Some("it's")),
        ("Users[1][\"a]b\"]", 1, Some("a]b")),
        ("Users.1.Email", 1, Some("Email")),
        ("$.Users[1].Zoë", 1, Some("Zoë")),
    ] {
        assert_eq!(parse_data_path(path), pointer(index, property), "{path}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let properties = [
        "",
        "Email",
        "Phones/0/PhoneNum",
        "Extensions/a~1b~0c",
        "Extensions/cost centre",
        "Extensions/it's",
        "Extensions/a\\b",
        "Extensions/a%b#c",
        "Extensions/x]['y",
        "Extensions/Zoë.2",
        "Extensions/007",
    ];
    for notation in Notation::ALL {
        for property in properties {
            let path = write_data_path(notation, 7, property);
            let property = Some(property).filter(|property| !property.is_empty());
            assert_eq!(parse_data_path(&path), pointer(7, property), "{path}");
        }
    }
}

#[test]
fn each_notation_looks_like_itself() {
    for (notation, whole, user, property) in [
        (
            Notation::Pointer,
            "",
            "/Users/0",
            "/Users/0/Phones/1/PhoneNum",
        ),
        (
            Notation::JavaScript,
            "",
            "Users[0]",
            "Users[0].Phones[1].PhoneNum",
        ),
        (
            Notation::DotJavaScript,
            "",
            ".Users[0]",
            ".Users[0].Phones[1].PhoneNum",
        ),
        (
            Notation::Dollar,
            "$",
            "$.Users[0]",
            "$.Users[0].Phones[1].PhoneNum",
        ),
        (
            Notation::Bracket,
            "$",
            "$['Users'][0]",
            "$['Users'][0]['Phones'][1]['PhoneNum']",
        ),
        (
            Notation::Fragment,
            "#",
            "#/Users/0",
            "#/Users/0/Phones/1/PhoneNum",
        ),
    ] {
        assert_eq!(write_path(notation, ""), whole);
        assert_eq!(write_data_path(notation, 0, ""), user);
        assert_eq!(write_data_path(notation, 0, "Phones/1/PhoneNum"), property);
    }
    assert_eq!(write_path(Notation::JavaScript, "Email"), "Email");
}

#[test]
fn a_missing_property_is_named_by_the_params() {
    for (path, params, want) in [
        (
            Some("/Users/1"),
            json!({"key": "Email"}),
            pointer(1, Some("Email")),
        ),
        (
            Some(".Users[1]"),
            json!({"missingProperty": "Email"}),
            pointer(1, Some("Email")),
        ),
        (
            Some("/Users/1/SMS"),
            json!({"key": "Email"}),
            pointer(1, Some("SMS")),
        ),
        (Some("/Users/1"), json!({"value": "x"}), pointer(1, None)),
        (Some(""), json!({"key": "Users"}), None),
        (None, json!({"key": "Email"}), None),
    ] {
        let detail = Detail {
            code: 400,
            message: String::new(),
            params,
            data_path: path.map(str::to_owned),
        };
        assert_eq!(user_pointer(&detail), want, "{detail:?}");
    }
}
