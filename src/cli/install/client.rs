//! Clients, and where each keeps its servers.

use std::env;
use std::path::PathBuf;

use clap::ValueEnum;

/// An MCP client that reads its servers from a JSON file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Client {
    ClaudeDesktop,
    ClaudeCode,
    Cursor,
    Gemini,
    Vscode,
    Windsurf,
}

impl Client {
    /// As people call it.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeCode => "Claude Code",
            Self::Cursor => "Cursor",
            Self::Gemini => "Gemini CLI",
            Self::Vscode => "VS Code",
            Self::Windsurf => "Windsurf",
        }
    }

    /// The key of its servers.
    pub(super) const fn servers(self) -> &'static str {
        match self {
            Self::Vscode => "servers",
            _ => "mcpServers",
        }
    }

    /// The file of the user, whether it exists or not. `None` for a user without a home.
    pub(super) fn file(self) -> Option<PathBuf> {
        let home = env::home_dir().filter(|home| !home.as_os_str().is_empty())?;
        Some(match self {
            Self::ClaudeDesktop => settings_of(&home).join("Claude/claude_desktop_config.json"),
            Self::ClaudeCode => home.join(".claude.json"),
            Self::Cursor => home.join(".cursor/mcp.json"),
            Self::Gemini => home.join(".gemini/settings.json"),
            Self::Vscode => settings_of(&home).join("Code/User/mcp.json"),
            Self::Windsurf => home.join(".codeium/windsurf/mcp_config.json"),
        })
    }
}

/// Where programs of the desktop keep their settings.
fn settings_of(home: &std::path::Path) -> PathBuf {
    let named = |variable| env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    if cfg!(target_os = "macos") {
        home.join("Library/Application Support")
    } else if cfg!(windows) {
        named("APPDATA").unwrap_or_else(|| home.join("AppData/Roaming"))
    } else {
        named("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"))
    }
}
