//! Names of the field and their numbers: protocols, ICMP types, ports, TCP flags.

use super::protocols::PROTOCOLS;
use super::set::Family;

pub const ICMP: u8 = 1;
pub const TCP: u8 = 6;
pub const UDP: u8 = 17;
pub const ICMP6: u8 = 58;
pub(super) const CARP: u8 = 112;

/// `icmp-type` names of pf.conf(5) for IPv4.
const ICMP4_TYPES: &[(&str, u8)] = &[
    ("echorep", 0),
    ("unreach", 3),
    ("squench", 4),
    ("redir", 5),
    ("althost", 6),
    ("echoreq", 8),
    ("routeradv", 9),
    ("routersol", 10),
    ("timex", 11),
    ("paramprob", 12),
    ("timereq", 13),
    ("timerep", 14),
    ("inforeq", 15),
    ("inforep", 16),
    ("maskreq", 17),
    ("maskrep", 18),
    ("trace", 30),
    ("dataconv", 31),
    ("mobredir", 32),
    ("ipv6-where", 33),
    ("ipv6-here", 34),
    ("mobregreq", 35),
    ("mobregrep", 36),
    ("skip", 39),
    ("photuris", 40),
];

/// The same for IPv6.
const ICMP6_TYPES: &[(&str, u8)] = &[
    ("unreach", 1),
    ("toobig", 2),
    ("timex", 3),
    ("paramprob", 4),
    ("echoreq", 128),
    ("echorep", 129),
    ("groupqry", 130),
    ("listqry", 130),
    ("grouprep", 131),
    ("listenrep", 131),
    ("groupterm", 132),
    ("listendone", 132),
    ("routersol", 133),
    ("routeradv", 134),
    ("neighbrsol", 135),
    ("neighbradv", 136),
    ("redir", 137),
    ("routrrenum", 138),
    ("wrureq", 139),
    ("fqdnreq", 139),
    ("niqry", 139),
    ("wrurep", 140),
    ("fqdnrep", 140),
    ("nirep", 140),
    ("mtraceresp", 200),
    ("mtrace", 201),
];

/// Port names that OPNsense offers and `/etc/services` knows.
const PORTS: &[(&str, u16)] = &[
    ("bootpc", 68),
    ("bootps", 67),
    ("cvsup", 5999),
    ("dhcpv6-client", 546),
    ("dhcpv6-server", 547),
    ("discard", 9),
    ("dns", 53),
    ("domain", 53),
    ("domain-s", 853),
    ("echo", 7),
    ("finger", 79),
    ("ftp", 21),
    ("ftp-data", 20),
    ("gopher", 70),
    ("h323", 1720),
    ("hbci", 3000),
    ("http", 80),
    ("https", 443),
    ("icq", 5190),
    ("ident", 113),
    ("imap", 143),
    ("imaps", 993),
    ("ipsec-msft", 4500),
    ("ipsec-nat-t", 4500),
    ("ircd", 6667),
    ("isakmp", 500),
    ("kerberos", 88),
    ("l2f", 1701),
    ("l2tp", 1701),
    ("ldap", 389),
    ("ldaps", 636),
    ("mms", 1755),
    ("mms/tcp", 1755),
    ("mms/udp", 1755),
    ("microsoft-ds", 445),
    ("ms-rdp", 3389),
    ("ms-sql-s", 1433),
    ("ms-wbt-server", 3389),
    ("msnp", 1863),
    ("mysql", 3306),
    ("netbios-dgm", 138),
    ("netbios-ns", 137),
    ("netbios-ssn", 139),
    ("nfsd", 2049),
    ("nntp", 119),
    ("ntp", 123),
    ("openvpn", 1194),
    ("pop3", 110),
    ("pop3s", 995),
    ("postgresql", 5432),
    ("pptp", 1723),
    ("radius", 1812),
    ("radius-acct", 1813),
    ("rtsp", 554),
    ("rsync", 873),
    ("sip", 5060),
    ("sip-tls", 5061),
    ("smtp", 25),
    ("smtps", 465),
    ("snmp", 161),
    ("snmp-trap", 162),
    ("snmptrap", 162),
    ("ssh", 22),
    ("stun", 3478),
    ("submission", 587),
    ("syslog", 514),
    ("telnet", 23),
    ("teredo", 3544),
    ("tftp", 69),
    ("time", 37),
    ("urd", 465),
    ("vnc", 5900),
    ("whois", 43),
    ("wins", 1512),
];

fn find<T: Copy>(list: &[(&str, T)], name: &str) -> Option<T> {
    list.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, n)| *n)
}

/// The number of a protocol given by name or number, whatever its case.
pub fn protocol(name: &str) -> Option<u8> {
    find(PROTOCOLS, name).or_else(|| name.parse().ok())
}

/// How a protocol is called; its number when it has no name here.
pub fn protocol_name(number: u8) -> String {
    match number {
        ICMP6 => "ipv6-icmp".to_owned(),
        CARP => "carp".to_owned(),
        n => PROTOCOLS
            .iter()
            .find(|(_, known)| *known == n)
            .map_or_else(|| n.to_string(), |(name, _)| (*name).to_owned()),
    }
}

/// The number of an ICMP type given by name or number.
pub fn icmp_type(name: &str, family: Family) -> Option<u8> {
    let list = match family {
        Family::V4 => ICMP4_TYPES,
        Family::V6 => ICMP6_TYPES,
    };
    find(list, name).or_else(|| name.parse().ok())
}

/// The number of a port given by name or number.
pub fn port(name: &str) -> Option<u16> {
    find(PORTS, name).or_else(|| name.parse().ok())
}

/// SYN: the flags of the first packet of a TCP connection.
pub(super) const SYN: u8 = 0x02;
/// What a stateful pass rule looks at unless told otherwise: `flags S/SA`.
pub(super) const SYN_OF_SYN_ACK: (u8, u8) = (SYN, 0x12);

/// TCP flags by the words of the rule editor, separated by commas or spaces.
pub(super) fn tcp_flags(text: &str) -> Option<u8> {
    let bit = |word: &str| match word.to_ascii_lowercase().as_str() {
        "fin" => Some(0x01),
        "syn" => Some(SYN),
        "rst" => Some(0x04),
        "psh" | "push" => Some(0x08),
        "ack" => Some(0x10),
        "urg" => Some(0x20),
        "ece" => Some(0x40),
        "cwr" => Some(0x80),
        _ => None,
    };
    text.split([',', ' ']).filter(|w| !w.is_empty()).try_fold(0, |all, word| Some(all | bit(word)?))
}
