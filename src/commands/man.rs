//! `man`: the manual, made of the same texts as `--help`.

use std::io::{self, Write};

use clap::CommandFactory;

use crate::cli::{Cli, ManArgs};
use crate::failure::{Exit, Failure};
use crate::session::Console;

pub fn run(args: &ManArgs, console: &Console) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(command).render(&mut page);
        // A reader that has gone is no error of ours.
        let _ = rendered.and_then(|()| io::stdout().write_all(&page));
        return Ok(Exit::Done);
    };
    command.build();
    let written =
        std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    written.map_err(|error| {
        Failure::stopped(format!("cannot write the manual into {}", folder.display()))
            .caused_by(error)
    })?;
    console.say(&format!("The manual is in {}", folder.display()));
    Ok(Exit::Done)
}
