//! Every command line that the documents show is run, in their order, in a folder that holds a copy of the samples:
//! a reader who types them one after the other must see what is promised.

#[path = "documents/curl.rs"]
mod curl;
#[path = "documents/markdown.rs"]
mod markdown;
#[path = "documents/whole_api.rs"]
mod whole_api;

use std::io::Read;
use std::path::Path;

use crate::support::{Sandbox, World};
use curl::Curl;
use markdown::{Block, blocks, words};

/// The documents with commands. Each begins in a folder of its own.
const DOCUMENTS: [&str; 3] = ["README.md", "samples/README.md", "docs/sandbox.md"];

/// The commands that do not end with 0, and how they end: rows were refused, or a change is held for a person.
const ENDS: [(&str, i32); 5] = [
    ("preview samples/people-dirty.csv", 3),
    ("validate samples/people-dirty.csv", 3),
    ("plan samples/people.csv --against samples/current.json", 3),
    ("sync samples/people.csv --sandbox --sandbox-seed", 3),
    ("plan samples/people-dirty.csv", 3),
];

/// Where the documents have a sandbox listen.
const DOCUMENTED_HOST: &str = "127.0.0.1:8700";

#[test]
fn every_command_of_the_documents_runs() {
    let mut commands = 0;
    for document in DOCUMENTS {
        let mut reader = Reader::new();
        for block in blocks(&text_of(document)) {
            if block.language == "sh" {
                commands += block.commands().len();
                reader.types(document, &block);
            } else if block.language == "text" {
                reader.compares(document, &block);
            }
        }
    }
    assert!(commands > 15, "only {commands} commands were found");
}

#[test]
fn the_main_job_changes_nothing_the_second_time() {
    let mut reader = Reader::new();
    let readme = blocks(&text_of("README.md"));
    let first = &readme[0];
    reader.types("README.md", first);
    assert!(
        reader.shown.contains("Run: 202 created"),
        "{}",
        reader.shown
    );
    reader.types("README.md", first);
    let again = "Run: 202 unchanged (202 rows). 0 requests";
    assert!(reader.shown.contains(again), "{}", reader.shown);
}

#[test]
fn every_folder_with_documents_is_looked_through() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["", "docs", "samples"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("it is inside");
            let name = name.display().to_string();
            if name.ends_with(".md") && !DOCUMENTS.contains(&&*name) {
                let shows_commands = |block: &Block| block.language == "sh";
                let found = blocks(&text_of(&name)).iter().any(shows_commands);
                assert!(!found, "{name} shows commands that no test runs");
            }
        }
    }
}

#[test]
#[should_panic(expected = "--seeed")]
fn an_option_that_does_not_exist_is_found_out() {
    let text = text_of("README.md").replace("--sandbox-seed", "--seeed");
    let mut reader = Reader::new();
    for block in blocks(&text) {
        reader.types("README.md", &block);
    }
}

/// Somebody who types what a document says.
struct Reader {
    world: World,
    /// The sandbox that was started last.
    sandbox: Option<Sandbox>,
    /// What the last command showed.
    shown: String,
}

impl Reader {
    /// In a folder that holds nothing but the samples.
    fn new() -> Reader {
        let world = World::new();
        std::fs::create_dir(world.path("samples")).expect("a folder");
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        for entry in std::fs::read_dir(samples).expect("the samples") {
            let entry = entry.expect("a sample");
            let copy = world.path("samples").join(entry.file_name());
            std::fs::copy(entry.path(), copy).expect("a copy of it");
        }
        Reader {
            world,
            sandbox: None,
            shown: String::new(),
        }
    }

    /// Runs each command of a block of them.
    fn types(&mut self, document: &str, block: &Block) {
        if block.language != "sh" {
            return;
        }
        for line in block.commands() {
            let words = words(&line);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words[..] {
                ["cargo", "test", ..] => {}
                ["cargo", "run", "--release", "--", ref arguments @ ..]
                | ["crewsync", ref arguments @ ..] => self.runs(document, arguments),
                ["curl", "-s", ref arguments @ ..] => self.asks(document, arguments),
                _ => panic!("{document}: nobody knows how to try {line:?}"),
            }
        }
    }

    fn runs(&mut self, document: &str, arguments: &[&str]) {
        let line = arguments.join(" ");
        if let ["sandbox", options @ ..] = arguments {
            let options: Vec<&str> = options
                .iter()
                .map(|option| match *option {
                    DOCUMENTED_HOST => "127.0.0.1:0",
                    other => other,
                })
                .collect();
            // Its files are named from the folder in which the others are.
            self.sandbox = Some(Sandbox::start_in(self.world.path(""), &options));
            return;
        }
        let end = ENDS.iter().find(|(begin, _)| line.starts_with(begin));
        let end = end.map_or(0, |(_, code)| *code);
        let (code, shown) = self.sees(arguments);
        assert_eq!(code, end, "{document}: {line}\n{shown}");
        self.shown = shown;
    }

    /// The end of a command, and what stands on the terminal then: both streams, without the progress.
    fn sees(&self, arguments: &[&str]) -> (i32, String) {
        let (mut terminal, program_side) = std::io::pipe().expect("a pipe");
        let mut command = self.world.command(arguments);
        command.args(["--progress", "never"]);
        command.stdout(program_side.try_clone().expect("a pipe"));
        let mut child = command.stderr(program_side).spawn().expect("it starts");
        // The command holds the other end open as well.
        drop(command);
        let mut shown = String::new();
        terminal.read_to_string(&mut shown).expect("UTF-8");
        let code = child.wait().expect("it ends").code();
        (code.unwrap_or(-1), shown)
    }

    /// A `curl -s`.
    fn asks(&mut self, document: &str, arguments: &[&str]) {
        let sandbox = self.sandbox.as_ref().expect("a sandbox was started");
        let (status, answer) = Curl::read(arguments).send(sandbox.host());
        assert_eq!(status, 200, "{document}: {arguments:?}: {answer}");
        self.shown = answer;
    }

    /// Fails unless the picture is what the last command showed: all lines of it in order, but for those that
    /// `…` stands for. Ids are not compared: that of a run holds a time, and that of a plan changes with the
    /// configuration's keys.
    fn compares(&self, document: &str, picture: &Block) {
        let mut shown = self.shown.lines();
        let mut may_skip = false;
        for line in &picture.lines {
            if line.trim() == "…" {
                may_skip = true;
                continue;
            }
            let wanted = without_ids(line);
            let is_next = |next: &str| without_ids(next) == wanted;
            let found = match may_skip {
                true => shown.by_ref().any(is_next),
                false => shown.next().is_some_and(is_next),
            };
            assert!(
                found,
                "{document} shows {line:?}, but the program:\n{}",
                self.shown
            );
            may_skip = false;
        }
    }
}

/// Long hexadecimal words, made the same.
fn without_ids(line: &str) -> String {
    let is_of_id = |c: &char| c.is_ascii_hexdigit() || *c == '-';
    let mut rest = line.trim_end();
    let mut text = String::new();
    while let Some(first) = rest.chars().next() {
        let word: String = rest.chars().take_while(is_of_id).collect();
        let (shown, taken) = match word.len() {
            12.. if word.contains(|c: char| c.is_ascii_digit()) => ("ID".to_owned(), word.len()),
            0 => (first.to_string(), first.len_utf8()),
            _ => (word.clone(), word.len()),
        };
        text += &shown;
        rest = &rest[taken..];
    }
    text
}

fn text_of(document: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    std::fs::read_to_string(path).expect(document)
}
