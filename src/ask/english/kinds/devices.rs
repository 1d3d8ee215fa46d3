//! Questions about devices.

use crate::ask::devices::DevicesQuery;
use crate::ask::english::call::Call;
use crate::ask::english::entity::Sort;

use super::kind::{Action, Kind, ONE, report};

const DEVICE: &str =
    "device client host machine computer gadget station endpoint who thing stuff gear equipment";

pub(in crate::ask::english) static DEVICES: &[Kind] = &[
    Kind {
        name: "device_status",
        says: "whether {} is online",
        needs: &[
            "online connected up active alive present reachable offline away disconnected down \
                status state home connect",
        ],
        may: "device host still currently network machine again really",
        not: "rule lease vlan",
        wants: &[ONE],
        takes: &[],
        action: |s| Action::Call(Call::Devices(DevicesQuery { is: Vec::new(), ..s.devices() })),
    },
    Kind {
        name: "device",
        says: "everything known about {}",
        needs: &[
            "about know known detail everything doing information info picture describe details",
        ],
        may: "device host network machine more seen full",
        not: "rule vlan",
        wants: &[ONE],
        takes: &[],
        action: |s| report("device", s.first(ONE)),
    },
    Kind {
        // Its name alone; what it is, where it is.
        name: "device",
        says: "everything known about {}",
        needs: &[],
        may: "",
        not: "when how can could should would will want did do does are or and",
        wants: &[ONE],
        takes: &[],
        action: |s| report("device", s.first(ONE)),
    },
    Kind {
        name: "device_place",
        says: "where {} is",
        needs: &["interface network subnet vlan where"],
        may: "connected device host online which",
        not: "when how can could rule lease",
        wants: &[&[Sort::Device, Sort::Mac]],
        takes: &[],
        action: |s| {
            let columns = ["device", "interface", "vlan", "ip", "online"];
            let columns = columns.map(str::to_owned).to_vec();
            Action::Call(Call::Devices(DevicesQuery { columns, is: Vec::new(), ..s.devices() }))
        },
    },
    Kind {
        name: "who_has",
        says: "which device is {}",
        needs: &["who device use using has have host belong own owner find lookup look identify \
                whose what locate search is behind which"],
        may: "ip mac address up assigned network with machine client hardware used",
        not: "rule online lease port alias reach status",
        wants: &[&[Sort::Address, Sort::Mac]],
        takes: &[],
        // "look up" asks for no state.
        action: |s| Action::Call(Call::Devices(DevicesQuery { is: Vec::new(), ..s.devices() })),
    },
    Kind {
        name: "device_addresses",
        says: "the addresses of {}",
        needs: &["ip mac address ipv6 ipv4 vendor manufacturer"],
        may: "device host current hardware find look up have has",
        not: "rule lease alias reservation history",
        wants: &[&[Sort::Device]],
        takes: &[],
        action: |s| {
            let columns = ["device", "ip", "ipv6", "mac", "vendor", "interface", "online"];
            let columns = columns.map(str::to_owned).to_vec();
            Action::Call(Call::Devices(DevicesQuery { columns, is: Vec::new(), ..s.devices() }))
        },
    },
    Kind {
        name: "devices",
        says: "devices {}",
        needs: &[DEVICE],
        may: "belong owned own online connected up active alive present offline away disconnected down \
            unreserved unknown unidentified unrecognised unrecognized unnamed strange reserved \
            reservation static randomised randomized mac address network lan wifi status \
            current currently made vendor manufacturer there use using range between with named \
            called name else have",
        not: "rule lease dhcp vlan reach many count ip use alias pool",
        wants: &[],
        takes: &[Sort::Place, Sort::Range, Sort::Vendor, Sort::Group, Sort::Device, Sort::Firewall],
        action: |s| Action::Call(Call::Devices(s.devices())),
    },
    Kind {
        name: "devices",
        says: "devices {}",
        needs: &[],
        may: "online connected up active alive offline away disconnected down unknown network \
            device currently there host have",
        not: "rule lease alias",
        wants: &[&[Sort::Group, Sort::Vendor]],
        takes: &[Sort::Place, Sort::Firewall],
        action: |s| Action::Call(Call::Devices(s.devices())),
    },
    Kind {
        name: "devices",
        says: "devices {}",
        needs: &["online connected offline away active unknown unidentified"],
        may: "network currently everything everyone anything anyone everybody anybody there",
        not: "rule lease vlan dhcp",
        wants: &[&[Sort::Place, Sort::Range]],
        takes: &[Sort::Vendor, Sort::Group],
        action: |s| Action::Call(Call::Devices(s.devices())),
    },
    Kind {
        name: "devices_count",
        says: "how many devices {}",
        needs: &["many much count number"],
        may: "device client host machine computer thing how online connected up active offline \
            away down unknown unidentified reserved network currently there of have total",
        not: "rule lease alias vlan reservation interface",
        wants: &[],
        takes: &[Sort::Place, Sort::Range, Sort::Vendor, Sort::Group, Sort::Firewall],
        action: |s| Action::Call(Call::Devices(DevicesQuery { count_only: true, ..s.devices() })),
    },
];
