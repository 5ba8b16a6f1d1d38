//! From the process to a command, and from its end to an exit code. The environment is read here, once.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use model::codes::Codes;
use model::ids::OfficerId;
use model::lang::Lang;
use node::clock::SystemClock;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command, Global};
use crate::commands;
use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, Told, problem};
use crate::help;
use crate::language::{Language, of_locale};
use crate::layout::Home;
use crate::output::Output;
use crate::render::failure::{FailedJson, failure};

/// What the environment says.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    locale: Option<String>,
    home: Option<PathBuf>,
    user_home: Option<PathBuf>,
    officer: Option<String>,
    log: Option<String>,
}

impl Environment {
    /// The only place that reads it.
    pub(crate) fn read() -> Self {
        let text = |name: &str| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(|value| value.to_string_lossy().into_owned())
        };
        Self {
            locale: text("LC_ALL")
                .or_else(|| text("LC_MESSAGES"))
                .or_else(|| text("LANG")),
            home: std::env::var_os("GUZAR_HOME").map(PathBuf::from),
            user_home: std::env::var_os("HOME").map(PathBuf::from),
            officer: text("GUZAR_OFFICER"),
            log: text("GUZAR_LOG"),
        }
    }

    fn home(&self) -> PathBuf {
        self.home.clone().unwrap_or_else(|| {
            let user_home = self.user_home.clone().unwrap_or_default();
            user_home.join(".guzar")
        })
    }
}

/// Runs the command that the arguments name.
pub(crate) fn run(environment: &Environment, args: Vec<OsString>) -> ExitCode {
    let lang = asked_language(&args).unwrap_or_else(|| of_locale(environment.locale.as_deref()));
    let language = Language::new(lang);
    let command = help::localise(Cli::command(), &language);
    let cli = match command
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches))
    {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let output = Output {
        json: cli.global.json,
    };
    let ended = context(environment, cli.global, language, output)
        .map_err(|failed| (Language::new(lang), failed))
        .and_then(|context| {
            log(environment, &cli.command);
            start(&context, cli.command).map_err(|failed| (context.language, failed))
        });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err((language, failed)) => {
            tell(output, &language, &failed);
            ExitCode::from(failed.class.exit_code())
        }
    }
}

/// `--lang` before anything else is parsed: help and usage errors want it too.
fn asked_language(args: &[OsString]) -> Option<Lang> {
    let mut args = args.iter().map(|arg| arg.to_string_lossy());
    while let Some(arg) = args.next() {
        if arg == "--" {
            return None;
        }
        if arg == "--lang" {
            return args.next()?.parse().ok();
        }
        if let Some(lang) = arg.strip_prefix("--lang=") {
            return lang.parse().ok();
        }
    }
    None
}

fn usage(error: &clap::Error) -> ExitCode {
    // A closed pipe under a help text is nobody's trouble.
    drop(error.print());
    if error.use_stderr() {
        ExitCode::from(Class::Input.exit_code())
    } else {
        ExitCode::SUCCESS
    }
}

fn context(
    environment: &Environment,
    global: Global,
    language: Language,
    output: Output,
) -> Result<Context, Failed> {
    let officer = match (global.officer, &environment.officer) {
        (Some(officer), _) => Some(officer),
        (None, Some(text)) => Some(text.parse::<OfficerId>().map_err(|error| {
            Failed::input(
                problem("malformed")
                    .field("GUZAR_OFFICER")
                    .arg("what", error),
            )
        })?),
        (None, None) => None,
    };
    let home = global.home.unwrap_or_else(|| environment.home());
    Ok(Context {
        home: Home::new(crate::context::absolute(&home)),
        language,
        output,
        codes: Codes::builtin(),
        officer,
        office: global.office,
        passphrase_file: global.passphrase_file,
        clock: SystemClock,
    })
}

/// Logs go to standard error: ids and codes, never content.
fn log(environment: &Environment, command: &Command) {
    let default = match command {
        Command::Serve(_) => "info",
        _ => "error",
    };
    let filter = environment.log.as_deref().unwrap_or(default);
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(default));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .finish();
    // A second one in the same process is somebody else's, and stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

fn start(context: &Context, command: Command) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failed::one(Class::Broken, problem("no_threads").arg("what", error)))?;
    runtime.block_on(Box::pin(commands::run(context, command)))
}

fn tell(output: Output, language: &Language, failed: &Failed) {
    match (failed.told, output.json) {
        (Told::All, _) | (Told::Json, true) => {}
        (_, true) => {
            // Nobody reads it: the exit code says the rest.
            drop(output.json(&FailedJson::new(language, failed)));
        }
        (_, false) => {
            let text = failure(language, failed);
            drop(std::io::stderr().lock().write_all(text.as_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_before_parsing() {
        let args = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(
            asked_language(&args("guzar inbox --lang ru")),
            Some(Lang::Ru)
        );
        assert_eq!(
            asked_language(&args("guzar --lang=en inbox")),
            Some(Lang::En)
        );
        assert_eq!(asked_language(&args("guzar inbox")), None);
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
