//! Help texts in Russian: the English ones stand beside the flags they explain.

use clap::Command;

use crate::language::Language;

/// Replaces each text that the language has one for, under `help.<command>.<flag>`; flags that several commands
/// share stand under `help.flag`.
pub(crate) fn localise(command: Command, language: &Language) -> Command {
    if language.find("help.about").is_none() {
        return command;
    }
    at(command, "help", language)
}

fn at(mut command: Command, path: &str, language: &Language) -> Command {
    if let Some(about) = language.find(&format!("{path}.about")) {
        command = command.about(about.to_owned());
    }
    let flags: Vec<String> = command
        .get_arguments()
        .map(|flag| flag.get_id().to_string())
        .collect();
    for flag in flags {
        let text = language
            .find(&format!("{path}.{flag}"))
            .or_else(|| language.find(&format!("help.flag.{flag}")));
        if let Some(text) = text {
            let text = text.to_owned();
            command = command.mut_arg(flag, |flag| flag.help(text));
        }
    }
    let inner: Vec<String> = command
        .get_subcommands()
        .map(|inner| inner.get_name().to_owned())
        .collect();
    for name in inner {
        let path = format!("{path}.{name}");
        command = command.mut_subcommand(name, |inner| at(inner, &path, language));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;
    use model::lang::Lang;

    use crate::cli::Cli;

    fn missing(command: &Command, path: &str, language: &Language, found: &mut Vec<String>) {
        let about = format!("{path}.about");
        if language.find(&about).is_none() {
            found.push(about);
        }
        for flag in command.get_arguments() {
            let id = flag.get_id();
            let key = format!("{path}.{id}");
            let shared = format!("help.flag.{id}");
            if language.find(&key).is_none() && language.find(&shared).is_none() {
                found.push(key);
            }
        }
        for inner in command.get_subcommands() {
            missing(
                inner,
                &format!("{path}.{}", inner.get_name()),
                language,
                found,
            );
        }
    }

    #[test]
    fn every_command_and_flag_has_its_russian_help() {
        let mut found = Vec::new();
        missing(
            &Cli::command(),
            "help",
            &Language::new(Lang::Ru),
            &mut found,
        );
        assert!(found.is_empty(), "{found:#?}");
    }
}
