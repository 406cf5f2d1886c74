//! `completions` and `man`: made of the same texts as `--help`.

use crate::support::World;

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    let world = World::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = world.run(&["completions", shell]).exits(0).stdout;
        for word in ["impersonate", "--token-file", "sync", "--against"] {
            let word = if shell == "fish" {
                word.trim_start_matches("--")
            } else {
                word
            };
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    world.run(&["completions", "tcsh"]).exits(2);
}

#[test]
fn bash_takes_the_script_and_completes_with_it() {
    let world = World::new();
    let script = world.run(&["completions", "bash"]).exits(0).stdout;
    let file = world.file("completions.bash", script);
    let ask = format!(
        "source {file} && COMP_WORDS=(crewsync user imp) && COMP_CWORD=2 && _crewsync crewsync imp user && echo \"${{COMPREPLY[*]}}\""
    );
    let Ok(output) = std::process::Command::new("bash")
        .args(["-c", &ask])
        .output()
    else {
        crate::support::strace::say(
            "NOT SHOWN, because there is no bash here: that completion works",
        );
        return;
    };
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "impersonate"
    );
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let world = World::new();
    let page = world.run(&["man"]).exits(0).stdout;
    assert!(
        page.contains(".TH crewsync 1") && page.contains("crewsync\\-sync"),
        "{page}"
    );
    world.run(&["man", "--out", "man1"]).exits(0);
    for name in [
        "crewsync",
        "crewsync-sync",
        "crewsync-user-put",
        "crewsync-role-users-set",
    ] {
        let file = world.path("man1").join(format!("{name}.1"));
        let text = std::fs::read_to_string(&file).expect(name);
        assert!(text.contains(".SH"), "{name}");
    }
}
