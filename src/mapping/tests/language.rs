//! What the mapping language can say beyond a column for a field.

use super::*;

/// The drafts of CSV rows under a mapping, and the codes of what the whole file tells.
fn mapped(toml: &str, header: &[&str], rows: &[&[&str]]) -> (Vec<String>, Vec<String>) {
    let mut mapping = mapping(toml);
    let batch = csv(header, rows);
    assert_eq!(mapping.bind(&batch, &file()), Ok(vec![]), "{toml}");
    let drafts = drafts(&mapping, &batch);
    let remarks = mapping.finish().unwrap();
    (
        drafts,
        remarks.into_iter().map(|remark| remark.message).collect(),
    )
}

#[test]
fn the_first_column_that_is_not_blank_is_taken() {
    let (drafts, remarks) = mapped(
        r#"UserID = "id"
           FirstName = { first_of = ["preferred", "given"] }
           Email = { first_of = ["work", "home"], transform = ["trim", "lower"], blank = "clear" }"#,
        &["id", "preferred", "given", "work", "home"],
        &[
            &["1", "Bob", "Robert", "B@x.example", ""],
            &["2", " ", "Ann", "n/a", "A@y.example"],
            &["3", "", "", "", " "],
        ],
    );
    assert_eq!(
        drafts,
        [
            "Email=b@x.example FirstName=Bob UserID=1",
            "Email=a@y.example FirstName=Ann UserID=2",
            "Email=(clear) UserID=3",
        ]
    );
    assert_eq!(remarks, [""; 0]);
}

#[test]
fn a_template_of_nothing_is_nothing_and_an_expression_always_says_something() {
    let (drafts, _) = mapped(
        r#"UserID = "id"
           AuthenticationID = { template = "{{ given }}.{{ family_name }}", transform = ["strip_diacritics", "lower"] }
           Activated = { expression = "status == 'A' and not end" }
           "Extensions.Key" = { template = "{{ row['E-No.'] }}/{{ status }}", blank = "none" }"#,
        &["id", "given", "Family Name", "status", "end", "E-No."],
        &[
            &["1", "Zoë", "Müller", "A", "", "7"],
            &["2", "", " ", "A", "2026-01-01", "8"],
            &["3", "Ann", "Roe", "-", "N/A", ""],
        ],
    );
    assert_eq!(
        drafts,
        [
            "Activated=true AuthenticationID=zoe.muller UserID=1 Extensions.Key=7/A",
            "Activated=false UserID=2 Extensions.Key=8/A",
            "Activated=false AuthenticationID=ann.roe UserID=3 Extensions.Key=none",
        ]
    );
}

