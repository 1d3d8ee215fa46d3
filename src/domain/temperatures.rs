//! Temperatures that the hardware reports.
use super::prelude::*;

#[derive(Debug)]
pub struct Sensor {
    pub sensor: Box<str>,
    pub kind: Option<Box<str>>,
    pub celsius: Option<Box<str>>,
}

pub static DOMAIN: Domain<Sensor> = Domain {
    name: "temperatures",
    about: "Temperature sensors of the firewall.",
    cadence: Cadence::Runtime,
    sources: &[Source::list(
        "sensors",
        "diagnostics/system/system_temperature",
        "",
        "Lobby: Dashboard",
    )
    .backend()],
    fields: &[field("device"), field("type"), volatile("temperature")],
    identity: &["device"],
    columns: &[
        col(
            Role::Key,
            "sensor",
            Read::Text(|s| Some(&s.sensor)),
            "Name of the sensor, such as dev.cpu.0.temperature.",
        ),
        col(
            Role::Plain,
            "type",
            Read::Text(|s| s.kind.as_deref()),
            "cpu, zone, platform or other.",
        ),
        col(
            Role::Plain,
            "celsius",
            Read::Text(|s| s.celsius.as_deref()),
            "Degrees Celsius, with one decimal.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Sensor {
            sensor: raw.text("device")?,
            kind: raw.string("type"),
            celsius: raw.string("temperature"),
        });
        Ok(())
    },
    never_empty: false,
};
