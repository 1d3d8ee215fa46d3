//! The command.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::args::{Cli, InstallArgs};
use crate::cli::error::CliError;
use crate::cli::load::{self, Voice};
use crate::cli::outcome::Outcome;
use crate::types::Clock;
use crate::web::Token;

use super::client::Client;
use super::document::with_entry;
use super::entry::{Reach, entry};
use super::replace::replace;

pub(in crate::cli) fn run(cli: &Cli, args: &InstallArgs) -> Result<Outcome, CliError> {
    let client = args.client;
    let reach = match args.http {
        None => start(cli)?,
        Some(address) => ask(cli, address)?,
    };
    let Some(entry) = entry(client, &reach) else {
        return Err(CliError::NoHttpClient { client: client.title() });
    };
    let snippet = json!({ client.servers(): { &args.server_name: &entry } });
    if args.print {
        let file = client.file().map(|file| format!("for {}\n", file.display()));
        return Ok(Outcome {
            notes: file.unwrap_or_default(),
            ..Outcome::answer(format!("{snippet:#}\n"))
        });
    }
    let path = match &args.file {
        Some(path) => path.clone(),
        None => client.file().ok_or(CliError::NoHome)?,
    };
    put(client, &path, &args.server_name, &entry)
}

fn put(client: Client, path: &Path, name: &str, entry: &Value) -> Result<Outcome, CliError> {
    let failed = |cause| CliError::ClientFile { path: path.display().to_string(), cause };
    let before = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == ErrorKind::NotFound => String::new(),
        Err(cause) => return Err(failed(cause)),
    };
    let edited = with_entry(&before, client.servers(), name, entry).map_err(|cause| {
        let snippet = json!({ client.servers(): { name: entry } }).to_string();
        CliError::ClientDocument { path: path.display().to_string(), snippet, cause }
    })?;
    let (title, path_shown) = (client.title(), path.display());
    let Some(text) = edited else {
        return Ok(Outcome::answer(format!("{title} knows `{name}` already: {path_shown}\n")));
    };
    let backup = replace(path, &text, &Clock::system()).map_err(failed)?;
    let mut said = format!("{title} knows `{name}` now: {path_shown}\n");
    if let Some(backup) = backup {
        let _ = writeln!(said, "what was there before: {}", backup.display());
    }
    let notes = format!("restart {title} to let it read the file\n");
    Ok(Outcome { notes, ..Outcome::answer(said) })
}

/// This very program, with the settings that were named now.
fn start(cli: &Cli) -> Result<Reach, CliError> {
    let program = env::current_exe().map_err(CliError::Program)?.display().to_string();
    let mut words = vec!["serve".to_owned()];
    if let Some(file) = load::chosen_file(cli) {
        let whole = std::path::absolute(&file).unwrap_or(file);
        words.extend(["--config".to_owned(), whole.display().to_string()]);
    }
    if let Some(database) = cli.settings.database() {
        let whole = std::path::absolute(database).unwrap_or_else(|_| database.into());
        words.extend(["--database".to_owned(), whole.display().to_string()]);
    }
    Ok(Reach::Start { program, words })
}

/// The token goes along only where it is asked for.
fn ask(cli: &Cli, address: SocketAddr) -> Result<Reach, CliError> {
    let settings = load::settings(cli, Voice::Quiet)?.serve;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    // A certificate is for a name.
    let host = match (&settings.tls, settings.hosts.first()) {
        (Some(_), Some(name)) => format!("{name}:{}", address.port()),
        _ => address.to_string(),
    };
    let token = if settings.require_token || !address.ip().is_loopback() {
        let (token, _) = Token::kept_in(&settings.token_file)?;
        Some(token.expose().to_owned())
    } else {
        None
    };
    Ok(Reach::Ask { url: format!("{scheme}://{host}/mcp"), token })
}
