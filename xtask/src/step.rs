//! Steps: a heading, a command, and how long it took.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};

/// Prints the heading of a step.
pub(crate) fn heading(name: &str) {
    println!("== {name}");
}

/// Runs the command to its end with the terminal as it is.
///
/// # Errors
/// If the command cannot be started or does not end with 0.
pub(crate) fn run(name: &str, command: &mut Command) -> anyhow::Result<()> {
    heading(name);
    let begun = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("failed to start {}", shown(command)))?;
    if !status.success() {
        bail!("{name}: {} ended with {status}", shown(command));
    }
    println!("   {name}: {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// Runs the command and gives each line of its output to `line`; its errors go to the terminal.
///
/// # Errors
/// If the command cannot be started or does not end with 0.
pub(crate) fn run_lines(
    name: &str,
    command: &mut Command,
    mut line: impl FnMut(&str),
) -> anyhow::Result<()> {
    heading(name);
    let begun = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("failed to start {}", shown(command)))?;
    if let Some(output) = child.stdout.take() {
        for piece in BufReader::new(output).split(b'\n') {
            line(&String::from_utf8_lossy(&piece?));
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{name}: {} ended with {status}", shown(command));
    }
    println!("   {name}: {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// Whether the command can be started and ends with 0; its output is thrown away.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
