//! Two names of one interface that must never be mixed: the key in config.xml and the kernel's device.

use std::fmt;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// `None` for an empty name, which the API uses for "not assigned".
            pub fn new(text: &str) -> Option<Self> {
                let text = text.trim();
                (!text.is_empty()).then(|| Self(text.into()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// `lan`, `wan`, `opt3`: the identifier that rules, leases and config.xml use.
    InterfaceKey
}
name! {
    /// `igb1_vlan20`, `vlan01`: the kernel's name, as in ARP, NDP, states and logs.
    DeviceName
}
