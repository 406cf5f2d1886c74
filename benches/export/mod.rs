//! Exports of people who do not exist: any size, the same for the same seed on every machine.
//!
//! As HR systems write them: 15 columns, some cells in quotes, accents in every tenth name, and now and then a remark with
//! quotes and line breaks in it. The second of two exports is the first a night later: some people have another mail
//! address, some are gone, some are new, and the order is another one.

use std::io::{self, Write};

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON array.
    Json,
    /// A JSON object a line.
    Ndjson,
}

/// What changes between two exports, in people of 10,000. Nothing by default: the first export.
#[derive(Clone, Copy, Debug, Default)]
pub struct Night {
    /// With another mail address.
    pub updated: u64,
    /// No longer there.
    pub removed: u64,
    /// Not there before.
    pub added: u64,
}

impl Night {
    /// 1 % updated, 0.5 % removed, 0.5 % added.
    pub const USUAL: Night = Night {
        updated: 100,
        removed: 50,
        added: 50,
    };
}

/// The columns, by the names of the User object but for the last one, which is nobody's business.
pub const COLUMNS: [&str; 15] = [
    "UserID",
    "FirstName",
    "LastName",
    "Email",
    "AuthenticationID",
    "ServiceTeamID",
    "DGroupID",
    "LanguageCode",
    "Activated",
    "IsMobileWorker",
    "StorageLocationID",
    "SMS",
    "Phones.Mobile",
    "Extensions.CostCenter",
    "Remarks",
];

const FIRST: [&str; 20] = [
    "Anna", "Bert", "Carla", "Dieter", "Chloé", "Farid", "Grace", "Hans", "Irene", "Jörg", "Karin",
    "Luc", "Maria", "Nils", "Olga", "Paul", "Quinn", "Rosa", "Sven", "Tina",
];
const LAST: [&str; 20] = [
    "Miller",
    "Smith",
    "Lefèvre",
    "Jones",
    "Brown",
    "Davis, Jr.",
    "Garcia",
    "Weber",
    "Novak",
    "Moreau",
    "Müller",
    "Taylor",
    "Wilson",
    "O'Neil",
    "Clark",
    "Lewis",
    "Walker",
    "Hall",
    "Young",
    "King",
];

/// The numbers of the people of an export, in its order.
pub fn people(count: u64, seed: u64, night: Night) -> Vec<u64> {
    let stays = |person: &u64| chance(seed, 1, *person) >= night.removed;
    let new = count * night.added / 10_000;
    let mut people: Vec<u64> = (0..count).filter(stays).chain(count..count + new).collect();
    if night.updated + night.removed + night.added > 0 {
        for at in (1..people.len()).rev() {
            let other = mix(seed, 2, at as u64) % (at as u64 + 1);
            people.swap(at, other as usize);
        }
    }
    people
}

/// The cells of a person.
pub fn cells(person: u64, seed: u64, night: Night) -> [String; 15] {
    let pick = |what: u64, of: u64| mix(seed, what, person) % of;
    let (first, last) = (FIRST[pick(3, 20) as usize], LAST[pick(4, 20) as usize]);
    let mail = match chance(seed, 5, person) < night.updated {
        true => format!("new{person}@fieldworks.example"),
        false => format!("user{person}@fieldworks.example"),
    };
    let remark = match pick(6, 200) {
        0 => format!("prefers \"{first}\"\nto the full name"),
        1 => "part time, 80 %".to_owned(),
        _ => String::new(),
    };
    [
        format!("T{person:08}"),
        first.to_owned(),
        last.to_owned(),
        mail,
        format!("CORP\\u{person}"),
        format!("TEAM-{:03}", pick(7, 200)),
        format!("DG-{}", pick(8, 50)),
        ["EN", "DE", "FR"][pick(9, 3) as usize].to_owned(),
        "true".to_owned(),
        "true".to_owned(),
        format!("VAN-{person}"),
        format!("+1 555 {:07}", person % 10_000_000),
        format!("+1 444 {:07}", person % 10_000_000),
        format!("{}", 1000 + pick(10, 900)),
        remark,
    ]
}

/// Writes an export of so many people before the night.
///
/// # Errors
/// If it cannot be written.
pub fn write(
    out: &mut impl Write,
    form: Form,
    count: u64,
    seed: u64,
    night: Night,
) -> io::Result<()> {
    let mut line = String::new();
    let people = people(count, seed, night);
    match form {
        Form::Csv => writeln!(out, "{}", COLUMNS.join(","))?,
        Form::Json => out.write_all(b"[")?,
        Form::Ndjson => {}
    }
    for (at, person) in people.iter().enumerate() {
        line.clear();
        let cells = cells(*person, seed, night);
        match form {
            Form::Csv => csv_line(&mut line, &cells),
            Form::Json | Form::Ndjson => json_line(&mut line, &cells),
        }
        if form == Form::Json && at > 0 {
            out.write_all(b",\n")?;
        }
        out.write_all(line.as_bytes())?;
        if form != Form::Json {
            out.write_all(b"\n")?;
        }
    }
    if form == Form::Json {
        out.write_all(b"]\n")?;
    }
    out.flush()
}

fn csv_line(line: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        match cell.contains([',', '"', '\n']) {
            true => {
                line.push('"');
                line.push_str(&cell.replace('"', "\"\""));
                line.push('"');
            }
            false => line.push_str(cell),
        }
    }
}

fn json_line(line: &mut String, cells: &[String]) {
    line.push('{');
    for (at, (name, cell)) in COLUMNS.iter().zip(cells).enumerate() {
        if at > 0 {
            line.push(',');
        }
        let text = serde_json::Value::from(cell.as_str());
        let value = match cell.as_str() {
            "true" => "true".to_owned(),
            _ => text.to_string(),
        };
        line.push_str(&format!("\"{name}\":{value}"));
    }
    line.push('}');
}

/// Something of 10,000, always the same for the same person.
fn chance(seed: u64, what: u64, person: u64) -> u64 {
    mix(seed, what, person) % 10_000
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood, 2014) over all three.
fn mix(seed: u64, what: u64, person: u64) -> u64 {
    let mut x = seed
        .wrapping_add(what.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add(person.wrapping_mul(0xD1B5_4A32_D192_ED03));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
