//! From arguments to an exit code.

use std::ffi::OsString;

use clap::Parser;

use crate::ask::Ask;
use crate::daemon;
use crate::settings::Settings;
use crate::store::Store;
use crate::types::Clock;

use super::args::{Cli, Command, Format, McpCommand, SnapshotCommand};
use super::backfill;
use super::changes;
use super::demo;
use super::devices;
use super::doctor;
use super::error::CliError;
use super::exit;
use super::import;
use super::install;
use super::label;
use super::lint;
use super::load::{self, Voice};
use super::locate;
use super::outcome::Outcome;
use super::presence;
use super::print;
use super::query;
use super::reach;
use super::report;
use super::runtime;
use super::sample;
use super::serve;
use super::sql;
use super::status;
use super::sync;
use super::trace;
use super::upkeep;

/// Carries out what `arguments` ask for and answers the exit code of the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            // Help and version are such "errors" too; a closed stream is nobody listening.
            let _closed = usage.print();
            return if usage.use_stderr() { exit::REFUSED } else { exit::WELL };
        }
    };
    let format = load::format(&cli);
    let shown = format.as_ref().copied().unwrap_or_default();
    let done = format.and_then(|format| command(&cli, format)).and_then(|outcome| {
        print::answer(&outcome.answer)?;
        print::notes(&outcome.notes);
        Ok(outcome.exit)
    });
    done.unwrap_or_else(|error| {
        print::error(&error, shown);
        error.exit()
    })
}

#[expect(clippy::too_many_lines, reason = "one line for each command")]
fn command(cli: &Cli, format: Format) -> Result<Outcome, CliError> {
    if cli.global.as_of.is_some() && !cli.command.is_question() {
        return Err(CliError::AsOf);
    }
    match &cli.command {
        Command::Changes(args) => {
            asking_now(cli, async |ask| changes::run(&ask, args, format).await)
        }
        Command::Sync(args) => {
            let settings = load::settings(cli, Voice::Quiet)?;
            runtime::to_talk(sync::run(settings, args, format))
        }
        Command::Backfill(args) => {
            let settings = load::settings(cli, Voice::Quiet)?;
            runtime::to_talk(backfill::run(settings, args, format))
        }
        Command::Import(args) => {
            let settings = load::settings(cli, Voice::Quiet)?;
            runtime::to_talk(import::run(&settings, args, format))
        }
        Command::Query(args) => match &args.domain {
            Some(domain) if args.describe => query::describe(domain, format),
            _ => {
                let as_of = cli.global.as_of.as_deref();
                asking_now(cli, async |ask| query::run(&ask, args, as_of, format).await)
            }
        },
        Command::Locate(args) => asking(cli, async |ask| locate::run(&ask, args, format).await),
        Command::Presence(args) => asking(cli, async |ask| presence::run(&ask, args, format).await),
        Command::Label(args) => asking_now(cli, async |ask| label::run(&ask, args, format).await),
        Command::History(args) => {
            tending(cli, async |store, _| upkeep::history(&store, args, format).await)
        }
        Command::Snapshot(args) => match &args.command {
            SnapshotCommand::Export(args) => {
                let as_of = cli.global.as_of.as_deref();
                tending(cli, async |store, _| {
                    upkeep::export(&store, &Clock::system(), args, as_of).await
                })
            }
            SnapshotCommand::Verify => {
                tending(cli, async |store, _| upkeep::verify(&store, format).await)
            }
        },
        Command::Rebuild => tending(cli, async |store, _| upkeep::rebuild(&store, format).await),
        Command::Prune(args) => tending(cli, async |store, settings| {
            let retention = daemon::retention(&settings.history);
            upkeep::prune(&store, &Clock::system(), retention, args.dry_run, format).await
        }),
        Command::Backup(args) => {
            tending(cli, async |store, _| upkeep::backup(&store, &args.file).await)
        }
        Command::Trace(args) => asking(cli, async |ask| trace::run(&ask, args, format).await),
        Command::Reach(args) => asking(cli, async |ask| reach::run(&ask, args, format).await),
        Command::Lint(args) => asking(cli, async |ask| lint::run(&ask, args, format).await),
        Command::Ask(args) => asking(cli, async |ask| super::ask::run(&ask, args, format).await),
        Command::Devices(args) => asking(cli, async |ask| devices::run(&ask, args, format).await),
        Command::Report(args) if args.report.is_none() => report::list(format),
        Command::Report(args) => asking(cli, async |ask| report::run(&ask, args, format).await),
        Command::Sql(args) => asking(cli, async |ask| sql::run(&ask, args, format).await),
        Command::Status => asking(cli, async |ask| status::run(&ask, format).await),
        Command::Serve(args) => {
            let settings = load::settings(cli, Voice::Service)?;
            runtime::to_talk(serve::run(&settings, args))
        }
        Command::Doctor(args) => {
            let settings = load::settings(cli, Voice::Quiet)?;
            runtime::to_talk(doctor::run(settings, args, format))
        }
        Command::Mcp(McpCommand::Install(args)) => install::run(cli, args),
        Command::Demo(args) => demo::run(cli, args),
        Command::Settings(args) => Ok(sample::run(cli, args)),
    }
}

/// A question to a database that exists, about the moment of `--as-of`.
fn asking(
    cli: &Cli,
    question: impl AsyncFnOnce(Ask) -> Result<Outcome, CliError>,
) -> Result<Outcome, CliError> {
    let as_of = cli.global.as_of.as_deref();
    asking_now(cli, async |ask| question(ask.at(as_of).await?).await)
}

/// Work on a database that exists.
fn tending(
    cli: &Cli,
    work: impl AsyncFnOnce(Store, Settings) -> Result<Outcome, CliError>,
) -> Result<Outcome, CliError> {
    let settings = load::settings(cli, Voice::Quiet)?;
    runtime::to_ask(async {
        let store = Store::open_existing(&settings.database).await?;
        let outcome = work(store.clone(), settings).await;
        store.close().await;
        outcome
    })
}

/// A question that sees to the moment itself.
fn asking_now(
    cli: &Cli,
    question: impl AsyncFnOnce(Ask) -> Result<Outcome, CliError>,
) -> Result<Outcome, CliError> {
    let Settings { database, suppress, .. } = load::settings(cli, Voice::Quiet)?;
    runtime::to_ask(async {
        let store = Store::open_existing(&database).await?;
        let ask = Ask::new(store.clone(), Clock::system()).with_suppressions(suppress);
        let outcome = question(ask).await;
        store.close().await;
        outcome
    })
}
