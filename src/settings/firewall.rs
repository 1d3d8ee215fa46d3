//! One firewall: enough to reach it, and a certificate to know it by.

use std::path::PathBuf;
use std::time::Duration;

use super::credentials::Credentials;
use super::error::SettingsError;
use super::layer::FirewallLayer;
use crate::types::Secret;

/// A firewall that can be asked.
#[derive(Debug, Clone)]
pub struct FirewallSettings {
    /// Unique among the firewalls.
    pub name: String,
    /// Scheme, host and prefix; no slash at the end, no `/api`.
    pub url: String,
    pub key: Secret,
    pub secret: Secret,
    pub tls: TlsSettings,
    pub request_timeout: Duration,
    pub run_timeout: Duration,
    /// `None` leaves it to whoever asks.
    pub in_flight: Option<usize>,
}

/// How the firewall proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsSettings {
    /// By an authority that the operating system trusts.
    System,
    /// By the authority in this PEM file.
    CaFile(PathBuf),
    /// By having the certificate with this SHA-256: 64 lower-case hexadecimal digits.
    Pin(String),
    /// It does not; whoever is in between can read the credentials.
    Unverified,
}

/// Checks what the layers say of the firewall at `number` (from 1), filling in `defaults`.
pub(super) fn check(
    layer: FirewallLayer,
    number: usize,
    defaults: FirewallLayer,
    warnings: &mut Vec<String>,
) -> Result<FirewallSettings, SettingsError> {
    let layer = layer.over(defaults);
    let (Some(address), Some(name)) = (&layer.url, layer.known_as()) else {
        return Err(SettingsError::NoUrl { number });
    };
    let (url, is_clear, name) = (address.url.clone(), address.is_clear, name.to_owned());
    let tls = tls(&layer, &name)?;
    if tls == TlsSettings::Unverified {
        warnings.push(format!(
            "the certificate of firewall `{name}` is not verified: whoever is in between can read \
             the credentials; set `pin` to its SHA-256 instead of `insecure`"
        ));
    } else if is_clear {
        return Err(SettingsError::Clear { firewall: name });
    }
    let (key, secret) = credentials(&layer, &name, warnings)?;
    Ok(FirewallSettings {
        name,
        url,
        key,
        secret,
        tls,
        request_timeout: needed("request_timeout", layer.request_timeout)?,
        run_timeout: needed("run_timeout", layer.run_timeout)?,
        in_flight: layer.in_flight,
    })
}

/// A value that has a default, unless the table lost it.
pub(super) fn needed<T>(key: &'static str, value: Option<T>) -> Result<T, SettingsError> {
    value.ok_or(SettingsError::Missing { key })
}

fn tls(layer: &FirewallLayer, name: &str) -> Result<TlsSettings, SettingsError> {
    let is_insecure = layer.insecure == Some(true);
    let both =
        |first, second| Err(SettingsError::Both { firewall: name.to_owned(), first, second });
    match (&layer.ca_file, &layer.pin, is_insecure) {
        (Some(_), Some(_), _) => both("ca_file", "pin"),
        (Some(_), None, true) => both("ca_file", "insecure"),
        (None, Some(_), true) => both("pin", "insecure"),
        (Some(path), None, false) => Ok(TlsSettings::CaFile(path.clone())),
        (None, Some(pin), false) => Ok(TlsSettings::Pin(pin.clone())),
        (None, None, true) => Ok(TlsSettings::Unverified),
        (None, None, false) => Ok(TlsSettings::System),
    }
}

fn credentials(
    layer: &FirewallLayer,
    name: &str,
    warnings: &mut Vec<String>,
) -> Result<(Secret, Secret), SettingsError> {
    let firewall = name.to_owned();
    match (&layer.credentials, &layer.api_key, &layer.api_secret) {
        (Some(_), Some(_), _) => {
            Err(SettingsError::Both { firewall, first: "credentials", second: "api_key" })
        }
        (Some(_), None, Some(_)) => {
            Err(SettingsError::Both { firewall, first: "credentials", second: "api_secret" })
        }
        (None, None, None) => Err(SettingsError::NoCredentials { firewall }),
        (None, None, Some(_)) => {
            Err(SettingsError::HalfCredentials { firewall, missing: "api_key" })
        }
        (None, Some(_), None) => {
            Err(SettingsError::HalfCredentials { firewall, missing: "api_secret" })
        }
        (None, Some(key), Some(secret)) => Ok((key.clone(), secret.clone())),
        (Some(path), None, None) => {
            let found = Credentials::read(path)?;
            if found.is_exposed {
                warnings.push(format!(
                    "other users of this machine can read the credentials file `{0}`; run: \
                     chmod 600 '{0}'",
                    path.display()
                ));
            }
            Ok((found.key, found.secret))
        }
    }
}
