//! Who may use whom, and what the pure stages must not touch. Only shipped code counts.

use super::source::{Source, paths};

/// Each top-level module with those that it may use. A new module has to take its place here.
const LAYERS: [(&str, &[&str]); 24] = [
    ("model", &[]),
    ("mapping", &["model"]),
    ("validate", &["model"]),
    // What the export expects is validated before it is compared.
    ("diff", &["model", "validate"]),
    ("guard", &["model"]),
    // Dates are read as the mapping reads them.
    ("guess", &["model", "mapping"]),
    ("wire", &["model"]),
    ("planner", &["model", "wire"]),
    // A plan that was read must be what its id stands for.
    ("plan_file", &["model", "planner"]),
    ("pacing", &["model", "wire"]),
    ("input", &["model"]),
    ("store", &["model"]),
    ("report", &["model", "guess"]),
    ("api", &["model", "wire"]),
    ("sandbox", &["model", "wire", "pacing"]),
    ("fetch", &["model", "wire", "pacing", "api"]),
    (
        "delivery",
        &[
            "model", "wire", "planner", "pacing", "api", "store", "fetch",
        ],
    ),
    ("by_hand", &["model", "wire", "pacing", "api", "fetch"]),
    ("probe", &["model", "wire", "api", "by_hand"]),
    (
        "planning",
        &[
            "model", "mapping", "validate", "diff", "guard", "wire", "planner", "pacing", "input",
            "fetch", "store",
        ],
    ),
    ("config", &[STAGES, "failure"]),
    ("failure", &[STAGES]),
    ("session", &[STAGES, "config", "failure", "cli"]),
    ("commands", &[STAGES, "config", "failure", "cli", "session"]),
];

/// Stands for every module before `config`.
const STAGES: &str = "(stages)";

/// Those above the line: values in, values out.
const PURE: [&str; 10] = [
    "model",
    "mapping",
    "validate",
    "diff",
    "guard",
    "guess",
    "wire",
    "planner",
    "plan_file",
    "pacing",
];

/// What no pure stage may name: a crate, or the beginning of a path.
const IMPURE: [&str; 18] = [
    "tokio",
    "reqwest",
    "rusqlite",
    "axum",
    "clap",
    "hyper",
    "indicatif",
    "tempfile",
    "rand",
    "log",
    "tracing",
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
    "std::io::stdin",
];

/// What no pure stage may call, whatever stands before it.
const CLOCKS: [&str; 4] = [
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
];

/// The arrows between the modules run one way.
pub fn layers(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(own) = module.first().filter(|_| source.path.starts_with("src/")) else {
        return Vec::new();
    };
    let Some(allowed) = allowed(own) else {
        return vec![format!(
            "{}:1: {own} has no place among the layers",
            source.path
        )];
    };
    let mut findings = Vec::new();
    for (line, path) in paths(&source.shipped) {
        let Some(used) = top_level(&module, &path) else {
            continue;
        };
        if is_module(used) && used != *own && !allowed.contains(&used) {
            findings.push(format!(
                "{}:{line}: {own} must not use {used} ({path})",
                source.path
            ));
        }
    }
    findings
}

/// The pure stages do nothing but decide.
pub fn pure_stages(source: &Source) -> Vec<String> {
    let module = source.module();
    if !module.first().is_some_and(|own| PURE.contains(own)) {
        return Vec::new();
    }
    let is_below = |path: &str, start: &str| {
        path.strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let is_impure = |path: &str| {
        IMPURE.iter().any(|start| is_below(path, start))
            || CLOCKS.iter().any(|clock| path.ends_with(clock))
    };
    paths(&source.shipped)
        .into_iter()
        .filter(|(_, path)| is_impure(path))
        .map(|(line, path)| format!("{}:{line}: a pure stage must not use {path}", source.path))
        .collect()
}

/// Only the store may state that an attempt is on record.
pub fn proof_of_record(source: &Source) -> Vec<String> {
    if source.path.starts_with("src/store/") {
        return Vec::new();
    }
    paths(&source.shipped)
        .into_iter()
        .filter(|(_, path)| path.ends_with("InFlight::recorded"))
        .map(|(line, path)| format!("{}:{line}: only the store may call {path}", source.path))
        .collect()
}

fn allowed(own: &str) -> Option<Vec<&'static str>> {
    // The command line may use what the commands may.
    let own = if own == "cli" { "commands" } else { own };
    let (_, named) = LAYERS.iter().find(|(module, _)| *module == own)?;
    let stages = LAYERS
        .iter()
        .map(|(module, _)| *module)
        .take_while(|module| *module != "config");
    match named.contains(&STAGES) {
        true => Some(
            stages
                .chain(named.iter().copied())
                .chain((own == "commands").then_some("commands"))
                .collect(),
        ),
        false => Some(named.to_vec()),
    }
}

fn is_module(name: &str) -> bool {
    name == "cli" || LAYERS.iter().any(|(module, _)| *module == name)
}

/// The module below the crate's root that a path leads to, seen from `module`.
fn top_level<'p>(module: &[&str], path: &'p str) -> Option<&'p str> {
    if let Some(rest) = path.strip_prefix("crate::") {
        return rest.split("::").next();
    }
    let ups = path.split("::").take_while(|part| *part == "super").count();
    let reaches_root = ups > 0 && ups == module.len();
    path.split("::").nth(ups).filter(|_| reaches_root)
}
