fn supplement(rows: &mut Rows, release: &str) {
    use opndex::rules::*;
    let s = |v: &serde_json::Value, k: &str| v[k].as_str().map(str::to_owned).filter(|t| !t.is_empty());
    let terms = |v: &serde_json::Value, k: &str, not: &str| -> Vec<String> {
        let neg = v[not].as_str() == Some("1");
        let t: Vec<String> = v[k].as_str().unwrap_or("").split(',').filter(|t| !t.is_empty())
            .map(|t| if neg { format!("!{t}") } else { t.to_owned() }).collect();
        if t.is_empty() { vec!["any".to_owned()] } else { t }
    };
    let tables: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(folder().unwrap().join(format!("A-{release}.tables.json"))).unwrap()).unwrap();
    if rows.tables.is_empty() {
        for (name, entries) in tables["tables"].as_object().unwrap() {
            if name.starts_with("__") && !name.starts_with("__captive") { continue; }
            rows.tables.push(TableRow { name: name.clone(), entries: entries.as_array().unwrap().iter().map(|e| e.as_str().unwrap().to_owned()).collect() });
        }
    }
    let newest = "26.7.2";
    if rows.forwards.is_empty() {
        for r in Replay::rows(newest, "firewall_d_nat_search_rule") {
            rows.forwards.push(ForwardRow {
                position: s(&r, "sequence").and_then(|t| t.parse().ok()),
                uuid: s(&r, "uuid").unwrap(), enabled: r["disabled"] != "1", no_rdr: r["nordr"] == "1",
                interface: s(&r, "interface"), family: s(&r, "ipprotocol").unwrap_or("inet46".into()),
                protocol: s(&r, "protocol").unwrap(), source: terms(&r, "source.network", "source.not"),
                source_port: s(&r, "source.port"), destination: terms(&r, "destination.network", "destination.not"),
                destination_port: s(&r, "destination.port"), target: s(&r, "target").unwrap_or_default(),
                target_port: s(&r, "local-port"), pass: s(&r, "pass"), reflection: s(&r, "natreflection"),
                description: s(&r, "descr").unwrap_or_default(), ..ForwardRow::default()
            });
        }
    }
    if rows.outbound.is_empty() {
        for r in Replay::rows(newest, "firewall_source_nat_search_rule") {
            rows.outbound.push(OutboundRow {
                position: s(&r, "sequence").and_then(|t| t.parse().ok()), uuid: s(&r, "uuid").unwrap(),
                origin: if r["is_automatic"] == true { "automatic" } else { "mvc" }.into(),
                enabled: r["enabled"] == "1", no_nat: r["nonat"] == "1", interface: s(&r, "interface"),
                family: s(&r, "ipprotocol").unwrap(), source: terms(&r, "source_net", "source_not"),
                destination: terms(&r, "destination_net", "destination_not"), destination_port: s(&r, "destination_port"),
                target: s(&r, "target"), static_port: r["staticnatport"] == "1",
                description: s(&r, "description").unwrap_or_default(), ..OutboundRow::default()
            });
        }
    }
    if rows.one_to_one.is_empty() {
        for r in Replay::rows(newest, "firewall_one_to_one_search_rule") {
            rows.one_to_one.push(OneToOneRow { uuid: s(&r, "uuid").unwrap(), interface: s(&r, "interface"), source: terms(&r, "source_net", "source_not"), external: s(&r, "external").unwrap(), description: s(&r, "description").unwrap(), ..OneToOneRow::default() });
        }
    }
    if rows.npt.is_empty() {
        for r in Replay::rows(newest, "firewall_npt_search_rule") {
            rows.npt.push(NptRow { uuid: s(&r, "uuid").unwrap(), interface: s(&r, "interface"), source: s(&r, "source_net").unwrap(), destination: s(&r, "destination_net").unwrap(), description: s(&r, "description").unwrap(), ..NptRow::default() });
        }
    }
    if rows.gateways.is_empty() {
        for r in Replay::rows(newest, "routing_settings_search_gateway") {
            rows.gateways.push(GatewayRow { name: s(&r, "name").unwrap(), interface: s(&r, "interface"), device: s(&r, "if"), address: s(&r, "gateway"), family: s(&r, "ipprotocol").unwrap(), enabled: r["disabled"] != true, status: s(&r, "status"), members: vec![] });
        }
    }
    if rows.routes.is_empty() {
        let path = recorded().unwrap().join(release).join("diagnostics_interface_get_routes.json");
        let record: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let list: serde_json::Value = serde_json::from_str(record["response"]["body_raw"].as_str().unwrap()).unwrap();
        for r in list.as_array().unwrap() {
            rows.routes.push(RouteRow { destination: s(r, "destination").unwrap(), gateway: s(r, "gateway"), device: s(r, "netif").unwrap(), family: Some(if r["proto"] == "ipv6" { "inet6" } else { "inet" }.into()) });
        }
    }
}
