//! File systems and swap.
use super::prelude::*;

const DASHBOARD: &str = "Lobby: Dashboard";

#[derive(Debug)]
pub struct Disk {
    pub device: Box<str>,
    pub mount_point: Box<str>,
    pub duplicate: i64,
    pub kind: Option<Box<str>>,
    pub size: Option<i64>,
    pub used: Option<i64>,
    pub available: Option<i64>,
    pub used_percent: Option<i64>,
}

pub static DOMAIN: Domain<Disk> = Domain {
    name: "disks",
    about: "File systems and swap space of the firewall, with how full they are.",
    cadence: Cadence::Runtime,
    sources: &[
        Source::list("disks", "diagnostics/system/system_disk", "devices", DASHBOARD).backend(),
        Source::list("swap", "diagnostics/system/system_swap", "swap", DASHBOARD)
            .snake_only()
            .backend(),
    ],
    fields: &[
        field("device"),
        field("mountpoint"),
        field("type"),
        field("blocks"),
        field("total"),
        volatile("used"),
        volatile("available"),
        volatile("used_pct"),
    ],
    identity: &[SOURCE, "device", "mountpoint"],
    columns: &[
        col(Role::Key, "device", Read::Text(|d| Some(&d.device)), "Device or data set."),
        col(
            Role::Key,
            "mount_point",
            Read::Text(|d| Some(&d.mount_point)),
            "Where it is mounted; swap for swap space.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|d| Some(d.duplicate)),
            "0; higher when a device is listed twice.",
        ),
        col(
            Role::Plain,
            "type",
            Read::Text(|d| d.kind.as_deref()),
            "File system, such as zfs or ufs; swap.",
        ),
        col(
            Role::Plain,
            "size",
            Read::Int(|d| d.size),
            "Size in bytes, as exactly as the firewall says (`108G`).",
        ),
        col(
            Role::Plain,
            "used",
            Read::Int(|d| d.used),
            "Bytes in use, as exactly as the firewall says.",
        ),
        col(
            Role::Plain,
            "available",
            Read::Int(|d| d.available),
            "Bytes free, as exactly as the firewall says.",
        ),
        col(Role::Plain, "used_percent", Read::Int(|d| d.used_percent), "How full it is."),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Disk>) -> Result<(), Reject> {
    rows.push(Disk {
        device: raw.text("device")?,
        mount_point: raw.string("mountpoint").unwrap_or_else(|| "swap".into()),
        duplicate: raw.ordinal().into(),
        kind: raw.string("type").or_else(|| Some("swap".into())),
        size: size(raw, "blocks", "total"),
        used: size(raw, "used", "used"),
        available: size(raw, "available", "available"),
        used_percent: raw.maybe_read("used_pct")?,
    });
    Ok(())
}

/// `108G` of a file system; of swap a number of kilobytes.
fn size(raw: Raw<'_>, disk: &'static str, swap: &'static str) -> Option<i64> {
    let is_swap = raw.source() == "swap";
    let text = raw.maybe(if is_swap { swap } else { disk })?;
    if is_swap { text.parse::<i64>().ok()?.checked_mul(1024) } else { bytes(&text) }
}

/// Tenths are kept: `6.1G` is 6.1 * 2^30.
fn bytes(text: &str) -> Option<i64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let power = match text.get(number.len()..)?.trim_end_matches(['i', 'B']) {
        "" => 0,
        "K" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        "P" => 5,
        _ => return None,
    };
    let (whole, tenths) = number.split_once('.').unwrap_or((number, "0"));
    let tenths: i64 = tenths.get(..1)?.parse().ok()?;
    let whole: i64 = whole.parse().ok()?;
    let unit = 1024_i64.checked_pow(power)?;
    whole.checked_mul(unit)?.checked_add(unit.checked_mul(tenths)? / 10)
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_read_with_their_unit() {
        assert_eq!(bytes("108G"), Some(108 << 30));
        assert_eq!(bytes("4.2M"), Some(4_404_019));
        assert_eq!(bytes("512"), Some(512));
        assert_eq!(bytes("1.0TiB"), Some(1 << 40));
        assert_eq!(bytes("-"), None);
        assert_eq!(bytes("9999999999P"), None);
    }
}
