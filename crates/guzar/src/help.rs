//! Help texts in Russian: the English ones stand beside the flags they explain.

use clap::{Arg, ArgAction, Command};

use crate::language::Language;

/// Replaces each text that the language has one for, under `help.<command>.<flag>`; flags that several commands
/// share stand under `help.flag`.
pub(crate) fn localise(command: Command, language: &Language) -> Command {
    if language.find("help.about").is_none() {
        return command;
    }
    let mut command = at(command, "help", language);
    // Only now clap has its own subcommand for help.
    command.build();
    with_help_named(command, language)
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
            .find(&key(path, &flag))
            .or_else(|| language.find(&format!("help.flag.{flag}")));
        if let Some(text) = text {
            let text = text.to_owned();
            command = command.mut_arg(flag, |flag| flag.help(text));
        }
    }
    let mut command = frame(command, language);
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

/// A flag that is called `about` gives way to its command's own text.
fn key(path: &str, flag: &str) -> String {
    let name = if flag == "about" { "about_flag" } else { flag };
    format!("{path}.{name}")
}

fn with_help_named(mut command: Command, language: &Language) -> Command {
    let inner: Vec<String> = command
        .get_subcommands()
        .map(|inner| inner.get_name().to_owned())
        .collect();
    for name in inner {
        command = command.mut_subcommand(&name, |inner| {
            if name == "help" {
                inner.about(language.text("help.frame.subcommand").to_owned())
            } else {
                with_help_named(inner, language)
            }
        });
    }
    command
}

/// What clap itself says around the texts.
fn frame(command: Command, language: &Language) -> Command {
    let text = |key: &str| language.text(key).to_owned();
    let flag = |name: &'static str, short: char, action: ArgAction| {
        Arg::new(name)
            .short(short)
            .long(name)
            .action(action)
            .help(text(&format!("help.frame.{name}")))
    };
    let usage = language.text("help.frame.usage");
    command
        .help_template(format!(
            "{{about-with-newline}}\n{usage}: {{usage}}\n\n{{all-args}}"
        ))
        .subcommand_help_heading(text("help.frame.commands"))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(flag("help", 'h', ArgAction::Help))
        .arg(flag("version", 'V', ArgAction::Version))
        .mut_args(|arg| {
            let heading = if arg.is_positional() {
                "help.frame.arguments"
            } else {
                "help.frame.options"
            };
            arg.help_heading(text(heading))
        })
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
            let key = key(path, id.as_str());
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
    fn the_localised_command_line_is_consistent() {
        localise(Cli::command(), &Language::new(Lang::Ru)).debug_assert();
    }

    #[test]
    fn a_page_of_help_is_in_russian() {
        let mut command = localise(Cli::command(), &Language::new(Lang::Ru));
        for name in ["init", "send", "register"] {
            let inner = command.find_subcommand_mut(name).unwrap();

            let page = inner.render_long_help().to_string();

            assert!(
                page.contains(&format!("Использование: guzar {name}")),
                "{page}"
            );
            for english in ["Usage", "Options:", "Arguments:", "Commands:", "Print"] {
                assert!(!page.contains(english), "{english}: {page}");
            }
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
