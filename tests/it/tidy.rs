//! The rules of the house, checked by a machine: layers, sizes, words and names (docs: the design's §2).
//!
//! Every rule takes sources and gives its findings, so that the same rules are tried on planted violations.

#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/source.rs"]
mod source;

use source::Source;

/// Everything that is wrong with these sources, one `path:line: text` each.
fn findings(sources: &[Source]) -> Vec<String> {
    let each = [
        layers::layers,
        layers::pure_stages,
        layers::proof_of_record,
        rules::file_sizes,
        rules::function_sizes,
        rules::names,
        rules::unfinished,
        rules::map,
    ];
    let found = |source| each.iter().flat_map(move |rule| rule(source));
    sources.iter().flat_map(found).collect()
}

#[test]
fn the_sources_are_tidy() {
    let sources = Source::all(&["src", "tests"]);
    assert!(sources.len() > 10, "the sources were found");
    let findings = findings(&sources);
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn a_tidy_source_has_no_findings() {
    for (path, text) in [
        (
            "src/diff.rs",
            "use crate::model::Change;\n/// tokio, todo!() and crate::api in words\nfn a() -> &'static str { \"std::fs::read\" }\n",
        ),
        (
            "src/wire/path.rs",
            "use super::segment;\n#[cfg(test)]\nmod tests { use crate::sandbox::run; use std::fs; }\n",
        ),
        (
            "src/delivery/mod.rs",
            "use crate::{fetch::Pace, store::Store};\nuse tokio::time;\n",
        ),
        (
            "src/store/journal.rs",
            "fn a() { InFlight::recorded(1, hash) }\n",
        ),
        ("src/lib.rs", "//! * [`model`]: the nouns\npub mod model;\n"),
        ("tests/it/x.rs", "fn a() { std::fs::read(\"x\"); }\n"),
    ] {
        assert_eq!(findings(&[Source::new(path, text)]), [""; 0], "{path}");
    }
}

#[test]
fn planted_violations_are_caught() {
    for (path, text, finding) in PLANTED {
        let findings = findings(&[Source::new(path, text)]);
        let found = findings
            .iter()
            .any(|found| found.starts_with(path) && found.contains(finding));
        assert!(
            found,
            "{path}: {text:?} must be found as {finding:?}, but: {findings:?}"
        );
    }
}

#[test]
fn files_and_functions_that_are_too_long_are_caught() {
    for (path, lines, finding) in [
        ("src/store/a.rs", 401, "401 lines"),
        ("tests/it/a.rs", 401, "401 lines"),
        ("src/commands/plan.rs", 61, "61 lines"),
        ("src/main.rs", 61, "61 lines"),
    ] {
        let planted = Source::new(path, &"// x\n".repeat(lines));
        assert!(findings(&[planted])[0].contains(finding), "{path}");
        let short = Source::new(path, &"// x\n".repeat(lines - 1));
        assert_eq!(findings(&[short]), [""; 0], "{path}");
    }
    let function = |lines| {
        format!(
            "impl A {{\n    fn b(c: [u8; 2])\n    {{\n{}    }}\n}}\n",
            "        d();\n".repeat(lines)
        )
    };
    assert_eq!(
        findings(&[Source::new("src/store/a.rs", &function(67))]),
        [""; 0]
    );
    let long = findings(&[Source::new("src/store/a.rs", &function(68))]);
    assert_eq!(
        long,
        ["src/store/a.rs:2: fn b has 71 lines, 70 are the most"]
    );
}

/// Path, text, and a part of the finding that it must lead to.
const PLANTED: [(&str, &str, &str); 30] = [
    (
        "src/model/a.rs",
        "use crate::diff::diff;",
        "model must not use diff",
    ),
    (
        "src/diff.rs",
        "use crate::api::Reader;",
        "diff must not use api",
    ),
    (
        "src/diff.rs",
        "use crate::{model::User, wire};",
        "diff must not use wire",
    ),
    (
        "src/diff.rs",
        "fn a() { crate::store::Store::open(); }",
        "diff must not use store",
    ),
    (
        "src/diff.rs",
        "use super::report::text;",
        "diff must not use report",
    ),
    (
        "src/wire/a.rs",
        "fn a(b: super::super::fetch::Pace) {}",
        "wire must not use fetch",
    ),
    (
        "src/report/a.rs",
        "use crate::config::Settings;",
        "report must not use config",
    ),
    (
        "src/config/a.rs",
        "use crate::cli::Cli;",
        "config must not use cli",
    ),
    (
        "src/novelty.rs",
        "use crate::model::User;",
        "novelty has no place among the layers",
    ),
    ("src/pacing/a.rs", "use tokio::time;", "tokio"),
    (
        "src/pacing/a.rs",
        "use std::{fmt, time::{Instant, SystemTime}};",
        "SystemTime",
    ),
    (
        "src/pacing/a.rs",
        "fn a() { Instant::now(); }",
        "Instant::now",
    ),
    ("src/mapping/a.rs", "use std::{env, fs};", "std::fs"),
    (
        "src/mapping/a.rs",
        "fn a() { std::env::var(b); }",
        "std::env",
    ),
    (
        "src/validate.rs",
        "fn a() { tracing::info!(b); }",
        "tracing",
    ),
    ("src/planner/a.rs", "fn a() { rand::random(); }", "rand"),
    ("src/guard.rs", "use clap::Args;", "clap"),
    ("src/wire/a.rs", "use reqwest::Url;", "reqwest"),
    (
        "src/delivery/a.rs",
        "fn a() { InFlight::recorded(1, hash); }",
        "only the store",
    ),
    ("src/utils.rs", "", "utils"),
    ("src/store/helpers/a.rs", "", "helpers"),
    ("src/store/a.rs", "mod common;", "common"),
    ("src/store/a.rs", "pub struct RunManager;", "RunManager"),
    ("src/store/a.rs", "fn a() { todo!() }", "todo!"),
    ("src/store/a.rs", "fn a() { dbg!(b); }", "dbg!"),
    (
        "src/store/a.rs",
        "fn a() { unimplemented!() }",
        "unimplemented!",
    ),
    (
        "tests/it/a.rs",
        "#[ignore = \"slow\"]\nfn a() {}",
        "#[ignore]",
    ),
    (
        "tests/it/a.rs",
        "use std::thread;\nfn a() { thread::sleep(b); }",
        "thread::sleep",
    ),
    (
        "src/store/a.rs",
        "#[cfg(test)]\nmod tests { fn a() { std::thread::sleep(b); } }",
        "thread::sleep",
    ),
    (
        "src/lib.rs",
        "//! The map: `model`.\npub mod model;\npub mod diff;\n",
        "diff is not on the map",
    ),
];
