//! `opndex devices`: who is on the network.

use crate::ask::{Ask, DevicesQuery};

use super::args::{DevicesArgs, Format};
use super::error::CliError;
use super::outcome::Outcome;
use super::query;

pub(super) async fn run(
    ask: &Ask,
    args: &DevicesArgs,
    format: Format,
) -> Result<Outcome, CliError> {
    let question = DevicesQuery {
        firewall: args.firewall.clone(),
        place: args.place.clone(),
        name: args.called.clone(),
        vendor: args.vendor.clone(),
        is: args.is.clone(),
        new_since: args.new_since.clone(),
        unseen_since: args.unseen_since.clone(),
        columns: args.columns.clone(),
        limit: args.limit,
        after: args.after.clone(),
        count_only: args.count,
    };
    let answer = ask.devices(&question).await?;
    query::show(&answer, args.count, format)
}
