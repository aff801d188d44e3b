//! The `tieline` executable.

use std::mem::ManuallyDrop;
use std::process::ExitCode;
use tieline::cli::{
    Cli, Command, color, command_for, command_to_complete, configured, run, run_at_once,
};
use tieline::commands::call::can_continue;
use tieline::commands::{App, completions};
use tieline::context::Context;
use tieline::error::{Error, Kind, Result};

fn main() -> ExitCode {
    if completions::answer(command_to_complete) {
        return ExitCode::SUCCESS;
    }
    // What lives as long as the process is not taken apart: that would cost as much as using it did.
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let (description, context, mistake) = match Context::from_process() {
        Ok(context) => {
            let (description, context, mistake) = configured(&words, context);
            (description, Ok(context), mistake)
        }
        Err(error) => (command_for(&words), Err(error), None),
    };
    let mut description = ManuallyDrop::new(description.color(color(&words)));
    let mut matches = ManuallyDrop::new(description.get_matches_mut());
    let cli = match Cli::read(&mut matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let mistake = mistake.filter(|_| !matches!(cli.command, Some(Command::Config(_))));
    let app = context.and_then(|context| match mistake {
        Some(mistake) => Err(mistake),
        None => App::new(context, &cli.global),
    });
    let app = match app {
        Ok(app) => ManuallyDrop::new(app),
        Err(error) => {
            tieline::terminal::report_plainly(&error);
            return ExitCode::from(error.kind.status());
        }
    };
    match run_at_once(&cli, &app).unwrap_or_else(|| start(cli, &app)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            app.terminal.report(&error);
            ExitCode::from(error.kind.status())
        }
    }
}

/// Runs the command until it ends or Ctrl-C; what it held is dropped then, so that no port stays
/// taken and no cursor hidden.
fn start(cli: Cli, app: &App) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::io("the runtime cannot be started", &error))?;
    let go_on = match &cli.command {
        Some(Command::Connect(arguments)) => Some(format!(
            "nothing was stored; run `tieline connect {}` to try again",
            arguments.app.as_deref().unwrap_or("APP")
        )),
        _ => None,
    };
    let output = match &cli.command {
        Some(Command::Call(arguments)) => arguments.answer.output.clone(),
        _ => None,
    };
    // These only ever end so, and say it when they start.
    let as_told = matches!(cli.command, Some(Command::Sandbox(_) | Command::Proxy(_)));
    let result = runtime.block_on(async {
        tokio::select! {
            // Ctrl-C first, so that it is caught from the start: whatever blocks after that, a prompt,
            // sees it itself.
            biased;
            _ = tokio::signal::ctrl_c() => {
                app.terminal.waited();
                let mut error = match as_told {
                    true => Error::silent(Kind::Interrupted),
                    false => Error::new(Kind::Interrupted, "interrupted"),
                };
                error.hints.extend(go_on);
                if output.is_some_and(|path| can_continue(&path)) {
                    let hint = "the same command with `--continue` goes on where it stopped";
                    error.hints.push(hint.to_owned());
                }
                Err(error)
            }
            result = run(cli, app) => result,
        }
    });
    // A thread that still reads standard input must not hold us.
    runtime.shutdown_background();
    result
}