#[test]
fn the_columns_of_a_formula_must_be_there_and_be_one() {
    let errors = |formula: &str, header: &[&str]| {
        let mut mapping = mapping(&format!(
            "UserID = \"id\"\nSMS = {{ expression = '''{formula}''' }}"
        ));
        let errors = mapping.bind(&csv(header, &[]), &file()).unwrap_err();
        let errors = errors.into_iter();
        errors
            .map(|error| format!("{} {}", error.code, error.column.unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(errors("mobile", &["id", "cell"]), ["missing_column mobile"]);
    assert_eq!(
        errors("row['Mobile']", &["id", "mobile"]),
        ["missing_column Mobile"]
    );
    assert_eq!(
        errors("work_phone", &["id", "Work Phone", "work-phone"]),
        ["ambiguous_column work_phone"]
    );
}

#[test]
fn a_formula_of_json_of_which_no_row_has_anything_refuses_the_file() {
    let spec = "UserID = 'id'\nSMS = { expression = 'a ~ b' }";
    for (row, want) in [
        (r#"{"id": "1"}"#, Err(vec!["missing_column"])),
        (r#"{"id": "1", "a": "x"}"#, Ok(vec!["missing_column"])),
        (r#"{"id": "1", "a": "x", "b": "y"}"#, Ok(vec![])),
    ] {
        let mut mapping = mapping(spec);
        let batch = json(&[row]);
        assert_eq!(mapping.bind(&batch, &file()), Ok(vec![]));
        drafts(&mapping, &batch);
        let result = mapping.finish();
        assert_eq!(codes(&result), want.clone().unwrap_or_else(|codes| codes));
        assert_eq!(result.is_ok(), want.is_ok(), "{row}");
    }
}

#[test]
fn what_a_value_table_does_not_list_is_what_otherwise_says() {
    for (otherwise, want) in [
        ("", "Status=(bad) UserID=1 !unmapped_value"),
        (
            ", otherwise = 'error'",
            "Status=(refused) UserID=1 !unmapped_value",
        ),
        (", otherwise = 'blank'", "UserID=1"),
        (", otherwise = 'pass'", "Status=X UserID=1"),
        (", otherwise = 'Z'", "Status=Z UserID=1"),
    ] {
        let toml = format!(
            "UserID = 'id'\nStatus = {{ column = 's', values = {{ A = '1' }}{otherwise} }}"
        );
        assert_eq!(mapped(&toml, &["id", "s"], &[&["1", "X"]]).0, [want]);
        assert_eq!(
            mapped(&toml, &["id", "s"], &[&["1", "a"]]).0,
            ["Status=1 UserID=1"]
        );
    }
}

#[test]
fn a_field_has_its_own_blank_words() {
    let (drafts, remarks) = mapped(
        r#"UserID = "id"
           LastName = { column = "n", blank_words = ["k. A."], blank = "clear" }
           SMS = { column = "s", blank_words = [] }
           Email = { column = "s" }"#,
        &["id", "n", "s"],
        &[&["1", "K.A.", "none"], &["2", "k. a.", "n/a"]],
    );
    assert_eq!(
        drafts,
        [
            "LastName=K.A. SMS=none UserID=1",
            "LastName=(clear) SMS=n/a UserID=2"
        ]
    );
    assert_eq!(
        remarks,
        [
            "\"none\", \"n/a\" were read as blank in 2 cells",
            "\"k. A.\" was read as blank in 1 cell",
        ]
    );
}

#[test]
fn a_blank_word_is_no_bad_date_and_a_default_fills_it() {
    let (drafts, _) = mapped(
        r#"UserID = "id"
           "Extensions.Hired" = { column = "d", transform = [{ date = "%d.%m.%Y" }] }
           "Extensions.Grade" = { column = "g", transform = ["trim", { pad_left = 3 }, { default = "000" }] }"#,
        &["id", "d", "g"],
        &[
            &["1", "n/a", " 7 "],
            &["2", "1.2.2026", "-"],
            &["3", "x", ""],
        ],
    );
    assert_eq!(
        drafts,
        [
            "UserID=1 Extensions.Grade=007",
            "UserID=2 Extensions.Grade=000 Extensions.Hired=2026-02-01",
            "UserID=3 Extensions.Grade=000 Extensions.Hired=(bad) !invalid_date",
        ]
    );
}

#[test]
fn several_phones_each_have_their_way() {
    let (drafts, _) = mapped(
        r#"UserID = "id"
           "Phones.Mobile" = { first_of = ["cell", "private"], transform = [{ phone = "DE" }] }
           "Phones.Office" = { template = "+49 89 1234-{{ desk }}", transform = [{ phone = "DE" }] }"#,
        &["id", "cell", "private", "desk"],
        &[&["1", "", "0171 1234567", "42"], &["2", "?", "", ""]],
    );
    assert_eq!(
        drafts,
        [
            "UserID=1 Phones.Mobile=+491711234567 Phones.Office=+4989123442",
            "UserID=2 Phones.Mobile=(bad) !invalid_phone",
        ]
    );
}

#[test]
fn a_boolean_of_json_stays_one_unless_a_step_makes_it_text() {
    let mut mapping = mapping(
        r#"UserID = "id"
           Activated = { first_of = ["a", "b"] }
           Locked = { column = "a", transform = [{ replace = "t", with = "T" }] }"#,
    );
    let batch = json(&[r#"{"id": "1", "a": true}"#, r#"{"id": "2", "b": false}"#]);
    assert_eq!(mapping.bind(&batch, &file()), Ok(vec![]));
    assert_eq!(
        drafts(&mapping, &batch),
        [
            "Activated=true Locked=True UserID=1",
            "Activated=false UserID=2"
        ]
    );
}
