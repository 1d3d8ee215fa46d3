//! `opndex demo`: everything, on a firewall that is not there.

use std::convert::Infallible;
use std::env;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::ask::Ask;
use crate::daemon::{self, Door};
use crate::settings::{Layer, Settings, SettingsError};
use crate::sim::{SimOptions, Simulator};
use crate::store::Store;
use crate::sync::Due;
use crate::types::Clock;

use super::args::{Cli, DemoArgs};
use super::error::CliError;
use super::exit;
use super::load::{self, Voice};
use super::outcome::Outcome;
use super::questions;
use super::runtime;
use super::scratch::Scratch;
use super::serve;
use super::signals;
use super::sync;

/// What the simulated firewall is called in answers.
const NAME: &str = "demo";
/// The simulated world moves this often; leases are renewed in time, whatever half life they have.
const TICK: Duration = Duration::from_secs(10);
const TICK_SECONDS: i64 = 10;

pub(super) fn run(cli: &Cli, args: &DemoArgs) -> Result<Outcome, CliError> {
    runtime::to_talk(async {
        let simulator = Simulator::start(options(args)).await?;
        let done = with(&simulator, cli, args).await;
        simulator.stop().await;
        done
    })
}

fn options(args: &DemoArgs) -> SimOptions {
    let devices = usize::try_from(args.devices).unwrap_or(usize::MAX);
    SimOptions { seed: args.seed, devices, ..SimOptions::default() }
}

async fn with(simulator: &Simulator, cli: &Cli, args: &DemoArgs) -> Result<Outcome, CliError> {
    let scratch = if cli.settings.has_database() { None } else { Some(Scratch::new(args.keep)?) };
    let voice = if args.serve { Voice::Service } else { Voice::Quiet };
    let layers = layers(simulator, cli, scratch.as_ref())?;
    let settings = load::start(layers, voice)?;
    let cancel = CancellationToken::new();
    if args.serve {
        served(simulator, &settings, serve::door(args.http), &cancel).await
    } else {
        // Of a database that was named, nothing is removed.
        let is_gone = scratch.is_some() && !args.keep;
        let shown = signals::until_stopped(&cancel, show(simulator, &settings, is_gone, &cancel));
        let outcome = shown.await.unwrap_or_else(|| Ok(Outcome::default()))?;
        let exit = if cancel.is_cancelled() { exit::INTERRUPTED } else { outcome.exit };
        Ok(Outcome { exit, ..outcome })
    }
}

/// The simulated firewall, with what was said about the database and the log; nothing else, so that
/// no real firewall is asked.
fn layers(
    simulator: &Simulator,
    cli: &Cli,
    scratch: Option<&Scratch>,
) -> Result<Layer, SettingsError> {
    let mut layer = Layer::default();
    layer.set("firewall.name", NAME)?;
    layer.set("firewall.url", &simulator.url())?;
    layer.set("firewall.api_key", simulator.key().expose())?;
    layer.set("firewall.api_secret", simulator.secret().expose())?;
    if let Some(scratch) = scratch {
        layer.set("database", &scratch.database().display().to_string())?;
    }
    let said = cli.settings.only(|key| !key.name.starts_with("firewall."))?;
    Ok(layer.over(said))
}

/// The network moves while it is served: leases are renewed, neighbours age.
async fn served(
    simulator: &Simulator,
    settings: &Settings,
    door: Door,
    cancel: &CancellationToken,
) -> Result<Outcome, CliError> {
    let serving = daemon::serve(settings, Clock::system(), door, cancel.clone());
    tokio::select! {
        served = signals::until_stopped(cancel, serving) => served.transpose()?,
        never = moving(simulator) => match never {},
    };
    Ok(Outcome::default())
}

async fn moving(simulator: &Simulator) -> Infallible {
    let mut ticks = tokio::time::interval(TICK);
    // The first one comes at once, and no time has passed.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        simulator.change(|world| world.tick(TICK_SECONDS));
    }
}

async fn show(
    simulator: &Simulator,
    settings: &Settings,
    is_gone: bool,
    cancel: &CancellationToken,
) -> Result<Outcome, CliError> {
    let reports = sync::read(settings, &Due::All, cancel).await?;
    let summary: String = reports.iter().map(sync::summary).collect();
    let mut text =
        format!("A simulated OPNsense answers at {}. Reading it:\n\n{summary}\n", simulator.url());
    if cancel.is_cancelled() {
        return Ok(Outcome::answer(text));
    }
    let clock = Clock::system();
    let store = Store::open_existing(&settings.database).await?;
    let answers = questions::ask_all(&Ask::new(store.clone(), clock.clone()), &clock).await;
    store.close().await;
    text.push_str(&answers?);
    text.push_str(&where_it_is(&settings.database, is_gone));
    text.push_str(&how_to_connect());
    Ok(Outcome::answer(text))
}

fn where_it_is(database: &Path, is_gone: bool) -> String {
    let path = quoted(database);
    let open = format!("sqlite3 {path} 'SELECT ip, hostname FROM dhcp_leases LIMIT 5'");
    if !is_gone {
        return format!(
            "\nThe database is {path}. Go on asking:\n   $ opndex --database {path} status\n   $ {open}\n"
        );
    }
    format!(
        "\nThe database was {path} and is gone now; `opndex demo --keep` leaves it there, to be opened like this:\n   $ {open}\n"
    )
}

fn how_to_connect() -> String {
    let program = env::current_exe().unwrap_or_else(|_| "opndex".into());
    let arguments = ["demo", "--serve"];
    let snippet = json!({
        "mcpServers": {"opndex-demo": {"command": program.display().to_string(), "args": arguments}}
    });
    format!(
        "\nTo let an agent ask, add this to the settings of Claude Desktop or Cursor:\n\n{snippet:#}\n\n\
         or, for Claude Code:\n   $ claude mcp add opndex-demo -- {} {}\n",
        quoted(&program),
        arguments.join(" ")
    )
}

/// A path as one word of a shell.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:\\".contains(c);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
