use clap::CommandFactory;

use super::against::against;
use super::*;
use crate::failure::Exit;

#[test]
fn clap_finds_no_mistake_in_the_structs() {
    Cli::command().debug_assert();
}

#[test]
fn common_options_stand_anywhere_after_the_subcommand() {
    for line in [
        "crewsync plan a.csv --json --state s",
        "crewsync plan --state s --json a.csv",
        "crewsync --json plan --state s a.csv",
    ] {
        let cli = Cli::try_parse_from(line.split(' ')).expect(line);
        assert!(cli.common.json, "{line}");
        assert_eq!(cli.common.state, Some("s".into()), "{line}");
    }
}

#[test]
fn against_names_a_state_or_a_file() {
    let parsed = |text: &str| against(text).ok();
    assert_eq!(parsed("live"), Some(Against::Live));
    assert_eq!(parsed("empty"), Some(Against::Empty));
    assert_eq!(parsed("./live"), Some(Against::File("./live".into())));
    assert_eq!(parsed("store"), Some(Against::Store));
    assert_eq!(parsed("./store"), Some(Against::File("./store".into())));
    assert_eq!(parsed(""), None);
}

#[test]
fn what_cannot_go_together_is_refused() {
    for line in [
        "crewsync",
        "crewsync plan",
        "crewsync refresh --out users.xlsx",
        "crewsync refresh --sandbox --base-url http://localhost",
        "crewsync plan a.csv --sandbox --base-url http://localhost",
        "crewsync plan a.csv --sandbox-seed b.json",
        "crewsync plan a.csv --chunk-users 0",
        "crewsync sync a.csv --exit-code",
        "crewsync sync a.csv --quiet --verbose",
        "crewsync sync a.csv --token t",
    ] {
        assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
    }
}

#[test]
fn the_help_names_every_exit_code_as_the_table_does() {
    for (_, code, meaning) in Exit::TABLE {
        assert!(
            AFTER.contains(&format!("{code:>5}  {meaning}\n")),
            "{code} {meaning}"
        );
    }
}

#[test]
fn every_subcommand_shows_an_example_and_every_option_a_text() {
    for subcommand in Cli::command().get_subcommands() {
        let name = subcommand.get_name();
        let about = subcommand.get_long_about().map(ToString::to_string);
        assert!(
            about.is_some_and(|about| about.contains(&format!("\n  crewsync {name}"))),
            "{name}"
        );
        for option in subcommand.get_arguments() {
            assert!(option.get_help().is_some(), "{name} {}", option.get_id());
        }
    }
}
